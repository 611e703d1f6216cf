"""Declarations (C11 6.7, 6.9): typedefs, variables, functions; linkage, sections, redeclarations."""

from __future__ import annotations

from typing import Any

from ..object.model import ARENA
from ..parse.lean import c_ast
from ..parse.nodes import attributes_of
from ..source import Span
from . import tree
from . import types as ct
from .attributes import Attributes
from .base import Poison
from .compare import composite, is_integer, is_void, qualifiers, same_type, space_of
from .declarators import Declarators
from .layout import align_of, is_complete, size_of
from .names import Entity, TypeName
from .spelling import quote

_PACKET_LOAD = "llvm.bpf.load."
_REGISTERS = frozenset(f"{kind}{number}" for kind in "rw" for number in range(10))


class Declarations(Declarators):
    """Puts names into scope and objects into the unit."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.symbols: dict[str, tree.Global | tree.FunctionSymbol] = {}  # all with linkage, block-scope externs too
        self._listed: set[tree.Global] = set()
        self._external: set[tree.FunctionSymbol] = set()  # with a declaration that is not inline, or extern
        self._gnu_external: set[tree.FunctionSymbol] = set()  # with one that is inline and not extern
        self._alone: set[tree.FunctionSymbol] = set()  # inline definitions that are for this unit only so far

    def declaration(self, node: Any) -> list[tree.Statement]:
        """A declaration at any scope; in a function, what must be executed for it."""
        try:
            if isinstance(node, c_ast.Typedef):
                self._typedef(node)
            elif isinstance(node, c_ast.StaticAssert):
                self.static_assert(node)
            elif isinstance(node, c_ast.Decl):
                return self._declared(node)
        except Poison:
            self._poison_name(node)
        return []

    def _poison_name(self, node: Any) -> None:
        """A name whose declaration is wrong is not complained about again."""
        name = getattr(node, "name", None)
        if name and name not in self.scopes[-1].names:
            self._undeclared.add(name)

    def _declared(self, node: Any) -> list[tree.Statement]:
        if node.name is None:
            self._tag_only(node)
            return []
        attributes = self.read_attributes(attributes_of(node))
        if isinstance(node.type, c_ast.TypeDecl) and isinstance(node.type.type, c_ast.InferredType):
            return self._inferred(node, attributes)
        t = self.declared_type(node.type, node)
        if attributes.mode:
            t = self.moded(t, attributes.mode, node.coord)
        if isinstance(ct.strip(t), ct.Function):
            if node.init is not None:
                raise self.error("E0375", node.coord, f"illegal initializer: '{node.name}' is a function")
            self.declare_function(node, t, attributes)
            return []
        if node.funcspec:
            self.error("E0375", node.coord, f"'{node.funcspec[0]}' can only appear on functions", fix="remove it")
        classes = list(dict.fromkeys(word for word in node.storage if word != "_Thread_local"))
        if len(classes) > 1:
            raise self.error("E0356", node.coord, f"cannot combine '{classes[1]}' with '{classes[0]}' in one declaration",
                             fix="keep one of them")  # fmt: skip
        if self.function is None or "extern" in node.storage or "static" in node.storage:
            self._static_variable(node, t, attributes)
            return []
        return self._automatic(node, t, attributes)

    def _tag_only(self, node: Any) -> None:
        """`struct s;` declares a new s in this scope (C11 6.7.2.3p7); anything else just the type."""
        inner = node.type
        if isinstance(inner, c_ast.Struct | c_ast.Union) and inner.decls is None and inner.name not in self.scopes[-1].tags:
            kind = "struct" if isinstance(inner, c_ast.Struct) else "union"
            if self.at_file_scope and self.find_tag(inner.name) is not None:  # an outer header has it
                self.declared_type(inner, node)
                return
            self.scopes[-1].tags[inner.name] = ct.Record(kind, inner.name, span=inner.coord)
            return
        self.declared_type(inner, node)

    def _typedef(self, node: Any) -> None:
        attributes = self.read_attributes(attributes_of(node))
        t = self.declared_type(node.type, node)
        if attributes.mode:
            t = self.moded(t, attributes.mode, node.coord)
        bare = ct.strip(t)
        if "transparent_union" in attributes.names and isinstance(bare, ct.Record):
            bare.attributes |= {"transparent_union"}
        if self.at_file_scope:
            self.settle(node.name)
        names = self.scopes[-1].names
        old = names.get(node.name)
        new = ct.Typedef(node.name, t, attributes.aligned, tuple(attributes.decl_tags))
        if old is not None:
            if not isinstance(old, TypeName):
                raise self._different_kind(node.name, node.coord, old)
            if not same_type(old.type.target, t, top=False):
                raise self.error("E0368", node.coord,
                                 f"typedef redefinition with different types ({quote(t)} vs {quote(old.type.target)})",
                                 notes=[("previous definition is here", old.span)])  # fmt: skip
            return
        names[node.name] = TypeName(new, node.coord)
        # an unnamed record or enum keeps no tag: messages and BTF use the typedef's name

    def _different_kind(self, name: str, span: Span, old: Entity) -> Poison:
        return self.error("E0206", span, f"redefinition of '{name}' as different kind of symbol",
                          notes=[("previous definition is here", old.span)])  # fmt: skip

    # --- automatic variables --------------------------------------------------------------------------------------

    def _automatic(self, node: Any, t: ct.Type, attributes: Attributes) -> list[tree.Statement]:
        span: Span = node.coord
        if is_void(t):
            raise self.error("E0301", span, f"variable '{node.name}' has incomplete type 'void'")
        if space_of(t):
            raise self.error("E0445", span, f"'{node.name}' is on the stack, which is not in an address space",
                             fix="declare it at file scope, or keep a pointer to an object in the arena")  # fmt: skip
        self._fresh(node.name, span)
        local = tree.Local(node.name, t, span, align=max([attributes.aligned, *self.alignas(node, t)]))
        self.scopes[-1].names[node.name] = local
        if "W0379" in self.asked and isinstance(node.type, c_ast.TypeDecl) and isinstance(node.type.type, c_ast.TypeOf):
            self._note_typeof(local, node.type.type.expr)
        if attributes.label:
            if attributes.label not in _REGISTERS:
                raise self.error("E0391", span, f"unknown register name '{attributes.label}' in asm", fix="use r0 to r9")
            local.register = int(attributes.label[1:])
        assert self.function is not None
        self.function.locals.append(local)
        if "register" in node.storage:
            self.registers.add(local)
        if "weak" in attributes.names:
            self.error("E0355", span, f"'weak' on local variable '{node.name}'", fix="remove it, or declare it at file scope")
        if attributes.section:
            self.error("E0442", span, f"'section' on local variable '{node.name}'", fix="declare it at file scope or static")
        initializer = None
        if node.init is not None:
            local.type, stores = self.initializer(node.init, t, span)
            self._no_flexible(local.type, stores)
            if qualifiers(t) == (True, False) and is_integer(t) and (value := self.known(stores[0].value)) is not None:
                self.fixed[local] = value
            initializer = self.automatic(local, stores)
        if not is_complete(local.type):
            del self.scopes[-1].names[node.name]
            if isinstance(ct.strip(local.type), ct.Array):
                raise self.error("E0301", span, f"definition of variable '{node.name}' with array type {quote(local.type)} "
                                 "needs an explicit size or an initializer")  # fmt: skip
            raise self.error("E0301", span, f"variable '{node.name}' has incomplete type {quote(local.type)}",
                             fix="include the header that defines it")  # fmt: skip
        statements: list[tree.Statement] = [tree.Declare(local, initializer, span)]
        if attributes.cleanup is not None:
            self.add_cleanup(local, attributes.cleanup)
        return statements

    def _note_typeof(self, local: tree.Local, node: Any) -> None:
        """A variable declared with typeof: of a constant?"""
        if not isinstance(node, c_ast.Typename):
            self.unevaluated += 1
            if type(self.expression(node)) is tree.Constant:
                self.loose.add(local)
            self.unevaluated -= 1

    def _no_flexible(self, t: ct.Type, stores: list[tree.InitStore]) -> None:
        """Only what has static storage grows by what its flexible array member is initialized with (GNU C)."""
        for store in stores:
            if store.offset >= size_of(t) * 8 and size_of(store.value.type):
                raise self.error("E0353", store.value.span, "initialization of a flexible array member is only possible for "
                                 "variables with static storage", fix="make the variable static, or give the array a size")

    def _fresh(self, name: str, span: Span) -> None:
        old = self.scopes[-1].names.get(name)
        if old is not None:
            raise self.error("E0367", span, f"redefinition of '{name}'", notes=[("previous definition is here", old.span)])

    def _inferred(self, node: Any, attributes: Attributes) -> list[tree.Statement]:
        """GNU __auto_type, `auto` of C23: the type of the initializer's value."""
        if node.init is None or isinstance(node.init, c_ast.InitList):
            raise self.error("E0356", node.coord, f"'{node.name}' with type '__auto_type' requires an initializer")
        static = self.function is None or "static" in node.storage
        self.unevaluated += static
        try:
            value = self.rvalue(node.init)
        finally:
            self.unevaluated -= static
        self.no_float(value)
        if is_void(value.type):
            raise self.error("E0303", value.span, "the initializer has no value: its type is 'void'")
        t = self.qualified(value.type, node.quals, node.coord)
        if static:
            self._static_variable(node, t, attributes)
            return []
        assert self.function is not None
        self._fresh(node.name, node.coord)
        local = tree.Local(node.name, t, node.coord, align=attributes.aligned)
        self.scopes[-1].names[node.name] = local
        self.function.locals.append(local)
        return [tree.Declare(local, tree.Initializer(False, [tree.InitStore(0, None, value)]), node.coord)]

    # --- variables with static storage ----------------------------------------------------------------------------

    def _static_variable(self, node: Any, t: ct.Type, attributes: Attributes) -> None:
        span: Span = node.coord
        storage = node.storage
        if is_void(t) and "extern" not in storage:  # of a kernel symbol without a type only the address counts
            raise self.error("E0301", span, f"variable '{node.name}' has incomplete type 'void'")
        if "_Thread_local" in storage:
            self.error("E0443", span, "thread-local variables are not supported", fix="use a per-CPU map")
        if "extern" in storage and node.init is not None and self.function is not None:
            raise self.error("E0375", span, f"'{node.name}' is declared extern in a block: it cannot have an initializer",
                             fix="initialize it where it is defined")  # fmt: skip
        local_static = self.function is not None and "static" in storage
        if local_static:
            self._fresh(node.name, span)
        symbol = self._global_symbol(node, t, attributes, local_static)
        if attributes.deprecated is not None:
            self.deprecated[symbol] = attributes.deprecated
        if node.init is not None:
            self._initialize(symbol, node)
        elif "extern" not in storage and symbol.linkage == "extern":
            symbol.linkage = "static" if "static" in storage else "global"
        if symbol.linkage != "extern" and symbol not in self._listed:
            self._listed.add(symbol)
            self.places[symbol] = self.now
            self.globals.append(symbol)

    def _global_symbol(self, node: Any, t: ct.Type, attributes: Attributes, local_static: bool) -> tree.Global:
        """The new or redeclared variable."""
        span: Span = node.coord
        storage = node.storage
        weak = "weak" in attributes.names
        linkage = "static" if "static" in storage else "extern" if "extern" in storage and node.init is None else "global"
        if linkage == "global" and weak:
            linkage = "weak"
        if not local_static:
            self.settle(node.name)
        scope = self.scopes[-1].names
        old = scope.get(node.name) if not local_static else None
        if old is None and not local_static:
            old = self.symbols.get(node.name)
        if old is not None:
            if not isinstance(old, tree.Global):
                raise self._different_kind(node.name, span, old)
            self._merge(old, node, t, attributes, linkage)
            scope[node.name] = old
            return old
        if weak and linkage == "static":
            raise self.error("E0355", span, f"'weak' on '{node.name}', which is static", fix="remove one")
        name = self._static_name(node.name) if local_static else node.name
        const, volatile = qualifiers(t)
        align = max([attributes.aligned, *self.alignas(node, t)])
        symbol = tree.Global(
            name, t, attributes.section, linkage, align, span, used="used" in attributes.names, constant=const and not volatile,
            volatile=volatile, attributes=frozenset(attributes.names), tags=tuple(attributes.decl_tags),
        )  # fmt: skip
        scope[node.name] = symbol
        self.symbols.setdefault(name, symbol)
        return symbol

    def _static_name(self, name: str) -> str:
        """`f.counter`, with a number if the function has several of that name."""
        assert self.function is not None
        full = base = f"{self.function.name}.{name}"
        number = 0
        while full in self.symbols:
            number += 1
            full = f"{base}.{number}"
        return full

    def _merge(self, old: tree.Global, node: Any, t: ct.Type, attributes: Attributes, linkage: str) -> None:
        """A redeclaration (C11 6.2.2, 6.9.2)."""
        notes = [("previous declaration is here", old.span)]
        if not same_type(old.type, t, top=False):
            raise self.error("E0368", node.coord,
                             f"redefinition of '{node.name}' with a different type: {quote(t)} vs {quote(old.type)}",
                             notes=notes)  # fmt: skip
        if linkage == "static" and old.linkage != "static":
            raise self.error("E0369", node.coord, f"static declaration of '{node.name}' follows non-static declaration",
                             notes=notes)
        if linkage in ("global", "weak") and old.linkage == "static":
            raise self.error("E0369", node.coord, f"non-static declaration of '{node.name}' follows static declaration",
                             notes=notes)
        if node.init is not None and old.name in self.initialized:
            raise self.error("E0367", node.coord, f"redefinition of '{node.name}'", notes=notes)
        old.type = composite(old.type, t)
        if linkage != "extern":
            if old.linkage == "extern":
                old.linkage = "weak" if "weak" in old.attributes else linkage
                old.span = node.coord
        old.attributes |= attributes.names
        old.used |= "used" in attributes.names
        old.section = old.section or attributes.section
        old.align = max(old.align, attributes.aligned)
        old.tags += tuple(tag for tag in attributes.decl_tags if tag not in old.tags)
        if "weak" in attributes.names and old.linkage == "global":
            old.linkage = "weak"

    def _initialize(self, symbol: tree.Global, node: Any) -> None:
        if symbol.linkage == "extern":
            symbol.linkage = "weak" if "weak" in symbol.attributes else "global"
        self.initialized.add(symbol.name)
        outer = self.function
        self.function = None  # compound literals and strings in it have static storage
        try:
            symbol.type, stores = self.initializer(node.init, symbol.type, node.coord)
        finally:
            self.function = outer
        self.static_data(symbol, stores)
        self._helper(symbol, stores)

    def _helper(self, symbol: tree.Global, stores: list[tree.InitStore]) -> None:
        """libbpf declares helpers as `static long (*const bpf_x)(...) = (void *) 1;`."""
        t = ct.strip(symbol.type)
        if symbol.linkage != "static" or not isinstance(t, ct.Pointer) or not isinstance(ct.strip(t.target), ct.Function):
            return
        if len(stores) == 1:
            number = self.known(stores[0].value)
            if number is not None:
                self.helpers[symbol] = number

    # --- functions ------------------------------------------------------------------------------------------------

    def declare_function(self, node: Any, t: ct.Type, attributes: Attributes, *,
                         definition: bool = False) -> tree.FunctionSymbol:
        """Declare a function, or find it again."""
        span: Span = node.coord
        function = ct.strip(t)
        assert isinstance(function, ct.Function)
        static = "static" in node.storage
        if static and self.function is not None:
            raise self.error("E0369", span, "a function declared in a block cannot be static", fix="declare it at file scope")
        self.settle(node.name)
        old: Entity | None = self.scopes[-1].names.get(node.name) or self.symbols.get(node.name)
        inline = attributes.inline or ("hint" if "inline" in node.funcspec else "")
        if old is not None:
            if not isinstance(old, tree.FunctionSymbol):
                raise self._different_kind(node.name, span, old)
            self._merge_function(old, node, function, static, definition)
            symbol = old
            symbol.inline = attributes.inline or symbol.inline or inline
            symbol.section = symbol.section or attributes.section
            symbol.attributes |= attributes.names
        else:
            linkage = "static" if static else "extern"
            symbol = tree.FunctionSymbol(
                node.name, function, attributes.section, linkage, span, inline, attributes=frozenset(attributes.names)
            )  # fmt: skip
            self.symbols[node.name] = symbol
        if attributes.label.startswith(_PACKET_LOAD):
            symbol.intrinsic = attributes.label.removeprefix(_PACKET_LOAD)
        elif attributes.label:
            symbol.name = attributes.label
        if "extern" in node.storage:
            symbol.attributes |= {"extern"}
        if attributes.deprecated is not None:
            self.deprecated[symbol] = attributes.deprecated
        if attributes.format is not None:
            self._declare_format(symbol, function, *attributes.format, attributes.spans["format"])
        symbol.noreturn |= "noreturn" in attributes.names or "_Noreturn" in node.funcspec
        symbol.used |= "used" in attributes.names
        symbol.if_called = attributes.if_called or symbol.if_called
        symbol.tags += tuple(tag for tag in attributes.decl_tags if tag not in symbol.tags)
        self.scopes[-1].names[node.name] = symbol
        if self.function is None:
            inlined, extern = "inline" in node.funcspec, "extern" in node.storage
            if not inlined or extern:
                self._external.add(symbol)
            if inlined and not extern:
                self._gnu_external.add(symbol)
        if symbol in self._alone and self._is_external(symbol):
            self._alone.discard(symbol)
            symbol.linkage = "global"
            self.use_function(symbol)
        if definition and symbol.linkage == "extern":
            # C11 6.7.4p7: an inline definition gives no external one; here it is simply this unit's own
            symbol.linkage = "weak" if "weak" in symbol.attributes else "global"
            if "inline" in node.funcspec and not symbol.section and not self._is_external(symbol):
                symbol.linkage = "static"
                self._alone.add(symbol)
        return symbol

    def _is_external(self, symbol: tree.FunctionSymbol) -> bool:
        """Whether an inline definition is one for other objects, too: by what C11 6.7.4p7 or GNU C says of the declarations."""
        gnu = self.gnu_inline or "gnu_inline" in symbol.attributes
        return symbol in (self._gnu_external if gnu else self._external)

    def _declare_format(self, symbol: tree.FunctionSymbol, function: ct.Function, at: int, first: int, span: Span) -> None:
        """__attribute__((format(printf, at + 1, first + 1))); `first` is -1 where the values are elsewhere."""
        count = len(function.parameters)
        if not 0 <= at < count or (first >= 0 and (first != count or not function.variadic)):
            self.error("E0355", span, f"attribute 'format' names an argument that '{symbol.name}' does not have: its format is "
                       f"argument {at + 1}, its values start with {first + 1}",
                       fix="name the format's argument, and the first one of '...', counted from 1")  # fmt: skip
            return
        bare = ct.strip(function.parameters[at].type)
        if not isinstance(bare, ct.Pointer) or not is_complete(bare.target) or size_of(bare.target) != 1:
            self.error("E0355", span, f"argument {at + 1} of '{symbol.name}' is no format string",
                       fix="declare it const char *")  # fmt: skip
            return
        self.formats[symbol] = at, first

    def _merge_function(self, old: tree.FunctionSymbol, node: Any, t: ct.Function, static: bool, definition: bool) -> None:
        notes = [("previous declaration is here", old.span)]
        if not same_type(old.type, t):
            raise self.error("E0368", node.coord, f"conflicting types for '{node.name}': {quote(t)} vs {quote(old.type)}",
                             notes=notes)  # fmt: skip
        if static and old.linkage != "static":
            raise self.error("E0369", node.coord, f"static declaration of '{node.name}' follows non-static declaration",
                             notes=notes)
        if definition and old.body is not None:
            raise self.error("E0367", node.coord, f"redefinition of '{node.name}'",
                             notes=[("previous definition is here", old.span)])  # fmt: skip
        if definition or not old.type.prototyped:
            old.type = t
        if definition:
            old.span = node.coord

    def add_cleanup(self, local: tree.Local, node: Any) -> None:
        """__attribute__((cleanup(f))): f(&local) at every way out of the scope."""
        raise NotImplementedError


def section_of(symbol: tree.Global) -> str:
    """Where a variable goes if its declaration does not say (as clang does for BPF)."""
    if symbol.linkage == "extern" or symbol.section:
        return symbol.section
    if space_of(symbol.type):
        return ARENA
    if qualifiers(symbol.type)[0]:
        return ".rodata"
    return ".data" if symbol.data is not None or symbol.references else ".bss"


def finish(symbol: tree.Global) -> None:
    """Set what only the end of the unit tells: section, alignment, size of tentative arrays."""
    bare = ct.strip(symbol.type)
    if isinstance(bare, ct.Array) and bare.count is None and symbol.linkage != "extern":
        symbol.type = ct.Array(bare.element, 1)  # C11 6.9.2p5
    symbol.section = section_of(symbol)
    symbol.align = max(symbol.align, align_of(symbol.type))


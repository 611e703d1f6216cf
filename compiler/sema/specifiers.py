"""Types from specifiers (C11 6.7.2): basic types, typedef names, typeof, structs, unions and enums."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ..parse.lean import c_ast
from ..parse.nodes import attributes_of
from ..source import Span
from . import fold
from . import types as ct
from .attributes import AttributeReader
from .base import Poison
from .compare import integer_of, is_integer, qualify, unqualified
from .layout import Placement, is_complete, lay_out, size_of
from .names import EnumConstant, Scope, TypeName
from .spelling import quote

# the multisets of C11 6.7.2p2; "int" may be left out beside another word
_WORDS: list[tuple[str, ct.Type]] = [
    ("void", ct.VOID), ("_Bool", ct.BOOL), ("char", ct.CHAR), ("char signed", ct.SCHAR), ("char unsigned", ct.UCHAR),
    ("short", ct.SHORT), ("short signed", ct.SHORT), ("short unsigned", ct.USHORT),
    ("int", ct.INT), ("signed", ct.INT), ("unsigned", ct.UINT),
    ("long", ct.LONG), ("long signed", ct.LONG), ("long unsigned", ct.ULONG),
    ("long long", ct.LLONG), ("long long signed", ct.LLONG), ("long long unsigned", ct.ULLONG),
    ("__int128", ct.INT128), ("__int128 signed", ct.INT128), ("__int128 unsigned", ct.UINT128),
    ("float", ct.Float("float", 4)), ("double", ct.Float("double", 8)), ("double long", ct.Float("long double", 8)),
]  # fmt: skip
_BASIC = {tuple(sorted(words.split())): t for words, t in _WORDS}
_BASIC_SINGLE = {words[0]: t for words, t in _BASIC.items() if len(words) == 1}

_MODES = {"QI": (ct.SCHAR, ct.UCHAR), "HI": (ct.SHORT, ct.USHORT), "SI": (ct.INT, ct.UINT), "DI": (ct.LONG, ct.ULONG),
          "TI": (ct.INT128, ct.UINT128), "byte": (ct.SCHAR, ct.UCHAR), "word": (ct.LONG, ct.ULONG),
          "pointer": (ct.LONG, ct.ULONG)}  # fmt: skip


class Specifiers(AttributeReader):
    """What a TypeDecl's inside says."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._made: dict[int, ct.Type] = {}  # types of specifier nodes that several declarators share
        self._preserve = False  # inside a record with preserve_access_index: what is defined there has it, too

    def specified(self, node: Any) -> ct.Type:
        """The type of a specifier node. Raises `Poison`."""
        match node:
            case c_ast.IdentifierType():
                names = node.names
                if len(names) == 1:
                    basic = _BASIC_SINGLE.get(names[0])
                    return basic if basic is not None else self._named_type(names[0], node.coord)
                return self._basic(names, node.coord)
            case c_ast.Struct() | c_ast.Union() | c_ast.Enum() | c_ast.TypeOf():
                key = id(node)
                if key not in self._made:
                    if isinstance(node, c_ast.Enum):
                        self._made[key] = self._enum(node)
                    elif isinstance(node, c_ast.TypeOf):
                        self._made[key] = self._typeof(node)
                    else:
                        self._made[key] = self._record(node)
                return self._made[key]
            case c_ast.InferredType():
                raise self.error("E0356", node.coord, "'__auto_type' is only possible for a variable with an initializer")
            case c_ast.Typename():
                raise self.error("E0407", node.coord, "_Atomic is not supported",
                                 fix="use a plain type and the __sync_* or __atomic_* builtins")  # fmt: skip
            case _:
                raise self.error("E0356", node.coord, "this type is not supported")

    def _basic(self, names: list[str], span: Span) -> ct.Type:
        words = Counter(names)
        if "_Complex" in words:
            raise self.error("E0401", span, "complex numbers are floating-point, which BPF does not have", fix="use integers")
        key = sorted(names)
        if "int" in words and len(names) > 1 and words.keys() <= {"int", "short", "long", "signed", "unsigned"}:
            key.remove("int")
        t = _BASIC.get(tuple(key))
        if t is None:
            raise self.error("E0356", span, f"cannot combine '{' '.join(names)}' in one declaration")
        return t

    def _named_type(self, name: str, span: Span) -> ct.Type:
        entity = self.find(name)
        if isinstance(entity, TypeName):
            return entity.type
        raise self.error("E0203", span, f"unknown type name '{name}'", fix="declare it with typedef")

    def _typeof(self, node: Any) -> ct.Type:
        """typeof (GNU C): of an lvalue, with its qualifiers."""
        if isinstance(node.expr, c_ast.Typename):
            t = self.type_name(node.expr)
        else:
            self.unevaluated += 1
            try:
                t = self.expression(node.expr).type
            finally:
                self.unevaluated -= 1
        return unqualified(t) if node.op == "typeof_unqual" else t

    def qualified(self, t: ct.Type, words: list[str], span: Span, tags: tuple[str, ...] = (), space: int = 0) -> ct.Type:
        """`t` with the qualifiers `words`, type tags, and in an address space."""
        if "_Atomic" in words:
            raise self.error("E0407", span, "_Atomic is not supported",
                             fix="use a plain type and the __sync_* or __atomic_* builtins")  # fmt: skip
        if not words and not tags and not space:
            return t
        if "restrict" in words and not isinstance(ct.strip(t), ct.Pointer):
            raise self.error("E0356", span, f"restrict requires a pointer ({quote(t)} is invalid)", fix="remove 'restrict'")
        return qualify(
            t, const="const" in words, volatile="volatile" in words, restrict="restrict" in words, tags=tags, space=space
        )  # fmt: skip

    def moded(self, t: ct.Type, mode: str, span: Span) -> ct.Type:
        """__attribute__((mode(...))) on an integer type."""
        pair = _MODES.get(mode)
        if pair is None or not is_integer(t):
            raise self.error("E0355", span, f"machine mode '{mode}' is not supported", fix="use a type of the right size")
        return pair[0] if integer_of(t).signed else pair[1]

    # --- structs and unions (C11 6.7.2.1) -------------------------------------------------------------------------

    def _record(self, node: Any) -> ct.Record:
        kind = "struct" if isinstance(node, c_ast.Struct) else "union"
        if node.decls is None:
            found = self.find_tag(node.name)
            if found is None:
                found = ct.Record(kind, node.name, span=node.coord)
                self._scope_of(node.name).tags[node.name] = found
            return self._same_kind(found, kind, node)
        if node.name:
            self.settle_tag(node.name)
        record = self.scopes[-1].tags.get(node.name) if node.name else None
        if record is None:
            record = ct.Record(kind, node.name or "", span=node.coord)
            if node.name:
                self.scopes[-1].tags[node.name] = record
        record = self._same_kind(record, kind, node)
        if record.fields is not None:
            raise self.error("E0361", node.coord, f"redefinition of '{node.name}'",
                             notes=[("previous definition is here", record.span)] if record.span else [])  # fmt: skip
        record.span = node.coord
        self._define(record, node)
        return record

    def _scope_of(self, tag: str) -> Scope:
        """The scope that a tag belongs to that no scope knows: the innermost one, unless a header's declaration that waits
        has named it at file scope before."""
        if not self.at_file_scope and self.headers is not None and self.headers.mentioned(tag):
            return self.scopes[0]
        return self.scopes[-1]

    def _same_kind(self, found: ct.Record | ct.Enum, kind: str, node: Any) -> ct.Record:
        if not isinstance(found, ct.Record) or found.kind != kind:
            raise self.error("E0362", node.coord,
                             f"use of '{node.name}' with tag type that does not match previous declaration",
                             notes=[("previous use is here", found.span)] if found.span else [])  # fmt: skip
        return found

    def _define(self, record: ct.Record, node: Any) -> None:
        around = self._preserve
        written = attributes_of(node)
        if getattr(node, "preserve", False) or any(item.name == "preserve_access_index" for item in written):
            self._preserve = True
        preserve = self._preserve
        try:
            members = self._members(record, node)
        finally:
            self._preserve = around
        attributes = self.read_attributes(written)
        names = attributes.names & {"transparent_union"}
        if preserve:
            names.add("preserve_access_index")
        record.attributes = frozenset(names)
        record.tags = tuple(attributes.decl_tags)
        lay_out(record, members, packed="packed" in attributes.names, align=attributes.aligned, pack=getattr(node, "pack", 0))

    def _members(self, record: ct.Record, node: Any) -> list[Placement]:
        """The members of a definition, not yet laid out; `record` is the type that has them."""
        members: list[Placement] = []
        seen: dict[str, Span | None] = {}
        for decl in node.decls:
            if isinstance(decl, c_ast.StaticAssert):
                self.static_assert(decl)
                continue
            if isinstance(decl, c_ast.Pragma):
                continue
            try:
                placement = self._member_of(record, decl, last=decl is node.decls[-1])
            except Poison:
                continue
            if placement is None:
                continue
            for name in _names(placement.field):
                if name in seen:
                    self.error("E0363", decl.coord, f"duplicate member '{name}'",
                               notes=[("previous declaration is here", seen[name])])  # fmt: skip
                seen[name] = placement.field.span
            members.append(placement)
        return members

    def _member_of(self, record: ct.Record, decl: Any, *, last: bool) -> Placement | None:
        t = self.declared_type(decl.type, decl)
        attributes = self.read_attributes(attributes_of(decl))
        align = max([attributes.aligned, *self.alignas(decl, t)])
        if attributes.type_tags:
            t = qualify(t, tags=tuple(attributes.type_tags)) if not isinstance(ct.strip(t), ct.Pointer) else t
        if attributes.mode:
            t = self.moded(t, attributes.mode, decl.coord)
        name = decl.name or ""
        bare = ct.strip(t)
        if not name and decl.bitsize is None and not (isinstance(bare, ct.Record) and _anonymous(decl, self.tagged_members)):
            if not isinstance(bare, ct.Record | ct.Enum):
                self.warn("W0202", decl.coord, "declaration does not declare anything", fix="give the member a name")
            return None
        if isinstance(bare, ct.Function):
            raise self.error("E0364", decl.coord, f"field '{name}' declared as a function", fix="use a pointer to a function")
        flexible = isinstance(bare, ct.Array) and bare.count is None and is_complete(bare.element)
        if not is_complete(t) and not flexible:
            raise self.error("E0301", decl.coord, f"field has incomplete type {quote(t)}",
                             fix="define it first, or use a pointer")  # fmt: skip
        if flexible and not last and record.kind == "struct":
            raise self.error("E0364", decl.coord, f"flexible array member '{name}' is not at the end of the struct",
                             fix="give it a size, or move it to the end")  # fmt: skip
        if not last and record.kind == "struct" and isinstance(bare, ct.Record) and _grows(bare):
            self.warn("W0399", decl.coord, f"field '{name}' with variable sized type {quote(t)} not at the end of a struct or "
                      "class is a GNU extension", fix="move it to the end")  # fmt: skip
        field = ct.Field(name, t, 0, None, decl.coord, align, tuple(attributes.decl_tags))
        if attributes.deprecated is not None:
            self.deprecated[field] = attributes.deprecated
        if decl.bitsize is not None:
            field.bits = self._width(decl, t, name)
        return Placement(field, align, "packed" in attributes.names)

    def _width(self, decl: Any, t: ct.Type, name: str) -> int:
        if not is_integer(t):
            raise self.error("E0365", decl.coord, f"bit-field '{name}' has non-integral type {quote(t)}")
        width = self.integer_constant(decl.bitsize, "the width of a bit-field")
        limit = 1 if integer_of(t).rank == 0 else size_of(t) * 8
        if width < 0:
            raise self.error("E0365", decl.coord, f"bit-field '{name}' has negative width ({width})")
        if width > limit:
            raise self.error("E0365", decl.coord, f"width of bit-field '{name}' ({width} bits) exceeds the width of its type "
                             f"({limit} bits)", fix="use a wider type")  # fmt: skip
        if width == 0 and name:
            raise self.error("E0365", decl.coord, f"named bit-field '{name}' has zero width")
        return width

    # --- enums (C11 6.7.2.2) --------------------------------------------------------------------------------------

    def _enum(self, node: Any) -> ct.Enum:
        fixed = None if node.underlying_type is None else self._underlying(node)
        if node.values is None:
            found = self.find_tag(node.name)
            if found is None:
                found = ct.Enum(node.name, ct.UINT, span=node.coord)
                self.scopes[-1].tags[node.name] = found
            if not isinstance(found, ct.Enum):
                raise self.error("E0362", node.coord, f"use of '{node.name}' with tag type that does not match previous "
                                 "declaration", notes=[("previous use is here", found.span)])  # fmt: skip
            self._fix_underlying(found, fixed, node)
            return found
        if node.name:
            self.settle_tag(node.name)
        enum = self.scopes[-1].tags.get(node.name) if node.name else None
        if enum is None:
            enum = ct.Enum(node.name or "", ct.UINT, span=node.coord)
            if node.name:
                self.scopes[-1].tags[node.name] = enum
        if not isinstance(enum, ct.Enum) or enum.constants:
            raise self.error("E0361", node.coord, f"redefinition of '{node.name}'",
                             notes=[("previous definition is here", enum.span)] if enum.span else [],
                             fix="give one of the two another name, or remove it")  # fmt: skip
        if enum.complete and fixed is None:
            raise self.error("E0366", node.coord, f"'enum {node.name}' was declared with the underlying type "
                             f"{quote(enum.underlying)}, and is defined with none",
                             notes=[("previous declaration is here", enum.span)] if enum.span else [],
                             fix="write the same type at both")  # fmt: skip
        self._fix_underlying(enum, fixed, node)
        self._enumerators(enum, node)
        return enum

    def _underlying(self, node: Any) -> ct.Int:
        """The type behind the ':' of an enum (C23 6.7.3.3)."""
        t = ct.strip(self.type_name(node.underlying_type))
        if not isinstance(t, ct.Int):
            raise self.error("E0366", node.coord, f"the underlying type of an enum is an integer type, not {quote(t)}",
                             fix="write for example 'unsigned int' behind the ':'")  # fmt: skip
        return t

    def _fix_underlying(self, enum: ct.Enum, fixed: ct.Int | None, node: Any) -> None:
        """`enum` is declared with the underlying type `fixed` (None: with none) at `node`."""
        if fixed is None:
            return
        if enum.complete and enum.underlying != fixed:
            raise self.error("E0366", node.coord, f"'enum {node.name}' has the underlying type {quote(enum.underlying)}, not "
                             f"{quote(fixed)}", notes=[("previous declaration is here", enum.span)] if enum.span else [],
                             fix="write the same type at both")  # fmt: skip
        enum.underlying = fixed
        enum.complete = True

    def _enumerators(self, enum: ct.Enum, node: Any) -> None:
        value = -1
        t: ct.Type = ct.INT
        entries: list[EnumConstant] = []
        for item in node.values.enumerators:
            try:
                value = value + 1 if item.value is None else self.integer_constant(item.value, f"the value of '{item.name}'")
            except Poison:
                value += 1
            if not -(1 << 63) <= value < 1 << 64:
                self.error("E0366", item.coord, f"enumerator value of '{item.name}' does not fit into 64 bits")
                value = 0
            t = self._enumerator_type(item.value, value, t)
            entry = EnumConstant(item.name, value, t, item.coord, enum)
            self.declare_constant(entry)
            entries.append(entry)
            enum.constants.append((item.name, value))
        attributes = self.read_attributes(attributes_of(node))
        if node.underlying_type is None:
            enum.underlying = _holds([entry.value for entry in entries], self.short_enums or "packed" in attributes.names)
        if attributes.mode:  # bpftool writes it for enums of a byte; signed, whatever the values are, as in clang
            fixed = node.underlying_type is not None and not enum.underlying.signed
            enum.underlying = integer_of(self.moded(ct.UINT if fixed else ct.INT, attributes.mode, node.coord))
        for entry in entries:
            if node.underlying_type is not None:
                if fold.wrap(entry.value, enum.underlying) != entry.value:
                    self.error("E0366", entry.span, f"enumerator value of '{entry.name}', {entry.value}, does not fit into the "
                               f"underlying type {quote(enum.underlying)}", fix="use a wider type behind the ':'")  # fmt: skip
                entry.type = enum
            elif not -(1 << 31) <= entry.value < 1 << 31:
                entry.type = enum.underlying
        enum.complete = True
        enum.span = node.coord

    def _enumerator_type(self, node: Any, value: int, previous: ct.Type) -> ct.Type:
        """Inside of the definition, a value beyond int has the type it was written with (a GNU extension)."""
        if -(1 << 31) <= value < 1 << 31:
            return ct.INT
        if node is not None:
            self.unevaluated += 1
            try:
                return self.promoted(self.rvalue(node).type)
            except Poison:
                pass
            finally:
                self.unevaluated -= 1
        if previous == ct.UINT and 0 <= value < 1 << 32:
            return previous
        return ct.LONG if value < 1 << 63 else ct.ULONG

    def declare_constant(self, entry: EnumConstant) -> None:
        """Put an enumerator into scope."""
        if self.at_file_scope:
            self.settle(entry.name)
        names = self.scopes[-1].names
        old = names.get(entry.name)
        if old is not None:
            self.error("E0367", entry.span, f"redefinition of '{entry.name}'",
                       notes=[("previous definition is here", old.span)])  # fmt: skip
            return
        names[entry.name] = entry

    # --- verbs of later parts -------------------------------------------------------------------------------------

    def declared_type(self, declarator: Any, node: Any) -> ct.Type:
        """The type a declarator gives to its name."""
        raise NotImplementedError

    def alignas(self, node: Any, t: ct.Type) -> list[int]:
        """The alignments that _Alignas asks for."""
        raise NotImplementedError

    def static_assert(self, node: Any) -> None:
        """Check a _Static_assert."""
        raise NotImplementedError


def _holds(values: list[int], packed: bool) -> ct.Int:
    """The type clang gives an enum: unsigned if nothing is negative, of 4 bytes if that is enough."""
    low, high = min(values, default=0), max(values, default=0)
    ladder = (ct.SCHAR, ct.SHORT) if packed else ()
    unsigned = (ct.UCHAR, ct.USHORT) if packed else ()
    candidates: tuple[ct.Int, ...] = (*ladder, ct.INT, ct.LONG) if low < 0 else (*unsigned, ct.UINT, ct.ULONG)
    for t in candidates:
        bits = t.size * 8 - t.signed
        if high < 1 << bits and low >= -(1 << bits):
            return t
    return ct.LONG


def _anonymous(decl: Any, tagged: bool) -> bool:
    """True for `struct { ... };`; for `struct tag;` and a typedef's name with -fms-extensions (`tagged`) only."""
    inner = decl.type
    while isinstance(inner, c_ast.TypeDecl):
        inner = inner.type
    if tagged:
        return True
    return isinstance(inner, c_ast.Struct | c_ast.Union) and inner.decls is not None and inner.name is None


def _names(field: ct.Field) -> list[str]:
    if field.name:
        return [field.name]
    inner = ct.strip(field.type)
    return [name for sub in inner.fields or [] for name in _names(sub)] if isinstance(inner, ct.Record) else []


def _grows(record: ct.Record) -> bool:
    """Whether a record ends with a flexible array member."""
    if not record.fields or record.kind != "struct":
        return False
    t = ct.strip(record.fields[-1].type)
    return (isinstance(t, ct.Array) and t.count is None) or (isinstance(t, ct.Record) and _grows(t))

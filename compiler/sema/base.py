"""What all parts of the checker share: the scopes, the unit being made, complaints, and the verbs they call on each other.

The checker is one object put together from classes, each in a file of its own, in this order: `Checker` <- `Conversions`
<- `Constants` <- `Operators` <- `Assignments` <- `Access` <- `Builtins` <- `Calls` <- `Expressions` <- `Initializers` <-
`Specifiers` <- `Declarators` <- `Declarations` <- `AsmStatements` <- `Jumps` <- `Switches` <- `Statements` <- `Functions`.
Later ones implement the verbs declared here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ..diagnostics import Diagnostics
from ..source import SourceMap, Span
from . import literals, tree
from . import types as ct
from .names import Entity, Scope, TypeName, suggest
from .outer import Outer

if TYPE_CHECKING:
    from .headers import Headers

# what clang declares by itself; any use of a value of the first is refused
_BUILTIN_TYPES = {
    name: TypeName(ct.Typedef(name, t), Span(0, 0, 0))
    for name, t in (("__builtin_va_list", ct.Pointer(ct.VOID)), ("__int128_t", ct.INT128), ("__uint128_t", ct.UINT128))
}


# warnings about what happens when code runs: not for code that never does
_RUNTIME = frozenset((
    "W0301", "W0308", "W0311", "W0312", "W0313", "W0315", "W0342", "W0370", "W0379", "W0381", "W0382", "W0395", "W0396",
    "W0324", "W0397",
))  # fmt: skip


class Poison(Exception):
    """An expression that cannot be typed. What is wrong has been reported: whoever catches it says no more."""


class Checker:
    """State and services. One object checks one translation unit."""

    def __init__(self, sources: SourceMap, diagnostics: Diagnostics, outer: Sequence[Outer] = ()) -> None:
        self.sources = sources
        self.outer = outer  # where names come from that no scope has, first come first served
        self.diagnostics = diagnostics
        self.scopes: list[Scope] = [Scope(dict(_BUILTIN_TYPES))]
        self.function: tree.FunctionSymbol | None = None
        self.functions: list[tree.FunctionSymbol] = []
        self.globals: list[tree.Global] = []
        self.externs: list[tree.Global | tree.FunctionSymbol] = []
        self.literals: dict[tuple[bytes, int], tree.Global] = {}
        self.helpers: dict[tree.Global, int] = {}  # function pointers that are helper numbers
        self.compounds = 0  # compound literals at file scope so far
        self.unevaluated = 0  # inside sizeof, typeof, ...
        self.unreachable = 0  # where a constant condition lets nothing come
        self.required = 0  # inside what must be a constant
        self.registers: set[tree.Local] = set()  # declared with `register`
        self.tagged_members = False  # -fms-extensions: `struct tag;` in a struct is an anonymous member
        self.big_endian = False
        self.short_enums = False  # -fshort-enums
        self.gnu_inline = False  # inline definitions are for other objects, too, but for `extern inline` ones (GNU C89)
        self.empty_is_void = False  # `int f();` takes nothing, as in C23 (N3096 6.7.6.3p13)
        self.preserving = 0  # inside __builtin_preserve_access_index and its kin
        self.regions: dict[str, dict[int, str]] = {}  # levels that pragmas give to warnings, by code and location
        self.asked: set[str] = diagnostics.levels.wanted()  # codes of warnings that are on, by options or by a pragma
        self.one_past = False  # inside of &a[n]: the place behind the last element may be named
        self.misaligned: dict[Span, tuple[int, Span, str]] = {}  # addresses of packed members: alignment, place, what it is
        self.deprecated: dict[object, str] = {}  # variables, functions and members, and what to say
        self.formats: dict[object, tuple[int, int]] = {}  # functions that take a format: which argument, and the first value
        self.loose: set[tree.Local] = set()  # of the type of a constant, typeof(0): clang does not look at their sign
        self.changes = 0  # assignments, ++ and -- so far
        self.comparing: Any = None  # the node of the binary operator that is being checked
        self._undeclared: set[str] = set()
        self.headers: Headers | None = None  # what waits at file scope until it is named
        self.now = 0  # the order of the declaration being checked, see parse/later.py
        self.places: dict[tree.Global | tree.FunctionSymbol, int] = {}  # the order of what the unit may emit

    @property
    def order(self) -> literals.Order:
        """The byte order of data."""
        return "big" if self.big_endian else "little"

    # --- complaints -----------------------------------------------------------------------------------------------

    def error(self, code: str, span: Span, message: str, *, fix: str = "",
              notes: Iterable[tuple[str, Span | int | None]] = ()) -> Poison:  # fmt: skip
        """Report an error; gives what to raise if there is no sensible way on."""
        self.diagnostics.error(code, span, message, fix=fix, notes=notes)
        return Poison()

    def warn(self, code: str, span: Span, message: str, *, fix: str = "",
             notes: Iterable[tuple[str, Span | int | None]] = ()) -> None:  # fmt: skip
        """Report a warning if options and pragmas want it there. With the code of an error: unless they made it a warning."""
        level = self.level(code, span) if not self.unreachable or code not in _RUNTIME else "ignored"
        if level == "error" and code[0] == "E":
            self.diagnostics.error(code, span, message, fix=fix, notes=notes)
        else:
            self.diagnostics.warning(code, span, message, fix=fix, notes=notes, level=level)

    def level(self, code: str, span: Span) -> str:
        """The level of a warning at `span`: "ignored", "warning" or "error"."""
        region = self.regions.get(code)
        level = (region.get(span.point) or region.get(span.first)) if region else None
        levels = self.diagnostics.levels
        return levels.raised(code, level) if level else levels.of(code)

    # --- scopes ---------------------------------------------------------------------------------------------------

    def push(self) -> None:
        """Open a scope."""
        self.scopes.append(Scope())

    def pop(self) -> None:
        """Close a scope."""
        self.scopes.pop()

    @property
    def at_file_scope(self) -> bool:
        """True outside of functions and prototypes."""
        return len(self.scopes) == 1

    def find(self, name: str) -> Entity | None:
        """What an ordinary name means here."""
        for scope in reversed(self.scopes):
            if name in scope.names:
                return scope.names[name]
        if self.headers is not None:
            waiting = self.headers.find(name)
            if waiting is not None:
                return waiting
        for outer in self.outer:
            entity = outer.find(self, name)
            if entity is not None:
                return entity
        return None

    def find_tag(self, tag: str) -> ct.Record | ct.Enum | None:
        """What a tag means here."""
        for scope in reversed(self.scopes):
            if tag in scope.tags:
                return scope.tags[tag]
        if self.headers is not None:
            waiting = self.headers.find_tag(tag)
            if waiting is not None:
                return waiting
        for outer in self.outer:
            found = outer.find_tag(self, tag)
            if found is not None:
                return found
        return None

    def did_you_mean(self, name: str) -> str:
        """A visible ordinary name like `name`, or ""."""
        waiting = self.headers.names() if self.headers is not None else ()
        inner = suggest(name, (*(known for scope in reversed(self.scopes) for known in scope.names), *waiting))
        return inner or suggest(name, (known for outer in self.outer for known in outer.names()))

    def settle(self, name: str) -> None:
        """An ordinary name is about to be declared with linkage or at file scope: make what headers declare of it."""
        if self.headers is not None:
            self.headers.find(name)

    def settle_tag(self, tag: str) -> None:
        """A tag is about to be declared in the innermost scope: if that is the file's, make what headers declare of it."""
        if self.headers is not None and self.at_file_scope:
            self.headers.find_tag(tag)

    def did_you_mean_tag(self, tag: str) -> str:
        """A visible tag like `tag`, or ""."""
        inner = suggest(tag, (known for scope in reversed(self.scopes) for known in scope.tags))
        return inner or suggest(tag, (known for outer in self.outer for known in outer.tags()))

    # --- verbs the parts call on each other -----------------------------------------------------------------------

    def new_local(self, name: str, t: ct.Type, span: Span) -> tree.Local:
        """A local variable that no name finds."""
        raise NotImplementedError

    def expression(self, node: Any) -> tree.Expr:
        """Check an expression; the result may be an lvalue or a function designator. Raises `Poison`."""
        raise NotImplementedError

    def rvalue(self, node: Any) -> tree.Expr:
        """Check an expression and take its value (decay, lvalue conversion). Raises `Poison`."""
        raise NotImplementedError

    def type_name(self, node: Any) -> ct.Type:
        """The type a c_ast.Typename names. Raises `Poison`."""
        raise NotImplementedError

    def compound(self, node: Any) -> tree.Block:
        """Check a block, in a new scope."""
        raise NotImplementedError

    def statement_expression(self, node: Any) -> tree.Expr:
        """Check `({ ... })`."""
        raise NotImplementedError

    def initializer(self, node: Any, t: ct.Type, span: Span) -> tuple[ct.Type, list[tree.InitStore]]:
        """Check an initializer for an object of type `t`: the completed type and the stores, in order."""
        raise NotImplementedError

    def static_data(self, variable: tree.Global, stores: list[tree.InitStore]) -> None:
        """Turn constant stores into a global's bytes and references."""
        raise NotImplementedError

    def use_function(self, symbol: tree.FunctionSymbol) -> None:
        """A function is named: check its body now if that was put off."""
        raise NotImplementedError

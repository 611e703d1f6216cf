"""Nodes that pycparser's tree lacks: GNU C, and what the checker wants to know of the source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from ..source import Span
from .lean import c_ast

if TYPE_CHECKING:
    from .later import Later


class Extension(c_ast.Node):  # type: ignore[misc,unused-ignore]
    """Base of the nodes here: `children` and `attr_names` work as pycparser's do (its `show` prints them)."""

    __slots__ = ("__weakref__", "coord")
    nodes: ClassVar[tuple[str, ...]] = ()
    attr_names: ClassVar[tuple[str, ...]] = ()
    coord: Span

    def children(self) -> tuple[tuple[str, c_ast.Node], ...]:
        """(name, child) pairs, as in pycparser."""
        found: list[tuple[str, c_ast.Node]] = []
        for name in self.nodes:
            value = getattr(self, name)
            if isinstance(value, c_ast.Node):
                found.append((name, value))
            elif isinstance(value, list):
                found += [(f"{name}[{i}]", child) for i, child in enumerate(value) if isinstance(child, c_ast.Node)]
        return tuple(found)


class Attribute(Extension):
    """One attribute of `__attribute__((...))` or `[[...]]`, its name without the outer underscores.

    `arguments`: expressions and type names; None if there were no parentheses.
    """

    __slots__ = ("arguments", "name")
    nodes = ("arguments",)
    attr_names = ("name",)

    def __init__(self, name: str, arguments: list[c_ast.Node] | None, coord: Span) -> None:
        self.name = name
        self.arguments = arguments
        self.coord = coord


class StatementExpr(Extension):
    """`({ ... })`."""

    __slots__ = ("body",)
    nodes = ("body",)

    def __init__(self, body: c_ast.Compound, coord: Span) -> None:
        self.body = body
        self.coord = coord


class Range(Extension):
    """`low ... high`, in a case label or (as a designator) in brackets."""

    __slots__ = ("high", "low")
    nodes = ("low", "high")

    def __init__(self, low: c_ast.Node, high: c_ast.Node, coord: Span) -> None:
        self.low = low
        self.high = high
        self.coord = coord


class OffsetOf(Extension):
    """`__builtin_offsetof(type, designator)`; the designator is an ID, StructRef or ArrayRef."""

    __slots__ = ("designator", "type")
    nodes = ("type", "designator")

    def __init__(self, type: c_ast.Typename, designator: c_ast.Node, coord: Span) -> None:
        self.type = type
        self.designator = designator
        self.coord = coord


class TypesCompatible(Extension):
    """`__builtin_types_compatible_p(left, right)`."""

    __slots__ = ("left", "right")
    nodes = ("left", "right")

    def __init__(self, left: c_ast.Typename, right: c_ast.Typename, coord: Span) -> None:
        self.left = left
        self.right = right
        self.coord = coord


class VaArg(Extension):
    """`__builtin_va_arg(list, type)`."""

    __slots__ = ("list", "type")
    nodes = ("list", "type")

    def __init__(self, list: c_ast.Node, type: c_ast.Typename, coord: Span) -> None:
        self.list = list
        self.type = type
        self.coord = coord


class LabelAddress(Extension):
    """`&&label`."""

    __slots__ = ("name",)
    attr_names = ("name",)

    def __init__(self, name: str, coord: Span) -> None:
        self.name = name
        self.coord = coord


class LocalLabels(Extension):
    """`__label__ a, b;`."""

    __slots__ = ("names",)
    attr_names = ("names",)

    def __init__(self, names: list[str], coord: Span) -> None:
        self.names = names
        self.coord = coord


class AsmOperand(Extension):
    """`[name] "constraint" (value)`."""

    __slots__ = ("constraint", "name", "value")
    nodes = ("value",)
    attr_names = ("name", "constraint")

    def __init__(self, name: str, constraint: str, value: c_ast.Node, coord: Span) -> None:
        self.name = name
        self.constraint = constraint
        self.value = value
        self.coord = coord


class Asm(Extension):
    """An asm statement. `template` and `clobbers` are the literals' spellings."""

    __slots__ = ("clobbers", "extended", "inputs", "labels", "outputs", "template", "volatile")
    extended: bool  # it has a colon: % in the template is special
    nodes = ("template", "outputs", "inputs", "clobbers")
    attr_names = ("labels", "volatile")

    def __init__(self, template: c_ast.Constant, outputs: list[AsmOperand], inputs: list[AsmOperand],
                 clobbers: list[c_ast.Constant], labels: list[str], volatile: bool, coord: Span) -> None:  # fmt: skip
        self.template = template
        self.outputs = outputs
        self.inputs = inputs
        self.clobbers = clobbers
        self.labels = labels
        self.volatile = volatile
        self.coord = coord


class Struct(c_ast.Struct):  # type: ignore[misc,unused-ignore]
    """A struct specifier; `pack` is what `#pragma pack` says there (0: nothing), `preserve` `#pragma clang attribute`."""

    __slots__ = ("pack", "preserve")
    pack: int
    preserve: bool


class Union(c_ast.Union):  # type: ignore[misc,unused-ignore]
    """A union specifier; see `Struct`."""

    __slots__ = ("pack", "preserve")
    pack: int
    preserve: bool


class File(c_ast.FileAST):  # type: ignore[misc,unused-ignore]
    """A translation unit, but for the declarations that are parsed on demand: `later` has them.

    `orders` tells for each of `ext` where it stands among those. `regions` has the levels that pragmas give to
    a warning off, by its code.
    """

    __slots__ = ("later", "orders", "regions")

    def __init__(self, ext: list[c_ast.Node], regions: dict[str, dict[int, str]], orders: list[int], later: Later) -> None:
        super().__init__(ext, None)
        self.regions = regions
        self.orders = orders
        self.later = later


def attributes_of(node: Any) -> list[Attribute]:
    """The attributes written at a node."""
    found: list[Attribute] = getattr(node, "attributes", None) or []
    return found

"""C types (C11 6.2.5) as BPF has them: 64-bit pointers and long, 32-bit int, signed char.

Types keep the sugar the user wrote (typedefs, qualifiers), because BTF and messages need it; `strip` removes it.
Records and enums are compared by identity, everything else structurally with `same_type`.
Sizes and alignments are bytes; bit offsets are bits from the start of the record, in System V order.
"""

from __future__ import annotations

from collections.abc import Callable

from ..records import dataclass, field
from ..source import Span

POINTER_SIZE = 8


@dataclass(frozen=True, slots=True)
class Void:
    """`void`."""


@dataclass(frozen=True, slots=True)
class Int:
    """An integer type. `rank` orders conversions (C11 6.3.1.1): _Bool 0, char 1, short 2, int 3, long 4, long long 5."""

    name: str
    size: int
    signed: bool
    rank: int


@dataclass(frozen=True, slots=True)
class Float:
    """`float`, `double`: may be named in headers; any use of a value is refused."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Pointer:
    """A pointer to `target`."""

    target: Type


@dataclass(frozen=True, slots=True)
class Array:
    """`count` elements; None: incomplete or flexible."""

    element: Type
    count: int | None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A function type's parameter."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Function:
    """A function type."""

    result: Type
    parameters: tuple[Parameter, ...]
    variadic: bool = False
    prototyped: bool = True


@dataclass(slots=True, eq=False)
class Field:
    """A member. Anonymous members have an empty name. `bits` is a bit-field's width or None."""

    name: str
    type: Type
    offset: int  # in bits from the start of the record
    bits: int | None = None
    span: Span | None = None
    align: int = 0  # what attributes ask for, bytes
    tags: tuple[str, ...] = ()  # btf_decl_tags


class Record:
    """A struct or union, identified by itself. Incomplete while `fields` is None.

    One that comes from outside of the file scope (a header that is declared on demand, the kernel's BTF) has `define`:
    it is called with the record, once, when its fields, size or alignment are first asked for, and sets them. Naming a
    kernel type or pointing at it then costs nothing.
    """

    __slots__ = ("_align", "_attributes", "_fields", "_size", "define", "kind", "packed", "span", "tag", "tags")

    def __init__(self, kind: str, tag: str, fields: list[Field] | None = None, size: int = 0, align: int = 1,
                 packed: bool = False, attributes: frozenset[str] = frozenset(), span: Span | None = None,
                 define: Callable[[Record], None] | None = None) -> None:  # fmt: skip
        self.kind = kind  # "struct" | "union"
        self.tag = tag  # "" if it has none
        self.packed = packed
        self.tags: tuple[str, ...] = ()  # btf_decl_tags
        self.span = span
        self.define = define
        self._attributes = attributes
        self._fields = fields
        self._size = size
        self._align = align

    def __repr__(self) -> str:
        return f"Record({self.kind} {self.tag or '(anonymous)'})"

    def _load(self) -> None:
        define, self.define = self.define, None
        if define is not None:
            define(self)

    @property
    def fields(self) -> list[Field] | None:
        """The members in order, or None: incomplete."""
        if self.define is not None:
            self._load()
        return self._fields

    @fields.setter
    def fields(self, fields: list[Field] | None) -> None:
        self._fields = fields

    @property
    def attributes(self) -> frozenset[str]:
        """For example preserve_access_index."""
        if self.define is not None:
            self._load()
        return self._attributes

    @attributes.setter
    def attributes(self, attributes: frozenset[str]) -> None:
        self._attributes = attributes

    @property
    def size(self) -> int:
        """Bytes; 0 while incomplete."""
        if self.define is not None:
            self._load()
        return self._size

    @size.setter
    def size(self, size: int) -> None:
        self._size = size

    @property
    def align(self) -> int:
        """Bytes; 1 while incomplete."""
        if self.define is not None:
            self._load()
        return self._align

    @align.setter
    def align(self, align: int) -> None:
        self._align = align


@dataclass(slots=True, eq=False)
class Enum:
    """An enumeration, identified by itself; `underlying` is the integer type that holds it."""

    tag: str
    underlying: Int
    constants: list[tuple[str, int]] = field(default_factory=list)
    complete: bool = False
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Typedef:
    """Another name for `target`."""

    name: str
    target: Type
    align: int = 0  # __attribute__((aligned(n))) on the typedef; 0: none
    tags: tuple[str, ...] = ()  # btf_decl_tags


@dataclass(frozen=True, slots=True)
class Qualified:
    """`base` with qualifiers, the btf_type_tags that stand there, and the address space it is in (1: a BPF arena)."""

    base: Type
    const: bool = False
    volatile: bool = False
    restrict: bool = False
    tags: tuple[str, ...] = ()
    space: int = 0


Type = Void | Int | Float | Pointer | Array | Function | Record | Enum | Typedef | Qualified

VOID = Void()
BOOL = Int("_Bool", 1, False, 0)
CHAR = Int("char", 1, True, 1)
SCHAR = Int("signed char", 1, True, 1)
UCHAR = Int("unsigned char", 1, False, 1)
SHORT = Int("short", 2, True, 2)
USHORT = Int("unsigned short", 2, False, 2)
INT = Int("int", 4, True, 3)
UINT = Int("unsigned int", 4, False, 3)
LONG = Int("long", 8, True, 4)
ULONG = Int("unsigned long", 8, False, 4)
LLONG = Int("long long", 8, True, 5)
ULLONG = Int("unsigned long long", 8, False, 5)
INT128 = Int("__int128", 16, True, 6)
UINT128 = Int("unsigned __int128", 16, False, 6)


def strip(t: Type) -> Type:
    """The type without typedefs and qualifiers at its top."""
    while True:
        if isinstance(t, Typedef):
            t = t.target
        elif isinstance(t, Qualified):
            t = t.base
        else:
            return t

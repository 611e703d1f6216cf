"""The kinds of BTF types (include/uapi/linux/btf.h), a class each; `btf` builds, encodes and decodes sets of them.

Fields are what the format stores, with names instead of string offsets. Types refer to others by id. Sizes are bytes,
offsets of members bits.
"""

from __future__ import annotations

from typing import ClassVar

from ..records import NamedTuple, dataclass, field

# BTF_INT_*: bits of Int.encoding
SIGNED, CHAR, BOOL = 1, 2, 4
# linkage of FUNC and VAR (enum btf_func_linkage; BTF_VAR_*)
STATIC, GLOBAL, EXTERN = 0, 1, 2


class Member(NamedTuple):
    """A member of a struct or union; `bits` is the width of a bit-field, else 0."""

    name: str
    type: int
    bit_offset: int
    bits: int = 0


class Param(NamedTuple):
    """A parameter; the last one of a variadic function has no name and type 0."""

    name: str
    type: int


class SectionVar(NamedTuple):
    """A variable's place in a data section, in bytes; `type` is its VAR (or, in .ksyms, its FUNC)."""

    type: int
    offset: int
    size: int


@dataclass(slots=True)
class Void:
    """Id 0; never written."""

    kind: ClassVar[int] = 0


@dataclass(slots=True)
class Int:
    """An integer type; `encoding` is a set of SIGNED, CHAR, BOOL. `bits` 0 means all of `size`."""

    name: str
    size: int
    encoding: int = 0
    bits: int = 0
    bit_offset: int = 0
    kind: ClassVar[int] = 1


@dataclass(slots=True)
class Ptr:
    """A pointer."""

    type: int
    kind: ClassVar[int] = 2


@dataclass(slots=True)
class Array:
    """`count` elements; `index` is the type of its index, by custom `__ARRAY_SIZE_TYPE__`."""

    element: int
    index: int
    count: int
    kind: ClassVar[int] = 3


@dataclass(slots=True)
class Struct:
    """A struct; a name of "" is none."""

    name: str
    size: int
    members: list[Member] = field(default_factory=list)
    kind: ClassVar[int] = 4


@dataclass(slots=True)
class Union:
    """A union."""

    name: str
    size: int
    members: list[Member] = field(default_factory=list)
    kind: ClassVar[int] = 5


@dataclass(slots=True)
class Enum:
    """An enumeration whose constants fit 32 bits."""

    name: str
    size: int = 4
    values: list[tuple[str, int]] = field(default_factory=list)
    signed: bool = False
    kind: ClassVar[int] = 6


@dataclass(slots=True)
class Fwd:
    """A struct or union that is only declared."""

    name: str
    union: bool = False
    kind: ClassVar[int] = 7


@dataclass(slots=True)
class Typedef:
    """A typedef."""

    name: str
    type: int
    kind: ClassVar[int] = 8


@dataclass(slots=True)
class Volatile:
    """`volatile`."""

    type: int
    kind: ClassVar[int] = 9


@dataclass(slots=True)
class Const:
    """`const`."""

    type: int
    kind: ClassVar[int] = 10


@dataclass(slots=True)
class Restrict:
    """`restrict`."""

    type: int
    kind: ClassVar[int] = 11


@dataclass(slots=True)
class Func:
    """A function; `type` is its FuncProto, `linkage` STATIC, GLOBAL or EXTERN."""

    name: str
    type: int
    linkage: int = GLOBAL
    kind: ClassVar[int] = 12


@dataclass(slots=True)
class FuncProto:
    """A function type."""

    result: int
    params: list[Param] = field(default_factory=list)
    kind: ClassVar[int] = 13


@dataclass(slots=True)
class Var:
    """A variable; `linkage` is STATIC, GLOBAL or EXTERN."""

    name: str
    type: int
    linkage: int = GLOBAL
    kind: ClassVar[int] = 14


@dataclass(slots=True)
class DataSec:
    """A data section (or .maps, .ksyms, .kconfig) and its variables. Compilers may leave size and offsets 0."""

    name: str
    size: int = 0
    vars: list[SectionVar] = field(default_factory=list)
    kind: ClassVar[int] = 15


@dataclass(slots=True)
class Float:
    """A floating point type."""

    name: str
    size: int
    kind: ClassVar[int] = 16


@dataclass(slots=True)
class DeclTag:
    """btf_decl_tag(name) on `type`, or on its member or parameter number `component` (-1: on itself)."""

    name: str
    type: int
    component: int = -1
    attribute: bool = False  # kind_flag: any attribute, not only a tag
    kind: ClassVar[int] = 17


@dataclass(slots=True)
class TypeTag:
    """btf_type_tag(name) on the type that a pointer points to."""

    name: str
    type: int
    attribute: bool = False
    kind: ClassVar[int] = 18


@dataclass(slots=True)
class Enum64:
    """An enumeration with constants of 64 bits."""

    name: str
    size: int = 8
    values: list[tuple[str, int]] = field(default_factory=list)
    signed: bool = False
    kind: ClassVar[int] = 19


BtfType = (
    Void | Int | Ptr | Array | Struct | Union | Enum | Fwd | Typedef | Volatile | Const | Restrict | Func | FuncProto
    | Var | DataSec | Float | DeclTag | TypeTag | Enum64
)  # fmt: skip
Modifier = (Typedef, Volatile, Const, Restrict, TypeTag)  # what `resolve` looks through

"""`Vmlinux`: the declarations of a vmlinux.h, made from BTF when the program names them.

Names, layouts and attributes are those that `bpftool btf dump ... format c` would print and clang would read, so that a
program means the same with either: all records carry preserve_access_index, several types of one name are told apart by
`name___2`, alignment is what the members' types ask for (a record that breaks it is packed).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from ..object import btf as b
from ..object.btf_index import BtfIndex
from ..source import Span
from . import tree
from . import types as ct
from .compare import qualify
from .layout import align_of
from .names import Entity, EnumConstant, TypeName

if TYPE_CHECKING:
    from .base import Checker

_MAX_DEPTH = 200  # of types around types without a record in between, and of records in records
_COPY = re.compile(r"(.+)___(\d{1,4})")
_TAGGED = b.Struct | b.Union | b.Enum | b.Enum64 | b.Fwd

# the names that DWARF, and so BTF, has for C's types; others go by their size
_INTS = {
    "_Bool": ct.BOOL, "char": ct.CHAR, "signed char": ct.SCHAR, "unsigned char": ct.UCHAR,
    "short int": ct.SHORT, "short": ct.SHORT, "short unsigned int": ct.USHORT, "unsigned short": ct.USHORT,
    "int": ct.INT, "unsigned int": ct.UINT, "long int": ct.LONG, "long": ct.LONG,
    "long unsigned int": ct.ULONG, "unsigned long": ct.ULONG, "long long int": ct.LLONG, "long long": ct.LLONG,
    "long long unsigned int": ct.ULLONG, "unsigned long long": ct.ULLONG,
    "__int128": ct.INT128, "__int128 unsigned": ct.UINT128, "unsigned __int128": ct.UINT128,
}  # fmt: skip
_SIZED = {
    (1, True): ct.SCHAR, (1, False): ct.UCHAR, (2, True): ct.SHORT, (2, False): ct.USHORT, (4, True): ct.INT,
    (4, False): ct.UINT, (8, True): ct.LONG, (8, False): ct.ULONG, (16, True): ct.INT128, (16, False): ct.UINT128,
}  # fmt: skip
# the compiler has its own, whatever the kernel's was
_BUILTIN_TYPEDEFS = {"__builtin_va_list": ct.Typedef("__builtin_va_list", ct.Pointer(ct.VOID))}


class Vmlinux:
    """An `Outer` (sema/outer.py) over a BTF index. Broken BTF raises `ObjectError` when it is come across."""

    def __init__(self, index: BtfIndex, span: Span, *, preserve: bool = True, kfuncs: bool = True) -> None:
        """`span` is the place of all that is declared here, `preserve` gives records the attribute
        preserve_access_index, `kfuncs` says whether the kernel's functions for BPF programs are declared."""
        self._index = index
        self._span = span
        self._attributes = frozenset({"preserve_access_index"}) if preserve else frozenset[str]()
        self._kfuncs = kfuncs
        self._is_type: dict[str, bool] = {}
        self._entities: dict[str, Entity | None] = {}
        self._tags: dict[str, ct.Record | ct.Enum | None] = {}
        self._types: dict[int, ct.Type] = {0: ct.VOID}
        self._open: set[int] = set()  # ids of the types being made
        self._defining: list[ct.Record] = []  # those whose members are being looked at, from the outside in

    def is_type(self, name: str) -> bool:
        """True if `name` is a typedef."""
        known = self._is_type.get(name)
        if known is None:
            known = self._is_type[name] = any(isinstance(t, b.Typedef) for _, t in self._index.named(name))
        return known

    def find(self, checker: Checker, name: str) -> Entity | None:
        """The typedef, enumerator or kfunc `name`."""
        if name not in self._entities:
            self._entities[name] = self._entity(name)
        return self._entities[name]

    def find_tag(self, checker: Checker, tag: str) -> ct.Record | ct.Enum | None:
        """The struct, union or enum `tag`."""
        if tag not in self._tags:
            found = self._tagged(tag)
            t = self._type(found) if found else None
            self._tags[tag] = t if isinstance(t, ct.Record | ct.Enum) else None
        return self._tags[tag]

    def names(self) -> Iterator[str]:
        """All typedefs, enumerators and kfuncs."""
        for _, t in self._index.items():
            match t:
                case b.Typedef(name=name):
                    yield name
                case b.Func(name=name) if self._kfuncs:
                    yield name
                case b.Enum(values=values) | b.Enum64(values=values):
                    yield from (name for name, _ in values)

    def tags(self) -> Iterator[str]:
        """All tags of structs, unions and enums."""
        for _, t in self._index.items():
            if isinstance(t, _TAGGED) and t.name:
                yield t.name

    # --- names ----------------------------------------------------------------------------------------------------

    def _entity(self, name: str) -> Entity | None:
        copies = list(self._ordinary(name))
        found = copies[0] if copies else None
        if found is None and (match := _COPY.fullmatch(name)):
            copies = list(self._ordinary(match[1]))
            found = copies[int(match[2]) - 1] if 1 < int(match[2]) <= len(copies) else None
            name = match[1]
        if found is None:
            return None
        number, t = found
        match t:
            case b.Typedef():
                made = self._type(number)
                return TypeName(made, self._span) if isinstance(made, ct.Typedef) else None
            case b.Enum(values=values) | b.Enum64(values=values):
                enum = self._type(number)
                assert isinstance(enum, ct.Enum)
                value = next(value for constant, value in values if constant == name)
                plain = -(1 << 31) <= value < 1 << 31  # C11 6.4.4.3: int, if that can hold it
                return EnumConstant(name, value, ct.INT if plain else enum.underlying, self._span, enum)
            case b.Func():
                return self._kfunc(t)
        return None

    def _ordinary(self, name: str) -> Iterator[tuple[int, b.BtfType]]:
        for number, t in self._index.named(name):
            match t:
                case b.Typedef():
                    yield number, t
                case b.Enum(values=values) | b.Enum64(values=values) if any(constant == name for constant, _ in values):
                    yield number, t
                case b.Func() if self._kfuncs:
                    yield number, t

    def _kfunc(self, t: b.Func) -> tree.FunctionSymbol | None:
        made = self._type(t.type)
        if not isinstance(made, ct.Function):
            return None
        return tree.FunctionSymbol(t.name, made, ".ksyms", "extern", self._span, attributes=frozenset({"weak"}))

    def _tagged(self, tag: str) -> int:
        """The id of the type that `tag` names, a definition rather than a forward declaration; 0 if there is none."""
        copies = self._copies(tag)
        if not copies and (match := _COPY.fullmatch(tag)):
            copies = self._copies(match[1])[int(match[2]) - 1 :] if int(match[2]) > 1 else []
        return copies[0] if copies else 0

    def _copies(self, tag: str) -> list[int]:
        """The ids of the types with that tag: definitions if there are any, else forward declarations."""
        found = [(number, t) for number, t in self._index.named(tag) if isinstance(t, _TAGGED) and t.name == tag]
        defined = [number for number, t in found if not isinstance(t, b.Fwd)]
        return defined or [number for number, _ in found[:1]]

    # --- types ----------------------------------------------------------------------------------------------------

    def _type(self, number: int) -> ct.Type:
        """The type with that id; made on the first call. Records are left undefined."""
        made = self._types.get(number)
        if made is None:
            if number in self._open or len(self._open) > _MAX_DEPTH:
                raise self._index.broken(f"type {number} is made of itself")
            self._open.add(number)
            try:
                made = self._types[number] = self._make(number)
            finally:
                self._open.discard(number)
        return made

    def _make(self, number: int) -> ct.Type:
        match self._index[number]:
            case b.Int(name=name, size=size, encoding=encoding):
                return _INTS.get(name) or self._sized(number, size, bool(encoding & b.SIGNED))
            case b.Ptr(type=to):
                return ct.Pointer(self._type(to))
            case b.Array(element=element, count=count):
                return ct.Array(self._type(element), count)
            case b.Struct() | b.Union() as record:
                kind = "struct" if isinstance(record, b.Struct) else "union"
                define = partial(self._define, number, record)
                tag = self._tag(record.name, number)
                return ct.Record(kind, tag, attributes=self._attributes, span=self._span, define=define)
            case b.Fwd(name=name, union=union):
                kind = "union" if union else "struct"
                defined = self._tagged(name)
                made = self._type(defined) if defined and defined != number else None
                if isinstance(made, ct.Record) and made.kind == kind:
                    return made
                return ct.Record(kind, name, attributes=self._attributes, span=self._span)
            case b.Enum(name=name, size=size, values=values, signed=signed):
                return self._enum(number, name, size, values, signed)
            case b.Enum64(name=name, size=size, values=values, signed=signed):
                return self._enum(number, name, size, values, signed)
            case b.Typedef(name=name, type=to):
                return _BUILTIN_TYPEDEFS.get(name) or ct.Typedef(name, self._type(to))
            case b.Const(type=to):
                return qualify(self._type(to), const=True)
            case b.Volatile(type=to):
                return qualify(self._type(to), volatile=True)
            case b.Restrict(type=to):
                return qualify(self._type(to), restrict=True)
            case b.TypeTag(name=name, type=to, attribute=attribute):
                return self._type(to) if attribute else qualify(self._type(to), tags=(name,))
            case b.FuncProto(result=result, params=params):
                variadic = bool(params) and not params[-1].name and not params[-1].type
                fixed = params[:-1] if variadic else params
                return ct.Function(
                    self._type(result), tuple(ct.Parameter(p.name, self._type(p.type)) for p in fixed), variadic
                )  # fmt: skip
            case b.Float(name=name, size=size):
                return ct.Float(name, size)
            case other:
                raise self._index.broken(f"type {number} ({type(other).__name__.lower()}) stands where a C type should")

    def _sized(self, number: int, size: int, signed: bool) -> ct.Int:
        found = _SIZED.get((size, signed))
        if found is None:
            raise self._index.broken(f"type {number} is an integer of {size} bytes")
        return found

    def _enum(self, number: int, name: str, size: int, values: list[tuple[str, int]], signed: bool) -> ct.Enum:
        underlying = self._sized(number, size, signed)
        return ct.Enum(self._tag(name, number), underlying, list(values), bool(values), self._span)

    def _tag(self, name: str, number: int) -> str:
        if not name:
            return ""
        copies = self._copies(name)
        place = copies.index(number) if number in copies else 0
        return f"{name}___{place + 1}" if place else name

    def _define(self, number: int, t: b.Struct | b.Union, record: ct.Record) -> None:
        """Fill in the fields, size and alignment of `record`."""
        self._defining.append(record)
        fields = []
        for member in t.members:
            bits, offset = member.bits, member.bit_offset
            if not bits and isinstance(plain := self._index[member.type], b.Int) and plain.bits:  # as before Linux 4.20
                bits, offset = plain.bits, offset + plain.bit_offset
            fields.append(ct.Field(member.name, self._type(member.type), offset, bits or None))
        record.fields = fields
        record.size = t.size
        align = 1
        for field in fields:
            inner = field.type
            while isinstance(inner := ct.strip(inner), ct.Array):
                inner = inner.element
            if inner in self._defining or len(self._defining) > _MAX_DEPTH:
                raise self._index.broken(f"type {number} is made of itself")
            need = align_of(field.type)
            align = max(align, need)
            record.packed |= field.bits is None and field.offset % (need * 8) != 0
        record.packed |= t.size % align != 0
        record.align = 1 if record.packed else align
        self._defining.pop()

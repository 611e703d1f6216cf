"""`write_types`: BTF's types as DWARF entries; each gets one, and what BTF cannot say (declared lines, scopes) is left out."""

from __future__ import annotations

from . import btf as b
from . import dwarf_format as d
from .dwarf_format import Entries

_SIGNED, _UNSIGNED, _SIGNED_CHAR, _UNSIGNED_CHAR, _BOOLEAN, _FLOAT = 0x05, 0x07, 0x06, 0x08, 0x02, 0x04  # DW_ATE_*
_WRAPPERS = {b.Const: d.CONST, b.Volatile: d.VOLATILE, b.Restrict: d.RESTRICT}
Attributes = list[tuple[int, int, int | str | bytes]]


def write_types(entries: Entries, btf: b.Btf) -> None:
    """Append an entry for each type of `btf` that a value can have, with the type's id."""
    writer = TypeWriter(entries, btf)
    for number, t in btf.items():
        if not isinstance(t, b.Func | b.Var | b.DataSec | b.DeclTag | b.TypeTag):
            entries.type_entry(number)
            writer.write(t)


class TypeWriter:
    """Writes entries that have types."""

    def __init__(self, entries: Entries, btf: b.Btf) -> None:
        self.entries = entries
        self.btf = btf

    def type(self, number: int) -> Attributes:
        """The attribute DW_AT_type; none for void. Type tags are no types of their own."""
        t = self.btf[number]
        while isinstance(t, b.TypeTag):
            number = t.type
            t = self.btf[number]
        return [(d.TYPE, d.REF4, number)] if number else []

    def write(self, t: b.BtfType) -> None:
        """The entry of a type."""
        entry = self.entries.entry
        match t:
            case b.Int(name=name, size=size):
                entry(d.BASE, [*_named(name), (d.ENCODING, d.DATA1, _encoding(t)), (d.BYTE_SIZE, d.UDATA, size)])
            case b.Float(name=name, size=size):
                entry(d.BASE, [*_named(name), (d.ENCODING, d.DATA1, _FLOAT), (d.BYTE_SIZE, d.UDATA, size)])
            case b.Ptr(type=to):
                entry(d.POINTER, self.type(to))
            case b.Const(type=to) | b.Volatile(type=to) | b.Restrict(type=to):
                entry(_WRAPPERS[type(t)], self.type(to))
            case b.Typedef(name=name, type=to):
                entry(d.TYPEDEF, [*_named(name), *self.type(to)])
            case b.Array(element=element, count=count):
                entry(d.ARRAY, self.type(element), children=True)
                entry(d.SUBRANGE, [*self.type(t.index), (d.COUNT, d.UDATA, count)])
                self.entries.end()
            case b.Struct() | b.Union():
                self._record(t)
            case b.Fwd(name=name, union=union):
                entry(d.UNION if union else d.STRUCTURE, [*_named(name), (d.DECLARATION, d.FLAG_PRESENT, 1)])
            case b.Enum() | b.Enum64():
                self._enumeration(t)
            case b.FuncProto(result=result):
                entry(d.SUBROUTINE, [*self.type(result), (d.PROTOTYPED, d.FLAG_PRESENT, 1)], children=bool(t.params))
                self.parameters(t, [[] for _ in t.params], named=False)

    def _record(self, t: b.Struct | b.Union) -> None:
        tag = d.STRUCTURE if isinstance(t, b.Struct) else d.UNION
        self.entries.entry(tag, [*_named(t.name), (d.BYTE_SIZE, d.UDATA, t.size)], children=bool(t.members))
        for member in t.members:
            attributes = [*_named(member.name), *self.type(member.type)]
            if member.bits:
                attributes += [(d.BIT_SIZE, d.UDATA, member.bits), (d.BIT_OFFSET, d.UDATA, member.bit_offset)]
            else:
                attributes.append((d.MEMBER_LOCATION, d.UDATA, member.bit_offset // 8))
            self.entries.entry(d.MEMBER, attributes)
        if t.members:
            self.entries.end()

    def _enumeration(self, t: b.Enum | b.Enum64) -> None:
        self.entries.entry(d.ENUMERATION, [*_named(t.name), (d.BYTE_SIZE, d.UDATA, t.size)], children=bool(t.values))
        for name, value in t.values:
            form = d.SDATA if t.signed else d.UDATA
            self.entries.entry(d.ENUMERATOR, [*_named(name), (d.CONST_VALUE, form, value)])
        if t.values:
            self.entries.end()

    def parameters(self, proto: b.FuncProto, locations: list[Attributes], *, named: bool = True) -> None:
        """The parameters of a function and the end of its children, if it has any; `...` has neither name nor type."""
        for param, location in zip(proto.params, locations, strict=True):
            if not param.type and not param.name:
                self.entries.entry(d.UNSPECIFIED_PARAMETERS, [])
            else:
                self.entries.entry(d.PARAMETER, [*(_named(param.name) if named else []), *self.type(param.type), *location])
        if proto.params:
            self.entries.end()


def _named(name: str) -> Attributes:
    return [(d.NAME, d.STRP, name)] if name else []


def _encoding(t: b.Int) -> int:
    if t.encoding & b.BOOL:
        return _BOOLEAN
    char = t.name in ("char", "signed char", "unsigned char")
    if t.encoding & (b.SIGNED | b.CHAR):
        return _SIGNED_CHAR if char else _SIGNED
    return _UNSIGNED_CHAR if char else _UNSIGNED

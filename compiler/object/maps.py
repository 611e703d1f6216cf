"""`maps_from_btf`: map definitions out of the types of the variables in section .maps, by libbpf's conventions.

    #define __uint(name, val)  int (*name)[val]              the number is an array's length
    #define __ulong(name, val) enum { unique = val } name    the number is a constant
    #define __type(name, val)  typeof(val) *name             the type is what a pointer points to
    #define __array(name, val) typeof(val) *name[]           likewise, for .values
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NoReturn

from ..diagnostics import Diagnostic, ObjectError, Severity
from ..source import Place
from .btf import EXTERN, Array, Btf, DataSec, Enum, Enum64, FuncProto, Member, Ptr, Struct, Var
from .model import Map, Reference

SECTION = ".maps"
_MAX_SIZE = 1 << 30  # of keys and values; the kernel's limits (KMALLOC_MAX_SIZE) lie well below


def maps_from_btf(btf: Btf, *, offsets: Mapping[str, int] | None = None, references: Iterable[Reference] = (),
                  places: Mapping[str, Place] | None = None) -> dict[str, Map]:  # fmt: skip
    """The maps that `btf` declares, by name.

    `offsets` gives the variables' byte offsets in .maps (default: those in BTF), `references` what is stored in the
    section (`.values = {...}`, as byte offsets into it), `places` where each is declared. Raises `ObjectError`.
    """
    section = btf.find(SECTION, DataSec)
    maps: dict[str, Map] = {}
    if not section:
        return maps
    data = btf[section]
    assert isinstance(data, DataSec)
    stored = list(references)
    for entry in data.vars:
        var = btf[entry.type]
        if not isinstance(var, Var):
            raise _error("E0611", f"section {SECTION} holds something that is not a variable", None)
        if var.linkage == EXTERN:
            continue  # another object defines it
        place = (places or {}).get(var.name)
        reader = _Definition(btf, var.name, place)
        reader.read(var.type)
        made = reader.map
        made.offset = offsets.get(var.name, entry.offset) if offsets is not None else entry.offset
        if reader.values_offset >= 0:
            start, end = made.offset + reader.values_offset, made.offset + max(entry.size, btf.size_of(var.type))
            made.values = [((r.at - start) // 8, r.symbol) for r in stored if start <= r.at < end]
        maps[var.name] = made
    return maps


def declared_map(btf: Btf, number: int) -> Map:
    """What the VAR `number` says about a map, wherever it is defined. Raises `ObjectError`."""
    var = btf[number]
    assert isinstance(var, Var)
    reader = _Definition(btf, var.name, None)
    reader.read(var.type)
    return reader.map


def _error(code: str, message: str, place: Place | None, fix: str = "") -> ObjectError:
    return ObjectError(Diagnostic(code, Severity.ERROR, message, place, fix=fix))


_NUMBER_MEMBERS = {
    "type": "type", "max_entries": "max_entries", "map_flags": "flags", "numa_node": "numa_node",
    "pinning": "pinning", "map_extra": "map_extra",
}  # fmt: skip


class _Definition:
    """Reads one definition into `map`."""

    def __init__(self, btf: Btf, name: str, place: Place | None, *, inner: bool = False) -> None:
        self.btf = btf
        self.map = Map(name, 0, place=place)
        self.values_offset = -1  # byte offset of .values, if it is there
        self._inner = inner

    def read(self, type_id: int) -> None:
        definition = self.btf.resolved(type_id)
        if not isinstance(definition, Struct):
            raise _error(
                "E0611", f"map '{self.map.name}' is not a struct", self.map.place,
                "define it as struct { __uint(type, BPF_MAP_TYPE_...); ... } name SEC(\".maps\");",
            )  # fmt: skip
        for member in definition.members:
            reader = _READERS.get(member.name)
            if reader is None:
                self.fail(member, "is not a member that a map definition may have", f"use one of: {', '.join(_READERS)}")
            reader(self, member)
        if self.map.type == 0:
            raise _error(
                "E0612", f"map '{self.map.name}' has no type", self.map.place, "add __uint(type, BPF_MAP_TYPE_...)"
            )

    def fail(self, member: Member, reason: str, fix: str) -> NoReturn:
        raise _error("E0613", f"map '{self.map.name}': member '{member.name}' {reason}", self.map.place, fix)

    def number(self, member: Member) -> int:
        """The number that __uint or __ulong hides in the member's type."""
        t = self.btf.resolved(member.type)
        if isinstance(t, Enum | Enum64) and len(t.values) == 1:
            return t.values[0][1] & 0xFFFFFFFFFFFFFFFF
        if isinstance(t, Ptr) and isinstance(array := self.btf.resolved(t.type), Array):
            return array.count
        self.fail(member, "does not hold a number", f"write it as __uint({member.name}, NUMBER)")

    def pointee(self, member: Member) -> int:
        """The type that __type hides."""
        t = self.btf.resolved(member.type)
        if not isinstance(t, Ptr):
            self.fail(member, "does not name a type", f"write it as __type({member.name}, TYPE)")
        return t.type

    def plain(self, member: Member) -> None:
        value = self.number(member)
        if value >> 32 and member.name != "map_extra":
            self.fail(member, f"is {value}, which does not fit 32 bits", "choose a smaller number")
        setattr(self.map, _NUMBER_MEMBERS[member.name], value)

    def size(self, member: Member) -> None:
        self.set_size(member, self.number(member))

    def set_size(self, member: Member, size: int) -> None:
        if size > _MAX_SIZE:
            self.fail(member, f"takes {size} bytes, more than any kernel allows", "choose a smaller type")
        field = "key_size" if member.name.startswith("key") else "value_size"
        known = getattr(self.map, field)
        if known and known != size:
            self.fail(member, f"says {size} bytes, another member {known}", "give the type only")
        setattr(self.map, field, size)

    def typed(self, member: Member) -> None:
        type_id = self.pointee(member)
        self.set_size(member, self.btf.size_of(type_id))
        if member.name == "key":
            self.map.btf_key_id = type_id
        else:
            self.map.btf_value_id = type_id

    def values(self, member: Member) -> None:
        if self._inner:
            self.fail(member, "is in an inner map", "only one level of maps in maps is possible")
        array = self.btf.resolved(member.type)
        if not isinstance(array, Array) or array.count or not isinstance(ptr := self.btf.resolved(array.element), Ptr):
            self.fail(member, "is not an array of pointers of open length", "write it as __array(values, TYPE)")
        self.values_offset = member.bit_offset // 8
        self.set_size(member._replace(name="value_size"), 4)  # a descriptor
        held = self.btf.resolved(ptr.type)
        if isinstance(held, FuncProto):
            return
        inner = _Definition(self.btf, f"{self.map.name}.inner", self.map.place, inner=True)
        inner.read(ptr.type)
        self.map.inner = inner.map


_READERS: dict[str, Callable[[_Definition, Member], None]] = {
    **dict.fromkeys(_NUMBER_MEMBERS, _Definition.plain),
    "key_size": _Definition.size,
    "value_size": _Definition.size,
    "key": _Definition.typed,
    "value": _Definition.typed,
    "values": _Definition.values,
}  # fmt: skip

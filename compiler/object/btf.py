"""BTF, the type format of BPF (Documentation/bpf/btf.rst): types as classes, built, encoded and decoded.

A `Btf` is a list of types; a type's id is its index and 0 is void. The kinds of types are in `btf_kinds`, and can be had
from here; `btf_format` and `btf_reader` know their bytes. `values` decodes values by type, `btf_print` writes types as C.
"""

# ruff: noqa: I001  (one name a row otherwise)

from __future__ import annotations

import struct
from collections.abc import Iterator

from .btf_format import HEADER_BYTES, MAGIC, VERSION, encode_type
from .btf_format import StringTable as StringTable
from .btf_format import btf_error as btf_error
from .btf_kinds import (
    BOOL as BOOL, CHAR as CHAR, EXTERN as EXTERN, GLOBAL as GLOBAL, SIGNED as SIGNED, STATIC as STATIC, Array as Array,
    BtfType as BtfType, Const as Const, DataSec as DataSec, DeclTag as DeclTag, Enum as Enum, Enum64 as Enum64,
    Float as Float, Func as Func, FuncProto as FuncProto, Fwd as Fwd, Int as Int, Member as Member,
    Modifier as Modifier, Param as Param, Ptr as Ptr, Restrict as Restrict, SectionVar as SectionVar, Struct as Struct,
    Typedef as Typedef, TypeTag as TypeTag, Union as Union, Var as Var, Void as Void, Volatile as Volatile,
)  # fmt: skip
from .btf_reader import TypeReader as TypeReader
from .btf_reader import split as split
from .btf_reader import string_at as string_at

_MAX_DEPTH = 64  # of modifiers and arrays around a type; the kernel allows 32 (kernel/bpf/btf.c, MAX_RESOLVE_DEPTH)


class Btf:
    """Types by id. `types[0]` is void; the others are added with `add` or come from `decode`."""

    def __init__(self, *, big_endian: bool = False) -> None:
        self.types: list[BtfType] = [Void()]
        self.big_endian = big_endian
        self.strings = b"\0"  # as decoded, for .BTF.ext
        self._by_name: dict[str, list[int]] = {}
        self._indexed = 1

    def __len__(self) -> int:
        return len(self.types)

    def __getitem__(self, type_id: int) -> BtfType:
        if not 0 <= type_id < len(self.types):
            raise btf_error(f"there is no type {type_id}")
        return self.types[type_id]

    def items(self) -> Iterator[tuple[int, BtfType]]:
        """(id, type) of all types but void."""
        return ((i, self.types[i]) for i in range(1, len(self.types)))

    def add(self, new: BtfType) -> int:
        """Append a type and give its id. Its members may be set later: ids are all that matters now."""
        self.types.append(new)
        return len(self.types) - 1

    def find(self, name: str, *kinds: type) -> int:
        """The id of the first type called `name`, of one of `kinds` if given; 0 if there is none."""
        if self._indexed != len(self.types):
            for i in range(self._indexed, len(self.types)):
                own = getattr(self.types[i], "name", "")
                if own:
                    self._by_name.setdefault(own, []).append(i)
            self._indexed = len(self.types)
        for i in self._by_name.get(name, ()):
            if not kinds or isinstance(self.types[i], kinds):
                return i
        return 0

    def resolve(self, type_id: int) -> int:
        """`type_id` without typedefs, qualifiers and tags."""
        for _ in range(_MAX_DEPTH):
            t = self[type_id]
            if not isinstance(t, Modifier):
                return type_id
            type_id = t.type
        raise btf_error(f"type {type_id} is wrapped in itself")

    def resolved(self, type_id: int) -> BtfType:
        """The type `type_id` without typedefs, qualifiers and tags."""
        return self.types[self.resolve(type_id)]

    def size_of(self, type_id: int) -> int:
        """Bytes of a value of the type. Raises `ObjectError` for void, functions and incomplete types."""
        count = 1
        for _ in range(_MAX_DEPTH):
            type_id = self.resolve(type_id)
            match self.types[type_id]:
                case Ptr():
                    return count * 8
                case Array(element=element, count=n):
                    type_id, count = element, count * n
                case Var(type=inner):
                    type_id = inner
                case Int(size=size) | Struct(size=size) | Union(size=size) | Enum(size=size) | Enum64(size=size):
                    return count * size
                case Float(size=size) | DataSec(size=size):
                    return count * size
                case other:
                    raise btf_error(f"type {type_id} ({type(other).__name__.lower()}) has no size")
        raise btf_error(f"type {type_id} is an array of itself")

    def encode(self, strings: StringTable | None = None) -> bytes:
        """The .BTF section. `strings` may already hold what .BTF.ext wants in the table."""
        strings = strings or StringTable()
        order = ">" if self.big_endian else "<"
        types = b"".join([encode_type(t, order, strings) for t in self.types[1:]])
        text = strings.encode()
        header = struct.pack(
            order + "HBBIIIII", MAGIC, VERSION, 0, HEADER_BYTES, 0, len(types), len(types), len(text)
        )  # fmt: skip
        return header + types + text

    @classmethod
    def decode(cls, data: bytes) -> Btf:
        """Read a .BTF section (or /sys/kernel/btf/vmlinux) of either byte order. Raises `ObjectError` if it is broken."""
        try:
            return _decode(data)
        except struct.error:
            raise btf_error("the section ends in the middle of a type") from None

def _decode(data: bytes) -> Btf:
    parts = split(data)
    btf = Btf(big_endian=parts.order == ">")
    btf.strings = parts.strings
    reader = TypeReader(parts.types, parts.order, parts.strings)
    types = btf.types
    while reader.at < len(parts.types):
        types.append(reader.type(len(types)))
    _check_ids(btf)
    _check_nesting(btf)
    return btf


def referenced(t: BtfType) -> list[int]:
    """The ids that a type refers to."""
    match t:
        case Ptr(type=to) | Typedef(type=to) | Volatile(type=to) | Const(type=to) | Restrict(type=to):
            return [to]
        case Func(type=to) | Var(type=to) | DeclTag(type=to) | TypeTag(type=to):
            return [to]
        case Array(element=element, index=index):
            return [element, index]
        case Struct(members=members) | Union(members=members):
            return [m.type for m in members]
        case FuncProto(result=result, params=params):
            return [result, *(p.type for p in params)]
        case DataSec(vars=entries):
            return [entry.type for entry in entries]
        case _:
            return []


def _check_ids(btf: Btf) -> None:
    count = len(btf.types)
    sections = {i for i, t in btf.items() if isinstance(t, DataSec)}
    for i, t in btf.items():
        for to in referenced(t):
            if to >= count:
                raise btf_error(f"type {i} refers to type {to} of {count}")
            if to in sections:
                raise btf_error(f"type {i} refers to type {to}, a data section")


def _contained(t: BtfType) -> list[int]:
    """The ids of the types that a value of type `t` holds, or that `t` is another name for."""
    match t:
        case Struct(members=members) | Union(members=members):
            return [m.type for m in members]
        case Array(element=to):
            return [to]
        case Typedef(type=to) | Volatile(type=to) | Const(type=to) | Restrict(type=to) | TypeTag(type=to):
            return [to]
        case _:
            return []


def _check_nesting(btf: Btf) -> None:
    """No type may hold itself, except behind a pointer: so that whoever walks values need not look out for it."""
    types = btf.types
    done = bytearray(len(types))  # 1: on the path, 2: finished
    for first in range(1, len(types)):
        if done[first]:
            continue
        path = [(first, iter(_contained(types[first])))]
        done[first] = 1
        while path:
            current, following = path[-1]
            for to in following:
                if done[to] == 1:
                    raise btf_error(f"type {to} contains itself")
                if not done[to]:
                    done[to] = 1
                    path.append((to, iter(_contained(types[to]))))
                    break
            else:
                done[current] = 2
                path.pop()

"""`TypeReader`: the types of a .BTF section, one by one."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

from ..records import NamedTuple
from .btf_format import HEADER_BYTES, MAGIC, VERSION, btf_error
from .btf_kinds import (
    Array,
    BtfType,
    Const,
    DataSec,
    DeclTag,
    Enum,
    Enum64,
    Float,
    Func,
    FuncProto,
    Fwd,
    Int,
    Member,
    Param,
    Ptr,
    Restrict,
    SectionVar,
    Struct,
    Typedef,
    TypeTag,
    Union,
    Var,
    Volatile,
)


class TypeReader:
    """Decodes types one by one: the bytes, the place in them, their byte order, the names."""

    def __init__(self, data: bytes, order: str, strings: bytes) -> None:
        self.data = data
        self.at = 0
        self.order = order
        self._strings = strings
        self._names: dict[int, str] = {}

    def type(self, number: int) -> BtfType:
        """The type that begins here, which is `number` in messages. Raises `ObjectError`, or `struct.error` at the end."""
        name, info, rest = self.words("III")
        decoder = _DECODERS.get(info >> 24 & 0x1F)
        if decoder is None:
            raise btf_error(
                f"type {number} is of kind {info >> 24 & 0x1F}, which is unknown",
                "use an older compiler, or a newer purebpf",
            )
        return decoder(self, self.name(name), info & 0xFFFF, info >> 31, rest)

    def name(self, offset: int) -> str:
        """The string at `offset`."""
        found = self._names.get(offset)
        if found is None:
            found = self._names[offset] = string_at(self._strings, offset)
        return found

    def words(self, layout: str) -> tuple[int, ...]:
        """The next words."""
        words: tuple[int, ...] = struct.unpack_from(self.order + layout, self.data, self.at)
        self.at += 4 * len(words)
        return words

    def rows(self, layout: str, count: int) -> Iterator[tuple[int, ...]]:
        """The next `count` rows of words."""
        size = 4 * len(layout) * count
        if self.at + size > len(self.data):
            raise struct.error
        part = self.data[self.at : self.at + size]
        self.at += size
        return struct.iter_unpack(self.order + layout, part)


def string_at(strings: bytes, offset: int) -> str:
    """The NUL-terminated string at `offset` of a BTF string table. Raises `ObjectError` past its end."""
    if offset >= len(strings):
        raise btf_error(f"there is no string at offset {offset}")
    end = strings.find(b"\0", offset)
    return strings[offset : end if end >= 0 else len(strings)].decode("utf-8", "surrogateescape")


def _members(r: TypeReader, vlen: int, flag: int) -> list[Member]:
    if flag:
        return [Member(r.name(n), t, word & 0xFFFFFF, word >> 24) for n, t, word in r.rows("III", vlen)]
    return [Member(r.name(n), t, word) for n, t, word in r.rows("III", vlen)]


def _signed(value: int, bits: int, signed: int) -> int:
    return value - (1 << bits) if signed and value >> (bits - 1) else value


def _int(r: TypeReader, name: str, _vlen: int, _flag: int, size: int) -> BtfType:
    (word,) = r.words("I")
    bits = word & 0xFF
    return Int(name, size, word >> 24 & 15, 0 if bits == size * 8 else bits, word >> 16 & 0xFF)


def _enum(r: TypeReader, name: str, vlen: int, flag: int, size: int) -> BtfType:
    return Enum(name, size, [(r.name(n), _signed(v, 32, flag)) for n, v in r.rows("II", vlen)], bool(flag))


def _enum64(r: TypeReader, name: str, vlen: int, flag: int, size: int) -> BtfType:
    values = [(r.name(n), _signed(high << 32 | low, 64, flag)) for n, low, high in r.rows("III", vlen)]
    return Enum64(name, size, values, bool(flag))


# kind -> (reader, name, vlen, kind_flag, size or type) -> the type
_DECODERS: dict[int, Callable[[TypeReader, str, int, int, int], BtfType]] = {
    Int.kind:       _int,
    Ptr.kind:       lambda r, name, vlen, flag, rest: Ptr(rest),
    Array.kind:     lambda r, name, vlen, flag, rest: Array(*r.words("III")),
    Struct.kind:    lambda r, name, vlen, flag, rest: Struct(name, rest, _members(r, vlen, flag)),
    Union.kind:     lambda r, name, vlen, flag, rest: Union(name, rest, _members(r, vlen, flag)),
    Enum.kind:      _enum,
    Fwd.kind:       lambda r, name, vlen, flag, rest: Fwd(name, bool(flag)),
    Typedef.kind:   lambda r, name, vlen, flag, rest: Typedef(name, rest),
    Volatile.kind:  lambda r, name, vlen, flag, rest: Volatile(rest),
    Const.kind:     lambda r, name, vlen, flag, rest: Const(rest),
    Restrict.kind:  lambda r, name, vlen, flag, rest: Restrict(rest),
    Func.kind:      lambda r, name, vlen, flag, rest: Func(name, rest, vlen),
    FuncProto.kind: lambda r, name, vlen, flag, rest: FuncProto(rest, [Param(r.name(n), t) for n, t in r.rows("II", vlen)]),
    Var.kind:       lambda r, name, vlen, flag, rest: Var(name, rest, *r.words("I")),
    DataSec.kind:   lambda r, name, vlen, flag, rest: DataSec(name, rest, [SectionVar(*row) for row in r.rows("III", vlen)]),
    Float.kind:     lambda r, name, vlen, flag, rest: Float(name, rest),
    DeclTag.kind:   lambda r, name, vlen, flag, rest: DeclTag(name, rest, r.words("i")[0], bool(flag)),
    TypeTag.kind:   lambda r, name, vlen, flag, rest: TypeTag(name, rest, bool(flag)),
    Enum64.kind:    _enum64,
}  # fmt: skip


class Parts(NamedTuple):
    """What a .BTF section holds: its byte order ("<" or ">"), the bytes of the types, the strings."""

    order: str
    types: bytes
    strings: bytes


def split(data: bytes) -> Parts:
    """Take a .BTF section apart by its header. Raises `ObjectError`."""
    if len(data) < HEADER_BYTES:
        raise btf_error("the section is shorter than its header")
    order = "<" if data[:2] == b"\x9f\xeb" else ">"
    magic, version, _, header, type_off, type_len, str_off, str_len = struct.unpack_from(order + "HBBIIIII", data)
    if magic != MAGIC or version != VERSION:
        raise btf_error(f"magic {magic:#x} version {version}, expected {MAGIC:#x} version {VERSION}")
    if header < HEADER_BYTES or header + type_off + type_len > len(data) or header + str_off + str_len > len(data):
        raise btf_error("its parts lie outside of the section")
    types, strings = header + type_off, header + str_off
    return Parts(order, data[types : types + type_len], data[strings : strings + str_len])

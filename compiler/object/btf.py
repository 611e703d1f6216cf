"""BTF, the type format of BPF (Documentation/bpf/btf.rst): types as classes, built, encoded and decoded.

A `Btf` is a list of types; a type's id is its index and 0 is void. The kinds of types are in `btf_kinds`, and can be had
from here. `values` decodes values by type, `btf_print` writes types as C.

    header | types | strings            type: name_off u32 | kind_flag:1 kind:5 vlen:16 | size or type u32 | kind's own
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

from ..diagnostics import Diagnostic, ObjectError, Severity
from ..records import NamedTuple
from .btf_kinds import (
    BOOL as BOOL,
)
from .btf_kinds import (
    CHAR as CHAR,
)
from .btf_kinds import (
    EXTERN as EXTERN,
)
from .btf_kinds import (
    GLOBAL as GLOBAL,
)
from .btf_kinds import (
    SIGNED as SIGNED,
)
from .btf_kinds import (
    STATIC as STATIC,
)
from .btf_kinds import (
    Array as Array,
)
from .btf_kinds import (
    BtfType as BtfType,
)
from .btf_kinds import (
    Const as Const,
)
from .btf_kinds import (
    DataSec as DataSec,
)
from .btf_kinds import (
    DeclTag as DeclTag,
)
from .btf_kinds import (
    Enum as Enum,
)
from .btf_kinds import (
    Enum64 as Enum64,
)
from .btf_kinds import (
    Float as Float,
)
from .btf_kinds import (
    Func as Func,
)
from .btf_kinds import (
    FuncProto as FuncProto,
)
from .btf_kinds import (
    Fwd as Fwd,
)
from .btf_kinds import (
    Int as Int,
)
from .btf_kinds import (
    Member as Member,
)
from .btf_kinds import (
    Modifier as Modifier,
)
from .btf_kinds import (
    Param as Param,
)
from .btf_kinds import (
    Ptr as Ptr,
)
from .btf_kinds import (
    Restrict as Restrict,
)
from .btf_kinds import (
    SectionVar as SectionVar,
)
from .btf_kinds import (
    Struct as Struct,
)
from .btf_kinds import (
    Typedef as Typedef,
)
from .btf_kinds import (
    TypeTag as TypeTag,
)
from .btf_kinds import (
    Union as Union,
)
from .btf_kinds import (
    Var as Var,
)
from .btf_kinds import (
    Void as Void,
)
from .btf_kinds import (
    Volatile as Volatile,
)

MAGIC, VERSION, HEADER_BYTES = 0xEB9F, 1, 24
_MAX_DEPTH = 64  # of modifiers and arrays around a type; the kernel allows 32 (kernel/bpf/btf.c, MAX_RESOLVE_DEPTH)


def btf_error(message: str, fix: str = "recompile the program with -g") -> ObjectError:
    """The exception for type information that makes no sense."""
    return ObjectError(Diagnostic("E0610", Severity.ERROR, f"broken BTF: {message}", fix=fix))


class StringTable:
    """The strings of .BTF, shared with .BTF.ext: each once, NUL-terminated, the empty one first."""

    def __init__(self) -> None:
        self._offsets: dict[str, int] = {"": 0}
        self._parts: list[bytes] = [b"\0"]
        self._size = 1

    def add(self, text: str) -> int:
        """The offset of `text`, which is added if it is new."""
        offset = self._offsets.get(text)
        if offset is None:
            offset = self._offsets[text] = self._size
            # a NUL would end the string early; surrogates are bytes of a source that is not UTF-8
            data = text.replace("\0", " ").encode("utf-8", "surrogateescape") + b"\0"
            self._parts.append(data)
            self._size += len(data)
        return offset

    def encode(self) -> bytes:
        """All of it."""
        return b"".join(self._parts)


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
        types = b"".join([_encode_checked(t, order, strings) for t in self.types[1:]])
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


def _encode_checked(t: BtfType, order: str, strings: StringTable) -> bytes:
    try:
        return _encode_type(t, order, strings)
    except struct.error:
        what = f"'{getattr(t, 'name', '')}'"
        raise btf_error(f"{type(t).__name__.lower()} {what} is too large for the format", "make it smaller") from None


def _encode_type(t: BtfType, order: str, strings: StringTable) -> bytes:
    name = strings.add(getattr(t, "name", ""))
    flag, vlen, rest, tail = 0, 0, 0, b""
    pack = struct.pack
    match t:
        case Int(size=rest, encoding=encoding, bits=bits, bit_offset=offset):
            tail = pack(order + "I", encoding << 24 | offset << 16 | (bits or rest * 8))
        case Ptr(type=rest) | Typedef(type=rest) | Volatile(type=rest) | Const(type=rest) | Restrict(type=rest):
            pass
        case Array(element=element, index=index, count=count):
            tail = pack(order + "III", element, index, count)
        case Struct(size=rest, members=members) | Union(size=rest, members=members):
            vlen, flag = len(members), int(any(m.bits for m in members))
            if flag and any(m.bit_offset >> 24 for m in members):
                raise struct.error  # offsets share their word with the widths
            tail = b"".join([
                pack(order + "III", strings.add(m.name), m.type, m.bits << 24 | m.bit_offset) for m in members
            ])  # fmt: skip
        case Enum(size=rest, values=values, signed=signed):
            vlen, flag = len(values), int(signed)
            tail = b"".join([pack(order + "II", strings.add(n), v & 0xFFFFFFFF) for n, v in values])
        case Enum64(size=rest, values=values, signed=signed):
            vlen, flag = len(values), int(signed)
            tail = b"".join([
                pack(order + "III", strings.add(n), v & 0xFFFFFFFF, v >> 32 & 0xFFFFFFFF) for n, v in values
            ])  # fmt: skip
        case Fwd(union=union):
            flag = int(union)
        case Func(type=rest, linkage=vlen):
            pass
        case FuncProto(result=rest, params=params):
            vlen = len(params)
            tail = b"".join([pack(order + "II", strings.add(p.name), p.type) for p in params])
        case Var(type=rest, linkage=linkage):
            tail = pack(order + "I", linkage)
        case DataSec(size=rest, vars=entries):
            vlen = len(entries)
            tail = b"".join([pack(order + "III", *entry) for entry in entries])
        case Float(size=rest):
            pass
        case DeclTag(type=rest, component=component, attribute=attribute):
            flag, tail = int(attribute), pack(order + "i", component)
        case TypeTag(type=rest, attribute=attribute):
            flag = int(attribute)
        case Void():
            raise AssertionError("void is never written")
    if vlen > 0xFFFF:
        raise struct.error
    return pack(order + "III", name, flag << 31 | t.kind << 24 | vlen, rest) + tail


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
    for i, t in btf.items():
        for to in referenced(t):
            if to >= count:
                raise btf_error(f"type {i} refers to type {to} of {count}")


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

"""The format of .BTF: its strings, and types as bytes (Documentation/bpf/btf.rst).

    header | types | strings            type: name_off u32 | kind_flag:1 kind:5 vlen:16 | size or type u32 | kind's own
"""

from __future__ import annotations

import struct

from ..diagnostics import Diagnostic, ObjectError, Severity
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
    Ptr,
    Restrict,
    Struct,
    Typedef,
    TypeTag,
    Union,
    Var,
    Void,
    Volatile,
)

MAGIC, VERSION, HEADER_BYTES = 0xEB9F, 1, 24


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

def encode_type(t: BtfType, order: str, strings: StringTable) -> bytes:
    """A type in byte order `order` ("<" or ">"); names go into `strings`. Raises `ObjectError` if it is too large."""
    try:
        return _bytes(t, order, strings)
    except struct.error:
        what = f"'{getattr(t, 'name', '')}'"
        raise btf_error(f"{type(t).__name__.lower()} {what} is too large for the format", "make it smaller") from None


def _bytes(t: BtfType, order: str, strings: StringTable) -> bytes:
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

"""`encode_value` and `decode_value`: bytes of a BTF type to Python values and back.

    integers, enums, pointers   int (enums: by name too; _Bool: bool)       char[n]   str or bytes, NUL-padded
    struct, union               dict by member (anonymous members inlined)  array     list
    u8[4], u8[16]               also an IP address as text; so are 4-byte integers and 16-byte structs in network order
    a data section              dict by variable (decoded only)
    {u32 prefixlen; ...}        also "10.0.0.0/8": the key of an LPM trie

Byte order is that of the `Btf`. Bytes of the right size are always taken as they are.
"""

from __future__ import annotations

import ipaddress
from typing import Any

from ..diagnostics import Diagnostic, ObjectError, Severity
from .btf import Array, Btf, DataSec, Enum, Enum64, Int, Member, Ptr, Struct, Union, Var

_SIGNED, _CHAR, _BOOL = 1, 2, 4  # Int.encoding


def _error(message: str, fix: str = "") -> ObjectError:
    return ObjectError(Diagnostic("E0630", Severity.ERROR, message, fix=fix))


def decode_value(btf: Btf, type_id: int, data: bytes) -> Any:
    """The Python value of `data`, which has the size of the type."""
    order = "big" if btf.big_endian else "little"
    match btf.resolved(type_id):
        case Int(size=size, encoding=encoding):
            number = int.from_bytes(data[:size], order, signed=bool(encoding & _SIGNED))  # type: ignore[arg-type]
            return bool(number) if encoding & _BOOL else number
        case Enum(size=size, values=values) | Enum64(size=size, values=values):
            number = int.from_bytes(data[:size], order, signed=any(v < 0 for _, v in values))  # type: ignore[arg-type]
            return next((name for name, value in values if value == number), number)
        case Ptr():
            return int.from_bytes(data[:8], order)  # type: ignore[arg-type]
        case Array(element=element, count=count):
            size = btf.size_of(element)
            if _is_text(btf, element):
                return data[:count].split(b"\0", 1)[0].decode("utf-8", "replace")
            return [decode_value(btf, element, data[i * size : (i + 1) * size]) for i in range(count if size else 0)]
        case Struct(members=members) | Union(members=members):
            result: dict[str, Any] = {}
            for member in members:
                value = _decode_member(btf, member, data)
                if not member.name and isinstance(value, dict):
                    result |= value
                elif member.name:
                    result[member.name] = value
            return result
        case DataSec(vars=entries):
            return {
                var.name: decode_value(btf, var.type, data[entry.offset : entry.offset + btf.size_of(var.type)])
                for entry in entries
                if isinstance(var := btf[entry.type], Var)
            }
        case _:
            return data


def _is_text(btf: Btf, element: int) -> bool:
    kind = btf.resolved(element)
    return isinstance(kind, Int) and kind.size == 1 and kind.name == "char"


def _decode_member(btf: Btf, member: Member, data: bytes) -> Any:
    if not member.bits:
        start = member.bit_offset // 8
        return decode_value(btf, member.type, data[start : start + btf.size_of(member.type)])
    order = "big" if btf.big_endian else "little"
    whole = int.from_bytes(data, order)  # type: ignore[arg-type]
    shift = len(data) * 8 - member.bit_offset - member.bits if btf.big_endian else member.bit_offset
    number = whole >> shift & (1 << member.bits) - 1
    kind = btf.resolved(member.type)
    if isinstance(kind, Int) and kind.encoding & _SIGNED and number >> member.bits - 1:
        number -= 1 << member.bits
    return number


def encode_value(btf: Btf, type_id: int, value: Any) -> bytes:
    """The bytes of a Python value. Raises `ObjectError` if it does not fit the type."""
    size = btf.size_of(type_id)
    if isinstance(value, bytes | bytearray):
        if len(value) != size:
            raise _error(f"{len(value)} bytes given, the type has {size}", "give bytes of that size")
        return bytes(value)
    kind = btf.resolved(type_id)
    order = "big" if btf.big_endian else "little"
    if isinstance(value, str):
        text = _encode_text(btf, kind, size, value)
        if text is not None:
            return text
    match kind:
        case Int() | Ptr():
            if isinstance(value, int):
                return _integer(value, size, order)
        case Enum(values=values) | Enum64(values=values):
            number = dict(values).get(value, value)
            if isinstance(number, int):
                return _integer(number, size, order)
            raise _error(f"'{value}' is not one of its constants", f"use one of: {', '.join(name for name, _ in values[:12])}")
        case Array(element=element, count=count):
            if isinstance(value, list | tuple) and len(value) <= count:
                return b"".join(encode_value(btf, element, item) for item in value).ljust(size, b"\0")
        case Struct(members=members) | Union(members=members):
            if isinstance(value, dict):
                return _encode_members(btf, members, size, value)
            if isinstance(value, list | tuple) and len(value) == len(members):
                return _encode_members(btf, members, size, dict(zip((m.name for m in members), value, strict=True)))
            if isinstance(value, int) and len(members) == 1:
                return encode_value(btf, members[0].type, value).ljust(size, b"\0")
    raise _error(f"{value!r} cannot be a {type(kind).__name__.lower()} of {size} bytes",
                 "give an int, a text, a list, a dict by member, or bytes, as the type asks for")  # fmt: skip


def _integer(value: int, size: int, order: Any) -> bytes:
    if not -(1 << size * 8 - 1) <= value < 1 << size * 8:
        raise _error(f"{value} does not fit into {size} bytes")
    return (value & (1 << size * 8) - 1).to_bytes(size, order)


def _encode_text(btf: Btf, kind: object, size: int, text: str) -> bytes | None:
    """A text for a char array, an IP address, a network for an LPM key; None if it is neither."""
    if isinstance(kind, Array) and _is_text(btf, kind.element):
        data = text.encode()
        if len(data) > size:
            raise _error(f"'{text}' has {len(data)} bytes, the array {size}")
        return data.ljust(size, b"\0")
    if isinstance(kind, Enum | Enum64):
        return None
    try:
        if isinstance(kind, Struct) and kind.members and kind.members[0].bit_offset == 0 and size in (8, 20):
            network = ipaddress.ip_network(text, strict=False)
            if size - 4 == len(network.network_address.packed):
                order = "big" if btf.big_endian else "little"
                return network.prefixlen.to_bytes(4, order) + network.network_address.packed  # type: ignore[arg-type]
        address = ipaddress.ip_address(text).packed
        if len(address) == size:
            return address
    except ValueError:
        pass
    try:
        return _integer(int(text, 0), size, "big" if btf.big_endian else "little") if isinstance(kind, Int) else None
    except ValueError:
        return None


def _encode_members(btf: Btf, members: list[Member], size: int, value: dict[str, Any]) -> bytes:
    left = dict(value)
    out = bytearray(size)
    _fill(btf, members, 0, out, left)
    if left:
        known = ", ".join(m.name for m in members if m.name)
        raise _error(f"there is no member '{next(iter(left))}'", f"the members are: {known}")
    return bytes(out)


def _fill(btf: Btf, members: list[Member], base: int, out: bytearray, left: dict[str, Any]) -> None:
    """Put what `left` has for `members` into `out`; `base` is their record's offset in bits."""
    for member in members:
        offset = base + member.bit_offset
        inner = btf.resolved(member.type)
        if not member.name and isinstance(inner, Struct | Union):
            _fill(btf, inner.members, offset, out, left)
        elif member.name in left and member.bits:
            number = int(left.pop(member.name)) & (1 << member.bits) - 1
            order: Any = "big" if btf.big_endian else "little"
            shift = len(out) * 8 - offset - member.bits if btf.big_endian else offset
            whole = int.from_bytes(out, order) & ~((1 << member.bits) - 1 << shift) | number << shift
            out[:] = whole.to_bytes(len(out), order)
        elif member.name in left:
            data = encode_value(btf, member.type, left.pop(member.name))
            out[offset // 8 : offset // 8 + len(data)] = data

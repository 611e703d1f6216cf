"""`encode_value`: Python values as the bytes of a BTF type; the way back of `btf_values`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .btf import SIGNED, Array, Btf, Enum, Enum64, Float, Int, Member, Ptr, Struct, Union, Var

# makes the address of memory that holds the bytes given in place of a pointer
Pointer = Callable[[bytes], int]


def encode_value(btf: Btf, type_id: int, value: Any, *, pointer: Pointer | None = None) -> bytes:
    """`value` as `type_id`, in the byte order of `btf`.

    Integers, enumerations (a number or a constant's name), pointers (a number, or text or bytes where `pointer` can
    place them): int. Arrays: a sequence that may be shorter, or text or bytes for arrays of characters. Structures: a
    mapping from member names (those of anonymous members too); what is missing is zero. Bytes of the exact size fit
    everything. Raises `ValueError` in words for the user.
    """
    size = btf.size_of(type_id)
    if isinstance(value, bytes | bytearray) and len(value) == size and not isinstance(btf.resolved(type_id), Ptr):
        return bytes(value)
    order: Any = "big" if btf.big_endian else "little"
    match btf.resolved(type_id):
        case Int(encoding=encoding):
            return _integer(value, size, bool(encoding & SIGNED), order)
        case Enum(values=constants, signed=signed) | Enum64(values=constants, signed=signed):
            if isinstance(value, str):
                named = dict(constants)
                if value not in named:
                    raise ValueError(f"'{value}' is none of {', '.join(list(named)[:8])}")
                value = named[value]
            return _integer(value, size, signed, order)
        case Ptr():
            if isinstance(value, str):
                value = value.encode() + b"\0"
            if isinstance(value, bytes | bytearray):
                if pointer is None:
                    raise ValueError("a pointer is wanted, not what it points to")
                value = pointer(bytes(value))
            return _integer(value, size, False, order)
        case Array(element=element, count=count):
            return _array(btf, element, count, value, size, pointer)
        case Struct() | Union():
            return _struct(btf, type_id, value, size, pointer)
        case Var(type=inner):
            return encode_value(btf, inner, value, pointer=pointer)
        case Float():
            import struct

            return struct.pack((">" if btf.big_endian else "<") + {2: "e", 4: "f", 8: "d"}.get(size, "d"), value)
    raise ValueError("this type has no values")


def _integer(value: Any, size: int, signed: bool, order: Any) -> bytes:
    if not isinstance(value, int):
        raise ValueError(f"a number is wanted, not {value!r}")
    bits = 8 * size
    if not -(1 << bits - 1) <= value < 1 << bits:
        raise ValueError(f"{value} does not fit {size} bytes")
    return (value & (1 << bits) - 1).to_bytes(size, order)


def _array(btf: Btf, element: int, count: int, value: Any, size: int, pointer: Pointer | None) -> bytes:
    if isinstance(value, str):
        value = value.encode()
    inner = btf.resolved(element)
    if isinstance(value, bytes | bytearray):
        if not isinstance(inner, Int) or inner.size != 1:
            raise ValueError(f"{size} bytes are wanted, not {len(value)}")
        if len(value) > size:
            raise ValueError(f"{len(value)} bytes do not fit an array of {size}")
        return bytes(value).ljust(size, b"\0")
    if not isinstance(value, Sequence):
        raise ValueError(f"a list is wanted, not {value!r}")
    if len(value) > count:
        raise ValueError(f"{len(value)} elements do not fit an array of {count}")
    return b"".join(encode_value(btf, element, item, pointer=pointer) for item in value).ljust(size, b"\0")


def _struct(btf: Btf, type_id: int, value: Any, size: int, pointer: Pointer | None) -> bytes:
    if not isinstance(value, Mapping):
        raise ValueError(f"a dict of members is wanted, not {value!r}")
    members = members_by_name(btf, type_id)
    out = bytearray(size)
    order: Any = "big" if btf.big_endian else "little"
    for name, item in value.items():
        if name not in members:
            raise ValueError(f"no member is called '{name}': there are {', '.join(members)}")
        member = members[name]
        if member.bits:
            start, first = divmod(member.bit_offset, 8)
            length = (first + member.bits + 7) // 8
            shift = 8 * length - first - member.bits if btf.big_endian else first
            mask = (1 << member.bits) - 1
            word = int.from_bytes(out[start : start + length], order) & ~(mask << shift) | (item & mask) << shift
            out[start : start + length] = word.to_bytes(length, order)
        else:
            try:
                data = encode_value(btf, member.type, item, pointer=pointer)
            except ValueError as error:
                raise ValueError(f"'{name}': {error}") from None
            out[member.bit_offset // 8 : member.bit_offset // 8 + len(data)] = data
    return bytes(out)


def members_by_name(btf: Btf, type_id: int, base: int = 0) -> dict[str, Member]:
    """The members of a struct or union, those of anonymous members included; bit offsets from its start."""
    found: dict[str, Member] = {}
    outer = btf.resolved(type_id)
    if isinstance(outer, Struct | Union):
        for member in outer.members:
            moved = member._replace(bit_offset=base + member.bit_offset)
            if member.name:
                found[member.name] = moved
            elif isinstance(btf.resolved(member.type), Struct | Union):
                found |= members_by_name(btf, member.type, moved.bit_offset)
    return found

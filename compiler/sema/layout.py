"""Sizes, alignments and record layouts (System V AMD64 psABI 3.1, which clang's BPF target follows)."""

from __future__ import annotations

from collections.abc import Sequence

from ..records import dataclass
from . import types as ct

# what __attribute__((aligned)) with no number means on this target
BIGGEST_ALIGNMENT = 16


@dataclass(slots=True)
class Placement:
    """What counts for where a member goes, besides its type."""

    field: ct.Field
    align: int = 0  # from attribute aligned or _Alignas, bytes; 0: none
    packed: bool = False


def is_complete(t: ct.Type) -> bool:
    """True if the size of `t` is known. void counts as incomplete here (C11 6.2.5p19)."""
    match ct.strip(t):
        case ct.Void() | ct.Function():
            return False
        case ct.Array(element=element, count=count):
            return count is not None and is_complete(element)
        case ct.Record(fields=fields):
            return fields is not None
        case ct.Enum(complete=complete):
            return complete
        case _:
            return True


def size_of(t: ct.Type) -> int:
    """sizeof in bytes. GNU C: 1 for void and functions; 0 for incomplete types (callers have complained)."""
    t = ct.strip(t)
    match t:
        case ct.Int() | ct.Float():
            return t.size
        case ct.Pointer():
            return ct.POINTER_SIZE
        case ct.Enum():
            return t.underlying.size
        case ct.Record():
            return t.size
        case ct.Array():
            return (t.count or 0) * size_of(t.element)
        case _:
            return 1


def align_of(t: ct.Type) -> int:
    """_Alignof in bytes, typedefs' aligned attribute included."""
    while True:
        match t:
            case ct.Typedef():
                if t.align:
                    return t.align
                t = t.target
            case ct.Qualified():
                t = t.base
            case ct.Array():
                t = t.element
            case ct.Record():
                return t.align
            case _:
                return max(size_of(t), 1)


def _up(value: int, align: int) -> int:
    return (value + align - 1) // align * align


def lay_out(record: ct.Record, members: Sequence[Placement], *, packed: bool, align: int, pack: int) -> None:
    """Give every member its offset, and `record` its size and alignment; completes the record.

    `packed` and `align` are the record's attributes (0: none); `pack` is `#pragma pack`'s limit in bytes (0: none).
    """
    bit = size = 0  # where the next member goes, and the end, in bits
    strictest = max(align, 1)
    is_union = record.kind == "union"
    for member in members:
        field = member.field
        if is_union:
            bit = 0
        width = size_of(field.type) * 8
        natural = align_of(field.type)
        tight = packed or member.packed
        if field.bits is None:
            need = 1 if tight else natural
            need = max(need, member.align)
            if pack:
                need = min(need, pack)
            bit = _up(bit, need * 8)
            field.offset = bit
            bit += width
            strictest = max(strictest, need)
        else:
            need = natural * 8
            if tight and field.bits:
                need = 1
            need = max(need, member.align * 8)
            if pack and field.bits:  # `#pragma pack` is stronger than both attributes
                need = min(max(natural, member.align) * 8, pack * 8)
            if field.bits == 0 or (not pack and bit % need + field.bits > width):
                bit = _up(bit, need)
            elif member.align and (not pack or member.align <= pack):
                bit = _up(bit, member.align * 8)
            field.offset = bit
            bit += field.bits
            if field.name:  # unnamed bit-fields do not raise the record's alignment
                strictest = max(strictest, need // 8)
        size = max(size, bit)
    record.fields = [member.field for member in members]
    record.packed = packed or pack == 1
    record.align = strictest
    record.size = _up(_up(size, 8) // 8, strictest)

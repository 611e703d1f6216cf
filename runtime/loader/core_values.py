"""`calculate`: the number that a CO-RE relocation stands for, given what it is about in some types.

Bit-fields (C11 6.7.2.1): `FIELD_BYTE_OFFSET` and `FIELD_BYTE_SIZE` tell of the aligned integer to load, which is shifted left
by `FIELD_LSHIFT` and then right by `FIELD_RSHIFT`, in 64 bits. Facts: libbpf's relo_core.c.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...compiler.object import btf as b
from ...compiler.object import core_kinds as k
from .core_spec import BadRelocation, Spec
from .core_types import bare, size_of


@dataclass(frozen=True, slots=True)
class Value:
    """`checked`: the instruction must hold this number, if it is the one of the object's own types.

    `access`: (bytes, type) of the integer or pointer whose offset it is, for loads and stores that must change their width.
    """

    number: int
    checked: bool = True
    access: tuple[int, b.BtfType] | None = None


def calculate(spec: Spec | None, kind: int, *, big_endian: bool) -> Value | None:
    """The number, None if there is nothing that it could be: what it is about is not there. Raises `BadRelocation`."""
    if kind in (k.FIELD_EXISTS, k.TYPE_EXISTS, k.TYPE_MATCHES, k.ENUMVAL_EXISTS):
        return Value(int(spec is not None))
    if kind > k.FIELD_RSHIFT and kind != k.ENUMVAL_VALUE:  # types: zero if there is none
        if spec is None:
            return Value(0)
        if kind == k.TYPE_SIZE:
            size = size_of(spec.types, spec.root)
            if size is None:
                raise BadRelocation(f"{spec.text()} has no size")
            return Value(size)
        return Value(spec.root, checked=False)
    if spec is None:
        return None
    if kind == k.ENUMVAL_VALUE:
        t = bare(spec.types, spec.root)[1]
        assert isinstance(t, b.Enum | b.Enum64)
        return Value(t.values[spec.steps[0].index][1] & 0xFFFFFFFFFFFFFFFF)
    return _field(spec, kind, big_endian)


def _field(spec: Spec, kind: int, big_endian: bool) -> Value:
    last = spec.steps[-1]
    if not last.name:
        t = bare(spec.types, last.type)[1]
        size = size_of(spec.types, last.type) or 0
        if kind == k.FIELD_BYTE_OFFSET:
            return Value(spec.bit_offset // 8, access=(size, t))
        if kind == k.FIELD_BYTE_SIZE:
            return Value(size)
        raise BadRelocation("an element of an array is asked for its sign or its bits")
    record = spec.types[last.type]
    assert isinstance(record, b.Struct | b.Union)
    member = record.members[last.index]
    t = bare(spec.types, member.type)[1]
    bits = member.bits
    size = size_of(spec.types, member.type) or 0
    start = spec.bit_offset // 8
    if bits:
        if not size:
            raise BadRelocation(f"{spec.text()} is a bit-field of a type without a size")
        start = spec.bit_offset // 8 // size * size
        while spec.bit_offset + bits - start * 8 > size * 8:
            if size >= 8:
                raise BadRelocation(f"{spec.text()} is a bit-field that no load of 8 bytes has")
            size *= 2
            start = spec.bit_offset // 8 // size * size
    width = bits or size * 8
    checked = not bits
    match kind:
        case k.FIELD_BYTE_OFFSET:
            return Value(start, checked, None if bits else (size, t))
        case k.FIELD_BYTE_SIZE:
            return Value(size, checked)
        case k.FIELD_SIGNED:
            signed = (
                t.signed if isinstance(t, b.Enum | b.Enum64) else isinstance(t, b.Int) and bool(t.encoding & b.SIGNED)
            )
            return Value(int(signed))
        case k.FIELD_LSHIFT:
            if big_endian:
                return Value((8 - size) * 8 + (spec.bit_offset - start * 8), checked)
            return Value(64 - (spec.bit_offset + width - start * 8), checked)
        case _:
            return Value(64 - width)

"""What a C type is in a register and in memory: the bridge from `sema.types` to IR types."""

from __future__ import annotations

from ..ir.model import Ty
from ..sema import types as ct


def scalar(t: ct.Type) -> ct.Int | ct.Pointer | None:
    """The integer or pointer type that holds a scalar (an enum's underlying type); None for records, arrays, void."""
    t = ct.strip(t)
    if isinstance(t, ct.Enum):
        return t.underlying
    return t if isinstance(t, ct.Int | ct.Pointer) else None


def register(t: ct.Type) -> Ty:
    """The IR type of a value of C type `t`; `Ty.NONE` for void and types that live in memory only."""
    kind = scalar(t)
    if kind is None or kind == ct.INT128 or kind == ct.UINT128:
        return Ty.NONE
    if isinstance(kind, ct.Pointer):
        return Ty.PTR
    return Ty.I64 if kind.size == 8 else Ty.I32


def signed(t: ct.Type) -> bool:
    """True for signed integer types."""
    kind = scalar(t)
    return isinstance(kind, ct.Int) and kind.signed


def size_of(t: ct.Type) -> int:
    """sizeof in bytes; 0 for void, functions and incomplete types."""
    match ct.strip(t):
        case ct.Int(size=size) | ct.Float(size=size):
            return size
        case ct.Pointer():
            return ct.POINTER_SIZE
        case ct.Enum(underlying=underlying):
            return underlying.size
        case ct.Record(size=size):
            return size
        case ct.Array(element=element, count=count):
            return (count or 0) * size_of(element)
        case _:
            return 0


def align_of(t: ct.Type) -> int:
    """_Alignof in bytes, typedefs' aligned attribute included."""
    while True:
        match t:
            case ct.Typedef(align=align) if align:
                return align
            case ct.Typedef(target=inner) | ct.Qualified(base=inner) | ct.Array(element=inner):
                t = inner
            case ct.Record(align=align):
                return align
            case _:
                return max(size_of(t), 1)


def is_record(t: ct.Type) -> bool:
    """True for what lives in memory as a whole: structs, unions, and 128-bit integers, which no register holds."""
    t = ct.strip(t)
    return isinstance(t, ct.Record) or is_wide(t)


def packed_alignment(t: ct.Type) -> int:
    """The alignment of the record that a `t` is the address of (records are passed so, too), if it is packed or has a packed
    member; 0 otherwise."""
    t = ct.strip(t)
    target = ct.strip(t.target) if isinstance(t, ct.Pointer) else t
    return target.align if isinstance(target, ct.Record) and _has_packed(target) else 0


def _has_packed(t: ct.Record) -> bool:
    if t.packed:
        return True
    for field in t.fields or []:
        inner = ct.strip(field.type)
        while isinstance(inner, ct.Array):
            inner = ct.strip(inner.element)
        if isinstance(inner, ct.Record) and _has_packed(inner):
            return True
    return False


def is_wide(t: ct.Type) -> bool:
    """True for 128-bit integers."""
    return ct.strip(t) in (ct.INT128, ct.UINT128)


def has_bit_fields(t: ct.Type) -> bool:
    """True for records with a bit-field in them, at any depth."""
    t = ct.strip(t)
    if isinstance(t, ct.Array):
        return has_bit_fields(t.element)
    return isinstance(t, ct.Record) and any(f.bits is not None or has_bit_fields(f.type) for f in t.fields or [])


def is_volatile(t: ct.Type) -> bool:
    """True if the type is volatile-qualified at its top (typedefs looked through)."""
    while True:
        if isinstance(t, ct.Qualified):
            if t.volatile:
                return True
            t = t.base
        elif isinstance(t, ct.Typedef):
            t = t.target
        else:
            return False

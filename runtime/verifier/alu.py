"""`alu`: arithmetic on scalars, 64 and 32 bits wide (adjust_scalar_min_max_vals in kernel/bpf/verifier.c).

Ranges are followed through + - * & | ^ and shifts by known amounts; / and % give an unknown number, as in the kernel,
except for constants.
"""

from __future__ import annotations

from functools import lru_cache

from ...compiler.object import isa
from . import tnum
from .scalar import S32_MAX, S32_MIN, S64_MAX, S64_MIN, UNKNOWN, Scalar, const, make, s32, s64, zext32
from .tnum import M32, M64


@lru_cache(maxsize=1 << 16)
def alu(op: int, wide: bool, a: Scalar, b: Scalar) -> Scalar:
    """`a op b` for an operation of `isa` (ADD ...); not `wide`: in 32 bits, the result zero-extended."""
    if not wide:
        a, b = zext32(a), zext32(b)
    if a.is_const and b.is_const and op in _CONST:
        return _constants(op, wide, a.value, b.value)
    match op:
        case isa.ADD:
            result = _add(a, b)
        case isa.SUB:
            result = _sub(a, b)
        case isa.MUL:
            result = _mul(a, b)
        case isa.AND:
            result = _bits(tnum.and_(a.tnum, b.tnum), 0, min(a.umax, b.umax), 0, min(a.umax32, b.umax32))
        case isa.OR:
            result = _bits(tnum.or_(a.tnum, b.tnum), max(a.umin, b.umin), M64, max(a.umin32, b.umin32), M32)
        case isa.XOR:
            result = _bits(tnum.xor(a.tnum, b.tnum), 0, M64, 0, M32)
        case isa.LSH | isa.RSH | isa.ARSH:
            result = _shift(op, wide, a, b)
        case _:
            result = UNKNOWN
    return result if wide else zext32(result)


_CONST = frozenset({isa.ADD, isa.SUB, isa.MUL, isa.AND, isa.OR, isa.XOR, isa.LSH, isa.RSH, isa.ARSH})


def _constants(op: int, wide: bool, a: int, b: int) -> Scalar:
    bits = 64 if wide else 32
    mask = (1 << bits) - 1
    a, b = a & mask, b & mask
    match op:
        case isa.ADD:
            r = a + b
        case isa.SUB:
            r = a - b
        case isa.MUL:
            r = a * b
        case isa.AND:
            r = a & b
        case isa.OR:
            r = a | b
        case isa.XOR:
            r = a ^ b
        case isa.LSH if b < bits:
            r = a << b
        case isa.RSH if b < bits:
            r = a >> b
        case isa.ARSH if b < bits:
            r = (a - (1 << bits) if a >> bits - 1 else a) >> b
        case _:
            return UNKNOWN if wide else zext32(UNKNOWN)
    return const(r & mask)


def _bits(bits: tnum.Tnum, umin: int, umax: int, umin32: int, umax32: int) -> Scalar:
    """A result of a bitwise operation: the ranges come from the bits and what is given."""
    return make(bits, umin, umax, S64_MIN, S64_MAX, umin32, umax32)


def _pair(low: int, high: int, floor: int, ceiling: int) -> tuple[int, int]:
    """A range, or all there is if an end overflows."""
    return (low, high) if floor <= low and high <= ceiling else (floor, ceiling)


def _unsigned_pair(low: int, high: int, mask: int) -> tuple[int, int]:
    """A sum's range wraps as a whole if both of its ends do (since Linux 6.17); else it may be anything."""
    if (low > mask and high > mask) or (low < 0 and high < 0):
        return low & mask, high & mask
    return (low, high) if low >= 0 and high <= mask else (0, mask)


def _add(a: Scalar, b: Scalar) -> Scalar:
    return make(
        tnum.add(a.tnum, b.tnum),
        *_unsigned_pair(a.umin + b.umin, a.umax + b.umax, M64),
        *_pair(a.smin + b.smin, a.smax + b.smax, S64_MIN, S64_MAX),
        *_unsigned_pair(a.umin32 + b.umin32, a.umax32 + b.umax32, M32),
        *_pair(a.smin32 + b.smin32, a.smax32 + b.smax32, S32_MIN, S32_MAX),
    )


def _sub(a: Scalar, b: Scalar) -> Scalar:
    return make(
        tnum.sub(a.tnum, b.tnum),
        *_unsigned_pair(a.umin - b.umax, a.umax - b.umin, M64),
        *_pair(a.smin - b.smax, a.smax - b.smin, S64_MIN, S64_MAX),
        *_unsigned_pair(a.umin32 - b.umax32, a.umax32 - b.umin32, M32),
        *_pair(a.smin32 - b.smax32, a.smax32 - b.smin32, S32_MIN, S32_MAX),
    )


def _mul(a: Scalar, b: Scalar) -> Scalar:
    products = [x * y for x in (a.smin, a.smax) for y in (b.smin, b.smax)]
    products32 = [x * y for x in (a.smin32, a.smax32) for y in (b.smin32, b.smax32)]
    return make(
        tnum.mul(a.tnum, b.tnum),
        *_pair(a.umin * b.umin, a.umax * b.umax, 0, M64),
        *_pair(min(products), max(products), S64_MIN, S64_MAX),
        *_pair(a.umin32 * b.umin32, a.umax32 * b.umax32, 0, M32),
        *_pair(min(products32), max(products32), S32_MIN, S32_MAX),
    )


def _shift(op: int, wide: bool, a: Scalar, b: Scalar) -> Scalar:
    bits = 64 if wide else 32
    if b.umax >= bits:
        return UNKNOWN
    if op == isa.LSH:
        umax = a.umax << b.umax
        umin32, umax32 = _pair(a.umin32 << b.umin, a.umax32 << b.umax, 0, M32) if b.umax < 32 else (0, M32)
        known = tnum.shl(a.tnum, b.value) if b.is_const else tnum.UNKNOWN
        low, high = (a.umin << b.umin, umax) if umax <= M64 else (0, M64)
        return make(known, low, high, S64_MIN, S64_MAX, umin32, umax32)
    if op == isa.RSH:
        known = tnum.shr(a.tnum, b.value) if b.is_const else tnum.UNKNOWN
        return make(known, a.umin >> b.umax, a.umax >> b.umin)
    if not b.is_const:
        return UNKNOWN
    n = b.value
    if wide:
        return make(tnum.sar(a.tnum, n, 64), 0, M64, a.smin >> n, a.smax >> n)
    low, high = a.smin32 >> n, a.smax32 >> n
    return make(tnum.sar(tnum.low(a.tnum, 4), n, 32), 0, M32, S64_MIN, S64_MAX, 0, M32, low, high)


@lru_cache(maxsize=1 << 14)
def negate(wide: bool, a: Scalar) -> Scalar:
    """-a."""
    return alu(isa.SUB, wide, const(0), a)


def swap(a: Scalar, size: int) -> Scalar:
    """A byte swap of the low `size` bytes; the rest becomes zero."""
    if a.is_const:
        return const(int.from_bytes((a.value & (1 << size * 8) - 1).to_bytes(size, "little"), "big"))
    return make((0, (1 << size * 8) - 1), 0, (1 << size * 8) - 1)


def to_signed(value: int, wide: bool) -> int:
    """A pattern read as signed."""
    return s64(value & M64) if wide else s32(value & M32)

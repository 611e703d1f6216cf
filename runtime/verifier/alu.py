"""`alu`: arithmetic on scalars, 64 and 32 bits wide (adjust_scalar_min_max_vals in kernel/bpf/verifier.c).

Ranges are followed through + - * & | ^ and shifts by known amounts; / and % give an unknown number, as in the kernel,
except for constants.
"""

from __future__ import annotations

from functools import lru_cache

from ...compiler.object import isa
from . import tnum
from .scalar import S32_MAX, S32_MIN, S64_MAX, S64_MIN, UNKNOWN, Scalar, const, make, zext32
from .tnum import M32, M64


@lru_cache(maxsize=1 << 16)
def alu(op: int, wide: bool, a: Scalar, b: Scalar, signed: bool = False) -> Scalar:
    """`a op b` for an operation of `isa` (ADD ...); not `wide`: in 32 bits, the result zero-extended.

    `signed`: division and remainder of signed numbers, of which nothing is known either.
    """
    if op in _HOPELESS:
        return UNKNOWN
    if op in _SHIFTS and (b.mask & (M64 if wide else M32) or b.umax >= (64 if wide else 32)):
        return UNKNOWN
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


_HOPELESS = frozenset({isa.DIV, isa.MOD})
_SHIFTS = frozenset({isa.LSH, isa.RSH, isa.ARSH})
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
    """A shift by a known amount that is not too large (else the caller has given up)."""
    n = b.value
    if op == isa.LSH:
        umin32, umax32 = (a.umin32 << n, a.umax32 << n) if n < 32 and a.umax32 <= 1 << 31 - n else (0, M32)
        umin, umax = (a.umin << n, a.umax << n) if a.umax <= 1 << 63 - n else (0, M64)
        smin, smax = (a.smin32 << 32, a.smax32 << 32) if n == 32 else (S64_MIN, S64_MAX)
        return make(tnum.shl(a.tnum, n), umin, umax, smin, smax, umin32, umax32)
    if op == isa.RSH:
        if wide:
            return make(tnum.shr(a.tnum, n), a.umin >> n, a.umax >> n)
        return make(tnum.shr(tnum.low(a.tnum, 4), n), 0, M64, S64_MIN, S64_MAX, a.umin32 >> n, a.umax32 >> n)
    if wide:
        return make(tnum.sar(a.tnum, n, 64), 0, M64, a.smin >> n, a.smax >> n)
    low, high = a.smin32 >> n, a.smax32 >> n
    return make(tnum.sar(tnum.low(a.tnum, 4), n, 32), 0, M64, S64_MIN, S64_MAX, 0, M32, low, high)


@lru_cache(maxsize=1 << 14)
def negate(wide: bool, a: Scalar) -> Scalar:
    """-a."""
    return alu(isa.SUB, wide, const(0), a)


@lru_cache(maxsize=1 << 12)
def swap(a: Scalar, size: int) -> Scalar:
    """The low `size` bytes swapped; the rest becomes zero. Only known bits are followed."""
    return make((_swapped(a.value, size), _swapped(a.mask, size)))


def _swapped(bits: int, size: int) -> int:
    return int.from_bytes((bits & (1 << size * 8) - 1).to_bytes(size, "little"), "big")

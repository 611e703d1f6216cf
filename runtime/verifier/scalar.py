"""Scalars: what the verifier knows of a number.

As in the kernel (kernel/bpf/verifier.c, struct bpf_reg_state): known bits, and ranges of the value read as unsigned and
signed, in 64 bits and in its low 32. Each of them is sharpened from the others after every step (`normalize`). Never
narrower than the kernel: where it gives up, so do we. A test compares them with what the kernel's log prints.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from . import tnum
from .tnum import M32, M64, Tnum

S64_MIN, S64_MAX = -(1 << 63), (1 << 63) - 1
S32_MIN, S32_MAX = -(1 << 31), (1 << 31) - 1
_HIGH = M64 ^ M32


class Scalar(NamedTuple):
    """Known bits (value, mask), then inclusive ranges."""

    value: int
    mask: int
    umin: int
    umax: int
    smin: int
    smax: int
    umin32: int
    umax32: int
    smin32: int
    smax32: int

    @property
    def is_const(self) -> bool:
        """True if it can have one value only."""
        return not self.mask

    @property
    def tnum(self) -> Tnum:
        """The known bits."""
        return self.value, self.mask


UNKNOWN = Scalar(0, M64, 0, M64, S64_MIN, S64_MAX, 0, M32, S32_MIN, S32_MAX)


def s64(value: int) -> int:
    """A 64-bit pattern read as signed."""
    return value - (1 << 64) if value >> 63 else value


def s32(value: int) -> int:
    """A 32-bit pattern read as signed."""
    return value - (1 << 32) if value >> 31 else value


@lru_cache(maxsize=4096)
def const(value: int) -> Scalar:
    """The scalar that is `value`."""
    value &= M64
    low = value & M32
    return Scalar(value, 0, value, value, s64(value), s64(value), low, low, s32(low), s32(low))


@lru_cache(maxsize=64)
def unsigned(bits: int) -> Scalar:
    """Any number of `bits` bits, zero-extended: what a load of that size gives."""
    return UNKNOWN if bits == 64 else make((0, (1 << bits) - 1), 0, (1 << bits) - 1)


@lru_cache(maxsize=64)
def signed(bits: int) -> Scalar:
    """Any number of `bits` bits, sign-extended."""
    return UNKNOWN if bits == 64 else _signed_range(-(1 << bits - 1), (1 << bits - 1) - 1)


def _signed_range(low: int, high: int) -> Scalar:
    return make(tnum.UNKNOWN, 0, M64, low, high, 0, M32, max(low, S32_MIN), min(high, S32_MAX))


def make(bits: Tnum, umin: int = 0, umax: int = M64, smin: int = S64_MIN, smax: int = S64_MAX, umin32: int = 0,
         umax32: int = M32, smin32: int = S32_MIN, smax32: int = S32_MAX) -> Scalar:  # fmt: skip
    """A scalar of these facts, each sharpened from the others."""
    return normalize(Scalar(bits[0], bits[1], umin, umax, smin, smax, umin32, umax32, smin32, smax32))


@lru_cache(maxsize=1 << 16)
def normalize(s: Scalar) -> Scalar:
    """Sharpen every fact from the others (reg_bounds_sync): bits to ranges, ranges to ranges, ranges to bits."""
    found = _from_bits(s)
    if not found.mask:
        return found
    bits, ranges = found.tnum, found[2:]
    for _ in range(3):
        before = ranges
        ranges = _deduce64(_deduce32(ranges))
        ranges, bits = _deduce_mixed(ranges, bits)
        if ranges == before:
            break
    umin, umax, _, _, umin32, umax32, _, _ = ranges
    v, m = tnum.intersect(bits, tnum.from_range(umin, umax))
    low = tnum.intersect((v & M32, m & M32), tnum.from_range(umin32, umax32))
    return _from_bits(Scalar(v & _HIGH | low[0], m & _HIGH | low[1], *ranges))


_Ranges = tuple[int, int, int, int, int, int, int, int]


def _from_bits(s: Scalar) -> Scalar:
    """Known bits bound the ranges; if only one number fits the bits and the unsigned range, it is that one."""
    v, m, umin, umax, smin, smax, umin32, umax32, smin32, smax32 = s
    low_v, low_m = v & M32, m & M32
    umin, umax = max(umin, v), min(umax, v | m)
    if m and umin <= umax:
        first = umin if umin & ~m == v else tnum.following((v, m), umin)
        if first <= umax and (first == v | m or tnum.following((v, m), first) > umax):
            return const(first)
    return Scalar(
        v, m, umin, umax,
        max(smin, s64(v | m & 1 << 63)), min(smax, s64(v | m & M64 >> 1)),
        max(umin32, low_v), min(umax32, low_v | low_m),
        max(smin32, s32(low_v | low_m & 1 << 31)), min(smax32, s32(low_v | low_m & M32 >> 1)),
    )  # fmt: skip


def _deduce32(ranges: _Ranges) -> _Ranges:
    """Ranges of the low half, from those of the whole and from one another."""
    umin, umax, smin, smax, umin32, umax32, smin32, smax32 = ranges
    ulow, uhigh = umin & M32, umax & M32
    slow, shigh = smin & M32, smax & M32
    if umin >> 32 == umax >> 32:  # the upper half does not change
        umin32, umax32 = max(umin32, ulow), min(umax32, uhigh)
        if s32(ulow) <= s32(uhigh):
            smin32, smax32 = max(smin32, s32(ulow)), min(smax32, s32(uhigh))
    if smin >> 32 == smax >> 32:
        if slow <= shigh:
            umin32, umax32 = max(umin32, slow), min(umax32, shigh)
        if s32(slow) <= s32(shigh):
            smin32, smax32 = max(smin32, s32(slow)), min(smax32, s32(shigh))
    # the upper half takes two neighbouring values, the lower one goes from negative to positive meanwhile
    if (umin >> 32) + 1 & M32 == umax >> 32 and s32(ulow) < 0 <= s32(uhigh):
        smin32, smax32 = max(smin32, s32(ulow)), min(smax32, s32(uhigh))
    if (smin >> 32) + 1 & M32 == smax >> 32 & M32 and s32(slow) < 0 <= s32(shigh):
        smin32, smax32 = max(smin32, s32(slow)), min(smax32, s32(shigh))
    # where the sign does not change, signed and unsigned ranges are the same
    if s32(umin32) <= s32(umax32):
        smin32, smax32 = max(smin32, s32(umin32)), min(smax32, s32(umax32))
    if smin32 & M32 <= smax32 & M32:
        umin32, umax32 = max(umin32, smin32 & M32), min(umax32, smax32 & M32)
    return umin, umax, smin, smax, umin32, umax32, smin32, smax32


def _deduce64(ranges: _Ranges) -> _Ranges:
    umin, umax, smin, smax, umin32, umax32, smin32, smax32 = ranges
    if s64(umin) <= s64(umax):
        smin, smax = max(smin, s64(umin)), min(smax, s64(umax))
    if smin & M64 <= smax & M64:
        umin, umax = max(umin, smin & M64), min(umax, smax & M64)
    elif umax < smin & M64:  # the signed range has two parts, and the unsigned range meets one of them
        smin, umax = 0, min(umax, smax & M64)
    elif smax & M64 < umin:
        smax, umin = -1, max(umin, smin & M64)
    return umin, umax, smin, smax, umin32, umax32, smin32, smax32


def _deduce_mixed(ranges: _Ranges, bits: Tnum) -> tuple[_Ranges, Tnum]:
    """Ranges of the whole from those of the low half."""
    umin, umax, smin, smax, umin32, umax32, smin32, smax32 = ranges
    umin, umax = max(umin, umin & _HIGH | umin32), min(umax, umax & _HIGH | umax32)
    smin, smax = max(smin, smin & ~M32 | umin32), min(smax, smax & ~M32 | umax32)
    if smin32 >= 0 and smin >= S32_MIN and smax <= S32_MAX:  # sign-extended, and not negative
        smin, smax = smin32, smax32
        umin, umax = smin32, smax32 & M64
        if smin <= smax:
            bits = tnum.intersect(bits, tnum.from_range(smin, smax))
    return (umin, umax, smin, smax, umin32, umax32, smin32, smax32), bits


def is_broken(s: Scalar) -> bool:
    """True if the facts contradict each other: no value is left."""
    return (
        s.umin > s.umax or s.smin > s.smax or s.umin32 > s.umax32 or s.smin32 > s.smax32
        or (not s.mask and (s.umin != s.umax or s.smin != s.smax))
    )  # fmt: skip


@lru_cache(maxsize=1 << 14)
def zext32(s: Scalar) -> Scalar:
    """The low 32 bits, zero-extended: what every 32-bit operation leaves."""
    low, high = (s.smin32, s.smax32) if s.smin32 >= 0 else (0, M32)
    return make(tnum.low((s.value, s.mask), 4), s.umin32, s.umax32, low, high, s.umin32, s.umax32, s.smin32, s.smax32)


@lru_cache(maxsize=1 << 14)
def truncate(s: Scalar, size: int) -> Scalar:
    """The low `size` bytes, zero-extended (coerce_reg_to_size). The same scalar if it fits."""
    if size == 8:
        return s
    mask = (1 << size * 8) - 1
    low, high = (s.umin & mask, s.umax & mask) if s.umin & ~mask == s.umax & ~mask else (0, mask)
    bits = tnum.low((s.value, s.mask), size)
    if size == 4:
        made = make(bits, low, high, low, high, s.umin32, s.umax32, s.smin32, s.smax32)
    else:
        made = make(bits, low, high, low, high)
    return s if made == s else made


@lru_cache(maxsize=1 << 14)
def sext(s: Scalar, size: int) -> Scalar:
    """The low `size` bytes, sign-extended to 64 bits (coerce_reg_to_size_sx)."""
    bits = size * 8
    if s.is_const:
        return const(_signed(s.value, bits))
    if s.smax >> bits == s.smin >> bits:
        ends = _signed(s.smax, bits), _signed(s.smin, bits)
        low, high = min(ends), max(ends)
        if (low >= 0) == (high >= 0):
            umin, umax = low & M64, high & M64
            return make(tnum.from_range(umin, umax), umin, umax, low, high, umin & M32, umax & M32, max(low, S32_MIN),
                        min(high, S32_MAX))  # fmt: skip
    return signed(bits)


@lru_cache(maxsize=1 << 14)
def sext32(s: Scalar, size: int) -> Scalar:
    """The low `size` bytes, sign-extended to 32 bits; the upper half is not of interest (coerce_subreg_to_size_sx)."""
    bits = size * 8
    if not s.mask & M32:
        return const(_signed(s.value, bits) & M32)
    if s.umax32 >> bits == s.umin32 >> bits or s.smax32 >> bits == s.smin32 >> bits:
        ends = _signed(s.smax32, bits), _signed(s.smin32, bits)
        low, high = min(ends), max(ends)
        if s.smax32 >> bits == s.smin32 >> bits and (low >= 0) == (high >= 0):
            known = tnum.low(tnum.from_range(low & M32, high & M32), 4)
            return make(known, 0, M64, S64_MIN, S64_MAX, low & M32, high & M32, low, high)
    low, high = -(1 << bits - 1), (1 << bits - 1) - 1
    return make((0, M32), 0, M64, S64_MIN, S64_MAX, 0, M32, low, high)


def _signed(value: int, bits: int) -> int:
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> bits - 1 else value


def unbounded(s: Scalar) -> Scalar:
    """The known bits only: what the kernel keeps of a number whose facts contradict each other."""
    return UNKNOWN._replace(value=s.value, mask=s.mask)


@lru_cache(maxsize=1 << 14)
def add_offset(at: Scalar, step: Scalar) -> Scalar:
    """The variable part of a pointer after adding `step`."""
    smin, smax = at.smin + step.smin, at.smax + step.smax
    if smin < S64_MIN or smax > S64_MAX:
        smin, smax = S64_MIN, S64_MAX
    umin, umax = at.umin + step.umin, at.umax + step.umax
    if umax > M64:
        umin, umax = 0, M64
    return make(tnum.add(at.tnum, step.tnum), umin, umax, smin, smax)


@lru_cache(maxsize=1 << 14)
def subtract_offset(at: Scalar, step: Scalar) -> Scalar:
    """The variable part of a pointer after subtracting `step`."""
    smin, smax = at.smin - step.smax, at.smax - step.smin
    if smin < S64_MIN or smax > S64_MAX:
        smin, smax = S64_MIN, S64_MAX
    umin, umax = (0, M64) if at.umin < step.umax else (at.umin - step.umax, at.umax - step.umin)
    return make(tnum.sub(at.tnum, step.tnum), umin, umax, smin, smax)


@lru_cache(maxsize=1 << 14)
def shifted(s: Scalar, by: int, short: bool) -> Scalar:
    """`s + by`, for a number tied to `s` at a distance; `short`: in 32 bits."""
    facts: list[int] = []
    for low, high, floor, ceiling in (
        (s.umin + by, s.umax + by, 0, M64), (s.smin + by, s.smax + by, S64_MIN, S64_MAX),
        (s.umin32 + by, s.umax32 + by, 0, M32), (s.smin32 + by, s.smax32 + by, S32_MIN, S32_MAX),
    ):  # fmt: skip
        if not floor and ((low > ceiling and high > ceiling) or (low < 0 and high < 0)):
            low, high = low & ceiling, high & ceiling  # both ends wrap
        facts += (low, high) if floor <= low and high <= ceiling else (floor, ceiling)
    made = Scalar(*tnum.add(s.tnum, tnum.const(by)), *facts)
    return zext32(made) if short else normalize(made)


def contains(old: Scalar, new: Scalar) -> bool:
    """True if everything that `new` may be, `old` may be."""
    return (
        old.umin <= new.umin and old.umax >= new.umax and old.smin <= new.smin and old.smax >= new.smax
        and old.umin32 <= new.umin32 and old.umax32 >= new.umax32 and old.smin32 <= new.smin32
        and old.smax32 >= new.smax32 and tnum.contains((old.value, old.mask), (new.value, new.mask))
    )  # fmt: skip

"""Scalars: what the verifier knows of a number, and how arithmetic and branches change it.

As in the kernel (kernel/bpf/verifier.c, struct bpf_reg_state): known bits, and ranges of the value read as unsigned and
signed, in 64 bits and in its low 32. Each of them is sharpened from the others after every step (`normalize`). Never
narrower than the kernel: where it gives up, so do we.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from . import tnum
from .tnum import M32, M64, Tnum

S64_MIN, S64_MAX = -(1 << 63), (1 << 63) - 1
S32_MIN, S32_MAX = -(1 << 31), (1 << 31) - 1


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
    return make((0, (1 << bits) - 1), 0, (1 << bits) - 1, S64_MIN, S64_MAX)


@lru_cache(maxsize=64)
def signed(bits: int) -> Scalar:
    """Any number of `bits` bits, sign-extended."""
    return make(tnum.UNKNOWN, 0, M64, -(1 << bits - 1), (1 << bits - 1) - 1)


def make(bits: Tnum, umin: int = 0, umax: int = M64, smin: int = S64_MIN, smax: int = S64_MAX, umin32: int = 0,
         umax32: int = M32, smin32: int = S32_MIN, smax32: int = S32_MAX) -> Scalar:  # fmt: skip
    """A scalar of these facts, each sharpened from the others."""
    return normalize(Scalar(*bits, umin, umax, smin, smax, umin32, umax32, smin32, smax32))


@lru_cache(maxsize=1 << 16)
def normalize(s: Scalar) -> Scalar:
    """Sharpen every fact from the others (reg_bounds_sync): bits to ranges, ranges to ranges, ranges to bits."""
    v, m, umin, umax, smin, smax, umin32, umax32, smin32, smax32 = s
    for _ in range(2):
        # known bits bound the ranges
        top, top32 = 1 << 63, 1 << 31
        low_v, low_m = v & M32, m & M32
        smin32 = max(smin32, s32(low_v | low_m & top32))
        smax32 = min(smax32, s32(low_v | low_m & (M32 >> 1)))
        umin32, umax32 = max(umin32, low_v), min(umax32, low_v | low_m)
        smin = max(smin, s64(v | m & top))
        smax = min(smax, s64(v | m & (M64 >> 1)))
        umin, umax = max(umin, v), min(umax, v | m)
        for _ in range(2):
            # the low half of a 64-bit range that does not leave one 4 GiB window
            if umin >> 32 == umax >> 32:
                umin32, umax32 = max(umin32, umin & M32), min(umax32, umax & M32)
                if s32(umin & M32) <= s32(umax & M32):
                    smin32, smax32 = max(smin32, s32(umin & M32)), min(smax32, s32(umax & M32))
            if smin >> 32 == smax >> 32:
                if smin & M32 <= smax & M32:
                    umin32, umax32 = max(umin32, smin & M32), min(umax32, smax & M32)
                if s32(smin & M32) <= s32(smax & M32):
                    smin32, smax32 = max(smin32, s32(smin & M32)), min(smax32, s32(smax & M32))
            # signed and unsigned ranges that do not cross the sign agree
            if umax32 <= S32_MAX or umin32 > S32_MAX:
                smin32, smax32 = max(smin32, s32(umin32)), min(smax32, s32(umax32))
            if smin32 >= 0 or smax32 < 0:
                umin32, umax32 = max(umin32, smin32 & M32), min(umax32, smax32 & M32)
            if umax <= S64_MAX or umin > S64_MAX:
                smin, smax = max(smin, s64(umin)), min(smax, s64(umax))
            if smin >= 0 or smax < 0:
                umin, umax = max(umin, smin & M64), min(umax, smax & M64)
            # a 32-bit range inside a 64-bit range that leaves the upper half one value
            if umin >> 32 == umax >> 32:
                base = umin & ~M32
                umin, umax = max(umin, base | umin32), min(umax, base | umax32)
            if smin >> 32 == smax >> 32:
                base = smin >> 32 << 32
                smin, smax = max(smin, base | umin32), min(smax, base | umax32)
            # a value that fits a signed 32-bit range is the extension of its low half
            if smin32 >= 0 and smin >= S32_MIN and smax <= S32_MAX:
                smin, smax = max(smin, smin32), min(smax, smax32)
        # ranges to bits
        if umin <= umax:
            by_range = tnum.from_range(umin, umax)
            low32 = tnum.from_range(umin32, umax32) if umin32 <= umax32 else (0, M32)
            v, m = tnum.intersect((v, m), by_range)
            high = v & ~M32, m & ~M32
            low = tnum.intersect((v & M32, m & M32), (low32[0] & M32, low32[1] & M32))
            v, m = high[0] | low[0], high[1] | low[1]
    return Scalar(v, m, umin, umax, smin, smax, umin32, umax32, smin32, smax32)


def is_broken(s: Scalar) -> bool:
    """True if the facts contradict each other: no value is left."""
    return s.umin > s.umax or s.smin > s.smax or s.umin32 > s.umax32 or s.smin32 > s.smax32


def zext32(s: Scalar) -> Scalar:
    """The low 32 bits, zero-extended: what every 32-bit operation leaves."""
    return make(tnum.low(s.tnum, 4), s.umin32, s.umax32, 0, M32, s.umin32, s.umax32, s.smin32, s.smax32)


def truncate(s: Scalar, size: int) -> Scalar:
    """The low `size` bytes, zero-extended."""
    if size == 8:
        return s
    if size == 4:
        return zext32(s)
    mask = (1 << size * 8) - 1
    if s.umin & ~mask == s.umax & ~mask:
        return make(tnum.low(s.tnum, size), s.umin & mask, s.umax & mask)
    return make(tnum.low(s.tnum, size), 0, mask)


def sext(s: Scalar, size: int) -> Scalar:
    """The low `size` bytes, sign-extended to 64 bits."""
    bits = size * 8
    low, high = -(1 << bits - 1), (1 << bits - 1) - 1
    if low <= s.smin and s.smax <= high:
        return s
    if s.is_const:
        value = s.value & (1 << bits) - 1
        return const(value - (1 << bits) if value >> bits - 1 else value)
    return make(tnum.UNKNOWN, 0, M64, low, high)


def contains(old: Scalar, new: Scalar) -> bool:
    """True if everything that `new` may be, `old` may be."""
    return (
        old.umin <= new.umin and old.umax >= new.umax and old.smin <= new.smin and old.smax >= new.smax
        and old.umin32 <= new.umin32 and old.umax32 >= new.umax32 and old.smin32 <= new.smin32
        and old.smax32 >= new.smax32 and tnum.contains(old.tnum, new.tnum)
    )  # fmt: skip

"""Tristate numbers: what is known of each bit (kernel/bpf/tnum.c; Vishwanathan et al., "Sound, Precise, and Fast
Abstract Interpretation with Tristate Numbers", CGO 2022).

A tnum is (value, mask): bits set in mask are unknown, the others are those of value; value & mask == 0. 64 bits wide.
"""

from __future__ import annotations

M64 = 0xFFFFFFFFFFFFFFFF
M32 = 0xFFFFFFFF

Tnum = tuple[int, int]
UNKNOWN: Tnum = (0, M64)


def const(value: int) -> Tnum:
    """All bits known."""
    return value & M64, 0


def from_range(low: int, high: int) -> Tnum:
    """The tightest tnum with all of low..high (unsigned): the bits above the highest in which they differ are known."""
    bits = (low ^ high).bit_length()
    if bits > 63:
        return UNKNOWN
    delta = (1 << bits) - 1
    return low & ~delta, delta


def add(a: Tnum, b: Tnum) -> Tnum:
    """a + b."""
    sm = a[1] + b[1]
    sv = a[0] + b[0]
    mu = ((sm + sv ^ sv) | a[1] | b[1]) & M64
    return sv & ~mu & M64, mu


def sub(a: Tnum, b: Tnum) -> Tnum:
    """a - b."""
    dv = a[0] - b[0]
    mu = ((dv + a[1] ^ dv - b[1]) | a[1] | b[1]) & M64
    return dv & ~mu & M64, mu


def and_(a: Tnum, b: Tnum) -> Tnum:
    """a & b."""
    alpha, beta = a[0] | a[1], b[0] | b[1]
    v = a[0] & b[0]
    return v, alpha & beta & ~v


def or_(a: Tnum, b: Tnum) -> Tnum:
    """a | b."""
    v = a[0] | b[0]
    mu = a[1] | b[1]
    return v, mu & ~v


def xor(a: Tnum, b: Tnum) -> Tnum:
    """a ^ b."""
    mu = a[1] | b[1]
    return (a[0] ^ b[0]) & ~mu, mu


def mul(a: Tnum, b: Tnum) -> Tnum:
    """a * b, bit by bit: a known 1 adds b's unknown bits, an unknown bit all that b may have."""
    value = a[0] * b[0] & M64
    acc: Tnum = (0, 0)
    while a[0] or a[1]:
        if a[0] & 1:
            acc = add(acc, (0, b[1]))
        elif a[1] & 1:
            acc = add(acc, (0, (b[0] | b[1]) & M64))
        a = a[0] >> 1, a[1] >> 1
        b = b[0] << 1 & M64, b[1] << 1 & M64
    return add((value, 0), acc)


def shl(a: Tnum, n: int) -> Tnum:
    """a << n."""
    return a[0] << n & M64, a[1] << n & M64


def shr(a: Tnum, n: int) -> Tnum:
    """a >> n, unsigned."""
    return a[0] >> n, a[1] >> n


def sar(a: Tnum, n: int, bits: int) -> Tnum:
    """a >> n, signed, of a `bits`-wide number whose upper bits are zero afterwards."""
    mask = (1 << bits) - 1
    return _signed(a[0], bits) >> n & mask, _signed(a[1], bits) >> n & mask


def _signed(value: int, bits: int) -> int:
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> bits - 1 else value


def low(a: Tnum, size: int) -> Tnum:
    """The low `size` bytes, the rest zero."""
    mask = (1 << size * 8) - 1
    return a[0] & mask, a[1] & mask


def intersect(a: Tnum, b: Tnum) -> Tnum:
    """What both say; they must not contradict each other."""
    v = a[0] | b[0]
    mu = a[1] & b[1]
    return v & ~mu & M64, mu


def following(a: Tnum, n: int) -> int:
    """The smallest number above n that a may be; M64 + 1 if there is none."""
    value, mask = a
    differ = (n ^ value) & ~mask
    if not differ:  # a may be n: count up in the unknown bits
        return _counted_up(n, value, mask)
    top = differ.bit_length() - 1
    upper = ~((1 << top) - 1) & mask
    if value >> top & 1:  # above n as soon as this bit is set; what is below may be zero
        return n & upper | value
    return _counted_up(n & upper | value, value, upper)


def _counted_up(n: int, value: int, mask: int) -> int:
    sum_ = (n | ~mask & M64) + 1
    return M64 + 1 if sum_ > M64 else sum_ & mask | value


def contains(a: Tnum, b: Tnum) -> bool:
    """True if everything that b may be, a may be."""
    return not b[1] & ~a[1] and a[0] == b[0] & ~a[1]

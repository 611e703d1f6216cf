"""`decide`, `refine`: which way a conditional jump on two numbers goes, and what each side tells of them.

In the kernel: is_scalar_branch_taken, regs_refine_cond_op.
"""

from __future__ import annotations

from functools import lru_cache

from ...compiler.object import isa
from . import tnum
from .scalar import UNKNOWN, Scalar, is_broken, normalize, unbounded
from .tnum import M32

_OPPOSITE = {
    isa.JEQ: isa.JNE, isa.JNE: isa.JEQ, isa.JGT: isa.JLE, isa.JLE: isa.JGT, isa.JGE: isa.JLT, isa.JLT: isa.JGE,
    isa.JSGT: isa.JSLE, isa.JSLE: isa.JSGT, isa.JSGE: isa.JSLT, isa.JSLT: isa.JSGE,
}  # fmt: skip
_MIRRORED = {isa.JGT: isa.JLT, isa.JGE: isa.JLE, isa.JSGT: isa.JSLT, isa.JSGE: isa.JSLE}

Pair = tuple[Scalar, Scalar]


@lru_cache(maxsize=1 << 16)
def refine(op: int, wide: bool, a: Scalar, b: Scalar) -> tuple[Pair, Pair]:
    """The two operands where the jump is taken, and where it is not."""
    return _refined(op, wide, a, b, True), _refined(op, wide, a, b, False)


@lru_cache(maxsize=1 << 16)
def decide(op: int, wide: bool, a: Scalar, b: Scalar) -> bool | None:
    """Whether the jump is taken for certain (True), never (False), or it depends (None)."""
    if op in _MIRRORED:
        return decide(_MIRRORED[op], wide, b, a)
    umin, umax, smin, smax = 2, 3, 4, 5
    if not wide:
        umin, umax, smin, smax = 6, 7, 8, 9
    match op:
        case isa.JEQ | isa.JNE:
            mask = ~(a.mask | b.mask) if wide else ~(a.mask | b.mask) & M32
            if (a.value ^ b.value) & mask or a[umin] > b[umax] or a[umax] < b[umin] or a[smin] > b[smax] or a[smax] < b[smin]:
                return op == isa.JNE
            if a[6] > b[7] or a[7] < b[6] or a[8] > b[9] or a[9] < b[8]:  # the low halves differ
                return op == isa.JNE
            if _known(a, wide) and _known(b, wide):
                return op == isa.JEQ
        case isa.JLT:
            return True if a[umax] < b[umin] else False if a[umin] >= b[umax] else None
        case isa.JLE:
            return True if a[umax] <= b[umin] else False if a[umin] > b[umax] else None
        case isa.JSLT:
            return True if a[smax] < b[smin] else False if a[smin] >= b[smax] else None
        case isa.JSLE:
            return True if a[smax] <= b[smin] else False if a[smin] > b[smax] else None
        case isa.JSET:
            if not _known(b, wide):
                a, b = b, a
            if not _known(b, wide):
                return None
            bits = b.value if wide else b.value & M32
            if a.value & bits:
                return True
            if not (a.value | a.mask) & bits:
                return False
    return None


def _refined(op: int, wide: bool, a: Scalar, b: Scalar, taken: bool) -> Pair:
    if op == isa.JSET:
        one, two = _test(wide, a, b, taken)
    else:
        one, two = _refine(op if taken else _OPPOSITE[op], wide, a, b)
    one, two = normalize(one), normalize(two)
    return unbounded(one) if is_broken(one) else one, unbounded(two) if is_broken(two) else two


def _test(wide: bool, a: Scalar, b: Scalar, taken: bool) -> Pair:
    """a & b is not 0 (taken), or is: then every bit of a constant b is 0 in a, and a single bit is 1 if taken."""
    if not _known(b, wide):
        if not _known(a, wide):
            return a, b
        two, one = _test(wide, b, a, taken)
        return one, two
    bits = b.value if wide else b.value & M32
    if not taken:
        value, mask = tnum.and_(a.tnum, tnum.const(~bits))
        return UNKNOWN._replace(value=value, mask=mask), b
    if not bits or bits & bits - 1:
        return a, b
    value, mask = tnum.or_(a.tnum, tnum.const(bits))
    return a._replace(value=value, mask=mask), b


def _known(s: Scalar, wide: bool) -> bool:
    return not s.mask if wide else not s.mask & M32


def _refine(op: int, wide: bool, a: Scalar, b: Scalar) -> tuple[Scalar, Scalar]:
    """`a op b` holds."""
    if op in _MIRRORED:
        two, one = _refine(_MIRRORED[op], wide, b, a)
        return one, two
    if op == isa.JEQ:
        return _equal(wide, a, b)
    if op == isa.JNE:
        return (_unequal(wide, a, b), b) if _known(b, wide) else (a, _unequal(wide, b, a))
    low, high = ("umin", "umax") if op in (isa.JLT, isa.JLE) else ("smin", "smax")
    if not wide:
        low, high = low + "32", high + "32"
    step = 1 if op in (isa.JLT, isa.JSLT) else 0
    one = a._replace(**{high: min(getattr(a, high), getattr(b, high) - step)})
    two = b._replace(**{low: max(getattr(b, low), getattr(a, low) + step)})
    return one, two


def _equal(wide: bool, a: Scalar, b: Scalar) -> Pair:
    if wide:
        umin, umax, smin, smax = max(a.umin, b.umin), min(a.umax, b.umax), max(a.smin, b.smin), min(a.smax, b.smax)
        value, mask = tnum.intersect(a.tnum, b.tnum)
        one, two = (s._replace(value=value, mask=mask, umin=umin, umax=umax, smin=smin, smax=smax) for s in (a, b))
        return one, two
    umin32, umax32 = max(a.umin32, b.umin32), min(a.umax32, b.umax32)
    smin32, smax32 = max(a.smin32, b.smin32), min(a.smax32, b.smax32)
    low = tnum.intersect(tnum.low(a.tnum, 4), tnum.low(b.tnum, 4))
    one, two = (
        s._replace(value=s.value & ~M32 | low[0], mask=s.mask & ~M32 | low[1], umin32=umin32, umax32=umax32, smin32=smin32,
                   smax32=smax32) for s in (a, b)
    )  # fmt: skip
    return one, two


def _unequal(wide: bool, a: Scalar, b: Scalar) -> Scalar:
    """Not being a constant at the end of its range moves that end."""
    if wide:
        if not b.is_const:
            return a
        u, s = b.umin, b.smin
        return a._replace(
            umin=a.umin + (a.umin == u), umax=a.umax - (a.umax == u), smin=a.smin + (a.smin == s), smax=a.smax - (a.smax == s)
        )
    if b.umin32 != b.umax32:
        return a
    u, s = b.umin32, b.smin32
    return a._replace(
        umin32=a.umin32 + (a.umin32 == u), umax32=a.umax32 - (a.umax32 == u),
        smin32=a.smin32 + (a.smin32 == s), smax32=a.smax32 - (a.smax32 == s),
    )  # fmt: skip

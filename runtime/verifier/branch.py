"""`split`: what a conditional jump on two scalars tells on each of its sides (kernel: is_branch_taken, regs_refine_cond_op)."""

from __future__ import annotations

from functools import lru_cache

from ...compiler.object import isa
from . import tnum
from .scalar import Scalar, is_broken, make, normalize
from .tnum import M32

_OPPOSITE = {
    isa.JEQ: isa.JNE, isa.JNE: isa.JEQ, isa.JGT: isa.JLE, isa.JLE: isa.JGT, isa.JGE: isa.JLT, isa.JLT: isa.JGE,
    isa.JSGT: isa.JSLE, isa.JSLE: isa.JSGT, isa.JSGE: isa.JSLT, isa.JSLT: isa.JSGE,
}  # fmt: skip
_MIRRORED = {isa.JGT: isa.JLT, isa.JGE: isa.JLE, isa.JSGT: isa.JSLT, isa.JSGE: isa.JSLE}

Side = tuple[Scalar, Scalar] | None


@lru_cache(maxsize=1 << 16)
def split(op: int, wide: bool, a: Scalar, b: Scalar) -> tuple[Side, Side]:
    """(if taken, if not): the two operands refined, or None for a side that cannot happen."""
    taken = decide(op, wide, a, b)
    return (
        None if taken is False else _refined(op, wide, a, b, True),
        None if taken is True else _refined(op, wide, a, b, False),
    )


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
            if a[umin] == a[umax] == b[umin] == b[umax]:
                return op == isa.JEQ
        case isa.JLT:
            return True if a[umax] < b[umin] else False if a[umin] >= b[umax] else None
        case isa.JLE:
            return True if a[umax] <= b[umin] else False if a[umin] > b[umax] else None
        case isa.JSLT:
            return True if a[smax] < b[smin] else False if a[smin] >= b[smax] else None
        case isa.JSLE:
            return True if a[smax] <= b[smin] else False if a[smin] > b[smax] else None
        case isa.JSET if b.is_const:
            bits = b.value if wide else b.value & M32
            if a.value & bits:
                return True
            if not (a.value | a.mask) & bits:
                return False
    return None


def _refined(op: int, wide: bool, a: Scalar, b: Scalar, taken: bool) -> Side:
    if op == isa.JSET:
        one, two = _test(wide, a, b, taken)
    else:
        one, two = _refine(op if taken else _OPPOSITE[op], wide, a, b)
    one, two = normalize(one), normalize(two)
    return None if is_broken(one) or is_broken(two) else (one, two)


def _test(wide: bool, a: Scalar, b: Scalar, taken: bool) -> tuple[Scalar, Scalar]:
    """a & b is not 0 (taken), or is: then every bit of a constant b is 0 in a, and a single bit is 1 if taken."""
    if not b.is_const:
        return a, b
    bits = b.value if wide else b.value & M32
    if not taken:
        known = tnum.and_(a.tnum, tnum.const(~bits))
    elif bits and bits & bits - 1 == 0:
        known = tnum.or_(a.tnum, tnum.const(bits))
    else:
        return a, b
    return a._replace(value=known[0], mask=known[1]), b


def _refine(op: int, wide: bool, a: Scalar, b: Scalar) -> tuple[Scalar, Scalar]:
    """`a op b` holds."""
    if op in _MIRRORED:
        two, one = _refine(_MIRRORED[op], wide, b, a)
        return one, two
    if op == isa.JEQ:
        return _equal(wide, a, b)
    if op == isa.JNE:
        return _unequal(wide, a, b), _unequal(wide, b, a)
    low, high = ("umin", "umax") if op in (isa.JLT, isa.JLE) else ("smin", "smax")
    if not wide:
        low, high = low + "32", high + "32"
    step = 1 if op in (isa.JLT, isa.JSLT) else 0
    one = a._replace(**{high: min(getattr(a, high), getattr(b, high) - step)})
    two = b._replace(**{low: max(getattr(b, low), getattr(a, low) + step)})
    return one, two


def _equal(wide: bool, a: Scalar, b: Scalar) -> tuple[Scalar, Scalar]:
    umin32, umax32 = max(a.umin32, b.umin32), min(a.umax32, b.umax32)
    smin32, smax32 = max(a.smin32, b.smin32), min(a.smax32, b.smax32)
    if wide:
        bits = tnum.intersect(a.tnum, b.tnum)
        both = Scalar(
            *bits, max(a.umin, b.umin), min(a.umax, b.umax), max(a.smin, b.smin), min(a.smax, b.smax),
            umin32, umax32, smin32, smax32,
        )  # fmt: skip
        return both, both
    low = tnum.intersect(tnum.low(a.tnum, 4), tnum.low(b.tnum, 4))
    one, two = (
        make((s.value & ~M32 | low[0], s.mask & ~M32 | low[1]), s.umin, s.umax, s.smin, s.smax, umin32, umax32, smin32, smax32)
        for s in (a, b)
    )
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

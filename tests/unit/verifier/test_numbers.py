"""Soundness: whatever numbers go in, the result stays inside of what the verifier says of it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from purebpf.compiler.object import isa
from purebpf.runtime.verifier import scalar as sc
from purebpf.runtime.verifier import tnum
from purebpf.runtime.verifier.alu import alu, negate, swap
from purebpf.runtime.verifier.branch import decide, refine
from purebpf.runtime.verifier.tnum import M32, M64

OPERATIONS = [isa.ADD, isa.SUB, isa.MUL, isa.AND, isa.OR, isa.XOR, isa.LSH, isa.RSH, isa.ARSH, isa.DIV, isa.MOD]
JUMPS = [isa.JEQ, isa.JNE, isa.JGT, isa.JGE, isa.JLT, isa.JLE, isa.JSGT, isa.JSGE, isa.JSLT, isa.JSLE, isa.JSET]
EDGES = [0, 1, 2, 7, 255, 256, 0x7FFF, 0x7FFFFFFF, 0x80000000, M32, 1 << 32, (1 << 63) - 1, 1 << 63, M64]

numbers = st.one_of(st.sampled_from(EDGES), st.integers(0, M64), st.integers(0, 300))


@st.composite
def known(draw: st.DrawFn) -> tuple[sc.Scalar, int]:
    """A number, and something true that is known of it."""
    value = draw(numbers)
    kind = draw(st.sampled_from(["const", "mask", "unsigned", "signed", "unsigned32", "any"]))
    low, high = sorted((value, draw(numbers)))
    match kind:
        case "const":
            return sc.const(value), value
        case "mask":
            mask = draw(numbers)
            return sc.make((value & ~mask, mask)), value
        case "unsigned":
            return sc.make(tnum.UNKNOWN, low, high), draw(st.sampled_from([low, high, value]))
        case "signed":
            low, high = sorted((sc.s64(low), sc.s64(high)))
            return sc.make(tnum.UNKNOWN, 0, M64, low, high), draw(st.sampled_from([low, high])) & M64
        case "unsigned32":
            low, high = sorted((low & M32, high & M32))
            number = draw(st.sampled_from([low, high]))
            return sc.make(tnum.UNKNOWN, umin32=low, umax32=high), number | draw(st.integers(0, M32)) << 32
        case _:
            return sc.UNKNOWN, value


def holds(scalar: sc.Scalar, value: int) -> bool:
    low = value & M32
    return (
        value & ~scalar.mask == scalar.value and scalar.umin <= value <= scalar.umax
        and scalar.smin <= sc.s64(value) <= scalar.smax and scalar.umin32 <= low <= scalar.umax32
        and scalar.smin32 <= sc.s32(low) <= scalar.smax32
    )  # fmt: skip


def concrete(op: int, wide: bool, a: int, b: int) -> int:
    """The operation as BPF does it (RFC 9669 4.1)."""
    bits = 64 if wide else 32
    mask = (1 << bits) - 1
    a, b = a & mask, b & mask
    signed = a - (1 << bits) if a >> bits - 1 else a
    shift = b & bits - 1
    result = {
        isa.ADD: a + b, isa.SUB: a - b, isa.MUL: a * b, isa.AND: a & b, isa.OR: a | b, isa.XOR: a ^ b,
        isa.LSH: a << shift, isa.RSH: a >> shift, isa.ARSH: signed >> shift, isa.DIV: a // b if b else 0,
        isa.MOD: a % b if b else a,
    }[op]  # fmt: skip
    return result & mask


def taken(op: int, wide: bool, a: int, b: int) -> bool:
    if not wide:
        a, b = a & M32, b & M32
    sa, sb = (sc.s64(a), sc.s64(b)) if wide else (sc.s32(a), sc.s32(b))
    return {
        isa.JEQ: a == b, isa.JNE: a != b, isa.JGT: a > b, isa.JGE: a >= b, isa.JLT: a < b, isa.JLE: a <= b,
        isa.JSGT: sa > sb, isa.JSGE: sa >= sb, isa.JSLT: sa < sb, isa.JSLE: sa <= sb, isa.JSET: a & b != 0,
    }[op]  # fmt: skip


@given(known())
def test_what_is_made_of_facts_holds_the_number(pair: tuple[sc.Scalar, int]) -> None:
    scalar, value = pair
    assert holds(scalar, value)
    assert sc.normalize(scalar) == scalar or holds(sc.normalize(scalar), value)


@settings(max_examples=800)
@given(st.sampled_from(OPERATIONS), st.booleans(), known(), known())
def test_arithmetic_is_sound(op: int, wide: bool, a: tuple[sc.Scalar, int], b: tuple[sc.Scalar, int]) -> None:
    assert holds(alu(op, wide, a[0], b[0]), concrete(op, wide, a[1], b[1]))


@given(st.booleans(), known(), st.sampled_from([1, 2, 4, 8]))
def test_negation_extension_and_swaps_are_sound(wide: bool, a: tuple[sc.Scalar, int], size: int) -> None:
    scalar, value = a
    mask = M64 if wide else M32
    assert holds(negate(wide, scalar), -value & mask)
    low = value & (1 << size * 8) - 1
    assert holds(sc.truncate(scalar, size), low)
    if size < 8:  # there is no extension from 64 bits
        assert holds(sc.sext(scalar, size), (low - (1 << size * 8) if low >> size * 8 - 1 else low) & M64)
    assert holds(sc.zext32(scalar), value & M32)
    if size > 1:
        assert holds(swap(scalar, size), int.from_bytes(low.to_bytes(size, "little"), "big"))


@settings(max_examples=800)
@given(st.sampled_from(JUMPS), st.booleans(), known(), known())
def test_branches_keep_every_number_that_goes_their_way(op: int, wide: bool, a: tuple[sc.Scalar, int],
                                                        b: tuple[sc.Scalar, int]) -> None:  # fmt: skip
    goes = taken(op, wide, a[1], b[1])
    decided = decide(op, wide, a[0], b[0])
    assert decided is None or decided == goes
    side = refine(op, wide, a[0], b[0])[0 if goes else 1]
    assert holds(side[0], a[1])
    assert holds(side[1], b[1])


@given(known(), known())
def test_containment_means_what_it_says(a: tuple[sc.Scalar, int], b: tuple[sc.Scalar, int]) -> None:
    if sc.contains(a[0], b[0]):
        assert holds(a[0], b[1])

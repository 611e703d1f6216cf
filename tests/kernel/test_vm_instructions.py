"""Random programs give the same registers in the machine as in the kernel."""

from __future__ import annotations

import struct

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from purebpf.compiler.object import isa
from purebpf.compiler.object.isa import Insn, lddw
from purebpf.compiler.object.model import Function, Object
from purebpf.runtime.loader.load import load
from purebpf.runtime.loader.syscall import LoadError
from purebpf.runtime.vm import Machine

pytestmark = pytest.mark.kernel

WORK = (0, 2, 3, 4, 5, 6, 7, 8, 9)  # registers the random part uses; r1 carries the packet in and out
INTERESTING = (0, 1, 2, 7, 31, 32, 63, 64, 255, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 1 << 32, 1 << 63, (1 << 64) - 1)
PACKET = bytes(128)

ALU_K = (isa.ADD, isa.SUB, isa.MUL, isa.DIV, isa.OR, isa.AND, isa.LSH, isa.RSH, isa.MOD, isa.XOR, isa.MOV, isa.ARSH)
JUMPS = (
    isa.JEQ, isa.JGT, isa.JGE, isa.JSET, isa.JNE, isa.JSGT, isa.JSGE, isa.JLT, isa.JLE, isa.JSLT, isa.JSLE,
)  # fmt: skip
ATOMICS = (
    isa.ADD, isa.OR, isa.AND, isa.XOR, isa.ADD | isa.FETCH, isa.OR | isa.FETCH, isa.AND | isa.FETCH,
    isa.XOR | isa.FETCH, isa.XCHG, isa.CMPXCHG,
)  # fmt: skip

registers = st.sampled_from(WORK)
words = st.sampled_from(INTERESTING) | st.integers(0, (1 << 64) - 1)
imms = st.sampled_from((0, 1, -1, 2, 31, 32, 63, 0x7FFF_FFFF, -0x8000_0000)) | st.integers(-(1 << 31), (1 << 31) - 1)
classes = st.sampled_from((isa.ALU, isa.ALU64))


@st.composite
def arithmetic(draw: st.DrawFn) -> Insn:
    cls, op, dst = draw(classes), draw(st.sampled_from(ALU_K)), draw(registers)
    if draw(st.booleans()):
        off = draw(st.sampled_from((0, 1))) if op in (isa.DIV, isa.MOD) else 0
        if op == isa.MOV:
            off = draw(st.sampled_from((0, 8, 16) if cls == isa.ALU else (0, 8, 16, 32)))
        return Insn(cls | op | isa.X, dst, draw(registers), off, 0)
    imm = draw(imms)
    if op in (isa.LSH, isa.RSH, isa.ARSH):
        imm &= 31 if cls == isa.ALU else 63
    off = 0
    if op in (isa.DIV, isa.MOD):
        imm, off = imm or 3, draw(st.sampled_from((0, 1)))
    return Insn(cls | op, dst, 0, off, imm)


@st.composite
def other(draw: st.DrawFn) -> Insn:
    dst = draw(registers)
    slot = -16 - 8 * draw(st.integers(1, 4))
    match draw(st.sampled_from(("neg", "swap", "store", "load", "loads", "imm", "atomic"))):
        case "neg":
            return Insn(draw(classes) | isa.NEG, dst)
        case "swap":
            code = draw(st.sampled_from((isa.ALU | isa.END, isa.ALU | isa.END | isa.X, isa.ALU64 | isa.END)))
            return Insn(code, dst, 0, 0, draw(st.sampled_from((16, 32, 64))))
        case "store":
            size = draw(st.sampled_from((1, 2, 4, 8)))
            at = slot + size * draw(st.integers(0, 8 // size - 1))
            return Insn(isa.STX | isa.MEM | isa.BYTES_SIZE[size], 10, dst, at)
        case "imm":
            size = draw(st.sampled_from((1, 2, 4, 8)))
            return Insn(isa.ST | isa.MEM | isa.BYTES_SIZE[size], 10, 0, slot, draw(imms))
        case "load":
            size = draw(st.sampled_from((1, 2, 4, 8)))
            at = slot + size * draw(st.integers(0, 8 // size - 1))
            return Insn(isa.LDX | isa.MEM | isa.BYTES_SIZE[size], dst, 10, at)
        case "loads":
            size = draw(st.sampled_from((1, 2, 4)))
            return Insn(isa.LDX | isa.MEMSX | isa.BYTES_SIZE[size], dst, 10, slot)
        case _:
            size = draw(st.sampled_from((isa.W, isa.DW)))
            return Insn(isa.STX | isa.ATOMIC | size, 10, dst, slot, draw(st.sampled_from(ATOMICS)))


@st.composite
def jump(draw: st.DrawFn) -> Insn:
    cls, op = draw(st.sampled_from((isa.JMP, isa.JMP32))), draw(st.sampled_from(JUMPS))
    off = draw(st.integers(0, 4))
    if draw(st.booleans()):
        return Insn(cls | op | isa.X, draw(registers), draw(registers), off)
    return Insn(cls | op, draw(registers), 0, off, draw(imms))


@st.composite
def programs(draw: st.DrawFn) -> list[Insn]:
    """Load constants, do random things, write all registers into the packet."""
    body = draw(st.lists(arithmetic() | arithmetic() | other() | jump(), min_size=1, max_size=24))
    body = [i._replace(off=min(i.off, len(body) - n - 1)) if i.op & 7 in (5, 6) else i for n, i in enumerate(body)]
    head = [
        Insn(isa.LDX | isa.MEM | isa.W, 2, 1, 0),
        Insn(isa.LDX | isa.MEM | isa.W, 3, 1, 4),
        Insn(isa.STX | isa.MEM | isa.DW, 10, 2, -8),
        Insn(isa.ALU64 | isa.ADD, 2, 0, 0, 8 * len(WORK) + 32),
        Insn(isa.JMP | isa.JLE | isa.X, 2, 3, 2),
        Insn(isa.ALU64 | isa.MOV, 0),
        Insn(isa.JMP | isa.EXIT),
    ]
    for register in WORK:
        head += lddw(register, draw(words))
    head += [Insn(isa.STX | isa.MEM | isa.DW, 10, n, -16 - 8 * k) for k, n in enumerate((2, 3, 4, 5), 1)]
    tail = [Insn(isa.LDX | isa.MEM | isa.DW, 1, 10, -8)]
    tail += [Insn(isa.STX | isa.MEM | isa.DW, 1, n, 8 * at) for at, n in enumerate(WORK)]
    for k in range(4):
        tail.append(Insn(isa.LDX | isa.MEM | isa.DW, 2, 10, -24 - 8 * k))
        tail.append(Insn(isa.STX | isa.MEM | isa.DW, 1, 2, 8 * len(WORK) + 8 * k))
    return [*head, *body, *tail, Insn(isa.ALU64 | isa.MOV, 0, 0, 0, 2), Insn(isa.JMP | isa.EXIT)]


def run_both(insns: list[Insn]) -> tuple[bytes, bytes]:
    """The packet after the machine and after the kernel."""
    obj = Object("random", {"prog": Function("prog", "xdp", insns)}, license="GPL")
    ours = Machine(obj).run("prog", packet=PACKET).packet
    assert ours is not None
    with load(obj) as loaded:
        return ours, loaded.programs["prog"].test_run(PACKET).packet


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs())
def test_random_programs_leave_the_same_registers_and_stack(insns: list[Insn]) -> None:
    try:
        ours, theirs = run_both(insns)
    except LoadError:
        return  # the verifier refuses a few (pointers cannot arise, dead code can)
    count = len(WORK) + 4
    assert struct.unpack_from(f"<{count}Q", ours) == struct.unpack_from(f"<{count}Q", theirs)


@pytest.mark.parametrize("cls", [isa.ALU, isa.ALU64], ids=["alu32", "alu64"])
@pytest.mark.parametrize("op", ALU_K)
def test_arithmetic_on_corner_values(cls: int, op: int) -> None:
    """Every operation on pairs of corner values, eight results a program."""
    offsets = (0, 1) if op in (isa.DIV, isa.MOD) else (0, 8, 16, 32)[: 4 if cls == isa.ALU64 else 3]
    offsets = offsets if op in (isa.DIV, isa.MOD, isa.MOV) else (0,)
    for off in offsets:
        pairs = [(a, b) for a in INTERESTING[::2] for b in INTERESTING]
        for start in range(0, len(pairs), 12):
            insns = [
                Insn(isa.LDX | isa.MEM | isa.W, 6, 1, 0), Insn(isa.LDX | isa.MEM | isa.W, 3, 1, 4),
                Insn(isa.ALU64 | isa.MOV | isa.X, 2, 6), Insn(isa.ALU64 | isa.ADD, 2, 0, 0, 96),
                Insn(isa.JMP | isa.JLE | isa.X, 2, 3, 2), Insn(isa.ALU64 | isa.MOV, 0), Insn(isa.JMP | isa.EXIT),
            ]  # fmt: skip
            for at, (a, b) in enumerate(pairs[start : start + 12]):
                insns += [*lddw(2, a), *lddw(3, b), Insn(cls | op | isa.X, 2, 3, off)]
                insns.append(Insn(isa.STX | isa.MEM | isa.DW, 6, 2, 8 * at))
            ours, theirs = run_both([*insns, Insn(isa.ALU64 | isa.MOV, 0, 0, 0, 2), Insn(isa.JMP | isa.EXIT)])
            assert struct.unpack_from("<12Q", ours) == struct.unpack_from("<12Q", theirs), (op, off, pairs[start : start + 12])

"""`analyze`: which registers and stack slots can still be read at each instruction, and which can decide anything.

A number is *relevant* if it can reach a branch, an address, a call or the return value. Two states that differ in other
numbers only are equally safe. The kernel finds out the same by walking back from each use (precision marks), for the path
at hand; this is the static hull of it, so whatever the kernel compares, we compare too.

Sets are bits: 0-10 the registers, from 16 on the stack slots of the function's own frame, r10-8 first.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from ...compiler.object import isa
from ...compiler.object.isa import Insn
from .state import stack_bit
from .structure import successors

_ARGUMENTS = 0b111110
_CLOBBERED = 0b111111
_SLOTS = ((1 << 64) - 1) << 16
_FRAME = 10


@dataclass(frozen=True, slots=True)
class Flow:
    """Per slot: what is live, and what is relevant, in front of the instruction."""

    live: list[int]
    relevant: list[int]


def analyze(insns: list[Insn], starts: list[int]) -> Flow:
    """Solve both problems backwards to a fixpoint, function by function."""
    live, relevant = [0] * len(insns), [0] * len(insns)
    bounds = [*sorted(starts), len(insns)]
    for start, end in pairwise(bounds):
        slots = [s for s in range(start, end) if insns[s].op or insns[s - 1].op != isa.LDDW or s == start]
        before: dict[int, list[int]] = {}
        for slot in slots:
            for target in successors(insns, slot):
                before.setdefault(target, []).append(slot)
        escaped = any(_escapes(insns[s]) for s in slots)
        for result, relevance in ((live, False), (relevant, True)):
            work = list(slots)
            while work:
                slot = work.pop()
                out = 0
                for target in successors(insns, slot):
                    if target < end:
                        out |= result[target]
                value = _transfer(insns[slot], out, escaped, relevance)
                if value != result[slot]:
                    result[slot] = value
                    work += before.get(slot, ())
    return Flow(live, relevant)


def _escapes(insn: Insn) -> bool:
    """True if the frame pointer is copied, so that other registers may point into the frame."""
    kind = insn.op & 7
    if kind in (isa.ALU, isa.ALU64):
        return bool(insn.op & isa.X) and insn.src == _FRAME
    return kind == isa.STX and insn.src == _FRAME


def _touched(off: int, size: int) -> int:
    """The stack slots that an access relative to r10 touches."""
    first, last = off // 8 * 8, (off + size - 1) // 8 * 8
    bits = 0
    for at in range(first, last + 1, 8):
        if -512 <= at < 0:
            bits |= 1 << stack_bit(at)
    return bits


def _transfer(insn: Insn, out: int, escaped: bool, relevance: bool) -> int:
    """The set in front of an instruction from the set behind it."""
    kind, op = insn.op & 7, insn.op & 0xF0
    dst, src = 1 << insn.dst, 1 << insn.src
    if kind in (isa.ALU, isa.ALU64):
        if op == isa.MOV:
            needed = src if insn.op & isa.X and (out & dst or not relevance) else 0
            return out & ~dst | needed
        if insn.op & isa.X and op not in (isa.NEG, isa.END) and (out & dst or not relevance):
            return out | dst | src
        return out if relevance else out | dst
    if insn.op == isa.LDDW:
        return out & ~dst
    size = isa.SIZE_BYTES[insn.op & 0x18]
    if kind == isa.LDX:
        wanted = bool(out & dst) or not relevance
        result = out & ~dst | src
        if wanted and insn.src == _FRAME:
            result |= _touched(insn.off, size)
        elif wanted and escaped:
            result |= _SLOTS
        return result
    if kind in (isa.ST, isa.STX):
        atomic = kind == isa.STX and insn.op & 0xE0 == isa.ATOMIC
        value = src if kind == isa.STX else 0
        if atomic:
            touched = _touched(insn.off, size) if insn.dst == _FRAME else _SLOTS if escaped else 0
            return out | dst | value | 1 | touched
        if insn.dst == _FRAME:
            touched = _touched(insn.off, size)
            needed = value if out & touched or not relevance else 0
            return (out & ~touched if size == 8 and insn.off % 8 == 0 else out) | dst | needed
        return out | dst | (value if not relevance or (escaped and out & _SLOTS) else 0)
    if op == isa.CALL:
        result = out & ~_CLOBBERED | _ARGUMENTS
        if escaped and (not relevance or insn.src == isa.PSEUDO_CALL):
            result |= _SLOTS
        return result
    if op == isa.EXIT:
        return 1
    if op == isa.JA:
        return out
    return out | dst | (src if insn.op & isa.X else 0)

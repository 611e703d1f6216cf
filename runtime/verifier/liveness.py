"""What can still be read: registers, from the code alone; stack slots, from the accesses seen while walking.

Registers: a backward analysis of the instructions (compute_live_registers in the kernel). Stack: pointers to it come and
go, so each access notes the slots it reads at its instruction, and the set spreads backwards at once (kernel/bpf/liveness.c).
When every path from an instruction has been walked, what is not marked there is not read any more.

A set of stack slots is an int: bit 64 * frame + n for the slot at -8 * (n + 1) of that frame.
"""

from __future__ import annotations

from itertools import pairwise

from ...compiler.object import isa
from ...compiler.object.isa import Insn
from ...stdlib import helpers
from .structure import successors

_CLOBBERED = 0b111111
_ARGUMENTS = 0b111110
FRAME_POINTER = 10


class Code:
    """The control flow of a program, and its live registers: bit n is register n, in front of each instruction."""

    def __init__(self, insns: list[Insn], starts: list[int]) -> None:
        self.insns = insns
        self.next: list[list[int]] = [[] for _ in insns]
        self.before: list[list[int]] = [[] for _ in insns]
        self.kills = [0] * len(insns)  # own stack slots that an instruction overwrites as a whole
        self.live = [0] * len(insns)
        for start, end in pairwise([*sorted(starts), len(insns)]):
            self._function(start, end)

    def _function(self, start: int, end: int) -> None:
        slots = []
        slot = start
        while slot < end:
            slots.append(slot)
            insn = self.insns[slot]
            self.next[slot] = [target for target in successors(self.insns, slot) if target < end]
            for target in self.next[slot]:
                self.before[target].append(slot)
            if insn.op in (isa.STX | isa.MEM | isa.DW, isa.ST | isa.MEM | isa.DW) and insn.dst == FRAME_POINTER:
                if insn.off % 8 == 0 and -512 <= insn.off < 0:
                    self.kills[slot] = 1 << (-insn.off // 8 - 1)
            slot += 2 if insn.op == isa.LDDW else 1
        effects = {slot: uses(self.insns[slot]) for slot in slots}
        live = self.live
        work = slots
        while work:
            slot = work.pop()
            out = 0
            for target in self.next[slot]:
                out |= live[target]
            used, defined = effects[slot]
            value = out & ~defined | used
            if value != live[slot]:
                live[slot] = value
                work += self.before[slot]


def uses(insn: Insn) -> tuple[int, int]:
    """(registers an instruction reads, registers it writes) as sets of bits."""
    op, dst, src = insn.op, 1 << insn.dst, 1 << insn.src
    match op & 7:
        case isa.LD:
            if op == isa.LDDW:
                return 0, dst
            return 1 << 6 | (src if op & 0xE0 == isa.IND else 0), _CLOBBERED
        case isa.LDX:
            return src, dst
        case isa.ST:
            return dst, 0
        case isa.STX:
            if op & 0xE0 != isa.ATOMIC:
                return dst | src, 0
            if insn.imm == isa.LOAD_ACQUIRE:
                return src, dst
            if insn.imm == isa.CMPXCHG:
                return 1 | dst | src, 1
            return dst | src, src if insn.imm & isa.FETCH and insn.imm != isa.STORE_RELEASE else 0
        case isa.ALU | isa.ALU64:
            if op & 0xF0 == isa.MOV:
                return (src if op & isa.X else 0), dst
            return dst | (src if op & isa.X and op & 0xF0 not in (isa.NEG, isa.END) else 0), dst
        case _:
            return _jump_uses(insn, dst, src)


def _jump_uses(insn: Insn, dst: int, src: int) -> tuple[int, int]:
    match insn.op & 0xF0:
        case isa.CALL:
            row = helpers.by_number(insn.imm) if insn.src == 0 else None
            if row is not None and not row.variadic:
                return (1 << len(row.arguments) + 1) - 2, _CLOBBERED
            return _ARGUMENTS, _CLOBBERED
        case isa.EXIT:
            return 1, 0
        case isa.JA | isa.JCOND:
            return 0, 0
        case _:
            return dst | (src if insn.op & isa.X else 0), 0


class Instance:
    """The stack slots that are read behind each instruction of a function, for one chain of calls that leads to it."""

    __slots__ = ("call", "children", "code", "depth", "live", "outer", "reads", "start")

    def __init__(self, code: Code, start: int, outer: Instance | None = None, call: int = -1) -> None:
        self.code = code
        self.start = start
        self.outer = outer
        self.call = call  # the slot of the call in `outer`
        self.depth: int = outer.depth + 1 if outer else 0
        self.live: dict[int, int] = {}
        self.reads: dict[int, int] = {}
        self.children: dict[int, Instance] = {}

    def called(self, call: int, start: int) -> Instance:
        """The instance of a function that this one calls at slot `call`."""
        found = self.children.get(call)
        if found is None:
            found = self.children[call] = Instance(self.code, start, self, call)
        return found

    def read(self, slot: int, bits: int) -> None:
        """The instruction at `slot` reads these stack slots."""
        known = self.reads.get(slot, 0)
        if not bits & ~known:
            return
        self.reads[slot] = known | bits
        code, live, reads, shift = self.code, self.live, self.reads, 64 * self.depth
        work = [slot]
        while work:
            at = work.pop()
            value = 0
            for target in code.next[at]:
                value |= live.get(target, 0)
            value = value & ~(code.kills[at] << shift) | reads.get(at, 0) | live.get(at, 0)
            if value != live.get(at, 0):
                live[at] = value
                work += code.before[at]
                if at == self.start and self.outer is not None and value & (1 << shift) - 1:
                    self.outer.read(self.call, value & (1 << shift) - 1)

    def alive(self, slot: int) -> int:
        """The stack slots of this and all outer frames that may be read from `slot` on, as seen up to now."""
        bits = self.live.get(slot, 0)
        instance = self
        while instance.outer is not None:
            call = instance.call
            instance = instance.outer
            for target in self.code.next[call]:
                bits |= instance.live.get(target, 0)
        return bits


def stack_bits(frame: int, low: int, size: int) -> int:
    """The set of the stack slots that bytes [low, low + size) of a frame touch."""
    first = max(-(low + size - 1) - 1, 0) // 8  # the slot nearest to the frame pointer
    last = min((-low - 1) // 8, 63)
    return ((1 << last + 1) - (1 << first)) << 64 * frame if last >= first else 0

"""The state of a path: registers and stack of each call frame, references held, and how it came here.

Registers are immutable; a state copies its lists when the path forks. A stack slot (8 bytes) is a whole spilled register
or eight byte types.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from .scalar import UNKNOWN, Scalar, const, contains


class Kind(IntEnum):
    """What a register holds (enum bpf_reg_type)."""

    SCALAR = 0
    CTX = 1
    PACKET = 2
    PACKET_META = 3
    PACKET_END = 4
    STACK = 5
    MAP = 6
    VALUE = 7
    VALUE_OR_NULL = 8
    RECORD = 9  # ring buffer memory
    RECORD_OR_NULL = 10
    FUNCTION = 11


NAMES = {
    Kind.SCALAR: "a number", Kind.CTX: "the context", Kind.PACKET: "a packet pointer",
    Kind.PACKET_META: "a pointer to packet metadata", Kind.PACKET_END: "the end of the packet",
    Kind.STACK: "a pointer to the stack", Kind.MAP: "a map", Kind.VALUE: "a pointer to a map value",
    Kind.VALUE_OR_NULL: "a map value pointer that may be NULL", Kind.RECORD: "a pointer to a ring buffer record",
    Kind.RECORD_OR_NULL: "a ring buffer record pointer that may be NULL", Kind.FUNCTION: "a function's address",
}  # fmt: skip
OR_NULL = {Kind.VALUE_OR_NULL: Kind.VALUE, Kind.RECORD_OR_NULL: Kind.RECORD}


class Reg(NamedTuple):
    """A register's contents.

    Pointers are `off` plus the unknown `scalar`; `id` ties together registers with the same unknown part (packet), the
    same pending null test, or the same number (scalars). `range`: bytes known to be there after packet pointers with
    this id. `made`: the slot of the instruction that made it, for explanations; it never counts when states are compared.
    """

    kind: Kind
    scalar: Scalar = UNKNOWN
    off: int = 0
    id: int = 0
    range: int = 0
    map: str = ""  # maps and their values
    size: int = 0  # records: bytes
    ref: int = 0  # the reference it holds
    frame: int = 0  # stack: which call frame
    made: int = -1
    lost: int = -1  # the call after which the pointer that was here may not be used any more


ZERO = const(0)
UNKNOWN_REG = Reg(Kind.SCALAR)

# types of a stack byte
INVALID, MISC, NULL = 0, 1, 2

Slot = Reg | tuple[int, ...]


@dataclass(slots=True)
class Frame:
    """A call frame. `regs[10]` is the frame pointer. `stack` maps -8, -16, ... to slots; absent: never written."""

    regs: list[Reg | None]
    stack: dict[int, Slot] = field(default_factory=dict)
    return_to: int = -1  # the slot after the call
    start: int = 0  # the function's first slot
    callback: str = ""

    def copy(self) -> Frame:
        """An independent copy."""
        return Frame(list(self.regs), dict(self.stack), self.return_to, self.start, self.callback)


class Step(NamedTuple):
    """How a path came to a branch: newest first, shared by the paths that fork from it."""

    slot: int
    taken: bool
    before: Step | None


@dataclass(slots=True)
class State:
    """A path's state in front of an instruction."""

    frames: list[Frame]
    refs: dict[int, int] = field(default_factory=dict)  # reference -> slot that acquired it
    trail: Step | None = None
    invalidated: int = -1  # the last call that made packet pointers invalid

    @property
    def frame(self) -> Frame:
        """The innermost frame."""
        return self.frames[-1]

    def copy(self) -> State:
        """An independent copy."""
        return State([frame.copy() for frame in self.frames], dict(self.refs), self.trail, self.invalidated)


class Equivalence:
    """Compares a state with one explored before. Ids need not be equal, only to correspond one to one.

    `live[i]` and `relevant[i]` are what can still be read in frame i, and which numbers can still decide whether the
    program is safe (see `flow`), as sets of bits.
    """

    def __init__(self, live: tuple[int, ...], relevant: tuple[int, ...]) -> None:
        self.live = live
        self.relevant = relevant
        self.ids: dict[int, int] = {}
        self.back: dict[int, int] = {}

    def same_id(self, old: int, new: int) -> bool:
        """Old ids map to new ones consistently; 0 to 0."""
        if not old or not new:
            return old == new
        return self.ids.setdefault(old, new) == new and self.back.setdefault(new, old) == old

    def covers(self, old: State, new: State) -> bool:
        """True if everything that `new` allows, `old` allowed: then what follows is safe."""
        if len(old.frames) != len(new.frames) or len(old.refs) != len(new.refs):
            return False
        for depth, (a, b) in enumerate(zip(old.frames, new.frames, strict=True)):
            live, relevant = self.live[depth], self.relevant[depth]
            if a.return_to != b.return_to or a.callback != b.callback:
                return False
            for number in range(10):
                if live >> number & 1 and not self.register(a.regs[number], b.regs[number], bool(relevant >> number & 1)):
                    return False
            for at, slot in a.stack.items():
                bit = stack_bit(at)
                if live >> bit & 1 and not self.slot(slot, b.stack.get(at), bool(relevant >> bit & 1)):
                    return False
        return all(self.same_id(x, y) for x, y in zip(sorted(old.refs), sorted(new.refs), strict=True))

    def register(self, old: Reg | None, new: Reg | None, relevant: bool) -> bool:
        """True if the old contents allowed all of the new; of numbers that decide nothing, any stands for any."""
        if old is None:
            return True  # it was not readable then, and nothing went wrong
        if new is None:
            return False
        if old.kind is Kind.SCALAR:
            if new.kind is Kind.SCALAR and not relevant:
                return True
            if new.kind is not Kind.SCALAR or not contains(old.scalar, new.scalar):
                return False
            return not old.id or self.same_id(old.id, new.id)
        if old.kind is not new.kind or old.off != new.off or old.map != new.map or old.size != new.size:
            return False
        if old.frame != new.frame or old.range > new.range:
            return False
        return contains(old.scalar, new.scalar) and self.same_id(old.id, new.id) and self.same_id(old.ref, new.ref)

    def slot(self, old: Slot, new: Slot | None, relevant: bool) -> bool:
        """True if what could be read from the old slot, and how, holds for the new one."""
        if isinstance(old, Reg):
            if isinstance(new, Reg):
                return self.register(old, new, relevant)
            if old.kind is not Kind.SCALAR or new is None or INVALID in new:
                return False
            return not relevant or old.scalar == UNKNOWN
        if new is None:
            return all(kind == INVALID for kind in old)
        for i, kind in enumerate(old):
            got = _byte(new, i)
            if kind == INVALID or got == kind:
                continue
            if got in (INVALID, -1) or (relevant and kind == NULL):
                return False
        return True


def stack_bit(at: int) -> int:
    """The bit of the stack slot at -8, -16, ... in the sets of `flow`."""
    return 16 + (-at // 8 - 1)


def _byte(slot: Slot, index: int) -> int:
    if not isinstance(slot, Reg):
        return slot[index]
    if slot.kind is Kind.SCALAR:
        return NULL if slot.scalar == ZERO else MISC
    return -1  # part of a pointer: nothing but a whole register may stand for it


def scalar_reg(scalar: Scalar, made: int = -1, ident: int = 0) -> Reg:
    """A register that holds a number."""
    return Reg(Kind.SCALAR, scalar, id=ident, made=made)

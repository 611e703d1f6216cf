"""The state of a path: registers and stack of each call frame, references held, and how it came here.

Registers and stack slots are immutable; a state copies its lists when the path forks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, NamedTuple

from .scalar import UNKNOWN, Scalar, const


class Kind(IntEnum):
    """What a register holds (enum bpf_reg_type)."""

    SCALAR = 0
    CTX = 1
    PACKET = 2
    PACKET_META = 3
    PACKET_END = 4
    STACK = 5
    MAP = 6
    VALUE = 7  # a map value
    MEM = 8  # memory of a known size: ring buffer records, arguments of global functions
    FUNCTION = 9
    SOCKET = 10  # struct bpf_sock
    SOCK_COMMON = 11
    TCP_SOCK = 12
    XDP_SOCK = 13
    FLOW_KEYS = 14
    BTF = 15  # a kernel structure


NAMES = {
    Kind.SCALAR: "a number", Kind.CTX: "the context", Kind.PACKET: "a packet pointer",
    Kind.PACKET_META: "a pointer to packet metadata", Kind.PACKET_END: "the end of the packet",
    Kind.STACK: "a pointer to the stack", Kind.MAP: "a map", Kind.VALUE: "a pointer to a map value",
    Kind.MEM: "a pointer to memory", Kind.FUNCTION: "a function's address", Kind.SOCKET: "a socket",
    Kind.SOCK_COMMON: "a struct bpf_sock_common", Kind.TCP_SOCK: "a TCP socket", Kind.XDP_SOCK: "an XDP socket",
    Kind.FLOW_KEYS: "a pointer to flow keys", Kind.BTF: "a pointer to a kernel structure",
}  # fmt: skip
SOCKETS = frozenset({Kind.SOCKET, Kind.SOCK_COMMON, Kind.TCP_SOCK})
PACKETS = frozenset({Kind.PACKET, Kind.PACKET_META})


class Def:
    """Where a value was made, and from which others.

    `precise`: the exact range of the value was needed to find the path safe (mark_chain_precision in the kernel). The mark
    goes to all values it was made from. A checkpoint gives every value a new Def, so that the mark on a checkpoint's
    value means that something behind the checkpoint needs it.
    """

    __slots__ = ("lost", "parents", "precise", "slot")

    def __init__(self, slot: int, parents: tuple[Def, ...] = (), lost: int = -1) -> None:
        self.slot = slot
        self.parents = parents
        self.precise = False
        self.lost = lost  # the call after which the pointer that this was may not be used any more


def mark_precise(value: Def) -> None:
    """The exact range of this value matters, and so do those of all values it comes from."""
    if value.precise:
        return
    work = [value]
    while work:
        current = work.pop()
        if not current.precise:
            current.precise = True
            work += current.parents
            current.parents = ()


class Reg:
    """A register's contents. Never changed: `but` gives a copy.

    Pointers are `off` plus the unknown `scalar`. `id` ties together registers with the same unknown part (packet), the same
    pending null test, or the same number; `off` is then its distance from the others, `size` the bits (32, 64) of the
    addition that moved it. `range`: bytes known to be
    there behind packet pointers of this id. `what`: the map's or kernel structure's name. `size`: bytes of MEM.
    """

    __slots__ = ("frame", "id", "kind", "node", "null", "off", "range", "ref", "scalar", "size", "what")

    def __init__(self, kind: Kind, scalar: Scalar, node: Def, off: int = 0, id: int = 0, *, range: int = 0,
                 what: str = "", size: int = 0, ref: int = 0, frame: int = 0, null: bool = False) -> None:  # fmt: skip
        self.kind = kind
        self.scalar = scalar
        self.node = node
        self.off = off
        self.id = id
        self.range = range
        self.what = what
        self.size = size
        self.ref = ref
        self.frame = frame
        self.null = null  # may be NULL

    def but(self, **changes: Any) -> Reg:
        """A copy with some fields changed."""
        new = Reg(self.kind, self.scalar, self.node, self.off, self.id, range=self.range, what=self.what, size=self.size,
                  ref=self.ref, frame=self.frame, null=self.null)  # fmt: skip
        for name, value in changes.items():
            setattr(new, name, value)
        return new

    @property
    def made(self) -> int:
        """The slot of the instruction that made it."""
        return self.node.slot

    @property
    def is_zero(self) -> bool:
        """True for the number 0."""
        return self.kind is Kind.SCALAR and self.scalar == ZERO

    @property
    def name(self) -> str:
        """What it is, for messages."""
        if self.kind is Kind.VALUE:
            text = f"a pointer to a value of map '{self.what}'"
        elif self.kind is Kind.MEM and self.what:
            text = f"a pointer to {self.what}"
        else:
            text = NAMES[self.kind]
        return f"{text} that may be NULL" if self.null else text


ZERO = const(0)

# types of a stack byte
INVALID, MISC, NULL, SPILL = range(4)
_SPILLED = bytes([SPILL] * 8)


class Slot(NamedTuple):
    """Eight bytes of stack: the type of each, lowest address first; `reg` if the lowest bytes are a saved register."""

    types: bytes
    reg: Reg | None = None


def spilled(reg: Reg) -> Slot:
    """A slot that holds all of a register."""
    return Slot(_SPILLED, reg)


@dataclass(slots=True)
class Frame:
    """A call frame. `regs[10]` is the frame pointer. `stack` maps -8, -16, ... to slots; absent: never written."""

    regs: list[Reg | None]
    stack: dict[int, Slot] = field(default_factory=dict)
    call: int = -1  # the slot of the call
    start: int = 0  # the function's first slot
    instance: Any = None  # liveness of the stack for this chain of calls

    def copy(self) -> Frame:
        """An independent copy."""
        return Frame(list(self.regs), dict(self.stack), self.call, self.start, self.instance)


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
    lock: tuple[str, int, int] | None = None  # the spin lock held: map, id of the value, slot that took it
    trail: Step | None = None
    invalidated: int = -1  # the last call that made packet pointers invalid

    @property
    def frame(self) -> Frame:
        """The innermost frame."""
        return self.frames[-1]

    def copy(self) -> State:
        """An independent copy."""
        return State([frame.copy() for frame in self.frames], dict(self.refs), self.lock, self.trail, self.invalidated)

    def every(self) -> Iterator[Reg]:
        """Every register and saved register of every frame."""
        for frame in self.frames:
            for reg in frame.regs:
                if reg is not None:
                    yield reg
            for slot in frame.stack.values():
                if slot.reg is not None:
                    yield slot.reg

    def change(self, which: Callable[[Reg], bool], to: Callable[[Reg], Reg]) -> None:
        """Replace every register and saved register for which `which` holds."""
        for frame in self.frames:
            regs = frame.regs
            for number, reg in enumerate(regs):
                if reg is not None and which(reg):
                    regs[number] = to(reg)
            for at, slot in frame.stack.items():
                if slot.reg is not None and which(slot.reg):
                    frame.stack[at] = Slot(slot.types, to(slot.reg))


def number(scalar: Scalar, node: Def, ident: int = 0) -> Reg:
    """A register that holds a number."""
    return Reg(Kind.SCALAR, scalar, node, 0, ident)


def renumbered(reg: Reg, scalar: Scalar, node: Def) -> Reg:
    """The number with other facts, tied to the same others as before."""
    return Reg(Kind.SCALAR, scalar, node, reg.off, reg.id, size=reg.size)


def unknown(slot: int) -> Reg:
    """A number of which nothing is known, made at `slot`."""
    return Reg(Kind.SCALAR, UNKNOWN, Def(slot))


def unknown_slot(slot: Slot) -> Slot:
    """The slot once something was written over a part of it, or somewhere near: no register is saved there any more."""
    return Slot(bytes(kind if kind == INVALID else MISC for kind in slot.types))

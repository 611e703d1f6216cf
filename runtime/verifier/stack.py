"""The stack: loads, stores and helper accesses, and what each byte holds afterwards (check_stack_read, check_stack_write)."""

from __future__ import annotations

from . import scalar as sc
from .liveness import stack_bits
from .program import Program
from .state import (
    INVALID,
    MISC,
    NULL,
    SPILL,
    ZERO,
    Def,
    Frame,
    Kind,
    Reg,
    Slot,
    State,
    mark_precise,
    number,
    spilled,
    unknown,
    unknown_slot,
)
from .verdict import Refused

STACK_SIZE = 512
_LIMIT = 1 << 29
_EMPTY = Slot(bytes(8))


class Stack:
    """Stack accesses of one program."""

    def __init__(self, program: Program) -> None:
        self.depths: dict[int, int] = {}  # function's first slot -> deepest byte used
        self.big_endian = program.obj.big_endian
        self.uninitialised_ok = program.kernel.at_least("6.3")  # for privileged users (commit 6715df8d5d24)

    def bounds(self, state: State, slot: int, reg: Reg, off: int, size: int) -> tuple[Frame, int, int]:
        """(the frame, lowest and highest offset from its top) that an access may have. Raises `Refused`."""
        frame = state.frames[reg.frame]
        unsure = reg.scalar
        if not unsure.mask:
            low = high = reg.off + off + sc.s64(unsure.value)
        else:
            if unsure.smax >= _LIMIT or unsure.smin <= -_LIMIT:
                raise Refused("V1109", slot, "this accesses the stack at an offset without bounds",
                              "test the index first, in the same variable",
                              [(reg.made, "the address is computed here")])  # fmt: skip
            low, high = reg.off + off + unsure.smin, reg.off + off + unsure.smax
        if low < -STACK_SIZE:
            raise Refused("V1119", slot, f"the stack has {STACK_SIZE} bytes; this accesses {-low} below its top",
                          "make local variables smaller, or use a per-CPU array map")  # fmt: skip
        if high + size > 0 or (size == 0 and high >= 0):
            raise Refused("V1119", slot, f"this access of {size} bytes goes {high + size} bytes past the end of the stack",
                          "the buffer is smaller: use sizeof(buffer)",
                          [(reg.made, "the address is computed here")] if unsure.mask else None)  # fmt: skip
        if -low > self.depths.get(frame.start, 0):
            self.depths[frame.start] = -low
        return frame, low, high

    def mark_read(self, state: State, slot: int, depth: int, low: int, size: int) -> None:
        """Note for the liveness of stack slots that these bytes are read here."""
        state.frames[-1].instance.read(slot, stack_bits(depth, low, size))

    # --- loads ------------------------------------------------------------------------------------------------------

    def load(self, state: State, slot: int, reg: Reg, off: int, size: int) -> Reg:
        """What a load gives, not yet cut to `size` bytes unless that is known."""
        frame, low, high = self.bounds(state, slot, reg, off, size)
        self.mark_read(state, slot, reg.frame, low, high - low + size)
        if low != high:
            self.readable(frame, slot, low, high + size - low)
            return self._bytes(frame, slot, low, high - low + size)
        if low % size:
            raise _misaligned(slot, low, size)
        base = low & ~7
        entry = frame.stack.get(base)
        if entry is None or entry.reg is None:
            self.readable(frame, slot, low, size)
            return self._bytes(frame, slot, low, size)
        saved, types = entry.reg, entry.types
        if size == 8 and types[7] == SPILL:
            return saved
        if saved.kind is not Kind.SCALAR:
            raise Refused("V1114", slot, "this reads a part of a pointer that was saved on the stack", "use 64-bit variables")
        width = types.count(SPILL)
        first = base + width - size if self.big_endian else base  # where its low bytes are (bpf_stack_narrow_access_ok)
        if low == first and size <= width:
            return saved if saved.scalar.umax >> 8 * size == 0 else number(saved.scalar, saved.node)
        kinds = types[low - base : low - base + size]
        if kinds.count(SPILL) == size and saved.is_zero:
            return number(ZERO, saved.node)
        if kinds.count(NULL) == size:
            return number(ZERO, Def(slot))
        if not self.uninitialised_ok and INVALID in kinds:
            raise _never_written(slot, low)
        return unknown(slot)

    def _bytes(self, frame: Frame, slot: int, low: int, size: int) -> Reg:
        """A number: 0 if all the bytes it may come from are."""
        for at in range(low, low + size):
            entry = frame.stack.get(at & ~7)
            if entry is None or entry.types[at & 7] != NULL:
                return unknown(slot)
        return number(ZERO, Def(slot))

    def readable(self, frame: Frame, slot: int, low: int, size: int) -> None:
        """Before Linux 6.3 every byte must have been written."""
        if self.uninitialised_ok:
            return
        for at in range(low, low + size):
            entry = frame.stack.get(at & ~7)
            if entry is None or entry.types[at & 7] == INVALID:
                raise _never_written(slot, at)

    # --- stores -----------------------------------------------------------------------------------------------------

    def store(self, state: State, slot: int, reg: Reg, off: int, size: int, value: Reg | None) -> None:
        """Store a register, or None: some number."""
        frame, low, high = self.bounds(state, slot, reg, off, size)
        if low != high:
            self._store_somewhere(frame, slot, low, high - low + size, value)
            return
        if low % size:
            raise _misaligned(slot, low, size)
        base = low & ~7
        entry = frame.stack.get(base, _EMPTY)
        if value is not None and low == base and value.kind is Kind.SCALAR:
            if size == 8:
                frame.stack[base] = spilled(value)
                return
            if value.scalar.umax >> 8 * size and value.id:
                value = number(value.scalar, value.node)
            rest = bytes(kind if kind in (NULL, INVALID) else MISC for kind in entry.types[size:])
            frame.stack[base] = Slot(bytes([SPILL] * size) + rest, value)
            return
        if value is not None and value.kind is not Kind.SCALAR:
            if size != 8:
                raise Refused("V1114", slot, "a part of a pointer cannot be saved on the stack", "use 64-bit variables")
            if value.kind is Kind.STACK and frame is not state.frame:
                raise Refused("V1114", slot, "the address of a local variable is stored into the caller's stack",
                              "store the value itself")  # fmt: skip
            frame.stack[base] = spilled(value)
            return
        kind = MISC
        if value is not None and value.is_zero:
            mark_precise(value.node)
            kind = NULL
        if entry.reg is not None:
            entry = unknown_slot(entry)
        start = low - base
        frame.stack[base] = Slot(entry.types[:start] + bytes([kind] * size) + entry.types[start + size :])

    def _store_somewhere(self, frame: Frame, slot: int, low: int, size: int, value: Reg | None) -> None:
        """One of these bytes, we do not know which, is written: nothing is known of any."""
        zero = value is not None and value.is_zero
        for base in range(low & ~7, low + size, 8):
            entry = frame.stack.get(base, _EMPTY)
            if zero and entry.reg is not None and entry.types[7] == SPILL and entry.reg.is_zero:
                assert value is not None
                mark_precise(entry.reg.node)
                mark_precise(value.node)
                continue
            types = bytearray(unknown_slot(entry).types if entry.reg is not None else entry.types)
            for at in range(max(base, low), min(base + 8, low + size)):
                kind = types[at - base]
                if kind == INVALID and not self.uninitialised_ok:
                    raise _never_written(slot, at)
                if kind == NULL and zero:
                    assert value is not None
                    mark_precise(value.node)
                else:
                    types[at - base] = MISC
            frame.stack[base] = Slot(bytes(types))

    # --- helpers ----------------------------------------------------------------------------------------------------

    def helper(self, state: State, slot: int, reg: Reg, size: int, *, write: bool, raw: bool) -> None:
        """A helper reads or writes `size` bytes at the register; `raw`: it fills them, they need no value before."""
        frame, low, high = self.bounds(state, slot, reg, 0, size)
        end = high + size
        if not raw or low != high:
            self.readable(frame, slot, low, end - low)
            self.mark_read(state, slot, reg.frame, low, end - low)
        if not write:
            return
        for base in range(low & ~7, end, 8):
            entry = frame.stack.get(base, _EMPTY)
            types = bytearray(unknown_slot(entry).types if entry.reg is not None else entry.types)
            for at in range(max(base, low), min(base + 8, end)):
                types[at - base] = MISC
            frame.stack[base] = Slot(bytes(types))


def _misaligned(slot: int, low: int, size: int) -> Refused:
    return Refused("V1113", slot, f"an access of {size} bytes to the stack at {low} is not aligned",
                   "align the variable, or copy with memcpy()")  # fmt: skip


def _never_written(slot: int, at: int) -> Refused:
    return Refused("V1115", slot, f"stack byte {at} is read, but not written on this path",
                   "give the variable a value where it is declared: = {}")  # fmt: skip

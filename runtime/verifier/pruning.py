"""Which paths need not be walked again: remembered states, and whether one of them covers the state at hand.

As in the kernel (is_state_visited, states_equal): the remembered state must allow everything the new one allows, in all
that can still be read. Numbers that were not needed precisely behind the remembered state may be any. Only states from
which every path has been walked to its end count.
"""

from __future__ import annotations

from dataclasses import dataclass

from .scalar import UNKNOWN, contains
from .state import INVALID, MISC, NULL, SPILL, Def, Frame, Kind, Reg, Slot, State, mark_precise, number, renumbered

# pointers whose unknown part may be compared as a range
_MOVABLE = frozenset({Kind.VALUE, Kind.MEM, Kind.PACKET, Kind.PACKET_META})
_ANYTHING = number(UNKNOWN, Def(-1))


@dataclass(slots=True, eq=False)
class Checkpoint:
    """A remembered state; `branches`: paths from it that are not yet walked to their end."""

    state: State
    parent: Checkpoint | None
    branches: int = 1
    hits: int = 0
    misses: int = 0
    cleaned: bool = False


def remember(state: State) -> State:
    """A copy of the state to keep. In both, every number gets a Def of its own: marks from now on concern it."""
    for frame in state.frames:
        regs = frame.regs
        for n, reg in enumerate(regs):
            if reg is not None and reg.kind is Kind.SCALAR:
                regs[n] = _renewed(reg)
        for at, slot in frame.stack.items():
            if slot.reg is not None and slot.reg.kind is Kind.SCALAR:
                frame.stack[at] = Slot(slot.types, _renewed(slot.reg))
    return state.copy()


def _renewed(reg: Reg) -> Reg:
    return renumbered(reg, reg.scalar, Def(reg.node.slot, (reg.node,), reg.node.lost))


def clean(state: State, live: list[int], alive: int) -> None:
    """Forget what is not read any more: `live[i]` are the live registers of frame i, `alive` all stack slots."""
    for depth, frame in enumerate(state.frames):
        for n in range(10):
            if not live[depth] >> n & 1:
                frame.regs[n] = None
        bits = alive >> 64 * depth
        for at in [at for at in frame.stack if not bits >> (-at // 8 - 1) & 1]:
            del frame.stack[at]


def hand_on(old: State, new: State) -> None:
    """The path ends here because `old` covers `new`: what had to be precise behind `old` must be so in `new` too."""
    for before, after in zip(old.frames, new.frames, strict=True):
        for n in range(10):
            was, now = before.regs[n], after.regs[n]
            if was is not None and was.node.precise and now is not None:
                mark_precise(now.node)
        for at, slot in before.stack.items():
            if slot.reg is not None and slot.reg.node.precise:
                counterpart = after.stack.get(at)
                if counterpart is not None and counterpart.reg is not None:
                    mark_precise(counterpart.reg.node)


class Comparison:
    """Compares one remembered state with a new one. Ids need not be equal, only to correspond one to one."""

    __slots__ = ("back", "exact", "ids")

    def __init__(self, exact: bool = False) -> None:
        self.exact = exact  # nothing at all may have changed
        self.ids: dict[int, int] = {}
        self.back: dict[int, int] = {}

    def covers(self, old: State, new: State, live: list[int]) -> bool:
        """True if everything that `new` allows, `old` allowed: then what follows is safe."""
        if len(old.frames) != len(new.frames) or len(old.refs) != len(new.refs):
            return False
        if (old.lock is None) != (new.lock is None):
            return False
        for depth, frame in enumerate(old.frames):
            if frame.call != new.frames[depth].call:
                return False
        if old.refs and not all(self.same_id(x, y) for x, y in zip(old.refs, new.refs, strict=True)):
            return False
        if old.lock is not None and new.lock is not None:
            if old.lock[0] != new.lock[0] or not self.same_id(old.lock[1], new.lock[1]):
                return False
        for depth in range(len(old.frames) - 1, -1, -1):
            if not self._frame(old.frames[depth], new.frames[depth], live[depth]):
                return False
        return True

    def _frame(self, old: Frame, new: Frame, live: int) -> bool:
        for n in range(10):
            before = old.regs[n]
            if before is None:
                if self.exact and new.regs[n] is not None and live >> n & 1:
                    return False
                continue  # it was not read then, and nothing went wrong
            if live >> n & 1:
                after = new.regs[n]
                if after is None or not self._register(before, after):
                    return False
        return all(self._slot(slot, new.stack.get(at)) for at, slot in old.stack.items())

    def same_id(self, old: int, new: int) -> bool:
        """Old ids map to new ones one to one; 0 to 0."""
        if not old or not new:
            return old == new
        return self.ids.setdefault(old, new) == new and self.back.setdefault(new, old) == old

    def _same_number_id(self, old: int, new: int) -> bool:
        """An old number that was tied to no other may be tied now, but no two old ones to the same."""
        if not old and not new:
            return True
        old = old or -len(self.ids) - 1
        new = new or -len(self.back) - 1
        return self.ids.setdefault(old, new) == new and self.back.setdefault(new, old) == old

    def _register(self, old: Reg, new: Reg) -> bool:
        if old.kind is not new.kind or old.null is not new.null:
            return False
        if self.exact:
            return self._same(old, new) and old.scalar == new.scalar and old.range == new.range
        if old.kind is Kind.SCALAR:
            if not old.node.precise:
                return True
            return (
                old.off == new.off and old.size == new.size and (old.scalar is new.scalar or contains(old.scalar, new.scalar))
                and self._same_number_id(old.id, new.id)
            )  # fmt: skip
        if old.kind in _MOVABLE:
            if (old.range < 0 or new.range < 0) and old.range != new.range:
                return False
            return self._same(old, new) and old.range <= new.range and contains(old.scalar, new.scalar)
        return self._same(old, new) and old.scalar == new.scalar

    def _same(self, old: Reg, new: Reg) -> bool:
        return (
            old.off == new.off and old.what == new.what and old.size == new.size and old.frame == new.frame
            and self.same_id(old.id, new.id) and self.same_id(old.ref, new.ref)
        )  # fmt: skip

    def _slot(self, old: Slot, new: Slot | None) -> bool:
        if self.exact:
            if new is None or old.types != new.types:
                return False
            return old.reg is None or (new.reg is not None and self._register(old.reg, new.reg))
        types = old.types
        if types.count(INVALID) + types.count(MISC) == 8:
            return True  # whoever reads it must take anything, and what was never written may be read
        if new is None:
            new = _NEVER_WRITTEN
        before, after = _whole(old), _whole(new)
        if before is not None and after is not None:
            return self._register(before, after)
        if old.reg is not None and (new.reg is None or not self._register(old.reg, new.reg)):
            return False
        return all(was == now or was not in (NULL, SPILL) for was, now in zip(types, new.types, strict=True))


_NEVER_WRITTEN = Slot(bytes(8))


def _whole(slot: Slot) -> Reg | None:
    """What loading all eight bytes gives, if it is a number."""
    if slot.reg is not None:
        return slot.reg if slot.types[7] == SPILL and slot.reg.kind is Kind.SCALAR else None
    return _ANYTHING if NULL not in slot.types else None

"""Stack objects that are never in use at the same time share their bytes: 512 are all a program has, and inlined functions
bring theirs each time.

    >>> print(before_and_after(share_objects, '''
    ... function @f(i32 %0 "x") -> i64 {
    ... .entry:
    ...   %1 = alloca 4, align 4, "a"
    ...   %2 = alloca 8, align 8, "b"
    ...   store.4 [%1 + 0], %0
    ...   %3 = call i64 helper 9001 @use(%1)
    ...   store.8 [%2 + 0], %3
    ...   %4 = call i64 helper 9001 @use(%2)
    ...   return %4
    ... }'''))
    function @f(i32 %0 "x") -> i64 {
    .entry:
      %1 = alloca 8, align 8, "b"
      store.4 [%1 + 0], %0
      %2 = call i64 helper 9001 @use(%1)
      store.8 [%1 + 0], %2
      %3 = call i64 helper 9001 @use(%1)
      return %3
    }

An object is in use between a write and a later read. Two that are in use together show at the write of one of them, where the
other has been written and will be read. Objects whose address is held somewhere share with nobody.
"""

from __future__ import annotations

from ..ir.cfg import reverse_postorder
from ..ir.model import Alloca, Atomic, Block, Call, Function, Instr, Load, MemCopy, MemSet, Store, Value
from .regions import captured_objects, place_of
from .simplify_cfg import replace

# (objects read, objects written, objects written whole), a bit an object
Event = tuple[int, int, int]


def share_objects(function: Function) -> None:
    """Put objects that are never in use together at one place."""
    captured = captured_objects(function)
    objects = [i for i in function.blocks[0].instrs if isinstance(i, Alloca) and i not in captured]
    if len(objects) < 2:
        return
    objects.sort(key=lambda alloca: (-alloca.size, -alloca.align))
    conflicts = _conflicts(function, objects)
    replaced: dict[Value, Value] = {}
    groups: list[tuple[Alloca, int, int]] = []  # the object that stays, all objects of the group, all that conflict
    for index, alloca in enumerate(objects):
        for place, (first, members, against) in enumerate(groups):
            if not against >> index & 1:
                first.align = max(first.align, alloca.align)
                replaced[alloca] = first
                groups[place] = (first, members | 1 << index, against | conflicts[index])
                break
        else:
            groups.append((alloca, 1 << index, conflicts[index]))
    if replaced:
        replace(function, replaced)
        entry = function.blocks[0]
        entry.instrs = [instr for instr in entry.instrs if instr not in replaced]


def _conflicts(function: Function, objects: list[Alloca]) -> list[int]:
    """For each object the others that are in use with it at some point."""
    bits: dict[Value, int] = {alloca: 1 << index for index, alloca in enumerate(objects)}
    order = reverse_postorder(function)
    events: dict[Block, list[Event]] = {
        block: [event for instr in block.instrs if (event := _event(instr, bits)) is not None] for block in order
    }
    written: dict[Block, int] = {}  # at the end of the block, on some way
    needed: dict[Block, int] = dict.fromkeys(order, 0)  # at its start, read before written whole, on some way
    changed = True
    while changed:
        changed = False
        for block in order:
            out = 0
            for before in block.predecessors:
                out |= written.get(before, 0)
            for _, writes, _ in events[block]:
                out |= writes
            if written.get(block) != out:
                written[block] = out
                changed = True
    changed = True
    while changed:
        changed = False
        for block in reversed(order):
            live = 0
            for after in block.successors():
                live |= needed[after]
            for reads, _, kills in reversed(events[block]):
                live = live & ~kills | reads
            if needed[block] != live:
                needed[block] = live
                changed = True
    conflicts = [0] * len(objects)
    for block in order:
        if not events[block]:
            continue
        here = 0
        for before in block.predecessors:
            here |= written.get(before, 0)
        reached = []
        for _, writes, _ in events[block]:
            reached.append(here)
            here |= writes
        live = 0
        for after in block.successors():
            live |= needed[after]
        for (reads, writes, kills), before_it in zip(reversed(events[block]), reversed(reached), strict=True):
            together = (live | reads) & (before_it | writes)
            rest = writes
            while rest:
                low = rest & -rest
                conflicts[low.bit_length() - 1] |= together & ~low
                rest ^= low
            live = live & ~kills | reads
    for index, others in enumerate(conflicts):
        rest = others
        while rest:
            low = rest & -rest
            conflicts[low.bit_length() - 1] |= 1 << index
            rest ^= low
    return conflicts


def _event(instr: Instr, bits: dict[Value, int]) -> Event | None:
    def bit(address: Value) -> int:
        return bits.get(place_of(address)[0], 0)

    match instr:
        case Load():
            found = bit(instr.operands[0])
            return (found, 0, 0) if found else None
        case Store(operands=[address, _]) | MemSet(operands=[address, _]):
            found = bit(address)
            if not found:
                return None
            root, at = place_of(address, instr.offset if isinstance(instr, Store) else 0)
            assert isinstance(root, Alloca)
            return 0, found, found if at == 0 and instr.size >= root.size else 0
        case MemCopy(operands=[to, source]):
            found = bit(to)
            root, at = place_of(to)
            whole = found if isinstance(root, Alloca) and at == 0 and instr.size >= root.size else 0
            return (bit(source), found, whole) if found or bit(source) else None
        case Atomic() | Call():
            found = 0
            for operand in instr.operands:
                found |= bit(operand)
            return (found, found, 0) if found else None
    return None

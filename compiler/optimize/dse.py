"""Dead stores: what is written to a stack object and overwritten, or left behind, before anything reads it.

    >>> print(before_and_after(dse, '''
    ... function @f(i32 %0 "x") -> i64 {
    ... .entry:
    ...   %1 = alloca 16, align 8, "key"
    ...   store.8 [%1 + 0], 0
    ...   store.8 [%1 + 8], 0
    ...   store.4 [%1 + 0], %0
    ...   store.4 [%1 + 4], 7
    ...   %2 = call i64 helper 9001 @use(%1)
    ...   store.4 [%1 + 0], 9
    ...   return %2
    ... }'''))
    function @f(i32 %0 "x") -> i64 {
    .entry:
      %1 = alloca 16, align 8, "key"
      store.8 [%1 + 8], 0
      store.4 [%1 + 0], %0
      store.4 [%1 + 4], 7
      %2 = call i64 helper 9001 @use(%1)
      return %2
    }

One walk from the end to the start, with a bit for each byte that will be overwritten before it is read. Objects whose address
is held somewhere are left alone; a helper counts as reading all of an object it is passed.
"""

from __future__ import annotations

from ..ir.cfg import reverse_postorder
from ..ir.model import Alloca, Atomic, Call, Function, Instr, Load, MemCopy, MemSet, Store, Value
from .regions import captured_objects, place_of

# bytes of an object that will be overwritten before they are read, a bit a byte
Doomed = dict[Value, int]

_LARGEST = 1 << 16  # bytes of an object that a bit each is kept for; no stack is that large


def dse(function: Function) -> None:
    """Remove stores to stack objects that nothing can read."""
    captured = captured_objects(function)
    objects: Doomed = {
        i: (1 << i.size) - 1
        for i in function.blocks[0].instrs if isinstance(i, Alloca) and i.size <= _LARGEST and i not in captured
    }
    if not objects:
        return
    at_start: dict[object, Doomed] = {}
    for block in reversed(reverse_postorder(function)):
        after = block.successors()
        if not after:
            doomed: Doomed = dict(objects)
        elif all(target in at_start for target in after):
            first, *rest = (at_start[target] for target in after)
            doomed = dict(first)
            for other in rest:
                for alloca in doomed:
                    doomed[alloca] &= other[alloca]
        else:
            doomed = dict.fromkeys(objects, 0)
        dead = {instr for instr in reversed(block.instrs) if _step(instr, doomed)}
        if dead:
            block.instrs = [instr for instr in block.instrs if instr not in dead]
        at_start[block] = doomed


def _step(instr: Instr, doomed: Doomed) -> bool:
    """Change `doomed` from what holds behind `instr` to what holds before it; True if `instr` writes doomed bytes only."""
    match instr:
        case Store() if not instr.volatile:
            return _write(instr.operands[0], instr.offset, instr.size, doomed)
        case MemSet():
            return _write(instr.operands[0], 0, instr.size, doomed)
        case MemCopy():
            if _write(instr.operands[0], 0, instr.size, doomed):
                return True
            _read(instr.operands[1], 0, instr.size, doomed)
        case Load() | Store() | Atomic():
            _read(instr.operands[0], instr.offset, instr.size, doomed)
        case Call():
            for operand in instr.operands:
                root = place_of(operand)[0]
                if root in doomed:
                    doomed[root] = 0
    return False


def _write(address: Value, offset: int, size: int, doomed: Doomed) -> bool:
    root, at = place_of(address, offset)
    if root not in doomed or at is None or not 0 <= at <= _LARGEST:
        return False
    bytes_ = ((1 << size) - 1) << at
    if bytes_ & ~doomed[root] == 0:
        return True
    doomed[root] |= bytes_
    return False


def _read(address: Value, offset: int, size: int, doomed: Doomed) -> None:
    root, at = place_of(address, offset)
    if root in doomed:
        doomed[root] &= ~(((1 << size) - 1) << at) if at is not None and 0 <= at <= _LARGEST else 0

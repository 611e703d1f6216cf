"""Removes what nobody needs: pure values and plain loads without uses, phis that only feed each other, and stack objects that
are written but never read.

    >>> print(before_and_after(dce, '''
    ... function @f(ptr %0 "p", i32 %1 "x") -> i32 {
    ... .entry:
    ...   %2 = alloca 4, align 4, "unread"
    ...   store.4 [%2 + 0], %1
    ...   %3 = load.4 i32 [%0 + 0]
    ...   %4 = load.4 volatile i32 [%0 + 4]
    ...   %5 = add i32 %3, 1
    ...   return %1
    ... }'''))
    function @f(ptr %0 "p", i32 %1 "x") -> i32 {
    .entry:
      %2 = load.4 volatile i32 [%0 + 4]
      return %1
    }
"""

from __future__ import annotations

from ..ir.model import Alloca, Asm, Atomic, Call, Function, Instr, Load, MemCopy, MemSet, PtrAdd, Store, Value


def dce(function: Function) -> None:
    """Keep what has an effect and what that uses."""
    live: set[Value] = set()
    work: list[Instr] = []
    written: dict[Value, list[Instr]] = {}  # address -> writes that matter only if their object is read
    for block in function.blocks:
        for instr in block.instrs:
            if _acts(instr):
                root = _stack_object(instr)
                if root is None:
                    live.add(instr)
                    work.append(instr)
                else:
                    written.setdefault(root, []).append(instr)
        if block.terminator is not None:
            work.append(block.terminator)
    while work:
        for operand in work.pop().operands:
            if operand not in live and isinstance(operand, Instr):
                live.add(operand)
                work.append(operand)
                if isinstance(operand, Alloca):
                    for write in written.pop(operand, ()):
                        if write not in live:
                            live.add(write)
                            work.append(write)
    for block in function.blocks:
        block.instrs = [instr for instr in block.instrs if instr in live]


def _acts(instr: Instr) -> bool:
    match instr:
        case Load(volatile=volatile):
            return volatile
        case Asm():
            return instr.volatile or bool(instr.clobbers)
        case Store() | Call() | Atomic() | MemCopy() | MemSet():
            return True
    return False


def _stack_object(instr: Instr) -> Alloca | None:
    """The stack object that a write goes to, if only reads of that object can make it matter."""
    if not isinstance(instr, Store | MemCopy | MemSet) or (isinstance(instr, Store) and instr.volatile):
        return None
    address = instr.operands[0]
    while isinstance(address, PtrAdd):
        address = address.operands[0]
    return address if isinstance(address, Alloca) else None

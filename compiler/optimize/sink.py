"""Values that only one side of a branch uses are made there: the other side is spared them, and loads wait for the check
that the program makes before it uses what it has loaded.

    >>> print(before_and_after(sink, '''
    ... function @f(ptr %0 "p", i64 %1 "room") -> i64 {
    ... .entry:
    ...   %2 = load.1 i32 [%0 + 0]
    ...   %3 = shl i32 %2, 2
    ...   %4 = ult i64 %1, 20
    ...   branch %4, .none, .some
    ... .none from .entry:
    ...   return i64 0
    ... .some from .entry:
    ...   %5 = zext %3
    ...   return %5
    ... }'''))
    function @f(ptr %0 "p", i64 %1 "room") -> i64 {
    .entry:
      %2 = ult i64 %1, 20
      branch %2, .none, .some
    .none from .entry:
      return i64 0
    .some from .entry:
      %3 = load.1 i32 [%0 + 0]
      %4 = shl i32 %3, 2
      %5 = zext %4
      return %5
    }

The verifier refuses a load from the packet before its bounds check, and clang's output, which makes the same moves, has taught
programs to be careless about it. Nothing moves into a loop (a side has one way in), no load moves over what may write memory,
and nothing moves that would keep more registers busy.
"""

from __future__ import annotations

from ..ir.dominators import DominatorTree
from ..ir.model import (
    Alloca,
    Binary,
    Block,
    Compare,
    Constant,
    Function,
    Instr,
    Load,
    Phi,
    PtrAdd,
    SymbolAddr,
    Unary,
    Value,
)
from .effects import clobber_of


def sink(function: Function) -> None:
    """Move what is used on one side of a branch to that side."""
    tree = DominatorTree(function)
    readers = _readers(function)
    for block in tree.order:
        sides = [side for side in dict.fromkeys(block.successors()) if len(side.predecessors) == 1]
        if sides and len(set(block.successors())) > 1:
            _sink(block, sides, tree, readers)


def _sink(block: Block, sides: list[Block], tree: DominatorTree, readers: dict[Value, list[Block]]) -> None:
    moved: dict[Block, list[Instr]] = {side: [] for side in sides}
    kept: list[Instr] = []
    end = block.terminator
    written = not (end is None or clobber_of(end) is None)
    for instr in reversed(block.instrs):
        match instr:
            case Load(volatile=False):
                movable = not written
            case Binary() | Unary() | PtrAdd() | Compare():
                movable = True
            case _:
                movable = False
                written = written or clobber_of(instr) is not None
        side = _side(instr, sides, tree, readers) if movable else None
        if side is None:
            kept.append(instr)
            continue
        moved[side].append(instr)
        instr.block = side
        for operand in instr.operands:
            if operand in readers:
                readers[operand][readers[operand].index(block)] = side
    block.instrs = kept[::-1]
    for side, instrs in moved.items():
        first = sum(1 for _ in side.phis())
        side.instrs[first:first] = instrs[::-1]


def _side(instr: Instr, sides: list[Block], tree: DominatorTree, readers: dict[Value, list[Block]]) -> Block | None:
    """The one side that all uses of `instr` are on, if it is worth moving there."""
    users = readers.get(instr)
    if not users:
        return None
    for side in sides:
        if all(tree.dominates(side, user) for user in users):
            break
    else:
        return None
    busy = {operand for operand in instr.operands if not isinstance(operand, Constant | SymbolAddr | Alloca)}
    longer = [operand for operand in busy if not any(tree.dominates(side, user) for user in readers[operand])]
    return side if len(longer) < 2 else None


def _readers(function: Function) -> dict[Value, list[Block]]:
    """For each instruction, the block of each of its uses; a phi uses its operands at the end of the blocks they come from."""
    found: dict[Value, list[Block]] = {}
    for block in function.blocks:
        for instr in block.instrs:
            if isinstance(instr, Phi):
                for came, operand in zip(block.predecessors, instr.operands, strict=True):
                    found.setdefault(operand, []).append(came)
                continue
            for operand in instr.operands:
                found.setdefault(operand, []).append(block)
        if block.terminator is not None:
            for operand in block.terminator.operands:
                found.setdefault(operand, []).append(block)
    return found

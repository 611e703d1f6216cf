"""Blocks that do the same become one.

    >>> print(before_and_after(merge_blocks, '''
    ... function @f(i32 %0 "x", i32 %1 "y") -> i32 {
    ... .entry:
    ...   branch %0, .a, .next
    ... .next from .entry:
    ...   branch %1, .b, .c
    ... .a from .entry:
    ...   return i32 2
    ... .b from .next:
    ...   return i32 2
    ... .c from .next:
    ...   return i32 1
    ... }'''))
    function @f(i32 %0 "x", i32 %1 "y") -> i32 {
    .entry:
      branch %0, .b, .next
    .next from .entry:
      branch %1, .b, .c
    .b from .next, .entry:
      return i32 2
    .c from .next:
      return i32 1
    }

They use the same values: no phi is made to join different ones, because the verifier wants one kind of pointer at a load.
"""

from __future__ import annotations

from typing import Any

from ..ir.cfg import remove_edge, reverse_postorder
from ..ir.model import Asm, Block, Branch, Constant, Function, Instr, Phi, Undef, Value

# longer blocks are hardly ever equal
_MOST_INSTRS = 24


def merge_blocks(function: Function) -> None:
    """Merge equal blocks, those near the exit first, so that what leads to them can be equal too."""
    outside = _used_outside(function)
    found: dict[Any, Block] = {}
    gone: set[Block] = set()
    for block in reversed(reverse_postorder(function)):
        if block is function.blocks[0] or len(block.instrs) > _MOST_INSTRS or block.terminator is None:
            continue
        if any(isinstance(instr, Phi) or instr in outside for instr in block.instrs):
            continue
        key = _key(block)
        first = found.setdefault(key, block)
        if first is not block and _redirect(block, first):
            gone.add(block)
    if gone:
        function.blocks = [block for block in function.blocks if block not in gone]


def _used_outside(function: Function) -> set[Value]:
    """Values used in other blocks than their own."""
    result: set[Value] = set()
    for block in function.blocks:
        for instr in [*block.instrs, *([block.terminator] if block.terminator else [])]:
            for operand in instr.operands:
                if isinstance(operand, Instr) and (operand.block is not block or isinstance(instr, Phi)):
                    result.add(operand)
    return result


def _key(block: Block) -> Any:
    numbers: dict[Value, int] = {}

    def operand(value: Value) -> Any:
        if isinstance(value, Constant):
            return value
        if isinstance(value, Undef):
            return "undef", value.type
        return numbers.get(value, value)

    rows: list[Any] = []
    for instr in block.instrs:
        numbers[instr] = len(rows)
        rows.append((_shape(instr), *map(operand, instr.operands)))
    end = block.terminator
    assert end is not None
    rows.append((type(end), *map(operand, end.operands)))
    for target in end.targets:
        index = target.predecessors.index(block)
        rows.append((target, *(operand(phi.operands[index]) for phi in target.phis())))
    return tuple(rows)


# slots that say what an instruction does; its operands are compared by themselves
_SHAPE_SLOTS = ("op", "offset", "size", "volatile", "fetch", "align", "move", "kind", "symbol", "addend", "number")


def _shape(instr: Instr) -> Any:
    if isinstance(instr, Asm):
        return (Asm, instr.type, instr.template, instr.output, tuple(instr.inputs), instr.tied, instr.clobbers, instr.volatile)
    return (type(instr), instr.type, *(getattr(instr, slot, None) for slot in _SHAPE_SLOTS))


def _redirect(block: Block, first: Block) -> bool:
    """Send all who go to `block` to `first`."""
    if isinstance(block.terminator, Branch) and block.terminator.targets[0] is block.terminator.targets[1]:
        return False
    for before in dict.fromkeys(block.predecessors):
        assert before.terminator is not None
        before.terminator.targets = [first if target is block else target for target in before.terminator.targets]
        first.predecessors += [before] * block.predecessors.count(before)
    for target in dict.fromkeys(block.successors()):
        remove_edge(target, target.predecessors.index(block))
    return True

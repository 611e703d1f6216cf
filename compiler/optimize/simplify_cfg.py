"""Tidies control flow: drops what cannot run, decides constant branches, joins straight lines, walks around empty blocks.

    >>> print(before_and_after(simplify_cfg, '''
    ... function @f(i32 %0 "x") -> i32 {
    ... .entry:
    ...   branch 1, .a, .b
    ... .a from .entry:
    ...   %1 = add i32 %0, 1
    ...   branch %1, .empty, .c
    ... .empty from .a:
    ...   jump .d
    ... .b from .entry:
    ...   jump .c
    ... .c from .a, .b:
    ...   %2 = phi i32 [.a: 5, .b: 6]
    ...   %3 = add i32 %2, %0
    ...   jump .d
    ... .d from .empty, .c:
    ...   %4 = phi i32 [.empty: 1, .c: %3]
    ...   return %4
    ... }'''))
    function @f(i32 %0 "x") -> i32 {
    .entry:
      %1 = add i32 %0, 1
      branch %1, .d, .c
    .c from .entry:
      %2 = add i32 5, %0
      jump .d
    .d from .c, .entry:
      %3 = phi i32 [.c: %2, .entry: 1]
      return %3
    }
"""

from __future__ import annotations

from ..ir.cfg import edge_index, remove_edge, remove_unreachable
from ..ir.model import Block, Branch, Constant, Function, Jump, Phi, Undef, Unreachable, Value


def simplify_cfg(function: Function) -> None:
    """Tidy the graph of `function`. It has no unreachable blocks afterwards."""
    while True:
        decided = _decide(function)
        remove_unreachable(function)
        replaced: dict[Value, Value] = {}
        _drop_single_phis(function, replaced)
        joined = _join(function, replaced)
        if replaced:
            replace(function, replaced)
        around = _walk_around(function)
        if not (decided or joined or around):
            return


def replace(function: Function, replaced: dict[Value, Value]) -> None:
    """Put replaced[v] (followed to its end) wherever v is used."""
    for block in function.blocks:
        for instr in [*block.instrs, *([block.terminator] if block.terminator else [])]:
            operands = instr.operands
            for index, operand in enumerate(operands):
                if operand in replaced:
                    while operand in replaced:
                        operand = replaced[operand]
                    operands[index] = operand


def make_jump(block: Block, target: Block) -> None:
    """End `block` with a jump to `target`, which it had as a target before; edges are the caller's to mend."""
    assert block.terminator is not None
    jump = Jump(target, block.terminator.span)
    jump.block = block
    block.terminator = jump


def _decide(function: Function) -> bool:
    """Branches on constants, to one place twice, or to where control cannot be become jumps."""
    changed = False
    for block in function.blocks:
        branch = block.terminator
        if not isinstance(branch, Branch):
            continue
        condition = branch.operands[0]
        first, second = branch.targets
        if isinstance(condition, Constant):
            lost = 1 if condition.value else 0
        elif isinstance(condition, Undef) or _is_dead_end(second):
            lost = 1
        elif _is_dead_end(first):
            lost = 0
        elif first is second and _same_values(block, first):
            lost = 1
        else:
            continue
        remove_edge(branch.targets[lost], edge_index(block, lost))
        make_jump(block, branch.targets[1 - lost])
        changed = True
    return changed


def _is_dead_end(block: Block) -> bool:
    return not block.instrs and isinstance(block.terminator, Unreachable)


def _same_values(block: Block, target: Block) -> bool:
    one, two = (index for index, before in enumerate(target.predecessors) if before is block)
    return all(_same(phi.operands[one], phi.operands[two]) for phi in target.phis())


def _same(a: Value, b: Value) -> bool:
    return a is b or (isinstance(a, Constant) and a == b)


def _drop_single_phis(function: Function, replaced: dict[Value, Value]) -> None:
    """Phis of one predecessor are copies."""
    for block in function.blocks:
        if len(block.predecessors) == 1 and block.instrs and isinstance(block.instrs[0], Phi):
            phis = list(block.phis())
            for phi in phis:
                replaced[phi] = phi.operands[0]
            del block.instrs[: len(phis)]


def _join(function: Function, replaced: dict[Value, Value]) -> bool:
    """A block and the only block after it, if nothing else goes there, are one."""
    gone: set[Block] = set()
    for block in function.blocks:
        if block in gone:
            continue
        while isinstance(block.terminator, Jump):
            target = block.terminator.targets[0]
            if len(target.predecessors) != 1 or target is block or target is function.blocks[0]:
                break
            assert target.terminator is not None
            for instr in target.instrs:
                instr.block = block
            block.instrs += target.instrs
            block.terminator = target.terminator
            block.terminator.block = block
            if block.unroll is None:
                block.unroll = target.unroll
            for after in dict.fromkeys(target.successors()):
                after.predecessors = [block if before is target else before for before in after.predecessors]
            gone.add(target)
    if gone:
        function.blocks = [block for block in function.blocks if block not in gone]
    return bool(gone)


def _walk_around(function: Function) -> bool:
    """Whoever goes to a block that only jumps on goes where it jumps, unless that would need two values for one edge."""
    changed = False
    for block in function.blocks[1:]:
        if block.instrs or not isinstance(block.terminator, Jump) or not block.predecessors:
            continue
        target = block.terminator.targets[0]
        if target is block:
            continue
        index = target.predecessors.index(block)
        phis = list(target.phis())
        values = [phi.operands[index] for phi in phis]
        for before in list(dict.fromkeys(block.predecessors)):
            if before in target.predecessors:
                other = target.predecessors.index(before)
                if not all(_same(phi.operands[other], value) for phi, value in zip(phis, values, strict=True)):
                    continue
            assert before.terminator is not None
            for which, successor in enumerate(before.terminator.targets):
                if successor is block:
                    before.terminator.targets[which] = target
                    target.predecessors.append(before)
                    for phi, value in zip(phis, values, strict=True):
                        phi.operands.append(value)
            block.predecessors = [other for other in block.predecessors if other is not before]
            changed = True
    return changed

"""`hoist_moves`: moves that wait on one side of a branch are made before it, where that saves the jump around them.

       if r1 > 7 goto a                          r2 = 3
       r2 = 5                                    if r1 > 7 goto c
       goto c                           ->       r2 = 5
    a: r2 = 3                                 c: ...
    c: ...

The other side must not need the old value. Only moves and numbers move: they cost next to nothing and cannot fail.
"""

from __future__ import annotations

from collections import Counter

from .liveness import definitions, live_in, live_out
from .machine import ASM, FIRST_VIRTUAL, MOV32_K, MOV_K, MOV_X, MachineBlock, MachineFunction

_MOST = 2  # moves that are worth making on both ways


def hoist_moves(function: MachineFunction) -> None:
    """Improve `function`, whose registers are real. A block that is hoisted becomes empty, and is skipped."""
    out = live_out(function)
    into = {block: live_in(block, out[block]) for block in function.blocks}
    entering = Counter(target for block in function.blocks for target in block.targets)
    for block in function.blocks:
        if block.branch is None or block.branch.op == ASM or len(set(block.targets)) < 2:
            continue
        for which in (0, 1):
            side, other = block.targets[which], block.targets[1 - which]
            if entering[side] == 1 and _is_hoistable(side, block, into[other]) and entering[side.targets[0]] > 1:
                block.instrs += side.instrs
                side.instrs = []
                block.targets[which] = side.targets[0]
                break


def _is_hoistable(side: MachineBlock, block: MachineBlock, needed: int) -> bool:
    if side.branch is not None or len(side.targets) != 1 or not 1 <= len(side.instrs) <= _MOST or side.targets[0] is side:
        return False
    assert block.branch is not None
    for register in block.branch.uses():
        needed |= 1 << register
    return all(
        instr.op in (MOV_K, MOV32_K, MOV_X) and instr.dst < FIRST_VIRTUAL and not definitions(instr) & needed
        for instr in side.instrs
    )

"""`drop_known`: a register that a branch has just shown to hold a number is not set to that number again.

    if r0 == 0 goto a               if r0 == 0 goto a
    ...                     ->      ...
    a: r0 = 0                       a: exit
       exit

The verifier draws the same conclusion, also for a helper's result that is null, and for copies of the register. To a pointer
that it never takes for null (to a packet, into the stack) it follows the branch for null all the same, and it stays a pointer.
"""

from __future__ import annotations

from ..object import isa
from .liveness import bits, definitions
from .machine import MOV_K, MachineBlock, MachineFunction

_EQUAL, _DIFFERENT = isa.JMP | isa.JEQ, isa.JMP | isa.JNE


def drop_known(function: MachineFunction) -> None:
    """Improve `function`, whose registers are real, in place."""
    facts: dict[MachineBlock, dict[int, int] | None] = dict.fromkeys(function.blocks)
    for block in function.blocks:
        for which, target in enumerate(block.targets):
            shown = _shown(block) if block.branch is not None and which == _equal_side(block) else {}
            before = facts[target]
            facts[target] = shown if before is None else dict(before.items() & shown.items())
    entry = function.blocks[0]
    for block in function.blocks:
        known = facts[block]
        if known and block is not entry:
            _drop(block, known)


def _equal_side(block: MachineBlock) -> int:
    """Which target the block goes to if its comparison with a number finds both equal; -1 for other branches."""
    assert block.branch is not None
    if block.branch.origin and not block.branch.origin.startswith("call "):
        return -1
    if len(block.targets) == 2 and block.targets[0] is block.targets[1]:
        return -1
    return {_EQUAL: 0, _DIFFERENT: 1}.get(block.branch.op, -1)


def _shown(block: MachineBlock) -> dict[int, int]:
    """The registers, with their number, that are the compared one or were copied from or to it."""
    assert block.branch is not None
    same = {block.branch.dst}
    lost: set[int] = set()
    for instr in reversed(block.instrs):
        if instr.is_move and instr.dst in same and instr.dst not in lost:
            if instr.src not in lost:
                same.add(instr.src)
            break
        lost.update(bits(definitions(instr)))
        if same & lost:
            break
    return dict.fromkeys(same, block.branch.imm)


def _drop(block: MachineBlock, known: dict[int, int]) -> None:
    kept = []
    known = dict(known)
    for instr in block.instrs:
        if instr.op == MOV_K and instr.core is None and known.get(instr.dst) == instr.imm:
            continue
        for register in bits(definitions(instr)):
            known.pop(register, None)
        kept.append(instr)
    block.instrs = kept

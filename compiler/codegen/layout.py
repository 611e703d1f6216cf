"""`lay_out`: the order of blocks, jumps inverted where that saves one, and what falls through."""

from __future__ import annotations

from ..object import isa
from .machine import ASM, EXIT, Instr, MachineBlock, MachineFunction

_INVERTED = {
    isa.JEQ: isa.JNE, isa.JNE: isa.JEQ, isa.JGT: isa.JLE, isa.JLE: isa.JGT, isa.JGE: isa.JLT, isa.JLT: isa.JGE,
    isa.JSGT: isa.JSLE, isa.JSLE: isa.JSGT, isa.JSGE: isa.JSLT, isa.JSLT: isa.JSGE,
}  # fmt: skip
_LESS = frozenset({isa.JLT, isa.JLE, isa.JSLT, isa.JSLE})


def lay_out(function: MachineFunction) -> None:
    """Reorder `function.blocks`; afterwards a block ends with its branch to targets[0], then goes on to targets[1] (or
    targets[0] without a branch, the last behind asm goto) by falling through if that comes next."""
    entry = function.blocks[0]
    skip_empty(function)
    order = _order(entry)
    following = {block: order[i + 1] if i + 1 < len(order) else None for i, block in enumerate(order)}
    for block in order:
        if block.branch is not None and block.branch.op != ASM:
            if block.targets[0] is block.targets[1]:
                block.branch, block.targets = None, block.targets[:1]
            elif block.targets[0] is following[block]:
                inverted = _INVERTED.get(block.branch.op & 0xF0)
                if inverted is not None and (function.cpu >= 2 or inverted not in _LESS):
                    block.branch.op = block.branch.op & 0x0F | inverted
                    block.targets.reverse()
    function.blocks = _copy_exits(order)


def _copy_exits(order: list[MachineBlock]) -> list[MachineBlock]:
    """With an exit instead of a jump to one, which is as short. Exits that nobody goes to any more are dropped: the verifier
    refuses what cannot be reached."""
    made: list[MachineBlock] = []
    for i, block in enumerate(order):
        made.append(block)
        target = block.targets[-1] if block.targets else block
        following = order[i + 1] if i + 1 < len(order) else None
        if target is not following and _only_exits(target) and target is not block:
            span = block.branch.span if block.branch else block.instrs[-1].span if block.instrs else None
            again = Instr(EXIT, span=span, arguments=target.instrs[0].arguments)
            made.append(MachineBlock(f"{target.name}.copy", [again], depth=target.depth))
            block.targets = [*block.targets[:-1], made[-1]]
    entered = {target for block in made for target in block.targets}
    return [block for block in made if block in entered or block is made[0] or not _only_exits(block)]


def _only_exits(block: MachineBlock) -> bool:
    return len(block.instrs) == 1 and block.instrs[0].op == EXIT


def skip_empty(function: MachineFunction) -> None:
    """Jumps to a block that only jumps on go there at once."""
    def final(block: MachineBlock) -> MachineBlock:
        seen = set()
        while not block.instrs and block.branch is None and len(block.targets) == 1 and block not in seen:
            seen.add(block)
            block = block.targets[0]
        return block

    for block in function.blocks:
        block.targets = [final(target) for target in block.targets]


def _order(entry: MachineBlock) -> list[MachineBlock]:
    """Depth first, a block followed by the successor it can fall into; the taken side of a branch waits."""
    order: list[MachineBlock] = []
    placed: set[MachineBlock] = set()
    entering: dict[MachineBlock, int] = {}
    work = [entry]
    seen = {entry}
    while work:
        block = work.pop()
        for target in block.targets:
            entering[target] = entering.get(target, 0) + 1
            if target not in seen:
                seen.add(target)
                work.append(target)
    waiting = [entry]
    while waiting:
        here: MachineBlock | None = waiting.pop()
        while here is not None and here not in placed:
            order.append(here)
            placed.add(here)
            for target in here.targets:
                entering[target] -= 1
            fresh = [target for target in reversed(here.targets) if target not in placed]
            # rather go on where nothing else still has to come from: a join is placed after its last predecessor
            following = next((t for t in fresh if not entering[t]), fresh[0] if fresh else None)
            if here.branch is not None and here.branch.op == ASM and here.targets[-1] not in placed:
                following = here.targets[-1]  # nobody can invert it; its labels are what is unlikely
            waiting += [t for t in reversed(fresh) if t is not following]
            here = following
    return order

"""`put_islands`: jumps that are too far for 16 bits go over islands, each a jump of its own between two other blocks.

              if r1 == 5 goto .end                     if r1 == 5 goto .island
              ...20000 instructions...                 ...20000 instructions...
                                                       goto .over
                                                     .island:
                                             ->        goto .end
                                                     .over:
              ...20000 instructions...                 ...20000 instructions...
        .end: exit                               .end: exit

An island lies behind a block that does not fall through, where there is one. From -mcpu=v4 on there are longer jumps.
"""

from __future__ import annotations

from bisect import bisect_right

from .machine import MachineBlock, MachineFunction

_REACH = 30_000  # slots; islands push blocks apart
_LONGEST = 500  # instructions of a block, so that there is always a place between two
_NEAR = 2_000  # slots before the farthest place, where one is looked for that is not fallen through


def split_long(function: MachineFunction) -> None:
    """Cut long blocks up into blocks that fall into each other."""
    made: list[MachineBlock] = []
    for block in function.blocks:
        made.append(block)
        while len(made[-1].instrs) > _LONGEST:
            head = made[-1]
            tail = MachineBlock(f"{block.name}.rest", head.instrs[_LONGEST:], head.branch, head.targets, block.depth)
            head.instrs, head.branch, head.targets = head.instrs[:_LONGEST], None, [tail]
            made.append(tail)
    function.blocks = made


def put_islands(function: MachineFunction, starts: dict[MachineBlock, int], far: list[tuple[int, MachineBlock, int]]) -> None:
    """Lead the jumps `far` over islands: (the slot of the jump, its block, which of its targets)."""
    blocks = function.blocks
    slots = [starts[block] for block in blocks]
    islands: dict[MachineBlock, list[tuple[int, MachineBlock]]] = {}  # of a target: slot and island
    behind: dict[int, list[MachineBlock]] = {}  # islands to be put behind the block of this index
    for site, block, which in far:
        target = block.targets[which]
        direction = 1 if starts[target] > site else -1
        known = next((island for slot, island in islands.get(target, ())
                      if 0 < (slot - site) * direction < _REACH), None)  # fmt: skip
        if known is None:
            index = _place(blocks, slots, site + direction * _REACH)
            known = MachineBlock(f"{target.name}.island", [], None, [target], 0)
            behind.setdefault(index, []).append(known)
            islands.setdefault(target, []).append((slots[index + 1], known))
        block.targets[which] = known
    function.blocks = [made for index, block in enumerate(blocks) for made in (block, *behind.get(index, ()))]


def _place(blocks: list[MachineBlock], slots: list[int], limit: int) -> int:
    """The index of a block, not the last, that ends before slot `limit` and near it; best one that does not fall through."""
    last = min(max(bisect_right(slots, limit) - 2, 0), len(blocks) - 2)
    for index in range(last, -1, -1):
        if slots[index + 1] < slots[last + 1] - _NEAR:
            break
        if not blocks[index].targets or blocks[index].targets[-1] is not blocks[index + 1]:
            return index
    return last

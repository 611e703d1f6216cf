"""`loop_depths`: how many natural loops are around each block (Muchnick 7.4)."""

from __future__ import annotations

from .dominators import DominatorTree
from .model import Block, Function


def loop_depths(function: Function) -> dict[Block, int]:
    """The number of loops each reachable block is in. Loops that share a header count once."""
    tree = DominatorTree(function)
    bodies: dict[Block, set[Block]] = {}
    depths = dict.fromkeys(function.blocks, 0)
    for block in function.blocks:
        for header in block.successors():
            if tree.dominates(header, block):
                body = bodies.setdefault(header, {header})
                work = [block]
                while work:
                    inside = work.pop()
                    if inside not in body:
                        body.add(inside)
                        work += inside.predecessors
    for body in bodies.values():
        for block in body:
            depths[block] += 1
    return depths

"""Natural loops: for each block that dominates a block jumping back to it, the blocks of the loop it heads."""

from __future__ import annotations

from .dominators import DominatorTree
from .model import Block


def natural_loops(tree: DominatorTree) -> dict[Block, set[Block]]:
    """Header -> the loop's blocks, the header included; loops of one header are one. Inner loops come before outer ones.

    Cycles that no block dominates (irreducible, only `goto` makes them) are not loops here.
    """
    loops: dict[Block, set[Block]] = {}
    for header in reversed(tree.order):
        latches = [block for block in header.predecessors if block in tree.number and tree.dominates(header, block)]
        if not latches:
            continue
        body = {header}
        work = [block for block in latches if block is not header]
        while work:
            block = work.pop()
            if block not in body:
                body.add(block)
                work += [before for before in block.predecessors if before in tree.number]
        loops[header] = body
    return loops

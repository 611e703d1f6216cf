"""The control flow graph: orders of blocks, edges, critical edges. All walks are iterative: functions get large."""

from __future__ import annotations

from .model import Block, Function, Jump, Phi, Value


def reverse_postorder(function: Function) -> list[Block]:
    """The blocks that control can reach, each before its successors except along back edges."""
    order: list[Block] = []
    entry = function.blocks[0]
    seen = {entry}
    stack = [(entry, iter(reversed(entry.successors())))]
    while stack:
        block, rest = stack[-1]
        for successor in rest:
            if successor not in seen:
                seen.add(successor)
                stack.append((successor, iter(reversed(successor.successors()))))
                break
        else:
            order.append(block)
            stack.pop()
    order.reverse()
    return order


def rebuild_predecessors(function: Function) -> None:
    """Fill `predecessors` from the terminators. For functions without phis only: phis rely on the order."""
    for block in function.blocks:
        block.predecessors = []
    for block in function.blocks:
        for successor in block.successors():
            successor.predecessors.append(block)


def edge_index(source: Block, which: int) -> int:
    """The position in `target.predecessors` of the edge `source.successors()[which]`.

    A block that branches twice to one target stands twice among its predecessors, in the order of the branch's targets.
    """
    target = source.successors()[which]
    before = sum(1 for other in source.successors()[:which] if other is target)
    index = -1
    for _ in range(before + 1):
        index = target.predecessors.index(source, index + 1)
    return index


def remove_edge(target: Block, index: int) -> None:
    """Forget the `index`-th predecessor of `target` and its operand in each phi. The terminator is the caller's to change."""
    del target.predecessors[index]
    for phi in target.phis():
        del phi.operands[index]


def remove_unreachable(function: Function) -> bool:
    """Drop the blocks that control cannot reach, and their edges; True if there were any."""
    reached = set(reverse_postorder(function))
    if len(reached) == len(function.blocks):
        return False
    function.blocks = [block for block in function.blocks if block in reached]
    for block in function.blocks:
        for index in range(len(block.predecessors) - 1, -1, -1):
            if block.predecessors[index] not in reached:
                remove_edge(block, index)
    return True


def add_edge(source: Block, target: Block, values: list[Value]) -> None:
    """Add `source` as the last predecessor of `target`, with a value for each phi. The caller changes the terminator."""
    target.predecessors.append(source)
    for phi, value in zip(target.phis(), values, strict=True):
        phi.operands.append(value)


def split_edge(function: Function, source: Block, which: int) -> Block:
    """Put an empty block on the edge `source.successors()[which]` and return it; it is placed behind `source`."""
    assert source.terminator is not None
    target = source.successors()[which]
    middle = Block(f"{source.name}.{target.name}")
    target.predecessors[edge_index(source, which)] = middle
    source.terminator.targets[which] = middle
    middle.predecessors = [source]
    middle.terminator = Jump(target, source.terminator.span)
    middle.terminator.block = middle
    function.blocks.insert(function.blocks.index(source) + 1, middle)
    return middle


def split_critical_edges(function: Function) -> None:
    """Put a block on every edge from a block with several successors to one with several predecessors."""
    added: dict[Block, list[Block]] = {}
    for block in function.blocks:
        if len(block.successors()) < 2:
            continue
        for which, target in enumerate(list(block.successors())):
            if len(target.predecessors) < 2:
                continue
            assert block.terminator is not None
            middle = Block(f"{block.name}.{target.name}")
            target.predecessors[edge_index(block, which)] = middle
            block.terminator.targets[which] = middle
            middle.predecessors = [block]
            middle.terminator = Jump(target, block.terminator.span)
            middle.terminator.block = middle
            added.setdefault(block, []).append(middle)
    if added:
        function.blocks = [b for block in function.blocks for b in (block, *added.get(block, ()))]


def has_phis(block: Block) -> bool:
    """Whether the block starts with a phi."""
    return bool(block.instrs) and isinstance(block.instrs[0], Phi)

"""The dominator tree, by the iterative algorithm of Cooper, Harvey and Kennedy ("A Simple, Fast Dominance Algorithm").

    entry -> a, b;  a -> c;  b -> c          parent: a: entry, b: entry, c: entry     frontier: a: {c}, b: {c}
"""

from __future__ import annotations

from .cfg import reverse_postorder
from .model import Block, Function


class DominatorTree:
    """Who dominates whom among the blocks that control can reach."""

    __slots__ = ("_enter", "_leave", "children", "number", "order", "parent")

    def __init__(self, function: Function) -> None:
        self.order = reverse_postorder(function)
        self.number = {block: index for index, block in enumerate(self.order)}
        parents = self._parents()
        self.parent: dict[Block, Block | None] = {
            block: self.order[parents[index]] if index else None for index, block in enumerate(self.order)
        }
        self.children: dict[Block, list[Block]] = {block: [] for block in self.order}
        for block in self.order[1:]:
            self.children[self.order[parents[self.number[block]]]].append(block)
        self._enter: dict[Block, int] = {}
        self._leave: dict[Block, int] = {}
        self._intervals()

    def dominates(self, a: Block, b: Block) -> bool:
        """Whether every path from the entry to `b` goes through `a` (true of a == b). Unreachable blocks: only a == b."""
        if a is b:
            return True
        if a not in self._enter or b not in self._enter:
            return False
        return self._enter[a] <= self._enter[b] and self._leave[b] <= self._leave[a]

    def preorder(self) -> list[Block]:
        """The blocks, each after its dominators; a subtree stands together."""
        result = []
        stack = [self.order[0]]
        while stack:
            block = stack.pop()
            result.append(block)
            stack.extend(reversed(self.children[block]))
        return result

    def frontiers(self) -> dict[Block, set[Block]]:
        """For each block, where its dominance ends: blocks it does not strictly dominate with a predecessor it dominates."""
        result: dict[Block, set[Block]] = {block: set() for block in self.order}
        for block in self.order:
            if len(block.predecessors) < 2 and block is not self.order[0]:
                continue
            stop = self.parent[block]
            for runner in block.predecessors:
                at: Block | None = runner if runner in self.number else None
                while at is not None and at is not stop:
                    result[at].add(block)
                    at = self.parent[at]
        return result

    def _parents(self) -> list[int]:
        number = self.number
        parents = [-1] * len(self.order)
        parents[0] = 0
        before = [[number[p] for p in block.predecessors if p in number] for block in self.order]
        changed = True
        while changed:
            changed = False
            for index in range(1, len(parents)):
                new = -1
                for other in before[index]:
                    if parents[other] < 0:
                        continue
                    if new < 0:
                        new = other
                        continue
                    while new != other:
                        while other > new:
                            other = parents[other]
                        while new > other:
                            new = parents[new]
                if parents[index] != new:
                    parents[index] = new
                    changed = True
        return parents

    def _intervals(self) -> None:
        clock = 0
        stack: list[tuple[Block, bool]] = [(self.order[0], False)]
        while stack:
            block, done = stack.pop()
            clock += 1
            if done:
                self._leave[block] = clock
                continue
            self._enter[block] = clock
            stack.append((block, True))
            stack.extend((child, False) for child in self.children[block])

"""Parts of a function that do the same become one: an inlined function that is called at the end of many branches, returns.

    >>> print(before_and_after(merge_blocks, '''
    ... function @f(i32 %0 "x", i32 %1 "y", ptr %2 "p") -> i32 {
    ... .entry:
    ...   branch %0, .a, .next
    ... .next from .entry:
    ...   branch %1, .b, .c
    ... .a from .entry:
    ...   store.4 [%2 + 0], 1
    ...   %3 = call i64 helper 9001 @use(%2)
    ...   %4 = ne i64 %3, 0
    ...   branch %4, .a.1, .a.2
    ... .a.1 from .a:
    ...   store.8 [%2 + 8], %3
    ...   jump .a.2
    ... .a.2 from .a, .a.1:
    ...   return i32 5
    ... .b from .next:
    ...   store.4 [%2 + 0], 2
    ...   %5 = call i64 helper 9001 @use(%2)
    ...   %6 = ne i64 %5, 0
    ...   branch %6, .b.1, .b.2
    ... .b.1 from .b:
    ...   store.8 [%2 + 8], %5
    ...   jump .b.2
    ... .b.2 from .b, .b.1:
    ...   return i32 5
    ... .c from .next:
    ...   return i32 7
    ... }'''))
    function @f(i32 %0 "x", i32 %1 "y", ptr %2 "p") -> i32 {
    .entry:
      branch %0, .a, .next
    .next from .entry:
      branch %1, .a, .c
    .a from .entry, .next:
      %3 = phi i32 [.entry: 1, .next: 2]
      store.4 [%2 + 0], %3
      %4 = call i64 helper 9001 @use(%2)
      %5 = ne i64 %4, 0
      branch %5, .a.1, .a.2
    .a.1 from .a:
      store.8 [%2 + 8], %4
      jump .a.2
    .a.2 from .a, .a.1:
      return i32 5
    .c from .next:
      return i32 7
    }

A part is a block and what can only be reached through it, up to some size; nothing in it is used behind it but by phis. Parts
are equal if they do the same to the same values; only constants that are stored or returned may differ, and become phis.
Pointers never do: the verifier wants one kind of pointer at an access.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from ..ir.cfg import edge_index, remove_edge, reverse_postorder
from ..ir.model import AsmGoto, Block, Constant, Function, Instr, Phi, Return, Store, Ty, Undef, Value, shape

# instructions of a part; a part with different constants must be worth their phis
_MOST_INSTRS = 40
_WORTH_A_PHI = 6
_MOST_DIFFERENT = 2


class _Part:
    """A block, what only it leads to, its key (equal for parts that do the same), and constants that may differ."""

    def __init__(self, root: Block, entry: Block) -> None:
        self.root = root
        self.blocks: dict[Block, int] = {root: 0}
        self.constants: list[tuple[Instr, int, Constant]] = []
        self._grow(entry)
        self._numbers: dict[Value, Any] = {}
        rows: list[Any] = []
        for block in self.blocks:
            self._rows(block, rows)
        self.size = len(rows)
        self.key = tuple(rows)

    def _grow(self, entry: Block) -> None:
        size = 0
        work = [self.root]
        for block in work:
            size += len(block.instrs) + 1
            for target in block.successors():
                if target in self.blocks or target is entry or size + len(target.instrs) > _MOST_INSTRS:
                    continue
                if all(before in self.blocks for before in target.predecessors):
                    self.blocks[target] = len(self.blocks)
                    work.append(target)

    def _rows(self, block: Block, rows: list[Any]) -> None:
        numbers, inside = self._numbers, self.blocks
        for instr in block.instrs:
            if isinstance(instr, Phi):
                came = sorted((inside[before], index) for index, before in enumerate(block.predecessors))
                row: tuple[Any, ...] = ("phi", instr.type, *((k, self._operand(instr.operands[i])) for k, i in came))
            elif isinstance(instr, Store):
                row = (shape(instr), self._operand(instr.operands[0]), self._free(instr, 1))
            else:
                row = (shape(instr), *map(self._operand, instr.operands))
            numbers[instr] = (len(rows),)
            rows.append(row)
        end = block.terminator
        assert end is not None
        if isinstance(end, Return) and end.operands:
            rows.append((Return, self._free(end, 0)))
        else:
            what = shape(end) if isinstance(end, AsmGoto) else type(end)
            rows.append((what, *map(self._operand, end.operands)))
        for which, target in enumerate(end.targets):
            if target in inside:
                rows.append(inside[target])
            else:
                index = edge_index(block, which)
                rows.append((target, *(self._operand(phi.operands[index]) for phi in target.phis())))

    def _operand(self, value: Value) -> Any:
        if isinstance(value, Undef):
            return "undef", value.type
        return self._numbers.get(value, value)

    def _free(self, instr: Instr, index: int) -> Any:
        """An operand that may be another constant in an equal part."""
        value = instr.operands[index]
        if isinstance(value, Constant) and value.type is not Ty.PTR:
            self.constants.append((instr, index, value))
            return "constant", value.type
        return self._operand(value)


def _outline(block: Block) -> tuple[Any, ...]:
    """What blocks that start equal parts have in common at least: what they do, to which values from elsewhere."""
    rows: list[Any] = []
    end = block.terminator
    for instr in [*block.instrs, end] if end else block.instrs:
        rows.append(type(instr))
        free = 1 if isinstance(instr, Store) else 0 if isinstance(instr, Return) else -1
        for index, operand in enumerate(instr.operands):
            if index == free and isinstance(operand, Constant):
                rows.append(operand.type)
            elif isinstance(operand, Instr):
                rows.append(type(operand) if operand.block is block else operand)
            else:
                rows.append(operand.type)
    return tuple(rows)


def merge_blocks(function: Function) -> None:
    """Merge equal parts: first large ones, then from the exits upwards, where what merged makes more equal."""
    users = _users(function)
    gone: set[Block] = set()
    order = reverse_postorder(function)[1:]
    outlines = {block: _outline(block) for block in order}
    alike = Counter(outlines.values())  # most blocks are like no other, which is quickly seen
    for blocks in (order, order[::-1]):
        found: dict[Any, _Part] = {}
        for block in blocks:
            if alike[outlines[block]] < 2 or block in gone:
                continue
            if (block.instrs and isinstance(block.instrs[0], Phi)) or len(block.instrs) > _MOST_INSTRS:
                continue
            part = _Part(block, function.blocks[0])
            if any(user not in part.blocks for each in part.blocks for i in each.instrs for user in users.get(i, ())):
                continue
            first = found.setdefault(part.key, part)
            if first is not part and gone.isdisjoint(first.blocks) and _merge(first, part):
                gone.update(part.blocks)
    if gone:
        function.blocks = [block for block in function.blocks if block not in gone]


def _users(function: Function) -> dict[Value, set[Block]]:
    """Where each value is used; by a phi, at the end of the predecessor."""
    users: dict[Value, set[Block]] = {}
    for block in function.blocks:
        for instr in [*block.instrs, *([block.terminator] if block.terminator else [])]:
            for index, operand in enumerate(instr.operands):
                if isinstance(operand, Instr):
                    at = block.predecessors[index] if isinstance(instr, Phi) else block
                    users.setdefault(operand, set()).add(at)
    return users


def _merge(first: _Part, second: _Part) -> bool:
    """Send all who go to `second` to `first`, with phis for constants that differ; False if that is not worth it."""
    root, other = first.root, second.root
    different = [
        (instr, index, mine, theirs)
        for (instr, index, mine), (_, _, theirs) in zip(first.constants, second.constants, strict=True)
        if mine != theirs
    ]
    inside = (before in second.blocks for before in other.predecessors)
    if any(inside) or any(before in second.blocks for before in root.predecessors):
        return False
    if different:
        fresh = [item for item in different if not _ours(item[0].operands[item[1]], root)]
        if first.size < _WORTH_A_PHI or len(different) > _MOST_DIFFERENT or not other.predecessors:
            return False
        if any(not isinstance(instr.operands[index], Constant) for instr, index, _, _ in fresh):
            return False
        if not set(root.predecessors).isdisjoint(other.predecessors):
            return False
    phis = list(root.phis())
    count = len(root.predecessors)
    added: dict[Phi, Constant] = {}
    for instr, index, mine, theirs in different:
        now = instr.operands[index]
        if isinstance(now, Phi):
            added[now] = theirs
            continue
        phi = next((p for p, value in added.items() if value == theirs and p.operands == [mine] * count), None)
        if phi is None:
            phi = Phi(mine.type, [mine] * count, "", instr.span)
            phi.block = root
            root.instrs.insert(0, phi)
            phis.append(phi)
            added[phi] = theirs
        instr.operands[index] = phi
    # phis of constants that are equal this time
    for instr, index, mine in first.constants:
        now = instr.operands[index]
        if isinstance(now, Phi) and now in phis:
            added.setdefault(now, mine)
    if any(phi not in added for phi in phis):
        raise AssertionError("a phi that is not of this part's constants")
    for before in dict.fromkeys(other.predecessors):
        assert before.terminator is not None
        before.terminator.targets = [root if target is other else target for target in before.terminator.targets]
        for _ in range(other.predecessors.count(before)):
            root.predecessors.append(before)
            for phi in phis:
                phi.operands.append(added[phi])
    for block in second.blocks:
        for target in block.successors():
            if target not in second.blocks and block in target.predecessors:
                remove_edge(target, target.predecessors.index(block))
    return True


def _ours(value: Value, root: Block) -> bool:
    return isinstance(value, Phi) and value.block is root

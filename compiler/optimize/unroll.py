"""Unrolls loops under `#pragma unroll` whose number of rounds is a constant.

    >>> print(before_and_after(unroll, '''
    ... function @f(ptr %0 "p") -> i32 {
    ... .entry:
    ...   jump .head
    ... .head from .entry, .body unroll 0:
    ...   %1 = phi i32 [.entry: 7, .body: %3]
    ...   %2 = ult i32 %1, 8
    ...   branch %2, .body, .end
    ... .body from .head:
    ...   store.4 [%0 + 0], %1
    ...   %3 = add i32 %1, 1
    ...   jump .head
    ... .end from .head:
    ...   return %1
    ... }'''))
    function @f(ptr %0 "p") -> i32 {
    .entry:
      jump .head
    .head from .entry:
      %1 = phi i32 [.entry: 7]
      %2 = ult i32 %1, 8
      branch %2, .body, .end
    .body from .head:
      store.4 [%0 + 0], %1
      %3 = add i32 %1, 1
      jump .head.1
    .head.1 from .body:
      %4 = ult i32 %3, 8
      branch %4, .body.1, .end
    .body.1 from .head.1:
      store.4 [%0 + 0], %3
      %5 = add i32 %3, 1
      jump .head.never
    .head.never from .body.1:
      unreachable
    .end from .head, .head.1:
      %6 = phi i32 [.head: %1, .head.1: %3]
      return %6
    }

The rounds are counted by running what depends on constants alone. Branches that depend on data may leave the loop earlier.
Values of the loop that are used behind it go through stack objects; promote makes the phis, simplify decides the branches. A
loop without the pragma stays: the verifier takes bounded loops, and fewer instructions are better. But for those that index
the context: that has to be at constants.
"""

from __future__ import annotations

import copy
from typing import TypeVar

from ..ir import arithmetic
from ..ir.cfg import edge_index, remove_unreachable
from ..ir.dominators import DominatorTree
from ..ir.loops import natural_loops
from ..ir.model import (
    Alloca,
    Binary,
    Block,
    Branch,
    Compare,
    Constant,
    Function,
    Instr,
    Jump,
    Load,
    Phi,
    PtrAdd,
    Store,
    Ty,
    Unary,
    Unreachable,
    Value,
)
from .promote import promote
from .regions import place_of

InstrT = TypeVar("InstrT", bound=Instr)

# instructions that all rounds of a loop may have together, and rounds
_MOST_INSTRS = 8192
_MOST_ROUNDS = 1024


def unroll(function: Function) -> None:
    """Unroll every marked loop that has one way in, inner ones before those around them."""
    fields = _indexed_context(function)
    if not fields and all(block.unroll is None for block in function.blocks):
        return
    remove_unreachable(function)
    tree = DominatorTree(function)
    loops = natural_loops(tree)
    for header, blocks in loops.items():
        if header.unroll is None and not blocks.isdisjoint(fields):
            header.unroll = 0
    marked = {header: blocks for header, blocks in loops.items() if header.unroll is not None}
    _free_values(function, marked)
    order = dict(tree.number)
    added: dict[Block, list[Block]] = {}
    for header, loop in marked.items():
        new: list[Block] = []
        if (latch := _one_latch(header, loop)) is not None:
            new.append(latch)
        body = sorted(loop, key=order.__getitem__)
        anchor = body[-1]  # what is new stands behind it
        body += new
        rounds = _rounds(header, {*loop, *new})
        size = sum(len(block.instrs) + 1 for block in body)
        if rounds is not None and rounds * size <= _MOST_INSTRS and (not header.unroll or rounds - 1 <= header.unroll):
            new += _unroll(header, body, rounds)
        for block in new:
            order[block] = len(order)
        for other, blocks in marked.items():
            if header in blocks or other is header:
                blocks.update(new)
        added.setdefault(anchor, []).extend(new)
    blocks_: list[Block] = []
    work = function.blocks[::-1]
    while work:
        blocks_.append(work.pop())
        work += reversed(added.get(blocks_[-1], []))
    function.blocks = blocks_
    remove_unreachable(function)
    promote(function)


def _indexed_context(function: Function) -> set[Block]:
    """The blocks that access the context at an index: the verifier wants a constant one (check_ptr_off_reg)."""
    found: set[Block] = set()
    if function.linkage == "static" or function.section in ("", ".text") or not function.parameters:
        return found
    context = function.parameters[0]
    for block in function.blocks:
        for instr in block.instrs:
            if isinstance(instr, Load | Store) and isinstance(instr.operands[0], PtrAdd):
                root, at = place_of(instr.operands[0])
                if root is context and at is None:
                    found.add(block)
    return found


def _one_latch(header: Block, loop: set[Block]) -> Block | None:
    """If several blocks of the loop jump back (`continue` does), make them meet in a new one first."""
    latches = [index for index, before in enumerate(header.predecessors) if before in loop]
    if len(latches) < 2:
        return None
    latch = Block(f"{header.name}.latch")
    latch.terminator = Jump(header, header.terminator.span if header.terminator else None)
    latch.terminator.block = latch
    latch.predecessors = [header.predecessors[index] for index in latches]
    for before in dict.fromkeys(latch.predecessors):
        assert before.terminator is not None
        before.terminator.targets = [latch if target is header else target for target in before.terminator.targets]
    rest = [index for index in range(len(header.predecessors)) if index not in latches]
    for phi in header.phis():
        merged = Phi(phi.type, [phi.operands[index] for index in latches], phi.name, phi.span)
        merged.block = latch
        latch.instrs.append(merged)
        phi.operands = [*(phi.operands[index] for index in rest), merged]
    header.predecessors = [*(header.predecessors[index] for index in rest), latch]
    return latch


def _rounds(header: Block, loop: set[Block]) -> int | None:
    """How often the header can start at most, if the loop has one latch and that is a constant."""
    latches = [index for index, before in enumerate(header.predecessors) if before in loop]
    if len(latches) != 1 or len(header.predecessors) != 2:
        return None
    latch = latches[0]
    phis = list(header.phis())
    values: dict[Value, int] = {}
    for phi in phis:
        start = phi.operands[1 - latch]
        if isinstance(start, Constant):
            values[phi] = start.value
    for count in range(1, _MOST_ROUNDS + 1):
        memo = dict(values)
        if not _comes_back(header, loop, header.predecessors[latch], memo):
            return count
        values = {}
        for phi in phis:
            value = _evaluate(phi.operands[latch], memo, loop)
            if value is not None:
                values[phi] = value
        if not values:
            return None
    return None


def _comes_back(header: Block, loop: set[Block], latch: Block, memo: dict[Value, int]) -> bool:
    """Whether control may go from the header to the latch and back in a round with these values."""
    seen = {header}
    work = [header]
    while work:
        block = work.pop()
        targets = block.successors()
        if isinstance(block.terminator, Branch):
            condition = _evaluate(block.terminator.operands[0], memo, loop)
            if condition is not None:
                targets = [targets[0 if condition else 1]]
        for target in targets:
            if target is header:
                return True
            if target in loop and target not in seen:
                seen.add(target)
                work.append(target)
    return False


def _evaluate(value: Value, memo: dict[Value, int], loop: set[Block]) -> int | None:
    """The number that `value` is in this round, if it follows from `memo` by arithmetic."""
    stack = [value]
    while stack:
        top = stack[-1]
        if isinstance(top, Constant) or top in memo:
            stack.pop()
            continue
        if not isinstance(top, Binary | Unary | Compare) or top.block not in loop or len(stack) > 64:
            return None
        missing = [o for o in top.operands if not isinstance(o, Constant) and o not in memo]
        if missing:
            stack += missing
            continue
        numbers = [o.value if isinstance(o, Constant) else memo[o] for o in top.operands]
        bits = top.operands[0].type.bits
        match top:
            case Binary():
                memo[top] = arithmetic.binary(top.op, bits, *numbers)
            case Unary():
                memo[top] = arithmetic.unary(top.op, bits, *numbers)
            case Compare():
                memo[top] = arithmetic.compare(top.op, bits, *numbers)
    return value.value if isinstance(value, Constant) else memo[value]


def _unroll(header: Block, body: list[Block], rounds: int) -> list[Block]:
    """Copy the loop for each round but the first; returns the new blocks."""
    inside = set(body)
    latch_index = next(index for index, before in enumerate(header.predecessors) if before in inside)
    latch = header.predecessors[latch_index]
    phis = list(header.phis())
    around: list[Value] = [phi.operands[latch_index] for phi in phis]
    carried = around
    ends = {block: list(block.successors()) for block in body}
    copies = []
    for number in range(1, rounds):
        copied = _Round(header, body, number, dict(zip(phis, carried, strict=True)))
        copies.append(copied)
        carried = [copied.values.get(value, value) for value in around]
    # edges: within a round as before, out of it once more for each round
    for copied in copies:
        for block in body:
            new = copied.blocks[block]
            assert new.terminator is not None
            new.terminator.targets = [copied.blocks.get(target, target) for target in ends[block]]
            if block is not header:
                new.predecessors = [copied.blocks[before] for before in block.predecessors]
            for which, target in enumerate(ends[block]):
                if target not in inside:
                    at = edge_index(block, which)
                    target.predecessors.append(new)
                    for phi in target.phis():
                        phi.operands.append(copied.values.get(phi.operands[at], phi.operands[at]))
    # from each round to the next, and from the last to nowhere
    stop = Block(f"{header.name}.never")
    stop.terminator = Unreachable(header.terminator.span if header.terminator else None)
    stop.terminator.block = stop
    heads = [header, *(copied.blocks[header] for copied in copies)]
    latches = [latch, *(copied.blocks[latch] for copied in copies)]
    for head, end, following in zip(heads, latches, [*heads[1:], stop], strict=True):
        assert end.terminator is not None
        end.terminator.targets = [following if target is head else target for target in end.terminator.targets]
        if following is stop:
            stop.predecessors = [end]
        else:
            following.predecessors = [end]
    del header.predecessors[latch_index]
    for phi in phis:
        del phi.operands[latch_index]
    header.unroll = None
    return [*(copied.blocks[block] for copied in copies for block in body), stop]


class _Round:
    """A copy of a loop: the blocks and values of the original and what they are here. Edges are still to be made."""

    def __init__(self, header: Block, body: list[Block], number: int, values: dict[Value, Value]) -> None:
        self.blocks = {block: Block(f"{block.name}.{number}") for block in body}
        self.values = values  # the header's phis to begin with
        fresh: list[Instr] = []
        for block, new in self.blocks.items():
            new.unroll = None if block is header else block.unroll
            for instr in block.instrs:
                if instr not in values:
                    twin = self.copy(instr, new)
                    new.instrs.append(twin)
                    fresh.append(twin)
            if block.terminator is not None:
                new.terminator = self.copy(block.terminator, new)
                fresh.append(new.terminator)
        for twin in fresh:
            twin.operands = [values.get(operand, operand) for operand in twin.operands]

    def copy(self, instr: InstrT, block: Block) -> InstrT:
        twin = copy.copy(instr)
        twin.operands = list(instr.operands)
        twin.block = block
        self.values[instr] = twin
        return twin


def _free_values(function: Function, loops: dict[Block, set[Block]]) -> None:
    """Values of a loop that are used outside it (but by phis of its exit edges) go through stack objects."""
    home: dict[Block, set[Block]] = {}  # the innermost loop of each block
    for blocks in loops.values():
        for block in blocks:
            home.setdefault(block, blocks)
    slots: dict[Value, Alloca] = {}
    at_end: list[tuple[Block, Load]] = []
    entry = function.blocks[0]

    def load(value: Value, block: Block) -> Load:
        if value not in slots:
            size = 4 if value.type is Ty.I32 else 8
            slots[value] = Alloca(size, size, getattr(value, "name", ""))
            slots[value].block = entry
        new = Load(value.type, slots[value], 0, slots[value].size)
        new.block = block
        return new

    for block in function.blocks:
        out: list[Instr] = []
        for instr in [*block.instrs, *([block.terminator] if block.terminator else [])]:
            for index, operand in enumerate(instr.operands):
                if not isinstance(operand, Instr) or operand.block not in home:
                    continue
                loop = home[operand.block]
                if isinstance(instr, Phi):
                    if (before := block.predecessors[index]) not in loop:
                        instr.operands[index] = new = load(operand, before)
                        at_end.append((before, new))
                elif block not in loop:
                    instr.operands[index] = new = load(operand, block)
                    out.append(new)
            if instr is not block.terminator:
                out.append(instr)
        block.instrs = out
    for block, new in at_end:
        block.instrs.append(new)
    for block in function.blocks:
        if block in home:
            phis = list(block.phis())
            rest: list[Instr] = []
            for instr in block.instrs[len(phis) :]:
                rest.append(instr)
                if instr in slots:
                    rest.append(_store(instr, slots[instr]))
            block.instrs = [*phis, *(_store(phi, slots[phi]) for phi in phis if phi in slots), *rest]
    entry.instrs[:0] = slots.values()


def _store(value: Instr, slot: Alloca) -> Store:
    new = Store(slot, 0, slot.size, value, span=value.span)
    new.block = value.block
    return new

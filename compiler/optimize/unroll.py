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
loop without the pragma stays: the verifier takes bounded loops, and fewer instructions are better.
"""

from __future__ import annotations

import copy

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
    Store,
    Ty,
    Unary,
    Unreachable,
    Value,
)
from .promote import promote

# instructions that all rounds of a loop may have together, and rounds
_MOST_INSTRS = 8192
_MOST_ROUNDS = 1024


def unroll(function: Function) -> None:
    """Unroll every marked loop that has one way in, from the inside out."""
    if all(block.unroll is None for block in function.blocks):
        return
    remove_unreachable(function)
    tried: set[Block] = set()
    while True:
        loops = natural_loops(DominatorTree(function))
        header = next((h for h in loops if h.unroll is not None and h not in tried), None)
        if header is None:
            return
        tried.add(header)
        body = [block for block in function.blocks if block in loops[header]]
        if (latch := _one_latch(function, header, loops[header])) is not None:
            loops[header].add(latch)
            body.append(latch)
        rounds = _rounds(header, loops[header])
        size = sum(len(block.instrs) + 1 for block in body)
        if rounds is not None and rounds * size <= _MOST_INSTRS and (not header.unroll or rounds - 1 <= header.unroll):
            _Unroller(function, header, body).run(rounds)


def _one_latch(function: Function, header: Block, loop: set[Block]) -> Block | None:
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
    function.blocks.append(latch)
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


class _Unroller:
    def __init__(self, function: Function, header: Block, body: list[Block]) -> None:
        self.function = function
        self.header = header
        self.body = body
        self.inside = set(body)

    def run(self, rounds: int) -> None:
        self.free_values()
        header = self.header
        latch_index = next(i for i, before in enumerate(header.predecessors) if before in self.inside)
        latch = header.predecessors[latch_index]
        phis = list(header.phis())
        around: list[Value] = [phi.operands[latch_index] for phi in phis]
        pristine = [(block, list(block.instrs), block.terminator) for block in self.body]
        carried = around
        made: list[Block] = []
        copies: list[tuple[dict[Block, Block], dict[Value, Value]]] = []
        for number in range(1, rounds):
            values: dict[Value, Value] = dict(zip(phis, carried, strict=True))
            blocks = {block: Block(f"{block.name}.{number}") for block in self.body}
            fresh: list[Instr] = []
            for block, instrs, end in pristine:
                new_block = blocks[block]
                made.append(new_block)
                new_block.unroll = None if block is header else block.unroll
                for instr in [*instrs, end]:
                    if instr in values or instr is None:
                        continue
                    new = copy.copy(instr)
                    new.operands = list(instr.operands)
                    new.block = new_block
                    values[instr] = new
                    fresh.append(new)
                    if instr is end:
                        new_block.terminator = new  # type: ignore[assignment]
                    else:
                        new_block.instrs.append(new)
            for new in fresh:
                new.operands = [values.get(operand, operand) for operand in new.operands]
            copies.append((blocks, values))
            carried = [values.get(value, value) for value in around]
        # edges: within a round as before, the latch to the next round's header, exits once more for each round
        ends = {block: list(end.targets) if end else [] for block, _, end in pristine}
        for blocks, values in copies:
            for block, _, _ in pristine:
                new_block = blocks[block]
                assert new_block.terminator is not None
                new_block.terminator.targets = [blocks.get(target, target) for target in ends[block]]
                if block is not header:
                    new_block.predecessors = [blocks[before] for before in block.predecessors]
                for which, target in enumerate(ends[block]):
                    if target not in self.inside:
                        at = edge_index(block, which)
                        target.predecessors.append(new_block)
                        for phi in target.phis():
                            phi.operands.append(values.get(phi.operands[at], phi.operands[at]))
        # chain the rounds
        previous, previous_header = latch, header
        for blocks, _ in copies:
            self.redirect(previous, previous_header, blocks[header])
            blocks[header].predecessors = [previous]
            previous, previous_header = blocks[latch], blocks[header]
        stop = Block(f"{header.name}.never")
        stop.terminator = Unreachable(header.terminator.span if header.terminator else None)
        stop.terminator.block = stop
        stop.predecessors = [previous]
        self.redirect(previous, previous_header, stop)
        del header.predecessors[latch_index]
        for phi in phis:
            del phi.operands[latch_index]
        header.unroll = None
        at = self.function.blocks.index(self.body[-1]) + 1
        self.function.blocks[at:at] = [*made, stop]
        promote(self.function)

    def redirect(self, block: Block, old: Block, new: Block) -> None:
        assert block.terminator is not None
        block.terminator.targets = [new if target is old else target for target in block.terminator.targets]

    def free_values(self) -> None:
        """Values of the loop that are used outside (but by phis of exit edges) go through stack objects."""
        slots: dict[Value, Alloca] = {}
        at_end: list[tuple[Block, Load]] = []
        entry = self.function.blocks[0]

        def load(value: Value, block: Block) -> Load:
            if value not in slots:
                size = 4 if value.type is Ty.I32 else 8
                slots[value] = Alloca(size, size, getattr(value, "name", ""))
                slots[value].block = entry
            new = Load(value.type, slots[value], 0, slots[value].size)
            new.block = block
            return new

        for block in self.function.blocks:
            if block in self.inside:
                continue
            out: list[Instr] = []
            for instr in [*block.instrs, block.terminator]:
                if instr is None:
                    continue
                for index, operand in enumerate(instr.operands):
                    if not isinstance(operand, Instr) or operand.block not in self.inside:
                        continue
                    if isinstance(instr, Phi):
                        before = block.predecessors[index]
                        if before not in self.inside:
                            instr.operands[index] = new = load(operand, before)
                            at_end.append((before, new))
                    else:
                        instr.operands[index] = new = load(operand, block)
                        out.append(new)
                if instr is not block.terminator:
                    out.append(instr)
            block.instrs = out
        for block, new in at_end:
            block.instrs.append(new)
        entry.instrs[:0] = slots.values()
        for block in self.body:
            phis = list(block.phis())
            stores = [self.store(phi, slots[phi]) for phi in phis if phi in slots]
            rest: list[Instr] = []
            for instr in block.instrs[len(phis) :]:
                rest.append(instr)
                if instr in slots:
                    rest.append(self.store(instr, slots[instr]))
            block.instrs = [*phis, *stores, *rest]

    def store(self, value: Instr, slot: Alloca) -> Store:
        new = Store(slot, 0, slot.size, value, span=value.span)
        new.block = value.block
        return new

"""Jump threading: where a branch is decided by the way control came, go to its target at once.

    >>> print(before_and_after(thread, '''
    ... function @f(i32 %0 "x") -> i32 {
    ... .entry:
    ...   branch %0, .error, .check
    ... .error from .entry:
    ...   jump .check
    ... .check from .entry, .error:
    ...   %1 = phi i32 [.entry: %0, .error: -1] "result"
    ...   %2 = eq i32 %1, -1
    ...   branch %2, .bad, .good
    ... .bad from .check:
    ...   return i32 2
    ... .good from .check:
    ...   return %1
    ... }'''))
    function @f(i32 %0 "x") -> i32 {
    .entry:
      branch %0, .error, .check
    .error from .entry:
      jump .error.bad
    .error.bad from .error:
      jump .bad
    .check from .entry:
      %1 = phi i32 [.entry: %0] "result"
      %2 = eq i32 %1, -1
      branch %2, .bad, .good
    .bad from .check, .error.bad:
      return i32 2
    .good from .check:
      return %1
    }

This is what makes an inlined function that returns an error code free: its early returns go where the caller's test sends
them. A value of the block that is used behind it goes through a stack object for a moment; promote makes the phis. The
blocks left over are simplify_cfg's to tidy.
"""

from __future__ import annotations

from ..ir import arithmetic
from ..ir.cfg import remove_edge, remove_unreachable, reverse_postorder
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
    Value,
)
from .promote import promote

_MOST_INSTRS = 6  # in the block besides phis


def thread(function: Function) -> None:
    """Thread every edge whose branch is decided."""
    remove_unreachable(function)
    order = {block: index for index, block in enumerate(reverse_postorder(function))}
    threader = _Threader(function)
    for block in list(function.blocks):
        # loop headers stay whole: the entry of a loop is where its bound is checked
        if isinstance(block.terminator, Branch) and all(
            order.get(before, -1) < order[block] for before in block.predecessors
        ):
            threader.block(block)
    threader.finish()


class _Threader:
    def __init__(self, function: Function) -> None:
        self.function = function
        self.slots: dict[Value, Alloca] = {}  # values that have several definitions now
        self.added: dict[Block, list[Block]] = {}  # block before -> blocks placed behind it
        self.uses: dict[Value, set[Block]] | None = None

    def block(self, block: Block) -> None:
        phis = list(block.phis())
        rest = block.instrs[len(phis) :]
        if not phis or len(rest) > _MOST_INSTRS or not all(isinstance(i, Binary | Unary | Compare) for i in rest):
            return
        branch = block.terminator
        assert branch is not None
        for index in range(len(block.predecessors) - 1, -1, -1):
            came = block.predecessors[index]
            if came.successors().count(block) != 1 or len(block.predecessors) == 1:
                continue
            known: dict[Value, Value] = {phi: phi.operands[index] for phi in phis}
            for instr in rest:
                known[instr] = _evaluate(instr, known)
            decided = known.get(branch.operands[0], branch.operands[0])
            if not isinstance(decided, Constant):
                continue
            target = branch.targets[0 if decided.value else 1]
            if target is block or branch.targets[0] is branch.targets[1]:
                continue
            self.edge(block, index, target, known)

    def edge(self, block: Block, index: int, target: Block, known: dict[Value, Value]) -> None:
        came = block.predecessors[index]
        outside = [value for value in known if self.used_outside(value, block)]
        position = target.predecessors.index(block)
        needed = [phi.operands[position] for phi in target.phis()]
        for value in (*outside, *needed):
            if isinstance(value, Instr) and value in known and known[value] is value:
                return  # computed here from what differs: it would have to be copied
        middle = Block(f"{came.name}.{target.name}")
        middle.predecessors = [came]
        assert came.terminator is not None
        span = came.terminator.span
        came.terminator.targets = [middle if t is block else t for t in came.terminator.targets]
        remove_edge(block, index)
        for value in outside:
            store = Store(self.slot(value, block), 0, 4 if value.type is Ty.I32 else 8, known[value], span=span)
            store.block = middle
            middle.instrs.append(store)
        middle.terminator = Jump(target, span)
        middle.terminator.block = middle
        target.predecessors.append(middle)
        for phi, value in zip(target.phis(), needed, strict=True):
            phi.operands.append(known.get(value, value))
        self.added.setdefault(came, []).append(middle)
        self.note_uses(middle)

    def used_outside(self, value: Value, block: Block) -> bool:
        """Whether `value` is used in other blocks. A phi of a block behind `block` counts there, unless it is on our edge."""
        if self.uses is None:
            self.uses = {}
            for each in self.function.blocks:
                self.note_uses(each)
        return any(user is not block for user in self.uses.get(value, ()))

    def note_uses(self, block: Block) -> None:
        assert self.uses is not None
        for instr in [*block.instrs, *([block.terminator] if block.terminator else [])]:
            for index, operand in enumerate(instr.operands):
                if isinstance(operand, Instr):
                    at = block.predecessors[index] if isinstance(instr, Phi) else block
                    self.uses.setdefault(operand, set()).add(at)

    def slot(self, value: Value, block: Block) -> Alloca:
        """The stack object that `value` goes through."""
        if value in self.slots:
            return self.slots[value]
        size = 4 if value.type is Ty.I32 else 8
        slot = Alloca(size, size, getattr(value, "name", ""))
        entry = self.function.blocks[0]
        slot.block = entry
        entry.instrs.insert(0, slot)
        self.slots[value] = slot
        return slot

    def finish(self) -> None:
        if self.added:
            blocks: list[Block] = []
            work = self.function.blocks[::-1]
            while work:
                blocks.append(work.pop())
                work += reversed(self.added.get(blocks[-1], []))
            self.function.blocks = blocks
        if self.slots:
            self.load_and_store()
            promote(self.function)

    def load_and_store(self) -> None:
        """Store each such value where it is defined and load it wherever it is used in other blocks."""
        slots = self.slots
        at_end: dict[Block, list[Instr]] = {}

        def load(value: Value, block: Block, out: list[Instr]) -> Load:
            new = Load(value.type, slots[value], 0, 4 if value.type is Ty.I32 else 8)
            new.block = block
            new.span = value.span if isinstance(value, Instr) else None
            out.append(new)
            return new

        for block in self.function.blocks:
            out: list[Instr] = []
            stores: list[Instr] = []
            phis = True
            for instr in block.instrs:
                if isinstance(instr, Phi):
                    for index, operand in enumerate(instr.operands):
                        before = block.predecessors[index]
                        if operand in slots and isinstance(operand, Instr) and operand.block is not before:
                            instr.operands[index] = load(operand, before, at_end.setdefault(before, []))
                else:
                    if phis:
                        out += stores
                        stores, phis = [], False
                    self.local(instr, block, out, load)
                out.append(instr)
                if instr in slots:
                    store = Store(slots[instr], 0, 4 if instr.type is Ty.I32 else 8, instr, span=instr.span)
                    store.block = block
                    (stores if phis else out).append(store)
            out += stores
            if block.terminator is not None:
                self.local(block.terminator, block, out, load)
            block.instrs = out
        for block, loads in at_end.items():
            block.instrs += loads

    def local(self, instr: Instr, block: Block, out: list[Instr], load: object) -> None:
        assert callable(load)
        for index, operand in enumerate(instr.operands):
            if operand in self.slots and isinstance(operand, Instr) and operand.block is not block:
                instr.operands[index] = load(operand, block, out)


def _evaluate(instr: Instr, known: dict[Value, Value]) -> Value:
    """The constant that `instr` is if its operands are `known`; else itself."""
    operands = [known.get(operand, operand) for operand in instr.operands]
    values = [operand.value for operand in operands if isinstance(operand, Constant)]
    if len(values) < len(operands):
        return instr
    bits = operands[0].type.bits
    match instr:
        case Binary():
            return Constant(instr.type, arithmetic.binary(instr.op, bits, *values))
        case Unary():
            return Constant(instr.type, arithmetic.unary(instr.op, bits, *values))
        case Compare():
            return Constant(instr.type, arithmetic.compare(instr.op, bits, *values))
    return instr

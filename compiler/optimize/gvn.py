"""Global value numbering: what is computed, loaded or tested a second time is the first one's result.

    >>> print(before_and_after(gvn, '''
    ... function @f(ptr %0 "ctx", i32 %1 "x") -> i32 section "xdp" {
    ... .entry:
    ...   %2 = load.4 i32 [%0 + 4]
    ...   %3 = add i32 %1, %2
    ...   %4 = ugt i32 %3, 9
    ...   branch %4, .then, .end
    ... .then from .entry:
    ...   %5 = load.4 i32 [%0 + 4]
    ...   %6 = add i32 %1, %5
    ...   %7 = ugt i32 %6, 9
    ...   %8 = sub i32 %6, %7
    ...   jump .end
    ... .end from .entry, .then:
    ...   %9 = phi i32 [.entry: 0, .then: %8]
    ...   return %9
    ... }'''))
    function @f(ptr %0 "ctx", i32 %1 "x") -> i32 section "xdp" {
    .entry:
      %2 = load.4 i32 [%0 + 4]
      %3 = add i32 %1, %2
      %4 = ugt i32 %3, 9
      branch %4, .then, .end
    .then from .entry:
      %5 = sub i32 %3, 1
      jump .end
    .end from .entry, .then:
      %6 = phi i32 [.entry: 0, .then: %5]
      return %6
    }

One walk in reverse postorder. A value stands in for a later one that it dominates. Facts about memory (what a load gave, what
a store put there) hold until something may write there: at a join those that all ways in agree on, at a loop's head those
that nothing in the loop may change.

For the verifier: a comparison is not shared between blocks, so that it stays with its branch and its operands' bounds; it is
only decided by an equal one, on the same values, on the way here, which the verifier has seen as well. Pointers with variable
offsets become one value, as it asks. Loads only move from below to above in that an equal one is above already.
"""

from __future__ import annotations

from typing import Any

from ..ir.dominators import DominatorTree
from ..ir.loops import natural_loops
from ..ir.model import (
    Asm,
    Atomic,
    Binary,
    Block,
    Branch,
    Call,
    Compare,
    Constant,
    CoreValue,
    Function,
    Instr,
    Load,
    MemCopy,
    MemSet,
    Phi,
    PtrAdd,
    Store,
    SymbolAddr,
    Ty,
    Unary,
    Undef,
    Value,
)
from .effects import Clobber, clobber_of
from .memory import MemoryFacts
from .regions import Regions

_COMMUTATIVE = frozenset(["add", "mul", "and", "or", "xor", "eq", "ne"])
_OPPOSITE = {"eq": "ne", "ne": "eq", "ult": "uge", "uge": "ult", "ugt": "ule", "ule": "ugt",
             "slt": "sge", "sge": "slt", "sgt": "sle", "sle": "sgt"}  # fmt: skip
_TURNED = {"ult": "ugt", "ule": "uge", "ugt": "ult", "uge": "ule"}


def gvn(function: Function) -> None:
    """Remove what is computed, loaded, stored or tested again."""
    _Numbering(function).run()


class _Numbering:
    def __init__(self, function: Function) -> None:
        self.function = function
        self.tree = DominatorTree(function)
        self.regions = Regions(function)
        self.loops = natural_loops(self.tree)
        self.leaders: dict[Any, list[tuple[Block, Value]]] = {}
        self.decided: dict[Any, list[tuple[Block, int]]] = {}
        self.replaced: dict[Value, Value] = {}
        self.facts: dict[Block, MemoryFacts] = {}
        self.clobbers: dict[Block, list[Clobber]] = {}

    def run(self) -> None:
        replaced = self.replaced
        for block in self.tree.order:
            facts = self.enter(block)
            out: list[Instr] = []
            for instr in block.instrs:
                operands = instr.operands
                for index, operand in enumerate(operands):
                    if operand in replaced:
                        operands[index] = replaced[operand]
                new = self.visit(instr, block, facts, out)
                if new is instr:
                    out.append(instr)
                elif new is not None:
                    replaced[instr] = new
            block.instrs = out
            end = block.terminator
            if end is not None:
                end.operands = [replaced.get(operand, operand) for operand in end.operands]
                if isinstance(end, Branch):
                    self.branch(end, block)
            self.facts[block] = facts
        if replaced:
            for block in self.function.blocks:
                for phi in block.phis():
                    phi.operands = [replaced.get(operand, operand) for operand in phi.operands]

    # --- blocks ---

    def enter(self, block: Block) -> MemoryFacts:
        """What is known of memory at the start of `block`; notes what the branch to it has decided."""
        before = block.predecessors
        if len(before) == 1:
            (came,) = before
            end = came.terminator
            if isinstance(end, Branch) and end.targets[0] is not end.targets[1]:
                self.learn(end.operands[0], block, end.targets[0] is block)
            return self.facts[came].copy()
        known = [self.facts[came] for came in before if came in self.facts]
        if not known:
            return MemoryFacts(self.regions)
        facts = MemoryFacts.common(known, block if len(known) == len(before) else None)
        if len(known) < len(before):
            loop = self.loops.get(block)
            if loop is None or any(came not in self.facts and came not in loop for came in before):
                return MemoryFacts(self.regions)
            for inside in loop:
                for clobber in self.clobbers_of(inside):
                    facts.clobber(clobber)
        return facts

    def clobbers_of(self, block: Block) -> list[Clobber]:
        found = self.clobbers.get(block)
        if found is None:
            found = self.clobbers[block] = [c for instr in block.instrs if (c := clobber_of(instr)) is not None]
        return found

    def learn(self, condition: Value, block: Block, true: bool) -> None:
        if isinstance(condition, Compare):
            self.decided.setdefault(self.key(condition), []).append((block, int(true)))
            self.decided.setdefault(self.key(condition, _OPPOSITE[condition.op]), []).append((block, int(not true)))

    def decision(self, compare: Compare, block: Block) -> int | None:
        for where, value in self.decided.get(self.key(compare), ()):
            if self.tree.dominates(where, block):
                return value
        return None

    def without_difference(self, instr: Compare, block: Block) -> None:
        """Make `C - x < K` into `x > C - K`, from which the verifier learns about x, where a test has found x <= C."""
        match instr:
            case Compare(op=op, operands=[Binary() as difference, Constant(value=limit)]) if op in _TURNED:
                masks = 0
                if difference.op == "and" and isinstance(difference.operands[1], Constant):
                    masks, inner = ~difference.operands[1].value, difference.operands[0]
                    if not isinstance(inner, Binary):
                        return
                    difference = inner
                whole, part = difference.operands
                if difference.op != "sub" or not isinstance(whole, Constant) or limit > whole.value:
                    return
                most = whole.value
                tests = (("ule", part, whole), ("ult", part, Constant(whole.type, most + 1)))
                if not (masks & ((1 << most.bit_length()) - 1)) and any(
                    true and self.tree.dominates(where, block) for test in tests for where, true in self.decided.get(test, ())
                ):
                    instr.op, instr.operands = _TURNED[op], [part, Constant(whole.type, most - limit)]

    def not_negative(self, value: Value, block: Block) -> bool:
        """Whether a test on the way to `block` has found `value` not to be negative."""
        tests = (("sge", value, Constant(value.type, 0)), ("sgt", value, Constant(value.type, value.type.mask)))
        return any(
            true and self.tree.dominates(where, block) for test in tests for where, true in self.decided.get(test, ())
        )

    def branch(self, end: Branch, block: Block) -> None:
        condition = end.operands[0]
        if isinstance(condition, Compare) and (value := self.decision(condition, block)) is not None:
            end.operands[0] = Constant(Ty.I32, value)

    # --- instructions ---

    def key(self, instr: Instr, op: str | None = None) -> Any:
        """Equal for instructions that compute the same."""
        match instr:
            case Binary() | Compare():
                op = op or instr.op
                a, b = instr.operands
                if op in _COMMUTATIVE and not isinstance(b, Constant) and id(a) > id(b):
                    a, b = b, a
                return op, a, b
            case Unary():
                return instr.op, instr.operands[0]
            case PtrAdd():
                return "ptradd", *instr.operands
            case SymbolAddr():
                return "symbol", instr.kind, instr.symbol, instr.addend
            case CoreValue():
                return "core", instr.type, instr.kind, instr.root, instr.access
            case Phi():
                return "phi", instr.block, *instr.operands
        return None

    def visit(self, instr: Instr, block: Block, facts: MemoryFacts, out: list[Instr]) -> Value | None:
        """What stands for `instr`: itself, another value, or None if it is to go."""
        match instr:
            case Binary(op="sdiv" | "smod", operands=[a, Constant() as b]) if b.signed > 0 and self.not_negative(a, block):
                instr.op = "udiv" if instr.op == "sdiv" else "umod"  # BPF divides unsigned before -mcpu=v4
                return self.pure(instr, block)
            case Phi():
                return self.only_value(instr, block) or self.pure(instr, block)
            case Binary() | Unary() | PtrAdd() | SymbolAddr() | CoreValue():
                return self.pure(instr, block)
            case Compare():
                self.without_difference(instr, block)
                value = self.decision(instr, block)
                return self.pure(instr, block) if value is None else Constant(Ty.I32, value)
            case Load():
                known = None if instr.volatile else facts.load(instr, out)
                return instr if known is None else known
            case Store():
                return None if facts.store(instr) else instr
            case Call() | Atomic() | MemCopy() | MemSet() | Asm():
                clobber = clobber_of(instr)
                if clobber is not None:
                    facts.clobber(clobber)
        return instr

    def only_value(self, phi: Phi, block: Block) -> Value | None:
        """The one value of a phi whose others are undefined, if it is there on all ways."""
        values = {operand for operand in phi.operands if not isinstance(operand, Undef)}
        if len(values) == 1 and len(phi.operands) > 1:
            (value,) = values
            if not isinstance(value, Instr) or (value.block is not block and self.tree.dominates(value.block, block)):
                return value
        return None

    def pure(self, instr: Instr, block: Block) -> Value:
        key = self.key(instr)
        if isinstance(instr, Compare):
            key = (block, key)
        found = self.leaders.setdefault(key, [])
        for where, value in found:
            if where is block or self.tree.dominates(where, block):
                return value
        found.append((block, instr))
        return instr



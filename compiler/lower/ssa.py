"""SSA construction while the code is generated (Braun et al., "Simple and Efficient Construction of SSA Form", 2013).

A block is *sealed* once all its predecessors are known. Reading a variable in a block that does not set it looks in the
predecessors: one is walked through, several make a phi. Phis are filled from a work list, so that a function of ten
thousand blocks needs no recursion. Phis that turn out to merge one value are dropped at the end.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TypeVar

from ..ir import model as ir
from ..source import Span

InstrT = TypeVar("InstrT", bound=ir.Instr)
Variable = Hashable  # a tree.Local, or any object that stands for a temporary


class Builder:
    """Makes one function: holds the current block and where each variable's value is."""

    def __init__(self, function: ir.Function) -> None:
        self.function = function
        self.entry = self.new_block("entry")
        self.block = self.entry
        self.span: Span | None = None
        self._counter = 0
        self._defs: dict[ir.Block, dict[Variable, ir.Value]] = {self.entry: {}}
        self._types: dict[Variable, tuple[ir.Ty, str]] = {}
        self._sealed: set[ir.Block] = {self.entry}
        self._incomplete: dict[ir.Block, list[tuple[Variable, ir.Phi]]] = {}
        self._pending: list[tuple[Variable, ir.Phi]] = []
        self._allocas = 0

    # --- blocks ---------------------------------------------------------------------------------------------------

    def new_block(self, name: str) -> ir.Block:
        """A block that is not yet reached from anywhere; blocks stand in the order they are made."""
        block = ir.Block(name if not self.function.blocks else f"{name}.{len(self.function.blocks)}")
        self.function.blocks.append(block)
        return block

    def start(self, block: ir.Block, *, sealed: bool = False) -> None:
        """Go on in `block`; `sealed`: all jumps to it have been made."""
        self.block = block
        self._defs.setdefault(block, {})
        if sealed:
            self.seal(block)

    def seal(self, block: ir.Block) -> None:
        """All predecessors of `block` are known now."""
        if block in self._sealed:
            return
        self._sealed.add(block)
        self._pending += self._incomplete.pop(block, [])
        self._fill()

    @property
    def terminated(self) -> bool:
        """True if the current block has its terminator: what follows cannot be reached."""
        return self.block.terminator is not None

    def terminate(self, terminator: ir.Terminator) -> None:
        """End the current block, unless it has ended already."""
        if self.block.terminator is not None:
            return
        terminator.block = self.block
        terminator.span = terminator.span or self.span
        self.block.terminator = terminator
        for target in terminator.targets:
            target.predecessors.append(self.block)

    def jump(self, target: ir.Block) -> None:
        """Go to `target`."""
        self.terminate(ir.Jump(target, self.span))

    def branch(self, condition: ir.Value, then: ir.Block, otherwise: ir.Block, likely: bool | None = None) -> None:
        """Go to `then` if `condition` is not 0."""
        branch = ir.Branch(condition, then, otherwise, self.span)
        branch.likely = likely
        self.terminate(branch)

    # --- instructions ---------------------------------------------------------------------------------------------

    def emit(self, instr: InstrT) -> InstrT:
        """Append to the current block (to one that nothing reaches, if it has ended)."""
        if self.block.terminator is not None:
            self.start(self.new_block("dead"), sealed=True)
        instr.block = self.block
        if instr.span is None:
            instr.span = self.span
        self.block.instrs.append(instr)
        return instr

    def alloca(self, size: int, align: int, name: str, span: Span | None) -> ir.Alloca:
        """A stack object; all stand at the head of the entry block."""
        alloca = ir.Alloca(size, align, name, span)
        alloca.block = self.entry
        self.entry.instrs.insert(self._allocas, alloca)
        self._allocas += 1
        return alloca

    # --- variables ------------------------------------------------------------------------------------------------

    def declare(self, variable: Variable, type: ir.Ty, name: str) -> None:
        """Say the type of a variable before it is read or written."""
        self._types[variable] = (type, name)

    def write(self, variable: Variable, value: ir.Value) -> None:
        """`variable` has `value` from here on."""
        if self.block.terminator is not None:
            self.start(self.new_block("dead"), sealed=True)
        self._defs[self.block][variable] = value

    def read(self, variable: Variable) -> ir.Value:
        """The value of `variable` here."""
        value = self._value(variable, self.block)
        self._fill()
        return value

    def _value(self, variable: Variable, block: ir.Block) -> ir.Value:
        walked = []
        while True:
            value = self._defs.setdefault(block, {}).get(variable)
            if value is not None:
                break
            walked.append(block)
            if block not in self._sealed:
                value = self._phi(variable, block)
                self._incomplete.setdefault(block, []).append((variable, value))
                break
            if not block.predecessors:
                value = ir.Undef(self._types[variable][0])
                break
            if len(block.predecessors) > 1:
                value = self._phi(variable, block)
                self._pending.append((variable, value))
                break
            block = block.predecessors[0]
        for passed in walked:
            self._defs[passed][variable] = value
        return value

    def _phi(self, variable: Variable, block: ir.Block) -> ir.Phi:
        type, name = self._types[variable]
        phi = ir.Phi(type, [], name, self.span)
        phi.block = block
        block.instrs.insert(0, phi)
        return phi

    def _fill(self) -> None:
        while self._pending:
            variable, phi = self._pending.pop()
            phi.operands = [self._value(variable, pred) for pred in phi.block.predecessors]

    # --- the end --------------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """Seal what is left, drop blocks that nothing reaches, and phis that merge one value."""
        for block in self.function.blocks:
            self._defs.setdefault(block, {})
            self.seal(block)
        self._drop_unreachable()
        self._drop_trivial_phis()

    def _drop_unreachable(self) -> None:
        reached = {self.entry}
        work = [self.entry]
        while work:
            for target in work.pop().successors():
                if target not in reached:
                    reached.add(target)
                    work.append(target)
        self.function.blocks = [block for block in self.function.blocks if block in reached]
        for block in self.function.blocks:
            keep = [i for i, pred in enumerate(block.predecessors) if pred in reached]
            if len(keep) != len(block.predecessors):
                block.predecessors = [block.predecessors[i] for i in keep]
                for phi in block.phis():
                    phi.operands = [phi.operands[i] for i in keep]

    def _drop_trivial_phis(self) -> None:
        users: dict[ir.Value, list[ir.Phi]] = {}
        work: list[ir.Phi] = []
        for block in self.function.blocks:
            for phi in block.phis():
                work.append(phi)
                for operand in phi.operands:
                    if isinstance(operand, ir.Phi):
                        users.setdefault(operand, []).append(phi)
        gone: dict[ir.Value, ir.Value] = {}

        def current(value: ir.Value) -> ir.Value:
            while value in gone:
                value = gone[value]
            return value

        while work:
            phi = work.pop()
            if phi in gone:
                continue
            values = {current(operand) for operand in phi.operands} - {phi}
            defined = {value for value in values if not isinstance(value, ir.Undef)}
            target: ir.Value = next(iter(defined)) if defined else ir.Undef(phi.type)
            if len(defined) > 1:
                continue
            if len(values) > len(defined) > 0 and not isinstance(target, ir.Constant | ir.Parameter):
                continue  # unset on some path: only a value that is there on every path may stand in
            gone[phi] = target
            for user in users.get(phi, ()):
                work.append(user)
                if isinstance(target, ir.Phi):
                    users.setdefault(target, []).append(user)
        for block in self.function.blocks:
            block.instrs = [instr for instr in block.instrs if instr not in gone]
            for instr in [*block.instrs, block.terminator]:
                if instr is not None:
                    instr.operands = [current(operand) for operand in instr.operands]

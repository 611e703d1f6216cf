"""`emit`: machine code with real registers to slots, references and the line table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..diagnostics import Diagnostics
from ..object import isa
from ..object.model import CoreRelocation, Function, Line, Linkage, Reference, RefKind
from ..source import Place, SourceMap, Span
from .machine import CALL, FRAME, JUMP, LEA, LONG_JUMP, MOV_K, MOV_X, SET, Instr, MachineBlock, MachineFunction

if TYPE_CHECKING:
    from .emit_asm import InlineAssembly

_JUMP_REACH = 0x7FFF
_MOST_ROUNDS = 64  # of moving apart what long jumps and islands are put between


def emit(function: MachineFunction, sources: SourceMap, diagnostics: Diagnostics) -> Function:
    """The finished function. Jumps count slots from the following instruction (RFC 9669 4.3)."""
    return _Emitter(function, sources, diagnostics).run()


class _Emitter:
    def __init__(self, function: MachineFunction, sources: SourceMap, diagnostics: Diagnostics) -> None:
        self.function = function
        self.sources = sources
        self.diagnostics = diagnostics
        self.insns: list[isa.Insn] = []
        self.references: list[Reference] = []
        self.lines: list[Line] = []
        self.core: list[CoreRelocation] = []  # with the roots' numbers as type ids, until `join` knows the types
        self.places: dict[Span, Place] = {}
        self.fixups: list[tuple[int, MachineBlock, tuple[MachineBlock, bool]]] = []
        self.far: set[tuple[MachineBlock, bool]] = set()  # jumps to be made long: of a block, and whether unconditional
        self.split = False  # whether there is a place for islands in long blocks
        self.starts: dict[MachineBlock, int] = {}
        self.asm: InlineAssembly | None = None  # once there is any

    def run(self) -> Function:
        """Emit; jumps that turn out too far are made long, which moves others apart, until all reach."""
        for _ in range(_MOST_ROUNDS):
            self._blocks()
            far = self._connect()
            if not far:
                break
            if self.function.cpu >= 4:
                self.far |= far.keys()
            else:
                self._over_islands(far)
        else:
            self.diagnostics.error(
                "E0502", self.function.span, f"'{self.function.name}' is too large: a jump spans {max(far.values())[0]} "
                "instructions, BPF jumps reach 32767",
                fix="compile with -mcpu=v4 (kernel 6.6), or move parts of it into __noinline functions",
            )  # fmt: skip
        return Function(
            self.function.name, self.function.section or ".text", self.insns, self.references, self.lines,
            Linkage(self.function.linkage), core=self.core,
        )  # fmt: skip

    def _blocks(self) -> None:
        self.insns, self.references, self.lines, self.core, self.fixups, self.starts = [], [], [], [], [], {}
        if self.asm is not None:
            self.asm.begin()
        blocks = self.function.blocks
        for i, block in enumerate(blocks):
            following = blocks[i + 1] if i + 1 < len(blocks) else None
            self.starts[block] = len(self.insns)
            for instr in block.instrs:
                self._instr(instr)
            if block.branch is not None and block.branch.asm is not None:
                self._line(block.branch.span)
                self._inline_asm().put(block.branch, self.insns, self.references, block.targets[:-1])
            elif block.branch is not None:
                self._jump(block, block.branch, block.targets[0])
            if block.targets and block.targets[-1] is not following:
                span = block.branch.span if block.branch else self._last_span(block)
                self._jump(block, Instr(JUMP, span=span), block.targets[-1])

    def _over_islands(self, far: dict[tuple[MachineBlock, bool], tuple[int, int]]) -> None:
        from .islands import put_islands, split_long  # few functions are that large

        if not self.split:
            self.split = True
            split_long(self.function)
            return
        put_islands(self.function, self.starts, [(site, block, -1 if unconditional else 0)
                                                 for (block, unconditional), (_, site) in far.items()])  # fmt: skip

    def _connect(self) -> dict[tuple[MachineBlock, bool], tuple[int, int]]:
        """Fill in the distances of jumps; those that are too far: how far, from which slot."""
        far = {}
        if self.asm is not None:
            self.asm.connect(self.insns, self.starts)
        for at, target, key in self.fixups:
            distance = self.starts[target] - at - 1
            if self.insns[at].op == LONG_JUMP:
                self.insns[at] = self.insns[at]._replace(imm=distance)
            elif -_JUMP_REACH - 1 <= distance <= _JUMP_REACH:
                self.insns[at] = self.insns[at]._replace(off=distance)
            else:
                far[key] = abs(distance), at
        return far

    def _last_span(self, block: MachineBlock) -> Span | None:
        return block.instrs[-1].span if block.instrs else None

    def _line(self, span: Span | None) -> None:
        if span is None:
            if self.lines or self.function.span is None:
                return
            span = self.function.span
        place = self.places.get(span)
        if place is None:
            place = self.places[span] = self.sources.place(span)
        if self.lines:
            last = self.lines[-1].place
            if last.line == place.line and last.column == place.column and last.file == place.file:
                return
            if self.lines[-1].at == len(self.insns):
                self.lines[-1].place = place
                return
        self.lines.append(Line(len(self.insns), place))

    def _jump(self, block: MachineBlock, instr: Instr, target: MachineBlock) -> None:
        self._line(instr.span)
        key = (block, instr.op == JUMP)
        op = instr.op
        if key in self.far:
            if op != JUMP:  # if it holds go to the long jump, else over it
                self._append(op, instr.dst, max(instr.src, 0), 1, instr.imm)
                self._append(JUMP, 0, 0, 1, 0)
            op, instr = LONG_JUMP, Instr(JUMP)
        self.fixups.append((len(self.insns), target, key))
        self._append(op, max(instr.dst, 0), max(instr.src, 0), 0, instr.imm)

    def _inline_asm(self) -> InlineAssembly:
        if self.asm is None:
            from .emit_asm import InlineAssembly  # most programs need no assembler

            self.asm = InlineAssembly(self.function, self.sources, self.diagnostics)
        return self.asm

    def _append(self, op: int, dst: int, src: int, off: int, imm: int) -> None:
        self.insns.append(isa.Insn(op, dst, src, off, imm))

    def _instr(self, instr: Instr) -> None:
        self._line(instr.span)
        if instr.core is not None:
            kind, root, access = instr.core
            self.core.append(CoreRelocation(len(self.insns), root, access, kind))
        if instr.asm is not None:
            self._inline_asm().put(instr, self.insns, self.references, [])
            return
        op, dst, src = instr.op, max(instr.dst, 0), max(instr.src, 0)
        if op >= SET:
            self._append(MOV_K, dst, 0, 0, instr.yes)
            self._append(op - SET, instr.left, src, 1, instr.imm)
            self._append(MOV_K, dst, 0, 0, instr.no)
        elif op == LEA:
            self._append(MOV_X, dst, FRAME, 0, 0)
            self._append(isa.ALU64 | isa.ADD, dst, 0, 0, self.function.frame[instr.imm].offset + instr.off)
        elif op == isa.LDDW:
            if instr.ref is not None:
                self.references.append(Reference(len(self.insns), instr.ref, instr.symbol, instr.imm))
                self.insns += isa.lddw(dst, 0)
            else:
                self.insns += isa.lddw(dst, instr.imm)
        elif op == CALL:
            source, number = 0, instr.imm
            if instr.ref is not None:
                self.references.append(Reference(len(self.insns), instr.ref, instr.symbol))
                source = isa.PSEUDO_CALL if instr.ref is RefKind.CALL else isa.PSEUDO_KFUNC_CALL
                number = -1
            self._append(op, 0, source, 0, number)
        elif instr.slot >= 0:
            off = self.function.frame[instr.slot].offset + instr.off
            if op & 7 == isa.LDX:
                self._append(op, dst, FRAME, off, instr.imm)
            else:
                self._append(op, FRAME, src, off, instr.imm)
        else:
            self._append(op, dst, src, instr.off, instr.imm)

"""Inline assembly: `select_asm` chooses its operands, `asm_text` writes them into the template once registers are known."""

from __future__ import annotations

import re

from ..diagnostics import Diagnostics
from ..ir import model as ir
from .machine import ALLOCATABLE, ASM, MOV_X, AsmCode, AsmOperand, Instr, MachineFunction
from .values import REFERENCE, Values, fits16, fits32

_PLACE = re.compile(r"%%|%\{(?:(?P<narrow>w):)?(?P<name>[oil]\d+|=)\}")
_STATEMENTS = re.compile(r"[^;\n\s][^;\n]*[;\n]\s*[^;\n\s]")  # more than one of them
_LEAVES = re.compile(r"(?:^|[;\n:])\s*(?:exit|gotol?\s[^;\n]*)[;\s]*\Z")
LABEL = ".Lasm.goto."  # and the number of a label of asm goto


def select_asm(v: Values, instr: ir.Asm | ir.AsmGoto, outputs: list[int], diagnostics: Diagnostics) -> Instr:
    """The machine instruction, not yet placed, for an asm statement whose results go to the registers `outputs`."""
    return _Selection(v, instr, outputs, diagnostics).run()


def pin_of(constraint: str) -> int:
    """The register that an operand must be in, or -1."""
    _, colon, number = constraint.partition(":")
    return int(number) if colon else -1


def leaves(instr: ir.Asm) -> bool:
    """Whether control does not get behind an asm statement: the kernel refuses code that nothing reaches."""
    return _LEAVES.search(instr.template) is not None


class _Selection:
    def __init__(self, v: Values, instr: ir.Asm | ir.AsmGoto, outputs: list[int], diagnostics: Diagnostics) -> None:
        self.v, self.instr, self.diagnostics = v, instr, diagnostics
        self.code = AsmCode(instr.template, writes=outputs)
        self.constraints = instr.outputs if isinstance(instr, ir.Asm) else ()

    def run(self) -> Instr:
        code, instr = self.code, self.instr
        for clobber in instr.clobbers:
            if clobber != "memory" and int(clobber[1:]) < ALLOCATABLE:
                code.clobbers |= 1 << int(clobber[1:])
        for index, constraint in enumerate(self.constraints):
            code.operands[f"o{index}"] = AsmOperand("out", index, narrow="w" in constraint)
        pinned: list[tuple[int, ir.Value]] = []  # last, so that nothing else gets in their way
        # results may share registers with operands that end here, unless some are read later
        several = _STATEMENTS.search(instr.template) is not None
        tied = {int(c) for c in instr.inputs if c.isdigit()}
        code.early = [
            register for index, register in enumerate(code.writes)
            if several or index in tied or "&" in self.constraints[index]
        ]  # fmt: skip
        for index, (constraint, value) in enumerate(zip(instr.inputs, instr.operands, strict=True)):
            register = pin_of(constraint)
            if constraint.isdigit():
                register = code.writes[int(constraint)] if code.writes[int(constraint)] < ALLOCATABLE else -1
            if register >= 0:
                pinned.append((register, value))
                code.operands[f"i{index}"] = self._read(register)._replace(narrow="w" in constraint)
                continue
            operand = self._input(constraint, value)
            if operand is not None:
                code.operands[f"i{index}"] = operand
        self._put(pinned)
        if isinstance(instr, ir.AsmGoto):
            code.label_count = len(instr.targets) - 1
        self._check_room()
        return Instr(ASM, span=instr.span, asm=code)

    def _put(self, pinned: list[tuple[int, ir.Value]]) -> None:
        registers = [self.v.new() for _ in pinned]
        for register, (_, value) in zip(registers, pinned, strict=True):
            self.v.into(register, value)
        for register, (pin, _) in zip(registers, pinned, strict=True):
            self.v.emit(MOV_X, pin, register)
        fixed = [register for register in self.code.writes if register < ALLOCATABLE]
        # a clobber is written when what goes in has been read, and may be the register of that (not so with gcc)
        for registers, clobbers in (([pin for pin, _ in pinned], 0), (fixed, self.code.clobbers)):
            if len(set(registers)) < len(registers) or any(clobbers >> r & 1 for r in registers):
                self.diagnostics.error(
                    "E0513", self.instr.span, "two operands of asm, or an operand and a clobber, are the same register",
                    fix="declare the variables in other registers",
                )  # fmt: skip

    def _check_room(self) -> None:
        code = self.code
        clobbered = code.clobbers.bit_count()
        apart = {r for r in (*code.reads, *code.early) if r >= ALLOCATABLE or not code.clobbers >> r & 1}
        needed = max(len(apart), len(code.writes))
        if needed + clobbered > ALLOCATABLE:
            self.diagnostics.error(
                "E0513", self.instr.span, f"too few registers: the operands need {needed}, {clobbered} of 10 are clobbered",
                fix="pass fewer operands, or clobber fewer registers",
            )  # fmt: skip
            code.template, code.clobbers = "", 0
            code.reads, code.writes, code.early = code.reads[:4], code.writes[:4], []

    def _input(self, constraint: str, value: ir.Value) -> AsmOperand | None:
        v, code = self.v, self.code
        if constraint.isdigit():
            register = code.writes[int(constraint)]
            v.into(register, value)
            return self._read(register)
        if constraint == "m":
            return self._memory(value)
        if "i" in constraint or constraint == "s":
            number = self._number(value, "r" not in constraint and "w" not in constraint)
            if number is not None:
                return number
            if constraint in ("i", "s"):
                self.diagnostics.error(
                    "E0512", self.instr.span, "this asm operand must be a constant, and is computed at run time",
                    fix='use the constraint "r" for a value, or make it a literal, an enum constant or a #define',
                )  # fmt: skip
                return None
        return self._read(v.use(value))._replace(narrow="w" in constraint)

    def _read(self, register: int) -> AsmOperand:
        reads = self.code.reads
        if register not in reads:
            reads.append(register)
        return AsmOperand("in", reads.index(register))

    def _number(self, value: ir.Value, any_size: bool) -> AsmOperand | None:
        """A number, or with `any_size` (the operand can be nothing else) also the address of a symbol."""
        addend = 0
        while True:
            match value:
                case ir.Unary(op="zext" | "ptrtoint" | "inttoptr", operands=[inner]):
                    value = inner
                case ir.PtrAdd(operands=[inner, ir.Constant() as step]):
                    value = inner
                    addend += step.signed
                case ir.Binary(op="add", operands=[inner, ir.Constant() as step]):
                    value = inner
                    addend += step.signed
                case ir.Constant():
                    number = value.signed + addend
                    return AsmOperand("number", number) if any_size or fits32(number) else None
                case ir.SymbolAddr() if any_size:
                    self.code.symbols[value.symbol] = REFERENCE[value.kind]
                    return AsmOperand("symbol", value.addend + addend, text=value.symbol)
                case _:
                    return None

    def _memory(self, address: ir.Value) -> AsmOperand:
        v = self.v
        base, offset = v.address(address)
        if isinstance(base, ir.Alloca):
            return AsmOperand("slot", v.slots[base], offset)
        if not fits16(offset):
            base, offset = address, 0
        return AsmOperand("memory", self._read(v.use(base)).number, offset)


def asm_text(code: AsmCode, function: MachineFunction, unique: int) -> tuple[str, list[tuple[int, int]]]:
    """The text to assemble, and where its parts come from: (offset in the text, offset in the template), ascending."""
    parts: list[str] = []
    places: list[tuple[int, int]] = []
    length = position = 0
    for match in _PLACE.finditer(code.template):
        before = code.template[position : match.start()]
        put = "%" if match["name"] is None else _operand(code, function, match["name"], match["narrow"] is not None, unique)
        places += [(length, position), (length + len(before), match.start())]
        length += len(before) + len(put)
        parts += [before, put]
        position = match.end()
    places.append((length, position))
    parts.append(code.template[position:])
    return "".join(parts), places


def _operand(code: AsmCode, function: MachineFunction, name: str, narrow: bool, unique: int) -> str:
    if name == "=":
        return str(unique)
    if name[0] == "l":
        return LABEL + name[1:]
    operand = code.operands.get(name)
    if operand is None:
        return "0"  # an error has been reported
    kind, number, offset, text, always_narrow = operand
    letter = "w" if narrow or always_narrow else "r"
    match kind:
        case "out":
            return f"{letter}{code.writes[number]}"
        case "in":
            return f"{letter}{code.reads[number]}"
        case "number":
            return str(number)
        case "symbol":
            return f"{text} + {number}" if number > 0 else f"{text} - {-number}" if number else text
        case "memory":
            return _address(code.reads[number], offset)
        case _:
            return _address(10, function.frame[number].offset + offset)


def _address(register: int, offset: int) -> str:
    return f"(r{register} {'-' if offset < 0 else '+'} {abs(offset)})"

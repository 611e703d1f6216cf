"""`Arithmetic`: arithmetic, conversions and comparisons, on 32-bit registers (-mcpu=v3 and later) and 64-bit ones.

BPF arithmetic has two addresses: `d = a op b` is `d = a; d op= b`, and the allocator makes the move go away where `a` is
not needed any more.
"""

from __future__ import annotations

from ..ir import model as ir
from ..ir.model import Ty
from ..object import isa
from .machine import MOV32_X, MOV_X, SET, Instr
from .values import Choice, Values, core_of, fits32

ALU = {
    "add": isa.ADD, "sub": isa.SUB, "mul": isa.MUL, "udiv": isa.DIV, "umod": isa.MOD, "and": isa.AND, "or": isa.OR,
    "xor": isa.XOR, "shl": isa.LSH, "lshr": isa.RSH, "ashr": isa.ARSH, "sdiv": isa.DIV, "smod": isa.MOD,
}  # fmt: skip
COMMUTATIVE = frozenset({"add", "mul", "and", "or", "xor"})
JUMP = {
    "eq": isa.JEQ, "ne": isa.JNE, "ugt": isa.JGT, "uge": isa.JGE, "ult": isa.JLT, "ule": isa.JLE,
    "sgt": isa.JSGT, "sge": isa.JSGE, "slt": isa.JSLT, "sle": isa.JSLE,
}  # fmt: skip
SWAPPED = {
    "eq": "eq", "ne": "ne", "ugt": "ult", "uge": "ule", "ult": "ugt", "ule": "uge",
    "sgt": "slt", "sge": "sle", "slt": "sgt", "sle": "sge",
}  # fmt: skip
SHIFTS = frozenset({"shl", "lshr", "ashr"})


class Arithmetic:
    """Selects code for Binary, Unary, PtrAdd and Compare; emits through `values`."""

    def __init__(self, values: Values) -> None:
        self.values = values

    # --- hooks: how an i32 is worked on ---------------------------------------------------------------------------

    def kind(self, type: Ty) -> int:
        """The instruction class for arithmetic on a type."""
        return isa.ALU if type is Ty.I32 else isa.ALU64

    def cut(self, register: int, source: int) -> None:
        """register = the low 32 bits of source."""
        self.values.emit(MOV32_X, register, source)

    def condition(self, jump: str, a: ir.Value, b: ir.Value) -> Instr:
        """The conditional jump, not yet placed, for a comparison or `set`, a test of bits."""
        v = self.values
        kind = isa.JMP32 if a.type is Ty.I32 else isa.JMP
        op = isa.JSET if jump == "set" else JUMP[jump]
        left = v.use(a)
        if isinstance(b, ir.Constant) and fits32(b.signed):
            return Instr(kind | op, left, -1, 0, b.signed, v.span)
        return Instr(kind | op | isa.X, left, v.use(b), 0, 0, v.span)

    # --- arithmetic -----------------------------------------------------------------------------------------------

    def alu(self, op: int, register: int, value: ir.Value) -> None:
        """register op= value."""
        if isinstance(value, ir.Constant) and fits32(value.signed):
            self.values.emit(op, register, imm=value.signed)
        else:
            self.values.emit(op | isa.X, register, self.values.use(value))

    def ordered(self, instr: ir.Binary) -> tuple[ir.Value, ir.Value]:
        """The operands, the one first whose register the result may take, if they may be exchanged."""
        a, b = instr.operands
        v = self.values
        if instr.op in COMMUTATIVE and v.outlives(a, instr) and not v.outlives(b, instr):
            return b, a
        return a, b

    def binary(self, instr: ir.Binary) -> None:
        """Any operation of two operands."""
        v = self.values
        a, b = self.ordered(instr)
        kind = self.kind(instr.type)
        register = v.define(instr)
        match instr.op:
            case "sub" if isinstance(a, ir.Constant) and a.value == 0:
                v.into(register, b)
                v.emit(kind | isa.NEG, register)
            case "and" if instr.type is Ty.I64 and isinstance(b, ir.Constant) and b.value == 0xFFFFFFFF:
                self.cut(register, v.use(a))
            case "sub" if isinstance(b, ir.Constant) and fits32(-b.signed):
                v.into(register, a)
                self.alu(kind | isa.ADD, register, ir.Constant(b.type, -b.signed))
            case op:
                v.into(register, a)
                if op in SHIFTS and isinstance(b, ir.Constant):
                    b = ir.Constant(b.type, b.value % instr.type.bits)  # RFC 9669 4.1: amounts are masked
                self.alu(kind | ALU[op], register, b)
                if op in ("sdiv", "smod"):
                    v.current.instrs[-1].off = 1

    def step(self, instr: ir.PtrAdd) -> None:
        """A pointer plus a number."""
        v = self.values
        base, offset = instr.operands
        register = v.define(instr)
        if isinstance(offset, ir.Binary) and offset in v.skipped:
            back = offset.operands[1]
            v.into(register, base)
            self.alu(isa.ALU64 | isa.SUB, register, back)
            return
        if isinstance(offset, ir.CoreValue) and offset in v.skipped:
            v.into(register, base)
            v.emit(isa.ALU64 | isa.ADD, register, imm=offset.value).core = core_of(offset)
            return
        if v.outlives(base, instr) and not v.outlives(offset, instr):
            base, offset = offset, base  # the verifier takes number += pointer as well
        v.into(register, base)
        self.alu(isa.ALU64 | isa.ADD, register, offset)

    # --- conversions ----------------------------------------------------------------------------------------------

    def unary(self, instr: ir.Unary) -> None:
        """Any conversion."""
        v = self.values
        if v.is_same_register(instr):
            return
        source = instr.operands[0]
        register = v.define(instr)
        match instr.op:
            case "trunc":
                self.cut(register, v.use(source))
            case "sext" | "sext32" if v.target.cpu >= 4:
                v.emit(MOV_X, register, v.use(source), off=32)
            case "sext" | "sext32":
                self.shifted(register, source, isa.ALU64, (isa.LSH, 32), (isa.ARSH, 32))
            case "askernel" | "asarena":
                imm = isa.TO_KERNEL if instr.op == "askernel" else isa.TO_ARENA
                v.emit(MOV_X, register, v.use(source), off=isa.SPACE_CAST, imm=imm)
            case "sext8" | "sext16":
                self.extend(register, source, instr.type, int(instr.op[4:]))
            case "bswap16" | "bswap32" | "bswap64":
                v.into(register, source)
                # END with the X bit converts to big endian (RFC 9669 4.2), which on little endian is a swap
                swap = isa.ALU | isa.END | (isa.K if v.target.big_endian else isa.X)
                v.emit(swap, register, imm=int(instr.op[5:]))

    def extend(self, register: int, source: ir.Value, type: Ty, width: int) -> None:
        """register = the low 8 or 16 bits of source, sign-extended to `type`."""
        kind = self.kind(type)
        if self.values.target.cpu >= 4:
            self.values.emit(kind | isa.MOV | isa.X, register, self.values.use(source), off=width)
        else:
            self.shifted(register, source, kind, (isa.LSH, type.bits - width), (isa.ARSH, type.bits - width))

    def shifted(self, register: int, source: ir.Value, kind: int, *shifts: tuple[int, int]) -> None:
        """register = source, then shifted by each (direction, amount)."""
        self.values.into(register, source)
        for op, amount in shifts:
            self.values.emit(kind | op, register, imm=amount)

    # --- comparisons ----------------------------------------------------------------------------------------------

    def comparison(self, compare: ir.Compare) -> tuple[Instr, bool]:
        """A jump, and whether it is taken if the comparison holds (else: if it does not)."""
        test = self.values.bit_test(compare)
        if test is not None and test in self.values.skipped:
            return self.condition("set", *test.operands), compare.op == "ne"
        a, b = compare.operands
        if isinstance(a, ir.Constant) and not isinstance(b, ir.Constant):
            a, b, op = b, a, SWAPPED[compare.op]
        else:
            op = compare.op
        jump = self.condition(op, a, b)
        if Ty.PTR in (a.type, self.values.root(a).type):
            jump.origin = self.values.origin(a)
        return jump, True

    def choice(self, value: ir.Instr, choice: Choice) -> None:
        """One of two numbers, by a comparison."""
        jump, holds = self.comparison(choice.compare)
        made = self.values.emit(SET + jump.op, self.values.define(value), jump.src, imm=jump.imm)
        made.left = jump.dst
        made.yes, made.no = (choice.yes, choice.no) if holds else (choice.no, choice.yes)

"""`WideArithmetic`: 32-bit arithmetic for -mcpu=v1 and v2, which have 64-bit registers only.

An i32 is zero-extended to 64 bits here too; what an operation leaves above is cut off with `<<= 32; >>= 32`. A signed
comparison extends both sides first. v1 lacks the jumps for "less": the operands change places.
"""

from __future__ import annotations

from ..ir import model as ir
from ..ir.model import Ty
from ..object import isa
from .arithmetic import ALU, JUMP, SHIFTS, SWAPPED, Arithmetic
from .machine import MOV_X, Instr
from .values import fits32

_CLEAN = frozenset({"and", "udiv", "umod", "lshr"})  # of zero-extended operands they give zero-extended results
_SINCE_V2 = frozenset({"ult", "ule", "slt", "sle"})


class WideArithmetic(Arithmetic):
    """As `Arithmetic`, without ALU32 and JMP32."""

    def kind(self, type: Ty) -> int:
        return isa.ALU64

    def cut(self, register: int, source: int) -> None:
        self.values.emit(MOV_X, register, source)
        self._cut(register)

    def _cut(self, register: int) -> None:
        self.values.emit(isa.ALU64 | isa.LSH, register, imm=32)
        self.values.emit(isa.ALU64 | isa.RSH, register, imm=32)

    def alu(self, op: int, register: int, value: ir.Value) -> None:
        if isinstance(value, ir.Constant) and value.type is Ty.I32 and value.value >> 31:
            # an immediate would be sign-extended: right for what is cut off afterwards, wrong for the others
            if op & 0xF0 not in (isa.ADD, isa.SUB, isa.MUL, isa.AND, isa.OR, isa.XOR):
                self.values.emit(op | isa.X, register, self.values.use(value))
                return
        super().alu(op, register, value)

    def binary(self, instr: ir.Binary) -> None:
        if instr.type is not Ty.I32:
            super().binary(instr)
            return
        v = self.values
        register = v.define(instr)
        if instr.op not in SHIFTS:
            super().binary(instr)
            if instr.op not in _CLEAN:
                self._cut(register)
            return
        a, b = instr.operands
        v.into(register, a)
        if isinstance(b, ir.Constant):
            amount: ir.Value | int = b.value % 32
        else:
            masked = v.new()
            v.into(masked, b)
            v.emit(isa.ALU64 | isa.AND, masked, imm=31)
            amount = masked
        if instr.op == "ashr":
            v.emit(isa.ALU64 | isa.LSH, register, imm=32)
        op = isa.ALU64 | ALU[instr.op]
        if isinstance(b, ir.Constant):
            v.emit(op, register, imm=b.value % 32)
        else:
            assert isinstance(amount, int)
            v.emit(op | isa.X, register, amount)
        if instr.op == "ashr":
            v.emit(isa.ALU64 | isa.RSH, register, imm=32)
        elif instr.op == "shl":
            self._cut(register)

    def extend(self, register: int, source: ir.Value, type: Ty, width: int) -> None:
        if type is Ty.I32:  # to the upper half, then down
            self.shifted(register, source, isa.ALU64, (isa.LSH, 64 - width), (isa.ARSH, 32 - width), (isa.RSH, 32))
        else:
            super().extend(register, source, type, width)

    def condition(self, jump: str, a: ir.Value, b: ir.Value) -> Instr:
        v = self.values
        if self.values.target.cpu < 2 and jump in _SINCE_V2:
            a, b, jump = b, a, SWAPPED[jump]
        if a.type is not Ty.I32:
            return self._jump(jump, v.use(a), b)
        if jump[0] != "s" or jump == "set":
            # zero-extended: an immediate must not be sign-extended
            if isinstance(b, ir.Constant):
                b = ir.Constant(Ty.I64, b.value)
            return self._jump(jump, v.use(a), b)
        left = self._signed(a)
        if isinstance(b, ir.Constant):
            return self._jump(jump, left, ir.Constant(Ty.I64, b.signed))
        return Instr(isa.JMP | JUMP[jump] | isa.X, left, self._signed(b), 0, 0, v.span)

    def _jump(self, jump: str, left: int, b: ir.Value) -> Instr:
        op = isa.JSET if jump == "set" else JUMP[jump]
        if isinstance(b, ir.Constant) and fits32(b.signed):
            return Instr(isa.JMP | op, left, -1, 0, b.signed, self.values.span)
        return Instr(isa.JMP | op | isa.X, left, self.values.use(b), 0, 0, self.values.span)

    def _signed(self, value: ir.Value) -> int:
        register = self.values.new()
        self.shifted(register, value, isa.ALU64, (isa.LSH, 32), (isa.ARSH, 32))
        return register

"""`Arithmetic`: one ALU instruction on a state: numbers, pointers, copies (check_alu_op in kernel/bpf/verifier.c)."""

from __future__ import annotations

from ...compiler.object import isa
from ...compiler.object.isa import Insn
from . import scalar as sc
from .alu import alu, negate, swap
from .memory import MAX_VAR_OFF, Memory
from .program import Program
from .state import PACKETS, ZERO, Def, Kind, Reg, State, mark_precise, number, renumbered, unknown
from .tnum import M32, M64
from .verdict import Refused

_NOT_MOVABLE = frozenset({Kind.PACKET_END, Kind.MAP, Kind.SOCKET, Kind.SOCK_COMMON, Kind.TCP_SOCK, Kind.XDP_SOCK})


class Arithmetic:
    """ALU instructions of one program."""

    def __init__(self, program: Program, memory: Memory) -> None:
        self.program = program
        self.memory = memory

    def step(self, state: State, slot: int, insn: Insn) -> int:
        """Carry out the instruction at `slot`; gives the next slot. Raises `Refused`."""
        regs = state.frames[-1].regs
        wide, op = insn.op & 7 == isa.ALU64, insn.op & 0xF0
        if op == isa.MOV:
            self._move(regs, slot, insn, wide)
            return slot + 1
        old = regs[insn.dst]
        if old is None:
            raise no_value(slot, insn.dst)
        if op in (isa.NEG, isa.END):
            regs[insn.dst] = self._unary(old, slot, insn, wide)
            return slot + 1
        if insn.op & isa.X:
            other = regs[insn.src]
            if other is None:
                raise no_value(slot, insn.src)
        else:
            other = number(sc.const(insn.imm), Def(slot))
        if old.kind is Kind.SCALAR and other.kind is Kind.SCALAR:
            regs[insn.dst] = self._numbers(old, other, slot, insn, op, wide)
        else:
            regs[insn.dst] = self._pointer(slot, op, wide, old, other)
        return slot + 1

    def _numbers(self, old: Reg, other: Reg, slot: int, insn: Insn, op: int, wide: bool) -> Reg:
        if insn.op & isa.X:
            if insn.dst == insn.src and op in (isa.SUB, isa.XOR) and wide and old.scalar.is_const:
                return number(ZERO, Def(slot))
            parents: tuple[Def, ...] = (old.node, other.node)
        else:
            parents = (old.node,)
        result = number(alu(op, wide, old.scalar, other.scalar, bool(insn.off)), Def(slot, parents))
        if old.id and not old.size and op in (isa.ADD, isa.SUB):
            step = _distance(op, wide, old.scalar, other.scalar)
            if step is not None:  # still tied to the others, at a distance
                result.id, result.off, result.size = old.id, step, 64 if wide else 32
        return result

    def _unary(self, old: Reg, slot: int, insn: Insn, wide: bool) -> Reg:
        if old.kind is not Kind.SCALAR:
            return unknown(slot)
        if insn.op & 0xF0 == isa.NEG:
            if not self.program.kernel.at_least("6.17") and not old.scalar.is_const:
                return unknown(slot)
            return number(negate(wide, old.scalar), Def(slot, (old.node,)))
        size, to_big = insn.imm // 8, bool(insn.op & isa.X)
        if wide or to_big is not self.program.obj.big_endian:  # in ALU64 it always swaps (RFC 9669 4.2)
            return number(swap(old.scalar, size), Def(slot, (old.node,)))
        return number(sc.truncate(old.scalar, size), Def(slot, (old.node,)))

    # --- copies -----------------------------------------------------------------------------------------------------

    def tie(self, regs: list[Reg | None], n: int, reg: Reg) -> Reg:
        """Give a number an id before it is copied, so that what is learned of one copy holds for the other."""
        if (reg.id and not reg.size) or not reg.scalar.mask:
            return reg
        tied = number(reg.scalar, reg.node, self.memory.fresh())
        regs[n] = tied
        return tied

    def _move(self, regs: list[Reg | None], slot: int, insn: Insn, wide: bool) -> None:
        if not insn.op & isa.X:
            regs[insn.dst] = number(sc.const(insn.imm if wide else insn.imm & M32), Def(slot))
            return
        source = regs[insn.src]
        if source is None:
            raise no_value(slot, insn.src)
        if source.kind is not Kind.SCALAR:
            if wide and not insn.off:
                regs[insn.dst] = source
            else:
                regs[insn.dst] = number(sc.UNKNOWN if wide else sc.zext32(sc.UNKNOWN), Def(slot))
            return
        scalar = source.scalar
        if insn.off:
            value = sc.sext(scalar, insn.off // 8)
            made = value if wide else sc.zext32(sc.sext32(scalar, insn.off // 8))
            if scalar.umax < 1 << insn.off - 1:
                source = self.tie(regs, insn.src, source)
                regs[insn.dst] = renumbered(source, made, source.node)
            else:
                regs[insn.dst] = number(made, Def(slot, (source.node,)))
        elif wide:
            regs[insn.dst] = self.tie(regs, insn.src, source)
        elif scalar.umax <= M32:
            source = self.tie(regs, insn.src, source)
            short = sc.zext32(source.scalar)
            regs[insn.dst] = source if short == scalar else renumbered(source, short, source.node)
        else:
            regs[insn.dst] = number(sc.zext32(scalar), Def(slot, (source.node,)))

    # --- pointers ---------------------------------------------------------------------------------------------------

    def _pointer(self, slot: int, op: int, wide: bool, old: Reg, other: Reg) -> Reg:
        """At least one operand is a pointer (adjust_ptr_min_max_vals)."""
        if old.kind is not Kind.SCALAR and other.kind is not Kind.SCALAR:
            if op == isa.SUB:
                return unknown(slot)
            causes = [(old.made, "one comes from here"), (other.made, "the other from here")]
            raise Refused("V1124", slot, f"{old.name} and {other.name} cannot be combined",
                          "only their difference can be taken", causes)  # fmt: skip
        pointer, value = (old, other) if old.kind is not Kind.SCALAR else (other, old)
        mark_precise(value.node)
        if sc.is_broken(value.scalar):
            return unknown(slot)
        if not wide:
            if op == isa.SUB:
                return unknown(slot)
            raise Refused("V1123", slot, f"32-bit arithmetic on {pointer.name}", "keep pointers in 64-bit variables")
        made = [(pointer.made, "the pointer comes from here")]
        if pointer.null:
            raise Refused("V1104", slot, f"arithmetic on {pointer.name}", "test it first: if (!pointer) return ...;", made)
        if op not in (isa.ADD, isa.SUB) or (op == isa.SUB and old.kind is Kind.SCALAR):
            raise Refused("V1120", slot, f"arithmetic on {pointer.name} other than + and - is not allowed",
                          "compute the offset in a variable of its own, then add it", made)  # fmt: skip
        if pointer.kind in _NOT_MOVABLE and not (pointer.kind is Kind.MAP and value.is_zero and op == isa.ADD):
            raise Refused("V1120", slot, f"arithmetic on {pointer.name} is not allowed",
                          "compare pointer + length with data_end" if pointer.kind is Kind.PACKET_END else "",
                          made)  # fmt: skip
        if pointer.kind is Kind.FLOW_KEYS and not value.scalar.is_const:
            raise Refused("V1120", slot, f"only constants can be added to {pointer.name}", "use its members by name", made)
        self._sane(slot, pointer, value.scalar, value)
        self._sane(slot, pointer, pointer.scalar, value, pointer.off)
        result = self._moved(slot, op, pointer, value)
        self._sane(slot, pointer, result.scalar, value, result.off)
        return result

    def _sane(self, slot: int, pointer: Reg, scalar: sc.Scalar, value: Reg, off: int = 0) -> None:
        """Offsets must stay far from overflow (check_reg_sane_offset)."""
        cause = [(value.made, "the number comes from here")]
        if (scalar.is_const and not -MAX_VAR_OFF < sc.s64(scalar.value) < MAX_VAR_OFF) or not -MAX_VAR_OFF < off < MAX_VAR_OFF:
            raise Refused("V1125", slot, f"an offset of {off + sc.s64(scalar.value)} is too large for {pointer.name}",
                          "check the computation of the offset", cause)  # fmt: skip
        if not -MAX_VAR_OFF < scalar.smin < MAX_VAR_OFF:
            raise Refused(
                "V1126", slot, f"this adds a number without a lower bound to {pointer.name} (it may be {scalar.smin})",
                "limit the number first, in the same variable: make it unsigned and test it, or use &", cause,
            )  # fmt: skip

    def _moved(self, slot: int, op: int, pointer: Reg, value: Reg) -> Reg:
        step, at = value.scalar, pointer.scalar
        node = Def(slot, (pointer.node,))
        if step.is_const:
            off = pointer.off + (sc.s64(step.value) if op == isa.ADD else -sc.s64(step.value))
            if -(1 << 31) <= off < 1 << 31:
                if op == isa.SUB and pointer.kind is Kind.STACK:
                    raise self._stack_difference(slot)
                return pointer.but(off=off, node=node)
        if op == isa.SUB and pointer.kind is Kind.STACK:
            raise self._stack_difference(slot)
        scalar = sc.add_offset(at, step) if op == isa.ADD else sc.subtract_offset(at, step)
        if pointer.kind not in PACKETS:
            return pointer.but(scalar=scalar, node=Def(slot, (pointer.node, value.node)))
        kept = pointer.range if op == isa.SUB and step.smin >= 0 else 0
        return pointer.but(scalar=scalar, id=self.memory.fresh(), range=kept, node=Def(slot, (pointer.node, value.node)))

    def _stack_difference(self, slot: int) -> Refused:
        return Refused("V1120", slot, "nothing can be subtracted from a pointer to the stack", "add a negative number")


def _distance(op: int, wide: bool, old: sc.Scalar, other: sc.Scalar) -> int | None:
    """By how much a known addition moves a number, None if that is not known or too far."""
    if other.mask & (M64 if wide else M32) or (not wide and old.umax > M32):
        return None
    step = sc.s64(other.value) if wide else sc.s32(other.value & M32)
    step = step if op == isa.ADD else -step
    return step if sc.S32_MIN < step <= sc.S32_MAX or (step == sc.S32_MIN and op == isa.ADD) else None


def no_value(slot: int, n: int) -> Refused:
    """A register is read that holds nothing."""
    return Refused("V1200", slot, f"r{n} is read, but it has no value on this path",
                   "give the variable a value on every path; r1-r5 are lost in every call")  # fmt: skip

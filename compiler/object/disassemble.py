"""`disassemble`: instructions as text, in the words of `llvm-objdump -d` (LLVM 19), which `assemble` reads back."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence

from . import isa
from .isa import Insn

# the operators of ALU and ALU64, by op & 0xf0; signed ones have off 1 (RFC 9669, 4.1)
ALU_OPS = {
    isa.ADD: "+", isa.SUB: "-", isa.MUL: "*", isa.DIV: "/", isa.OR: "|", isa.AND: "&", isa.LSH: "<<", isa.RSH: ">>",
    isa.MOD: "%", isa.XOR: "^", isa.MOV: "", isa.ARSH: "s>>",
}  # fmt: skip
JUMP_OPS = {
    isa.JEQ: "==", isa.JGT: ">", isa.JGE: ">=", isa.JSET: "&", isa.JNE: "!=", isa.JSGT: "s>", isa.JSGE: "s>=",
    isa.JLT: "<", isa.JLE: "<=", isa.JSLT: "s<", isa.JSLE: "s<=",
}  # fmt: skip
SIZES = {isa.B: "u8", isa.H: "u16", isa.W: "u32", isa.DW: "u64"}
SIGNED_SIZES = {isa.B: "s8", isa.H: "s16", isa.W: "s32"}
ATOMIC_OPS = {isa.ADD: "+", isa.OR: "|", isa.AND: "&", isa.XOR: "^"}
FETCH_OPS = {isa.ADD: "add", isa.OR: "or", isa.AND: "and", isa.XOR: "xor"}
UNKNOWN = "<unknown>"


def disassemble(insns: Sequence[Insn], *, symbols: Sequence[tuple[int, str]] = ()) -> list[str]:
    """One text an instruction (so one for both slots of an lddw).

    With `symbols`, (slot, name) in ascending order, a jump says where it goes: `goto +0x3 <name+0x28>`.
    """
    starts = [slot for slot, _ in symbols]

    def target(slot: int, distance: int) -> str:
        text = _offset(distance)
        at = bisect_right(starts, slot + 1 + distance) - 1
        if at < 0:
            return text
        start, name = symbols[at]
        beyond = (slot + 1 + distance - start) * 8
        return f"{text} <{name}+{beyond:#x}>" if beyond else f"{text} <{name}>"

    texts = []
    slot = 0
    while slot < len(insns):
        insn = insns[slot]
        if insn.op == isa.LDDW:
            texts.append(_lddw(insn, insns[slot + 1]) if slot + 1 < len(insns) else UNKNOWN)
            slot += 2
        elif insn.dst > 11 or insn.src > 11:
            texts.append(UNKNOWN)
            slot += 1
        else:
            texts.append(_CLASSES[insn.op & 7](insn, slot, target))
            slot += 1
    return texts


_Target = Callable[[int, int], str]


def _hex(value: int) -> str:
    return f"-{-value:#x}" if value < 0 else f"{value:#x}"


def _offset(value: int) -> str:
    return f"-{-value:#x}" if value < 0 else f"+{value:#x}"


def _address(register: int, off: int) -> str:
    return f"r{register} - {-off:#x}" if off < 0 else f"r{register} + {off:#x}"


def _lddw(low: Insn, high: Insn) -> str:
    value = low.imm & 0xFFFFFFFF | (high.imm & 0xFFFFFFFF) << 32
    if low.src:
        return f"ld_pseudo r{low.dst}, {low.src:#x}, {value:#x}"
    return f"r{low.dst} = {_hex(value - (value >> 63 << 64))} ll"


def _ld(insn: Insn, _slot: int, _target: _Target) -> str:
    size = SIZES[insn.op & 0x18]
    match insn.op & 0xE0:
        case isa.ABS if size != "u64":
            return f"r0 = *({size} *)skb[{_hex(insn.imm)}]"
        case isa.IND if size != "u64":
            return f"r0 = *({size} *)skb[r{insn.src}]"
    return UNKNOWN


def _ldx(insn: Insn, _slot: int, _target: _Target) -> str:
    sizes = {isa.MEM: SIZES, isa.MEMSX: SIGNED_SIZES}.get(insn.op & 0xE0, {})
    size = sizes.get(insn.op & 0x18)
    return f"r{insn.dst} = *({size} *)({_address(insn.src, insn.off)})" if size else UNKNOWN


def _st(insn: Insn, _slot: int, _target: _Target) -> str:
    if insn.op & 0xE0 != isa.MEM:
        return UNKNOWN
    return f"*({SIZES[insn.op & 0x18]} *)({_address(insn.dst, insn.off)}) = {_hex(insn.imm)}"


def _stx(insn: Insn, _slot: int, _target: _Target) -> str:
    size, address = SIZES[insn.op & 0x18], _address(insn.dst, insn.off)
    if insn.op & 0xE0 == isa.MEM:
        return f"*({size} *)({address}) = r{insn.src}"
    if insn.op & 0xE0 != isa.ATOMIC:
        return UNKNOWN
    return _atomic(insn, size, address)


def _atomic(insn: Insn, size: str, address: str) -> str:
    """llvm-objdump knows most 32-bit forms only with --mcpu=v3 or later; their text is that one's."""
    if insn.imm == isa.LOAD_ACQUIRE:
        register = "r" if size == "u64" else "w"
        return f"{register}{insn.dst} = load_acquire(({size} *)({_address(insn.src, insn.off)}))"
    if insn.imm == isa.STORE_RELEASE:
        return f"store_release(({size} *)({address}), {'r' if size == 'u64' else 'w'}{insn.src})"
    if size not in ("u32", "u64"):
        return UNKNOWN
    if insn.imm in ATOMIC_OPS:
        narrow = size == "u32" and insn.imm != isa.ADD
        return f"lock *({size} *)({address}) {ATOMIC_OPS[insn.imm]}= {'w' if narrow else 'r'}{insn.src}"
    wide = size == "u64"
    register = f"{'r' if wide else 'w'}{insn.src}"
    if insn.imm & isa.FETCH and insn.imm & ~isa.FETCH in FETCH_OPS:
        return f"{register} = atomic_fetch_{FETCH_OPS[insn.imm & ~isa.FETCH]}(({size} *)({address}), {register})"
    if insn.imm == isa.XCHG:
        return f"{register} = {'xchg_64' if wide else 'xchg32_32'}({address}, {register})"
    if insn.imm == isa.CMPXCHG:
        zero = "r0" if wide else "w0"
        return f"{zero} = {'cmpxchg_64' if wide else 'cmpxchg32_32'}({address}, {zero}, {register})"
    return UNKNOWN


def _alu(insn: Insn, _slot: int, _target: _Target) -> str:
    op = insn.op & 0xF0
    wide = insn.op & 7 == isa.ALU64
    register = "r" if wide else "w"
    dst = f"{register}{insn.dst}"
    if op == isa.END:
        return _end(insn, wide)
    if op == isa.NEG:
        return f"{dst} = -{dst}" if not insn.op & isa.X else UNKNOWN
    operator = ALU_OPS.get(op)
    if operator is None:
        return UNKNOWN
    if insn.off:
        if op == isa.MOV and insn.op & isa.X:
            return _extend(insn, wide)
        if insn.off != 1 or op not in (isa.DIV, isa.MOD):
            return UNKNOWN
        operator = "s" + operator
    return f"{dst} {operator}= {register}{insn.src}" if insn.op & isa.X else f"{dst} {operator}= {_hex(insn.imm)}"


def _extend(insn: Insn, wide: bool) -> str:
    register = "r" if wide else "w"
    if insn.off in ((8, 16, 32) if wide else (8, 16)):
        return f"{register}{insn.dst} = (s{insn.off}){register}{insn.src}"
    if insn.off == 1 and wide:
        return f"r{insn.dst} = addr_space_cast(r{insn.src}, {insn.imm >> 16 & 0xFFFF:#x}, {insn.imm & 0xFFFF:#x})"
    return UNKNOWN


def _end(insn: Insn, wide: bool) -> str:
    name = "be" if insn.op & isa.X else "le"
    if wide:
        name = "bswap"
    if insn.imm not in (16, 32, 64) or (wide and insn.op & isa.X):
        return UNKNOWN
    return f"r{insn.dst} = {name}{insn.imm} r{insn.dst}"


def _jmp(insn: Insn, slot: int, target: _Target) -> str:
    op, narrow = insn.op & 0xF0, insn.op & 7 == isa.JMP32
    match op:
        case isa.JA if not insn.op & isa.X:
            return f"gotol {target(slot, insn.imm)}" if narrow else f"goto {target(slot, insn.off)}"
        case isa.CALL if not narrow:
            return f"callx r{insn.dst}" if insn.op & isa.X else f"call {_hex(insn.imm)}"
        case isa.EXIT if not narrow and not insn.op & isa.X:
            return "exit"
        case isa.JCOND if not narrow and not insn.op & isa.X:
            return f"may_goto {target(slot, insn.off)}"
    operator = JUMP_OPS.get(op)
    if operator is None:
        return UNKNOWN
    register = "w" if narrow else "r"
    right = f"{register}{insn.src}" if insn.op & isa.X else _hex(insn.imm)
    return f"if {register}{insn.dst} {operator} {right} goto {target(slot, insn.off)}"


# by op & 7
_CLASSES: list[Callable[[Insn, int, _Target], str]] = [_ld, _ldx, _st, _stx, _alu, _jmp, _jmp, _alu]

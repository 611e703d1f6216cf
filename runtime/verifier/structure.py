"""`check_structure`: what must hold of the instructions before any path is walked."""

from __future__ import annotations

from ...compiler.object import isa
from ...compiler.object.isa import Insn
from ...compiler.object.program import FlatProgram
from .verdict import Refused, Unsupported

_ATOMICS = frozenset({
    isa.ADD, isa.OR, isa.AND, isa.XOR, isa.ADD | isa.FETCH, isa.OR | isa.FETCH, isa.AND | isa.FETCH, isa.XOR | isa.FETCH,
    isa.XCHG, isa.CMPXCHG, isa.LOAD_ACQUIRE, isa.STORE_RELEASE,
})  # fmt: skip
_DIVISIONS = (isa.DIV, isa.MOD)
_LAST_PSEUDO = isa.PSEUDO_MAP_IDX_VALUE


def check_structure(flat: FlatProgram, starts: list[int]) -> None:
    """Raise `Refused` for unknown or malformed instructions, wild jumps, and code that nothing reaches.

    `starts`: the first slots of the functions, ascending.
    """
    insns = flat.insns
    ends = [*starts[1:], len(insns)]
    second = set()
    for slot, insn in enumerate(insns):
        if insn.op == isa.LDDW and slot not in second:
            _check_lddw(insns, slot)
            second.add(slot + 1)
    for start, end in zip(starts, ends, strict=True):
        if start in second:
            raise Refused("V1002", start, "this calls into the middle of an instruction")
        for slot in range(start, end):
            if slot in second:
                continue
            _check(insns[slot], slot)
            for target in jump_targets(insns, slot):
                if not start <= target < end or target in second:
                    raise Refused("V1002", slot, f"this jumps to slot {target}, outside of its function",
                                  "keep jumps inside the function")  # fmt: skip
        last = max((s for s in range(start, end) if s not in second), default=start)
        if insns[last].op not in (isa.JMP | isa.EXIT, isa.JMP | isa.JA, isa.JMP32 | isa.JA):
            raise Refused("V1003", last, "control falls off the end of the function", "end it with a return")
        _reachable(insns, start, end, second)


def _check_lddw(insns: list[Insn], slot: int) -> None:
    first = insns[slot]
    if slot + 1 >= len(insns) or insns[slot + 1][:4] != (0, 0, 0, 0):
        raise Refused("V1001", slot, "an lddw lacks its second half", "")
    if first.off or not 0 <= first.src <= _LAST_PSEUDO or first.dst > 10:
        raise _reserved(slot)
    if first.src in (isa.PSEUDO_MAP_FD, isa.PSEUDO_MAP_IDX) and insns[slot + 1].imm:
        raise _reserved(slot)


def _reserved(slot: int) -> Refused:
    return Refused("V1001", slot, "fields of this instruction that must be 0 are not", "set the unused fields to 0")


def _unknown(insn: Insn, slot: int) -> Refused:
    return Refused("V1001", slot, f"there is no instruction {insn.op:#04x}")


def _check(insn: Insn, slot: int) -> None:
    if insn.dst > 10 or insn.src > 10:
        raise Refused("V1001", slot, f"there is no register r{max(insn.dst, insn.src)}")
    match insn.op & 7:
        case isa.ALU | isa.ALU64:
            _check_alu(insn, slot)
        case isa.JMP | isa.JMP32:
            _check_jump(insn, slot)
        case _:
            _check_memory(insn, slot)


def _check_alu(insn: Insn, slot: int) -> None:
    op, wide = insn.op & 0xF0, insn.op & 7 == isa.ALU64
    register = bool(insn.op & isa.X)
    if op > isa.END:
        raise _unknown(insn, slot)
    if op == isa.END:
        if insn.imm not in (16, 32, 64) or insn.off or insn.src or (wide and register):
            raise _reserved(slot)
        return
    if op == isa.NEG:
        if register or insn.src or insn.off or insn.imm:
            raise _reserved(slot)
        return
    if isa.is_space_cast(insn):
        raise Unsupported(slot, "arenas (casts between address spaces) are not modelled", "check the program with the kernel")
    if (insn.imm if register else insn.src) != 0:
        raise _reserved(slot)
    if op == isa.MOV:
        if insn.off not in ((0, 8, 16, 32) if wide else (0, 8, 16)) or (insn.off and not register):
            raise Unsupported(slot, "casts between address spaces are not modelled") if insn.off == 1 else _reserved(slot)
        return
    if insn.off and (insn.off != 1 or op not in _DIVISIONS):
        raise _reserved(slot)
    if op in _DIVISIONS and not register and not insn.imm:
        raise Refused("V1121", slot, "this divides by the constant 0")
    if op in (isa.LSH, isa.RSH, isa.ARSH) and not register and not 0 <= insn.imm < (64 if wide else 32):
        raise Refused("V1122", slot, f"this shifts by {insn.imm}", f"shift by 0 to {63 if wide else 31}")


def _check_jump(insn: Insn, slot: int) -> None:
    code, wide = insn.op & 0xF0, insn.op & 7 == isa.JMP
    if code == isa.JCOND:
        raise Unsupported(slot, "may_goto is not modelled")
    if code > isa.JCOND:
        raise _unknown(insn, slot)
    if code == isa.CALL:
        if insn.op & isa.X and wide and not insn.imm:
            raise Unsupported(slot, "calls through a register are not modelled")
        if insn.op & isa.X or not wide or insn.dst or insn.src > isa.PSEUDO_KFUNC_CALL:
            raise _reserved(slot)
        if insn.off and insn.src != isa.PSEUDO_KFUNC_CALL:
            raise _reserved(slot)
    elif code == isa.EXIT:
        if insn.op & isa.X or not wide or insn.imm or insn.src or insn.dst:
            raise _reserved(slot)
    elif code == isa.JA:
        if insn.op & isa.X or insn.src or insn.dst or (insn.imm if wide else insn.off):
            raise _reserved(slot)
    elif (insn.imm if insn.op & isa.X else insn.src) != 0:
        raise _reserved(slot)


def _check_memory(insn: Insn, slot: int) -> None:
    kind, mode, size = insn.op & 7, insn.op & 0xE0, insn.op & 0x18
    if kind == isa.LD:
        if insn.op == isa.LDDW:
            return
        if mode not in (isa.ABS, isa.IND) or size == isa.DW:
            raise _unknown(insn, slot)
        if insn.dst or insn.off or (insn.src and mode == isa.ABS):
            raise _reserved(slot)
    elif kind == isa.STX and mode == isa.ATOMIC:
        if insn.imm not in _ATOMICS:
            raise Refused("V1001", slot, f"there is no atomic operation {insn.imm:#x}")
        if size not in (isa.W, isa.DW) and insn.imm not in (isa.LOAD_ACQUIRE, isa.STORE_RELEASE):
            raise Refused("V1001", slot, "atomic operations work on 4 or 8 bytes")
    elif kind == isa.LDX:
        if mode not in (isa.MEM, isa.MEMSX) or (mode == isa.MEMSX and size == isa.DW):
            raise _unknown(insn, slot)
        if insn.imm:
            raise _reserved(slot)
    elif mode != isa.MEM:
        raise _unknown(insn, slot)
    elif (insn.src if kind == isa.ST else insn.imm) != 0:
        raise _reserved(slot)


def jump_targets(insns: list[Insn], slot: int) -> list[int]:
    """Where a jump at `slot` may go, besides to the next instruction."""
    insn = insns[slot]
    if insn.op & 7 not in (isa.JMP, isa.JMP32):
        return []
    code = insn.op & 0xF0
    if code in (isa.CALL, isa.EXIT):
        return []
    if code == isa.JA:
        return [slot + 1 + (insn.imm if insn.op & 7 == isa.JMP32 else insn.off)]
    return [slot + 1 + insn.off]


def successors(insns: list[Insn], slot: int) -> list[int]:
    """The slots control may go to within the function, calls passed over."""
    insn = insns[slot]
    if insn.op == isa.JMP | isa.EXIT:
        return []
    targets = jump_targets(insns, slot)
    if insn.op & 7 in (isa.JMP, isa.JMP32) and insn.op & 0xF0 == isa.JA:
        return targets
    return [slot + (2 if insn.op == isa.LDDW else 1), *targets]


def _reachable(insns: list[Insn], start: int, end: int, second: set[int]) -> None:
    seen = {start}
    work = [start]
    while work:
        for target in successors(insns, work.pop()):
            if target not in seen and target < end:
                seen.add(target)
                work.append(target)
    for slot in range(start, end):
        if slot not in seen and slot not in second:
            raise Refused("V1005", slot, "nothing ever reaches this instruction", "remove it")

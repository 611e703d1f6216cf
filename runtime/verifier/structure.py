"""`check_structure`: what must hold of the instructions before any path is walked."""

from __future__ import annotations

from ...compiler.object import isa
from ...compiler.object.isa import Insn
from ...compiler.object.program import FlatProgram
from .verdict import Refused, Unsupported

_ALU_OPS = frozenset(range(isa.ADD, isa.END + 1, 0x10))


def check_structure(flat: FlatProgram, big_endian: bool) -> None:
    """Raise `Refused` for unknown or malformed instructions, wild jumps, and code that nothing reaches."""
    insns = flat.insns
    starts = [start for start, _ in flat.functions]
    ends = [*starts[1:], len(insns)]
    second = set()
    for slot, insn in enumerate(insns):
        if insn.op == isa.LDDW:
            if slot + 1 >= len(insns) or insns[slot + 1].op:
                raise Refused("V1001", slot, "an lddw lacks its second half")
            second.add(slot + 1)
    for start, end in zip(starts, ends, strict=True):
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


def _check(insn: Insn, slot: int) -> None:
    if insn.dst > 10 or insn.src > 10:
        raise Refused("V1001", slot, f"there is no register r{max(insn.dst, insn.src)}")
    kind = insn.op & 7
    if kind in (isa.ALU, isa.ALU64):
        if insn.op & 0xF0 not in _ALU_OPS:
            raise Refused("V1001", slot, f"there is no instruction {insn.op:#04x}")
        if insn.dst == 10:
            raise Refused("V1004", slot, "the frame pointer cannot be changed", "copy it to another register first")
    elif kind == isa.LD:
        if insn.op == isa.LDDW:
            return
        raise Unsupported(slot, "the old packet loads (BPF_ABS, BPF_IND) are not modelled",
                          "use bpf_skb_load_bytes() or direct packet access")  # fmt: skip
    elif kind == isa.STX and insn.op & 0xE0 == isa.ATOMIC:
        if insn.imm in (isa.LOAD_ACQUIRE, isa.STORE_RELEASE):
            raise Unsupported(slot, "load_acquire and store_release are not modelled")
        if insn.op & 0x18 not in (isa.W, isa.DW):
            raise Refused("V1001", slot, "atomic operations work on 4 or 8 bytes")
    elif kind in (isa.LDX, isa.ST, isa.STX):
        if insn.op & 0xE0 not in ((isa.MEM, isa.MEMSX) if kind == isa.LDX else (isa.MEM,)):
            raise Refused("V1001", slot, f"there is no instruction {insn.op:#04x}")
    elif insn.op & 0xF0 == isa.JCOND:
        raise Unsupported(slot, "may_goto is not modelled")
    elif insn.op & 0xF0 == isa.CALL and insn.op & 8:
        raise Unsupported(slot, "calls through a register are not modelled")


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

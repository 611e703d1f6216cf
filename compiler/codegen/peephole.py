"""`clean_up`: small repairs on real registers that no earlier stage could see.

    r = 7;  *(slot) = r               ->  *(slot) = 7             when nothing else reads r (BPF_ST, on every kernel)
    r = *(slot);  *(slot) = r         ->  r = *(slot)
    *(slot) = r;  r = *(slot)         ->  *(slot) = r
    a = b;  b = a                     ->  a = b
    r = ...                           ->                          when nothing reads r
"""

from __future__ import annotations

from ..object import isa
from .liveness import bits, definitions, live_out
from .machine import FRAME, MOV32_K, MOV_K, Instr, MachineFunction


def clean_up(function: MachineFunction) -> None:
    """Improve `function`, whose registers are real, in place."""
    out = live_out(function)
    for block in function.blocks:
        block.instrs = _unread(function, _repeated(function, _copied(block.instrs)), out[block] | _read_by(block.branch))
        block.instrs = _constants(block.instrs, out[block] | _read_by(block.branch))


def _read_by(branch: Instr | None) -> int:
    return sum(1 << register for register in set(branch.uses())) if branch is not None else 0


def _copied(instrs: list[Instr]) -> list[Instr]:
    """Without moves between registers that are the same."""
    original: dict[int, int] = {}
    kept = []
    for instr in instrs:
        if instr.is_move and original.get(instr.dst, instr.dst) == original.get(instr.src, instr.src):
            continue
        for register in bits(definitions(instr)):
            original.pop(register, None)
            if register in original.values():
                original = {copy: source for copy, source in original.items() if source != register}
        if instr.is_move and instr.src != FRAME:
            original[instr.dst] = instr.src
        kept.append(instr)
    return kept


def _repeated(function: MachineFunction, instrs: list[Instr]) -> list[Instr]:
    """Without moves between a register and the slot that has the same value."""
    held: dict[int, int] = {}  # register -> the slot it equals
    kept = []
    for instr in instrs:
        if instr.slot >= 0 and function.frame[instr.slot].spill:
            loads = instr.op & 7 == isa.LDX
            register = instr.dst if loads else instr.src
            if held.get(register) == instr.slot:
                continue
            if not loads:
                held = {r: slot for r, slot in held.items() if slot != instr.slot}
            held[register] = instr.slot
        else:
            for register in bits(definitions(instr)):
                held.pop(register, None)
        kept.append(instr)
    return kept


def _unread(function: MachineFunction, instrs: list[Instr], live: int) -> list[Instr]:
    """Without instructions whose only effect is a register that nobody reads."""
    kept = []
    for instr in reversed(instrs):
        written = definitions(instr)
        reloads = instr.slot >= 0 and function.frame[instr.slot].spill and instr.op & 7 == isa.LDX
        if written and not written & live and (instr.is_pure or reloads):
            continue
        live &= ~written
        for register in instr.uses():
            live |= 1 << register
        kept.append(instr)
    kept.reverse()
    return kept


def _constants(instrs: list[Instr], live: int) -> list[Instr]:
    """With numbers stored directly."""
    number: dict[int, Instr] = {}  # register -> the move that made it, as long as only stores have read it
    stores: dict[int, list[Instr]] = {}
    gone: set[Instr] = set()

    def finish(register: int) -> None:
        move = number.pop(register, None)
        if move is None or not stores[register]:
            return
        for store in stores[register]:
            store.op = isa.ST | isa.MEM | store.op & 0x18
            store.src, store.imm = -1, move.imm
        gone.add(move)

    for instr in instrs:
        plain = instr.op & 7 == isa.STX and instr.op & 0xE0 == isa.MEM
        for register in instr.uses():
            if register in number:
                stored = plain and register == instr.src and (instr.slot >= 0 or register != instr.dst)
                if stored and _fits(number[register], instr):
                    stores[register].append(instr)
                else:
                    del number[register]
        written = definitions(instr)
        for register in list(number):
            if written >> register & 1:
                finish(register)
        if instr.op in (MOV_K, MOV32_K) and instr.core is None:
            number[instr.dst], stores[instr.dst] = instr, []
    for register in list(number):
        if not live >> register & 1:
            finish(register)
    return [instr for instr in instrs if instr not in gone]


def _fits(move: Instr, store: Instr) -> bool:
    """Whether BPF_ST, which sign-extends, stores what the register held."""
    return move.op == MOV_K or move.imm >= 0 or store.op & 0x18 != isa.DW

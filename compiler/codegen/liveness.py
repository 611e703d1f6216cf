"""`live_out`: which registers are needed at the end of each block, as sets of bits in ints."""

from __future__ import annotations

from .machine import CALL, CALLER_SAVED, Instr, MachineBlock, MachineFunction


def live_out(function: MachineFunction) -> dict[MachineBlock, int]:
    """The registers live at the end of each block; bit n is register n. Solved backwards to a fixpoint."""
    reads: dict[MachineBlock, int] = {}
    writes: dict[MachineBlock, int] = {}
    predecessors: dict[MachineBlock, list[MachineBlock]] = {block: [] for block in function.blocks}
    for block in function.blocks:
        read = written = 0
        for instr in block.all():
            for register in instr.uses():
                if not written >> register & 1:
                    read |= 1 << register
            written |= definitions(instr)
        reads[block], writes[block] = read, written
        for target in block.targets:
            predecessors[target].append(block)
    out = dict.fromkeys(function.blocks, 0)
    work = list(function.blocks)
    waiting = set(work)
    while work:
        block = work.pop()
        waiting.discard(block)
        live_in = reads[block] | out[block] & ~writes[block]
        for before in predecessors[block]:
            if live_in & ~out[before]:
                out[before] |= live_in
                if before not in waiting:
                    waiting.add(before)
                    work.append(before)
    return out


def live_in(block: MachineBlock, out: int) -> int:
    """The registers live at the start of a block, of those live at its end."""
    live = out
    for instr in reversed(block.all()):
        live &= ~definitions(instr)
        for register in instr.uses():
            live |= 1 << register
    return live


def definitions(instr: Instr) -> int:
    """The registers an instruction writes or destroys, as bits."""
    if instr.op == CALL:
        return CALLER_SAVED
    if instr.asm is not None:
        mask = instr.asm.clobbers
        for register in instr.asm.writes:
            mask |= 1 << register
        return mask
    register = instr.defines()
    return 1 << register if register >= 0 else 0


def bits(mask: int) -> list[int]:
    """The numbers of the bits set in `mask`, lowest first."""
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found

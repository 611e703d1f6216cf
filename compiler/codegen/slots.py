"""`share_slots`: spilled values that are never needed at the same time use the same eight bytes of the stack."""

from __future__ import annotations

from collections import defaultdict

from ..object import isa
from .liveness import bits, definitions
from .machine import Instr, MachineBlock, MachineFunction


def share_slots(function: MachineFunction) -> None:
    """Merge spill slots of `function` whose values do not interfere. Unused frame objects stay, unreferenced."""
    spills = [index for index, item in enumerate(function.frame) if item.spill]
    if len(spills) < 2:
        return
    out = _live_out(function)
    meets: dict[int, set[int]] = defaultdict(set)
    order: dict[int, None] = {}
    for block in function.blocks:
        live = set(bits(out[block]))
        for instr in reversed(block.instrs):
            slot = _spill_slot(function, instr)
            if slot < 0:
                continue
            order[slot] = None
            if _is_load(instr):
                live.add(slot)
            else:
                live.discard(slot)
                meets[slot] |= live
                for other in live:
                    meets[other].add(slot)
    likes = _copies(function)
    shared: dict[int, int] = {}
    for slot in order:
        taken = {shared[other] for other in meets[slot] if other in shared}
        wishes = [shared[other] for other in likes[slot] if other in shared]
        shared[slot] = next(candidate for candidate in [*wishes, *spills] if candidate not in taken)
    for block in function.blocks:
        for instr in block.instrs:
            slot = _spill_slot(function, instr)
            if slot >= 0:
                instr.slot = shared[slot]


def _copies(function: MachineFunction) -> dict[int, list[int]]:
    """For each slot those that a register carries its value to or from: in the same slot, the copy is none."""
    likes: dict[int, list[int]] = defaultdict(list)
    for block in function.blocks:
        held: dict[int, int] = {}  # register -> the slot it was loaded from
        for instr in block.instrs:
            slot = _spill_slot(function, instr)
            if slot >= 0 and not _is_load(instr):
                source = held.get(instr.src)
                if source is not None and source != slot:
                    likes[slot].append(source)
                    likes[source].append(slot)
                continue
            for register in bits(definitions(instr)):
                held.pop(register, None)
            if slot >= 0:
                held[instr.dst] = slot
    return likes


def _spill_slot(function: MachineFunction, instr: Instr) -> int:
    return instr.slot if instr.slot >= 0 and function.frame[instr.slot].spill else -1


def _is_load(instr: Instr) -> bool:
    return instr.op & 7 == isa.LDX


def _live_out(function: MachineFunction) -> dict[MachineBlock, int]:
    """The spill slots that are read again behind each block, as bits."""
    reads, writes = {}, {}
    predecessors: dict[MachineBlock, list[MachineBlock]] = {block: [] for block in function.blocks}
    for block in function.blocks:
        read = written = 0
        for instr in block.instrs:
            slot = _spill_slot(function, instr)
            if slot >= 0:
                if not _is_load(instr):
                    written |= 1 << slot
                elif not written >> slot & 1:
                    read |= 1 << slot
        reads[block], writes[block] = read, written
        for target in block.targets:
            predecessors[target].append(block)
    out = dict.fromkeys(function.blocks, 0)
    work = list(function.blocks)
    while work:
        block = work.pop()
        live = reads[block] | out[block] & ~writes[block]
        for before in predecessors[block]:
            if live & ~out[before]:
                out[before] |= live
                work.append(before)
    return out

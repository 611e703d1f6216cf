"""`lay_out_frame`: where the stack objects are, and whether they fit the 512 bytes a BPF function has."""

from __future__ import annotations

from ..diagnostics import Diagnostics
from .machine import LEA, FrameObject, MachineFunction

LIMIT = 512  # MAX_BPF_STACK, include/linux/filter.h
_LISTED = 8


def lay_out_frame(function: MachineFunction, diagnostics: Diagnostics) -> bool:
    """Give every used frame object its offset from r10; a diagnostic and False if they do not fit."""
    used = set()
    for block in function.blocks:
        for instr in block.all():
            if instr.op == LEA:
                used.add(instr.imm)
            elif instr.slot >= 0:
                used.add(instr.slot)
            elif instr.asm is not None:
                used.update(operand.number for operand in instr.asm.operands.values() if operand.kind == "slot")
    # big alignments first, so that no padding is lost between objects
    objects = sorted((function.frame[i] for i in used), key=lambda o: -o.align)
    depth = 0
    for item in objects:
        depth += item.size
        depth += -depth % max(item.align, 1)
        item.offset = -depth
    if depth <= LIMIT:
        return True
    _complain(function, objects, depth, diagnostics)
    return False


def _complain(function: MachineFunction, objects: list[FrameObject], depth: int, diagnostics: Diagnostics) -> None:
    biggest = sorted(objects, key=lambda o: -o.size)
    spilled = sum(o.size for o in objects if o.name == "a spilled value")
    variables = [o for o in biggest if o.name != "a spilled value"]
    notes = [(f"'{o.name}' takes {o.size} bytes", o.span) for o in variables[:_LISTED]]
    if len(variables) > _LISTED:
        rest = sum(o.size for o in variables[_LISTED:])
        notes.append((f"{len(variables) - _LISTED} more variables take {rest} bytes", None))
    if spilled:
        notes.append((f"values that did not fit into registers take {spilled} bytes", None))
    place = variables[0].span if variables and variables[0].span else function.span
    diagnostics.error(
        "E0501", place, f"the stack of '{function.name}' needs {depth} bytes, BPF has {LIMIT}",
        notes=notes,
        fix="keep big objects in a BPF_MAP_TYPE_PERCPU_ARRAY map of one element and look them up",
    )  # fmt: skip

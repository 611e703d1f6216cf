"""`generate`: an IR function to an object's function.

| stage            | on                 | why here                                                                    |
|------------------|--------------------|-----------------------------------------------------------------------------|
| prepare          | IR                 | lowers what BPF lacks, folds copies of inlined functions, splits edges       |
| select           | -> virtual regs    | one IR instruction at a time, with what was planned for its users            |
| allocate         | -> r0-r9           | limits the pressure by spilling, then colors                                 |
| share_slots      | real registers     | the stack is small; copies between slots vanish                              |
| clean_up         |                    | what spilling and coloring left                                              |
| drop_known       |                    | before ends are compared: equal ends should look equal                       |
| skip_empty       |                    | blocks that only jump on would hide that two blocks go the same way          |
| merge_tails      |                    | needs final registers and slots                                              |
| hoist_moves      |                    | last change of blocks: what is left at both sides of a branch                |
| lay_out_frame    |                    | objects that are no longer used take no space                                |
| lay_out, emit    | -> slots           | order, jumps, encoding, references, lines                                    |
"""

from __future__ import annotations

from ..diagnostics import Diagnostics
from ..ir import model as ir
from ..object.model import Function
from ..source import SourceMap
from ..target import Target
from .allocate import allocate
from .emit import emit
from .frame import lay_out_frame
from .hoist import hoist_moves
from .known import drop_known
from .layout import lay_out, skip_empty
from .machine import MachineFunction, print_function
from .peephole import clean_up
from .prepare import prepare
from .select import select
from .slots import share_slots
from .tails import merge_tails


def generate(function: ir.Function, target: Target, sources: SourceMap, diagnostics: Diagnostics) -> Function:
    """Machine code for `function`, which is changed on the way. Errors go to `diagnostics`."""
    machine = _selected(function, target, diagnostics)
    allocate(machine)
    share_slots(machine)
    clean_up(machine)
    drop_known(machine)
    skip_empty(machine)
    merge_tails(machine)
    hoist_moves(machine)
    lay_out_frame(machine, diagnostics)
    lay_out(machine)
    return emit(machine, sources, diagnostics)


def print_machine(function: ir.Function, target: Target, sources: SourceMap, diagnostics: Diagnostics) -> str:
    """The function's machine code on virtual registers, as text."""
    return print_function(_selected(function, target, diagnostics))


def _selected(function: ir.Function, target: Target, diagnostics: Diagnostics) -> MachineFunction:
    prepare(function, target)
    return select(function, target, diagnostics)

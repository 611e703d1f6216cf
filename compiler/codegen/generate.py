"""`generate`: an IR function to an object's function."""

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

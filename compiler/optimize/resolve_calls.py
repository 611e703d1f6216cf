"""`resolve_calls`: calls through a pointer that turned out to be the address of one function.

    %1 = symbol function @step
    %2 = call i32 indirect @visit(%1, %0)      ->      %2 = call i32 function @step(%0)

BPF has no indirect calls; C has them where an inlined function is given another one to call.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..ir.model import Call, Function, Module, SymbolAddr, Ty, Value


def resolve_calls(function: Function, module: Module) -> bool:
    """Make direct calls in `function`, in place, where the callee is of this module and takes such arguments."""
    changed = False
    for block in function.blocks:
        for instr in block.instrs:
            if isinstance(instr, Call) and instr.kind == "indirect":
                callee = _callee(instr, module)
                if callee is not None:
                    instr.kind, instr.symbol = "function", callee.name
                    del instr.operands[0]
                    changed = True
    return changed


def _callee(call: Call, module: Module) -> Function | None:
    pointer, *arguments = call.operands
    if not isinstance(pointer, SymbolAddr) or pointer.kind != "function" or pointer.addend:
        return None
    callee = module.functions.get(pointer.symbol)
    if callee is None or call.type is not callee.result or _types(arguments) != _types(callee.parameters):
        return None
    return callee


def _types(values: Sequence[Value]) -> list[Ty]:
    return [value.type for value in values]

"""Loads from constant data, whose bytes are known, become constants.

const int limit = 9;             ->  9 wherever it is read; `const volatile` stays a load, for loaders to set
"""

from __future__ import annotations

from ..ir.model import Constant, Function, Load, Module, PtrAdd, SymbolAddr, Value
from .simplify_cfg import replace


def fold_loads(function: Function, module: Module) -> bool:
    """Fold the loads of `function` from `module.literals`; True if there were any."""
    replaced: dict[Value, Value] = {}
    for block in function.blocks:
        for instr in block.instrs:
            if isinstance(instr, Load) and not instr.volatile:
                data = _bytes(instr, module)
                if data is not None:
                    replaced[instr] = Constant(instr.type, int.from_bytes(data, "big" if function.big_endian else "little"))
        if replaced:
            block.instrs = [instr for instr in block.instrs if instr not in replaced]
    if replaced:
        replace(function, replaced)
    return bool(replaced)


def _bytes(load: Load, module: Module) -> bytes | None:
    """What stands where `load` reads, if that is at a known place in constant data."""
    address, offset = load.operands[0], load.offset
    while isinstance(address, PtrAdd) and isinstance(address.operands[1], Constant):
        offset += address.operands[1].signed
        address = address.operands[0]
    if not isinstance(address, SymbolAddr) or address.kind != "data":
        return None
    data = module.literals.get(address.symbol, b"")
    offset += address.addend
    return data[offset : offset + load.size] if offset >= 0 and offset + load.size <= len(data) else None

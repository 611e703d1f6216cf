"""`clear_upper`: an index that comes of a 32-bit division or of a shift by a variable gets its upper half cleared once more.

    w2 %= w1                      w2 %= w1
    if w2 > 3 goto out     ->     w2 = w2
    r2 <<= 2                      if w2 > 3 goto out
    r1 += r2                      r2 <<= 2;  r1 += r2

These operations clear it already, but the kernel's verifier takes all 64 bits for unknown behind them (kernel/bpf/verifier.c,
adjust_scalar_min_max_vals for what is_safe_to_compute_dst_reg_range does not list), and then no 32-bit comparison bounds it.
"""

from __future__ import annotations

from ..ir import model as ir
from ..ir.model import Ty

_SHIFTS = frozenset({"shl", "lshr", "ashr"})
_DIVISIONS = frozenset({"udiv", "umod", "sdiv", "smod"})
_DEPTH = 5


def clear_upper(function: ir.Function) -> None:
    """Insert `trunc(zext(x))`, which code generation makes a 32-bit move, in place."""
    found = [instr for block in function.blocks for instr in block.instrs if _is_lost(instr)]
    if not found:
        return
    users: dict[ir.Value, list[ir.Instr]] = {}
    for block in function.blocks:
        for instr in [*block.instrs, *([block.terminator] if block.terminator else [])]:
            for operand in instr.operands:
                users.setdefault(operand, []).append(instr)
    for lost in found:
        mine = users.get(lost, [])
        wide = [user for user in mine if isinstance(user, ir.Unary) and user.op == "zext"]
        if not any(_is_index(user, users, _DEPTH) for user in wide):
            continue
        zext = ir.Unary("zext", lost, lost.span)
        known = ir.Unary("trunc", zext, lost.span)
        at = lost.block.instrs.index(lost) + 1
        zext.block = known.block = lost.block
        lost.block.instrs[at:at] = [zext, known]
        for user in mine:
            user.operands = [known if operand is lost else operand for operand in user.operands]


def _is_lost(instr: ir.Instr) -> bool:
    if not isinstance(instr, ir.Binary) or instr.type is not Ty.I32:
        return False
    return instr.op in _DIVISIONS or (instr.op in _SHIFTS and not isinstance(instr.operands[1], ir.Constant))


def _is_index(value: ir.Instr, users: dict[ir.Value, list[ir.Instr]], depth: int) -> bool:
    """Whether a pointer moves by what is computed of `value`."""
    for user in users.get(value, []):
        match user:
            case ir.PtrAdd():
                return True
            case ir.Binary() | ir.Unary() | ir.Phi() if depth and _is_index(user, users, depth - 1):
                return True
    return False

"""`is_tested`: whether a branch on the way to a block says that a number is not negative.

      %2 = sge i32 %1, 0
      branch %2, .yes, .no
    .yes from .entry:                       .yes from .entry:
      %3 = sext %1                  ->        %3 = zext %1
"""

from __future__ import annotations

from ..ir.model import Block, Branch, Compare, Constant, Value

_FAR = 8  # blocks upwards
_OPPOSITE = {"eq": "ne", "ne": "eq", "ult": "uge", "ule": "ugt", "ugt": "ule", "uge": "ult",
             "slt": "sge", "sle": "sgt", "sgt": "sle", "sge": "slt"}  # fmt: skip


def is_tested(value: Value, block: Block) -> bool:
    """True if `block` is reached only by branches of which one is taken for numbers that are not negative."""
    for _ in range(_FAR):
        if len(block.predecessors) != 1:
            return False
        (before,) = block.predecessors
        branch = before.terminator
        if isinstance(branch, Branch) and branch.targets[0] is not branch.targets[1]:
            test = branch.operands[0]
            if isinstance(test, Compare) and test.operands[0] is value and isinstance(test.operands[1], Constant):
                if _nonnegative(test.op if block is branch.targets[0] else _OPPOSITE[test.op], test.operands[1]):
                    return True
        block = before
    return False


def _nonnegative(op: str, limit: Constant) -> bool:
    """Whether all x for which `x op limit` are not negative."""
    top = 1 << (limit.type.bits - 1)
    match op:
        case "eq" | "ule" | "sge":
            return limit.value < top
        case "ult":
            return limit.value <= top
        case "sgt":
            return limit.value < top or limit.value == 2 * top - 1  # above -1
    return False

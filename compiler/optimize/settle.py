"""`settle`: what has not become a constant is none; the answers to __builtin_constant_p that are still open.

    >>> print(before_and_after(settle, '''
    ... function @f(i64 %0 "x") -> i32 {
    ... .entry:
    ...   %1 = isconst %0
    ...   return %1
    ... }'''))
    function @f(i64 %0 "x") -> i32 {
    .entry:
      return i32 0
    }

In a function that may yet be inlined, its callers settle it: there the arguments are known.
"""

from __future__ import annotations

from ..ir.model import Constant, Function, Unary, Value
from .simplify_cfg import replace


def settle(function: Function) -> bool:
    """Answer 0, in place, unless `function` may be inlined; True if there was something to answer."""
    return not _may_be_inlined(function) and settle_all(function)


def settle_all(function: Function) -> bool:
    """Answer 0, in place; True if there was something to answer."""
    answers: dict[Value, Value] = {}
    for block in function.blocks:
        for instr in block.instrs:
            if isinstance(instr, Unary) and instr.op == "isconst":
                answers[instr] = Constant(instr.type, 0)
        block.instrs = [instr for instr in block.instrs if instr not in answers] if answers else block.instrs
    if answers:
        replace(function, answers)
    return bool(answers)


def _may_be_inlined(function: Function) -> bool:
    return function.inline == "always" or (function.linkage == "static" and function.inline != "never")

"""Constant folding: building an operator's node gives a Constant when its operands are.

The arithmetic is that of the target: two's complement, wrapping; shift amounts modulo the width, as the machine does.
"""

from __future__ import annotations

import operator
from collections.abc import Callable

from ..source import Span
from . import tree
from . import types as ct
from .compare import integer_of, is_pointer, space_of

_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def wrap(value: int, t: ct.Type) -> int:
    """`value` reduced to scalar type `t`: modulo 2**n, negative if the type is signed and its top bit set."""
    t = ct.strip(t)
    if isinstance(t, ct.Enum):
        t = t.underlying
    if not isinstance(t, ct.Int):  # pointers
        return value & (1 << 64) - 1
    if t.rank == 0:
        return int(value != 0)
    bits = t.size * 8
    value &= (1 << bits) - 1
    return value - (1 << bits) if t.signed and value >> bits - 1 else value


def arithmetic(op: str, left: int, right: int, t: ct.Int) -> int | None:
    """`left op right` in type `t`; None if undefined (division by zero, and the one overflow)."""
    bits = t.size * 8
    if op in ("/", "%"):
        if right == 0 or (t.signed and right == -1 and left == -(1 << bits - 1)):
            return None
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return wrap(quotient if op == "/" else left - quotient * right, t)
    match op:
        case "+":
            value = left + right
        case "-":
            value = left - right
        case "*":
            value = left * right
        case "&":
            value = left & right
        case "|":
            value = left | right
        case "^":
            value = left ^ right
        case "<<":
            value = left << right % bits
        case ">>":
            value = left >> right % bits
        case _:
            raise AssertionError(op)
    return wrap(value, t)


def binary(op: str, left: tree.Expr, right: tree.Expr, t: ct.Type, span: Span) -> tree.Expr:
    """A Binary, folded."""
    if isinstance(left, tree.Constant) and isinstance(right, tree.Constant):
        value = arithmetic(op, left.value, right.value, integer_of(t))
        if value is not None:
            return tree.Constant(value, t, span)
    return tree.Binary(op, left, right, t, span)


def compare(op: str, left: tree.Expr, right: tree.Expr, span: Span) -> tree.Expr:
    """A Compare, folded."""
    if isinstance(left, tree.Constant) and isinstance(right, tree.Constant):
        return tree.Constant(int(_COMPARE[op](left.value, right.value)), ct.INT, span)
    return tree.Compare(op, left, right, ct.INT, span)


def unary(op: str, value: tree.Expr, t: ct.Type, span: Span) -> tree.Expr:
    """A Unary, folded."""
    if isinstance(value, tree.Constant):
        number = {"-": -value.value, "~": ~value.value, "!": int(value.value == 0)}[op]
        return tree.Constant(wrap(number, t), t, span)
    return tree.Unary(op, value, t, span)


def logical(op: str, left: tree.Expr, right: tree.Expr, span: Span) -> tree.Expr:
    """A Logical, folded; what is never evaluated is dropped."""
    if isinstance(left, tree.Constant):
        if bool(left.value) == (op == "||"):
            return tree.Constant(int(op == "||"), ct.INT, span)
        if isinstance(right, tree.Constant):
            return tree.Constant(int(right.value != 0), ct.INT, span)
    return tree.Logical(op, left, right, ct.INT, span)


def cast(value: tree.Expr, t: ct.Type, span: Span) -> tree.Expr:
    """A Cast between scalar types, folded."""
    if isinstance(value, tree.Constant):
        return tree.Constant(wrap(value.value, t), t, span)
    if isinstance(value, tree.Cast) and is_pointer(t) and is_pointer(value.type) and is_pointer(value.value.type):
        if not isinstance(value.value, tree.AddressOf) and _space(value.type) == _space(value.value.type):
            value = value.value
    return tree.Cast(value, t, span)


def _space(pointer: ct.Type) -> int:
    bare = ct.strip(pointer)
    return space_of(bare.target) if isinstance(bare, ct.Pointer) else 0


def lvalue_address(e: tree.Expr) -> tree.Constant | None:
    """The address of an lvalue at a constant address: offsetof written with a null pointer."""
    match e:
        case tree.Deref(pointer=tree.Constant() as pointer):
            return pointer
        case tree.Member(base=base, offset=offset):
            inner = lvalue_address(base)
            if inner is None or e.field.bits is not None:
                return None
            return tree.Constant(inner.value + offset // 8, inner.type, e.span)
        case _:
            return None

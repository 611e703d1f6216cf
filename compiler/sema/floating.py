"""`floating`: floating-point constant expressions, which are computed when compiling: BPF has no instructions for them."""

from __future__ import annotations

import operator
import struct
from collections.abc import Callable

from ..source import Span
from . import fold, literals, tree
from . import types as ct
from .compare import is_integer

_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
}  # fmt: skip
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def literal(text: str, span: Span) -> tree.FloatConstant:
    """A floating constant (C11 6.4.4.2); long double is as wide as double."""
    low = text.lower()
    hexadecimal = low.startswith("0x")
    single = low.endswith("f") and not (hexadecimal and "p" not in low)
    digits = low.rstrip("fl") if not hexadecimal or "p" in low else low
    try:
        value = float.fromhex(digits) if hexadecimal else float(digits)
    except ValueError:
        raise literals.LiteralError(f"'{text}' is no floating-point constant") from None
    except OverflowError:  # of hexadecimal ones
        value = float("inf")
    return make(value, ct.Float("float", 4) if single else ct.Float("double", 8), span)


def make(value: float, t: ct.Float, span: Span) -> tree.FloatConstant:
    """`value` rounded to type `t`."""
    if t.size == 4:
        try:
            value = struct.unpack("<f", struct.pack("<f", value))[0]
        except OverflowError:
            value = float("inf") if value > 0 else float("-inf")
    return tree.FloatConstant(value, t, span)


def binary(op: str, left: tree.Expr, right: tree.Expr, span: Span) -> tree.Expr | None:
    """`left op right` if one of them is a floating constant and both are constants, in the wider type; else None."""
    sides = _number(left), _number(right)
    a, b = sides
    if a is None or b is None or (isinstance(a, int) and isinstance(b, int)):
        return None
    if op in _COMPARISONS:
        return tree.Constant(int(_COMPARISONS[op](a, b)), ct.INT, span)
    if op not in _ARITHMETIC or (op == "/" and not b):
        return None
    wide = any(isinstance(side, tree.FloatConstant) and ct.strip(side.type) != ct.Float("float", 4) for side in (left, right))
    t = ct.Float("double", 8) if wide else ct.Float("float", 4)
    try:
        return make(_ARITHMETIC[op](make(a, t, span).value, make(b, t, span).value), t, span)
    except OverflowError:
        return None


def unary(op: str, value: tree.FloatConstant, span: Span) -> tree.Expr | None:
    """`op value`; None for operators that take integers only."""
    match op:
        case "+":
            return value
        case "-":
            return tree.FloatConstant(-value.value, value.type, span)
        case "!":
            return tree.Constant(int(not value.value), ct.INT, span)
    return None


def convert(e: tree.Expr, t: ct.Type) -> tree.Expr | None:
    """A constant as one of type `t` (C11 6.3.1.4), where either is floating; None if undefined or no constant."""
    bare = ct.strip(t)
    number = _number(e)
    if number is None:
        return None
    if isinstance(bare, ct.Float):
        return make(number, bare, e.span)
    if not is_integer(bare) or not -(2.0**63) <= number < 2.0**64:  # infinities and NaN among them
        return None
    if isinstance(bare, ct.Int) and bare.rank == 0:
        return tree.Constant(int(number != 0), t, e.span)
    whole = int(number)
    value = fold.wrap(whole, t)
    return tree.Constant(value, t, e.span) if value == whole else None


def bits(e: tree.FloatConstant) -> int:
    """How memory holds it (IEEE 754)."""
    size = ct.strip(e.type).size if isinstance(ct.strip(e.type), ct.Float) else 8  # type: ignore[union-attr]
    return int.from_bytes(struct.pack("<f" if size == 4 else "<d", e.value), "little")


def _number(e: tree.Expr) -> float | int | None:
    if isinstance(e, tree.FloatConstant):
        return e.value
    return e.value if isinstance(e, tree.Constant) and is_integer(e.type) else None

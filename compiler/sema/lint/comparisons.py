"""Comparisons that surprise: -Wsign-compare, -Wtautological-*, -Wenum-compare, -Wstring-compare.

What a value may be is worked out as clang does (lib/Sema, GetExprRange, by observation): from types, masks, shifts and
constants. Casts that are written give their type's range; those that C makes do not widen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...parse.lean import c_ast
from ...source import Span
from .. import tree
from .. import types as ct
from ..compare import integer_of
from ..spelling import quote
from .operators import truth

if TYPE_CHECKING:
    from ..conversions import Conversions
    from ..operators import Operators

Range = tuple[int, bool]  # bits that a value takes, and whether it is never negative

_BOOL: Range = (1, True)


def check_comparison(checker: Operators, op: str, node: Any, left: tree.Expr, right: tree.Expr, common: ct.Type,
                     span: Span) -> None:  # fmt: skip
    """A comparison of two integers, before they are converted to `common`; `node` is its BinaryOp."""
    if isinstance(left, tree.Constant) and isinstance(right, tree.Constant):
        return
    t = integer_of(common)
    if isinstance(right, tree.Constant) and _with_constant(checker, op, node.left, node.right, left, right.value, t, span):
        return
    if isinstance(left, tree.Constant):
        turned = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(op, op)
        if _with_constant(checker, turned, node.right, node.left, right, left.value, t, span):
            return
    if t.signed or integer_of(left.type).signed == integer_of(right.type).signed:
        return
    if _loose(checker, left) or _loose(checker, right):
        return
    signed, unsigned = (left, right) if integer_of(left.type).signed else (right, left)
    nodes = (node.left, node.right) if signed is left else (node.right, node.left)
    if integer_of(signed.type).rank == 0 or range_of(checker, nodes[0], signed)[1]:
        return
    if op in ("==", "!=") and range_of(checker, nodes[1], unsigned)[0] < t.size * 8:
        return
    checker.warn("W0379", span, f"comparison of integers of different signs: {quote(left.type)} and {quote(right.type)}",
                 fix="cast one side to the other's type, or give both one type")  # fmt: skip


def _loose(checker: Operators, e: tree.Expr) -> bool:
    return isinstance(e, tree.Load) and isinstance(e.lvalue, tree.LocalRef) and e.lvalue.symbol in checker.loose


def _with_constant(checker: Operators, op: str, node: Any, constant: Any, e: tree.Expr, value: int, t: ct.Int,
                   span: Span) -> bool:  # fmt: skip
    """`e op value` where `t` is the common type: whether the result is known; warns if the value is out of `e`'s range."""
    if truth(e):
        low, high = 0, 1
    else:
        own = integer_of(e.type)
        bits, positive = (1, True) if own.rank == 0 else (own.size * 8, not own.signed)
        low, high = (0, (1 << bits) - 1) if positive else (-(1 << bits - 1), (1 << bits - 1) - 1)
    if t.signed:
        value = _signed(value, t.size * 8)
        parts = [(low, high)]
    else:
        modulus = 1 << t.size * 8
        value %= modulus
        parts = [(low, high)] if low >= 0 else [(0, high), (modulus + low, modulus - 1)]
        if len(parts) == 2 and parts[0][1] + 1 == parts[1][0]:
            parts = [(0, modulus - 1)]
    results = {_holds(op, x, value) for part in parts for x in part}
    inside = any(first <= value <= last for first, last in parts)
    if op in ("==", "!="):
        if inside:
            return bool(parts[0][0] == parts[-1][1])
        results = {op == "!="}
    if len(results) != 1:
        return False
    if not inside:
        what = "boolean expression" if truth(e) else f"expression of type {quote(e.type)}"
        checker.warn("W0382", span, f"result of comparison of constant {value} with {what} is always "
                     f"{'true' if results == {True} else 'false'}", fix="compare with a value that it can have")  # fmt: skip
    return True


def _signed(value: int, bits: int) -> int:
    value %= 1 << bits
    return value - (1 << bits) if value >> bits - 1 else value


def _holds(op: str, a: int, b: int) -> bool:
    match op:
        case "<":
            return a < b
        case ">":
            return a > b
        case "<=":
            return a <= b
        case ">=":
            return a >= b
        case "==":
            return a == b
        case _:
            return a != b


# --- ranges -------------------------------------------------------------------------------------------------------


def _of_type(t: ct.Type) -> Range:
    integer = integer_of(t)
    return (1, True) if integer.rank == 0 else (integer.size * 8, not integer.signed)


def range_of(checker: Operators, node: Any, e: tree.Expr) -> Range:
    """The range of the value of `node`, which the checker made `e` of."""
    known = checker.known(e) if isinstance(e, tree.Load | tree.Cast) else None
    if known is not None:
        return _of_value(known)
    layers = []
    while isinstance(e, tree.Cast) and _is_integer(e.value.type) and _is_integer(e.type):
        layers.append(e.type)
        e = e.value
    if not _is_integer(e.type):
        return _of_type(layers[-1]) if layers else (64, True)
    if isinstance(node, c_ast.Cast):  # the innermost was written, the others were not
        found = _of_type(layers.pop() if layers else e.type) if not isinstance(e, tree.Constant) else _inner(checker, node, e)
    else:
        found = _inner(checker, node, e)
    for t in reversed(layers):
        bits, positive = _of_type(t)
        found = (bits, positive) if found[0] >= bits else (found[0], found[1] or positive)
    return found


def _is_integer(t: ct.Type) -> bool:
    return isinstance(ct.strip(t), ct.Int | ct.Enum)


def _of_value(value: int) -> Range:
    return (max(value.bit_length(), 1), True) if value >= 0 else ((~value).bit_length() + 1, False)


def _join(a: Range, b: Range) -> Range:
    if a[1] != b[1]:  # the one that may be negative needs a bit for that
        return max(a[0] + a[1], b[0] + b[1]), False
    return max(a[0], b[0]), a[1]


def _inner(checker: Operators, node: Any, e: tree.Expr) -> Range:
    match e:
        case tree.Constant(value=value):
            return _of_value(value)
        case tree.Compare() | tree.Logical() | tree.Unary(op="!"):
            return _BOOL
        case tree.Load(lvalue=tree.Member(field=field)) if field.bits is not None:
            return field.bits, not integer_of(field.type).signed
        case tree.Conditional() if isinstance(node, c_ast.TernaryOp) and node.iftrue is not None:
            return _join(range_of(checker, node.iftrue, e.then), range_of(checker, node.iffalse, e.otherwise))
        case tree.Comma() if isinstance(node, c_ast.ExprList):
            return range_of(checker, node.exprs[-1], e.right)
        case tree.Unary() if isinstance(node, c_ast.UnaryOp):
            return range_of(checker, node.expr, e.value)
        case tree.Assign() if isinstance(node, c_ast.Assignment):
            return range_of(checker, node.rvalue, e.value)
        case tree.Binary() if isinstance(node, c_ast.BinaryOp):
            return _binary(checker, node, e)
        case _:
            return _of_type(e.type)


def _binary(checker: Operators, node: Any, e: tree.Binary) -> Range:
    own = _of_type(e.type)
    if e.op == "<<":
        one = isinstance(e.left, tree.Constant) and e.left.value == 1
        return (own[0], True) if one else own
    left = range_of(checker, node.left, e.left)
    if e.op == ">>":
        if isinstance(e.right, tree.Constant) and e.right.value >= 0:
            return max(left[0] - e.right.value, 0 if left[1] else 1), left[1]
        return left
    right = range_of(checker, node.right, e.right)
    match e.op:
        case "&":
            bits, positive = max(left[0], right[0]), False
            for side in (left, right):
                if side[1]:
                    bits, positive = min(bits, side[0]), True
            found = bits, positive
        case "/":
            if isinstance(e.right, tree.Constant) and e.right.value > 0:
                return max(left[0] - (e.right.value.bit_length() - 1), 0 if left[1] else 1), left[1]
            return left[0], left[1] and right[1]
        case "%":
            bits = min(left[0] - (not left[1]), right[0] - (not right[1]))
            return bits + (not left[1]), left[1]
        case _:
            found = _join(left, right)
    return min(found[0], own[0]), found[1] or own[1]


# --- addresses ----------------------------------------------------------------------------------------------------


def check_address(checker: Conversions, e: tree.AddressOf, op: str = "") -> None:
    """The address of an object as a truth value, or compared (`op`: == or !=) with the null pointer."""
    lvalue = e.lvalue
    if e.span.point < 0 or e.span.first < 0 or lvalue.span.point < 0:
        return
    match lvalue:
        case tree.LocalRef(symbol=symbol):
            name = symbol.name
        case tree.GlobalRef(symbol=symbol) | tree.FunctionRef(symbol=symbol):
            name = symbol.name
            if symbol.linkage == "weak" or "weak" in symbol.attributes or name.startswith(".str"):
                return
        case tree.Member(field=field):
            name = field.name
        case _:
            return
    written = lvalue.span != e.span  # with '&'; arrays and functions decay without
    if isinstance(lvalue, tree.FunctionRef):
        if written:
            return
        what = f"function '{name}'"
    else:
        what = f"address of '{name}'" if written else f"array '{name}'"
    if op:
        checker.warn("W0383", lvalue.span, f"comparison of {what} {'' if op == '==' else 'not '}equal to a null pointer is "
                     f"always {'false' if op == '==' else 'true'}", fix="remove the comparison")  # fmt: skip
    else:
        checker.warn("W0384", lvalue.span, f"{what if written else 'address of ' + what} will always evaluate to 'true'",
                     fix="name what is to be tested: an element, a member, a call")  # fmt: skip


def check_same(checker: Operators, op: str, span: Span) -> None:
    """A comparison of an object with itself."""
    checker.warn("W0381", span, f"self-comparison always evaluates to {'true' if op in ('==', '<=', '>=') else 'false'}",
                 fix="compare with something else")  # fmt: skip

"""What operators mean and do not look like: -Wparentheses and its kin, on the syntax tree.

The checker calls these where a quick look (sema/shape.py) found an operand that the warning may be about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...diagnostics import Edit, Fix
from ...parse.lean import c_ast
from ...source import Span
from .. import tree
from .. import types as ct
from ..shape import parenthesized

if TYPE_CHECKING:
    from ..base import Checker

_COMPARISONS = frozenset(("==", "!=", "<", ">", "<=", ">="))
_RELATIONS = _COMPARISONS - {"==", "!="}


def check_precedence(checker: Checker, node: Any) -> None:
    """A binary operator whose operands are operators without parentheses."""
    op = node.op
    sides = [side for side in (node.left, node.right) if isinstance(side, c_ast.BinaryOp) and not parenthesized(side)]
    if op in ("<<", ">>"):
        for side in sides:
            if side.op in ("+", "-"):
                checker.warn("W0377", side.coord, f"operator '{op}' has lower precedence than '{side.op}'; '{side.op}' will "
                             "be evaluated first", fix=_parentheses(checker, side))  # fmt: skip
    elif op in ("&", "|", "^"):
        compared = [side for side in sides if side.op in _COMPARISONS]
        if len(compared) == 1 and not any(side.op in ("&", "|", "^") for side in sides):
            side = compared[0]
            checker.warn("W0372", node.coord, f"{op} has lower precedence than {side.op}; {side.op} will be evaluated first",
                         fix=f"put parentheses around the '{op}'")  # fmt: skip
        for side in sides:
            if side.op in ("&", "^") and side.op != op and op != "&" and node.coord.point >= 0:
                checker.warn("W0376", side.coord, f"'{side.op}' within '{op}'", fix=_parentheses(checker, side))
    elif op == "||":
        for side in sides:
            if side.op == "&&" and not _string(side.left if side is node.left else side.right) and node.coord.point >= 0:
                checker.warn("W0378", side.coord, "'&&' within '||'", fix=_parentheses(checker, side))
    if op in _RELATIONS:
        left = node.left
        if isinstance(left, c_ast.BinaryOp) and left.op in _RELATIONS and not parenthesized(left):
            checker.warn("W0372", node.coord, "comparisons like 'X<=Y<=Z' don't have their mathematical meaning",
                         fix="write X <= Y && Y <= Z")  # fmt: skip
    if op in _COMPARISONS or op == "&":
        left = node.left
        if isinstance(left, c_ast.UnaryOp) and left.op == "!" and not parenthesized(left):
            if not _truth(node.right) and not _truth(left.expr) and not _is_bool(checker, left.expr):
                what = "bitwise operator" if op == "&" else "comparison"
                checker.warn("W0375", left.coord, f"logical not is only applied to the left hand side of this {what}",
                             fix=f"write !(... {op} ...), or put parentheses around the '!'")  # fmt: skip


def _parentheses(checker: Checker, side: Any) -> Fix:
    """The fix that puts an operand into parentheses, as it is understood without them."""
    first, last, sources = side.coord.first, side.coord.last, checker.diagnostics.sources
    text = f"put parentheses around the '{side.op}'"
    if first < 0 or last < 0:
        return Fix(text)
    return Fix(text, Edit(first, "", "("), Edit(last + sources.token_length(last), "", ")"))


def check_condition(checker: Checker, node: Any) -> None:
    """The condition of an if or a loop: an assignment, or == in parentheses of its own."""
    if isinstance(node, c_ast.Assignment):
        if node.op not in ("=", "|=") or parenthesized(node):
            return
        compare = "==" if node.op == "=" else "!="
        checker.warn("W0372", node.coord, "using the result of an assignment as a condition without parentheses",
                     fix=Fix(f"use '{compare}' to compare, or put another pair of parentheses around it",
                             Edit(node.coord.point, node.op, compare)))  # fmt: skip
    elif node.op == "==" and parenthesized(node) and node.coord.first >= 0 and node.coord.point >= 0:
        checker.warn("W0373", node.coord, "equality comparison with extraneous parentheses",
                     fix="remove them, or write '=' if an assignment is meant")  # fmt: skip


def check_dangling(checker: Checker, outer: Any) -> None:
    """`if (a) if (b) ... else ...`, without braces, perhaps with a loop in between."""
    inner = outer.iftrue
    while isinstance(inner, c_ast.For | c_ast.While | c_ast.Label | c_ast.Switch):
        inner = inner.stmt
    if isinstance(inner, c_ast.If) and inner.iffalse is not None:
        checker.warn("W0374", Span.at(inner.coord.last), "add explicit braces to avoid dangling else",
                     fix="put '{ }' around what the first 'if' governs")  # fmt: skip


def _truth(node: Any) -> bool:
    """Whether an expression is 0 or 1 by its operator (clang's isKnownToHaveBooleanValue)."""
    match node:
        case c_ast.UnaryOp(op="!"):
            return True
        case c_ast.BinaryOp(op=op, left=left, right=right):
            return op in _COMPARISONS or op in ("&&", "||") or (op in ("&", "|", "^") and _truth(left) and _truth(right))
        case c_ast.TernaryOp(iftrue=then, iffalse=otherwise):
            return then is not None and _truth(then) and _truth(otherwise)
        case _:
            return False


def _is_bool(checker: Checker, node: Any) -> bool:
    """Whether an expression that was checked already has type _Bool."""
    checker.unevaluated += 1
    try:
        return ct.strip(checker.expression(node).type) is ct.BOOL
    finally:
        checker.unevaluated -= 1


def _string(node: Any) -> bool:
    return isinstance(node, c_ast.Constant) and node.type == "string"


def truth(e: tree.Expr) -> bool:
    """Whether a value is 0 or 1 by the operator that makes it."""
    return isinstance(e, tree.Compare | tree.Logical) or (isinstance(e, tree.Unary) and e.op == "!")

"""Quick looks at the syntax of an expression, for warnings: whether one of the checks in lint/operators.py may have a say."""

from __future__ import annotations

from typing import Any

from ..parse.lean import c_ast

# operators, and those that are easily mistaken for tighter or looser ones as their operands
_CONFUSED = {
    "<<": {"+", "-"}, ">>": {"+", "-"}, "|": {"&", "^", "==", "!=", "<", ">", "<=", ">="},
    "^": {"&", "==", "!=", "<", ">", "<=", ">="}, "&": {"==", "!=", "<", ">", "<=", ">="}, "||": {"&&"},
    "<": {"<", ">", "<=", ">="}, ">": {"<", ">", "<=", ">="}, "<=": {"<", ">", "<=", ">="}, ">=": {"<", ">", "<=", ">="},
}  # fmt: skip
_NEGATED = frozenset(("==", "!=", "<", ">", "<=", ">=", "&"))  # what a '!' on the left is not about


def confusing(node: Any) -> bool:
    """Whether a BinaryOp has an operand that may be meant otherwise."""
    left, right = node.left, node.right
    confused = _CONFUSED.get(node.op)
    if confused is not None:
        if type(left) is c_ast.BinaryOp and left.op in confused and left.coord.first == left.left.coord.first:
            return True
        if type(right) is c_ast.BinaryOp and right.op in confused and right.coord.first == right.left.coord.first:
            return True
    return type(left) is c_ast.UnaryOp and left.op == "!" and node.op in _NEGATED and left.coord.first == left.coord.point


def parenthesized(node: Any) -> bool:
    """Whether an expression stands in parentheses: then its first token is one."""
    match node:
        case c_ast.BinaryOp():
            start = node.left.coord.first
        case c_ast.Assignment():
            start = node.lvalue.coord.first
        case c_ast.UnaryOp(op="p++" | "p--"):
            start = node.expr.coord.first
        case c_ast.FuncCall() | c_ast.StructRef() | c_ast.ArrayRef():
            start = node.name.coord.first
        case c_ast.TernaryOp():
            start = node.cond.coord.first
        case _:
            start = node.coord.point
    return bool(node.coord.first != start)

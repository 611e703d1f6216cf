"""Values that go nowhere: -Wunused-value, -Wunused-comparison, -Wunused-result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...diagnostics import did_you_mean
from ...parse import nodes as gnu
from ...parse.lean import c_ast
from ...source import Span
from .. import tree
from .. import types as ct
from ..compare import is_void, qualifiers

if TYPE_CHECKING:
    from ..conversions import Conversions

_EFFECTS = frozenset(("++", "--", "p++", "p--"))


def check_unused(checker: Conversions, node: Any, e: tree.Expr | None, *, comma: bool = False) -> None:
    """An expression statement, or (`comma`) the left side of a comma. `e`: what the checker made of `node`."""
    found = _unused(checker, node, e)
    if found is None:
        return
    span, culprit = found
    if isinstance(node, c_ast.ExprList) and _unused(checker, node.exprs[-1], None) is None:
        return  # told already, as the left operand of the comma
    if isinstance(culprit, c_ast.FuncCall):
        _call(checker, culprit, span)
        return
    where = _place(node)
    if where.point < 0 or (isinstance(node, gnu.StatementExpr) and span.point < 0):  # what macros leave over
        return
    if isinstance(node, c_ast.BinaryOp) and node.op in ("==", "!=", "<", ">", "<=", ">="):
        kind = {"==": "equality", "!=": "inequality"}.get(node.op, "relational")
        checker.warn("W0370", node.coord, f"{kind} comparison result unused",
                     fix=did_you_mean("=", "==", node.coord.point) if node.op == "==" else
                     "remove it, or use its value")  # fmt: skip
        return
    text = "left operand of comma operator has no effect" if comma else "expression result unused"
    checker.warn("W0342", span, text, fix="remove it, or use its value")


def _place(node: Any) -> Span:
    """Where clang says an expression is."""
    while isinstance(node, c_ast.ExprList) and len(node.exprs) == 1:
        node = node.exprs[0]
    span: Span = node.coord
    return span


def _unused(checker: Conversions, node: Any, e: tree.Expr | None) -> tuple[Span, Any] | None:
    """Where the value of `node` is made in vain, and what makes it; None if it has an effect."""
    span: Span = node.coord
    match node:
        case c_ast.Assignment():
            return None
        case c_ast.UnaryOp(op=op):
            if op in _EFFECTS or (op == "*" and _volatile(checker, node, e)):
                return None
            return Span(span.point, span.last, span.point), node
        case c_ast.BinaryOp(op="&&" | "||"):
            if _unused(checker, node.left, None) is None or _unused(checker, node.right, None) is None:
                return None
            return span, node
        case c_ast.ExprList(exprs=exprs):
            last = exprs[-1]
            if isinstance(last, c_ast.Constant) and last.value == "0":  # ((x = y), 0) is an idiom
                return None
            for item in reversed(exprs):
                found = _unused(checker, item, None)
                if found is not None:
                    return found
            return None
        case c_ast.TernaryOp():
            if node.iftrue is not None and _unused(checker, node.iftrue, None) is None:
                return None
            return _unused(checker, node.iffalse, None)
        case c_ast.ArrayRef():
            return None if _volatile(checker, node, e) else (Span.at(span.last), node)
        case c_ast.StructRef():
            return None if _volatile(checker, node, e) else (Span.at(node.field.coord.point), node)
        case c_ast.ID():
            return None if _volatile(checker, node, e) else (Span.at(span.point), node)
        case c_ast.FuncCall():
            return (Span(node.name.coord.first, span.last, node.name.coord.first), node) if _wants_use(checker, node) else None
        case c_ast.Cast():
            return None if _to_void(node) or (e is not None and is_void(e.type)) else (span, node)
        case gnu.StatementExpr():
            items = node.body.block_items or []
            last = items[-1] if items else None
            while isinstance(last, c_ast.Label):
                last = last.stmt
            if last is None or type(last) not in _VALUES:
                return None
            return _unused(checker, last, None)
        case c_ast.GenericSelection() | gnu.VaArg():
            return None
        case _:
            if e is not None and is_void(e.type):
                return None
            return span, node


_VALUES = frozenset((
    c_ast.UnaryOp, c_ast.BinaryOp, c_ast.ExprList, c_ast.TernaryOp, c_ast.ArrayRef, c_ast.StructRef, c_ast.ID, c_ast.FuncCall,
    c_ast.Cast, c_ast.Constant, c_ast.CompoundLiteral, gnu.StatementExpr, gnu.OffsetOf, gnu.TypesCompatible,
))  # fmt: skip


def _volatile(checker: Conversions, node: Any, e: tree.Expr | None) -> bool:
    """Whether reading an object is an effect. What was not checked by itself gets the benefit of the doubt."""
    if isinstance(e, tree.Load):
        return qualifiers(e.lvalue.type)[1]
    if isinstance(node, c_ast.ID):
        entity = checker.find(node.name)
        return isinstance(entity, tree.Local | tree.Global) and qualifiers(entity.type)[1]
    return e is None or is_void(e.type)


def _to_void(node: Any) -> bool:
    inner = node.to_type.type
    if not isinstance(inner, c_ast.TypeDecl) or not isinstance(inner.type, c_ast.IdentifierType):
        return False
    names: list[str] = inner.type.names
    return names == ["void"]


def _callee(checker: Conversions, node: Any) -> tree.FunctionSymbol | None:
    if not isinstance(node.name, c_ast.ID):
        return None
    entity = checker.find(node.name.name)
    return entity if isinstance(entity, tree.FunctionSymbol) else None


def _wants_use(checker: Conversions, node: Any) -> bool:
    symbol = _callee(checker, node)
    return symbol is not None and bool(symbol.attributes & RESULT) and not isinstance(ct.strip(symbol.type.result), ct.Void)


RESULT = frozenset(("warn_unused_result", "nodiscard", "pure", "const"))


def _call(checker: Conversions, node: Any, span: Span) -> None:
    symbol = _callee(checker, node)
    assert symbol is not None
    notes: list[tuple[str, Span | int | None]] = [(f"'{symbol.name}' is declared here", symbol.span)]
    if symbol.attributes & {"warn_unused_result", "nodiscard"}:
        checker.warn("W0371", span, "ignoring return value of function declared with 'warn_unused_result' attribute",
                     fix="look at the result", notes=notes)  # fmt: skip
    elif span.point >= 0:
        kind = "pure" if "pure" in symbol.attributes else "const"
        checker.warn("W0342", span, f"ignoring return value of function declared with {kind} attribute",
                     fix="remove the call: it has no effect", notes=notes)  # fmt: skip

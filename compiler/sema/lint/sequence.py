"""`check_sequence`: a variable that an expression changes, and changes or reads again with no order between (-Wunsequenced).

C11 6.5p2: what an operator's operands do is unsequenced, but for `&&`, `||`, `?:` and the comma. An assignment's own store
comes after the values of its operands, not after their side effects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...parse.lean import c_ast
from ...source import Span

if TYPE_CHECKING:
    from ..base import Checker

Uses = dict[str, Span]


def check_sequence(checker: Checker, node: Any) -> None:
    """Warn about a full expression."""
    _Walk(checker).visit(node)


class _Walk:
    def __init__(self, checker: Checker) -> None:
        self.checker = checker
        self.told: set[str] = set()

    def visit(self, node: Any) -> tuple[Uses, Uses]:
        """The variables that `node` reads and those that it changes."""
        match node:
            case c_ast.ID(name=name):
                return {name: node.coord}, {}
            case c_ast.Assignment(lvalue=c_ast.ID(name=name), rvalue=value, op=op):
                reads, changes = self.visit(value)
                if name in changes:
                    self._tell(name, changes[name], True)
                if op != "=":
                    reads = {**reads, name: node.lvalue.coord}
                return reads, {**changes, name: node.coord}
            case c_ast.Assignment(lvalue=lvalue, rvalue=value):
                return self._apart([lvalue, value])
            case c_ast.UnaryOp(op="++" | "--" | "p++" | "p--", expr=c_ast.ID(name=name)):
                return {}, {name: node.coord}
            case c_ast.UnaryOp(op="sizeof" | "_Alignof") | c_ast.UnaryOp(op="&", expr=c_ast.ID()):
                return {}, {}
            case c_ast.UnaryOp(expr=inner) | c_ast.Cast(expr=inner):
                return self.visit(inner)
            case c_ast.BinaryOp(op="&&" | "||", left=left, right=right):
                return self._ordered([left, right])
            case c_ast.BinaryOp(left=left, right=right):
                return self._apart([left, right])
            case c_ast.TernaryOp(cond=condition, iftrue=then, iffalse=otherwise):
                return self._ordered([condition, then, otherwise])
            case c_ast.ExprList(exprs=exprs):
                return self._ordered(exprs)
            case c_ast.FuncCall(args=arguments):
                return self._apart(arguments.exprs if arguments is not None else [])
            case c_ast.ArrayRef(name=base, subscript=index):
                return self._apart([base, index])
            case c_ast.StructRef(name=base, type=kind):
                return ({}, {}) if kind == "." and isinstance(base, c_ast.ID) else self.visit(base)
            case _:
                return {}, {}

    def _ordered(self, nodes: list[Any]) -> tuple[Uses, Uses]:
        reads: Uses = {}
        changes: Uses = {}
        for node in nodes:
            if node is not None:
                more, changed = self.visit(node)
                reads, changes = {**reads, **more}, {**changes, **changed}
        return reads, changes

    def _apart(self, nodes: list[Any]) -> tuple[Uses, Uses]:
        reads: Uses = {}
        changes: Uses = {}
        for node in nodes:
            more, changed = self.visit(node)
            for name, span in changed.items():
                if name in changes or name in reads:
                    self._tell(name, changes.get(name, span), name in changes)
            for name in more:
                if name in changes:
                    self._tell(name, changes[name], False)
            reads, changes = {**more, **reads}, {**changed, **changes}
        return reads, changes

    def _tell(self, name: str, span: Span, twice: bool) -> None:
        if name not in self.told:
            self.told.add(name)
            what = "multiple unsequenced modifications to" if twice else "unsequenced modification and access to"
            self.checker.warn("W0325", span, f"{what} '{name}'", fix="write two statements")

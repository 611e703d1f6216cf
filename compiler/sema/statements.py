"""Statements (C11 6.8): blocks, branches, loops; switches.py and jumps.py have the others."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from ..parse import nodes as gnu
from ..parse.lean import c_ast
from ..source import Span
from . import tree
from . import types as ct
from .atomics import drop_result
from .base import Poison
from .body import Cleanup
from .compare import is_void
from .shape import parenthesized
from .switches import Switches


def _looked_at(e: tree.Call) -> bool:
    """Whether somebody may want a call's result to be used."""
    target = e.target
    return type(target) is tree.FunctionRef and not target.symbol.attributes.isdisjoint(
        ("warn_unused_result", "nodiscard", "pure", "const")
    )


_CHANGES = frozenset((c_ast.Assignment, c_ast.UnaryOp))
_GOVERNING = frozenset((c_ast.If, c_ast.While, c_ast.For, c_ast.Switch))


class Statements(Switches):
    """One method a kind of statement."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._pragma: int | None = None
        self._statements: dict[type, Callable[[Any], tree.Statement | None]] = {
            c_ast.Compound: self.compound,
            c_ast.If: self._if,
            c_ast.While: self._while,
            c_ast.DoWhile: self._do,
            c_ast.For: self._for,
            c_ast.Switch: self._switch,
            c_ast.Case: self._case,
            c_ast.Default: self._case,
            c_ast.Break: self._break,
            c_ast.Continue: self._continue,
            c_ast.Return: self._return,
            c_ast.Goto: self._goto,
            c_ast.Label: self._label,
            c_ast.EmptyStatement: lambda node: None,
            c_ast.AttributeDeclaration: self._attributes_alone,
            c_ast.Pragma: self._unroll,
            gnu.Asm: self._asm,
            gnu.LocalLabels: self._local_labels,
        }

    def statement(self, node: Any) -> tree.Statement:
        """Check one statement; errors are reported and leave an empty block."""
        statement = self._statement(node)
        return tree.Block([], node.coord) if statement is None else statement

    def _statement(self, node: Any) -> tree.Statement | None:
        handler = self._statements.get(type(node))
        unroll, self._pragma = self._pragma, None
        try:
            if handler is None:
                before = self.changes
                e = drop_result(self.rvalue(node))
                if self.changes > before and (self.changes > before + 1 or type(node) not in _CHANGES):
                    self._sequence(node)
                if type(node) is not c_ast.Assignment and (type(e) is not tree.Call or _looked_at(e)):
                    self._unused(node, e)
                return tree.ExprStatement(e, node.coord)
            statement = handler(node)
        except Poison:
            return None
        if unroll is not None and not isinstance(node, c_ast.Pragma):
            loop = statement
            while isinstance(loop, tree.Block) and loop.statements:
                loop = loop.statements[-1]
            if isinstance(loop, tree.Loop):
                loop.unroll = unroll
            elif statement is not None:
                self.warn("W0341", node.coord, "an unroll pragma must stand before a loop", fix="move it")
        return statement

    def _unused(self, node: Any, e: tree.Expr) -> None:
        """clang's -Wunused-value and its kin."""
        if type(e) is tree.IncDec or (type(e) is tree.Cast and type(node) is c_ast.Cast and is_void(e.type)):
            return
        if type(node) is not c_ast.FuncCall or type(e) is tree.Call:
            from .lint.results import check_unused

            check_unused(self, node, e)

    def _attributes_alone(self, node: Any) -> tree.Statement | None:
        """`__attribute__((fallthrough));` and the like."""
        for attribute in node.attributes or []:
            if attribute.name == "fallthrough" and not self.body.switches:
                self.error("E0382", attribute.coord, "'fallthrough' outside of a switch statement", fix="remove it")
            elif attribute.name == "fallthrough":
                return tree.Block([], node.coord)  # nothing is done, and check_fallthrough sees it
        return None

    # --- blocks ---------------------------------------------------------------------------------------------------

    def compound(self, node: Any) -> tree.Block:
        """`{ ... }` in a scope of its own."""
        self.push()
        try:
            return self.block(node)
        finally:
            self.pop()

    def block(self, node: Any) -> tree.Block:
        """`{ ... }` in the current scope."""
        self.body.cleanups.append([])
        labels = len(self.body.local_labels)
        statements = self.items(node.block_items or [])
        del self.body.local_labels[labels:]
        pending = self.body.cleanups.pop()
        end = Span.at(node.coord.last)
        statements += [self._cleanup_call(local, function, end) for local, function in reversed(pending)]
        return tree.Block(statements, node.coord)

    def items(self, nodes: list[Any]) -> list[tree.Statement]:
        """Block items in order."""
        out: list[tree.Statement] = []
        indentation = "W0320" in self.asked
        for number, node in enumerate(nodes):
            if type(node) in _GOVERNING:
                self._layout(node, nodes[number + 1] if number + 1 < len(nodes) else None, indentation)
            if isinstance(node, c_ast.Decl | c_ast.Typedef | c_ast.StaticAssert):
                out += self.declaration(node)
                continue
            statement = self._statement(node)
            if statement is not None:
                out.append(statement)
        return out

    def _layout(self, node: Any, following: Any, indentation: bool) -> None:
        """What an if or loop governs, and what only seems to be."""
        if type(node) is c_ast.If:
            empty = node.iffalse is None and type(node.iftrue) is c_ast.EmptyStatement
        else:
            empty = type(node.stmt) is c_ast.EmptyStatement
        if empty:
            from .lint.statements import check_empty

            check_empty(self, node, following)
        elif indentation and following is not None and type(node) is not c_ast.Switch:
            from .lint.statements import check_indentation

            check_indentation(self, node, following)

    def statement_expression(self, node: Any) -> tree.Expr:
        """`({ ... })` (GNU C): its value is that of the last expression statement."""
        span: Span = node.coord
        if self.function is None:
            raise self.error("E0312", span, "a statement expression is only possible inside a function")
        items = list(node.body.block_items or [])
        result: tree.Expr | None = None
        self.push()
        self.body.cleanups.append([])
        labels = len(self.body.local_labels)
        try:
            last = items[-1] if items else None
            while isinstance(last, c_ast.Label):  # what a label stands before has the value too
                items[-1:] = [c_ast.Label(last.name, c_ast.EmptyStatement(last.coord), last.coord), last.stmt]
                last = last.stmt
            if type(last) in self._statements or isinstance(last, c_ast.Decl | c_ast.Typedef | c_ast.StaticAssert):
                last = None
            statements = self.items(items[:-1] if last is not None else items)
            if last is not None:
                result = self.rvalue(last)
                if is_void(result.type):
                    statements.append(tree.ExprStatement(drop_result(result), result.span))
                    result = None
            pending = self.body.cleanups[-1]
            if pending:
                result = self._keep_across_cleanups(statements, result, pending, span)
        finally:
            del self.body.local_labels[labels:]
            self.body.cleanups.pop()
            self.pop()
        if not statements and result is not None:
            return result
        t: ct.Type = ct.VOID if result is None else result.type
        return tree.StatementExpr(tree.Block(statements, node.body.coord), result, t, span)

    def _keep_across_cleanups(self, statements: list[tree.Statement], result: tree.Expr | None,
                              pending: list[Cleanup], span: Span) -> tree.Expr | None:  # fmt: skip
        """The value is taken before the cleanups run."""
        if result is not None:
            local = self.new_local(".value", result.type, span)
            statements.append(tree.Declare(local, tree.Initializer(False, [tree.InitStore(0, None, result)]), span))
            result = tree.Load(tree.LocalRef(local, local.type, span), local.type, span)
        statements += [self._cleanup_call(local, function, span) for local, function in reversed(pending)]
        return result

    # --- branches and loops ---------------------------------------------------------------------------------------

    def controlled(self, node: Any, what: str) -> tree.Expr:
        """A condition; if it is wrong, a stand-in, so that the bodies are checked as well."""
        if type(node) is c_ast.Assignment or (type(node) is c_ast.BinaryOp and node.op == "==" and parenthesized(node)):
            from .lint.operators import check_condition

            check_condition(self, node)
        before = self.changes
        try:
            e = self.condition(node, what)
            if self.changes > before:
                self._sequence(node)
            return e
        except Poison:
            return tree.Constant(1, ct.INT, node.coord)

    def _if(self, node: Any) -> tree.Statement:
        """`else if` chains are walked in a loop: they nest the tree, not the source."""
        chain = [node]
        while isinstance(chain[-1].iffalse, c_ast.If):
            chain.append(chain[-1].iffalse)
        parts: list[tree.If] = []
        for item in chain:
            condition = self.controlled(item.cond, "if condition")
            dead = type(condition) is tree.Constant and condition.value == 0
            self.unreachable += dead
            parts.append(tree.If(condition, self.statement(item.iftrue), None, item.coord))
            self.unreachable -= dead
        if chain[-1].iffalse is not None:
            parts[-1].otherwise = self.statement(chain[-1].iffalse)
        elif isinstance(chain[-1].iftrue, c_ast.If | c_ast.For | c_ast.While | c_ast.Label | c_ast.Switch):
            from .lint.operators import check_dangling

            check_dangling(self, chain[-1])
        for outer, inner in pairwise(parts):
            outer.otherwise = inner
        return parts[0]

    def _loop_body(self, node: Any) -> tree.Statement:
        self.body.loops += 1
        self.body.breakable += 1
        self.body.break_depth.append(len(self.body.cleanups))
        self.body.continue_depth.append(len(self.body.cleanups))
        try:
            return self.statement(node)
        finally:
            self.body.loops -= 1
            self.body.breakable -= 1
            self.body.break_depth.pop()
            self.body.continue_depth.pop()

    def _while(self, node: Any) -> tree.Statement:
        condition = self.controlled(node.cond, "while condition")
        return tree.Loop(condition, self._loop_body(node.stmt), None, True, node.coord)

    def _do(self, node: Any) -> tree.Statement:
        body = self._loop_body(node.stmt)
        condition = self.controlled(node.cond, "while condition")
        return tree.Loop(condition, body, None, False, node.coord)

    def _for(self, node: Any) -> tree.Statement:
        self.push()
        self.body.cleanups.append([])
        try:
            first: list[tree.Statement] = []
            if isinstance(node.init, c_ast.DeclList):
                first = self.items(node.init.decls)
            elif node.init is not None:
                statement = self._statement(node.init)
                first = [] if statement is None else [statement]
            condition = None if node.cond is None else self.controlled(node.cond, "for condition")
            step = None
            if node.next is not None:
                try:
                    step = drop_result(self.rvalue(node.next))
                    if type(node.next) is not c_ast.Assignment and type(step) is not tree.Call:
                        self._unused(node.next, step)
                except Poison:
                    step = None
            loop = tree.Loop(condition, self._loop_body(node.stmt), step, True, node.coord)
            pending = self.body.cleanups[-1]
            after = [self._cleanup_call(local, function, node.coord) for local, function in reversed(pending)]
        finally:
            self.body.cleanups.pop()
            self.pop()
        return tree.Block([*first, loop, *after], node.coord) if first or after else loop

    def _unroll(self, node: Any) -> None:
        """The count a pragma asks for, for the loop that follows (0: all of it, 1: not)."""
        text = node.string
        number = re.search(r"\d+", text)
        if "nounroll" in text or "disable" in text:
            self._pragma = 1
        elif "unroll" in text:
            self._pragma = int(number[0]) if number else 0

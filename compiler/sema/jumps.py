"""Jumps (C11 6.8.6) and labels (6.8.1): what is left on the way out, and who may be entered from where."""

from __future__ import annotations

from typing import Any

from ..diagnostics import did_you_mean
from ..source import Span
from . import tree
from . import types as ct
from .asm import AsmStatements
from .atomics import drop_result
from .body import Body, Cleanup
from .compare import is_void
from .names import suggest


class Jumps(AsmStatements):
    """Checks break, continue, return, goto and asm goto, and runs cleanups on the way."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.body = Body()

    def statement(self, node: Any) -> tree.Statement:
        """Check one statement; errors are reported and leave an empty block."""
        raise NotImplementedError

    def _sequence(self, node: Any) -> None:
        """A full expression that changes a variable."""
        from .lint.sequence import check_sequence

        check_sequence(self, node)

    # --- cleanup --------------------------------------------------------------------------------------------------

    def add_cleanup(self, local: tree.Local, node: Any) -> None:
        """__attribute__((cleanup(f))): f(&local) at every way out of the scope."""
        e = self.expression(node)
        if not isinstance(e, tree.FunctionRef) or len(e.symbol.type.parameters) != 1:
            raise self.error("E0355", local.span, "the argument of 'cleanup' must be a function of one pointer")
        self.use_function(e.symbol)
        self.body.cleanups[-1].append((local, e.symbol))

    def _cleanup_call(self, local: tree.Local, function: tree.FunctionSymbol, span: Span) -> tree.Statement:
        pointer = self.address(tree.LocalRef(local, local.type, span), ct.Pointer(local.type), span)
        argument = self.cast(pointer, function.type.parameters[0].type)
        target = tree.FunctionRef(function, function.type, span)
        return tree.ExprStatement(tree.Call(target, [argument], function.type.result, span), span)

    def _leaving(self, depth: int, jump: tree.Statement) -> tree.Statement:
        """`jump`, after the cleanups of all scopes from `depth` on."""
        calls: list[tree.Statement] = []
        for scope in reversed(self.body.cleanups[depth:]):
            calls += [self._cleanup_call(local, function, jump.span) for local, function in reversed(scope)]
        return tree.Block([*calls, jump], jump.span) if calls else jump

    # --- jumps ----------------------------------------------------------------------------------------------------

    def _break(self, node: Any) -> tree.Statement:
        if not self.body.breakable:
            raise self.error("E0384", node.coord, "'break' statement not in loop or switch statement")
        return self._leaving(self.body.break_depth[-1], tree.Break(node.coord))

    def _continue(self, node: Any) -> tree.Statement:
        if not self.body.loops:
            raise self.error("E0384", node.coord, "'continue' statement not in loop statement")
        return self._leaving(self.body.continue_depth[-1], tree.Continue(node.coord))

    def _return(self, node: Any) -> tree.Statement:
        assert self.function is not None
        result = self.function.type.result
        value: tree.Expr | None = None
        if node.expr is not None:
            before = self.changes
            value = self.rvalue(node.expr)
            if self.changes > before:
                self._sequence(node.expr)
            if is_void(result):
                if not is_void(value.type):
                    raise self.error("E0385", node.coord, f"void function '{self.function.name}' should not return a value",
                                     fix="remove the value, or change the function's result type")  # fmt: skip
                statement = tree.ExprStatement(drop_result(value), value.span)
                return tree.Block([statement, self._leaving(0, tree.Return(None, node.coord))], node.coord)
            value = self.assign(value, result, "return")
            if type(value) in (tree.AddressOf, tree.PointerAdd, tree.Cast):
                self._no_local(value)
        elif not is_void(result):
            raise self.error("E0385", node.coord, f"non-void function '{self.function.name}' should return a value",
                             fix="return a value, or make the function void")  # fmt: skip
        if value is not None and any(self.body.cleanups):
            local = self.new_local(".result", value.type, node.coord)
            keep = tree.Declare(local, tree.Initializer(False, [tree.InitStore(0, None, value)]), node.coord)
            value = tree.Load(tree.LocalRef(local, local.type, node.coord), local.type, node.coord)
            return tree.Block([keep, self._leaving(0, tree.Return(value, node.coord))], node.coord)
        return self._leaving(0, tree.Return(value, node.coord))

    def _no_local(self, e: tree.Expr) -> None:
        """A function does not return the address of what is gone when it returns."""
        while isinstance(e, tree.Cast | tree.PointerAdd):
            e = e.pointer if isinstance(e, tree.PointerAdd) else e.value
            if not isinstance(ct.strip(e.type), ct.Pointer):
                return
        if type(e) is tree.AddressOf:
            lvalue = e.lvalue
            while isinstance(lvalue, tree.Member):
                lvalue = lvalue.base
            if isinstance(lvalue, tree.LocalRef) and lvalue.symbol.name[:1] != ".":
                local = lvalue.symbol
                assert self.function is not None
                what = "parameter" if local in self.function.parameters else "local variable"
                self.warn("W0323", lvalue.span, f"address of stack memory associated with {what} '{local.name}' returned",
                          fix="let the caller pass a pointer to what is to be filled")  # fmt: skip

    # --- labels ---------------------------------------------------------------------------------------------------

    def _local_labels(self, node: Any) -> None:
        """__label__: names of the enclosing block, made unique in the function."""
        self.body.renamed += 1
        self.body.local_labels.append({name: f"{name}.{self.body.renamed}" for name in node.names})

    def _label_name(self, name: str) -> str:
        for names in reversed(self.body.local_labels):
            if name in names:
                return names[name]
        return name

    def _label(self, node: Any) -> tree.Statement:
        name = self._label_name(node.name)
        if name in self.body.labels:
            raise self.error("E0386", node.coord, f"redefinition of label '{node.name}'",
                             notes=[("previous definition is here", self.body.labels[name])])  # fmt: skip
        self.body.labels[name] = node.coord
        self.body.live[name] = self._living()
        return tree.Label(name, self.statement(node.stmt), node.coord)

    def _goto(self, node: Any) -> tree.Statement:
        name = self._label_name(node.name)
        jump = tree.Block([tree.Goto(name, node.coord)], node.coord)
        self.body.gotos.append((name, Span.at(node.coord.last), self._living(), jump))
        return jump

    def _living(self) -> list[Cleanup]:
        """The variables with a cleanup that live here, the oldest first."""
        return [pending for scope in self.body.cleanups for pending in scope]

    def check_labels(self) -> None:
        """Every goto of the function must find its label; on the way it runs the cleanups of what it leaves."""
        for name, span, living, jump in self.body.gotos:
            if name not in self.body.labels:
                close = suggest(name, self.body.labels)
                self.error("E0388", span, f"use of undeclared label '{name}'",
                           fix=did_you_mean(close, name, span.point) if close else "")  # fmt: skip
                continue
            there = self.body.live[name]
            shared = 0
            while shared < min(len(living), len(there)) and living[shared][0] is there[shared][0]:
                shared += 1
            if shared < len(there):
                local = there[shared][0]
                self.error("E0387", span, f"this goto enters the scope of '{local.name}', which has a cleanup, past its "
                           "declaration", fix="declare the variable before the goto, or put the label in front of it",
                           notes=[(f"'{local.name}' is declared here", local.span)])  # fmt: skip
            calls = [self._cleanup_call(local, function, span) for local, function in reversed(living[shared:])]
            if jump is not None:
                jump.statements[:0] = calls
            elif calls:
                self.error("E0387", span, "asm goto out of a scope with 'cleanup' variables is not supported",
                           fix="declare its labels with __label__ close to it, or branch in C")  # fmt: skip

    def _asm(self, node: Any) -> tree.Statement:
        statement = self.asm_statement(node, self._label_name)
        self.body.gotos += [(name, node.coord, self._living(), None) for name in statement.labels]
        return statement

"""Statements (C11 6.8): blocks, branches, loops, switches, jumps, labels, asm."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from ..diagnostics import did_you_mean
from ..parse import nodes as gnu
from ..parse.lean import c_ast
from ..records import dataclass, field
from ..source import Span
from . import fold, tree
from . import types as ct
from .asm import AsmStatements
from .atomics import drop_result
from .base import Poison
from .compare import is_integer, is_void
from .names import suggest
from .shape import parenthesized
from .spelling import quote

Cleanup = tuple[tree.Local, tree.FunctionSymbol]


@dataclass(slots=True)
class _Body:
    """What is known while a function's body is checked."""

    # of labels also, and of gotos, the variables with a cleanup that live there; a goto's block takes the calls
    labels: dict[str, Span] = field(default_factory=dict)
    live: dict[str, list[Cleanup]] = field(default_factory=dict)
    gotos: list[tuple[str, Span, list[Cleanup], tree.Block | None]] = field(default_factory=list)
    local_labels: list[dict[str, str]] = field(default_factory=list)
    loops: int = 0
    breakable: int = 0
    switches: list[tuple[tree.Switch, ct.Type, dict[int, Span], int]] = field(default_factory=list)
    # one list a scope: (variable, function) with __attribute__((cleanup)); and how many scopes loops began in
    cleanups: list[list[Cleanup]] = field(default_factory=list)
    break_depth: list[int] = field(default_factory=list)
    continue_depth: list[int] = field(default_factory=list)
    renamed: int = 0


def _looked_at(e: tree.Call) -> bool:
    """Whether somebody may want a call's result to be used."""
    target = e.target
    return type(target) is tree.FunctionRef and not target.symbol.attributes.isdisjoint(
        ("warn_unused_result", "nodiscard", "pure", "const")
    )


_CHANGES = frozenset((c_ast.Assignment, c_ast.UnaryOp))
_GOVERNING = frozenset((c_ast.If, c_ast.While, c_ast.For, c_ast.Switch))


class Statements(AsmStatements):
    """One method a kind of statement."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.body = _Body()
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

    def _sequence(self, node: Any) -> None:
        """A full expression that changes a variable."""
        from .lint.sequence import check_sequence

        check_sequence(self, node)

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

    # --- switch ---------------------------------------------------------------------------------------------------

    def _switch(self, node: Any) -> tree.Statement:
        value: tree.Expr = tree.Constant(0, ct.INT, node.coord)
        enum: ct.Type | None = None
        try:
            value = self.rvalue(node.cond)
            enum = ct.strip(value.type)
            if not is_integer(value.type):
                self.no_float(value)
                raise self.error("E0381", value.span,
                                 f"statement requires expression of integer type ({quote(value.type)} invalid)")
            value = self.promote(value)
        except Poison:
            value = tree.Constant(0, ct.INT, node.coord)
        switch = tree.Switch(value, tree.Block([], node.coord), [], node.coord)
        seen: dict[int, Span] = {}
        self.body.switches.append((switch, value.type, seen, len(self.body.cleanups)))
        self.body.breakable += 1
        self.body.break_depth.append(len(self.body.cleanups))
        try:
            switch.body = self.statement(node.stmt)
        finally:
            self.body.switches.pop()
            self.body.breakable -= 1
            self.body.break_depth.pop()
        if isinstance(enum, ct.Enum):
            self._all_handled(switch, enum, seen)
        elif isinstance(value, tree.Compare | tree.Logical) or (isinstance(value, tree.Unary) and value.op == "!"):
            self.warn("W0327", node.coord, "switch condition has boolean value", fix="write an if")
        if "W0318" in self.asked:
            self.check_fallthrough(switch)
        return switch

    def _all_handled(self, switch: tree.Switch, enum: ct.Enum, seen: dict[int, Span]) -> None:
        """A switch on an enumeration has cases for enumerators only and, without a default, for all of them (-Wswitch)."""
        known = {value for _, value in enum.constants}
        for case in switch.cases:
            for end in {case.low, case.high} - {None}:
                if end not in known and end in seen and known:
                    self.warn("W0345", seen[end], f"case value not in enumerated type {quote(enum)}",
                              fix="add an enumerator, or convert the value to an integer")  # fmt: skip
        ranges = [(case.low, case.high) for case in switch.cases]
        if any(low is None for low, _ in ranges):
            return
        missing = [name for name, value in enum.constants
                   if not any(low <= value <= (low if high is None else high) for low, high in ranges if low is not None)]
        if missing:
            shown = ", ".join(f"'{name}'" for name in missing[:3])
            shown += f" and {len(missing) - 3} more" if len(missing) > 3 else ""
            self.warn("W0345", switch.value.span, f"enumeration value{'s' if len(missing) > 1 else ''} {shown} not handled in "
                      "switch", fix="add the cases, or a default")  # fmt: skip

    def check_fallthrough(self, switch: tree.Switch) -> None:
        """-Wimplicit-fallthrough."""
        raise NotImplementedError

    def _case(self, node: Any) -> tree.Statement:
        """Rows of labels are walked in a loop."""
        if not self.body.switches:
            what = "case" if isinstance(node, c_ast.Case) else "default"
            raise self.error("E0382", node.coord, f"'{what}' statement not in switch statement")
        span: Span = node.coord
        row: list[tree.Case] = []
        while isinstance(node, c_ast.Case | c_ast.Default):
            try:
                low, high = self._case_range(node)
                case = tree.Case(low, high, tree.Block([], node.coord), node.coord)
                self.body.switches[-1][0].cases.append(case)
                row.append(case)
            except Poison:
                pass
            node = node.stmts[0]
        for local, _ in (pending for scope in self.body.cleanups[self.body.switches[-1][3]:] for pending in scope):
            self.error("E0387", span, f"this label is in the scope of '{local.name}', which has a cleanup, and the switch "
                       "jumps past its declaration", fix="declare the variable before the switch, or in a block of its own",
                       notes=[(f"'{local.name}' is declared here", local.span)])  # fmt: skip
        inner = self.statement(node)
        for case in reversed(row):
            case.body = inner
            inner = case
        return inner

    def _case_range(self, node: Any) -> tuple[int | None, int | None]:
        _, t, seen, _ = self.body.switches[-1]
        span: Span = node.coord
        if isinstance(node, c_ast.Default):
            if -(1 << 70) in seen:
                raise self.error("E0383", span, "multiple default labels in one switch",
                                 notes=[("previous case defined here", seen[-(1 << 70)])])  # fmt: skip
            seen[-(1 << 70)] = span
            return None, None
        if isinstance(node.expr, gnu.Range):
            low = self.integer_constant(node.expr.low, "a case label")
            high = self.integer_constant(node.expr.high, "a case label")
        else:
            low = high = self.integer_constant(node.expr, "a case label")
        first, last = fold.wrap(low, t), fold.wrap(high, t)
        if low > high or first > last:
            self.warn("W0343", span, "empty case range specified", fix="write the smaller value first")
            raise Poison
        for value in range(first, min(last, first + 4096) + 1):
            if value in seen:
                raise self.error("E0383", node.expr.coord, f"duplicate case value '{value}'",
                                 notes=[("previous case defined here", seen[value])])  # fmt: skip
            seen[value] = node.expr.coord
        return first, last

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

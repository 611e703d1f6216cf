"""Function definitions (C11 6.9.1). Bodies of static functions in system headers are checked only if they are used."""

from __future__ import annotations

from typing import Any

from ..parse.lean import c_ast
from ..parse.nodes import attributes_of
from ..source import Span
from . import tree
from .base import Poison
from .body import Body
from .compare import is_void
from .layout import is_complete
from .names import Scope
from .spelling import quote
from .statements import Statements


class Functions(Statements):
    """Checks definitions."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._later: dict[tree.FunctionSymbol, Any] = {}
        self._wanted: list[tree.FunctionSymbol] = []

    def definition(self, node: Any) -> None:
        """A FuncDef node."""
        decl = node.decl
        try:
            attributes = self.read_attributes(attributes_of(decl))
            t = self.declared_type(decl.type, decl)
            symbol = self.declare_function(decl, t, attributes, definition=True)
        except Poison:
            self._poison_name(decl)
            return
        symbol.body = tree.Block([], node.body.coord)  # a definition exists
        self.functions.append(symbol)
        self.places[symbol] = self.now
        if symbol.linkage == "static" and self.sources.file_of(decl.coord.point).system:
            self._later[symbol] = node
        else:
            self._check(symbol, node)

    def written_function(self, name: str, text: str) -> tree.FunctionSymbol:
        """The function for a builtin that is written in C: parsed when it is first called, checked at the end of the unit."""
        plain = "__builtin_" + name.replace(".", "_")
        found = self.symbols.get(plain)
        if isinstance(found, tree.FunctionSymbol):
            return found
        from ..parse.later import parse_text

        file = self.sources.add_file("<builtin>", text, system=True)
        scopes, self.scopes = self.scopes, self.scopes[:1]
        outer, self.function = self.function, None
        try:
            for node in parse_text(text, file.base, self.sources, self.diagnostics):
                self.definition(node)
        finally:
            self.scopes, self.function = scopes, outer
        symbol = self.symbols[plain]
        assert isinstance(symbol, tree.FunctionSymbol)
        return symbol

    def use_function(self, symbol: tree.FunctionSymbol) -> None:
        """A function is named: its body is wanted."""
        if symbol in self._later and not self.unevaluated:
            self._wanted.append(symbol)

    def finish_bodies(self) -> None:
        """Check the bodies that were put off and turned out to be used."""
        while self._wanted:
            symbol = self._wanted.pop()
            node = self._later.pop(symbol, None)
            if node is not None:
                self._check(symbol, node)
        self.functions = [symbol for symbol in self.functions if symbol not in self._later]

    def _check(self, symbol: tree.FunctionSymbol, node: Any) -> None:
        outer, self.function = self.function, symbol
        self.body = Body()
        scope = Scope()
        before = self.diagnostics.errors
        self.scopes.append(scope)
        try:
            result = symbol.type.result
            if not is_void(result) and not is_complete(result):
                self.error("E0301", symbol.span, f"incomplete result type {quote(result)} in function definition")
            self._parameters(symbol, node.decl.type, scope)
            symbol.body = self.block(node.body)
            self.check_labels()
            if self.misaligned:
                self.tell_misaligned()
            if self.diagnostics.errors > before:
                return  # a return statement may be among what could not be checked
            if not self.asked.isdisjoint(("W0316", "W0317")) and not self.sources.file_of(symbol.span.point).system:
                from .lint.flow import check_uninitialized

                check_uninitialized(self, symbol)
            if "naked" in symbol.attributes:
                self._naked(symbol.body)
            elif not is_void(result) and not symbol.noreturn and _falls_through(symbol.body):
                self.warn("W0344", Span.at(node.body.coord.last), "non-void function does not return a value"
                          + (" in all control paths" if _has_return(symbol.body) else ""),
                          fix="add a return statement at the end")  # fmt: skip
        finally:
            self.scopes.pop()
            self.function = outer
        self._undeclared.clear()

    def check_fallthrough(self, switch: tree.Switch) -> None:
        """-Wimplicit-fallthrough."""
        from .lint.statements import check_fallthrough

        check_fallthrough(self, switch, lambda statement: not _falls_through(statement) or _breaks(statement))

    def _naked(self, body: tree.Block) -> None:
        """A naked function is its asm statements and nothing else (GCC manual, "Common Function Attributes")."""
        for statement in body.statements:
            if not isinstance(statement, tree.Asm):
                span = getattr(statement, "span", body.span)
                self.error("E0395", span, "a naked function holds asm statements only",
                           fix="write it in asm, or remove __attribute__((naked))")  # fmt: skip
            elif statement.outputs or statement.labels or not all(
                set(constraint) <= {"i"} or self.address_constant(e) is not None for _, constraint, e in statement.inputs
            ):
                self.error("E0395", statement.span, "an asm statement of a naked function has constants as operands only",
                           fix="arguments are in r1 to r5, use their names")  # fmt: skip

    def _parameters(self, symbol: tree.FunctionSymbol, declarator: Any, scope: Scope) -> None:
        while not isinstance(declarator, c_ast.FuncDecl):
            declarator = declarator.type
        symbol.parameters = []
        if declarator.args is None:
            return
        for param in declarator.args.params:
            if isinstance(param, c_ast.EllipsisParam):
                continue
            try:
                t = self.parameter_type(param)
                if is_void(t) and not getattr(param, "name", None):
                    continue
                t = self.adjusted(t, param.coord)
            except Poison:
                continue
            name = getattr(param, "name", None) or ""
            tags = tuple(self.read_attributes(attributes_of(param)).decl_tags)
            local = tree.Local(name, t, param.coord or symbol.span, tags=tags)
            if not is_complete(t):
                self.error("E0301", local.span, f"variable has incomplete type {quote(t)}")
            symbol.parameters.append(local)
            if name:
                if name in scope.names:
                    self.error("E0367", local.span, f"redefinition of parameter '{name}'")
                scope.names[name] = local


def _falls_through(s: tree.Statement) -> bool:
    """True if control may reach the end of `s`. Careful the other way: when in doubt, False."""
    match s:
        case tree.Return() | tree.Goto() | tree.Break() | tree.Continue():
            return False
        case tree.Block(statements=statements):
            return not any(not _falls_through(inner) for inner in statements)
        case tree.If(condition=condition, then=then, otherwise=otherwise):
            if isinstance(condition, tree.Constant):
                chosen = then if condition.value else otherwise
                return chosen is None or _falls_through(chosen)
            return otherwise is None or _falls_through(then) or _falls_through(otherwise)
        case tree.Loop(condition=condition, body=body):
            endless = condition is None or (isinstance(condition, tree.Constant) and condition.value != 0)
            return not endless or _breaks(body)
        case tree.Switch(body=body, cases=cases):
            return not any(case.low is None for case in cases) or _breaks(body) or _falls_through(body)
        case tree.Label(body=body) | tree.Case(body=body):
            return _falls_through(body)
        case tree.ExprStatement(value=value):
            return not _ends(value)
        case tree.Asm(labels=labels):
            return not labels
        case _:
            return True


def _ends(e: tree.Expr) -> bool:
    match e:
        case tree.Call(target=tree.FunctionRef(symbol=symbol)):
            return symbol.noreturn
        case tree.Builtin(name=name):
            return name in ("unreachable", "trap")
        case tree.StatementExpr(body=body):
            return not _falls_through(body)
        case tree.Cast(value=value):
            return _ends(value)
        case _:
            return False


def _breaks(s: tree.Statement | None) -> bool:
    """True if `s` holds a break of the loop or switch around it."""
    match s:
        case tree.Break():
            return True
        case tree.Block(statements=statements):
            return any(_breaks(inner) for inner in statements)
        case tree.If(then=then, otherwise=otherwise):
            return _breaks(then) or _breaks(otherwise)
        case tree.Label(body=body) | tree.Case(body=body):
            return _breaks(body)
        case _:
            return False


def _has_return(s: tree.Statement | None) -> bool:
    match s:
        case tree.Return():
            return True
        case tree.Block(statements=statements):
            return any(_has_return(inner) for inner in statements)
        case tree.If(then=then, otherwise=otherwise):
            return _has_return(then) or _has_return(otherwise)
        case tree.Label(body=body) | tree.Case(body=body) | tree.Loop(body=body) | tree.Switch(body=body):
            return _has_return(body)
        case _:
            return False

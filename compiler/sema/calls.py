"""Function calls (C11 6.5.2.2): to functions of the unit, to helpers, to what BPF cannot call."""

from __future__ import annotations

from typing import Any

from ..parse.lean import c_ast
from ..source import Span
from . import tree
from . import types as ct
from .atomics import Atomics
from .base import Poison
from .builtins import LIBRARY, LIBRARY_FOLDED
from .compare import is_integer, is_void
from .layout import is_complete
from .spelling import quote

_MEMORY = frozenset(("__builtin_memset", "__builtin_memcpy", "__builtin_memmove", "__builtin_memcmp"))
_TRACE_PRINTK, _TRACE_VPRINTK = 6, 177  # helpers (include/uapi/linux/bpf.h)
MAX_ARGUMENTS = 5  # r1-r5


class Calls(Atomics):
    """What `f(...)` means."""

    def call(self, node: Any) -> tree.Expr:
        """A FuncCall node."""
        span: Span = node.coord
        nodes = list(node.args.exprs) if node.args is not None else []
        callee = node.name
        if isinstance(callee, c_ast.ID) and callee.name.startswith("__") and self.find(callee.name) is None:
            name = callee.name
            if name in _MEMORY and len(nodes) == 3:
                self._memory_size(name, nodes)
            if name.startswith("__builtin_"):
                return self.builtin(name, nodes, span)
            atomic = self.atomic(name, nodes, span)
            if atomic is not None:
                return atomic
        if isinstance(callee, c_ast.ID) and self.find(callee.name) is None:
            self._check_all(nodes)
            raise self.undeclared(callee.name, callee.coord, "function")
        try:
            target = self.expression(callee)
        except Poison:
            self._check_all(nodes)
            raise
        t = ct.strip(target.type)
        if isinstance(t, ct.Pointer):
            t = ct.strip(t.target)
        if not isinstance(t, ct.Function):
            self._check_all(nodes)
            raise self.error("E0343", span, f"called object type {quote(target.type)} is not a function or function pointer")
        function = t
        arguments = self._arguments(target, function, nodes, span)
        if function.variadic and isinstance(target, tree.GlobalRef | tree.FunctionRef):
            self._formatted(target.symbol, nodes, arguments)
        elif isinstance(target, tree.GlobalRef) and self.helpers.get(target.symbol) == _TRACE_VPRINTK and len(arguments) == 4:
            size = self.known(arguments[3])
            self._printed(nodes, arguments[0], [], None if size is None else size // 8)
        if isinstance(target, tree.FunctionRef) and target.symbol.linkage == "extern" and target.symbol.name in LIBRARY:
            return self.library(target.symbol.name, arguments, span)
        if isinstance(target, tree.FunctionRef) and target.symbol.linkage == "extern" and target.symbol.name in LIBRARY_FOLDED:
            return self.builtin(f"__builtin_{target.symbol.name}", nodes, span)
        if not is_void(function.result) and not is_complete(function.result):
            raise self.error("E0301", span, f"calling a function with incomplete result type {quote(function.result)}")
        return tree.Call(self._target(target, span), arguments, function.result, span)

    def _formatted(self, symbol: tree.Global | tree.FunctionSymbol, nodes: list[Any], arguments: list[tree.Expr]) -> None:
        """A call of a function that takes a format and values."""
        if isinstance(symbol, tree.Global) and self.helpers.get(symbol) == _TRACE_PRINTK:
            self._printed(nodes[2:], arguments[0], arguments[2:], len(arguments) - 2)
        elif symbol in self.formats:
            from .lint.format import check_format

            check_format(self, nodes, arguments, *self.formats[symbol])

    def _printed(self, nodes: list[Any], text: tree.Expr, values: list[tree.Expr], count: int | None) -> None:
        """What the kernel is to print: with a `%` in it, it is looked at."""
        while isinstance(text, tree.Cast):
            text = text.value
        if isinstance(text, tree.AddressOf) and isinstance(text.lvalue, tree.GlobalRef):
            data = text.lvalue.symbol.data
            if data is not None and (b"%" in data or count or not data.isascii()) and text.lvalue.symbol.constant:
                from .lint.format import check_printk

                check_printk(self, data, nodes, values, count, text.span)

    def _memory_size(self, name: str, nodes: list[Any]) -> None:
        """memset(p, 0, sizeof(p)) and memset(p, sizeof(*p), 0)."""
        size = nodes[2]
        if isinstance(size, c_ast.UnaryOp) and size.op == "sizeof":
            from .lint.memory import check_size

            check_size(self, name, nodes)
        elif name == "__builtin_memset" and isinstance(size, c_ast.Constant) and size.value == "0" and size.coord.point >= 0:
            if not isinstance(nodes[1], c_ast.Constant):
                self.warn("W0338", size.coord, "'size' argument to memset is '0'; did you mean to transpose the last two "
                          "arguments?", fix="write the value second and the size third")  # fmt: skip

    def _check_all(self, nodes: list[Any]) -> None:
        """Check arguments of a call that is wrong anyway, for the errors in them."""
        for node in nodes:
            try:
                self.rvalue(node)
            except Poison:
                continue

    def _arguments(self, target: tree.Expr, function: ct.Function, nodes: list[Any], span: Span) -> list[tree.Expr]:
        want, have = len(function.parameters), len(nodes)
        symbol = target.symbol if isinstance(target, tree.FunctionRef | tree.GlobalRef | tree.LocalRef) else None
        if function.prototyped and (have < want or (have > want and not function.variadic)):
            self._check_all(nodes)
            notes = [(f"'{symbol.name}' declared here", symbol.span)] if symbol is not None else []
            where = nodes[want].coord if have > want else Span.at(span.last)
            raise self.error("E0341", where, f"too {'few' if have < want else 'many'} arguments to function call, expected "
                             f"{'at least ' if function.variadic else ''}{want}, have {have}", notes=notes)  # fmt: skip
        values: list[tree.Expr] = []
        failed = False
        for i, node in enumerate(nodes):
            try:
                value = self.rvalue(node)
                if i < want:
                    parameter = function.parameters[i]
                    declared = self._parameter_span(symbol, i)
                    name = f" '{parameter.name}'" if parameter.name else ""
                    what = f"passing argument to parameter{name} here"
                    values.append(self.assign(value, parameter.type, "pass", what=what, declared=declared))
                else:
                    self.no_float(value)
                    if is_void(value.type):
                        raise self.error("E0303", value.span, "argument has no value: its type is 'void'")
                    values.append(self.promote(value) if is_integer(value.type) else value)
            except Poison:
                failed = True
        if failed:
            raise Poison
        return values

    def _parameter_span(self, symbol: Any, index: int) -> Span | None:
        if isinstance(symbol, tree.FunctionSymbol):
            if index < len(symbol.parameters):
                return symbol.parameters[index].span
            return symbol.span
        return None

    def _target(self, target: tree.Expr, span: Span) -> tree.Expr:
        """What is called: a function by name, or a helper's number."""
        if isinstance(target, tree.FunctionRef):
            self.use_function(target.symbol)
            return target
        value = self.value_of(target)
        if isinstance(value, tree.AddressOf) and isinstance(value.lvalue, tree.FunctionRef):
            return value.lvalue
        inner: tree.Expr = value
        while isinstance(inner, tree.Cast):
            inner = inner.value
        if isinstance(inner, tree.Constant):  # ((long (*)(void)) 5)()
            return tree.Constant(inner.value, value.type, span)
        return value  # a pointer: inlining may show which function it is; code generation complains about what is left

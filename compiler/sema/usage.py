"""What is emitted: functions and variables reachable from what others can see; and the rules only emitted code must keep.

Walks the finished trees: marks symbols `used` and locals `addressed`, and refuses what BPF cannot run (E04xx).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..source import Span
from . import tree
from . import types as ct
from .asm import symbols_of
from .compare import is_record
from .undefined import C_LIBRARY
from .walk import walk

if TYPE_CHECKING:
    from .functions import Functions

MAX_ARGUMENTS = 5  # r1-r5; a record result takes one (RFC 9669, "Calling convention")


def mark(checker: Functions) -> tree.Unit:
    """The unit to emit."""
    marker = _Marker(checker)
    for function in checker.functions:
        if function.linkage != "static" or function.used:
            marker.want(function)
    for variable in [*checker.globals]:
        if variable.linkage != "static" or variable.used:
            marker.want(variable)
    marker.run()
    emitted = marker.seen
    unit = tree.Unit(
        [f for f in checker.functions if f in emitted],
        [g for g in [*checker.globals, *checker.literals.values()] if g in emitted and g not in checker.helpers],
        [s for s in emitted if s.linkage == "extern"],
        marker.undefined,
    )
    marker.check_recursion(unit)
    return unit


class _Marker:
    """The work list over symbols."""

    def __init__(self, checker: Functions) -> None:
        self.checker = checker
        self.diagnostics = checker.diagnostics
        self.seen: dict[tree.Global | tree.FunctionSymbol, None] = {}
        self.todo: list[tree.Global | tree.FunctionSymbol] = []
        self.undefined: dict[tree.FunctionSymbol, list[Span]] = {}
        self.calls: dict[tree.FunctionSymbol, list[tuple[tree.FunctionSymbol, Span]]] = {}

    def want(self, symbol: tree.Global | tree.FunctionSymbol) -> None:
        """`symbol` is referenced."""
        if symbol not in self.seen:
            self.seen[symbol] = None
            symbol.used = True
            self.todo.append(symbol)

    def run(self) -> None:
        """Follow all references."""
        while self.todo:
            symbol = self.todo.pop()
            if isinstance(symbol, tree.Global):
                for reference in symbol.references:
                    self.want(reference.symbol)
                    if isinstance(reference.symbol, tree.FunctionSymbol):
                        self._defined(reference.symbol, symbol.span)
            elif symbol.body is not None:
                self._function(symbol)

    def _function(self, symbol: tree.FunctionSymbol) -> None:
        self._signature(symbol)
        called = self.calls.setdefault(symbol, [])
        for node in walk(symbol.body):
            match node:
                case tree.FunctionRef(symbol=target):
                    self.want(target)
                    self._defined(target, node.span)
                case tree.GlobalRef(symbol=variable):
                    self.want(variable)
                case tree.AddressOf(lvalue=lvalue):
                    _address(lvalue)
                case tree.Call():
                    if isinstance(node.target, tree.FunctionRef):
                        called.append((node.target.symbol, node.span))
                case tree.Asm():
                    for _, constraint, e in [*node.outputs, *node.inputs]:
                        if "m" in constraint:
                            _address(e.lvalue if isinstance(e, tree.Load) else e)
                    self._symbols(node)

    def _symbols(self, asm: tree.Asm) -> None:
        """Functions and variables that the template names become operands that nothing stands for in the template."""
        for name in dict.fromkeys(symbols_of(asm.template)):
            symbol = self.checker.find(name)
            ref: tree.Expr
            if isinstance(symbol, tree.FunctionSymbol):
                ref = tree.FunctionRef(symbol, symbol.type, asm.span)
                self._defined(symbol, asm.span)
            elif isinstance(symbol, tree.Global) and symbol not in self.checker.helpers:
                ref = tree.GlobalRef(symbol, symbol.type, asm.span)
            else:
                continue
            self.want(symbol)
            asm.inputs.append(("", "s", tree.AddressOf(ref, ct.Pointer(symbol.type), asm.span)))

    def _signature(self, symbol: tree.FunctionSymbol) -> None:
        if symbol.type.variadic and symbol.linkage != "static":
            self.diagnostics.error(
                "E0405", symbol.span, f"'{symbol.name}' takes a variable number of arguments, which BPF functions cannot",
                fix="pass a pointer to a struct, or write a macro",
            )  # fmt: skip
        extra = int(is_record(symbol.type.result))
        # what is always inlined passes nothing; code generation complains about what could not be
        inlined = symbol.inline == "always" or (symbol.linkage == "static" and symbol.inline != "never")
        if len(symbol.parameters) + extra > MAX_ARGUMENTS and not inlined:
            self.diagnostics.error(
                "E0411", symbol.span, f"'{symbol.name}' takes {len(symbol.parameters)} arguments, BPF passes at most "
                f"{MAX_ARGUMENTS}" + (", and its struct result counts as one" if extra else ""),
                fix="put arguments into a struct and pass a pointer to it",
            )  # fmt: skip

    def _in_header(self, span: Span) -> bool:
        """What a header declares another object may define; a file's own prototype without a function is a slip."""
        sources = self.diagnostics.sources
        return sources.file_of(sources.outermost(span.point)).included_from >= 0

    def _defined(self, symbol: tree.FunctionSymbol, span: Span) -> None:
        """Note where what nothing defines is named: it is an error if code that is left in the end names it."""
        if symbol.body is not None or symbol.section == ".ksyms" or symbol.intrinsic:
            return
        elsewhere = "extern" in symbol.attributes or self._in_header(symbol.span)
        if not elsewhere or symbol.name in C_LIBRARY or symbol.if_called is not None:
            self.undefined.setdefault(symbol, []).append(span)

    def check_recursion(self, unit: tree.Unit) -> None:
        """A function that calls itself, directly or by others (depth-first search; each cycle is told once)."""
        state: dict[tree.FunctionSymbol, int] = {}
        for root in unit.functions:
            if root in state:
                continue
            path: list[tree.FunctionSymbol] = [root]
            iterators = [iter(self.calls.get(root, []))]
            state[root] = 1
            while path:
                step = next(iterators[-1], None)
                if step is None:
                    state[path.pop()] = 2
                    iterators.pop()
                    continue
                callee, span = step
                if state.get(callee) == 1:
                    cycle = [f.name for f in path[path.index(callee) :]] + [callee.name]
                    self.diagnostics.error(
                        "E0403", span, f"'{callee.name}' calls itself"
                        + (f" ({' -> '.join(cycle)})" if len(cycle) > 2 else "") + ": BPF has no recursion",
                        fix="write a loop with a constant bound, or keep a stack of your own in a map",
                    )  # fmt: skip
                elif callee not in state:
                    state[callee] = 1
                    path.append(callee)
                    iterators.append(iter(self.calls.get(callee, [])))


def _address(lvalue: tree.Expr) -> None:
    """The address of `lvalue` is taken: the local it is part of must live in memory."""
    while True:
        match lvalue:
            case tree.Member(base=base):
                lvalue = base
            case tree.Let(body=body):
                lvalue = body
            case tree.LocalRef(symbol=symbol):
                symbol.addressed = True
                return
            case _:
                return

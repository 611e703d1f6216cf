"""`check_uninitialized`: local variables that are read before they are set (-Wuninitialized, -Wsometimes-uninitialized).

A graph of blocks is made of a function's tree, with what each block does to the scalar locals that are declared without a
value: setting, reading, taking the address (which counts as setting). Each block then knows for each variable whether it may
be set and whether it may not be. A read of what is never set is told; a read of what may be unset only if some branch leads
to it inevitably without setting the variable: then that branch is told. The rules are clang's, by observation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...source import Span
from .. import tree
from .. import types as ct
from ..compare import is_scalar
from ..walk import CHILDREN, walk

if TYPE_CHECKING:
    from ..functions import Functions

_DECLARE, _SET, _READ, _SELF = range(4)
Branch = tuple[str, Span]  # the construct whose condition ends a block: "if", "&&", ..., and the condition


class _Block:
    """Events in a row: (kind, variable's number, place). `branch`: what chooses among `next`; None in `next` is never taken."""

    __slots__ = ("branch", "events", "label", "next", "previous", "reached", "set_", "unset")

    def __init__(self) -> None:
        self.events: list[tuple[int, int, Span]] = []
        self.next: list[_Block | None] = []
        self.previous: list[_Block] = []
        self.branch: Branch | None = None
        self.label: Branch | None = None
        self.reached = False
        self.set_ = self.unset = 0  # at the end: a bit for each variable that may be (un)set


def check_uninitialized(checker: Functions, function: tree.FunctionSymbol) -> None:
    """Warn about the reads in `function`, whose body is checked and has no errors."""
    tracked: dict[tree.Local, int] = {}
    for node in walk(function.body):
        if isinstance(node, tree.Declare) and is_scalar(node.symbol.type) and node.symbol.register < 0:
            if (node.initializer is None or _itself(node)) and not node.symbol.name.startswith("."):
                tracked[node.symbol] = len(tracked)
    if not tracked:
        return
    graph = _Graph(tracked)
    graph.statement(function.body)
    _solve(graph.entry, len(tracked))
    _report(checker, graph, list(tracked))


def _itself(node: tree.Declare) -> bool:
    """`int x = x;`"""
    stores = node.initializer.stores if node.initializer is not None else []
    if len(stores) != 1:
        return False
    value = stores[0].value
    return isinstance(value, tree.Load) and isinstance(value.lvalue, tree.LocalRef) and value.lvalue.symbol is node.symbol


class _Graph:
    """Makes the blocks. `here` is the one being filled."""

    def __init__(self, tracked: dict[tree.Local, int]) -> None:
        self.tracked = tracked
        self.blocks: list[_Block] = []
        self.entry = self.here = self._new()
        self.breaks: list[_Block] = []
        self.continues: list[_Block] = []
        self.labels: dict[str, _Block] = {}
        self.cases: list[list[_Block]] = []
        self.defaults: list[bool] = []

    def _new(self) -> _Block:
        block = _Block()
        self.blocks.append(block)
        return block

    def _to(self, block: _Block) -> None:
        """Go on to `block` from here."""
        self.here.next.append(block)
        block.previous.append(self.here)

    def _enter(self, block: _Block) -> None:
        """Go on to `block`, and fill it next."""
        self._to(block)
        self.here = block

    def _stop(self) -> None:
        """Nothing comes after this."""
        self.here = self._new()

    def _event(self, kind: int, local: tree.Local, span: Span) -> None:
        number = self.tracked.get(local)
        if number is not None:
            self.here.events.append((kind, number, span))

    # --- expressions ----------------------------------------------------------------------------------------------

    def expression(self, e: Any) -> None:
        """The events of evaluating `e`, in order."""
        match e:
            case tree.Load(lvalue=tree.LocalRef(symbol=local)):
                self._event(_READ, local, e.span)
            case tree.LocalRef(symbol=local):
                self._event(_SET, local, e.span)
            case tree.Assign(lvalue=tree.LocalRef(symbol=local), value=value):
                self.expression(value)
                self._event(_SET, local, e.span)
            case tree.CompoundAssign(lvalue=tree.LocalRef(symbol=local), right=right):
                self._event(_READ, local, e.lvalue.span)
                self.expression(right)
            case tree.IncDec(lvalue=tree.LocalRef(symbol=local)):
                self._event(_READ, local, e.lvalue.span)
            case tree.Cast(value=tree.Load(lvalue=tree.LocalRef()), type=t) if isinstance(ct.strip(t), ct.Void):
                return
            case tree.Logical(op=op):
                end, second = self._new(), self._new()
                ways = (second, end) if op == "&&" else (end, second)
                self._condition(e.left, ways[0], ways[1], (op, e.left.span))
                self.here = second
                self.expression(e.right)
                self._enter(end)
            case tree.Conditional():
                then, otherwise, after = self._new(), self._new(), self._new()
                self._condition(e.condition, then, otherwise, ("?:", e.condition.span))
                self.here = then
                self.expression(e.then)
                self._to(after)
                self.here = otherwise
                self.expression(e.otherwise)
                self._enter(after)
            case tree.StatementExpr(body=body, result=result):
                self.statement(body)
                self.expression(result)
            case tree.Call() | tree.Builtin():
                self._children(e)
                if _never_returns(e):
                    self._stop()
            case None:
                return
            case _:
                self._children(e)

    def _children(self, e: Any) -> None:
        for name in CHILDREN[type(e)]:
            child = getattr(e, name)
            for item in child if isinstance(child, list) else (child,):
                self.expression(item)

    def _condition(self, e: tree.Expr, true: _Block, false: _Block, branch: Branch) -> None:
        """Branch on `e`."""
        if isinstance(e, tree.Logical):
            right = self._new()
            if e.op == "&&":
                self._condition(e.left, right, false, ("&&", e.left.span))
            else:
                self._condition(e.left, true, right, ("||", e.left.span))
            self.here = right
            self._condition(e.right, true, false, branch)
            return
        self.expression(e)
        self.here.branch = branch
        known = e.value != 0 if isinstance(e, tree.Constant) else None
        for block, taken in ((true, known is not False), (false, known is not True)):
            if taken:
                self._to(block)
            else:
                self.here.next.append(None)

    # --- statements -----------------------------------------------------------------------------------------------

    def statement(self, s: Any) -> None:
        """The blocks of a statement."""
        match s:
            case tree.Block(statements=statements):
                for inner in statements:
                    self.statement(inner)
            case tree.ExprStatement(value=value):
                self.expression(value)
            case tree.Declare(symbol=local, initializer=initializer):
                self._declare(local, initializer, s)
            case tree.If():
                self._if(s)
            case tree.Loop():
                self._loop(s)
            case tree.Switch():
                self._switch(s)
            case tree.Case():
                block = self._new()
                block.label = ("default" if s.low is None else "case", s.span)
                if self.cases:
                    self.cases[-1].append(block)
                    self.defaults[-1] |= s.low is None
                self._enter(block)
                self.statement(s.body)
            case tree.Label(name=name, body=body):
                self._enter(self._label(name))
                self.statement(body)
            case tree.Goto(label=label):
                self._to(self._label(label))
                self._stop()
            case tree.Break():
                self._to(self.breaks[-1])
                self._stop()
            case tree.Continue():
                self._to(self.continues[-1])
                self._stop()
            case tree.Return(value=value):
                self.expression(value)
                self._stop()
            case tree.Asm():
                for _, _, operand in [*s.inputs, *s.outputs]:
                    self.expression(operand)
                if s.labels:
                    for name in s.labels:
                        self._to(self._label(name))
                    self._enter(self._new())

    def _label(self, name: str) -> _Block:
        if name not in self.labels:
            self.labels[name] = self._new()
        return self.labels[name]

    def _declare(self, local: tree.Local, initializer: tree.Initializer | None, s: tree.Declare) -> None:
        if initializer is None:
            self._event(_DECLARE, local, s.span)
        elif local in self.tracked:
            self._event(_SELF, local, initializer.stores[0].value.span)
        else:
            for store in initializer.stores:
                self.expression(store.value)

    def _if(self, s: tree.If) -> None:
        after = self._new()
        while True:
            then, otherwise = self._new(), self._new() if s.otherwise is not None else after
            self._condition(s.condition, then, otherwise, ("if", s.condition.span))
            self.here = then
            self.statement(s.then)
            self._to(after)
            self.here = otherwise
            if not isinstance(s.otherwise, tree.If):
                break
            s = s.otherwise
        if s.otherwise is not None:
            self.statement(s.otherwise)
            self._enter(after)

    def _loop(self, s: tree.Loop) -> None:
        head, body, step, after = self._new(), self._new(), self._new(), self._new()
        self._enter(head if s.test_first else body)
        self.breaks.append(after)
        self.continues.append(step)
        if s.test_first:
            self._test(s, body, after)
            self.here = body
        self.statement(s.body)
        self._enter(step)
        self.breaks.pop()
        self.continues.pop()
        self.expression(s.step)
        if s.test_first:
            self._to(head)
        else:
            self._test(s, body, after)
        self.here = after

    def _test(self, s: tree.Loop, body: _Block, after: _Block) -> None:
        if s.condition is None:
            self._to(body)
            self.here.next.append(None)
        else:
            what = "do" if not s.test_first else "for" if s.step is not None else "while"
            self._condition(s.condition, body, after, (what, s.condition.span))

    def _switch(self, s: tree.Switch) -> None:
        self.expression(s.value)
        head, after = self.here, self._new()
        head.branch = ("switch", s.span)
        self.breaks.append(after)
        self.cases.append([])
        self.defaults.append(False)
        self._stop()
        self.statement(s.body)
        self._to(after)
        self.breaks.pop()
        self.here = head
        for block in self.cases.pop():
            self._to(block)
        if not self.defaults.pop():
            if _covers_all(s):
                head.next.append(None)
            else:
                self._to(after)
        self.here = after


def _never_returns(e: tree.Call | tree.Builtin) -> bool:
    if isinstance(e, tree.Builtin):
        return e.name in ("unreachable", "trap")
    return isinstance(e.target, tree.FunctionRef) and e.target.symbol.noreturn


def _covers_all(s: tree.Switch) -> bool:
    """Whether a switch on an enumeration has a case for each enumerator."""
    value: tree.Expr = s.value
    while isinstance(value, tree.Cast):
        value = value.value
    enum = ct.strip(value.type)
    if not isinstance(enum, ct.Enum) or not enum.constants:
        return False
    ranges = [(case.low, case.high) for case in s.cases]
    return all(any(low is not None and high is not None and low <= known <= high for low, high in ranges)
               for _, known in enum.constants)  # fmt: skip


# --- solving ------------------------------------------------------------------------------------------------------


def _apply(kind: int, bit: int, set_: int, unset: int) -> tuple[int, int]:
    if kind == _SET:
        return set_ | bit, unset & ~bit
    if kind in (_DECLARE, _SELF):
        return set_ & ~bit, unset | bit
    return set_, unset


def _start(block: _Block, entry: _Block, count: int) -> tuple[int, int]:
    """What may be set and unset where a block begins."""
    set_, unset = 0, (1 << count) - 1 if block is entry else 0
    for before in block.previous:
        set_ |= before.set_
        unset |= before.unset
    return set_, unset


def _solve(entry: _Block, count: int) -> None:
    """Fill in what may be set and unset at the end of each block that can be reached."""
    todo = [entry]
    while todo:
        block = todo.pop()
        set_, unset = _start(block, entry, count)
        for kind, number, _ in block.events:
            set_, unset = _apply(kind, 1 << number, set_, unset)
        if not block.reached or (set_, unset) != (block.set_, block.unset):
            block.reached, block.set_, block.unset = True, set_, unset
            todo += [after for after in block.next if after is not None]


# --- reporting ----------------------------------------------------------------------------------------------------


def _report(checker: Functions, graph: _Graph, variables: list[tree.Local]) -> None:
    reads: dict[int, list[tuple[bool, Span, _Block]]] = {}
    selves: dict[int, Span] = {}
    for block in graph.blocks:
        if not block.reached:
            continue
        set_, unset = _start(block, graph.entry, len(variables))
        for kind, number, span in block.events:
            bit = 1 << number
            if kind == _READ and unset & bit:
                reads.setdefault(number, []).append((not set_ & bit, span, block))
            elif kind == _SELF:
                selves[number] = span
            set_, unset = _apply(kind, bit, set_, unset)
    for number, uses in reads.items():
        local = variables[number]
        surely = sorted((span for always, span, _ in uses if always), key=lambda span: checker.sources.outermost(span.point))
        if number in selves:
            if surely:
                checker.warn("W0316", selves[number], f"variable '{local.name}' is uninitialized when used within its own "
                             "initialization", fix="give it a value")  # fmt: skip
            continue
        if surely:
            checker.warn("W0316", surely[0], f"variable '{local.name}' is uninitialized when used here",
                         fix=f"initialize the variable '{local.name}'",
                         notes=[(f"'{local.name}' is declared here", local.span)])  # fmt: skip
            continue
        for _, span, block in sorted(uses, key=lambda use: checker.sources.outermost(use[1].point)):
            if _sometimes(checker, graph, local, number, span, block):
                break


def _sometimes(checker: Functions, graph: _Graph, local: tree.Local, number: int, use: Span, block: _Block) -> bool:
    """Find the branches that lead to a read without setting the variable, and tell of them; whether there are any."""
    bit = 1 << number
    visited: dict[_Block, int] = {block: len(block.next)}
    queue = [block]
    notes: list[tuple[str, Span | int | None]] = [
        ("uninitialized use occurs here", use), (f"'{local.name}' is declared here", local.span),
    ]  # fmt: skip
    found = False
    while queue:
        here = queue.pop()
        if here is graph.entry:
            checker.warn("W0317", local.span, f"variable '{local.name}' is used uninitialized whenever the function is called",
                         fix=f"initialize the variable '{local.name}'", notes=notes[:1])  # fmt: skip
            return True
        for before in here.previous:
            if not before.reached or not before.unset & bit:
                continue
            if before.set_ & bit and not here.set_ & bit:
                checker.warn("W0317", local.span, f"variable '{local.name}' is used uninitialized whenever its declaration is "
                             "reached", fix=f"initialize the variable '{local.name}'", notes=notes[:1])  # fmt: skip
                return True
            if before not in visited:
                visited[before] = sum(after is None for after in before.next)
            visited[before] += 1
            if visited[before] == len(before.next):
                queue.append(before)
    for head in graph.blocks:
        if head.branch is None or not 0 < visited.get(head, 0) < len(head.next) or head.set_ & bit:
            continue
        for number_, after in enumerate(head.next):
            if after is not None and after in visited and visited[after] >= len(after.next):
                told = _branch(checker, head, after, number_)
                if told is not None:
                    checker.warn("W0317", told[0], f"variable '{local.name}' is used uninitialized whenever {told[1]}",
                                 fix=f"initialize the variable '{local.name}'", notes=notes)  # fmt: skip
                    found = True
    return found


def _branch(checker: Functions, head: _Block, after: _Block, number: int) -> tuple[Span, str] | None:
    """Where and how a way out of `head` is told."""
    assert head.branch is not None
    what, span = head.branch
    at = Span(span.first, span.last, span.first)
    if what == "switch":
        if after.label is None:
            return None
        kind, span = after.label
        if kind == "case":
            span = Span.at(_behind_case(checker, span.first))
        return span, f"switch {kind} is taken"
    if what in ("while", "for", "do"):
        if number:
            return at, f"'{'while' if what == 'do' else what}' loop exits because its condition is false"
        return at, f"'{what}' loop " + ("condition is true" if what == "do" else "is entered")
    return at, f"'{what}' condition is {'false' if number else 'true'}"


def _behind_case(checker: Functions, loc: int) -> int:
    """The location of the value in `case value:`."""
    if loc < 0:
        return loc
    file = checker.sources.file_of(loc)
    at = loc - file.base + len("case")
    while file.text[at : at + 1].isspace():
        at += 1
    return file.base + at


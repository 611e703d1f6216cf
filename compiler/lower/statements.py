"""Statements: control flow to blocks."""

from __future__ import annotations

from ..diagnostics import Diagnostics
from ..ir import model as ir
from ..ir.model import Ty
from ..sema import tree
from ..sema import types as ct
from . import ctypes, memory
from .expressions import Expressions
from .memory import InMemory, InRegister, constant
from .ssa import Builder

# up to this many compares in a row beat a binary search
_LINEAR_CASES = 4


class Statements(Expressions):
    """Lowers the body of one function."""

    result_home: ir.Value | None = None  # where a record result goes
    result_type: Ty = Ty.NONE
    _breaks: tuple[ir.Block, ...] = ()
    _continues: tuple[ir.Block, ...] = ()

    def __init__(self, builder: Builder, diagnostics: Diagnostics, roots: list[ct.Type]) -> None:
        super().__init__(builder, diagnostics, roots)
        self._labels: dict[str, ir.Block] = {}
        self._cases: dict[tree.Case, ir.Block] = {}

    def statement(self, s: tree.Statement) -> None:
        """Lower one statement; the builder's block is where control goes on (an ended one if it does not)."""
        self.b.span = s.span
        match s:
            case tree.Block(statements=statements):
                for inner in statements:
                    self.statement(inner)
            case tree.Declare(symbol=symbol, initializer=initializer):
                self.declare(symbol, initializer)
            case tree.ExprStatement(value=value):
                self.effect(value)
            case tree.If():
                self._if(s)
            case tree.Loop():
                self._loop(s)
            case tree.Switch():
                self._switch(s)
            case tree.Case(body=body):
                block = self._cases[s]
                self.b.jump(block)
                self.b.start(block)
                self.statement(body)
            case tree.Label(name=name, body=body):
                block = self._label(name)
                self.b.jump(block)
                self.b.start(block)
                self.statement(body)
            case tree.Goto(label=label):
                self.b.jump(self._label(label))
            case tree.Break():
                self.b.jump(self._breaks[-1])
            case tree.Continue():
                self.b.jump(self._continues[-1])
            case tree.Return(value=value):
                self._return(value)
            case tree.Asm():
                self._asm(s)

    def _label(self, name: str) -> ir.Block:
        # a label's block is sealed only at the end: any goto may still jump to it
        if name not in self._labels:
            self._labels[name] = self.b.new_block(name)
        return self._labels[name]

    def _if(self, s: tree.If) -> None:
        then, join = self.b.new_block("then"), self.b.new_block("end")
        otherwise = self.b.new_block("else") if s.otherwise is not None else join
        self.condition(s.condition, then, otherwise)
        self.b.start(then, sealed=True)
        self.statement(s.then)
        self.b.jump(join)
        if s.otherwise is not None:
            self.b.start(otherwise, sealed=True)
            self.statement(s.otherwise)
            self.b.jump(join)
        self.b.start(join, sealed=True)

    def _loop(self, s: tree.Loop) -> None:
        head, body = self.b.new_block("loop"), self.b.new_block("body")
        after = self.b.new_block("step") if s.step is not None else head if s.test_first else self.b.new_block("test")
        end = self.b.new_block("end")
        head.unroll = s.unroll
        self.b.jump(head)
        self.b.start(head)
        if s.test_first and s.condition is not None:
            self.condition(s.condition, body, end)
        else:
            self.b.jump(body)
        self.b.start(body, sealed=s.test_first or after is not head)
        self._breaks, self._continues = (*self._breaks, end), (*self._continues, after)
        self.statement(s.body)
        self._breaks, self._continues = self._breaks[:-1], self._continues[:-1]
        self.b.jump(after)
        if after is not head:
            self.b.start(after, sealed=True)
            if s.step is not None:
                self.effect(s.step)
            if not s.test_first and s.condition is not None:
                self.b.span = s.condition.span
                self.condition(s.condition, head, end)
            else:
                self.b.jump(head)
        self.b.seal(head)
        self.b.start(end, sealed=True)

    def _switch(self, s: tree.Switch) -> None:
        value = self.value(s.value)
        end = self.b.new_block("end")
        default = end
        ranges: list[tuple[int, int, ir.Block]] = []
        for case in s.cases:
            block = self._cases[case] = self.b.new_block("case" if case.low is not None else "default")
            if case.low is None or case.high is None:
                default = block
            else:
                ranges.append((case.low, case.high, block))
        ranges.sort(key=lambda item: item[0])
        self._select(value, ranges, default, ctypes.signed(s.value.type))
        self.b.start(self.b.new_block("dead"), sealed=True)  # statements before the first case are never reached
        self._breaks = (*self._breaks, end)
        self.statement(s.body)
        self._breaks = self._breaks[:-1]
        self.b.jump(end)
        for case in s.cases:
            self.b.seal(self._cases[case])
        self.b.start(end, sealed=True)

    def _select(self, value: ir.Value, ranges: list[tuple[int, int, ir.Block]], default: ir.Block, signed: bool) -> None:
        """Go to the block whose range holds `value`: by halves while there are many, then one by one."""
        if len(ranges) > _LINEAR_CASES:
            middle = len(ranges) // 2
            low, high = self.b.new_block("below"), self.b.new_block("above")
            bound = constant(value.type, ranges[middle][0])
            self.b.branch(self.b.emit(ir.Compare("slt" if signed else "ult", value, bound)), low, high)
            for block, part in ((low, ranges[:middle]), (high, ranges[middle:])):
                self.b.start(block, sealed=True)
                self._select(value, part, default, signed)
            return
        for low_value, high_value, block in ranges:
            following = self.b.new_block("next")
            first = constant(value.type, low_value)
            if low_value == high_value:
                test = self.b.emit(ir.Compare("eq", value, first))
            else:
                distance = self.b.emit(ir.Binary("sub", value, first))
                test = self.b.emit(ir.Compare("ule", distance, constant(value.type, high_value - low_value)))
            self.b.branch(test, block, following)
            self.b.start(following, sealed=True)
        self.b.jump(default)

    def _return(self, value: tree.Expr | None) -> None:
        if value is None:
            self.b.terminate(ir.Return(None, self.b.span))
        elif ctypes.is_record(value.type):
            assert self.result_home is not None
            memory.copy(self.b, InMemory(self.result_home, 0), InMemory(self.record(value), 0), value.type)
            self.b.terminate(ir.Return(None, self.b.span))
        else:
            result = self.effect(value)
            self.b.terminate(ir.Return(result if self.result_type is not Ty.NONE else None, self.b.span))

    def _asm(self, s: tree.Asm) -> None:
        if s.labels:
            self.diagnostics.error(
                "E0450", s.span, "asm goto is not supported yet",
                fix="branch in C and keep the asm statement without labels",
            )  # fmt: skip
            return
        barrier = not s.template.strip()
        if len(s.outputs) > 1 and not barrier:
            self.diagnostics.error(
                "E0451", s.span, "an asm statement with several outputs is not supported yet",
                fix="split it into statements with one output each",
            )  # fmt: skip
            return
        inputs = [(constraint, self.value(e)) for _, constraint, e in s.inputs]
        clobbers = tuple(s.clobbers)
        if not s.outputs:
            self._emit_asm(Ty.NONE, s, "", inputs, -1, clobbers)
        for _, constraint, lvalue in s.outputs:  # several only for empty barriers, which may run one after the other
            place = self.lvalue(lvalue)
            type = ctypes.register(lvalue.type)
            if type is Ty.NONE or "m" in constraint:
                self.diagnostics.error(
                    "E0452", lvalue.span, "this asm operand must be an integer or a pointer in a register",
                    fix='use the constraint "r" on a scalar variable',
                )  # fmt: skip
                return
            operands, tied = inputs, -1
            if constraint.startswith("+"):
                tied = len(inputs)
                operands = [*inputs, (constraint[1:], self.load_from(place, lvalue.type))]
            else:
                tied = next((i for i, (c, _) in enumerate(inputs) if c == "0"), -1)
            result = self._emit_asm(type, s, constraint.lstrip("+=&"), operands, tied, clobbers)
            self.store_to(place, result, lvalue.type)

    def _emit_asm(self, type: Ty, s: tree.Asm, output: str, inputs: list[tuple[str, ir.Value]], tied: int,
                  clobbers: tuple[str, ...]) -> ir.Asm:  # fmt: skip
        return self.b.emit(ir.Asm(
            type, s.template, output, [c for c, _ in inputs], [v for _, v in inputs],
            tied=tied, clobbers=clobbers, volatile=s.volatile or type is Ty.NONE,
        ))  # fmt: skip

    def parameter(self, symbol: tree.Local, value: ir.Parameter) -> None:
        """Bring a parameter into scope. Narrow ones are cut to their width: a caller may leave anything above it."""
        if ctypes.is_record(symbol.type):
            self.homes[symbol] = value
            return
        self.declare(symbol, None)
        place = self.lvalue(tree.LocalRef(symbol, symbol.type, symbol.span))
        narrowed = memory.extend(self.b, value, ctypes.size_of(symbol.type), ctypes.signed(symbol.type))
        if isinstance(place, InRegister):
            self.b.write(symbol, narrowed)
        else:
            self.store_to(place, narrowed, symbol.type)

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
        clobbers = tuple(text for text in s.clobbers if text != "cc")
        inputs: list[tuple[str, ir.Value]] = []
        for _, constraint, e in s.inputs:
            if constraint == "m":
                inputs.append(("m", self._memory(e)))
            else:
                inputs.append((constraint, self.value(e)))
        places: list[tuple[memory.Lvalue, ct.Type, str]] = []
        template = s.template
        for index, (_, constraint, lvalue) in enumerate(s.outputs):
            if constraint[-1] == "m":  # an output to memory is an input: the address
                template = _renumbered(template, f"o{index}", f"i{len(inputs)}")
                inputs.append(("m", self._memory(lvalue)))
                continue
            place = self.lvalue(lvalue)
            template = _renumbered(template, f"o{index}", f"o{len(places)}")
            if constraint[0] == "+":
                inputs.append((str(len(places)), self.load_from(place, lvalue.type)))
            else:
                inputs = [(str(len(places)) if c == str(index) else c, v) for c, v in inputs]
            places.append((place, lvalue.type, constraint[1:]))
        constraints, values = tuple(c for c, _ in inputs), [v for _, v in inputs]
        if s.labels:
            self._asm_goto(s, template, constraints, values, clobbers)
            return
        type = ctypes.register(places[0][1]) if places else Ty.NONE
        volatile = s.volatile or "m" in constraints
        asm = self.b.emit(ir.Asm(type, template, tuple(c for _, _, c in places), constraints, values,
                                 clobbers=clobbers, volatile=volatile))  # fmt: skip
        results: list[ir.Value] = [asm]
        for index, (_, t, _) in enumerate(places[1:], 1):
            results.append(self.b.emit(ir.AsmOutput(ctypes.register(t), asm, index)))
        barrier = not template.strip()  # the value comes out as it went in, extended
        for result, (place, t, _) in zip(results, places, strict=False):
            if not barrier and ct.strip(t) == ct.BOOL:  # clang takes one bit
                result = self.b.emit(ir.Binary("and", result, constant(Ty.I32, 1)))
            elif not barrier and result.type is Ty.I32:
                result = memory.extend(self.b, result, ctypes.size_of(t), ctypes.signed(t))
            self.store_to(place, result, t)

    def _asm_goto(self, s: tree.Asm, template: str, constraints: tuple[str, ...], values: list[ir.Value],
                  clobbers: tuple[str, ...]) -> None:  # fmt: skip
        following = self.b.new_block("asm")
        # what the statement does to memory is this barrier's: a terminator has no effects for the optimizer
        barrier = [(c, v) for c, v in zip(constraints, values, strict=True) if v.type is Ty.PTR and c != "s"]
        self.b.emit(ir.Asm(Ty.NONE, "", (), tuple(c for c, _ in barrier), [v for _, v in barrier],
                           clobbers=("memory",), volatile=True))  # fmt: skip
        targets = [*(self._label(name) for name in s.labels), following]
        self.b.terminate(ir.AsmGoto(template, constraints, values, targets, clobbers=clobbers, span=s.span))
        self.b.start(following, sealed=True)

    def _memory(self, e: tree.Expr) -> ir.Value:
        """The address of a memory operand."""
        place = self.in_memory(e)
        if place.bits is not None:
            self.diagnostics.error("E0452", e.span, "a bit-field cannot be a memory operand of asm",
                                   fix="copy it to a variable")  # fmt: skip
        return memory.address_of(self.b, place)

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


def _renumbered(template: str, old: str, new: str) -> str:
    """The template with another number for an operand."""
    return template.replace(f"%{{{old}}}", f"%{{{new}}}").replace(f"%{{w:{old}}}", f"%{{w:{new}}}")

"""Expressions: typed tree to IR values and lvalues."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...stdlib import helpers
from ..diagnostics import Diagnostics
from ..ir import model as ir
from ..ir.model import Ty
from ..sema import core, tree
from ..sema import types as ct
from ..sema.compare import space_of
from . import builtins, ctypes, memory
from .memory import InMemory, Lvalue, constant, resize
from .objects import Objects, extern_kind
from .ssa import Builder

_ARITHMETIC = {"+": "add", "-": "sub", "*": "mul", "&": "and", "|": "or", "^": "xor", "<<": "shl"}
_SIGNED = {"/": "sdiv", "%": "smod", ">>": "ashr", "<": "slt", "<=": "sle", ">": "sgt", ">=": "sge"}
_UNSIGNED = {"/": "udiv", "%": "umod", ">>": "lshr", "<": "ult", "<=": "ule", ">": "ugt", ">=": "uge"}
_EQUALITY = {"==": "eq", "!=": "ne"}


class Expressions(Objects):
    """Lowers the expressions of one function; `Statements` adds control flow on top."""

    def __init__(self, builder: Builder, diagnostics: Diagnostics, roots: list[ct.Type]) -> None:
        super().__init__(builder, diagnostics, roots)
        self._values: dict[type, Callable[[Any], ir.Value | None]] = {
            tree.Constant: self._constant,
            tree.FloatConstant: lambda e: constant(Ty.I32, 0),  # its value is dropped
            tree.Load: self._load,
            tree.AddressOf: self._address_of,
            tree.Cast: self._cast,
            tree.Unary: self._unary,
            tree.Binary: self._binary,
            tree.Compare: self._compare,
            tree.Logical: self._logical,
            tree.PointerAdd: self._pointer_add,
            tree.PointerDifference: self._pointer_difference,
            tree.Conditional: self._conditional,
            tree.Comma: self._comma,
            tree.Assign: self._assign,
            tree.CompoundAssign: self._compound_assign,
            tree.IncDec: self._inc_dec,
            tree.Call: self._call,
            tree.Builtin: self._builtin,
            tree.CoreValue: self._core_value,
            tree.Atomic: self._atomic,
            tree.StatementExpr: self._statement_expr,
            tree.Let: self._let,
            tree.Member: self._member_value,
        }

    # --- entry points ---------------------------------------------------------------------------------------------

    def value(self, e: tree.Expr) -> ir.Value:
        """The value of a scalar expression."""
        if ctypes.is_wide(e.type):
            self.diagnostics.error("E0406", e.span, "128-bit integers are not supported: BPF registers have 64 bits",
                                   fix="use two 64-bit halves")  # fmt: skip
            return ir.Undef(Ty.I64)
        value = self.effect(e)
        if value is None:  # void where a value is expected: the checker has refused it, unless control ended
            return ir.Undef(ctypes.register(e.type) if ctypes.register(e.type) is not Ty.NONE else Ty.I32)
        return value

    def effect(self, e: tree.Expr) -> ir.Value | None:
        """Evaluate for the effects; the value if it is a scalar."""
        before, self.b.span = self.b.span, e.span
        if ctypes.is_record(e.type):
            self.record(e)
            value = None
        else:
            value = self._values[type(e)](e)
        self.b.span = before
        return value

    def condition(self, e: tree.Expr, then: ir.Block, otherwise: ir.Block) -> None:
        """Branch on a scalar expression without making its 0 or 1 (C11 6.5.13, 6.5.14 short circuits)."""
        before, self.b.span = self.b.span, e.span
        match e:
            case tree.Logical(op=op, left=left, right=right):
                middle = self.b.new_block("and" if op == "&&" else "or")
                if op == "&&":
                    self.condition(left, middle, otherwise)
                else:
                    self.condition(left, then, middle)
                self.b.start(middle, sealed=True)
                self.condition(right, then, otherwise)
            case tree.Unary(op="!", value=value):
                self.condition(value, otherwise, then)
            case tree.Constant(value=value):
                self.b.jump(then if value else otherwise)
            case tree.Cast(value=inner, type=to) if _keeps_truth(inner.type, to):
                self.condition(inner, then, otherwise)
            case tree.Builtin(name="expect", arguments=[value, tree.Constant(value=expected)]):
                self.condition(value, then, otherwise)
                if isinstance(self.b.block.terminator, ir.Branch):
                    self.b.block.terminator.likely = bool(expected) == (self.b.block.terminator.targets[0] is then)
            case tree.Compare(op="==" | "!=" as op, left=left, right=tree.Constant(value=0)) if _is_truth(left):
                self.condition(left, *((otherwise, then) if op == "==" else (then, otherwise)))
            case _:
                self.b.branch(self.truth(self.value(e)), then, otherwise)
        self.b.span = before

    def truth(self, value: ir.Value) -> ir.Value:
        """i32 1 if `value` is not 0 or null."""
        if isinstance(value, ir.Compare):
            return value
        if isinstance(value, ir.Constant):
            return constant(Ty.I32, int(value.value != 0))
        return self.b.emit(ir.Compare("ne", value, constant(value.type, 0)))

    def _member_value(self, e: tree.Member) -> ir.Value:
        return memory.load(self.b, self.member(e), e.type)

    # --- values ---------------------------------------------------------------------------------------------------

    def _constant(self, e: tree.Constant) -> ir.Value:
        return constant(ctypes.register(e.type), e.value)

    def _load(self, e: tree.Load) -> ir.Value:
        return self.load_from(self.lvalue(e.lvalue), e.type)

    def _address_of(self, e: tree.AddressOf) -> ir.Value:
        match e.lvalue:
            case tree.FunctionRef(symbol=symbol):
                return self.b.emit(ir.SymbolAddr(extern_kind(symbol) or "function", symbol.name))
            case lvalue:
                return memory.pointer_to(self.b, self.in_memory(lvalue))

    def _cast(self, e: tree.Cast) -> ir.Value | None:
        if isinstance(ct.strip(e.type), ct.Void):
            self.effect(e.value)
            return None
        if ctypes.is_wide(e.value.type):
            return self._narrowed(e)
        value = self.convert(self.value(e.value), e.value.type, e.type)
        source, target = _pointee_space(e.value.type), _pointee_space(e.type)
        if source < 0 or target < 0 or source == target or isinstance(value, ir.Constant):
            return value
        return self.b.emit(ir.Unary("asarena" if target else "askernel", value))

    def _narrowed(self, e: tree.Cast) -> ir.Value:
        """A 128-bit integer as something narrower: its low half counts, and for _Bool both."""
        home = self.record(e.value)
        low: ir.Value = self.b.emit(ir.Load(Ty.I64, home, self.half(high=False), 8))
        if ctypes.scalar(e.type) == ct.BOOL:
            low = self.b.emit(ir.Binary("or", low, self.b.emit(ir.Load(Ty.I64, home, self.half(high=True), 8))))
        return self.convert(low, ct.ULONG, e.type)

    def convert(self, value: ir.Value, source: ct.Type, to: ct.Type) -> ir.Value:
        """Convert a scalar (C11 6.3.1, 6.3.2.3)."""
        kind, target = ctypes.scalar(to), ctypes.register(to)
        assert kind is not None
        if kind == ct.BOOL:
            return value if ctypes.scalar(source) == ct.BOOL else self.truth(value)
        if value.type is Ty.PTR:
            if target is Ty.PTR:
                return value
            value = constant(Ty.I64, value.value) if isinstance(value, ir.Constant) else self._reinterpret("ptrtoint", value)
            source = ct.ULONG
        elif target is Ty.PTR:
            value = resize(self.b, value, Ty.I64, ctypes.signed(source))
            if isinstance(value, ir.Constant):
                return constant(Ty.PTR, value.value)
            return self._reinterpret("inttoptr", value)
        assert isinstance(kind, ct.Int)
        if target is Ty.I64:
            return resize(self.b, value, Ty.I64, ctypes.signed(source))
        value = resize(self.b, value, Ty.I32, False)
        if kind.size == 4 or _fits(ctypes.scalar(source), kind):
            return value
        return memory.extend(self.b, value, kind.size, kind.signed)

    def _reinterpret(self, op: str, value: ir.Value) -> ir.Value:
        back = {"ptrtoint": "inttoptr", "inttoptr": "ptrtoint"}[op]
        if isinstance(value, ir.Unary) and value.op == back:
            return value.operands[0]
        return self.b.emit(ir.Unary(op, value))

    def _unary(self, e: tree.Unary) -> ir.Value:
        if e.op == "!":
            value = self.value(e.value)
            if isinstance(value, ir.Constant):
                return constant(Ty.I32, int(value.value == 0))
            return self.b.emit(ir.Compare("eq", value, constant(value.type, 0)))
        value = self.value(e.value)
        if e.op == "-":
            return self._narrow(self.b.emit(ir.Binary("sub", constant(value.type, 0), value)), e.type)
        return self._narrow(self.b.emit(ir.Binary("xor", value, constant(value.type, value.type.mask))), e.type)

    def _narrow(self, value: ir.Value, t: ct.Type) -> ir.Value:
        """Arithmetic in a type narrower than int (only compound assignment to `_Bool` or bit-fields makes it)."""
        return memory.extend(self.b, value, ctypes.size_of(t), ctypes.signed(t))

    def _binary(self, e: tree.Binary) -> ir.Value:
        left = self.value(e.left)
        right = self.value(e.right)
        return self.arithmetic(e.op, left, right, e.type)

    def arithmetic(self, op: str, left: ir.Value, right: ir.Value, t: ct.Type) -> ir.Value:
        """`left op right` in C type `t`; a shift's amount may be of any integer type."""
        if op in ("<<", ">>"):
            right = resize(self.b, right, left.type, False)
        name = _ARITHMETIC.get(op) or (_SIGNED if ctypes.signed(t) else _UNSIGNED)[op]
        return self._narrow(self.b.emit(ir.Binary(name, left, right)), t)

    def _compare(self, e: tree.Compare) -> ir.Value:
        if e.op in _EQUALITY and isinstance(e.left, tree.Builtin) and e.left.name in ("memcmp", "bcmp"):
            if isinstance(e.right, tree.Constant) and e.right.value == 0:
                return builtins.memory_equal(self, e.left, negate=e.op == "!=")
        if ctypes.is_wide(e.left.type):
            return self._compare_wide(e)
        left = self.value(e.left)
        right = self.value(e.right)
        op = _EQUALITY.get(e.op) or (_SIGNED if ctypes.signed(e.left.type) else _UNSIGNED)[e.op]
        return self.b.emit(ir.Compare(op, left, right))

    def _compare_wide(self, e: tree.Compare) -> ir.Value:
        """128-bit integers are equal if no bit of their halves differs."""
        homes = [self.record(side) for side in (e.left, e.right)]
        differing: list[ir.Value] = []
        for at in (0, 8):
            left, right = (self.b.emit(ir.Load(Ty.I64, home, at, 8)) for home in homes)
            differing.append(self.b.emit(ir.Binary("xor", left, right)))
        both = self.b.emit(ir.Binary("or", differing[0], differing[1]))
        return self.b.emit(ir.Compare(_EQUALITY[e.op], both, constant(Ty.I64, 0)))

    def _logical(self, e: tree.Logical) -> ir.Value:
        then, otherwise, join = self.b.new_block("true"), self.b.new_block("false"), self.b.new_block("end")
        result = object()
        self.b.declare(result, Ty.I32, "")
        self.condition(e, then, otherwise)
        for block, value in ((then, 1), (otherwise, 0)):
            self.b.start(block, sealed=True)
            self.b.write(result, constant(Ty.I32, value))
            self.b.jump(join)
        self.b.start(join, sealed=True)
        return self.b.read(result)

    def _pointer_add(self, e: tree.PointerAdd) -> ir.Value:
        chain = core.place(e)
        if chain is not None:
            return self.relocated(chain)
        pointer = self.value(e.pointer)
        index = resize(self.b, self.value(e.index), Ty.I64, ctypes.signed(e.index.type))
        return self.advance(pointer, index, -e.scale if e.negate else e.scale)

    def advance(self, pointer: ir.Value, index: ir.Value, scale: int) -> ir.Value:
        """`pointer` + `index` (i64) * `scale` bytes."""
        if isinstance(index, ir.Constant):
            offset: ir.Value = constant(Ty.I64, index.value * scale)
            if offset == constant(Ty.I64, 0):
                return pointer
        else:
            offset = index
            if abs(scale) != 1:
                offset = self.b.emit(ir.Binary("mul", offset, constant(Ty.I64, abs(scale))))
            if scale < 0:
                offset = self.b.emit(ir.Binary("sub", constant(Ty.I64, 0), offset))
        return self.b.emit(ir.PtrAdd(pointer, offset))

    def _pointer_difference(self, e: tree.PointerDifference) -> ir.Value:
        left = self._as_integer(self.value(e.left))
        right = self._as_integer(self.value(e.right))
        bytes_ = self.b.emit(ir.Binary("sub", left, right))
        if e.scale == 1:
            return bytes_
        if e.scale & e.scale - 1 == 0:  # the difference is a whole number of elements: no rounding to mind
            return self.b.emit(ir.Binary("ashr", bytes_, constant(Ty.I64, e.scale.bit_length() - 1)))
        return self.b.emit(ir.Binary("sdiv", bytes_, constant(Ty.I64, e.scale)))

    def _as_integer(self, value: ir.Value) -> ir.Value:
        if isinstance(value, ir.Constant):
            return constant(Ty.I64, value.value)
        return self._reinterpret("ptrtoint", value)

    def _conditional(self, e: tree.Conditional) -> ir.Value | None:
        type = ctypes.register(e.type)
        if type is Ty.NONE:
            self._branches(e, self.effect)
            return None
        return self._choose(e, type, self.value)

    def _choose(self, e: tree.Conditional, type: Ty, evaluate: Callable[[tree.Expr], ir.Value]) -> ir.Value:
        result = object()
        self.b.declare(result, type, "")
        self._branches(e, lambda branch: self.b.write(result, evaluate(branch)))
        return self.b.read(result)

    def choose_record(self, e: tree.Conditional) -> ir.Value:
        """The address of the record that a conditional gives."""
        return self._choose(e, Ty.PTR, self.record)

    def _branches(self, e: tree.Conditional, evaluate: Callable[[tree.Expr], object]) -> None:
        then, otherwise, join = self.b.new_block("then"), self.b.new_block("else"), self.b.new_block("end")
        self.condition(e.condition, then, otherwise)
        for block, branch in ((then, e.then), (otherwise, e.otherwise)):
            self.b.start(block, sealed=True)
            evaluate(branch)
            self.b.jump(join)
        self.b.start(join, sealed=True)

    def _comma(self, e: tree.Comma) -> ir.Value | None:
        self.effect(e.left)
        return self.effect(e.right)

    def _assign(self, e: tree.Assign) -> ir.Value:
        place = self.lvalue(e.lvalue)
        value = self.value(e.value)
        self.store_to(place, value, e.lvalue.type)
        return self._stored(place, value, e.type)

    def _stored(self, place: Lvalue, value: ir.Value, t: ct.Type) -> ir.Value:
        """The value of an assignment: what the object holds then, which for a bit-field is cut to its width."""
        if isinstance(place, InMemory) and place.bits is not None and place.bits < value.type.bits:
            if ctypes.signed(t):
                up = constant(value.type, value.type.bits - place.bits)
                return self.b.emit(ir.Binary("ashr", self.b.emit(ir.Binary("shl", value, up)), up))
            return self.b.emit(ir.Binary("and", value, constant(value.type, (1 << place.bits) - 1)))
        return value

    def _compound_assign(self, e: tree.CompoundAssign) -> ir.Value:
        t = e.lvalue.type
        place = self.lvalue(e.lvalue)
        if e.scale:
            index = resize(self.b, self.value(e.right), Ty.I64, ctypes.signed(e.right.type))
            value = self.advance(self.load_from(place, t), index, -e.scale if e.op == "-" else e.scale)
        else:
            right = self.value(e.right)
            left = self.convert(self.load_from(place, t), t, e.common)
            value = self.convert(self.arithmetic(e.op, left, right, e.common), e.common, t)
        self.store_to(place, value, t)
        return self._stored(place, value, t)

    def _inc_dec(self, e: tree.IncDec) -> ir.Value:
        t = e.lvalue.type
        place = self.lvalue(e.lvalue)
        old = self.load_from(place, t)
        if old.type is Ty.PTR:
            new = self.advance(old, constant(Ty.I64, e.delta), 1)
        elif ctypes.scalar(t) == ct.BOOL:  # ++ gives true, -- flips (C11 6.5.3.1: b += 1, converted to _Bool)
            new = constant(Ty.I32, 1) if e.delta > 0 else self.b.emit(ir.Binary("xor", old, constant(Ty.I32, 1)))
        else:
            new = self._narrow(self.b.emit(ir.Binary("add", old, constant(old.type, e.delta))), t)
        self.store_to(place, new, t)
        return old if e.post else self._stored(place, new, t)

    # --- calls ----------------------------------------------------------------------------------------------------

    def _call(self, e: tree.Call) -> ir.Value | None:
        arguments = [self._argument(a) for a in e.arguments]
        match e.target:
            case tree.FunctionRef(symbol=symbol) if symbol.intrinsic:
                return builtins.packet_load(self.b, symbol.intrinsic, arguments)
            case tree.FunctionRef(symbol=symbol):
                kind = "extern" if symbol.linkage == "extern" else "function"
                if symbol.type.variadic:
                    del arguments[len(symbol.type.parameters) :]  # there is no va_start to read them with
                result = self.b.emit(ir.Call(kind, symbol.name, arguments, ctypes.register(e.type)))
                if symbol.noreturn:
                    self.b.terminate(ir.Unreachable(self.b.span))
                return None if result.type is Ty.NONE else result
            case tree.Constant(value=number):
                return self._helper(number, arguments, e)
            case target:
                pointer = self.value(target)
                result = self.b.emit(ir.Call("indirect", _pointer_name(target), [pointer, *arguments], ctypes.register(e.type)))
                if result.type is Ty.NONE:
                    return None
                return self._narrow(result, e.type) if result.type is Ty.I32 else result  # it may turn out to be a helper

    def _helper(self, number: int, arguments: list[ir.Value], e: tree.Call) -> ir.Value | None:
        """Helpers leave 64 bits in r0, whatever their C type says; the C type is cut out of them."""
        helper = helpers.by_number(number)
        name = helper.name if helper else f"#{number}"
        type = ctypes.register(e.type)
        if type is Ty.NONE:
            self.b.emit(ir.Call("helper", name, arguments, Ty.NONE, number=number))
            return None
        if type is Ty.PTR:
            return self.b.emit(ir.Call("helper", name, arguments, Ty.PTR, number=number))
        call = self.b.emit(ir.Call("helper", name, arguments, Ty.I64, number=number))
        return self.convert(call, ct.ULONG, e.type)

    def _argument(self, e: tree.Expr) -> ir.Value:
        """A record is passed as the address of a copy of its own."""
        if not ctypes.is_record(e.type):
            return self.value(e)
        home = self.temporary(e.type, "argument")
        memory.copy(self.b, InMemory(home, 0), InMemory(self.record(e), 0), e.type)
        return home

    def call_record(self, e: tree.Call) -> ir.Value:
        """A function that gives a record gets the address of the place for it as its first argument."""
        assert isinstance(e.target, tree.FunctionRef)
        home = self.temporary(e.type, "result")
        arguments = [home, *(self._argument(a) for a in e.arguments)]
        self.b.emit(ir.Call("function", e.target.symbol.name, arguments, Ty.NONE))
        return home

    def _builtin(self, e: tree.Builtin) -> ir.Value | None:
        return builtins.lower_builtin(self, e)

    def _core_value(self, e: tree.CoreValue) -> ir.Value:
        return self.core_value(ctypes.register(e.type), e.kind, e.root, e.access, e.value)

    def _atomic(self, e: tree.Atomic) -> ir.Value | None:
        return builtins.lower_atomic(self, e)

    # --- bindings -------------------------------------------------------------------------------------------------

    def _statement_expr(self, e: tree.StatementExpr) -> ir.Value | None:
        self.statement(e.body)
        return self.effect(e.result) if e.result is not None else None

    def _let(self, e: tree.Let) -> ir.Value | None:
        self.bind(e)
        return self.effect(e.body)


def _pointer_name(e: tree.Expr) -> str:
    """What the program calls a function pointer."""
    if isinstance(e, tree.Load) and isinstance(e.lvalue, tree.LocalRef | tree.GlobalRef):
        return e.lvalue.symbol.name
    if isinstance(e, tree.Load) and isinstance(e.lvalue, tree.Member):
        return e.lvalue.field.name
    return ""


def _pointee_space(t: ct.Type) -> int:
    """The address space that a pointer of type `t` points into, -1 if `t` is no pointer."""
    bare = ct.strip(t)
    return space_of(bare.target) if isinstance(bare, ct.Pointer) else -1


def _is_truth(e: tree.Expr) -> bool:
    return isinstance(e, tree.Logical | tree.Compare) or (isinstance(e, tree.Unary) and e.op == "!")


def _keeps_truth(source: ct.Type, to: ct.Type) -> bool:
    """True if converting between the two scalar types never changes whether a value is 0."""
    a, b = ctypes.scalar(source), ctypes.scalar(to)
    if a is None or b is None:
        return False
    return b == ct.BOOL or ctypes.size_of(a) <= ctypes.size_of(b)


def _fits(source: ct.Int | ct.Pointer | None, to: ct.Int) -> bool:
    """True if every value of `source`, extended in its register, is right for narrow type `to` as it is."""
    if not isinstance(source, ct.Int):
        return False
    if source.size == to.size:
        return source.signed == to.signed
    return source.size < to.size and (to.signed or not source.signed)

"""Objects: where lvalues are, records, locals coming into being with their initializers."""

from __future__ import annotations

from ..diagnostics import Diagnostics
from ..ir import model as ir
from ..ir.model import Ty
from ..sema import core, tree
from ..sema import types as ct
from ..sema.compare import space_of
from . import ctypes, memory
from .memory import InMemory, InRegister, Lvalue, constant
from .ssa import Builder


def extern_kind(symbol: tree.Global | tree.FunctionSymbol) -> str:
    """The kind of address (see `ir.SymbolAddr`) of what another object or the kernel defines, "" for what this unit does."""
    if symbol.linkage != "extern":
        return ""
    return "weak" if "weak" in symbol.attributes else "extern"


class Objects:
    """The base of lowering's parts: what denotes an object. `Expressions` adds values, `Statements` control flow."""

    def __init__(self, builder: Builder, diagnostics: Diagnostics, roots: list[ct.Type]) -> None:
        self.b = builder
        self.diagnostics = diagnostics
        self.roots = roots  # of CO-RE relocations, in the order they are found; the IR has their numbers
        self.homes: dict[tree.Local, ir.Value] = {}  # where locals that live in memory are

    def lvalue(self, e: tree.Expr) -> Lvalue:
        """Where the object is that `e` denotes."""
        match e:
            case tree.LocalRef(symbol=symbol):
                home = self.homes.get(symbol)
                if home is None:
                    return InRegister(symbol)
                return InMemory(home, 0, ctypes.is_volatile(e.type))
            case tree.GlobalRef(symbol=symbol):
                kind = extern_kind(symbol) or ("map" if symbol.section == ".maps" else "data")
                address = self.b.emit(ir.SymbolAddr(kind, symbol.name))
                volatile = ctypes.is_volatile(e.type) or symbol.volatile
                return memory.in_arena(self.b, address, volatile) if space_of(e.type) else InMemory(address, 0, volatile)
            case tree.Deref(pointer=pointer):
                chain = core.chain_of(e)
                if chain is not None:
                    return InMemory(self.relocated(chain), 0, ctypes.is_volatile(e.type))
                if space_of(e.type):
                    return memory.in_arena(self.b, self.value(pointer), ctypes.is_volatile(e.type))
                return InMemory(self.value(pointer), 0, ctypes.is_volatile(e.type))
            case tree.Member():
                return self.member(e)
            case tree.Let():
                self.bind(e)
                return self.lvalue(e.body)
            case tree.Comma(left=left, right=right):
                self.effect(left)
                return self.lvalue(right)
            case tree.Load(lvalue=inner):
                return self.lvalue(inner)
            case _:
                return InMemory(self.record(e), 0)

    def in_memory(self, e: tree.Expr) -> InMemory:
        """`lvalue` for objects that are never in registers (records, arrays, what is pointed at)."""
        place = self.lvalue(e)
        assert isinstance(place, InMemory), "the checker marks locals whose address counts"
        return place

    def member(self, e: tree.Member) -> InMemory:
        chain = core.chain_of(e)
        if chain is not None:
            start, size = chain.unit()
            volatile = ctypes.is_volatile(e.type)
            return InMemory(self.relocated(chain), 0, volatile, chain.offset - start, chain.bits, size, size)
        base = self.in_memory(e.base)
        volatile = base.volatile or ctypes.is_volatile(e.type)
        if e.field.bits is None:
            return InMemory(base.address, base.offset + e.offset // 8, volatile, pointer=base.pointer)
        # the access unit may use every byte of the record the field is in
        start = (e.offset - e.field.offset) // 8
        room = max(ctypes.size_of(e.base.type) - start, 0)
        return InMemory(base.address, base.offset + start, volatile, e.field.offset, e.field.bits, room)

    def relocated(self, chain: core.Chain) -> ir.Value:
        """The address a CO-RE chain leads to (for a bit-field, of the unit it is in)."""
        base = memory.address_of(self.b, self.in_memory(chain.base))
        offset = self.core_value(Ty.I64, core.FIELD_BYTE_OFFSET, chain.root, chain.access, chain.value(core.FIELD_BYTE_OFFSET))
        if isinstance(base, ir.Constant) and not base.value:  # offsetof
            return self.b.emit(ir.Unary("inttoptr", offset))
        return self.b.emit(ir.PtrAdd(base, offset))

    def core_value(self, type: Ty, kind: int, root: ct.Type, access: str, value: int) -> ir.Value:
        """A number that the loader fills in."""
        if root not in self.roots:
            self.roots.append(root)
        return self.b.emit(ir.CoreValue(type, kind, self.roots.index(root), access, value))

    def record(self, e: tree.Expr) -> ir.Value:
        """Evaluate an expression of record type; the address of an object that holds its value."""
        match e:
            case tree.Load(lvalue=inner):
                return memory.address_of(self.b, self.in_memory(inner))
            case tree.LocalRef() | tree.GlobalRef() | tree.Deref() | tree.Member():
                return memory.address_of(self.b, self.in_memory(e))
            case tree.Assign(lvalue=lvalue, value=value):
                place = self.in_memory(lvalue)
                source = InMemory(self.record(value), 0)
                memory.copy(self.b, place, source, e.type)
                return memory.address_of(self.b, place)
            case tree.Comma(left=left, right=right):
                self.effect(left)
                return self.record(right)
            case tree.Let():
                self.bind(e)
                return self.record(e.body)
            case tree.StatementExpr(body=body, result=result):
                self.statement(body)
                return self.record(result) if result is not None else ir.Undef(Ty.PTR)
            case tree.Conditional():
                return self.choose_record(e)
            case tree.Call():
                return self.call_record(e)
            case tree.Cast(value=value) if ctypes.is_record(value.type):
                return self.record(value)
            case tree.Constant() | tree.Cast() | tree.Binary() if ctypes.is_wide(e.type):
                return self.wide(e)
            case _:
                raise AssertionError(f"no record value: {type(e).__name__}")

    def wide(self, e: tree.Constant | tree.Cast | tree.Binary) -> ir.Value:
        """A 128-bit integer made of what fits into 64 bits, or moved by 64 bits; the address of its two halves."""
        home = self.temporary(e.type, "wide")
        low: ir.Value
        high: ir.Value
        match e:
            case tree.Constant(value=value):
                low, high = constant(Ty.I64, value), constant(Ty.I64, value >> 64)
            case tree.Cast(value=inner):
                low = self.convert(self.value(inner), inner.type, ct.LONG if ctypes.signed(inner.type) else ct.ULONG)
                high = self._sign(low) if ctypes.signed(inner.type) else constant(Ty.I64, 0)
            case tree.Binary(op=op, left=left):
                source = self.record(left)
                half: ir.Value = self.b.emit(ir.Load(Ty.I64, source, self.half(high=op == ">>"), 8))
                rest = self._sign(half) if op == ">>" and ctypes.signed(e.type) else constant(Ty.I64, 0)
                low, high = (half, rest) if op == ">>" else (rest, half)
        self.b.emit(ir.Store(home, self.half(high=False), 8, low))
        self.b.emit(ir.Store(home, self.half(high=True), 8, high))
        return home

    def half(self, *, high: bool) -> int:
        """The offset of a half of a 128-bit integer."""
        return 8 if high is not self.b.function.big_endian else 0

    def _sign(self, value: ir.Value) -> ir.Value:
        return self.b.emit(ir.Binary("ashr", value, constant(Ty.I64, 63)))

    def temporary(self, t: ct.Type, name: str) -> ir.Value:
        """A stack object of C type `t`."""
        return self.b.alloca(max(ctypes.size_of(t), 1), ctypes.align_of(t), name, self.b.span)

    def load_from(self, place: Lvalue, t: ct.Type) -> ir.Value:
        """Read a scalar lvalue."""
        if isinstance(place, InRegister):
            return self.b.read(place.variable)
        return memory.load(self.b, place, t)

    def store_to(self, place: Lvalue, value: ir.Value, t: ct.Type) -> None:
        """Write a scalar lvalue."""
        if isinstance(place, InRegister):
            self.b.write(place.variable, value)
        else:
            memory.store(self.b, place, value, t)

    def bind(self, e: tree.Let) -> None:
        """Give a Let's variable its value."""
        self.declare(e.variable, e.initializer)
        if e.value is not None:
            t = e.variable.type
            place = self.lvalue(tree.LocalRef(e.variable, t, e.span))
            if ctypes.is_record(t):
                assert isinstance(place, InMemory)
                memory.copy(self.b, place, InMemory(self.record(e.value), 0), t)
            else:
                self.store_to(place, self.value(e.value), t)

    def declare(self, symbol: tree.Local, initializer: tree.Initializer | None) -> None:
        """A local comes into being."""
        t = symbol.type
        type = ctypes.register(t)
        if type is not Ty.NONE and not symbol.addressed and not ctypes.is_volatile(t):
            self.b.declare(symbol, type, symbol.name)
            value: ir.Value = ir.Undef(type) if initializer is None else constant(type, 0)
            if initializer is not None and initializer.stores:
                value = self.value(initializer.stores[-1].value)
            self.b.write(symbol, value)
            return
        if symbol not in self.homes:
            align = symbol.align or ctypes.align_of(t)
            self.homes[symbol] = self.b.alloca(max(ctypes.size_of(t), 1), align, symbol.name, symbol.span)
        if initializer is not None:
            self._initialize(symbol, self.homes[symbol], initializer)
        elif ctypes.has_bit_fields(t):
            # writing a bit-field reads its neighbours, which must not be what the stack happens to hold
            self._initialize(symbol, self.homes[symbol], tree.Initializer(True, []))

    def _initialize(self, symbol: tree.Local, home: ir.Value, initializer: tree.Initializer) -> None:
        size = ctypes.size_of(symbol.type)
        if initializer.zero and size:
            self.b.emit(ir.MemSet(home, constant(Ty.I32, 0), size, symbol.align or ctypes.align_of(symbol.type)))
        volatile = ctypes.is_volatile(symbol.type)
        for item in initializer.stores:
            t = item.value.type
            if ctypes.is_record(t):
                memory.copy(self.b, InMemory(home, item.offset // 8), InMemory(self.record(item.value), 0), t)
            elif item.bits is not None:
                memory.store(
                    self.b, InMemory(home, 0, volatile, item.offset, item.bits, size), self.value(item.value), t
                )
            else:
                memory.store(self.b, InMemory(home, item.offset // 8, volatile), self.value(item.value), t)

    # --- in the parts that inherit ----------------------------------------------------------------------------------

    def value(self, e: tree.Expr) -> ir.Value:
        """The value of a scalar expression (in `Expressions`)."""
        raise NotImplementedError

    def convert(self, value: ir.Value, source: ct.Type, to: ct.Type) -> ir.Value:
        """Convert a scalar (in `Expressions`)."""
        raise NotImplementedError

    def effect(self, e: tree.Expr) -> ir.Value | None:
        """Evaluate for the effects (in `Expressions`)."""
        raise NotImplementedError

    def choose_record(self, e: tree.Conditional) -> ir.Value:
        """The address of the record that a conditional gives (in `Expressions`)."""
        raise NotImplementedError

    def call_record(self, e: tree.Call) -> ir.Value:
        """The address of the record that a call gives (in `Expressions`)."""
        raise NotImplementedError

    def statement(self, s: tree.Statement) -> None:
        """Lower a statement (in `Statements`)."""
        raise NotImplementedError

"""Random IR functions for tests: valid, terminating, defined behaviour only; `outcome` runs one and tells what it did."""

from __future__ import annotations

import random
from typing import Any

from purebpf.compiler.ir.interpret import Memory, interpret
from purebpf.compiler.ir.model import (
    Alloca,
    Atomic,
    Binary,
    Block,
    Branch,
    Call,
    Compare,
    Constant,
    Function,
    Instr,
    Jump,
    Load,
    MemCopy,
    MemSet,
    Module,
    Parameter,
    Phi,
    PtrAdd,
    Return,
    Store,
    Ty,
    Unary,
    Value,
)

BUFFER = 64  # bytes behind the pointer parameter
BINARIES = ["add", "sub", "mul", "udiv", "sdiv", "umod", "smod", "and", "or", "xor", "shl", "lshr", "ashr"]
COMPARES = ["eq", "ne", "ult", "ule", "ugt", "uge", "slt", "sle", "sgt", "sge"]
SAME = ["sext8", "sext16", "bswap16", "bswap32"]
INTERESTING = [0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 255, 256, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000,
               0xFFFFFFFF, 0x100000000, 1 << 63, (1 << 64) - 1, (1 << 64) - 8]  # fmt: skip


class Maker:
    """Makes one function of (ptr buffer, i32, i64), statement by statement."""

    def __init__(self, rng: random.Random, *, size: int = 12, callee: Function | None = None) -> None:
        self.rng = rng
        self.left = size
        self.callee = callee
        self.count = 0
        parameters = [Parameter(Ty.PTR, 0, "buffer"), Parameter(Ty.I32, 1, "a"), Parameter(Ty.I64, 2, "b")]
        self.function = Function("f", parameters, Ty.I64)
        self.buffer = parameters[0]
        self.block = self.new_block("entry")
        self.known: list[Value] = list(parameters[1:])
        self.scalars = [self.emit(Alloca(size, size, f"v{size}")) for size in (1, 2, 4, 8, 8)]
        self.array = self.emit(Alloca(BUFFER if callee else 16, 8, "array"))  # a callee takes it for a buffer
        self.record = self.emit(Alloca(16, 8, "record"))
        for slot in self.scalars:
            self.emit(Store(slot, 0, slot.size, self.value(Ty.I64 if slot.size == 8 else Ty.I32)))
        for slot in (self.array, self.record):
            self.emit(MemSet(slot, Constant(Ty.I32, 0), slot.size, 8))

    def new_block(self, name: str) -> Block:
        block = Block(f"{name}{len(self.function.blocks)}")
        self.function.blocks.append(block)
        return block

    def emit(self, instr: Any) -> Any:
        instr.block = self.block
        self.block.instrs.append(instr)
        return instr

    def end(self, terminator: Jump | Branch | Return) -> None:
        terminator.block = self.block
        self.block.terminator = terminator
        for target in terminator.targets:
            target.predecessors.append(self.block)

    def value(self, type: Ty) -> Value:
        options = [v for v in self.known if v.type is type]
        if not options or self.rng.random() < 0.3:
            return Constant(type, self.rng.choice(INTERESTING))
        return self.rng.choice(options[-8:] if self.rng.random() < 0.7 else options)

    def integer(self) -> Ty:
        return self.rng.choice([Ty.I32, Ty.I64])

    def make(self) -> Function:
        while self.left > 0:
            self.statement(2)
        result: Value = self.value(Ty.I64)
        for slot in self.scalars[2:]:
            load = self.emit(Load(Ty.I64 if slot.size == 8 else Ty.I32, slot, 0, slot.size))
            part = load if slot.size == 8 else self.emit(Unary("zext", load))
            result = self.emit(Binary("xor", result, part))
        self.end(Return(result))
        return self.function

    def statement(self, depth: int) -> None:
        self.left -= 1
        choice = self.rng.choice(["pure"] * 5 + ["memory"] * 4 + ["call", "if", "if", "loop", "escape"])
        if depth == 0 and choice in ("if", "loop"):
            choice = "pure"
        getattr(self, choice)(depth)

    def pure(self, depth: int) -> None:
        type = self.integer()
        new: Instr
        match self.rng.randrange(6):
            case 0 | 1 | 2:
                new = Binary(self.rng.choice(BINARIES), self.value(type), self.value(type))
            case 3:
                new = Compare(self.rng.choice(COMPARES), self.value(type), self.value(type))
            case 4:
                new = Unary(self.rng.choice([*SAME, "bswap64", "sext32"] if type is Ty.I64 else SAME), self.value(type))
            case _:
                op = self.rng.choice(["zext", "sext", "trunc"])
                new = Unary(op, self.value(Ty.I64 if op == "trunc" else Ty.I32))
        self.known.append(self.emit(new))

    def address(self, size: int) -> tuple[Value, int]:
        """A place with room for `size` bytes."""
        kind = self.rng.randrange(4)
        if kind == 0:
            slots = [s for s in self.scalars if s.size == size]
            if slots:
                return self.rng.choice(slots), 0
        base: Value = [self.buffer, self.buffer, self.array, self.record][kind]
        room = BUFFER if base is self.buffer else 16
        at = self.rng.randrange(0, room - size + 1, size if base is not self.buffer else 1)
        if self.rng.random() < 0.3:
            part = self.rng.randrange(at + 1)
            base = self.emit(PtrAdd(base, Constant(Ty.I64, part)))
            at -= part
        if self.rng.random() < 0.15 and size <= 4 and kind == 1:
            index = self.emit(Unary("zext", self.emit(Binary("and", self.value(Ty.I32), Constant(Ty.I32, 15)))))
            return self.emit(PtrAdd(self.buffer, index)), self.rng.randrange(8)
        return base, at

    def memory(self, depth: int) -> None:
        size = self.rng.choice([1, 2, 4, 8])
        type = Ty.I64 if size == 8 else Ty.I32
        match self.rng.randrange(10):
            case 0:
                to, source = self.rng.sample([self.buffer, self.array, self.record], 2)
                self.emit(MemCopy(to, source, self.rng.choice([1, 3, 6, 8, 14, 16]), self.rng.choice([1, 2, 4])))
            case 1:
                to, byte = self.rng.choice([self.buffer, self.array]), Constant(Ty.I32, self.rng.choice([0, 0, 255, 7]))
                self.emit(MemSet(to, byte, self.rng.randrange(17), 2))
            case 2:
                size = max(size, 4)
                type = Ty.I64 if size == 8 else Ty.I32
                fetch = self.rng.random() < 0.5
                op = self.rng.choice(["add", "or", "xor"])
                new = self.emit(Atomic(op, self.buffer, self.rng.choice([0, 8]), size, [self.value(type)], fetch=fetch))
                if fetch:
                    self.known.append(new)
            case 3 | 4 | 5 | 6:
                base, at = self.address(size)
                self.known.append(self.emit(Load(type, base, at, size, volatile=self.rng.random() < 0.05)))
            case _:
                base, at = self.address(size)
                self.emit(Store(base, at, size, self.value(type), volatile=self.rng.random() < 0.05))

    def call(self, depth: int) -> None:
        if self.callee is not None and self.rng.random() < 0.7:
            arguments = [self.rng.choice([self.buffer, self.array]) if p.type is Ty.PTR else self.value(p.type)
                         for p in self.callee.parameters]  # fmt: skip
            self.known.append(self.emit(Call("function", self.callee.name, arguments, self.callee.result)))
        else:
            self.known.append(self.emit(Call("helper", "seen", [self.value(Ty.I64), self.value(Ty.I32)], Ty.I64, number=9007)))

    def escape(self, depth: int) -> None:
        """A helper that reads and writes the array."""
        self.emit(Call("helper", "touch", [self.array], Ty.I64, number=9009))

    def condition(self) -> Value:
        type = self.integer()
        return self.emit(Compare(self.rng.choice(COMPARES), self.value(type), self.value(type)))

    def arm(self, depth: int) -> None:
        for _ in range(self.rng.randrange(3)):
            self.statement(depth - 1)

    def loop(self, depth: int) -> None:
        """A counted loop with a phi for the counter and one for a value."""
        type, before = self.integer(), self.block
        start = self.value(type)
        head, body, after = (self.new_block(n) for n in ("head", "body", "after"))
        self.end(Jump(head))
        if self.rng.random() < 0.4:
            head.unroll = 0
        self.block = head
        counter = self.emit(Phi(Ty.I32, [Constant(Ty.I32, 0)], "i"))
        carried = self.emit(Phi(type, [start], "x"))
        more = self.emit(Compare("ult", counter, Constant(Ty.I32, self.rng.randrange(5))))
        self.end(Branch(more, body, after))
        kept = list(self.known)
        self.known += [counter, carried]
        self.block = body
        self.arm(depth)
        if self.rng.random() < 0.3:
            early = self.condition()
            rest = self.new_block("rest")
            self.end(Branch(early, after, rest))
            self.block = rest
        counter.operands.append(self.emit(Binary("add", counter, Constant(Ty.I32, 1))))
        carried.operands.append(self.value(type))
        self.end(Jump(head))
        self.known = [*kept, counter, carried]
        self.block = after
        assert before is not after

    def if_(self, depth: int) -> None:
        condition = self.condition()
        then, other, join = (self.new_block(n) for n in ("then", "else", "join"))
        self.end(Branch(condition, then, other if self.rng.random() < 0.9 else then))
        type = self.integer()
        kept = list(self.known)
        values = []
        for block in (then, other):
            if not block.predecessors:
                self.function.blocks.remove(block)
                continue
            self.block, self.known = block, list(kept)
            self.arm(depth)
            values.append(self.value(type))
            self.end(Jump(join))
        self.block, self.known = join, kept
        self.known.append(self.emit(Phi(type, values, "p")))


setattr(Maker, "if", Maker.if_)


def make_function(rng: random.Random, size: int = 12) -> Function:
    """One random function `f(ptr buffer, i32 a, i64 b) -> i64`."""
    return Maker(rng, size=size).make()


def make_module(rng: random.Random, size: int = 10) -> Module:
    """A function `f` that calls a static `g`."""
    g = Maker(rng, size=5).make()
    g.name, g.linkage, g.inline = "g", "static", rng.choice(["", "always", "hint"])
    f = Maker(rng, size=size, callee=g).make()
    return Module({"g": g, "f": f})


def outcome(function: Function, a: int, b: int, module: Module | None = None) -> tuple[object, ...]:
    """The result, the buffer at the end and every helper call, for the arguments (buffer, a, b)."""
    memory = Memory()
    buffer = memory.add(bytes(range(1, BUFFER + 1)))
    calls: list[object] = []

    def answer(instr: Instr, operands: list[int], memory: Memory) -> int:
        assert isinstance(instr, Call)
        if instr.symbol == "touch":
            seen = memory.read(operands[0], 16)
            calls.append(seen)
            memory.write(operands[0], 16, seen * 31 + 7)
            return len(calls)
        calls.append(tuple(operands))
        return sum(operands) * 7 + len(calls)

    result = interpret(function, [buffer, a, b], memory, module=module, answer=answer)
    return result, bytes(memory.regions[0]), calls

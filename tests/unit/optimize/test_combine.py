"""combine_loads and merge_copies on random straight-line code over two variables and a stack object that overlap nowhere,
with accesses that overlap everywhere."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from purebpf.compiler.ir.check import check
from purebpf.compiler.ir.interpret import Memory, interpret
from purebpf.compiler.ir.model import (
    Alloca,
    Binary,
    Block,
    Constant,
    Function,
    Instr,
    Load,
    MemCopy,
    Return,
    Store,
    SymbolAddr,
    Ty,
    Unary,
    Value,
)
from purebpf.compiler.ir.printer import print_function
from purebpf.compiler.optimize.combine_loads import combine_loads
from purebpf.compiler.optimize.dce import dce
from purebpf.compiler.optimize.merge_copies import merge_copies

SIZE = 12


def make(rng: random.Random) -> Function:
    """Copies of few bytes and values put together from bytes; all memory is copied out at the end."""
    block = Block("entry")
    function = Function("f", [], Ty.I64, blocks=[block])

    def emit(instr: Instr) -> Instr:
        instr.block = block
        block.instrs.append(instr)
        return instr

    bases = [emit(SymbolAddr("data", "a")), emit(SymbolAddr("data", "b")), emit(Alloca(16, 8, "s"))]
    emit(MemCopy(bases[2], bases[0], SIZE, 1))
    total: Value = Constant(Ty.I64, 0)
    recent: list[Load] = []
    for _ in range(rng.randrange(4, 16)):
        if rng.random() < 0.25:
            width, base, big = rng.choice([2, 4]), rng.choice(bases[:2]), rng.random() < 0.5
            at = rng.randrange(SIZE - width)
            shifts = list(range(0, 8 * width, 8))
            if big:
                shifts.reverse()
            if rng.random() < 0.3:
                rng.shuffle(shifts)
            value: Value | None = None
            for index, shift in enumerate(shifts):
                byte: Value = emit(Load(Ty.I32, base, at + index, 1))
                if shift:
                    byte = emit(Binary("shl", byte, Constant(Ty.I32, shift)))
                value = byte if value is None else emit(Binary("or", value, byte))
                if rng.random() < 0.1:
                    emit(Store(rng.choice(bases), rng.randrange(SIZE - 1), 1, Constant(Ty.I32, 0x5A)))
            assert value is not None
            total = emit(Binary("xor", emit(Binary("mul", total, Constant(Ty.I64, 31))), emit(Unary("zext", value))))
            continue
        size = rng.choice([1, 1, 2, 4])
        near = rng.random() < 0.6 and recent
        source, at = (recent[-1].operands[0], recent[-1].offset + recent[-1].size) if near else (rng.choice(bases), 0)
        size = recent[-1].size if near else size
        if not near or at + size > SIZE:
            at = rng.randrange(0, SIZE - size, size)
        load = Load(Ty.I32, source, at, size)
        emit(load)
        recent.append(load)
        if rng.random() < 0.7:
            waiting = recent if rng.random() < 0.5 else [load]
            to = rng.choice(bases)
            start = rng.randrange(0, SIZE - 4, 4)
            for each in waiting[-4:]:
                start += -start % each.size
                if start + each.size <= SIZE:
                    emit(Store(to, start, each.size, each))
                start += each.size
    emit(MemCopy(bases[1], bases[2], SIZE, 1))
    block.terminator = Return(total)
    block.terminator.block = block
    return function


def outcome(function: Function) -> tuple[object, ...]:
    memory = Memory()
    symbols = {"a": memory.add(bytes(range(1, SIZE + 1))), "b": memory.add(bytes(range(101, SIZE + 101)))}
    result = interpret(function, [], memory, symbols=symbols)
    return result, bytes(memory.regions[0]), bytes(memory.regions[1])


@settings(max_examples=500, deadline=None)
@given(st.integers(0, 1 << 32))
def test_combined_accesses_do_what_the_single_ones_did(seed: int) -> None:
    function = make(random.Random(seed))
    before, expected = print_function(function), outcome(function)
    for step in (dce, combine_loads, dce, merge_copies):
        step(function)
        check(function)
    assert outcome(function) == expected, f"{before}\n{print_function(function)}"


def test_something_is_combined() -> None:
    loads = [0, 0]
    for seed in range(200):
        function = make(random.Random(seed))
        dce(function)
        loads[0] += sum(isinstance(i, Load) for i in function.blocks[0].instrs)
        for step in (combine_loads, dce, merge_copies):
            step(function)
        loads[1] += sum(isinstance(i, Load) for i in function.blocks[0].instrs)
    assert loads[1] < loads[0] * 0.9

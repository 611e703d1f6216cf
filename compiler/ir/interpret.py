"""A small reference interpreter of IR: integers for values, byte arrays for memory. It shows that a pass keeps meaning.

It is not the virtual machine (that runs instructions): it knows no helpers, contexts or packets. A test gives it memory
and a function that answers calls.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from . import arithmetic
from .cfg import edge_index
from .model import (
    Alloca,
    Asm,
    AsmGoto,
    Atomic,
    Binary,
    Block,
    Branch,
    Call,
    Compare,
    Constant,
    CoreValue,
    Function,
    Instr,
    Load,
    MemCopy,
    MemSet,
    Module,
    PtrAdd,
    Return,
    Store,
    SymbolAddr,
    Unary,
    Undef,
    Unreachable,
    Value,
)

_STRIDE = 1 << 20


class Trap(Exception):
    """The function did what no correct program does: a bad address, too many steps, `unreachable`."""


class Memory:
    """Byte arrays at addresses far apart (below 2**32, so that a u32 field can hold one)."""

    def __init__(self, order: Literal["little", "big"] = "little") -> None:
        self.order = order
        self.regions: list[bytearray] = []

    def add(self, data: bytes) -> int:
        """A new region holding `data`; returns its address."""
        self.regions.append(bytearray(data))
        return len(self.regions) * _STRIDE

    def read(self, address: int, size: int) -> int:
        """`size` bytes as a number."""
        region, at = self._find(address, size)
        return int.from_bytes(region[at : at + size], self.order)

    def write(self, address: int, size: int, value: int) -> None:
        """Store the low `size` bytes of `value`."""
        region, at = self._find(address, size)
        region[at : at + size] = (value & ((1 << 8 * size) - 1)).to_bytes(size, self.order)

    def _find(self, address: int, size: int) -> tuple[bytearray, int]:
        index, at = divmod(address, _STRIDE)
        if not 1 <= index <= len(self.regions) or at + size > len(self.regions[index - 1]):
            raise Trap(f"{size} bytes at {address:#x}")
        return self.regions[index - 1], at


# answers a helper, kfunc or asm: the instruction, its operands, the memory -> its result
Answer = Callable[[Instr, list[int], Memory], int]


def interpret(function: Function, arguments: list[int], memory: Memory, *, module: Module | None = None,
              answer: Answer | None = None, symbols: dict[str, int] | None = None,
              steps: int = 100_000) -> int | None:  # fmt: skip
    """Run `function` and return its result. Calls to functions of `module` run too. Undefined values are 0, stack objects
    start as 0xa5 bytes. Raises `Trap`."""
    return _Run(memory, module, answer, symbols or {}, steps).call(function, arguments)


class _Run:
    def __init__(self, memory: Memory, module: Module | None, answer: Answer | None, symbols: dict[str, int],
                 steps: int) -> None:  # fmt: skip
        self.memory = memory
        self.module = module
        self.answer = answer
        self.symbols = symbols
        self.left = steps

    def call(self, function: Function, arguments: list[int]) -> int | None:
        values: dict[Value, int] = {}
        for parameter, argument in zip(function.parameters, arguments, strict=True):
            values[parameter] = argument & parameter.type.mask
        block = function.blocks[0]
        index = -1
        while True:
            phis = list(block.phis())
            new = [self.value(phi.operands[index], values) for phi in phis]
            values.update(zip(phis, new, strict=True))
            self.left -= 1 + len(block.instrs)
            if self.left < 0:
                raise Trap("too many steps")
            for instr in block.instrs[len(phis) :]:
                result = self.step(instr, [self.value(operand, values) for operand in instr.operands])
                if result is not None:
                    values[instr] = result & instr.type.mask
            match block.terminator:
                case Return(operands=operands):
                    return self.value(operands[0], values) if operands else None
                case Unreachable() | None:
                    raise Trap(f"the end of {block.name}")
                case AsmGoto():
                    raise Trap("cannot run asm goto")
                case Branch(operands=operands):
                    block, index = _follow(block, 0 if self.value(operands[0], values) else 1)
                case _:
                    block, index = _follow(block, 0)

    def value(self, operand: Value, values: dict[Value, int]) -> int:
        match operand:
            case Constant():
                return operand.value
            case Undef():
                return 0
        return values[operand]

    def step(self, instr: Instr, operands: list[int]) -> int | None:
        memory = self.memory
        match instr:
            case Binary():
                return arithmetic.binary(instr.op, instr.type.bits, *operands)
            case Unary():
                return arithmetic.unary(instr.op, instr.operands[0].type.bits, *operands)
            case Compare():
                return arithmetic.compare(instr.op, instr.operands[0].type.bits, *operands)
            case PtrAdd():
                return operands[0] + operands[1]
            case Load():
                return memory.read(_at(operands[0], instr.offset), instr.size)
            case Store():
                memory.write(_at(operands[0], instr.offset), instr.size, operands[1])
            case Atomic():
                return self.atomic(instr, operands)
            case MemCopy():
                memory.write(operands[0], instr.size, memory.read(operands[1], instr.size))
            case MemSet():
                memory.write(operands[0], instr.size, int.from_bytes(bytes([operands[1] & 255]) * instr.size, "little"))
            case Alloca():
                return memory.add(b"\xa5" * instr.size)
            case SymbolAddr():
                if instr.symbol not in self.symbols:
                    raise Trap(f"no symbol {instr.symbol}")
                return self.symbols[instr.symbol] + instr.addend
            case CoreValue():
                return instr.value & instr.type.mask
            case Call() if instr.kind == "function" and self.module and instr.symbol in self.module.functions:
                return self.call(self.module.functions[instr.symbol], operands)
            case Call() | Asm() if self.answer:
                return self.answer(instr, operands, memory)
            case _:
                raise Trap(f"cannot run {type(instr).__name__}")
        return None

    def atomic(self, instr: Atomic, operands: list[int]) -> int | None:
        address = _at(operands[0], instr.offset)
        old = self.memory.read(address, instr.size)
        match instr.op:
            case "xchg":
                new = operands[1]
            case "cmpxchg":
                new = operands[2] if old == operands[1] else old
            case _:
                new = arithmetic.binary(instr.op, instr.size * 8, old, operands[1])
        self.memory.write(address, instr.size, new)
        return old if instr.fetch else None


def _at(address: int, offset: int) -> int:
    return (address + offset) & 0xFFFFFFFFFFFFFFFF


def _follow(block: Block, which: int) -> tuple[Block, int]:
    return block.successors()[which], edge_index(block, which)

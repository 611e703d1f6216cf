"""The IR checker: every invariant that lowering establishes, every pass keeps and code generation relies on.

Blocks
  B1  A function has at least one block; the entry has no predecessors.
  B2  A block's `predecessors` are exactly the blocks that jump to it, one entry an edge, unreachable blocks included.
  B3  Every block ends in a terminator (Jump: 1 target, Branch: 2, Return and Unreachable: none), and none stands earlier.
  B4  A target is a block of the function; a block stands in the function once.
  B5  `instr.block` is the block that holds the instruction; an instruction stands once.
Values
  V1  An operand is a Constant, an Undef, a Parameter of this function, or an Instr of this function with a type.
  V2  A definition comes before its uses in a block and dominates them elsewhere; a phi uses its operand at the end of the
      predecessor. (Unreachable blocks may use anything.)
  V3  Phis stand first in their block, and have an operand of their type for each predecessor.
  V4  `parameters[i].index` is i; parameters have a type.
Types
  T1  Binary: i32 or i64, both operands and the result. A ptr never takes part in arithmetic but by ptradd (ptr, i64).
  T2  Unary: zext, sext: i32 -> i64; trunc: i64 -> i32; sext8/16, bswap16/32: the same type, i32 or i64; sext32, bswap64: i64;
      ptrtoint: ptr -> i64; inttoptr: i64 -> ptr.
  T3  Compare: two operands of one type, i32, i64 or ptr; the result is i32. Branch: an i32.
  T4  Return has an operand of the function's result type, none if that is none.
Memory
  M1  Addresses are ptr. Load: size 1, 2, 4 gives i32, 8 gives i64 or ptr. Store: of size bytes from a value at least as
      wide; a ptr is stored whole.
  M2  Atomic: size 4 with i32 or 8 with i64 values; cmpxchg has two; xchg and cmpxchg fetch.
  M3  MemCopy, MemSet: ptr operands, an i32 byte; sizes are not negative, alignments are powers of two.
  M4  Alloca: in the entry block only; size at least 0, alignment a power of two.
Calls
  C1  A helper or extern call has at most five operands. A call to a function of the module passes what its parameters ask for.
  C2  Asm, AsmGoto: a constraint for each operand; a digit names an output; outputs if and only if there is a result.
  C3  AsmOutput: operands[0] is an Asm with that output, and not its first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from .dominators import DominatorTree
from .model import (
    Alloca,
    Asm,
    AsmGoto,
    AsmOutput,
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
    SymbolAddr,
    Terminator,
    Ty,
    Unary,
    Undef,
    Unreachable,
)
from .printer import UNARY_OPERAND, function_lines

BINARIES = frozenset(["add", "sub", "mul", "udiv", "sdiv", "umod", "smod", "and", "or", "xor", "shl", "lshr", "ashr"])
COMPARES = frozenset(["eq", "ne", "ult", "ule", "ugt", "uge", "slt", "sle", "sgt", "sge"])
ATOMICS = frozenset(["add", "or", "and", "xor", "xchg", "cmpxchg"])
_INTEGERS = (Ty.I32, Ty.I64)


class IRError(Exception):
    """IR that breaks an invariant: a bug of ours, never of the user's. The text shows the errors below their lines."""


def check(function: Function, module: Module | None = None) -> None:
    """Raise `IRError` if an invariant does not hold. With `module`, calls are compared with the functions they call."""
    checker = _Checker(function, module)
    checker.run()
    if not checker.errors:
        return
    rows = []
    drawn = set()
    for owner, text in function_lines(function):
        rows.append(text)
        if owner is not None and owner in checker.errors:
            drawn.add(owner)
            indent = len(text) - len(text.lstrip())
            rows += [" " * indent + "^ " + message for message in checker.errors[owner]]
    rows += [f"; {message}" for owner, messages in checker.errors.items() if owner not in drawn for message in messages]
    count = sum(map(len, checker.errors.values()))
    raise IRError(f"{count} error{'s' if count > 1 else ''} in the IR of {function.name}:\n" + "\n".join(rows))


def check_module(module: Module) -> None:
    """`check` every function."""
    for function in module.functions.values():
        check(function, module)


class _Checker:
    def __init__(self, function: Function, module: Module | None) -> None:
        self.function = function
        self.module = module
        self.errors: dict[Any, list[str]] = {}

    def error(self, owner: Function | Block | Instr, message: str) -> None:
        self.errors.setdefault(owner, []).append(message)

    def want(self, holds: bool, owner: Function | Block | Instr, message: str) -> None:
        if not holds:
            self.error(owner, message)

    def run(self) -> None:
        function = self.function
        for index, parameter in enumerate(function.parameters):
            self.want(parameter.index == index, function, f"V4: parameter {index} has index {parameter.index}")
            self.want(parameter.type is not Ty.NONE, function, f"V4: parameter {index} has no type")
        if not function.blocks:
            self.error(function, "B1: no blocks")
            return
        self.want(not function.blocks[0].predecessors, function.blocks[0], "B1: the entry has predecessors")
        if self.blocks():
            self.values()
        for block in function.blocks:
            for instr in [*block.instrs, *([block.terminator] if block.terminator else [])]:
                rule = _RULES.get(type(instr))
                if rule is None:
                    self.error(instr, f"B3: {type(instr).__name__} is not an instruction")
                else:
                    rule(self, instr)

    def blocks(self) -> bool:
        """B1-B5. False if the graph is too broken for dominators."""
        function = self.function
        inside = set(function.blocks)
        self.want(len(inside) == len(function.blocks), function, "B4: a block stands in the function twice")
        came: dict[Block, Counter[Block]] = {block: Counter() for block in function.blocks}
        seen: set[Instr] = set()
        for block in function.blocks:
            if block.terminator is None:
                self.error(block, "B3: no terminator")
            for target in block.successors():
                if target in inside:
                    came[target][block] += 1
                else:
                    self.error(block.terminator or block, f"B4: the target {target.name} is not in the function")
            for instr in [*block.instrs, *([block.terminator] if block.terminator else [])]:
                self.want(instr not in seen, instr, "B5: the instruction stands twice")
                seen.add(instr)
                self.want(getattr(instr, "block", None) is block, instr, "B5: instr.block is another block")
                if isinstance(instr, Terminator) and instr is not block.terminator:
                    self.error(instr, "B3: a terminator inside a block")
        for block in function.blocks:
            if Counter(block.predecessors) != came[block]:
                names = ", ".join(sorted(b.name for b in came[block].elements())) or "none"
                self.error(block, f"B2: the predecessors are not the blocks that jump here: {names}")
        return not self.errors

    def values(self) -> None:
        """V1-V3."""
        tree = DominatorTree(self.function)
        position: dict[Instr, int] = {}
        home: dict[Instr, Block] = {}
        for block in self.function.blocks:
            for index, instr in enumerate(block.instrs):
                position[instr], home[instr] = index, block
        parameters = set(self.function.parameters)

        def check_use(instr: Instr, operand: Any, block: Block, at: int) -> None:
            match operand:
                case Constant() | Undef():
                    self.want(operand.type is not Ty.NONE, instr, "V1: a constant without a type")
                case Parameter():
                    self.want(operand in parameters, instr, f"V1: parameter {operand.name} is not this function's")
                case Instr():
                    if operand not in home:
                        self.error(instr, f"V1: an operand ({type(operand).__name__}) is not in the function")
                    elif operand.type is Ty.NONE:
                        self.error(instr, f"V1: an operand ({type(operand).__name__}) has no value")
                    elif block not in tree.number:
                        return
                    elif home[operand] is block:
                        self.want(position[operand] < at, instr, "V2: used before it is defined")
                    else:
                        self.want(tree.dominates(home[operand], block), instr, "V2: the definition does not dominate this use")
                case _:
                    self.error(instr, f"V1: {operand!r} is not a value")

        for block in self.function.blocks:
            head = True
            for at, instr in enumerate([*block.instrs, *([block.terminator] if block.terminator else [])]):
                if not isinstance(instr, Phi):
                    head = False
                    for operand in instr.operands:
                        check_use(instr, operand, block, at)
                    continue
                self.want(head, instr, "V3: a phi behind other instructions")
                if len(instr.operands) != len(block.predecessors):
                    self.error(instr, f"V3: {len(instr.operands)} operands for {len(block.predecessors)} predecessors")
                    continue
                for operand, before in zip(instr.operands, block.predecessors, strict=True):
                    check_use(instr, operand, before, len(before.instrs))

    # --- types, one rule a class ---

    def binary(self, i: Binary) -> None:
        self.want(i.op in BINARIES, i, f"T1: no operation {i.op}")
        self.want(i.type in _INTEGERS and all(o.type is i.type for o in i.operands) and len(i.operands) == 2, i,
                  f"T1: {i.op} {i.type} of {_types(i)}")  # fmt: skip

    def unary(self, i: Unary) -> None:
        if len(i.operands) != 1:
            self.error(i, f"T2: {i.op} of {_types(i)}")
            return
        (operand,) = i.operands
        if i.op in ("sext8", "sext16", "bswap16", "bswap32"):
            good = i.type is operand.type and i.type in _INTEGERS
        elif i.op in UNARY_OPERAND:
            good = operand.type is UNARY_OPERAND[i.op] and i.type is _UNARY_RESULT[i.op]
        else:
            self.error(i, f"T2: no operation {i.op}")
            return
        self.want(good, i, f"T2: {i.op} from {operand.type} to {i.type}")

    def ptradd(self, i: PtrAdd) -> None:
        self.want(i.type is Ty.PTR and [o.type for o in i.operands] == [Ty.PTR, Ty.I64], i, f"T1: ptradd of {_types(i)}")

    def compare(self, i: Compare) -> None:
        self.want(i.op in COMPARES, i, f"T3: no comparison {i.op}")
        self.want(i.type is Ty.I32 and len(i.operands) == 2 and i.operands[0].type is i.operands[1].type, i,
                  f"T3: {i.op} of {_types(i)}")  # fmt: skip

    def load(self, i: Load) -> None:
        self._address(i)
        wanted: tuple[Ty, ...] = {1: (Ty.I32,), 2: (Ty.I32,), 4: (Ty.I32,), 8: (Ty.I64, Ty.PTR)}.get(i.size, ())
        self.want(i.type in wanted and len(i.operands) == 1, i, f"M1: load of {i.size} bytes as {i.type}")

    def store(self, i: Store) -> None:
        self._address(i)
        if len(i.operands) != 2 or i.type is not Ty.NONE:
            self.error(i, "M1: a store has an address and a value")
            return
        type = i.operands[1].type
        good = i.size in (1, 2, 4, 8) and type.bits >= i.size * 8 and (type is not Ty.PTR or i.size == 8)
        self.want(good, i, f"M1: store of {i.size} bytes from {type}")

    def atomic(self, i: Atomic) -> None:
        self._address(i)
        type = {4: Ty.I32, 8: Ty.I64}.get(i.size)
        self.want(i.op in ATOMICS, i, f"M2: no atomic operation {i.op}")
        self.want(i.fetch or i.op not in ("xchg", "cmpxchg"), i, f"M2: {i.op} always fetches")
        self.want(i.type is (type if i.fetch else Ty.NONE), i, f"M2: an atomic of {i.size} bytes gives {i.type}")
        wanted = 2 if i.op == "cmpxchg" else 1
        self.want([o.type for o in i.operands[1:]] == [type] * wanted, i,
                  f"M2: atomic {i.op} of {i.size} bytes with {_types(i)}")  # fmt: skip

    def memcopy(self, i: MemCopy) -> None:
        self.want([o.type for o in i.operands] == [Ty.PTR, Ty.PTR], i, f"M3: a copy from and to {_types(i)}")
        self._extent(i)

    def memset(self, i: MemSet) -> None:
        self.want([o.type for o in i.operands] == [Ty.PTR, Ty.I32], i, f"M3: memset of {_types(i)}")
        self._extent(i)

    def alloca(self, i: Alloca) -> None:
        self.want(i.block is self.function.blocks[0], i, "M4: an alloca outside the entry block")
        self.want(i.size >= 0 and _power_of_two(i.align), i, f"M4: size {i.size}, alignment {i.align}")
        self.want(not i.operands and i.type is Ty.PTR, i, "M4: an alloca has no operands and is a ptr")

    def symbol(self, i: SymbolAddr) -> None:
        self.want(i.kind in ("map", "data", "function", "extern", "weak"), i, f"no kind of symbol {i.kind}")
        self.want(not i.operands and i.type is Ty.PTR, i, "a symbol has no operands and is a ptr")

    def core(self, i: CoreValue) -> None:
        self.want(not i.operands and i.type in (Ty.I32, Ty.I64), i, "a relocated value has no operands and is an integer")

    def call(self, i: Call) -> None:
        self.want(i.kind in ("helper", "function", "extern", "memory", "indirect"), i, f"C1: no kind of call {i.kind}")
        if i.kind != "function":
            self.want(len(i.operands) <= 5 or i.kind == "indirect", i, f"C1: {len(i.operands)} operands")
            return
        callee = self.module.functions.get(i.symbol) if self.module else None
        if callee:
            self.want([o.type for o in i.operands] == [p.type for p in callee.parameters], i,
                      f"C1: {callee.name} takes {', '.join(p.type for p in callee.parameters) or 'nothing'}")  # fmt: skip
            self.want(i.type is callee.result, i, f"C1: {callee.name} gives {callee.result}")

    def asm(self, i: Asm) -> None:
        self.want(len(i.inputs) == len(i.operands), i, f"C2: {len(i.inputs)} constraints for {len(i.operands)} operands")
        self._tied(i, i.outputs)
        self.want((i.type is Ty.NONE) == (not i.outputs), i, "C2: a result without an output, or the reverse")

    def _tied(self, i: Asm | AsmGoto, outputs: tuple[str, ...]) -> None:
        tied = [int(c) for c in i.inputs if c.isdigit()]
        fits = all(n < len(outputs) for n in tied) and len(set(tied)) == len(tied)
        self.want(fits, i, "C2: inputs tied to no output of theirs")

    def asm_output(self, i: AsmOutput) -> None:
        asm = i.operands[0] if i.operands else None
        self.want(isinstance(asm, Asm) and 1 <= i.index < len(asm.outputs), i, "C3: there is no such output")

    def asm_goto(self, i: AsmGoto) -> None:
        self.want(len(i.inputs) == len(i.operands), i, f"C2: {len(i.inputs)} constraints for {len(i.operands)} operands")
        self._tied(i, ())
        self.want(len(i.targets) >= 1, i, "B3: asm goto has somewhere to go on")

    def phi(self, i: Phi) -> None:
        self.want(i.type is not Ty.NONE, i, "V3: a phi without a type")
        self.want(all(o.type is i.type for o in i.operands), i, f"V3: a phi {i.type} of {_types(i)}")

    def jump(self, i: Jump) -> None:
        self.want(not i.operands and len(i.targets) == 1, i, "B3: a jump has one target")

    def branch(self, i: Branch) -> None:
        self.want([o.type for o in i.operands] == [Ty.I32] and len(i.targets) == 2, i,
                  f"T3: a branch on {_types(i)} with {len(i.targets)} targets")  # fmt: skip

    def return_(self, i: Return) -> None:
        result = self.function.result
        self.want([o.type for o in i.operands] == ([] if result is Ty.NONE else [result]), i,
                  f"T4: returns {_types(i) or 'nothing'} from a function of {result}")  # fmt: skip
        self.want(not i.targets, i, "B3: a return has no targets")

    def unreachable(self, i: Unreachable) -> None:
        self.want(not i.operands and not i.targets, i, "B3: unreachable has no operands and no targets")

    def _address(self, i: Instr) -> None:
        self.want(bool(i.operands) and i.operands[0].type is Ty.PTR, i, "M1: the address is not a ptr")

    def _extent(self, i: MemCopy | MemSet) -> None:
        self.want(i.size >= 0 and _power_of_two(i.align), i, f"M3: size {i.size}, alignment {i.align}")


def _types(instr: Instr) -> str:
    return ", ".join(operand.type for operand in instr.operands)


def _power_of_two(number: int) -> bool:
    return number > 0 and number & (number - 1) == 0


_UNARY_RESULT = {
    "zext": Ty.I64, "sext": Ty.I64, "trunc": Ty.I32, "sext32": Ty.I64, "bswap64": Ty.I64, "isconst": Ty.I32,
    "ptrtoint": Ty.I64, "inttoptr": Ty.PTR, "askernel": Ty.PTR, "asarena": Ty.PTR,
}  # fmt: skip
_RULES: dict[type, Callable[[_Checker, Any], None]] = {
    Binary: _Checker.binary, Unary: _Checker.unary, PtrAdd: _Checker.ptradd, Compare: _Checker.compare,
    Load: _Checker.load, Store: _Checker.store, Atomic: _Checker.atomic, MemCopy: _Checker.memcopy,
    MemSet: _Checker.memset, Alloca: _Checker.alloca, SymbolAddr: _Checker.symbol,
    CoreValue: _Checker.core, Call: _Checker.call,
    Asm: _Checker.asm, AsmOutput: _Checker.asm_output, AsmGoto: _Checker.asm_goto,
    Phi: _Checker.phi, Jump: _Checker.jump, Branch: _Checker.branch,
    Return: _Checker.return_, Unreachable: _Checker.unreachable,
}  # fmt: skip

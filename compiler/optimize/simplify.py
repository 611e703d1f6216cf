"""Local rewriting: folds constants, applies the rules of rules.py, folds constant offsets into accesses.

    >>> print(before_and_after(simplify, '''
    ... function @f(ptr %0 "p", i32 %1 "x") -> i32 {
    ... .entry:
    ...   %2 = mul i32 %1, 8
    ...   %3 = and i32 %2, 0xfffffff8
    ...   %4 = ptradd %0, 12
    ...   %5 = load.1 i32 [%4 + 2]
    ...   %6 = and i32 %5, 255
    ...   %7 = add i32 %3, %6
    ...   return %7
    ... }'''))
    function @f(ptr %0 "p", i32 %1 "x") -> i32 {
    .entry:
      %2 = shl i32 %1, 3
      %3 = ptradd %0, 12
      %4 = load.1 i32 [%0 + 14]
      %5 = add i32 %2, %4
      return %5
    }

One walk in reverse postorder: operands are simple before their users are looked at. What has become unused is left to dce.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..ir import arithmetic
from ..ir.cfg import reverse_postorder
from ..ir.model import (
    Alloca,
    Asm,
    AsmOutput,
    Atomic,
    Binary,
    Call,
    Compare,
    Constant,
    Function,
    Instr,
    Load,
    MemCopy,
    MemSet,
    Parameter,
    Phi,
    PtrAdd,
    Store,
    SymbolAddr,
    Ty,
    Unary,
    Undef,
    Value,
)
from .knownbits import KnownBits
from .patterns import FUNCTIONS, build, match_tree, operation, rule_table
from .tested import is_tested

_COMMUTATIVE = frozenset(["add", "mul", "and", "or", "xor"])
_MIRROR = {"eq": "eq", "ne": "ne", "ult": "ugt", "ule": "uge", "ugt": "ult", "uge": "ule",
           "slt": "sgt", "sle": "sge", "sgt": "slt", "sge": "sle"}  # fmt: skip
# a rule makes things simpler, so this is never reached; it bounds the damage of a wrong one
_MOST_REWRITES = 24
OFFSET_MIN, OFFSET_MAX = -0x8000, 0x7FFF


def simplify(function: Function) -> None:
    """Rewrite every instruction of `function` that a rule makes simpler."""
    _Simplifier(function).run()


class _Simplifier:
    def __init__(self, function: Function) -> None:
        self.function = function
        self.replaced: dict[Value, Value] = {}
        self.bits = KnownBits()
        self.rules = rule_table()
        self.out: list[Instr] = []
        self.uses: dict[Value, int] = {}
        self.block = function.blocks[0]  # being rewritten
        may = self.bits.may
        self.environment: dict[str, Any] = {
            **FUNCTIONS,
            "may": may,
            "nonneg": lambda x: not may(x) >> (x.type.bits - 1) or is_tested(x, self.block),
            "scalar": is_scalar,
        }

    def run(self) -> None:
        order = reverse_postorder(self.function)
        uses = self.uses
        for block in order:
            for instr in block.instrs:
                for operand in instr.operands:
                    uses[operand] = uses.get(operand, 0) + 1
        replaced = self.replaced
        phis: list[Phi] = []
        for block in order:
            self.out = []
            self.block = block
            for instr in block.instrs:
                operands = instr.operands
                for index, operand in enumerate(operands):
                    if operand in replaced:
                        operands[index] = self.current(operand)
                visit = _VISIT.get(type(instr))
                if visit is None:
                    self.out.append(instr)
                else:
                    visit(self, instr)
                if isinstance(instr, Phi):
                    phis.append(instr)
            block.instrs = self.out
            if block.terminator is not None:
                block.terminator.operands = [self.current(operand) for operand in block.terminator.operands]
        if replaced:
            for phi in phis:
                phi.operands = [self.current(operand) for operand in phi.operands]

    def current(self, value: Value) -> Value:
        """What stands for `value` now."""
        replaced = self.replaced
        while value in replaced:
            value = replaced[value]
        return value

    # --- one method a class ---

    def pure(self, instr: Instr) -> None:
        value = self.rewrite(instr)
        if value is not instr:
            self.replaced[instr] = value

    def rewrite(self, root: Instr) -> Value:
        """The simplest form of `root`, appended to the block if it is an instruction that does not stand there yet."""
        instr = root
        for _ in range(_MOST_REWRITES):
            value = self.step(instr)
            if value is None:
                break
            if not isinstance(value, Instr) or hasattr(value, "block"):
                return value
            value.span, value.block = root.span, root.block
            instr = value
        self.out.append(instr)
        return instr

    def finish(self, root: Instr) -> Callable[[Instr], Value]:
        def insert(inner: Instr) -> Value:
            inner.span, inner.block = root.span, root.block
            return self.rewrite(inner)

        return insert

    def step(self, instr: Instr) -> Value | None:
        """What replaces `instr`, or None if it is as simple as it gets. May swap its operands."""
        operands = instr.operands
        first = operands[0]
        if len(operands) == 2:
            second = operands[1]
            if isinstance(first, Constant):
                if isinstance(second, Constant):
                    return fold(instr)
                if isinstance(instr, Compare):
                    instr.op = _MIRROR[instr.op]
                    instr.operands = [second, first]
                elif isinstance(instr, Binary) and instr.op in _COMMUTATIVE:
                    instr.operands = [second, first]
                first, second = instr.operands
            if isinstance(instr, Compare) and first.type is Ty.PTR:
                return _pointer_compare(instr)
            key: tuple[str, ...] = (operation(instr), operation(first), operation(second))
        elif isinstance(first, Constant):
            return fold(instr)
        else:
            key = (operation(instr), operation(first))
        for rule in self.rules.candidates(key):
            names: dict[str, Any] = {}
            if not match_tree(rule.pattern, instr, names):
                continue
            names["bits"] = first.type.bits
            names["ones"] = first.type.mask
            if rule.code is not None:
                if rule.once:
                    names["once"] = all(self.uses.get(o, 1) <= 1 for o in instr.operands if isinstance(o, Instr))
                bits = first.type.bits
                names["signed"] = lambda c, bits=bits: arithmetic.signed(c, bits)
                if not eval(rule.code, self.environment, names):
                    continue
            return build(rule.replacement, names, instr.type, self.finish(instr))
        return None

    def phi(self, phi: Phi) -> None:
        only: Value | None = None
        for operand in phi.operands:
            operand = self.current(operand)
            if operand is phi or operand is only or (isinstance(operand, Constant) and operand == only):
                continue
            if only is not None:
                self.out.append(phi)
                return
            only = operand
        if only is None:
            only = Undef(phi.type)
        self.replaced[phi] = only

    def call(self, instr: Call) -> None:
        sized = _sized(instr) if instr.kind == "memory" else instr
        if sized is not None:
            sized.block = instr.block
            self.out.append(sized)

    def access(self, instr: Load | Store | Atomic) -> None:
        address, offset = instr.operands[0], instr.offset
        while isinstance(address, PtrAdd) and isinstance(address.operands[1], Constant):
            total = offset + address.operands[1].signed
            if not OFFSET_MIN <= total <= OFFSET_MAX:
                break
            address, offset = address.operands[0], total
        instr.operands[0], instr.offset = address, offset
        if isinstance(instr, Store) and instr.size < 8:
            instr.operands[1] = narrow(instr.operands[1], instr.size * 8)
        self.out.append(instr)


def fold(instr: Instr) -> Constant | None:
    """The value of a pure instruction on constants."""
    values = [operand.value for operand in instr.operands if isinstance(operand, Constant)]
    match instr:
        case Binary():
            return Constant(instr.type, arithmetic.binary(instr.op, instr.type.bits, *values))
        case Unary(op=op) if op not in ("askernel", "asarena"):
            return Constant(instr.type, arithmetic.unary(instr.op, instr.operands[0].type.bits, *values))
        case Compare():
            return Constant(Ty.I32, arithmetic.compare(instr.op, instr.operands[0].type.bits, *values))
        case PtrAdd():
            return Constant(Ty.PTR, sum(values))
    return None


def narrow(value: Value, bits: int) -> Value:
    """A value with the same low `bits`, found by walking through extensions and masks."""
    mask = (1 << bits) - 1
    while True:
        match value:
            case Binary(op="and", operands=[inner, Constant(value=kept)]) if kept & mask == mask:
                value = inner
            case Unary(op="zext" | "sext" | "trunc" | "sext32", operands=[inner]) if bits <= 32:
                value = inner
            case Unary(op="sext8", operands=[inner]) if bits <= 8:
                value = inner
            case Unary(op="sext16", operands=[inner]) if bits <= 16:
                value = inner
            case _:
                return value


def base_of(address: Value) -> Value:
    """The value at the root of pointer arithmetic."""
    while isinstance(address, PtrAdd):
        address = address.operands[0]
    return address


def is_scalar(value: Value) -> bool:
    """False if an i32 may be a packet pointer: a 4-byte field of what a parameter points at, or what merges with one."""
    match value:
        case Load(size=4):
            return not isinstance(base_of(value.operands[0]), Parameter)
        case Phi() | Asm() | AsmOutput() | Undef():
            return False
    return True


def _sized(call: Call) -> Instr | None:
    """A copy or fill whose size may have become a number; None if that is 0."""
    if call.symbol not in ("memcpy", "memmove", "memset"):
        return call
    to, what, size = call.operands
    if not isinstance(size, Constant):
        return call
    if not size.value:
        return None
    if call.symbol == "memset":
        return MemSet(to, what, size.value, call.number, span=call.span)
    return MemCopy(to, what, size.value, call.number, move=call.symbol == "memmove", span=call.span)


def _pointer_compare(instr: Compare) -> Value | None:
    """Only that objects are not at address 0: the verifier learns from comparisons of pointers as they stand."""
    a, b = instr.operands
    if instr.op not in ("eq", "ne") or not isinstance(b, Constant) or b.value:
        return None
    base = base_of(a)
    if isinstance(base, Alloca) or (isinstance(base, SymbolAddr) and base.kind != "weak"):
        return Constant(Ty.I32, int(instr.op == "ne"))
    return None


_VISIT: dict[type, Callable[..., None]] = {
    Binary: _Simplifier.pure, Unary: _Simplifier.pure, Compare: _Simplifier.pure, PtrAdd: _Simplifier.pure,
    Call: _Simplifier.call, Phi: _Simplifier.phi, Load: _Simplifier.access, Store: _Simplifier.access,
    Atomic: _Simplifier.access,
}  # fmt: skip

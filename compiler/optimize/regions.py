"""What memory an address is in: which accesses can meet, and how wide they may be.

    stack    an alloca                                  must be aligned (verifier), meets only what holds its address
    context  the first parameter of a program           exact field accesses only
    packet   an integer field of the context, as ptr    any alignment
    data     a variable of ours                         any alignment (it is a map value)
    helper   memory that a helper returned              any alignment (map value, ring buffer record)
    unknown  anything else                              as aligned as its type says, may meet all that escaped
"""

from __future__ import annotations

from enum import StrEnum

from ...stdlib.helpers import Result, by_number
from ..ir.model import (
    Alloca,
    Atomic,
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


class Region(StrEnum):
    """The kinds of memory."""

    STACK = "stack"
    CONTEXT = "context"
    PACKET = "packet"
    DATA = "data"
    HELPER = "helper"
    UNKNOWN = "unknown"


# results of helpers that are objects of the kernel: accesses must be those of their fields
_OBJECTS = frozenset([
    Result.SOCKET_OR_NULL, Result.SOCK_OR_NULL, Result.TCP_SOCK_OR_NULL, Result.BTF, Result.BTF_OR_NULL, Result.BTF_TRUSTED,
])  # fmt: skip
# pointers that a merged pointer may come from, before it counts as unknown
_MOST_PHIS = 32
_FAR = 1 << 40
# (root value, constant offset from it or None if it varies)
Place = tuple[Value, "int | None"]


def place_of(address: Value, offset: int = 0) -> Place:
    """The root of an address and the constant distance to it."""
    total: int | None = offset
    while True:
        match address:
            case PtrAdd(operands=[base, step]):
                total = total + step.signed if total is not None and isinstance(step, Constant) else None
                address = base
            case Unary(op="inttoptr", operands=[Unary(op="ptrtoint", operands=[base])]):
                address = base
            case _:
                return address, total


def extent_of(address: Value, offset: int, size: int, bits: KnownBits) -> tuple[int, int]:
    """From where up to where, in bytes from the root of `address`, an access can reach whose steps may vary."""
    low = high = offset
    while True:
        match address:
            case PtrAdd(operands=[base, Constant() as step]):
                low, high, address = low + step.signed, high + step.signed, base
            case PtrAdd(operands=[base, step]):
                furthest = bits.may(step)
                if furthest > _FAR:  # negative, or round the end of the address space
                    return -_FAR, _FAR
                high, address = high + furthest, base
            case Unary(op="inttoptr", operands=[Unary(op="ptrtoint", operands=[base])]):
                address = base
            case _:
                return low, high + size


class Regions:
    """Answers questions about the memory of one function."""

    def __init__(self, function: Function) -> None:
        self.is_program = bool(function.section) and function.section != ".text" and function.linkage != "static"
        self.captured = captured_objects(function)
        self._phis: dict[Phi, Region] = {}

    def region(self, root: Value) -> Region:
        """The kind of memory that a root (see `place_of`) points to."""
        match root:
            case Alloca():
                return Region.STACK
            case SymbolAddr(kind="data"):
                return Region.DATA
            case Call(kind="helper", number=number):
                helper = by_number(number)
                return Region.UNKNOWN if helper is not None and helper.result in _OBJECTS else Region.HELPER
            case Parameter(index=0) if self.is_program:
                return Region.CONTEXT
            case Unary(op="inttoptr", operands=[Unary(op="zext", operands=[Load(size=4) as field])]) if self.is_program:
                base, _ = place_of(field.operands[0])
                if isinstance(base, Parameter) and base.index == 0:
                    return Region.PACKET
            case Phi():
                return self._merged(root)
        return Region.UNKNOWN

    def _merged(self, phi: Phi) -> Region:
        """What a phi points to if all its operands agree. (Several stack objects count as unknown memory.)"""
        known = self._phis.get(phi)
        if known is None:
            found: set[Region] = set()
            seen: set[Value] = {phi}
            work: list[Value] = [phi]
            while work and len(seen) < _MOST_PHIS:
                top = work.pop()
                if not isinstance(top, Phi):
                    found.add(self.region(top))
                    continue
                for operand in top.operands:
                    root = place_of(operand)[0]
                    if root not in seen and not isinstance(root, Undef):
                        seen.add(root)
                        work.append(root)
            kind = found.pop() if len(found) == 1 and not work else Region.UNKNOWN
            known = self._phis[phi] = Region.UNKNOWN if kind is Region.STACK else kind
        return known

    def may_meet(self, a: Place, size_a: int, b: Place, size_b: int) -> bool:
        """Whether accesses of so many bytes at two places may share a byte."""
        (root_a, at_a), (root_b, at_b) = a, b
        if root_a is root_b or (
            isinstance(root_a, SymbolAddr) and isinstance(root_b, SymbolAddr) and root_a.symbol == root_b.symbol
        ):
            if at_a is None or at_b is None:
                return True
            if isinstance(root_a, SymbolAddr) and isinstance(root_b, SymbolAddr):
                at_a, at_b = at_a + root_a.addend, at_b + root_b.addend
            return at_a < at_b + size_b and at_b < at_a + size_a
        kind_a, kind_b = self.region(root_a), self.region(root_b)
        if Region.STACK in (kind_a, kind_b):
            if kind_a is kind_b:
                return False
            stack, other = (root_a, kind_b) if kind_a is Region.STACK else (root_b, kind_a)
            return other is Region.UNKNOWN and stack in self.captured
        if Region.UNKNOWN in (kind_a, kind_b):
            return True
        if kind_a is not kind_b:
            return False
        # two variables do not meet, nor do values of two maps; a pointer merged of several may be to either
        owner_a, owner_b = _owner(root_a), _owner(root_b)
        return not owner_a or not owner_b or owner_a == owner_b

    def any_alignment(self, address: Value) -> bool:
        """Whether the verifier accepts unaligned accesses there."""
        return self.region(place_of(address)[0]) in (Region.PACKET, Region.DATA, Region.HELPER)


def _owner(root: Value) -> str:
    """The name of the variable, or of the map that a helper has looked the value up in; "" if it is not known."""
    match root:
        case SymbolAddr(symbol=symbol):
            return symbol
        case Call(kind="helper", operands=[SymbolAddr(kind="map", symbol=symbol), *_]):
            return symbol
    return ""


def captured_objects(function: Function) -> set[Value]:
    """Stack objects whose address may be held elsewhere: stored, merged by a phi, converted, passed to a function.

    Helpers do not keep what they are passed.
    """
    captured: set[Value] = set()
    for block in function.blocks:
        for instr in [*block.instrs, *([block.terminator] if block.terminator else [])]:
            match instr:
                case Load() | MemCopy() | MemSet() | Compare() | PtrAdd():
                    continue
                case Call(kind="helper"):
                    continue
                case Store() | Atomic():
                    values = instr.operands[1:]
                case _:
                    values = instr.operands
            for value in values:
                if value.type is Ty.PTR:
                    root = place_of(value)[0]
                    if isinstance(root, Alloca):
                        captured.add(root)
    return captured


def alignment(address: Value, offset: int, declared: int, regions: Regions) -> int:
    """The widest access in bytes (at most 8) that may be made at `address + offset`."""
    root, at = place_of(address, offset)
    if regions.region(root) in (Region.PACKET, Region.DATA, Region.HELPER):
        return 8
    if isinstance(root, Alloca):
        return min(root.align if not at else _lowest_bit(at | root.align), 8) if at is not None else min(declared, 8)
    return min(_lowest_bit(offset | declared) if offset else declared, 8)


def _lowest_bit(number: int) -> int:
    return number & -number


def addresses(instr: Instr) -> list[Value]:
    """The operands of `instr` that it reads or writes through itself."""
    match instr:
        case Load() | Store() | Atomic() | MemSet():
            return instr.operands[:1]
        case MemCopy():
            return instr.operands
    return []

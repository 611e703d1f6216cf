"""Copies and fills of memory become loads and stores, as wide as the memory allows.

    >>> print(before_and_after(expand_memory, '''
    ... function @f(ptr %0 "ctx") -> i32 section "xdp" {
    ... .entry:
    ...   %1 = alloca 16, align 2, "key"
    ...   %2 = load.4 i32 [%0 + 0]
    ...   %3 = zext %2
    ...   %4 = inttoptr %3
    ...   memset %1, 0, size 16, align 2
    ...   memcopy %1, %4, size 6, align 1
    ...   %5 = call i64 helper 9001 @use(%1)
    ...   return i32 0
    ... }'''))
    function @f(ptr %0 "ctx") -> i32 section "xdp" {
    .entry:
      %1 = alloca 16, align 8, "key"
      %2 = load.4 i32 [%0 + 0]
      %3 = zext %2
      %4 = inttoptr %3
      store.8 [%1 + 0], 0
      store.8 [%1 + 8], 0
      %5 = load.4 i32 [%4 + 0]
      %6 = load.2 i32 [%4 + 4]
      store.4 [%1 + 0], %5
      store.2 [%1 + 4], %6
      %7 = call i64 helper 9001 @use(%1)
      return i32 0
    }

BPF has no instruction and the kernel no helper for either. The packet, map values and data may be accessed unaligned, the
stack may not (the verifier checks), other memory counts as aligned as its type. Stack objects are given the alignment that
makes their copies wide. What overlaps (`memmove`) is loaded whole before it is stored.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..ir import model as ir
from ..ir.model import Alloca, Binary, Constant, Function, Instr, Load, MemCopy, MemSet, PtrAdd, Store, Ty, Unary, Value
from .regions import Regions, alignment, place_of

# loads before the stores that use them: as many as there are registers to hold them
_AT_ONCE = 4
OFFSET_MAX = 0x7FFF


def expand_memory(function: Function) -> None:
    """Expand every copy and fill but those that are too large for any program: code generation complains about them."""
    copies = (i for block in function.blocks for i in block.instrs if isinstance(i, MemCopy | MemSet))
    found = [i for i in copies if i.size <= ir.LARGEST_EXPANSION]
    if not found:
        return
    _align_objects(found)
    regions = Regions(function)
    for block in function.blocks:
        if not any(isinstance(instr, MemCopy | MemSet) for instr in block.instrs):
            continue
        out: list[Instr] = []
        for instr in block.instrs:
            match instr:
                case MemCopy() if instr.size <= ir.LARGEST_EXPANSION:
                    _copy(instr, regions, out)
                case MemSet() if instr.size <= ir.LARGEST_EXPANSION:
                    _fill(instr, regions, out)
                case _:
                    out.append(instr)
        block.instrs = out


def _align_objects(instrs: Sequence[Instr]) -> None:
    """A stack object of 8 bytes and more that is copied or filled is worth an alignment of 8."""
    for instr in instrs:
        for operand in instr.operands:
            root = place_of(operand)[0]
            if isinstance(root, Alloca):
                while root.align < 8 and root.align * 2 <= root.size:
                    root.align *= 2


def _copy(copy: MemCopy, regions: Regions, out: list[Instr]) -> None:
    to, source = copy.operands
    parts = _cover(copy.size, [(to, copy.align), (source, copy.align)], regions)
    step = len(parts) if copy.move else _AT_ONCE
    for start in range(0, len(parts), step):
        loads: list[Instr] = []
        for at, width in parts[start : start + step]:
            base, offset = _reach(source, at, copy, out)
            loads.append(_emit(Load(_type(width), base, offset, width), copy, out))
        for (at, width), value in zip(parts[start : start + step], loads, strict=True):
            base, offset = _reach(to, at, copy, out)
            _emit(Store(base, offset, width, value), copy, out)


def _fill(fill: MemSet, regions: Regions, out: list[Instr]) -> None:
    to, byte = fill.operands
    parts = _cover(fill.size, [(to, fill.align)], regions)
    wide: Value | None = None
    for at, width in parts:
        base, offset = _reach(to, at, fill, out)
        if isinstance(byte, Constant):
            value: Value = Constant(_type(width), int.from_bytes(bytes([byte.value & 0xFF]) * width, "little"))
        else:
            if wide is None:
                low = _emit(Binary("and", byte, Constant(Ty.I32, 0xFF)), fill, out)
                wide = _emit(Binary("mul", _emit(Unary("zext", low), fill, out),
                                    Constant(Ty.I64, 0x0101010101010101)), fill, out)  # fmt: skip
            value = wide
        _emit(Store(base, offset, width, value), fill, out)


def _cover(size: int, sides: list[tuple[Value, int]], regions: Regions) -> list[tuple[int, int]]:
    """(offset, width) of accesses that cover `size` bytes at every one of `sides` (address, declared alignment)."""
    free = all(regions.any_alignment(address) for address, _ in sides)
    result: list[tuple[int, int]] = []
    at = 0
    while at < size:
        rest = size - at
        width = min((alignment(address, at, declared, regions) for address, declared in sides), default=8)
        while width > rest:
            width //= 2
        if free and rest in (3, 5, 6, 7) and at + rest >= 8 and rest > 4:
            result.append((size - 8, 8))  # some bytes twice, in one access instead of two or three
            break
        if free and rest == 3 and at >= 1:
            result.append((size - 4, 4))
            break
        if free and rest == 7:
            result += [(at, 4), (at + 3, 4)]
            break
        result.append((at, width))
        at += width
    return result


def _reach(address: Value, at: int, origin: Instr, out: list[Instr]) -> tuple[Value, int]:
    """`address + at` as a base and an offset that fits an instruction."""
    if at <= OFFSET_MAX:
        return address, at
    return _emit(PtrAdd(address, Constant(Ty.I64, at)), origin, out), 0


def _type(width: int) -> Ty:
    return Ty.I64 if width == 8 else Ty.I32


def _emit(new: Instr, origin: Instr, out: list[Instr]) -> Instr:
    new.block, new.span = origin.block, origin.span
    out.append(new)
    return new

"""Neighbouring stores of constants become wider ones.

    >>> print(before_and_after(merge_stores, '''
    ... function @f(i32 %0 "x") -> i64 {
    ... .entry:
    ...   %1 = alloca 16, align 8, "key"
    ...   store.4 [%1 + 0], 0
    ...   store.1 [%1 + 4], 1
    ...   store.1 [%1 + 5], 2
    ...   store.2 [%1 + 6], 0
    ...   store.4 [%1 + 12], 5
    ...   %2 = call i64 helper 9001 @use(%1)
    ...   return %2
    ... }'''))
    function @f(i32 %0 "x") -> i64 {
    .entry:
      %1 = alloca 16, align 8, "key"
      store.4 [%1 + 0], 0
      store.4 [%1 + 4], 513
      store.4 [%1 + 12], 5
      %2 = call i64 helper 9001 @use(%1)
      return %2
    }

An immediate is 32 bits, sign-extended, so eight bytes are one store only if their value is small. Context fields are
written as they are declared, and memory we know nothing of as its type says.
"""

from __future__ import annotations

from typing import Literal

from ..ir.model import (
    Asm,
    Atomic,
    Call,
    Constant,
    Function,
    Instr,
    Load,
    MemCopy,
    MemSet,
    Store,
    Ty,
    Value,
)
from .regions import Region, Regions, alignment, place_of

Order = Literal["little", "big"]


def merge_stores(function: Function) -> None:
    """Merge stores within each block."""
    regions = Regions(function)
    order: Order = "big" if function.big_endian else "little"
    for block in function.blocks:
        if sum(isinstance(instr, Store) for instr in block.instrs) < 2:
            continue
        out: list[Instr] = []
        run: list[Store] = []  # stores of constants through one address, nothing else touching memory between them
        for instr in block.instrs:
            if isinstance(instr, Store) and not instr.volatile and isinstance(instr.operands[1], Constant):
                if run and run[0].operands[0] is not instr.operands[0]:
                    _flush(run, out, regions, order)
                run.append(instr)
                out.append(instr)
                continue
            if run and isinstance(instr, Load | Store | Call | Asm | Atomic | MemCopy | MemSet):
                _flush(run, out, regions, order)
            out.append(instr)
        _flush(run, out, regions, order)
        block.instrs = out


def _flush(run: list[Store], out: list[Instr], regions: Regions, order: Order) -> None:
    """End a run: if fewer stores do, they replace those of `run` in `out`, where the last one stood."""
    stores = run[:]
    run.clear()
    if len(stores) < 2:
        return
    base = stores[0].operands[0]
    if regions.region(place_of(base)[0]) in (Region.CONTEXT, Region.UNKNOWN):
        return
    image: dict[int, int] = {}
    for store in stores:
        value = store.operands[1]
        assert isinstance(value, Constant)
        data = (value.value & (1 << 8 * store.size) - 1).to_bytes(store.size, order)
        image.update(enumerate(data, store.offset))
    merged = _pieces(image, base, regions, order)
    if len(merged) >= len(stores):
        return
    last = stores[-1]
    old = set(stores)
    position = out.index(last)
    new: list[Instr] = []
    for offset, size, number in merged:
        piece = Store(base, offset, size, Constant(Ty.I64 if size == 8 else Ty.I32, number), span=last.span)
        piece.block = last.block
        new.append(piece)
    out[position:] = [*new, *out[position + 1 :]]
    out[:] = [instr for instr in out if instr not in old]


def _pieces(image: dict[int, int], base: Value, regions: Regions, order: Order) -> list[tuple[int, int, int]]:
    """(offset, size, value) of the widest stores that write exactly `image`."""
    result = []
    offsets = sorted(image)
    index = 0
    while index < len(offsets):
        at = offsets[index]
        size = alignment(base, at, 1, regions)
        while size > 1:
            number = int.from_bytes(bytes(image.get(at + k, 0) for k in range(size)), order)
            whole = all(at + k in image for k in range(size))
            if whole and (size < 8 or number < 1 << 31 or number >= (1 << 64) - (1 << 31)):
                break
            size //= 2
        result.append((at, size, int.from_bytes(bytes(image[at + k] for k in range(size)), order)))
        index += size
    return result

"""Neighbouring values that are only copied from one place to another are copied together.

    >>> print(before_and_after(merge_copies, '''
    ... function @f(ptr %0 "ctx") -> i64 {
    ... .entry:
    ...   %1 = alloca 8, align 8, "key"
    ...   %2 = symbol data @header
    ...   %3 = load.4 i32 [%2 + 12]
    ...   store.4 [%1 + 0], %3
    ...   %4 = load.4 i32 [%2 + 16]
    ...   store.4 [%1 + 4], %4
    ...   %5 = call i64 helper 9001 @use(%1)
    ...   return %5
    ... }'''))
    function @f(ptr %0 "ctx") -> i64 {
    .entry:
      %1 = alloca 8, align 8, "key"
      %2 = symbol data @header
      %3 = load.8 i64 [%2 + 12]
      store.8 [%1 + 0], %3
      %4 = call i64 helper 9001 @use(%1)
      return %4
    }

The loads move up to the first, the stores down to the last; nothing between them may read or write what moves. Both places
must allow the wider access: any alignment in the packet, map values and data, natural alignment on the stack.
"""

from __future__ import annotations

from typing import TypeGuard

from ..ir.model import Asm, Atomic, Block, Call, Function, Instr, Load, MemCopy, Store, Ty, Value
from .combine_loads import count_uses, undisturbed, writes
from .regions import Region, Regions, alignment, place_of

# pairs of one block that are looked at: those close to each other
_WINDOW = 6
_ROUNDS = 12


def merge_copies(function: Function) -> None:
    """Merge copies in every block until nothing changes: bytes to halves, to words, to eight bytes."""
    uses: dict[Value, int] | None = None
    regions: Regions | None = None
    for block in function.blocks:
        for _ in range(_ROUNDS):
            copies = [i for i in block.instrs if _is_copy(i)]
            if len(copies) < 2:
                break
            uses = uses if uses is not None else count_uses(function)
            regions = regions or Regions(function)
            if not _merge(block, copies, uses, regions):
                break


def _is_copy(instr: Instr) -> TypeGuard[Store]:
    if not isinstance(instr, Store) or instr.volatile or instr.size == 8:
        return False
    value = instr.operands[1]
    return isinstance(value, Load) and value.block is instr.block and value.size == instr.size and not value.volatile


def _merge(block: Block, copies: list[Store], uses: dict[Value, int], regions: Regions) -> bool:
    position = {instr: index for index, instr in enumerate(block.instrs)}
    done: set[Instr] = set()
    placed: dict[Instr, Instr] = {}  # the instruction that goes where another stood
    gone: set[Instr] = set()
    last = -1  # where the last merged pair ends
    for index, one in enumerate(copies):
        for two in copies[index + 1 : index + 1 + _WINDOW]:
            if one in done or two in done:
                continue
            wide = _pair(block, one, two, position, uses, regions)
            if wide is None:
                continue
            load, store = wide
            loads = sorted(_loads(one, two), key=position.__getitem__)
            if position[loads[0]] <= last:
                continue  # what moved for the pair before was not looked at for this one: another time
            last = position[two]
            done |= {one, two}
            gone |= {one, two, *loads}
            placed[loads[0]] = load
            placed[two] = store
            uses[load] = 1
    if not done:
        return False
    block.instrs = [placed.get(i, i) for i in block.instrs if i not in gone or i in placed]
    return True


def _loads(one: Store, two: Store) -> tuple[Load, Load]:
    first, second = one.operands[1], two.operands[1]
    assert isinstance(first, Load)
    assert isinstance(second, Load)
    return first, second


def _pair(block: Block, one: Store, two: Store, position: dict[Instr, int], uses: dict[Value, int],
          regions: Regions) -> tuple[Load, Store] | None:  # fmt: skip
    """The copy that does what the stores `one` and, later, `two` do with their loads."""
    first, second = _loads(one, two)
    size, to, source = one.size, one.operands[0], first.operands[0]
    step = two.offset - one.offset
    if two.size != size or two.operands[0] is not to or second.operands[0] is not source or abs(step) != size:
        return None
    if second.offset - first.offset != step or uses[first] != 1 or uses[second] != 1:
        return None
    low, from_low = min(one.offset, two.offset), min(first.offset, second.offset)
    for address, offset in ((to, low), (source, from_low)):
        if regions.region(place_of(address)[0]) is Region.CONTEXT or alignment(address, offset, 1, regions) < 2 * size:
            return None
    loads = sorted((position[first], position[second]))
    stores = sorted((position[one], position[two]))
    if not undisturbed(block, loads[0], loads[1], lambda i: writes(i, source, from_low, 2 * size, regions)):
        return None
    if not undisturbed(block, stores[0] + 1, stores[1] - 1, lambda i: _touches(i, to, low, 2 * size, regions)):
        return None
    type = Ty.I64 if size == 4 else Ty.I32
    load = Load(type, source, from_low, 2 * size, span=first.span)
    store = Store(to, low, 2 * size, load, span=one.span)
    load.block = store.block = block
    return load, store


def _touches(instr: Instr, base: Value, offset: int, size: int, regions: Regions) -> bool:
    """Whether `instr` may read or write some of `size` bytes at `base + offset`."""
    match instr:
        case Load() | Atomic():
            address, at, width = instr.operands[0], instr.offset, instr.size
        case MemCopy():
            address, at, width = instr.operands[1], 0, instr.size
        case Call() | Asm():
            return True
        case _:
            return writes(instr, base, offset, size, regions)
    if address is base:
        reads = offset < at + width and at < offset + size
    else:
        reads = regions.may_meet(place_of(base, offset), size, place_of(address, at), width)
    return reads or writes(instr, base, offset, size, regions)

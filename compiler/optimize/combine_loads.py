"""Values put together from neighbouring bytes are loaded at once, where memory may be accessed unaligned.

    >>> print(before_and_after(combine_loads, '''
    ... function @f(ptr %0 "ctx") -> i32 {
    ... .entry:
    ...   %1 = symbol data @packed
    ...   %2 = load.1 i32 [%1 + 3]
    ...   %3 = load.1 i32 [%1 + 4]
    ...   %4 = shl i32 %2, 8
    ...   %5 = or i32 %4, %3
    ...   return %5
    ... }'''))
    function @f(ptr %0 "ctx") -> i32 {
    .entry:
      %1 = symbol data @packed
      %2 = load.2 i32 [%1 + 3]
      %3 = load.1 i32 [%1 + 3]
      %4 = load.1 i32 [%1 + 4]
      %5 = shl i32 %3, 8
      %6 = bswap16 i32 %2
      %7 = and i32 %6, 65535
      return %7
    }

The loads stand in one block with nothing between them that may write there, and their values have no other use (dce drops
what is left of them). The mask behind a swap is for the verifier, which loses the bounds of a swapped value.
"""

from __future__ import annotations

from collections.abc import Callable

from ..ir.model import Binary, Block, Constant, Function, Instr, Load, Ty, Unary, Value
from .effects import clobber_of
from .regions import Region, Regions, alignment, place_of

Term = tuple[Load, int]  # a load, and the bit of the value where its lowest bit goes


def combine_loads(function: Function) -> None:
    """Combine in every block."""
    uses = count_uses(function)
    regions: Regions | None = None
    for block in function.blocks:
        position: dict[Instr, int] | None = None
        replaced: dict[Value, Value] = {}
        before: dict[Instr, list[Instr]] = {}  # instructions to insert
        inner: set[Instr] = set()
        for instr in reversed(block.instrs):
            if not isinstance(instr, Binary) or instr.op != "or" or instr in inner:
                continue
            terms: list[Term] = []
            if not _terms(instr, 0, instr.type.bits, terms, block, uses, inner, root=True) or len(terms) < 2:
                continue
            if position is None:
                position = {each: index for index, each in enumerate(block.instrs)}
            regions = regions or Regions(function)
            new = _combined(instr, terms, block, position, regions, function.big_endian)
            if new is not None:
                load, rest = new
                first = min((term[0] for term in terms), key=position.__getitem__)
                before.setdefault(first, []).append(load)
                before.setdefault(instr, []).extend(rest)
                replaced[instr] = rest[-1] if rest else load
        if replaced:
            _apply(function, block, before, replaced)


def count_uses(function: Function) -> dict[Value, int]:
    """How often each value is used."""
    uses: dict[Value, int] = {}
    for block in function.blocks:
        for instr in [*block.instrs, *([block.terminator] if block.terminator else [])]:
            for operand in instr.operands:
                uses[operand] = uses.get(operand, 0) + 1
    return uses


def undisturbed(block: Block, first: int, last: int, meets: Callable[[Instr], bool]) -> bool:
    """Whether nothing between two positions of a block may write what `meets` asks about."""
    return not any(meets(instr) for instr in block.instrs[first : last + 1])


def writes(instr: Instr, base: Value, offset: int, size: int, regions: Regions) -> bool:
    """Whether `instr` may write some of `size` bytes at `base + offset`."""
    clobber = clobber_of(instr)
    if clobber is None:
        return False
    if clobber.place is None:
        return True
    if clobber.base is base:
        return offset < clobber.offset + clobber.size and clobber.offset < offset + size
    return regions.may_meet(place_of(base, offset), size, clobber.place, clobber.size)


def _terms(value: Value, shift: int, room: int, terms: list[Term], block: Block, uses: dict[Value, int],
           inner: set[Instr], *, root: bool = False) -> bool:  # fmt: skip
    """Take `value`, whose lowest bit goes to bit `shift` of a value that keeps `room` bits, apart into loads."""
    if not isinstance(value, Instr) or value.block is not block or (not root and uses.get(value) != 1):
        return False
    match value:
        case Binary(op="or", operands=[a, b]):
            inner.add(value)
            return _terms(a, shift, room, terms, block, uses, inner) and _terms(b, shift, room, terms, block, uses, inner)
        case Binary(op="shl", operands=[a, Constant(value=amount)]):
            return _terms(a, shift + amount, min(room, shift + value.type.bits), terms, block, uses, inner)
        case Unary(op="zext", operands=[a]):
            return _terms(a, shift, min(room, shift + 32), terms, block, uses, inner)
        case Load(volatile=False, size=size) if shift + 8 * size <= room:
            terms.append((value, shift))
            return len(terms) <= 8
    return False


def _combined(root: Binary, terms: list[Term], block: Block, position: dict[Instr, int],
              regions: Regions, big_endian: bool) -> tuple[Load, list[Instr]] | None:  # fmt: skip
    base = terms[0][0].operands[0]
    if any(load.operands[0] is not base for load, _ in terms) or regions.region(place_of(base)[0]) is Region.CONTEXT:
        return None
    start = min(load.offset for load, _ in terms)
    size = sum(load.size for load, _ in terms)
    if size not in (2, 4, 8) or alignment(base, start, 1, regions) < size:
        return None
    little = {(load.offset - start, load.size): 8 * (load.offset - start) for load, _ in terms}
    big = {(load.offset - start, load.size): 8 * (size - (load.offset - start) - load.size) for load, _ in terms}
    if len(little) != len(terms) or sum(width for _, width in little) != size:
        return None
    shifts = {(load.offset - start, load.size): shift for load, shift in terms}
    covered = sorted(little)
    if any(a + width != b for (a, width), (b, _) in zip(covered, [*covered[1:], (size, 0)], strict=True)):
        return None
    straight, reverse = (big, little) if big_endian else (little, big)
    swapped = shifts == reverse and all(load.size == 1 for load, _ in terms)
    if shifts != straight and not swapped:
        return None
    places = [position[load] for load, _ in terms]
    if not undisturbed(block, min(places), max(places), lambda i: writes(i, base, start, size, regions)):
        return None
    load = Load(Ty.I64 if size == 8 else Ty.I32, base, start, size, span=root.span)
    steps: list[Instr] = []
    value: Instr = load
    if swapped:
        value = Unary(f"bswap{8 * size}", value, root.span)
        steps.append(value)
        if size == 2:
            value = Binary("and", value, Constant(Ty.I32, 0xFFFF), root.span)
            steps.append(value)
    if value.type is not root.type:
        steps.append(Unary("zext", value, root.span))
    for new in (load, *steps):
        new.block = block
    return load, steps


def _apply(function: Function, block: Block, before: dict[Instr, list[Instr]], replaced: dict[Value, Value]) -> None:
    out: list[Instr] = []
    for instr in block.instrs:
        out += before.get(instr, ())
        if instr not in replaced:
            out.append(instr)
    block.instrs = out
    for each in function.blocks:
        for instr in [*each.instrs, *([each.terminator] if each.terminator else [])]:
            operands = instr.operands
            for index, operand in enumerate(operands):
                if operand in replaced:
                    operands[index] = replaced[operand]

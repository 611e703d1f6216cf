"""Splits stack objects into the pieces that are used, so that promote can keep them in registers.

    >>> print(before_and_after(split_objects, '''
    ... function @f(ptr %0 "ctx", i32 %1 "x") -> i32 {
    ... .entry:
    ...   %2 = alloca 8, align 4, "pair"
    ...   memset %2, 0, size 8, align 4
    ...   store.4 [%2 + 4], %1
    ...   %3 = ptradd %2, 4
    ...   %4 = load.4 i32 [%3 + 0]
    ...   return %4
    ... }'''))
    function @f(ptr %0 "ctx", i32 %1 "x") -> i32 {
    .entry:
      %2 = alloca 4, align 4, "pair"
      store.4 [%2 + 0], 0
      store.4 [%2 + 0], %1
      %3 = load.4 i32 [%2 + 0]
      return %3
    }

An object is split if its address goes nowhere but into loads, stores, copies and fills at constant offsets. Loads and stores
cannot be cut; copies and fills can. So the pieces are the connected unions of loads and stores; a copy between two objects
carries the pieces of each to the other. What is copied out but never touched otherwise is cut into aligned words.
"""

from __future__ import annotations

from bisect import insort

from ..ir.cfg import remove_unreachable, reverse_postorder
from ..ir.model import Alloca, Constant, Function, Instr, Load, MemCopy, MemSet, PtrAdd, Store, Ty, Value
from .regions import Regions, alignment

# untouched bytes that are only copied through are worth registers up to this many
_MOST_COPIED = 32
Span = tuple[int, int]  # [begin, end) in bytes


def split_objects(function: Function) -> None:
    """Split every stack object that allows it."""
    remove_unreachable(function)  # elsewhere definitions come before uses
    objects = _find(function)
    if not objects:
        return
    _spread(objects)
    _Rewriter(function, objects).run()


class _Object:
    """A stack object: what points into it, its uncuttable pieces, and the copies and fills of it."""

    def __init__(self, alloca: Alloca) -> None:
        self.alloca = alloca
        self.pieces: list[Span] = []  # sorted, disjoint
        self.links: list[tuple[Span, _Object, int]] = []  # a copy: our bytes, the other object, its first byte
        self.copied_out: list[Span] = []
        self.parts: dict[Span, Alloca] = {}

    def add(self, span: Span) -> Span | None:
        """Make `span` part of one piece; None if it was already, else the piece that grew."""
        begin, end = span
        for piece in self.pieces:
            if piece[0] <= begin and end <= piece[1]:
                return None
        touching = [p for p in self.pieces if p[0] < end and begin < p[1]]
        for piece in touching:
            begin, end = min(begin, piece[0]), max(end, piece[1])
            self.pieces.remove(piece)
        insort(self.pieces, (begin, end))
        return begin, end


def _find(function: Function) -> dict[Value, _Object]:
    """The objects that can be split, with the loads and stores as pieces."""
    objects: dict[Value, _Object] = {
        instr: _Object(instr) for instr in function.blocks[0].instrs if isinstance(instr, Alloca) and instr.size
    }
    inside: dict[Value, tuple[Value, int]] = {alloca: (alloca, 0) for alloca in objects}
    if not objects:
        return objects
    copies: list[MemCopy] = []
    whole: set[Value] = set(objects)  # objects all of whose accesses are the same: nothing to split

    def use(address: Value, offset: int, size: int) -> tuple[_Object, Span] | None:
        if address not in inside:
            return None
        alloca, at = inside[address]
        found = objects.get(alloca)
        if found is None:
            return None
        begin = at + offset
        if begin < 0 or begin + size > found.alloca.size:
            del objects[alloca]
            return None
        if (begin, size) != (0, found.alloca.size):
            whole.discard(alloca)
        return found, (begin, begin + size)

    def lose(value: Value) -> None:
        if value in inside:
            objects.pop(inside[value][0], None)

    for block in reverse_postorder(function):
        for instr in block.instrs:
            match instr:
                case PtrAdd(operands=[base, Constant() as step]) if base in inside:
                    alloca, at = inside[base]
                    inside[instr] = (alloca, at + step.signed)
                    whole.discard(alloca)
                case Load(operands=[address], volatile=False):
                    if found := use(address, instr.offset, instr.size):
                        found[0].add(found[1])
                case Store(operands=[address, value], volatile=False):
                    lose(value)
                    if found := use(address, instr.offset, instr.size):
                        found[0].add(found[1])
                case MemSet(operands=[to, byte]):
                    if found := use(to, 0, instr.size):
                        whole.discard(found[0].alloca)
                        if not isinstance(byte, Constant):
                            lose(to)
                case MemCopy():
                    copies.append(instr)
                case _:
                    for operand in instr.operands:
                        lose(operand)
        if block.terminator is not None:
            for operand in block.terminator.operands:
                lose(operand)
    for copy in copies:
        ends = [use(address, 0, copy.size) for address in copy.operands]
        for end in ends:
            if end:
                whole.discard(end[0].alloca)
        if ends[0] and ends[1] and ends[0][0] is ends[1][0]:
            objects.pop(ends[0][0].alloca, None)
    for alloca in whole:
        objects.pop(alloca, None)
    # only now is it known which objects remain
    for copy in copies:
        written, read = (use(address, 0, copy.size) for address in copy.operands)
        if read:
            read[0].copied_out.append(read[1])
        if written and read:
            written[0].links.append((written[1], read[0], read[1][0]))
            read[0].links.append((read[1], written[0], written[1][0]))
    return objects


def _spread(objects: dict[Value, _Object]) -> None:
    """Carry pieces along copies until nothing changes, then cut what is only copied through, and carry that."""
    work = [(found, piece) for found in objects.values() for piece in found.pieces]
    _carry(work)
    for found in objects.values():
        for begin, end in found.copied_out:
            if end - begin <= _MOST_COPIED:
                for gap in _gaps(found.pieces, begin, end):
                    for word in _words(*gap, found.alloca.align):
                        if grown := found.add(word):
                            _carry([(found, grown)])
            else:
                for gap in _gaps(found.pieces, begin, end):
                    if grown := found.add(gap):
                        _carry([(found, grown)])


def _carry(work: list[tuple[_Object, Span]]) -> None:
    while work:
        found, (begin, end) = work.pop()
        for (first, last), other, start in found.links:
            low, high = max(begin, first), min(end, last)
            if low < high and (grown := other.add((low - first + start, high - first + start))):
                work.append((other, grown))


def _gaps(pieces: list[Span], begin: int, end: int) -> list[Span]:
    result = []
    for low, high in pieces:
        if high <= begin or low >= end:
            continue
        if begin < low:
            result.append((begin, low))
        begin = high
    if begin < end:
        result.append((begin, end))
    return result


def _words(begin: int, end: int, align: int) -> list[Span]:
    """[begin, end) in aligned words of 8, 4, 2 and 1 bytes."""
    result = []
    while begin < end:
        size = 8
        while begin % size or begin + size > end:
            size //= 2
        result.append((begin, begin + size))
        begin += size
    return result


class _Rewriter:
    """Replaces each object by an alloca for each piece."""

    def __init__(self, function: Function, objects: dict[Value, _Object]) -> None:
        self.function = function
        self.objects = objects
        self.inside: dict[Value, tuple[_Object, int]] = {}
        self.regions = Regions(function)
        self.out: list[Instr] = []
        self.at: Instr | None = None

    def run(self) -> None:
        entry = self.function.blocks[0]
        kept: list[Instr] = []
        for instr in entry.instrs:
            found = self.objects.get(instr)
            if found is None:
                kept.append(instr)
                continue
            self.inside[instr] = (found, 0)
            for begin, end in found.pieces:
                align = found.alloca.align if not begin else (begin | found.alloca.align) & -(begin | found.alloca.align)
                size = end - begin
                if size in (1, 2, 4, 8):
                    align = size  # it is an object of its own now: as aligned as its accesses like
                part = Alloca(size, align, found.alloca.name, found.alloca.span)
                part.block = entry
                found.parts[begin, end] = part
                kept.append(part)
        entry.instrs = kept
        for block in reverse_postorder(self.function):
            self.out = []
            for instr in block.instrs:
                self.at = instr
                self.visit(instr)
            block.instrs = self.out

    def visit(self, instr: Instr) -> None:
        match instr:
            case PtrAdd(operands=[base, Constant() as step]) if base in self.inside:
                found, at = self.inside[base]
                self.inside[instr] = (found, at + step.signed)
                return
            case Load() | Store() if instr.operands[0] in self.inside:
                found, at = self.inside[instr.operands[0]]
                ((begin, _), part), = self.overlaps(found, at + instr.offset, at + instr.offset + instr.size)
                instr.operands[0], instr.offset = part, at + instr.offset - begin
            case MemSet() if instr.operands[0] in self.inside:
                self.fill(instr)
                return
            case MemCopy() if instr.operands[0] in self.inside or instr.operands[1] in self.inside:
                self.copy(instr)
                return
        self.out.append(instr)

    def overlaps(self, found: _Object, begin: int, end: int) -> list[tuple[Span, Alloca]]:
        return [(span, part) for span, part in found.parts.items() if span[0] < end and begin < span[1]]

    def fill(self, instr: MemSet) -> None:
        found, at = self.inside[instr.operands[0]]
        byte = instr.operands[1]
        assert isinstance(byte, Constant)
        for (begin, end), part in self.overlaps(found, at, at + instr.size):
            low, high = max(begin, at), min(end, at + instr.size)
            size = end - begin
            if (low, high) == (begin, end) and size in (1, 2, 4, 8):
                value = int.from_bytes(bytes([byte.value & 255]) * size, "little")
                self.emit(Store(part, 0, size, Constant(Ty.I64 if size == 8 else Ty.I32, value)))
            else:
                self.emit(MemSet(self.advance(part, low - begin), byte, high - low, 1))

    def copy(self, instr: MemCopy) -> None:
        """Each piece by itself. A piece of one object lies in one piece of the other, if the other is split too."""
        to, source = (self.inside.get(operand) for operand in instr.operands)
        found, at = to or source or (None, 0)
        assert found is not None
        for (begin, end), _ in self.overlaps(found, at, at + instr.size):
            low, high = max(begin, at), min(end, at + instr.size)
            self.copy_bytes(instr, low - at, high - low)

    def copy_bytes(self, instr: MemCopy, first: int, size: int) -> None:
        sides: list[tuple[Value, int]] = []
        for operand in instr.operands:
            if operand not in self.inside:
                sides.append((operand, first))
                continue
            found, at = self.inside[operand]
            parts = self.overlaps(found, at + first, at + first + size)
            if not parts:
                return  # never read there
            ((begin, _), part), = parts
            sides.append((part, at + first - begin))
        (to, to_at), (source, source_at) = sides
        if size in (1, 2, 4, 8) and all(alignment(a, o, instr.align, self.regions) >= size for a, o in sides):
            load = Load(Ty.I64 if size == 8 else Ty.I32, source, source_at, size)
            self.emit(load)
            self.emit(Store(to, to_at, size, load))
        else:
            low = (first | instr.align) & -(first | instr.align) if first else instr.align
            self.emit(MemCopy(self.advance(to, to_at), self.advance(source, source_at), size, low, move=instr.move))

    def advance(self, base: Value, offset: int) -> Value:
        return base if not offset else self.emit(PtrAdd(base, Constant(Ty.I64, offset)))

    def emit(self, new: Instr) -> Instr:
        assert self.at is not None
        new.block, new.span = self.at.block, self.at.span
        self.out.append(new)
        return new



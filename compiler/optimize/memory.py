"""Facts about memory at a point of a function: which bytes hold which value."""

from __future__ import annotations

from collections.abc import Iterable

from ..ir.model import Binary, Block, Constant, Instr, Load, Phi, Store, Ty, Unary, Value
from .effects import Clobber, clobber_of
from .knownbits import KnownBits
from .regions import Place, Region, Regions, extent_of, place_of

# more facts than this make each store slow and are hardly ever used
_MOST_FACTS = 64
# (address as it stands in the instruction, offset, size)
Key = tuple[Value, int, int]


class Joined(Value):
    """What memory holds behind a join to which each way in brings a value of its own; a phi once a load needs it."""

    __slots__ = ("block", "values")

    def __init__(self, block: Block, values: list[Value]) -> None:
        self.block = block
        self.values = values

    def phi(self, type: Ty, current: Block, out: list[Instr]) -> Value | None:
        """The phi, in its block (`out`: the instructions of the current one), None if the values are of several types."""
        values = [value.phi(type, current, out) if isinstance(value, Joined) else value for value in self.values]
        types = {value.type for value in values if value is not None and not isinstance(value, Constant)} or {type}
        if None in values or len(types) > 1:
            return None
        (common,) = types
        made = Phi(common, [Constant(common, v.value & common.mask) if isinstance(v, Constant) else v for v in values if v])
        made.block, made.span = self.block, None
        (out if self.block is current else self.block.instrs).insert(0, made)
        return made


class MemoryFacts:
    """`facts[root][key]` is the value (as loaded or stored, maybe wider than its size) of the bytes of `key`."""

    __slots__ = ("count", "facts", "regions")

    def __init__(self, regions: Regions) -> None:
        self.regions = regions
        self.facts: dict[Value, dict[Key, Value]] = {}
        self.count = 0

    def copy(self) -> MemoryFacts:
        """The same facts, to be changed by themselves."""
        new = MemoryFacts(self.regions)
        new.facts = {root: dict(inner) for root, inner in self.facts.items()}
        new.count = self.count
        return new

    @staticmethod
    def common(several: Iterable[MemoryFacts], join: Block | None) -> MemoryFacts:
        """The facts that all of `several` have; where values differ, what becomes a phi in `join`, if all ways in are known."""
        first, *rest = several
        new = first.copy()
        for root in list(new.facts):
            mine = new.facts[root]
            theirs = [other.facts.get(root, {}) for other in rest]
            for key, value in list(mine.items()):
                others = [found for other in theirs if (found := other.get(key)) is not None]
                if len(others) < len(rest):
                    del mine[key]
                elif not all(_same(other, value) for other in others):
                    if join is None:
                        del mine[key]
                    else:
                        mine[key] = Joined(join, [value, *others])
            if not mine:
                del new.facts[root]
        new.count = sum(map(len, new.facts.values()))
        return new

    def load(self, load: Load, out: list[Instr]) -> Value | None:
        """The value that `load` gives, if it is known (a conversion may be appended to `out`); else notes it."""
        key = (load.operands[0], load.offset, load.size)
        root = place_of(load.operands[0])[0]
        known = self.facts.get(root, {}).get(key)
        if isinstance(known, Joined):
            known = known.phi(load.type, load.block, out)
            if known is not None:
                self.facts[root][key] = known
        if known is None:
            self._note(root, key, load)
            return None
        return _converted(known, load, out)

    def store(self, store: Store) -> bool:
        """Take note of a store; True if it writes what is there already."""
        key = (store.operands[0], store.offset, store.size)
        place = place_of(store.operands[0], store.offset)
        value = store.operands[1]
        if not store.volatile and _same(self.facts.get(place[0], {}).get(key), value):
            return True
        clobber = clobber_of(store)
        assert clobber is not None
        self.clobber(clobber)
        if not store.volatile:
            self._note(place[0], key, value)
        return False

    def clobber(self, clobber: Clobber) -> None:
        """Forget what may have changed."""
        if clobber.place is None:
            for root in list(self.facts):
                if self._gone(root, clobber):
                    del self.facts[root]
        else:
            for root in list(self.facts):
                if root is clobber.place[0]:
                    inner = self.facts[root]
                    for key in [k for k in inner if self._meets(k, root, clobber)]:
                        del inner[key]
                elif self.regions.may_meet((root, None), 0, clobber.place, clobber.size):
                    del self.facts[root]
        self.count = sum(map(len, self.facts.values()))

    def _gone(self, root: Value, clobber: Clobber) -> bool:
        """Whether memory at `root` may change by a clobber that has no one place."""
        regions = self.regions
        kind = regions.region(root)
        if kind in clobber.regions or (root in regions.captured and Region.UNKNOWN in clobber.regions):
            return True
        return any(regions.may_meet((root, None), 0, (other, None), 0) for other in clobber.passed)

    def _meets(self, key: Key, root: Value, clobber: Clobber) -> bool:
        address, offset, size = key
        assert clobber.place is not None
        if address is clobber.base:
            return offset < clobber.offset + clobber.size and clobber.offset < offset + size
        there: Place = place_of(address, offset)
        if None in (there[1], clobber.place[1]) and clobber.base is not None:
            bits = KnownBits()
            start, end = extent_of(address, offset, size, bits)
            low, high = extent_of(clobber.base, clobber.offset, clobber.size, bits)
            return start < high and low < end
        return self.regions.may_meet(there, size, clobber.place, clobber.size)

    def _note(self, root: Value, key: Key, value: Value) -> None:
        if self.count >= _MOST_FACTS:
            self.facts.clear()
            self.count = 0
        inner = self.facts.setdefault(root, {})
        self.count += key not in inner
        inner[key] = value


def _same(a: Value | None, b: Value) -> bool:
    return a is b or (isinstance(a, Constant) and a == b)


def _converted(value: Value, load: Load, out: list[Instr]) -> Value:
    """`value` (loaded or stored there) as `load` would give it."""

    def insert(new: Instr) -> Instr:
        new.block, new.span = load.block, load.span
        out.append(new)
        return new

    if load.size == 8:
        if value.type is load.type:
            return value
        if isinstance(value, Constant):
            return Constant(load.type, value.value)
        return insert(Unary("inttoptr" if load.type is Ty.PTR else "ptrtoint", value))
    mask = (1 << 8 * load.size) - 1
    if isinstance(value, Constant):
        return Constant(Ty.I32, value.value & mask)
    if value.type is Ty.I64:
        value = insert(Unary("trunc", value))
    if KnownBits().may(value) & ~mask:
        value = insert(Binary("and", value, Constant(Ty.I32, mask)))
    return value

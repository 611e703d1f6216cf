"""Stack objects that are only read and written whole become SSA values (Cytron et al., with phis where the object is live).

    >>> print(before_and_after(promote, '''
    ... function @f(i32 %0 "x") -> i32 {
    ... .entry:
    ...   %1 = alloca 4, align 4, "y"
    ...   store.4 [%1 + 0], 7
    ...   branch %0, .then, .end
    ... .then from .entry:
    ...   store.4 [%1 + 0], %0
    ...   jump .end
    ... .end from .entry, .then:
    ...   %2 = load.4 i32 [%1 + 0]
    ...   return %2
    ... }'''))
    function @f(i32 %0 "x") -> i32 {
    .entry:
      branch %0, .then, .end
    .then from .entry:
      jump .end
    .end from .entry, .then:
      %1 = phi i32 [.entry: 7, .then: %0] "y"
      return %1
    }
"""

from __future__ import annotations

from ..ir.dominators import DominatorTree
from ..ir.model import Alloca, Binary, Block, Constant, Function, Instr, Load, Phi, Store, Ty, Unary, Undef, Value


def promote(function: Function) -> None:
    """Promote every stack object that allows it."""
    objects = _candidates(function)
    if objects:
        _Promoter(function, objects).run()


def _candidates(function: Function) -> dict[Value, Ty]:
    """The promotable stack objects and the type of the variable each becomes."""
    sizes: dict[Value, int] = {}
    types: dict[Value, set[Ty]] = {}
    for instr in function.blocks[0].instrs:
        if isinstance(instr, Alloca):
            sizes[instr] = 0
            types[instr] = set()
    if not sizes:
        return {}
    for block in function.blocks:
        for instr in block.instrs:
            match instr:
                case Load(operands=[address], offset=0, volatile=False, size=size) if address in sizes:
                    if sizes[address] not in (0, size):
                        del sizes[address]
                    else:
                        sizes[address] = size
                        types[address].add(instr.type)
                case Store(operands=[address, value], offset=0, volatile=False, size=size) if address in sizes:
                    sizes.pop(value, None)
                    if sizes.get(address) not in (0, size):
                        sizes.pop(address, None)
                    else:
                        sizes[address] = size
                        types[address].add(value.type)
                case _:
                    for operand in instr.operands:
                        sizes.pop(operand, None)
        if block.terminator is not None:
            for operand in block.terminator.operands:
                sizes.pop(operand, None)
    result: dict[Value, Ty] = {}
    for alloca, size in sizes.items():
        narrow = Ty.I64 if size == 8 else Ty.I32
        result[alloca] = Ty.PTR if types[alloca] == {Ty.PTR} else narrow
    return result


class _Promoter:
    def __init__(self, function: Function, objects: dict[Value, Ty]) -> None:
        self.function = function
        self.objects = objects
        self.tree = DominatorTree(function)
        self.phis: dict[Block, list[tuple[Alloca, Phi]]] = {}
        self.now: dict[Value, Value] = {alloca: Undef(type) for alloca, type in objects.items()}
        self.replaced: dict[Value, Value] = {}

    def run(self) -> None:
        self.place_phis()
        self.rename()
        replaced = self.replaced
        for block in self.function.blocks:
            for instr in [*block.instrs, *([block.terminator] if block.terminator else [])]:
                for index, operand in enumerate(instr.operands):
                    if operand in replaced:
                        while operand in replaced:
                            operand = replaced[operand]
                        instr.operands[index] = operand

    def place_phis(self) -> None:
        stores: dict[Value, set[Block]] = {alloca: set() for alloca in self.objects}
        exposed: dict[Value, list[Block]] = {alloca: [] for alloca in self.objects}
        for block in self.tree.order:
            written: set[Value] = set()
            for instr in block.instrs:
                if isinstance(instr, Store):
                    address = instr.operands[0]
                    if address in stores:
                        stores[address].add(block)
                        written.add(address)
                elif isinstance(instr, Load):
                    address = instr.operands[0]
                    if address in exposed and address not in written:
                        written.add(address)  # once a block is enough
                        exposed[address].append(block)
        frontiers: dict[Block, set[Block]] | None = None
        number = self.tree.number
        for alloca, type in self.objects.items():
            if not exposed[alloca]:
                continue
            live = self.live_in(stores[alloca], exposed[alloca])
            frontiers = frontiers or self.tree.frontiers()
            work = list(stores[alloca])
            placed: set[Block] = set()
            while work:
                for block in frontiers[work.pop()]:
                    if block not in placed and block in live:
                        placed.add(block)
                        if block not in stores[alloca]:
                            work.append(block)
            assert isinstance(alloca, Alloca)
            for block in sorted(placed, key=number.__getitem__):
                phi = Phi(type, [Undef(type)] * len(block.predecessors), alloca.name, alloca.span)
                phi.block = block
                self.phis.setdefault(block, []).append((alloca, phi))

    def live_in(self, stores: set[Block], exposed: list[Block]) -> set[Block]:
        live = set(exposed)
        work = list(exposed)
        while work:
            for before in work.pop().predecessors:
                if before not in live and before not in stores and before in self.tree.number:
                    live.add(before)
                    work.append(before)
        return live

    def rename(self) -> None:
        """Walk the dominator tree; `undo` restores what a block's dominated blocks saw."""
        stack: list[tuple[Block, bool]] = [(self.function.blocks[0], False)]
        undo: list[list[tuple[Value, Value]]] = []
        while stack:
            block, done = stack.pop()
            if done:
                for alloca, value in reversed(undo.pop()):
                    self.now[alloca] = value
                continue
            undo.append([])
            self.block(block, undo[-1])
            stack.append((block, True))
            stack.extend((child, False) for child in reversed(self.tree.children[block]))
        for block in self.function.blocks:
            if block not in self.tree.number:  # never runs, but must stay valid
                self.block(block, [])
        for block, phis in self.phis.items():
            block.instrs[:0] = [phi for _, phi in phis]

    def block(self, block: Block, undo: list[tuple[Value, Value]]) -> None:
        now = self.now

        def define(alloca: Value, value: Value) -> None:
            undo.append((alloca, now[alloca]))
            now[alloca] = value

        for alloca, phi in self.phis.get(block, ()):
            define(alloca, phi)
        kept: list[Instr] = []
        for instr in block.instrs:
            match instr:
                case Alloca() if instr in self.objects:
                    continue
                case Load(operands=[address]) if address in self.objects:
                    value = now[address]
                    while value in self.replaced:
                        value = self.replaced[value]
                    if value.type is not instr.type:
                        value = _insert(Unary("inttoptr", value), instr, kept)
                    self.replaced[instr] = value
                case Store(operands=[address, value], size=size) if address in self.objects:
                    define(address, _stored(value, size, self.objects[address], instr, kept))
                case _:
                    kept.append(instr)
        block.instrs = kept
        for successor in dict.fromkeys(block.successors()):
            for alloca, phi in self.phis.get(successor, ()):
                for index, before in enumerate(successor.predecessors):
                    if before is block:
                        phi.operands[index] = now[alloca]


def _stored(value: Value, size: int, type: Ty, at: Instr, out: list[Instr]) -> Value:
    """What a load of `size` bytes gives after a store of `value`."""
    if value.type is Ty.PTR and type is Ty.I64:
        return _insert(Unary("ptrtoint", value), at, out)
    if value.type is Ty.I64 and type is Ty.I32:
        value = _insert(Unary("trunc", value), at, out)
    if size < 4:
        return _insert(Binary("and", value, Constant(Ty.I32, (1 << 8 * size) - 1)), at, out)
    return value


def _insert(new: Instr, at: Instr, out: list[Instr]) -> Instr:
    new.block, new.span = at.block, at.span
    out.append(new)
    return new

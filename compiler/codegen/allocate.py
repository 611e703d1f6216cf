"""`allocate`: virtual registers to r0-r9, by coloring the interference graph (Chaitin, Briggs, George and Appel).

    limit      `spill.limit_pressure` leaves no more values live at once than there are registers
    build      who is live while another is written; calls write r0-r5, so what lives across one gets r6-r9
    coalesce   registers joined by a move become one, where that cannot make the graph harder to color
    color      simplify by degree, optimistically; color back to front, liking the color of a move's other end
    spill      what got no color nevertheless lives in a stack slot, or is made again at each use; then all over again

A register's neighbours are a set of virtual registers and, as bits, the real ones it may not have. With the pressure
limited there are at most ten for each register, so that the graph grows with the function only.
"""

from __future__ import annotations

from .liveness import bits, live_out
from .machine import (
    ALLOCATABLE,
    CALL,
    CALLER_SAVED,
    FIRST_VIRTUAL,
    FRAME,
    SET,
    AsmCode,
    FrameObject,
    Instr,
    MachineFunction,
)
from .spill import REMATERIALIZED, SLOT, SPILL_NAME, limit_pressure, reload, store

_LOOP_WEIGHT = 8
_ALL = (1 << ALLOCATABLE) - 1


def allocate(function: MachineFunction) -> None:
    """Give every virtual register of `function` a real one; spill code and frame objects are added as needed."""
    limit_pressure(function)
    unspillable: set[int] = set()
    while True:
        graph = _Graph(function, unspillable)
        failed = graph.color()
        if not failed:
            graph.rewrite()
            return
        unspillable |= _spill(function, failed)


class _Graph:
    """One round of building, coalescing and coloring."""

    def __init__(self, function: MachineFunction, unspillable: set[int]) -> None:
        self.function = function
        self.unspillable = set(unspillable)
        self.adjacent: dict[int, set[int]] = {}
        self.forbidden: dict[int, int] = {}
        self.alias: dict[int, int] = {}
        self.cost: dict[int, int] = {}
        self.moves: list[tuple[int, int, int]] = []  # weight, one end, other end
        self.colors: dict[int, int] = {}
        self._build()
        self._coalesce()

    def find(self, register: int) -> int:
        """The register that stands for `register` after coalescing."""
        alias = self.alias
        while register in alias:
            above = alias[register]
            if above in alias:
                alias[register] = alias[above]
            register = above
        return register

    def degree(self, register: int) -> int:
        """How many colors the neighbours of a virtual register may take."""
        return len(self.adjacent[register]) + self.forbidden[register].bit_count()

    # --- building -------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        out = live_out(self.function)
        for block in self.function.blocks:
            mask = out[block]
            fixed = mask & _ALL
            live = set(bits(mask >> FIRST_VIRTUAL << FIRST_VIRTUAL))
            for register in live:
                self._know(register)
            weight = _LOOP_WEIGHT ** min(block.depth, 4)
            kept: list[Instr] = []
            for instr in reversed(block.all()):
                written = instr.defines()
                if instr.is_pure and written not in live and not (written < ALLOCATABLE and fixed >> written & 1):
                    continue  # nobody reads it
                if instr.is_move and instr.dst == instr.src:
                    continue
                fixed = self._step(instr, written, live, fixed, weight)
                kept.append(instr)
            kept.reverse()
            block.instrs = kept if block.branch is None else kept[:-1]

    def _know(self, register: int) -> None:
        if register not in self.adjacent:
            self.adjacent[register] = set()
            self.forbidden[register] = 0
            self.cost[register] = 0

    def _step(self, instr: Instr, written: int, live: set[int], fixed: int, weight: int) -> int:
        """Note the interferences of one instruction, live sets being those behind it; makes them those before it."""
        used = instr.uses()
        if instr.asm is not None:
            return self._asm(instr.asm, live, fixed, weight)
        aside = -1
        if instr.is_move:
            self.moves.append((weight, instr.dst, instr.src))
            aside = instr.src
        elif instr.op >= SET:  # it writes its result before it reads
            self._meet(written, [r for r in used if r >= FIRST_VIRTUAL], 0)
        if instr.op == CALL:
            for register in live:
                self.forbidden[register] |= CALLER_SAVED
            fixed &= ~CALLER_SAVED
        elif written >= FIRST_VIRTUAL:
            self._know(written)
            self._meet(written, [r for r in live if r != aside], fixed & ~(1 << aside) if 0 <= aside < ALLOCATABLE else fixed)
            self.cost[written] += weight
            live.discard(written)
        elif written >= 0:
            for register in live:
                if register != aside:
                    self.forbidden[register] |= 1 << written
            fixed &= ~(1 << written)
        for register in used:
            if register >= FIRST_VIRTUAL:
                self._know(register)
                self.cost[register] += weight
                live.add(register)
            elif register < ALLOCATABLE:
                fixed |= 1 << register
        return fixed

    def _asm(self, asm: AsmCode, live: set[int], fixed: int, weight: int) -> int:
        """`_step` for inline assembly: several results, and registers that nothing may be in meanwhile."""
        written = {register for register in asm.writes if register >= FIRST_VIRTUAL}
        pinned = sum(1 << register for register in asm.writes if register < FIRST_VIRTUAL)
        for register in written:
            self._know(register)
            self._meet(register, [*live, *written], fixed | asm.clobbers | pinned)
            self.cost[register] += weight
        live -= written
        for register in live:
            self.forbidden[register] |= asm.clobbers | pinned
        fixed &= ~(asm.clobbers | pinned)
        taken = sum(1 << register for register in asm.reads if register < FIRST_VIRTUAL)
        fixed |= taken
        reads = [register for register in asm.reads if register >= FIRST_VIRTUAL]
        for register in reads:
            self._know(register)
            self.forbidden[register] |= asm.clobbers
            self.cost[register] += weight
            live.add(register)
        for register in asm.early:
            if register >= FIRST_VIRTUAL:
                self._meet(register, reads, taken)
            else:
                for other in reads:
                    self.forbidden[other] |= 1 << register
        return fixed

    def _meet(self, register: int, others: list[int], fixed: int) -> None:
        self._know(register)
        mine = self.adjacent[register]
        for other in others:
            if other != register:
                self._know(other)
                mine.add(other)
                self.adjacent[other].add(register)
        self.forbidden[register] |= fixed

    # --- coalescing -----------------------------------------------------------------------------------------------

    def _coalesce(self) -> None:
        self.moves.sort(key=lambda move: -move[0])
        pending = self.moves
        changed = True
        while changed:
            changed = False
            left = []
            for move in pending:
                a, b = self.find(move[1]), self.find(move[2])
                if b < FIRST_VIRTUAL:
                    a, b = b, a
                if a in (b, FRAME) or b < FIRST_VIRTUAL:
                    continue
                if self.forbidden[b] >> a & 1 if a < FIRST_VIRTUAL else a in self.adjacent[b]:
                    continue
                if self._safe(a, b):
                    self._merge(a, b)
                    changed = True
                else:
                    left.append(move)
            pending = left

    def _safe(self, a: int, b: int) -> bool:
        """George's test where `a` is a real register, Briggs' otherwise: the graph stays as easy to color."""
        adjacent, forbidden = self.adjacent, self.forbidden
        if a < FIRST_VIRTUAL:
            return all(forbidden[other] >> a & 1 or self.degree(other) < ALLOCATABLE for other in adjacent[b])
        significant = (forbidden[a] | forbidden[b]).bit_count()
        mine, theirs = adjacent[a], adjacent[b]
        for other in mine | theirs:
            if self.degree(other) - (other in mine and other in theirs) >= ALLOCATABLE:
                significant += 1
        return significant < ALLOCATABLE

    def _merge(self, a: int, b: int) -> None:
        """`b` becomes `a`."""
        adjacent = self.adjacent
        self.alias[b] = a
        if a < FIRST_VIRTUAL:
            for other in adjacent[b]:
                self.forbidden[other] |= 1 << a
                adjacent[other].discard(b)
        else:
            for other in adjacent[b]:
                adjacent[other].discard(b)
                adjacent[other].add(a)
            adjacent[a] |= adjacent[b]
            self.forbidden[a] |= self.forbidden[b]
            self.cost[a] += self.cost[b]
            if b not in self.unspillable:
                self.unspillable.discard(a)
        del adjacent[b]

    # --- coloring -------------------------------------------------------------------------------------------------

    def color(self) -> list[int]:
        """Color; the registers that got no color (with all that were coalesced into them), or []."""
        adjacent, forbidden = self.adjacent, self.forbidden
        stack = self._simplify()
        likes: dict[int, list[int]] = {}
        for _, one, two in self.moves:
            a, b = self.find(one), self.find(two)
            if a != b:
                likes.setdefault(a, []).append(b)
                likes.setdefault(b, []).append(a)
        colors = self.colors = {register: register for register in range(ALLOCATABLE)}
        failed = []
        for register in reversed(stack):
            taken = forbidden[register]
            for other in adjacent[register]:
                color = colors.get(other)
                if color is not None:
                    taken |= 1 << color
            free = ~taken & _ALL
            if not free:
                failed.append(register)
                continue
            colors[register] = self._choose(register, free, likes, colors)
        if failed:
            roots = {self._victim(register) for register in failed}
            return [r for r in [*adjacent, *self.alias] if r >= FIRST_VIRTUAL and self.find(r) in roots]
        return []

    def _simplify(self) -> list[int]:
        """The registers in the order in which they leave the graph; hard ones are taken out optimistically."""
        adjacent = self.adjacent
        left = dict.fromkeys(sorted(adjacent))
        degree = {register: self.degree(register) for register in left}
        low = [register for register in left if degree[register] < ALLOCATABLE]
        stack: list[int] = []
        while left:
            if low:
                register = low.pop()
                if register not in left:
                    continue
            else:
                register = min(left, key=lambda r: (r in self.unspillable, self.cost[r] / (degree[r] or 1), r))
            del left[register]
            stack.append(register)
            for other in adjacent[register]:
                if other in left:
                    degree[other] -= 1
                    if degree[other] == ALLOCATABLE - 1:
                        low.append(other)
        return stack

    def _victim(self, register: int) -> int:
        """What to spill so that `register` gets a color: itself, or for one that spilling made, its cheapest neighbour."""
        if register not in self.unspillable:
            return register
        around = [r for r in self.adjacent[register] if r not in self.unspillable]
        return min(around, key=lambda r: (self.cost[r] / (self.degree(r) or 1), r), default=register)

    def _choose(self, register: int, free: int, likes: dict[int, list[int]], colors: dict[int, int]) -> int:
        for other in likes.get(register, ()):
            color = colors.get(other)
            if color is not None and free >> color & 1:
                return color
        # a neighbour's wish is left to the neighbour, if something else is free
        wished = 0
        for neighbour in self.adjacent[register]:
            if neighbour not in colors:
                for other in likes.get(neighbour, ()):
                    color = colors.get(other)
                    if color is not None:
                        wished |= 1 << color
        # a partner that is still without color should be able to follow
        for other in likes.get(register, ()):
            if other not in colors and other >= FIRST_VIRTUAL:
                wished |= self.forbidden[other]
        best = free & ~wished or free
        return (best & -best).bit_length() - 1

    def rewrite(self) -> None:
        """Put the colors into the instructions, and drop moves that have become empty."""
        names = {r: self.colors[self.find(r)] for r in [*self.adjacent, *self.alias]}
        for block in self.function.blocks:
            kept = []
            for instr in block.instrs:
                instr.rewrite(names, names)
                if not (instr.is_move and instr.dst == instr.src):
                    kept.append(instr)
            block.instrs = kept
            if block.branch is not None:
                block.branch.rewrite(names, names)


def _spill(function: MachineFunction, registers: list[int]) -> set[int]:
    """Move registers to memory: loads before uses, stores after definitions. Returns the short-lived new registers."""
    victims = set(registers)
    made: dict[int, list[Instr]] = {register: [] for register in registers}
    for block in function.blocks:
        for instr in block.instrs:
            for register in instr.writes():
                if register in victims:
                    made[register].append(instr)
    # only a register set once, by something that can be done again anywhere, needs no slot
    again = {r: d[0] for r, d in made.items() if len(d) == 1 and d[0].op in REMATERIALIZED}
    slots: dict[int, int] = {}
    for register in victims - again.keys():
        slots[register] = len(function.frame)
        function.frame.append(FrameObject(SPILL_NAME, SLOT, SLOT, function.span, spill=True))
    fresh: set[int] = set()
    for block in function.blocks:
        out: list[Instr] = []
        for instr in block.all():
            use: dict[int, int] = {}
            for register in dict.fromkeys(r for r in instr.uses() if r in victims):
                use[register] = function.new_register()
                out.append(reload(again.get(register), slots.get(register, -1), use[register], instr))
            define: dict[int, int] = {}
            for defined in instr.writes():
                if defined in victims:
                    define[defined] = use.get(defined) or function.new_register()
            if define.keys() & again.keys():
                continue
            fresh.update(use.values(), define.values())
            instr.rewrite(use, define)
            out.append(instr)
            out += [store(slots[defined], register, instr) for defined, register in define.items()]
        if block.branch is not None:
            out.remove(block.branch)
        block.instrs = out
    return fresh

"""`allocate`: virtual registers to r0-r9, by coloring the interference graph (Chaitin, Briggs, George and Appel).

    build      who is live while another is written; calls write r0-r5, so what lives across one gets r6-r9
    coalesce   registers joined by a move become one, where that cannot make the graph harder to color
    color      simplify by degree, optimistically; color back to front, liking the color of a move's other end
    spill      what got no color lives in an 8-byte stack slot (the verifier tracks no other size), or, if it is a
               constant or an address, is made again at each use; then all over again

Pointers with a variable part are never made again: the verifier would not know the new one's bounds.
"""

from __future__ import annotations

from ..object import isa
from .liveness import bits, definitions, live_out
from .machine import (
    ALLOCATABLE,
    FIRST_VIRTUAL,
    FRAME,
    LEA,
    MOV32_K,
    MOV_K,
    FrameObject,
    Instr,
    MachineFunction,
)

_SLOT = 8
_REMATERIALIZED = frozenset({MOV_K, MOV32_K, LEA, isa.LDDW})
_LOOP_WEIGHT = 8


def allocate(function: MachineFunction) -> None:
    """Give every virtual register of `function` a real one; spill code and frame objects are added as needed."""
    unspillable = 0
    while True:
        graph = _Graph(function, unspillable)
        failed = graph.color()
        if not failed:
            graph.rewrite()
            return
        unspillable |= _spill(function, failed)


class _Graph:
    """One round of building, coalescing and coloring."""

    def __init__(self, function: MachineFunction, unspillable: int) -> None:
        self.function = function
        self.unspillable = unspillable
        count = function.registers
        self.adjacent = [0] * count
        self.alias = list(range(count))
        self.cost = [0] * count
        self.moves: list[tuple[int, int, int]] = []  # weight, one end, other end
        self.present = 0
        self._build()
        self._coalesce()

    def find(self, register: int) -> int:
        """The register that stands for `register` after coalescing."""
        alias = self.alias
        while alias[register] != register:
            alias[register] = alias[alias[register]]
            register = alias[register]
        return register

    def _build(self) -> None:
        adjacent, cost = self.adjacent, self.cost
        out = live_out(self.function)
        fixed = (1 << ALLOCATABLE) - 1
        for block in self.function.blocks:
            live = out[block]
            weight = _LOOP_WEIGHT ** min(block.depth, 4)
            kept: list[Instr] = []
            for instr in reversed(block.all()):
                written = definitions(instr)
                if instr.is_pure and not written & live:
                    continue  # nobody reads it
                used = instr.uses()
                if instr.is_move:
                    if instr.dst == instr.src:
                        continue
                    self.moves.append((weight, instr.dst, instr.src))
                    around = live & ~(1 << instr.src)
                elif instr.op >= LEA + 1:  # SET writes its result before it reads
                    around = live
                    for register in used:
                        around |= 1 << register
                else:
                    around = live
                for register in bits(written):
                    others = around & ~(1 << register)
                    adjacent[register] |= others
                    cost[register] += weight
                live &= ~written
                for register in used:
                    live |= 1 << register
                    cost[register] += weight
                kept.append(instr)
                self.present |= written | live
            kept.reverse()
            if block.branch is not None:
                block.instrs = kept[:-1]
            else:
                block.instrs = kept
        # edges were noted at one end only: mirror them
        for register in bits(self.present):
            for other in bits(adjacent[register]):
                adjacent[other] |= 1 << register
        clear = ~(1 << FRAME)
        for register in range(ALLOCATABLE):
            adjacent[register] |= fixed & ~(1 << register)
        for register in bits(self.present):
            adjacent[register] &= clear
        self.present &= clear

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
                if a == b:
                    continue
                if b < FIRST_VIRTUAL:
                    a, b = b, a
                if b < FIRST_VIRTUAL or a == FRAME or self.adjacent[a] >> b & 1:
                    continue
                if self._safe(a, b):
                    self._merge(a, b)
                    changed = True
                else:
                    left.append(move)
            pending = left

    def _safe(self, a: int, b: int) -> bool:
        """George's test where `a` is a real register, Briggs' otherwise: the graph stays as easy to color."""
        adjacent = self.adjacent
        if a < FIRST_VIRTUAL:
            for other in bits(adjacent[b] & ~adjacent[a]):
                if other >= FIRST_VIRTUAL and adjacent[other].bit_count() >= ALLOCATABLE:
                    return False
            return True
        union = adjacent[a] | adjacent[b]
        if union.bit_count() < ALLOCATABLE:
            return True
        shared = adjacent[a] & adjacent[b]
        significant = 0
        for other in bits(union):
            degree = adjacent[other].bit_count() - (shared >> other & 1)
            if degree >= ALLOCATABLE or other < FIRST_VIRTUAL:
                significant += 1
                if significant >= ALLOCATABLE:
                    return False
        return True

    def _merge(self, a: int, b: int) -> None:
        """`b` becomes `a`."""
        adjacent = self.adjacent
        self.alias[b] = a
        for other in bits(adjacent[b]):
            adjacent[other] = adjacent[other] & ~(1 << b) | 1 << a
        adjacent[a] |= adjacent[b]
        adjacent[b] = 0
        self.cost[a] += self.cost[b]
        self.present &= ~(1 << b)
        if not self.unspillable >> b & 1:
            self.unspillable &= ~(1 << a)

    # --- coloring -------------------------------------------------------------------------------------------------

    def color(self) -> list[int]:
        """Color; the registers that got no color (with all that were coalesced into them), or []."""
        adjacent = self.adjacent
        left = {register for register in bits(self.present) if register >= FIRST_VIRTUAL}
        remaining = self.present
        degree = {register: adjacent[register].bit_count() for register in left}
        low = [register for register in left if degree[register] < ALLOCATABLE]
        stack: list[int] = []
        while left:
            if low:
                register = low.pop()
                if register not in left:
                    continue
            else:
                register = min(left, key=lambda r: (self.unspillable >> r & 1, self.cost[r] / (degree[r] or 1), r))
            left.discard(register)
            stack.append(register)
            remaining &= ~(1 << register)
            for other in bits(adjacent[register] & remaining):
                if other in left:
                    degree[other] -= 1
                    if degree[other] == ALLOCATABLE - 1:
                        low.append(other)
        likes: dict[int, list[int]] = {}
        for _, one, two in self.moves:
            a, b = self.find(one), self.find(two)
            if a != b:
                likes.setdefault(a, []).append(b)
                likes.setdefault(b, []).append(a)
        colors = {register: register for register in range(ALLOCATABLE)}
        failed = []
        for register in reversed(stack):
            taken = 0
            for other in bits(adjacent[register]):
                color = colors.get(other)
                if color is not None:
                    taken |= 1 << color
            free = ~taken & (1 << ALLOCATABLE) - 1
            if not free:
                failed.append(register)
                continue
            colors[register] = self._choose(register, free, likes, colors)
        self.colors = colors
        if failed:
            roots = {self._victim(register) for register in failed}
            return [r for r in range(FIRST_VIRTUAL, len(self.alias)) if self.find(r) in roots]
        return []

    def _victim(self, register: int) -> int:
        """What to spill so that `register` gets a color: itself, or for one that spilling made, its cheapest neighbour."""
        if not self.unspillable >> register & 1:
            return register
        around = [r for r in bits(self.adjacent[register]) if r >= FIRST_VIRTUAL and not self.unspillable >> r & 1]
        return min(around, key=lambda r: (self.cost[r] / (self.adjacent[r].bit_count() or 1), r), default=register)

    def _choose(self, register: int, free: int, likes: dict[int, list[int]], colors: dict[int, int]) -> int:
        for other in likes.get(register, ()):
            color = colors.get(other)
            if color is not None and free >> color & 1:
                return color
        # a neighbour's wish is left to the neighbour, if something else is free
        return (free & -free).bit_length() - 1

    def rewrite(self) -> None:
        """Put the colors into the instructions, and drop moves that have become empty."""
        names = {r: self.colors[self.find(r)] for r in range(FIRST_VIRTUAL, len(self.alias)) if self.find(r) in self.colors}
        for block in self.function.blocks:
            kept = []
            for instr in block.instrs:
                instr.rewrite(names, names)
                if not (instr.is_move and instr.dst == instr.src):
                    kept.append(instr)
            block.instrs = kept
            if block.branch is not None:
                block.branch.rewrite(names, names)


def _spill(function: MachineFunction, registers: list[int]) -> int:
    """Move registers to memory: loads before uses, stores after definitions. The short-lived new registers, as bits."""
    victims = set(registers)
    made: dict[int, list[Instr]] = {register: [] for register in registers}
    for block in function.blocks:
        for instr in block.instrs:
            register = instr.defines()
            if register in victims:
                made[register].append(instr)
    # only a register set once, by something that can be done again anywhere, needs no slot
    again = {r: d[0] for r, d in made.items() if len(d) == 1 and d[0].op in _REMATERIALIZED}
    slots: dict[int, int] = {}
    fresh = 0
    for block in function.blocks:
        out: list[Instr] = []
        for instr in block.all():
            used = {r for r in instr.uses() if r in victims}
            defined = instr.defines()
            use: dict[int, int] = {}
            for register in used:
                temporary = function.new_register()
                fresh |= 1 << temporary
                use[register] = temporary
                if register in again:
                    out.append(_copy(again[register], temporary, instr))
                else:
                    out.append(_access(function, slots, register, temporary, instr, load=True))
            define: dict[int, int] = {}
            if defined in victims:
                if defined in again:
                    continue
                temporary = use.get(defined) or function.new_register()
                fresh |= 1 << temporary
                define[defined] = temporary
            instr.rewrite(use, define)
            out.append(instr)
            if define:
                out.append(_access(function, slots, defined, define[defined], instr, load=False))
        if block.branch is not None:
            out.remove(block.branch)
        block.instrs = out
    return fresh


def _copy(instr: Instr, register: int, user: Instr) -> Instr:
    return Instr(instr.op, register, instr.src, instr.off, instr.imm, user.span, instr.slot, instr.symbol, instr.ref)


def _access(function: MachineFunction, slots: dict[int, int], register: int, temporary: int, user: Instr, *,
            load: bool) -> Instr:  # fmt: skip
    if register not in slots:
        slots[register] = len(function.frame)
        function.frame.append(FrameObject("a spilled value", _SLOT, _SLOT, user.span))
    if load:
        return Instr(isa.LDX | isa.MEM | isa.DW, temporary, -1, 0, 0, user.span, slots[register])
    return Instr(isa.STX | isa.MEM | isa.DW, -1, temporary, 0, 0, user.span, slots[register])

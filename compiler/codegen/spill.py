"""`limit_pressure`: no more values at once than there are registers, so that coloring nearly always succeeds.

Belady's rule on the control flow graph (Braun and Hack, "Register Spilling and Live-Range Splitting for SSA-Form
Programs", CC 2009): walk each block with the set of values in registers; when it gets too large, what is needed last
leaves it; what is needed again is loaded before its use, or on the edges where other ways come with it in a register.

- Ten registers; four (r6-r9) across a call; fewer while r0-r5 hold arguments and results.
- A value goes to its 8-byte slot right after it is made, once: no path reads a slot that was not written.
- Constants, addresses of the frame and of maps are made again instead. Pointers with a variable part never are: the
  verifier would not know the new one's bounds.
- Afterwards each stretch between loads is a register of its own (`_split`), and each gets its own color.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..object import isa
from ..records import replace
from .liveness import bits, definitions, live_in, live_out
from .machine import (
    ALLOCATABLE,
    CALL,
    FIRST_VIRTUAL,
    LEA,
    MOV32_K,
    MOV_K,
    SET,
    AsmCode,
    FrameObject,
    Instr,
    MachineBlock,
    MachineFunction,
)

SPILL_NAME = "a spilled value"
SLOT = 8  # bytes: the verifier tracks a spilled value in whole slots only
ACROSS_CALLS = 4  # r6-r9
REMATERIALIZED = frozenset({MOV_K, MOV32_K, LEA, isa.LDDW})
_FIXED = (1 << FIRST_VIRTUAL) - 1
_LOOP_EXIT = 1 << 20  # how far away a use behind the loop is
_NEVER = 1 << 60
_ROUNDS = 4


def limit_pressure(function: MachineFunction) -> None:
    """Insert spill code into `function` where too many registers are live. Critical edges must have been split."""
    out = live_out(function)
    if _fits(function, out):
        return
    spiller = _Spiller(function, out)
    for _ in range(_ROUNDS):
        if not spiller.run():
            break
    spiller.finish()


def reload(instr: Instr | None, slot: int, register: int, user: Instr | None) -> Instr:
    """What brings a value into `register`: `instr`, which makes it, once more, or a load from its slot."""
    span = user.span if user is not None else None
    if instr is not None:
        return replace(instr, dst=register, span=span)
    return Instr(isa.LDX | isa.MEM | isa.DW, register, -1, 0, 0, span, slot)


def store(slot: int, register: int, after: Instr) -> Instr:
    """What puts a value into its slot."""
    return Instr(isa.STX | isa.MEM | isa.DW, -1, register, 0, 0, after.span, slot)


def _fits(function: MachineFunction, out: dict[MachineBlock, int]) -> bool:
    for block in function.blocks:
        live = out[block]
        for instr in reversed(block.all()):
            if instr.asm is not None and _crowded(instr.asm, live):
                return False
            live &= ~definitions(instr)
            if instr.op == CALL and (live & ~_FIXED).bit_count() > ACROSS_CALLS:
                return False
            for register in instr.uses():
                live |= 1 << register
            if live.bit_count() > ALLOCATABLE + (live >> ALLOCATABLE & 1):
                return False
    return True


def _crowded(asm: AsmCode, live: int) -> bool:
    """Whether inline assembly leaves too few registers for what is `live` behind it."""
    behind = live
    for register in asm.writes:
        behind |= 1 << register
    during = live & ~asm.clobbers
    for register in asm.writes:
        during &= ~(1 << register)
    for register in [*asm.reads, *asm.early]:
        during |= 1 << register
    return any((mask | asm.clobbers).bit_count() > ALLOCATABLE for mask in (behind, during))


class _Uses:
    """What a block needs when: for each instruction the registers it reads and writes, and when they are read next."""

    def __init__(self, block: MachineBlock, out: int) -> None:
        self.instrs = block.all()
        self.size = len(self.instrs)
        self.reads: list[list[int]] = []
        self.writes: list[list[int]] = []
        self.after: list[dict[int, int]] = []  # next use behind the instruction, of what it reads and writes
        self.fixed: list[int] = []  # how many of r0-r9 are taken while it runs, seen by its operands
        self.fixed_after: list[int] = []
        coming: dict[int, int] = {}
        live = out & (1 << ALLOCATABLE) - 1
        for index in range(self.size - 1, -1, -1):
            instr = self.instrs[index]
            used = [r for r in dict.fromkeys(instr.uses()) if r >= FIRST_VIRTUAL]
            written = [r for r in instr.writes() if r >= FIRST_VIRTUAL]
            touched = [*used, *written]
            self.reads.append(used)
            self.writes.append(written)
            # -1: not read again in this block
            self.after.append({r: coming.get(r, -1) for r in touched})
            for register in written:
                coming[register] = -2  # the value before it is dead
            for register in used:
                coming[register] = index
            mask = definitions(instr) & (1 << ALLOCATABLE) - 1
            self.fixed_after.append((live | mask if instr.op != CALL else live).bit_count())
            live &= ~mask
            for register in instr.uses():
                if register < ALLOCATABLE:
                    live |= 1 << register
            self.fixed.append((live | instr.asm.clobbers if instr.asm is not None else live).bit_count())
        for order in (self.reads, self.writes, self.after, self.fixed, self.fixed_after):
            order.reverse()
        self.first = {r: i for r, i in coming.items() if i >= 0}  # read before written
        self.killed = {r for r, i in coming.items() if i == -2}


class _Spiller:
    def __init__(self, function: MachineFunction, out: dict[MachineBlock, int]) -> None:
        self.function = function
        self.order = _reverse_postorder(function.blocks[0])
        self.predecessors: dict[MachineBlock, list[MachineBlock]] = {block: [] for block in self.order}
        for block in self.order:
            for target in block.targets:
                self.predecessors[target].append(block)
        self.out = out
        self.uses = {block: _Uses(block, out[block]) for block in self.order}
        self.again = _rematerialized(self.order)
        self.next_in: dict[MachineBlock, dict[int, int]] = {block: {} for block in self.order}
        self.next_out: dict[MachineBlock, dict[int, int]] = {block: {} for block in self.order}
        self._distances()
        self.unwanted: dict[MachineBlock, set[int]] = {}  # live through a loop without a register
        self.slots: dict[int, int] = {}
        self.spilled: set[int] = set()
        self.code: dict[MachineBlock, list[Instr]] = {}
        self.at_entry: dict[MachineBlock, set[int]] = {}
        self.at_exit: dict[MachineBlock, set[int]] = {}

    def _distances(self) -> None:
        """How far each live value's next use is, at the ends of blocks: the nearest over all ways, loops before exits."""
        live_ins = {}
        for block in self.order:
            uses = self.uses[block]
            live = set(bits(self.out[block] & ~_FIXED)) - uses.killed - {r for written in uses.writes for r in written}
            live_ins[block] = live | uses.first.keys()
        changed = True
        rounds = 0
        while changed and rounds < 6:
            changed = False
            rounds += 1
            for block in reversed(self.order):
                uses = self.uses[block]
                ahead: dict[int, int] = {}
                for target in block.targets:
                    leaving = _LOOP_EXIT * max(0, block.depth - target.depth)
                    for register, distance in self.next_in[target].items():
                        distance += leaving
                        if distance < ahead.get(register, _NEVER):
                            ahead[register] = distance
                if ahead != self.next_out[block] or rounds == 1:
                    changed = True
                    self.next_out[block] = ahead
                    size, first = uses.size, uses.first
                    near = {}
                    for register in live_ins[block]:
                        index = first.get(register)
                        if index is not None:
                            near[register] = index
                        elif register in ahead:
                            near[register] = ahead[register] + size
                    self.next_in[block] = near

    def run(self) -> bool:
        """Walk all blocks; True if it should be done again because a loop carried in registers what it cannot hold."""
        self.code, self.at_entry, self.at_exit = {}, {}, {}
        self.spilled = set()
        for block in self.order:
            self._block(block)
        again = False
        for block in self.order:
            for before in self.predecessors[block]:
                for register in self.at_entry[block] - self.at_exit[before]:
                    far = self.next_in[block].get(register, _NEVER) >= _LOOP_EXIT
                    if far and register not in self.unwanted.setdefault(block, set()):
                        self.unwanted[block].add(register)
                        again = True
        return again

    def _entering(self, block: MachineBlock) -> set[int]:
        """The values in registers at the start of the block."""
        before = self.predecessors[block]
        if not before:
            return set()
        known = [self.at_exit[p] for p in before if p in self.at_exit]
        near = self.next_in[block]
        if len(known) == len(before):
            common = set.intersection(*known) if len(known) > 1 else known[0]
            chosen = [r for r in common if r in near]
            size = self.uses[block].size
            some = [] if len(known) == 1 else [
                r for r in set.union(*known) - common if near.get(r, _NEVER) < size and r not in self.again]  # fmt: skip
        else:  # a loop begins: what it uses, then what it lets through
            chosen = []
            some = [r for r in near if (near[r] < _LOOP_EXIT or any(r in k for k in known))
                    and r not in self.unwanted.get(block, ())]  # fmt: skip
        room = ALLOCATABLE - len(chosen)
        if room < 0:
            chosen.sort(key=lambda r: (near[r], r))
            return set(chosen[:ALLOCATABLE])
        some.sort(key=lambda r: (near[r], r))
        return {*chosen, *some[:room]}

    def _block(self, block: MachineBlock) -> None:
        uses = self.uses[block]
        near_end = self.next_out[block]
        size = uses.size
        entering = self._entering(block)
        self.at_entry[block] = set(entering)
        near = self.next_in[block]
        held = {register: near.get(register, _NEVER) for register in entering}
        code: list[Instr] = []
        for index, instr in enumerate(uses.instrs):
            reads, written = uses.reads[index], uses.writes[index]
            missing = [r for r in reads if r not in held]
            early = written if instr.op >= SET else []
            if instr.asm is not None:
                early = [r for r in instr.asm.early if r not in reads]
            room = ALLOCATABLE - uses.fixed[index]
            if len(held) + len(missing) + len(early) > room:
                self._evict(held, room - len(missing) - len(early), reads)
            for register in missing:
                self.spilled.add(register)
                held[register] = index
                code.append(self._reload(register, instr))
            code.append(instr)
            # what happens next to its operands
            for register, after in uses.after[index].items():
                if after == -2 or (after == -1 and register not in near_end):
                    held.pop(register, None)
                else:
                    held[register] = after if after >= 0 else size + near_end[register]
            if instr.op == CALL:
                self._evict(held, ACROSS_CALLS, ())
            elif (written or instr.asm is not None) and len(held) > ALLOCATABLE - uses.fixed_after[index]:
                self._evict(held, ALLOCATABLE - uses.fixed_after[index], written)
        self.code[block] = code
        self.at_exit[block] = set(held)

    def _evict(self, held: dict[int, int], room: int, kept: Iterable[int]) -> None:
        """Take values out of registers until `room` are left, those first that are needed last."""
        excess = len(held) - max(room, 0)
        if excess <= 0:
            return
        candidates = [r for r in held if r not in kept]
        # what can be made again, or is in memory anyway, costs less
        free = self.spilled | self.again.keys()
        candidates.sort(key=lambda r: (held[r] * (2 if r in free else 1), r), reverse=True)
        for register in candidates[:excess]:
            del held[register]

    def _reload(self, register: int, user: Instr | None) -> Instr:
        made = self.again.get(register)
        if made is not None:
            return reload(made, -1, register, user)
        slot = self.slots.get(register)
        if slot is None:
            slot = self.slots[register] = len(self.function.frame)
            self.function.frame.append(FrameObject(SPILL_NAME, SLOT, SLOT, user.span if user else None, spill=True))
        return reload(None, slot, register, user)

    def finish(self) -> None:
        """Put the code into the function: what was walked, loads on edges, stores behind definitions."""
        code = self.code
        for block in self.order:
            for before in self.predecessors[block]:
                for register in sorted(self.at_entry[block] - self.at_exit[before]):
                    assert len(before.targets) == 1, "a critical edge"
                    self.spilled.add(register)
                    last = code[before][-1] if code[before] else None
                    code[before].append(self._reload(register, last))
        stored = {register for register in self.spilled if register not in self.again}
        for block in self.order:
            _store(block, code[block], stored & set(bits(self.out[block])), stored, self.slots)
        self.function.blocks = self.order
        _split(self.function, self.spilled)


def _store(block: MachineBlock, code: list[Instr], needed: set[int], stored: set[int], slots: dict[int, int]) -> None:
    """Put `code` into `block`, with a store behind each definition whose value a load may want."""
    if block.branch is not None:
        code.pop()
    out: list[Instr] = []
    for instr in reversed(code):
        for register in instr.writes():
            if register not in stored:
                continue
            if instr.op & 7 == isa.LDX and instr.slot == slots.get(register):
                needed.add(register)
            elif register in needed:
                needed.discard(register)
                out.append(store(slots[register], register, instr))
        out.append(instr)
    out.reverse()
    block.instrs = out


def _rematerialized(blocks: list[MachineBlock]) -> dict[int, Instr]:
    """The registers that are set once, by an instruction that can be done again anywhere."""
    made: dict[int, Instr | None] = {}
    for block in blocks:
        for instr in block.instrs:
            for register in instr.writes():
                if register >= FIRST_VIRTUAL:
                    again = instr.op in REMATERIALIZED and register not in made
                    made[register] = instr if again else None
    return {register: instr for register, instr in made.items() if instr is not None}


def _split(function: MachineFunction, registers: set[int]) -> None:
    """Rename each of `registers` so that stretches that share no value are different registers (webs)."""
    wanted = 0
    for register in registers:
        wanted |= 1 << register
    out = live_out(function)
    parent: list[int] = []

    def fresh() -> int:
        parent.append(len(parent))
        return len(parent) - 1

    def find(web: int) -> int:
        while parent[web] != web:
            parent[web] = parent[parent[web]]
            web = parent[web]
        return web

    entries: dict[tuple[MachineBlock, int], int] = {}

    def entry(block: MachineBlock, register: int) -> int:
        key = (block, register)
        if key not in entries:
            entries[key] = fresh()
        return entries[key]

    renamed: list[tuple[Instr, int, int, int]] = []  # instruction, register, web read, web written
    for block in function.blocks:
        current: dict[int, int] = {}
        for instr in block.all():
            used = [r for r in dict.fromkeys(instr.uses()) if r in registers]
            written = instr.writes()
            for register in used:
                if register not in current:
                    current[register] = entry(block, register)
                # a two-address instruction writes the register it reads
                renamed.append((instr, register, current[register], current[register] if register in written else -1))
            for register in written:
                if register in registers and register not in used:
                    current[register] = fresh()
                    renamed.append((instr, register, -1, current[register]))
        for target in block.targets:
            for register in bits(live_in(target, out[target]) & wanted):
                web = current.get(register)
                if web is None:
                    web = entry(block, register)
                parent[find(entry(target, register))] = find(web)
    names: dict[int, int] = {}
    changes: dict[Instr, tuple[dict[int, int], dict[int, int]]] = {}
    for instr, register, read, write in renamed:
        use, define = changes.setdefault(instr, ({}, {}))
        for web, table in ((read, use), (write, define)):
            if web >= 0:
                root = find(web)
                if root not in names:
                    names[root] = function.new_register()
                table[register] = names[root]
    for instr, (use, define) in changes.items():
        instr.rewrite(use, define)


def _reverse_postorder(entry: MachineBlock) -> list[MachineBlock]:
    order: list[MachineBlock] = []
    seen = {entry}
    stack = [(entry, iter(entry.targets))]
    while stack:
        block, rest = stack[-1]
        for target in rest:
            if target not in seen:
                seen.add(target)
                stack.append((target, iter(target.targets)))
                break
        else:
            order.append(block)
            stack.pop()
    order.reverse()
    return order

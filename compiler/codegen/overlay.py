"""`overlay`: stack objects that are never needed at the same time become one object.

Copies of an inlined function's variables are the usual case; once they are at one place, the copies' code is the same and
`tails.merge_tails` can make it one. Liveness is known byte by byte, since no marks tell where a C scope begins:

    store.4 [%a + 0], 1                 ends (going backwards) the life of the four bytes
    call helper bpf_map_lookup_elem(.., %a)   needs all of %a, and may write it
    load.2 [%a + 2]                     needs two bytes

An object whose address goes anywhere else (into memory, a phi, a function, a kfunc that gives a pointer: an iterator's
element lies in the iterator) shares with none. Helpers and kfuncs keep no pointer to the stack beyond their call.
"""

from __future__ import annotations

from ..ir import model as ir

LIMIT = 512  # MAX_BPF_STACK, include/linux/filter.h


def overlay(function: ir.Function) -> None:
    """Merge allocas of `function`: those of one size, and any that fit if the stack would be too large otherwise."""
    allocas = [instr for instr in function.blocks[0].instrs if isinstance(instr, ir.Alloca)]
    if len(allocas) < 2:
        return
    objects = _objects(function, allocas)
    if len(objects) < 2:
        return
    meets = _interference(function, objects)
    kept: list[tuple[ir.Alloca, set[ir.Alloca]]] = []  # an object and what it stands for
    replaced: dict[ir.Value, ir.Alloca] = {}
    large = sum(a.size + 7 for a in allocas) > LIMIT
    for alloca in sorted(objects, key=lambda a: -a.size) if large else objects:
        for keeper, group in kept:
            if large:
                fits = keeper.size >= alloca.size and keeper.align >= alloca.align
            else:
                fits = keeper.size == alloca.size and keeper.align == alloca.align
            if fits and not group & meets[alloca]:
                replaced[alloca] = keeper
                group.add(alloca)
                break
        else:
            kept.append((alloca, {alloca}))
    if not replaced:
        return
    for block in function.blocks:
        block.instrs = [instr for instr in block.instrs if instr not in replaced]
        for instr in block.instrs:
            instr.operands = [replaced.get(operand, operand) for operand in instr.operands]


class _Object:
    """A stack object all of whose uses are known: its bytes are bits `base`..`base + size` of the liveness sets."""

    __slots__ = ("base", "mask", "size")

    def __init__(self, base: int, size: int) -> None:
        self.base = base
        self.size = size
        self.mask = (1 << size) - 1 << base

    def bytes(self, offset: int, size: int) -> int:
        """The bits of a part of it."""
        return ((1 << size) - 1) << self.base + offset & self.mask if 0 <= offset < self.size else self.mask


def _objects(function: ir.Function, allocas: list[ir.Alloca]) -> dict[ir.Alloca, _Object]:
    """The objects whose address goes nowhere but into accesses and helpers."""
    escaped: set[ir.Value] = set()
    for block in function.blocks:
        assert block.terminator is not None
        for instr in [*block.instrs, block.terminator]:
            for index, operand in enumerate(instr.operands):
                match instr:
                    case ir.Load() | ir.PtrAdd() if index == 0:
                        continue
                    case ir.Store() | ir.Atomic() if index == 0:
                        continue
                    case ir.Call(kind="helper"):
                        continue
                    case ir.Call(kind="extern") if instr.type is not ir.Ty.PTR:
                        continue
                escaped.add(_origin(operand)[0])
    found = {}
    base = 0
    for alloca in allocas:
        if alloca not in escaped and alloca.size <= LIMIT:  # a larger one does not fit in any case
            found[alloca] = _Object(base, alloca.size)
            base += alloca.size
    return found


def _origin(value: ir.Value) -> tuple[ir.Value, int | None]:
    """What a pointer was before steps were added, and the steps' sum, None if that is not known."""
    offset: int | None = 0
    while isinstance(value, ir.PtrAdd):
        step = value.operands[1]
        offset = offset + step.signed if offset is not None and isinstance(step, ir.Constant) else None
        value = value.operands[0]
    return value, offset


class _Effect:
    """What one instruction does: bytes it needs, bytes it surely overwrites, objects it may write."""

    __slots__ = ("kills", "needs", "writes")

    def __init__(self, needs: int, kills: int, writes: list[ir.Alloca]) -> None:
        self.needs = needs
        self.kills = kills
        self.writes = writes


def _effect(instr: ir.Instr, objects: dict[ir.Alloca, _Object]) -> _Effect | None:
    match instr:
        case ir.Load() | ir.Store() | ir.Atomic():
            origin, offset = _origin(instr.operands[0])
            if not isinstance(origin, ir.Alloca) or origin not in objects:
                return None
            item = objects[origin]
            part = item.mask if offset is None else item.bytes(offset + instr.offset, instr.size)
            if isinstance(instr, ir.Load):
                return _Effect(part, 0, [])
            if isinstance(instr, ir.Store):
                return _Effect(0, 0 if offset is None or offset + instr.offset < 0 else part, [origin])
            return _Effect(part, 0, [origin])
        case ir.Call():
            touched = [o for o, _ in map(_origin, instr.operands) if isinstance(o, ir.Alloca) and o in objects]
            needs = 0
            for alloca in touched:
                needs |= objects[alloca].mask
            return _Effect(needs, 0, touched) if touched else None
    return None


def _interference(function: ir.Function, objects: dict[ir.Alloca, _Object]) -> dict[ir.Alloca, set[ir.Alloca]]:
    effects: dict[ir.Block, list[_Effect]] = {}
    for block in function.blocks:
        found = (_effect(instr, objects) for instr in reversed(block.instrs))
        effects[block] = [effect for effect in found if effect is not None]
    out = dict.fromkeys(function.blocks, 0)
    work = list(function.blocks)
    while work:
        block = work.pop()
        live = out[block]
        for effect in effects[block]:
            live = live & ~effect.kills | effect.needs
        for before in block.predecessors:
            if before in out and live & ~out[before]:
                out[before] |= live
                work.append(before)
    meets: dict[ir.Alloca, set[ir.Alloca]] = {alloca: set() for alloca in objects}
    for block in function.blocks:
        live = out[block]
        for effect in effects[block]:
            for written in effect.writes:
                # what it needs itself counts too: the arguments of one call are different objects
                around = live | effect.needs
                for other, item in objects.items():
                    if other is not written and around & item.mask:
                        meets[written].add(other)
                        meets[other].add(written)
            live = live & ~effect.kills | effect.needs
    return meets

"""`Jumps`: conditional jumps on a state: which way they go, and what each side learns (check_cond_jmp_op)."""

from __future__ import annotations

from collections.abc import Callable

from ...compiler.object import isa
from ...compiler.object.isa import Insn
from . import scalar as sc
from .arithmetic import no_value
from .branch import decide, refine
from .state import PACKETS, ZERO, Def, Kind, Reg, State, Step, mark_precise, number, renumbered

MAX_PACKET_OFF = 0xFFFF
_ANY_PACKET = PACKETS | {Kind.PACKET_END}
# pointers that the kernel knows not to be NULL, once tested or by nature (reg_not_null)
_NOT_NULL = frozenset({
    Kind.VALUE, Kind.MEM, Kind.MAP, Kind.SOCKET, Kind.SOCK_COMMON, Kind.TCP_SOCK,
})  # fmt: skip
_FLIPPED = {
    isa.JGT: isa.JLT, isa.JLT: isa.JGT, isa.JGE: isa.JLE, isa.JLE: isa.JGE, isa.JSGT: isa.JSLT, isa.JSLT: isa.JSGT,
    isa.JSGE: isa.JSLE, isa.JSLE: isa.JSGE,
}  # fmt: skip
BEYOND, AT_END = -2, -1  # ranges of a packet pointer that was seen to lie behind, or at, the end of the packet


class Jumps:
    """Conditional jumps; `fork(slot, state)` puts off the path that begins at `slot`."""

    def __init__(self, fork: Callable[[int, State], None], keeps: frozenset[str]) -> None:
        self.fork = fork
        self.keeps = keeps  # maps with a lock: their values stay told apart

    def step(self, state: State, slot: int, insn: Insn) -> int:
        """Carry out the jump at `slot`; gives the slot at which this path goes on."""
        wide, op = insn.op & 7 == isa.JMP, insn.op & 0xF0
        regs = state.frames[-1].regs
        a = regs[insn.dst]
        if a is None:
            raise no_value(slot, insn.dst)
        if insn.op & isa.X:
            b = regs[insn.src]
            if b is None:
                raise no_value(slot, insn.src)
        else:
            b = number(sc.const(insn.imm), Def(slot))
        target = slot + 1 + insn.off
        taken = _decide(op, wide, a, b)
        if taken is not None:
            if a.kind is Kind.SCALAR:
                mark_precise(a.node)
            if b.kind is Kind.SCALAR:
                mark_precise(b.node)
            return target if taken else slot + 1
        other = state.copy()
        other.trail = Step(slot, True, state.trail)
        state.trail = Step(slot, False, state.trail)
        if a.kind is Kind.SCALAR and b.kind is Kind.SCALAR:
            if insn.op & isa.X and insn.dst == insn.src:
                pass  # a comparison with itself tells nothing
            else:
                (taken_a, taken_b), (fallen_a, fallen_b) = refine(op, wide, a.scalar, b.scalar)
                source = insn.src if insn.op & isa.X else -1
                self._learn(other, slot, insn.dst, source, taken_a, taken_b)
                self._learn(state, slot, insn.dst, source, fallen_a, fallen_b)
        elif wide:
            self._pointers(op, insn, a, b, other, state)
        self.fork(target, other)
        return slot + 1

    # --- numbers ----------------------------------------------------------------------------------------------------

    def _learn(self, state: State, slot: int, dst: int, src: int, a: sc.Scalar, b: sc.Scalar) -> None:
        """Put refined numbers into the registers, and into all that are tied to them."""
        regs = state.frames[-1].regs
        left = regs[dst]
        assert left is not None
        right = regs[src] if src >= 0 else None
        parents = (left.node, right.node) if right is not None else ()
        if right is not None and b != right.scalar:
            regs[src] = renumbered(right, b, Def(right.node.slot, parents))
        if a != left.scalar:
            node = Def(left.node.slot, parents) if parents else left.node
            regs[dst] = renumbered(left, a, node)
        if right is not None and right.id:
            _spread(state, regs[src])
        if left.id:
            _spread(state, regs[dst])

    # --- pointers ---------------------------------------------------------------------------------------------------

    def _pointers(self, op: int, insn: Insn, a: Reg, b: Reg, taken: State, fallen: State) -> None:
        if op in (isa.JEQ, isa.JNE):
            equal, different = (taken, fallen) if op == isa.JEQ else (fallen, taken)
            if insn.op & isa.X and a.kind is not Kind.SCALAR and b.kind is not Kind.SCALAR and a.null is not b.null:
                if Kind.BTF not in (a.kind, b.kind):
                    n = insn.dst if a.null else insn.src
                    equal.frames[-1].regs[n] = (a if a.null else b).but(null=False, id=0)
            if not insn.op & isa.X and insn.imm == 0 and a.null:
                mark_null(equal, a, True, self.keeps)
                mark_null(different, a, False, self.keeps)
                return
        if insn.op & isa.X:
            self._packet_bounds(op, insn, a, b, taken, fallen)

    def _packet_bounds(self, op: int, insn: Insn, a: Reg, b: Reg, taken: State, fallen: State) -> None:
        """A comparison with data_end (or of metadata with data) tells how many bytes there are (try_match_pkt_pointers)."""
        left = _is_bound(a, b)
        if not left and not _is_bound(b, a):
            return
        found = _BOUNDS.get((op, left))
        if found is None:
            return
        pointer = a if left else b
        on_taken, one_more = found
        good, bad = (taken, fallen) if on_taken else (fallen, taken)
        find_good_packet_pointers(good, pointer, one_more)
        if pointer.kind is Kind.PACKET:  # where bytes are missing, the pointer is known to lie at the end or behind it
            n = insn.dst if left else insn.src
            regs = bad.frames[-1].regs
            reg = regs[n]
            assert reg is not None
            regs[n] = reg.but(range=AT_END if one_more else BEYOND)


def _decide(op: int, wide: bool, a: Reg, b: Reg) -> bool | None:
    """Which way the jump goes for certain (is_branch_taken)."""
    if a.kind is Kind.SCALAR and b.kind is Kind.SCALAR:
        return decide(op, wide, a.scalar, b.scalar)
    if a.kind in _ANY_PACKET and b.kind in _ANY_PACKET and wide:
        return _packet_decided(op, a, b)
    if a.kind is Kind.SCALAR:
        a, b = b, a
        op = _FLIPPED.get(op, op)
    if b.kind is not Kind.SCALAR or not b.is_zero or a.null or a.kind not in _NOT_NULL:
        return None
    return {isa.JEQ: False, isa.JNE: True}.get(op)


def _packet_decided(op: int, a: Reg, b: Reg) -> bool | None:
    """A pointer that was already seen at or behind data_end."""
    if b.kind is Kind.PACKET_END:
        pointer = a
    elif a.kind is Kind.PACKET_END:
        pointer = b
        op = _FLIPPED.get(op, op)
    else:
        return None
    if pointer.range >= 0:
        return None
    beyond = pointer.range == BEYOND
    match op:
        case isa.JLE:
            return False if beyond else None
        case isa.JGT:
            return True if beyond else None
        case isa.JLT:
            return False
        case isa.JGE:
            return True
    return None


def _is_bound(x: Reg, y: Reg) -> bool:
    return (x.kind is Kind.PACKET and y.kind is Kind.PACKET_END) or (
        x.kind is Kind.PACKET_META and y.kind is Kind.PACKET and not y.off and y.scalar == ZERO
    )


# (operation, the pointer is on the left) -> (the bytes are there if the jump is taken, one more byte is there)
_BOUNDS = {
    (isa.JGT, True): (False, False), (isa.JGT, False): (True, True), (isa.JLT, True): (True, True),
    (isa.JLT, False): (False, False), (isa.JGE, True): (False, True), (isa.JGE, False): (True, False),
    (isa.JLE, True): (True, False), (isa.JLE, False): (False, True),
}  # fmt: skip


def find_good_packet_pointers(state: State, pointer: Reg, one_more: bool) -> None:
    """All pointers of this id have at least `pointer.off` bytes behind their start, one more if the end is not reached."""
    if pointer.off < 0 or (pointer.off == 0 and one_more):
        return
    if pointer.scalar.umax > MAX_PACKET_OFF or pointer.scalar.umax + pointer.off > MAX_PACKET_OFF:
        return
    known, kind, ident = pointer.off + one_more, pointer.kind, pointer.id
    state.change(lambda r: r.kind is kind and r.id == ident and r.range < known, lambda r: r.but(range=known))


def mark_null(state: State, pointer: Reg, is_null: bool, keeps: frozenset[str]) -> None:
    """All copies of a tested pointer are NULL, or are not. `keeps`: maps whose values keep their id."""
    ident, kind = pointer.id, pointer.kind

    def same(reg: Reg) -> bool:
        return reg.null and reg.id == ident and reg.kind is kind

    if is_null:
        if pointer.ref:
            state.refs.pop(pointer.ref, None)
        state.change(same, lambda r: number(ZERO, Def(r.made)))
    else:
        state.change(same, lambda r: r.but(null=False, id=r.id if r.what in keeps else 0))


def _spread(state: State, known: Reg | None) -> None:
    """Numbers tied to `known` are the same, or lie at a fixed distance (sync_linked_regs)."""
    assert known is not None
    ident = known.id

    def adjusted(reg: Reg) -> Reg:
        if reg is known or (reg.size and known.size and reg.size != known.size):
            return reg
        node = Def(reg.node.slot, (reg.node, known.node))
        if reg.off == known.off or not (reg.size or known.size):
            return renumbered(reg, known.scalar, node)
        short = 32 in (reg.size, known.size)
        return renumbered(reg, sc.shifted(known.scalar, reg.off - known.off, short), node)

    state.change(lambda r: r.kind is Kind.SCALAR and r.id == ident, adjusted)

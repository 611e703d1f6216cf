"""`Explorer`: walks every path of a program, as do_check in kernel/bpf/verifier.c does, in the same order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ...compiler.object import isa
from ...compiler.object.isa import Insn
from . import scalar as sc
from .arithmetic import Arithmetic, no_value
from .calls import Calls
from .exits import check_exit
from .jumps import Jumps
from .liveness import FRAME_POINTER, Code, uses
from .memory import SIZES, Memory
from .program import Program
from .pruning import Checkpoint, Comparison, clean, hand_on, remember
from .state import NAMES, PACKETS, ZERO, Def, Kind, Reg, State, number, unknown
from .structure import jump_targets
from .subprograms import Subprograms
from .tnum import M32
from .verdict import Refused, Unsupported

MAX_PENDING = 8192  # BPF_COMPLEXITY_LIMIT_JMP_SEQ
# when a state is remembered (is_state_visited): since the last one at least so many jumps and instructions; fewer of both
# within a loop; and after so many entries of the history that the kernel keeps
_JUMPS, _INSNS, _LOOP_JUMPS, _LOOP_INSNS, _HISTORY = 2, 8, 20, 100, 40
_NO_ATOMICS = PACKETS | {Kind.CTX, Kind.FLOW_KEYS, Kind.SOCKET, Kind.SOCK_COMMON, Kind.TCP_SOCK, Kind.XDP_SOCK}
_REWRITTEN = frozenset({Kind.CTX, Kind.SOCKET, Kind.SOCK_COMMON, Kind.TCP_SOCK, Kind.XDP_SOCK, Kind.BTF})

Handler = Callable[[State, int, Insn], int | None]
Observer = Callable[[int, State, int | None], None]


@dataclass(slots=True)
class Explorer:
    """Walks one program (or one global function of it, from `start`)."""

    program: Program
    code: Code
    start: int = 0
    processed: int = 0
    kept: int = 0
    state: State | None = None  # where the walk is
    observer: Observer | None = None  # told (slot, state behind it, next slot) of every instruction, for tests
    memory: Memory = field(init=False)
    subprograms: Subprograms = field(init=False)
    _calls: Calls = field(init=False)
    _rules: Jumps = field(init=False)
    _handlers: list[Handler] = field(init=False)
    _points: list[bool] = field(init=False)  # where paths may meet: states are compared
    _arrivals: list[bool] = field(init=False)  # what a jump may lead to
    _seen: dict[int, list[Checkpoint]] = field(default_factory=dict)
    _bases: dict[int, Kind] = field(default_factory=dict)  # what each load and store was seen to access
    _pending: list[tuple[int, State, Checkpoint | None, int]] = field(default_factory=list)
    _last: Checkpoint | None = None
    _jumps: int = 0
    _jumps_then: int = 0
    _insns_then: int = 0
    _history: int = 0

    def __post_init__(self) -> None:
        program, insns = self.program, self.code.insns
        self.memory = Memory(program)
        self._calls = Calls(program, self.memory)
        self.subprograms = Subprograms(program, self.memory)
        arithmetic = Arithmetic(program, self.memory)
        keeps = frozenset(name for name in program.maps if program.has_lock(name))
        self._rules = Jumps(self._fork, keeps)
        handlers: dict[int, Handler] = {
            isa.ALU: arithmetic.step, isa.ALU64: arithmetic.step, isa.LDX: self._load, isa.ST: self._store,
            isa.STX: self._store,
        }  # fmt: skip
        others: dict[int, Handler] = {isa.CALL: self._call, isa.EXIT: self._exit, isa.JA: self._goto}
        self._handlers = []
        self._points, self._arrivals = [False] * (len(insns) + 1), [False] * (len(insns) + 1)
        for slot, insn in enumerate(insns):
            kind, code = insn.op & 7, insn.op & 0xF0
            if uses(insn)[1] >> FRAME_POINTER and (insn.op or insns[slot - 1].op != isa.LDDW):
                self._handlers.append(_writes_frame_pointer)
            elif kind in (isa.JMP, isa.JMP32):
                self._handlers.append(others.get(code, self._jump))
                self._mark(slot, insn)
            elif kind == isa.STX and insn.op & 0xE0 == isa.ATOMIC:
                self._handlers.append(self._atomic)
            elif kind == isa.LD:
                self._handlers.append(self._lddw if insn.op == isa.LDDW else self._old_packet_load)
            else:
                self._handlers.append(handlers[kind])

    def _mark(self, slot: int, insn: Insn) -> None:
        """Where paths may meet (mark_prune_point, mark_jmp_point)."""
        code = insn.op & 0xF0
        if code == isa.EXIT:
            return
        into = code == isa.CALL and insn.src == isa.PSEUDO_CALL
        if code == isa.CALL:
            targets = [slot + 1, slot + 1 + insn.imm] if into else [slot + 1]
        else:
            targets = jump_targets(self.code.insns, slot)
        if into or code not in (isa.JA, isa.CALL):
            self._points[slot] = True
        for target in targets:
            self._points[target] = self._arrivals[target] = True

    # --- walking ----------------------------------------------------------------------------------------------------

    def walk(self, initial: State) -> None:
        """Walk all paths from `initial`. Raises `Refused` or `Unsupported`; `state` tells where."""
        self._pending.append((self.start, initial, None, 0))
        while self._pending:
            slot, state, self._last, self._history = self._pending.pop()
            self._path(slot, state)
            self._finish()

    def _finish(self) -> None:
        """The path has ended: its checkpoints have one open branch less."""
        point = self._last
        while point is not None:
            point.branches -= 1
            if point.branches:
                return
            point = point.parent

    def _path(self, slot: int, state: State) -> None:
        insns, handlers, observer = self.code.insns, self._handlers, self.observer
        points, arrivals = self._points, self._arrivals
        limit = self.program.kernel.insn_limit
        self.state = state
        while True:
            self.processed += 1
            if self.processed > limit:
                raise Refused("V1400", slot, f"the program is too complex: more than {limit} instructions to look at",
                              "bound loops with smaller constants, or move the body into a __noinline function")  # fmt: skip
            if points[slot]:
                if self._covered(slot, state):
                    return
                if arrivals[slot]:
                    self._history += 1
            following = handlers[slot](state, slot, insns[slot])
            if observer is not None:
                observer(slot, state, following)
            if following is None:
                return
            slot = following

    def _covered(self, slot: int, state: State) -> bool:
        """True if the path may end here; else the state may be remembered."""
        live = self._live(slot, state)
        forced = self._history > _HISTORY
        add = forced or (self._jumps - self._jumps_then >= _JUMPS and self.processed - self._insns_then >= _INSNS)
        found = self._seen.setdefault(slot, [])
        for point in found[::-1]:  # the newest first
            if point.branches:  # it is on our own path
                if _alike(point.state, state) and Comparison(exact=True).covers(point.state, state, live):
                    raise Refused("V1401", slot, "this loop does not end: nothing changes from one round to the next",
                                  "count up to a constant")  # fmt: skip
                if not forced and self._jumps - self._jumps_then < _LOOP_JUMPS:
                    if self.processed - self._insns_then < _LOOP_INSNS:
                        add = False
            else:
                if not point.cleaned:
                    clean(point.state, self._live(slot, point.state), point.state.frame.instance.alive(slot))
                    point.cleaned = True
                if Comparison().covers(point.state, state, live):
                    point.hits += 1
                    hand_on(point.state, state)
                    return True
            if add:
                point.misses += 1
                if point.misses > point.hits * 3 + 3:
                    found.remove(point)
        if add:
            self._jumps_then, self._insns_then, self._history = self._jumps, self.processed, 0
            point = Checkpoint(remember(state), self._last)
            found.append(point)
            self._last = point
            self.kept += 1
        return False

    def _live(self, slot: int, state: State) -> list[int]:
        """The registers that are read later, frame by frame."""
        return [*(self.code.live[frame.call] for frame in state.frames[1:]), self.code.live[slot]]

    def _fork(self, slot: int, state: State) -> None:
        if len(self._pending) >= MAX_PENDING:
            raise Refused("V1404", slot, f"more than {MAX_PENDING} branches are open at once", "simplify the conditions")
        if self._last is not None:
            self._last.branches += 1
        self._pending.append((slot, state, self._last, self._history))

    # --- one instruction --------------------------------------------------------------------------------------------

    def _load(self, state: State, slot: int, insn: Insn) -> int:
        regs = state.frames[-1].regs
        base = regs[insn.src]
        if base is None:
            raise no_value(slot, insn.src)
        if base.kind is Kind.STACK:
            self._history += 1
        if self._bases.setdefault(slot, base.kind) is not base.kind:
            self._one_kind(slot, base)
        regs[insn.dst] = self.memory.load(state, slot, base, insn.off, SIZES[insn.op & 0x18], insn.op & 0xE0 == isa.MEMSX)
        return slot + 1

    def _store(self, state: State, slot: int, insn: Insn) -> int:
        regs = state.frames[-1].regs
        base = regs[insn.dst]
        if base is None:
            raise no_value(slot, insn.dst)
        size = SIZES[insn.op & 0x18]
        if insn.op & 7 == isa.ST:
            value: Reg | None = number(sc.const(insn.imm), Def(slot))
        else:
            value = regs[insn.src]
            if value is None:
                raise no_value(slot, insn.src)
        if self._bases.setdefault(slot, base.kind) is not base.kind:
            self._one_kind(slot, base)
        if base.kind is Kind.STACK:
            self._history += 1
            assert value is not None
            if value.kind is Kind.SCALAR and value.scalar.mask and not value.id and value.scalar.umax >> 8 * size == 0:
                value = number(value.scalar, value.node, self.memory.fresh())
                regs[insn.src] = value
        elif base.kind is Kind.CTX and insn.op & 7 == isa.ST and size == 8:
            value = None
        self.memory.store(state, slot, base, insn.off, size, value)
        return slot + 1

    def _one_kind(self, slot: int, base: Reg) -> None:
        """The kernel rewrites accesses to some kinds of memory: an instruction may not see another kind too."""
        first = self._bases[slot]
        if first in _REWRITTEN or base.kind in _REWRITTEN:
            raise Refused("V1128", slot, f"this access sees {base.name} on this path, {NAMES[first]} on another",
                          "write the access twice, once on each path")  # fmt: skip

    def _atomic(self, state: State, slot: int, insn: Insn) -> int:
        regs = state.frames[-1].regs
        size = SIZES[insn.op & 0x18]
        if insn.imm == isa.LOAD_ACQUIRE or insn.imm == isa.STORE_RELEASE:
            return self._ordered(state, slot, insn, size)
        value, base = regs[insn.src], regs[insn.dst]
        if value is None:
            raise no_value(slot, insn.src)
        if base is None:
            raise no_value(slot, insn.dst)
        if insn.imm == isa.CMPXCHG and regs[0] is None:
            raise no_value(slot, 0)
        if base.kind in _NO_ATOMICS:
            raise Refused("V1116", slot, f"atomic operations cannot work on {base.name}", "use a map value",
                          [(base.made, "the pointer comes from here")])  # fmt: skip
        self.memory.aligned(slot, base, insn.off, size)
        loaded = self.memory.load(state, slot, base, insn.off, size, False)
        self.memory.store(state, slot, base, insn.off, size, None)
        if insn.imm == isa.CMPXCHG:
            regs[0] = loaded
        elif insn.imm & isa.FETCH:
            regs[insn.src] = loaded
        return slot + 1

    def _ordered(self, state: State, slot: int, insn: Insn, size: int) -> int:
        """load_acquire and store_release: plain accesses that need alignment."""
        load = insn.imm == isa.LOAD_ACQUIRE
        n = insn.src if load else insn.dst
        base = state.frames[-1].regs[n]
        if base is None:
            raise no_value(slot, n)
        if base.kind in _NO_ATOMICS:
            raise Refused("V1116", slot, f"atomic operations cannot work on {base.name}", "use a map value")
        self.memory.aligned(slot, base, insn.off, size)
        if load:
            state.frames[-1].regs[insn.dst] = self.memory.load(state, slot, base, insn.off, size, False)
            return slot + 1
        return self._store(state, slot, Insn(isa.STX | isa.MEM | insn.op & 0x18, insn.dst, insn.src, insn.off))

    def _lddw(self, state: State, slot: int, insn: Insn) -> int:
        reference = self.program.flat.map_refs.get(slot)
        extern = self.program.flat.externs.get(slot)
        if extern is not None:
            raise Unsupported(slot, f"'{extern.symbol}' is defined outside of the object (by the kernel, its configuration or "
                              "another object), which is not modelled", "check the program with the kernel")  # fmt: skip
        if reference is not None:
            if reference.offset is None:
                made = Reg(Kind.MAP, ZERO, Def(slot), what=reference.map)
            else:
                size = self.program.maps[reference.map].value_size
                if not 0 <= reference.offset < size:
                    raise Refused("V1110", slot, f"offset {reference.offset} is outside of '{reference.map}', which has "
                                  f"{size} bytes", "use addresses inside of the variable")  # fmt: skip
                made = Reg(Kind.VALUE, ZERO, Def(slot), reference.offset, what=reference.map)
        elif insn.src == isa.PSEUDO_FUNC:
            made = Reg(Kind.FUNCTION, ZERO, Def(slot), slot + 1 + insn.imm)
        elif insn.src:
            raise Unsupported(slot, "this kind of reference (a kernel symbol) is not modelled")
        else:
            value = insn.imm & M32 | (self.code.insns[slot + 1].imm & M32) << 32
            made = number(sc.const(value), Def(slot))
        state.frames[-1].regs[insn.dst] = made
        return slot + 2

    def _old_packet_load(self, state: State, slot: int, insn: Insn) -> int:
        """BPF_LD | BPF_ABS or BPF_IND: loads from the skb in r6; the program ends if there are not enough bytes."""
        regs = state.frames[-1].regs
        if self.program.type not in ("socket_filter", "sched_cls", "sched_act"):
            raise Refused("V1203", slot, f"programs of type {self.program.type} have no BPF_ABS and BPF_IND loads",
                          "use direct packet access")  # fmt: skip
        context = regs[6]
        if context is None:
            raise no_value(slot, 6)
        if state.refs or state.lock is not None:
            raise Refused("V1303", slot, "this load may end the program, and a reference or lock is held", "release it before")
        if context.kind is not Kind.CTX or context.off or context.scalar != ZERO:
            raise Refused("V1206", slot, f"r6 must be the context for this load, it is {context.name}", "")
        if insn.op & 0xE0 == isa.IND and regs[insn.src] is None:
            raise no_value(slot, insn.src)
        regs[0:6] = [None] * 6
        regs[0] = unknown(slot)
        return slot + 1

    def _jump(self, state: State, slot: int, insn: Insn) -> int:
        self._jumps += 1
        return self._rules.step(state, slot, insn)

    def _goto(self, state: State, slot: int, insn: Insn) -> int:
        self._jumps += 1
        return slot + 1 + (insn.imm if insn.op & 7 == isa.JMP32 else insn.off)

    def _call(self, state: State, slot: int, insn: Insn) -> int:
        self._jumps += 1
        if slot in self.program.flat.externs or insn.src == isa.PSEUDO_KFUNC_CALL:
            raise Unsupported(slot, "calls of kernel functions (kfuncs) are not modelled", "check the program with the kernel")
        if insn.src == isa.PSEUDO_CALL:
            return self.subprograms.call(state, slot, slot + 1 + insn.imm)
        self._calls.helper(state, slot, insn.imm)
        return slot + 1

    def _exit(self, state: State, slot: int, insn: Insn) -> int | None:
        self._jumps += 1
        if len(state.frames) > 1:
            return self.subprograms.leave(state, slot)
        check_exit(self.program, state, slot, bool(self.start))
        return None


def _writes_frame_pointer(state: State, slot: int, insn: Insn) -> int:
    raise Refused("V1004", slot, "the frame pointer cannot be changed", "copy it to another register first")


def _alike(old: State, new: State) -> bool:
    """A quick look: the innermost registers are of the same kinds and values (states_maybe_looping)."""
    if len(old.frames) != len(new.frames):
        return False
    for a, b in zip(old.frames[-1].regs, new.frames[-1].regs, strict=True):
        if a is not b and (a is None or b is None or a.kind is not b.kind or a.scalar != b.scalar or a.off != b.off):
            return False
    return True

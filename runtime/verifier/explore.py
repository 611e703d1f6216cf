"""`Explorer`: walks every path of a program, as do_check in kernel/bpf/verifier.c does.

At jump targets a path ends if a state explored before covers its state. Every number counts in that comparison (the
kernel forgets those that do not matter), so we never prune where the kernel would not, and count at least as much.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ...compiler.object import isa
from ...compiler.object.btf import Enum as BtfEnum
from ...compiler.object.btf import Func, FuncProto, Int, Ptr
from ...compiler.object.isa import Insn
from ...stdlib import helpers
from ...stdlib.programs import action_name, return_range
from . import scalar as sc
from .alu import alu, negate, swap
from .branch import split
from .calls import Calls, forget
from .flow import Flow, analyze
from .memory import MAX_VAR_OFF, SIZES, Memory
from .program import Program
from .state import NAMES, OR_NULL, ZERO, Equivalence, Frame, Kind, Reg, State, Step, scalar_reg
from .structure import jump_targets
from .tnum import M32
from .verdict import Refused, Unsupported

MAX_INSNS = 1_000_000  # BPF_COMPLEXITY_LIMIT_INSNS
MAX_PENDING = 8192  # BPF_COMPLEXITY_LIMIT_JMP_SEQ
MAX_FRAMES = 8  # MAX_CALL_FRAMES
MAX_PACKET_OFF = 0xFFFF
_ENOUGH = 8  # instructions between two remembered states, except at loop heads
_PACKET = (Kind.PACKET, Kind.PACKET_META)
_NOT_NULL = frozenset({Kind.VALUE, Kind.RECORD, Kind.MAP, Kind.STACK, Kind.CTX})


@dataclass(slots=True, eq=False)
class Checkpoint:
    """A remembered state; `branches`: paths from it that are not yet walked to their end."""

    state: State
    parent: Checkpoint | None
    branches: int = 1
    hits: int = 0
    misses: int = 0


@dataclass(slots=True)
class Explorer:
    """Walks one program (or one global function of it, from `start`)."""

    program: Program
    start: int = 0
    processed: int = 0
    kept: int = 0
    state: State | None = None  # where the walk is
    slot: int = 0
    memory: Memory = field(init=False)
    calls: Calls = field(init=False)
    globals_called: set[int] = field(default_factory=set)
    edges: set[tuple[int, int]] = field(default_factory=set)
    _insns: list[Insn] = field(init=False)
    _flow: Flow = field(init=False)
    _points: set[int] = field(init=False)
    _heads: set[int] = field(init=False)
    _seen: dict[int, list[Checkpoint]] = field(default_factory=dict)
    _pending: list[tuple[int, State, Checkpoint | None]] = field(default_factory=list)
    _last: Checkpoint | None = None
    _since: int = 0

    def __post_init__(self) -> None:
        self.memory = Memory(self.program)
        self.calls = Calls(self.program, self.memory)
        self._insns = self.program.flat.insns
        self._flow = analyze(self._insns, list(self.program.starts))
        self._points, self._heads = set(), set()
        for slot in range(len(self._insns)):
            for target in jump_targets(self._insns, slot):
                self._points.add(target)
                if target <= slot:
                    self._heads.add(target)

    # --- walking ----------------------------------------------------------------------------------------------------

    def walk(self, initial: State) -> None:
        """Walk all paths from `initial`. Raises `Refused` or `Unsupported`; `slot` and `state` tell where."""
        self._pending.append((self.start, initial, None))
        while self._pending:
            slot, state, self._last = self._pending.pop()
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
        insns = self._insns
        while True:
            self.state = state
            self.slot = slot
            if slot in self._points and self._covered(slot, state):
                return
            self.processed += 1
            self._since += 1
            if self.processed > MAX_INSNS:
                raise Refused("V1400", slot, f"the program is too complex: more than {MAX_INSNS} instructions to look at",
                              "bound loops with smaller constants, or move the body into a __noinline function")  # fmt: skip
            insn = insns[slot]
            following = self._step(slot, insn, state)
            if following is None:
                return
            slot = following

    def _covered(self, slot: int, state: State) -> bool:
        """True if the path may end here; else the state may be remembered."""
        live, relevant = self._masks(slot, state)
        found = self._seen.setdefault(slot, [])
        for point in found:
            if Equivalence(live, relevant).covers(point.state, state):
                if point.branches:  # it is on our own path
                    if self._unchanged(point.state, state, live):
                        raise Refused("V1401", slot, "this loop does not end: nothing changes from one round to the next",
                                      "count up to a constant")  # fmt: skip
                    continue
                point.hits += 1
                return True
            point.misses += 1
        if len(found) > 32:  # what is never hit costs time only
            found[:] = [p for p in found if p.branches or p.misses <= 3 * p.hits + 3]
        if slot in self._heads or self._since >= _ENOUGH:
            self._since = 0
            point = Checkpoint(state.copy(), self._last)
            found.append(point)
            self._last = point
            self.kept += 1
        return False

    def _unchanged(self, old: State, new: State, live: tuple[int, ...]) -> bool:
        """True if the states are the same in all that can still be read: another round would change nothing."""
        return Equivalence(live, live).covers(new, old) and Equivalence(live, live).covers(old, new)

    def _masks(self, slot: int, state: State) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """What can still be read, and what of it can decide anything, in each frame."""
        slots = [*(frame.return_to for frame in state.frames[1:]), slot]
        kept = [~0b111111 if i + 1 < len(slots) else -1 for i in range(len(slots))]  # r0-r5 of callers are gone
        return (
            tuple(self._flow.live[at] & mask for at, mask in zip(slots, kept, strict=True)),
            tuple(self._flow.relevant[at] & mask for at, mask in zip(slots, kept, strict=True)),
        )

    def _fork(self, slot: int, state: State) -> None:
        if len(self._pending) >= MAX_PENDING:
            raise Refused("V1402", self.slot, f"more than {MAX_PENDING} branches are open at once", "simplify the conditions")
        if self._last is not None:
            self._last.branches += 1
        self._pending.append((slot, state, self._last))

    # --- one instruction --------------------------------------------------------------------------------------------

    def _step(self, slot: int, insn: Insn, state: State) -> int | None:
        """Carry out an instruction; the next slot, or None at the end of the path."""
        kind = insn.op & 7
        regs = state.frame.regs
        if kind in (isa.ALU, isa.ALU64):
            self._alu(slot, insn, state)
            return slot + 1
        if kind == isa.LDX:
            base = self._read(slot, insn.src, state)
            size = SIZES[insn.op & 0x18]
            regs[insn.dst] = self.memory.load(state, slot, base, insn.off, size, insn.op & 0xE0 == isa.MEMSX)
            return slot + 1
        if kind == isa.ST or kind == isa.STX:
            self._store(slot, insn, state)
            return slot + 1
        if insn.op == isa.LDDW:
            self._lddw(slot, insn, state)
            return slot + 2
        if kind == isa.LD:
            raise Refused("V1001", slot, f"there is no instruction {insn.op:#04x}")
        code = insn.op & 0xF0
        if code == isa.CALL:
            return self._call(slot, insn, state)
        if code == isa.EXIT:
            return self._exit(slot, state)
        if code == isa.JA:
            return jump_targets(self._insns, slot)[0]
        return self._jump(slot, insn, state)

    def _read(self, slot: int, number: int, state: State) -> Reg:
        reg = state.frame.regs[number]
        if reg is None:
            raise Refused("V1200", slot, f"r{number} is read, but it has no value on this path",
                          "give the variable a value on every path; r1-r5 are lost in every call")  # fmt: skip
        return reg

    def _lddw(self, slot: int, insn: Insn, state: State) -> None:
        reference = self.program.flat.map_refs.get(slot)
        if reference is not None:
            if reference.offset is None:
                made = Reg(Kind.MAP, ZERO, map=reference.map, made=slot)
            else:
                made = Reg(Kind.VALUE, ZERO, reference.offset, map=reference.map, made=slot)
        elif insn.src == isa.PSEUDO_FUNC:
            made = Reg(Kind.FUNCTION, ZERO, slot + 1 + insn.imm, made=slot)
        elif insn.src:
            raise Unsupported(slot, "this kind of reference (a kernel symbol) is not modelled")
        else:
            value = insn.imm & M32 | (self._insns[slot + 1].imm & M32) << 32
            made = scalar_reg(sc.const(value), slot)
        state.frame.regs[insn.dst] = made

    def _store(self, slot: int, insn: Insn, state: State) -> None:
        base = self._read(slot, insn.dst, state)
        size = SIZES[insn.op & 0x18]
        if insn.op & 7 == isa.ST:
            self.memory.store(state, slot, base, insn.off, size, scalar_reg(sc.const(insn.imm), slot))
            return
        value = self._read(slot, insn.src, state)
        if insn.op & 0xE0 != isa.ATOMIC:
            if size == 8 and value.kind is Kind.SCALAR and not value.scalar.is_const and not value.id:
                value = value._replace(id=self.calls.fresh())
                state.frame.regs[insn.src] = value
            self.memory.store(state, slot, base, insn.off, size, value)
            return
        if base.kind in (*_PACKET, Kind.CTX):
            raise Refused("V1116", slot, f"atomic operations cannot work on {NAMES[base.kind]}", "use a map value")
        if value.kind is not Kind.SCALAR:
            raise Refused("V1117", slot, "an atomic operation needs a number, not a pointer")
        self.memory.load(state, slot, base, insn.off, size, False)
        self.memory.store(state, slot, base, insn.off, size, scalar_reg(sc.UNKNOWN, slot))
        result = scalar_reg(sc.unsigned(size * 8) if size < 8 else sc.UNKNOWN, slot)
        if insn.imm == isa.CMPXCHG:
            self._read(slot, 0, state)
            state.frame.regs[0] = result
        elif insn.imm & isa.FETCH:
            state.frame.regs[insn.src] = result

    # --- arithmetic -------------------------------------------------------------------------------------------------

    def _alu(self, slot: int, insn: Insn, state: State) -> None:
        regs = state.frame.regs
        wide, op = insn.op & 7 == isa.ALU64, insn.op & 0xF0
        if op == isa.MOV:
            self._move(slot, insn, state, wide)
            return
        old = self._read(slot, insn.dst, state)
        if op in (isa.NEG, isa.END):
            if old.kind is not Kind.SCALAR:
                raise Refused("V1120", slot, f"arithmetic on {NAMES[old.kind]} other than + and - is not allowed")
            made = negate(wide, old.scalar) if op == isa.NEG else self._swap(insn, old)
            regs[insn.dst] = scalar_reg(made, slot)
            return
        other = self._read(slot, insn.src, state) if insn.op & isa.X else scalar_reg(sc.const(insn.imm), slot)
        if op in (isa.DIV, isa.MOD) and not insn.op & isa.X and insn.imm == 0:
            raise Refused("V1121", slot, "this divides by the constant 0")
        if op in (isa.LSH, isa.RSH, isa.ARSH) and not insn.op & isa.X and not 0 <= insn.imm < (64 if wide else 32):
            raise Refused("V1122", slot, f"this shifts by {insn.imm}")
        if old.kind is Kind.SCALAR and other.kind is Kind.SCALAR:
            if insn.op & isa.X and insn.dst == insn.src and op in (isa.SUB, isa.XOR):
                regs[insn.dst] = scalar_reg(ZERO, slot)
                return
            regs[insn.dst] = scalar_reg(alu(op, wide, old.scalar, other.scalar), slot)
            return
        regs[insn.dst] = self._pointer_alu(slot, op, wide, old, other)

    def _swap(self, insn: Insn, old: Reg) -> sc.Scalar:
        """END: with the X bit to big endian, without to little endian; in ALU64 always a swap (RFC 9669 4.2)."""
        size = insn.imm // 8
        keeps = insn.op & 7 == isa.ALU and bool(insn.op & isa.X) == self.program.obj.big_endian
        return sc.truncate(old.scalar, size) if keeps else swap(old.scalar, size)

    def _move(self, slot: int, insn: Insn, state: State, wide: bool) -> None:
        regs = state.frame.regs
        if not insn.op & isa.X:
            regs[insn.dst] = scalar_reg(sc.const(insn.imm if wide else insn.imm & M32), slot)
            return
        source = self._read(slot, insn.src, state)
        if source.kind is not Kind.SCALAR:
            if not wide or insn.off:
                raise Refused("V1123", slot, f"only the low half of {NAMES[source.kind]} is copied",
                              "keep pointers in 64-bit variables")  # fmt: skip
            regs[insn.dst] = source
            return
        if insn.off:
            value = sc.sext(source.scalar, insn.off // 8)
            regs[insn.dst] = scalar_reg(value if wide else sc.zext32(value), slot)
            return
        if not wide and source.scalar.umax > M32:
            regs[insn.dst] = scalar_reg(sc.zext32(source.scalar), slot)
            return
        if not source.scalar.is_const and not source.id:
            source = source._replace(id=self.calls.fresh())
            regs[insn.src] = source
        regs[insn.dst] = source

    def _pointer_alu(self, slot: int, op: int, wide: bool, old: Reg, other: Reg) -> Reg:
        pointer, number = (old, other) if old.kind is not Kind.SCALAR else (other, old)
        if old.kind is not Kind.SCALAR and other.kind is not Kind.SCALAR:
            if op == isa.SUB:
                return scalar_reg(sc.UNKNOWN, slot)
            raise Refused("V1124", slot, f"{NAMES[old.kind]} and {NAMES[other.kind]} cannot be combined",
                          "only their difference can be taken")  # fmt: skip
        if not wide:
            raise Refused("V1123", slot, f"32-bit arithmetic on {NAMES[pointer.kind]}", "compute in 64 bits")
        if op not in (isa.ADD, isa.SUB) or (op == isa.SUB and old.kind is Kind.SCALAR):
            raise Refused("V1120", slot, f"arithmetic on {NAMES[pointer.kind]} other than + and - is not allowed",
                          "compute the offset in a variable of its own, then add it")  # fmt: skip
        if pointer.kind in OR_NULL:
            raise Refused("V1104", slot, f"arithmetic on {NAMES[pointer.kind]}", "test it first: if (!pointer) return ...;",
                          [(pointer.made, "the pointer comes from here")])  # fmt: skip
        if pointer.kind in (Kind.PACKET_END, Kind.MAP, Kind.FUNCTION):
            raise Refused("V1120", slot, f"arithmetic on {NAMES[pointer.kind]} is not allowed",
                          "compare pointer + length with data_end" if pointer.kind is Kind.PACKET_END else "")  # fmt: skip
        return self._moved(slot, op, pointer, number)

    def _moved(self, slot: int, op: int, pointer: Reg, number: Reg) -> Reg:
        """`pointer` plus or minus a number (adjust_ptr_min_max_vals)."""
        step = number.scalar
        if step.is_const:
            off = pointer.off + (sc.s64(step.value) if op == isa.ADD else -sc.s64(step.value))
            if not -MAX_VAR_OFF < off < MAX_VAR_OFF:
                raise Refused("V1125", slot, f"the offset {off} is too large for a pointer")
            return pointer._replace(off=off)
        if step.smin == sc.S64_MIN or step.smin <= -MAX_VAR_OFF or step.smax >= MAX_VAR_OFF:
            raise Refused(
                "V1126", slot, f"this adds a number without bounds to {NAMES[pointer.kind]} (from {step.smin} to {step.smax})",
                "limit the number before, in the same variable, for example with & or an if",
                [(number.made, "the number comes from here")],
            )  # fmt: skip
        scalar = alu(op, True, pointer.scalar, step)
        if pointer.kind in _PACKET:
            return pointer._replace(scalar=scalar, id=self.calls.fresh(), range=0, made=slot)
        return pointer._replace(scalar=scalar, made=slot)

    # --- jumps ------------------------------------------------------------------------------------------------------

    def _jump(self, slot: int, insn: Insn, state: State) -> int | None:
        wide, op = insn.op & 7 == isa.JMP, insn.op & 0xF0
        a = self._read(slot, insn.dst, state)
        b = self._read(slot, insn.src, state) if insn.op & isa.X else scalar_reg(sc.const(insn.imm if wide else insn.imm & M32))
        target = slot + 1 + insn.off
        if a.kind is Kind.SCALAR and b.kind is Kind.SCALAR:
            taken, fallen = split(op, wide, a.scalar, b.scalar)
            if taken is not None and fallen is not None:
                other = state.copy()
                other.trail = Step(slot, True, state.trail)
                self._learn(other, insn, a, b, taken)
                self._fork(target, other)
                state.trail = Step(slot, False, state.trail)
                self._learn(state, insn, a, b, fallen)
                return slot + 1
            if taken is not None:
                self._learn(state, insn, a, b, taken)
                return target
            assert fallen is not None
            self._learn(state, insn, a, b, fallen)
            return slot + 1
        if not wide and Kind.SCALAR not in (a.kind, b.kind):
            raise Refused("V1123", slot, "a 32-bit comparison of pointers", "compare them in 64 bits")
        zero = b.kind is Kind.SCALAR and b.scalar == ZERO
        if op in (isa.JEQ, isa.JNE) and zero and a.kind in _NOT_NULL and wide:
            return slot + 1 if op == isa.JEQ else target
        other = state.copy()
        other.trail = Step(slot, True, state.trail)
        state.trail = Step(slot, False, state.trail)
        if op in (isa.JEQ, isa.JNE) and zero and a.kind in OR_NULL and wide:
            self._null(other if op == isa.JEQ else state, a, True)
            self._null(state if op == isa.JEQ else other, a, False)
        elif a.kind in _PACKET or b.kind in _PACKET:
            self._packet_bounds(op, a, b, other, state)
        self._fork(target, other)
        return slot + 1

    def _learn(self, state: State, insn: Insn, a: Reg, b: Reg, both: tuple[sc.Scalar, sc.Scalar]) -> None:
        """Put refined numbers into the registers, and into all that are copies of them."""
        for number, reg, scalar in ((insn.dst, a, both[0]), (insn.src if insn.op & isa.X else -1, b, both[1])):
            if number < 0 or scalar == reg.scalar:
                continue
            state.frame.regs[number] = reg._replace(scalar=scalar)
            if reg.id:
                _replace_all(
                    state, lambda r, i=reg.id: r.kind is Kind.SCALAR and r.id == i, lambda r, s=scalar: r._replace(scalar=s)
                )

    def _null(self, state: State, pointer: Reg, is_null: bool) -> None:
        """All copies of a tested pointer are NULL, or are not."""
        def same(reg: Reg) -> bool:
            return reg.id == pointer.id and reg.kind is pointer.kind

        if is_null:
            if pointer.ref:
                state.refs.pop(pointer.ref, None)
            _replace_all(state, same, lambda r: scalar_reg(ZERO, r.made))
        else:
            _replace_all(state, same, lambda r: r._replace(kind=OR_NULL[r.kind], id=0))

    def _packet_bounds(self, op: int, a: Reg, b: Reg, taken: State, fallen: State) -> None:
        """A comparison with data_end (or of metadata with data) tells how many bytes there are (find_good_pkt_pointers)."""
        def bounds(x: Reg, y: Reg) -> bool:
            return (x.kind is Kind.PACKET and y.kind is Kind.PACKET_END) or (
                x.kind is Kind.PACKET_META and y.kind is Kind.PACKET and not y.off and y.scalar == ZERO
            )

        # (operation, pointer on the left) -> (the side on which the bytes are there, one byte more is there)
        table = {
            (isa.JGT, True): (fallen, 0), (isa.JGT, False): (taken, 1), (isa.JLT, True): (taken, 1),
            (isa.JLT, False): (fallen, 0), (isa.JGE, True): (fallen, 1), (isa.JGE, False): (taken, 0),
            (isa.JLE, True): (taken, 0), (isa.JLE, False): (fallen, 1),
        }  # fmt: skip
        left = bounds(a, b)
        if not left and not bounds(b, a):
            return
        found = table.get((op, left))
        if found is None:
            return
        state, more = found
        pointer = a if left else b
        if pointer.off < 0 or (pointer.off == 0 and more):
            return
        if pointer.scalar.umax > MAX_PACKET_OFF or pointer.scalar.umax + pointer.off > MAX_PACKET_OFF:
            return
        known = pointer.off + more
        _replace_all(
            state, lambda r: r.kind is pointer.kind and r.id == pointer.id and r.range < known,
            lambda r: r._replace(range=known),
        )  # fmt: skip

    # --- calls ------------------------------------------------------------------------------------------------------

    def _call(self, slot: int, insn: Insn, state: State) -> int | None:
        if slot in self.program.flat.externs or insn.src == isa.PSEUDO_KFUNC_CALL:
            raise Unsupported(slot, "calls of kernel functions (kfuncs) are not modelled", "check the program with the kernel")
        if insn.src != isa.PSEUDO_CALL:
            self.calls.helper(state, slot, insn.imm)
            return slot + 1
        target = slot + 1 + insn.imm
        if target not in self.program.starts:
            raise Refused("V1002", slot, "this calls into the middle of a function")
        self.edges.add((state.frame.start, target))
        if self.program.is_global(target):
            self._global_call(slot, target, state)
            return slot + 1
        if len(state.frames) >= MAX_FRAMES:
            raise Refused("V1300", slot, f"more than {MAX_FRAMES} calls are nested", "recursion is not possible in BPF")
        if any(frame.start == target for frame in state.frames):
            raise Refused("V1300", slot, f"'{self.program.starts[target].name}' calls itself", "use a loop")
        frame = Frame([None] * 11, {}, slot + 1, target)
        frame.regs[1:6] = state.frame.regs[1:6]
        frame.regs[10] = Reg(Kind.STACK, ZERO, frame=len(state.frames))
        state.frame.regs[0:6] = [None] * 6
        state.frames.append(frame)
        return target

    def _global_call(self, slot: int, target: int, state: State) -> None:
        """Global functions are verified by themselves: only their types count here."""
        name = self.program.starts[target].name
        for i, kind in enumerate(global_parameters(self.program, target)):
            reg = self._read(slot, i + 1, state)
            if kind == "ctx" and reg.kind is not Kind.CTX:
                raise Refused("V1206", slot, f"argument {i + 1} of {name}() must be the context, it is {NAMES[reg.kind]}")
            if kind == "int" and reg.kind is not Kind.SCALAR:
                raise Refused("V1206", slot, f"argument {i + 1} of {name}() must be a number, it is {NAMES[reg.kind]}")
            if kind == "other":
                raise Unsupported(slot, f"pointer arguments of global functions are not modelled ({name})", "make it static")
        if any(r.kind in _PACKET for frame in state.frames for r in frame.regs if r is not None):
            # it may call what invalidates packet pointers; the kernel looks, we are careful
            forget(state, lambda r: r.kind in (*_PACKET, Kind.PACKET_END), slot)
            state.invalidated = slot
        self.globals_called.add(target)
        state.frame.regs[0:6] = [None] * 6
        state.frame.regs[0] = scalar_reg(sc.UNKNOWN, slot)

    def _exit(self, slot: int, state: State) -> int | None:
        if len(state.frames) > 1:
            result = state.frame.regs[0]
            if result is not None and result.kind is Kind.STACK and result.frame == len(state.frames) - 1:
                raise Refused("V1301", slot, "this returns the address of a local variable", "return a value, or use a map")
            back = state.frames.pop().return_to
            state.frame.regs[0] = result
            for number in range(1, 6):
                state.frame.regs[number] = None
            return back
        result = state.frame.regs[0]
        if result is None:
            raise Refused("V1302", slot, "the return value is not set on this path", "return a value on every path")
        if state.refs:
            acquired = next(iter(state.refs.values()))
            raise Refused("V1303", slot, "this path returns without giving back the record that it reserved",
                          "call bpf_ringbuf_submit() or bpf_ringbuf_discard() before every return",
                          [(acquired, "it was reserved here")])  # fmt: skip
        if not self.start:
            self._check_return(slot, result)
        return None

    def _check_return(self, slot: int, result: Reg) -> None:
        section = self.program.section
        allowed = return_range(self.program.type, section.attach.name if section.attach else "")
        if allowed is None:  # any value, for the privileged also an address
            return
        if result.kind is not Kind.SCALAR:
            raise Refused("V1304", slot, f"the return value is {NAMES[result.kind]}, it must be a number")
        if allowed.low <= result.scalar.smin and result.scalar.smax <= allowed.high:
            return
        shown = range(allowed.low, min(allowed.high, allowed.low + 8) + 1)
        names = [f"{n} {action_name(self.program.type, n)}".strip() for n in shown]
        raise Refused("V1305", slot, f"the return value may be {result.scalar.smin} to {result.scalar.smax}, "
                      f"{self.program.type} programs may return {allowed.low} to {allowed.high}",
                      f"return one of: {', '.join(names)}", [(result.made, "the value comes from here")])  # fmt: skip


def _replace_all(state: State, which: object, change: object) -> None:
    """Change every register and stack slot, in all frames, for which `which(reg)` holds."""
    assert callable(which)
    assert callable(change)
    for frame in state.frames:
        for number, reg in enumerate(frame.regs):
            if reg is not None and which(reg):
                frame.regs[number] = change(reg)
        for at, entry in frame.stack.items():
            if isinstance(entry, Reg) and which(entry):
                frame.stack[at] = change(entry)


def global_parameters(program: Program, start: int) -> list[str]:
    """The parameters of a global function: "int", "ctx" or "other"."""
    btf = program.obj.btf
    assert btf is not None
    func = btf[program.starts[start].btf_id]
    proto = btf[func.type] if isinstance(func, Func) else None
    if not isinstance(proto, FuncProto):
        return []
    kinds = []
    for parameter in proto.params:
        kind = btf.resolved(parameter.type)
        if isinstance(kind, Int | BtfEnum):
            kinds.append("int")
        elif isinstance(kind, Ptr) and getattr(btf.resolved(kind.type), "name", "?") == program.section.program.context:
            kinds.append("ctx")
        else:
            kinds.append("other")
    return kinds


def helper_name(number: int) -> str:
    """A helper's name for messages."""
    row = helpers.by_number(number)
    return row.name if row else f"helper {number}"

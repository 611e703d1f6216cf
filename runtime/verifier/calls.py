"""Calls of helpers: who may call them, what the arguments must be, what r0 holds afterwards (check_helper_call)."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches

from ...stdlib import helpers, maps
from ...stdlib.helpers import Arg, Argument, Helper, Result
from ...stdlib.maps import MapType
from . import scalar as sc
from .exits import leaks
from .memory import MAX_VAR_OFF, Memory
from .program import Program, inner_name
from .state import (
    NULL,
    PACKETS,
    SPILL,
    ZERO,
    Def,
    Kind,
    Reg,
    State,
    mark_precise,
    number,
    unknown,
)
from .tnum import M32, M64
from .verdict import Refused, Unsupported

_READS = frozenset({Arg.READ, Arg.READ_OR_NULL})
_WRITES = frozenset({Arg.WRITE, Arg.VALUE_OUT})
_BY_MAP = {Arg.KEY: "key", Arg.VALUE: "value", Arg.VALUE_OR_NULL: "value", Arg.VALUE_OUT: "value"}
_AREAS = frozenset({Arg.READ, Arg.READ_OR_NULL, Arg.MEM, Arg.MEM_OR_NULL, Arg.WRITE, *_BY_MAP})
_NULLABLE = frozenset({Arg.READ_OR_NULL, Arg.MEM_OR_NULL, Arg.VALUE_OR_NULL})
_INTEGERS = frozenset({Arg.SCALAR, Arg.ZERO, Arg.SIZE, Arg.SIZE_OR_ZERO, Arg.ALLOC_SIZE})
_MEMORY = frozenset({Kind.STACK, Kind.PACKET, Kind.PACKET_META, Kind.VALUE, Kind.MEM})
_SOCKS = frozenset({Kind.SOCK_COMMON, Kind.SOCKET, Kind.TCP_SOCK, Kind.XDP_SOCK})
_SOCK_ARGUMENTS = {
    Arg.SOCK: (_SOCKS, False),
    Arg.SOCK_RELEASE: (_SOCKS, False),
    Arg.BTF_SOCK: (_SOCKS | {Kind.BTF}, False),
    Arg.BTF_SOCK_OR_NULL: (_SOCKS | {Kind.BTF}, True),
    Arg.SOCKET_OR_NULL: (frozenset({Kind.SOCKET}), True),
}
_SOCK_RESULTS = {
    Result.SOCKET_OR_NULL: Kind.SOCKET, Result.SOCK_OR_NULL: Kind.SOCK_COMMON, Result.TCP_SOCK_OR_NULL: Kind.TCP_SOCK,
}  # fmt: skip
# helpers whose result is a size that their size argument bounds, or an error (do_refine_retval_range)
_BOUNDED_RESULTS = frozenset({
    "bpf_get_stack", "bpf_get_task_stack", "bpf_probe_read_str", "bpf_probe_read_kernel_str", "bpf_probe_read_user_str",
})  # fmt: skip
# helpers whose result is the argument's own socket: it is held by the same reference
_SAME_SOCKET = frozenset({"bpf_sk_fullsock", "bpf_tcp_sock", "bpf_skc_to_tcp_sock"})
_MAX_ERRNO = 4095
_MAX_CPUS = 8192  # the largest CONFIG_NR_CPUS
_ARRAYS = ("array", "percpu_array")
_MAPS_OF_MAPS = ("array_of_maps", "hash_of_maps")
_SOCK_MAPS = ("sockmap", "sockhash")


class Calls:
    """Checks helper calls for one program."""

    def __init__(self, program: Program, memory: Memory) -> None:
        self.program = program
        self.memory = memory

    def helper(self, state: State, slot: int, call: int) -> None:
        """Walk over a call of helper number `call`. Raises `Refused` or `Unsupported`."""
        helper = self._allowed(slot, call)
        if state.lock is not None and helper.name != "bpf_spin_unlock":
            raise Refused("V1214", slot, f"{helper.name}() is called while a lock is held", "call bpf_spin_unlock() before",
                          [(state.lock[2], "the lock is taken here")])  # fmt: skip
        regs = state.frame.regs
        arguments = _Arguments()
        for i, argument in enumerate(helper.arguments):
            reg = regs[i + 1]
            if reg is None:
                raise Refused("V1200", slot, f"argument {i + 1} of {helper.name}() is not set (r{i + 1})",
                              "r1-r5 are lost in every call: set them again")  # fmt: skip
            if argument.kind is Arg.MAP:
                arguments.map = self._map(slot, helper, i, reg)
            elif argument.kind in _INTEGERS:
                self._integer(state, slot, helper, i, argument, reg, arguments)
            else:
                self._argument(state, slot, helper, i, argument, reg, arguments)
        if helper.name == "bpf_tail_call":
            self._tail_call(state, slot)
        self._after(state, slot, helper, arguments)

    def _allowed(self, slot: int, call: int) -> Helper:
        program = self.program
        helper = helpers.by_number(call)
        if helper is None:
            raise Refused("V1201", slot, f"there is no helper number {call}")
        if not program.kernel.has_helper(call):
            raise Refused("V1202", slot, f"{helper.name}() is not in Linux {program.kernel}",
                          f"it came with Linux {helper.since}")  # fmt: skip
        if not helper.allows(program.type, program.attach):
            if program.type not in helpers.MEASURED_PROGRAMS:
                raise Unsupported(slot, f"it is not known which helpers {program.type} programs may call")
            raise Refused("V1203", slot, f"programs of type {program.type} may not call {helper.name}()",
                          _alternative(helper, program))  # fmt: skip
        if helper.gpl and not program.license_is_gpl:
            raise Refused("V1204", slot, f"{helper.name}() is only for programs with a GPL-compatible license",
                          'declare it: char LICENSE[] SEC("license") = "GPL";')  # fmt: skip
        if helper.sleeps and not program.section.sleepable:
            raise Refused("V1205", slot, f"{helper.name}() may sleep, this program may not", "use a sleepable section (.s)")
        return helper

    # --- arguments --------------------------------------------------------------------------------------------------

    def _map(self, slot: int, helper: Helper, index: int, reg: Reg) -> str:
        if reg.kind is not Kind.MAP or reg.null:
            raise _wrong(slot, helper, index, reg, "a map", "pass &map")
        row = self._row(reg.what)
        if row is None or helper.name not in row.helpers:
            name = row.name if row else f"type {self.program.maps[reg.what].type}"
            fits = ", ".join(m.name for m in maps.map_types_for(helper.name)[:6])
            raise Refused("V1207", slot, f"{helper.name}() does not work on '{reg.what}', a {name}", f"it takes: {fits}")
        return reg.what

    def _row(self, name: str) -> MapType | None:
        return maps.by_number(self.program.maps[name].type)

    def _integer(self, state: State, slot: int, helper: Helper, index: int, argument: Argument, reg: Reg,
                 found: _Arguments) -> None:  # fmt: skip
        """Check a number; for a size also the memory argument before it."""
        if reg.kind is not Kind.SCALAR:
            raise _wrong(slot, helper, index, reg, "a number", "")
        value = reg.scalar
        if argument.kind is Arg.ALLOC_SIZE:
            if not value.is_const:
                raise Refused("V1208", slot, f"the size that {helper.name}() reserves must be a constant",
                              "use sizeof(struct ...)", [(reg.made, "it is computed here")])  # fmt: skip
            mark_precise(reg.node)
            found.allocated = value.value
            return
        if argument.kind is Arg.SCALAR:
            return
        if argument.kind is Arg.ZERO:
            if value != ZERO:
                raise Refused("V1206", slot, f"argument {index + 1} of {helper.name}() ('{argument.name}') must be 0", "pass 0")
            return
        cause = [(reg.made, "the size comes from here")]
        if value.smin < 0:
            raise Refused("V1209", slot, f"the size '{argument.name}' of {helper.name}() may be negative (from {value.smin})",
                          "make it unsigned, or test that it is not below 0", cause)  # fmt: skip
        if argument.kind is Arg.SIZE and value.umin == 0:
            raise Refused("V1210", slot, f"the size '{argument.name}' of {helper.name}() may be 0",
                          "return before if it is 0", cause)  # fmt: skip
        if value.umax >= MAX_VAR_OFF:
            raise Refused("V1211", slot, f"the size '{argument.name}' of {helper.name}() has no upper bound",
                          "limit it first, in the same variable: if (size > MAX) size = MAX;", cause)  # fmt: skip
        found.largest = value.umax
        before = helper.arguments[index - 1].kind
        pointer = state.frame.regs[index]
        assert pointer is not None
        zero = argument.kind is Arg.SIZE_OR_ZERO
        if before in _AREAS and not (pointer.is_zero and zero and value.umax == 0):
            self._memory(state, slot, helper, index - 1, pointer, value.umax, before, exact=value.is_const, zero=zero)
        mark_precise(reg.node)

    def _argument(self, state: State, slot: int, helper: Helper, index: int, argument: Argument, reg: Reg,
                  found: _Arguments) -> None:  # fmt: skip
        kind = argument.kind
        if kind is Arg.ANY:
            return
        if kind is Arg.CTX or kind is Arg.CTX_OR_NULL:
            if kind is Arg.CTX_OR_NULL and reg.is_zero:
                return
            if reg.kind is not Kind.CTX or reg.null or reg.off or reg.scalar != ZERO:
                raise _wrong(slot, helper, index, reg, "the context", "pass the program's own argument, unchanged")
        elif kind is Arg.RECORD_RELEASE:
            self._release(slot, helper, index, reg, reg.kind is Kind.MEM)
            self.release(state, reg.ref, slot)
        elif kind in _SOCK_ARGUMENTS:
            kinds, nullable = _SOCK_ARGUMENTS[kind]
            if nullable and reg.is_zero:
                return
            if kind is Arg.SOCK_RELEASE:
                self._release(slot, helper, index, reg, reg.kind in kinds)
                self.release(state, reg.ref, slot)
            elif reg.kind not in kinds or reg.null or reg.off:
                raise _wrong(slot, helper, index, reg, "a socket", "")
            found.ref = reg.ref
        elif kind in _AREAS:
            if kind in _NULLABLE and reg.is_zero:
                return
            self._area(state, slot, helper, index, argument, reg, found)
        elif kind is Arg.STRING:
            data = self.program.obj.data.get(reg.what) if reg.kind is Kind.VALUE else None
            if data is None or not data.read_only or not reg.scalar.is_const:
                raise _wrong(slot, helper, index, reg, "a constant string", 'write it as a literal "..."')
            if b"\0" not in data.data[max(reg.off, 0) :]:
                raise Refused("V1206", slot, f"argument {index + 1} of {helper.name}() does not end with a NUL", "")
        elif kind is Arg.SPIN_LOCK:
            self._spin_lock(state, slot, helper, reg)
        else:
            raise Unsupported(slot, f"{helper.name}() is not modelled: its argument '{argument.name}' ({kind.value})",
                              "check the program with the kernel")  # fmt: skip

    def _area(self, state: State, slot: int, helper: Helper, index: int, argument: Argument, reg: Reg,
              found: _Arguments) -> None:  # fmt: skip
        """A pointer to memory whose size the map, the table or the next argument tells."""
        kind = argument.kind
        size = argument.size
        which = _BY_MAP.get(kind)
        if which is not None:
            definition = self.program.maps[found.map]
            size = definition.key_size if which == "key" else definition.value_size
            if reg.kind not in _MEMORY or reg.null:
                raise self._not_memory(slot, helper, index, reg)
            if size:
                self._memory(state, slot, helper, index, reg, size, kind, exact=True)
            if which == "key":
                found.key = self._constant_key(state, reg, found.map)
        elif size:
            self._memory(state, slot, helper, index, reg, size, kind, exact=True)
            if kind in _WRITES and size in (4, 8):
                self.memory.aligned(slot, reg, 0, size)
        elif reg.kind not in _MEMORY or reg.null:
            raise self._not_memory(slot, helper, index, reg)
        elif reg.kind in PACKETS and not helper.packet_access:
            raise self._no_packet(slot, helper)

    def _not_memory(self, slot: int, helper: Helper, index: int, reg: Reg) -> Refused:
        if reg.null:
            return Refused("V1104", slot, f"argument {index + 1} of {helper.name}() is {reg.name}",
                           "test it first: if (!pointer) return ...;", [(reg.made, "the pointer comes from here")])  # fmt: skip
        return _wrong(slot, helper, index, reg, "memory", "pass a pointer to a variable, a map value, or the packet")

    def _no_packet(self, slot: int, helper: Helper) -> Refused:
        return Refused("V1212", slot, f"{helper.name}() cannot take packet memory", "copy it to the stack first")

    def _memory(self, state: State, slot: int, helper: Helper, index: int, reg: Reg, size: int, kind: Arg, *,
                exact: bool, zero: bool = False) -> None:  # fmt: skip
        """Check that `size` bytes at the pointer are there; what the helper writes is initialised afterwards."""
        if reg.kind not in _MEMORY or reg.null:
            if zero and not size and reg.is_zero:
                return
            raise self._not_memory(slot, helper, index, reg)
        writes = kind in _WRITES or kind in (Arg.MEM, Arg.MEM_OR_NULL)
        if reg.kind is Kind.STACK:
            if size or not zero:
                self.memory.stack.helper(state, slot, reg, size, write=writes, raw=kind in _WRITES and exact)
            else:
                self.memory.stack.bounds(state, slot, reg, 0, 0)
            return
        if reg.kind in PACKETS and not helper.packet_access:
            raise self._no_packet(slot, helper)
        self.memory.access(slot, reg, 0, size, write=writes, zero=zero)

    def _constant_key(self, state: State, reg: Reg, table: str) -> int:
        """The key of an array lookup if it is a constant on the stack, else -1 (get_constant_map_key)."""
        row = self._row(table)
        if row is None or row.short not in _ARRAYS or reg.kind is not Kind.STACK or not reg.scalar.is_const:
            return -1
        if not self.program.kernel.at_least("6.14"):
            return -1
        at = reg.off + sc.s64(reg.scalar.value)
        entry = state.frames[reg.frame].stack.get(at & ~7)
        if entry is None:
            return -1
        first = at & 7
        kinds = entry.types[first:]
        if kinds[:4] == bytes([NULL] * 4):
            return 0
        if entry.reg is None or entry.types[0] != SPILL or entry.reg.kind is not Kind.SCALAR or not entry.reg.scalar.is_const:
            return -1
        if len(kinds) - len(kinds.lstrip(bytes([SPILL]))) != 4:
            return -1
        mark_precise(entry.reg.node)
        return entry.reg.scalar.value

    # --- references and locks ---------------------------------------------------------------------------------------

    def _release(self, slot: int, helper: Helper, index: int, reg: Reg, fits: bool) -> None:
        what = "a record" if helper.name.startswith("bpf_ringbuf") else "a socket"
        if reg.null:
            raise self._not_memory(slot, helper, index, reg)
        if not fits or not reg.ref or reg.off or reg.scalar != ZERO:
            raise Refused("V1213", slot, f"{helper.name}() needs {what} as it was acquired, not {reg.name}",
                          "pass the pointer itself, unchanged, and only once",
                          [(reg.made, "the argument comes from here")])  # fmt: skip

    def release(self, state: State, ref: int, slot: int) -> None:
        """Give a reference back: all that points there is a number from now on."""
        state.refs.pop(ref, None)
        forget(state, lambda r: r.ref == ref, slot)

    def _tail_call(self, state: State, slot: int) -> None:
        index = state.frame.regs[3]
        if index is not None and index.kind is Kind.SCALAR:
            mark_precise(index.node)
        if state.refs:
            raise leaks(self.program, state, slot, "this tail call ends the program")

    def _spin_lock(self, state: State, slot: int, helper: Helper, reg: Reg) -> None:
        if reg.kind is not Kind.VALUE or reg.null or not reg.scalar.is_const:
            raise _wrong(slot, helper, 0, reg, "the bpf_spin_lock of a map's value", "pass &value->lock")
        at = reg.off + reg.scalar.value
        places = [start for kind, start, _ in self.program.special_members(reg.what) if kind == "bpf_spin_lock"]
        if at not in places:
            raise Refused("V1206", slot, f"there is no bpf_spin_lock at offset {at} of map '{reg.what}'s value",
                          f"it is at offset {places[0]}" if places else "add a struct bpf_spin_lock to the value")  # fmt: skip
        if self.program.type in ("kprobe", "tracepoint", "perf_event", "raw_tracepoint", "socket_filter"):
            raise Refused("V1203", slot, f"programs of type {self.program.type} cannot take locks", "use atomic operations")
        if helper.name == "bpf_spin_lock":
            state.lock = (reg.what, reg.id, slot)
            return
        if state.lock is None:
            raise Refused("V1214", slot, "bpf_spin_unlock() without bpf_spin_lock()", "take the lock before")
        if state.lock[:2] != (reg.what, reg.id):
            raise Refused("V1214", slot, "bpf_spin_unlock() of another lock than the one that is held", "",
                          [(state.lock[2], "the lock is taken here")])  # fmt: skip
        state.lock = None

    # --- afterwards -------------------------------------------------------------------------------------------------

    def _after(self, state: State, slot: int, helper: Helper, found: _Arguments) -> None:
        regs = state.frame.regs
        if helper.invalidates_packet:
            invalidate_packets(state, slot)
        for n in range(6):
            regs[n] = None
        ref = 0
        if helper.acquires:
            ref = self.memory.fresh()
            state.refs[ref] = slot
        match helper.result:
            case Result.INTEGER:
                regs[0] = self._result(slot, helper, found)
            case Result.VOID:
                pass
            case Result.VALUE_OR_NULL:
                regs[0] = self._looked_up(state, slot, helper, found)
            case Result.VALUE:
                regs[0] = Reg(Kind.VALUE, ZERO, Def(slot), what=found.map)
            case Result.RECORD_OR_NULL:
                regs[0] = Reg(Kind.MEM, ZERO, Def(slot), id=ref, what="the ring buffer record", size=found.allocated, ref=ref,
                              null=True)  # fmt: skip
            case other:
                kind = _SOCK_RESULTS.get(other)
                if kind is None:
                    raise Unsupported(slot, f"{helper.name}() is not modelled: its result ({other.value})")
                if helper.name in _SAME_SOCKET:
                    ref = found.ref
                regs[0] = Reg(kind, ZERO, Def(slot), id=ref if helper.acquires else self.memory.fresh(), ref=ref, null=True)

    def _result(self, slot: int, helper: Helper, found: _Arguments) -> Reg:
        if helper.name in _BOUNDED_RESULTS:
            high = found.largest
            return number(sc.make((0, M64), 0, M64, -_MAX_ERRNO, high, 0, M32, -_MAX_ERRNO, high), Def(slot))
        if helper.name == "bpf_get_smp_processor_id":
            return number(sc.make((0, M64), 0, _MAX_CPUS - 1, 0, _MAX_CPUS - 1, 0, _MAX_CPUS - 1, 0, _MAX_CPUS - 1), Def(slot))
        return unknown(slot)

    def _looked_up(self, state: State, slot: int, helper: Helper, found: _Arguments) -> Reg:
        """A map value, an inner map, or a socket, by the type of map."""
        row = self._row(found.map)
        short = row.short if row else ""
        node, ident = Def(slot), self.memory.fresh()
        if helper.name == "bpf_map_lookup_elem":
            if short in _MAPS_OF_MAPS:
                if self.program.maps[found.map].inner is None:
                    raise Unsupported(slot, f"the maps inside '{found.map}' are not described")
                return Reg(Kind.MAP, ZERO, node, id=ident, what=inner_name(found.map), null=True)
            if short == "xskmap":
                return Reg(Kind.XDP_SOCK, ZERO, node, id=ident, null=True)
            if short in _SOCK_MAPS:
                state.refs[ident] = slot
                return Reg(Kind.SOCKET, ZERO, node, id=ident, ref=ident, null=True)
            if 0 <= found.key < self.program.maps[found.map].max_entries:
                return Reg(Kind.VALUE, ZERO, node, what=found.map, id=ident if self.program.has_lock(found.map) else 0)
        return Reg(Kind.VALUE, ZERO, node, id=ident, what=found.map, null=True)


class _Arguments:
    """What the arguments of one call told."""

    __slots__ = ("allocated", "key", "largest", "map", "ref")

    def __init__(self) -> None:
        self.map = ""
        self.allocated = 0  # bytes that an ALLOC_SIZE asks for
        self.key = -1  # a constant key
        self.largest = 0  # the largest size
        self.ref = 0  # the reference of a socket


def forget(state: State, which: Callable[[Reg], bool], slot: int) -> None:
    """Registers and stack slots for which `which(reg)` holds become unknown numbers, by the call at `slot`."""
    state.change(which, lambda r: number(sc.UNKNOWN, Def(r.made, lost=slot)))


def invalidate_packets(state: State, slot: int) -> None:
    """The packet may have moved: what pointed into it is a number from now on."""
    forget(state, lambda r: r.kind in PACKETS or r.kind is Kind.PACKET_END, slot)
    state.invalidated = slot


def _wrong(slot: int, helper: Helper, index: int, reg: Reg, wanted: str, fix: str) -> Refused:
    if reg.null:
        fix = "test it first: if (!pointer) return ...;"
    name = helper.arguments[index].name
    return Refused("V1206", slot, f"argument {index + 1} of {helper.name}() ('{name}') must be {wanted}, it is {reg.name}",
                   fix, [(reg.made, "the argument comes from here")])  # fmt: skip


def _alternative(helper: Helper, program: Program) -> str:
    """What a program of this type may call instead."""
    allowed = [row.name for row in helpers.HELPERS.values() if row.allows(program.type, program.attach)]
    near = get_close_matches(helper.name, allowed, 3, 0.7)
    return f"it may call {', '.join(near)}" if near else "use a helper of this program type, or another program type"

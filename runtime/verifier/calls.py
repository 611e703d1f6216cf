"""Calls of helpers: who may call them, what the arguments must be, what r0 holds afterwards (check_helper_call)."""

from __future__ import annotations

from difflib import get_close_matches

from ...stdlib import helpers, maps
from ...stdlib.helpers import Arg, Argument, Helper, Result
from . import scalar as sc
from .memory import MAX_VAR_OFF, Memory
from .program import Program
from .state import NAMES, OR_NULL, UNKNOWN_REG, ZERO, Kind, Reg, State, scalar_reg
from .verdict import Refused, Unsupported

_READS = frozenset({Arg.READ, Arg.READ_OR_NULL, Arg.MEM, Arg.MEM_OR_NULL, Arg.KEY, Arg.VALUE, Arg.VALUE_OR_NULL})
_WRITES = frozenset({Arg.WRITE, Arg.VALUE_OUT})
_NULLABLE = frozenset({Arg.READ_OR_NULL, Arg.MEM_OR_NULL, Arg.VALUE_OR_NULL})
_INTEGERS = frozenset({Arg.SCALAR, Arg.SIZE, Arg.SIZE_OR_ZERO, Arg.ALLOC_SIZE})
_MEMORY = frozenset({Kind.STACK, Kind.PACKET, Kind.PACKET_META, Kind.VALUE, Kind.RECORD})


class Calls:
    """Checks helper calls for one program."""

    def __init__(self, program: Program, memory: Memory) -> None:
        self.program = program
        self.memory = memory
        self.next_id = 1

    def fresh(self) -> int:
        """A new id."""
        self.next_id += 1
        return self.next_id

    def helper(self, state: State, slot: int, number: int) -> None:
        """Walk over a helper call. Raises `Refused` or `Unsupported`."""
        helper = self._allowed(slot, number)
        regs = state.frame.regs
        table = ""
        fixed = 0  # bytes that an ALLOC_SIZE asks for
        for i, argument in enumerate(helper.arguments):
            reg = regs[i + 1]
            if reg is None:
                raise Refused("V1200", slot, f"argument {i + 1} of {helper.name}() is not set (r{i + 1})",
                              "r1-r5 are lost in every call: set them again")  # fmt: skip
            if argument.kind is Arg.MAP:
                table = self._map(slot, helper, i, reg)
            elif argument.kind in _INTEGERS:
                fixed = self._integer(state, slot, helper, i, argument, reg) or fixed
            else:
                self._argument(state, slot, helper, i, argument, reg, table)
        self._after(state, slot, helper, table, fixed)

    def _allowed(self, slot: int, number: int) -> Helper:
        program = self.program
        helper = helpers.by_number(number)
        if helper is None:
            raise Refused("V1201", slot, f"there is no helper number {number}")
        if not program.kernel.has_helper(number):
            raise Refused("V1202", slot, f"{helper.name}() is not in Linux {program.kernel}",
                          f"it came with Linux {helper.since}")  # fmt: skip
        if not helper.allows(program.type, program.attach):
            raise Refused("V1203", slot, f"programs of type {program.type} may not call {helper.name}()",
                          _instead(helper, program.type, program.attach))  # fmt: skip
        if helper.gpl and not program.license_is_gpl:
            raise Refused("V1204", slot, f"{helper.name}() is only for programs with a GPL-compatible license",
                          'declare it: char LICENSE[] SEC("license") = "GPL";')  # fmt: skip
        if helper.sleeps and not program.section.sleepable:
            raise Refused("V1205", slot, f"{helper.name}() may sleep, this program may not", "use a sleepable section (.s)")
        return helper

    def _map(self, slot: int, helper: Helper, index: int, reg: Reg) -> str:
        if reg.kind is not Kind.MAP:
            raise Refused("V1206", slot, f"argument {index + 1} of {helper.name}() must be a map, it is {NAMES[reg.kind]}",
                          "pass &map")  # fmt: skip
        definition = self.program.maps[reg.map]
        row = maps.by_number(definition.type)
        if row is None or helper.name not in row.helpers:
            name = row.name if row else f"type {definition.type}"
            fits = ", ".join(m.name for m in maps.map_types_for(helper.name)[:6])
            raise Refused("V1207", slot, f"{helper.name}() does not work on '{reg.map}', a {name}", f"it takes: {fits}")
        if definition.inner is not None:
            raise Unsupported(slot, "maps of maps are not modelled")
        return reg.map

    def _integer(self, state: State, slot: int, helper: Helper, index: int, argument: Argument, reg: Reg) -> int:
        """Check a number; for a size also the memory argument before it. ALLOC_SIZE: its value."""
        if reg.kind is not Kind.SCALAR:
            raise Refused("V1206", slot, f"argument {index + 1} of {helper.name}() must be a number, it is {NAMES[reg.kind]}")
        value = reg.scalar
        if argument.kind is Arg.ALLOC_SIZE:
            if not value.is_const:
                raise Refused("V1208", slot, f"the size that {helper.name}() reserves must be a constant",
                              "use sizeof(struct ...)")  # fmt: skip
            return value.value
        if argument.kind is Arg.SCALAR:
            return 0
        if value.smin < 0:
            raise Refused("V1209", slot, f"the size '{argument.name}' of {helper.name}() may be negative",
                          "make it unsigned, or test that it is not below 0")  # fmt: skip
        if argument.kind is Arg.SIZE and value.umin == 0:
            raise Refused("V1210", slot, f"the size '{argument.name}' of {helper.name}() may be 0", "return before if it is 0")
        if value.umax >= MAX_VAR_OFF:
            raise Refused("V1211", slot, f"the size '{argument.name}' of {helper.name}() has no upper bound",
                          "limit it first, in the same variable: if (size > MAX) size = MAX;")  # fmt: skip
        pointer = state.frame.regs[index]
        before = helper.arguments[index - 1].kind
        assert pointer is not None
        if pointer.kind is Kind.SCALAR and pointer.scalar == ZERO and before in _NULLABLE:
            return 0
        if value.umax:
            self._memory(state, slot, helper, index - 1, pointer, value.umax, before, exact=value.is_const)
        return 0

    def _argument(self, state: State, slot: int, helper: Helper, index: int, argument: Argument, reg: Reg, table: str) -> None:
        kind = argument.kind
        if kind is Arg.ANY:
            return
        if kind is Arg.CTX or kind is Arg.CTX_OR_NULL:
            if reg.kind is Kind.CTX and not reg.off:
                return
            if kind is Arg.CTX_OR_NULL and reg.kind is Kind.SCALAR and reg.scalar == ZERO:
                return
            raise Refused("V1206", slot, f"argument {index + 1} of {helper.name}() must be the context, not {NAMES[reg.kind]}",
                          "pass the program's own argument, unchanged")  # fmt: skip
        if kind is Arg.RECORD_RELEASE:
            self._release(state, slot, helper, index, reg)
            return
        if kind in _READS or kind in _WRITES:
            if kind in _NULLABLE and reg.kind is Kind.SCALAR and reg.scalar == ZERO:
                return
            if not argument.size and kind not in (Arg.KEY, Arg.VALUE, Arg.VALUE_OR_NULL, Arg.VALUE_OUT):
                if reg.kind not in _MEMORY:
                    self._not_memory(slot, helper, index, reg)
                return  # its size comes next, and is checked there
            size = argument.size
            if not size:
                definition = self.program.maps[table]
                size = definition.key_size if kind is Arg.KEY else definition.value_size
            if size:
                self._memory(state, slot, helper, index, reg, size, kind, exact=True)
            return
        if kind is Arg.STRING:
            data = self.program.obj.data.get(reg.map) if reg.kind is Kind.VALUE else None
            if data is None or not data.read_only:
                raise Refused("V1206", slot, f"argument {index + 1} of {helper.name}() must be a constant string",
                              'write it as a literal "..."')  # fmt: skip
            return
        raise Unsupported(slot, f"{helper.name}() is not modelled: its argument '{argument.name}' ({kind.value})",
                          "check the program with the kernel")  # fmt: skip

    def _not_memory(self, slot: int, helper: Helper, index: int, reg: Reg) -> None:
        if reg.kind in OR_NULL:
            raise Refused("V1104", slot, f"argument {index + 1} of {helper.name}() is {NAMES[reg.kind]}",
                          "test it first: if (!pointer) return ...;", [(reg.made, "the pointer comes from here")])  # fmt: skip
        raise Refused("V1206", slot, f"argument {index + 1} of {helper.name}() must point to memory, it is {NAMES[reg.kind]}",
                      "pass a pointer to a variable, a map value, or the packet")  # fmt: skip

    def _memory(self, state: State, slot: int, helper: Helper, index: int, reg: Reg, size: int, kind: Arg, *,
                exact: bool) -> None:  # fmt: skip
        """Check that `size` bytes at the pointer are there; what the helper writes is initialised afterwards."""
        if reg.kind not in _MEMORY:
            self._not_memory(slot, helper, index, reg)
        writes = kind in _WRITES
        if reg.kind is Kind.STACK:
            frame, low, high = self.memory.stack_range(state, slot, reg, 0, size)
            if kind in _READS or (writes and not exact):
                self.memory.readable(frame, slot, low, high + size - low)
            if writes or kind in (Arg.MEM, Arg.MEM_OR_NULL):
                self.memory.smear(frame, low, high + size - low)
            return
        if reg.kind in (Kind.PACKET, Kind.PACKET_META) and not helper.packet_access:
            raise Refused("V1212", slot, f"{helper.name}() cannot take packet memory", "copy it to the stack first")
        self.memory.access(slot, reg, 0, size, write=writes)

    def _release(self, state: State, slot: int, helper: Helper, index: int, reg: Reg) -> None:
        if reg.kind is not Kind.RECORD or not reg.ref or reg.off or reg.scalar != ZERO:
            if reg.kind in OR_NULL:
                self._not_memory(slot, helper, index, reg)
            raise Refused("V1213", slot, f"{helper.name}() needs a record as bpf_ringbuf_reserve() gave it",
                          "pass the pointer itself, unchanged, and only once")  # fmt: skip
        state.refs.pop(reg.ref, None)
        forget(state, lambda r: r.ref == reg.ref, slot)

    # --- afterwards -------------------------------------------------------------------------------------------------

    def _after(self, state: State, slot: int, helper: Helper, table: str, fixed: int) -> None:
        regs = state.frame.regs
        if helper.invalidates_packet:
            forget(state, lambda r: r.kind in (Kind.PACKET, Kind.PACKET_META, Kind.PACKET_END), slot)
            state.invalidated = slot
        for number in range(1, 6):
            regs[number] = None
        ref = 0
        if helper.acquires:
            ref = self.fresh()
            state.refs[ref] = slot
        match helper.result:
            case Result.INTEGER:
                regs[0] = scalar_reg(sc.UNKNOWN, slot)
            case Result.VOID:
                regs[0] = None
            case Result.VALUE_OR_NULL:
                regs[0] = Reg(Kind.VALUE_OR_NULL, ZERO, id=self.fresh(), map=table, made=slot)
            case Result.VALUE:
                regs[0] = Reg(Kind.VALUE, ZERO, map=table, made=slot)
            case Result.RECORD_OR_NULL:
                regs[0] = Reg(Kind.RECORD_OR_NULL, ZERO, id=self.fresh(), size=fixed, ref=ref, made=slot)
            case other:
                raise Unsupported(slot, f"{helper.name}() is not modelled: its result ({other.value})")


def _instead(helper: Helper, program: str, attach: str) -> str:
    """Helpers with a name like this one that the program type has."""
    allowed = [row.name for row in helpers.HELPERS.values() if row.allows(program, attach)]
    near = get_close_matches(helper.name, allowed, 3, 0.7)
    return f"it may call {', '.join(near)}" if near else "use a helper of this program type, or another program type"


def forget(state: State, which: object, slot: int) -> None:
    """Registers and stack slots for which `which(reg)` holds become unknown numbers, by the call at `slot`."""
    assert callable(which)
    for frame in state.frames:
        for number, reg in enumerate(frame.regs):
            if reg is not None and which(reg):
                frame.regs[number] = UNKNOWN_REG._replace(made=reg.made, lost=slot)
        for at, entry in frame.stack.items():
            if isinstance(entry, Reg) and which(entry):
                frame.stack[at] = UNKNOWN_REG._replace(made=entry.made, lost=slot)

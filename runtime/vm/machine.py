"""`Machine`: runs the programs of one Object, with their maps, deterministically and without root."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...compiler.diagnostics import ObjectError
from ...compiler.object.model import DataSection, Map, Object
from ...compiler.object.program import flatten
from ...compiler.object.values import decode_value, encode_value
from ...stdlib import helpers as helper_table
from ...stdlib.programs import SectionMatch, action_name, match_section
from .access import MapView
from .contexts import ContextValue, kernel_memory, make_context, user_memory
from .decode import Code, decode
from .environment import Environment, environment
from .errors import Fault, Trap, refuse
from .helpers import HELPERS
from .interpreter import Interpreter
from .maps import DataMap, MachineMap, ProgramArray, create_map
from .memory import Memory
from .state import HelperFunction, State

Overrides = Mapping[str, Callable[..., int] | int]


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a run.

    `retval` is r0's low 32 bits, as the kernel gives it; `action` its C name ("XDP_DROP") where the program type names
    it. `packet`: as it is afterwards, None if there was none. `insns`: instructions executed. `ctx`: the context
    afterwards, `fields` its named fields. `printk`: lines of bpf_printk(). `redirect`: where bpf_redirect*() sent the
    packet, as ("interface", index) or ("map NAME", key).
    """

    retval: int
    packet: bytes | None
    insns: int
    ctx: bytes = b""
    printk: list[str] = field(default_factory=list)
    action: str = ""
    fields: dict[str, int | bytes] = field(default_factory=dict)
    redirect: tuple[str, int] | None = None
    r0: int = 0  # all 64 bits
    meta: bytes = b""  # XDP metadata in front of the packet; the kernel's test run gives it as part of the packet


class Machine:
    """Runs programs of `obj`; maps and `env` live as long as the machine, everything else for one run.

    `settings` are the fields of `Environment`: clock, cpus, cpu, pid, uid, comm, seed, instructions, strict_stack, ...
    Raises `MachineError` for settings and maps that make no sense.
    """

    def __init__(self, obj: Object, *, env: Environment | None = None, **settings: Any) -> None:
        self.object = obj
        self.env = env or environment(settings)
        self.memory = Memory("big" if obj.big_endian else "little")
        self._state = State(self.memory, self.env, helpers=dict(HELPERS))
        self._interpreter = Interpreter(self._state, self._data_address, self._tail_target)
        self._code: dict[str, Code] = {}
        self._sections: dict[str, SectionMatch] = {}
        self.maps: dict[str, MapView] = {}
        for definition in obj.maps.values():
            self._add(definition, create_map(definition, self.memory, self.env))
        for section in obj.data.values():
            if section.references:
                raise refuse("R2049", f"section '{section.name}' holds addresses, which BPF data cannot",
                             "keep an index instead of a pointer")  # fmt: skip
            made = DataMap(section, self.memory, self.env)
            self._add(Map(section.name, 2, 4, made.value_size, 1, btf_value_id=self._section_type(section)), made)
        for definition in obj.maps.values():
            self._fill_programs(definition)

    def _add(self, definition: Map, made: MachineMap) -> None:
        self._state.maps[definition.name] = made
        self.maps[definition.name] = MapView(definition, made, self.object.btf)

    def _section_type(self, section: DataSection) -> int:
        from ...compiler.object.btf import DataSec

        return self.object.btf.find(section.name, DataSec) if self.object.btf else 0

    def _fill_programs(self, definition: Map) -> None:
        table = self._state.maps[definition.name]
        if isinstance(table, ProgramArray):
            for slot, symbol in definition.values:
                table.set_program(slot, symbol)

    # ---- running

    def run(self, program: str = "", packet: bytes | None = None, ctx: ContextValue = None,
            helpers: Overrides | None = None) -> Run:  # fmt: skip
        """Run `program` (or the only one there is) once.

        `packet`: an Ethernet frame, for programs that work on packets. `ctx`: the context as bytes, as a dict of its
        fields (text and bytes given for a pointer are put into user memory), or, for raw tracepoints, fentry and LSM, as
        a list of arguments. `helpers`: replaces helpers by C name, with or without `bpf_`: a number is returned, a
        function is called with the helper's arguments as 64-bit numbers.

        Raises `Trap` for what the program does wrong, `MachineError` for what was asked wrongly.
        """
        name = program or self._only()
        code = self._decoded(name)
        state = self._state
        kept = dict(state.helpers)
        state.start(name)
        try:
            for helper, replacement in (helpers or {}).items():
                number, function = _override(helper, replacement)
                state.helpers[number] = function
            context = make_context(state, self._sections[name], self.object, name, packet, ctx)
            r0 = self._interpreter.run(code, context.address)
            self._interpreter.check_held()
            after, meta = None, b""
            if packet is not None and context.packet is not None:
                # the kernel gives back an empty Ethernet header in front of packets that came without
                after = bytes(len(context.link_header)) + context.packet.content()
                meta = context.packet.metadata()
            kind = self._sections[name].program.name
            return Run(r0 & 0xFFFF_FFFF, after, state.steps, bytes(context.data), list(state.printk),
                       action_name(kind, r0 & 0xFFFF_FFFF), context.fields(), state.redirect, r0, meta)  # fmt: skip
        finally:
            state.helpers.clear()
            state.helpers.update(kept)
            if state.context is not None and state.context.packet is not None:
                state.context.packet.drop()
            state.finish()

    def programs(self) -> list[str]:
        """Names of the programs, in the order of the source."""
        return [function.name for function in self.object.programs()]

    def _only(self) -> str:
        names = self.programs()
        if len(names) != 1:
            raise refuse("R2040", f"'{self.object.name}' has {len(names)} programs", f"name one: {', '.join(names)}")
        return names[0]

    def _decoded(self, name: str) -> Code:
        if name not in self._code:
            flat = flatten(self.object, name)
            section = match_section(flat.section)
            if section is None:
                raise refuse("R2040", f"'{name}' is in section '{flat.section}', which is no program's",
                             'use a section name that libbpf knows, for example SEC("xdp")')  # fmt: skip
            # CO-RE relocations stay as the compiler left them: the simulated kernel has the types of the program itself
            self._sections[name] = section
            self._code[name] = decode(flat, self._interpreter)
        return self._code[name]

    def _data_address(self, name: str, offset: int | None) -> int:
        table = self._state.maps[name]
        if offset is None:
            return table.address
        assert isinstance(table, DataMap)
        return table.element(0).address + offset

    def _tail_target(self, array: int, index: int) -> Code | None:
        table = self._state.map_at(array)
        if not isinstance(table, ProgramArray):
            raise Fault("R2023", f"map '{table.name}' is not a program array", "declare it BPF_MAP_TYPE_PROG_ARRAY")
        value = table.slots.get(index)
        if value is None:
            return None
        try:
            return self._decoded(value.decode())
        except (ObjectError, UnicodeDecodeError):
            raise Fault("R2026", f"slot {index} of program array '{table.name}' holds {value!r}, which is no program of "
                        "this object", f'set it by name: machine.maps["{table.name}"][{index}] = "NAME"') from None  # fmt: skip

    # ---- memory and variables

    def user_memory(self, data: bytes) -> int:
        """Put bytes where bpf_probe_read_user() finds them, until the next run ends; their address."""
        return user_memory(self._state, data)

    def kernel_memory(self, data: bytes) -> int:
        """Put bytes where bpf_probe_read_kernel() finds them, until the next run ends; their address."""
        return kernel_memory(self._state, data)

    def __getitem__(self, variable: str) -> Any:
        """The value of a global variable."""
        section, start, size, type_id = self._variable(variable)
        data = bytes(section.data[start : start + size])
        btf = self.object.btf
        if btf is not None and type_id:
            return decode_value(btf, type_id, data)
        return int.from_bytes(data, self.memory.order) if size in (1, 2, 4, 8) else data

    def __setitem__(self, variable: str, value: Any) -> None:
        """Set a global variable; constants too, as a loader may before loading."""
        section, start, size, type_id = self._variable(variable)
        btf = self.object.btf
        if btf is not None and type_id:
            data = encode_value(btf, type_id, value)
        elif isinstance(value, int):
            data = (value & (1 << 8 * size) - 1).to_bytes(size, self.memory.order)
        else:
            data = bytes(value)
        if len(data) != size:
            raise refuse("R2046", f"variable '{variable}' has {size} bytes, not {len(data)}")
        section.data[start : start + size] = data

    def _variable(self, name: str) -> tuple[DataMap, int, int, int]:
        found = self.object.variables.get(name)
        table = self._state.maps.get(found.section) if found else None
        if found is None or not isinstance(table, DataMap):
            known = ", ".join(v.name for v in self.object.variables.values() if v.section in self.object.data)
            raise refuse("R2040", f"'{self.object.name}' has no global variable '{name}'", f"it has: {known or 'none'}")
        type_id = getattr(self.object.btf[found.btf_id], "type", 0) if self.object.btf and found.btf_id else 0
        return table, found.offset, found.size, type_id


def _override(name: str, replacement: Callable[..., int] | int) -> tuple[int, HelperFunction]:
    row = helper_table.by_name(name)
    if row is None:
        from difflib import get_close_matches

        known = [helper.name for helper in helper_table.HELPERS.values()]
        near = get_close_matches(name if name.startswith("bpf_") else f"bpf_{name}", known, 3)
        raise refuse("R2041", f"there is no helper '{name}'", f"did you mean {', '.join(near)}?" if near else "")
    count = len(row.arguments)
    if not callable(replacement):
        return row.number, lambda *_: replacement

    def call(_: State, *arguments: int) -> int:
        given = [a for a in arguments if a is not None] if row.variadic else arguments[:count]
        try:
            answer = replacement(*given)
        except (Fault, Trap):
            raise
        except Exception as error:
            raise Fault("R2027", f"the function given for {row.name}() failed: {type(error).__name__}: {error}",
                        "correct the function in helpers={...}") from error  # fmt: skip
        if not isinstance(answer, int):
            raise Fault("R2027", f"the function given for {row.name}() returned {answer!r}, which is no number",
                        "return an int")  # fmt: skip
        return answer

    return row.number, call

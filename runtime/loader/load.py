"""`load`: an Object into the kernel, as a context manager that leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import struct
import sys
from collections.abc import Mapping

from ...compiler.object.model import DataSection, Function, Map, Object
from ...compiler.object.program import flatten
from ...stdlib import maps as map_table
from ...stdlib.programs import SectionMatch, match_section
from ..maps import TypedMap
from . import syscall
from .btf import KernelBtf, load_btf
from .core_relocate import Relocator
from .externs import Externs
from .kernel_types import KernelTypes
from .maps import KernelMap, create_data_map, create_map, possible_cpus
from .pins import BY_NAME, PINS, pin, pin_path, reused
from .programs import LoadedProgram, Request, load_program
from .ringbuf import RingBuffer
from .syscall import error
from .targets import target_of

_RINGBUF = 27


class Loaded:
    """What is in the kernel: `maps` and `programs` by name. Closing it detaches and frees everything.

    `maps[name]` takes and gives Python values; `maps[name].raw` is the map of bytes.
    """

    def __init__(self, obj: Object) -> None:
        self.object = obj
        self.maps: dict[str, TypedMap] = {}
        self.kernel_maps: dict[str, KernelMap] = {}
        self.programs: dict[str, LoadedProgram] = {}
        self.pinned: list[str] = []  # paths in a BPF file system
        self._btf: KernelBtf | None = None
        self._types: KernelTypes | None = None
        self._rings: dict[str, RingBuffer] = {}

    def ring(self, name: str) -> RingBuffer:
        """The reader of a ring buffer map."""
        if name not in self._rings:
            ring_map = self.kernel_maps.get(name)
            if ring_map is None or ring_map.type != _RINGBUF:
                raise error("L3050", f"'{name}' is not a ring buffer of this object", f"maps: {', '.join(self.maps)}")
            self._rings[name] = RingBuffer(ring_map.fd, ring_map.max_entries)
        return self._rings[name]

    def pin(self, fd: int, name: str, what: str, folder: str) -> None:
        """Keep a map or program under its name in `folder` when all is closed. Raises `LoadError`."""
        path = pin_path(folder, name)
        pin(fd, path, what)
        self.pinned.append(path)

    def unpin(self) -> None:
        """Take back the names that this load gave."""
        for path in self.pinned:
            with contextlib.suppress(OSError):
                os.unlink(path)
        self.pinned.clear()

    def close(self) -> None:
        """Detach programs, then free them and the maps; what is pinned stays."""
        for ring in self._rings.values():
            ring.close()
        self._rings.clear()
        for program in self.programs.values():
            program.close()
        for kernel_map in self.kernel_maps.values():
            kernel_map.close()
        if self._btf is not None:
            self._btf.close()
            self._btf = None
        if self._types is not None:
            self._types.close()

    def __enter__(self) -> Loaded:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def load(obj: Object, *, programs: list[str] | None = None, btf: str = "", pins: str = PINS) -> Loaded:
    """Create the maps and load the programs: those named, or all whose section does not begin with `?`.

    `btf`: a file with the kernel's types, for CO-RE, where the kernel itself does not tell them. `pins`: the folder of a BPF
    file system for maps that are pinned by name: those stay there when the rest is closed.

    Raises `LoadError` (or `ObjectError` for references to what is not there); nothing stays behind then.
    """
    loaded = Loaded(obj)
    syscall.lift_memory_limit()
    try:
        chosen = _choose(obj, programs)
        sections = {program.name: _section(program.name, program.section) for program in chosen}
        flats = [flatten(obj, program.name) for program in chosen]
        loaded._btf = load_btf(obj, flats)
        kernel = KernelTypes(btf)
        running = KernelTypes() if btf else kernel
        loaded._types = running
        externs = Externs(obj, running)
        kconfig = externs.kconfig(flats)
        _create_maps(loaded, kconfig, pins)
        relocator = Relocator(obj.btf, kernel) if obj.btf is not None else None
        for flat in flats:
            externs.resolve(flat)
            if relocator is not None:
                relocator.relocate(flat)
        for flat in flats:
            section = sections[flat.name]
            target = target_of(flat, section, running)
            request = Request(flat, section, target, loaded._btf, externs.modules, obj.license, obj.version)
            loaded.programs[flat.name] = load_program(request, loaded.kernel_maps)
        for definition in obj.maps.values():
            if definition.inner is None:
                _set_values(definition, loaded.kernel_maps[definition.name], loaded.programs)
    except BaseException:
        loaded.unpin()
        loaded.close()
        raise
    return loaded


def _choose(obj: Object, names: list[str] | None) -> list[Function]:
    if obj.big_endian != (sys.byteorder == "big"):
        order = "big" if obj.big_endian else "little"
        raise error(
            "L3039", f"'{obj.name}' is made for {order}-endian machines", "compile it for this machine's byte order"
        )
    known = {program.name: program for program in obj.programs()}
    for name in names or ():
        if name not in known:
            raise error("L3037", f"'{obj.name}' has no program '{name}'", f"it has: {', '.join(known) or 'none'}")
    return [p for p in known.values() if (not p.section.startswith("?") if names is None else p.name in names)]


def _section(name: str, section: str) -> SectionMatch:
    match = match_section(section)
    if match is None:
        raise error(
            "L3031", f"program '{name}': no kind of BPF program has the section name '{section}'",
            'use one that libbpf knows, for example SEC("xdp"), SEC("tc") or SEC("tracepoint/category/event")',
        )  # fmt: skip
    return match


def _create_maps(loaded: Loaded, kconfig: DataSection | None, pins: str) -> None:
    obj = loaded.object
    btf_fd = loaded._btf.fd if loaded._btf else 0
    for name, definition in obj.maps.items():
        if definition.pinning not in (0, BY_NAME):
            raise error("L3019", f"map '{name}': there is no way {definition.pinning} of pinning",
                        "use __uint(pinning, LIBBPF_PIN_BY_NAME)")  # fmt: skip
        if map_table.by_number(definition.type) is None:
            raise error("L3033", f"map '{name}' is of type {definition.type}, which no kernel has")
        found = reused(definition, pins) if definition.pinning else None
        made = found or _created(definition, btf_fd)
        _add(loaded, definition, made)
        if definition.pinning and found is None:
            loaded.pin(made.fd, name, f"map '{name}'", pins)
    for definition in obj.maps.values():
        if definition.inner is not None:
            _set_values(definition, loaded.kernel_maps[definition.name], loaded.kernel_maps)
    sections = [*obj.data.values(), *([kconfig] if kconfig is not None else [])]
    for section in sections:
        name = section.name
        if section.references:
            raise error(
                "L3034", f"data section '{name}' holds addresses, which BPF data cannot",
                "keep an index instead of a pointer",
            )  # fmt: skip
        btf_id = loaded._btf.section_ids.get(name, 0) if loaded._btf else 0
        made = create_data_map(section, section.data, btf_fd, btf_id)
        _add(loaded, Map(name, made.type, made.key_size, made.value_size, 1, btf_value_id=btf_id), made)


def _created(definition: Map, btf_fd: int) -> KernelMap:
    """The map; one of maps learns from a sample, which is given up again, what maps it may hold."""
    if definition.inner is None:
        return create_map(definition, btf_fd)
    sample = create_map(definition.inner, btf_fd)
    try:
        return create_map(definition, btf_fd, inner_fd=sample.fd)
    finally:
        sample.close()


def _set_values(definition: Map, made: KernelMap, known: Mapping[str, KernelMap | LoadedProgram]) -> None:
    """Put what `.values` names, maps or programs that exist, into a map: the key is the index there, as in libbpf."""
    for slot, symbol in definition.values:
        if symbol in known:
            made.update(struct.pack("=I", slot), struct.pack("=I", known[symbol].fd))


def _add(loaded: Loaded, definition: Map, made: KernelMap) -> None:
    cpus = possible_cpus() if made.per_cpu else 0
    loaded.kernel_maps[definition.name] = made
    loaded.maps[definition.name] = TypedMap(definition, made, loaded.object.btf, cpus=cpus)

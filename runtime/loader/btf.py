"""The object's types in the kernel: BTF made fit for it, and the function and line tables that refer to it."""

from __future__ import annotations

import copy
import ctypes
import os
import struct
from dataclasses import dataclass, field

from ...compiler.object.btf import STATIC, Btf, DataSec, Func, StringTable, Typedef, Var
from ...compiler.object.btf_ext import encode_place
from ...compiler.object.btf_sections import fitted_btf
from ...compiler.object.model import Object
from ...compiler.object.program import FlatProgram
from .syscall import Command, address, bpf


@dataclass(slots=True)
class KernelBtf:
    """Loaded types. `section_ids` are the DATASEC ids of data sections, the types of their maps' values."""

    fd: int
    strings: StringTable
    section_ids: dict[str, int] = field(default_factory=dict)
    _functions: frozenset[int] = frozenset()

    def function_info(self, flat: FlatProgram) -> bytes:
        """func_info records; none unless every function has one, which the kernel asks for."""
        if len(flat.func_info) != len(flat.functions) or not all(i in self._functions for _, i in flat.func_info):
            return b""
        return b"".join(struct.pack("=II", slot, type_id) for slot, type_id in flat.func_info)

    def line_info(self, flat: FlatProgram) -> bytes:
        """line_info records; none unless every function starts with one."""
        starts = {line.at for line in flat.lines}
        if not self.function_info(flat) or any(slot not in starts for slot, _ in flat.functions):
            return b""
        return b"".join(struct.pack("=IIII", line.at, *encode_place(line.place, self.strings)) for line in flat.lines)

    def close(self) -> None:
        """Give up our reference."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1


def _fit(obj: Object, fitted: Btf) -> None:
    """Types as the kernel takes them: no externs; hidden functions static: it verifies them where they are called."""
    for number, t in obj.btf.items() if obj.btf is not None else ():
        match t:
            case Func(linkage=2) | Var(linkage=2) | DataSec(name=".ksyms" | ".kconfig"):  # ids must stay
                fitted.types[number] = Typedef(t.name.replace(".", "_"), 0)
    for function in obj.functions.values():
        kind = fitted[function.btf_id] if function.hidden and function.btf_id else None
        if isinstance(kind, Func):
            copied = copy.copy(kind)
            copied.linkage = STATIC
            fitted.types[function.btf_id] = copied


def load_btf(obj: Object, flats: list[FlatProgram]) -> KernelBtf | None:
    """Load the object's types, or None if it has none or the kernel does not take them: programs load without.

    Compilers leave the sizes and offsets of data sections to the loader, as only the ELF symbols have them.
    """
    if obj.btf is None:
        return None
    strings = StringTable()
    for flat in flats:  # the line table shares the strings: they must be in before the types are encoded
        for line in flat.lines:
            encode_place(line.place, strings)
    fitted = fitted_btf(obj)
    _fit(obj, fitted)
    sections = {t.name: i for i, t in fitted.items() if isinstance(t, DataSec) and t.name in obj.data}
    data = fitted.encode(strings)
    buffer = ctypes.create_string_buffer(data, len(data))
    # btf, btf_log_buf, btf_size, btf_log_size, btf_log_level
    try:
        fd = bpf(Command.BTF_LOAD, struct.pack("=QQIII", address(buffer), 0, len(data), 0, 0))
    except OSError:
        return None
    functions = frozenset(i for i, t in fitted.items() if isinstance(t, Func))
    return KernelBtf(fd, strings, sections, functions)

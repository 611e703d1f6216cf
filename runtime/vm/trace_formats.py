"""Layouts of tracing contexts: pt_regs of x86-64, and tracepoint records as tracefs describes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from .errors import refuse

# struct pt_regs (arch/x86/include/asm/ptrace.h): 8 bytes each; user space headers prefix most names with r
_REGISTERS = (
    "r15", "r14", "r13", "r12", "bp", "bx", "r11", "r10", "r9", "r8", "ax", "cx", "dx", "si", "di", "orig_ax", "ip",
    "cs", "flags", "sp", "ss",
)  # fmt: skip
PT_REGS_BYTES = 8 * len(_REGISTERS)
_OFFSETS = {name: 8 * at for at, name in enumerate(_REGISTERS)}
_ARGUMENTS = ("di", "si", "dx", "cx", "r8", "r9")  # the calling convention, in order


class RecordField(NamedTuple):
    """A field of a tracepoint's record, in bytes."""

    offset: int
    size: int


def pt_regs(values: Mapping[str, Any]) -> bytearray:
    """struct pt_regs from register names (`di` or `rdi`), `args` (a list of up to 6) and `ret`."""
    out = bytearray(PT_REGS_BYTES)

    def put(name: str, value: int) -> None:
        at = _OFFSETS.get(name)
        if at is None:
            at = _OFFSETS.get(name.removeprefix("r"))
        if at is None:
            raise refuse("R2042", f"pt_regs has no register '{name}'", f"registers: {', '.join(_REGISTERS)}, args, ret")
        out[at : at + 8] = (value & (1 << 64) - 1).to_bytes(8, "little")

    for name, value in values.items():
        if name == "args":
            if len(value) > len(_ARGUMENTS):
                raise refuse("R2042", f"{len(value)} arguments: registers hold {len(_ARGUMENTS)}")
            for register, argument in zip(_ARGUMENTS, value, strict=False):
                put(register, argument)
        else:
            put("ax" if name == "ret" else name, value)
    return out


_FIELD = re.compile(r"^\s*field:(.+?)(\w+)(?:\[\w*\])?;\s*offset:(\d+);\s*size:(\d+);", re.M)


def tracepoint_fields(target: str) -> dict[str, RecordField] | None:
    """The fields of tracepoint `category/name` by tracefs, None if that cannot be read here."""
    if not re.fullmatch(r"[\w-]+/[\w-]+", target):
        return None
    for root in ("/sys/kernel/tracing", "/sys/kernel/debug/tracing"):
        try:
            text = Path(root, "events", target, "format").read_text()
        except OSError:
            continue
        return {name: RecordField(int(offset), int(size)) for _, name, offset, size in _FIELD.findall(text)}
    return None

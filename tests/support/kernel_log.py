"""What the running kernel's verifier knew after each instruction: its log at level 2, parsed."""

from __future__ import annotations

import ctypes
import os
import re
import struct
from dataclasses import dataclass
from typing import Any

from purebpf.compiler.object.isa import PSEUDO_MAP_FD, PSEUDO_MAP_VALUE, encode
from purebpf.compiler.object.model import Object
from purebpf.compiler.object.program import FlatProgram, flatten
from purebpf.runtime.loader import load
from purebpf.runtime.loader.syscall import Command, bpf
from purebpf.runtime.verifier.scalar import S32_MAX, S32_MIN, S64_MAX, S64_MIN, UNKNOWN, Scalar, const
from purebpf.runtime.verifier.tnum import M32, M64
from purebpf.stdlib.programs import match_section

_LOG = 16 << 20
_INSN = re.compile(r"^(\d+): \([0-9a-f]{2}\) (.*)$", re.M)
_REG = re.compile(r"\bR(\d+)(?:_[a-z]+)?=(-?(?:0x)?[0-9a-f]+(?![\w(])|\w*\([^()]*(?:\([^()]*\)[^()]*)*\))")
_FACT = re.compile(r"((?:[us](?:min|max)(?:32)?=)+)(-?(?:0x)?[0-9a-f]+)")
_BITS = re.compile(r"var_off=\((0x[0-9a-f]+); (0x[0-9a-f]+)\)")
_NAMES = ("umin", "umax", "smin", "smax", "umin32", "umax32", "smin32", "smax32")


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet pointer as the log shows it."""

    off: int
    range: int


@dataclass(frozen=True, slots=True)
class Walked:
    """One instruction walked over, and the registers that the log shows behind it."""

    slot: int
    registers: dict[int, Scalar | Packet]


def log_of(obj: Object, name: str) -> str:
    """The verifier's log of an accepted program. Raises OSError or LoadError if the kernel does not take it."""
    with load(obj, programs=[name]) as loaded:
        flat = flatten(obj, name)
        return load_with_log(flat, obj.license, {key: made.fd for key, made in loaded.kernel_maps.items()})


def load_with_log(flat: FlatProgram, license_: str, maps: dict[str, int]) -> str:
    """Load a flat program, its maps by descriptor, and let go of it; gives the log at level 2."""
    section = match_section(flat.section)
    assert section is not None
    insns = list(flat.insns)
    for slot, reference in flat.map_refs.items():
        pseudo = PSEUDO_MAP_FD if reference.offset is None else PSEUDO_MAP_VALUE
        insns[slot] = insns[slot]._replace(src=pseudo, imm=maps[reference.map])
        insns[slot + 1] = insns[slot + 1]._replace(imm=reference.offset or 0)
    code = encode(insns)
    text, words = ctypes.create_string_buffer(code, len(code)), ctypes.create_string_buffer(license_.encode())
    log = ctypes.create_string_buffer(_LOG)
    attr = struct.pack(
        "<IIQQIIQII16sII", section.program.number, len(insns), ctypes.addressof(text), ctypes.addressof(words), 2, _LOG,
        ctypes.addressof(log), 0, 0, b"states", 0, section.attach.number if section.attach else 0,
    )  # fmt: skip
    os.close(bpf(Command.PROG_LOAD, attr))
    return log.value.decode("utf-8", "replace")


def processed(log: str) -> int:
    """How many instructions the kernel says it processed."""
    found = re.search(r"processed (\d+) insns", log)
    assert found, log[-300:]
    return int(found[1])


def walked(log: str) -> list[Walked]:
    """Every instruction in the order the kernel walked over them."""
    return [Walked(int(m[1]), registers(m[2].partition(" ; ")[2])) for m in _INSN.finditer(log)]


def registers(text: str) -> dict[int, Scalar | Packet]:
    """The numbers and packet pointers of a printed state."""
    found: dict[int, Scalar | Packet] = {}
    for number, value in _REG.findall(text):
        if value.startswith("scalar("):
            found[int(number)] = _scalar(value)
        elif value.startswith("pkt("):
            off, have = re.search(r"\boff=(-?\w+)", value), re.search(r"\br=(\w+)", value)
            found[int(number)] = Packet(int(off[1], 0) if off else 0, _signed(int(have[1], 0)) if have else 0)
        elif "(" not in value:
            found[int(number)] = const(int(value, 0))
    return found


def _scalar(text: str) -> Scalar:
    facts: dict[str, Any] = dict(zip(_NAMES, (0, M64, S64_MIN, S64_MAX, 0, M32, S32_MIN, S32_MAX), strict=True))
    for names, value in _FACT.findall(text):
        for name in names.rstrip("=").split("="):
            number = int(value, 0)  # negative numbers are printed as such or, in hexadecimal, as patterns
            bits = 32 if name.endswith("32") else 64
            facts[name] = number - (1 << bits) if name.startswith("s") and number >> bits - 1 == 1 else number
    known = _BITS.search(text)
    value, mask = (int(known[1], 16), int(known[2], 16)) if known else UNKNOWN.tnum
    return Scalar(value, mask, *(facts[name] for name in _NAMES))


def _signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value

"""Asking the running kernel with tiny programs and maps: what it takes, and what its verifier says."""

from __future__ import annotations

import ctypes
import os
import struct
from dataclasses import dataclass

from purebpf.runtime.loader.syscall import Command, bpf

CALL, EXIT, MOV_IMM, MOV_REG, ADD_IMM, LDDW = 0x85, 0x95, 0xB7, 0xBF, 0x07, 0x18
LOADS = {1: 0x71, 2: 0x69, 4: 0x61, 8: 0x79}
STORES = {1: 0x73, 2: 0x6B, 4: 0x63, 8: 0x7B}
SLEEPABLE = 0x10
_LOG = 1 << 16


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a load: taken or not, errno, the verifier's log."""

    ok: bool
    errno: int
    log: str


def insn(opcode: int, to: int = 0, source: int = 0, offset: int = 0, imm: int = 0) -> bytes:
    """One instruction slot."""
    return struct.pack("<BBhi", opcode, source << 4 | to, offset, imm)


def load(code: bytes, program: int, attach: int = 0, *, license: str = "GPL", flags: int = 0, level: int = 1) -> Answer:
    """Load a program of a type and attach type, and let go of it."""
    text = ctypes.create_string_buffer(code, len(code))
    words = ctypes.create_string_buffer(license.encode())
    log = ctypes.create_string_buffer(_LOG)
    # prog_type, insn_cnt, insns, license, log_level, log_size, log_buf, kern_version, prog_flags, name, ifindex, attach type
    attr = struct.pack(
        "<IIQQIIQII16sII", program, len(code) // 8, ctypes.addressof(text), ctypes.addressof(words), level, _LOG,
        ctypes.addressof(log), 0, flags, b"probe", 0, attach,
    )  # fmt: skip
    try:
        os.close(bpf(Command.PROG_LOAD, attr))
    except OSError as problem:
        return Answer(False, problem.errno or 0, log.value.decode("utf-8", "replace"))
    return Answer(True, 0, log.value.decode("utf-8", "replace"))


def create_map(type_: int, key: int, value: int, entries: int, flags: int = 0, inner: int = 0) -> int:
    """A map's file descriptor. Raises OSError."""
    return bpf(Command.MAP_CREATE, struct.pack("<IIIIIII16s", type_, key, value, entries, flags, inner, 0, b"probe"))


def takes_map(type_: int, key: int, value: int, entries: int, flags: int = 0, inner: int = 0) -> bool:
    """True if the kernel creates such a map."""
    try:
        os.close(create_map(type_, key, value, entries, flags, inner))
    except OSError:
        return False
    return True

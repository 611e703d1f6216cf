"""Runs IR twice: in the reference interpreter, and compiled, in the kernel. A module's `driver` is a socket filter whose
only outside world is the symbol `state`, one value of an array map: what both leave there must be the same bytes."""

from __future__ import annotations

import copy
import ctypes
import os
import platform
import random
import struct
from collections.abc import Iterator
from contextlib import contextmanager

from ir_functions import make_function, make_module

from purebpf.compiler.codegen import generate
from purebpf.compiler.diagnostics import Diagnostics
from purebpf.compiler.ir.check import check
from purebpf.compiler.ir.interpret import Memory, interpret
from purebpf.compiler.ir.model import Call, Function, Module
from purebpf.compiler.ir.reader import read_module
from purebpf.compiler.object import isa
from purebpf.compiler.object.isa import Insn
from purebpf.compiler.object.model import Function as Code
from purebpf.compiler.object.model import RefKind
from purebpf.compiler.source import SourceMap
from purebpf.compiler.target import Target

STATE = 1024  # bytes of `state`: buffer 0-63, a 64, b 72, result 80, number of notes 88, notes from 128
_NOTES = 128
SOCKET_FILTER = 1

# calls the function `f(ptr buffer, i32 a, i64 b)` of a random module; `seen` and `touch` stand for helpers
DRIVER = """
function @driver(ptr %0 "ctx") -> i32 section "socket" linkage global {
.entry:
  %1 = symbol data @state
  %2 = load.4 i32 [%1 + 64]
  %3 = load.8 i64 [%1 + 72]
  %4 = call i64 function @f(%1, %2, %3)
  store.8 [%1 + 80], %4
  return i32 0
}
function @seen(i64 %0 "x", i32 %1 "y") -> i64 linkage static inline never {
.entry:
  %2 = symbol data @state
  %3 = load.8 i64 [%2 + 88]
  %4 = add i64 %3, 1
  store.8 [%2 + 88], %4
  %5 = and i64 %3, 63
  %6 = shl i64 %5, 3
  %7 = ptradd %2, %6
  %8 = zext %1
  %9 = mul i64 %8, 3
  %10 = add i64 %0, %9
  store.8 [%7 + 128], %10
  %11 = mul i64 %10, 7
  %12 = add i64 %11, %4
  return %12
}
function @touch(ptr %0 "array") -> i64 linkage static inline never {
.entry:
  %1 = load.8 i64 [%0 + 0]
  %2 = load.8 i64 [%0 + 8]
  %3 = mul i64 %1, 31
  %4 = add i64 %3, %2
  store.8 [%0 + 0], %4
  store.8 [%0 + 8], %1
  %5 = trunc %4
  %6 = call i64 function @seen(%1, %5)
  return %6
}
"""


# enum bpf_cmd
MAP_CREATE, MAP_LOOKUP_ELEM, MAP_UPDATE_ELEM, PROG_LOAD, PROG_TEST_RUN = 0, 1, 2, 5, 10


def bpf(command: int, attr: bytes | ctypes.Array[ctypes.c_char]) -> int:
    """bpf(2); written here once more, so that these tests judge code generation alone. Raises OSError."""
    buffer = ctypes.create_string_buffer(attr, len(attr)) if isinstance(attr, bytes) else attr
    libc = ctypes.CDLL(None, use_errno=True)
    number = 321 if platform.machine() == "x86_64" else 280
    result: int = libc.syscall(ctypes.c_long(number), ctypes.c_long(command), buffer, ctypes.c_long(len(buffer)))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def address(buffer: ctypes.Array[ctypes.c_char]) -> int:
    """Where a buffer is."""
    return ctypes.addressof(buffer)


class Refused(Exception):
    """The kernel's verifier said no; the text is its log's end."""


def compile_module(module: Module, target: Target) -> dict[str, Code]:
    """Machine code for each function. Raises `CompileError`."""
    codes = {}
    sources = SourceMap()
    for function in module.functions.values():
        diagnostics = Diagnostics(sources)
        codes[function.name] = generate(function, target, sources, diagnostics)
        diagnostics.raise_if_errors()
    return codes


def link(codes: dict[str, Code], main: str, map_fd: int) -> list[Insn]:
    """The program `main` with the functions it calls behind it, `state` and calls filled in."""
    starts: dict[str, int] = {}
    insns: list[Insn] = []
    waiting = [main]
    while waiting:
        name = waiting.pop(0)
        if name in starts:
            continue
        starts[name] = len(insns)
        insns += codes[name].insns
        waiting += [r.symbol for r in codes[name].references if r.kind in (RefKind.CALL, RefKind.FUNCTION)]
    for name, start in starts.items():
        for reference in codes[name].references:
            at = start + reference.at
            match reference.kind:
                case RefKind.CALL:
                    insns[at] = insns[at]._replace(imm=starts[reference.symbol] - at - 1)
                case RefKind.DATA:
                    insns[at] = insns[at]._replace(src=isa.PSEUDO_MAP_VALUE, imm=map_fd)
                    insns[at + 1] = insns[at + 1]._replace(imm=reference.addend)
                case RefKind.MAP:
                    insns[at] = insns[at]._replace(src=isa.PSEUDO_MAP_FD, imm=map_fd)
                case _:
                    raise AssertionError(reference)
    return insns


@contextmanager
def loaded(codes: dict[str, Code], main: str = "driver", *, program_type: int = SOCKET_FILTER) -> Iterator[tuple[int, int]]:
    """File descriptors of the loaded program and of its `state`. Raises `Refused`."""
    map_fd = bpf(MAP_CREATE, struct.pack("=IIIII", 2, 4, STATE, 1, 0).ljust(72, b"\0"))
    try:
        code = isa.encode(link(codes, main, map_fd))
        insns, licence = ctypes.create_string_buffer(code, len(code)), ctypes.create_string_buffer(b"GPL")
        log = ctypes.create_string_buffer(1 << 22)
        attr = struct.pack(
            "=IIQQIIQ", program_type, len(code) // 8, address(insns), address(licence), 1, len(log), address(log)
        )  # fmt: skip
        try:
            fd = bpf(PROG_LOAD, attr.ljust(120, b"\0"))
        except OSError as problem:
            text = log.value.decode(errors="replace")
            raise Refused(f"{problem}\n{text[-6000:]}") from None
        try:
            yield fd, map_fd
        finally:
            os.close(fd)
    finally:
        os.close(map_fd)


def run(fds: tuple[int, int], state: bytes, packet: bytes = bytes(64)) -> tuple[int, bytes]:
    """Run a loaded program once on `packet`; its return value and what it leaves of `state`."""
    program, map_fd = fds
    key, value = ctypes.create_string_buffer(4), ctypes.create_string_buffer(state.ljust(STATE, b"\0"), STATE)
    element = struct.pack("=IIQQQ", map_fd, 0, address(key), address(value), 0)
    bpf(MAP_UPDATE_ELEM, element)
    data = ctypes.create_string_buffer(packet, len(packet))
    attr = struct.pack("=IIIIQQII", program, 0, len(packet), 0, address(data), 0, 1, 0).ljust(80, b"\0")
    buffer = ctypes.create_string_buffer(attr, len(attr))
    bpf(PROG_TEST_RUN, buffer)
    bpf(MAP_LOOKUP_ELEM, element)
    return struct.unpack_from("=I", buffer.raw, 4)[0], value.raw


def interpreted(module: Module, state: bytes, main: str = "driver") -> tuple[int, bytes]:
    """The same from the reference interpreter."""
    memory = Memory()
    at = memory.add(state.ljust(STATE, b"\0"))
    result = interpret(module.functions[main], [0], memory, module=module, symbols={"state": at})
    return (result or 0) & 0xFFFFFFFF, bytes(memory.regions[0])


def with_driver(module: Module) -> Module:
    """`module`'s `f` (and what it calls) under the driver; helper calls become calls of the stand-ins."""
    out = read_module(DRIVER)
    for name, function in module.functions.items():
        function.linkage = "static"
        out.functions[name] = function
        for block in function.blocks:
            for instr in block.instrs:
                if isinstance(instr, Call) and instr.kind == "helper":
                    instr.kind, instr.number = "function", 0
                elif isinstance(instr, Call):
                    instr.operands[0] = function.parameters[0]  # `g` wants all of the buffer, not just an array
    return out


def random_module(seed: int, size: int = 12, *, calls: float = 0.2) -> Module:
    """A driver and a random `f`, which calls a random `g` with the probability `calls`."""
    rng = random.Random(seed)
    if rng.random() < calls:
        module = make_module(rng, size)
    else:
        module = Module({"f": make_function(rng, size)})
    module = with_driver(module)
    for function in module.functions.values():
        check(function, module)
    return module


def random_state(rng: random.Random) -> bytes:
    """Buffer and arguments."""
    interesting = [0, 1, 2, 255, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 63, (1 << 64) - 1]
    values = [rng.choice(interesting) if rng.random() < 0.5 else rng.randrange(1 << 64) for _ in range(2)]
    return bytes(range(1, 65)) + struct.pack("<QQ", *values)


def fresh(function: Function) -> Function:
    """A copy, since code generation changes what it is given."""
    return copy.deepcopy(function)

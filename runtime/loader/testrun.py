"""BPF_PROG_TEST_RUN: run a loaded program once in the kernel on a packet or context."""

from __future__ import annotations

import ctypes
import errno
import struct
from dataclasses import dataclass

from . import syscall
from .syscall import Command, address, bpf, error

_HEADROOM = 4096  # room for what a program may add in front of and behind the packet
# these take a context but give none back apart (kernel/bpf/syscall.c, net/bpf/test_run.c); syscall changes it in place
_NO_CTX_OUT = frozenset({"raw_tracepoint", "raw_tracepoint_writable", "tracing", "syscall"})


@dataclass(frozen=True, slots=True)
class KernelRun:
    """What came of a run: the 32-bit return value, the packet and context as they are afterwards, ns for one run."""

    retval: int
    packet: bytes
    ctx: bytes
    duration: int


def run_once(program_fd: int, name: str, kind: str, packet: bytes | None, ctx: bytes | None, repeat: int) -> KernelRun:
    """Run the program behind `program_fd`, whose type's name is `kind`. Raises `LoadError`."""
    data_in = ctypes.create_string_buffer(packet, len(packet)) if packet else None
    ctx_in = ctypes.create_string_buffer(ctx, len(ctx)) if ctx else None
    # data_out needs its true size along: with size 0 the kernel would copy the whole packet past its end
    data_out = ctypes.create_string_buffer(len(packet) + _HEADROOM) if packet else None
    ctx_out = ctypes.create_string_buffer(len(ctx) + 64) if ctx and kind not in _NO_CTX_OUT else None
    # prog_fd, retval, data_size_in, data_size_out, data_in, data_out, repeat, duration, ctx_size_in, ctx_size_out,
    # ctx_in, ctx_out, flags, cpu, batch_size
    attr = struct.pack(
        "=IIIIQQIIIIQQIII", program_fd, 0, len(packet or b""), len(data_out or b""), address(data_in), address(data_out),
        repeat if packet else 0, 0, len(ctx or b""), len(ctx_out or b""), address(ctx_in), address(ctx_out), 0, 0, 0,
    )  # fmt: skip
    buffer = ctypes.create_string_buffer(attr, len(attr))
    try:
        bpf(Command.PROG_TEST_RUN, buffer)
    except OSError as problem:
        if problem.errno == 524:  # ENOTSUPP, which has no name in user space
            raise error(
                "L3040", f"the kernel cannot test-run programs of the kind of '{name}'",
                "run it in the bundled machine: purebpf run",
            ) from None  # fmt: skip
        if problem.errno == errno.EINVAL:
            raise error(
                "L3041", f"the kernel refuses this test run of '{name}': Invalid argument",
                "packets need at least 14 bytes (an Ethernet header); a context must have the exact size and layout",
            ) from None  # fmt: skip
        if problem.errno == errno.ENOSPC:
            raise error(
                "L3042", f"test run of '{name}': the packet grew by more than {_HEADROOM} bytes",
                "test it in the bundled machine: purebpf run",
            ) from None  # fmt: skip
        raise syscall.explain(f"test run of '{name}'", problem) from None
    retval, _, out_size = struct.unpack_from("=III", buffer.raw, 4)
    duration, _, ctx_size = struct.unpack_from("=III", buffer.raw, 36)
    changed = data_out.raw[:out_size] if data_out is not None else b""
    context = ctx_out.raw[:ctx_size] if ctx_out is not None else ctx_in.raw if ctx_in is not None else b""
    return KernelRun(retval, changed, context, duration)

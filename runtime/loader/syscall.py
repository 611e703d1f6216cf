"""bpf(2) and perf_event_open(2) through ctypes: attributes packed by hand, errors as `LoadError`.

Layouts are those of `union bpf_attr` in include/uapi/linux/bpf.h; all integers little- or big-endian as the host.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import platform
import struct
from enum import IntEnum
from functools import cache

from ...compiler.diagnostics import Diagnostic, PurebpfError, Severity

# arch/*/entry/syscalls: (bpf, perf_event_open) by machine; the generic table serves arm64, riscv64, loongarch64
_NUMBERS = {"x86_64": (321, 298), "s390x": (351, 331), "ppc64le": (361, 319), "ppc64": (361, 319)}
_GENERIC = (280, 241)


class LoadError(PurebpfError):
    """The kernel did not take what was asked of it."""


class Command(IntEnum):
    """enum bpf_cmd."""

    MAP_CREATE = 0
    MAP_LOOKUP_ELEM = 1
    MAP_UPDATE_ELEM = 2
    MAP_DELETE_ELEM = 3
    MAP_GET_NEXT_KEY = 4
    PROG_LOAD = 5
    OBJ_PIN = 6
    OBJ_GET = 7
    PROG_TEST_RUN = 10
    OBJ_GET_INFO_BY_FD = 15
    RAW_TRACEPOINT_OPEN = 17
    BTF_LOAD = 18
    BTF_GET_FD_BY_ID = 19
    MAP_FREEZE = 22
    BTF_GET_NEXT_ID = 23
    LINK_CREATE = 28


def error(code: str, message: str, fix: str = "") -> LoadError:
    """A LoadError with one diagnostic."""
    return LoadError(Diagnostic(code, Severity.ERROR, message, fix=fix))


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def syscall(number: int, *arguments: int | ctypes.c_void_p | ctypes.Array[ctypes.c_char]) -> int:
    """A raw system call; raises OSError."""
    # varargs: ints over 32 bits would be cut, so every one goes as a long
    converted = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result: int = _libc().syscall(ctypes.c_long(number), *converted)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def bpf(command: Command, attr: bytes | ctypes.Array[ctypes.c_char]) -> int:
    """bpf(2); `attr` is read, and written if it is a buffer. Raises OSError."""
    buffer = ctypes.create_string_buffer(attr, len(attr)) if isinstance(attr, bytes) else attr
    return syscall(_NUMBERS.get(platform.machine(), _GENERIC)[0], command, buffer, len(buffer))


def perf_event_open(type_: int, config: int, *, pid: int = -1, cpu: int = 0) -> int:
    """A perf event of one count on `cpu` (include/uapi/linux/perf_event.h); its fd. Raises OSError."""
    # type, size, config, sample_period, sample_type, read_format, flags, wakeup_events: PERF_ATTR_SIZE_VER0 is 64
    attr = struct.pack("=IIQQQQQI", type_, 64, config, 1, 0, 0, 0, 1).ljust(64, b"\0")
    number = _NUMBERS.get(platform.machine(), _GENERIC)[1]
    cloexec = 8
    return syscall(number, ctypes.create_string_buffer(attr, 64), pid, cpu, -1, cloexec)


def address(buffer: ctypes.Array[ctypes.c_char] | None) -> int:
    """The address of a buffer as an attribute holds it; 0 for none."""
    return ctypes.addressof(buffer) if buffer is not None else 0


def lift_memory_limit() -> None:
    """Before Linux 5.11 maps and programs count against RLIMIT_MEMLOCK, whose 64 KiB are soon full: lift it."""
    import resource

    try:
        major, minor = (int(part) for part in platform.release().split("-")[0].split(".")[:2])
    except ValueError:
        return
    if (major, minor) < (5, 11):
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_MEMLOCK, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def explain(what: str, problem: OSError) -> LoadError:
    """What an errno of bpf(2) means to somebody who wanted `what`."""
    reason = os.strerror(problem.errno or 0)
    match problem.errno:
        case errno.EPERM | errno.EACCES:
            return error("L3001", f"{what}: {reason}", _permission_fix())
        case errno.ENOSYS:
            return error("L3002", f"{what}: this kernel has no bpf(2)", "`purebpf run` and `check` need none")
        case errno.E2BIG:
            return error("L3003", f"{what}: {reason}: larger than this kernel allows", "make it smaller, or use a newer kernel")
        case errno.ENOMEM:
            return error(
                "L3004", f"{what}: {reason}",
                "free memory or make maps smaller; before Linux 5.11 raise the limit with `ulimit -l unlimited`",
            )  # fmt: skip
        case _:
            return error("L3005", f"{what}: {reason}", "this kernel may be too old for it, or a size or flag is not allowed")


def _permission_fix() -> str:
    if os.geteuid() != 0:
        return "run as root (sudo), or give the process CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN"
    return (
        "root alone is not enough here: in a container add --cap-add=BPF,PERFMON,NET_ADMIN; "
        "kernel lockdown and some hosts forbid this kind of program altogether"
    )

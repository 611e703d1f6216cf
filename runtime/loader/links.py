"""Attaching programs: `KIND:TARGET` to a link whose closing detaches. One row a kind in `ATTACHERS`."""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import syscall
from .syscall import Command, LoadError, bpf, error

# enum bpf_attach_type
_TRACE_ITER, _XDP, _PERF_EVENT, _TCX_INGRESS, _TCX_EGRESS = 28, 37, 41, 46, 47
# include/uapi/linux/if_link.h
_XDP_MODES = {"": 0, "generic": 1 << 1, "native": 1 << 2, "offload": 1 << 3}
_PERF_TYPE_TRACEPOINT = 2
# _IO('$', 0), _IOW('$', 8, __u32) of include/uapi/linux/perf_event.h
_PERF_IOC_ENABLE, _PERF_IOC_SET_BPF = 0x2400, 0x40042408


@dataclass(slots=True)
class Link:
    """An attached program. The kernel detaches it when the descriptors are closed."""

    kind: str
    target: str
    fds: tuple[int, ...]

    def close(self) -> None:
        """Detach."""
        for fd in self.fds:
            os.close(fd)
        self.fds = ()

    def __enter__(self) -> Link:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def attach(program_fd: int, kind: str, target: str) -> Link:
    """Attach a loaded program. `kind` is a row of `ATTACHERS`, `target` what it goes to. Raises `LoadError`."""
    attacher = ATTACHERS.get(kind)
    if attacher is None:
        raise error("L3020", f"cannot attach to '{kind}' yet", f"supported: {', '.join(ATTACHERS)}")
    return Link(kind, target, attacher(program_fd, target))


def _interface(name: str) -> int:
    try:
        return socket.if_nametoindex(name)
    except OSError:
        known = ", ".join(n for _, n in socket.if_nameindex())
        raise error("L3021", f"there is no network interface '{name}'", f"here are: {known}") from None


def _link(program_fd: int, target: int, attach_type: int, flags: int, what: str) -> int:
    """BPF_LINK_CREATE: prog_fd, target (fd or ifindex), attach_type, flags, then what the type wants (zeros)."""
    try:
        return bpf(Command.LINK_CREATE, struct.pack("=IIII", program_fd, target, attach_type, flags).ljust(48, b"\0"))
    except OSError as problem:
        if problem.errno == errno.EBUSY or problem.errno == errno.EEXIST:
            raise error(
                "L3022", f"{what}: another program is attached there",
                "detach it first (`ip link set dev NAME xdp off`, or end the process that holds it)",
            ) from None  # fmt: skip
        if problem.errno == errno.EINVAL:
            raise error(
                "L3023", f"{what}: the kernel refuses it (Invalid argument)",
                "check that the program is of the kind that this hook takes; tcx needs Linux 6.6, XDP links 5.9",
            ) from None  # fmt: skip
        if problem.errno == errno.EOPNOTSUPP:
            raise error("L3024", f"{what}: the device does not support it", "use generic mode: xdp:NAME:generic") from None
        raise syscall.explain(what, problem) from None


def _xdp(program_fd: int, target: str) -> tuple[int, ...]:
    name, _, mode = target.partition(":")
    if mode not in _XDP_MODES:
        raise error("L3025", f"there is no XDP mode '{mode}'", "use xdp:NAME, xdp:NAME:generic or xdp:NAME:native")
    return (_link(program_fd, _interface(name), _XDP, _XDP_MODES[mode], f"attaching XDP to {name}"),)


def _tcx(attach_type: int, side: str) -> Callable[[int, str], tuple[int, ...]]:
    def attach_tcx(program_fd: int, target: str) -> tuple[int, ...]:
        return (_link(program_fd, _interface(target), attach_type, 0, f"attaching to tcx {side} of {target}"),)

    return attach_tcx


def _tracepoint(program_fd: int, target: str) -> tuple[int, ...]:
    """A perf event of the tracepoint, with the program on it; falls back to the ioctl before Linux 5.15."""
    from fcntl import ioctl

    event_id = tracepoint_id(target)
    what = f"attaching to tracepoint {target}"
    try:
        event = syscall.perf_event_open(_PERF_TYPE_TRACEPOINT, event_id)
    except OSError as problem:
        raise syscall.explain(what, problem) from None
    try:
        link = _link(program_fd, event, _PERF_EVENT, 0, what)
        fds: tuple[int, ...] = (link, event)
    except LoadError as refused:
        if refused.code != "L3023":
            os.close(event)
            raise
        try:
            ioctl(event, _PERF_IOC_SET_BPF, program_fd)
        except OSError:
            os.close(event)
            raise refused from None
        fds = (event,)
    ioctl(event, _PERF_IOC_ENABLE, 0)
    return fds


def _raw_tracepoint(program_fd: int, target: str) -> tuple[int, ...]:
    """BPF_RAW_TRACEPOINT_OPEN: name, prog_fd; the fd is the link."""
    name = ctypes.create_string_buffer(target.encode("utf-8", "surrogateescape"))
    try:
        return (bpf(Command.RAW_TRACEPOINT_OPEN, struct.pack("=QII", syscall.address(name), program_fd, 0)),)
    except OSError as problem:
        if problem.errno == errno.ENOENT:
            raise error(
                "L3028", f"this kernel has no raw tracepoint '{target}'",
                "name the event without its category: raw_tracepoint:sys_enter, raw_tracepoint:sched_switch",
            ) from None  # fmt: skip
        what = f"attaching to raw tracepoint {target}"
        if problem.errno == errno.EINVAL:
            raise error("L3023", f"{what}: the kernel refuses it", "only raw_tp programs can be attached there") from None
        raise syscall.explain(what, problem) from None


def _tracing(program_fd: int, target: str) -> tuple[int, ...]:
    """The program knows what it attaches to since it was loaded; the fd is the link."""
    what = f"attaching to {target}"
    try:
        return (bpf(Command.RAW_TRACEPOINT_OPEN, struct.pack("=QII", 0, program_fd, 0)),)
    except OSError as problem:
        if problem.errno in (errno.EINVAL, errno.EBUSY):
            raise error("L3023", f"{what}: the kernel refuses it ({problem.strerror})",
                        "check that nothing else is attached there, and that it is of that kind") from None  # fmt: skip
        raise syscall.explain(what, problem) from None


def _iterator(program_fd: int, target: str) -> tuple[int, ...]:
    return (_link(program_fd, 0, _TRACE_ITER, 0, f"attaching to the iterator of {target}"),)


_TRACEFS = ("/sys/kernel/tracing", "/sys/kernel/debug/tracing")


def tracepoint_id(target: str) -> int:
    """The number of tracepoint `category/name`, from tracefs. Raises `LoadError`."""
    category, _, name = target.partition("/")
    if not name or "/" in name or ".." in target:
        raise error("L3026", f"'{target}' is not a tracepoint", "name it as category/event: syscalls/sys_enter_openat")
    for root in _TRACEFS:
        folder = Path(root) / "events"
        if not folder.is_dir():
            continue
        try:
            return int((folder / category / name / "id").read_text())
        except FileNotFoundError:
            raise _no_tracepoint(folder, category, name) from None
        except (OSError, ValueError) as problem:
            raise error("L3027", f"cannot read the tracepoint's id: {problem}", "run as root") from None
    return _with_private_tracefs(target)


def _no_tracepoint(folder: Path, category: str, name: str) -> LoadError:
    from difflib import get_close_matches

    known = [p.name for p in (folder / category).iterdir()] if (folder / category).is_dir() else []
    near = get_close_matches(name, known, 1)
    fix = f"did you mean {category}/{near[0]}?" if near else f"`ls {folder}` lists the categories there are"
    return error("L3028", f"this kernel has no tracepoint '{category}/{name}'", fix)


def _with_private_tracefs(target: str) -> int:
    """Where nobody mounted tracefs, a child in a mount namespace of its own mounts it and reads the id for us."""
    import subprocess

    script = (
        "import ctypes, sys\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "CLONE_NEWNS, MS_REC, MS_PRIVATE = 0x20000, 0x4000, 0x40000\n"
        "ok = libc.unshare(CLONE_NEWNS) == 0\n"
        "ok = ok and libc.mount(b'none', b'/', None, MS_REC | MS_PRIVATE, None) == 0\n"
        "ok = ok and libc.mount(b'tracefs', b'/sys/kernel/tracing', b'tracefs', 0, None) == 0\n"
        "if not ok: sys.exit(3)\n"
        "sys.stdout.write(open('/sys/kernel/tracing/events/' + sys.argv[1] + '/id').read())\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", script, target], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    if done.returncode == 0:
        return int(done.stdout)
    if done.returncode == 3:
        raise error(
            "L3029", "tracefs is not mounted, and could not be mounted for us alone",
            "as root: mount -t tracefs nodev /sys/kernel/tracing",
        )  # fmt: skip
    raise error("L3028", f"this kernel has no tracepoint '{target}'", "check the name; `perf list tracepoint` lists them")


ATTACHERS: dict[str, Callable[[int, str], tuple[int, ...]]] = {
    "xdp": _xdp,
    "tcx-ingress": _tcx(_TCX_INGRESS, "ingress"),
    "tcx-egress": _tcx(_TCX_EGRESS, "egress"),
    "tracepoint": _tracepoint,
    "raw_tracepoint": _raw_tracepoint,
    **dict.fromkeys(("tp_btf", "fentry", "fexit", "fmod_ret", "fsession", "lsm"), _tracing),
    "iter": _iterator,
}

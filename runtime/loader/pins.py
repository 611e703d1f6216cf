"""Maps that outlive their loader by a name in the BPF file system: `__uint(pinning, LIBBPF_PIN_BY_NAME)`.

As libbpf does it: a map that is there already is used if it is of the same kind, else a new one is created and pinned.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

from ...compiler.object.model import Map
from . import syscall
from .maps import KernelMap, size_of_map
from .syscall import Command, address, bpf, error

PINS = "/sys/fs/bpf"
BY_NAME = 1  # LIBBPF_PIN_BY_NAME
_DEVICE_MAPS, _RDONLY_PROG = frozenset({14, 25}), 1 << 7  # the kernel sets the flag on those itself
_INFO_BYTES = 88  # struct bpf_map_info up to map_extra


def pin_path(folder: str, name: str) -> str:
    """Where an object of that name is pinned. Raises `LoadError` for a name that is no name of C."""
    if not name.isidentifier():
        raise error(
            "L3019",
            f"'{name}' cannot be pinned by its name",
            "use letters, digits and _ in the names of maps and programs",
        )
    return os.path.join(folder, name)


def reused(definition: Map, folder: str) -> KernelMap | None:
    """The map that is pinned under the name of `definition`, None if there is none. Raises `LoadError` if it is another."""
    path = pin_path(folder, definition.name)
    name = ctypes.create_string_buffer(os.fsencode(path))
    try:
        fd = bpf(Command.OBJ_GET, struct.pack("=QII", address(name), 0, 0))
    except OSError as problem:
        if problem.errno == errno.ENOENT:
            return None
        raise _explained(f"opening '{path}'", problem) from None
    entries = size_of_map(definition)
    wanted = (
        definition.type,
        definition.key_size,
        definition.value_size,
        entries,
        definition.flags,
        definition.map_extra,
    )
    try:
        found = _kind_of(fd)
    except OSError as problem:
        os.close(fd)
        raise syscall.explain(f"looking at '{path}'", problem) from None
    if found != wanted:
        os.close(fd)
        names = ("type", "key size", "value size", "max_entries", "flags", "map_extra")
        differing = ", ".join(
            f"{what} {is_} instead of {should}"
            for what, is_, should in zip(names, found, wanted, strict=True)
            if is_ != should
        )
        raise error("L3018", f"the map pinned at '{path}' is not map '{definition.name}' of this object: {differing}",
                    f"remove it (`rm {path}`) if nothing needs it any more, or rename the map")  # fmt: skip
    return KernelMap(definition.name, fd, definition.type, definition.key_size, definition.value_size, entries)


def pin(fd: int, path: str, what: str) -> None:
    """Give a map or program a name in the BPF file system. Raises `LoadError`."""
    name = ctypes.create_string_buffer(os.fsencode(path))
    try:
        bpf(Command.OBJ_PIN, struct.pack("=QII", address(name), fd, 0))
    except OSError as problem:
        raise _explained(f"pinning {what} at '{path}'", problem) from None


def _kind_of(fd: int) -> tuple[int, int, int, int, int, int]:
    """(type, key size, value size, max_entries, flags, map_extra) of a map in the kernel. Raises OSError."""
    info = ctypes.create_string_buffer(_INFO_BYTES)
    bpf(Command.OBJ_GET_INFO_BY_FD, struct.pack("=IIQ", fd, len(info), address(info)))
    type_, _, key, value, entries, flags = struct.unpack_from("=6I", info.raw)
    (extra,) = struct.unpack_from("=Q", info.raw, 80)
    return type_, key, value, entries, flags & ~(_RDONLY_PROG if type_ in _DEVICE_MAPS else 0), extra


def _explained(what: str, problem: OSError) -> syscall.LoadError:
    match problem.errno:
        case errno.EPERM | errno.ENOENT | errno.ENOTDIR:
            return error(
                "L3019",
                f"{what}: {problem.strerror}",
                f"is a BPF file system mounted there? as root: mount -t bpf bpf {PINS}",
            )
        case errno.EEXIST:
            return error(
                "L3019", f"{what}: something of that name is there already", "remove it, or choose another folder"
            )
        case _:
            return syscall.explain(what, problem)

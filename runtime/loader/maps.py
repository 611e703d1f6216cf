"""Kernel maps: creating them from an Object's definitions, and reading and writing their elements as bytes."""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ...compiler.object.model import DataSection, Map
from . import syscall
from .syscall import Command, address, bpf, error

_NAME_BYTES = 15  # BPF_OBJ_NAME_LEN without its NUL
# include/uapi/linux/bpf.h
_ARRAY, _EVENT_ARRAY = 2, 4
_RINGBUFS = frozenset({27, 31})  # ring buffers, to and from user space
_RDONLY_PROG, _MMAPABLE = 1 << 7, 1 << 10
_PER_CPU = frozenset({5, 6, 10, 21})  # percpu hash, percpu array, lru percpu hash, percpu cgroup storage


@dataclass(slots=True)
class KernelMap:
    """A map in the kernel. Keys and values are bytes; a per-CPU value is one value of 8-byte-rounded size per CPU."""

    name: str
    fd: int
    type: int
    key_size: int
    value_size: int
    max_entries: int

    @property
    def per_cpu(self) -> bool:
        """True if each CPU has a value of its own."""
        return self.type in _PER_CPU

    def _value_bytes(self) -> int:
        return (self.value_size + 7 & ~7) * possible_cpus() if self.per_cpu else self.value_size

    def lookup(self, key: bytes) -> bytes | None:
        """The value of `key`, or None. Per-CPU: the CPUs' values one behind the other."""
        buffer = ctypes.create_string_buffer(self._value_bytes())
        try:
            self._element(Command.MAP_LOOKUP_ELEM, key, buffer)
        except OSError as problem:
            if problem.errno == errno.ENOENT:
                return None
            raise syscall.explain(f"reading map {self.name}", problem) from None
        return buffer.raw

    def update(self, key: bytes, value: bytes, flags: int = 0) -> None:
        """Set the value of `key`; `flags` is BPF_ANY, BPF_NOEXIST or BPF_EXIST."""
        if len(key) != self.key_size or len(value) != self._value_bytes():
            raise error(
                "L3011", f"map {self.name} has keys of {self.key_size} and values of {self._value_bytes()} bytes, "
                f"not {len(key)} and {len(value)}", "pad or convert them to those sizes",
            )  # fmt: skip
        try:
            self._element(Command.MAP_UPDATE_ELEM, key, ctypes.create_string_buffer(value, len(value)), flags)
        except OSError as problem:
            reasons = {
                errno.E2BIG: "it is full, or the key is past its end", errno.EEXIST: "the key is there already",
                errno.ENOENT: "the key is not there", errno.EPERM: "it is read-only",
            }  # fmt: skip
            if problem.errno in reasons:
                raise error("L3012", f"writing map {self.name}: {reasons[problem.errno]}") from None
            raise syscall.explain(f"writing map {self.name}", problem) from None

    def delete(self, key: bytes) -> bool:
        """Remove `key`; False if it is not there."""
        try:
            self._element(Command.MAP_DELETE_ELEM, key, None)
        except OSError as problem:
            if problem.errno == errno.ENOENT:
                return False
            raise syscall.explain(f"deleting from map {self.name}", problem) from None
        return True

    def keys(self) -> Iterator[bytes]:
        """The keys, in the kernel's order; safe against changes by starting again at most as often as there is room."""
        key: bytes | None = None
        for _ in range(self.max_entries):
            following = ctypes.create_string_buffer(self.key_size)
            try:
                self._element(Command.MAP_GET_NEXT_KEY, key, following)
            except OSError as problem:
                if problem.errno == errno.ENOENT:
                    return
                raise syscall.explain(f"listing map {self.name}", problem) from None
            key = following.raw
            yield key

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """Keys with their values."""
        for key in self.keys():
            value = self.lookup(key)
            if value is not None:
                yield key, value

    def _element(self, command: Command, key: bytes | None, value: ctypes.Array[ctypes.c_char] | None, flags: int = 0) -> None:
        key_buffer = ctypes.create_string_buffer(key, len(key)) if key is not None else None
        # map_fd, padding, key, value or next_key, flags
        bpf(command, struct.pack("=IIQQQ", self.fd, 0, address(key_buffer), address(value), flags))

    def freeze(self) -> None:
        """No more writes from user space."""
        bpf(Command.MAP_FREEZE, struct.pack("=I", self.fd))

    def close(self) -> None:
        """Give up our reference."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1


def possible_cpus() -> int:
    """How many values a per-CPU map has (Documentation/ABI: /sys/devices/system/cpu/possible)."""
    last = Path("/sys/devices/system/cpu/possible").read_text().strip().split(",")[-1]
    return int(last.split("-")[-1]) + 1


def create_map(definition: Map, btf_fd: int, *, inner_fd: int = 0) -> KernelMap:
    """Create the map of a definition. `btf_fd` 0: without types. Raises `LoadError`."""
    entries = size_of_map(definition)
    wants_types = btf_fd and definition.btf_value_id and definition.type not in _WITHOUT_TYPES
    types = (btf_fd, definition.btf_key_id, definition.btf_value_id) if wants_types else (0, 0, 0)
    fd = _create(definition.name, definition.type, definition.key_size, definition.value_size, entries, definition.flags,
                 types, inner_fd, definition.map_extra, definition.numa_node)  # fmt: skip
    return KernelMap(definition.name, fd, definition.type, definition.key_size, definition.value_size, entries)


def size_of_map(definition: Map) -> int:
    """max_entries as the kernel gets it: ring buffers are whole pages, event arrays of no size have a slot a CPU (libbpf)."""
    if definition.type in _RINGBUFS:
        return ring_size(definition.max_entries)
    return definition.max_entries or (possible_cpus() if definition.type == _EVENT_ARRAY else 0)


# map types whose creation refuses BTF ids (kernel/bpf/syscall.c: no map_check_btf): event arrays, stack traces, cgroup
# arrays, maps of maps, device, CPU, socket maps, queues, ring buffers
_WITHOUT_TYPES = frozenset({4, 7, 8, 12, 13, 14, 15, 16, 17, 18, 22, 23, 25, 27, 31})


def ring_size(wanted: int) -> int:
    """A ring buffer's size: the next power of two that is whole pages (kernel/bpf/ringbuf.c)."""
    size = 4096
    page = os.sysconf("SC_PAGE_SIZE")
    size = max(size, page)
    while size < wanted:
        size *= 2
    return size


def create_data_map(section: DataSection, data: bytes, btf_fd: int, btf_id: int) -> KernelMap:
    """The array map of one value behind a data section, filled; a read-only one is frozen."""
    flags = _MMAPABLE | (_RDONLY_PROG if section.read_only else 0)
    size = max(len(data), 1)
    types = (btf_fd, 0, btf_id) if btf_fd and btf_id else (0, 0, 0)
    fd = _create(section.name, _ARRAY, 4, size, 1, flags, types, 0, 0)
    kernel_map = KernelMap(section.name, fd, _ARRAY, 4, size, 1)
    kernel_map.update(bytes(4), data.ljust(size, b"\0"))
    if section.read_only:
        kernel_map.freeze()
    return kernel_map


def kernel_name(name: str) -> bytes:
    """A name as the kernel allows it: letters, digits, `_` and `.`, at most 15 bytes, NUL-padded to 16."""
    clean = "".join(c if (c.isalnum() and c.isascii()) or c in "_." else "_" for c in name)
    return clean.encode()[:_NAME_BYTES].ljust(16, b"\0")


def _create(name: str, type_: int, key: int, value: int, entries: int, flags: int, types: tuple[int, int, int],
            inner_fd: int, extra: int, numa_node: int = 0) -> int:  # fmt: skip
    # map_type, key_size, value_size, max_entries, map_flags, inner_map_fd, numa_node, map_name, map_ifindex,
    # btf_fd, btf_key_type_id, btf_value_type_id, btf_vmlinux_value_type_id, map_extra
    attr = struct.pack(
        "=IIIIIII16sIIIIIQ", type_, key, value, entries, flags, inner_fd, numa_node, kernel_name(name), 0, *types, 0, extra
    )
    try:
        return bpf(Command.MAP_CREATE, attr)
    except OSError as problem:
        if types[0]:  # an old kernel, or a type that takes no BTF: go on without, as libbpf does
            return _create(name, type_, key, value, entries, flags, (0, 0, 0), inner_fd, extra, numa_node)
        if problem.errno == errno.EINVAL:
            raise error(
                "L3010", f"the kernel refuses map '{name}' (type {type_}, key {key} bytes, value {value} bytes, "
                f"{entries} entries, flags {flags:#x}): Invalid argument",
                "check sizes, max_entries and flags for this map type; it may be newer than this kernel",
            ) from None  # fmt: skip
        raise syscall.explain(f"creating map '{name}'", problem) from None

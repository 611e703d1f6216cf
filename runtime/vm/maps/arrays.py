"""Arrays: plain, per CPU, data sections, and arrays of programs, sockets, devices (kernel/bpf/arraymap.c)."""

from __future__ import annotations

import errno
from collections.abc import Iterator

from ....compiler.object.model import DataSection, Map
from ..environment import Environment
from ..memory import Memory, Region
from .base import EXIST, LOCK, NOEXIST, MachineMap, exists_error


class ArrayMap(MachineMap):
    """All elements exist from the start, zeroed. Keys are u32 indexes."""

    def __init__(self, definition: Map, memory: Memory, env: Environment) -> None:
        super().__init__(definition, memory, env)
        self.stride = self.value_size + 7 & ~7
        self.cpus = env.cpus if self.per_cpu else 1
        self.data = bytearray(self.stride * self.max_entries * self.cpus)
        self._regions: dict[int, Region] = {}

    def _start(self, index: int, cpu: int) -> int:
        return (index * self.cpus + cpu) * self.stride

    def lookup(self, key: bytes) -> Region | None:
        """None past the end."""
        index = int.from_bytes(key[:4], self.memory.order)
        if index >= self.max_entries:
            return None
        return self.element(index, self.env.cpu if self.per_cpu else 0)

    def element(self, index: int, cpu: int = 0) -> Region:
        """The memory of one element."""
        start = self._start(index, cpu)
        region = self._regions.get(start)
        if region is None:
            region = self._regions[start] = self.value_region(memoryview(self.data)[start : start + self.value_size])
            region.what = f"element {index} of map '{self.name}'"
        return region

    def update(self, key: bytes, value: bytes, flags: int) -> int:
        """E2BIG past the end, EEXIST for NOEXIST: an element always exists."""
        return self._check(key, flags) or self._write(key, self.env.cpu if self.per_cpu else 0, value)

    def _check(self, key: bytes, flags: int) -> int:
        if flags & ~LOCK > EXIST:
            return -errno.EINVAL
        if int.from_bytes(key[:4], self.memory.order) >= self.max_entries:
            return -errno.E2BIG
        return -errno.EEXIST if flags & NOEXIST else 0

    def _write(self, key: bytes, cpu: int, value: bytes) -> int:
        start = self._start(int.from_bytes(key[:4], self.memory.order), cpu)
        self.data[start : start + self.value_size] = value
        return 0

    def delete(self, key: bytes) -> int:
        """Elements of an array cannot be deleted."""
        return -errno.EINVAL

    def each_key(self) -> Iterator[bytes]:
        """Every index."""
        return (index.to_bytes(4, self.memory.order) for index in range(self.max_entries))

    def get(self, key: bytes) -> list[bytes] | None:
        """None past the end."""
        index = int.from_bytes(key[:4], self.memory.order)
        if index >= self.max_entries:
            return None
        starts = (self._start(index, cpu) for cpu in range(self.cpus))
        return [bytes(self.data[start : start + self.value_size]) for start in starts]

    def put(self, key: bytes, values: list[bytes], flags: int) -> int:
        """As update, for every CPU."""
        problem = self._check(key, flags)
        if not problem:
            for cpu, value in enumerate(values):
                self._write(key, cpu, value)
        return problem


class PerCpuArrayMap(ArrayMap):
    """Each CPU has a value of its own."""

    per_cpu = True


class DataMap(ArrayMap):
    """A data section: an array of one element. `.rodata` is read-only for programs; user space may set it before."""

    def __init__(self, section: DataSection, memory: Memory, env: Environment) -> None:
        size = max(len(section.data), 1)
        super().__init__(Map(section.name, 2, 4, size, 1), memory, env)
        self.data[: len(section.data)] = section.data
        region = self.element(0)
        region.what = f"section {section.name}"
        region.fix = "check the index against the size of the array"
        if section.read_only:
            region.read_only = "which is constant"
            region.fast_write = 0
        memory.add(region)


class ReferenceArray(MachineMap):
    """An array of other things, most slots empty. Values are what user space gave: 4-byte numbers of no meaning here."""

    def __init__(self, definition: Map, memory: Memory, env: Environment) -> None:
        super().__init__(definition, memory, env)
        self.slots: dict[int, bytes] = {}

    def put(self, key: bytes, values: list[bytes], flags: int) -> int:
        """E2BIG past the end."""
        index = int.from_bytes(key, self.memory.order)
        if flags & ~LOCK > EXIST:
            return -errno.EINVAL
        if index >= self.max_entries:
            return -errno.E2BIG
        if flags & NOEXIST:
            return -errno.EEXIST
        self.slots[index] = values[0]
        return 0

    def remove(self, key: bytes) -> int:
        """ENOENT for an empty slot."""
        return 0 if self.slots.pop(int.from_bytes(key, self.memory.order), None) is not None else -errno.ENOENT

    def each_key(self) -> Iterator[bytes]:
        """The slots in use."""
        return (index.to_bytes(4, self.memory.order) for index in sorted(self.slots))

    def get(self, key: bytes) -> list[bytes] | None:
        """None for an empty slot."""
        value = self.slots.get(int.from_bytes(key, self.memory.order))
        return None if value is None else [value]


class DeviceMap(ReferenceArray):
    """Devices, CPUs or AF_XDP sockets to redirect to; programs may look them up (kernel/bpf/devmap.c, cpumap.c)."""

    def __init__(self, definition: Map, memory: Memory, env: Environment) -> None:
        super().__init__(definition, memory, env)
        self._regions: dict[int, Region] = {}

    def lookup(self, key: bytes) -> Region | None:
        """A copy: programs may only read it."""
        index = int.from_bytes(key, self.memory.order)
        value, region = self.slots.get(index), self._regions.get(index)
        if value is None:
            return None
        if region is None or bytes(region.data) != value:
            region = self._regions[index] = self.value_region(bytearray(value))
            region.read_only = "which programs may only read"
            region.fast_write = 0
        return region


class DeviceHash(DeviceMap):
    """The same with any u32 as key."""

    def put(self, key: bytes, values: list[bytes], flags: int) -> int:
        """As a hash."""
        index = int.from_bytes(key, self.memory.order)
        problem = exists_error(flags, index in self.slots)
        if not problem and index not in self.slots and len(self.slots) >= self.max_entries:
            problem = -errno.E2BIG
        if not problem:
            self.slots[index] = values[0]
        return problem


class ProgramArray(ReferenceArray):
    """Programs to tail-call: slots hold the UTF-8 names of programs of the same object."""

    def set_program(self, index: int, program: str) -> int:
        """Put a program into a slot."""
        return self.put(index.to_bytes(4, self.memory.order), [program.encode()], 0)

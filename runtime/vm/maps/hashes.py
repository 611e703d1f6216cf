"""Hash maps: plain, per CPU, LRU (kernel/bpf/hashtab.c). Keys keep the order of insertion; the kernel's order is random."""

from __future__ import annotations

import errno
from collections.abc import Iterator

from ....compiler.object.model import Map
from ..environment import Environment
from ..memory import Memory, Region
from .base import EXIST, LOCK, MachineMap, exists_error


class HashMap(MachineMap):
    """Values are regions. An update makes a new value: pointers from older lookups still see the old one."""

    lru = False

    def __init__(self, definition: Map, memory: Memory, env: Environment) -> None:
        super().__init__(definition, memory, env)
        self.cpus = env.cpus if self.per_cpu else 1
        self.elements: dict[bytes, list[Region]] = {}

    def lookup(self, key: bytes) -> Region | None:
        """Moves the key to the young end of an LRU map."""
        found = self.elements.get(key)
        if found is None:
            return None
        if self.lru:
            self.elements[key] = self.elements.pop(key)
        return found[self.env.cpu if self.per_cpu else 0]

    def _admit(self, key: bytes, flags: int) -> int:
        """An errno, or 0 if the key may be written; makes room in an LRU map."""
        if flags & ~LOCK > EXIST:
            return -errno.EINVAL
        exists = key in self.elements
        problem = exists_error(flags, exists)
        if problem or exists:
            return problem
        if len(self.elements) >= self.max_entries:
            if not self.lru:
                return -errno.E2BIG
            self._drop(self.elements.pop(next(iter(self.elements))))
        return 0

    def update(self, key: bytes, value: bytes, flags: int) -> int:
        """E2BIG if full. A new per-CPU element is zero on the other CPUs."""
        problem = self._admit(key, flags)
        if problem:
            return problem
        old = self.elements.get(key)
        if self.per_cpu:
            if old is None:
                old = self.elements[key] = [self._new(bytes(self.value_size)) for _ in range(self.cpus)]
            old[self.env.cpu].data[:] = value
        else:
            self._replace(key, [self._new(value)])
        if self.lru:
            self.elements[key] = self.elements.pop(key)
        return 0

    def delete(self, key: bytes) -> int:
        """ENOENT if it is not there."""
        old = self.elements.pop(key, None)
        if old is None:
            return -errno.ENOENT
        self._drop(old)
        return 0

    def each_key(self) -> Iterator[bytes]:
        """In order of insertion; safe against changes meanwhile."""
        return iter(list(self.elements))

    def get(self, key: bytes) -> list[bytes] | None:
        """Without touching the order of an LRU map, as the system call."""
        found = self.elements.get(key)
        return None if found is None else [bytes(region.data) for region in found]

    def put(self, key: bytes, values: list[bytes], flags: int) -> int:
        """As update, for every CPU."""
        problem = self._admit(key, flags)
        if not problem:
            self._replace(key, [self._new(value) for value in values])
            if self.lru:
                self.elements[key] = self.elements.pop(key)
        return problem

    def _new(self, value: bytes) -> Region:
        return self.value_region(bytearray(value))

    def _replace(self, key: bytes, new: list[Region]) -> None:
        old = self.elements.get(key)
        self.elements[key] = new
        if old:
            self._drop(old)

    def _drop(self, regions: list[Region]) -> None:
        """A removed value stays readable until the run is over, as RCU has it."""
        self.memory.retired += (region for region in regions if region.address)


class LruHashMap(HashMap):
    """Full, it forgets the element used longest ago. (The kernel's choice among old elements is approximate.)"""

    lru = True


class PerCpuHashMap(HashMap):
    """Each CPU has a value of its own."""

    per_cpu = True


class LruPerCpuHashMap(LruHashMap):
    """Both."""

    per_cpu = True

"""Queue and stack (kernel/bpf/queue_stack_maps.c), bloom filter (kernel/bpf/bloom_filter.c): values without keys."""

from __future__ import annotations

import errno
from collections import deque
from collections.abc import Iterator

from ....compiler.object.model import Map
from ..environment import Environment
from ..memory import Memory
from .base import ANY, EXIST, NOEXIST, MachineMap


class QueueMap(MachineMap):
    """First in, first out. User space's lookup peeks, its delete is not there, `pop` is lookup-and-delete."""

    def __init__(self, definition: Map, memory: Memory, env: Environment) -> None:
        super().__init__(definition, memory, env)
        self.elements: deque[bytes] = deque()

    def push(self, value: bytes, flags: int) -> int:
        """E2BIG if full; with EXIST the oldest element makes room."""
        if flags & NOEXIST or flags > EXIST:
            return -errno.EINVAL
        if len(self.elements) >= self.max_entries:
            if not flags & EXIST:
                return -errno.E2BIG
            self.elements.popleft()
        self.elements.append(value)
        return 0

    def peek(self) -> bytes | None:
        """The next element, which stays; None if there is none."""
        return self.elements[0] if self.elements else None

    def pop(self) -> bytes | None:
        """The next element, which leaves; None if there is none."""
        return self.elements.popleft() if self.elements else None

    def update(self, key: bytes, value: bytes, flags: int) -> int:
        """Of no meaning without keys."""
        return -errno.EINVAL

    def delete(self, key: bytes) -> int:
        """Of no meaning without keys."""
        return -errno.EINVAL

    def get(self, key: bytes) -> list[bytes] | None:
        """Peeks."""
        value = self.peek()
        return None if value is None else [value]

    def put(self, key: bytes, values: list[bytes], flags: int) -> int:
        """Pushes."""
        return self.push(values[0], flags)


class StackMap(QueueMap):
    """Last in, first out."""

    def peek(self) -> bytes | None:
        """The youngest."""
        return self.elements[-1] if self.elements else None

    def pop(self) -> bytes | None:
        """The youngest."""
        return self.elements.pop() if self.elements else None


class BloomMap(MachineMap):
    """A set that can only grow. Exact here: the kernel's says yes to some values that were never added."""

    def __init__(self, definition: Map, memory: Memory, env: Environment) -> None:
        super().__init__(definition, memory, env)
        self.elements: set[bytes] = set()

    def push(self, value: bytes, flags: int) -> int:
        """Add."""
        if flags != ANY:
            return -errno.EINVAL
        self.elements.add(value)
        return 0

    def contains(self, value: bytes) -> bool:
        """True if it was added."""
        return value in self.elements

    def put(self, key: bytes, values: list[bytes], flags: int) -> int:
        """Adds."""
        return self.push(values[0], flags)

    def each_key(self) -> Iterator[bytes]:
        """A bloom filter cannot be listed."""
        return iter(())

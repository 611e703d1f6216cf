"""Where programs write records for user space: ring buffer (kernel/bpf/ringbuf.c), perf event array."""

from __future__ import annotations

from collections import deque

from ....compiler.object.model import Map
from ..environment import Environment
from ..memory import Memory, Region
from .arrays import ReferenceArray
from .base import MachineMap

_HEADER = 8  # BPF_RINGBUF_HDR_SZ: before each record
_BUSY, _READY, _DISCARDED = range(3)


class Record(Region):
    """A reserved piece of a ring buffer."""

    __slots__ = ("ring", "state")

    def __init__(self, ring: RingBufferMap, size: int) -> None:
        super().__init__(bytearray(size), f"a record of ring buffer '{ring.name}'",
                         fix="reserve as many bytes as the program writes")  # fmt: skip
        self.ring = ring
        self.state = _BUSY

    def end(self, discard: bool) -> None:
        """Submit or discard it: user space may read it, the program may not touch it any more."""
        self.state = _DISCARDED if discard else _READY
        self.retire(f"which was {'discarded' if discard else 'submitted'} before")


class RingBufferMap(MachineMap):
    """Records in order. What user space has not read takes up room: 8 bytes more than its size, rounded up to 8."""

    records = True

    def __init__(self, definition: Map, memory: Memory, env: Environment) -> None:
        super().__init__(definition, memory, env)
        size = 4096
        while size < self.max_entries:
            size *= 2
        self.size = size
        self.producer = self.consumer = 0  # positions in bytes, as in the mapped pages
        self.pending: deque[Record] = deque()

    def reserve(self, size: int) -> Record | None:
        """A new record of zeros (the kernel's holds old bytes); None if there is no room."""
        room = size + _HEADER + 7 & ~7
        if size >= 1 << 30 or room > self.size or self.producer + room - self.consumer >= self.size:
            return None
        self.producer += room
        record = Record(self, size)
        self.pending.append(record)
        return record

    def output(self, data: bytes) -> bool:
        """Copy a whole record; False if there is no room."""
        record = self.reserve(len(data))
        if record is None:
            return False
        record.data[:] = data
        record.end(discard=False)
        return True

    def read(self) -> list[bytes]:
        """Take the records that are ready, oldest first; a reserved one holds up those behind it."""
        taken = []
        while self.pending and self.pending[0].state != _BUSY:
            record = self.pending.popleft()
            self.consumer += record.size + _HEADER + 7 & ~7
            if record.state == _READY:
                taken.append(bytes(record.data))
        return taken


class PerfEventArray(ReferenceArray):
    """A buffer a CPU. The machine has all of them open, without end."""

    records = True

    def __init__(self, definition: Map, memory: Memory, env: Environment) -> None:
        super().__init__(definition, memory, env)
        self.max_entries = self.max_entries or env.cpus
        self.events: deque[tuple[int, bytes]] = deque()  # CPU and data

    def output(self, cpu: int, data: bytes) -> None:
        """Add a record."""
        self.events.append((cpu, data))

    def read(self) -> list[bytes]:
        """Take all records, oldest first."""
        taken = [data for _, data in self.events]
        self.events.clear()
        return taken

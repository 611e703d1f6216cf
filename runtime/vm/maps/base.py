"""`MachineMap`: what every map can do, as programs (through helpers) and as user space (through bpf(2)) see it.

Both sides get errors as negative errno numbers, as the kernel gives them; a map type answers what it does not support
like the kernel does. Keys and values are bytes.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator

from ....compiler.object.model import Map
from ..environment import Environment
from ..memory import Memory, Opaque, Region

# flags of update (include/uapi/linux/bpf.h)
ANY, NOEXIST, EXIST, LOCK = 0, 1, 2, 4
RDONLY_PROG = 1 << 7  # a map's flag


class MachineMap:
    """A map of the machine. `definition` has its type and sizes, `address` is where programs see the map itself."""

    per_cpu = False
    records = False  # True: programs write records, user space reads them (ring buffers, perf event arrays)

    def __init__(self, definition: Map, memory: Memory, env: Environment) -> None:
        self.definition = definition
        self.name = definition.name
        self.key_size = definition.key_size
        self.value_size = definition.value_size
        self.max_entries = definition.max_entries
        self.memory = memory
        self.env = env
        self.address = memory.add(Opaque(f"map '{self.name}'", self))

    # ---- programs

    def lookup(self, key: bytes) -> Region | None:
        """The value of `key` for the current CPU, as memory that the program may use."""
        return None

    def update(self, key: bytes, value: bytes, flags: int) -> int:
        """Set the value of `key` (on the current CPU); 0 or an errno."""
        return -errno.EOPNOTSUPP

    def delete(self, key: bytes) -> int:
        """Remove `key`; 0 or an errno."""
        return -errno.EOPNOTSUPP

    # ---- user space

    def each_key(self) -> Iterator[bytes]:
        """All keys."""
        return iter(())

    def get(self, key: bytes) -> list[bytes] | None:
        """The value of `key`: one for each CPU if the map is per CPU, else a list of one; None if there is none."""
        return None

    def put(self, key: bytes, values: list[bytes], flags: int) -> int:
        """Set all values of `key`; 0 or an errno."""
        return self.update(key, values[0], flags)

    def remove(self, key: bytes) -> int:
        """Remove `key`; 0 or an errno."""
        return self.delete(key)

    def value_region(self, data: bytearray | memoryview) -> Region:
        """Memory for one value."""
        constant = "which programs may only read (BPF_F_RDONLY_PROG)" if self.definition.flags & RDONLY_PROG else ""
        return Region(data, f"a value of map '{self.name}'", read_only=constant,
                      fix="check the index against the size of the value's type")  # fmt: skip


def exists_error(flags: int, exists: bool) -> int:
    """What NOEXIST and EXIST say about updating an element that is there or not; 0: go on."""
    if flags & NOEXIST and exists:
        return -errno.EEXIST
    if flags & EXIST and not exists:
        return -errno.ENOENT
    return 0

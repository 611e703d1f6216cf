"""`MapView`: a machine's map from the user's side: typed and dict-like, records read, queues pushed and popped."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from typing import Any

from ...compiler.object.btf import Btf
from ...compiler.object.model import Map
from ...compiler.object.values import decode_value
from ..maps import TypedMap
from .errors import refuse
from .maps import BloomMap, MachineMap, PerfEventArray, ProgramArray, QueueMap, RingBufferMap

_REASONS = {
    errno.E2BIG: "it is full, or the key is past its end",
    errno.EEXIST: "the key is there already",
    errno.ENOENT: "the key is not there",
    errno.ENOSPC: "it is full",
    errno.EOPNOTSUPP: "this type of map does not allow that, or is not simulated",
    errno.EINVAL: "this type of map does not allow that, or the key or flags are not valid for it",
}


class RawView:
    """A map as bytes; per-CPU values one behind the other, each padded to 8 bytes, as bpf(2) has them."""

    def __init__(self, table: MachineMap) -> None:
        self._table = table
        self._room = table.value_size + 7 & ~7

    def lookup(self, key: bytes) -> bytes | None:
        """The value of `key`, or None."""
        values = self._table.get(key)
        if values is None or not self._table.per_cpu:
            return values[0] if values else None
        return b"".join(value.ljust(self._room, b"\0") for value in values)

    def update(self, key: bytes, value: bytes, flags: int = 0) -> None:
        """Set the value of `key`; `flags` is BPF_ANY, BPF_NOEXIST or BPF_EXIST. Raises `MachineError`."""
        table = self._table
        cpus = table.env.cpus if table.per_cpu else 1
        wanted = self._room * cpus if table.per_cpu else table.value_size
        if len(key) != table.key_size or len(value) != wanted:
            raise refuse("R2046", f"map '{table.name}' has keys of {table.key_size} and values of {wanted} bytes, "
                         f"not {len(key)} and {len(value)}", "pad or convert them to those sizes")  # fmt: skip
        values = [value[i * self._room : i * self._room + table.value_size] for i in range(cpus)] if table.per_cpu else [value]
        _check(table, "writing", table.put(key, values, flags))

    def delete(self, key: bytes) -> bool:
        """Remove `key`; False if it is not there."""
        problem = self._table.remove(key)
        if problem == -errno.ENOENT:
            return False
        _check(self._table, "deleting from", problem)
        return True

    def keys(self) -> Iterator[bytes]:
        """All keys."""
        return self._table.each_key()


class MapView(TypedMap):
    """`machine.maps[name]`."""

    def __init__(self, definition: Map, table: MachineMap, btf: Btf | None) -> None:
        super().__init__(definition, RawView(table), btf, cpus=table.env.cpus if table.per_cpu else 0,
                         order=table.memory.order)  # fmt: skip
        self.table = table

    def __iter__(self) -> Iterator[Any]:
        return (self.key_of(key) for key in self.table.each_key())

    def __setitem__(self, key: Any, value: Any) -> None:
        if isinstance(self.table, ProgramArray) and isinstance(value, str):
            _check(self.table, "writing", self.table.set_program(int(key), value))
        else:
            super().__setitem__(key, value)

    def value_of(self, data: bytes) -> Any:
        """As the base; of a program array the program's name."""
        return data.decode() if isinstance(self.table, ProgramArray) else super().value_of(data)

    def update(self, key: Any, value: Any, flags: int = 0) -> None:
        """Set the value of `key`, with the flags BPF_NOEXIST (1) or BPF_EXIST (2)."""
        self.raw.update(self.key_bytes(key), self.value_bytes(value), flags)

    def lookup(self, key: Any) -> Any:
        """The value of `key`, or None."""
        return self.get(key)

    def delete(self, key: Any) -> bool:
        """Remove `key`; False if it is not there."""
        return self.raw.delete(self.key_bytes(key))

    def clear(self) -> None:
        """Remove all keys."""
        for key in list(self.table.each_key()):
            self.table.remove(key)

    def read(self, type_name: str = "") -> list[Any]:
        """Take the records that the program has sent, oldest first: bytes, or values of the struct called `type_name`."""
        if not isinstance(self.table, RingBufferMap | PerfEventArray):
            raise refuse("R2047", f"map '{self.name}' has no records to read", "only ring buffers and perf event arrays do")
        records = self.table.read()
        if not type_name:
            return records
        bare = type_name.removeprefix("struct ").strip()
        type_id = self._btf.find(bare) if self._btf else 0
        if not type_id or self._btf is None:
            raise refuse("R2047", f"the object's BTF has no type '{type_name}'", "compile with -g and use the type in C")
        btf = self._btf
        return [decode_value(btf, type_id, record) for record in records]

    def push(self, value: Any, flags: int = 0) -> None:
        """Add a value to a queue, a stack or a bloom filter."""
        if not isinstance(self.table, QueueMap | BloomMap):
            raise refuse("R2047", f"map '{self.name}' is no queue", "use map[key] = value")
        _check(self.table, "pushing to", self.table.push(self.value_bytes(value), flags))

    def pop(self) -> Any:
        """Take the next value of a queue or stack; None if it is empty."""
        if not isinstance(self.table, QueueMap):
            raise refuse("R2047", f"map '{self.name}' is no queue", "use map[key] and del map[key]")
        value = self.table.pop()
        return None if value is None else self.value_of(value)


def _check(table: MachineMap, doing: str, problem: int) -> None:
    if problem:
        reason = _REASONS.get(-problem, os.strerror(-problem))
        raise refuse("R2048", f"{doing} map '{table.name}': {reason}")



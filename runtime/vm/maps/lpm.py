"""Longest prefix match (kernel/bpf/lpm_trie.c). A key is a u32 prefix length in bits, then the bytes, first bit first."""

from __future__ import annotations

import errno
from collections.abc import Iterator

from ....compiler.object.model import Map
from ..environment import Environment
from ..memory import Memory, Region
from .base import EXIST, MachineMap, exists_error


class LpmTrieMap(MachineMap):
    """Prefixes by length, each a dict from its bits: a lookup tries the lengths in use from the longest."""

    def __init__(self, definition: Map, memory: Memory, env: Environment) -> None:
        super().__init__(definition, memory, env)
        self.bits = 8 * (self.key_size - 4)
        self.prefixes: dict[int, dict[int, tuple[bytes, Region]]] = {}

    def _split(self, key: bytes) -> tuple[int, int]:
        return int.from_bytes(key[:4], self.memory.order), int.from_bytes(key[4:], "big")

    def _find(self, key: bytes) -> tuple[bytes, Region] | None:
        length, bits = self._split(key)
        if length > self.bits:
            return None
        for prefix in sorted(self.prefixes, reverse=True):
            if prefix <= length:
                found = self.prefixes[prefix].get(bits >> self.bits - prefix)
                if found is not None:
                    return found
        return None

    def lookup(self, key: bytes) -> Region | None:
        """The value of the longest prefix, no longer than the key's, that matches the key."""
        found = self._find(key)
        return found[1] if found else None

    def update(self, key: bytes, value: bytes, flags: int) -> int:
        """EINVAL for a prefix longer than the key, ENOSPC if full."""
        length, bits = self._split(key)
        if flags > EXIST or length > self.bits:
            return -errno.EINVAL
        group = self.prefixes.setdefault(length, {})
        prefix = bits >> self.bits - length
        problem = exists_error(flags, prefix in group)
        if not problem and prefix not in group and len(self) >= self.max_entries:
            problem = -errno.ENOSPC
        if not problem:
            if prefix in group:
                self._drop(group[prefix][1])
            group[prefix] = key, self.value_region(bytearray(value))
        if not group:
            del self.prefixes[length]
        return problem

    def delete(self, key: bytes) -> int:
        """Removes exactly this prefix."""
        length, bits = self._split(key)
        if length > self.bits:
            return -errno.EINVAL
        group = self.prefixes.get(length, {})
        old = group.pop(bits >> self.bits - length, None)
        if old is None:
            return -errno.ENOENT
        self._drop(old[1])
        if not group:
            del self.prefixes[length]
        return 0

    def _drop(self, region: Region) -> None:
        if region.address:
            self.memory.retired.append(region)

    def __len__(self) -> int:
        return sum(map(len, self.prefixes.values()))

    def each_key(self) -> Iterator[bytes]:
        """By length, longest first, as they were written."""
        return iter([key for length in sorted(self.prefixes, reverse=True) for key, _ in self.prefixes[length].values()])

    def get(self, key: bytes) -> list[bytes] | None:
        """User space looks up by longest match as well."""
        found = self._find(key)
        return None if found is None else [bytes(found[1].data)]

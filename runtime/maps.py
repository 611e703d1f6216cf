"""`TypedMap`: a map as people see it, dict-like with Python keys and values, on top of raw bytes.

Both the bundled machine's maps and the kernel's are wrapped in it. Per-CPU values are lists, one entry a CPU.
"""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Iterator
from typing import Any, Literal, Protocol

from ..compiler.diagnostics import Diagnostic, ObjectError, Severity
from ..compiler.object.btf import Btf
from ..compiler.object.model import Map
from ..compiler.object.values import decode_value, encode_value

_LPM_TRIE = 11
_INDEXED = frozenset({2, 6})  # arrays: each key is there, small ints


class RawMap(Protocol):
    """What a map of bytes can do. Per-CPU values are the CPUs' values one behind the other, each padded to 8 bytes."""

    def lookup(self, key: bytes) -> bytes | None: ...
    def update(self, key: bytes, value: bytes, flags: int = 0) -> None: ...
    def delete(self, key: bytes) -> bool: ...
    def keys(self) -> Iterator[bytes]: ...


class TypedMap:
    """A map whose keys and values are encoded by its BTF types, or are ints and bytes where it has none."""

    def __init__(self, definition: Map, raw: RawMap, btf: Btf | None, *, cpus: int = 0,
                 order: Literal["little", "big"] = sys.byteorder) -> None:  # fmt: skip
        self.name = definition.name
        self.definition = definition
        self.raw = raw
        self._btf = btf
        self.order = order
        self._cpus = cpus  # 0: one value for all

    @property
    def per_cpu(self) -> bool:
        """True if a value is a list with one entry a CPU."""
        return bool(self._cpus)

    @property
    def indexed(self) -> bool:
        """True for arrays: every key below max_entries is there."""
        return self.definition.type in _INDEXED

    @property
    def has_elements(self) -> bool:
        """True if there are keys and values to list."""
        return self.definition.key_size > 0 and self.definition.value_size > 0

    def _encode(self, type_id: int, size: int, value: Any) -> bytes:
        if isinstance(value, bytes | bytearray) and len(value) == size:
            return bytes(value)
        if self._btf is not None and type_id:
            return encode_value(self._btf, type_id, value)
        if isinstance(value, int):
            return (value & (1 << size * 8) - 1).to_bytes(size, self.order)
        raise ObjectError(Diagnostic(
            "E0631", Severity.ERROR, f"map '{self.name}': {value!r} is no value of {size} bytes",
            fix=f"give an int or {size} bytes; with -g and __type() the map knows its types",
        ))  # fmt: skip

    def _decode(self, type_id: int, data: bytes) -> Any:
        if self._btf is not None and type_id:
            return decode_value(self._btf, type_id, data)
        return int.from_bytes(data, self.order) if len(data) in (1, 2, 4, 8) else data

    def key_bytes(self, key: Any) -> bytes:
        """A key as bytes."""
        return self._encode(self.definition.btf_key_id, self.definition.key_size, key)

    def key_of(self, data: bytes) -> Any:
        """Bytes of a key as a Python value; a key of an LPM trie of addresses as "10.0.0.0/8"."""
        if self.definition.type == _LPM_TRIE and len(data) in (8, 20):
            return f"{ipaddress.ip_address(data[4:])}/{int.from_bytes(data[:4], self.order)}"
        return self._decode(self.definition.btf_key_id, data)

    def value_bytes(self, value: Any) -> bytes:
        """A value as bytes; per-CPU: a list of values, or one for all CPUs."""
        type_id, size = self.definition.btf_value_id, self.definition.value_size
        if not self._cpus:
            return self._encode(type_id, size, value)
        each = value if isinstance(value, list) else [value] * self._cpus
        room = size + 7 & ~7
        return b"".join(self._encode(type_id, size, item).ljust(room, b"\0") for item in each)

    def value_of(self, data: bytes) -> Any:
        """Bytes of a value as a Python value."""
        type_id, size = self.definition.btf_value_id, self.definition.value_size
        if not self._cpus:
            return self._decode(type_id, data)
        room = size + 7 & ~7
        return [self._decode(type_id, data[i * room : i * room + size]) for i in range(self._cpus)]

    def __getitem__(self, key: Any) -> Any:
        found = self.raw.lookup(self.key_bytes(key))
        if found is None:
            raise KeyError(key)
        return self.value_of(found)

    def get(self, key: Any, default: Any = None) -> Any:
        """The value of `key`, or `default`."""
        found = self.raw.lookup(self.key_bytes(key))
        return default if found is None else self.value_of(found)

    def __contains__(self, key: Any) -> bool:
        return self.raw.lookup(self.key_bytes(key)) is not None

    def __setitem__(self, key: Any, value: Any) -> None:
        self.raw.update(self.key_bytes(key), self.value_bytes(value))

    def __delitem__(self, key: Any) -> None:
        if not self.raw.delete(self.key_bytes(key)):
            raise KeyError(key)

    def items(self) -> Iterator[tuple[Any, Any]]:
        """Keys and values, in the map's order."""
        for key in self.raw.keys():  # noqa: SIM118  (a map, no dict)
            found = self.raw.lookup(key)
            if found is not None:
                yield self.key_of(key), self.value_of(found)

    def nonzero(self) -> Iterator[tuple[Any, Any]]:
        """`items`, of arrays only the elements that are not all zero: what is worth printing."""
        for key in self.raw.keys():  # noqa: SIM118  (a map, no dict)
            found = self.raw.lookup(key)
            if found is not None and (not self.indexed or any(found)):
                yield self.key_of(key), self.value_of(found)

    def __len__(self) -> int:
        return sum(1 for _ in self.raw.keys())  # noqa: SIM118

    def __repr__(self) -> str:
        return f"<map {self.name}>"

"""Context layouts: which fields of its context a program may read and write, with what access sizes, and what it gets."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .context_rows import RAW, TABLES


class Kind(StrEnum):
    """What loading a context field gives. `?`: may be NULL."""

    SCALAR = "scalar"
    PACKET = "packet"  # start of the packet (or of the option value in cgroup_sockopt)
    PACKET_END = "packet_end"
    PACKET_META = "packet_meta"  # start of the metadata before the packet
    SOCKET = "socket"  # struct bpf_sock
    SOCKET_OR_NULL = "socket?"
    SOCK_OR_NULL = "sock?"  # struct bpf_sock_common: bpf_sk_fullsock() first
    FLOW_KEYS = "flow_keys"  # struct bpf_flow_keys


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `offset` and `size` in bytes; `access` is "r", "w" or "rw"; `loads` and `stores` are access sizes."""

    name: str
    offset: int
    size: int
    access: str
    kind: Kind
    loads: tuple[int, ...]
    stores: tuple[int, ...]
    head_only: bool  # a load smaller than the field only at its start

    @property
    def narrow(self) -> bool:
        """True if a part of the field may be loaded by itself."""
        return any(size < min(self.size, 4) for size in self.loads)

    def allows(self, offset: int, size: int, write: bool) -> bool:
        """True if an access of `size` bytes at `offset` of the context is one of this field that the kernel takes."""
        if offset % size or not self.offset <= offset < self.offset + self.size:
            return False
        inside = offset + size <= self.offset + self.size
        if write:
            return "w" in self.access and size in self.stores and inside
        if "r" not in self.access or size not in self.loads:
            return False
        if offset == self.offset:
            return inside or size > self.size  # a port of 2 bytes may be read with the padding behind it
        return inside and not self.head_only


@dataclass(frozen=True, slots=True)
class Layout:
    """A program's context: the C structure's name ("" if it has none), its size in bytes, the fields it may touch."""

    struct: str
    size: int
    fields: tuple[Field, ...]

    def field_at(self, offset: int) -> Field | None:
        """The field that holds byte `offset`, None if there is none that this program may touch."""
        for row in self.fields:
            if row.offset <= offset < row.offset + row.size:
                return row
        return None

    def find(self, offset: int, size: int, write: bool = False) -> Field | None:
        """The field that an access of `size` bytes at `offset` reaches, None if the kernel refuses that access."""
        row = self.field_at(offset)
        return row if row is not None and row.allows(offset, size, write) else None

    def field(self, name: str) -> Field | None:
        """The field of a C name, None if this program may not touch it."""
        return next((row for row in self.fields if row.name == name), None)


def _sizes(word: str) -> tuple[int, ...]:
    return tuple(int(letter) for letter in word if letter.isdigit())


def _read_tables() -> dict[str, Layout]:
    layouts = {}
    for struct, (size, columns, text) in TABLES.items():
        rows = [line.split() for line in text.strip().splitlines() if not line.startswith("#")]
        for column, programs in enumerate(columns):
            fields = tuple(
                Field(name, int(at), int(length), access[column], Kind(kind), _sizes(loads), _sizes(stores), "@" in loads)
                for name, at, length, kind, loads, stores, *access in rows
                if access[column] != "-"
            )
            for program in programs.split():
                layouts[program] = Layout(struct, size, fields)
    for line in RAW.strip().splitlines():
        if line.startswith("#"):
            continue
        program, struct, start, length, loads, stores = line.split()
        first, end = int(start), int(length)
        access = "r" if stores == "-" else "rw"
        content = Field("bytes", first, end - first, access, Kind.SCALAR, _sizes(loads), _sizes(stores), False)
        layouts[program] = Layout("" if struct == "-" else struct, end, (content,))
    return layouts


_LAYOUTS = _read_tables()


def layout(program: str, attach: str = "") -> Layout | None:
    """The context of a program type (`xdp`) and attach type (short name such as `connect4`, or "").

    None: not in the table, and the program cannot be judged. Source: see `context_rows.py`.
    """
    return _LAYOUTS.get(f"{program}/{attach}") or _LAYOUTS.get(program)

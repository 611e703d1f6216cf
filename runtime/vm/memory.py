"""Memory of the machine: regions in a 64-bit address space, each access checked.

An address tells its region by its upper half, so that pointers may be added to, compared, stored and loaded as on real
hardware, and a pointer that ran out of its region still says which one it was made from:

     63                             32 31                              0
    +---------------------------------+--------------------------------+
    | region number, 0x80000000 and   | 0x10000000 + offset            |    user memory: numbers from 0x4000, so that
    | up                              | in the region                  |    addresses look like user addresses
    +---------------------------------+--------------------------------+

Region numbers are never used twice. Numbers lie in memory in the byte order of the object that runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from .errors import Fault

ORIGIN = 0x1000_0000  # where a region's first byte lies in its 4 GiB
M64 = 0xFFFF_FFFF_FFFF_FFFF
STACK_BYTES = 512  # MAX_BPF_STACK, include/linux/filter.h
_FIRST_KERNEL, _FIRST_USER = 0x8000_0000, 0x4000
_NULL_PAGE = 4096

Bytes = bytearray | memoryview
Order = Literal["little", "big"]


class Region:
    """A piece of memory. `fast_read` and `fast_write` are the bytes that may be accessed with no further check.

    `data` is the content; `what` names it for people ("the packet"); `fix` is how a program avoids leaving it.
    """

    __slots__ = ("address", "data", "fast_read", "fast_write", "fix", "gone", "order", "read_only", "size", "what")

    def __init__(self, data: Bytes, what: str, *, read_only: str = "", fix: str = "") -> None:
        self.order: Order = "little"  # that of the memory it is in
        self.address = 0  # of its first byte; 0: not in the address space yet
        self.data = data
        self.size = len(data)
        self.what = what
        self.fix = fix
        self.read_only = read_only  # why it may not be written, or ""
        self.gone = ""  # since when it may not be used any more, or ""
        self.fast_read = self.size
        self.fast_write = 0 if read_only else self.size

    def retire(self, since: str) -> None:
        """From now on every access is a trap: `since` says what ended its life."""
        self.gone = since
        self.fast_read = self.fast_write = 0

    def check(self, offset: int, size: int, verb: str) -> None:
        """Raise the `Fault` of an access that is not allowed; `verb` is "reads" or "writes"."""
        if self.gone:
            raise Fault("R2006", f"{verb} {self.what}, {self.gone}", "take the pointer again after that call")
        if not 0 <= offset <= self.size - size:
            raise self.outside(offset, size, verb)
        if verb == "writes" and self.read_only:
            raise Fault("R2005", f"writes {plural(size)} at offset {offset} of {self.what}, {self.read_only}")

    def outside(self, offset: int, size: int, verb: str) -> Fault:
        """The fault of an access that leaves the region."""
        if offset < 0:
            where = f"{plural(-offset)} before its start"
        else:
            where = f"{plural(offset + size - self.size)} past its end"
        return Fault(
            "R2003", f"{verb} {plural(size)} at offset {offset} of {self.what}, which has {plural(self.size)}: {where}",
            self.fix,
        )  # fmt: skip

    def load(self, offset: int, size: int) -> int:
        """The number at `offset`."""
        self.check(offset, size, "reads")
        return int.from_bytes(self.data[offset : offset + size], self.order)

    def store(self, offset: int, size: int, value: int) -> None:
        """Write the low `size` bytes of `value` at `offset`."""
        self.check(offset, size, "writes")
        self.data[offset : offset + size] = (value & (1 << 8 * size) - 1).to_bytes(size, self.order)

    def read(self, offset: int, size: int) -> bytes:
        """`size` bytes, as a helper takes them."""
        self.check(offset, size, "reads")
        return bytes(self.data[offset : offset + size])

    def read_whole(self, offset: int, size: int) -> bytes:
        """`read` of something every byte of which counts: a map's key."""
        return self.read(offset, size)

    def write(self, offset: int, data: bytes) -> None:
        """Put `data` at `offset`, as a helper does."""
        self.check(offset, len(data), "writes")
        self.data[offset : offset + len(data)] = data

    def rest(self, offset: int) -> int:
        """How many bytes can be read from `offset` on."""
        return max(self.size - offset, 0) if offset >= 0 and not self.gone else 0


class Stack(Region):
    """A frame's 512 bytes, with a shadow that knows which were written; negative offsets are from its top, as in C."""

    __slots__ = ("strict", "written")

    def __init__(self, number: int, *, strict: bool) -> None:
        super().__init__(bytearray(STACK_BYTES), "the stack" if not number else f"the stack of call depth {number}",
                         fix="a frame has 512 bytes of stack: check the index against the size of the variable")  # fmt: skip
        self.written = bytearray(STACK_BYTES)
        self.strict = strict
        self.fast_read = self.fast_write = 0

    def clear(self) -> None:
        """A new call: nothing is written."""
        self.written[:] = _NOTHING
        self.data[:] = _NOTHING

    def outside(self, offset: int, size: int, verb: str) -> Fault:
        """In terms of the frame pointer."""
        fault = super().outside(offset, size, verb)
        fault.message = (
            f"{verb} {plural(size)} at offset {offset - STACK_BYTES} from the top of {self.what}, "
            f"which has {STACK_BYTES} bytes (-{STACK_BYTES} to -1)"
        )
        return fault

    def load(self, offset: int, size: int) -> int:
        """As the base; a load of bytes none of which was ever written is a fault (of padding it is not)."""
        self.check(offset, size, "reads")
        end = offset + size
        if self.written.find(1, offset, end) < 0 and self.strict:
            raise self._unwritten(offset, size)
        return int.from_bytes(self.data[offset:end], self.order)

    def store(self, offset: int, size: int, value: int) -> None:
        """As the base, and remember it."""
        self.check(offset, size, "writes")
        end = offset + size
        self.data[offset:end] = (value & (1 << 8 * size) - 1).to_bytes(size, self.order)
        self.written[offset:end] = _WRITTEN[size]

    def read(self, offset: int, size: int) -> bytes:
        """As the base; a fault if none of the bytes was ever written. Padding is let through, as kernels since 6.3 do."""
        self.check(offset, size, "reads")
        if self.strict and self.written.find(1, offset, offset + size) < 0:
            raise self._unwritten(offset, size, which="given to the helper ")
        return bytes(self.data[offset : offset + size])

    def read_whole(self, offset: int, size: int) -> bytes:
        """As the base; a fault if any byte was never written: what a key finds would be random."""
        self.check(offset, size, "reads")
        first = self.written.find(0, offset, offset + size)
        if first >= 0 and self.strict:
            raise self._unwritten(first, 1, f"of the key's {plural(size)}, ")
        return bytes(self.data[offset : offset + size])

    def write(self, offset: int, data: bytes) -> None:
        """As the base, and remember it."""
        self.check(offset, len(data), "writes")
        self.data[offset : offset + len(data)] = data
        self.written[offset : offset + len(data)] = b"\1" * len(data)

    def _unwritten(self, offset: int, size: int, before: str = "", which: str = "") -> Fault:
        return Fault(
            "R2004", f"{before}{plural(size)} {which}at offset {offset - STACK_BYTES} from the top of {self.what} "
            f"{'was' if size == 1 else 'were'} never written",
            "initialize the variable, padding included: `struct key k = {};` or __builtin_memset(&k, 0, sizeof(k))",
        )  # fmt: skip


_NOTHING = bytes(STACK_BYTES)
_WRITTEN = {size: b"\1" * size for size in (1, 2, 4, 8)}


class Opaque(Region):
    """Something that has an address and no bytes a program may touch: a map, a function, a socket."""

    __slots__ = ("subject",)

    def __init__(self, what: str, subject: object) -> None:
        super().__init__(bytearray(), what)
        self.subject = subject

    def check(self, offset: int, size: int, verb: str) -> None:
        """Never allowed."""
        raise Fault("R2007", f"{verb} {plural(size)} inside {self.what}, which is not memory of the program",
                    "pass it to a helper, or read it with bpf_probe_read_kernel()")  # fmt: skip


class Memory:
    """The address space: all regions by number."""

    def __init__(self, order: Order = "little") -> None:
        self.order = order
        self.regions: dict[int, Region] = {}
        self._next = _FIRST_KERNEL
        self._next_user = _FIRST_USER
        self.nowhere = Region(bytearray(), "nothing")
        self.retired: list[Region] = []  # map values that were replaced or deleted, until the run ends

    def add(self, region: Region, *, user: bool = False) -> int:
        """Give `region` an address (of its first byte) and return it."""
        if user:
            number, self._next_user = self._next_user, self._next_user + 1
        else:
            number, self._next = self._next, self._next + 1
        self.regions[number] = region
        region.address = number << 32 | ORIGIN
        region.order = self.order
        return region.address

    def address_of(self, region: Region) -> int:
        """Its address, given now if it had none."""
        return region.address or self.add(region)

    def drop(self, region: Region) -> None:
        """Take the region out of the address space."""
        self.regions.pop(region.address >> 32, None)

    def reset_user(self) -> None:
        """Forget all user memory."""
        for number in range(_FIRST_USER, self._next_user):
            self.regions.pop(number, None)
        self._next_user = _FIRST_USER

    def find(self, address: int) -> Region | None:
        """The region that `address` was made from, or None."""
        return self.regions.get(address >> 32)

    def locate(self, address: int, size: int, verb: str) -> tuple[Region, int]:
        """The region and the offset in it. Raises `Fault` if `address` is no pointer."""
        region = self.regions.get(address >> 32)
        if region is None:
            raise no_pointer(address, size, verb)
        return region, address - region.address

    def load(self, address: int, size: int) -> int:
        """The number of `size` bytes at `address`, checked."""
        region, offset = self.locate(address, size, "reads")
        return region.load(offset, size)

    def store(self, address: int, size: int, value: int) -> None:
        """Write a number of `size` bytes at `address`, checked."""
        region, offset = self.locate(address, size, "writes")
        region.store(offset, size, value)

    def read(self, address: int, size: int) -> bytes:
        """The bytes a helper reads at `address`, checked. No bytes need no pointer."""
        if not size:
            return b""
        region, offset = self.locate(address, size, "reads")
        return region.read(offset, size)

    def read_whole(self, address: int, size: int) -> bytes:
        """`read` of something every byte of which counts: a map's key."""
        region, offset = self.locate(address, size, "reads")
        return region.read_whole(offset, size)

    def write(self, address: int, data: bytes) -> None:
        """What a helper writes at `address`, checked."""
        if data:
            region, offset = self.locate(address, len(data), "writes")
            region.write(offset, data)


def no_pointer(address: int, size: int, verb: str) -> Fault:
    """The fault of an access through something that points nowhere."""
    if address < _NULL_PAGE:
        at = f", at offset {address}" if address else ""
        return Fault("R2001", f"{verb} {plural(size)} through a null pointer{at}",
                     "compare the pointer with NULL before using it: if (!value) return 0;")  # fmt: skip
    if address > M64 - _NULL_PAGE:
        return Fault("R2001", f"{verb} {plural(size)} through a null pointer, at offset {address - M64 - 1}",
                     "compare the pointer with NULL before using it: if (!value) return 0;")  # fmt: skip
    return Fault("R2002", f"{verb} {plural(size)} through {address:#x}, which is a number and no pointer",
                 "memory of the kernel or of user space is read with bpf_probe_read_kernel() or bpf_probe_read_user(); "
                 "if this was a pointer, it was cut to 32 bits on its way")  # fmt: skip


def plural(count: int, noun: str = "byte") -> str:
    """`1 byte`, `2 bytes`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def c_string(data: Sequence[int]) -> bytes:
    """The bytes before the first NUL."""
    return bytes(data).split(b"\0", 1)[0]

"""Helpers that read memory the program does not own, and strings (kernel/trace/bpf_trace.c, mm/maccess.c).

A bad address is no trap: the helper zeroes its buffer and returns EFAULT, which is what programs count on.
"""

from __future__ import annotations

import errno

from ..errors import Fault
from ..memory import Opaque, Region, Stack
from ..state import State
from .table import helper, u32

_DIGITS = [b"%x" % digit for digit in range(16)]
_USER_END = 0x8000_0000_0000


def _source(state: State, address: int, user: bool | None) -> tuple[Region, int] | None:
    """The region and offset to read from; None if a read there faults. `user` None: either kind of memory."""
    if user is not None and (address < _USER_END) != user:
        return None
    region = state.memory.find(address)
    if region is None or region.gone or isinstance(region, Opaque):
        return None
    return region, address - region.address


def _read(state: State, to: int, size: int, address: int, user: bool | None) -> int:
    found = _source(state, address, user)
    if size == 0:
        return 0
    if found is None or not 0 <= found[1] <= found[0].size - size:
        state.memory.write(to, bytes(size))
        return -errno.EFAULT
    region, offset = found
    state.memory.write(to, bytes(region.data[offset : offset + size]))
    return 0


def _read_string(state: State, to: int, size: int, address: int, user: bool | None) -> int:
    """Length with its NUL; what lies behind the NUL in the buffer is left alone."""
    if size == 0:
        return 0
    found = _source(state, address, user)
    if found is None or not 0 <= found[1] < found[0].size:
        state.memory.write(to, bytes(size))
        return -errno.EFAULT
    region, offset = found
    data = bytes(region.data[offset : offset + size])
    end = data.find(b"\0")
    if end < 0 and len(data) < size:  # runs off the end of readable memory
        state.memory.write(to, bytes(size))
        return -errno.EFAULT
    text = data[:end] if end >= 0 else data[: size - 1]
    state.memory.write(to, text + b"\0")
    return len(text) + 1


@helper("probe_read")
def probe_read(state: State, to: int, size: int, address: int) -> int:
    """Any memory."""
    return _read(state, to, u32(size), address, None)


@helper("probe_read_kernel")
def probe_read_kernel(state: State, to: int, size: int, address: int) -> int:
    """Kernel memory."""
    return _read(state, to, u32(size), address, False)


@helper("probe_read_user", "copy_from_user")
def probe_read_user(state: State, to: int, size: int, address: int) -> int:
    """User memory."""
    return _read(state, to, u32(size), address, True)


@helper("probe_read_str")
def probe_read_str(state: State, to: int, size: int, address: int) -> int:
    """A string anywhere."""
    return _read_string(state, to, u32(size), address, None)


@helper("probe_read_kernel_str")
def probe_read_kernel_str(state: State, to: int, size: int, address: int) -> int:
    """A string in kernel memory."""
    return _read_string(state, to, u32(size), address, False)


@helper("probe_read_user_str")
def probe_read_user_str(state: State, to: int, size: int, address: int) -> int:
    """A string in user memory."""
    return _read_string(state, to, u32(size), address, True)


@helper("probe_write_user")
def probe_write_user(state: State, to: int, source: int, size: int) -> int:
    """Writes user memory."""
    data = state.memory.read(source, u32(size))
    region = state.memory.find(to)
    if to >= _USER_END or region is None or not 0 <= to - region.address <= region.size - len(data):
        return -errno.EFAULT
    region.write(to - region.address, data)
    return 0


@helper("strncmp")
def strncmp(state: State, first: int, size: int, second: int) -> int:
    """As in C, on at most `size` bytes."""
    a = state.memory.read(first, u32(size)).split(b"\0", 1)[0]
    b = _c_string(state, second)[: u32(size)]
    if a == b:
        return 0
    for x, y in zip(a + b"\0", b + b"\0", strict=False):
        if x != y:
            return x - y
    return 0


def _c_string(state: State, address: int) -> bytes:
    region, offset = state.memory.locate(address, 1, "reads")
    data = region.read(offset, max(region.size - offset, 1)) if not isinstance(region, Stack) else bytes(region.data[offset:])
    if b"\0" not in data:
        raise Fault("R2025", f"a string in {region.what} with no NUL before its end", "end the string with a NUL")
    return data.split(b"\0", 1)[0]


@helper("strtol")
def strtol(state: State, text: int, size: int, flags: int, to: int) -> int:
    """Parses a number (kernel/bpf/helpers.c); how many characters it took, or an error."""
    return _parse(state, text, size, flags, to, negative=True)


@helper("strtoul")
def strtoul(state: State, text: int, size: int, flags: int, to: int) -> int:
    """The same without a sign."""
    return _parse(state, text, size, flags, to, negative=False)


def _parse(state: State, text: int, size: int, flags: int, to: int, *, negative: bool) -> int:
    state.memory.write(to, bytes(8))
    base = flags & 0x1F
    if base not in (0, 8, 10, 16) or flags & ~0x1F:
        return -errno.EINVAL
    data = state.memory.read(text, u32(size)).split(b"\0", 1)[0]
    rest = data.lstrip(b" \t\n\v\f\r")
    minus = rest.startswith(b"-") and negative
    rest = rest[1:] if minus else rest
    if base == 0:
        hexadecimal = rest[:2].lower() == b"0x" and rest[2:3].lower() in _DIGITS and rest[2:3]
        base = 16 if hexadecimal else 8 if rest[:1] == b"0" else 10
    if base == 16 and rest[:2].lower() == b"0x":
        rest = rest[2:]
    digits = b""
    for i in range(len(rest)):
        if rest[i : i + 1].lower() not in _DIGITS[:base]:
            break
        digits += rest[i : i + 1]
    if not digits:
        return -errno.EINVAL
    value = int(digits, base)
    value = -value if minus else value
    low, high = (-(1 << 63), 1 << 63) if negative else (0, 1 << 64)
    if not low <= value < high:
        return -errno.ERANGE
    state.memory.write(to, (value & (1 << 64) - 1).to_bytes(8, state.memory.order))
    return len(data) - len(rest) + len(digits)

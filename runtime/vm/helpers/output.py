"""Helpers that send something to user space: ring buffers, perf events, trace_printk (kernel/bpf/ringbuf.c, helpers.c)."""

from __future__ import annotations

import errno
import re

from ..errors import Fault
from ..maps import PerfEventArray, RingBufferMap
from ..maps.buffers import Record
from ..memory import c_string
from ..state import State
from .table import helper, signed, u32

_WAKEUP_FLAGS = 3  # BPF_RB_NO_WAKEUP, BPF_RB_FORCE_WAKEUP


def _ring(state: State, address: int) -> RingBufferMap:
    table = state.map_at(address)
    if not isinstance(table, RingBufferMap):
        raise Fault("R2023", f"map '{table.name}' is not a ring buffer", "declare it as BPF_MAP_TYPE_RINGBUF")
    return table


@helper("ringbuf_reserve")
def ringbuf_reserve(state: State, address: int, size: int, flags: int) -> int:
    """Memory of `size` bytes, or NULL if there is no room."""
    ring = _ring(state, address)
    if flags:
        return 0
    record = ring.reserve(size)
    if record is None:
        return 0
    place = state.memory.add(record)
    state.leaving.append(record)
    state.hold(place, f"the record of ring buffer '{ring.name}' that bpf_ringbuf_reserve() gave")
    return place


@helper("ringbuf_submit")
def ringbuf_submit(state: State, address: int, flags: int) -> int:
    """The record may be read."""
    return _end(state, address, discard=False)


@helper("ringbuf_discard")
def ringbuf_discard(state: State, address: int, flags: int) -> int:
    """The record is skipped."""
    return _end(state, address, discard=True)


def _end(state: State, address: int, *, discard: bool) -> int:
    record = state.memory.find(address)
    if not isinstance(record, Record) or record.address != address:
        raise Fault("R2024", f"{address:#x} is no record of a ring buffer", "pass what bpf_ringbuf_reserve() returned")
    if state.held.pop(address, None) is None:
        raise Fault("R2006", f"submits {record.what}, {record.gone}", "submit or discard a record once")
    record.end(discard)
    return 0


@helper("ringbuf_output")
def ringbuf_output(state: State, address: int, data: int, size: int, flags: int) -> int:
    """Copies a whole record; EAGAIN if there is no room."""
    ring = _ring(state, address)
    if flags & ~_WAKEUP_FLAGS:
        return -errno.EINVAL
    return 0 if ring.output(state.memory.read(data, size)) else -errno.EAGAIN


@helper("ringbuf_query")
def ringbuf_query(state: State, address: int, what: int) -> int:
    """BPF_RB_AVAIL_DATA, RING_SIZE, CONS_POS, PROD_POS."""
    ring = _ring(state, address)
    answers = (ring.producer - ring.consumer, ring.size, ring.consumer, ring.producer)
    return answers[what] if what < len(answers) else 0


@helper("perf_event_output", "skb_output", "xdp_output")
def perf_event_output(state: State, _ctx: int, address: int, flags: int, data: int, size: int) -> int:
    """A record in the buffer of a CPU; upper flag bits append that many bytes of the packet."""
    table = state.map_at(address)
    if not isinstance(table, PerfEventArray):
        raise Fault("R2023", f"map '{table.name}' is not a perf event array", "declare it BPF_MAP_TYPE_PERF_EVENT_ARRAY")
    index = u32(flags)
    cpu = state.env.cpu if index == 0xFFFF_FFFF else index
    if cpu >= table.max_entries:
        return -errno.E2BIG
    content = state.memory.read(data, size)
    packet = state.context.packet if state.context else None
    extra = flags >> 32 & 0xFFFFF
    if extra and packet is not None:
        more = packet.get(0, extra)
        if more is None:
            return -errno.EFAULT
        content += more
    table.output(cpu, content)
    return 0


_DIRECTIVE = re.compile(r"%(%|[-+ 0#]*\d*(?:\.\d+)?(?:l{0,2}[diuxX]|c|s|p(?:[iI][46]|B|[ku]s)?|[ku]s))")


@helper("trace_printk")
def trace_printk(state: State, text: int, size: int, a: int | None = None, b: int | None = None, c: int | None = None) -> int:
    """Formats a line as the kernel does, without what trace_pipe puts in front."""
    line = format_line(state, c_string(state.memory.read(text, u32(size))).decode("utf-8", "replace"), [a, b, c])
    state.printk.append(line.rstrip("\n"))
    return len(line)


@helper("trace_vprintk")
def trace_vprintk(state: State, text: int, size: int, data: int, length: int) -> int:
    """The same with an array of arguments."""
    words = state.memory.read(data, u32(length))
    arguments: list[int | None] = [int.from_bytes(words[i : i + 8], state.memory.order) for i in range(0, len(words), 8)]
    line = format_line(state, c_string(state.memory.read(text, u32(size))).decode("utf-8", "replace"), arguments)
    state.printk.append(line.rstrip("\n"))
    return len(line)


@helper("snprintf")
def snprintf(state: State, to: int, size: int, text: int, data: int, length: int) -> int:
    """Formats into memory; the length it would have, with its NUL."""
    words = state.memory.read(data, u32(length))
    arguments: list[int | None] = [int.from_bytes(words[i : i + 8], state.memory.order) for i in range(0, len(words), 8)]
    out = format_line(state, string_at(state, text).decode("utf-8", "replace"), arguments).encode()
    if u32(size):
        state.memory.write(to, out[: u32(size) - 1] + b"\0")
    return len(out) + 1


def string_at(state: State, address: int, limit: int = 512) -> bytes:
    """The bytes up to a NUL, the region's end, or `limit`; nothing where no memory is."""
    region = state.memory.find(address)
    if region is None or region.gone:
        return b""
    offset = address - region.address
    return c_string(region.data[offset : offset + limit]) if 0 <= offset < region.size else b""


def format_line(state: State, text: str, arguments: list[int | None]) -> str:
    """`text` with its printf directives replaced (kernel/bpf/helpers.c: bpf_bprintf_prepare)."""
    values = iter(arguments)

    def one(match: re.Match[str]) -> str:
        directive = match.group(1)
        if directive == "%":
            return "%"
        value = next(values, None)
        if value is None:
            raise Fault("R2025", f"the format needs more arguments than the call has: {text!r}", "pass one per directive")
        kind = directive[-1]
        flags = re.match(r"[-+ 0#]*\d*(?:\.\d+)?", directive)
        layout = flags.group() if flags else ""
        if kind == "s":
            return f"%{layout}s" % string_at(state, value).decode("utf-8", "replace")
        if "p" in directive:
            return _pointer(state, directive, value)
        if kind == "c":
            return chr(value & 0xFF)
        bits = 64 if "l" in directive else 32
        number = signed(value, bits) if kind in "di" else value & (1 << bits) - 1
        return f"%{layout}{'d' if kind in 'diu' else kind}" % number

    return _DIRECTIVE.sub(one, text)


def _pointer(state: State, directive: str, value: int) -> str:
    if directive.endswith(("i4", "I4")):
        return ".".join(str(byte) for byte in state.memory.read(value, 4))
    if directive.endswith(("i6", "I6")):
        data = state.memory.read(value, 16).hex()
        return ":".join(data[i : i + 4] for i in range(0, 32, 4))
    return f"{value:016x}"

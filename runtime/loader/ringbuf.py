"""Reading a BPF ring buffer: mmap of its pages and epoll, no copying by the kernel (kernel/bpf/ringbuf.c).

    page 0           page 1            pages 2 ..            the data again
    consumer pos     producer pos      data, max_entries     mapped twice, so that a record never wraps
    (we write)       (kernel writes)

A record is a u32 length with two flag bits, a u32 page offset, then the data, padded to 8 bytes.
"""

from __future__ import annotations

import mmap
import select
import struct
from collections.abc import Iterator

_BUSY, _DISCARDED = 1 << 31, 1 << 30
_HEADER = 8


class RingBuffer:
    """A reader of the ring buffer map behind `fd`, which has `size` bytes of data. Close it when done."""

    def __init__(self, fd: int, size: int) -> None:
        page = mmap.PAGESIZE
        self._mask = size - 1
        self._consumer = mmap.mmap(fd, page, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE, offset=0)
        self._data = mmap.mmap(fd, page + 2 * size, mmap.MAP_SHARED, mmap.PROT_READ, offset=page)
        self._page = page
        self._epoll = select.epoll()
        self._epoll.register(fd, select.EPOLLIN)

    def read(self, timeout: float = 0.0) -> list[bytes]:
        """The records that are there, waiting up to `timeout` seconds for the first."""
        records = list(self._available())
        if not records and timeout > 0:
            try:
                self._epoll.poll(timeout)
            except InterruptedError:
                return []
            records = list(self._available())
        return records

    def _available(self) -> Iterator[bytes]:
        (position,) = struct.unpack_from("=Q", self._consumer, 0)
        (end,) = struct.unpack_from("=Q", self._data, 0)
        while position < end:
            at = self._page + (position & self._mask)
            (header,) = struct.unpack_from("=I", self._data, at)
            if header & _BUSY:
                return
            length = header & ~(_BUSY | _DISCARDED)
            if not header & _DISCARDED:
                yield self._data[at + _HEADER : at + _HEADER + length]
            position += (length + _HEADER + 7) & ~7
            struct.pack_into("=Q", self._consumer, 0, position)

    def close(self) -> None:
        """Unmap."""
        self._epoll.close()
        self._consumer.close()
        self._data.close()

"""A packet in the machine: a buffer with room before and behind, of which [start, end) is the packet.

     0            meta      start                  end          len(buffer)
    +------------+---------+----------------------+-------------+
    | headroom   | metadata| packet               | tailroom    |
    +------------+---------+----------------------+-------------+

Programs see the metadata and the packet as one region. A helper that changes the packet's bounds makes a new one, and
pointers into the old one trap, as the verifier would have it.
"""

from __future__ import annotations

from .memory import Memory, Region

# what BPF_PROG_TEST_RUN gives XDP programs (net/bpf/test_run.c): headroom, and struct skb_shared_info at a page's end
XDP_HEADROOM, PAGE, SHARED_INFO = 256, 4096, 320
XDP_FRAME = 40  # sizeof(struct xdp_frame): adjust_head keeps this much of the headroom
ETH_HEADER = 14
_FIX = "compare first: `if ((void *)(p + 1) > data_end) return ...;`"


class Packet:
    """The packet of a run. Addresses are what programs see; they change when the bounds do."""

    def __init__(self, memory: Memory, data: bytes, *, headroom: int = XDP_HEADROOM, what: str = "the packet") -> None:
        tail = max(PAGE - SHARED_INFO - headroom - len(data), 0)
        self.buffer = bytearray(headroom) + data + bytearray(tail)
        self.meta = self.start = headroom
        self.end = headroom + len(data)
        self._memory = memory
        self._what = what
        self._regions: list[Region] = []  # all that pointers may come from, the last one valid
        self._region = self._expose()

    def _expose(self) -> Region:
        region = Region(memoryview(self.buffer)[self.meta : self.end], self._what, fix=_FIX)
        if self.meta != self.start:
            region.what += f", counting {self.start - self.meta} bytes of metadata before it"
        self._memory.add(region)
        self._regions.append(region)
        return region

    @property
    def data(self) -> int:
        """Address of the first byte."""
        return self._region.address + self.start - self.meta

    @property
    def data_end(self) -> int:
        """Address behind the last byte."""
        return self._region.address + self.end - self.meta

    @property
    def data_meta(self) -> int:
        """Address of the metadata."""
        return self._region.address

    def __len__(self) -> int:
        return self.end - self.start

    def content(self) -> bytes:
        """The packet as it is."""
        return bytes(self.buffer[self.start : self.end])

    def metadata(self) -> bytes:
        """What lies between data_meta and data."""
        return bytes(self.buffer[self.meta : self.start])

    def get(self, offset: int, size: int) -> bytes | None:
        """`size` bytes at `offset`, None if they are not all in the packet."""
        if not 0 <= offset <= len(self) - size:
            return None
        return bytes(self.buffer[self.start + offset : self.start + offset + size])

    def put(self, offset: int, data: bytes) -> bool:
        """Write bytes at `offset`; False if they are not all in the packet."""
        if not 0 <= offset <= len(self) - len(data):
            return False
        self.buffer[self.start + offset : self.start + offset + len(data)] = data
        return True

    def move(self, *, meta: int | None = None, start: int | None = None, end: int | None = None, since: str) -> None:
        """New bounds in the buffer; old pointers end. `since` names the helper that did it."""
        self.meta = self.meta if meta is None else meta
        self.start = self.start if start is None else start
        self.end = self.end if end is None else end
        self.renew(since)

    def renew(self, since: str) -> None:
        """Same bounds, but old pointers end."""
        self._region.retire(f"through a pointer from before the call of {since}, which ended all packet pointers")
        self._region = self._expose()

    def replace(self, data: bytes, since: str) -> None:
        """Other content, with fresh room around it."""
        headroom = max(self.start, XDP_HEADROOM)
        self.buffer = bytearray(headroom) + data + bytearray(max(PAGE - SHARED_INFO - headroom - len(data), 0))
        self.move(meta=headroom, start=headroom, end=headroom + len(data), since=since)

    def drop(self) -> None:
        """Out of the address space."""
        for region in self._regions:
            self._memory.drop(region)

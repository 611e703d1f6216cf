"""`read_pcap`: the packets of a capture file: classic pcap (micro- and nanoseconds) and pcapng, in either byte order.

    pcap     magic a1b2c3d4 (us) or a1b23c4d (ns) | version | zone | accuracy | snaplen | link type     24 bytes
             each packet: seconds | fraction | captured bytes | original bytes | data
    pcapng   blocks: type | length | body | length.   Section header (gives the byte order), interface description,
             enhanced, simple and obsolete packet; others are skipped

Sources: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng. All errors are `MachineError` with the offset in the file.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .errors import MachineError, refuse

ETHERNET = 1  # LINKTYPE_ETHERNET
_MAX_PACKET = 1 << 18  # more than any snap length that tools write
_SECTION, _INTERFACE, _OBSOLETE, _SIMPLE, _ENHANCED = 0x0A0D0D0A, 1, 2, 3, 6
_IF_TSRESOL = 9  # option of an interface: resolution of its times


@dataclass(frozen=True, slots=True)
class Captured:
    """A packet: nanoseconds since 1970 (0 where the file has no time), its bytes, how long it was on the wire."""

    time: int
    data: bytes
    wire_length: int


def read_pcap(path: str | Path) -> list[Captured]:
    """The packets of a file. Raises `MachineError` if it cannot be read, is broken, or is no capture of Ethernet."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise refuse("R2050", f"cannot read '{path}': {error.strerror}") from None
    return parse_pcap(data, str(path))


def parse_pcap(data: bytes, name: str = "the capture") -> list[Captured]:
    """The packets of a file's content; `name` is for messages."""
    magic = data[:4]
    formats = {
        b"\xa1\xb2\xc3\xd4": (">", 1000), b"\xd4\xc3\xb2\xa1": ("<", 1000),
        b"\xa1\xb2\x3c\x4d": (">", 1), b"\x4d\x3c\xb2\xa1": ("<", 1),
    }  # fmt: skip
    if magic in formats:
        order, scale = formats[magic]
        return list(_classic(data, name, order, scale))
    if magic == b"\x0a\x0d\x0d\x0a":
        return list(_blocks(data, name))
    what = "is empty" if not data else f"starts with {data[:4].hex(' ')}"
    raise refuse("R2051", f"{name} is not a capture file: it {what}", "write one with `tcpdump -w FILE` or Wireshark")


def _broken(name: str, at: int, reason: str) -> MachineError:
    return refuse("R2052", f"{name} is broken at byte {at}: {reason}",
                  "capture again; a copy or a download may have cut it short")  # fmt: skip


def _check_link(name: str, link: int) -> None:
    if link != ETHERNET:
        known = {0: "BSD loopback", 101: "raw IP", 105: "802.11", 113: "Linux cooked", 276: "Linux cooked v2"}
        raise refuse("R2053", f"{name} holds packets of link type {link} ({known.get(link, 'not Ethernet')})",
                     "capture on an Ethernet interface (not `-i any`), or convert it: tcprewrite --dlt=enet")  # fmt: skip


def _classic(data: bytes, name: str, order: str, scale: int) -> Iterator[Captured]:
    if len(data) < 24:
        raise _broken(name, len(data), "the file header has 24 bytes")
    _check_link(name, struct.unpack_from(order + "I", data, 20)[0] & 0xFFFF)  # the upper half is about frame checks
    at = 24
    while at < len(data):
        if len(data) - at < 16:
            raise _broken(name, at, f"a packet header has 16 bytes, and {len(data) - at} are left")
        seconds, fraction, size, wire = struct.unpack_from(order + "IIII", data, at)
        _check_size(name, at, size, len(data) - at - 16)
        at += 16
        yield Captured(seconds * 1_000_000_000 + fraction * scale, data[at : at + size], wire)
        at += size


def _check_size(name: str, at: int, size: int, left: int) -> None:
    if size > _MAX_PACKET:
        raise _broken(name, at, f"a packet of {size} bytes")
    if size > left:
        raise _broken(name, at, f"a packet of {size} bytes, and {left} are left")


def _blocks(data: bytes, name: str) -> Iterator[Captured]:
    at, order = 0, "<"
    interfaces: list[tuple[int, int]] = []  # (snap length, time units a second)
    while at < len(data):
        if len(data) - at < 12:
            raise _broken(name, at, f"a block has at least 12 bytes, and {len(data) - at} are left")
        if data[at : at + 4] == b"\x0a\x0d\x0d\x0a":
            order = _section_order(data, name, at)
            interfaces = []
        kind, length = struct.unpack_from(order + "II", data, at)
        if length < 12 or length % 4 or length > len(data) - at:
            raise _broken(name, at, f"a block of {length} bytes, and {len(data) - at} are left")
        body = data[at + 8 : at + length - 4]
        if kind == _INTERFACE:
            interfaces.append(_interface(body, name, at, order))
        elif kind in (_ENHANCED, _OBSOLETE, _SIMPLE):
            yield _block_packet(kind, body, name, at, order, interfaces)
        at += length


def _section_order(data: bytes, name: str, at: int) -> str:
    magic = data[at + 8 : at + 12]
    if magic == b"\x1a\x2b\x3c\x4d":
        return ">"
    if magic == b"\x4d\x3c\x2b\x1a":
        return "<"
    raise _broken(name, at + 8, f"a section's byte order mark is {magic.hex(' ')}")


def _interface(body: bytes, name: str, at: int, order: str) -> tuple[int, int]:
    if len(body) < 8:
        raise _broken(name, at, "an interface description of less than 20 bytes")
    link, _, snap = struct.unpack_from(order + "HHI", body)
    _check_link(name, link)
    units, option = 1_000_000, 8
    while option + 4 <= len(body):
        code, size = struct.unpack_from(order + "HH", body, option)
        if code == _IF_TSRESOL and size >= 1 and option + 4 < len(body):
            resolution = body[option + 4]
            units = 1 << (resolution & 0x7F) if resolution & 0x80 else 10 ** (resolution & 0x7F)
        option += 4 + (size + 3 & ~3)
    return snap, units


def _block_packet(kind: int, body: bytes, name: str, at: int, order: str, interfaces: list[tuple[int, int]]) -> Captured:
    header = {_ENHANCED: 20, _OBSOLETE: 20, _SIMPLE: 4}[kind]
    if len(body) < header:
        raise _broken(name, at, "a packet block shorter than its header")
    if kind == _SIMPLE:
        (wire,) = struct.unpack_from(order + "I", body)
        index, time = 0, 0
        size = min(wire, len(body) - 4)
    else:
        layout = "IIIII" if kind == _ENHANCED else "HHIIII"
        index, *rest = struct.unpack_from(order + layout, body)
        high, low, size, wire = rest[-4:]
        time = high << 32 | low
    if index >= len(interfaces):
        raise _broken(name, at, f"a packet of interface {index}, which the file does not describe")
    snap, units = interfaces[index]
    if kind == _SIMPLE and snap:
        size = min(size, snap)
    _check_size(name, at, size, len(body) - header)
    return Captured(time * 1_000_000_000 // units, body[header : header + size], wire)

"""Writes traffic.pcap: packets as they come along on a wire, each with the verdict that firewall.bpf.c should give.

    python make_pcap.py          prints what is in it
    python make_pcap.py FILE     writes it

The verdicts are for the rules in firewall.py: sources 203.0.113.0/24, 198.51.100.7 and 2001:db8:bad::/48, TCP port 23
and UDP port 1900.
"""

from __future__ import annotations

import ipaddress
import struct
import sys
from pathlib import Path

TCP, UDP, ICMP, ICMP6 = 6, 17, 1, 58
HOP_BY_HOP, DESTINATION = 0, 60
SYN, ACK, PSH = 0x02, 0x10, 0x08

ROUTER = bytes.fromhex("020000000001")
HOST = bytes.fromhex("020000000002")
BROADCAST = b"\xff" * 6


def ethernet(payload: bytes, protocol: int, tags: tuple[tuple[int, int], ...] = (), to: bytes = HOST) -> bytes:
    """A frame; `tags` are (protocol, VLAN number), the outer first. Padded to 60 bytes, as cards do."""
    header = to + ROUTER
    for tag, vlan in tags:
        header += struct.pack("!HH", tag, vlan)
    return (header + struct.pack("!H", protocol) + payload).ljust(60, b"\0")


def checksum(data: bytes) -> int:
    """RFC 1071."""
    total = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def pseudo(source: str, to: str, protocol: int, length: int) -> bytes:
    """What TCP and UDP checksums cover besides their own header and data."""
    addresses = ipaddress.ip_address(source).packed + ipaddress.ip_address(to).packed
    if len(addresses) == 8:
        return addresses + struct.pack("!BBH", 0, protocol, length)
    return addresses + struct.pack("!II", length, protocol)


def tcp(source: str, to: str, ports: tuple[int, int], flags: int, data: bytes = b"", options: bytes = b"") -> bytes:
    offset = (20 + len(options)) // 4 << 12
    head = struct.pack("!HHIIHH", *ports, 0x1F2E3D4C, 0x5A6B7C8D if flags & ACK else 0, offset | flags, 64240)
    segment = head + b"\0\0" + b"\0\0" + options + data
    total = checksum(pseudo(source, to, TCP, len(segment)) + segment)
    return segment[:16] + struct.pack("!H", total) + segment[18:]


def udp(source: str, to: str, ports: tuple[int, int], data: bytes) -> bytes:
    datagram = struct.pack("!HHHH", *ports, 8 + len(data), 0) + data
    total = checksum(pseudo(source, to, UDP, len(datagram)) + datagram) or 0xFFFF
    return datagram[:6] + struct.pack("!H", total) + datagram[8:]


def echo(data: bytes = b"abcdefghijklmnopqrstuvwabcdefghi") -> bytes:
    message = struct.pack("!BBHHH", 8, 0, 0, 0x1234, 1) + data
    return message[:2] + struct.pack("!H", checksum(message)) + message[4:]


def v4(source: str, to: str, protocol: int, payload: bytes, options: bytes = b"", fragment: int = 0x4000) -> bytes:
    words = 5 + len(options) // 4
    header = struct.pack("!BBHHHBBH", 0x40 | words, 0, words * 4 + len(payload), 0x2B67, fragment, 64, protocol, 0)
    header += ipaddress.ip_address(source).packed + ipaddress.ip_address(to).packed + options
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + payload


def v6(source: str, to: str, protocol: int, payload: bytes) -> bytes:
    header = struct.pack("!IHBB", 6 << 28 | 0x12345, len(payload), protocol, 64)
    return header + ipaddress.ip_address(source).packed + ipaddress.ip_address(to).packed + payload


def arp(operation: int, source: str, to: str) -> bytes:
    head = struct.pack("!HHBBH", 1, 0x0800, 6, 4, operation)
    return head + ROUTER + ipaddress.ip_address(source).packed + HOST + ipaddress.ip_address(to).packed


def neighbor_solicitation(target: str) -> bytes:
    body = struct.pack("!BBHI", 135, 0, 0, 0) + ipaddress.ip_address(target).packed + b"\x01\x01" + ROUTER
    to = "ff02::1:ff00:2"
    total = checksum(pseudo("fe80::1", to, ICMP6, len(body)) + body)
    return v6("fe80::1", to, ICMP6, body[:2] + struct.pack("!H", total) + body[4:])


def v4_tcp(source: str, to: str, port: int, flags: int = SYN, data: bytes = b"") -> bytes:
    options = bytes.fromhex("020405b40402080a0004d2b8000000000103 0307".replace(" ", "")) if flags == SYN else b""
    return v4(source, to, TCP, tcp(source, to, (49152, port), flags, data, options))


def v4_udp(source: str, to: str, ports: tuple[int, int], data: bytes) -> bytes:
    return v4(source, to, UDP, udp(source, to, ports, data))


DNS = bytes.fromhex("a1b2010000010000000000000377777707657861 6d706c6503636f6d0000010001".replace(" ", ""))
SSDP = b'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\n\r\n'
PLAIN, OUTER = 0x8100, 0x88A8
ALERT = bytes.fromhex("94040000")
PADDED = bytes.fromhex("01040000 0000".replace(" ", ""))  # one option that fills the rest of 8 bytes


def packets() -> list[tuple[str, str, bytes]]:
    """(what it is, the verdict of enum verdict, the frame)."""
    home, web, friend = "192.0.2.10", "198.51.100.80", "198.51.100.8"
    bad, worse = "203.0.113.66", "198.51.100.7"
    home6, web6, bad6 = "2001:db8:1::10", "2001:db8:2::80", "2001:db8:bad::66"
    ports23 = tcp(friend, home, (49152, 23), ACK, b"x" * 12)
    options6 = bytes([DESTINATION, 0]) + PADDED + bytes([UDP, 0]) + PADDED
    ssdp6 = udp(web6, home6, (1900, 1900), SSDP)
    cut_tcp = ethernet(v4_tcp(web, home, 443), 0x0800)[: 14 + 20 + 12]
    short_header = bytearray(v4_tcp(web, home, 443))
    short_header[0] = 0x43
    return [
        ("ARP request", "PASSED_OTHER", ethernet(arp(1, "192.0.2.1", home), 0x0806, to=BROADCAST)),
        ("ARP reply", "PASSED_OTHER", ethernet(arp(2, "192.0.2.1", home), 0x0806)),
        ("DNS query", "PASSED", ethernet(v4_udp(friend, home, (40000, 53), DNS), 0x0800)),
        ("DNS answer", "PASSED", ethernet(v4_udp(friend, home, (53, 40000), DNS), 0x0800)),
        ("TCP SYN to 443", "PASSED", ethernet(v4_tcp(web, home, 443), 0x0800)),
        ("TCP SYN and ACK from 443", "PASSED", ethernet(v4(web, home, TCP, tcp(web, home, (443, 49152), SYN | ACK)), 0x0800)),
        ("TCP data to 443", "PASSED", ethernet(v4_tcp(web, home, 443, PSH | ACK, bytes(range(200))), 0x0800)),
        ("TCP SYN to 23", "DROPPED_PORT", ethernet(v4_tcp(web, home, 23), 0x0800)),
        ("TCP SYN from a blocked network", "DROPPED_SOURCE", ethernet(v4_tcp(bad, home, 80), 0x0800)),
        ("DNS query from a blocked host", "DROPPED_SOURCE", ethernet(v4_udp(worse, home, (40001, 53), DNS), 0x0800)),
        ("DNS query from its neighbour", "PASSED", ethernet(v4_udp(friend, home, (40001, 53), DNS), 0x0800)),
        ("ICMP echo", "PASSED", ethernet(v4(web, home, ICMP, echo()), 0x0800)),
        ("ICMP echo from a blocked network", "DROPPED_SOURCE", ethernet(v4(bad, home, ICMP, echo()), 0x0800)),
        ("SSDP search to UDP 1900", "DROPPED_PORT", ethernet(v4_udp(friend, "239.255.255.250", (40002, 1900), SSDP), 0x0800)),
        ("TCP SYN to 1900: only UDP is blocked", "PASSED", ethernet(v4_tcp(web, home, 1900), 0x0800)),
        ("TCP SYN to 443 in VLAN 10", "PASSED", ethernet(v4_tcp(web, home, 443), 0x0800, ((PLAIN, 10),))),
        ("TCP SYN to 23 in VLAN 10", "DROPPED_PORT", ethernet(v4_tcp(web, home, 23), 0x0800, ((PLAIN, 10),))),
        ("blocked source in two VLAN tags", "DROPPED_SOURCE",
         ethernet(v4_udp(bad, home, (40003, 53), DNS), 0x0800, ((OUTER, 100), (PLAIN, 10)))),
        ("IPv6 in two VLAN tags", "PASSED",
         ethernet(v6(web6, home6, TCP, tcp(web6, home6, (49153, 443), SYN)), 0x86DD, ((OUTER, 100), (PLAIN, 10)))),
        ("three VLAN tags: not looked into", "PASSED_OTHER",
         ethernet(v4_tcp(bad, home, 23), 0x0800, ((OUTER, 100), (OUTER, 101), (PLAIN, 10)))),
        ("IPv6 neighbour solicitation", "PASSED", ethernet(neighbor_solicitation("fe80::2"), 0x86DD)),
        ("IPv6 TCP SYN to 443", "PASSED", ethernet(v6(web6, home6, TCP, tcp(web6, home6, (49153, 443), SYN)), 0x86DD)),
        ("IPv6 TCP SYN to 23", "DROPPED_PORT", ethernet(v6(web6, home6, TCP, tcp(web6, home6, (49153, 23), SYN)), 0x86DD)),
        ("IPv6 from a blocked network", "DROPPED_SOURCE",
         ethernet(v6(bad6, home6, TCP, tcp(bad6, home6, (49153, 443), SYN)), 0x86DD)),
        ("IPv6 UDP 1900 behind two extension headers", "DROPPED_PORT",
         ethernet(v6(web6, home6, HOP_BY_HOP, options6 + ssdp6), 0x86DD)),
        ("TCP 23 behind IPv4 options", "DROPPED_PORT", ethernet(v4(friend, home, TCP, ports23, ALERT), 0x0800)),
        ("later fragment: its data only looks like port 23", "PASSED",
         ethernet(v4(friend, home, TCP, ports23, fragment=0x00B9), 0x0800)),
        ("first fragment to UDP 1900", "DROPPED_PORT",
         ethernet(v4(friend, home, UDP, udp(friend, home, (40004, 1900), SSDP), fragment=0x2000), 0x0800)),
        ("LLDP", "PASSED_OTHER", ethernet(bytes.fromhex("0207040200000000010403020500060200780000"), 0x88CC)),
        ("cut in the IPv4 header", "DROPPED_MALFORMED", ethernet(v4_tcp(web, home, 443), 0x0800)[:26]),
        ("cut in the TCP header", "DROPPED_MALFORMED", cut_tcp),
        ("cut in the VLAN tag", "DROPPED_MALFORMED", ethernet(b"", 0x0800, ((PLAIN, 10),))[:16]),
        ("IPv4 header of 12 bytes", "DROPPED_MALFORMED", ethernet(bytes(short_header), 0x0800)),
        ("IPv6 extension header past the end", "DROPPED_MALFORMED",
         ethernet(v6(web6, home6, HOP_BY_HOP, bytes([UDP, 255]) + PADDED), 0x86DD)),
    ]  # fmt: skip


def pcap(frames: list[bytes]) -> bytes:
    """A capture file, a packet every 10 ms."""
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    for number, frame in enumerate(frames):
        seconds, micros = divmod(number * 10_000, 1_000_000)
        out += struct.pack("<IIII", 1_700_000_000 + seconds, micros, len(frame), len(frame)) + frame
    return out


def main() -> None:
    """Print the packets, or write them to the file that is named."""
    if sys.argv[1:]:
        Path(sys.argv[1]).write_bytes(pcap([frame for _, _, frame in packets()]))
        return
    for number, (words, verdict, frame) in enumerate(packets(), 1):
        print(f"{number:2}  {verdict:17}  {len(frame):4} bytes  {words}")


if __name__ == "__main__":
    main()

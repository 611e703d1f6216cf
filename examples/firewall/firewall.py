"""Uses firewall.bpf.c: replays a capture through it, or guards an interface.

    python firewall.py                     traffic.pcap, in the bundled machine; as root in the kernel too
    python firewall.py my.pcap             another capture
    python firewall.py --interface eth0    attaches it, and prints the counters when interrupted (root)
"""

from __future__ import annotations

import argparse
import os
import signal
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import purebpf as bpf
from purebpf.runtime.loader import LoadError, load
from purebpf.runtime.vm import Machine

HERE = Path(__file__).parent
VERDICTS = ("PASSED", "PASSED_OTHER", "DROPPED_SOURCE", "DROPPED_PORT", "DROPPED_MALFORMED")
ACTIONS = {1: "XDP_DROP", 2: "XDP_PASS"}
TCP, UDP = 6, 17
NOT_ALLOWED = "L3001"  # even root may not load programs, in most containers for example

BLOCKED_V4 = ("203.0.113.0/24", "198.51.100.7/32")
BLOCKED_V6 = ("2001:db8:bad::/48",)
BLOCKED_PORTS = ((TCP, 23), (UDP, 1900))


def port_key(protocol: int, port: int) -> bytes:
    """struct port_key: the port is in network order."""
    return struct.pack("!HBx", port, protocol)


def set_rules(maps: Any) -> None:
    """Put the rules above into the maps, with no hits yet."""
    for network in BLOCKED_V4:
        maps["blocked_v4"][network] = 0
    for network in BLOCKED_V6:
        maps["blocked_v6"][network] = 0
    for protocol, port in BLOCKED_PORTS:
        maps["blocked_ports"][port_key(protocol, port)] = 0


def counters(maps: Any) -> list[str]:
    """The counters of verdicts and rules, as lines of a table."""
    lines = [f"{'verdict':20} packets   bytes"]
    for number, name in enumerate(VERDICTS):
        cpus = maps["verdicts"][number]
        lines.append(f"{name:20} {sum(c['packets'] for c in cpus):7} {sum(c['bytes'] for c in cpus):7}")
    lines += ["", f"{'rule':20} dropped"]
    for network in BLOCKED_V4:
        lines.append(f"{network:20} {maps['blocked_v4'][network]:7}")
    for network in BLOCKED_V6:
        lines.append(f"{network:20} {maps['blocked_v6'][network]:7}")
    for protocol, port in BLOCKED_PORTS:
        name = f"{'tcp' if protocol == TCP else 'udp'} port {port}"
        lines.append(f"{name:20} {maps['blocked_ports'][port_key(protocol, port)]:7}")
    return lines


def read_pcap(path: Path) -> list[bytes]:
    """The packets of a capture file in the classic format, of either byte order."""
    data = path.read_bytes()
    order = {b"\xd4\xc3\xb2\xa1": "<", b"\xa1\xb2\xc3\xd4": ">"}.get(data[:4])
    if order is None:
        sys.exit(f"{path}: not a pcap file (pcapng: convert it with `editcap -F pcap`)")
    packets, at = [], 24
    while at + 16 <= len(data):
        (size,) = struct.unpack_from(f"{order}I", data, at + 8)
        packets.append(data[at + 16 : at + 16 + size])
        at += 16 + size
    return packets


def replay(maps: Any, run: Callable[[bytes], int], packets: list[bytes]) -> list[str]:
    """Run every packet; a table of what became of them, and of the counters."""
    set_rules(maps)
    lines = ["packet  bytes  action"]
    for number, packet in enumerate(packets, 1):
        result = run(packet)
        lines.append(f"{number:6} {len(packet):6}  {ACTIONS.get(result, result)}")
    return [*lines, "", *counters(maps)]


def guard(obj: bpf.Object, interface: str) -> None:
    """Attach to an interface until Ctrl-C or SIGTERM."""
    with load(obj) as loaded:
        set_rules(loaded.maps)
        loaded.programs["firewall"].attach("xdp", interface)
        print(f"firewall is on {interface}; Ctrl-C ends it", flush=True)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            signal.pause()
        except KeyboardInterrupt:
            print("\n".join(["", *counters(loaded.maps)]))


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Drops packets by source and port, in XDP.")
    parser.add_argument("capture", nargs="?", type=Path, default=HERE / "traffic.pcap")
    parser.add_argument("--interface", help="guard this interface instead of replaying a capture")
    options = parser.parse_args()
    obj = bpf.compile_file(HERE / "firewall.bpf.c")
    if options.interface:
        guard(obj, options.interface)
        return

    packets = read_pcap(options.capture)
    machine = Machine(obj)
    in_machine = replay(machine.maps, lambda packet: machine.run("firewall", packet=packet).retval, packets)
    print("\n".join(in_machine))
    if os.geteuid() != 0:
        print("\n(not root: the kernel was not asked)")
        return
    try:
        with load(obj) as loaded:
            program = loaded.programs["firewall"]
            in_kernel = replay(loaded.maps, lambda packet: program.test_run(packet).retval, packets)
    except LoadError as problem:
        if problem.code != NOT_ALLOWED:
            raise
        print(f"\n(the kernel was not asked: {problem.message})")
        return
    if in_kernel == in_machine:
        print("\nthe kernel gives the same")
    else:
        print("\nthe kernel gives something else:")
        print("\n".join(line for line, other in zip(in_kernel, in_machine, strict=True) if line != other))
        sys.exit(1)


if __name__ == "__main__":
    try:
        main()
    except bpf.PurebpfError as problem:
        sys.exit(str(problem))

"""Uses traffic.bpf.c: counts what goes through an interface, until Ctrl-C. Needs root and Linux 6.6.

    python traffic.py eth0                 counts, and prints a table at the end
    python traffic.py eth0 --every 2       prints it every 2 seconds too
"""

from __future__ import annotations

import argparse
import signal
import socket
import struct
import sys
import time
from pathlib import Path
from typing import Any

import purebpf as bpf
from purebpf.runtime.loader import load

HERE = Path(__file__).parent
DIRECTIONS = ("in", "out")
ETHERTYPES = {0x0800: "IPv4", 0x0806: "ARP", 0x86DD: "IPv6"}
PROTOCOLS = {1: "ICMP", 2: "IGMP", 6: "TCP", 17: "UDP", 58: "ICMPv6"}


def interface_name(index: int) -> str:
    """The interface's name, or its number if it has gone."""
    try:
        return socket.if_indextoname(index)
    except OSError:
        return f"#{index}"


def variable(obj: bpf.Object, maps: Any, name: str) -> bytes:
    """The bytes of a global variable, as they are now."""
    place = obj.variables[name]
    section: bytes = maps[place.section].raw.lookup(bytes(4))
    return section[place.offset : place.offset + place.size]


def table(obj: bpf.Object, maps: Any) -> list[str]:
    """What was counted, a line a flow, the largest first."""
    rows = []
    for flow, counter in maps["flows"].items():
        ethertype = socket.ntohs(flow["ethertype"])
        words = ETHERTYPES.get(ethertype, f"0x{ethertype:04x}")
        if flow["protocol"]:
            words += f" {PROTOCOLS.get(flow['protocol'], flow['protocol'])}"
        name = interface_name(flow["ifindex"])
        rows.append((counter["bytes"], counter["packets"], name, DIRECTIONS[flow["direction"]], words))
    lines = [f"{'INTERFACE':16} {'SIDE':4} {'PROTOCOL':12} {'PACKETS':>9} {'BYTES':>12}"]
    for size, packets, name, side, words in sorted(rows, reverse=True):
        lines.append(f"{name:16} {side:4} {words:12} {packets:9} {size:12}")
    packets, size = struct.unpack("=QQ", variable(obj, maps, "total"))
    return [*lines, f"{'total':16} {'':4} {'':12} {packets:9} {size:12}"]


def main() -> None:
    """Read the command line, load, attach on both sides, print."""
    parser = argparse.ArgumentParser(description="Counts packets and bytes by protocol.")
    parser.add_argument("interface", nargs="+")
    parser.add_argument("--every", type=float, default=0.0, metavar="SECONDS", help="print the table this often")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="end after this time")
    options = parser.parse_args()

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    obj = bpf.compile_file(HERE / "traffic.bpf.c")
    with load(obj) as loaded:
        for interface in options.interface:
            loaded.programs["count_ingress"].attach("tcx-ingress", interface)
            loaded.programs["count_egress"].attach("tcx-egress", interface)
        print(f"counting on {', '.join(options.interface)}; Ctrl-C ends it", flush=True)
        end = time.monotonic() + options.seconds
        try:
            while (left := end - time.monotonic()) > 0:
                time.sleep(min(left, options.every or 1.0))
                if options.every:
                    print("\n".join(table(obj, loaded.maps)), flush=True)
        except KeyboardInterrupt:
            pass
        print("\n".join(table(obj, loaded.maps)))


if __name__ == "__main__":
    try:
        main()
    except bpf.PurebpfError as problem:
        sys.exit(str(problem))

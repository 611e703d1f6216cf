"""Run a program in the bundled machine, on packets of a capture file or given as hex; no root, no kernel.

Prints for each packet what the program returned and how the packet changed, then the maps. Several packets share the
maps, as they would in the kernel.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from ...compiler.report import OK
from ..vm import Machine, Run
from ..vm.pcap import read_pcap
from .inputs import add_input, choose_programs, open_input, usage_error
from .show import map_lines, maps_json, set_element

_RINGBUF = 27


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_input(parser)
    parser.add_argument("--prog", metavar="NAME", help="run this program (needed if there are several)")
    parser.add_argument("--packet", action="append", default=[], metavar="FILE.pcap|HEX", help="run it on these (may repeat)")
    parser.add_argument("--ctx", action="append", default=[], metavar="FIELD=VALUE", help="set a field of the context")
    parser.add_argument("--set", dest="settings", action="append", default=[], metavar="MAP[KEY]=VALUE",
                        help="put an element into a map first (may repeat)")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print runs and maps as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Run and print; gives the exit code."""
    packets = [packet for text in arguments.packet for packet in _packets(text)]
    context = dict(_field(text) for text in arguments.ctx) or None
    obj = open_input(arguments, arguments.input)
    programs = choose_programs(obj, arguments.prog)
    if len(programs) > 1:
        raise usage_error("E0713", f"'{obj.name}' has {len(programs)} programs",
                          f"choose one with --prog: {', '.join(p.name for p in programs)}")  # fmt: skip
    machine = Machine(obj)
    for text in arguments.settings:
        set_element(machine.maps, text)
    runs: list[tuple[bytes | None, Run]] = []
    inputs: list[bytes | None] = [*packets] or [None]
    for packet in inputs:
        result = machine.run(programs[0].name, packet=packet, ctx=context)
        runs.append((packet, result))
        if not arguments.json:
            print(_line(len(runs), packet, result))
            for text in result.printk:
                print(f"  printk: {text}")
    maps = {name: m for name, m in machine.maps.items() if not name.startswith(".rodata")}
    if arguments.json:
        print(json.dumps({"runs": [_json(result) for _, result in runs], "maps": maps_json(maps)}, indent=2))
        return OK
    for text in _records(machine):
        print(text)
    for text in map_lines(maps):
        print(text)
    return OK


def _packets(text: str) -> list[bytes]:
    """The packets of a capture file, or one written as hex."""
    if Path(text).exists() or text.endswith((".pcap", ".pcapng", ".cap")):
        return [captured.data for captured in read_pcap(text)]
    try:
        return [bytes.fromhex(text.replace(":", ""))]
    except ValueError:
        raise usage_error("E0714", f"--packet {text[:40]}: neither a file nor a packet in hex",
                          "give a .pcap file, or bytes like ffffffffffff0200...") from None  # fmt: skip


def _field(text: str) -> tuple[str, Any]:
    name, separator, value = text.partition("=")
    if not separator:
        raise usage_error("E0715", f"--ctx {text}: this is not FIELD=VALUE", "for example --ctx ingress_ifindex=2")
    try:
        return name, int(value, 0)
    except ValueError:
        return name, value


def _line(number: int, packet: bytes | None, result: Run) -> str:
    shown = f"{result.retval} ({result.action})" if result.action else str(result.retval)
    if packet is None:
        return f"{shown}, {result.insns} instructions"
    line = f"packet {number}, {len(packet)} bytes: {shown}, {result.insns} instructions"
    if result.packet is not None and result.packet != packet:
        line += f"\n  changed to {len(result.packet)} bytes: {result.packet.hex()}"
    return line


def _json(result: Run) -> dict[str, Any]:
    return {
        "retval": result.retval,
        "action": result.action,
        "packet": result.packet.hex() if result.packet is not None else None,
        "insns": result.insns,
        "printk": list(result.printk),
    }


def _records(machine: Machine) -> list[str]:
    """What the program has put into ring buffers, by the object's types."""
    from .show import decode_event, event_text

    return [
        f"{name}: {event_text(decode_event(machine.object.btf, record))}"
        for name, view in machine.maps.items()
        if view.definition.type == _RINGBUF
        for record in view.read()
    ]

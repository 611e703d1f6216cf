"""Load programs into the kernel and attach them; print maps and ring buffer events until Ctrl-C, SIGTERM or --for.

--attach KIND:TARGET says where to: xdp:eth0 (xdp:eth0:generic, xdp:eth0:native), tcx-ingress:eth0, tcx-egress:eth0,
tracepoint:syscalls/sys_enter_openat. Without it a program goes where its section name says, if that names a target.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from ...compiler.object.btf import Btf
from ...compiler.report import OK
from ..loader import Loaded, load
from ..loader.links import ATTACHERS
from .inputs import add_input, choose_programs, open_input, usage_error
from .show import decode_event, event_text, map_lines, maps_json, plain, set_element

_RINGBUF = 27
_WAIT = 0.2  # seconds between looks at the clock and at all rings
_UNITS = {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


class Stop(Exception):
    """A signal asked us to end."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_input(parser)
    parser.add_argument("--prog", metavar="NAME", help="load this program only")
    parser.add_argument("--attach", action="append", default=[], metavar="KIND:TARGET", help="attach there (may repeat)")
    parser.add_argument("--for", dest="duration", metavar="TIME", help="end after this time: 10s, 500ms, 2m")
    parser.add_argument("--set", dest="settings", action="append", default=[], metavar="MAP[KEY]=VALUE",
                        help="put an element into a map first (may repeat)")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print events and maps as JSON, an object a line")


def run(arguments: argparse.Namespace) -> int:
    """Load, attach, print; gives the exit code."""
    duration = _seconds(arguments.duration) if arguments.duration else None
    obj = open_input(arguments, arguments.input)
    names = [program.name for program in choose_programs(obj, arguments.prog)]
    wanted = [_attach_spec(text) for text in arguments.attach]
    with _signals(), load(obj, programs=names, btf=arguments.btf) as loaded:
        for text in arguments.settings:
            set_element(loaded.maps, text)
        attached = _attach(loaded, wanted)
        _say(arguments, f"{', '.join(attached)}; Ctrl-C ends")
        with contextlib.suppress(Stop, KeyboardInterrupt):
            _watch(loaded, arguments, duration)
        _report(loaded, arguments)
    return OK


def _say(arguments: argparse.Namespace, text: str) -> None:
    if not arguments.json:
        print(text, file=sys.stderr, flush=True)


def _seconds(text: str) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|h)?", text)
    if match is None:
        raise usage_error("E0706", f"'{text}' is not a time", "write --for 10s, --for 500ms or --for 2m")
    return float(match[1]) * _UNITS[match[2] or ""]


def _attach_spec(text: str) -> tuple[str, str]:
    kind, separator, target = text.partition(":")
    if not separator or not target or kind not in ATTACHERS:
        raise usage_error("E0707", f"--attach {text}: this is not KIND:TARGET", f"the kinds are {', '.join(ATTACHERS)}; "
                          "for example xdp:eth0 or tracepoint:syscalls/sys_enter_openat")  # fmt: skip
    return kind, target


def _attach(loaded: Loaded, wanted: list[tuple[str, str]]) -> list[str]:
    """Attach every program to what was asked for, or to what its section names. What was done, in words."""
    done = []
    used: set[int] = set()
    for program in loaded.programs.values():
        kind, target = program.section.kind, program.section.target
        targets = [(i, k, t) for i, (k, t) in enumerate(wanted) if _fits(kind, k)]
        used.update(i for i, _, _ in targets)
        if not targets and target and kind in ATTACHERS:
            targets = [(-1, kind, target)]
        if not targets and kind in ATTACHERS and not wanted:
            raise usage_error("E0710", f"program '{program.name}' needs a target to attach to", f"add --attach {kind}:NAME")
        if not targets and kind not in ATTACHERS:
            raise usage_error(
                "E0711", f"program '{program.name}' of section '{program.section.section.name}' cannot be attached yet",
                f"supported: {', '.join(ATTACHERS)}; or choose another program with --prog",
            )  # fmt: skip
        for _, k, t in targets:
            program.attach(k, t)
            done.append(f"{program.name} is attached to {k}:{t}")
    for i, (kind, target) in enumerate(wanted):
        if i not in used:
            raise usage_error("E0712", f"--attach {kind}:{target}: no program here is of that kind",
                              "choose a kind that fits the section names of the programs")  # fmt: skip
    return done or ["loaded, attached to nothing"]


def _fits(section_kind: str, kind: str) -> bool:
    """A program of a plain `tc` section may go to either side."""
    return section_kind == kind or (section_kind == "tc" and kind.startswith("tcx-"))


def _watch(loaded: Loaded, arguments: argparse.Namespace, duration: float | None) -> None:
    """Print ring buffer events until it is time to end."""
    end = None if duration is None else time.monotonic() + duration
    rings = [name for name, kernel_map in loaded.kernel_maps.items() if kernel_map.type == _RINGBUF]
    for name in rings:
        loaded.ring(name)
    while True:
        left = None if end is None else end - time.monotonic()
        if left is not None and left <= 0:
            return
        wait = _WAIT if left is None else min(_WAIT, left)
        if not rings:
            time.sleep(wait)
        for i, name in enumerate(rings):
            for record in loaded.ring(name).read(wait if i == 0 else 0):
                _event(loaded.object.btf, name, record, arguments.json)


def _event(btf: Btf | None, ring: str, record: bytes, as_json: bool) -> None:
    value = decode_event(btf, record)
    if as_json:
        shown = plain(value) if isinstance(value, dict) else {"bytes": record.hex()}
        print(json.dumps({"ring": ring, "event": shown}), flush=True)
    else:
        print(f"{ring}: {event_text(value)}", flush=True)


def _report(loaded: Loaded, arguments: argparse.Namespace) -> None:
    maps = {name: m for name, m in loaded.maps.items() if m.definition.type != _RINGBUF and not name.startswith(".rodata")}
    if arguments.json:
        print(json.dumps({"maps": maps_json(maps)}))
    else:
        print("\n".join(map_lines(maps)))


@contextmanager
def _signals() -> Iterator[None]:
    """SIGTERM ends the command as Ctrl-C does."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise Stop

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except Stop:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)

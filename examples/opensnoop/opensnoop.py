"""Uses opensnoop.bpf.c: prints who opens which file, until Ctrl-C. Needs root.

    python opensnoop.py                    every process
    python opensnoop.py --pid 1234         one process
    python opensnoop.py --seconds 10       ends by itself
"""

from __future__ import annotations

import argparse
import signal
import struct
import sys
import time
from pathlib import Path

import purebpf as bpf
from purebpf.runtime.loader import load

HERE = Path(__file__).parent
EVENT = struct.Struct("=IIii16s256s")  # struct event


def set_constant(obj: bpf.Object, name: str, value: int) -> None:
    """Give a `const volatile` integer its value, before loading."""
    variable = obj.variables[name]
    section = obj.data[variable.section]
    start, end = variable.offset, variable.offset + variable.size
    section.data = section.data[:start] + value.to_bytes(variable.size, "little") + section.data[end:]


def show(record: bytes) -> str:
    """One event as a line."""
    pid, uid, _flags, length, comm, filename = EVENT.unpack(record)
    name = filename[: length - 1].decode("utf-8", "replace") if length > 0 else f"(unreadable: error {-length})"
    return f"{pid:7} {uid:6} {comm.split(bytes(1))[0].decode('utf-8', 'replace'):16} {name}"


def main() -> None:
    """Read the command line, load, attach, print."""
    parser = argparse.ArgumentParser(description="Prints the files that processes open.")
    parser.add_argument("--pid", type=int, default=0, help="only this process")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="end after this time")
    options = parser.parse_args()

    obj = bpf.compile_file(HERE / "opensnoop.bpf.c")
    set_constant(obj, "only_pid", options.pid)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with load(obj) as loaded:
        loaded.programs["opensnoop"].attach("tracepoint", "syscalls/sys_enter_openat")
        print(f"{'PID':>7} {'UID':>6} {'COMM':16} FILE", flush=True)
        events = loaded.ring("events")
        end = time.monotonic() + options.seconds
        try:
            while time.monotonic() < end:
                for record in events.read(timeout=min(1.0, max(0.0, end - time.monotonic()))):
                    print(show(record), flush=True)
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    try:
        main()
    except bpf.PurebpfError as problem:
        sys.exit(str(problem))

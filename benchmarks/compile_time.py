"""Time and memory of whole compiles beside clang's: medians of interleaved runs of both, one table.

usage: python benchmarks/compile_time.py [FILE.c ...] [--runs N] [--kernel] [-- CLANG-AND-OUR FLAGS]

Each run is a process of its own, from its start to its end, with the same flags for both. Without files the examples are
compiled; --kernel adds a tracing program whose vmlinux.h is the text that bpftool makes of the running kernel. Times are
milliseconds, ratios are ours / clang's, memory is the peak in MB. "same" is a compile of which nothing has changed since the
last time, "changed" one whose source has (a macro of its own does that) with what is kept of headers, "none" is --no-cache.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEADERS = ROOT / "stdlib" / "include"
FLAGS = ["-O2", "-g", "-target", "bpf", "-mcpu=v3"]
OURS = [sys.executable, "-c", "from purebpf.compiler.driver import script; script()"]
BTF = Path("/sys/kernel/btf/vmlinux")
TRACING = """\
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

struct event { u32 pid; char command[16]; };
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } events SEC(".maps");

SEC("tracepoint/syscalls/sys_enter_openat") int open_file(struct trace_event_raw_sys_enter *ctx)
{
    struct event *event = bpf_ringbuf_reserve(&events, sizeof *event, 0);
    if (!event)
        return 0;
    event->pid = bpf_get_current_pid_tgid() >> 32;
    bpf_get_current_comm(event->command, sizeof event->command);
    bpf_ringbuf_submit(event, 0);
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
"""


def measure(command: Sequence[str], environment: dict[str, str]) -> tuple[float, float]:
    """(milliseconds, peak MB) of one process; raises CalledProcessError if it fails."""
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    milliseconds = (time.perf_counter() - start) * 1000
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return milliseconds, usage.ru_maxrss / 1024


def compare(path: Path, flags: Sequence[str], runs: int, folder: Path) -> str:
    """A row of the table."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPATH": str(ROOT / ".src"), "XDG_CACHE_HOME": str(folder / "cache")}
    common = [*FLAGS, *flags, "-c", str(path), "-o", str(folder / "out.o")]
    commands = {
        "same": [*OURS, *common],
        "changed": [*OURS, *common],
        "none": [*OURS, "--no-cache", *common],
        "clang": ["clang-19", "-nostdinc", f"-I{HEADERS}", *common],
    }
    for command in commands.values():  # fill the caches, ours and the kernel's
        measure(command, environment)
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for run in range(runs):
        for name, command in commands.items():
            new = [] if name == "same" else [f"-D_RUN={run}"]
            found[name].append(measure([*command, *new], environment))
    times = {name: statistics.median(ms for ms, _ in runs) for name, runs in found.items()}
    memory = {name: statistics.median(mb for _, mb in runs) for name, runs in found.items()}
    columns = [f"{times[name]:>8.0f}" for name in commands]
    columns += [f"{times[name] / times['clang']:>8.2f}" for name in commands if name != "clang"]
    return f"{''.join(columns)} {memory['none']:>7.0f} {memory['clang']:>9.0f}"


def kernel_program(folder: Path) -> Path:
    """A tracing program in `folder`, with the text of vmlinux.h beside it. Raises CalledProcessError if there is no bpftool."""
    text = subprocess.run(
        ["bpftool", "btf", "dump", "file", str(BTF), "format", "c"], stdout=subprocess.PIPE, check=True
    ).stdout
    (folder / "vmlinux.h").write_bytes(text)
    path = folder / "vmlinux.bpf.c"
    path.write_text(TRACING)
    return path


def main(arguments: list[str]) -> int:
    """Print the table; 0 if every file compiled with both."""
    if not shutil.which("clang-19"):
        print("compile_time.py compares with clang-19, which is not installed (Debian: apt install clang-19)", file=sys.stderr)
        return 2
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    named, flags = arguments[:cut], arguments[cut + 1 :]
    runs = 11
    if "--runs" in named:
        at = named.index("--runs")
        runs = int(named[at + 1])
        del named[at : at + 2]
    kernel = "--kernel" in named
    files = [Path(name) for name in named if name != "--kernel"]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if not files:
            files = sorted((ROOT / "examples").glob("*/*.bpf.c"))
        if kernel:
            files.append(kernel_program(folder))
        width = max(len(path.name) for path in files)
        names = ("same", "changed", "none", "clang", "same", "changed", "none")
        head = f"{''.join(f'{name:>8}' for name in names)} {'MB':>7} {'clang MB':>9}"
        print(f"{'file':<{width}} {head}")
        for path in files:
            print(f"{path.name:<{width}} {compare(path, flags, runs, folder)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""A long run of random programs: `python fuzz.py FIRST COUNT [LOG]` (a tool for developers, not a test).

Each program runs natively, in the bundled machine and in the kernel; what differs, or is refused, goes to LOG (default
fuzz.log) as one line "seed cpu kind message". A refusal is compared with clang 19's object for the same text: it counts as
"refused" only if the kernel takes clang's, else as "shared", a mistake of the generator.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from cgen import Program, random_inputs, random_program
from differ import build, in_kernel, in_machine, native

from purebpf.compiler.diagnostics import PurebpfError
from purebpf.compiler.object.read import read_object

BATCH, INPUTS = 100, 4


def clang_runs(program: Program, packets: list[bytes], folder: Path) -> list[bytes] | None:
    """What clang's object makes of the packets in the kernel; None if one of them refuses it."""
    source, made = folder / "clang.c", folder / "clang.o"
    source.write_text(program.bpf)
    flags = ["-w", "-O2", "-g", "-target", "bpf", f"-mcpu=v{program.cpu}", "-fwrapv", "-fno-strict-aliasing"]
    if subprocess.run(["clang-19", *flags, "-c", source, "-o", made], capture_output=True).returncode:
        return None
    try:
        return in_kernel(read_object(made), packets)
    except PurebpfError:
        return None


def judge(program: Program, packets: list[bytes], expected: list[bytes], folder: Path) -> tuple[str, str]:
    """The kind of outcome ("same" is the good one), and a message."""
    try:
        obj = build(program, checked=program.seed % 4 == 0)
    except PurebpfError as error:
        kind = "uncompiled" if clang_runs(program, packets, folder) else "shared"
        return kind, str(error).splitlines()[0]
    except Exception as error:
        return "crash", f"{type(error).__name__}: {error}"
    try:
        if in_machine(obj, packets) != expected:
            same = clang_runs(program, packets, folder) == expected
            return "machine", "clang and gcc agree" if same else "clang and gcc differ, too"
    except Exception as error:
        return "machine", f"{type(error).__name__}: {error}"
    try:
        if in_kernel(obj, packets) != expected:
            return "kernel", ""
    except PurebpfError as error:
        kind = "refused" if clang_runs(program, packets, folder) else "shared"
        return kind, " | ".join(str(error).splitlines()[:3])
    return "same", ""


def main() -> None:
    first, count = int(sys.argv[1]), int(sys.argv[2])
    log = Path(sys.argv[3] if len(sys.argv) > 3 else "fuzz.log")
    outcomes: Counter[str] = Counter()
    cpus: Counter[int] = Counter()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as name, log.open("a") as out:
        folder = Path(name)
        for low in range(first, first + count, BATCH):
            programs = [random_program(seed) for seed in range(low, min(low + BATCH, first + count))]
            inputs = [random_inputs(program.seed, INPUTS) for program in programs]
            for program, packets, expected in zip(programs, inputs, native(folder, programs, inputs), strict=True):
                kind, message = judge(program, packets, expected, folder)
                outcomes[kind] += 1
                cpus[program.cpu] += 1
                if kind != "same":
                    print(program.seed, f"v{program.cpu}", kind, message, file=out, flush=True)
            figures = f"{low + len(programs)}: {dict(outcomes)} {dict(cpus)} {time.monotonic() - start:.0f} s"
            print("#", figures, file=out, flush=True)
            print(figures, flush=True)


if __name__ == "__main__":
    main()

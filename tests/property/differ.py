"""Runs random programs natively, in the bundled machine and in the kernel."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

from cgen import Program, native_text

from purebpf.compiler.api import Compilation, Options
from purebpf.compiler.object.model import Object
from purebpf.compiler.optimize.passes import optimize
from purebpf.compiler.target import Target
from purebpf.runtime.loader import load
from purebpf.runtime.vm import Machine

GCC = ["gcc", "-O0", "-fwrapv", "-fno-strict-aliasing"]


Packets = list[bytes]


def native(folder: Path, programs: list[Program], inputs: list[Packets], flags: list[str] | None = None) -> list[Packets]:
    """What gcc's code makes of each program's packets."""
    source, program = folder / "native.c", folder / "native"
    source.write_text(native_text(programs))
    subprocess.run([*GCC, *(flags or ["-w"]), "-o", program, source], check=True, capture_output=True)
    stdin = b"".join(struct.pack("=II", i, len(data)) + data for i, packets in enumerate(inputs) for data in packets)
    out = subprocess.run([program], input=stdin, check=True, capture_output=True).stdout
    results: list[Packets] = []
    at = 0
    for packets in inputs:
        results.append([])
        for data in packets:
            results[-1].append(out[at : at + len(data)])
            at += len(data)
    return results


def build(program: Program, *, checked: bool = False) -> Object:
    """Our object. With `checked`, the IR is looked at after each pass."""
    compilation = Compilation(program.bpf, f"seed{program.seed}.c", Options(target=Target(program.cpu)))
    if checked:
        from purebpf.compiler.ir.check import check

        module = compilation.ir()
        for function in module.functions.values():
            check(function, module)
        optimize(module, compilation.options.target, checked=True)
        compilation._optimized = True
    return compilation.object()


def in_machine(obj: Object, packets: list[bytes]) -> list[bytes]:
    """What the bundled machine makes of the packets."""
    machine = Machine(obj)
    return [machine.run("prog", packet=data).packet or b"" for data in packets]


def in_kernel(obj: Object, packets: list[bytes]) -> list[bytes]:
    """What the kernel makes of the packets. Raises `LoadError` if it refuses the program."""
    with load(obj) as loaded:
        return [loaded.programs["prog"].test_run(packet=data).packet for data in packets]

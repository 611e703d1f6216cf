"""Random asm statements do what the same program in plain C does, and what clang makes of them."""

from __future__ import annotations

import random
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from asm_programs import SIZE, Writer

from purebpf.compiler.api import compile
from purebpf.compiler.object.model import Object
from purebpf.compiler.object.read import read_object
from purebpf.runtime.vm import Machine


def packets(seed: int) -> list[bytes]:
    """Arbitrary, small and extreme values."""
    r = random.Random(seed)
    extreme = [0, 1, 5, 99, 1 << 32, 1 << 63, (1 << 64) - 1]
    return [
        r.randbytes(SIZE),
        struct.pack("<8Q4I", *(r.randint(0, 5) for _ in range(12))),
        struct.pack("<8Q4I", *(r.choice(extreme) for _ in range(8)), *(r.choice(extreme[:4]) for _ in range(4))),
    ]


def results(obj: Object, seed: int) -> list[tuple[int, bytes]]:
    """What the program returns and leaves in each packet."""
    runs = [Machine(obj).run("program", packet=packet) for packet in packets(seed)]
    return [(run.retval, bytes(run.packet)) for run in runs]


@pytest.mark.parametrize("seed", range(40))
def test_asm_does_what_the_c_beside_it_does(seed: int) -> None:
    text = Writer(seed).program()
    assert results(compile(text), seed) == results(compile("#define PLAIN\n" + text), seed)


@pytest.mark.parametrize("seed", range(1000, 1008))
def test_asm_does_what_it_does_compiled_by_clang(seed: int, tmp_path: Path) -> None:
    if not shutil.which("clang-19"):
        pytest.skip("clang-19 is not installed: there is nothing to compare with")
    text = Writer(seed).program()
    source, made = tmp_path / "t.c", tmp_path / "t.o"
    source.write_text(text)
    include = "-I/usr/include/x86_64-linux-gnu"
    subprocess.run(["clang-19", "-O2", "-g", "-target", "bpf", "-mcpu=v3", include, "-c", source, "-o", made], check=True,
                   timeout=60)  # fmt: skip
    assert results(compile(text), seed) == results(read_object(made), seed)

"""Random restricted C: native gcc, the bundled machine and the kernel give the same results; the verifier takes it all.

PUREBPF_PROGRAMS=N runs N programs (default 60); PUREBPF_SEED=S starts at seed S.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import cgen
import pytest

from purebpf.compiler.api import compile as compile_c
from purebpf.compiler.object.model import Object
from purebpf.runtime.verifier import verify
from purebpf.runtime.vm import Machine

COUNT = int(os.environ.get("PUREBPF_PROGRAMS", "60"))
FIRST = int(os.environ.get("PUREBPF_SEED", "0"))
SEEDS = range(FIRST, FIRST + COUNT)
INPUTS = 6
BATCH = 20

needs_gcc = pytest.mark.skipif(not shutil.which("gcc"), reason="gcc is not installed: nothing to compare with")


def native(folder: Path, seed: int, text: str, inputs: list[bytes]) -> list[int]:
    source, program = folder / f"p{seed}.c", folder / f"p{seed}"
    source.write_text(text)
    subprocess.run(["gcc", "-w", "-O1", "-fwrapv", "-DNATIVE", "-o", program, source], check=True)
    out = subprocess.run([program, *(data.hex() for data in inputs)], check=True, capture_output=True, text=True).stdout
    return [int(line, 16) for line in out.split()]


def in_machine(obj: Object, inputs: list[bytes]) -> list[int]:
    machine = Machine(obj)
    return [int.from_bytes((machine.run("prog", packet=data).packet or b"")[:8], "little") for data in inputs]


@needs_gcc
@pytest.mark.parametrize("start", range(SEEDS.start, SEEDS.stop, BATCH))
def test_random_programs_mean_the_same_everywhere(start: int, tmp_path: Path) -> None:
    for seed in range(start, min(start + BATCH, SEEDS.stop)):
        text, inputs = cgen.random_program(seed), cgen.random_inputs(seed, INPUTS)
        expected = native(tmp_path, seed, text, inputs)
        obj = compile_c(text, f"seed{seed}.c")
        assert in_machine(obj, inputs) == expected, f"the machine differs from gcc: seed {seed}"


@needs_gcc
@pytest.mark.kernel
@pytest.mark.parametrize("start", range(SEEDS.start, SEEDS.stop, BATCH))
def test_random_programs_mean_the_same_in_the_kernel(start: int, tmp_path: Path) -> None:
    from purebpf.runtime.loader import load

    for seed in range(start, min(start + BATCH, SEEDS.stop)):
        text, inputs = cgen.random_program(seed), cgen.random_inputs(seed, INPUTS)
        obj = compile_c(text, f"seed{seed}.c")
        with load(obj) as loaded:
            program = loaded.programs["prog"]
            got = [int.from_bytes(program.test_run(packet=data).packet[:8], "little") for data in inputs]
        assert got == native(tmp_path, seed, text, inputs), f"the kernel differs from gcc: seed {seed}"


@pytest.mark.parametrize("start", range(SEEDS.start, SEEDS.start + min(COUNT, BATCH), BATCH))
def test_the_bundled_verifier_takes_random_programs(start: int) -> None:
    """They have no mistakes, and the kernel takes them (above). It prunes more than we do: a few may be too complex for us."""
    too_complex = []
    for seed in range(start, start + BATCH):
        verdict = verify(compile_c(cgen.random_program(seed), f"seed{seed}.c"), "prog")
        if [finding.code for finding in verdict.findings] == ["V1400"]:
            too_complex.append(seed)
            continue
        assert verdict.verdict == "accepted", f"seed {seed}: " + "\n".join(d.render() for d in verdict.findings)
    assert len(too_complex) <= BATCH // 10, f"more instructions than the kernel allows: seeds {too_complex}"

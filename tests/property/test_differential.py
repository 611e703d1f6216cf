"""Random restricted C: native gcc, the bundled machine and the kernel give the same results; the verifier takes it all.

PUREBPF_PROGRAMS=N runs N programs (default 500); PUREBPF_SEED=S starts at seed S. For long runs see fuzz.py.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import differ
import pytest
from cgen import random_inputs, random_program

from purebpf.runtime.verifier import verify

COUNT = int(os.environ.get("PUREBPF_PROGRAMS", "500"))
FIRST = int(os.environ.get("PUREBPF_SEED", "0"))
BATCH, INPUTS = 25, 4
STARTS = range(FIRST, FIRST + COUNT, BATCH)
CHECKED = 5  # the IR of each fifth program is checked after each pass

needs_gcc = pytest.mark.skipif(not shutil.which("gcc"), reason="gcc is not installed: nothing to compare with")


def batch(start: int) -> range:
    return range(start, min(start + BATCH, FIRST + COUNT))


def expected(folder: Path, seeds: range) -> dict[int, list[bytes]]:
    inputs = [random_inputs(seed, INPUTS) for seed in seeds]
    return dict(zip(seeds, differ.native(folder, [random_program(seed) for seed in seeds], inputs), strict=True))


@needs_gcc
@pytest.mark.parametrize("start", STARTS)
def test_random_programs_mean_the_same_everywhere(start: int, tmp_path: Path) -> None:
    for seed, packets in expected(tmp_path, batch(start)).items():
        obj = differ.build(random_program(seed), checked=seed % CHECKED == 0)
        assert differ.in_machine(obj, random_inputs(seed, INPUTS)) == packets, f"the machine differs from gcc: seed {seed}"


@needs_gcc
@pytest.mark.kernel
@pytest.mark.parametrize("start", STARTS)
def test_random_programs_mean_the_same_in_the_kernel(start: int, tmp_path: Path) -> None:
    for seed, packets in expected(tmp_path, batch(start)).items():
        obj = differ.build(random_program(seed))
        assert differ.in_kernel(obj, random_inputs(seed, INPUTS)) == packets, f"the kernel differs from gcc: seed {seed}"


def test_the_bundled_verifier_takes_random_programs() -> None:
    """They have no mistakes, and the kernel takes them (above). It prunes more than we do: a few may be too complex for us."""
    too_complex = []
    for seed in batch(FIRST):
        verdict = verify(differ.build(random_program(seed)), "prog")
        if [finding.code for finding in verdict.findings] == ["V1400"]:
            too_complex.append(seed)
            continue
        if verdict.verdict == "unsupported":  # it says what it cannot judge
            continue
        assert verdict.verdict == "accepted", f"seed {seed}: " + "\n".join(d.render() for d in verdict.findings)
    assert len(too_complex) <= BATCH // 10, f"more instructions than the kernel allows: seeds {too_complex}"

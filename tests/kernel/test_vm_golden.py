"""What the golden `run` cases expect of the machine is what the kernel does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import purebpf as bpf
from purebpf.runtime.loader.load import load

pytestmark = pytest.mark.kernel

CASES = sorted((Path(__file__).resolve().parents[1] / "golden" / "run").glob("*.c"))


@pytest.mark.parametrize("path", [p for p in CASES if not p.stem.startswith("trap_")], ids=lambda p: p.stem)
def test_expected_runs_are_the_kernels(path: Path) -> None:
    packets = [bytes.fromhex(t) for t in re.findall(r"^// packet: ([0-9a-f]+)$", path.read_text(), re.M)] or [bytes(64)]
    lines = []
    with load(bpf.compile_file(path)) as loaded:
        for program in loaded.programs.values():
            for packet in packets:
                result = program.test_run(packet)
                lines.append(f"{program.name}: {result.retval} {result.packet.hex()}")
    assert lines == path.with_suffix(".out").read_text().splitlines()

"""`purebpf dump` prints the instructions as llvm-objdump does."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from purebpf.compiler.api import compile_file
from purebpf.compiler.object.write import write_object
from purebpf.runtime.cli.dump import listing

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


@pytest.mark.skipif(not shutil.which("llvm-objdump-19"), reason="llvm-objdump-19 is not installed: nothing to compare with")
@pytest.mark.parametrize("name", ["firewall", "opensnoop", "traffic"])
def test_the_examples_read_the_same(name: str, tmp_path: Path) -> None:
    obj = compile_file(EXAMPLES / name / f"{name}.bpf.c")
    (tmp_path / "x.o").write_bytes(write_object(obj))
    ours = [match[1] for line in listing(obj, None) if (match := re.match(r" *\d+: (.*?)(?:  # .*)?$", line))]
    command = ["llvm-objdump-19", "-d", "--no-show-raw-insn", str(tmp_path / "x.o")]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    theirs = [match[1] for line in printed.splitlines() if (match := re.match(r" +[0-9a-f]+:\s+(.*?)(?: <[\w.+]+>)?$", line))]
    assert sorted(ours) == sorted(theirs)  # the sections may come in another order
    assert len(ours) > 30

"""Linked objects are what `bpftool gen object` makes of them: the same skeleton, taken by libbpf and by the kernel."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from link_sources import FIRST, OTHER_RETURNS, RETURNS, SECOND

from purebpf.compiler.api import compile
from purebpf.compiler.object.read import read_object
from purebpf.compiler.object.write import write_object
from purebpf.runtime.cli.main import main
from purebpf.runtime.loader import load

pytestmark = pytest.mark.kernel


@pytest.fixture
def objects(tmp_path: Path) -> list[str]:
    """The two files, ours."""
    made = []
    for name, text in (("first", FIRST), ("second", SECOND)):
        (tmp_path / f"{name}.o").write_bytes(write_object(compile(text, f"{name}.c")))
        made.append(str(tmp_path / f"{name}.o"))
    return made


def clang(source: str, made: str) -> str:
    """clang's object instead."""
    command = ["clang-19", "-target", "bpf", "-O2", "-g", "-mcpu=v3", "-w", "-x", "c", "-", "-c", "-o", made]
    subprocess.run(command, input=source, text=True, check=True, timeout=60)
    return made


@pytest.mark.parametrize("compilers", ["ours", "clang's first", "clang's second"])
def test_the_kernel_runs_what_is_linked(tmp_path: Path, objects: list[str], compilers: str) -> None:
    if compilers != "ours":
        if not shutil.which("clang-19"):
            pytest.skip("clang-19 is not installed")
        at = 0 if compilers.endswith("first") else 1
        objects[at] = clang((FIRST, SECOND)[at], str(tmp_path / "clang.o"))
    made = str(tmp_path / "made.o")
    assert main(["link", *objects, "-o", made]) == 0
    with load(read_object(made)) as loaded:
        assert tuple(loaded.programs["entry"].test_run(bytes(64)).retval for _ in RETURNS) == RETURNS
        assert loaded.programs["other"].test_run(bytes(64)).retval == OTHER_RETURNS


def test_bpftool_makes_the_same_skeleton_of_it(tmp_path: Path, objects: list[str]) -> None:
    if not shutil.which("bpftool"):
        pytest.skip("bpftool is not installed")
    ours, theirs = str(tmp_path / "ours.o"), str(tmp_path / "theirs.o")
    assert main(["link", *objects, "-o", ours]) == 0
    subprocess.run(["bpftool", "gen", "object", theirs, *objects], check=True, timeout=60)

    def skeleton(path: str) -> str:
        command = ["bpftool", "gen", "skeleton", path, "name", "x"]
        text = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
        return text[: text.index("x__elf_bytes(size_t *sz)\n{")]  # the file itself follows

    assert skeleton(ours) == skeleton(theirs)

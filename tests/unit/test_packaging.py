"""The wheel works outside the checkout: built, installed in a fresh environment, it compiles a program."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """\
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int pass(struct xdp_md *ctx) { return XDP_PASS; }
char LICENSE[] SEC("license") = "GPL";
"""


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode and ("No matching distribution" in done.stderr or "Could not find a version" in done.stderr):
        pytest.skip("no package index can be reached to install from")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_compiles_a_program_from_a_fresh_environment(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    run("git", "clone", "--quiet", ROOT, checkout, cwd=tmp_path)  # what is committed is what a user gets
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path, checkout, cwd=tmp_path)
    (wheel,) = tmp_path.glob("purebpf-*.whl")
    run(sys.executable, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    bin_ = tmp_path / "venv" / "bin"
    run(bin_ / "python", "-m", "pip", "install", "--quiet", wheel, cwd=tmp_path)
    source = tmp_path / "pass.bpf.c"
    source.write_text(PROGRAM)
    run(bin_ / "purebpf-cc", "-O2", "-g", "-c", source, "-o", tmp_path / "pass.o", cwd=tmp_path)
    assert (tmp_path / "pass.o").read_bytes()[:4] == b"\x7fELF"
    assert "accepted" in run(bin_ / "purebpf", "check", tmp_path / "pass.o", cwd=tmp_path)
    listed = run(bin_ / "python", "-m", "zipfile", "-l", wheel, cwd=tmp_path)
    assert "purebpf/stdlib/include/bpf/bpf_helpers.h" in listed
    assert "E0110: A header" in run(bin_ / "purebpf", "explain", "E0110", cwd=tmp_path)
    assert "tests/" not in listed

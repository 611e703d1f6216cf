"""Macros of asm as BPF programs have them do what they are for, also compiled by clang."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from asm_macros import MACROS, RESULTS

from purebpf.compiler.api import compile
from purebpf.compiler.object.model import Object
from purebpf.compiler.object.read import read_object
from purebpf.runtime.vm import Machine


def run(obj: Object, program: str) -> int:
    machine = Machine(obj)
    machine.maps["numbers"][2] = (0x1234).to_bytes(8, "little")
    ctx = {"rx_queue_index": 3, "ingress_ifindex": 1} if obj.functions[program].section == "xdp" else None
    return machine.run(program, packet=bytes(64), ctx=ctx).retval


def clang(folder: Path) -> Object:
    """The macros compiled by clang."""
    if not shutil.which("clang-19"):
        pytest.skip("clang-19 is not installed: there is nothing to compare with")
    source, made = folder / "t.c", folder / "t.o"
    source.write_text(MACROS)
    include = "-I/usr/include/x86_64-linux-gnu"
    subprocess.run(["clang-19", "-O2", "-g", "-target", "bpf", "-mcpu=v3", include, "-c", source, "-o", made], check=True,
                   timeout=60)  # fmt: skip
    return read_object(made)


@pytest.mark.parametrize("program", RESULTS)
def test_macros_of_asm_work(program: str) -> None:
    assert run(compile(MACROS), program) == RESULTS[program]


def test_clang_gives_the_same(tmp_path: Path) -> None:
    theirs = clang(tmp_path)
    assert {program: run(theirs, program) for program in RESULTS} == RESULTS


def test_naked_functions_are_their_asm_and_nothing_else(tmp_path: Path) -> None:
    ours, theirs = compile(MACROS).functions, clang(tmp_path).functions
    for name in ("naked_lookup", "naked_caller", "sum", "raw"):
        assert ours[name].insns == theirs[name].insns
        assert [(r.at, r.symbol) for r in ours[name].references] == [(r.at, r.symbol) for r in theirs[name].references]


def test_an_input_that_says_plus_is_an_input_with_a_warning() -> None:
    text = MACROS + """
    SEC("xdp") int f(struct xdp_md *ctx)
    {
        u64 n = ctx->rx_queue_index;
        asm goto("if %[n] < 7 goto %l[small]" :: [n] "+r"(n) :: small);
        n = 7;
    small:
        return n;
    }"""
    obj = compile(text)
    assert run(obj, "f") == 3

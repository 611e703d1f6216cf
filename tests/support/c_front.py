"""Helpers of the tests of parser and checker: C text to a typed tree, and gcc and clang as oracles."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from pathlib import Path

import pytest

from purebpf.compiler.api import Compilation, Options
from purebpf.compiler.diagnostics import CompileError, Diagnostic, Severity
from purebpf.compiler.sema import tree

needs_gcc = pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is the oracle, and it is not installed")
needs_clang = pytest.mark.skipif(shutil.which("clang-19") is None, reason="clang-19 is the oracle, and it is not installed")


def check(text: str) -> tree.Unit:
    """The typed tree of a correct text."""
    return Compilation(text, "test.c", Options()).unit()


def findings(text: str) -> list[Diagnostic]:
    """All that the front end has to say."""
    compiling = Compilation(text, "test.c", Options())
    with contextlib.suppress(CompileError):
        compiling.unit()
    return compiling.diagnostics.found


def errors(text: str) -> list[str]:
    """`code line: message` of every error."""
    return [
        f"{d.code} {d.place.line if d.place else 0}: {d.message}" for d in findings(text) if d.severity is Severity.ERROR
    ]


def warnings(text: str) -> list[str]:
    """`code line: message` of every warning of a text without errors."""
    found = findings(text)
    assert not [d for d in found if d.severity is Severity.ERROR], "\n".join(d.render() for d in found)
    return [f"{d.code} {d.place.line if d.place else 0}: {d.message}" for d in found]


def global_bytes(unit: tree.Unit, name: str) -> bytes:
    """The bytes of a variable, zeros spelled out."""
    from purebpf.compiler.sema.layout import size_of

    [variable] = [g for g in unit.globals if g.name == name]
    return variable.data if variable.data is not None else bytes(size_of(variable.type))


def run_gcc(text: str, folder: Path) -> list[str]:
    """What a program prints, line by line, compiled natively (LP64 as BPF) with wrapping arithmetic."""
    source, program = folder / "oracle.c", folder / "oracle"
    source.write_text(text)
    subprocess.run(
        ["gcc", "-std=gnu17", "-w", "-fwrapv", "-fno-strict-aliasing", "-o", str(program), str(source)], check=True, timeout=120
    )
    return subprocess.run([str(program)], check=True, capture_output=True, text=True, timeout=60).stdout.splitlines()


def clang_accepts(text: str, folder: Path) -> bool:
    """Whether clang compiles the text for BPF (front end only)."""
    source = folder / "oracle.c"
    source.write_text(text)
    command = ["clang-19", "-target", "bpf", "-std=gnu17", "-w", "-fsyntax-only", str(source)]
    return subprocess.run(command, capture_output=True, timeout=60).returncode == 0

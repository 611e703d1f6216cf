"""Programs with externs, addresses in data and tagged arguments: never refused wrongly; what is not modelled is said."""

from __future__ import annotations

import contextlib

import pytest
from linkage_sources import PARTS, PRELUDE, SOURCES

from purebpf.compiler.api import compile
from purebpf.compiler.diagnostics import PurebpfError
from purebpf.runtime.verifier import verify
from purebpf.runtime.vm import Machine


@pytest.mark.parametrize("name", [*SOURCES, *PARTS])
def test_nothing_that_the_kernel_takes_is_refused(name: str) -> None:
    obj = compile(PRELUDE + {**SOURCES, **PARTS}[name], "x.c")
    for program in obj.programs():
        verdict = verify(obj, program.name)
        assert verdict.verdict != "refused", verdict.findings[0].render()


@pytest.mark.parametrize("name", ["kernel_addresses", "kconfig"])
def test_what_the_kernel_defines_is_named(name: str) -> None:
    obj = compile(PRELUDE + SOURCES[name], "x.c")
    verdict = verify(obj, "p")
    assert verdict.verdict == "unsupported"
    assert "is defined outside of the object" in verdict.findings[0].message


@pytest.mark.parametrize("name", [*SOURCES, *PARTS])
def test_the_machine_runs_it_or_says_why_not(name: str) -> None:
    obj = compile(PRELUDE + {**SOURCES, **PARTS}[name], "x.c")
    for program in obj.programs():
        with contextlib.suppress(PurebpfError):
            Machine(obj).run(program.name, packet=bytes(64))

"""A bounds check taken away: the finding names the C line, the pointer, and the check to write."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from purebpf.compiler.api import compile as compile_c
from purebpf.runtime.verifier import verify

FIREWALL = (Path(__file__).resolve().parents[3] / "examples" / "firewall" / "firewall.bpf.c").read_text()
CHECK = re.compile(r"\t+if \(\(void \*\)\((\w+) \+ 1\) > cursor->end\)\n\t+return DROPPED_MALFORMED;\n")
CHECKS = list(CHECK.finditer(FIREWALL))


def test_the_whole_firewall_is_accepted() -> None:
    assert verify(compile_c(FIREWALL, "firewall.bpf.c"), "firewall").accepted
    assert len(CHECKS) >= 5


@pytest.mark.parametrize("number", range(len(CHECKS)))
def test_a_missing_check_is_named(number: int) -> None:
    check = CHECKS[number]
    text = FIREWALL[: check.start()] + FIREWALL[check.end() :]
    verdict = verify(compile_c(text, "firewall.bpf.c"), "firewall")
    assert verdict.verdict == "refused"
    finding = verdict.findings[0]
    assert finding.place is not None
    line = text.splitlines()[finding.place.line - 1]
    # the two reads of a port are one instruction, and either line may stand for it
    names = {"tcp", "udp"} if check[1] in ("tcp", "udp") else {check[1]}
    assert any(f"{name}->" in line for name in names), line
    assert any(f"'{name}" in finding.message and f"({name} + 1) >" in finding.fix for name in names), finding.render()

"""`--time`: where a compile's time goes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from purebpf.compiler.driver import main

PROGRAM = "int x;\n"
STAGES = ["start", "preprocess", "parse", "sema", "lower", "optimize", "codegen", "object", "write"]


def test_times_as_json_come_after_the_diagnostics(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "p.c").write_text(PROGRAM)
    assert main(["-c", str(tmp_path / "p.c"), "-o", str(tmp_path / "p.o"), "--time", "--json"]) == 0
    diagnostics, times = capsys.readouterr().err.splitlines()
    assert json.loads(diagnostics) == []
    found = json.loads(times)["times"]
    assert list(found) == [*STAGES, "total"]
    assert all(ms >= 0 for ms in found.values())
    assert found["total"] == pytest.approx(sum(found[stage] for stage in STAGES), abs=0.01)


def test_the_table_tells_the_stages_that_ran(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "p.c").write_text(PROGRAM)
    assert main(["-fsyntax-only", str(tmp_path / "p.c"), "--time"]) == 0
    words = [line.split()[0] for line in capsys.readouterr().err.splitlines()]
    assert words == ["stage", "start-up", "preprocess", "parse", "check", "write", "total"]

"""SARIF: what code hosts read; the members that the 2.1.0 specification requires, and places that are right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from purebpf.compiler.driver import main
from purebpf.runtime.cli import main as purebpf

BAD = """struct s { int length; };
int f(struct s *p) { int x = p->lenght; return x + q; }
"""
UNCHECKED = """
struct xdp_md { unsigned data, data_end; };
__attribute__((section("xdp"), used)) int f(struct xdp_md *ctx) { return *(char *)(long)ctx->data; }
"""


@pytest.mark.parametrize("flag", ["--sarif", "-fdiagnostics-format=sarif"])
def test_errors_become_results_with_their_places(flag: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "bad name.c"
    source.write_text(BAD)
    assert main(["-c", str(source), "-o", str(tmp_path / "x.o"), flag]) == 1
    log = json.loads(capsys.readouterr().err)
    assert log["version"] == "2.1.0"
    [run] = log["runs"]
    assert run["tool"]["driver"]["name"] == "purebpf-cc"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["E0331", "E0333"]
    member, name = run["results"]
    assert (member["ruleId"], member["level"]) == ("E0333", "error")
    assert run["tool"]["driver"]["rules"][member["ruleIndex"]]["id"] == "E0333"
    assert "did you mean 'length'?" in member["message"]["text"]
    place = member["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == source.as_uri()
    assert (place["region"]["startLine"], place["region"]["startColumn"]) == (2, BAD.splitlines()[1].index("lenght") + 1)
    assert member["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 1
    assert name["ruleId"] == "E0331"


def test_a_clean_compile_is_an_empty_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "x.c"
    source.write_text("int x;\n")
    assert main(["-c", str(source), "-o", str(tmp_path / "x.o"), "--sarif"]) == 0
    assert json.loads(capsys.readouterr().err)["runs"][0]["results"] == []


def test_the_verifier_s_findings_as_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "x.c"
    source.write_text(UNCHECKED)
    assert purebpf(["check", str(source), "--sarif"]) == 1
    [result] = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert result["ruleId"].startswith("V")
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 3


def test_another_format_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-c", "x.c", "-fdiagnostics-format=xml"]) == 2
    assert "text, json or sarif" in capsys.readouterr().err

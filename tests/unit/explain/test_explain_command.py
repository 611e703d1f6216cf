"""`purebpf explain`: a page, the list, JSON, and codes that do not exist."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from purebpf.compiler.driver import main as cc
from purebpf.runtime.cli import main


def test_a_page_has_the_mistake_and_the_repair(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "e0110"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("E0110: A header is not found\n")
    assert "The mistake:\n\n    #include <linux/bfp.h>\n" in out
    assert "The repair:\n\n    #include <linux/bpf.h>\n" in out
    assert "\x1b" not in out


def test_brackets_may_be_copied_along(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "[E0110]"]) == 0
    assert "E0110: " in capsys.readouterr().out


def test_without_a_code_all_are_listed_with_their_titles(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain"]) == 0
    assert "E0110  A header is not found\n" in capsys.readouterr().out


def test_json_has_the_parts_of_a_page_or_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "E0110", "--json"]) == 0
    page = json.loads(capsys.readouterr().out)
    assert page["code"] == "E0110"
    assert page["mistake"].startswith("#include")
    assert main(["explain", "--json"]) == 0
    assert {"code": "E0110", "title": "A header is not found"} in json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(("code", "near"), [("E0199", "did you mean E01"), ("header", "E0110"), ("Z9", "lists all codes")])
def test_an_unknown_code_is_a_wrong_command_line_with_a_hint(
    code: str, near: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", code]) == 2
    err = capsys.readouterr().err
    assert f"there is no diagnostic '{code}'" in err
    assert near in err


def test_on_a_terminal_the_program_is_coloured_unless_no_color(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "1")
    main(["explain", "E0110"])
    assert "\x1b" not in capsys.readouterr().out
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("FORCE_COLOR", "1")
    main(["explain", "E0110"])
    assert "\x1b" in capsys.readouterr().out


@pytest.mark.parametrize("terminal", [True, False])
def test_a_compile_points_to_the_page_on_a_terminal(
    terminal: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "x.c"
    source.write_text("int f(void) { return a; }\n")
    told = io.StringIO()
    monkeypatch.setattr(told, "isatty", lambda: terminal)
    monkeypatch.setattr("sys.stderr", told)
    assert cc(["-c", str(source), "-o", str(tmp_path / "x.o")]) == 1
    assert ("purebpf explain E0331" in told.getvalue()) == terminal


def test_nothing_to_explain_about_a_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    told = io.StringIO()
    monkeypatch.setattr(told, "isatty", lambda: True)
    monkeypatch.setattr("sys.stderr", told)
    assert cc(["-c", "no-such-file.c"]) != 0
    assert "explain" not in told.getvalue()

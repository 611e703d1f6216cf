"""What diagnostics look like: on a terminal, as JSON, and as exceptions."""

from __future__ import annotations

import json

import pytest

from purebpf.compiler.diagnostics import CompileError, Diagnostic, Diagnostics, Note, Severity
from purebpf.compiler.source import Place, SourceMap, Span


def shown(text: str, column: int, begin: int, end: int) -> list[str]:
    item = Diagnostic("E0300", Severity.ERROR, "no", Place("x.c", 3, column, text, begin, end))
    return item.render().splitlines()


def test_caret_and_underline_stand_below_the_source() -> None:
    assert shown("int a = b + c;", 11, 9, 14) == ["x.c:3:11: error: no [E0300]", "    int a = b + c;", "            ~~^~~"]


def test_tabs_and_wide_characters_do_not_move_the_caret() -> None:
    assert shown("\tx = 1;", 2, 2, 3)[1:] == ["     x = 1;", "     ^"]
    assert shown('s = "漢字" + é;', 12, 12, 13)[1:] == ['    s = "漢字" + é;', "                 ^"]


def test_a_caret_may_stand_after_the_end_of_the_line() -> None:
    assert shown("int a", 6, 6, 6)[1:] == ["    int a", "         ^"]


def test_source_cannot_command_the_terminal() -> None:
    assert "\x1b" not in "\n".join(shown("a \x1b[2J b", 1, 1, 2))
    evil = Diagnostic("E0300", Severity.ERROR, "no \x1b[2J", Place("x\x1b.c", 1, 1), (Note("\x07"),), fix="\x1b")
    assert "\x1b" not in evil.render()
    assert "\x07" not in evil.render()


def test_of_a_very_long_line_the_part_around_the_caret_is_shown() -> None:
    lines = shown("x" * 50_000 + "HERE" + "y" * 50_000, 50_001, 50_001, 50_005)
    assert len(lines[1]) < 300
    assert lines[1][lines[2].index("^") :].startswith("HERE")


def test_color_only_when_asked_for() -> None:
    item = Diagnostic("W0101", Severity.WARNING, "mind", fix="stop")
    assert item.render() == "warning: mind [W0101]\n  fix: stop"
    assert "\x1b[1;35mwarning" in item.render(color=True)


def test_json_has_place_message_fix_and_notes() -> None:
    item = Diagnostic("E0300", Severity.ERROR, "no", Place("x.c", 3, 4), (Note("there", Place("y.h", 1, 2)), Note("so")), "yes")
    assert json.loads(json.dumps(item.to_json())) == {
        "code": "E0300", "severity": "error", "file": "x.c", "line": 3, "column": 4, "message": "no", "fix": "yes",
        "replacements": [], "flag": "",
        "notes": [{"message": "there", "file": "y.h", "line": 1}, {"message": "so", "file": None, "line": None}],
    }  # fmt: skip


def test_the_same_finding_is_told_once() -> None:
    sources = SourceMap()
    file = sources.add_file("x.c", "int a;")
    diagnostics = Diagnostics(sources)
    for _ in range(3):
        diagnostics.error("E0300", file.base + 4, "no")
    diagnostics.error("E0300", file.base, "no")
    assert len(diagnostics.found) == 2


def test_too_many_errors_end_the_compile() -> None:
    sources = SourceMap()
    file = sources.add_file("x.c", "a" * 50)
    diagnostics = Diagnostics(sources, limit=5)
    for at in range(4):
        diagnostics.error("E0300", file.base + at, "no")
    with pytest.raises(CompileError) as caught:
        diagnostics.error("E0300", file.base + 4, "no")
    assert len(caught.value.diagnostics) == 5


def test_an_exception_speaks_of_the_first_error_and_keeps_warnings() -> None:
    diagnostics = Diagnostics(SourceMap())
    diagnostics.warning("W0300", None, "mind")
    diagnostics.raise_if_errors()
    diagnostics.error("E0301", None, "no", fix="yes", notes=[("so", None)])
    with pytest.raises(CompileError) as caught:
        diagnostics.raise_if_errors()
    error = caught.value
    assert (error.code, error.message, error.fix, error.place, len(error.notes)) == ("E0301", "no", "yes", None, 1)
    assert "mind" in str(error)
    assert "no" in str(error)


def test_an_error_in_a_header_tells_who_included_it() -> None:
    sources = SourceMap()
    main = sources.add_file("x.c", '#include "a.h"\n')
    header = sources.add_file("a.h", "\n\nbad", included_from=main.base + 9)
    diagnostics = Diagnostics(sources)
    diagnostics.error("E0300", header.base + 2, "no")
    (note,) = diagnostics.found[0].notes
    assert (note.message, str(note.place)) == ("'a.h' is included here", "x.c:1:10")


def test_of_many_macros_the_first_and_the_last_are_named() -> None:
    sources = SourceMap()
    file = sources.add_file("x.c", "M")
    loc = file.base
    for index in range(100):
        loc = sources.add_expansion(f"M{index}", file.base, loc)
    diagnostics = Diagnostics(sources)
    diagnostics.error("E0300", loc, "no")
    messages = [note.message for note in diagnostics.found[0].notes]
    assert len(messages) == 7
    assert (messages[0], messages[-1]) == ("expanded from macro 'M99'", "expanded from macro 'M0'")
    assert "94 more" in messages[3]


def test_spans_over_several_lines_are_underlined_on_the_line_of_the_caret() -> None:
    sources = SourceMap()
    file = sources.add_file("x.c", "foo(1,\n    2) + bar;\nend")
    base = file.base
    place = sources.place(Span(base, base + 16, base + 14))
    assert (place.line, place.column, place.begin, place.end) == (2, 8, 1, 13)
    place = sources.place(Span(base, base + 16, base + 3))
    assert (place.line, place.column, place.begin, place.end) == (1, 4, 1, 7)


def test_files_do_not_share_locations() -> None:
    sources = SourceMap()
    one, two = sources.add_file("a", "x"), sources.add_file("b", "")
    three = sources.add_file("c", "y")
    places = (one.base, one.base + 1, two.base, three.base, three.base + 1)
    assert [sources.file_of(loc).name for loc in places] == list("aabcc")

"""Where tokens come from: columns, macros, headers, `#line`; and what is printed from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from purebpf.compiler.diagnostics import Diagnostics
from purebpf.compiler.preprocess import PreprocessOptions, Preprocessor, Token, preprocess
from purebpf.compiler.preprocess.printer import print_macros, print_tokens
from purebpf.compiler.source import SourceMap, Span


def tokens_of(text: str, name: str = "x.c", options: PreprocessOptions | None = None) -> tuple[dict[str, Token], SourceMap]:
    """The last token of each spelling."""
    sources = SourceMap()
    diagnostics = Diagnostics(sources)
    tokens = preprocess(name, text, sources, diagnostics, options or PreprocessOptions())
    assert not diagnostics.errors
    return {token.text: token for token in tokens}, sources


def place(text: str, word: str) -> str:
    tokens, sources = tokens_of(text)
    return str(sources.place(tokens[word].loc))


def test_a_token_is_where_it_stands() -> None:
    assert place("int a;\n\tint  b;\n", "b") == "x.c:2:7"


def test_splices_comments_and_carriage_returns_do_not_move_columns() -> None:
    assert place("a \\\n  b /* \n */ c\\\nd e\r\n  f", "b") == "x.c:2:3"
    assert place("a \\\n  b /* \n */ c\\\nd e\r\n  f", "cd") == "x.c:3:5"
    assert place("a \\\n  b /* \n */ c\\\nd e\r\n  f", "e") == "x.c:4:3"
    assert place("a \\\n  b /* \n */ c\\\nd e\r\n  f", "f") == "x.c:5:3"


def test_the_byte_order_mark_is_no_token() -> None:
    assert place("\ufeffint a;", "a") == "x.c:1:6"


def test_a_macros_token_is_where_the_macro_is_named() -> None:
    text = "#define M(x) (x + y)\nint a = M(1);"
    tokens, sources = tokens_of(text)
    assert str(sources.place(tokens["y"].loc)) == "x.c:2:9"
    assert [(name, str(at)) for name, at in sources.backtrace(tokens["y"].loc)] == [("M", "x.c:1:19")]


def test_an_argument_is_where_the_user_wrote_it() -> None:
    text = "#define M(x) (x + y)\n#define N(z) M(z)\nint a = N(\n  1);"
    tokens, sources = tokens_of(text)
    assert str(sources.place(tokens["1"].loc)) == "x.c:4:3"
    assert [name for name, _ in sources.backtrace(tokens["1"].loc)] == ["M", "N"]
    assert str(sources.place(tokens["y"].loc)) == "x.c:3:9"
    assert [(name, str(at)) for name, at in sources.backtrace(tokens["y"].loc)] == [("M", "x.c:1:19"), ("N", "x.c:2:14")]


def test_a_span_underlines_from_its_first_to_its_last_token() -> None:
    tokens, sources = tokens_of("int a = foo + bar;")
    found = sources.place(Span(tokens["foo"].loc, tokens["bar"].loc, tokens["+"].loc))
    assert (found.column, found.begin, found.end, found.text) == (13, 9, 18, "int a = foo + bar;")


def test_line_directives_change_line_and_name() -> None:
    text = '#line 100 "other.c"\n\na\n#line 7\nb'
    assert place(text, "a") == "other.c:101:1"
    assert place(text, "b") == "other.c:7:1"
    assert place('# 5 "m.h" 1 3\nc', "c") == "m.h:5:1"


def test_a_header_knows_who_included_it(tmp_path: Path) -> None:
    (tmp_path / "h.h").write_text("int h;\n")
    tokens, sources = tokens_of('\n#include "h.h"\n', str(tmp_path / "x.c"))
    file = sources.file_of(tokens["h"].loc)
    assert file.name == str(tmp_path / "h.h")
    assert sources.place(file.included_from).line == 2


def test_the_last_token_is_the_end_of_the_main_file(tmp_path: Path) -> None:
    (tmp_path / "h.h").write_text("int h;\n")
    sources = SourceMap()
    name = str(tmp_path / "x.c")
    tokens = preprocess(name, '#include "h.h"\nint x;', sources, Diagnostics(sources), PreprocessOptions())
    assert tokens[-1].kind == "eof"
    assert str(sources.place(tokens[-1].loc)) == f"{name}:2:7"


def test_pragmas_are_tokens_in_their_place() -> None:
    sources = SourceMap()
    text = '#define N 4\n#pragma unroll N\nfor _Pragma("unroll") x\n#pragma pack(push, N)\n#pragma GCC diagnostic push'
    tokens = preprocess("x.c", text, sources, Diagnostics(sources), PreprocessOptions())
    assert [(t.kind, t.text) for t in tokens if t.kind in ("pragma", "id")] == [
        ("pragma", "unroll 4"), ("id", "for"), ("pragma", "unroll"), ("id", "x"), ("pragma", "pack(push, 4)"),
        ("pragma", "GCC diagnostic push"),
    ]  # fmt: skip


def test_the_date_follows_source_date_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86399")
    tokens, _ = tokens_of("__DATE__ __TIME__ __TIMESTAMP__")
    assert list(tokens)[:3] == ['"Jan  1 1970"', '"23:59:59"', '"Thu Jan  1 23:59:59 1970"']


def test_defines_undefines_and_forced_headers_come_in_order(tmp_path: Path) -> None:
    (tmp_path / "f.h").write_text("forced A B\n#define D d\n")
    (tmp_path / "m.h").write_text("not seen\n#define M m\n")
    options = PreprocessOptions(
        macros=[("D", "A=1"), ("U", "A"), ("D", "B"), ("D", "C(x)=x+1"), ("U", "__bpf__")],
        forced=[str(tmp_path / "f.h")], imacros=[str(tmp_path / "m.h")],
    )  # fmt: skip
    sources = SourceMap()
    tokens = preprocess("x.c", "D M C(2) __bpf__", sources, Diagnostics(sources), options)
    assert [token.text for token in tokens] == ["forced", "A", "1", "d", "m", "2", "+", "1", "__bpf__", ""]


def test_warnings_of_system_headers_are_not_shown(tmp_path: Path) -> None:
    (tmp_path / "h.h").write_text("#warning mind\n")
    for options, count in (
        (PreprocessOptions(include=[str(tmp_path)]), 1), (PreprocessOptions(system=[str(tmp_path)]), 0),
    ):  # fmt: skip
        sources = SourceMap()
        diagnostics = Diagnostics(sources)
        preprocess("x.c", "#include <h.h>\n", sources, diagnostics, options)
        assert len(diagnostics.found) == count


PRINTED = """\
#define NEG(x) -x
#define EMPTY
#define CALL(f, ...) f(__VA_ARGS__)
int a = -NEG(1), b = -NEG(-2), c = 1NEG(2), d = a+NEG(b);
  EMPTY int e;




  CALL(g,
     h, "s" EMPTY"t", L)  ;
_Pragma("unroll") for (;;) <NEG(>) ;
#pragma pack(1)
x.NEG(.y)  NEG(=1) +NEG(+)
"""


@pytest.mark.parametrize("markers", [True, False])
def test_printed_text_reads_back_as_the_same_tokens(markers: bool) -> None:
    def run(text: str) -> tuple[list[Token], SourceMap]:
        sources = SourceMap()
        return preprocess("x.c", text, sources, Diagnostics(sources), PreprocessOptions()), sources

    tokens, sources = run(PRINTED)
    printed = print_tokens(tokens, sources, markers=markers)
    again, sources_again = run(printed)
    assert [(t.kind, t.text) for t in again] == [(t.kind, t.text) for t in tokens]
    if markers:  # and they are on the same lines
        for one, two in zip(tokens[:-1], again[:-1], strict=True):
            if one.bol:
                assert sources_again.place(two.loc).line == sources.place(one.loc).line
        assert print_tokens(again, sources_again) == printed


def test_markers_tell_headers_from_the_main_file(tmp_path: Path) -> None:
    (tmp_path / "h.h").write_text("int h;\n")
    sources = SourceMap()
    options = PreprocessOptions(system=[str(tmp_path)])
    tokens = preprocess("x.c", "int a;\n#include <h.h>\nint b;\n", sources, Diagnostics(sources), options)
    assert print_tokens(tokens, sources) == f'# 1 "x.c"\nint a;\n# 1 "{tmp_path}/h.h" 1 3\nint h;\n# 3 "x.c" 2\nint b;\n'


def test_macros_are_printed_as_definitions() -> None:
    sources = SourceMap()
    preprocessor = Preprocessor(sources, Diagnostics(sources), PreprocessOptions(keep_directives=True))
    text = "#define A   1  +/**/2\n#define F( a,b... ) a  #b\n#define G(...)  __VA_ARGS__\nx\n#undef A\n"
    tokens = preprocessor.run("x.c", text)
    lines = print_macros(preprocessor.macros).splitlines()
    assert "#define F(a,b...) a #b" in lines
    assert "#define G(...) __VA_ARGS__" in lines
    assert not any(line.startswith("#define A ") for line in lines)
    assert lines == sorted(lines)
    printed = print_tokens(tokens, sources, markers=False)
    assert printed == "#define A 1 + 2\n#define F(a,b...) a #b\n#define G(...) __VA_ARGS__\nx\n#undef A\n"


def test_markers_enter_and_leave_every_header_that_stands_around_a_token(tmp_path: Path) -> None:
    (tmp_path / "a.h").write_text('#include "b.h"\nint a;\n')
    (tmp_path / "b.h").write_text("\n\nint b;\n")
    (tmp_path / "c.h").write_text('#include "b.h"\n')
    sources = SourceMap()
    options = PreprocessOptions(include=[str(tmp_path)], forced=["a.h"])
    tokens = preprocess("x.c", '#include "c.h"\nint x;\n', sources, Diagnostics(sources), options)
    assert print_tokens(tokens, sources).replace(f"{tmp_path}/", "") == (
        '# 1 "x.c"\n# 1 "a.h" 1\n# 1 "b.h" 1\n\n\nint b;\n# 2 "a.h" 2\nint a;\n'
        '# 1 "x.c" 2\n# 1 "c.h" 1\n# 1 "b.h" 1\n\n\nint b;\n# 2 "x.c" 2\nint x;\n'
    )


COMMENTED = """/* licence
 * text */
// a line
#define X 3 /* of a definition */
int a /* inside */ = X; // behind
#if 0
/* skipped */
#endif
/* ahead */ int b = "/* no */"[0] /*x*/ + 'a'; /* one */ /* two */
#define SUM(x, y) x + y
int c = SUM(1, // of an argument
            2); /* more
   lines */ int d;
/* last */
"""
KEPT = """# 1 "x.c"
/* licence
 * text */
// a line

int a /* inside */ = 3; // behind



/* ahead */ int b = "/* no */"[0] /*x*/ + 'a'; /* one */ /* two */

int c = 1 + // of an argument
            2; /* more
   lines */ int d;
/* last */
"""


def test_comments_stay_where_they_are() -> None:
    sources = SourceMap()
    tokens = preprocess("x.c", COMMENTED, sources, Diagnostics(sources), PreprocessOptions(comments=True))
    assert print_tokens(tokens, sources) == KEPT
    bare = [token for token in tokens if token.kind != "comment"]
    sources = SourceMap()
    again = preprocess("x.c", KEPT, sources, Diagnostics(sources), PreprocessOptions())
    assert [token.text for token in again] == [token.text for token in bare]

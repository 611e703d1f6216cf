"""What the preprocessor says about bad input: code, place, words and a way out; never a traceback, never a hang."""

from __future__ import annotations

import random
import time

import pytest

from purebpf.compiler.diagnostics import CompileError, Diagnostic, Diagnostics
from purebpf.compiler.preprocess import PreprocessOptions, Preprocessor
from purebpf.compiler.preprocess.printer import print_macros, print_tokens
from purebpf.compiler.source import SourceMap


def complaints(text: str) -> list[Diagnostic]:
    """Everything said about a text."""
    sources = SourceMap()
    diagnostics = Diagnostics(sources)
    preprocessor = Preprocessor(sources, diagnostics, PreprocessOptions())
    try:
        tokens = preprocessor.run("x.c", text)
        print_tokens(tokens, sources)
        print_macros(preprocessor.macros)
    except CompileError:
        assert diagnostics.errors
    for item in diagnostics.found:
        item.render()
        item.to_json()
    return diagnostics.found


F = "#define F(a, b) a + b\n"
CASES = [
    # text, code, line, column, part of the message, part of the fix
    ("a /* b\nc", "E0101", 1, 3, "comment", "*/"),
    ("#define X /* b\nc", "E0101", 1, 11, "comment", "*/"),
    ('char *s = "abc;\nint x;', "E0102", 1, 11, "string", '"'),
    ("int c = 'a;\n", "E0102", 1, 9, "character constant", "'"),
    ("#define S \"a\nS", "E0102", 2, 1, "string", '"'),
    ("int a @ b;", "E0103", 1, 7, "'@' (U+0040)", "remove"),
    ("int\u00a0a;", "E0103", 1, 4, "U+00A0", "space"),
    ("int \udcff;", "E0103", 1, 5, "0xff is not UTF-8", "UTF-8"),
    ("#inlcude <x.h>", "E0104", 1, 2, "'#inlcude'", "#include?"),
    ("# 'x'", "E0104", 1, 3, "no directive", "#include"),
    (F + "F(1)", "E0105", 2, 1, "too few arguments for macro 'F': 2 expected, 1 given", ""),
    (F + "F(1, 2, 3)", "E0105", 2, 1, "too many", "parentheses"),
    ("#define V(a, ...) a\n#define W() 1\nW(1)", "E0105", 3, 1, "0 expected, 1 given", "parentheses"),
    (F + "x F(1, (2)\n#define G\n y", "E0106", 2, 3, "'F' has no matching ')'", "close"),
    ("#define", "E0107", 1, 8, "names no macro", "#define NAME"),
    ("#define 3 4", "E0107", 1, 9, "identifier", ""),
    ("#define defined", "E0107", 1, 9, "'defined'", "another"),
    ("#define F(a,a) a", "E0107", 1, 13, "twice", ""),
    ("#define F(a b) a", "E0107", 1, 13, "')'", "close"),
    ("#define F(a", "E0107", 1, 11, "')'", "close"),
    ("#define F(..., a) a", "E0107", 1, 14, "')'", ""),
    ("#define F(1) a", "E0107", 1, 11, "'1'", "names"),
    ("#define F(a) #b", "E0107", 1, 14, "'#' is not followed", "#name"),
    ("#define F(a) a ##", "E0107", 1, 16, "cannot end", "each side"),
    ("#define X ## a\nX", "E0107", 1, 11, "cannot begin", "each side"),
    ("#define F(a) __VA_ARGS__", "E0107", 1, 14, "without '...'", "'...'"),
    ("#define F(...) __VA_OPT__ x", "E0107", 1, 16, "'('", ""),
    ("#undef", "E0107", 1, 7, "names no macro", "#undef NAME"),
    ("#define C(a, b) a ## b\nC(+, -)", "E0108", 2, 1, "'+-'", "paste names"),
    ("#include <no/such/file.h>", "E0110", 1, 10, "'no/such/file.h' not found", "-I"),
    ("#include <linux/sched/signal.h>", "E0110", 1, 10, "", "vmlinux.h"),
    ("#include <bpf/bpf_helper.h>", "E0110", 1, 10, "", "did you mean 'bpf/bpf_helpers.h'?"),
    ("#if\n#endif", "E0112", 1, 1, "no expression", "#if 0"),
    ("#if 1 +\n#endif", "E0112", 1, 7, "ends where a value", ""),
    ("#if (1\n#endif", "E0112", 1, 5, "'('", "')'"),
    ("#if 1 2\n#endif", "E0112", 1, 7, "'2'", "operator"),
    ("#if 3.5\n#endif", "E0112", 1, 5, "floating", "integers"),
    ("#if 1ulp\n#endif", "E0112", 1, 5, "'1ulp' is not an integer", "suffixes"),
    ("#if 99999999999999999999\n#endif", "E0112", 1, 5, "64 bits", "smaller"),
    ("#if X = 1\n#endif", "E0112", 1, 7, "assigns", "=="),
    ('#if "a" == 1\n#endif', "E0112", 1, 5, "strings", "integers"),
    ("#if 1 / 0\n#endif", "E0112", 1, 7, "by zero", ""),
    ("#if 1 % (1 - 1)\n#endif", "E0112", 1, 7, "by zero", ""),
    ("#if 1 ? 2\n#endif", "E0112", 1, 7, "':'", "a ? b : c"),
    ("#if FOO(1)\n#endif", "E0112", 1, 5, "'FOO' is called like a macro", "#ifdef FOO"),
    ("#if defined\n#endif", "E0112", 1, 5, "'defined'", "defined(NAME)"),
    ("#if defined(X\n#endif", "E0112", 1, 13, "')'", "defined(X)"),
    ("#if ''\n#endif", "E0112", 1, 5, "empty", "'\\0'"),
    ("#ifdef\n#endif", "E0112", 1, 7, "names no macro", "#ifdef NAME"),
    ("#if __has_include(x)\n#endif", "E0112", 1, 19, "names no header", "<name.h>"),
    ("#if 1\nx", "E0113", 1, 1, "this #if has no #endif", "#endif"),
    ("#if 0\nx", "E0113", 1, 1, "this #if has no #endif", "#endif"),
    ("#endif", "E0113", 1, 2, "#endif without", "remove"),
    ("#else", "E0113", 1, 2, "#else without", ""),
    ("#if 1\n#else\n#else\n#endif", "E0113", 3, 2, "#else after #else", ""),
    ("#if 0\n#else\n#elif 1\n#endif", "E0113", 3, 2, "#elif after #else", ""),
    ("#error too bad \\\n really", "E0115", 1, 2, "too bad  really", ""),
    ('#pragma GCC error "too bad"', "E0115", 1, 1, "too bad", ""),
    ("#line x", "E0116", 1, 7, "number", "#line 10"),
    ("#line 99999999999", "E0116", 1, 7, "number", ""),
    ("#line 1 2", "E0116", 1, 9, "string", ""),
    ("#include", "E0117", 1, 2, "names no header", "<name.h>"),
    ("#include <>", "E0117", 1, 10, "names no header", ""),
    ("#include x", "E0117", 1, 10, "names no header", "<name.h>"),
    (F + "F(1,\n#include <linux/bpf.h>\n2)", "E0117", 3, 2, "inside the arguments", "before"),
    ("_Pragma(1)", "E0118", 1, 1, "one string", '_Pragma("unroll")'),
    ("#pragma GCC poison strcpy\nstrcpy(a, b);", "E0119", 2, 1, "'strcpy'", ""),
    ('#embed "x"', "E0120", 1, 2, "#embed is not supported", "array"),
    ("#warning mind\n", "W0101", 1, 2, "mind", ""),
    ("#if 1\n#endif X\n", "W0102", 2, 8, "#endif", "comment"),
    ("#ifdef X Y\n#endif\n", "W0102", 1, 10, "#ifdef", "comment"),
    ("#define A 1\n#define A 2\n", "W0103", 2, 9, "'A'", "#undef A"),
    ("#define __bpf__ 2\n", "W0103", 1, 9, "'__bpf__'", "#undef"),
    ("#define S(x) #x\nS(\\)", "W0104", 2, 1, "'\\'", ""),
    ("#if 9223372036854775808 > 0\n#endif", "W0105", 1, 5, "unsigned", "suffix u"),
    ("#pragma once\n", "W0106", 1, 1, "main file", "remove"),
    ("#include_next <linux/bpf.h>\n", "W0107", 1, 2, "main file", ""),
    ('#pragma message("look here")\n', "W0108", 1, 1, "look here", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "line", "column", "message", "fix"), CASES)
def test_bad_input_is_told_with_place_and_way_out(text: str, code: str, line: int, column: int, message: str, fix: str) -> None:
    found = complaints(text)
    assert [item.code for item in found] == [code], [item.render() for item in found]
    place = found[0].place
    assert place is not None
    assert (place.line, place.column) == (line, column), found[0].render()
    assert message in found[0].message
    assert fix in found[0].fix


@pytest.mark.parametrize(
    "text",
    ["#define A 1\n#define A 1\n", "#define A(x) x + 1\n#define A( x ) x  /**/ +\t1\n",
     "#if 0 && (1 / 0)\n#endif",
     "#define A\n#undef A\n#define A 2\n", "#if 0\n'unclosed \" @ \x00\n#bad\n#endif",
     "/* \xff ' \x00 */ \"\xff\"", "\0int x;", "#", "#\n"],
)  # fmt: skip
def test_good_input_is_left_in_peace(text: str) -> None:
    assert complaints(text) == []


def test_after_a_missing_header_its_consequences_are_not_told() -> None:
    found = complaints("#include <no/such.h>\n#ifndef FROM_SUCH\n#error include no/such.h first\n#endif\n")
    assert [item.code for item in found] == ["E0110"]


def test_all_missing_headers_are_told_at_once() -> None:
    assert [item.code for item in complaints("#include <no/a.h>\n#include <no/b.h>\n")] == ["E0110", "E0110"]


HOSTILE = {
    "macros that double": "".join(f"#define A{i} A{i + 1} A{i + 1}\n" for i in range(60)) + "A0\n",
    "calls that double": "#define f(x) x x\n" + "f(" * 60 + "1" + ")" * 60,
    "deep calls": "#define f(x) x\n" + "f(" * 5000 + "1" + ")" * 5000,
    "names that double": "#define c(a,b) a##b\n#define d(a) c(a,a)\n" + "d(" * 60 + "x" + ")" * 60,
    "strings that double": "#define s(x) #x\n#define t(x) s(x x)\n" + "t(" * 60 + "x" + ")" * 60,
    "many pastes": "#define f(x) " + "x ## " * 20000 + "x\nf(1)",
    "parentheses": "#if " + "(" * 20000 + "1\n#endif\n",
    "conditional operators": "#if " + "1?1:" * 20000 + "1\n#endif\n",
    "escaped quotes": '"' + '\\"' * 50000,
    "opened comments": "/*" * 50000,
    "comments in an include": "#include " + "/*a*/" * 5000 + "x\n",
    "a file that includes itself": "#include __FILE__\n",
    "open conditions": "#if 1\n" * 20000,
    "a call without end": "#define f(x) x\nf(\n" + "#if 1\n#endif\n x\n" * 5000,
    "a pragma of comments": '_Pragma("' + "/*" * 50000 + '")\n',
    "splices": "a\\\n" * 50000,
    "a header's name": '#include "' + "/a" * 50000 + '"\n',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_ends_soon(name: str) -> None:
    start = time.perf_counter()
    complaints(HOSTILE[name])
    assert time.perf_counter() - start < 20


def test_random_bytes_give_no_traceback() -> None:
    pieces = ["#", "##", "\\\n", '"', "'", "/*", "*/", "//", "(", ")", ",", "__VA_ARGS__", "__VA_OPT__", "...", "#define ",
              "#if ", "#endif\n", "#else\n", "#elif ", "#include ", "<", ">", "f", "x", "\0", "\xff", "\udcff", "\n", "1",
              "defined", "_Pragma", "#line 5\n", "__LINE__", "%:", "0x", "?", "&&", "#define f(x) f(x) f\n",
              "\r\n", "#include __FILE__\n",
              "__has_include(", "#undef f\n", "#define x #\n", "-", "/", "%", "<<", "'a'", " "]  # fmt: skip
    generator = random.Random(20)
    for _ in range(600):
        complaints("".join(generator.choices(pieces, k=generator.randint(1, 40))))

"""Fix-its: where a machine can mend the source, the edits are told; carried out, they make a program that compiles."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest

from purebpf.compiler.api import Compilation, Options
from purebpf.compiler.diagnostics import Diagnostic, PurebpfError
from purebpf.compiler.driver import main

BPF = "#include <linux/bpf.h>\n#include <bpf/bpf_helpers.h>\n"
S = "struct s { int length; };\n"
PRINT = "int print(const char *format, ...) __attribute__((format(printf, 1, 2)));\n"

#   what is mended        broken line                                            mended
FIXES = {
    "semicolon":         ("int f(int a) { int b = a\n return b; }", "int f(int a) { int b = a;\n return b; }"),
    "last semicolon":    ("int f(int a) { return a }", "int f(int a) { return a; }"),
    "after a struct":    ("struct t { int a; }\nint x;", "struct t { int a; };\nint x;"),
    "parenthesis":       ("int f(int a) { return (a + 1; }", "int f(int a) { return (a + 1); }"),
    "before a body":     ("int f(int a) { if (a { return 1; } return 0; }",
                          "int f(int a) { if (a) { return 1; } return 0; }"),
    "bracket":           ("int f(int *a) { return a[1; }", "int f(int *a) { return a[1]; }"),
    "last member":       ("struct t { int a };\nint x;", "struct t { int a; };\nint x;"),
    "attribute":         ("__attribute__((alwyas_inline)) int x(void);", "__attribute__((always_inline)) int x(void);"),
    "keyword":           ("unsinged int x;", "unsigned int x;"),
    "struct":            (S + "s x;", S + "struct s x;"),
    "typedef":           ("typedef int number; numbr x;", "typedef int number; number x;"),
    "variable":          ("int f(int length) { return lenght; }", "int f(int length) { return length; }"),
    "in an argument":    ("#define TWICE(x) (2 * (x))\nint f(int length) { return TWICE(lenght); }",
                          "#define TWICE(x) (2 * (x))\nint f(int length) { return TWICE(length); }"),
    "member":            (S + "int f(struct s *p) { return p->lenght; }", S + "int f(struct s *p) { return p->length; }"),
    "designator":        (S + "struct s x = { .lenght = 1 };", S + "struct s x = { .length = 1 };"),
    "arrow":             (S + "int f(struct s *p) { return p.length; }", S + "int f(struct s *p) { return p->length; }"),
    "dot":               (S + "int f(struct s p) { return p -> length; }", S + "int f(struct s p) { return p . length; }"),
    "split arrow":       (S + "int f(struct s *p) { return p- >length; }", S + "int f(struct s *p) { return p->length; }"),
    "label":             ("int f(int a) { if (a) goto out; return 1; ot: return 0; }",
                          "int f(int a) { if (a) goto ot; return 1; ot: return 0; }"),
    "assignment":        ("int f(int a) { if (a = 1) return 1; return 0; }",
                          "int f(int a) { if (a == 1) return 1; return 0; }"),
    "comparison":        ("int f(int a) { a == 1; return a; }", "int f(int a) { a = 1; return a; }"),
    "address":           ("int g(int *p) { return *p; } int f(int a) { return g(a); }",
                          "int g(int *p) { return *p; } int f(int a) { return g(&a); }"),
    "what it points to": ("int f(int *p) { int x = p; return x; }", "int f(int *p) { int x = *p; return x; }"),
    "directive":         ("#inlcude <linux/bpf.h>\nint x;", "#include <linux/bpf.h>\nint x;"),
    "header":            ("#include <linux/bfp.h>\nint x;", "#include <linux/btf.h>\nint x;"),
    "section":           (BPF + "SEC(xdp) int f(struct xdp_md *ctx) { return XDP_PASS; }",
                          BPF + "SEC(\"xdp\") int f(struct xdp_md *ctx) { return XDP_PASS; }"),
    "sizeof":            ("int f(void) { return sizeof int; }", "int f(void) { return sizeof (int); }"),
    "conversion":        (PRINT + "long f(long a) { return sizeof(print(\"a %08x %s\", a, 1u)); }",
                          PRINT + "long f(long a) { return sizeof(print(\"a %08lx %u\", a, 1u)); }"),
    "percent sign":      (PRINT + "long f(void) { return sizeof(print(\"5%\")); }",
                          PRINT + "long f(void) { return sizeof(print(\"5%%\")); }"),
    "comma":             ("int g(int); int f(int a) { return g(a,); }", "int g(int); int f(int a) { return g(a); }"),
}  # fmt: skip


def found(text: str) -> list[Diagnostic]:
    compiling = Compilation(text, "x.c", Options())
    with contextlib.suppress(PurebpfError):
        compiling.object()
    return compiling.diagnostics.found


def mended(text: str, diagnostics: list[Diagnostic]) -> str:
    """The text with all replacements made."""
    lines = text.split("\n")
    made = [item for diagnostic in diagnostics for item in diagnostic.replacements]
    for item in sorted(made, key=lambda item: (item.place.line, item.place.begin), reverse=True):
        line = lines[item.place.line - 1]
        lines[item.place.line - 1] = line[: item.place.begin - 1] + item.text + line[item.place.end - 1 :]
    return "\n".join(lines)


@pytest.mark.parametrize("name", FIXES)
def test_the_edits_mend_the_program(name: str) -> None:
    broken, whole = FIXES[name]
    diagnostics = found(broken)
    assert mended(broken, diagnostics) == whole, "\n".join(item.render() for item in diagnostics)
    assert not [item for item in found(whole) if item.severity == "error"]


def test_the_new_text_stands_under_the_caret() -> None:
    [item] = found(S + "int f(struct s *p) { return\tp.length; }")
    assert item.render().splitlines()[1:4] == [
        "    int f(struct s *p) { return p.length; }",
        " " * 34 + "^~~~~~",
        " " * 33 + "->",
    ]


@pytest.mark.parametrize("text", [
    S + "#define LENGTH(p) p.length\nint f(struct s *p) { return LENGTH(p); }",
    "#define HALF a +\nint f(int a) { return HALF ; }",
])  # fmt: skip
def test_what_a_macro_made_is_not_edited(text: str) -> None:
    assert not [item for diagnostic in found(text) for item in diagnostic.replacements]


def test_json_and_sarif_hold_the_edits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "x.c"
    source.write_text("int f(int length)\n{\n\treturn lenght;\n}\n")
    assert main(["-c", str(source), "-o", str(tmp_path / "x.o"), "-fdiagnostics-format=json"]) == 1
    [item] = json.loads(capsys.readouterr().err)
    assert item["replacements"] == [
        {"file": str(source), "line": 3, "column": 9, "end_column": 15, "text": "length"},
    ]
    assert main(["-c", str(source), "-o", str(tmp_path / "x.o"), "--sarif"]) == 1
    [result] = json.loads(capsys.readouterr().err)["runs"][0]["results"]
    [fix] = result["fixes"]
    [change] = fix["artifactChanges"]
    assert change["artifactLocation"] == result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert change["replacements"] == [{
        "deletedRegion": {"startLine": 3, "startColumn": 9, "endLine": 3, "endColumn": 15},
        "insertedContent": {"text": "length"},
    }]  # fmt: skip

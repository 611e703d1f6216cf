"""Syntax errors: their places and words, recovery, and that no input makes a traceback."""

from __future__ import annotations

import random

import pytest
from c_front import errors, findings


def test_each_of_several_errors_is_reported_where_it_is() -> None:
    text = "int f(void) {\n int a = 1\n int b = ;\n return a + ;\n}\nint g(void) {\n return (1;\n}\nint h(void { return 1; }\n"
    assert errors(text) == [
        "E0201 2: expected ';' after the declaration",
        "E0202 3: expected expression, found ';'",
        "E0202 4: expected expression, found ';'",
        "E0201 7: expected ')' before ';'",
        "E0201 9: expected ')' before '{'",
    ]


@pytest.mark.parametrize(("text", "expected"), [
    ("int a", "E0201 1: expected ';' after the declaration"),
    ("int f(void) { return 1;", "E0205 1: this '{' is never closed"),
    ("int f(void) { return 1; } }", "E0201 1: extraneous closing brace ('}')"),
    ("struct s { int a; }\nint f(void) { return 1; }", "E0201 1: expected ';' after the struct's closing brace"),
    ("u32 x;", "E0203 1: unknown type name 'u32'"),
    ("int f(u64 x) { return 1; }", "E0203 1: unknown type name 'u64'"),
    ("void f(void) { u8 x = 1; }", "E0203 1: unknown type name 'u8'"),
    ("struct s { __u32 x; };", "E0203 1: unknown type name '__u32'"),
    ("void f(void) { for (u32 i = 0; i < 3; i++) ; }", "E0203 1: unknown type name 'u32'"),
    ("void f(void) { if (1) int a; }", "E0202 1: a declaration cannot stand here: expected a statement"),
    ("void f(void) { else ; }", "E0202 1: 'else' without an 'if' before it"),
    ("void f(void) { int a[3; }", "E0201 1: expected ']' before ';'"),
    ("void f(void) { goto 1; }", "E0201 1: expected an identifier, found '1'"),
    ("typedef int T; int T;", "E0206 1: redefinition of 'T' as different kind of symbol"),
    ("int T; typedef int T;", "E0206 1: redefinition of 'T' as different kind of symbol"),
    ("struct;", "E0203 1: expected a tag or '{' after 'struct' or 'union'"),
    ("int f(a, b) int a; { return a; }", "E0203 1: parameter 'b' is not declared"),
    ("x = 3;", "E0203 1: 'x' is declared without a type"),
    ("puts(1);", "E0203 1: 'puts' has no type here"),
    ("int f(void) { int g(void) { return 1; } return 2; }", "E0201 1: expected ';' after the declaration"),
    ("void f(void) { while 1; }", "E0201 1: expected '(', found '1'"),
    ("void f(void) { 1 +* ; }", "E0202 1: expected expression, found ';'"),
])  # fmt: skip
def test_the_first_error_says_what_was_expected(text: str, expected: str) -> None:
    assert errors(text)[0] == expected


def test_a_missing_type_is_reported_once_and_its_cure_named() -> None:
    found = findings("u32 a; u32 b;\nvoid f(u32 x) { u32 y = x; }")
    assert [d.message for d in found] == ["unknown type name 'u32'"]
    assert "typedef __u32 u32" in found[0].fix
    assert findings("typedef int counter_t; conter_t x;")[0].fix == "did you mean 'counter_t'?"


def test_the_caret_stands_behind_the_last_token_where_something_is_missing() -> None:
    [found] = findings("int f(void) {\n    return 1\n}\n")
    assert found.place is not None
    assert (found.place.line, found.place.column, found.message) == (2, 13, "expected ';' after return statement")


@pytest.mark.parametrize("text", [
    "int a = " + "(" * 3000 + "1" + ")" * 3000 + ";",
    "int a = " + "-" * 5000 + "1;",
    "void f(void) " + "{" * 3000 + "}" * 3000,
    "int " + "*" * 5000 + "(" * 3000 + "p" + ")" * 3000 + ";",
    "int a = " + "1 + " * 20000 + "1;",
    "void f(int x) { " + "if (x) ; else " * 20000 + ";}",
    "int a[] = " + "{" * 3000 + "}" * 3000 + ";",
    "struct a { " * 3000 + "int x;" + "};" * 3000,
    "int a = " + "1 ? 2 : " * 20000 + "3;",
    "void f(int x) { " + "x = " * 20000 + "1; }",
    "void f(int x) { " + "while (x) " * 20000 + "; }",
    "int a" + "[1]" * 5000 + ";",
    "void f(void) { " + "a: " * 3000 + " ; }",
    "int x = " + "sizeof " * 9000 + "1;",
    "int x = " + "(int)" * 9000 + "1;",
    "void " + "(*" * 2000 + "x" + ")(void)" * 2000 + ";",
])  # fmt: skip
def test_deep_nesting_is_refused_and_not_a_crash(text: str) -> None:
    assert errors(text)[0].split()[0] in ("E0204", "E0371")


def test_long_rows_within_the_limits_are_fine() -> None:
    assert errors("int a = " + "1 + " * 1500 + "1;") == []
    assert errors("int f(int x) { " + "if (x == 1) return 1; else " * 400 + "return 2; }") == []
    cases = " ".join(f"case {i}:" for i in range(1500))
    assert errors(f"int f(int x) {{ switch (x) {{ {cases} return 1; }} return 2; }}") == []


_PIECES = ["int", "a", "b", "x", "1", "'c'", '"s"', "(", ")", "{", "}", "[", "]", ";", ",", "=", "+", "*", "&", ".",
           "->", "...", "?", ":", "struct", "union", "enum", "typedef", "static", "if", "else", "for", "while", "do",
           "switch", "case", "default", "return", "goto", "sizeof", "__attribute__", "((packed))", "typeof", "({", "})",
           "asm", "_Static_assert", "_Generic", "__builtin_offsetof", "unsigned", "void", "const", "#", "u32", "--",
           "<<", "0x", "1.5", "__label__", "_Alignas"]


def test_random_rows_of_tokens_give_diagnostics_and_nothing_else() -> None:
    r = random.Random(7)
    for _ in range(1500):
        text = " ".join(r.choice(_PIECES) for _ in range(r.randrange(1, 40)))
        findings(text)


def test_damaged_programs_give_diagnostics_and_nothing_else() -> None:
    text = """
    typedef unsigned int u32; struct s { u32 a, b; struct { int c; } in[3]; };
    static int f(struct s *p, int n) { for (int i = 0; i < n; i++) { if (p->in[i].c > 3) return i; else n -= 1; } return -1; }
    int g(struct s *p) { struct s v = { .a = 1, .in[1].c = 3 }; switch (p->a) { case 1 ... 3: return f(&v, 2); default: break; }
    return ({ int t = p->b ?: 2; t; }) + sizeof(struct s) * (u32)p->a; }
    """
    words = text.split()
    r = random.Random(8)
    for _ in range(700):
        damaged = list(words)
        for _ in range(r.randrange(1, 4)):
            at = r.randrange(len(damaged))
            match r.randrange(3):
                case 0:
                    del damaged[at]
                case 1:
                    damaged.insert(at, r.choice(_PIECES))
                case _:
                    damaged[at] = r.choice(words)
        findings(" ".join(damaged))

"""C that BPF cannot run: refused by name, with the reason, once; and not where it is never emitted."""

from __future__ import annotations

import pytest
from c_front import check, errors, findings


@pytest.mark.parametrize(("text", "expected"), [
    ("int f(int n) { float x = n; return 0; }", "E0401 1: floating-point value of type 'float'"),
    ("int f(int n) { return n * 1.5; }", "E0401 1: floating-point value of type 'double'"),
    ("double d; int f(void) { return d > 2; }", "E0401 1: floating-point value of type 'double'"),
    ("int f(int n) { int v[n]; return v[0]; }", "E0402 1: variable length arrays are not supported"),
    ("int f(int n) { return *(int *)__builtin_alloca(n); }", "E0402 1: BPF has no dynamic stack"),
    ("int f(int n) { return n ? f(n - 1) : 0; }", "E0403 1: 'f' calls itself: BPF has no recursion"),
    ("int f(int); int g(int n) { return f(n); } int f(int n) { return g(n); }", "E0403 1: 'g' calls itself (g -> f -> g)"),
    ("int f(int n, ...) { return n; }", "E0405 1: 'f' takes a variable number of arguments"),
    ("int f(__int128 *n) { *n += 1; return 0; }", "E0406 1: 128-bit integers are not supported"),
    ("_Atomic int n; int f(void) { return n; }", "E0407 1: _Atomic is not supported"),
    ("int f(int a, int b, int c, int d, int e, int g) { return a; }", "E0411 1: 'f' takes 6 arguments, BPF passes at most 5"),
    ("struct s { long v[3]; }; struct s f(int a, int b, int c, int d, int e) { struct s r = {}; return r; }",
     "E0411 1: 'f' takes 5 arguments, BPF passes at most 5, and its struct result counts as one"),
    ("static long (*h)(void) = (void *) 5; void f(void) { h = 0; }", "E0431 1: 'h' stands for a helper function"),
    ("char x[1UL << 36]; int f(void) { return x[5]; }", "E0444 1: variable 'x' has 68,719,476,736 bytes"),
    ("struct s; struct s v; int f(void) { return 0; }", "E0301 1: variable 'v' has incomplete type 'struct s'"),
    ("int f(void) { __sync_synchronize(); return 0; }", "E0438 1: __sync_synchronize: BPF has no memory fence"),
])  # fmt: skip
def test_c_that_bpf_cannot_run_is_refused_with_its_reason(text: str, expected: str) -> None:
    found = errors(text)
    assert len(found) == 1, found
    assert found[0].startswith(expected)
    assert all(d.fix for d in findings(text) if d.code.startswith("E04"))


@pytest.mark.parametrize("text", [
    "float unused; double never(double); int f(void) { return sizeof(double); }",
    "static int g(struct s *p); int f(void) { return 0; }",
    "int puts(const char *); int f(void) { return sizeof(puts(\"x\")); }",
    "extern int n; int f(void) { return sizeof n; }",
    "struct s { int a; } __attribute__((preserve_access_index)); int f(void) { return __builtin_offsetof(struct s, a); }",
    "extern int kfunc(int) __attribute__((section(\".ksyms\"))); int f(void) { return kfunc(1); }",
    "extern int conf __attribute__((section(\".kconfig\"))); int f(void) { return conf; }",
    "static int callback(int i, void *p) { return 0; } static long (*loop)(int, void *, void *, long) = (void *) 181;"
    "int f(void) { return loop(3, callback, 0, 0); }",
])  # fmt: skip
def test_what_is_never_emitted_may_be_anything(text: str) -> None:
    assert errors(text) == []


def test_unused_static_functions_are_checked_and_not_emitted() -> None:
    assert errors("static int unused(int n) { return m; }") == ["E0331 1: use of undeclared identifier 'm'"]
    unit = check("static int unused(int n) { return n; } static int used(void) { return 2; } int f(void) { return used(); }")
    assert [f.name for f in unit.functions] == ["used", "f"]

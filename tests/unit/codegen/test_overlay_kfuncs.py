"""Stack objects of calls to kernel functions share their place, unless a pointer that may lead into one comes back."""

from __future__ import annotations

import pytest

import purebpf
from purebpf.compiler.diagnostics import CompileError

HEAD = """
#define SEC(n) __attribute__((section(n), used))
extern int report(const void *data, int size) SEC(".ksyms");
extern int *next(void *data) SEC(".ksyms");
"""
CALL = "{ long p[16] = {%d}; p[15] = %d; if (report(p, sizeof p)) return %d; }\n"


def test_twenty_arrays_of_128_bytes_fit_into_the_stack() -> None:
    calls = "".join(CALL % (n, n, n) for n in range(20))
    obj = purebpf.compile(HEAD + 'SEC("syscall") int f(void *ctx) {' + calls + "return 0; }")
    assert len([r for r in obj.functions["f"].references if r.symbol == "report"]) <= 20


def test_what_a_returned_pointer_may_lead_into_stays_where_it_is() -> None:
    calls = "".join(f"long a{n}[16] = {{}}; int *e{n} = next(a{n}); if (!e{n}) return 1;" for n in range(5))
    total = " + ".join(f"*e{n}" for n in range(5))
    with pytest.raises(CompileError, match="the stack of 'f' needs"):
        purebpf.compile(HEAD + f'SEC("syscall") int f(void *ctx) {{ {calls} return {total}; }}')

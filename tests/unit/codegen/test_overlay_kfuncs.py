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


@pytest.mark.parametrize(("function", "zero"), [
    ("static __attribute__((noinline)) void g(long *p) { *p += 1; }", True),
    ("static __attribute__((noinline)) void g(long p) { counter += p; }", False),
])  # fmt: skip
def test_no_address_of_the_stack_is_left_in_r0(function: str, zero: bool) -> None:
    """The kernel's verifier refuses it, "cannot return stack pointer to the caller", of void functions, too."""
    argument = "&v" if "*" in function else "v"
    obj = purebpf.compile(f'{HEAD}long counter; {function} SEC("syscall") int f(void *ctx) {{ long v = counter; g({argument}); '
                          f"g({argument}); return v; }}")  # fmt: skip
    code = obj.functions["g"].insns
    assert ((code[-2].op, code[-2].dst, code[-2].imm) == (0xB7, 0, 0)) is zero

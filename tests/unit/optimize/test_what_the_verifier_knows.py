"""Bounds that the kernel's verifier has found stay with the values that are used: finds in public programs."""

from __future__ import annotations

import re

from purebpf.compiler.api import compile
from purebpf.compiler.object.disassemble import disassemble


def code(text: str, name: str = "f") -> str:
    """A function's instructions, as text."""
    return "\n".join(disassemble(compile(text).functions[name].insns))


def test_a_comparison_of_a_sign_extended_number_is_one_of_the_number() -> None:
    """`n > sizeof(array)`: the bound is wanted of the n that is passed on."""
    assert re.search(r"if w\d > 0x20", code("int g(int); int f(int n) { if (n > 32ul) return 0; return g(n); }"))


def test_an_index_that_is_not_negative_is_not_extended() -> None:
    text = code("int a[5]; int *next(void); int f(void) { int i = *next(); if (i >= 0 && i < 5ul) a[i] = 0; return 0; }")
    assert "s>>=" not in text


def test_a_product_is_not_computed_again_in_32_bits() -> None:
    text = "unsigned char v[64]; int f(unsigned x) { unsigned long a = x * 0x9fd809fdul; return a < 64 ? v[(unsigned)a] : 0; }"
    assert code(text).count("*= ") == 1


def test_what_the_kernel_passes_to_a_callback_is_cut_to_its_width() -> None:
    text = """static long (*loop)(unsigned, void *, void *, unsigned long) = (void *)181;
    int a[5]; static int callback(unsigned i, void *x) { if (i < 5) return a[i]; return 0; }
    int f(void) { return loop(5, callback, 0, 0); }"""
    assert re.search(r"w\d = w1", code(text, "callback"))


def test_loops_that_index_the_context_are_unrolled() -> None:
    text = code("""struct ctx { unsigned a, b[4], c; };
    __attribute__((section("cgroup/bind6"))) int f(struct ctx *ctx) {
        for (int i = 0; i < 4; i++) if (ctx->b[i] == 7) return 1;
        return 0;
    }""")
    assert all(f"r1 + {offset:#x}" in text for offset in (4, 8, 12, 16))


def test_fields_of_sockets_are_read_one_by_one() -> None:
    text = code("""struct bpf_sock { unsigned a, b, c, d; } kept;
    static struct bpf_sock *(*full)(void *) = (void *)95;
    __attribute__((section("cgroup_skb/egress"))) int f(void *ctx) {
        struct bpf_sock *sk = full(ctx);
        if (!sk) return 0;
        kept.a = sk->a; kept.b = sk->b; kept.c = sk->c; kept.d = sk->d;
        return 1;
    }""")
    assert "(u64 *)(r0" not in text

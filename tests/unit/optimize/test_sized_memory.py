"""Copies and fills whose size inlining makes a number."""

from __future__ import annotations

import pytest

import purebpf
from purebpf.compiler.diagnostics import CompileError
from purebpf.runtime.vm import Machine

SOURCE = """
#define SEC(n) __attribute__((section(n), used))
static __attribute__((always_inline)) void put(void *to, const void *from, int size)
{
    switch (size) {
    case 1: *(char *)to = *(const char *)from; break;
    default: __builtin_memcpy(to, from, size);
    }
}
static __attribute__((always_inline)) void fill(char *to, unsigned size)
{
    __builtin_memset(to, 7, size);
    __builtin_memmove(to, to + 1, size - 1);
}
SEC("xdp") int f(void *ctx)
{
    char a[12], b[12] = {};
    b[3] = 1;
    fill(b + 4, 8);
    put(a, b, sizeof(a));
    put(a, "", 0);
    return a[3] + a[11] * 2 + a[4] * 3;
}
"""


def test_a_size_that_inlining_makes_constant_is_taken() -> None:
    assert Machine(purebpf.compile(SOURCE)).run("f", packet=bytes(60)).retval == 1 + 7 * 2 + 7 * 3


def test_a_size_that_stays_unknown_is_refused() -> None:
    text = SOURCE.replace("put(a, b, sizeof(a))", "put(a, b, *(unsigned char *)ctx)")
    with pytest.raises(CompileError) as caught:
        purebpf.compile(text)
    assert "the size of this memcpy is not constant" in str(caught.value)

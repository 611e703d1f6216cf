"""Accesses far from the object on the stack that they start from: undefined in C, and an object is written all the same."""

from __future__ import annotations

import pytest

from purebpf.compiler.api import compile
from purebpf.compiler.object.write import write_object


@pytest.mark.parametrize("index", [-9000, -8192, -8000, 8000, 8191, 8192, 20000, 0x80000000])
@pytest.mark.parametrize("access", ["return a[{}];", "a[{}] = i; return 0;", "int *p = a + {}; a[i & 3] = 1; return *p;"])
def test_the_offset_of_an_access_stays_in_16_bits(index: int, access: str) -> None:
    obj = compile(f"int f(int i) {{ volatile int a[4] = {{0}}; {access.format(index).replace('int *', 'volatile int *')} }}")
    write_object(obj)
    assert all(-0x8000 <= insn.off <= 0x7FFF for insn in obj.functions["f"].insns)

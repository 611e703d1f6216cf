"""What is called once is inlined unless it is huge: jumps of 16 bits have to reach over what it becomes part of."""

from __future__ import annotations

import pytest

from purebpf.compiler.api import Options, compile
from purebpf.compiler.target import Target


@pytest.mark.parametrize(("statements", "functions"), [(100, ["prog"]), (9000, ["prog", "work"])])
def test_what_is_called_once_and_huge_stays_a_function(statements: int, functions: list[str]) -> None:
    text = f"""
    volatile int sink;
    static int work(int x) {{ {"sink = x;" * statements} return x; }}
    __attribute__((section("socket"))) int prog(int *ctx) {{ return *ctx ? work(*ctx) : 0; }}
    """
    assert sorted(compile(text, options=Options(target=Target(3))).functions) == functions

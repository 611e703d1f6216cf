"""Loads from constant data: folded as clang folds them, and kept where a loader or a linker may change the bytes."""

from __future__ import annotations

import pytest

from purebpf.compiler.api import Compilation, Options
from purebpf.compiler.ir.model import Constant, Load, Return

_PRELUDE = """
const int plain = 9; static const int fixed = 8; const int placed __attribute__((section(".rodata.x"))) = 7;
const int weak __attribute__((weak)) = 5; const volatile int setting = 4; int variable = 3;
extern const int elsewhere; const signed char small = -2; const unsigned char byte = 254; const long wide = -3;
static const struct { char c; short s[3]; struct { long l; } in; } record = { 1, { 2, -3 }, { 1L << 40 } };
static const int row[] = { 10, 20, 30 }; static const char text[] = "abc"; const int *const pointer = row;
"""


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("plain + fixed + placed", 24),
        ("small", -2),
        ("byte", 254),
        ("wide", -3),
        ("record.c + record.s[1]", -2),
        ("record.s[2]", 0),
        ("record.in.l", 1 << 40),
        ("row[2]", 30),
        ("*(row + 1)", 20),
        ("text[1]", ord("b")),
        ('"xyz"[2]', ord("z")),
        ("weak", None),
        ("setting", None),
        ("variable", None),
        ("elsewhere", None),
        ("row[n & 1]", None),
        ("pointer[1]", None),
    ],
)
def test_what_nobody_may_change_is_known(expression: str, value: int | None) -> None:
    module = Compilation(f"{_PRELUDE} long f(int n) {{ return {expression}; }}", "x.c", Options()).optimized()
    blocks = module.functions["f"].blocks
    loads = [i for b in blocks for i in b.instrs if isinstance(i, Load)]
    if value is None:
        assert loads
        return
    assert not loads
    last = blocks[-1].terminator
    assert isinstance(last, Return)
    [result] = last.operands
    assert isinstance(result, Constant)
    assert result.signed == value


def test_code_that_a_constant_turns_off_is_dropped() -> None:
    text = _PRELUDE + "int add(int); static const _Bool on = 0; int f(void) { if (on) return add(1); return 2; }"
    assert not Compilation(text, "x.c", Options()).object().functions["f"].references

"""The checker: each invariant has a function that breaks it, and the error stands below the line."""

from __future__ import annotations

import pytest

from purebpf.compiler.ir.check import IRError, check, check_module
from purebpf.compiler.ir.model import Jump, Return
from purebpf.compiler.ir.reader import read_function, read_module

WRONG = {
    "B1: the entry has predecessors": ".e from .e:\n jump .e",
    "B2: the predecessors are not": ".e:\n jump .a\n.a:\n return i32 0",
    "B2: the predecessors are not the blocks that jump here: e, e": ".e:\n branch 1, .a, .a\n.a from .e:\n return i32 0",
    "B3: no terminator": ".e:\n %5 = add i32 %1, 1",
    "V2: used before": ".e:\n %5 = add i32 %6, 1\n %6 = add i32 %1, 1\n return i32 0",
    "V2: the definition does not dominate":
        ".e:\n branch %1, .a, .b\n.a from .e:\n %5 = add i32 %1, 1\n jump .b\n.b from .e, .a:\n return %5",
    "V3: a phi behind": ".e:\n jump .a\n.a from .e:\n %5 = add i32 %1, 1\n %6 = phi i32 [.e: 0]\n return %6",
    "V3: a phi i32 of i64": ".e:\n jump .a\n.a from .e:\n %6 = phi i32 [.e: i64 0]\n return %6",
    "T1: add ptr of ptr, ptr": ".e:\n %5 = add ptr %0, %0\n return i32 0",
    "T1: add i32 of i32, i64": ".e:\n %5 = add i32 %1, %2\n return i32 0",
    "T1: ptradd of ptr, i32": ".e:\n %5 = ptradd %0, %1\n return i32 0",
    "T2: zext from i64": ".e:\n %5 = zext %2\n return i32 0",
    "T2: trunc from ptr": ".e:\n %5 = trunc %0\n return i32 0",
    "T3: ult of ptr, i64": ".e:\n %5 = ult ptr %0, %2\n return i32 0",
    "T3: a branch on i64": ".e:\n branch %2, .a, .a\n.a from .e, .e:\n return i32 0",
    "T4: returns i64": ".e:\n return %2",
    "T4: returns nothing": ".e:\n return",
    "M1: the address is not": ".e:\n %5 = load.4 i32 [%2 + 0]\n return %5",
    "M1: load of 4 bytes as i64": ".e:\n %5 = load.4 i64 [%0 + 0]\n return i32 0",
    "M1: store of 8 bytes from i32": ".e:\n store.8 [%0 + 0], %1\n return i32 0",
    "M1: store of 4 bytes from ptr": ".e:\n store.4 [%0 + 0], %0\n return i32 0",
    "M2: xchg always": ".e:\n atomic.8 xchg [%0 + 0], 1\n return i32 0",
    "M2: atomic add of 4 bytes with ptr, i64": ".e:\n atomic.4 add [%0 + 0], %2\n return i32 0",
    "M3: memset of ptr, i64": ".e:\n memset %0, %2, size 4, align 1\n return i32 0",
    "M3: size 4, alignment 3": ".e:\n memset %0, %1, size 4, align 3\n return i32 0",
    "M4: an alloca outside": ".e:\n jump .a\n.a from .e:\n %5 = alloca 4, align 4, \"x\"\n return i32 0",
    "C1: 6 operands": ".e:\n call none helper 1 @h(%0, %0, %0, %0, %0, %0)\n return i32 0",
    "C1: no kind of call": ".e:\n call none strange @h()\n return i32 0",
    "C2: inputs tied": ".e:\n asm none \"\" in \"0\" i32 1\n return i32 0",
    "C3: there is": ".e:\n %5 = asm i32 \"\" out \"r\"\n %6 = output i32 1 %5\n return i32 0",
    "C2: a result without": ".e:\n %5 = asm i32 \"\"\n return i32 0",
}  # fmt: skip


@pytest.mark.parametrize("message", WRONG)
def test_a_broken_invariant_is_named_below_its_line(message: str) -> None:
    function = read_function(f'function @f(ptr %0 "p", i32 %1 "a", i64 %2 "b") -> i32 {{\n{WRONG[message]}\n}}')
    with pytest.raises(IRError) as caught:
        check(function)
    assert any(line.strip().startswith("^ " + message) for line in str(caught.value).splitlines()), str(caught.value)


def test_what_only_code_can_build_is_refused_too() -> None:
    function = read_function("function @f() -> none {\n.e:\n  return\n}")
    function.blocks[0].instrs.append(Return())
    with pytest.raises(IRError, match="B3: a terminator inside a block"):
        check(function)
    function = read_function("function @f() -> none {\n.e:\n  return\n}")
    other = read_function("function @g() -> none {\n.x:\n  return\n}")
    function.blocks[0].terminator = Jump(other.blocks[0])
    function.blocks[0].terminator.block = function.blocks[0]
    with pytest.raises(IRError, match="B4: the target x is not in the function"):
        check(function)


def test_unreachable_blocks_may_use_anything_but_keep_types() -> None:
    check(read_function("function @f(i32 %0 \"\") -> i32 {\n.e:\n  return %0\n.dead:\n  %1 = add i32 %2, 1\n"
                        "  jump .d2\n.d2 from .dead:\n  %2 = add i32 %1, 1\n  return %2\n}"))  # fmt: skip


def test_calls_are_compared_with_the_function_they_call() -> None:
    text = 'function @g(i32 %0 "x") -> i32 {\n.e:\n  return %0\n}\n'
    text += "function @f() -> i32 {\n.e:\n  %0 = call i32 function @g(XX)\n"
    check_module(read_module(text.replace("XX", "i32 1") + "  return %0\n}"))
    with pytest.raises(IRError, match="C1: g takes i32"):
        check_module(read_module(text.replace("XX", "i64 1") + "  return %0\n}"))

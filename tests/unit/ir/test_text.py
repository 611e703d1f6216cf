"""The text of IR: what the printer prints, the reader reads, and nothing is lost on the way."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ir_functions import make_function, outcome

from purebpf.compiler.ir.check import IRError, check
from purebpf.compiler.ir.printer import print_function, print_module
from purebpf.compiler.ir.reader import read_function, read_module
from purebpf.compiler.source import SourceMap, Span

EVERYTHING = '''\
function @"drop all"(ptr %0 "ctx", i32 %1 "") -> i32 section "xdp" linkage static inline always noreturn {
.entry:
  %2 = alloca 16, align 8, "key"
  %3 = load.4 volatile i32 [%0 + 4]
  %4 = zext %3
  %5 = inttoptr %4
  %6 = ptradd %5, 14
  %7 = ugt ptr %6, 0
  branch %7, .a, .loop unlikely
.loop from .entry, .loop unroll 4:
  %8 = phi i64 [.entry: 0x123456789, .loop: %9] "i"
  %9 = add i64 %8, -1
  %10 = sext8 i32 %1
  %11 = atomic.8 fetch cmpxchg [%6 - 8], 1, %9
  atomic.4 add [%6 + 8], %10
  store.4 [%2 + 0], 7
  store.8 volatile [%2 + 0], ptr 0
  memmove %2, %0, size 3, align 1
  memset %2, 0, size 16, align 8
  %12 = call i64 helper 1 @bpf_map_lookup_elem(%2, i32 5)
  call none function @.strange$name()
  %13 = asm i32 "r0 = 1;\\n" out "r", "&w" in "r" %12, "0" i64 5 clobbers "memory", "r1" volatile
  %14 = output i64 1 %13
  asm none "nop" volatile
  %15 = symbol data @.rodata.str1.1 + 8
  %16 = ne i64 %9, 0
  branch %16, .loop, .a
.a from .entry, .loop:
  return i32 undef
."the end":
  asmgoto "may_goto %{l0}" in "r" i64 1 clobbers "r1" to .out, .out
.out from ."the end", ."the end":
  unreachable
}

function @bare() -> none naked {
.entry:
  asm none "exit" volatile
  unreachable
}
'''


def test_every_kind_of_instruction_comes_back_as_it_was() -> None:
    assert print_module(read_module(EVERYTHING)) == EVERYTHING


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1 << 32), st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1))
def test_a_function_and_its_reading_are_the_same_program(seed: int, a: int, b: int) -> None:
    function = make_function(random.Random(seed))
    check(function)
    text = print_function(function)
    again = read_function(text)
    check(again)
    assert print_function(again) == text
    assert outcome(again, a, b) == outcome(function, a, b)


def test_blocks_with_one_name_are_told_apart() -> None:
    text = "function @f() -> none {\n.x:\n  jump .x.2\n.x.2 from .x:\n  return\n}\n"
    function = read_function(text)
    function.blocks[1].name = "x"
    assert print_function(function) == text


def test_a_line_shows_its_place_in_c() -> None:
    sources = SourceMap()
    sources.add_file("x.c", "int f(void)\n{\n\treturn 1;\n}\n")
    function = read_function("function @f() -> i32 {\n.entry:\n  return i32 1\n}\n")
    assert function.blocks[0].terminator
    function.blocks[0].terminator.span = Span.at(15)
    assert print_function(function, sources).splitlines()[2].split() == ["return", "i32", "1", ";", "3:2"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("  return %5", "line 3: %5 is not defined"),
        ("  jump .nowhere", "line 3: no block .nowhere"),
        ("  %1 = frob i32 1, 2", "line 3: cannot be read as IR"),
        ("  return\n  return", "line 4: an instruction after the end"),
        ("  %1 = alloca 4, align 4, \"x\"\n  %1 = alloca 4, align 4, \"y\"\n  return", "line 4: %1 is defined twice"),
        ("  %1 = phi i32 [.e: 1]\n  return", "line 3: the phi's blocks are not"),
        ("  call none helper 1 @f(5)\n  return", "line 3: the type of a number is missing"),
    ],
)  # fmt: skip
def test_a_reading_error_names_the_line(body: str, message: str) -> None:
    with pytest.raises(IRError, match=message):
        read_function(f"function @f() -> none {{\n.e:\n{body}\n}}\n")

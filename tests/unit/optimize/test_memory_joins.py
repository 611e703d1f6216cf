"""gvn at joins: values that memory has got on each way in, values that one way only gives, tests of differences."""

from __future__ import annotations

from ir_passes import before_and_after

from purebpf.compiler.optimize.gvn import gvn


def test_what_each_way_in_has_stored_is_a_phi() -> None:
    after = before_and_after(gvn, """
    function @f(ptr %0 "p", i32 %1 "x") -> i32 {
    .entry:
      branch %1, .a, .b
    .a from .entry:
      store.1 [%0 + 4], 2
      jump .c
    .b from .entry:
      store.1 [%0 + 4], 10
      jump .c
    .c from .a, .b:
      jump .d
    .d from .c:
      %2 = load.1 i32 [%0 + 4]
      %3 = eq i32 %2, 2
      return %3
    }""")
    assert "load" not in after
    assert "phi i32 [.a: 2, .b: 10]" in after


def test_what_one_way_in_may_have_changed_is_loaded() -> None:
    after = before_and_after(gvn, """
    function @f(ptr %0 "p", ptr %1 "q", i32 %2 "x") -> i32 {
    .entry:
      branch %2, .a, .b
    .a from .entry:
      store.1 [%0 + 4], 2
      store.1 [%1 + 0], 7
      jump .c
    .b from .entry:
      store.1 [%0 + 4], 10
      jump .c
    .c from .a, .b:
      %3 = load.1 i32 [%0 + 4]
      return %3
    }""")
    assert "load" in after


def test_an_undefined_way_in_gives_what_the_other_gives() -> None:
    text = """
    function @f(ptr %0 "p", i64 %1 "x") -> i64 {{
    .entry:
      {before}
      %4 = ult i64 %1, 5
      branch %4, .a, .b
    .a from .entry:
      {inside}
      jump .b
    .b from .entry, .a:
      %5 = phi i64 [.entry: undef, .a: %3]
      return %5
    }}"""
    load = "%3 = load.8 i64 [%0 + 0]"
    assert "phi" not in before_and_after(gvn, text.format(before=load, inside=""))
    assert "phi" in before_and_after(gvn, text.format(before="", inside=load))


def test_a_test_of_a_difference_is_one_of_what_is_subtracted() -> None:
    text = """
    function @f(i32 %0 "x") -> i32 {{
    .entry:
      %1 = ugt i32 %0, {most}
      branch %1, .none, .some
    .none from .entry:
      return i32 0
    .some from .entry:
      %2 = sub i32 2046, %0
      %3 = and i32 %2, 65535
      %4 = ult i32 %3, 76
      return %4
    }}"""
    assert "ugt i32 %0, 1970" in before_and_after(gvn, text.format(most=2046))
    assert "ult i32 %3, 76" in before_and_after(gvn, text.format(most=2047))

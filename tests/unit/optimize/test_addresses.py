"""What is known of addresses: which are never null, and which accesses cannot meet."""

from __future__ import annotations

import pytest
from ir_passes import before_and_after

from purebpf.compiler.api import compile
from purebpf.compiler.object import isa
from purebpf.compiler.object.model import Object
from purebpf.compiler.optimize.simplify import simplify

HEAD = """
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct value { __u8 many, of[6]; __u32 numbers[6]; void *pointer; };
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, struct value); }
    one SEC(".maps"), two SEC(".maps");
"""


def count(obj: Object, *kinds: int) -> int:
    """How many loads (isa.LDX), jumps (isa.JMP, ...) the program has."""
    return sum(insn.op & 7 in kinds for insn in obj.functions["f"].insns)


@pytest.mark.parametrize(("attribute", "jumps"), [("", 1), ("__weak", 2)])  # the exit, and a test
def test_only_the_address_of_a_weak_symbol_may_be_null(attribute: str, jumps: int) -> None:
    for declaration in ("extern const void symbol", "extern int symbol(void)"):
        text = f"{HEAD} {declaration} __ksym {attribute}; SEC(\"socket\") long f(void *ctx) {{ return &symbol == 0; }}"
        assert count(compile(text), isa.JMP, isa.JMP32) == jumps


def test_an_index_that_is_not_negative_reaches_nothing_before_its_array() -> None:
    text = HEAD + """
    SEC("socket") int f(void *ctx)
    {
        __u32 key = 0;
        struct value *v = bpf_map_lookup_elem(&one, &key);
        if (!v || v->many >= 6)
            return 0;
        v->numbers[v->many] = 1;
        v->of[v->many] = 2;
        return 0;
    }"""
    assert count(compile(text), isa.LDX) == 1


@pytest.mark.parametrize(("other", "loads"), [("two", 0), ("one", 1)])
def test_values_of_two_maps_do_not_meet(other: str, loads: int) -> None:
    text = HEAD + """
    SEC("socket") int f(void *ctx)
    {
        __u32 key = 0;
        struct value *a = bpf_map_lookup_elem(&one, &key), *b = bpf_map_lookup_elem(&OTHER, &key);
        if (!a || !b)
            return 0;
        a->pointer = ctx;
        b->pointer = 0;
        return a->pointer == ctx;
    }""".replace("OTHER", other)
    assert count(compile(text), isa.LDX) == loads


def test_a_short_step_of_a_pointer_is_extended_at_once() -> None:
    """The verifier loses the bounds of what is extended twice, and refuses the sum with a pointer to the context."""
    after = before_and_after(simplify, """
    function @f(ptr %0 "steps") -> i64 {
    .entry:
      %1 = load.2 i32 [%0 + 0]
      %2 = sext16 i32 %1
      %3 = sext %2
      return %3
    }""")
    assert "sext16" in after
    assert "sext %" not in after

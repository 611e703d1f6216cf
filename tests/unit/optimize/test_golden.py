"""IR before and after the optimizer, where C, BPF or the kernel's verifier say what must and must not happen.

Each expectation is a reading of facts/code-generation.md's rules or of the C standard, not of what the passes do.
"""

from __future__ import annotations

import re
import textwrap

import pytest

from purebpf.compiler.ir.check import check_module
from purebpf.compiler.ir.model import Module
from purebpf.compiler.ir.printer import print_module
from purebpf.compiler.ir.reader import read_module
from purebpf.compiler.optimize.passes import optimize
from purebpf.compiler.target import Target

XDP = """
function @f(ptr %0 "ctx") -> i32 section "xdp" {
.entry:
  %1 = load.4 i32 [%0 + 0]
  %2 = zext %1
  %3 = inttoptr %2
  %4 = load.4 i32 [%0 + 4]
  %5 = zext %4
  %6 = inttoptr %5
"""


def optimized(text: str) -> str:
    """The module's text after all passes."""
    module: Module = read_module(textwrap.dedent(text))
    check_module(module)
    optimize(module, Target(), checked=True)
    return print_module(module).strip()


def instrs(text: str) -> list[str]:
    """The operations in the optimized text, values left out."""
    lines = [re.sub(r"^%\d+ = ", "", line.strip()) for line in optimized(text).splitlines()]
    return [line for line in lines if line and not line.startswith(("function", ".", "}"))]


def test_a_bounds_check_stays_even_if_a_longer_one_was_passed() -> None:
    # the verifier would know, but only ranges of ours say so
    found = instrs(XDP + """
      %7 = ptradd %3, 40
      %8 = ugt ptr %7, %6
      branch %8, .out, .long
    .long from .entry:
      %9 = ptradd %3, 14
      %10 = ugt ptr %9, %6
      branch %10, .out, .good
    .good from .long:
      %11 = load.1 i32 [%3 + 13]
      return %11
    .out from .entry, .long:
      return i32 0
    }""")
    assert sum(line.startswith("ugt ptr") for line in found) == 2


def test_the_same_check_of_the_same_values_is_made_once() -> None:
    found = instrs(XDP + """
      %7 = ptradd %3, 14
      %8 = ugt ptr %7, %6
      branch %8, .out, .first
    .first from .entry:
      %9 = load.1 i32 [%3 + 0]
      %10 = ptradd %3, 14
      %11 = ugt ptr %10, %6
      branch %11, .out, .second
    .second from .first:
      %12 = load.1 i32 [%3 + 1]
      %13 = add i32 %9, %12
      return %13
    .out from .entry, .first:
      return i32 0
    }""")
    assert sum(line.startswith("ugt ptr") for line in found) == 1


def test_a_pointer_with_a_variable_offset_is_one_value_for_check_and_access() -> None:
    text = optimized(XDP + """
      %7 = load.4 i32 [%0 + 16]
      %8 = and i32 %7, 63
      %9 = zext %8
      %10 = ptradd %3, %9
      %11 = ptradd %10, 4
      %12 = ugt ptr %11, %6
      branch %12, .out, .good
    .good from .entry:
      %13 = ptradd %3, %9
      %14 = load.4 i32 [%13 + 0]
      return %14
    .out from .entry:
      return i32 0
    }""")
    assert len(re.findall(r"ptradd %\d+, %\d+", text)) == 1
    pointer = re.search(r"(%\d+) = ptradd %\d+, %\d+", text)
    assert pointer
    assert f"load.4 i32 [{pointer[1]} + 0]" in text


def test_packet_pointers_are_loaded_again_after_the_packet_changed() -> None:
    found = instrs(XDP + """
      %7 = ptradd %3, 14
      %8 = ugt ptr %7, %6
      branch %8, .out, .good
    .good from .entry:
      %9 = call i64 helper 44 @bpf_xdp_adjust_head(%0, i32 14)
      %10 = load.4 i32 [%0 + 0]
      %11 = zext %10
      %12 = inttoptr %11
      %13 = load.4 i32 [%0 + 4]
      %14 = zext %13
      %15 = inttoptr %14
      %16 = ptradd %12, 14
      %17 = ugt ptr %16, %15
      branch %17, .out, .again
    .again from .good:
      %18 = load.1 i32 [%12 + 0]
      return %18
    .out from .entry, .good:
      return i32 0
    }""")
    assert sum(line.startswith("load.4") for line in found) == 4
    assert sum(line.startswith("ugt ptr") for line in found) == 2


def test_context_fields_are_not_loaded_again_after_a_lookup() -> None:
    found = instrs("""
    function @f(ptr %0 "ctx") -> i32 section "xdp" {
    .entry:
      %1 = alloca 4, align 4, "key"
      store.4 [%1 + 0], 1
      %2 = load.4 i32 [%0 + 16]
      %3 = symbol map @m
      %4 = call ptr helper 1 @bpf_map_lookup_elem(%3, %1)
      %5 = load.4 i32 [%0 + 16]
      %6 = load.4 i32 [%1 + 0]
      %7 = add i32 %2, %5
      %8 = add i32 %7, %6
      return %8
    }""")
    assert found.count("load.4 i32 [%0 + 16]") == 1
    assert not any("load.4" in line and "%1" in line for line in found), "a lookup only reads its key"


def test_what_a_helper_writes_is_loaded_again() -> None:
    found = instrs("""
    function @f(ptr %0 "ctx") -> i32 section "tp" {
    .entry:
      %1 = alloca 16, align 4, "comm"
      store.4 [%1 + 0], 1
      %2 = call i64 helper 16 @bpf_get_current_comm(%1, i32 16)
      %3 = load.4 i32 [%1 + 0]
      return %3
    }""")
    assert sum(line.startswith("load.4") for line in found) == 1


def test_values_of_maps_are_loaded_again_after_an_update_and_a_lock() -> None:
    for call in ("2 @bpf_map_update_elem(%1, %2, %2, i64 0)", "93 @bpf_spin_lock(%2)"):
        found = instrs(f"""
        function @f(ptr %0 "ctx") -> i64 section "tc" {{
        .entry:
          %1 = symbol map @m
          %2 = call ptr helper 1 @bpf_map_lookup_elem(%1, %0)
          %3 = load.8 i64 [%2 + 8]
          %4 = call i64 helper {call}
          %5 = load.8 i64 [%2 + 8]
          %6 = add i64 %3, %5
          return %6
        }}""")
        assert sum(line.startswith("load.8") for line in found) == 2, call


def test_volatile_accesses_stay_and_stay_in_order() -> None:
    found = instrs("""
    function @f(ptr %0 "p") -> i32 {
    .entry:
      %1 = alloca 4, align 4, "v"
      store.4 volatile [%1 + 0], 1
      store.4 volatile [%1 + 0], 1
      %2 = load.4 volatile i32 [%1 + 0]
      %3 = load.4 volatile i32 [%0 + 0]
      %4 = load.4 volatile i32 [%0 + 0]
      return i32 0
    }""")
    assert [line.split()[0] for line in found] == ["alloca", "store.4", "store.4", "load.4", "load.4", "load.4", "return"]


def test_a_barrier_keeps_its_value_from_being_seen_through() -> None:
    found = instrs("""
    function @f(i64 %0 "x") -> i64 {
    .entry:
      %1 = and i64 %0, 15
      %2 = asm i64 "" out "r" in "0" %1 volatile
      %3 = and i64 %2, 15
      return %3
    }""")
    assert found.count("and i64 %0, 15") == 1
    assert len([line for line in found if line.startswith("and")]) == 2


def test_a_mask_is_dropped_only_if_the_verifier_knows_what_it_says() -> None:
    known = "%1 = load.1 i32 [%0 + 0]\n  %2 = and i32 %1, 255"
    unknown = "%5 = load.4 i32 [%0 + 0]\n  %1 = umod i32 %5, 10\n  %2 = and i32 %1, 15"
    swapped = "%5 = load.2 i32 [%0 + 0]\n  %1 = bswap16 i32 %5\n  %2 = and i32 %1, 0xffff"
    for code, masks in ((known, 0), (unknown, 1), (swapped, 1)):
        found = instrs(f'function @f(ptr %0 "p") -> i32 {{\n.entry:\n  {code}\n  return %2\n}}')
        assert sum(line.startswith("and") for line in found) == masks, code


def test_modulo_a_power_of_two_is_a_mask_and_no_mask_becomes_a_modulo() -> None:
    assert "and i32 %0, 15" in instrs('function @f(i32 %0 "x") -> i32 {\n.e:\n  %1 = umod i32 %0, 16\n  return %1\n}')
    assert "and i32 %0, 15" in instrs('function @f(i32 %0 "x") -> i32 {\n.e:\n  %1 = and i32 %0, 15\n  return %1\n}')


def test_the_length_of_the_packet_is_a_difference_in_64_bits() -> None:
    # u32 length = data_end - data: a 32-bit subtraction of packet pointers is refused
    found = instrs(XDP + """
      %7 = ptrtoint %6
      %8 = ptrtoint %3
      %9 = sub i64 %7, %8
      %10 = trunc %9
      return %10
    }""")
    assert any(line.startswith("sub i64") for line in found)
    assert not any(line.startswith("sub i32") for line in found)


def test_an_index_keeps_the_bounds_of_the_value_that_was_compared() -> None:
    # i + 1 == 4 with i + 1 used as an index: comparing i instead would leave the index unbounded
    found = instrs("""
    function @f(ptr %0 "p", i32 %1 "i") -> i32 {
    .entry:
      %2 = add i32 %1, 1
      %3 = eq i32 %2, 4
      branch %3, .good, .out
    .good from .entry:
      %4 = zext %2
      %5 = ptradd %0, %4
      %6 = load.1 i32 [%5 + 0]
      return %6
    .out from .entry:
      return i32 0
    }""")
    assert "eq i32 %2, 4" in found


def test_stores_to_the_context_keep_their_width() -> None:
    found = instrs("""
    function @f(ptr %0 "ctx") -> i32 section "tc" {
    .entry:
      store.4 [%0 + 48], 0
      store.4 [%0 + 52], 0
      return i32 0
    }""")
    assert sum(line.startswith("store.4") for line in found) == 2


@pytest.mark.parametrize(("align", "widths"), [(8, [8]), (4, [4, 4]), (1, [1] * 8)])
def test_unknown_memory_is_copied_as_its_alignment_allows(align: int, widths: list[int]) -> None:
    found = instrs(f"""
    function @f(ptr %0 "to", ptr %1 "from") -> i32 {{
    .entry:
      memcopy %0, %1, size 8, align {align}
      return i32 0
    }}""")
    assert [int(line[6]) for line in found if line.startswith("store")] == widths


def test_a_stack_access_is_aligned_and_a_packet_access_need_not_be() -> None:
    found = instrs(XDP + """
      %7 = alloca 24, align 1, "buffer"
      %8 = ptradd %3, 21
      %9 = ugt ptr %8, %6
      branch %9, .out, .good
    .good from .entry:
      %10 = ptradd %7, 2
      %11 = ptradd %3, 1
      memcopy %10, %11, size 8, align 1
      %12 = call i64 helper 9001 @use(%7)
      return i32 1
    .out from .entry:
      return i32 0
    }""")
    stores = [(int(m[1]), int(m[2])) for line in found if (m := re.match(r"store\.(\d) \[%\d+ \+ (\d+)\]", line))]
    assert stores == [(2, 2), (4, 4), (2, 8)]


def test_always_inline_is_inlined_noinline_and_weak_are_not() -> None:
    text = """
    function @g(i32 %0 "x") -> i32 linkage LINKAGE inline INLINE {
    .e:
      %1 = add i32 %0, 1
      return %1
    }
    function @f(i32 %0 "x") -> i32 {
    .e:
      %1 = call i32 function @g(%0)
      %2 = call i32 function @g(%1)
      return %2
    }"""
    for linkage, inline, calls, stays in (
        ("static", "always", 0, False), ("static", "hint", 0, False), ("static", "never", 2, True),
        ("global", "hint", 0, True), ("global", "never", 2, True), ("weak", "hint", 2, True),
    ):  # fmt: skip
        found = optimized(text.replace("LINKAGE", linkage).replace("INLINE", inline))
        assert found.count("call") == calls, (linkage, inline)
        assert ("function @g(i32" in found) == stays, (linkage, inline)


def test_a_callback_stays_and_an_unused_static_function_goes() -> None:
    found = optimized("""
    function @callback(i32 %0 "i", ptr %1 "ctx") -> i64 linkage static {
    .e:
      return i64 0
    }
    function @unused() -> i32 linkage static {
    .e:
      return i32 0
    }
    function @f(ptr %0 "ctx") -> i64 section "tc" {
    .e:
      %1 = alloca 8, align 8, "state"
      store.8 [%1 + 0], 5
      %2 = symbol function @callback
      %3 = call i64 helper 181 @bpf_loop(i32 10, %2, %1, i64 0)
      %4 = load.8 i64 [%1 + 0]
      return %4
    }""")
    assert "function @callback(" in found
    assert "@unused" not in found
    assert "load.8" in found, "the callback may have changed what it was passed"


def test_a_loop_without_pragma_stays_a_loop_with_a_scalar_counter() -> None:
    found = optimized("""
    function @f(ptr %0 "p") -> i32 {
    .entry:
      jump .head
    .head from .entry, .body:
      %1 = phi i32 [.entry: 0, .body: %2]
      %2 = add i32 %1, 1
      %3 = ult i32 %1, 4
      branch %3, .body, .end
    .body from .head:
      %4 = zext %1
      %5 = ptradd %0, %4
      store.1 [%5 + 0], 0
      jump .head
    .end from .head:
      return i32 0
    }""")
    assert "phi i32" in found
    assert "phi ptr" not in found
    assert "ult i32" in found


def test_an_unrolled_loop_over_an_array_leaves_no_array() -> None:
    found = optimized("""
    function @f(i32 %0 "a", i32 %1 "b") -> i32 {
    .entry:
      %2 = alloca 8, align 4, "pair"
      store.4 [%2 + 0], %0
      store.4 [%2 + 4], %1
      jump .head
    .head from .entry, .body unroll 0:
      %3 = phi i32 [.entry: 0, .body: %9]
      %4 = phi i32 [.entry: 0, .body: %8]
      %5 = slt i32 %3, 2
      branch %5, .body, .end
    .body from .head:
      %6 = sext %3
      %10 = shl i64 %6, 2
      %11 = ptradd %2, %10
      %7 = load.4 i32 [%11 + 0]
      %8 = add i32 %4, %7
      %9 = add i32 %3, 1
      jump .head
    .end from .head:
      return %4
    }""")
    assert found == textwrap.dedent("""\
    function @f(i32 %0 "a", i32 %1 "b") -> i32 {
    .entry:
      %2 = add i32 %0, %1
      return %2
    }""")


def test_zero_initialised_stores_that_are_overwritten_go_across_a_call() -> None:
    found = instrs("""
    function @f(ptr %0 "ctx") -> i64 section "tp" {
    .entry:
      %1 = alloca 16, align 8, "event"
      memset %1, 0, size 16, align 8
      %2 = call i64 helper 14 @bpf_get_current_pid_tgid()
      store.8 [%1 + 0], %2
      %3 = call i64 helper 5 @bpf_ktime_get_ns()
      store.8 [%1 + 8], %3
      %4 = symbol map @m
      %5 = call i64 helper 130 @bpf_ringbuf_output(%4, %1, i64 16, i64 0)
      return %5
    }""")
    assert sum(line.startswith("store") for line in found) == 2


def test_padding_that_a_helper_reads_is_still_zeroed() -> None:
    found = instrs("""
    function @f(i32 %0 "a", i32 %1 "b") -> i64 section "tp" {
    .entry:
      %2 = alloca 8, align 4, "key"
      memset %2, 0, size 8, align 4
      store.1 [%2 + 0], %0
      store.4 [%2 + 4], %1
      %3 = symbol map @m
      %4 = call i64 helper 3 @bpf_map_delete_elem(%3, %2)
      return %4
    }""")
    assert any(line.startswith(("store.8 [%2 + 0], 0", "store.4 [%2 + 0], 0")) for line in found)


def test_a_division_behind_a_test_for_negative_values_is_unsigned() -> None:
    text = """
    function @f(i64 %0 "d") -> i64 {
    .entry:
      %1 = slt i64 %0, 0
      branch %1, .out, .good
    .good from .entry:
      %2 = sdiv i64 %0, 1000
      return %2
    .out from .entry:
      %3 = sdiv i64 %0, 1000
      return %3
    }"""
    assert sorted(line for line in instrs(text) if "div" in line) == ["sdiv i64 %0, 1000", "udiv i64 %0, 1000"]


def test_objects_of_functions_inlined_one_after_the_other_share_their_bytes() -> None:
    found = instrs("""
    function @g(i64 %0 "x") -> i64 linkage static inline always {
    .e:
      %1 = alloca 256, align 8, "buffer"
      memset %1, 0, size 32, align 8
      store.8 [%1 + 0], %0
      %2 = call i64 helper 9001 @use(%1)
      return %2
    }
    function @f(i64 %0 "x") -> i64 {
    .e:
      %1 = call i64 function @g(%0)
      %2 = call i64 function @g(%1)
      %3 = call i64 function @g(%2)
      return %3
    }""")
    assert sum(line.startswith("alloca") for line in found) == 1


def test_objects_that_are_in_use_together_do_not_share() -> None:
    found = instrs("""
    function @f(i64 %0 "x") -> i64 {
    .e:
      %1 = alloca 8, align 8, "a"
      %2 = alloca 8, align 8, "b"
      store.8 [%1 + 0], %0
      store.8 [%2 + 0], 7
      %3 = call i64 helper 9001 @use(%2)
      %4 = call i64 helper 9001 @use(%1)
      return %4
    }""")
    assert sum(line.startswith("alloca") for line in found) == 2


def test_pointers_of_different_kinds_are_not_merged_at_one_access() -> None:
    # equal code on a map value and on the packet: one load behind a phi would see two kinds of pointer
    found = instrs(XDP + """
      %7 = symbol map @m
      %8 = load.4 i32 [%0 + 16]
      %9 = ptradd %3, 40
      %10 = ugt ptr %9, %6
      branch %10, .value, .packet
    .value from .entry:
      %11 = call ptr helper 1 @bpf_map_lookup_elem(%7, %0)
      %12 = ne ptr %11, 0
      branch %12, .one, .out
    .one from .value:
      store.8 [%11 + 0], 1
      store.8 [%11 + 16], 2
      store.8 [%11 + 32], 3
      return i32 1
    .packet from .entry:
      store.8 [%3 + 0], 1
      store.8 [%3 + 16], 2
      store.8 [%3 + 32], 3
      return i32 1
    .out from .value:
      return i32 0
    }""")
    assert sum(line.startswith("store") for line in found) == 6
    assert not any("phi ptr" in line for line in found)

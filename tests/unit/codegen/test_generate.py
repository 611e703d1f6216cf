"""Code generation, seen in the instructions it makes (what they do is tested in the kernel)."""

from __future__ import annotations

import pytest

from purebpf.compiler.codegen import generate, print_machine
from purebpf.compiler.diagnostics import Diagnostics
from purebpf.compiler.ir.check import check
from purebpf.compiler.ir.model import Constant, Store, Ty
from purebpf.compiler.ir.reader import read_function
from purebpf.compiler.object import isa
from purebpf.compiler.object.isa import Insn
from purebpf.compiler.object.model import Function, RefKind
from purebpf.compiler.source import SourceMap, Span
from purebpf.compiler.target import Target

EXIT = Insn(isa.JMP | isa.EXIT)


def compiled(text: str, cpu: int = 3) -> tuple[Function, Diagnostics]:
    """The code of the one function in `text`, and what was said about it."""
    function = read_function(text)
    check(function)
    sources = SourceMap()
    diagnostics = Diagnostics(sources)
    return generate(function, Target(cpu), sources, diagnostics), diagnostics


def slots(body: str, linkage: str = "static", cpu: int = 3) -> list[Insn]:
    """The instructions of a function with that body and three parameters."""
    text = f'function @f(ptr %0 "p", i32 %1 "x", i64 %2 "y") -> i64 linkage {linkage} {{\n.entry:\n{body}\n}}\n'
    function, diagnostics = compiled(text, cpu)
    assert not diagnostics.found
    return function.insns


def test_a_comparison_is_made_where_it_is_branched_on() -> None:
    insns = slots("  %3 = ult i32 %1, 7\n  branch %3, .a, .b\n.a from .entry:\n  return i64 1\n.b from .entry:\n  return i64 2")
    # r0 = 2; if w2 < 7 goto +1; r0 = 1; exit, or the other way round
    assert insns[1].op in (isa.JMP32 | isa.JLT, isa.JMP32 | isa.JGE)
    assert len(insns) == 4


def test_a_bit_is_tested_with_jset() -> None:
    insns = slots("  %3 = and i64 %2, 8\n  %4 = ne i64 %3, 0\n  branch %4, .a, .b\n"
                  ".a from .entry:\n  return i64 1\n.b from .entry:\n  return i64 2")  # fmt: skip
    assert insns[1] == Insn(isa.JMP | isa.JSET, 3, 0, 1, 8)


def test_zext_is_no_instruction() -> None:
    assert slots("  %3 = zext %1\n  return %3") == [Insn(isa.ALU64 | isa.MOV | isa.X, 0, 2), EXIT]


def test_an_int_that_others_pass_is_cut_where_its_upper_half_matters() -> None:
    assert slots("  %3 = zext %1\n  return %3", linkage="global")[0] == Insn(isa.ALU | isa.MOV | isa.X, 0, 2)
    compared = "  %3 = eq i32 %1, 0\n  branch %3, .a, .b\n.a from .entry:\n  return i64 1\n.b from .entry:\n  return i64 2"
    assert slots(compared, linkage="global")[1].op & 7 == isa.JMP32


def test_constants_are_stored_directly() -> None:
    insns = slots("  store.4 [%0 + 4], 0xffffffff\n  store.8 [%0 + 8], -1\n  return i64 0")
    assert insns[:2] == [Insn(isa.ST | isa.MEM | isa.W, 1, 0, 4, -1), Insn(isa.ST | isa.MEM | isa.DW, 1, 0, 8, -1)]


def test_a_number_that_no_immediate_holds_is_loaded_whole() -> None:
    insns = slots("  %3 = and i64 %2, 0x123456789abc\n  return %3")
    assert isa.LDDW in [insn.op for insn in insns]


def test_an_unsigned_32_bit_number_takes_one_slot() -> None:
    assert slots("  return i64 0xfffffff0") == [Insn(isa.ALU | isa.MOV, 0, 0, 0, -16), EXIT]


def test_constant_steps_go_into_the_access() -> None:
    body = "  %3 = ptradd %0, 16\n  %4 = load.8 i64 [%3 + 8]\n  %5 = ptradd %3, -8\n  store.8 [%5 + 0], %4\n  return %4"
    insns = slots(body)
    assert [insn.off for insn in insns[:2]] == [24, 8]


def test_the_context_is_read_at_its_own_address_even_if_the_address_is_a_value() -> None:
    body = "  %3 = ptradd %0, 4\n  %4 = load.4 i32 [%3 + 0]\n  %5 = call i64 helper 1 @h(%3)\n  %6 = zext %4\n  return %6"
    insns = slots(body)
    assert Insn(isa.LDX | isa.MEM | isa.W, 6, 0, 4) in insns


def test_stack_objects_are_reached_through_r10() -> None:
    body = '  %3 = alloca 8, align 8, "v"\n  store.8 [%3 + 0], %2\n  %4 = load.4 i32 [%3 + 4]\n  %5 = zext %4\n  return %5'
    insns = slots(body)
    assert insns == [Insn(isa.STX | isa.MEM | isa.DW, 10, 3, -8), Insn(isa.LDX | isa.MEM | isa.W, 0, 10, -4), EXIT]


def test_values_across_a_call_are_kept_in_r6_to_r9() -> None:
    insns = slots("  %3 = call i64 helper 5 @bpf_ktime_get_ns()\n  %4 = add i64 %3, %2\n  return %4")
    assert insns[0] == Insn(isa.ALU64 | isa.MOV | isa.X, 6, 3)
    assert not any(insn.op & 7 == isa.STX for insn in insns)


def test_references_name_what_they_refer_to() -> None:
    text = """function @f() -> i64 {
.entry:
  %0 = symbol map @m
  %1 = symbol data @table + 8
  %2 = load.8 i64 [%1 + 16]
  %3 = call i64 function @g(%0, %2)
  %4 = call i64 extern @bpf_kfunc(%3)
  return %4
}
"""
    function, _ = compiled(text)
    found = {(r.kind, r.symbol, r.addend) for r in function.references}
    addresses = {(RefKind.MAP, "m", 0), (RefKind.DATA, "table", 8)}
    assert found == {*addresses, (RefKind.CALL, "g", 0), (RefKind.EXTERN, "bpf_kfunc", 0)}
    for reference in function.references:
        insn = function.insns[reference.at]
        assert insn.op == (isa.JMP | isa.CALL if reference.kind in (RefKind.CALL, RefKind.EXTERN) else isa.LDDW)


def test_branches_on_joined_conditions_are_two_branches() -> None:
    body = ("  %3 = eq i32 %1, 6\n  %4 = eq i32 %1, 17\n  %5 = or i32 %3, %4\n  branch %5, .a, .b\n"
            ".a from .entry:\n  return i64 1\n.b from .entry:\n  return i64 2")  # fmt: skip
    insns = slots(body)
    assert [insn.imm for insn in insns if insn.op & 7 == isa.JMP32] == [6, 17]
    assert len(insns) == 5


@pytest.mark.parametrize(("cpu", "count"), [(3, 4), (4, 2)])
def test_sign_extension_is_a_move_since_v4(cpu: int, count: int) -> None:
    assert len(slots("  %3 = sext32 %2\n  return %3", cpu=cpu)) == count


def test_values_that_are_never_needed_together_share_a_stack_slot() -> None:
    lines = []
    for group in range(4):
        base = 100 * (group + 1)
        lines += [f"  %{base + i} = load.8 i64 [%0 + {8 * i}]" for i in range(12)]
        lines += [f"  %{base + 20} = add i64 %{base}, %{base + 1}"]
        lines += [f"  %{base + 20 + i} = add i64 %{base + 19 + i}, %{base + 1 + i}" for i in range(1, 11)]
        lines += [f"  %{base + 40} = mul i64 %{base + 30}, %{base}"]
        lines += [f"  %{base + 40 + i} = mul i64 %{base + 39 + i}, %{base + i}" for i in range(1, 12)]
        lines += [f"  store.8 [%0 + 0], %{base + 51}"]
    insns = slots("\n".join([*lines, "  return i64 0"]))
    used = {insn.off for insn in insns if insn.op == isa.STX | isa.MEM | isa.DW and insn.dst == 10}
    assert 0 < len(used) <= 6


COUNTED = """function @f(i64 %0 "x") -> i64 {
.entry:
  %1 = alloca 4, align 4, "key"
  %2 = alloca 4, align 4, "key"
  %3 = eq i64 %0, 5
  branch %3, .a, .b
.a from .entry:
  store.4 [%1 + 0], 1
  %4 = symbol map @m
  %5 = call ptr helper 1 @bpf_map_lookup_elem(%4, %1)
  %6 = ne ptr %5, 0
  branch %6, .c, .d
.c from .a:
  %7 = load.8 i64 [%5 + 0]
  %8 = add i64 %7, 1
  store.8 [%5 + 0], %8
  jump .d
.d from .a, .c:
  return i64 1
.b from .entry:
  store.4 [%2 + 0], 2
  %9 = symbol map @m
  %10 = call ptr helper 1 @bpf_map_lookup_elem(%9, %2)
  %11 = ne ptr %10, 0
  branch %11, .e, .g
.e from .b:
  %12 = load.8 i64 [%10 + 0]
  %13 = add i64 %12, 1
  store.8 [%10 + 0], %13
  jump .g
.g from .b, .e:
  return i64 2
}
"""


def test_two_inlined_copies_of_a_function_become_one() -> None:
    insns = compiled(COUNTED)[0].insns
    assert [insn.op for insn in insns].count(isa.JMP | isa.CALL) == 1
    assert len({insn.off for insn in insns if insn.dst == 10 and insn.op & 7 in (isa.ST, isa.STX)}) == 1


def test_accesses_through_different_kinds_of_pointers_stay_apart() -> None:
    insns = compiled(COUNTED.replace("%9 = symbol map @m", "%9 = symbol map @other"))[0].insns
    assert [insn.op for insn in insns].count(isa.JMP | isa.CALL) == 2


def test_equal_ends_of_blocks_are_shared() -> None:
    body = """  %3 = eq i32 %1, 1
  branch %3, .a, .b
.a from .entry:
  store.8 [%0 + 0], 1
  store.8 [%0 + 8], 7
  store.8 [%0 + 16], 8
  jump .c
.b from .entry:
  store.8 [%0 + 0], 2
  store.8 [%0 + 8], 7
  store.8 [%0 + 16], 8
  jump .c
.c from .a, .b:
  return i64 0"""
    stores = [insn for insn in slots(body) if insn.op & 7 in (isa.ST, isa.STX)]
    assert len([insn for insn in stores if insn.off in (8, 16)]) == 2


def test_a_null_pointer_is_returned_as_the_zero_it_is() -> None:
    body = """  %3 = symbol map @m
  %4 = call ptr helper 1 @bpf_map_lookup_elem(%3, %0)
  %5 = eq ptr %4, 0
  branch %5, .a, .b
.a from .entry:
  return i64 0
.b from .entry:
  %6 = load.8 i64 [%4 + 0]
  return %6"""
    assert not [insn for insn in slots(body) if insn.op == isa.ALU64 | isa.MOV | isa.K]


def test_a_pointer_that_the_verifier_never_takes_for_null_is_not_returned_as_zero() -> None:
    body = """  %3 = load.8 ptr [%0 + 8]
  %4 = eq ptr %3, 0
  branch %4, .a, .b
.a from .entry:
  return i64 0
.b from .entry:
  %5 = load.8 i64 [%3 + 0]
  return %5"""
    assert [insn for insn in slots(body) if insn.op == isa.ALU64 | isa.MOV | isa.K]


def test_arithmetic_on_a_comparison_is_a_choice() -> None:
    insns = slots("  %3 = ugt i64 %2, 9\n  %4 = shl i32 %3, 4\n  %5 = zext %4\n  return %5")
    assert [insn.imm for insn in insns] == [16, 9, 0, 0]


def test_too_much_stack_names_the_variables_and_the_way_out() -> None:
    text = """function @f(ptr %0 "p") -> i64 {
.entry:
  %1 = alloca 400, align 8, "buffer"
  %2 = alloca 200, align 8, "names"
  %3 = call i64 helper 1 @h(%1, %2)
  return %3
}
"""
    _, diagnostics = compiled(text)
    found = diagnostics.found[0]
    assert found.code == "E0501"
    assert "600 bytes" in found.message
    assert [note.message for note in found.notes] == ["'buffer' takes 400 bytes", "'names' takes 200 bytes"]
    assert "PERCPU_ARRAY" in found.fix


def test_a_barrier_is_no_instruction_and_wrong_assembly_is_refused() -> None:
    barrier = slots('  %3 = asm i64 "" out "r" in "0" %2 volatile\n  return %3')
    assert barrier == [Insn(isa.ALU64 | isa.MOV | isa.X, 0, 3), EXIT]
    body = '  %3 = asm i64 "r0 ?= 1" out "r" volatile\n  return %3'
    _, diagnostics = compiled(f'function @f() -> i64 {{\n.entry:\n{body}\n}}\n')
    assert [d.code for d in diagnostics.found] == ["E0510"]


def test_six_arguments_are_refused() -> None:
    call = "%0 = call i64 function @g(i64 1, i64 2, i64 3, i64 4, i64 5, i64 6)"
    _, diagnostics = compiled(f"function @f() -> i64 {{\n.entry:\n  {call}\n  return %0\n}}\n")
    assert [d.code for d in diagnostics.found] == ["E0503"]


def test_lines_change_where_the_place_changes() -> None:
    function = read_function('function @f(ptr %0 "p") -> i64 {\n.entry:\n  store.8 [%0 + 0], 1\n  store.8 [%0 + 8], 2\n'
                             "  store.8 [%0 + 16], 3\n  return i64 0\n}\n")  # fmt: skip
    sources = SourceMap()
    file = sources.add_file("x.c", "a = 1;\nb = 2;\n")
    one, two = Span.at(file.base), Span.at(file.base + 7)
    for instr, span in zip(function.blocks[0].instrs, (one, one, two), strict=True):
        instr.span = span
    made = generate(function, Target(), sources, Diagnostics(sources))
    assert [(line.at, line.place.line) for line in made.lines] == [(0, 1), (2, 2)]


def test_the_machine_stage_prints_virtual_registers() -> None:
    function = read_function('function @f(i64 %0 "a", i64 %1 "b") -> i64 {\n.entry:\n  %2 = add i64 %0, %1\n  return %2\n}\n')
    text = print_machine(function, Target(), SourceMap(), Diagnostics(SourceMap()))
    assert text.splitlines()[0] == "machine f:"
    assert "exit" in text


def test_old_instruction_sets_use_only_what_they_have() -> None:
    body = ("  %3 = add i32 %1, -1\n  %4 = ult i32 %3, 5\n  %5 = slt i32 %3, 7\n  %6 = or i32 %4, %5\n  branch %6, .a, .b\n"
            ".a from .entry:\n  %7 = ashr i32 %3, 3\n  %8 = zext %7\n  return %8\n.b from .entry:\n  return i64 0xfffffff0")
    for cpu in (1, 2):
        insns = slots(body, cpu=cpu)
        assert all(insn.op & 7 not in (isa.ALU, isa.JMP32) for insn in insns)
    less = {isa.JLT, isa.JLE, isa.JSLT, isa.JSLE}
    assert not any(insn.op & 7 == isa.JMP and insn.op & 0xF0 in less for insn in slots(body, cpu=1))


def test_a_fetching_atomic_of_32_bits_needs_v3() -> None:
    text = 'function @f(ptr %0 "p") -> i32 {\n.entry:\n  %1 = atomic.4 fetch add [%0 + 0], 1\n  return %1\n}\n'
    assert not compiled(text.replace("i32", "i64").replace("atomic.4", "atomic.8"), 1)[1].found  # as clang has it
    assert [d.code for d in compiled(text, 2)[1].found] == ["E0504"]
    assert not compiled(text, 3)[1].found


def _followed(insns: list[isa.Insn], at: int) -> int:
    """Where the jump at `at` leads to, over all jumps that it leads to."""
    at += 1 + insns[at].off
    while insns[at].op == isa.JMP | isa.JA:
        at += 1 + insns[at].off
    return at


def test_a_jump_that_is_too_far_is_long_since_v4_and_goes_over_an_island_before() -> None:
    text = """function @f(ptr %0 "p", i64 %1 "x") -> i64 {
.entry:
  %2 = eq i64 %1, 5
  branch %2, .end, .middle
.middle from .entry:
  jump .end
.end from .entry, .middle:
  %3 = load.8 i64 [%0 + 8]
  return %3
}
"""
    made = []
    for cpu in (3, 4):
        function = read_function(text)
        middle = function.blocks[1]
        for number in range(33000):
            store = Store(function.parameters[0], 4 * (number % 8), 4, Constant(Ty.I32, number), volatile=True)
            store.block = middle
            middle.instrs.append(store)
        sources = SourceMap()
        diagnostics = Diagnostics(sources)
        made.append((generate(function, Target(cpu), sources, diagnostics), [d.code for d in diagnostics.found]))
    assert not made[0][1]
    insns = made[0][0].insns
    first = next(i for i, insn in enumerate(insns) if insn.op & 7 in (isa.JMP, isa.JMP32))
    assert _followed(insns, first) == len(insns) - 2
    insns, codes = made[1][0].insns, made[1][1]
    assert not codes
    at = next(i for i, insn in enumerate(insns) if insn.op == isa.JMP32 | isa.JA)
    assert at + 1 + insns[at].imm == len(insns) - 2


def test_stack_accesses_are_aligned_also_in_packed_objects() -> None:
    body = """  %3 = alloca 13, align 1, "s"
  store.8 [%3 + 0], %2
  store.4 [%3 + 7], %1
  store.1 [%3 + 11], 0
  %4 = load.4 i32 [%3 + 7]
  %5 = load.8 i64 [%3 + 3]
  %6 = zext %4
  %7 = add i64 %5, %6
  return %7"""
    for insn in slots(body):
        kind = insn.op & 7
        if kind in (isa.LDX, isa.ST, isa.STX) and 10 in (insn.src, insn.dst):
            assert insn.off % isa.SIZE_BYTES[insn.op & 0x18] == 0

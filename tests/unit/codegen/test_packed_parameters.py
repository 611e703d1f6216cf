"""A pointer to a packed struct may point to the stack, whose accesses must be aligned."""

from __future__ import annotations

import pytest

from purebpf.compiler.codegen import generate
from purebpf.compiler.diagnostics import Diagnostics
from purebpf.compiler.ir.printer import print_function
from purebpf.compiler.ir.reader import read_function
from purebpf.compiler.object import isa
from purebpf.compiler.source import SourceMap
from purebpf.compiler.target import Target

TEXT = """\
function @f(ptr %0 "p"{align}) -> i64 linkage static {{
.entry:
  store.4 [%0 + 7], 5
  %1 = load.8 i64 [%0 + 3]
  %2 = load.4 i32 [%0 + 4]
  %3 = zext %2
  %4 = add i64 %1, %3
  return %4
}}
"""


def misaligned(align: str) -> int:
    """How many accesses the function makes at offsets that are no multiples of their size."""
    function = read_function(TEXT.format(align=align))
    assert TEXT.format(align=align) in print_function(function) + "\n"
    sources = SourceMap()
    insns = generate(function, Target(), sources, Diagnostics(sources)).insns
    accesses = [insn for insn in insns if insn.op & 7 in (isa.LDX, isa.ST, isa.STX)]
    return sum(insn.off % isa.SIZE_BYTES[insn.op & 0x18] != 0 for insn in accesses)


def test_accesses_through_a_pointer_to_a_packed_struct_are_aligned() -> None:
    assert misaligned(" align 1") == misaligned(" align 8") == 0


def test_others_are_left_as_they_are() -> None:
    assert misaligned("") == 2


ELEMENT = """\
function @f(i64 %0 "i") -> i64 linkage static {{
.entry:
  %1 = alloca 32, align 8, "array"
  %2 = {step}
  %3 = ptradd %1, %2
  %4 = load.4 i32 [%3 + 4]
  %5 = zext %4
  return %5
}}
"""


@pytest.mark.parametrize(
    ("step", "loads"),
    [("mul i64 %0, 7", 4), ("shl i64 %0, 2", 1), ("mul i64 %0, 6", 2), ("and i64 %0, 24", 1),
     ('core i64 0 root 0 "0:1" = 8', 1), ('core i64 0 root 0 "0:1" = 2', 2)],
)
def test_elements_of_packed_structs_are_read_in_pieces_that_are_aligned_anywhere(step: str, loads: int) -> None:
    sources = SourceMap()
    insns = generate(read_function(ELEMENT.format(step=step)), Target(), sources, Diagnostics(sources)).insns
    assert sum(insn.op & 7 == isa.LDX for insn in insns) == loads

"""A pointer to a packed struct may point to the stack, whose accesses must be aligned."""

from __future__ import annotations

from purebpf.compiler.codegen import generate
from purebpf.compiler.diagnostics import Diagnostics
from purebpf.compiler.ir.printer import print_function
from purebpf.compiler.ir.reader import read_function
from purebpf.compiler.object import isa
from purebpf.compiler.source import SourceMap
from purebpf.compiler.target import Target

TEXT = """\
function @f(ptr %0 "p"{packed}) -> i64 linkage static {{
.entry:
  store.4 [%0 + 7], 5
  %1 = load.8 i64 [%0 + 3]
  %2 = load.4 i32 [%0 + 4]
  %3 = zext %2
  %4 = add i64 %1, %3
  return %4
}}
"""


def misaligned(packed: str) -> int:
    """How many accesses the function makes at offsets that are no multiples of their size."""
    function = read_function(TEXT.format(packed=packed))
    assert TEXT.format(packed=packed) in print_function(function) + "\n"
    sources = SourceMap()
    insns = generate(function, Target(), sources, Diagnostics(sources)).insns
    accesses = [insn for insn in insns if insn.op & 7 in (isa.LDX, isa.ST, isa.STX)]
    return sum(insn.off % isa.SIZE_BYTES[insn.op & 0x18] != 0 for insn in accesses)


def test_accesses_through_a_pointer_to_a_packed_struct_are_aligned() -> None:
    assert misaligned(" packed") == 0


def test_others_are_left_as_they_are() -> None:
    assert misaligned("") == 2

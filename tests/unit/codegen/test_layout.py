"""The order of blocks: the verifier refuses instructions that no path reaches."""

from __future__ import annotations

import pytest

from purebpf.compiler.api import Options, compile
from purebpf.compiler.object import isa
from purebpf.compiler.object.isa import Insn
from purebpf.compiler.target import Target

LOOP = """\
static __attribute__((noinline)) unsigned long sum(unsigned char *data, unsigned char *end)
{
    unsigned long total = 0;
    if (data + 64 > end)
        return 0;
    for (int i = 0; i < 5; i++)
        total = total * 7 + data[i];
    return total;
}
struct xdp_md { unsigned data, data_end; };
__attribute__((section("xdp"))) int prog(struct xdp_md *ctx)
{
    return sum((void *)(long)ctx->data, (void *)(long)ctx->data_end) > 9;
}
"""


def unreached(insns: list[Insn]) -> set[int]:
    """The slots that no path from the first comes to."""
    found: set[int] = set()
    work = [0]
    while work:
        at = work.pop()
        if at in found:
            continue
        found.add(at)
        insn = insns[at]
        if insn.op == isa.LDDW:
            found.add(at + 1)
            work.append(at + 2)
            continue
        is_jump = insn.op & 7 in (isa.JMP, isa.JMP32) and insn.op & 0xF0 not in (isa.CALL, isa.EXIT)
        if is_jump:
            work.append(at + 1 + insn.off)
        if insn.op not in (isa.JMP | isa.EXIT, isa.JMP | isa.JA):
            work.append(at + 1)
    return set(range(len(insns))) - found


@pytest.mark.parametrize("cpu", [1, 2, 3])
def test_an_exit_in_place_of_the_jump_to_it_leaves_none_behind(cpu: int) -> None:
    obj = compile(LOOP, "loop.c", Options(target=Target(cpu)))
    for function in obj.functions.values():
        assert not unreached(function.insns), function.name

"""Comparisons as numbers: what is made at its branch is not also taken apart (random program 302)."""

from __future__ import annotations

from purebpf.compiler.api import compile as compile_c
from purebpf.runtime.vm import Machine

SOURCE = """
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int prog(struct xdp_md *ctx)
{
    __u64 x = (__u64)(ctx->ingress_ifindex == 7) + 85;
    if (x & 2)
        return 3;
    return 4;
}
char LICENSE[] SEC("license") = "GPL";
"""


def test_a_bit_test_of_a_comparison_plus_a_constant() -> None:
    machine = Machine(compile_c(SOURCE))
    assert [machine.run("prog", packet=bytes(64), ctx={"ingress_ifindex": n}).retval for n in (7, 8)] == [3, 4]

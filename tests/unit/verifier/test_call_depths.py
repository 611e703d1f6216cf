"""A function that is called from several depths: what is remembered of one call is not taken for another."""

from __future__ import annotations

from purebpf.compiler.api import compile
from purebpf.runtime.verifier import verify

TEXT = """
struct xdp_md { unsigned data, data_end, data_meta, ingress_ifindex; };
static int (*random)(void) = (void *)7;
static __attribute__((noinline)) int inner(int x)
{
    if (random() > 3) x += 2;
    if (random() > 4) x += 3;
    if (random() > 5) x += 5;
    if (random() > 6) x += 7;
    return x;
}
static __attribute__((noinline)) int outer(int x) { int y = random(); return inner(x) * y; }
__attribute__((section("xdp"), used)) int prog(struct xdp_md *ctx)
{
    int a = random();
    a += inner(a);
    return outer(a) & 1;
}
"""


def test_paths_through_a_function_at_two_depths_are_walked() -> None:
    assert verify(compile(TEXT), "prog").verdict == "accepted"

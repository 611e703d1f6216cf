"""What random programs found: the kernel takes these, at each -mcpu, and runs them as C says."""

from __future__ import annotations

import pytest

from purebpf.compiler.api import Options, compile
from purebpf.compiler.target import Target
from purebpf.runtime.loader import load

pytestmark = pytest.mark.kernel

PRELUDE = """\
struct xdp_md { unsigned data, data_end; };
#define SEC(name) __attribute__((section(name), used))
#define NOINLINE __attribute__((noinline))
char LICENSE[] SEC("license") = "GPL";
"""

# an index that comes of a 32-bit operation the verifier does not follow: its upper half counts as unknown
INDEX = """\
static volatile unsigned value = 77, divisor = 9, by = 3;
static int table[4] = {24, 38, 75, 99}, shifted[16] = {[9] = 5};
SEC("xdp") int prog(struct xdp_md *ctx)
{
    unsigned i = value % divisor, j = value >> by;
    int sum = 0;
    if (i <= 5 && j < 16)
        sum = table[i - 2 & 3] + shifted[j];
    i = (value - 50) / divisor;
    if (i < 4)
        sum += table[i];
    return sum;
}
"""

# fields of packed structs on the stack, reached through a pointer, in an array, at a variable index
PACKED = """\
struct __attribute__((packed)) odd { unsigned char a; unsigned b; unsigned short c; };
struct outer { unsigned char first; struct odd inner; };
static volatile unsigned index = 2;
static NOINLINE unsigned within(struct outer *one)
{
    return one->first + one->inner.b;
}
static NOINLINE unsigned sum(struct odd *one)
{
    one->c += 1;
    return one->a + one->b + one->c;
}
SEC("xdp") int prog(struct xdp_md *ctx)
{
    struct odd all[4] = {{1, 2, 3}, {4, 5, 6}, {7, 80000, 9}, {10, 11, 12}};
    struct outer outer = {1, {2, index, 4}};
    return sum(&all[index & 3]) + all[index & 3].b + sum(&all[1]) + within(&outer);
}
"""

# a loop in a subprogram whose end is an exit that nothing but its own jump reaches
EXIT = """\
static unsigned char numbers[8] = {1, 2, 3, 4, 5, 6, 7, 8};
static NOINLINE unsigned long sum(int on)
{
    unsigned long total = 1;
    if (!on)
        return 0;
    for (int i = 0; i < 3; i++)
        total = total * 7 + numbers[i];
    return total;
}
SEC("xdp") int prog(struct xdp_md *ctx)
{
    return sum(numbers[0]);
}
"""


# what is computed of a compared value must be computed of that, or its bounds are lost
COMPARED = """\
static volatile unsigned long value = 6;
static NOINLINE long change(long *table, unsigned long v)
{
    unsigned long i = v << 41;
    if (i < 4)
        table[i] += 5;
    i = v * 24;
    if (i < 2)
        table[i << 1] += 7;
    i = v - 4;
    if (i < 4)
        table[i] += 9;
    return table[0] + table[2];
}
SEC("xdp") int prog(struct xdp_md *ctx)
{
    long table[4] = {1, 2, 3, 4};
    return change(table, value);
}
"""


@pytest.mark.parametrize("cpu", [1, 2, 3, 4])
@pytest.mark.parametrize(
    ("text", "result"),
    [(INDEX, 99 + 5 + 99), (PACKED, 7 + 80000 + 10 + 80000 + 4 + 5 + 7 + 1 + 2), (EXIT, 409), (COMPARED, 1 + 3 + 9)],
)
def test_what_was_refused_runs(cpu: int, text: str, result: int) -> None:
    obj = compile(PRELUDE + text, "found.c", Options(target=Target(cpu)))
    with load(obj) as loaded:
        assert loaded.programs["prog"].test_run(packet=bytes(64)).retval == result

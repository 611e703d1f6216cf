"""What is called once is inlined unless it is huge: jumps of 16 bits have to reach over what it becomes part of."""

from __future__ import annotations

import pytest

from purebpf.compiler.api import Options, compile
from purebpf.compiler.target import Target


@pytest.mark.parametrize(("statements", "functions"), [(100, ["prog"]), (9000, ["prog", "work"])])
def test_what_is_called_once_and_huge_stays_a_function(statements: int, functions: list[str]) -> None:
    text = f"""
    volatile int sink;
    static int work(int x) {{ {"sink = x;" * statements} return x; }}
    __attribute__((section("socket"))) int prog(int *ctx) {{ return *ctx ? work(*ctx) : 0; }}
    """
    assert sorted(compile(text, options=Options(target=Target(3))).functions) == functions


def test_copies_of_a_function_have_one_object_where_its_address_is_passed_on() -> None:
    """Each would have its own otherwise, 5 * 200 bytes: nobody can tell when one whose address is stored is dead."""
    obj = compile("""
struct pair { char *p; };
static long (*loop)(unsigned, void *, void *, unsigned long) = (void *)181;
static int callback(unsigned i, struct pair *pair) { return pair->p[i & 127] == 3; }
static inline __attribute__((always_inline)) int one(int n) {
	char bytes[200] = {};
	struct pair pair = {bytes};
	bytes[n & 127] = n;
	return loop(n, callback, &pair, 0) + bytes[3];
}
__attribute__((section("tc"))) int prog(void *ctx) { return one(1) + one(2) + one(3) + one(4) + one(5); }
""")
    assert all(insn.off >= -512 for insn in obj.functions["prog"].insns if insn.dst == 10)

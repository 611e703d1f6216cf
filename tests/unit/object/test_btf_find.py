"""Functions and variables in a large BTF are found by name and kind."""

from __future__ import annotations

from purebpf.compiler.api import compile
from purebpf.compiler.object.btf import Func, StringTable, Struct, Typedef, Var
from purebpf.compiler.object.btf_index import BtfIndex

SOURCE = """
typedef int number;
struct s { number a; };
struct s variable;
__attribute__((section("xdp"))) int function(struct s *s) { return s->a + variable.a; }
"""


def test_names_are_found_by_kind() -> None:
    btf = compile(SOURCE, "x.c").btf
    assert btf is not None
    index = BtfIndex(btf.encode(StringTable()), "test")
    for name, kind in (("function", Func), ("variable", Var), ("s", Struct), ("number", Typedef)):
        found = index.find(name, kind)
        assert isinstance(index[found], kind)
        assert getattr(index[found], "name") == name  # noqa: B009
    for name in ("functio", "unction", "", "numbers"):
        assert index.find(name, Func) == 0
    assert index.find("function", Var) == 0

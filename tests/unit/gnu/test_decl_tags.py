"""btf_decl_tag and btf_type_tag in the BTF hang on what clang hangs them on."""

from __future__ import annotations

import subprocess
from pathlib import Path

from c_front import needs_clang

from purebpf.compiler.api import compile
from purebpf.compiler.object import btf as b
from purebpf.compiler.object.read import read_object

_TEXT = """
#define DT(x) __attribute__((btf_decl_tag(x)))
#define TT(x) __attribute__((btf_type_tag(x)))
struct DT("s1") DT("s2") s { int DT("f1") a; int TT("kptr") *p; struct s TT("a") TT("b") *q; long : 3; long b : 3 DT("f2"); };
typedef int t DT("t1");
union u { int x; } DT("u1");
int g DT("g1") DT("g2");
struct s gs; t gt = 2; union u gu;
int DT("fn") __attribute__((noinline)) f(struct s *x DT("arg:nonnull"), t y) { return x->a + y; }
extern int k(int n) DT("ext") __attribute__((section(".ksyms")));
extern int ev DT("evtag") __attribute__((section(".ksyms")));
int m(int a) { return k(a) + ev; }
"""


def tags(btf: b.Btf | None) -> list[tuple[str, str, int]]:
    """(tag, what it is on, component) of all decl tags, and (tag, "type", depth) of type tags."""
    assert btf is not None
    found = []
    for i in range(1, len(btf)):
        match btf[i]:
            case b.DeclTag(name=name, type=to, component=component):
                found.append((name, f"{type(btf[to]).__name__} {getattr(btf[to], 'name', '')}", component))
            case b.TypeTag(name=name, type=to):
                found.append((name, type(btf[to]).__name__, 0))
    return sorted(found)


@needs_clang
def test_tags_are_clangs(tmp_path: Path) -> None:
    (tmp_path / "x.c").write_text(_TEXT)
    command = ["clang-19", "-target", "bpf", "-mcpu=v3", "-O2", "-g", "-c", "x.c", "-o", "x.o"]
    subprocess.run(command, check=True, cwd=tmp_path, timeout=60)
    assert tags(compile(_TEXT).btf) == tags(read_object(tmp_path / "x.o").btf)

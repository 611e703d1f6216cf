"""BTF beside clang -g: the same functions, variables, sections and types, for the examples and for hard cases."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from c_front import needs_clang

from purebpf.compiler.api import Compilation, Options
from purebpf.compiler.object import btf as b
from purebpf.compiler.object.read import read_object
from purebpf.compiler.sema.btf import emit_btf

_ROOT = Path(__file__).resolve().parents[3]
_EXAMPLES = sorted(_ROOT.glob("examples/*/*.bpf.c"))


def name(btf: b.Btf, i: int) -> str:
    """How a reference to type `i` is written: named types by name."""
    t = btf[i]
    match t:
        case b.Void():
            return "void"
        case b.Int():
            return f"{t.name}.{t.size}.{t.encoding}"
        case b.Struct() | b.Union() | b.Enum() | b.Enum64() | b.Fwd() | b.Typedef() if t.name:
            return f"{type(t).__name__} {t.name}"
        case b.Ptr() | b.Const() | b.Volatile() | b.Restrict():
            return f"{type(t).__name__}({name(btf, t.type)})"
        case b.TypeTag():
            return f"Tag {t.name}({name(btf, t.type)})"
        case b.Array():
            return f"Array({name(btf, t.element)}, {name(btf, t.index)}, {t.count})"
        case b.Float():
            return f"float {t.name}.{t.size}"
        case _:
            return whole(btf, i)


def whole(btf: b.Btf, i: int) -> str:
    """All that type `i` says itself."""
    t = btf[i]
    match t:
        case b.Struct() | b.Union():
            members = "; ".join(f"{m.name} {name(btf, m.type)} @{m.bit_offset}:{m.bits}" for m in t.members)
            return f"{type(t).__name__} {t.name} {t.size} {{{members}}}"
        case b.Enum() | b.Enum64():
            return f"{type(t).__name__} {t.name} {t.size} {t.signed} {t.values}"
        case b.Typedef():
            return f"Typedef {t.name} = {name(btf, t.type)}"
        case b.Fwd():
            return f"Fwd {t.name} {t.union}"
        case b.FuncProto():
            return f"({', '.join(f'{p.name} {name(btf, p.type)}' for p in t.params)}) -> {name(btf, t.result)}"
        case b.Func() | b.Var():
            return f"{type(t).__name__} {t.name} {t.linkage} {name(btf, t.type)}"
        case b.DataSec():
            return f"DataSec {t.name}: {sorted(getattr(btf[v.type], 'name', '') for v in t.vars)}"
        case b.DeclTag():
            return f"DeclTag {t.name} on {name(btf, t.type)} {t.component}"
        case _:
            return name(btf, i)


def contents(btf: b.Btf) -> list[str]:
    return sorted({whole(btf, i) for i, _ in btf.items()})


def clang_btf(path: Path, folder: Path) -> b.Btf:
    out = folder / "clang.o"
    include = f"-I{_ROOT / 'stdlib/include'}"
    command = ["clang-19", "-O2", "-g", "-w", "-target", "bpf", "-mcpu=v3", include, "-c", str(path), "-o", str(out)]
    subprocess.run(command, check=True, timeout=60)
    btf = read_object(out).btf
    assert btf is not None
    return btf


def compare(path: Path, folder: Path) -> None:
    theirs = clang_btf(path, folder)
    kept = [t.name for _, t in theirs.items() if isinstance(t, b.Func)]  # the optimizer inlines the others away
    ours = emit_btf(Compilation(path.read_text(), str(path), Options()).unit(), kept)
    assert contents(ours.btf) == contents(theirs)
    assert contents(b.Btf.decode(ours.btf.encode())) == contents(theirs)
    for names, kind in ((ours.functions, b.Func), (ours.variables, b.Var)):
        for symbol, i in names.items():
            found = ours.btf[i]
            assert isinstance(found, kind)
            assert found.name == symbol


@needs_clang
@pytest.mark.parametrize("path", _EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_have_the_types_clang_gives_them(path: Path, tmp_path: Path) -> None:
    compare(path, tmp_path)


_CASES = {
    "pointers inside of structs leave structs open": """
        struct far { int x; }; struct near { struct far *next; int y; }; struct self { struct self *next; };
        typedef struct far far_t; struct through { far_t *p; const struct far *q; struct far *array[2]; };
        int f(struct near *a, struct self *b) { return a->y; } int g(struct through *t) { return t->p == 0; }
    """,
    "a struct needed later is complete after all": """
        struct far { int x; }; struct near { struct far *next; }; int f(struct near *a) { return a->next == 0; }
        int g(struct far *a) { return a->x; }
    """,
    "a pointer that several members share leaves its struct open": """
        struct far { int x; }; struct list { struct far *head, *tail; }; typedef struct far *far_p;
        struct third { far_p a, b; }; struct fourth { struct list *l; struct far *p; };
        int f(struct list *l, struct third *t, struct fourth *q) { return l->head == t->a; }
    """,
    "a const pointer that several members share": """
        struct far { int x; }; struct list { const struct far *c, *d; }; int f(struct list *l) { return l->c == l->d; }
    """,
    "forward declarations, unions and anonymous members": """
        struct unknown; union u { int a; char b[4]; };
        struct s { struct unknown *p; union u u; struct { int i; union { long l; }; }; };
        int f(struct s *s) { return s->i; }
    """,
    "bit-fields": """
        struct s { int a : 3; unsigned b : 5; int : 4; long c : 40; _Bool d : 1; int e; };
        int f(struct s *s) { return s->a; }
    """,
    "enums": """
        enum small { A, B = 7 }; enum negative { N = -1 }; enum big { W = 0x100000000 }; enum { X, Y } v = Y;
        enum __attribute__((packed)) tight { T };
        int f(enum small a, enum negative b, enum big c, enum tight d) { return a + v; }
    """,
    "qualifiers and arrays": """
        typedef unsigned char u8; const volatile int config = 1;
        const char *names[3] = { "a" }; u8 grid[2][3]; const u8 *const p = 0;
        int *restrict_me(int *restrict a) { return a + config + (long)names[0] + grid[1][1] + (long)p; }
    """,
    "integers": """
        _Bool a; char b; signed char c; unsigned char d; short e; unsigned short g; long h; unsigned long i; long long j;
        unsigned long long k; unsigned l; float m; double n; int f(void) { return 0; }
    """,
    "functions": """
        static __attribute__((noinline)) int helper(int a, const char *b) { asm volatile(""); return a + b[0]; }
        __attribute__((noinline)) void nothing(void) { asm volatile(""); }
        extern int (*table[2])(int, void *);
        __attribute__((weak)) long unnamed(int, int b); long unnamed(int a, int b) { return helper(a, (char *)&table) + b; }
        int (*table[2])(int, void *); int f(void) { nothing(); return unnamed(1, 2); }
    """,
    "functions without a prototype": """
        int sink; __attribute__((noinline)) int old() { asm volatile(""); return sink; }
        int (*pointer)(); int outside() __attribute__((section(".ksyms")));
        int f(void) { return old() + outside() + (pointer == 0); }
    """,
    "data in sections": """
        #define SEC(n) __attribute__((section(n), used))
        int zero; int one = 1; static int counter; SEC(".data.mine") int mine = 2; SEC("license") char LICENSE[] = "GPL";
        SEC("xdp") int f(void *ctx) { static int inner = 3; return counter++ + inner++ + one + zero; }
    """,
    "maps": """
        struct key { int a; struct value *back; }; struct value { long v; struct key *up; };
        struct { int (*type)[1]; int (*max_entries)[8]; struct key *key; struct value *value; } m
            __attribute__((section(".maps"), used));
        int f(void) { return m.type == 0; }
    """,
    "qualifiers of parameters": """
        typedef int (*fn)(int); typedef int array[3];
        int f(const int a, char *const b, volatile int c, const fn d, const array g) { return a + *b + c + (d != 0) + *g; }
    """,
    "tags": """
        #define T(x) __attribute__((btf_type_tag(x)))
        #define D(x) __attribute__((btf_decl_tag(x)))
        struct s { int T("user") *p; const char T("user") *const q; };
        int D("global") v; D("function") int f(struct s *s, int T("rcu") *q) { return *q + v; }
    """,
    "typedefs of anonymous structs": """
        typedef struct { int a; } anon_t; typedef union { long l; int i; } either_t; typedef anon_t again_t;
        typedef anon_t *ptr_t;
        int f(again_t *a, either_t *b, ptr_t c) { return a->a + b->i + c->a; }
    """,
}  # fmt: skip


@needs_clang
@pytest.mark.parametrize("case", _CASES)
def test_hard_cases_have_the_types_clang_gives_them(case: str, tmp_path: Path) -> None:
    path = tmp_path / "case.c"
    path.write_text(_CASES[case])
    compare(path, tmp_path)

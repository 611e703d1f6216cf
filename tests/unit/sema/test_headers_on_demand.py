"""What headers declare is made when it is named: the object and the messages are those of a compile that makes all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from purebpf.compiler.api import Compilation, Options
from purebpf.compiler.diagnostics import PurebpfError
from purebpf.compiler.object.write import write_object
from purebpf.compiler.preprocess import PreprocessOptions

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = sorted((ROOT / "examples").glob("*/*.bpf.c"))


def both_ways(path: Path, include: Path | None = None) -> tuple[tuple[bytes, list[str]], tuple[bytes, list[str]]]:
    """(object, messages) of a compile on demand and of one that makes all at once."""

    def result(lazy: bool) -> tuple[bytes, list[str]]:
        preprocess = PreprocessOptions(system=[str(include)] if include else [])
        compilation = Compilation(path.read_text(), str(path), Options(preprocess, lazy=lazy))
        try:
            data = write_object(compilation.object())
        except PurebpfError as error:
            return b"", [item.render() for item in error.diagnostics]
        return data, [item.render() for item in compilation.diagnostics.found]

    return result(True), result(False)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_examples(path: Path) -> None:
    lazy, eager = both_ways(path)
    assert lazy[0]
    assert lazy == eager


# what a.h and b.h hold, and the program; all compile
GOOD = {
    "typedef again, the same": ("typedef unsigned int u32;", "", '#include "a.h"\ntypedef unsigned int u32;\nu32 x = 1;'),
    "typedef first, then the header's": (
        "typedef unsigned int u32;", "", 'typedef unsigned int u32;\n#include "a.h"\nu32 x = 1;'),
    "prototype, then the definition": (
        "int twice(int x);", "", '#include "a.h"\nint twice(int x) { return x * 2; }\nSEC int f(int *p) { return twice(*p); }'),
    "definition, then a prototype": (
        "int twice(int x);", "", 'int twice(int x) { return x * 2; }\n#include "a.h"\nSEC int f(int *p) { return twice(*p); }'),
    "prototype, then static inline from a header": (
        "static inline int twice(int x) { return x * 2; }", "",
        'static int twice(int x);\n#include "a.h"\nSEC int f(int *p) { return twice(*p); }'),
    "two prototypes around a use": (
        "static int twice(int x);", "static int twice(int x) { return x * 2; }",
        '#include "a.h"\nSEC int f(int *p) { return twice(*p); }\n#include "b.h"'),
    "functions keep the order of the source": (
        "static __attribute__((noinline)) int one(int x) { return x * 3; }\n"
        "static __attribute__((noinline)) int two(int x) { return x * 5; }", "",
        '#include "a.h"\nSEC int f(int *p) { return two(*p) + one(*p); }'),
    "static data keeps the order of the source": (
        "static int one = 1; static int two = 2; static int three;", "",
        '#include "a.h"\nSEC int f(int *p) { return (two += *p) + (one += *p); }'),
    "static and used": ("static int kept __attribute__((used)) = 5; static int not_kept = 6;", "", '#include "a.h"\nint x;'),
    "a variable that others can see": ("int counter; int set = 7; extern int somewhere;", "", '#include "a.h"\n'),
    "a function that others can see": ("int f(int *p) { return *p; }", "", '#include "a.h"\n'),
    "extern, then the definition": ("extern int counter;", "", '#include "a.h"\nint counter = 3;'),
    "extern in a section": (
        'extern int f2(int *p) __attribute__((section(".ksyms")));', "",
        '#include "a.h"\nSEC int f(int *p) { return f2(p); }'),
    "a declaration within a block": (
        "extern int counter;\nint counter;", "", '#include "a.h"\nSEC int f(int *p) { extern int counter; return counter; }'),
    "a local hides": (
        "typedef int T; enum { A = 3 };", "", '#include "a.h"\nSEC int f(int *p) { int T = *p, A = T; return A + T; }'),
    "a struct behind a pointer": (
        "struct in { int a, b; }; struct out { struct in *p; struct in v; };", "",
        '#include "a.h"\nSEC int f(struct out *o) { return o->v.b; }'),
    "declared, used, defined": (
        "struct s; struct h { struct s *p; };", "struct s { int a, b; };",
        '#include "a.h"\n#include "b.h"\nSEC int f(struct s *s) { return s->b; }'),
    "defined by the file": (
        "struct s; struct h { struct s *p; };", "",
        '#include "a.h"\nstruct s { int a, b; };\nSEC int f(struct s *s) { return s->b; }'),
    "named by the file before the header defines it": (
        "struct s { int a, b; };", "", 'struct s *p;\n#include "a.h"\nSEC int f(int *x) { return p->b; }'),
    "named only inside of another struct, then by a prototype": (
        "struct dev { struct bus *bus; };\nstatic inline int reset(struct bus *b) { return b != 0; }", "",
        '#include "a.h"\nSEC int f(struct dev *d) { return reset(d->bus); }'),
    "a tag within a struct's body": (
        "struct out { struct in { int a, b; } v; enum { LOW = 4, HIGH } e; };", "",
        '#include "a.h"\nSEC int f(struct in *i) { return i->b + HIGH; }'),
    "enumerators that count on": ("enum e { A, B = 7, C };", "", '#include "a.h"\nint x = C; enum e y = B;'),
    "enumerators of enumerators": ("enum { A = 5 };\nenum { B = A * 2 };", "", '#include "a.h"\nint x[B];'),
    "typedef of an unnamed struct": (
        "typedef struct { int a, b; } T, *P, A[3];", "",
        '#include "a.h"\nSEC int f(P p) { A a = {{1, 2}}; return p->b + a[0].b; }'),
    "typedef of pointers to functions": (
        "typedef int (*callback)(int, void *);\ntypedef int proto(int);", "",
        '#include "a.h"\nstatic int g(int x, void *p) { return x; }\n'
        'SEC int f(int *p) { callback c = g;\nproto *q = 0; return c == 0 || !q; }'),
    "a type's name is a member's and a parameter's as well": (
        "struct s { int u32, T; };\nstatic inline int get(int u32) { return u32; }", "",
        '#include "a.h"\ntypedef unsigned u32;\ntypedef int T;\n'
        'SEC int f(struct s *s) { T x = s->T; u32 y = s->u32; return get(x + y); }'),
    "a name that is a type only behind its use": (
        "static inline int get(int n) { int word = 3; { return word * n; } }\ntypedef int word;", "",
        '#include "a.h"\nSEC int f(int *p) { word x = *p; return get(x); }'),
    "a tag in a parameter list, then its definition": (
        "struct s;\nint get(struct s *p);\nstruct s { int a; };", "",
        '#include "a.h"\nint get(struct s *p) { return p->a; }'),
    "pack": (
        "#pragma pack(push, 1)\nstruct s { char a; int b; };\n#pragma pack(pop)\nstruct t { char a; int b; };", "",
        '#include "a.h"\nint x = sizeof(struct s), y = sizeof(struct t);'),
    "pack within a body": (
        "struct s { char a;\n#pragma pack(1)\nint b; };\nstruct t { char a; int b; };\n#pragma pack()", "",
        '#include "a.h"\nint x = sizeof(struct s), y = sizeof(struct t);'),
    "attributes": (
        "struct __attribute__((packed)) s { char a; int b; };\nstruct t { char a; int b; } __attribute__((aligned(16)));\n"
        "typedef int __attribute__((aligned(8))) wide;", "",
        '#include "a.h"\nint x = sizeof(struct s), y = sizeof(struct t); wide z;'),
    "helpers": (
        "static int (*const first)(void *) = (void *) 1;\nstatic int (*const second)(void *) = (void *) 2;", "",
        '#include "a.h"\nSEC int f(int *p) { return second(p) + first(p); }'),
    "a header in the middle of an initializer": ("1, 2, 3", "", 'int x[] = {\n#include "a.h"\n};'),
    "a header in the middle of a struct": ("int a; int b;", "", 'struct s {\n#include "a.h"\n} s = {1, 2};'),
    "a declaration that begins in one header and ends in another": (
        "struct s {", "int a, b; };", '#include "a.h"\n#include "b.h"\nstruct s s = {1, 2};'),
    "a static assertion": (
        '_Static_assert(sizeof(int) == 4, ""); struct s { int a; };', "",
        '#include "a.h"\nstruct s s;'),
    "typeof": (
        "extern int a;\nextern __typeof__(a) b;\ntypedef __typeof__(a) T;", "", '#include "a.h"\nT x = 4; __typeof__(b) y;'),
    "a macro makes the declarations": (
        "#define D(x) struct x { int a; }; enum { E_##x = sizeof(struct x) };\nD(one) D(two)", "",
        '#include "a.h"\nstruct two t; int e = E_one;'),
    "extension": (
        "__extension__ typedef struct { int a; } T;\n__extension__ struct s { T t; };", "", '#include "a.h"\nstruct s s;'),
    "text of a string": (
        'static const char text[] = "used; { }";', "", '#include "a.h"\nSEC int f(int *p) { return text[*p & 3]; }'),
}  # fmt: skip

# wrong programs: the messages are the same
BAD = {
    "typedef again, another": ("typedef unsigned int u32;", "", '#include "a.h"\ntypedef int u32;'),
    "typedef, then a variable": ("typedef unsigned int u32;", "", '#include "a.h"\nint u32;'),
    "a struct is defined again": ("struct s { int a; };", "", '#include "a.h"\nstruct s { int a; };'),
    "an enumerator is defined again": ("enum { A, B };", "", '#include "a.h"\nenum { B };'),
    "a function of another type": ("int g(int);", "", '#include "a.h"\nint g(char *p) { return 0; }'),
    "a variable and a function": ("extern int g;", "", '#include "a.h"\nint g(char *p) { return 0; }'),
    "two definitions": (
        "static inline int g(int x) { return x; }", "",
        '#include "a.h"\nstatic int g(int x) { return 1; }\nSEC int f(int *p) { return g(1); }'),
    "another kind of tag": ("struct s { int a; };", "", '#include "a.h"\nunion s u;'),
    "an incomplete struct": ("struct s;", "", '#include "a.h"\nint x = sizeof(struct s);'),
    "no such member": ("struct s { int alpha; };", "", '#include "a.h"\nint f(struct s *s) { return s->alfa; }'),
    "did you mean": (
        "static inline int length_of(int x) { return x; }", "", '#include "a.h"\nint f(int *s) { return lenght_of(1); }'),
    "did you mean a type": ("typedef unsigned int u32;", "", '#include "a.h"\nu23 x;'),
    "a function that is only declared": ("int malloc(int);", "", '#include "a.h"\nint f(int *s) { return malloc(1); }'),
    "used before it is declared": ("extern int late;", "", 'int f(int *s) { return late; }\n#include "a.h"'),
    "a struct only a parameter list has named": (
        # what nobody names is not warned about either
        '#pragma GCC diagnostic ignored "-Wvisibility"\n'
        "static inline int g(struct s *p) { return 0; }\nstruct s { int a; };", "",
        '#include "a.h"\nstruct { int : 0; } x[-1];'),
    "no semicolon at a header's end": ("struct s { int a; }", "", '#include "a.h"\nint x;'),
}  # fmt: skip


def write(folder: Path, parts: tuple[str, str, str]) -> Path:
    (folder / "a.h").write_text(parts[0] + "\n")
    (folder / "b.h").write_text(parts[1] + "\n")
    path = folder / "p.c"
    path.write_text('#define SEC __attribute__((section("xdp")))\n' + parts[2] + "\n")
    return path


@pytest.mark.parametrize("parts", GOOD.values(), ids=GOOD.keys())
def test_objects_are_the_same(tmp_path: Path, parts: tuple[str, str, str]) -> None:
    lazy, eager = both_ways(write(tmp_path, parts), tmp_path)
    assert lazy == eager
    assert lazy[0], lazy[1]


@pytest.mark.parametrize("parts", GOOD.values(), ids=GOOD.keys())
def test_objects_are_the_same_with_headers_of_the_user(tmp_path: Path, parts: tuple[str, str, str]) -> None:
    lazy, eager = both_ways(write(tmp_path, parts))
    assert lazy == eager


FILLER = "\n".join(f"typedef int filler_{i}_of_many;" for i in range(40)) + "\n"


@pytest.mark.parametrize("parts", GOOD.values(), ids=GOOD.keys())
def test_objects_are_the_same_when_headers_stay_text(tmp_path: Path, parts: tuple[str, str, str]) -> None:
    if "in the middle" in next(name for name, value in GOOD.items() if value is parts):
        pytest.skip("no place for other declarations")
    header, second, program = parts
    lazy, eager = both_ways(write(tmp_path, (FILLER + header, second and second + "\n" + FILLER, program)), tmp_path)
    assert lazy == eager
    assert lazy[0], lazy[1]


@pytest.mark.parametrize("parts", BAD.values(), ids=BAD.keys())
def test_messages_are_the_same_when_headers_stay_text(tmp_path: Path, parts: tuple[str, str, str]) -> None:
    header, second, program = parts
    lazy, eager = both_ways(write(tmp_path, (FILLER + header, second, program)), tmp_path)
    assert lazy == eager
    assert lazy[1]


@pytest.mark.parametrize("parts", BAD.values(), ids=BAD.keys())
def test_messages_are_the_same(tmp_path: Path, parts: tuple[str, str, str]) -> None:
    lazy, eager = both_ways(write(tmp_path, parts), tmp_path)
    assert lazy == eager
    assert lazy[1]


def test_directives_within_bodies(tmp_path: Path) -> None:
    members = "\n".join(f"\tint member_{i}_of_many;" for i in range(40))
    header = (
        f"{FILLER}struct s {{\n\tint first;\n#define A 1\n{members}\n#define B 2\n{members.replace('member', 'other')}\n}};\n"
        f"enum e {{\n\tZERO,\n#define C 3\n{members.replace('int ', '').replace(';', ',')}\n#define D 4\n\tLAST,\n}};\n{FILLER}"
    )
    program = (
        '#include "a.h"\nint size = sizeof(struct s), last = LAST, fifth = member_5_of_many;\n'
        "filler_3_of_many x = A + B + C + D;"
    )
    lazy, eager = both_ways(write(tmp_path, (header, "", program)), tmp_path)
    assert lazy == eager
    assert lazy[0], lazy[1]


def test_what_nobody_names_is_not_checked(tmp_path: Path) -> None:
    parts = ("struct s { struct unknown u; }; static int f(undeclared x);", "", '#include "a.h"\nint x;')
    lazy, eager = both_ways(write(tmp_path, parts), tmp_path)
    assert lazy[1] == []
    assert eager[1]


def large(extra: str) -> str:
    """A header so large that it stays text: as bpftool writes them."""
    lines = ["#ifndef LARGE", "#define LARGE"]
    lines += ["#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)"]
    for i in range(450):
        lines += [f"typedef int T{i};", f"enum e{i} {{", f"\tA{i} = {i},", f"\tB{i} = 0x{i:x}u,", "};"]
        lines += [f"struct s{i} {{", f"\tT{i} a;", "\tunion {", "\t\tint b;", f"\t\tstruct s{i} *next;", "\t};", "};"]
        lines += [f"typedef T{i} (*f{i})(struct s{i} *, T{i});", f"struct later{i};"]
    return "\n".join([*lines, extra, "#pragma clang attribute pop", "#endif"])


LARGE = {
    "types, tags, enumerators": ("", "struct s3 x; T5 y = B7; enum e9 z = A9; f4 f; int n = sizeof(x.next->b);"),
    "a typedef with a body, arrays": (
        "typedef struct { int a; } P; typedef int V[4]; typedef struct w { enum { LOW = 3 } e; } W;",
        "P p; V v = {LOW}; struct w w; W q;"),
    "tags within bodies": ("struct out { struct in { int a, b; } v; };", "struct in i = {1, 2};"),
    "comments": ("/* typedef int no; struct { */ typedef int yes; // typedef int no;", "yes x; int no;"),
    "a variable": ("int counter;\nextern int other;", "int x;"),
    "a function's body": ("static inline int twice(int x) { return x * 2; }", "SEC int f(int *p) { return twice(*p); }"),
    "prototypes": ("extern int other(struct s1 *p, T2 x);", "int other(struct s1 *p, T2 x) { return x; }"),
    "a macro's name is in it": ("typedef SEC_T word;", "word w;"),
    "a tag defined twice": ("struct s1 { int a; };", "struct s1 x;"),
    "a typedef again": ("typedef int T1;", "T1 x;"),
    "braces out of order": ("};", "T1 x;"),
    "the file declares it as well": ("", "typedef int T1; struct later1 { int a; }; struct later1 x; extern enum e1 A9e;"),
    "a member and a later type": ("struct m { int word; };", "typedef int word; struct m m = { .word = 1 };"),
}  # fmt: skip


@pytest.mark.parametrize(("extra", "program"), LARGE.values(), ids=LARGE.keys())
def test_large_headers(tmp_path: Path, extra: str, program: str) -> None:
    path = write(tmp_path, (large(extra), "", f'#define SEC_T int\n#include "a.h"\n{program}'))
    lazy, eager = both_ways(path, tmp_path)
    assert lazy == eager
    assert lazy[0] or "braces" in extra or extra.startswith(("struct s1", "};")), lazy[1]

"""GNU C that must parse, that pycparser alone does not take; the oracle for each line is clang -fsyntax-only."""

from __future__ import annotations

from pathlib import Path

import pytest
from c_front import clang_accepts, errors, needs_clang

_PRELUDE = "typedef unsigned u32; typedef struct { int x; } T; struct s { int a; u32 b; }; int g; static void use(int x) {}\n"

DECLARATIONS = [
    "int a __attribute__((unused)), b __attribute__((aligned(8))) = 1;",
    "__attribute__((unused)) static int a;",
    "static __attribute__((noinline)) int f(int x) { return x; }",
    "static inline __attribute__((always_inline)) u32 f(void) { return 1; }",
    "int f(int x) __attribute__((noinline)); int f(int x) { return x; }",
    "int f(int x __attribute__((unused)), __attribute__((unused)) int y) { return 0; }",
    "struct __attribute__((packed)) p { char c; int i; };",
    "struct p { char c; int i; } __attribute__((packed, aligned(4)));",
    "struct { int x : 3 __attribute__((packed)), : 0; int y __attribute__((aligned(16))); } v;",
    "typedef int v4 __attribute__((aligned(16)));",
    "typedef int (*handler_t)(void *) __attribute__((unused));",
    "enum __attribute__((packed)) e { A __attribute__((deprecated)) = 1, B, };",
    "enum e { A, B } __attribute__((unused)) v;",
    "int *__attribute__((unused)) p;",
    "static int (*__attribute__((unused)) p)(void);",
    'extern int e __asm__("other");',
    "__typeof__(g) a; typeof(int *) b; __typeof(((struct s *)0)->a) c; typeof(u32) *d;",
    "const __typeof__(g) a; typeof(const int) b;",
    "__extension__ typedef struct { int : 0; } empty; __extension__ int z = __extension__ 1;",
    "struct { int n; union { int a; char b; }; struct { int c; }; } v = { .a = 1, .c = 2 };",
    "struct {} nothing; int none[0]; struct { int n; int flexible[]; } v;",
    "int v[] = { [0 ... 3] = 1, [5] = 2 }; struct s w = { a: 1, b: 2 }; int x[4] = { [1] 5 };",
    "struct s v = {}; int x[3] = {};",
    '_Static_assert(1, "fine"); _Static_assert(sizeof(int) == 4);',
    "struct a { _Static_assert(1); int x; };",
    "_Alignas(16) int a; _Alignas(long) char b; int c = _Alignof(long), d = __alignof__(g);",
    "_Noreturn void f(void) { for (;;) ; }",
    "int a = sizeof(struct s), b = sizeof g, c = sizeof(int[3]), d = sizeof(g) + 1;",
    "int a = __builtin_offsetof(struct s, b), b = __builtin_offsetof(struct { struct s in[3]; }, in[1].b);",
    "int a = __builtin_types_compatible_p(int, u32), b = __builtin_choose_expr(1, 2, \"x\"[0]);",
    "int a = _Generic(g, int: 1, default: 2), b = _Generic((char *)0, char *: 1, void *: 2);",
    "u32 u32_value; void f(void) { u32 x = 1; { int u32 = 2; use(u32); } use(x); }",
    "void f(T T) { use(T.x); }",
    "void f(u32 (u32), int (T)) { }",
    "int f(int a[static 3], int b[const]);",
    "unsigned long long int a; long unsigned b; short int signed c; char unsigned d; long long e;",
    "int (*fp)(int, char), *(*gp)(void), (*arr[3])(void);",
    "int f(), h(void); ",
    ";",
    "#pragma pack(push, 1)\nstruct a { char c; int i; };\n#pragma pack(pop)\n_Static_assert(sizeof(struct a) == 5);",
    '#pragma GCC diagnostic push\n#pragma GCC diagnostic ignored "-Wunused"\nint a;\n#pragma GCC diagnostic pop',
    "int a = 0b101, b = 0x1F, c = 017;",
    'char *s = "a" "b" "\\x41" "\\101" u8"c"; int c = L\'x\';',
    "struct s *f(void), *h(int);",
    "[[maybe_unused]] static int a; struct [[gnu::packed]] b { char c; int i; };",
    "extern struct undefined *p; struct undefined; struct later { struct later *next; };",
]

STATEMENTS = [
    "int a = ({ int t = g; t + 1; }); use(a);",
    "use(({ if (g) use(1); g; }));",
    "({ use(1); });",
    "__auto_type a = g; use(a);",
    "int a = g ?: 5; use(a);",
    "switch (g) { case 1 ... 3: use(1); break; case 7: case 8: use(2); default: ; }",
    "switch (g) { case 1: { int a = 2; use(a); } }",
    "switch (g) case 1: use(1);",
    'asm volatile("" ::: "memory"); __asm__ __volatile__("" : "+r"(g)); asm("" : "=r"(g) : "r"(g), "0"(1) : "memory");',
    'asm volatile("%[out] = %[in]" : [out] "=r"(g) : [in] "r"(g));',
    "__label__ out; if (g) goto out; use(1); out: ;",
    "goto end; end: __attribute__((unused)); ",
    "for (int i = 0, j = 1; i < j; i++, j--) use(i); for (;;) break;",
    "for (struct s v = { 1 }; v.a; v.a--) ;",
    "do use(1); while (g); while (g) { continue; }",
    "if (g) use(1); else if (g > 1) use(2); else { }",
    "int a[2] = { 1, 2 }; a[0] += a[1]; 0[a]++; --*a; use(*(a + 1));",
    "struct s v = { 1 }, *p = &v; p->a = (*p).b; v = *p; use(((struct s){ .a = 3 }).a);",
    "T t = { 1 }; use((T){ 2 }.x + t.x); use(sizeof(T){ 1 }); use(sizeof (T));",
    "use((int)g); use(-(int)g); use((u32)+g); use(!~-g);",
    "use(g ? g : g ? 1 : 2), use(1);",
    "int a = (use(1), 2); use(a);",
    "#pragma unroll\nfor (int i = 0; i < 4; i++) use(i);",
    "#pragma clang loop unroll(full)\nfor (int i = 0; i < 4; i++) use(i);",
    "#pragma unroll 4\nwhile (g) use(1);",
    "__attribute__((unused)) int a;",
    "switch (g) { case 1: use(1); __attribute__((fallthrough)); case 2: use(2); }",
    "struct { int x; } local = { 1 }; union { int a; } u; enum { L = 3 } e = L; use(local.x + e + sizeof(u));",
    "typedef int mine; mine a = 1; use(a);",
    "extern int outside; static int counter; use(counter++); int h(int);",
    "int T = 3; use(T);",
    "u32: use(1); goto u32;",
    "{ } ;;; { int a; } ",
    "int (*p)[3] = 0; int *q[3] = { 0 }; use(sizeof p + sizeof q);",
    "long a = (long)&((struct s *)0)->b; use(a);",
    "__builtin_memset(&g, 0, sizeof g); __builtin_unreachable();",
    "use(__builtin_expect(!!g, 1)); use(__builtin_constant_p(3));",
    "_Static_assert(1, \"x\"); use(1);",
    "if (g) ; else ; while (0) ;",
    "int a = 1, b = a, c = sizeof(a) + b; use(c);",
    "_Bool b = &g; use(b);",
    "const char *s = __func__; use(s[0]);",
    "use(1 ? 2 : ({ 3; }));",
    "void *p = &g; use(p + 1 == p); use(sizeof(void));",
    "label: { goto label; }",
    "case_like: use(1); int after = 2; use(after);",
]


@needs_clang
@pytest.mark.parametrize("text", DECLARATIONS)
def test_gnu_declarations_parse_as_in_clang(text: str, tmp_path: Path) -> None:
    assert clang_accepts(_PRELUDE + text, tmp_path)
    assert errors(_PRELUDE + text) == []


@needs_clang
@pytest.mark.parametrize("text", STATEMENTS)
def test_gnu_statements_parse_as_in_clang(text: str, tmp_path: Path) -> None:
    source = _PRELUDE + "static void f(void) {\n" + text + "\n}"
    assert clang_accepts(source, tmp_path)
    assert errors(source) == []

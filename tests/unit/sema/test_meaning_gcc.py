"""What statements and expressions mean: small functions run through lowering in the IR interpreter, beside gcc natively."""

from __future__ import annotations

from pathlib import Path

import pytest
from c_front import needs_gcc, run_gcc

from purebpf.compiler.api import Compilation, Options
from purebpf.compiler.ir.interpret import Memory, interpret
from purebpf.compiler.sema import tree
from purebpf.compiler.sema.layout import size_of

_PRELUDE = """
typedef unsigned char u8; typedef signed char s8; typedef unsigned short u16; typedef short s16;
typedef unsigned int u32; typedef unsigned long u64;
struct point { int x, y; }; struct big { long a[4]; char c; }; union either { u64 l; u32 i[2]; u8 b[8]; };
struct bits { unsigned a : 3; int b : 5; u64 c : 40; _Bool d : 1; u8 e : 4; };
static int counter; static const u8 table[] = { 3, 1, 4, 1, 5, 9, 2, 6 };
static int bump(int by) { counter += by; return counter; }
static struct point make(int x, int y) { struct point p = { x, y }; return p; }
static int sum(struct point p) { p.x += p.y; return p.x; }
static struct big grow(struct big b, long by) { b.a[2] += by; b.c = (char)by; return b; }
static u64 through(u64 *p, u64 v) { u64 old = *p; *p = v; return old; }
"""

# bodies of long f(long n), run with several n
_BODIES = [
    "u8 a = n; a += 300; return a;", "s8 a = n; a = a * a; return a;", "u16 a = n; return a << 12;",
    "s16 a = n; return a >> 3;",
    "u32 a = n; return a * a;", "int a = n; return a * (long)a;", "_Bool b = n; b++; return b;", "_Bool b = n; b--; return b;",
    "_Bool b = n & 4; return b + b;", "char c = n; return c;", "u8 a = n; return ~a;", "u8 a = n; return -a;",
    "s8 a = n; return !a + !!a;",
    "u8 a = n; a <<= 3; return a;", "s8 a = n; a >>= 2; return a;", "u8 a = n; a /= 3; return a;",
    "s8 a = n; a %= 7; return a;",
    "u32 a = n; int b = -3; return a + b;", "u32 a = n; long b = -3; return a + b;", "u8 a = 200; s8 b = n; return a < b;",
    "u32 a = n; int b = -1; return a < b;", "return (u8)n < (s8)n;", "return (s8)n ^ (u8)n;", "return n / 7 + n % 7;",
    "u64 a = n; return a / 7 + a % 7;", "int a = n; return a / -3 + a % -3;", "return (int)n >> 5;", "return (u32)n >> 5;",
    "return 1ul << (n & 63);", "return (long)(int)n << 3;", "u8 a = n; a++; ++a; return a--;",
    "int a[4] = { 1, 2, 3 }; a[n & 3] += 10; return a[0] * 1000 + a[1] * 100 + a[2] * 10 + a[3];",
    "int a[2][3] = { { 1, 2 }, { 3, 4, 5 } }; int (*p)[3] = a + 1; return (*p)[n & 1] + a[0][1] * 10 + p[-1][0];",
    'char s[16] = "hello"; return s[n & 15] + sizeof s;', 'char s[] = "seven"; return s[n & 3] * sizeof s;',
    'const char *s = "abc"; return s[n & 3];', "struct point p = { .y = n }; return p.x * 100 + p.y;",
    "struct point p = { n, 2 }, q; q = p; q.x++; return p.x * 10 + q.x;", "return sum(make(n, 4)) + make(n, 5).y;",
    "struct point p = make(n, 1); sum(p); return p.x;",
    "struct big b = { { 1, 2, 3, 4 }, 5 }; struct big c = grow(b, n); return c.a[2] * 10 + c.c + b.a[2];",
    "union either u = { .l = n }; u.b[1] ^= 0x55; return u.i[0];",
    "struct bits b = { 5, -3, 1, 1, 9 }; b.a += n; b.b = n; b.c -= n; b.e <<= 1;"
    "return b.a + b.b * 16 + (u64)b.c * 1024 + b.d + b.e;",
    "struct bits b = {}; b.b = n; return b.b++ + (u64)(b.c = n) + (b.a = n) + ++b.d;",
    "struct bits b = { 7 }; return (b.a + 1 > 0) + (b.a - 8 < 0) + (-b.a < 0);",
    "int s = 0; for (int i = 0; i < 10; i++) { if (i == n) continue; if (i > 6) break; s += i; } return s;",
    "int s = 0, i = 0; while (i++ < 5) s = s * 3 + i; do s--; while (s > n && s > 0); return s;",
    "switch (n) { case 1: n = 10; case 2: n += 5; break; case 3 ... 6: n = 7; break; default: n = -1; } return n;",
    "int r = 0; switch ((u8)n) { case 200: r = 1; break; case 7: r = 2; default: r += 3; } return r;",
    "int r = 0; switch (n & 3) { { case 0: r = 1; } for (;;) { case 1: r += 2; if (r > 6) break; } default: r *= 2; }"
    "return r;",
    "int i = 0; again: i += 3; if (i < n && i < 50) goto again; return i;",
    "return n > 3 ? n < 8 ? 1 : 2 : n ?: 9;", "return (counter = n, bump(2)) + bump(3);", "int a = 5; return (a += n, a * 2);",
    "return n && bump(1) || bump(2) > 4;", "counter = 0; if (n > 2 || bump(1)) bump(10); return counter;",
    "return ({ int t = n; t *= 2; t + 1; }) + ({ n; });", "int *p = &(int){ n }; *p += 1; return *p;",
    "struct point *p = &(struct point){ .y = n }; p->x = 3; return p->x + p->y;",
    "return ((struct point){ n, 2 }).x + (u8){ n };",
    "u64 v = n; u64 old = through(&v, 7); return old + v;", "int a = n; int *p = &a, **q = &p; **q = 3; return a + *p;",
    "int a[5] = { 5, 4, 3, 2, 1 }; int *p = a, *e = a + 5; long s = 0; while (p < e) s = s * 10 + *p++; return s + (e - a);",
    "int a[5] = { 1, 2, 3, 4, 5 }; int *p = a + 4; return *p-- * 10 + p[1] + (p - a);",
    "int a[3]; return (char *)&a[2] - (char *)a;",
    "u8 *p = (u8 *)&n; return p[0] * 256 + p[1];", "static int calls; calls += n; return calls;",
    "return table[n & 7] + sizeof table;",
    "u8 d[8]; __builtin_memcpy(d, table, 8); d[n & 7] = 99; return d[3] + __builtin_memcmp(d, table, 8) * 1000;",
    "u32 d[4]; __builtin_memset(d, n, sizeof d); return d[2];",
    "u8 d[9] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 }; __builtin_memmove(d + 1, d, 8); return d[8] + d[1];",
    "return __builtin_bswap16(n) + __builtin_bswap32(n) + __builtin_bswap64(n);",
    "return __builtin_popcountl(n) + __builtin_popcount(n);",
    "return __builtin_ctzl(n | 256) + __builtin_clzl(n | 1) + __builtin_ffs(n);",
    "u32 r; int o = __builtin_add_overflow((u32)n, 0xfffffff0u, &r); return r + o;",
    "int r; int o = __builtin_mul_overflow((int)n, 1 << 30, &r); return r + o * 3;",
    "long r; return __builtin_sub_overflow(n, 1L << 62, &r) + r;",
    "int v = n; int a = __sync_fetch_and_add(&v, 3), b = __sync_add_and_fetch(&v, 4); return v * 100 + a * 10 + b;",
    "long v = n; long a = __sync_val_compare_and_swap(&v, 5, 6); return v * 10 + a + __sync_bool_compare_and_swap(&v, 6, 7);",
    "int v = 5, e = n; int ok = __atomic_compare_exchange_n(&v, &e, 9, 0, 5, 5); return v * 100 + e * 10 + ok;",
    "int v = n; int a = __atomic_exchange_n(&v, 4, 5); int b = __atomic_fetch_or(&v, 3, 5); return a * 10 + b + v;",
    "u8 a = n, b = 200; return (u8)(a + b) + (a + b);", "return (n > 3) + (n > 4) * 2;", "return -(u32)n;", "return (u16)-n;",
    "const volatile int v = 3; return v + n;", "enum { A = -2, B = 7 } e = n; return e + B * A;",
    "typeof(n) m = n; __auto_type k = (s8)m; return k;",
    "int a = n; { int a = 3; a++; } return a;", "int x = n, y = x++ * 2; return x * 1000 + y;",
    "long v = n; v <<= (u8)3; v |= 1u << 31; return v;",
    "u64 x = 0x123456789abcdef0; x ^= n; x = x >> 60 | x << 4; return x;",
    "int v = n; v ^= v << 13; v ^= (u32)v >> 17; return v;",
    "s8 v = -128; v = -v; return v + n;", "u32 i = n; return i-- > 0 ? i : 77;",
    "__atomic_store_n(&n, 6, 0); return __atomic_load_n(&n, 0);",
    "return (n, 3) + (n ? (void)0, 4 : 5);",
    "struct { u8 t; u32 v; } __attribute__((packed)) p = { 1, n }; return p.v + sizeof p;", "int z[0]; return sizeof z + n;",
    "struct point a[3] = { [1] = { n, 4 }, { 5 } }; struct point *p = a; p++; return p->x + p[1].x * 10 + (p - a);",
    "return __builtin_offsetof(struct big, c) + n;", "if (__builtin_expect(n == 3, 0)) return 1; return 2;",
    "for (int i = 0, j = 9; ; i++, j--) if (i >= j) return i * 10 + j + n;",
    "long r = 0; for (; n > 0; n >>= 1) r++; return r;",
]  # fmt: skip
_INPUTS = [0, 1, 2, 3, 5, 7, 8, 100, 200, 255, 256, -1, -3, 0x12345678, -0x80000000, 0x7FFFFFFFFFFFFFFF]


def memory_of(unit: tree.Unit) -> tuple[Memory, dict[str, int]]:
    """The unit's variables in the interpreter's memory, and their addresses."""
    memory, symbols = Memory(), {}
    for g in unit.globals:
        symbols[g.name] = memory.add(g.data if g.data is not None else bytes(max(size_of(g.type), 1)))
    for g in unit.globals:
        for r in g.references:
            memory.write(symbols[g.name] + r.at, 8, symbols[r.symbol.name] + r.addend)
    return memory, symbols


@needs_gcc
def test_small_functions_give_what_gcc_gives(tmp_path: Path) -> None:
    functions = [f"long f{i}(long n) {{ {body} }}" for i, body in enumerate(_BODIES)]
    calls = "\n".join(
        f'counter = 0; printf("%ld\\n", f{i}({n}L));' for i in range(len(_BODIES)) for n in _INPUTS
    ).replace("-9223372036854775808L", "(-9223372036854775807L-1)")
    source = _PRELUDE + "\n".join(functions)
    expected = iter(run_gcc(f"#include <stdio.h>\n{source}\nint main(void) {{ {calls} return 0; }}", tmp_path))
    compiling = Compilation(source, "t.c", Options())
    module, unit = compiling.ir(), compiling.unit()
    memory, symbols = memory_of(unit)
    for i, body in enumerate(_BODIES):
        for n in _INPUTS:
            if "counter" in symbols:
                memory.write(symbols["counter"], 4, 0)
            got = interpret(module.functions[f"f{i}"], [n & (1 << 64) - 1], memory, module=module, symbols=symbols)
            assert got is not None
            assert (body, n, str(got - (got >> 63 << 64))) == (body, n, next(expected))


@pytest.mark.parametrize("count", [1, 40])
def test_a_function_with_many_locals_keeps_them_apart(count: int) -> None:
    names = [f"v{i}" for i in range(count)]
    text = "long f(long n) {" + "".join(f"long {v} = n + {i};" for i, v in enumerate(names)) + f"return {' + '.join(names)}; }}"
    compiling = Compilation(text, "t.c", Options())
    got = interpret(compiling.ir().functions["f"], [10], Memory())
    assert got == sum(10 + i for i in range(count))

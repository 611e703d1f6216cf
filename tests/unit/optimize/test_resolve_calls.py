"""Calls through pointers: direct once inlining shows the function, refused otherwise."""

from __future__ import annotations

import pytest

import purebpf
from purebpf.compiler.diagnostics import CompileError
from purebpf.runtime.vm import Machine

HEAD = """
#define SEC(n) __attribute__((section(n), used))
typedef int (*step)(int, long *);
static int add(int a, long *p) { *p += a; return a + 1; }
static __attribute__((noinline)) int sub(int a, long *p) { *p -= a; return a - 1; }
static __attribute__((always_inline)) int twice(step f, int x, long *p) { return f(f(x, p), p); }
struct steps { step one, two; };
static inline __attribute__((format(printf, 1, 2))) void checked(const char *format, ...) {}
"""


def test_functions_passed_to_inlined_ones_are_called() -> None:
    obj = purebpf.compile(HEAD + """
        SEC("xdp") int f(void *ctx)
        {
            long v = 0;
            struct steps steps = {add, sub};
            checked("%d", 3);
            return twice(add, 3, &v) + twice(sub, 10, &v) * 10 + steps.two(1, &v) + v * 1000;
        }""")
    # C11: add twice: 3, 4 -> v = 7, result 5; sub twice: 10, 9 -> v = -12, result 8; sub once: v = -13, result 0
    assert Machine(obj).run("f", packet=bytes(60)).retval == (5 + 80 + 0 - 13000) & 0xFFFFFFFF


@pytest.mark.parametrize(("body", "name"), [
    ("step f = *(int *)ctx ? add : sub; return f(1, &v);", "f"),
    ("struct steps *s = ctx; return s->two(1, &v);", "two"),
])  # fmt: skip
def test_a_pointer_that_stays_unknown_is_refused_by_name(body: str, name: str) -> None:
    with pytest.raises(CompileError) as caught:
        purebpf.compile(HEAD + f'SEC("xdp") int f(void *ctx) {{ long v = 0; {body} }}')
    assert f"this calls through a function pointer ('{name}')" in str(caught.value)


def test_static_functions_of_more_than_five_parameters_are_inlined() -> None:
    obj = purebpf.compile(HEAD + """
        static long six(long a, int b, int c, int d, int e, long f) { return a * b + c * d - e * f; }
        SEC("xdp") int f(void *ctx) { return six(7, 2, 3, 4, 5, 6) + six(1, 2, 3, 4, 5, 1) * 100; }""")
    assert Machine(obj).run("f", packet=bytes(60)).retval == (7 * 2 + 12 - 30 + (2 + 12 - 5) * 100) & 0xFFFFFFFF


def test_strings_that_inlining_shows_are_compared_by_us() -> None:
    obj = purebpf.compile(HEAD + """
        static __attribute__((always_inline)) int id(const char *const f)
        {
            if (!__builtin_strcmp("a.c", f)) return 1;
            if (!__builtin_strcmp(f, "b.c")) return 2;
            return !__builtin_strncmp(f, "bxxx", 1) ? 4 : 0;
        }
        static __attribute__((always_inline)) int length(const char *const f) { return __builtin_strlen(f + 1); }
        SEC("xdp") int f(void *ctx)
        {
            return id("a.c") + id("b.c") * 10 + id("c.c") * 100 + id("bz") * 1000 + length("hello") * 10000;
        }""")
    assert Machine(obj).run("f", packet=bytes(60)).retval == 1 + 20 + 0 + 4000 + 40000
    assert len(obj.functions["f"].insns) == 2


def test_strings_that_stay_unknown_are_refused() -> None:
    with pytest.raises(CompileError, match="__builtin_strcmp needs strings that are known"):
        purebpf.compile(HEAD + 'SEC("xdp") int f(void *ctx) { return __builtin_strcmp(ctx, "a"); }')


HELPERS = """
#define SEC(n) __attribute__((section(n), used))
static long (*const bpf_probe_read_user)(void *to, unsigned size, const void *from) = (void *) 112;
static int (*bpf_probe_read_kernel)(void *to, unsigned size, const void *from) = (void *) 113;
static unsigned (*random)(void) = (void *) 7;
static short (*narrow)(void) = (void *) 7;
typedef long (*reader)(void *, unsigned, const void *);
"""


def _calls(source: str) -> list[int]:
    function = purebpf.compile(HELPERS + source).functions["f"]
    return [insn.imm for insn in function.insns if insn.op == 0x85]


def test_a_helper_in_a_variable_that_inlining_makes_known_is_called() -> None:
    """Clang 19 -O2 makes the same calls of it."""
    assert _calls("""
        static __attribute__((always_inline)) long copy(void *to, const void *from, _Bool user)
        {
            reader read = 0;
            if (user) read = bpf_probe_read_user; else read = (reader)bpf_probe_read_kernel;
            return read(to, 4, from);
        }
        SEC("kprobe") int f(long *ctx) { int a, b; return copy(&a, (void *)ctx[1], 1) + copy(&b, (void *)ctx[2], 0) + a + b; }
        """) == [112, 113]  # fmt: skip


@pytest.mark.parametrize(("type", "name", "expected"), [
    ("unsigned", "random", 0x8765_4321), ("short", "narrow", 0x4321), ("unsigned long", "wide", 0x9_8765_4321),
])  # fmt: skip
def test_of_a_helpers_result_the_c_type_of_the_pointer_is_taken(type: str, name: str, expected: int) -> None:
    obj = purebpf.compile(HELPERS + f"""
        static unsigned long (*wide)(void) = (void *) 7;
        static __attribute__((always_inline)) {type} call({type} (*what)(void)) {{ return what(); }}
        unsigned long result;
        SEC("xdp") int f(void *ctx) {{ result = call({name}); return 0; }}""")
    machine = Machine(obj)
    machine.run("f", packet=bytes(60), helpers={"bpf_get_prandom_u32": lambda *_: 0x9_8765_4321})
    assert machine.maps[".bss"][0]["result"] == expected


def test_a_choice_between_helpers_that_stays_open_is_refused() -> None:
    with pytest.raises(CompileError) as caught:
        purebpf.compile(HELPERS + """
            SEC("kprobe") int f(long *ctx)
            {
                reader read = ctx[1] ? bpf_probe_read_user : (reader)bpf_probe_read_kernel;
                int a;
                return read(&a, 4, (void *)ctx[2]);
            }""")
    assert "this calls through a function pointer ('read')" in str(caught.value)


def test_a_number_that_no_helper_has_yet_is_called_as_it_is() -> None:
    """Loaders patch such calls; they need an instruction of a number of their own (clang: `call -0x1`)."""
    assert _calls("""
        static void *(*patched)(unsigned long, ...) = (void *)-1;
        SEC("socket") int f(void *ctx) { patched(0); return 1; }""") == [-1]

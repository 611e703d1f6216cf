"""What lowering gets: sections, symbols, helpers, literals, which locals live in memory, explicit conversions."""

from __future__ import annotations

from c_front import check, errors

from purebpf.compiler.sema import tree
from purebpf.compiler.sema import types as ct
from purebpf.compiler.sema.printer import print_expression, print_unit
from purebpf.compiler.sema.walk import walk

_SEC = "#define SEC(name) __attribute__((section(name), used))\n"


def body(text: str, name: str = "f") -> tree.Block:
    [function] = [f for f in check(text).functions if f.name == name]
    assert function.body is not None
    return function.body


def returned(text: str) -> str:
    """The value a function `f` returns, printed."""
    [value] = [s.value for s in body(text).statements if isinstance(s, tree.Return)]
    assert value is not None
    return print_expression(value)


def test_variables_go_to_the_sections_clang_puts_them_in() -> None:
    unit = check(_SEC + """
        int zero; int one = 1; const int fixed = 2; const volatile int config = 3; static int hidden = 4; int explicit_zero = 0;
        struct { int (*type)[1]; } map SEC(".maps"); char license[] SEC("license") = "GPL"; int mine SEC(".data.mine") = 0;
        static const char text[] = "abc"; const char *const pointer = "abc"; int *address = &one; static int unused;
        int f(void) { static int counter; static const int table[] = { 1, 2 }; return counter++ + hidden + table[1] + text[0]; }
        int g(void) { static long counter = 5; return counter; }
    """)
    assert {g.name: g.section for g in unit.globals} == {
        "zero": ".bss", "one": ".data", "fixed": ".rodata", "config": ".rodata", "hidden": ".data", "explicit_zero": ".bss",
        "map": ".maps", "license": "license", "mine": ".data.mine", "text": ".rodata", "pointer": ".rodata", "address": ".data",
        "f.counter": ".bss", "f.table": ".rodata", "g.counter": ".data", ".str": ".rodata.str1.1",
    }  # fmt: skip
    flags = {g.name: (g.constant, g.volatile) for g in unit.globals}
    assert flags["fixed"] == (True, False)
    assert flags["config"] == (False, True)
    assert flags["one"] == (False, False)


def test_equal_string_literals_are_one_and_unevaluated_ones_none() -> None:
    unit = check('const char *f(int n) { return n ? "same" : n + sizeof("other") ? "same" : "third"; }')
    assert sorted(g.data or b"" for g in unit.globals) == [b"same\0", b"third\0"]


def test_functions_carry_section_linkage_and_inlining() -> None:
    unit = check(_SEC + """
        static __attribute__((noinline)) int never(void) { return 1; }
        static inline __attribute__((always_inline)) int always(void) { return never(); }
        __attribute__((weak)) int weak(void) { return always(); }
        SEC("xdp") int prog(void *ctx) { return weak(); }
        static SEC("tc") int also(void *ctx) { return 0; }
    """)
    assert [(f.name, f.section, f.linkage, f.inline) for f in unit.functions] == [
        ("never", "", "static", "never"), ("always", "", "static", "always"), ("weak", "", "weak", ""),
        ("prog", "xdp", "global", ""), ("also", "tc", "static", ""),
    ]  # fmt: skip


def test_helpers_declared_either_way_become_numbers() -> None:
    for const in ("", "const"):
        text = f"static void *(*{const} lookup)(void *, const void *) = (void *) 1; void *f(void *m) {{ return lookup(m, m); }}"
        assert returned(text).startswith("(call : void * (1 : ")
        assert [g.name for g in check(text).globals] == []


def test_scalars_stay_in_registers_unless_their_address_counts() -> None:
    block = body("""
        void g(int *p) { }
        int f(int n) {
            int plain = n, taken = n, sized = n, array[2] = { n }, folded = n; struct { int a; } record = { n }, *p = &record;
            g(&taken); *&folded = 2;
            return plain + sizeof(&sized) + array[0] + p->a + folded + sized;
        }
    """)
    found = {s.symbol.name: s.symbol.addressed for s in block.statements if isinstance(s, tree.Declare)}
    assert found == {
        "plain": False, "taken": True, "sized": False, "array": True, "folded": False, "record": True, "p": False,
    }  # fmt: skip


def test_every_conversion_is_explicit() -> None:
    declarations = "unsigned char c; int i; long l; unsigned u; int *p; int a[3]; struct { int b : 3; } s; "
    assert returned(declarations + "long f(void) { return c + i; }") == (
        "(cast : long (binary + : int (cast : int (load : unsigned char (c : unsigned char))) (load : int (i : int))))"
    )
    assert returned(declarations + "int f(void) { return u < i; }") == (
        "(compare < : int (load : unsigned int (u : unsigned int)) (cast : unsigned int (load : int (i : int))))"
    )
    assert returned(declarations + "int *f(void) { return a + i; }") == (
        "(pointer + * 4 : int * (addressof : int * (a : int[3])) (cast : long (load : int (i : int))))"
    )
    assert returned(declarations + "long f(void) { return p - a; }") == (
        "(pointer difference / 4 : long (load : int * (p : int *)) (addressof : int * (a : int[3])))"
    )
    assert returned(declarations + "_Bool f(void) { return l; }") == "(cast : _Bool (load : long (l : long)))"


def test_constants_and_dead_branches_are_folded() -> None:
    text = "int dead(void); static int k(void) { return 1; } "
    assert returned(text + "int f(void) { return 0 ? dead() : sizeof(int) * 2 + ('a' == 97); }") == "(9 : int)"
    assert returned(text + "int f(void) { return 1 || dead(); }") == "(1 : int)"
    assert returned(text + "long f(void) { return (long)&((struct { int a; long b; } *)0)->b; }") == "(8 : long)"
    assert returned(text + "int f(void) { return __builtin_constant_p(3) ? 1 : dead(); }") == "(1 : int)"
    assert [f.name for f in check(text + "int f(void) { return 0 && k(); }").functions] == ["f"]


def test_members_of_anonymous_records_have_one_offset() -> None:
    record = "struct s { int a; struct { int b; union { long c; struct { int d : 5, e : 6; }; }; }; } v;"
    text = f"{record} int f(void) {{ return v.e; }}"
    [member] = [n for n in walk(body(text)) if isinstance(n, tree.Member)]
    assert (member.offset, member.field.offset, member.field.bits) == (133, 5, 6)


def test_atomics_fetch_only_what_is_used() -> None:
    block = body("""
        int f(int *p) {
            __sync_fetch_and_add(p, 1); (void)__sync_add_and_fetch(p, 2);
            return __sync_fetch_and_or(p, 3) + __sync_add_and_fetch(p, 4) + __atomic_exchange_n(p, 5, 0);
        }
    """)
    found = [(n.op, n.fetch) for n in walk(block) if isinstance(n, tree.Atomic)]
    assert found == [("add", ""), ("add", ""), ("or", "old"), ("add", "new"), ("xchg", "old")]


def test_cleanups_run_at_every_way_out() -> None:
    text = """
        static void done(int *p) { (*p)++; }
        int f(int n) {
            for (;;) {
                int a __attribute__((cleanup(done))) = n;
                if (n == 1) break;
                if (n == 2) continue;
                if (n == 3) return a;
            }
            return n;
        }
    """
    calls = [n for n in walk(body(text)) if isinstance(n, tree.Call)]
    assert len(calls) == 4
    [keep] = [n for n in walk(body(text)) if isinstance(n, tree.Declare) and n.symbol.name == ".result"]
    assert keep.initializer is not None


def test_switches_know_their_cases_and_loops_their_pragmas() -> None:
    block = body("""
        int f(int n) {
            switch (n) { case 1 ... 3: case 'x': n = 2; { case -1: n = 3; } break; default: n = 4; }
            #pragma unroll
            for (int i = 0; i < 4; i++) n++;
            #pragma clang loop unroll_count(2)
            while (n) n--;
            return n;
        }
    """)
    [switch] = [n for n in walk(block) if isinstance(n, tree.Switch)]
    assert [(c.low, c.high) for c in switch.cases] == [(1, 3), (120, 120), (-1, -1), (None, None)]
    assert [n.unroll for n in walk(block) if isinstance(n, tree.Loop)] == [0, 2]


def test_types_keep_the_names_the_user_wrote() -> None:
    unit = check("typedef unsigned u32; u32 f(const u32 n) { return n; }")
    assert "function f global : u32 (u32)" in print_unit(unit)
    [parameter] = unit.functions[0].parameters
    assert isinstance(parameter.type, ct.Qualified)


def test_a_tentative_array_gets_one_element_and_a_later_size_wins() -> None:
    unit = check("int a[]; int b[]; int b[3]; extern int c[]; int c[2] = { 1 };")
    assert {g.name: g.type for g in unit.globals} == {
        "a": ct.Array(ct.INT, 1), "b": ct.Array(ct.INT, 3), "c": ct.Array(ct.INT, 2),
    }  # fmt: skip


def test_statics_of_functions_have_names_of_their_own() -> None:
    unit = check("int f(void) { static int n; { static int n; n++; } return n++; } int g(void) { static int n; return n++; }")
    assert [g.name for g in unit.globals] == ["f.n", "f.n.1", "g.n"]
    assert errors("int f(void) { static int n; static int n; return n; }") == ["E0367 1: redefinition of 'n'"]


def test_a_function_that_returns_a_pointer_to_a_function_has_its_own_parameters() -> None:
    unit = check("static int g(void) { return 1; } int (*f(int a, char *b))(void) { return b ? g : 0; }")
    [function] = [f for f in unit.functions if f.name == "f"]
    assert [p.name for p in function.parameters] == ["a", "b"]


def test_inline_functions_belong_to_the_unit() -> None:
    unit = check("inline int f(void) { return 1; } int g(void) { return f(); } inline int unused(void) { return 2; }")
    assert [(f.name, f.linkage) for f in unit.functions] == [("f", "static"), ("g", "global")]

"""CO-RE: the relocations that clang emits for the same source, by function: (kind, root, access)."""

from __future__ import annotations

import shutil
import subprocess

import pytest

import purebpf
from purebpf.compiler.object.model import Object
from purebpf.compiler.object.read import read_object

CLANG = shutil.which("clang-19") or shutil.which("clang")
needs_clang = pytest.mark.skipif(CLANG is None, reason="clang is not installed")

SOURCE = """
#define PROG(n) __attribute__((section("p/" #n), used))
#define core __builtin_preserve_access_index
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
struct in { int x; int arr[4]; };
struct kt {
    int a; struct in in; union { int u1; struct { short s1, s2; }; }; struct in ins[3]; unsigned bf1:3, bf2:7;
    unsigned long bf3:33; struct kt *next; unsigned char bytes[8]; int deep[2][3]; unsigned :4; int last;
};
typedef struct { int counter; int c2; } atomic_x;
struct kt2 { atomic_x at; struct kt k; };
enum en { EA = 5, EB = 7, EC = -1 };
enum en64 { BA = 0x100000000ULL };
#pragma clang attribute pop
struct user { long pad; struct in in; };
struct plain { int p; struct { int q; } n; };
struct nest {
    int z; struct { int q, p; } in; struct named { int k, l; } nn; struct { struct { int d, e; } deep; } dd;
    union { struct { int f, g; }; int h; };
} __attribute__((preserve_access_index));
struct __attribute__((preserve_access_index)) nest2 { int z; struct { int q, p; } in; };
typedef struct kt kt_t;
typedef const struct kt const_kt;
struct kt global;
PROG(nested) long nested(struct kt *k) { return k->in.x; }
PROG(element) long element(struct kt *k) { return k->in.arr[2]; }
PROG(anonymous) long anonymous(struct kt *k) { return k->s2; }
PROG(pointers) long pointers(struct kt *k) { return k->next->next->a; }
PROG(root_index) long root_index(struct kt *k) { return k[2].a; }
PROG(inner_only) long inner_only(struct user *k) { return k->in.arr[1]; }
PROG(anonymous_typedef) long anonymous_typedef(struct kt2 *k) { return k->at.c2; }
PROG(typedef_root) long typedef_root(atomic_x *k) { return k->c2; }
PROG(read_bits) long read_bits(struct kt *k) { return k->bf2; }
PROG(region) long region(struct plain *k) { return *core(&k->n.q) + core(k[3].n.q); }
PROG(info) long info(struct kt *k) {
    return __builtin_preserve_field_info(k->bf2, 0) + __builtin_preserve_field_info(k->bf2, 1) * 3 +
        __builtin_preserve_field_info(k->bf2, 4) * 5 + __builtin_preserve_field_info(k->bf2, 5) * 7 +
        __builtin_preserve_field_info(k->bf2, 3) * 9 + __builtin_preserve_field_info(k->in.arr[1], 2) * 11;
}
PROG(null_info) long null_info(void) { return __builtin_preserve_field_info(((struct kt *)0)->in.arr[3], 0); }
PROG(enums) long enums(void) {
    return __builtin_preserve_enum_value(*(typeof(enum en) *)EB, 0) + __builtin_preserve_enum_value(*(enum en *)EC, 1) * 3
        + __builtin_preserve_enum_value(*(enum en64 *)BA, 1) * 5;
}
PROG(types) long types(void) {
    return __builtin_preserve_type_info(*(struct kt *)0, 0) + __builtin_preserve_type_info(*(atomic_x *)0, 1) * 3 +
        __builtin_preserve_type_info(*(struct in *)0, 2) * 5 + __builtin_btf_type_id(*(struct in *)0, 0) * 7 +
        __builtin_btf_type_id(*(struct in *)0, 1) * 9 + __builtin_preserve_type_info(*(kt_t *)0, 0) * 11;
}
PROG(const_types) long const_types(void) {
    return __builtin_preserve_type_info(*(const_kt *)0, 0) + __builtin_preserve_type_info(*(const struct kt *)0, 0) * 3;
}
PROG(local) long local(struct kt *k) { struct in t; __builtin_memcpy(&t, k, sizeof t); return t.arr[1]; }
PROG(of_global) long of_global(void) { return global.in.x; }
PROG(address) void *address(struct kt *k) { return &k->in; }
PROG(through_address) long through_address(struct kt *k) { return (&k->in)->x; }
PROG(cast_inside) long cast_inside(struct kt *k) { return *(int *)core((void *)&k->ins[1]) + core(({ k->next->in.x; })); }
PROG(two_dimensions) long two_dimensions(struct kt *k) { return k->deep[1][2]; }
PROG(behind_unnamed_bits) long behind_unnamed_bits(struct kt *k) { return k->last; }
PROG(qualified) long qualified(kt_t *k, volatile struct kt *v) { return k->a + v->a; }
PROG(plain_one) long plain_one(struct plain *k) { return k->n.q; }
PROG(nested_unnamed) long nested_unnamed(struct nest *k) { return k->in.p + k->dd.deep.e * 3 + k->g * 5; }
PROG(nested_named) long nested_named(struct nest *k, struct named *n) { return k->nn.l + n->l * 3; }
PROG(nested_before) long nested_before(struct nest2 *k) { return k->in.p; }
PROG(typedef_bits) long typedef_bits(kt_t *k) { return k->bf2 + k->a * 3; }
PROG(typedef_index) long typedef_index(kt_t *k) { return k[2].a; }
PROG(element_of_root) void *element_of_root(struct kt *k) { return &k[2]; }
PROG(element_in_region) void *element_in_region(struct user *k) { return core(&k[3]); }
PROG(element_of_plain) void *element_of_plain(struct plain *k) { return &k[3]; }
PROG(end_of_array) void *end_of_array(struct kt *k) { return k->ins + 3; }
PROG(sum_of_root) long sum_of_root(struct kt *k) { return (k + 1)->a; }
PROG(sum_of_elements) long sum_of_elements(struct kt *k) { return *(k->bytes + 3) + (k->ins + 1)->x * 3; }
PROG(stored) long stored(struct kt *k) { k->in.x = 3; k->a += 2; __sync_fetch_and_add(&k->last, 1); return 0; }
"""


def relocations(obj: Object) -> dict[str, set[tuple[int, str, str]]]:
    assert obj.btf is not None
    return {
        name: {(r.kind, getattr(obj.btf[r.type_id], "name", ""), r.access) for r in function.core}
        for name, function in obj.functions.items()
    }


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Object, Object]:
    folder = tmp_path_factory.mktemp("core")
    source, made = folder / "x.c", folder / "x.o"
    source.write_text(SOURCE)
    subprocess.run([str(CLANG), "-O2", "-g", "-w", "-target", "bpf", "-mcpu=v3", "-c", str(source), "-o", str(made)],
                   check=True, timeout=60)  # fmt: skip
    return purebpf.compile(SOURCE), read_object(str(made))


@needs_clang
def test_the_relocations_are_those_of_clang(both: tuple[Object, Object]) -> None:
    ours, clangs = map(relocations, both)
    # clang leaves the second index out; libbpf takes as many as there are dimensions
    assert (ours.pop("two_dimensions"), clangs.pop("two_dimensions")) == ({(0, "kt", "0:9:1:2")}, {(0, "kt", "0:9:1")})
    assert ours == clangs
    assert sum(map(len, ours.values())) > 40


@needs_clang
@pytest.mark.parametrize("compiler", [0, 1])
def test_a_relocated_instruction_has_the_local_value_where_loaders_look(both: tuple[Object, Object], compiler: int) -> None:
    """libbpf's relo_core.c: accesses have it in `off`, moves, additions and lddw in `imm`; it refuses other numbers there."""
    for function in both[compiler].functions.values():
        for relocation in function.core:
            insn = function.insns[relocation.at]
            assert insn.op & 7 in (1, 2, 3, 7) or insn.op == 0x18, function.name
            if relocation.kind == 0:
                number = insn.off if insn.op & 7 in (1, 2, 3) else insn.imm
                assert number >= 0


@needs_clang
def test_fields_are_read_with_one_instruction_where_clang_does(both: tuple[Object, Object]) -> None:
    """The context must not be changed before it is read: the relocation belongs into the load."""
    ours, _ = both
    for name in ("nested", "element", "anonymous", "root_index", "read_bits", "typedef_root", "inner_only"):
        function = ours.functions[name]
        assert [function.insns[r.at].op & 7 for r in function.core] == [1], name


@pytest.mark.parametrize("cpu", [1, 2, 3, 4])
def test_relocations_survive_every_cpu(cpu: int) -> None:
    from purebpf.compiler.api import Options
    from purebpf.compiler.target import Target

    found = relocations(purebpf.compile(SOURCE.replace("k->a += 2; __sync_fetch_and_add(&k->last, 1);", ""),
                                        options=Options(target=Target(cpu))))  # fmt: skip
    assert found["enums"] == {(10, "en", "1"), (11, "en", "2"), (11, "en64", "0")}


def test_reads_of_different_structs_are_not_one() -> None:
    """What either side of bpf_core_field_exists() reads looks the same but for its relocation."""
    obj = purebpf.compile("""
        struct old { unsigned n; } __attribute__((preserve_access_index));
        struct new { unsigned n; } __attribute__((preserve_access_index));
        __attribute__((section("p/f"), used)) int f(void *p)
        {
            if (__builtin_preserve_field_info(((struct old *)0)->n, 2))
                return ((struct old *)p)->n;
            return ((struct new *)p)->n;
        }""")
    assert relocations(obj)["f"] == {(2, "old", "0:0"), (0, "old", "0:0"), (0, "new", "0:0")}


def test_container_of_a_relocated_member_steps_back_by_its_offset() -> None:
    """A negated offset has no bounds for the verifier, and kernel pointers may not move by unknown numbers."""
    obj = purebpf.compile("""
        struct inner { int a; };
        struct outer { long x; struct inner in; int z; } __attribute__((preserve_access_index));
        #define container_of(p) ((struct outer *)((char *)(p) - (unsigned long)&((struct outer *)0)->in))
        __attribute__((section("p/f"), used)) int f(struct inner *p) { return container_of(p)->z; }""")
    code = [(insn.op, insn.imm) for insn in obj.functions["f"].insns]
    assert (0x1F, 0) in code  # r -= r
    assert not any(op & 0xF0 == 0x80 for op, _ in code if op & 7 == 7)  # no negation
    assert relocations(obj)["f"] == {(0, "outer", "0:1"), (0, "outer", "0:2")}

"""`#include "vmlinux.h"` where there is no such file: names, layouts, attributes, complaints. The kernel is a small one."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path

import pytest
from kernel_types import small_kernel

from purebpf.compiler.api import Compilation, Options
from purebpf.compiler.diagnostics import CompileError
from purebpf.compiler.object import btf as b
from purebpf.compiler.preprocess import PreprocessOptions
from purebpf.compiler.preprocess.printer import print_tokens
from purebpf.compiler.sema import tree
from purebpf.compiler.sema import types as ct
from purebpf.compiler.sema.btf import emit_btf

INCLUDE = '#include "vmlinux.h"\n'


@pytest.fixture
def kernel(tmp_path: Path) -> Path:
    """A file with the small kernel's BTF."""
    path = tmp_path / "small.btf"
    path.write_bytes(small_kernel().encode())
    return path


def compiling(text: str, kernel: Path, **options: object) -> Compilation:
    return Compilation(INCLUDE + text, "t.c", Options(PreprocessOptions(btf=str(kernel), **options)))  # type: ignore[arg-type]


def unit(text: str, kernel: Path, **options: object) -> tree.Unit:
    return compiling(text, kernel, **options).unit()


def complaints(text: str, kernel: Path) -> list[str]:
    compilation = compiling(text, kernel)
    with contextlib.suppress(CompileError):
        compilation.object()
    return [f"{item.code}: {item.message}" for item in compilation.diagnostics.found]


# what the layout and the values must be; a false one is an error of the compiler
FACTS = """
    sizeof(struct task_struct) == 80
    _Alignof(struct task_struct) == 8
    __builtin_offsetof(struct task_struct, parent) == 8
    __builtin_offsetof(struct task_struct, raw) == 16
    __builtin_offsetof(struct task_struct, pid) == 16
    __builtin_offsetof(struct task_struct, tiny) == 52
    __builtin_offsetof(struct task_struct, huge) == 72
    sizeof(((struct task_struct *)0)->comm) == 16
    sizeof(((struct task_struct *)0)->tiny) == 1
    sizeof(struct packed_thing) == 7
    _Alignof(struct packed_thing) == 1
    __builtin_offsetof(struct packed_thing, c) == 5
    _Alignof(struct odd_size) == 1
    _Alignof(struct holds_wide) == 16
    sizeof(struct floats) == 8
    sizeof(struct flexible) == 4
    __builtin_offsetof(struct flexible, data) == 4
    sizeof(union both) == 8
    sizeof(struct twice) == 4
    sizeof(struct twice___2) == 8
    sizeof(enum policy) == 4
    (enum policy)-1 < 0
    (enum tiny)-1 > 0
    sizeof(enum huge) == 8
    POLICY_BAD == -1
    POLICY_OK == 3
    TINY_B == 200
    TINY_A == 0
    TINY_A___2 == 7
    HUGE_HIGH == 0xFFFFFFFFFFFFFFFF
    sizeof(HUGE_HIGH) == 8
    sizeof(HUGE_LOW) == 4
    true == 1
    sizeof(bool) == 1
    (bool)2 == 1
    sizeof(u64) == 8
    sizeof(hook_t) == 8
""".strip().splitlines()


@pytest.mark.parametrize("fact", [fact.strip() for fact in FACTS])
def test_layouts_and_values_are_the_kernels(fact: str, kernel: Path) -> None:
    unit(f'_Static_assert({fact}, "");', kernel)


def record(text: str, kernel: Path) -> ct.Record:
    """The record that `text p;` points at."""
    [variable] = unit(f"{text} *p;", kernel).globals
    pointer = ct.strip(variable.type)
    assert isinstance(pointer, ct.Pointer)
    target = ct.strip(pointer.target)
    assert isinstance(target, ct.Record)
    return target


def test_bit_fields_have_their_place(kernel: Path) -> None:
    fields = record("struct task_struct", kernel).fields
    assert fields is not None
    assert [(f.name, f.offset, f.bits) for f in fields[:3]] == [("flags", 0, None), ("on_cpu", 32, 1), ("state", 33, 7)]


def test_bit_fields_of_old_kernels_have_their_place(kernel: Path) -> None:
    [field] = record("struct old_style", kernel).fields or []
    assert (field.offset, field.bits) == (10, 3)


def test_tags_of_types_are_kept(kernel: Path) -> None:
    fields = {f.name: f.type for f in record("struct task_struct", kernel).fields or []}
    assert fields["buffer"] == ct.Pointer(ct.Qualified(ct.CHAR, tags=("user",)))


def test_records_can_be_relocated_unless_the_program_does_not_want_it(kernel: Path) -> None:
    assert record("struct task_struct", kernel).attributes == {"preserve_access_index"}
    [variable] = unit("struct task_struct *p;", kernel, macros=[("D", "BPF_NO_PRESERVE_ACCESS_INDEX")]).globals
    assert isinstance(variable.type, ct.Pointer)
    assert isinstance(variable.type.target, ct.Record)
    assert not variable.type.target.attributes


def test_a_struct_that_is_only_pointed_at_is_not_defined(kernel: Path) -> None:
    text = "struct task_struct *p; struct mine { struct task_struct *task; hook_t hook; } m; int f(hook_t h) { return !h; }"
    made = unit(text, kernel)
    emit_btf(made)
    pointer = next(g.type for g in made.globals if g.name == "m")
    assert isinstance(pointer, ct.Record)
    assert pointer.fields
    task = ct.strip(pointer.fields[0].type)
    assert isinstance(task, ct.Pointer)
    made = unit("struct mine { struct task_struct *task; } m; int f(struct mine *a) { return a->task == m.task; }", kernel)
    btf = emit_btf(made).btf
    assert btf.find("task_struct", b.Fwd)
    assert not btf.find("task_struct", b.Struct)
    record = made.globals[0].type
    assert isinstance(record, ct.Record)
    assert record.fields
    pointer = record.fields[0].type
    assert isinstance(pointer, ct.Pointer)
    assert isinstance(pointer.target, ct.Record)
    assert pointer.target.define is not None


def test_kernel_functions_for_programs_are_weak_symbols_of_ksyms(kernel: Path) -> None:
    made = unit("int f(struct task_struct *t) { bpf_task_release(t); return bpf_task_count(t); }", kernel)
    assert {(s.name, s.section, s.linkage) for s in made.externs} == {
        ("bpf_task_release", ".ksyms", "extern"), ("bpf_task_count", ".ksyms", "extern"),
    }  # fmt: skip
    assert all(isinstance(s, tree.FunctionSymbol) and "weak" in s.attributes for s in made.externs)


def test_other_functions_of_the_kernel_are_not_declared(kernel: Path) -> None:
    assert complaints("int f(void) { schedule(); return 0; }", kernel)[0].startswith("E0331")
    text = "#define BPF_NO_KFUNC_PROTOTYPES\n" + INCLUDE + "int f(struct task_struct *t) { return bpf_task_count(t); }"
    compilation = Compilation(text, "t.c", Options(PreprocessOptions(btf=str(kernel))))
    with pytest.raises(CompileError, match="bpf_task_count"):
        compilation.unit()


@pytest.mark.parametrize("text", [
    "struct task_struct { int mine; }; int f(struct task_struct *t) { return t->mine; }",
    "typedef long pid_t; _Static_assert(sizeof(pid_t) == 8, \"\");",
    "enum { POLICY_OK = 9 }; _Static_assert(POLICY_OK == 9, \"\");",
    "extern int bpf_task_count(long) __ksym; int f(void) { return bpf_task_count(1); }",
    "int f(int pid_t) { return pid_t + 1; }",
    "int u64 = 4; int f(void) { return u64 * 2; }",
    "struct task_struct___v2 { int gone; }; int f(struct task_struct___v2 *t) { return sizeof(*t); }",
    "struct task_struct; int f(struct task_struct *t) { return sizeof(t->comm); }",
    "struct mystery; int f(struct mystery *m, struct task_struct *t) { return sizeof(t->mystery == m); }",
    "enum policy; int f(void) { enum policy p = POLICY_OK; return p; }",
])  # fmt: skip
def test_the_program_may_declare_what_the_kernel_has(text: str, kernel: Path) -> None:
    assert complaints(text, kernel) == []


@pytest.mark.parametrize(("text", "complaint"), [
    ("union task_struct *p;", "E0362"),
    ("struct policy *p;", "E0362"),
    ("struct mystery m;", "E0301"),
    ("int f(void) { return sizeof(struct nothing); }", "E0"),
    ("int f(struct task_struct *t) { return t->nothing; }", "E0333"),
    ("int f(void *p) { struct task_strukt *t = p; return t->flags; }", "E0301"),
    ("int f(void) { return POLICY_UK; }", "E0331"),
])  # fmt: skip
def test_what_the_kernel_has_not_is_an_error(text: str, complaint: str, kernel: Path) -> None:
    assert complaints(text, kernel)[0].startswith(complaint)


def test_names_that_are_nearly_right_are_proposed(kernel: Path) -> None:
    text = "struct task_strukt; int f(struct task_strukt *t) { return t->flags + bpf_task_cound(0); } int g = POLICY_OOK;"
    with pytest.raises(CompileError) as caught:
        unit(text, kernel)
    assert [item.fix for item in caught.value.diagnostics] == [
        "did you mean 'struct task_struct'?", "did you mean 'POLICY_OK'?",
    ]  # fmt: skip


def test_a_vmlinux_h_on_the_include_path_wins(kernel: Path, tmp_path: Path) -> None:
    (tmp_path / "headers").mkdir()
    (tmp_path / "headers" / "vmlinux.h").write_text("typedef char pid_t;\n")
    unit('_Static_assert(sizeof(pid_t) == 1, "");', kernel, include=[str(tmp_path / "headers")])


def test_including_it_twice_is_including_it_once(kernel: Path) -> None:
    twice = "#include <vmlinux.h>\n#ifndef __VMLINUX_H__\n#error\n#endif\n"
    unit(twice + '#if !__has_include("vmlinux.h")\n#error\n#endif\npid_t p;', kernel)


def test_what_E_prints_can_be_compiled(kernel: Path, tmp_path: Path) -> None:
    strange = tmp_path / 'a "strange\\ name'
    strange.write_bytes(kernel.read_bytes())
    compilation = compiling('_Static_assert(sizeof(struct task_struct) == 80, ""); pid_t p;', strange)
    text = print_tokens(compilation.tokens(), compilation.sources)
    assert "#pragma purebpf vmlinux" in text
    Compilation(text, "t.i", Options()).unit()


# --- no BTF, and broken BTF ---------------------------------------------------------------------------------------


def test_without_btf_the_ways_out_are_named(tmp_path: Path) -> None:
    with pytest.raises(CompileError) as caught:
        unit("", tmp_path / "nothing.btf")
    assert caught.value.code == "E0121"
    assert str(caught.value).replace(str(tmp_path), "/folder") == (
        "t.c:1:10: error: no vmlinux.h on the include path, and no BTF at /folder/nothing.btf to make it from [E0121]\n"
        '    #include "vmlinux.h"\n'
        "             ^~~~~~~~~~~\n"
        "  fix: give a file with the kernel's BTF with --btf FILE, or the folder of a vmlinux.h with -I"
    )


def test_a_file_that_is_no_btf_is_an_error_at_the_include(tmp_path: Path) -> None:
    path = tmp_path / "x.btf"
    for data, code in ((b"", "E0612"), (b"\x9f\xeb\x01", "E0610"), (b"hello", "E0612"), (b"\x7fELF", "E0612")):
        path.write_bytes(data)
        with pytest.raises(CompileError) as caught:
            unit("pid_t p;", path)
        assert caught.value.code == code
        assert str(path) in caught.value.message
        assert caught.value.fix
        assert caught.value.place is not None
        assert (caught.value.place.file, caught.value.place.line) == ("t.c", 1)


USES_ALL = """
    hook_t hook; u32 v; u64 q; pid_t p; bool yes = true; enum tiny tiny; enum policy policy = POLICY_OK;
    struct task_struct *t; struct twice *tw; struct twice___2 *tw2; union both *both;
    int f(struct task_struct *t) { bpf_task_release(t); return sizeof(*t) + bpf_task_count(t) + sizeof(t->pid) + HUGE_LOW; }
    int g(struct packed_thing *a, struct odd_size *b, struct holds_wide *c, struct floats *d, struct flexible *e)
    { return sizeof(*a) + sizeof(*b) + sizeof(*c) + sizeof(*d) + sizeof(*e) + sizeof(struct old_style) + a->b + e->data[2]; }
"""


def test_damaged_btf_gives_a_diagnostic_or_a_program_but_no_traceback(tmp_path: Path) -> None:
    good = small_kernel().encode()
    chance = random.Random(3)
    path = tmp_path / "x.btf"
    refused = 0
    for _ in range(300):
        data = bytearray(good)
        for _ in range(chance.choice([1, 2, 10])):
            data[chance.randrange(24, len(data))] = chance.randrange(256)
        path.write_bytes(data)
        try:
            compiling(USES_ALL, path).object()
        except CompileError:
            refused += 1
    path.write_bytes(good)
    compiling(USES_ALL, path).object()
    assert refused > 50


@pytest.mark.parametrize("build", ["typedef", "pointer", "array", "proto", "struct", "deep typedefs", "deep structs"])
def test_types_made_of_themselves_are_errors(build: str, tmp_path: Path) -> None:
    btf = b.Btf()
    integer = btf.add(b.Int("int", 4, b.SIGNED))
    match build:
        case "typedef":
            btf.add(b.Typedef("me", 2))
        case "pointer":
            btf.add(b.Typedef("me", btf.add(b.Ptr(3)) + 1))
            btf.add(b.Const(2))
        case "array":
            btf.add(b.Typedef("me", btf.add(b.Array(2, integer, 2))))
        case "proto":
            btf.add(b.Typedef("me", btf.add(b.FuncProto(2, [b.Param("x", 2)]))))
        case "struct":
            btf.add(b.Typedef("me", btf.add(b.Struct("me", 4, [b.Member("me", 2, 0)]))))
        case "deep typedefs":
            for _ in range(3000):
                btf.add(b.Const(len(btf) + 1))
            btf.add(b.Ptr(integer))
            btf.add(b.Typedef("me", 2))
        case "deep structs":
            for i in range(3000):
                btf.add(b.Struct(f"s{i}", 4, [b.Member("m", len(btf) + 1 if i < 2999 else integer, 0)]))
            btf.add(b.Typedef("me", 2))
    path = tmp_path / "x.btf"
    path.write_bytes(btf.encode())
    found = complaints("me x; int f(void) { return sizeof(x); }", path)
    assert found
    assert found[0].startswith(("E0610", "E0301", "E0204")), found

"""Objects linked: declarations find definitions, clashing names stay apart, types are there once, misfits are refused."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from link_sources import FIRST, OTHER_RETURNS, RETURNS, SECOND

from purebpf.compiler.api import compile
from purebpf.compiler.diagnostics import ObjectError
from purebpf.compiler.object import btf as b
from purebpf.compiler.object.link import link
from purebpf.compiler.object.model import Linkage, Object
from purebpf.compiler.object.read import read_object
from purebpf.compiler.object.write import write_object
from purebpf.runtime.cli.main import main
from purebpf.runtime.vm import Machine

Compile = Callable[..., Path]


def built(text: str, name: str) -> Object:
    """Compiled, written and read."""
    return read_object(write_object(compile(text, name)), name)


def runs(obj: Object) -> None:
    machine = Machine(obj)
    assert tuple(machine.run("entry", packet=bytes(64)).retval for _ in RETURNS) == RETURNS
    assert machine.run("other", packet=bytes(64)).retval == OTHER_RETURNS


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_declarations_find_definitions(order: tuple[int, int]) -> None:
    objects = [built(FIRST, "first.o"), built(SECOND, "second.o")]
    linked = link([objects[at] for at in order])
    runs(linked)
    runs(read_object(write_object(linked), "linked.o"))


def test_objects_need_not_be_written_before() -> None:
    runs(link([compile(FIRST, "first.c"), compile(SECOND, "second.c")]))


def test_objects_stay_as_they_are() -> None:
    objects = [built(FIRST, "first.o"), built(SECOND, "second.o")]
    before = [write_object(obj) for obj in objects]
    link(objects)
    assert [write_object(obj) for obj in objects] == before


@pytest.mark.parametrize("ours", ["first", "second", "neither"])
def test_clang_s_objects_link_with_ours(clang: Compile, ours: str) -> None:
    one = built(FIRST, "first.o") if ours == "first" else read_object(clang(FIRST))
    two = built(SECOND, "second.o") if ours == "second" else read_object(clang(SECOND))
    runs(link([one, two]))


def test_a_link_of_links_is_a_link_of_all() -> None:
    third = built('extern int shared;\n__attribute__((section("xdp"))) int third(void *ctx) { return shared++; }\n', "third.o")
    one, two = built(FIRST, "first.o"), built(SECOND, "second.o")
    for linked in (link([link([one, two]), third]), link([one, link([two, third])])):
        linked = read_object(write_object(linked), "linked.o")
        runs(linked)
        machine = Machine(linked)
        assert [machine.run("third", packet=bytes(64)).retval for _ in range(2)] == [40, 41]
        assert linked.btf is not None
        assert len(linked.btf) == len(link([one, two, third]).btf or ())


def test_types_are_there_once_and_data_sections_say_where_variables_lie() -> None:
    linked = link([built(FIRST, "first.o"), built(SECOND, "second.o")])
    btf = linked.btf
    assert btf is not None
    for name, kind in (("value", b.Struct), ("xdp_md", b.Struct), ("values", b.Var), ("shared", b.Var), ("helper", b.Func),
                       ("kind", b.Func), ("_license", b.Var)):  # fmt: skip
        found = [t for _, t in btf.items() if isinstance(t, kind) and t.name == name]
        assert len(found) == 1, name
        assert getattr(found[0], "linkage", b.GLOBAL) == b.GLOBAL
    section = btf[btf.find(".data", b.DataSec)]
    assert isinstance(section, b.DataSec)
    for entry in section.vars:
        var = btf[entry.type]
        assert isinstance(var, b.Var)
        variable = linked.variables[var.name]
        assert (variable.offset, variable.size, variable.section) == (entry.offset, entry.size, ".data")
    assert {"count", "count_2"} <= {v.name for v in linked.variables.values()}


def test_a_weak_definition_gives_way_and_the_first_of_weak_ones_stays() -> None:
    weak = "__attribute__((weak, noinline)) int f(void) { return %d; }\n"
    caller = 'int f(void);\n__attribute__((section("xdp"))) int p(void *ctx) { return f(); }\n'
    objects = [built(weak % 1, "a.o"), built(weak % 2, "b.o"), built(caller, "p.o")]
    assert Machine(link(objects)).run("p", packet=bytes(64)).retval == 1
    strong = built("__attribute__((noinline)) int f(void) { return 3; }\n", "c.o")
    assert Machine(link([*objects, strong])).run("p", packet=bytes(64)).retval == 3


def test_hidden_is_who_one_object_wants_hidden() -> None:
    declared = '__attribute__((visibility("hidden"))) int f(void);'
    one = built(declared + '__attribute__((section("xdp"))) int p(void *c) { return f(); }', "a.o")
    two = built("__attribute__((noinline)) int f(void) { return 3; }\n", "b.o")
    assert link([one, two]).functions["f"].hidden
    assert link([two, one]).functions["f"].hidden


def test_what_nobody_defines_stays_declared_once() -> None:
    text = """
    extern int missing(int);
    extern unsigned LINUX_KERNEL_VERSION __attribute__((section(".kconfig")));
    extern int bpf_probe(void *) __attribute__((section(".ksyms"), weak));
    __attribute__((section("xdp"))) int p%d(void *ctx) { return missing(bpf_probe ? bpf_probe(ctx) : LINUX_KERNEL_VERSION); }
    """
    linked = read_object(write_object(link([built(text % 1, "a.o"), built(text % 2, "b.o")])), "c.o")
    assert {(v.name, v.section) for v in linked.variables.values()} == {
        ("missing", ""), ("LINUX_KERNEL_VERSION", ".kconfig"), ("bpf_probe", ".ksyms")
    }  # fmt: skip
    assert linked.variables["bpf_probe"].linkage is Linkage.WEAK
    assert linked.btf is not None
    assert sum(isinstance(t, b.Func) and t.name == "bpf_probe" for _, t in linked.btf.items()) == 1


def test_a_call_of_a_function_by_its_address() -> None:
    one = """
    typedef unsigned int u32; typedef unsigned long long u64;
    static long (*loop)(u32 n, void *callback, void *ctx, u64 flags) = (void *)181;
    long step(u32 i, void *ctx);
    __attribute__((section("xdp"))) int p(void *ctx) { int sum = 0; loop(4, step, &sum, 0); return sum; }
    """
    two = "long step(unsigned i, void *ctx) { *(int *)ctx += i + 1; return 0; }"
    assert Machine(link([built(one, "a.o"), built(two, "b.o")])).run("p", packet=bytes(64)).retval == 10


def test_pointers_in_data_follow_what_they_point_to() -> None:
    one = "static int first[2] = { 1, 2 }; int *chosen = &first[1]; static int *other = first;\nint **where = &other;"
    two = "static int pad = 9; int *mine = &pad; extern int *chosen; int **far = &chosen;"
    linked = read_object(write_object(link([built(two, "b.o"), built(one, "a.o")])), "c.o")
    data = linked.data[".data"]

    def target(name: str) -> tuple[str, int]:
        at = linked.variables[name].offset
        reference = next(r for r in data.references if r.at == at)
        variable = linked.variables.get(reference.symbol)
        return ".data", reference.addend + (variable.offset if variable else 0)

    assert target("far") == (".data", linked.variables["chosen"].offset)
    assert target("chosen") == (".data", linked.variables["first"].offset + 4)
    assert target("mine") == (".data", linked.variables["pad"].offset)
    assert target("other") == (".data", linked.variables["first"].offset)


MAP = "struct { int (*type)[2]; int (*max_entries)[%d]; int *key; int *value; } m __attribute__((section(\".maps\")));\n"
PROGRAM = '__attribute__((section("xdp"))) int p(void *c) { return %s; }'
USE = "static void *(*lookup)(void *, void *) = (void *)1;\n" + PROGRAM % "!lookup(&m, c)"
LICENSE = 'char l[] __attribute__((section("license"))) = "%s";'
REFUSED = {
    "E0641": (LICENSE % "GPL", LICENSE % "MIT", "'a.o' has license 'GPL', 'b.o' 'MIT'"),
    "E0642": ("int twice(void) { return 1; }", "int twice(void) { return 1; }", "'twice' is defined in 'a.o' and in 'b.o'"),
    "E0643": (
        'extern int f(void) __attribute__((section(".ksyms")));' + PROGRAM % "f()",
        "int f(void) { return 1; }", "'a.o' takes 'f' from the kernel (.ksyms), and 'b.o' defines it",
    ),
    "E0644 size": (
        "extern long x;" + PROGRAM % "x", "int x;", "declared: long x\nnote: defined:  int x",
    ),
    "E0644 kind": (
        "extern int x;" + PROGRAM % "x", "int x(void) { return 1; }", "declared: int x",
    ),
    "E0644 parameters": (
        "int f(int, int);" + PROGRAM % "f(1, 2)", "int f(int a) { return a; }",
        "defined:  int f(int a)",
    ),
    "E0644 map": ("extern " + MAP % 4 + USE, MAP % 8, "declared: max_entries 4\nnote: defined:  max_entries 8"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_go_together_is_refused(case: str) -> None:
    one, two, message = REFUSED[case]
    with pytest.raises(ObjectError) as caught:
        link([built(one, "a.o"), built(two, "b.o")])
    assert caught.value.code == case[:5]
    assert message in str(caught.value)
    assert caught.value.first.fix


def test_objects_of_two_byte_orders_are_refused(clang: Compile) -> None:
    with pytest.raises(ObjectError, match="E0640"):
        link([read_object(clang(FIRST)), read_object(clang(SECOND, endian="eb"))])


def test_types_for_all_or_none(clang: Compile) -> None:
    plain = "int f(int x) { return x; }"
    with pytest.raises(ObjectError, match="E0645"):
        link([built(FIRST, "a.o"), read_object(clang(plain, debug=False))])
    assert link([read_object(clang(plain, debug=False))]).btf is None


# --- the command ---------------------------------------------------------------------------------------------------------


def test_the_command_links_sources_objects_and_archives(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ar = shutil.which("ar") or shutil.which("llvm-ar-19")
    if ar is None:
        pytest.skip("there is no ar")
    unused = "__attribute__((noinline)) int helper(int x) { return 1; }\n"  # would clash, if it were taken
    (tmp_path / "first.c").write_text(FIRST)
    (tmp_path / "a_second_one_with_a_long_name.o").write_bytes(write_object(compile(SECOND, "second.c")))
    (tmp_path / "unused.o").write_bytes(write_object(compile(unused, "unused.c")))
    library, made = str(tmp_path / "lib.a"), str(tmp_path / "made.o")
    members = [tmp_path / "a_second_one_with_a_long_name.o", tmp_path / "unused.o"]
    subprocess.run([ar, "rcs", library, *members], check=True, timeout=60)
    assert main(["link", str(tmp_path / "first.c"), library, "-o", made]) == 0
    runs(read_object(made))
    assert main(["link", str(tmp_path / "first.c"), library, "--whole-archive", "-o", made]) == 1
    assert "E0642" in capsys.readouterr().err
    assert main(["link", library, "-o", made]) == 1
    assert "E0646" in capsys.readouterr().err
    subprocess.run([ar, "rcsT", str(tmp_path / "thin.a"), *members], check=True, timeout=60)
    assert main(["link", str(tmp_path / "thin.a"), "-o", made]) == 1
    assert "is a thin archive" in capsys.readouterr().err
    (tmp_path / "cut.a").write_bytes(Path(library).read_bytes()[:-200])
    assert main(["link", str(tmp_path / "cut.a"), "-o", made]) == 1
    assert "broken" in capsys.readouterr().err
    assert main(["link", str(tmp_path / "none.o"), "-o", made]) == 1
    assert "E0600" in capsys.readouterr().err
    runs(read_object(made))  # nothing of this has touched it

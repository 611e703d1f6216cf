"""What is declared and defined nowhere: refused if code that is left names it; what is said to be extern is the linker's."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from linkage_sources import PARTS, PRELUDE
from object_facts import facts, types

from purebpf.compiler.api import Compilation, Options, compile
from purebpf.compiler.diagnostics import CompileError
from purebpf.compiler.object.read import read_object
from purebpf.compiler.object.write import write_object

Compile = Callable[[str], Path]


@pytest.mark.parametrize(
    ("text", "message", "fix"),
    [
        ("static int add(int); int f(void) { return add(1); }",
         "E0404: 'add' is declared and never defined: BPF programs cannot call into libraries", "mark it __ksym"),
        ("long bpf_map_update_elm(void *); int f(void) { return bpf_map_update_elm(0); }",
         "E0404: 'bpf_map_update_elm' is declared and never defined: BPF programs cannot call into libraries",
         "did you mean the helper 'bpf_map_update_elem'?"),
        ("extern int printf(const char *, int); int f(void) { return printf(\"\", 1); }",
         "E0404: 'printf' is declared and never defined: BPF programs cannot call into libraries", "define it in this file"),
    ],
)  # fmt: skip
def test_it_is_refused_by_name_with_the_way_out(text: str, message: str, fix: str) -> None:
    with pytest.raises(CompileError) as caught:
        compile(text)
    [found] = caught.value.diagnostics
    assert f"{found.code}: {found.message}" == message
    assert fix in found.fix
    assert found.place is not None


@pytest.mark.parametrize(
    "text",
    ["int add(int); int f(void) { return add(1); }", "int add(); int f(void) { return add(1); }",
     "int add(int); int (*p)(int) = add;"],
)  # fmt: skip
def test_a_prototype_alone_leaves_it_to_the_linker_with_a_warning(clang: Compile, text: str) -> None:
    """As clang does, which does not warn; there are programs in parts that share no header."""
    compilation = Compilation(text, "x.c", Options())
    obj = compilation.object()
    [found] = compilation.diagnostics.found
    assert f"{found.code}: {found.message}" == (
        "W0404: 'add' is declared and not defined here: only another object can define it"
    )
    assert facts(write_object(obj)) == facts(clang(text).read_bytes())


def test_a_symbol_that_only_asm_names_is_left_to_the_loader(clang: Compile) -> None:
    """Go loaders write constants there at load time."""
    text = 'long f(void) { long n; asm("%0 = limit ll" : "=r"(n)); return n; }'
    ours = write_object(compile(text, "x.c"))
    assert facts(ours) == facts(clang(text).read_bytes())
    [reference] = compile(text).functions["f"].references
    assert (reference.symbol, reference.at) == ("limit", 0)


@pytest.mark.parametrize(
    "text",
    [
        "extern int n; int add(int); int f(void) { return sizeof n; }",
        "void too_small(void); struct s { char c[4]; }; int f(void) { if (sizeof(struct s) < 4) too_small(); return 0; }",
        "int add(int); static int unused(void) { return add(1); } int f(void) { return 2; }",
    ],
)
def test_code_that_is_never_reached_may_name_what_is_nowhere(text: str) -> None:
    compile(text)


@pytest.mark.parametrize("name", PARTS)
def test_parts_are_what_clang_makes(clang: Compile, name: str) -> None:
    text = PRELUDE + PARTS[name]
    theirs, ours = clang(text).read_bytes(), write_object(compile(text, "x.c"))
    assert facts(ours) == facts(theirs)
    assert types(ours) == types(theirs)


@pytest.mark.parametrize("first", ["clang", "ours"])
@pytest.mark.parametrize("second", ["clang", "ours"])
def test_parts_can_be_linked_whoever_made_them(clang: Compile, tmp_path: Path, first: str, second: str) -> None:
    if not shutil.which("bpftool"):
        pytest.skip("bpftool is not installed")
    made = []
    for name, maker in zip(PARTS, (first, second), strict=True):
        text, path = PRELUDE + PARTS[name], tmp_path / f"{name}.o"
        if maker == "clang":
            path.write_bytes(clang(text).read_bytes())
        else:
            path.write_bytes(write_object(compile(text, f"{name}.c")))
        made.append(path)
    whole = tmp_path / "whole.o"
    subprocess.run(["bpftool", "gen", "object", whole, *made], check=True, capture_output=True, timeout=60)
    linked = read_object(whole)
    assert {"p", "q", "lib_add", "lib_ctx"} <= set(linked.functions)
    assert list(linked.maps) == ["table"]

"""Reading objects: clang's are understood, broken ones are refused with a reason."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from object_sources import EVERYTHING

from purebpf.compiler.diagnostics import ObjectError
from purebpf.compiler.object.btf import DataSec, Func, Var
from purebpf.compiler.object.model import DataSection, Function, Linkage, Object, Reference, RefKind
from purebpf.compiler.object.program import MapRef, flatten
from purebpf.compiler.object.read import read_object

SLOT = 8


def references(function: Function) -> list[tuple[RefKind, str, int]]:
    return [(r.kind, r.symbol, r.addend) for r in function.references]


def test_functions_of_all_sections_are_found(everything: Path) -> None:
    obj = read_object(everything)
    sections = {f.name: (f.section, f.linkage) for f in obj.functions.values()}
    assert sections == {
        "add": (".text", Linkage.STATIC), "callback": (".text", Linkage.STATIC), "glob": (".text", Linkage.GLOBAL),
        "first": ("xdp", Linkage.GLOBAL), "second": ("xdp", Linkage.GLOBAL),
    }  # fmt: skip
    assert [p.name for p in obj.programs()] == ["first", "second"]
    assert (obj.license, obj.version) == ("GPL", 0x50A00)


def test_relocations_become_references_to_maps_data_and_functions(everything: Path) -> None:
    obj = read_object(everything)
    found = references(obj.functions["first"])
    assert (RefKind.MAP, "counts", 0) in found
    assert (RefKind.FUNCTION, "callback", 0) in found
    assert (RefKind.CALL, "add", 0) in found
    assert (RefKind.CALL, "glob", 0) in found
    assert (RefKind.DATA, "limit", 0) in found
    assert references(obj.functions["glob"]) == [(RefKind.DATA, "numbers", 0), (RefKind.CALL, "add", 0)]
    hidden = obj.variables["hidden"]
    assert (RefKind.DATA, ".data", hidden.offset) in references(obj.functions["add"])


def test_addresses_in_data_are_references(clang: Callable[..., Path]) -> None:
    obj = read_object(clang('const char *const names[2] = { "ab", "cd" }; int n; int *where = &n;'))
    strings = obj.data[".rodata.str1.1"].data
    held = obj.data[obj.variables["names"].section].references
    assert [(r.at, strings[r.addend : r.addend + 2]) for r in held] == [(0, b"ab"), (8, b"cd")]
    assert obj.data[".data"].references == [Reference(0, RefKind.DATA, "n")]


def test_maps_come_from_btf(everything: Path) -> None:
    obj = read_object(everything)
    shapes = {m.name: (m.type, m.key_size, m.value_size, m.max_entries, m.flags) for m in obj.maps.values()}
    assert shapes == {
        "blocked": (11, 8, 64, 64, 1), "events": (27, 0, 0, 4096, 0), "counts": (6, 4, 8, 4, 0), "one": (2, 4, 8, 1, 0),
        "outer": (12, 4, 4, 4, 0),
    }  # fmt: skip
    assert obj.maps["blocked"].pinning == 1
    inner = obj.maps["outer"].inner
    assert inner is not None
    assert (inner.type, inner.value_size) == (2, 8)
    assert obj.maps["outer"].values == [(2, "one")]


def test_lines_are_those_of_the_source(everything: Path) -> None:
    obj = read_object(everything)
    text = everything.with_suffix(".c").read_text().splitlines()
    for function in obj.functions.values():
        assert function.lines
        for line in function.lines:
            assert line.place.file == str(everything.with_suffix(".c"))
            if line.place.line:
                assert line.place.text == text[line.place.line - 1]


def test_btf_gets_the_offsets_that_clang_leaves_to_the_linker(everything: Path) -> None:
    obj = read_object(everything)
    assert obj.btf is not None
    data = obj.btf[obj.btf.find(".data", DataSec)]
    assert isinstance(data, DataSec)
    names = {obj.btf[v.type].name: v.offset for v in data.vars}  # type: ignore[union-attr]
    assert names == {"numbers": 0, "hidden": 24}
    assert data.size == len(obj.data[".data"].data)
    for variable in obj.variables.values():
        assert isinstance(obj.btf[variable.btf_id], Var)
    for function in obj.functions.values():
        found = obj.btf[function.btf_id]
        assert isinstance(found, Func)
        assert found.name == function.name


def test_flatten_appends_what_a_program_needs_and_resolves_calls(everything: Path) -> None:
    flat = flatten(read_object(everything), "first")
    starts = {function.name: start for start, function in flat.functions}
    assert set(starts) == {"first", "callback", "add", "glob"}
    for start, function in flat.functions:
        for reference in function.references:
            slot = start + reference.at
            insn = flat.insns[slot]
            if reference.kind in (RefKind.CALL, RefKind.FUNCTION):
                assert slot + 1 + insn.imm == starts[reference.symbol]
                assert insn.src == (1 if reference.kind is RefKind.CALL else 4)
    assert MapRef("counts") in flat.map_refs.values()
    assert MapRef(".rodata", 0) in flat.map_refs.values()
    assert flat.place_at(0) is not None
    assert flat.function_at(starts["add"]).name == "add"
    assert [slot for slot, _ in flat.func_info] == sorted(starts.values())


def test_flatten_of_an_unknown_program_names_the_known_ones(everything: Path) -> None:
    with pytest.raises(ObjectError, match="no program 'third'") as caught:
        flatten(read_object(everything), "third")
    assert caught.value.fix == "it has: first, second"


def test_flatten_refuses_what_is_not_defined() -> None:
    program = Function("p", "xdp", [], [Reference(0, RefKind.CALL, "gone")])
    with pytest.raises(ObjectError, match="function 'gone', which 'p' refers to, is not defined"):
        flatten(Object("x", {"p": program}), "p")


def test_symbols_are_those_that_readelf_shows(everything: Path) -> None:
    if not shutil.which("llvm-readelf-19"):
        pytest.skip("llvm-readelf-19 is not installed")
    shown = subprocess.run(["llvm-readelf-19", "-sW", everything], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in shown.splitlines()]
    functions = {row[7]: int(row[2]) for row in rows if len(row) == 8 and row[3] == "FUNC"}
    obj = read_object(everything)
    assert {f.name: len(f.insns) * SLOT for f in obj.functions.values()} == functions
    objects = {row[7]: int(row[2]) for row in rows if len(row) == 8 and row[3] == "OBJECT"}
    assert {*obj.variables, *obj.maps, "LICENSE", "VERSION"} == set(objects)
    assert all(v.size == objects[v.name] for v in obj.variables.values())


@pytest.mark.parametrize("cpu", ["v1", "v2", "v3", "v4"])
def test_objects_of_every_cpu_and_byte_order_are_read(clang: Callable[..., Path], cpu: str) -> None:
    little, big = (read_object(clang(EVERYTHING, cpu=cpu, endian=endian)) for endian in ("el", "eb"))
    assert big.big_endian
    for name in ("first", "add", "glob", "callback"):  # the others hold constants made of bytes
        assert big.functions[name].insns == little.functions[name].insns
    assert [references(f) for f in big.functions.values()] == [references(f) for f in little.functions.values()]
    assert {m.name: m.value_size for m in big.maps.values()} == {m.name: m.value_size for m in little.maps.values()}


def test_an_object_without_debug_information_is_read(clang: Callable[..., Path]) -> None:
    source = 'int n = 3; __attribute__((section("xdp"))) int p(void *c) { return ++n; }'
    obj = read_object(clang(source, debug=False))
    assert obj.btf is None
    assert obj.data[".data"] == DataSection(".data", b"\3\0\0\0", 4)


def test_kernel_functions_are_externs(clang: Callable[..., Path]) -> None:
    source = """
        extern void f(void) __attribute__((section(".ksyms")));
        __attribute__((section("xdp"))) int p(void *c) { f(); return 1; }
    """
    obj = read_object(clang(source))
    assert references(obj.functions["p"]) == [(RefKind.EXTERN, "f", 0)]
    assert obj.functions["p"].insns[0].src == 2


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is not an object file"),
        (b"int main;", "is not an object file"),
        (b"\x7fELF", "is a broken ELF file"),
        (b"\x7fELF" + bytes(60), "is a broken ELF file"),
    ],
)
def test_what_is_not_elf_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(ObjectError, match=message):
        read_object(data, "x.o")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ObjectError, match="No such file"):
        read_object(tmp_path / "gone.o")
    with pytest.raises(ObjectError, match="Is a directory"):
        read_object(tmp_path)


def test_machine_code_of_the_host_is_refused(tmp_path: Path) -> None:
    if not shutil.which("clang-19"):
        pytest.skip("clang-19 is not installed")
    (tmp_path / "h.c").write_text("int x;")
    subprocess.run(["clang-19", "-c", tmp_path / "h.c", "-o", tmp_path / "h.o"], check=True)
    with pytest.raises(ObjectError, match="not for BPF"):
        read_object(tmp_path / "h.o")


@cache
def _bytes(path: Path) -> bytes:
    return path.read_bytes()


def _try(data: bytes) -> None:
    """Reading and flattening either works or says why not: no other exception."""
    with contextlib.suppress(ObjectError):
        obj = read_object(data, "x.o")
        for program in obj.programs():
            flatten(obj, program.name)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_truncated_objects_never_end_in_a_traceback(everything: Path, data: st.DataObject) -> None:
    whole = _bytes(everything)
    _try(whole[: data.draw(st.integers(0, len(whole) - 1))])


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_mutated_objects_never_end_in_a_traceback(everything: Path, data: st.DataObject) -> None:
    whole = bytearray(_bytes(everything))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at] = data.draw(st.integers(0, 255))
    _try(bytes(whole))


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_mutated_headers_never_end_in_a_traceback(everything: Path, data: st.DataObject) -> None:
    """The tables at the end of the file and the headers, where a changed byte moves everything."""
    whole = bytearray(_bytes(everything))
    table = int.from_bytes(whole[40:48], "little")
    spots = [*range(64), *range(table, len(whole))]
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.sampled_from(spots))
        whole[at] = data.draw(st.sampled_from([0, 1, 2, 3, 4, 8, 0x10, 0x7F, 0x80, 0xFF]))
    _try(bytes(whole))

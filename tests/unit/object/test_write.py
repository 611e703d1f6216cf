"""Writing objects: what was read comes back, and LLVM and bpftool read it as they read clang's."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from object_sources import EVERYTHING

from purebpf.compiler.diagnostics import ObjectError
from purebpf.compiler.object import isa
from purebpf.compiler.object.assemble import assemble_function
from purebpf.compiler.object.isa import Insn
from purebpf.compiler.object.model import (
    DataSection,
    Function,
    Linkage,
    Map,
    Object,
    Reference,
    RefKind,
    Variable,
)
from purebpf.compiler.object.read import read_object
from purebpf.compiler.object.write import write_object
from purebpf.compiler.records import replace

ADDRESSES = 'const char *const names[2] = { "ab", "cd" }; int n; int *where = &n; static int s[4]; int *inside = &s[2];'
KFUNC = """
    extern void f(void) __attribute__((section(".ksyms"))); extern int x __attribute__((weak, section(".ksyms")));
    __attribute__((section("xdp"))) int p(void *c) { f(); return &x ? 1 : 2; }
"""


def run(*command: str | Path) -> str:
    """The output of a tool; the test is skipped if it is not there."""
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not installed: there is nothing to compare with")
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=True, timeout=60)
    assert "warning" not in done.stderr
    return done.stdout


def rewritten(path: Path, folder: Path) -> Path:
    """Clang's object read and written by us."""
    out = folder / path.name
    out.write_bytes(write_object(read_object(path)))
    return out


def same(first: Object, second: Object) -> None:
    assert first.functions == second.functions
    assert first.maps == second.maps
    assert first.data == second.data
    assert first.variables == second.variables
    assert (first.license, first.version, first.big_endian) == (second.license, second.version, second.big_endian)
    assert (first.btf and first.btf.types) == (second.btf and second.btf.types)


@pytest.mark.parametrize("endian", ["el", "eb"])
@pytest.mark.parametrize("source", [EVERYTHING, ADDRESSES, KFUNC], ids=["everything", "addresses", "kfunc"])
def test_what_is_written_reads_back_equal(clang: Callable[..., Path], source: str, endian: str) -> None:
    obj = read_object(clang(source, endian=endian))
    same(read_object(write_object(obj), obj.name), obj)


def test_an_object_without_debug_information_reads_back(clang: Callable[..., Path]) -> None:
    obj = read_object(clang('int n = 3; __attribute__((section("xdp"))) int p(void *c) { return ++n; }', debug=False))
    same(read_object(write_object(obj), obj.name), obj)


def test_instructions_and_relocations_are_those_that_llvm_objdump_shows_of_clangs(everything: Path, tmp_path: Path) -> None:
    def shown(path: Path) -> list[str]:
        text = run("llvm-objdump-19", "-dr", "--no-show-raw-insn", path)
        lines = re.sub(r" <.*>$", "", text, flags=re.M).splitlines()
        return [line for line in lines if not re.fullmatch(r"[0-9a-f]{16}|.*file format.*|", line)]

    assert shown(rewritten(everything, tmp_path)) == shown(everything)


def test_symbols_are_those_that_llvm_readelf_shows_of_clangs(everything: Path, tmp_path: Path) -> None:
    def shown(path: Path) -> set[tuple[str, ...]]:
        rows = [line.split() for line in run("llvm-readelf-19", "-sW", path).splitlines()]
        return {(r[1], r[2], r[3], r[4], r[7]) for r in rows if len(r) == 8 and r[3] in ("FUNC", "OBJECT")}

    assert shown(rewritten(everything, tmp_path)) == shown(everything)


def test_bpftool_shows_the_types_that_clang_wrote_with_offsets_filled_in(everything: Path, tmp_path: Path) -> None:
    def shown(path: Path) -> list[str]:
        text = run("bpftool", "btf", "dump", "file", path)
        return re.sub(r"(DATASEC .*) size=\d+", r"\1", re.sub(r"offset=\d+ (size=\d+ \()", r"\1", text)).splitlines()

    written = rewritten(everything, tmp_path)
    assert shown(written) == shown(everything)
    text = run("bpftool", "btf", "dump", "file", written)
    sizes = dict(re.findall(r"DATASEC '(.*)' size=(\d+)", text))
    assert (sizes[".data"], sizes["license"], sizes["version"]) == ("28", "4", "4")
    assert re.search(r"offset=24 size=4 \(VAR 'hidden'\)", text)


def test_bpftool_links_what_we_write(everything: Path, tmp_path: Path) -> None:
    linked = tmp_path / "linked.o"
    run("bpftool", "gen", "object", linked, rewritten(everything, tmp_path))
    first, second = read_object(linked), read_object(everything)
    assert {f.name: f.insns for f in first.functions.values()} == {f.name: f.insns for f in second.functions.values()}
    assert {m.name: (m.type, m.values) for m in first.maps.values()} == {
        m.name: (m.type, m.values) for m in second.maps.values()
    }


@pytest.mark.parametrize("endian", ["little", "big"])
def test_objects_made_by_hand_are_read_by_llvm(tmp_path: Path, endian: str) -> None:
    program = assemble_function("p", "r1 = n ll\nr0 = *(u32 *)(r1 + 0)\ncall g\nexit", "xdp", {"n": RefKind.DATA})
    static = Function("g", ".text", [Insn(isa.ALU64 | isa.MOV, 0, 0, 0, 1), Insn(isa.JMP | isa.EXIT)], linkage=Linkage.STATIC)
    obj = Object(
        "x.c", {"p": program, "g": static}, data={".data": DataSection(".data", b"\1\0\0\0", 4)},
        variables={"n": Variable("n", ".data", 0, 4)}, license="GPL", version=7, big_endian=endian == "big",
    )  # fmt: skip
    path = tmp_path / "x.o"
    path.write_bytes(write_object(obj))
    text = run("llvm-objdump-19", "-dr", "--no-show-raw-insn", path)
    assert f"elf64-bpf{'be' if endian == 'big' else ''}" in text or endian == "big"
    assert "r1 = 0x0 ll\n\t\t0000000000000000:  R_BPF_64_64\tn" in text
    assert "call -0x1\n\t\t0000000000000018:  R_BPF_64_32\t.text" in text
    back = read_object(path)
    assert (back.license, back.version, back.data, back.variables) == ("GPL", 7, obj.data, obj.variables)
    assert [r for f in back.functions.values() for r in f.references] == [
        r for name in ("g", "p") for r in obj.functions[name].references
    ]


def test_a_function_gets_a_line_at_its_start(everything: Path) -> None:
    obj = read_object(everything)
    function = obj.functions["add"]
    function.lines = [replace(line, at=line.at + 1) for line in function.lines[:1]]
    back = read_object(write_object(obj))
    assert [line.at for line in back.functions["add"].lines] == [0, 1]


def test_maps_without_types_are_refused() -> None:
    with pytest.raises(ObjectError, match=r"maps \(m\) are described by BTF") as caught:
        write_object(Object("x", maps={"m": Map("m", 1)}))
    assert caught.value.fix == "compile with -g"


def test_an_unknown_function_becomes_an_undefined_symbol() -> None:
    call = Function("p", "xdp", [Insn(isa.JMP | isa.CALL, 0, 1, 0, -1)], [Reference(0, RefKind.CALL, "elsewhere")])
    back = read_object(write_object(Object("x", {"p": call})))
    assert back.functions["p"].references == [Reference(0, RefKind.EXTERN, "elsewhere")]

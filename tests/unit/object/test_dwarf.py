"""DWARF as pyelftools, llvm-dwarfdump and llvm-objdump read it, and beside clang's."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from elftools.elf.elffile import ELFFile
from object_sources import EVERYTHING

from purebpf.compiler.api import compile
from purebpf.compiler.driver import main
from purebpf.compiler.object.dwarf import add_dwarf
from purebpf.compiler.object.image import write_elf
from purebpf.compiler.object.model import Object
from purebpf.compiler.object.read import read_object
from purebpf.compiler.object.write import image_of, write_object

NAME = "every/thing.c"
VERSIONS = (4, 5)


def built(version: int, *, types: bool = True) -> tuple[Object, bytes]:
    obj = compile(EVERYTHING, NAME)
    image = image_of(obj)
    add_dwarf(image, obj, name=NAME, directory="/home/somebody", version=version, types=types)
    return obj, write_elf(image)


def unit(data: bytes) -> Any:
    """The compile unit; its addresses are not relocated, as pyelftools does not know BPF."""
    dwarf = ELFFile(io.BytesIO(data)).get_dwarf_info(relocate_dwarf_sections=False)
    (found,) = dwarf.iter_CUs()
    return found


def text(die: Any, attribute: str = "DW_AT_name") -> str:
    found = die.attributes.get(attribute)
    return str(found.value.decode()) if found is not None else ""


@pytest.mark.parametrize("version", VERSIONS)
def test_the_unit_says_what_was_compiled_and_where(version: int) -> None:
    found = unit(built(version)[1])
    top = found.get_top_DIE()
    assert found["version"] == version
    assert (text(top), text(top, "DW_AT_comp_dir"), text(top, "DW_AT_producer")) == (NAME, "/home/somebody", "purebpf")


@pytest.mark.parametrize("version", VERSIONS)
def test_lines_are_those_of_the_functions(version: int) -> None:
    obj, data = built(version)
    found = unit(data)
    program = found.dwarfinfo.line_program_for_CU(found)
    files = program["file_entry"]
    rows = [entry.state for entry in program.get_entries() if entry.state is not None]
    sequences: list[list[tuple[int, str, int, int]]] = [[]]
    for row in rows:
        if row.end_sequence:
            sequences.append([])
        else:
            name = files[row.file - (version < 5)].name.decode()
            sequences[-1].append((row.address // 8, name, row.line, row.column))
    starts: dict[str, int] = {}
    expected: dict[str, list[tuple[int, str, int, int]]] = {}
    for function in sorted(obj.functions.values(), key=lambda f: f.section != ".text"):
        start = starts.get(function.section, 0)
        rows_of = expected.setdefault(function.section, [])
        rows_of += [(start + line.at, line.place.file, line.place.line, line.place.column) for line in function.lines]
        starts[function.section] = start + len(function.insns)
    assert sequences == [*expected.values(), []]


def layouts(top: Any) -> dict[str, object]:
    """Named structs and enumerations: size, members with offsets in bits, types by name."""
    found: dict[str, object] = {}
    for die in top.iter_children():
        name, attributes = text(die), die.attributes
        if not name or "DW_AT_declaration" in attributes:
            continue
        if die.tag in ("DW_TAG_structure_type", "DW_TAG_union_type"):
            members = [_member(child) for child in die.iter_children() if child.tag == "DW_TAG_member"]
            found[name] = (attributes["DW_AT_byte_size"].value, members)
        elif die.tag == "DW_TAG_enumeration_type":
            values = [(text(child), child.attributes["DW_AT_const_value"].value) for child in die.iter_children()]
            found[name] = (attributes["DW_AT_byte_size"].value, values)
        elif die.tag == "DW_TAG_base_type":
            found[name] = (attributes["DW_AT_byte_size"].value, attributes["DW_AT_encoding"].value)
    return found


def _member(die: Any) -> tuple[str, int, int, str]:
    attributes = die.attributes
    at = attributes["DW_AT_data_member_location"].value * 8 if "DW_AT_data_member_location" in attributes else 0
    at = attributes["DW_AT_data_bit_offset"].value if "DW_AT_data_bit_offset" in attributes else at
    bits = attributes["DW_AT_bit_size"].value if "DW_AT_bit_size" in attributes else 0
    return text(die), at, bits, spelled(die)


def spelled(die: Any) -> str:
    """The type of an entry, as far as it has names."""
    if "DW_AT_type" not in die.attributes:
        return "void"
    of = die.get_DIE_from_attribute("DW_AT_type")
    words = {"DW_TAG_pointer_type": "*", "DW_TAG_const_type": "const", "DW_TAG_volatile_type": "volatile"}
    if of.tag in words:
        return f"{words[of.tag]} {spelled(of)}"
    if of.tag == "DW_TAG_array_type":
        return f"[{[child.attributes['DW_AT_count'].value for child in of.iter_children()]}] {spelled(of)}"
    return text(of) or str(of.tag)


@pytest.mark.parametrize("version", VERSIONS)
def test_types_are_laid_out_as_clang_says(everything: Path, version: int) -> None:
    ours = layouts(unit(built(version)[1]).get_top_DIE())
    theirs = layouts(unit(everything.read_bytes()).get_top_DIE())
    assert {"key", "event", "color", "xdp_md", "int"} <= ours.keys() & theirs.keys()
    for name in ours.keys() & theirs.keys() - {"__ARRAY_SIZE_TYPE__"}:  # clang's own name: 4 bytes in BTF, 8 in DWARF
        assert ours[name] == theirs[name], name


def functions(data: bytes) -> dict[str, object]:
    """Functions and variables: result or type, parameters, size, external."""
    found: dict[str, object] = {}
    for die in unit(data).get_top_DIE().iter_children():
        if die.tag == "DW_TAG_subprogram" and "DW_AT_high_pc" in die.attributes:
            parameters = [(text(c), spelled(c)) for c in die.iter_children() if c.tag == "DW_TAG_formal_parameter"]
            found[text(die)] = (spelled(die), parameters, "DW_AT_external" in die.attributes)
        elif die.tag == "DW_TAG_variable" and "DW_AT_location" in die.attributes:
            found[text(die)] = (spelled(die), "DW_AT_external" in die.attributes)
    return found


def test_functions_and_variables_are_those_that_clang_names(everything: Path) -> None:
    obj, data = built(5)
    ours, theirs = functions(data), functions(everything.read_bytes())
    assert obj.functions.keys() <= ours.keys()
    assert obj.maps.keys() <= ours.keys()
    for name in ours.keys() & theirs.keys():
        mine, others = str(ours[name]), str(theirs[name])
        assert mine == others, name


def test_without_types_there_are_lines_only() -> None:
    data = built(5, types=False)[1]
    assert not list(unit(data).get_top_DIE().iter_children())


@pytest.mark.parametrize("version", VERSIONS)
def test_llvm_finds_nothing_wrong(tmp_path: Path, version: int) -> None:
    if not shutil.which("llvm-dwarfdump-19"):
        pytest.skip("llvm-dwarfdump-19 is not installed")
    (tmp_path / "x.o").write_bytes(built(version)[1])
    done = subprocess.run(
        ["llvm-dwarfdump-19", "--verify", tmp_path / "x.o"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout


def test_llvm_objdump_shows_the_source(tmp_path: Path) -> None:
    if not shutil.which("llvm-objdump-19"):
        pytest.skip("llvm-objdump-19 is not installed")
    source = tmp_path / "x.c"
    source.write_text(
        'int total;\n__attribute__((section("xdp"))) int p(void *ctx)\n{\n\ttotal += 3;\n\treturn total;\n}\n'
    )
    for flag in ("-g", "-gdwarf-4", "-g1"):
        assert main(["-O2", flag, "-c", str(source), "-o", str(tmp_path / "x.o")]) == 0
        shown = subprocess.run(
            ["llvm-objdump-19", "-dS", tmp_path / "x.o"], capture_output=True, text=True, timeout=60, check=True
        ).stdout
        assert "; \ttotal += 3;" in shown, flag


@pytest.mark.parametrize("flag", ["-g", "-g1", "-gdwarf-4"])
def test_loaders_do_not_see_it_and_strip_takes_it_away(tmp_path: Path, flag: str) -> None:
    source, made = tmp_path / "x.c", tmp_path / "x.o"
    source.write_text(EVERYTHING)
    assert main(["-O2", "-w", flag, "-c", str(source), "-o", str(made)]) == 0
    plain = write_object(compile(EVERYTHING, str(source)))
    assert write_object(read_object(made.read_bytes())) == write_object(read_object(plain))
    if not shutil.which("llvm-strip-19"):
        pytest.skip("llvm-strip-19 is not installed")
    subprocess.run(["llvm-strip-19", "-g", made], check=True, timeout=60)
    assert b".debug" not in made.read_bytes()
    assert write_object(read_object(made.read_bytes())) == write_object(read_object(plain))


def directories(tmp_path: Path, *flags: str) -> tuple[str, str]:
    (tmp_path / "x.c").write_text("int f(int x) { return x; }\n")
    made = tmp_path / "x.o"
    assert main(["-O2", "-g", *flags, "-c", str(tmp_path / "x.c"), "-o", str(made)]) == 0
    top = unit(made.read_bytes()).get_top_DIE()
    assert read_object(made).functions["f"].lines[0].place.file == text(top)
    return text(top), text(top, "DW_AT_comp_dir")


def test_names_can_be_mapped(tmp_path: Path) -> None:
    assert directories(tmp_path) == (str(tmp_path / "x.c"), str(Path.cwd()))
    assert directories(tmp_path, f"-ffile-prefix-map={tmp_path}=/src", f"-fdebug-prefix-map={Path.cwd()}=.") == (
        "/src/x.c",
        ".",
    )
    assert directories(tmp_path, "-fdebug-compilation-dir=/build")[1] == "/build"


@pytest.mark.parametrize(
    ("flags", "lines", "dwarf"),
    [
        ([], True, False), (["-g0"], False, False), (["-g", "-g0"], False, False), (["-g0", "-g"], True, True),
        (["-ggdb"], True, True), (["-g1"], True, True), (["-gno-column-info"], True, False),
    ],
)  # fmt: skip
def test_levels(tmp_path: Path, flags: list[str], lines: bool, dwarf: bool) -> None:
    (tmp_path / "x.c").write_text("int f(int x) { return x; }\n")
    assert main(["-O2", *flags, "-c", str(tmp_path / "x.c"), "-o", str(tmp_path / "x.o")]) == 0
    data = (tmp_path / "x.o").read_bytes()
    assert bool(read_object(data).functions["f"].lines) == lines
    assert (b".debug_info" in data) == dwarf
    assert b".BTF" in data  # maps are made of types, whatever -g says


@pytest.mark.parametrize(
    ("flag", "code"), [("-gdwarf-9", "E0702"), ("-gfoo", "E0702"), ("-fdebug-prefix-map=x", "E0702")]
)
def test_levels_that_are_none(capsys: pytest.CaptureFixture[str], flag: str, code: str) -> None:
    assert main([flag, "-c", "x.c"]) == 2
    assert code in capsys.readouterr().err

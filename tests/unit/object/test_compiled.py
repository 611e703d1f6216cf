"""Objects of our own compiler: what is in memory, and what comes back from the file, are the same program."""

from __future__ import annotations

import io

import pytest
from elftools.elf.elffile import ELFFile
from object_sources import EVERYTHING

from purebpf.compiler.api import compile
from purebpf.compiler.object.btf import DataSec
from purebpf.compiler.object.model import Object
from purebpf.compiler.object.program import flatten
from purebpf.compiler.object.read import read_object
from purebpf.compiler.object.values import decode_value
from purebpf.compiler.object.write import write_object
from purebpf.compiler.records import replace


@pytest.fixture(scope="module")
def compiled() -> Object:
    return compile(EVERYTHING, "x.c")


@pytest.fixture(scope="module")
def back(compiled: Object) -> Object:
    return read_object(write_object(compiled), "x.c")


def test_maps_data_and_types_come_back(compiled: Object, back: Object) -> None:
    assert {n: replace(m, place=None, inner=None) for n, m in compiled.maps.items()} == {
        n: replace(m, inner=None) for n, m in back.maps.items()
    }
    assert compiled.data == back.data
    assert compiled.variables == back.variables
    assert compiled.btf is not None
    assert back.btf is not None
    assert compiled.btf.types == back.btf.types


@pytest.mark.parametrize("name", ["first", "second"])
def test_programs_are_flat_in_the_same_way(compiled: Object, back: Object, name: str) -> None:
    one, other = flatten(compiled, name), flatten(back, name)
    assert one.insns == other.insns
    assert one.map_refs == other.map_refs
    assert one.func_info == other.func_info
    assert [(line.at, str(line.place), line.place.text) for line in one.lines] == [
        (line.at, str(line.place), line.place.text) for line in other.lines
    ]


def test_data_sections_decode_by_variable(compiled: Object) -> None:
    btf = compiled.btf
    assert btf is not None
    value = decode_value(btf, btf.find(".data", DataSec), compiled.data[".data"].data)
    assert value == {"numbers": [1, 2, 3], "hidden": 7}


def test_an_object_without_functions_has_no_btf_ext() -> None:
    """libbpf refuses an empty one, and with it the object."""
    obj = compile("struct { int (*type)[1]; int (*max_entries)[4]; int *key, *value; } m __attribute__((section(\".maps\")));")
    sections = ELFFile(io.BytesIO(write_object(obj)))
    assert sections.get_section_by_name(".BTF") is not None
    assert sections.get_section_by_name(".BTF.ext") is None

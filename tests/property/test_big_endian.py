"""Random programs for big-endian machines: the bundled machine gives what gcc's code gave on s390x (big_endian.txt)."""

from __future__ import annotations

import hashlib
from pathlib import Path

import differ
import pytest
from cgen import random_inputs, random_program

from purebpf.compiler.api import Compilation, Options
from purebpf.compiler.object.read import read_object
from purebpf.compiler.object.write import write_object
from purebpf.compiler.target import Target

INPUTS = 4
TABLE = Path(__file__).with_name("big_endian.txt")
ROWS = [line.split() for line in TABLE.read_text().splitlines() if line[0] != "#"]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_random_programs_mean_what_they_mean_on_s390x(row: list[str]) -> None:
    seed, *starts, digest = row
    program = random_program(int(seed))
    compilation = Compilation(program.bpf, "x.c", Options(target=Target(program.cpu, big_endian=True)))
    obj = read_object(write_object(compilation.object()))
    assert obj.big_endian
    packets = differ.in_machine(obj, random_inputs(int(seed), INPUTS))
    assert [packet[:8].hex() for packet in packets] == starts
    assert hashlib.sha256(b"".join(packets)).hexdigest()[:16] == digest

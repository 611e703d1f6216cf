"""The helper table: complete, consistent with itself, and what the header says."""

from __future__ import annotations

import re

import pytest

from purebpf.stdlib import generate, helpers, kernels
from purebpf.stdlib.helpers import Arg, Result
from purebpf.stdlib.programs import ATTACHES, PROGRAMS

ALL = list(helpers.HELPERS.values())
SHORT_ATTACHES = {row.short for row in ATTACHES.values()}


RENEW = "run: python -m purebpf.stdlib.generate"


def test_helpers_are_numbered_without_gaps() -> None:
    assert [row.number for row in ALL] == list(range(1, 212))


@pytest.mark.parametrize("row", ALL, ids=lambda row: row.name)
def test_a_prototype_has_the_name_and_as_many_parameters_as_kinds(row: helpers.Helper) -> None:
    match = re.fullmatch(r"[\w* ]+?(bpf_\w+)\((.*)\)", row.prototype)
    assert match is not None
    assert match[1] == row.name
    parameters = [] if match[2] == "void" else match[2].split(", ")
    assert len(row.arguments) == len(parameters) - row.variadic
    assert all(argument.name in parameter for argument, parameter in zip(row.arguments, parameters, strict=False))
    assert len(row.arguments) <= 5


@pytest.mark.parametrize("row", ALL, ids=lambda row: row.name)
def test_memory_arguments_have_a_size_somewhere(row: helpers.Helper) -> None:
    memory = {Arg.READ, Arg.READ_OR_NULL, Arg.MEM, Arg.MEM_OR_NULL, Arg.WRITE}
    for at, argument in enumerate(row.arguments):
        if argument.kind in memory and not argument.size:
            assert row.arguments[at + 1].kind in (Arg.SIZE, Arg.SIZE_OR_ZERO), argument
        if argument.kind in (Arg.SIZE, Arg.SIZE_OR_ZERO):
            assert row.arguments[at - 1].kind in memory, argument


@pytest.mark.parametrize("row", ALL, ids=lambda row: row.name)
def test_kinds_fit_the_c_types(row: helpers.Helper) -> None:
    pointer = row.prototype[: row.prototype.index(f"{row.name}(")].endswith("*")
    # these two give kernel pointers that the C prototype calls numbers
    number = {"bpf_get_current_task_btf", "bpf_task_pt_regs"}
    assert pointer == (row.result not in (Result.INTEGER, Result.VOID)) or row.name in number
    kinds = [argument.kind for argument in row.arguments]
    if Arg.KEY in kinds:
        assert Arg.MAP in kinds


def test_programs_are_program_types_and_attach_types() -> None:
    for row in ALL:
        for name in row.programs:
            program, _, attach = name.partition("/")
            assert program in PROGRAMS, row
            assert not attach or attach in SHORT_ATTACHES, row


def test_newer_numbers_are_of_newer_kernels() -> None:
    versions = [kernels.parse_version(row.since) for row in ALL]
    assert versions == sorted(versions)


def test_kernels_have_as_many_helpers_as_their_headers_list() -> None:
    # __BPF_FUNC_MAX_ID - 1 of each version
    assert {v: sum(kernels.kernel(v).has_helper(n) for n in range(300)) for v in ("5.10", "5.15", "6.1", "6.6")} == {
        "5.10": 155, "5.15": 175, "6.1": 209, "6.6": 211,
    }  # fmt: skip


def test_lookups_take_names_with_and_without_prefix() -> None:
    lookup = helpers.by_number(1)
    assert lookup is not None
    assert helpers.by_name("bpf_map_lookup_elem") is lookup is helpers.by_name("map_lookup_elem")
    assert helpers.by_number(0) is None is helpers.by_name("bpf_no_such_helper")


def test_some_rows_as_the_manual_has_them() -> None:
    update = helpers.HELPERS[2]
    assert [a.kind for a in update.arguments] == [Arg.MAP, Arg.KEY, Arg.VALUE, Arg.ANY]
    reserve = helpers.HELPERS[131]
    assert reserve.acquires
    assert reserve.result is Result.RECORD_OR_NULL
    assert helpers.HELPERS[132].arguments[0].kind is Arg.RECORD_RELEASE
    assert helpers.HELPERS[6].gpl
    assert helpers.HELPERS[6].variadic
    assert helpers.HELPERS[44].invalidates_packet
    assert helpers.HELPERS[44].allows("xdp")
    assert not helpers.HELPERS[44].allows("sched_cls")
    assert helpers.HELPERS[64].allows("cgroup_sock_addr", "connect4")
    assert not helpers.HELPERS[64].allows("cgroup_sock_addr", "bind4")


def test_the_header_of_helpers_is_what_the_table_gives() -> None:
    assert (generate.FOLDER / "bpf_helper_defs.h").read_text() == generate.helper_definitions(), RENEW
    assert (generate.FOLDER / "bpf_registers.h").read_text() == generate.register_definitions(), RENEW

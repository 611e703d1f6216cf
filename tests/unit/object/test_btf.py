"""BTF: every kind comes back from its bytes, clang's is understood, broken BTF is refused, types print as C."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from purebpf.compiler.diagnostics import ObjectError
from purebpf.compiler.object import btf as b
from purebpf.compiler.object.btf import Btf, StringTable
from purebpf.compiler.object.btf_ext import BtfExt, decode_ext, encode_ext
from purebpf.compiler.object.btf_merge import renumbered
from purebpf.compiler.object.btf_print import c_definition, c_type
from purebpf.compiler.object.model import CoreRelocation, Line
from purebpf.compiler.object.read import read_object
from purebpf.compiler.source import Place

COUNT = 6  # types refer to ids up to this, and there are as many
NAME = st.text(alphabet="abcXYZ_09é", max_size=6)
ID, WORD = st.integers(0, COUNT), st.integers(0, (1 << 32) - 1)
PLAIN = st.lists(st.builds(b.Member, NAME, ID, WORD, st.just(0)), max_size=4)
FIELDS = st.lists(st.builds(b.Member, NAME, ID, st.integers(0, (1 << 24) - 1), st.integers(1, 255)), min_size=1, max_size=4)
MEMBERS = PLAIN | FIELDS


def constants(bits: int) -> st.SearchStrategy[tuple[list[tuple[str, int]], bool]]:
    unsigned = st.lists(st.tuples(NAME, st.integers(0, (1 << bits) - 1)), max_size=4)
    signed = st.lists(st.tuples(NAME, st.integers(-(1 << bits - 1), (1 << bits - 1) - 1)), max_size=4)
    return st.tuples(unsigned, st.just(False)) | st.tuples(signed, st.just(True))


TYPES: list[st.SearchStrategy[Any]] = [
    st.builds(b.Int, NAME, st.sampled_from([1, 2, 4, 8, 16]), st.sampled_from([0, 1, 2, 4])),
    st.builds(b.Int, NAME, st.just(4), st.just(0), st.integers(1, 31), st.integers(0, 31)),
    *(st.builds(kind, ID) for kind in (b.Ptr, b.Volatile, b.Const, b.Restrict)),
    st.builds(b.Array, ID, ID, WORD),
    st.builds(b.Struct, NAME, WORD, MEMBERS),
    st.builds(b.Union, NAME, WORD, MEMBERS),
    constants(32).flatmap(lambda c: st.builds(b.Enum, NAME, st.sampled_from([1, 2, 4]), st.just(c[0]), st.just(c[1]))),
    constants(64).flatmap(lambda c: st.builds(b.Enum64, NAME, st.just(8), st.just(c[0]), st.just(c[1]))),
    st.builds(b.Fwd, NAME, st.booleans()),
    st.builds(b.Typedef, NAME, ID),
    st.builds(b.Func, NAME, ID, st.sampled_from([b.STATIC, b.GLOBAL, b.EXTERN])),
    st.builds(b.FuncProto, ID, st.lists(st.builds(b.Param, NAME, ID), max_size=4)),
    st.builds(b.Var, NAME, ID, st.sampled_from([b.STATIC, b.GLOBAL, b.EXTERN])),
    st.builds(b.DataSec, NAME, WORD, st.lists(st.builds(b.SectionVar, ID, WORD, WORD), max_size=4)),
    st.builds(b.Float, NAME, WORD),
    st.builds(b.DeclTag, NAME, ID, st.integers(-1, 5), st.booleans()),
    st.builds(b.TypeTag, NAME, ID, st.booleans()),
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(TYPES), min_size=COUNT, max_size=COUNT), st.booleans())
def test_types_come_back_from_their_bytes(types: list[b.BtfType], big_endian: bool) -> None:
    made = Btf(big_endian=big_endian)
    sections = {number for number, t in enumerate(types, 1) if isinstance(t, b.DataSec)}
    for t in types:  # nothing may refer to a data section
        made.add(renumbered(t, lambda number: 0 if number in sections else number))
    try:
        back = Btf.decode(made.encode())
    except ObjectError as refused:
        assume("contains itself" not in refused.message)
        raise
    assert back.types == made.types
    assert back.big_endian is big_endian


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(TYPES), min_size=COUNT, max_size=COUNT), st.integers(1, COUNT))
def test_any_type_has_a_size_or_a_reason_and_a_text(types: list[b.BtfType], number: int) -> None:
    made = Btf()
    for t in types:
        made.add(t)
    with contextlib.suppress(ObjectError):
        assert made.size_of(number) >= 0
    assert isinstance(c_type(made, number, "x"), str)
    assert isinstance(c_definition(made, number), str)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_mutated_btf_is_read_or_refused(everything: Path, data: st.DataObject) -> None:
    obj = read_object(everything)
    assert obj.btf is not None
    whole = bytearray(obj.btf.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    del whole[data.draw(st.integers(0, len(whole)) | st.just(len(whole))) :]
    with contextlib.suppress(ObjectError):
        back = Btf.decode(bytes(whole))
        for number, _ in back.items():
            c_type(back, number)


def test_clangs_types_come_back_and_are_found_by_name(everything: Path) -> None:
    btf = read_object(everything).btf
    assert btf is not None
    again = Btf.decode(btf.encode())
    assert again.types == btf.types
    event = btf[btf.find("event", b.Struct)]
    assert isinstance(event, b.Struct)
    assert [(m.name, m.bit_offset, m.bits) for m in event.members] == [
        ("pid", 0, 0), ("code", 32, 5), ("flag", 37, 3), ("comm", 40, 0), ("color", 192, 0), ("", 256, 0), ("key", 320, 0),
        ("where", 384, 0), ("on", 448, 0),
    ]  # fmt: skip
    assert btf.find("event", b.Union) == 0
    assert btf.size_of(btf.find("event")) == 64
    assert btf.size_of(event.members[3].type) == 16
    assert isinstance(btf.resolved(btf.find("u32", b.Typedef)), b.Int)


def test_definitions_print_as_c_that_means_the_same(clang: Callable[..., Path], everything: Path) -> None:
    btf = read_object(everything).btf
    assert btf is not None
    names: list[tuple[str, type]] = [(name, b.Typedef) for name in ("u8", "u32", "u64")]
    names += [("color", b.Enum), ("key", b.Struct), ("event", b.Struct)]
    printed = [c_definition(btf, btf.find(*name)) for name in names]
    assert "int code : 5;" in printed[-1]
    source = "\n".join([*printed, "struct event e; typeof(u32 (*(*)[3])(const char *const, ...)) f;"])
    again = read_object(clang(source)).btf
    assert again is not None
    assert [c_definition(again, again.find(*name)) for name in names] == printed
    assert again.size_of(again.find("event")) == btf.size_of(btf.find("event"))
    variable = again[again.find("f", b.Var)]
    assert isinstance(variable, b.Var)
    assert c_type(again, variable.type, "f") == "u32 (*(*f)[3])(const char *const, ...)"


def test_functions_print_as_prototypes(everything: Path) -> None:
    btf = read_object(everything).btf
    assert btf is not None
    function = btf[btf.find("glob", b.Func)]
    assert isinstance(function, b.Func)
    assert c_type(btf, function.type, "glob") == "int glob(int x)"


def test_lines_functions_and_relocations_come_back() -> None:
    place = Place("a.c", 7, 3, "\tx = y;")
    ext = BtfExt({"xdp": [(0, 5), (9, 6)]}, {"xdp": [Line(0, place)], ".text": [Line(2, place)]},
                 {"xdp": [CoreRelocation(4, 5, "0:1", 0)]})  # fmt: skip
    strings = StringTable()
    data = encode_ext(ext, strings)
    assert decode_ext(data, strings.encode()) == ext
    big = StringTable()
    assert decode_ext(encode_ext(ext, big, big_endian=True), big.encode()) == ext


def test_strings_are_stored_once() -> None:
    strings = StringTable()
    assert [strings.add(s) for s in ("int", "", "char", "int")] == [1, 0, 5, 1]
    assert strings.encode() == b"\0int\0char\0"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "shorter than its header"),
        (bytes(24), "magic 0x0 version 0"),
        (Btf().encode()[:-1], "parts lie outside"),
        (b"\x9f\xeb\x01\0\x18\0\0\0" + bytes(4) + b"\x0c\0\0\0\x0c\0\0\0\x01\0\0\0" + bytes(7) + b"\x1f" + bytes(5), "kind 31"),
    ],
)
def test_what_is_not_btf_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(ObjectError, match=message):
        Btf.decode(data)


def test_a_type_that_does_not_exist_is_refused() -> None:
    made = Btf()
    made.add(b.Ptr(3))
    with pytest.raises(ObjectError, match="type 1 refers to type 3 of 2"):
        Btf.decode(made.encode())


def test_types_that_contain_themselves_are_refused() -> None:
    made = Btf()
    made.add(b.Typedef("a", 2))
    made.add(b.Typedef("b", 1))
    made.add(b.Array(3, 3, 2))
    for number in (1, 3):
        with pytest.raises(ObjectError, match="itself"):
            made.size_of(number)


def test_what_the_format_cannot_hold_is_refused() -> None:
    for wrong in (b.Struct("s", 1 << 32), b.Struct("s", 4, [b.Member("m", 1, 1 << 24, 3)]), b.Enum("e", 4, [("a", 1)] * 65536)):
        made = Btf()
        made.add(b.Int("int", 4))
        made.add(wrong)
        with pytest.raises(ObjectError, match=r"'[se]' is too large"):
            made.encode()


def test_a_struct_may_hold_itself_only_behind_a_pointer() -> None:
    made = Btf()
    made.add(b.Struct("list", 8, [b.Member("next", 2, 0)]))
    made.add(b.Ptr(1))
    assert Btf.decode(made.encode()).types == made.types
    made.types[2] = b.Typedef("t", 1)
    with pytest.raises(ObjectError, match="contains itself"):
        Btf.decode(made.encode())


def test_the_running_kernels_types_are_read() -> None:
    path = Path("/sys/kernel/btf/vmlinux")
    if not path.exists():
        pytest.skip("the kernel shows no BTF")
    btf = Btf.decode(path.read_bytes())
    task = btf[btf.find("task_struct", b.Struct)]
    assert isinstance(task, b.Struct)
    assert {"pid", "tgid", "comm"} <= {m.name for m in task.members}

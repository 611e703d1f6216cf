"""The index of a BTF section finds what decoding all of it finds, from the cache as well, and survives broken input."""

from __future__ import annotations

import contextlib
import random
import struct
from pathlib import Path

import pytest
from kernel_types import small_kernel

from purebpf.compiler.cache import Cache
from purebpf.compiler.diagnostics import ObjectError
from purebpf.compiler.object import btf as b
from purebpf.compiler.object.btf_file import read_btf
from purebpf.compiler.object.btf_index import BtfIndex

RAW = small_kernel().encode()


@pytest.mark.parametrize("big_endian", [False, True])
def test_types_are_those_that_decoding_all_gives(big_endian: bool) -> None:
    data = small_kernel(big_endian=big_endian).encode()
    index, whole = BtfIndex(data, "x"), b.Btf.decode(data)
    assert len(index) == len(whole)
    assert [index[i] for i in range(len(whole))] == whole.types


@pytest.mark.parametrize("big_endian", [False, True])
def test_names_are_found(big_endian: bool) -> None:
    index = BtfIndex(small_kernel(big_endian=big_endian).encode(), "x")
    assert [t for _, t in index.named("pid_t")] == [b.Typedef("pid_t", 1)]
    assert [type(t) for _, t in index.named("task_struct")] == [b.Struct, b.Fwd]
    assert [type(t) for _, t in index.named("TINY_A")] == [b.Enum, b.Enum]
    assert [type(t) for _, t in index.named("HUGE_HIGH")] == [b.Enum64]
    assert [type(t) for _, t in index.named("bpf_task_release")] == [b.Func]
    for absent in ("schedule", "int", "bpf_kfunc", "comm", "nothing", "", "a\0b", "\udc80"):
        assert not list(index.named(absent)), absent


def test_the_cached_index_is_the_same(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path))
    made = BtfIndex(RAW, "x", cache)
    [entry] = tmp_path.iterdir()
    before = entry.stat().st_mtime_ns
    kept = BtfIndex(RAW, "x", cache)
    assert entry.stat().st_mtime_ns == before
    assert list(kept.items()) == list(made.items())
    assert len(kept) == len(made)
    entry.write_bytes(entry.read_bytes()[:-3])
    assert list(BtfIndex(RAW, "x", cache).items()) == list(made.items())


def test_another_kernel_gets_another_entry(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path))
    BtfIndex(RAW, "x", cache)
    other = small_kernel()
    other.add(b.Typedef("mine", 1))
    assert list(BtfIndex(other.encode(), "x", cache).named("mine"))
    assert len(list(tmp_path.iterdir())) == 2


def test_cut_btf_is_an_error_that_names_the_file() -> None:
    for length in range(len(RAW)):
        with pytest.raises(ObjectError, match=r"the BTF in 'some\.btf' is broken"):
            BtfIndex(RAW[:length], "some.btf")


def test_damaged_btf_is_an_error_or_something_else_but_never_a_traceback() -> None:
    chance = random.Random(1)
    refused = 0
    for _ in range(400):
        data = bytearray(RAW)
        for _ in range(chance.choice([1, 3, 20])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            index = BtfIndex(bytes(data), "x")
            for i in range(len(index)):
                index[i]
            list(index.items())
        except ObjectError:
            refused += 1
    assert 40 < refused < 400


def test_a_type_that_is_not_there_is_an_error() -> None:
    index = BtfIndex(RAW, "x")
    for number in (-1, len(index), 1 << 31):
        with pytest.raises(ObjectError, match="there is no type"):
            index[number]


# --- files --------------------------------------------------------------------------------------------------------


def elf(section: bytes, *, bits: int = 64, order: str = "<") -> bytes:
    """An ELF file with sections .shstrtab and .BTF."""
    names = b"\0.shstrtab\0.BTF\0"
    head = 64 if bits == 64 else 52
    ident = b"\x7fELF" + bytes([bits // 32, 1 if order == "<" else 2, 1]) + bytes(9)
    at, word = head + len(section) + len(names), "Q" if bits == 64 else "I"
    entry = struct.calcsize(order + ("IIQQQQIIQQ" if bits == 64 else "10I"))
    header = ident + struct.pack(order + f"HHI{word}{word}{word}IHHHHHH", 1, 62, 1, 0, 0, at, 0, head, 0, 0, entry, 3, 1)
    rows = [(0, 0, 0, 0, 0, 0, 0, 0, 0, 0), (1, 3, 0, 0, head + len(section), len(names), 0, 0, 1, 0),
            (11, 1, 0, 0, head, len(section), 0, 0, 1, 0)]  # fmt: skip
    layout = order + ("IIQQQQIIQQ" if bits == 64 else "10I")
    return header + section + names + b"".join(struct.pack(layout, *row) for row in rows)


@pytest.mark.parametrize(("bits", "order"), [(64, "<"), (64, ">"), (32, "<"), (32, ">")])
def test_btf_is_read_from_elf_files_of_any_machine(tmp_path: Path, bits: int, order: str) -> None:
    path = tmp_path / "vmlinux"
    path.write_bytes(elf(RAW, bits=bits, order=order))
    assert read_btf(str(path)) == RAW


def test_a_file_that_holds_no_btf_says_so(tmp_path: Path) -> None:
    path = tmp_path / "x"
    for data, message in ((b"", "holds no BTF"), (b"hello", "holds no BTF"), (b"\x7fELF", "broken ELF"),
                          (elf(RAW)[:300], "broken ELF"), (elf(RAW).replace(b".BTF", b".BTX"), "has no section")):  # fmt: skip
        path.write_bytes(data)
        with pytest.raises(ObjectError, match=message):
            read_btf(str(path))
    with pytest.raises(ObjectError, match="cannot be read: No such file"):
        read_btf(str(tmp_path / "nothing"))
    with pytest.raises(ObjectError, match="cannot be read: Is a directory"):
        read_btf(str(tmp_path))


def test_a_damaged_elf_file_never_makes_a_traceback(tmp_path: Path) -> None:
    chance = random.Random(2)
    path = tmp_path / "x"
    good = elf(RAW)
    for _ in range(300):
        data = bytearray(good)
        for _ in range(4):
            data[chance.choice([chance.randrange(64), chance.randrange(len(data) - 192, len(data))])] = chance.randrange(256)
        path.write_bytes(data)
        with contextlib.suppress(ObjectError):
            assert isinstance(read_btf(str(path)), bytes)

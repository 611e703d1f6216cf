"""Values by BTF type: what C sees in the bytes is what Python gets, and back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from purebpf.compiler.diagnostics import ObjectError
from purebpf.compiler.object.btf import Btf, Var
from purebpf.compiler.object.read import read_object
from purebpf.compiler.object.values import decode_value, encode_value

# clang lays the initializers out: the bytes are its, not ours
SOURCE = r"""
typedef unsigned char u8; typedef unsigned int u32; typedef unsigned long long u64;
enum color { RED, GREEN = 5, BLACK = -1 };
struct in { u8 a; short b; };
struct all { u8 x; signed char y; u64 big; int f : 5; unsigned g : 3; int : 0; unsigned h : 17; char name[8]; enum color c;
             union { u64 whole; u32 half[2]; }; struct in list[2]; _Bool on; } v
    = { 200, -3, 0x123456789abcdef0, -7, 5, 0x1ffff, "hello", BLACK, { 0x100000002 }, { { 1, -2 }, { 3, 4 } }, 1 };
struct key { u32 prefixlen; u8 addr[4]; } k = { 24, { 10, 1, 2, 0 } };
u32 number = 77;
"""
VALUE = {
    "x": 200, "y": -3, "big": 0x123456789ABCDEF0, "f": -7, "g": 5, "h": 0x1FFFF, "name": "hello", "c": "BLACK",
    "whole": 0x100000002, "half": [2, 1], "list": [{"a": 1, "b": -2}, {"a": 3, "b": 4}], "on": True,
}  # fmt: skip


def variable(obj: Any, name: str) -> tuple[Btf, int, bytes]:
    where = obj.variables[name]
    var = obj.btf[where.btf_id]
    assert isinstance(var, Var)
    return obj.btf, var.type, obj.data[where.section].data[where.offset : where.offset + where.size]


@pytest.mark.parametrize("endian", ["el", "eb"])
def test_values_are_those_of_the_c_initializer(clang: Callable[..., Path], endian: str) -> None:
    btf, type_id, data = variable(read_object(clang(SOURCE, endian=endian)), "v")
    expected = VALUE if endian == "el" else VALUE | {"half": [1, 2]}
    assert decode_value(btf, type_id, data) == expected


@pytest.mark.parametrize("endian", ["el", "eb"])
def test_values_encode_to_the_bytes_of_the_c_initializer(clang: Callable[..., Path], endian: str) -> None:
    btf, type_id, data = variable(read_object(clang(SOURCE, endian=endian)), "v")
    value = {k: v for k, v in VALUE.items() if k != "half"}
    assert encode_value(btf, type_id, value) == data


def test_addresses_are_text_in_keys_of_tries(clang: Callable[..., Path]) -> None:
    btf, type_id, data = variable(read_object(clang(SOURCE)), "k")
    assert encode_value(btf, type_id, "10.1.2.0/24") == data
    assert encode_value(btf, type_id, {"prefixlen": 24, "addr": [10, 1, 2, 0]}) == data
    assert encode_value(btf, type_id, data) == data


@pytest.mark.parametrize("wrong", [1 << 32, -(1 << 31) - 1, "x", None, [1], {"a": 1}, b"123"])
def test_what_does_not_fit_is_refused(clang: Callable[..., Path], wrong: object) -> None:
    btf, type_id, _ = variable(read_object(clang(SOURCE)), "number")
    with pytest.raises(ObjectError):
        encode_value(btf, type_id, wrong)


@pytest.mark.parametrize(
    "wrong", [{"prefixlen": 1, "adr": 2}, "10.0.0.0/33", {"prefixlen": "x"}, {"addr": [300]}, {"addr": [1] * 5}]
)
def test_wrong_members_are_refused(clang: Callable[..., Path], wrong: object) -> None:
    btf, type_id, _ = variable(read_object(clang(SOURCE)), "k")
    with pytest.raises(ObjectError):
        encode_value(btf, type_id, wrong)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, (1 << 32) - 1))
def test_integers_come_back(clang: Callable[..., Path], number: int) -> None:
    btf, type_id, _ = variable(read_object(clang(SOURCE)), "number")
    assert decode_value(btf, type_id, encode_value(btf, type_id, number)) == number

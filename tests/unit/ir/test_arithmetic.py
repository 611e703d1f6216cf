"""The arithmetic of the IR against numbers from RFC 9669 and C."""

from __future__ import annotations

import pytest

from purebpf.compiler.ir import arithmetic

M32, M64 = 2**32 - 1, 2**64 - 1


@pytest.mark.parametrize(
    ("op", "bits", "a", "b", "result"),
    [
        ("add", 32, M32, 1, 0),          ("sub", 64, 0, 1, M64),
        ("mul", 32, 1 << 31, 2, 0),      ("udiv", 32, 7, 0, 0),
        ("umod", 64, 7, 0, 7),           ("sdiv", 32, -7 & M32, 2, -3 & M32),
        ("smod", 32, -7 & M32, 2, -1 & M32), ("smod", 64, 7, -2 & M64, 1),
        ("sdiv", 32, 1 << 31, M32, 1 << 31), ("smod", 32, 1 << 31, M32, 0),
        ("sdiv", 64, 5, 0, 0),           ("smod", 64, -5 & M64, 0, -5 & M64),
        ("shl", 32, 1, 33, 2),           ("lshr", 64, 1 << 63, 127, 1),
        ("ashr", 32, 1 << 31, 31, M32),  ("xor", 64, M64, 1, M64 - 1),
    ],
)  # fmt: skip
def test_binary(op: str, bits: int, a: int, b: int, result: int) -> None:
    assert arithmetic.binary(op, bits, a, b) == result


@pytest.mark.parametrize(
    ("op", "bits", "a", "result"),
    [
        ("sext", 32, 1 << 31, 0xFFFFFFFF80000000), ("zext", 32, M32, M32), ("trunc", 64, M64, M32),
        ("sext8", 32, 0x180, 0xFFFFFF80), ("sext16", 64, 0x7FFF, 0x7FFF), ("sext32", 64, 1 << 31, 0xFFFFFFFF80000000),
        ("bswap16", 32, 0x12345678, 0x7856), ("bswap32", 64, 0x1_12345678, 0x78563412), ("bswap64", 64, 1, 1 << 56),
    ],
)  # fmt: skip
def test_unary(op: str, bits: int, a: int, result: int) -> None:
    assert arithmetic.unary(op, bits, a) == result


def test_compare() -> None:
    assert arithmetic.compare("slt", 32, M32, 0) == 1
    assert arithmetic.compare("ult", 32, M32, 0) == 0
    assert arithmetic.compare("sge", 64, 0, 1 << 63) == 1
    assert arithmetic.compare("eq", 64, 3, 3) == 1

"""What the operations of the IR compute, on unsigned integers of a width: the one place that constant folding and the
interpreter share. Division by zero and shift amounts are as in BPF (RFC 9669 4.1)."""

from __future__ import annotations

import operator
from collections.abc import Callable


def signed(value: int, bits: int) -> int:
    """`value` (unsigned, `bits` wide) read as two's complement."""
    return value - (1 << bits) if value >> (bits - 1) else value


def extend(value: int, width: int, bits: int) -> int:
    """The low `width` bits of `value` sign-extended to `bits`."""
    return signed(value & ((1 << width) - 1), width) & ((1 << bits) - 1)


def swap(value: int, width: int) -> int:
    """The low `width` bits of `value` in the other byte order."""
    return int.from_bytes((value & ((1 << width) - 1)).to_bytes(width // 8, "little"), "big")


def _sdiv(a: int, b: int) -> int:
    return 0 if b == 0 else abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


_UNSIGNED: dict[str, Callable[[int, int, int], int]] = {
    "add":  lambda a, b, bits: a + b,
    "sub":  lambda a, b, bits: a - b,
    "mul":  lambda a, b, bits: a * b,
    "udiv": lambda a, b, bits: a // b if b else 0,
    "umod": lambda a, b, bits: a % b if b else a,
    "sdiv": lambda a, b, bits: _sdiv(signed(a, bits), signed(b, bits)),
    "smod": lambda a, b, bits: signed(a, bits) - _sdiv(signed(a, bits), signed(b, bits)) * signed(b, bits),
    "and":  lambda a, b, bits: a & b,
    "or":   lambda a, b, bits: a | b,
    "xor":  lambda a, b, bits: a ^ b,
    "shl":  lambda a, b, bits: a << (b & (bits - 1)),
    "lshr": lambda a, b, bits: a >> (b & (bits - 1)),
    "ashr": lambda a, b, bits: signed(a, bits) >> (b & (bits - 1)),
}  # fmt: skip

# operand width is `bits`; the results of trunc and zext/sext are of the other width
_UNARY: dict[str, Callable[[int, int], int]] = {
    "zext":     lambda a, bits: a,
    "sext":     lambda a, bits: extend(a, 32, 64),
    "trunc":    lambda a, bits: a & 0xFFFFFFFF,
    "sext8":    lambda a, bits: extend(a, 8, bits),
    "sext16":   lambda a, bits: extend(a, 16, bits),
    "sext32":   lambda a, bits: extend(a, 32, bits),
    "bswap16":  lambda a, bits: swap(a, 16),
    "bswap32":  lambda a, bits: swap(a, 32),
    "bswap64":  lambda a, bits: swap(a, 64),
    "ptrtoint": lambda a, bits: a,
    "inttoptr": lambda a, bits: a,
    "isconst":  lambda a, bits: 1,
    "askernel": lambda a, bits: a,  # another name of the same byte
    "asarena":  lambda a, bits: a,
}  # fmt: skip

_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge,
}  # fmt: skip


def binary(op: str, bits: int, a: int, b: int) -> int:
    """`a op b` on `bits`-wide values."""
    return _UNSIGNED[op](a, b, bits) & ((1 << bits) - 1)


def unary(op: str, bits: int, a: int) -> int:
    """`op a` on a `bits`-wide value (the operand's width)."""
    return _UNARY[op](a, bits)


def compare(op: str, bits: int, a: int, b: int) -> int:
    """0 or 1."""
    if op[0] == "s":
        a, b = signed(a, bits), signed(b, bits)
    return int(_COMPARE[op if len(op) == 2 else op[1:]](a, b))

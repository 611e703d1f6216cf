"""What each arithmetic and jump instruction computes (RFC 9669, sections 4.1-4.3), as rows of expressions.

In a row `a` is the destination register, `b` the source register or the immediate, both 64 bits unsigned; `A` and `B`
are their low 32 bits; `sa sb sA sB` the same as signed numbers. A row is made into a Python function that makes the
instruction's operation from its registers: rows stay readable, and running one costs a single call.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from ...compiler.object import isa

Registers = list[Any]  # r0-r10: ints, or None while a register holds nothing
Operation = Callable[[Registers], Any]

# None in an expression raises TypeError, by which the interpreter finds a register that was never set: so no row may
# be just `b`, and equality is written as a difference.

#       operation    64 bits                          32 bits
ALU = {
    isa.ADD:       ("(a + b) & M",                   "(a + b) & W"),
    isa.SUB:       ("(a - b) & M",                   "(a - b) & W"),
    isa.MUL:       ("(a * b) & M",                   "(a * b) & W"),
    isa.DIV:       ("a // b if b else b & 0",        "A // B if B else 0"),
    isa.OR:        ("a | b",                         "(a | b) & W"),
    isa.AND:       ("a & b",                         "a & b & W"),
    isa.LSH:       ("(a << (b & 63)) & M",           "(a << (b & 31)) & W"),
    isa.RSH:       ("a >> (b & 63)",                 "A >> (b & 31)"),
    isa.NEG:       ("-a & M",                        "-a & W"),
    isa.MOD:       ("a % b if b else a | b",         "A % B if B else A"),
    isa.XOR:       ("a ^ b",                         "(a ^ b) & W"),
    isa.MOV:       ("b & M",                         "b & W"),
    isa.ARSH:      ("(sa >> (b & 63)) & M",          "(sA >> (b & 31)) & W"),
}  # fmt: skip

# with offset 1 division and remainder are signed, and round towards zero as in C; the remainder has a's sign
SIGNED = {
    isa.DIV:       ("sdiv(sa, sb) & M if b else b & 0",  "sdiv(sA, sB) & W if B else 0"),
    isa.MOD:       ("smod(sa, sb) & M if b else a | b",  "smod(sA, sB) & W if B else A"),
}  # fmt: skip

# with offset 8, 16 or 32 a move extends the sign of that many bits; N is the sign bit's weight
MOVE_SIGNED = ("((b & (N + N - 1) ^ N) - N) & M",    "((b & (N + N - 1) ^ N) - N) & W")

# byte swaps by width in bits: conversion to the order that memory has keeps the low bits, the rest swaps
KEEP = {16: "a & 0xffff", 32: "a & W", 64: "a & M"}
SWAP = {
    16: "(a & 0xff) << 8 | a >> 8 & 0xff",
    32: "from_bytes((a & W).to_bytes(4, 'little'), 'big')",
    64: "from_bytes(a.to_bytes(8, 'little'), 'big')",
}

#       operation    64 bits              32 bits
JUMPS = {
    isa.JEQ:       ("not a ^ b",         "not (a ^ b) & W"),
    isa.JGT:       ("a > b",             "A > B"),
    isa.JGE:       ("a >= b",            "A >= B"),
    isa.JSET:      ("a & b",             "a & b & W"),
    isa.JNE:       ("a ^ b",             "(a ^ b) & W"),
    isa.JSGT:      ("sa > sb",           "sA > sB"),
    isa.JSGE:      ("sa >= sb",          "sA >= sB"),
    isa.JLT:       ("a < b",             "A < B"),
    isa.JLE:       ("a <= b",            "A <= B"),
    isa.JSLT:      ("sa < sb",           "sA < sB"),
    isa.JSLE:      ("sa <= sb",          "sA <= sB"),
}  # fmt: skip

M, W = 0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF


def sdiv(a: int, b: int) -> int:
    """Signed division rounding towards zero."""
    return -(-a // b) if (a < 0) != (b < 0) else a // b


def smod(a: int, b: int) -> int:
    """The remainder of `sdiv`, with the sign of `a`."""
    return a - b * sdiv(a, b)


_NAMES = {"M": M, "W": W, "sdiv": sdiv, "smod": smod, "from_bytes": int.from_bytes}
_LETTER = re.compile(r"\bs?[aAbB]\b")
_REGISTER = {
    "a": "r[d]",
    "A": "(r[d] & W)",
    "sa": "((r[d] ^ 0x8000000000000000) - 0x8000000000000000)",
    "sA": "((r[d] & W ^ 0x80000000) - 0x80000000)",
    "b": "r[s]",
    "B": "(r[s] & W)",
    "sb": "((r[s] ^ 0x8000000000000000) - 0x8000000000000000)",
    "sB": "((r[s] & W ^ 0x80000000) - 0x80000000)",
}
# the immediate is a constant: its four readings are made once, beforehand
_IMMEDIATE = {**_REGISTER, "b": "k", "B": "K", "sb": "sk", "sB": "sK"}


@cache
def _factory(row: str, immediate: bool, jump: bool, sign: int = 0) -> Callable[..., Operation]:
    names = _IMMEDIATE if immediate else _REGISTER
    body = _LETTER.sub(lambda match: names[match.group()], row)
    statement = f"return yes if {body} else no" if jump else f"r[d] = {body}"
    text = f"def make(d, s, k, K, sk, sK, yes, no):\n def operation(r):\n  {statement}\n return operation"
    scope: dict[str, Any] = {**_NAMES, "N": sign}
    exec(compile(text, f"<bpf: {row}>", "exec"), scope)
    made: Callable[..., Operation] = scope["make"]
    return made


def operation(row: str, dst: int, src: int, imm: int | None, *, sign: int = 0) -> Operation:
    """The function that does `row` on registers `dst` and `src`, or on `dst` and `imm` (signed 32 bits)."""
    if imm is None:
        return _factory(row, False, False, sign)(dst, src, 0, 0, 0, 0, None, None)
    return _factory(row, True, False, sign)(dst, 0, imm & M, imm & W, imm, imm, None, None)


def branch(row: str, dst: int, src: int, imm: int | None, yes: object, no: object) -> Operation:
    """The function that returns `yes` or `no`, as `row` says of the registers."""
    if imm is None:
        return _factory(row, False, True)(dst, src, 0, 0, 0, 0, yes, no)
    return _factory(row, True, True)(dst, 0, imm & M, imm & W, imm, imm, yes, no)


def constant(dst: int, value: int) -> Operation:
    """The function that sets `dst` to `value`."""

    def operation(r: Registers) -> None:
        r[dst] = value

    return operation

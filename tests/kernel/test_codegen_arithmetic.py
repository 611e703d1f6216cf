"""Every operation on hard numbers: the kernel running our code against gcc running the same C."""

from __future__ import annotations

import ctypes
import itertools
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from kernel_ir import compile_module, loaded, run

from purebpf.compiler.ir.reader import read_module
from purebpf.compiler.target import Target

pytestmark = pytest.mark.kernel

NUMBERS = [0, 1, 2, 5, 31, 33, 63, 64, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF,
           1 << 32, (1 << 63) - 1, 1 << 63, (1 << 64) - 3, (1 << 64) - 1]  # fmt: skip

# operation -> C on unsigned T a, b and signed S; BPF's results where C has none (RFC 9669 4.1)
C = {
    "add": "a + b", "sub": "a - b", "mul": "a * b", "and": "a & b", "or": "a | b", "xor": "a ^ b",
    "udiv": "b ? a / b : 0", "umod": "b ? a % b : a",
    "sdiv": "b == 0 ? 0 : b == (T)-1 ? -a : (T)((S)a / (S)b)",
    "smod": "b == 0 ? a : b == (T)-1 ? 0 : (T)((S)a % (S)b)",
    "shl": "a << (b % BITS)", "lshr": "a >> (b % BITS)", "ashr": "(T)((S)a >> (b % BITS))",
    "eq": "a == b", "ne": "a != b", "ult": "a < b", "ule": "a <= b", "ugt": "a > b", "uge": "a >= b",
    "slt": "(S)a < (S)b", "sle": "(S)a <= (S)b", "sgt": "(S)a > (S)b", "sge": "(S)a >= (S)b",
}  # fmt: skip
UNARY = {
    "sext8": "(T)(S)(signed char)a", "sext16": "(T)(S)(short)a",
    "bswap16": "(T)__builtin_bswap16(a)", "bswap32": "(T)__builtin_bswap32(a)",
}  # fmt: skip
COMPARES = frozenset(["eq", "ne", "ult", "ule", "ugt", "uge", "slt", "sle", "sgt", "sge"])


@pytest.fixture(scope="module")
def native(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """The operations compiled by gcc."""
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    folder: Path = tmp_path_factory.mktemp("gcc")
    text = ""
    for bits in (32, 64):
        unsigned, signed = (("unsigned", "int"), ("unsigned long", "long"))[bits == 64]
        for op, expression in {**C, **UNARY}.items():
            text += f"#define T {unsigned}\n#define S {signed}\n#define BITS {bits}\n"
            text += f"unsigned long {op}_{bits}(T a, T b) {{ return (T)({expression}); }}\n#undef T\n#undef S\n#undef BITS\n"
    (folder / "ops.c").write_text(text)
    subprocess.run(["gcc", "-O1", "-fwrapv", "-w", "-shared", "-fPIC", "-o", "ops.so", "ops.c"], cwd=folder, check=True)
    return ctypes.CDLL(str(folder / "ops.so"))


def program(op: str, bits: int, constant: int | None) -> str:
    """A driver that computes `op` of state[0] and state[8] (or `constant`) into state[16]."""
    type = f"i{bits}"
    load = "load.8 i64" if bits == 64 else "load.4 i32"
    right = "%3" if constant is None else str(constant & (1 << bits) - 1)
    text = f"""function @driver(ptr %0 "ctx") -> i32 section "socket" {{
.entry:
  %1 = symbol data @state
  %2 = {load} [%1 + 0]
  %3 = {load} [%1 + 8]
  %4 = {op} {type} %2{'' if op in UNARY else ', ' + right}
"""
    if bits == 32 or op in COMPARES:
        return text + "  %5 = zext %4\n  store.8 [%1 + 16], %5\n  return i32 0\n}\n"
    return text + "  store.8 [%1 + 16], %4\n  return i32 0\n}\n"


@pytest.mark.parametrize("cpu", [1, 2, 3, 4])
@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("op", [*C, *UNARY])
def test_an_operation_gives_what_gcc_gives(op: str, bits: int, cpu: int, native: ctypes.CDLL) -> None:
    function = native[f"{op}_{bits}"]
    function.restype = ctypes.c_uint64
    function.argtypes = [(ctypes.c_uint32, ctypes.c_uint64)[bits == 64]] * 2
    mask = (1 << bits) - 1
    for constant in [None, 0, 1, 3, 8, -1, -8, 0x80000000, 1 << 63] if op in C else [None]:
        module = read_module(program(op, bits, constant))
        with loaded(compile_module(module, Target(cpu))) as fds:
            pairs = itertools.product(NUMBERS, NUMBERS[:: 1 if constant is None else 30])
            for a, b in pairs:
                right = b if constant is None else constant
                _, state = run(fds, struct.pack("<QQ", a, b))
                assert struct.unpack_from("<Q", state, 16)[0] == function(a & mask, right & mask), (a, right)

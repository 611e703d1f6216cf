"""What the verifier wants of generated code: each case is a program that is only accepted if code generation keeps a rule."""

from __future__ import annotations

import struct

import pytest
from kernel_ir import compile_module, loaded, run

from purebpf.compiler.ir.check import check
from purebpf.compiler.ir.reader import read_module
from purebpf.compiler.target import Target

pytestmark = pytest.mark.kernel
XDP = 6

# opens an XDP program: %1 data, %2 data_end, %9 the state
HEAD = """
function @driver(ptr %0 "ctx") -> i32 section "xdp" linkage global {
.entry:
  %80 = load.4 i32 [%0 + 4]
  %81 = zext %80
  %2 = inttoptr %81
  %82 = load.4 i32 [%0 + 0]
  %83 = zext %82
  %1 = inttoptr %83
  %9 = symbol data @state
"""
TICKS = "call i64 helper 5 @bpf_ktime_get_ns()"

CASES = {
    # facts: rule 2 and 3, one pointer for check and access, with a variable part
    "a variable packet offset is checked and used through one pointer": ("""
  %10 = ptradd %1, 20
  %11 = ugt ptr %10, %2
  branch %11, .out, .a
.a from .entry:
  %12 = load.1 i32 [%1 + 14]
  %13 = and i32 %12, 7
  %14 = shl i32 %13, 2
  %15 = zext %14
  %16 = ptradd %1, %15
  %17 = ptradd %16, 18
  %18 = ugt ptr %17, %2
  branch %18, .out, .b
.b from .a:
  %19 = load.2 i32 [%16 + 16]
  return %19
""", 0x2928),
    # rule 4: negative offsets from an advanced, checked pointer; spilled in between by calls
    "packet pointers survive calls in stack slots": (f"""
  %10 = ptradd %1, 40
  %11 = ugt ptr %10, %2
  branch %11, .out, .a
.a from .entry:
  %12 = ptradd %1, 8
  %13 = ptradd %1, 16
  %14 = ptradd %1, 24
  %15 = load.1 i32 [%1 + 1]
  %16 = load.1 i32 [%1 + 2]
  %17 = load.1 i32 [%1 + 3]
  %18 = {TICKS}
  %19 = {TICKS}
  %20 = add i64 %18, %19
  store.8 [%9 + 8], %20
  %21 = load.1 i32 [%12 + 0]
  %22 = load.1 i32 [%13 + 1]
  %23 = load.1 i32 [%14 + 2]
  %24 = load.1 i32 [%10 - 1]
  %25 = add i32 %21, %22
  %26 = add i32 %23, %24
  %27 = add i32 %25, %26
  %28 = add i32 %15, %16
  %29 = add i32 %27, %28
  %30 = add i32 %29, %17
  return %30
""", 8 + 17 + 26 + 39 + 1 + 2 + 3),
    # rule 5: the context itself is never advanced, also when its field addresses are values
    "the context pointer is not changed before an access": (f"""
  %10 = ptradd %0, 4
  %11 = {TICKS}
  store.8 [%9 + 8], %11
  %12 = load.4 i32 [%10 + 0]
  %13 = load.4 i32 [%10 - 4]
  %14 = zext %12
  %15 = zext %13
  %16 = inttoptr %14
  %17 = inttoptr %15
  %18 = ptrtoint %16
  %19 = ptrtoint %17
  %20 = sub i64 %18, %19
  %21 = trunc %20
  return %21
""", 64),
    # rule 8: an index checked as 32 bits is used as 64
    "an index is checked in the register that is used": ("""
  %10 = load.4 i32 [%9 + 4]
  %11 = ult i32 %10, 64
  branch %11, .a, .out
.a from .entry:
  %12 = zext %10
  %13 = ptradd %9, %12
  %14 = load.1 i32 [%13 + 64]
  return %14
""", 0x10),
    "an index cut from 64 bits is checked after the cut": ("""
  %10 = load.8 i64 [%9 + 0]
  %11 = trunc %10
  %12 = lshr i32 %11, 1
  %13 = ult i32 %12, 64
  branch %13, .a, .out
.a from .entry:
  %14 = zext %12
  %15 = ptradd %9, %14
  %16 = load.1 i32 [%15 + 64]
  return %16
""", 0x21),
    # rule 12: the null check is on the helper's own result, also when that is needed later
    "a map value is checked before it is moved to the stack": (f"""
  %7 = alloca 4, align 4, "key"
  %8 = symbol map @state
  store.4 [%7 + 0], 0
  %10 = load.8 i64 [%9 + 0]
  %11 = call ptr helper 1 @bpf_map_lookup_elem(%8, %7)
  %12 = {TICKS}
  %13 = {TICKS}
  %14 = eq ptr %11, 0
  branch %14, .out, .a
.a from .entry:
  %15 = {TICKS}
  store.8 [%11 + 8], %12
  store.8 [%11 + 16], %13
  store.8 [%11 + 24], %15
  store.8 [%11 + 32], %10
  %16 = load.1 i32 [%11 + 64]
  return %16
""", 0x10),
    # undefined values are something
    "an undefined value is no uninitialized register": ("""
  %10 = load.4 i32 [%9 + 4]
  %11 = eq i32 %10, 77
  branch %11, .b, .a
.a from .entry:
  jump .b
.b from .entry, .a:
  %12 = phi i32 [.entry: undef, .a: 5]
  %13 = add i32 %12, undef
  %14 = or i32 %13, 5
  return %14
""", 5),
    "a bool kept as a number": ("""
  %10 = ptradd %1, 30
  %11 = ugt ptr %10, %2
  %12 = eq i32 7, 7
  %13 = add i32 %11, %12
  return %13
""", 1),
    "an address of the stack goes through a phi": ("""
  %3 = alloca 8, align 8, "a"
  %4 = alloca 8, align 8, "b"
  store.8 [%3 + 0], 11
  store.8 [%4 + 0], 22
  %10 = load.4 i32 [%9 + 4]
  %11 = eq i32 %10, 77
  branch %11, .a, .b
.a from .entry:
  jump .b
.b from .entry, .a:
  %12 = phi ptr [.entry: %3, .a: %4]
  %13 = load.8 i64 [%12 + 0]
  %14 = trunc %13
  return %14
""", 11),
}  # fmt: skip


@pytest.mark.parametrize("cpu", [1, 2, 3, 4])
@pytest.mark.parametrize("case", CASES)
def test_the_verifier_follows(case: str, cpu: int) -> None:
    body, expected = CASES[case]
    text = HEAD + body
    if ".out," in body or ", .out\n" in body:
        sources = [line.split()[0] for line in _ends(body) if ".out" in line]
        text += f".out from {', '.join(sources)}:\n  return i32 999\n"
    module = read_module(text + "}\n")
    check(module.functions["driver"], module)
    state = struct.pack("<QQ", 0, 0).ljust(64, b"\0") + bytes(range(0x10, 0x50))
    if "cut" in case:
        state = struct.pack("<Q", 0xABCD_0000_0022) + state[8:]
    with loaded(compile_module(module, Target(cpu)), program_type=XDP) as fds:
        assert run(fds, state, bytes(range(64)))[0] == expected


def _ends(body: str) -> list[str]:
    """`.block the branch at its end` for each block of a body, which starts in `.entry`."""
    block, found = ".entry", []
    for line in body.splitlines():
        if line.startswith("."):
            block = line.split()[0].rstrip(":")
        elif line.startswith("  branch"):
            found.append(f"{block} {line}")
    return found

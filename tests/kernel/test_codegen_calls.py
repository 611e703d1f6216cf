"""Calls, atomics and big frames, in the kernel and in the interpreter."""

from __future__ import annotations

import struct

import pytest
from kernel_ir import compile_module, interpreted, loaded, run

from purebpf.compiler.ir.check import check
from purebpf.compiler.ir.reader import read_module
from purebpf.compiler.target import Target

pytestmark = pytest.mark.kernel

MIX = """
function @mix(i64 %0 "a", i64 %1 "b", i64 %2 "c", i64 %3 "d", i64 %4 "e") -> i64 linkage static inline never {
.entry:
  %5 = mul i64 %1, 3
  %6 = mul i64 %2, 5
  %7 = mul i64 %3, 7
  %8 = mul i64 %4, 11
  %9 = add i64 %0, %5
  %10 = add i64 %9, %6
  %11 = add i64 %10, %7
  %12 = add i64 %11, %8
  return %12
}
"""

CASES = {
    "arguments change places": MIX + """
function @turn(i64 %0 "a", i64 %1 "b", i64 %2 "c", i64 %3 "d", i64 %4 "e") -> i64 linkage static inline never {
.entry:
  %5 = call i64 function @mix(%4, %0, %1, %2, %3)
  %6 = call i64 function @mix(%1, %0, %3, %2, %5)
  %7 = call i64 function @mix(%0, %1, %2, %3, %4)
  %8 = xor i64 %6, %7
  return %8
}
function @driver(ptr %0 "ctx") -> i32 section "socket" {
.entry:
  %1 = symbol data @state
  %2 = load.8 i64 [%1 + 0]
  %3 = load.8 i64 [%1 + 8]
  %4 = call i64 function @turn(%2, %3, i64 17, %3, i64 -5)
  store.8 [%1 + 16], %4
  return i32 3
}
""",
    "ints pass through functions as ints": """
function @half(i32 %0 "a", i32 %1 "b") -> i32 linkage static inline never {
.entry:
  %2 = add i32 %0, %1
  return %2
}
function @wide(i32 %0 "a") -> i64 linkage global inline never {
.entry:
  %1 = zext %0
  %2 = add i64 %1, 1
  return %2
}
function @driver(ptr %0 "ctx") -> i32 section "socket" {
.entry:
  %1 = symbol data @state
  %2 = load.8 i64 [%1 + 0]
  %3 = trunc %2
  %4 = call i32 function @half(%3, i32 0xfffffff0)
  %5 = zext %4
  store.8 [%1 + 16], %5
  %6 = call i64 function @wide(%3)
  store.8 [%1 + 24], %6
  %7 = sext %4
  store.8 [%1 + 32], %7
  return %4
}
""",
    "a function without a result": """
function @put(ptr %0 "to", i64 %1 "value") -> none linkage static inline never {
.entry:
  store.8 [%0 + 16], %1
  return
}
function @driver(ptr %0 "ctx") -> i32 section "socket" {
.entry:
  %1 = symbol data @state
  call none function @put(%1, i64 77)
  %2 = ptradd %1, 8
  call none function @put(%2, i64 0x123456789abcdef0)
  return i32 0
}
""",
    "atomics of each kind": """
function @driver(ptr %0 "ctx") -> i32 section "socket" {
.entry:
  %1 = symbol data @state
  %2 = load.8 i64 [%1 + 8]
  %3 = trunc %2
  atomic.8 add [%1 + 0], %2
  atomic.4 or [%1 + 16], %3
  %4 = atomic.8 fetch add [%1 + 0], %2
  %5 = atomic.4 fetch and [%1 + 4], %3
  %6 = atomic.8 fetch xchg [%1 + 24], %4
  %7 = atomic.4 fetch cmpxchg [%1 + 32], 0, %3
  %8 = atomic.4 fetch cmpxchg [%1 + 32], 0, 5
  %9 = atomic.8 fetch cmpxchg [%1 + 40], %2, %4
  %10 = zext %5
  %11 = zext %7
  %12 = zext %8
  store.8 [%1 + 48], %10
  store.8 [%1 + 56], %11
  store.8 [%1 + 64], %12
  store.8 [%1 + 72], %6
  store.8 [%1 + 80], %9
  store.8 [%1 + 88], %4
  return %8
}
""",
    "copies and fills that no pass has widened": """
function @driver(ptr %0 "ctx") -> i32 section "socket" {
.entry:
  %1 = symbol data @state
  %2 = alloca 24, align 8, "a"
  %3 = alloca 7, align 1, "b"
  memset %2, 0xa5, size 24, align 8
  memcopy %3, %1, size 7, align 1
  memcopy %2, %1, size 14, align 2
  %4 = load.4 i32 [%1 + 0]
  %5 = ptradd %1, 100
  memset %5, %4, size 13, align 4
  %6 = ptradd %1, 120
  memcopy %6, %2, size 24, align 8
  %7 = ptradd %1, 150
  memcopy %7, %3, size 7, align 1
  %8 = ptradd %1, 3
  memmove %8, %1, size 9, align 1
  return i32 0
}
""",
    "offsets that no access can hold": """
function @driver(ptr %0 "ctx") -> i32 section "socket" {
.entry:
  %1 = symbol data @state
  %2 = ptradd %1, 70000
  %3 = ptradd %2, -70000
  store.4 [%3 + 4], 9
  %4 = ptradd %1, -65532
  store.4 [%4 + 65540], 10
  %5 = load.4 i32 [%4 + 65536]
  return %5
}
""",
    "a comparison that is a value and a condition": """
function @driver(ptr %0 "ctx") -> i32 section "socket" {
.entry:
  %1 = symbol data @state
  %2 = load.8 i64 [%1 + 0]
  %3 = load.8 i64 [%1 + 8]
  %4 = ult i64 %2, %3
  %5 = and i64 %2, 0x80000000
  %6 = ne i64 %5, 0
  %7 = and i32 %4, %6
  branch %7, .a, .b
.a from .entry:
  jump .b
.b from .entry, .a:
  %8 = phi i32 [.entry: 3, .a: %4]
  %9 = and i64 %3, 6
  %10 = eq i64 %9, 0
  %11 = sgt i64 %2, -1
  %12 = or i32 %10, %11
  branch %12, .c, .d
.c from .b:
  %13 = add i32 %8, 10
  jump .d
.d from .b, .c:
  %14 = phi i32 [.b: %8, .c: %13]
  return %14
}
""",
    "phis that exchange their values": """
function @driver(ptr %0 "ctx") -> i32 section "socket" {
.entry:
  %1 = symbol data @state
  %2 = load.8 i64 [%1 + 0]
  %3 = load.8 i64 [%1 + 8]
  jump .head
.head from .entry, .head:
  %4 = phi i64 [.entry: %2, .head: %5]
  %5 = phi i64 [.entry: %3, .head: %4]
  %6 = phi i64 [.entry: 1, .head: %7]
  %7 = phi i64 [.entry: 2, .head: %8]
  %8 = phi i64 [.entry: 3, .head: %6]
  %9 = phi i32 [.entry: 0, .head: %10]
  %10 = add i32 %9, 1
  %11 = ult i32 %10, 5
  branch %11, .head, .done
.done from .head:
  store.8 [%1 + 16], %4
  store.8 [%1 + 24], %5
  store.8 [%1 + 32], %6
  store.8 [%1 + 40], %7
  store.8 [%1 + 48], %8
  return %10
}
""",
    "more loop values than registers": """
function @driver(ptr %0 "ctx") -> i32 section "socket" {
.entry:
  %1 = symbol data @state
  %2 = load.8 i64 [%1 + 0]
  jump .head
.head from .entry, .head:
""" + "".join(
        f"  %{10 + i} = phi i64 [.entry: {i}, .head: %{40 + (i + 1) % 14}]\n" for i in range(14)
    ) + "  %9 = phi i32 [.entry: 0, .head: %70]\n" + "".join(
        f"  %{40 + i} = add i64 %{10 + i}, %2\n" for i in range(14)
    ) + """
  %70 = add i32 %9, 1
  %71 = ult i32 %70, 6
  branch %71, .head, .done
.done from .head:
""" + "".join(f"  store.8 [%1 + {16 + 8 * i}], %{40 + i}\n" for i in range(14)) + "  return i32 0\n}\n",
}  # fmt: skip


@pytest.mark.parametrize("cpu", [1, 2, 3, 4])
@pytest.mark.parametrize("case", CASES)
def test_the_kernel_and_the_interpreter_agree(case: str, cpu: int) -> None:
    if "atomic.4" in CASES[case] and "fetch" in CASES[case] and cpu < 3:
        pytest.skip("fetching atomics of 32 bits came with -mcpu=v3")
    module = read_module(CASES[case])
    for function in module.functions.values():
        check(function, module)
    with loaded(compile_module(read_module(CASES[case]), Target(cpu))) as fds:
        for a, b in ((0, 0), (5, 7), (0xFFFFFFFFFFFFFFFF, 3), (0x80000001, 0xFFFFFFFF), (1 << 63, 0x1234567812345678)):
            state = struct.pack("<QQ", a, b)
            assert run(fds, state) == interpreted(module, state)

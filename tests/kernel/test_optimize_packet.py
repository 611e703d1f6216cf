"""A packet parser written as C programs are (a cursor struct, always_inline parsers with error codes): optimized, the kernel's
verifier takes it, and it finds in packets what a parser of a few lines of Python finds."""

from __future__ import annotations

import random
import struct

import pytest
from kernel_ir import compile_module, loaded, run

from purebpf.compiler.ir.model import Alloca, Call
from purebpf.compiler.ir.printer import print_function
from purebpf.compiler.ir.reader import read_module
from purebpf.compiler.optimize.passes import optimize
from purebpf.compiler.target import Target

pytestmark = pytest.mark.kernel

XDP = 6
PARSER = """
function @parse_eth(ptr %0 "cursor", ptr %1 "end", ptr %2 "header") -> i32 linkage static inline always {
.entry:
  %3 = load.8 ptr [%0 + 0]
  %4 = ptradd %3, 14
  %5 = ugt ptr %4, %1
  branch %5, .short, .good
.short from .entry:
  return i32 -1
.good from .entry:
  store.8 [%0 + 0], %4
  store.8 [%2 + 0], %3
  %6 = load.2 i32 [%3 + 12]
  return %6
}
function @parse_ip(ptr %0 "cursor", ptr %1 "end", ptr %2 "header") -> i32 linkage static inline always {
.entry:
  %3 = load.8 ptr [%0 + 0]
  %4 = ptradd %3, 20
  %5 = ugt ptr %4, %1
  branch %5, .short, .fixed
.short from .entry:
  return i32 -1
.fixed from .entry:
  %6 = load.1 i32 [%3 + 0]
  %7 = and i32 %6, 15
  %8 = mul i32 %7, 4
  %9 = slt i32 %8, 20
  branch %9, .bad, .size
.bad from .fixed:
  return i32 -1
.size from .fixed:
  %10 = sext %8
  %11 = ptradd %3, %10
  %12 = ugt ptr %11, %1
  branch %12, .cut, .good
.cut from .size:
  return i32 -1
.good from .size:
  store.8 [%0 + 0], %11
  store.8 [%2 + 0], %3
  %13 = load.1 i32 [%3 + 9]
  return %13
}
function @main(ptr %0 "ctx") -> i32 section "xdp" linkage global {
.entry:
  %1 = alloca 8, align 8, "cursor"
  %2 = alloca 8, align 8, "eth"
  %3 = alloca 8, align 8, "ip"
  %4 = alloca 16, align 2, "flow"
  %5 = load.4 i32 [%0 + 4]
  %6 = zext %5
  %7 = inttoptr %6
  %8 = load.4 i32 [%0 + 0]
  %9 = zext %8
  %10 = inttoptr %9
  memset %4, 0, size 16, align 2
  memset %1, 0, size 8, align 8
  store.8 [%1 + 0], %10
  %11 = call i32 function @parse_eth(%1, %7, %2)
  %12 = slt i32 %11, 0
  branch %12, .pass, .ether
.ether from .entry:
  %13 = bswap16 i32 %11
  %14 = and i32 %13, 65535
  %15 = eq i32 %14, 2048
  branch %15, .ipv4, .other
.other from .ether:
  jump .pass
.ipv4 from .ether:
  %16 = call i32 function @parse_ip(%1, %7, %3)
  %17 = slt i32 %16, 0
  branch %17, .pass, .transport
.transport from .ipv4:
  %18 = eq i32 %16, 17
  branch %18, .udp, .pass
.udp from .transport:
  %19 = load.8 ptr [%1 + 0]
  %20 = ptradd %19, 8
  %21 = ugt ptr %20, %7
  branch %21, .pass, .ports
.ports from .udp:
  %22 = load.8 ptr [%3 + 0]
  %23 = ptradd %22, 12
  memcopy %4, %23, size 8, align 4
  %24 = ptradd %4, 8
  memcopy %24, %19, size 4, align 2
  %25 = load.8 ptr [%2 + 0]
  %26 = symbol data @state
  %27 = ptradd %26, 128
  memcopy %27, %4, size 12, align 2
  %28 = ptradd %26, 144
  memcopy %28, %25, size 6, align 1
  %29 = ptradd %4, 10
  %30 = load.2 i32 [%29 + 0]
  %31 = bswap16 i32 %30
  %32 = and i32 %31, 65535
  %33 = eq i32 %32, 53
  branch %33, .drop, .pass
.drop from .ports:
  %34 = load.8 ptr [%2 + 0]
  store.1 [%34 + 0], 1
  store.1 [%34 + 1], 2
  %35 = ptradd %34, 2
  %36 = ptradd %34, 6
  memmove %35, %36, size 7, align 1
  return i32 1
.pass from .entry, .other, .ipv4, .transport, .udp, .ports:
  return i32 2
}
"""


def expected(packet: bytes) -> tuple[int, bytes]:
    """The verdict, and what is noted of a UDP packet: addresses and ports, and the destination MAC."""
    if len(packet) < 34 or packet[12:14] != b"\x08\x00":
        return 2, b""
    size = (packet[14] & 15) * 4
    if size < 20 or len(packet) < 14 + size + 8 or packet[23] != 17:
        return 2, b""
    ports = packet[14 + size : 18 + size]
    return (1 if ports[2:] == b"\0\x35" else 2), packet[26:34] + ports + bytes(4) + packet[:6]


def packets(seed: int) -> bytes:
    """Mostly UDP over IPv4, of all lengths."""
    rng = random.Random(seed)
    ether = rng.randbytes(12) + rng.choice([b"\x08\x00", b"\x08\x00", b"\x08\x00", b"\x86\xdd"])
    words = rng.choice([5, 5, 5, 6, 15, 4, 0])
    ip = bytes([0x40 | words]) + rng.randbytes(8) + bytes([rng.choice([17, 17, 17, 6])]) + rng.randbytes(10)
    ip += rng.randbytes(max(words * 4 - 20, 0))
    udp = struct.pack(">HHHH", rng.randrange(1 << 16), rng.choice([53, 443]), 8, 0)
    whole = ether + ip + udp + bytes(rng.randrange(8))
    return whole[: rng.choice([len(whole), len(whole), len(whole), rng.randrange(14, len(whole))])]


@pytest.mark.parametrize("cpu", [2, 3, 4])
def test_an_optimized_parser_is_accepted_and_right(cpu: int) -> None:
    module = read_module(PARSER)
    optimize(module, Target(cpu), checked=True)
    with loaded(compile_module(module, Target(cpu)), "main", program_type=XDP) as fds:
        noted = 0
        for seed in range(120):
            packet = packets(seed)
            verdict, note = expected(packet)
            result, state = run(fds, b"", packet)
            assert result == verdict, packet.hex()
            assert state[128 : 128 + 22] == note.ljust(22, b"\0"), packet.hex()
            noted += bool(note)
        assert noted > 30


def test_inlining_leaves_registers_only() -> None:
    module = read_module(PARSER)
    optimize(module, Target(3), checked=True)
    assert list(module.functions) == ["main"]
    main = module.functions["main"]
    assert not [i for b in main.blocks for i in b.instrs if isinstance(i, Alloca | Call)], print_function(main)

"""The instruction set (RFC 9669): opcode fields and the 8-byte encoding.

     byte 0    byte 1        bytes 2-3   bytes 4-7
    +--------+----+----+---------------+-----------------------+
    | opcode |src |dst |  off (signed) |     imm (signed)      |    little endian; big endian swaps src and dst
    +--------+----+----+---------------+-----------------------+

An instruction list is indexed by slot: `lddw` takes two, the second an `Insn` with opcode 0 whose imm is the high half.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from ..records import NamedTuple


class Insn(NamedTuple):
    """One 8-byte slot. `off` is a signed 16-bit, `imm` a signed 32-bit int."""

    op: int
    dst: int = 0
    src: int = 0
    off: int = 0
    imm: int = 0


# classes (op & 7)
LD, LDX, ST, STX, ALU, JMP, JMP32, ALU64 = range(8)
# source bit (op & 8) of ALU and JMP: K uses imm, X uses the src register
K, X = 0x00, 0x08
# sizes (op & 0x18) of loads and stores
W, H, B, DW = 0x00, 0x08, 0x10, 0x18
# modes (op & 0xe0)
IMM, ABS, IND, MEM, MEMSX, ATOMIC = 0x00, 0x20, 0x40, 0x60, 0x80, 0xC0
# ALU operations (op & 0xf0)
ADD, SUB, MUL, DIV, OR, AND, LSH, RSH, NEG, MOD, XOR, MOV, ARSH, END = range(0x00, 0xE0, 0x10)
# jump operations (op & 0xf0)
JA, JEQ, JGT, JGE, JSET, JNE, JSGT, JSGE, CALL, EXIT, JLT, JLE, JSLT, JSLE, JCOND = range(0x00, 0xF0, 0x10)
# atomic operations (imm); ADD, OR, AND, XOR as above
FETCH, XCHG, CMPXCHG = 0x01, 0xE1, 0xF1
LOAD_ACQUIRE, STORE_RELEASE = 0x100, 0x110

LDDW = LD | IMM | DW  # 0x18, two slots
# lddw pseudo sources (include/uapi/linux/bpf.h, BPF_PSEUDO_*)
# addr_space_cast is a 64-bit move with this offset; imm: the new address space << 16 | the old one (1: a BPF arena)
SPACE_CAST, TO_KERNEL, TO_ARENA = 1, 1, 1 << 16
PSEUDO_MAP_FD, PSEUDO_MAP_VALUE, PSEUDO_BTF_ID, PSEUDO_FUNC, PSEUDO_MAP_IDX, PSEUDO_MAP_IDX_VALUE = range(1, 7)
# call pseudo sources: 0 is a helper by number
PSEUDO_CALL, PSEUDO_KFUNC_CALL = 1, 2

SIZE_BYTES = {B: 1, H: 2, W: 4, DW: 8}
BYTES_SIZE = {1: B, 2: H, 4: W, 8: DW}

_LITTLE, _BIG = struct.Struct("<BBhi"), struct.Struct(">BBhi")


def encode(insns: Iterable[Insn], *, big_endian: bool = False) -> bytes:
    """The instructions as the kernel of that byte order reads them, 8 bytes a slot."""
    if big_endian:
        return b"".join(_BIG.pack(op, dst << 4 | src, off, imm) for op, dst, src, off, imm in insns)
    return b"".join(_LITTLE.pack(op, src << 4 | dst, off, imm) for op, dst, src, off, imm in insns)


def decode(data: bytes, *, big_endian: bool = False) -> list[Insn]:
    """The slots of `data`; raises ValueError if its length is not a multiple of 8."""
    if len(data) % 8:
        raise ValueError(f"{len(data)} bytes are not a whole number of 8-byte instructions")
    if big_endian:
        return [Insn(op, regs >> 4, regs & 15, off, imm) for op, regs, off, imm in _BIG.iter_unpack(data)]
    return [Insn(op, regs & 15, regs >> 4, off, imm) for op, regs, off, imm in _LITTLE.iter_unpack(data)]


def lddw(dst: int, value: int, src: int = 0) -> tuple[Insn, Insn]:
    """The two slots that load the 64-bit `value` (or, with `src`, a pseudo reference)."""
    low, high = value & 0xFFFFFFFF, value >> 32 & 0xFFFFFFFF
    return Insn(LDDW, dst, src, 0, low - (low >> 31 << 32)), Insn(0, 0, 0, 0, high - (high >> 31 << 32))


def is_space_cast(insn: Insn) -> bool:
    """True for addr_space_cast: a pointer into an arena becomes one of the kernel's, or the other way round."""
    return insn.op == ALU64 | MOV | X and insn.off == SPACE_CAST

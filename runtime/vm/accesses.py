"""Loads, stores and atomic operations (RFC 9669, section 5) as functions over the registers.

An access whose bytes lie in the `fast` part of a region is done at once; every other goes to the region, which checks.
"""

from __future__ import annotations

import struct
from typing import Any

from ...compiler.object.isa import ADD, AND, CMPXCHG, FETCH, LOAD_ACQUIRE, OR, STORE_RELEASE, XCHG, XOR
from .errors import Fault
from .memory import M64, STACK_BYTES, Memory
from .semantics import Operation, Registers

_LETTERS = {1: "B", 2: "H", 4: "I", 8: "Q"}
_FORMATS = {
    (order, size): struct.Struct(mark + letter)
    for order, mark in (("little", "<"), ("big", ">"))
    for size, letter in _LETTERS.items()
}


def load(memory: Memory, dst: int, src: int, off: int, size: int) -> Operation:
    """`dst = *(size *)(src + off)`, zero-extended."""
    find, nowhere, slow = memory.regions.get, memory.nowhere, memory.load
    unpack = _FORMATS[memory.order, size].unpack_from

    def operation(r: Registers) -> None:
        address = r[src] + off
        region = find(address >> 32, nowhere)
        offset = address - region.address
        if 0 <= offset <= region.fast_read - size:
            (r[dst],) = unpack(region.data, offset)
        else:
            r[dst] = slow(address & M64, size)

    return operation


def load_frame(memory: Memory, dst: int, src: int, off: int, size: int) -> Operation:
    """`load` from a fixed place in the frame: r10 is never anything but the top of a stack."""
    find, slow, unpack = memory.regions.get, memory.load, _FORMATS[memory.order, size].unpack_from
    begin, end = STACK_BYTES + off, STACK_BYTES + off + size

    def operation(r: Registers) -> None:
        stack: Any = find(r[src] >> 32)
        if stack.written.find(1, begin, end) >= 0:
            (r[dst],) = unpack(stack.data, begin)
        else:
            r[dst] = slow(r[src] + off, size)

    return operation


def store_frame(memory: Memory, dst: int, src: int, off: int, size: int) -> Operation:
    """`store` to a fixed place in the frame."""
    find, pack, mask = memory.regions.get, _FORMATS[memory.order, size].pack_into, (1 << 8 * size) - 1
    begin, end, written = STACK_BYTES + off, STACK_BYTES + off + size, b"\1" * size

    def operation(r: Registers) -> None:
        stack: Any = find(r[dst] >> 32)
        pack(stack.data, begin, r[src] & mask)
        stack.written[begin:end] = written

    return operation


def load_signed(memory: Memory, dst: int, src: int, off: int, size: int) -> Operation:
    """`dst = *(signed size *)(src + off)`, sign-extended to 64 bits."""
    slow, sign = memory.load, 1 << 8 * size - 1

    def operation(r: Registers) -> None:
        r[dst] = ((slow(r[src] + off & M64, size) ^ sign) - sign) & M64

    return operation


def store(memory: Memory, dst: int, src: int, off: int, size: int) -> Operation:
    """`*(size *)(dst + off) = src`."""
    find, nowhere, slow = memory.regions.get, memory.nowhere, memory.store
    pack, mask = _FORMATS[memory.order, size].pack_into, (1 << 8 * size) - 1

    def operation(r: Registers) -> None:
        address = r[dst] + off
        region = find(address >> 32, nowhere)
        offset = address - region.address
        if 0 <= offset <= region.fast_write - size:
            pack(region.data, offset, r[src] & mask)
        else:
            slow(address & M64, size, r[src] & mask)

    return operation


def store_constant(memory: Memory, dst: int, imm: int, off: int, size: int) -> Operation:
    """`*(size *)(dst + off) = imm`, the immediate sign-extended."""
    find, nowhere, slow = memory.regions.get, memory.nowhere, memory.store
    value = imm & (1 << 8 * size) - 1
    content = value.to_bytes(size, memory.order)

    def operation(r: Registers) -> None:
        address = r[dst] + off
        region = find(address >> 32, nowhere)
        offset = address - region.address
        if 0 <= offset <= region.fast_write - size:
            region.data[offset : offset + size] = content
        else:
            slow(address & M64, size, value)

    return operation


#          imm & 0xf0 -> what becomes of the old value and the source
_COMBINE = {
    ADD: lambda old, value: old + value,
    OR:  lambda old, value: old | value,
    AND: lambda old, value: old & value,
    XOR: lambda old, value: old ^ value,
}  # fmt: skip


def atomic(memory: Memory, dst: int, src: int, off: int, size: int, imm: int) -> Operation | None:
    """The atomic operation `imm`, or None if there is none of that number."""
    fetch_value, put = memory.load, memory.store
    mask = (1 << 8 * size) - 1

    if imm == LOAD_ACQUIRE:
        return load(memory, dst, src, off, size)
    if imm == STORE_RELEASE:
        return store(memory, dst, src, off, size)
    if size < 4:
        return None
    if imm == XCHG:

        def exchange(r: Registers) -> None:
            address = r[dst] + off & M64
            _aligned(address, size)
            old = fetch_value(address, size)
            put(address, size, r[src] & mask)
            r[src] = old

        return exchange
    if imm == CMPXCHG:

        def compare_exchange(r: Registers) -> None:
            address = r[dst] + off & M64
            _aligned(address, size)
            old = fetch_value(address, size)
            if not (old ^ r[0]) & mask:
                put(address, size, r[src] & mask)
            r[0] = old

        return compare_exchange
    combine = _COMBINE.get(imm & ~FETCH)
    if combine is None:
        return None
    fetch = imm & FETCH

    def modify(r: Registers) -> None:
        address = r[dst] + off & M64
        _aligned(address, size)
        old = fetch_value(address, size)
        put(address, size, combine(old, r[src]) & mask)
        if fetch:
            r[src] = old

    return modify


def _aligned(address: int, size: int) -> None:
    if address % size:
        raise Fault("R2008", f"an atomic operation on {size} bytes at {address:#x}, which is not a multiple of {size}",
                    "align the variable; packed structs and packets cannot be changed atomically")  # fmt: skip

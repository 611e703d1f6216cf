"""Helpers on Internet checksums (net/core/filter.c; RFC 1071, RFC 1624)."""

from __future__ import annotations

import errno

from ..memory import Order
from ..state import State
from .packet import ENOTSUPP, packet_of
from .table import helper, u32

_FIELD_SIZE, _PSEUDO_HEADER, _MARK_MANGLED, _MARK_ENFORCE, _IPV6 = 0xF, 0x10, 0x20, 0x40, 0x80


def add(total: int, value: int) -> int:
    """32-bit sum with end-around carry (csum_add)."""
    total += value
    return (total & 0xFFFF_FFFF) + (total >> 32)


def fold(total: int) -> int:
    """The 16-bit checksum of a 32-bit sum (csum_fold)."""
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def sum_words(data: bytes, order: Order, seed: int = 0) -> int:
    """The 32-bit sum of 16-bit words as a machine of that byte order reads them (csum_partial); its fold is what counts."""
    data = data + b"\0" if len(data) % 2 else data
    total = seed + sum(int.from_bytes(data[i : i + 2], order) for i in range(0, len(data), 2))
    while total >> 32:
        total = (total & 0xFFFF_FFFF) + (total >> 32)
    return total


def _fold_keep(total: int) -> int:
    """Down to 16 bits, not complemented (csum_from32to16)."""
    total = (total & 0xFFFF) + (total >> 16)
    return (total & 0xFFFF) + (total >> 16)


@helper("csum_diff")
def csum_diff(state: State, old: int, old_size: int, new: int, new_size: int, seed: int) -> int:
    """The sum of `new` minus `old` plus `seed`: 16 bits since Linux 6.13."""
    a, b = u32(old_size), u32(new_size)
    if a % 4 or b % 4:
        return -errno.EINVAL
    order = state.memory.order
    before = state.memory.read(old, a) if a else b""
    after = state.memory.read(new, b) if b else b""
    if a and b:
        total = add(sum_words(after, order, u32(seed)), ~sum_words(before, order) & 0xFFFF_FFFF)
    elif b:
        total = sum_words(after, order, u32(seed))
    elif a:
        total = add(u32(seed), ~sum_words(before, order) & 0xFFFF_FFFF)
    else:
        total = u32(seed)
    return _fold_keep(total)


@helper("csum_update")
def csum_update(state: State, _ctx: int, value: int) -> int:
    """The machine's packets have no hardware checksum."""
    return -ENOTSUPP


@helper("csum_level")
def csum_level(state: State, _ctx: int, level: int) -> int:
    """No checksum was checked by hardware."""
    return -errno.EINVAL if level > 3 else -errno.EACCES if level == 0 else 0


def _replace(state: State, offset: int, size: int, old: int, new: int, *, mangled: bool = False, enforce: bool = False) -> int:
    """Correct the 16-bit checksum at `offset`; `mangled`: 0 means that there is none."""
    packet = packet_of(state)
    field = packet.get(u32(offset), 2)
    if u32(offset) > 0xFFFF or u32(offset) % 2 or field is None:
        return -errno.EFAULT
    check = int.from_bytes(field, state.memory.order)
    if mangled and not enforce and not check:
        return 0
    if size not in (0, 2, 4) or (size == 0 and old):
        return -errno.EINVAL
    if size == 0:  # `new` is a difference
        total = add(~check & 0xFFFF, u32(new))
    else:
        mask = (1 << 8 * size) - 1
        total = add(add(~check & 0xFFFF, ~old & mask), new & mask)
    check = fold(total)
    packet.put(u32(offset), (check or 0xFFFF if mangled else check).to_bytes(2, state.memory.order))
    return 0


@helper("l3_csum_replace")
def l3_csum_replace(state: State, _ctx: int, offset: int, old: int, new: int, flags: int) -> int:
    """Corrects an IP header's checksum for a field of 2 or 4 bytes, or (size 0) by a difference."""
    if flags & ~_FIELD_SIZE:
        return -errno.EINVAL
    result = _replace(state, offset, flags & _FIELD_SIZE, old, new)
    packet_of(state).renew("bpf_l3_csum_replace()")
    return result


@helper("l4_csum_replace")
def l4_csum_replace(state: State, _ctx: int, offset: int, old: int, new: int, flags: int) -> int:
    """The same for TCP, UDP, ICMP; with BPF_F_MARK_MANGLED_0 a checksum of 0 stays, and none becomes 0."""
    if flags & ~(_FIELD_SIZE | _PSEUDO_HEADER | _MARK_MANGLED | _MARK_ENFORCE | _IPV6):
        return -errno.EINVAL
    mangled, enforce = bool(flags & _MARK_MANGLED), bool(flags & _MARK_ENFORCE)
    result = _replace(state, offset, flags & _FIELD_SIZE, old, new, mangled=mangled, enforce=enforce)
    packet_of(state).renew("bpf_l4_csum_replace()")
    return result

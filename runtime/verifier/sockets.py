"""`check_socket`: reads of struct bpf_sock, bpf_sock_common, bpf_tcp_sock, bpf_xdp_sock through a pointer."""

from __future__ import annotations

from .state import Kind, Reg
from .verdict import Refused

# include/uapi/linux/bpf.h: (structure, its size)
_STRUCTS = {
    Kind.SOCKET: ("struct bpf_sock", 80),
    Kind.SOCK_COMMON: ("struct bpf_sock_common", 80),
    Kind.TCP_SOCK: ("struct bpf_tcp_sock", 112),
    Kind.XDP_SOCK: ("struct bpf_xdp_sock", 4),
}
# struct bpf_sock: what may be read by parts (bpf_sock_is_valid_access in net/core/filter.c)
_NARROW = ((4, 16), (24, 48), (52, 80))  # family type protocol; addresses and src_port; dst addresses, state, queue
_COMMON_HIDES = (8, 24)  # type to priority
_PORT, _PORT_END = 48, 52  # dst_port: 2 bytes, or 4 at once
_WIDE = (80, 88)  # bytes_received, bytes_acked of struct bpf_tcp_sock: 8 bytes


def check_socket(slot: int, reg: Reg, off: int, size: int, write: bool) -> None:
    """Raise `Refused` unless a load of `size` bytes at `reg + off` is a field that may be read."""
    struct, length = _STRUCTS[reg.kind]
    if write:
        raise Refused("V1108", slot, f"{struct} is read-only", "use bpf_setsockopt() or a helper")
    at = reg.off + off
    if reg.scalar.smin < 0 or not reg.scalar.is_const:
        raise Refused("V1111", slot, f"{struct} is accessed at a variable offset", "use its fields by name")
    at += reg.scalar.value
    if not 0 <= at < length or at % size or not _allowed(reg.kind, at, size):
        raise Refused("V1101", slot, f"{struct} has no field that can be read with {size} bytes at offset {at}",
                      "use its fields by name, with their own types")  # fmt: skip


def _allowed(kind: Kind, at: int, size: int) -> bool:
    if kind is Kind.TCP_SOCK:
        return size == (8 if at in _WIDE else 4)
    if kind is Kind.XDP_SOCK:
        return size == 4
    if kind is Kind.SOCK_COMMON and _COMMON_HIDES[0] <= at < _COMMON_HIDES[1]:
        return False
    if _PORT <= at < _PORT_END:
        return (at == _PORT and size == 4) or at + size <= _PORT + 2
    if size < 4:
        return any(low <= at < high for low, high in _NARROW)
    return size == 4

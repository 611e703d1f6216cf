"""Helpers on packets (net/core/filter.c): reading, writing, resizing, redirecting; for XDP and socket buffers."""

from __future__ import annotations

import errno

from ..errors import Fault
from ..packet import ETH_HEADER, PAGE, SHARED_INFO, XDP_FRAME, Packet
from ..state import State
from .table import helper, signed, u32

_MAX_ALLOC = 4 * PAGE - SHARED_INFO  # SKB_MAX_ALLOC, include/linux/skbuff.h
_TC_REDIRECT, _XDP_REDIRECT, _XDP_ABORTED, _TC_SHOT = 7, 4, 0, 2
ENOTSUPP = 524  # the kernel's own, include/linux/errno.h
_META_MAX = 252  # xdp_metalen_invalid(): a u8, rounded down to 4
_MAX_OFFSET = _MAX_SKB = 0xFFFF


def packet_of(state: State) -> Packet:
    """The packet of the run."""
    packet = state.ctx().packet
    if packet is None:
        raise Fault("R2021", "the helper works on a packet, and this run has none", "give one: machine.run(..., packet=...)")
    return packet


def resized(state: State) -> None:
    """Bring the fields that follow the packet's size up to date."""
    context = state.ctx()
    if context.program != "xdp":
        context.set("len", len(packet_of(state)))


# ---- XDP


@helper("xdp_adjust_head")
def xdp_adjust_head(state: State, _ctx: int, delta: int) -> int:
    """Moves the packet's start by `delta` bytes, negative into the headroom; metadata moves along."""
    packet, by = packet_of(state), signed(delta, 32)
    length = packet.start - packet.meta
    start = packet.start + by
    if start < XDP_FRAME + length or start > packet.end - ETH_HEADER:
        return -errno.EINVAL
    if length:
        packet.buffer[start - length : start] = packet.buffer[packet.meta : packet.start]
    packet.move(meta=start - length, start=start, since="bpf_xdp_adjust_head()")
    return 0


@helper("xdp_adjust_tail")
def xdp_adjust_tail(state: State, _ctx: int, delta: int) -> int:
    """Moves the packet's end; new bytes are zero."""
    packet, by = packet_of(state), signed(delta, 32)
    end = packet.end + by
    if end > max(PAGE - SHARED_INFO, len(packet.buffer)) or end < packet.start + ETH_HEADER:
        return -errno.EINVAL
    if by > 0:
        packet.buffer[packet.end : end] = bytes(by)
    packet.move(end=end, since="bpf_xdp_adjust_tail()")
    return 0


@helper("xdp_adjust_meta")
def xdp_adjust_meta(state: State, _ctx: int, delta: int) -> int:
    """Moves the start of the metadata before the packet."""
    packet, by = packet_of(state), signed(delta, 32)
    meta = packet.meta + by
    if meta < XDP_FRAME or meta > packet.start:
        return -errno.EINVAL
    length = packet.start - meta
    if length % 4 or length > _META_MAX:
        return -errno.EACCES
    packet.move(meta=meta, since="bpf_xdp_adjust_meta()")
    return 0


@helper("xdp_load_bytes")
def xdp_load_bytes(state: State, _ctx: int, offset: int, to: int, size: int) -> int:
    """Copies out of the packet."""
    if u32(offset) > _MAX_OFFSET or u32(size) > _MAX_OFFSET:
        return -errno.EFAULT
    data = packet_of(state).get(u32(offset), u32(size))
    if data is None:
        return -errno.EINVAL
    state.memory.write(to, data)
    return 0


@helper("skb_load_bytes")
def skb_load_bytes(state: State, _ctx: int, offset: int, to: int, size: int) -> int:
    """Copies out of the packet; a failure zeroes the target."""
    data = packet_of(state).get(u32(offset), u32(size)) if u32(offset) <= 0x7FFF_FFFF else None
    state.memory.write(to, bytes(u32(size)) if data is None else data)
    return -errno.EFAULT if data is None else 0


@helper("skb_load_bytes_relative")
def skb_load_bytes_relative(state: State, _ctx: int, offset: int, to: int, size: int, start: int) -> int:
    """The same, counting from the link (0) or the network header (1)."""
    header = 0 if state.ctx().link_header else ETH_HEADER
    if start > 1 or u32(offset) > _MAX_SKB or (start == 0 and not header):
        state.memory.write(to, bytes(u32(size)))
        return -errno.EFAULT
    data = packet_of(state).get(u32(offset) + (header if start else 0), u32(size))
    state.memory.write(to, bytes(u32(size)) if data is None else data)
    return -errno.EFAULT if data is None else 0


@helper("xdp_store_bytes")
def xdp_store_bytes(state: State, _ctx: int, offset: int, source: int, size: int) -> int:
    """Copies into the packet."""
    data = state.memory.read(source, u32(size))
    if u32(offset) > _MAX_OFFSET or u32(size) > _MAX_OFFSET:
        return -errno.EFAULT
    return 0 if packet_of(state).put(u32(offset), data) else -errno.EINVAL


@helper("xdp_get_buff_len")
def xdp_get_buff_len(state: State, _ctx: int) -> int:
    """Bytes of the packet."""
    return len(packet_of(state))


# ---- socket buffers


@helper("skb_store_bytes")
def skb_store_bytes(state: State, _ctx: int, offset: int, source: int, size: int, flags: int) -> int:
    """Copies into the packet."""
    if flags & ~3:  # BPF_F_RECOMPUTE_CSUM, BPF_F_INVALIDATE_HASH
        return -errno.EINVAL
    packet, data = packet_of(state), state.memory.read(source, u32(size))
    if u32(offset) > 0x7FFF_FFFF or not packet.put(u32(offset), data):
        return -errno.EFAULT
    if flags & 2:
        state.ctx().set("hash", 0)
    packet.renew("bpf_skb_store_bytes()")
    return 0


@helper("skb_pull_data")
def skb_pull_data(state: State, _ctx: int, size: int) -> int:
    """The machine's packets are linear: nothing to pull, but pointers end."""
    packet = packet_of(state)
    packet.renew("bpf_skb_pull_data()")
    return -errno.ENOMEM if u32(size) > len(packet) else 0


@helper("skb_change_tail")
def skb_change_tail(state: State, _ctx: int, size: int, flags: int) -> int:
    """Sets the packet's length; new bytes are zero."""
    packet, wanted = packet_of(state), u32(size)
    header = 0 if state.ctx().link_header else ETH_HEADER
    if flags or wanted > _MAX_ALLOC or wanted < header:
        return -errno.EINVAL
    data = packet.content()
    packet.replace(data[:wanted].ljust(wanted, b"\0"), "bpf_skb_change_tail()")
    resized(state)
    return 0


@helper("skb_change_head")
def skb_change_head(state: State, _ctx: int, size: int, flags: int) -> int:
    """Zero bytes before the packet."""
    packet, more = packet_of(state), u32(size)
    if flags or more + len(packet) > _MAX_SKB:
        return -errno.EINVAL
    packet.replace(bytes(more) + packet.content(), "bpf_skb_change_head()")
    resized(state)
    return 0


# BPF_F_ADJ_ROOM_*: FIXED_GSO 1, ENCAP_L3 and L4 2-16, NO_CSUM_RESET 32, ENCAP_L2_ETH 64, DECAP 128 and 256, ENCAP_L2_LEN
_ROOM_ENCAP = 0x1E
_ROOM_GROW_ONLY = _ROOM_ENCAP | 0x40 | 0xFF << 56
_ROOM_FLAGS = _ROOM_GROW_ONLY | 0x1A1


@helper("skb_adjust_room")
def skb_adjust_room(state: State, _ctx: int, delta: int, mode: int, flags: int) -> int:
    """Grows or shrinks behind the MAC header (mode 1) or behind the network header (mode 0).

    Flags that make the new room an encapsulation (BPF_F_ADJ_ROOM_ENCAP_*) are not simulated.
    """
    packet, by = packet_of(state), signed(delta, 32)
    data = packet.content()
    protocol = state.ctx().get("protocol")
    header = {on_wire(state, 0x0800): 20, on_wire(state, 0x86DD): 40}.get(protocol)
    if flags & ~_ROOM_FLAGS:
        return -errno.EINVAL
    if flags & _ROOM_ENCAP:
        raise Fault("R2020", "bpf_skb_adjust_room() with encapsulation flags is not simulated",
                    'give one: machine.run(..., helpers={"bpf_skb_adjust_room": ...})')  # fmt: skip
    if abs(by) > 0xFFF:
        return -errno.EFAULT
    if header is None or mode > 1:
        return -ENOTSUPP
    left = len(data) - ETH_HEADER + by
    if (by < 0 and left < header) or (by > 0 and len(data) + by > _MAX_ALLOC):
        return -ENOTSUPP
    if by < 0 and flags & _ROOM_GROW_ONLY:
        return -errno.EINVAL
    at = ETH_HEADER + (header if mode == 0 else 0)
    packet.replace(data[:at] + (bytes(by) + data[at:] if by >= 0 else data[at - by :]), "bpf_skb_adjust_room()")
    resized(state)
    return 0


def on_wire(state: State, number: int) -> int:
    """What the machine has for a 16-bit number in network byte order."""
    return int.from_bytes(number.to_bytes(2, "big"), state.memory.order)


def _tag_protocols(state: State) -> tuple[int, int]:
    return on_wire(state, 0x8100), on_wire(state, 0x88A8)  # ETH_P_8021Q, ETH_P_8021AD


@helper("skb_vlan_push")
def skb_vlan_push(state: State, _ctx: int, protocol: int, tag: int) -> int:
    """Puts a tag beside the packet (where hardware would); one that is there already goes into the packet."""
    context, packet = state.ctx(), packet_of(state)
    wanted = protocol & 0xFFFF
    tags = _tag_protocols(state)
    if wanted not in tags:
        wanted = tags[0]
    if context.get("vlan_present"):
        data = packet.content()
        outer = (context.get("vlan_proto") & 0xFFFF).to_bytes(2, state.memory.order)
        inner = outer + context.get("vlan_tci").to_bytes(4, "big")[2:]
        packet.replace(data[:12] + inner + data[12:], "bpf_skb_vlan_push()")
        context.set("protocol", context.get("vlan_proto"))
    else:
        packet.renew("bpf_skb_vlan_push()")
    context.set("vlan_present", 1)
    context.set("vlan_proto", wanted)
    context.set("vlan_tci", tag & 0xFFFF)
    resized(state)
    return 0


@helper("skb_vlan_pop")
def skb_vlan_pop(state: State, _ctx: int) -> int:
    """Takes the outermost tag away; one inside the packet takes its place."""
    context, packet = state.ctx(), packet_of(state)
    tagged = bool(context.get("vlan_present"))
    for name in ("vlan_present", "vlan_proto", "vlan_tci"):
        context.set(name, 0)
    if not tagged:
        if context.get("protocol") not in _tag_protocols(state):
            packet.renew("bpf_skb_vlan_pop()")
            return 0
        _untag(state, packet)
    data = packet.content()
    if context.get("protocol") in _tag_protocols(state) and len(data) >= 18:
        context.set("vlan_present", 1)
        context.set("vlan_proto", int.from_bytes(data[12:14], state.memory.order))
        context.set("vlan_tci", int.from_bytes(data[14:16], "big"))
        _untag(state, packet)
    packet.renew("bpf_skb_vlan_pop()")
    resized(state)
    return 0


def _untag(state: State, packet: Packet) -> None:
    data = packet.content()
    packet.replace(data[:12] + data[16:], "bpf_skb_vlan_pop()")
    state.ctx().set("protocol", int.from_bytes(data[16:18], state.memory.order))


@helper("get_hash_recalc")
def get_hash_recalc(state: State, _ctx: int) -> int:
    """The hash is what the context says."""
    return state.ctx().get("hash")


@helper("set_hash")
def set_hash(state: State, _ctx: int, value: int) -> int:
    """Sets it."""
    state.ctx().set("hash", u32(value))
    return 0


@helper("set_hash_invalid")
def set_hash_invalid(state: State, _ctx: int) -> int:
    """Forgets it."""
    state.ctx().set("hash", 0)
    return 0


@helper("skb_change_type")
def skb_change_type(state: State, _ctx: int, kind: int) -> int:
    """Between the types up to PACKET_OTHERHOST."""
    if u32(kind) > 3 or state.ctx().get("pkt_type") > 3:
        return -errno.EINVAL
    state.ctx().set("pkt_type", u32(kind))
    return 0


# ---- where it goes


@helper("redirect")
def redirect(state: State, ifindex: int, flags: int) -> int:
    """To an interface; the verdict that says so."""
    if state.ctx().program == "xdp":
        if flags:
            return _XDP_ABORTED
        state.redirect = "interface", u32(ifindex)
        return _XDP_REDIRECT
    if flags & ~1:  # BPF_F_INGRESS
        return _TC_SHOT
    state.redirect = "interface", u32(ifindex)
    return _TC_REDIRECT


@helper("redirect_peer", "redirect_neigh")
def redirect_peer(state: State, ifindex: int, *rest: int) -> int:
    """To an interface's peer, or through its neighbour table."""
    if rest[-1]:
        return _TC_SHOT
    state.redirect = "interface", u32(ifindex)
    return _TC_REDIRECT


@helper("clone_redirect")
def clone_redirect(state: State, _ctx: int, ifindex: int, flags: int) -> int:
    """A copy goes out; the packet goes on."""
    if flags & ~1:
        return -errno.EINVAL
    state.redirect = "clone to interface", u32(ifindex)
    packet_of(state).renew("bpf_clone_redirect()")
    return 0

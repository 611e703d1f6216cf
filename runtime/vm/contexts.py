"""`make_context`: what r1 points at, from bytes, a dict of fields, or a list of arguments.

Program types whose context is a structure of the kernel's UAPI get it as the verifier lets them see it: fields by the
table in stdlib, packet pointers as 64-bit addresses in 4-byte fields. Tracing programs get plain memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...compiler.diagnostics import ObjectError
from ...compiler.object.btf import Btf, FuncProto, Int, Ptr, Struct, Union
from ...compiler.object.values import encode_value
from ...stdlib.contexts import Field, Kind, Layout, layout
from .errors import Fault, refuse
from .memory import Order, Region, plural
from .packet import ETH_HEADER, Packet
from .trace_formats import PT_REGS_BYTES, pt_regs, tracepoint_fields

if TYPE_CHECKING:
    from ...compiler.object.model import Object
    from ...stdlib.programs import SectionMatch
    from .state import State

ContextValue = Mapping[str, Any] | Sequence[int] | bytes | None
_PACKET_KINDS = (Kind.PACKET, Kind.PACKET_END, Kind.PACKET_META)
_PACKET_STRUCTS = ("__sk_buff", "xdp_md")
# program types whose packet starts behind the Ethernet header (net/bpf/test_run.c: all that are not L2)
_NO_LINK_HEADER = ("socket_filter", "cgroup_skb", "lwt_in", "lwt_out", "lwt_xmit", "lwt_seg6local")
_ARGUMENT_LISTS = ("raw_tracepoint", "raw_tracepoint_writable", "tracing", "lsm")


class Context(Region):
    """The context of a run. `packet` is what its packet fields point into; `link_header` the bytes cut off before it."""

    __slots__ = ("layout", "link_header", "packet", "program")

    def __init__(self, data: bytearray, program: str, shape: Layout | None, packet: Packet | None,
                 link_header: bytes = b"", order: Order = "little") -> None:  # fmt: skip
        name = f"struct {shape.struct}" if shape and shape.struct else "the context"
        super().__init__(data, name, fix="a program sees no more of its context than this")
        self.order = order
        self.layout = shape
        self.program = program
        self.packet = packet
        self.link_header = link_header
        if shape is not None and len(shape.fields) > 1:
            self.fast_read = self.fast_write = 0

    def load(self, offset: int, size: int) -> int:
        """A field as the verifier's rewriting makes it: packet pointers and sockets are addresses."""
        if self.layout is None or len(self.layout.fields) <= 1:
            return super().load(offset, size)
        row = self._field(offset, size, write=False)
        packet = self.packet
        if packet is not None:
            match row.kind:
                case Kind.PACKET:
                    return packet.data
                case Kind.PACKET_END:
                    return packet.data_end
                case Kind.PACKET_META:
                    return packet.data_meta
        return int.from_bytes(self.data[offset : offset + size], self.order)

    def store(self, offset: int, size: int, value: int) -> None:
        """Only fields that this kind of program may write."""
        if self.layout is not None and len(self.layout.fields) > 1:
            self._field(offset, size, write=True)
        super().store(offset, size, value)

    def _field(self, offset: int, size: int, *, write: bool) -> Field:
        assert self.layout is not None
        row = self.layout.find(offset, size, write)
        if row is not None:
            return row
        verb = "writes" if write else "reads"
        known = self.layout.field_at(offset)
        if known is None:
            reason = f"which {self.program} programs may not touch" if 0 <= offset < self.size else "which is outside"
            raise Fault("R2009", f"{verb} {plural(size)} at offset {offset} of {self.what}, {reason}", self.fix)
        reason = "may not be written" if write and "w" not in known.access else f"may not be accessed by {plural(size)}"
        raise Fault("R2009", f"{verb} {plural(size)} of field '{known.name}' of {self.what}, which {reason}",
                    f"the kernel's verifier refuses this access in {self.program} programs")  # fmt: skip

    def set(self, name: str, value: int) -> None:
        """Give a field a value from the outside (helpers that change it), if the program can see it."""
        row = self.layout.field(name) if self.layout else None
        if row is not None:
            self.data[row.offset : row.offset + row.size] = (value & (1 << 8 * row.size) - 1).to_bytes(row.size, self.order)

    def get(self, name: str) -> int:
        """A field's value; 0 if the program cannot see it."""
        row = self.layout.field(name) if self.layout else None
        return int.from_bytes(self.data[row.offset : row.offset + row.size], self.order) if row else 0

    def fields(self) -> dict[str, int | bytes]:
        """All fields that are not pointers, as numbers, or bytes if longer than 8."""
        found: dict[str, int | bytes] = {}
        for row in self.layout.fields if self.layout and self.layout.struct else ():
            if row.kind is Kind.SCALAR and row.name != "bytes":
                data = bytes(self.data[row.offset : row.offset + row.size])
                found[row.name] = data if row.size > 8 else int.from_bytes(data, self.order)
        return found


def make_context(state: State, section: SectionMatch, obj: Object, program: str, packet: bytes | None,
                 value: ContextValue) -> Context:  # fmt: skip
    """The context of `program`, in the address space until the run ends. Raises `MachineError`."""
    kind = section.program.name
    shape = layout(kind, section.attach.short if section.attach else "")
    if shape is not None and (shape.struct in _PACKET_STRUCTS or any(row.kind in _PACKET_KINDS for row in shape.fields)):
        context = _with_packet(state, kind, shape, packet or b"", value)
    elif packet is not None:
        raise refuse("R2044", f"program '{program}' ({section.section.name}) takes no packet",
                     "give its context: ctx={...}, or choose a program of a packet type")  # fmt: skip
    else:
        data = _plain(state, section, shape, obj, program, value)
        context = Context(data, kind, shape if shape and shape.struct and len(shape.fields) > 1 else None, None,
                          order=state.memory.order)  # fmt: skip
        if kind == "tracepoint":  # its first 8 bytes are the kernel's own
            context.what = f"the record of tracepoint {section.target}" if section.target else "the tracepoint's record"
    state.borrow(context)
    state.context = context
    return context


def _with_packet(state: State, kind: str, shape: Layout, packet: bytes, value: ContextValue) -> Context:
    header = packet[:ETH_HEADER] if kind in _NO_LINK_HEADER else b""
    if kind != "cgroup_sockopt" and len(packet) < ETH_HEADER:
        raise refuse("R2045", f"a packet of {plural(len(packet))}: an Ethernet header alone has {ETH_HEADER}",
                     "give a whole frame, from the destination MAC address on")  # fmt: skip
    if kind == "sk_skb":
        header = packet[:ETH_HEADER]
    what = "the option value" if kind == "cgroup_sockopt" else "the packet"
    content = Packet(state.memory, packet[len(header) :], what=what)
    context = Context(bytearray(shape.size), kind, shape, content, header, state.memory.order)
    for name, number in _defaults(kind, packet, len(content), state.memory.order).items():
        context.set(name, number)
    if isinstance(value, bytes | bytearray):
        if len(value) > shape.size:
            raise refuse("R2042", f"the context is struct {shape.struct} of {shape.size} bytes, not {len(value)}")
        context.data[: len(value)] = value
    else:
        _set_fields(state, context, shape, value)
    return context


def _defaults(kind: str, frame: bytes, length: int, order: Order) -> dict[str, int]:
    """What BPF_PROG_TEST_RUN fills in when nothing is given (net/bpf/test_run.c): everything arrives on `lo`."""
    if kind == "xdp":
        return {"ingress_ifindex": 1}
    protocol = _ethernet_protocol(frame, order)
    fields = {"len": length, "protocol": protocol, "ifindex": 1, "pkt_type": _packet_type(frame)}
    if kind == "cgroup_skb":
        network = frame[ETH_HEADER:]
        ethernet = int.from_bytes(frame[12:14], "big")
        if ethernet == 0x0800 and len(network) >= 20:
            fields |= {"family": 2, "local_ip4": int.from_bytes(network[12:16], order),
                       "remote_ip4": int.from_bytes(network[16:20], order)}  # fmt: skip
        elif ethernet == 0x86DD and len(network) >= 40:
            fields |= {"family": 10, "local_ip6": int.from_bytes(network[8:24], order),
                       "remote_ip6": int.from_bytes(network[24:40], order)}  # fmt: skip
    return fields


def _ethernet_protocol(frame: bytes, order: Order) -> int:
    """skb->protocol: the bytes of the frame as a number of the machine (net/ethernet/eth.c: eth_type_trans)."""
    if int.from_bytes(frame[12:14], "big") >= 0x600:
        return int.from_bytes(frame[12:14], order)
    return int.from_bytes(b"\0\1" if frame[14:16] == b"\xff\xff" else b"\0\4", order)  # ETH_P_802_3, ETH_P_802_2


def _packet_type(frame: bytes) -> int:
    """PACKET_HOST, MULTICAST or OTHERHOST: the address of `lo` and its broadcast address are all zeros."""
    if frame[0] & 1:
        return 2
    return 3 if any(frame[:6]) else 0


def _set_fields(state: State, context: Context, shape: Layout, value: ContextValue) -> None:
    if value is None:
        return
    if not isinstance(value, Mapping):
        raise refuse("R2042", f"the context is struct {shape.struct}: a dict of its fields, or bytes", _names(shape))
    for name, given in value.items():
        row = shape.field(name)
        if row is None or row.kind in _PACKET_KINDS:
            raise refuse("R2042", f"struct {shape.struct} has no field '{name}' that {context.program} programs can see "
                         "and that is not made from the packet", _names(shape))  # fmt: skip
        data = _field_bytes(state, name, given, row.size)
        context.data[row.offset : row.offset + row.size] = data


def _names(shape: Layout) -> str:
    return "fields: " + ", ".join(row.name for row in shape.fields if row.kind not in _PACKET_KINDS)


def _field_bytes(state: State, name: str, given: Any, size: int) -> bytes:
    """A field's bytes: a number, bytes or a list of numbers of 4 bytes; text in an 8-byte field is put in user memory."""
    if isinstance(given, str):
        given = given.encode() + b"\0"
        if size == 8:
            given = user_memory(state, given)
    if isinstance(given, int):
        if not -(1 << 8 * size - 1) <= given < 1 << 8 * size:
            raise refuse("R2042", f"{given} does not fit the {size} bytes of field '{name}'")
        return (given & (1 << 8 * size) - 1).to_bytes(size, state.memory.order)
    if isinstance(given, bytes | bytearray):
        if len(given) > size:
            raise refuse("R2042", f"{len(given)} bytes do not fit the {size} bytes of field '{name}'")
        return bytes(given).ljust(size, b"\0")
    if isinstance(given, Sequence) and all(isinstance(item, int) for item in given) and 4 * len(given) <= size:
        return b"".join((item & 0xFFFF_FFFF).to_bytes(4, state.memory.order) for item in given).ljust(size, b"\0")
    raise refuse("R2042", f"field '{name}' takes a number or {size} bytes, not {given!r}")


def user_memory(state: State, data: bytes) -> int:
    """Put bytes where bpf_probe_read_user() finds them; their address."""
    region = Region(bytearray(data), "user memory")
    region.fast_read = region.fast_write = 0
    return state.memory.add(region, user=True)


def _plain(state: State, section: SectionMatch, shape: Layout | None, obj: Object, program: str,
           value: ContextValue) -> bytearray:  # fmt: skip
    """Bytes of a context without packet."""
    kind = section.program.name
    if isinstance(value, bytes | bytearray):
        size = len(value) if kind == "syscall" else max(_size(obj, program, shape, kind), len(value))
        return bytearray(value).ljust(size, b"\0")
    if value is None:
        return bytearray(_size(obj, program, shape, kind))
    if isinstance(value, Mapping) and kind in _ARGUMENT_LISTS and set(value) == {"args"}:
        value = value["args"]
    if not isinstance(value, Mapping):
        if kind in _ARGUMENT_LISTS:
            return _arguments(state, value, section)
        if kind == "kprobe":
            return _registers(state, {"args": value})
        raise refuse("R2042", f"the context of '{program}' is given as a dict of fields, or bytes")
    if shape is not None and len(shape.fields) > 1:
        context = Context(bytearray(shape.size), kind, shape, None, order=state.memory.order)
        _set_fields(state, context, shape, value)
        return bytearray(context.data)
    if kind == "kprobe":
        return _registers(state, value)
    return _record(state, section, obj, program, value)


def _size(obj: Object, program: str, shape: Layout | None, kind: str) -> int:
    if shape is not None and len(shape.fields) > 1:
        return shape.size
    if kind == "kprobe":
        return PT_REGS_BYTES
    if kind in _ARGUMENT_LISTS:
        return 96
    type_id = context_type(obj, program)
    return max(obj.btf.size_of(type_id), 64) if type_id and obj.btf else 64


def _arguments(state: State, values: Sequence[Any], section: SectionMatch) -> bytearray:
    out = bytearray()
    for item in values:
        if isinstance(item, str | bytes):
            text = item.encode() if isinstance(item, str) else item
            item = kernel_memory(state, text + b"\0" if isinstance(item, str) else text)
        if not isinstance(item, int):
            raise refuse("R2042", f"an argument is a number, or bytes that it points to, not {item!r}")
        out += (item & (1 << 64) - 1).to_bytes(8, state.memory.order)
    return out.ljust(96, b"\0")


def kernel_memory(state: State, data: bytes) -> int:
    """Put bytes where bpf_probe_read_kernel() finds them; their address, until the run ends."""
    region = Region(bytearray(data), "kernel memory")
    region.fast_read = region.fast_write = 0
    return state.borrow(region)


def _registers(state: State, values: Mapping[str, Any]) -> bytearray:
    def address(item: Any) -> int:
        if isinstance(item, str):
            return user_memory(state, item.encode() + b"\0")
        if isinstance(item, bytes | bytearray):
            return user_memory(state, bytes(item))
        if not isinstance(item, int):
            raise refuse("R2042", f"a register is a number, or bytes that it points to, not {item!r}")
        return item

    resolved = {name: [address(i) for i in item] if name == "args" else address(item) for name, item in values.items()}
    return pt_regs(resolved)


def context_type(obj: Object, program: str) -> int:
    """The struct that the program's first parameter points to, by BTF; 0 if that is not known."""
    function, btf = obj.functions.get(program), obj.btf
    if btf is None or function is None or not function.btf_id:
        return 0
    prototype = btf.resolved(getattr(btf[function.btf_id], "type", 0))
    if not isinstance(prototype, FuncProto) or not prototype.params:
        return 0
    parameter = btf.resolved(prototype.params[0].type)
    if not isinstance(parameter, Ptr):
        return 0
    inner = btf.resolve(parameter.type)
    return inner if isinstance(btf[inner], Struct) else 0


def _record(state: State, section: SectionMatch, obj: Object, program: str, value: Mapping[str, Any]) -> bytearray:
    """A tracepoint's record (or another struct) from a dict: by the program's own struct, else by tracefs."""
    type_id, btf = context_type(obj, program), obj.btf
    names = _member_types(btf, type_id) if btf is not None and type_id else {}
    if btf is not None and type_id and all(name in names for name in value):
        placed = {name: _placed(state, btf, names[name], item) for name, item in value.items()}
        try:
            return bytearray(encode_value(btf, type_id, placed)).ljust(64, b"\0")
        except ObjectError as error:
            raise refuse("R2042", f"the context of '{program}': {error.message}", error.fix) from None
    fields = tracepoint_fields(section.target)
    if fields is None:
        known = ", ".join(names) or "none known: the program's context has no struct type"
        wrong = next((name for name in value if name not in names), "")
        raise refuse("R2042", f"the context of '{program}' has no field '{wrong}'", f"fields: {known}; or give bytes")
    out = bytearray(max((f.offset + f.size for f in fields.values()), default=0))
    for name, given in value.items():
        if name not in fields:
            raise refuse("R2042", f"tracepoint {section.target} has no field '{name}'", f"fields: {', '.join(fields)}")
        row = fields[name]
        out[row.offset : row.offset + row.size] = _field_bytes(state, name, given, row.size)
    return out.ljust(64, b"\0")


def _placed(state: State, btf: Btf, type_id: int, item: Any) -> Any:
    """The same value with text and bytes put into user memory where the type is a pointer or an 8-byte number."""
    if isinstance(item, list | tuple):
        return [_placed(state, btf, 0, part) for part in item]
    if isinstance(item, str | bytes | bytearray):
        inner = btf.resolved(type_id)
        if not type_id or isinstance(inner, Ptr) or (isinstance(inner, Int) and inner.size == 8):
            return user_memory(state, item.encode() + b"\0" if isinstance(item, str) else bytes(item))
    return item


def _member_types(btf: Btf, type_id: int) -> dict[str, int]:
    """The members of a struct or union by name, those of anonymous members included."""
    found: dict[str, int] = {}
    outer = btf.resolved(type_id)
    for member in outer.members if isinstance(outer, Struct | Union) else ():
        if member.name:
            found[member.name] = member.type
        else:
            found |= _member_types(btf, member.type)
    return found

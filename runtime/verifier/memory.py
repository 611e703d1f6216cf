"""Memory: whether an access through a register is allowed, and what a load gives (check_mem_access in the kernel)."""

from __future__ import annotations

from ...compiler.object import isa
from ...stdlib.contexts import Kind as Field
from ...stdlib.contexts import Layout
from . import scalar as sc
from .program import PACKET_WRITERS, Program
from .sockets import check_socket
from .stack import STACK_SIZE, Stack
from .state import PACKETS, SOCKETS, Def, Kind, Reg, State, number, renumbered, unknown
from .verdict import Refused, Unsupported

__all__ = ["MAX_VAR_OFF", "STACK_SIZE", "Memory", "PacketRange"]

MAX_VAR_OFF = 1 << 29  # BPF_MAX_VAR_OFF
_FLOW_KEYS_SIZE = 56  # struct bpf_flow_keys
_RDONLY_PROG, _WRONLY_PROG = 1 << 7, 1 << 8
# field of the context -> (kind of pointer, may be NULL)
_POINTERS = {
    Field.PACKET: (Kind.PACKET, False), Field.PACKET_END: (Kind.PACKET_END, False),
    Field.PACKET_META: (Kind.PACKET_META, False), Field.SOCKET: (Kind.SOCKET, False),
    Field.SOCKET_OR_NULL: (Kind.SOCKET, True), Field.SOCK_OR_NULL: (Kind.SOCK_COMMON, True),
    Field.FLOW_KEYS: (Kind.FLOW_KEYS, False),
}  # fmt: skip


class Memory:
    """Checks accesses for one program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.stack = Stack(program)
        self._ids = 0

    def fresh(self) -> int:
        """A new id."""
        self._ids += 1
        return self._ids

    # --- the entry points -------------------------------------------------------------------------------------------

    def load(self, state: State, slot: int, reg: Reg, off: int, size: int, signed: bool) -> Reg:
        """What a load of `size` bytes at `reg + off` gives. Raises `Refused`."""
        kind = reg.kind
        if kind is Kind.STACK:
            result = self.stack.load(state, slot, reg, off, size)
        elif kind is Kind.CTX:
            result = self._context(slot, reg, off, size, write=False)
        else:
            self.access(slot, reg, off, size, write=False)
            known = self._constant(reg, off, size, slot, signed) if kind is Kind.VALUE else None
            return known or number(sc.signed(size * 8) if signed else sc.unsigned(size * 8), Def(slot))
        if result.kind is not Kind.SCALAR or size == 8:
            return result
        if signed:
            return number(sc.sext(result.scalar, size), Def(slot, (result.node,)))
        scalar = sc.truncate(result.scalar, size)
        return result if scalar is result.scalar else renumbered(result, scalar, result.node)

    def store(self, state: State, slot: int, reg: Reg, off: int, size: int, value: Reg | None) -> None:
        """Check a store, and note what is on the stack afterwards; `value` None: not known. Raises `Refused`."""
        if reg.kind is Kind.STACK:
            self.stack.store(state, slot, reg, off, size, value)
        elif reg.kind is Kind.CTX:
            self._context(slot, reg, off, size, write=True)
        else:
            self.access(slot, reg, off, size, write=True)

    def access(self, slot: int, reg: Reg, off: int, size: int, *, write: bool, zero: bool = False) -> None:
        """Check an access that is not to stack or context; `zero`: no bytes at all are fine too."""
        kind = reg.kind
        if kind is Kind.SCALAR and reg.node.lost >= 0:
            raise Refused(
                "V1118", slot, "this pointer may not be used any more", "use it before that call; packet pointers: read "
                "data and data_end from the context again after the call, and compare again",
                [(reg.made, "the pointer was made here"), (reg.node.lost, "this call makes it invalid")],
            )  # fmt: skip
        if kind is Kind.SCALAR:
            raise Refused("V1105", slot, "this uses a number as a pointer", causes=[(reg.made, "the number comes from here")])
        if reg.null:
            raise _maybe_null(slot, reg)
        if kind in PACKETS:
            self._packet(slot, reg, off, size, write, zero)
        elif kind is Kind.VALUE or kind is Kind.MEM:
            self._region(slot, reg, off, size, write, zero)
        elif kind is Kind.FLOW_KEYS:
            if not (reg.off + off >= 0 and reg.off + off + size <= _FLOW_KEYS_SIZE):
                raise Refused("V1110", slot, f"bytes {reg.off + off} to {reg.off + off + size - 1} are outside of the flow "
                              f"keys, which have {_FLOW_KEYS_SIZE}", "use the members of struct bpf_flow_keys")  # fmt: skip
        elif kind in SOCKETS or kind is Kind.XDP_SOCK:
            check_socket(slot, reg, off, size, write)
        elif kind is Kind.PACKET_END:
            raise Refused("V1105", slot, "data_end is the end of the packet: there is nothing behind it",
                          "compare with it, and access through data")  # fmt: skip
        elif kind is Kind.MAP or kind is Kind.BTF:
            if write:
                raise Refused("V1108", slot, f"{reg.name} cannot be written directly")
            raise Unsupported(slot, "reading kernel structures is not modelled")
        else:
            raise Refused("V1105", slot, f"{reg.name} cannot be used for this access")

    def aligned(self, slot: int, reg: Reg, off: int, size: int) -> None:
        """Atomic operations need their natural alignment."""
        at = reg.off + off + reg.scalar.value
        if (at | reg.scalar.mask) & size - 1:
            raise Refused("V1113", slot, f"these {size} bytes at offset {reg.off + off} are not aligned",
                          "align the member to its size")  # fmt: skip

    # --- kinds of memory --------------------------------------------------------------------------------------------

    def _packet(self, slot: int, reg: Reg, off: int, size: int, write: bool, zero: bool) -> None:
        """Packet bytes must have been compared with data_end, through a register of the same id."""
        program = self.program
        if write and program.type not in PACKET_WRITERS:
            raise Refused("V1106", slot, f"programs of type {program.type} may not write to the packet",
                          "use a helper such as bpf_skb_store_bytes()")  # fmt: skip
        if reg.scalar.smin < 0:
            raise Refused("V1107", slot, f"the packet offset may be negative ({reg.scalar.smin})", "make the offset unsigned",
                          [(reg.made, "the pointer is made here")])  # fmt: skip
        start = reg.off + off
        if start < 0 or start + size > reg.range or (not size and not zero):
            raise PacketRange(slot, reg, start, size)

    def _region(self, slot: int, reg: Reg, off: int, size: int, write: bool, zero: bool) -> None:
        """A map value or record has a known size; every offset the register may have must lie inside."""
        if reg.kind is Kind.VALUE:
            room = self.program.maps[reg.what].value_size
            self._rights(slot, reg, write)
        else:
            room = reg.size
        unsure = reg.scalar
        base = reg.off + off
        low, high = base + unsure.smin, base + unsure.umax + size
        if low >= 0 and high <= room and low + size <= room and unsure.umax < MAX_VAR_OFF and (size or zero):
            if reg.kind is Kind.VALUE:
                self._special(slot, reg, low, high)
            return
        what = f"the value of map '{reg.what}'" if reg.kind is Kind.VALUE else reg.what or "this memory"
        made = [(reg.made, "the pointer is made here")] if reg.made >= 0 else []
        if low < 0:
            if unsure.is_const:
                raise Refused("V1110", slot, f"this access of {size} bytes at offset {low} is in front of {what}", "", made)
            raise Refused("V1107", slot, f"the offset into {what} may be negative (from {low})",
                          "make the index unsigned, or test that it is not below 0", made)  # fmt: skip
        if unsure.umax >= MAX_VAR_OFF:
            raise Refused("V1109", slot, f"the offset into {what} has no upper bound",
                          f"test the index first, against the {room} bytes there are, in the same variable", made)  # fmt: skip
        largest = high - size
        what_to_do = f"keep the offset at most {room - size}" if size <= room else f"there are only {room} bytes"
        at = f"at offset {largest}" if unsure.is_const else f"at offsets up to {largest}"
        raise Refused("V1110", slot, f"this access of {size} bytes {at} goes past the end of {what}, which has {room} bytes",
                      what_to_do, made)  # fmt: skip

    def _rights(self, slot: int, reg: Reg, write: bool) -> None:
        data = self.program.obj.data.get(reg.what)
        if write and data is not None and data.read_only:
            raise Refused("V1108", slot, f"'{reg.what}' is read-only: constants cannot be written",
                          "remove const, so that the variable goes to .data or .bss")  # fmt: skip
        flags = self.program.maps[reg.what].flags
        if write and flags & _RDONLY_PROG:
            raise Refused("V1108", slot, f"map '{reg.what}' is read-only for programs (BPF_F_RDONLY_PROG)", "remove the flag")
        if not write and flags & _WRONLY_PROG:
            raise Refused("V1108", slot, f"map '{reg.what}' is write-only for programs (BPF_F_WRONLY_PROG)", "remove the flag")

    def _special(self, slot: int, reg: Reg, low: int, high: int) -> None:
        """What only helpers may touch must lie outside."""
        for name, start, size in self.program.special_members(reg.what):
            if low < start + size and start < high:
                raise Refused("V1127", slot, f"this touches the struct {name} at offset {start} of map '{reg.what}'s value",
                              "only its helpers may; copy the other members one by one")  # fmt: skip

    def _constant(self, reg: Reg, off: int, size: int, slot: int, signed: bool) -> Reg | None:
        """A frozen constant is known to the kernel."""
        data = self.program.obj.data.get(reg.what)
        if data is None or not data.read_only or not reg.scalar.is_const:
            return None
        at = reg.off + off + sc.s64(reg.scalar.value)
        if any(at - 8 < r.at < at + size for r in data.references):
            return None
        value = int.from_bytes(data.data[at : at + size], "big" if self.program.obj.big_endian else "little", signed=signed)
        return number(sc.const(value), Def(slot))

    def _context(self, slot: int, reg: Reg, off: int, size: int, *, write: bool) -> Reg:
        layout = self.program.layout
        if layout is None:
            raise Unsupported(slot, f"the context of {self.program.type} programs is not modelled")
        if reg.null:
            raise _maybe_null(slot, reg)
        if not reg.scalar.is_const or reg.scalar.value:
            raise Refused("V1111", slot, "the context is accessed at a variable offset", "use its fields by name")
        struct = f"struct {layout.struct}" if layout.struct else f"the context of {self.program.type} programs"
        if reg.off and self.program.type != "syscall":
            raise Refused("V1112", slot, f"the context pointer was moved by {reg.off} before this access",
                          f"read the fields of {struct} through the program's own argument",
                          [(reg.made, "it was moved here")])  # fmt: skip
        at = reg.off + off
        field = layout.find(at, size, write)
        if field is None:
            raise Refused("V1101", slot, *_bad_field(self.program, layout, at, size, write))
        pointer = None if write else _POINTERS.get(field.kind)
        if pointer is None:
            return unknown(slot)
        kind, null = pointer
        return Reg(kind, sc.const(0), Def(slot), null=null, id=self.fresh() if null else 0)


class PacketRange(Refused):
    """A packet access beyond what was compared with data_end."""

    def __init__(self, slot: int, reg: Reg, start: int, size: int) -> None:
        super().__init__("V1100", slot, "")
        self.reg = reg
        self.start = start
        self.size = size


def _maybe_null(slot: int, reg: Reg) -> Refused:
    return Refused("V1104", slot, f"this uses {reg.name}", "test it first: if (!pointer) return ...;",
                   [(reg.made, "the pointer comes from here")])  # fmt: skip


def _bad_field(program: Program, layout: Layout, at: int, size: int, write: bool) -> tuple[str, str]:
    """(message, fix) for an access to the context that is not allowed."""
    verb = "written" if write else "read"
    attach = program.attach
    who = f"programs of type {program.type}" + (f" ({attach})" if attach not in ("", program.type) else "")
    field = layout.field_at(at)
    if field is None:
        return (f"{size} bytes at offset {at} of the context cannot be {verb} by {who}",
                f"the fields are: {', '.join(f.name for f in layout.fields)}")  # fmt: skip
    name = f"{layout.struct}.{field.name}" if layout.struct else f"byte {at} of the context"
    if write and "w" not in field.access:
        return f"'{name}' is read-only for {who}", ""
    sizes = field.stores if write else field.loads
    return (f"'{name}' cannot be {verb} with {size} bytes at offset {at - field.offset}",
            f"use {' or '.join(map(str, sizes))} bytes, aligned" if sizes else "")  # fmt: skip


SIZES = isa.SIZE_BYTES

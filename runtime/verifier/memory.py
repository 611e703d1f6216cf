"""Memory: whether an access through a register is allowed, and what a load gives (check_mem_access in the kernel)."""

from __future__ import annotations

from ...compiler.object import isa
from ...stdlib.contexts import Kind as Field
from . import scalar as sc
from .program import PACKET_WRITERS, Program
from .scalar import Scalar
from .state import INVALID, MISC, NAMES, NULL, OR_NULL, ZERO, Frame, Kind, Reg, State, scalar_reg
from .verdict import Refused, Unsupported

STACK_SIZE = 512
MAX_VAR_OFF = 1 << 29  # BPF_MAX_VAR_OFF
_POINTERS = {Field.PACKET: Kind.PACKET, Field.PACKET_END: Kind.PACKET_END, Field.PACKET_META: Kind.PACKET_META}


class Memory:
    """Checks accesses for one program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.depths: dict[int, int] = {}  # function start -> deepest stack byte used
        self.uninitialised_ok = program.kernel.at_least("6.3")  # for privileged users (commit 6715df8d5d24)

    # --- the entry points -------------------------------------------------------------------------------------------

    def load(self, state: State, slot: int, reg: Reg, off: int, size: int, signed: bool) -> Reg:
        """What a load of `size` bytes at `reg + off` gives. Raises `Refused`."""
        match reg.kind:
            case Kind.STACK:
                result = self._stack_load(state, slot, reg, off, size)
            case Kind.CTX:
                result = self._context(slot, reg, off, size, write=False)
            case Kind.VALUE:
                self.region(slot, reg, off, size, write=False)
                result = self._constant_data(reg, off, size, slot)
            case _:
                self.access(slot, reg, off, size, write=False)
                result = scalar_reg(sc.unsigned(size * 8) if size < 8 else sc.UNKNOWN, slot)
        if result.kind is Kind.SCALAR:
            if signed:
                result = result._replace(scalar=sc.sext(result.scalar, size), id=0)
            return result._replace(made=slot)
        if signed:
            raise Refused("V1102", slot, "a pointer cannot be loaded with sign extension")
        return result

    def store(self, state: State, slot: int, reg: Reg, off: int, size: int, value: Reg) -> None:
        """Check a store, and note what is on the stack afterwards. Raises `Refused`."""
        if reg.kind is Kind.STACK:
            self._stack_store(state, slot, reg, off, size, value)
            return
        if reg.kind is Kind.CTX:
            self._context(slot, reg, off, size, write=True)
            return
        if value.kind is not Kind.SCALAR and reg.kind in (Kind.PACKET, Kind.PACKET_META):
            raise Refused("V1103", slot, f"{NAMES[value.kind]} would leak into the packet", "store numbers only")
        self.access(slot, reg, off, size, write=True)

    def access(self, slot: int, reg: Reg, off: int, size: int, *, write: bool) -> None:
        """Check an access to packet, map value or record memory."""
        match reg.kind:
            case Kind.PACKET | Kind.PACKET_META:
                self.packet(slot, reg, off, size, write=write)
            case Kind.VALUE | Kind.RECORD:
                self.region(slot, reg, off, size, write=write)
            case kind if kind in OR_NULL:
                raise Refused(
                    "V1104", slot, f"this uses {NAMES[kind]}", f"test it first: {_null_test()}",
                    [(reg.made, "the pointer comes from here")],
                )  # fmt: skip
            case Kind.SCALAR if reg.lost >= 0:
                raise Refused(
                    "V1118", slot, "this pointer may not be used any more", "use it before that call; packet pointers: read "
                    "data and data_end from the context again after the call, and compare again",
                    [(reg.made, "the pointer was made here"), (reg.lost, "this call makes it invalid")],
                )  # fmt: skip
            case Kind.SCALAR:
                raise Refused("V1105", slot, "this uses a number as a pointer", causes=[(reg.made, "it comes from here")])
            case Kind.PACKET_END:
                raise Refused("V1105", slot, "data_end is the end of the packet: there is nothing behind it",
                              "compare with it, and access through data")  # fmt: skip
            case Kind.MAP:
                raise Unsupported(slot, "reading a map's own fields is not modelled")
            case kind:
                raise Refused("V1105", slot, f"{NAMES[kind]} cannot be used for this access")

    # --- kinds of memory --------------------------------------------------------------------------------------------

    def packet(self, slot: int, reg: Reg, off: int, size: int, *, write: bool) -> None:
        """Packet bytes must have been compared with data_end, through a register of the same id."""
        program = self.program
        if write and program.type not in PACKET_WRITERS:
            raise Refused("V1106", slot, f"programs of type {program.type} may not write to the packet",
                          "use a helper such as bpf_skb_store_bytes()")  # fmt: skip
        if reg.scalar.smin < 0:
            raise Refused("V1107", slot, f"the packet offset may be negative ({reg.scalar.smin})", "make the offset unsigned",
                          [(reg.made, "the pointer is made here")])  # fmt: skip
        start = reg.off + off
        if start < 0 or start + size > reg.range:
            raise PacketRange(slot, reg, start, size)

    def region(self, slot: int, reg: Reg, off: int, size: int, *, write: bool) -> None:
        """A map value or record has a known size; every offset the register may have must lie inside."""
        what = f"the value of map '{reg.map}'" if reg.kind is Kind.VALUE else "the ring buffer record"
        room = self.program.maps[reg.map].value_size if reg.kind is Kind.VALUE else reg.size
        if reg.kind is Kind.VALUE:
            data = self.program.obj.data.get(reg.map)
            if write and data is not None and data.read_only:
                raise Refused("V1108", slot, f"'{reg.map}' is read-only: constants cannot be written",
                              "remove const, so that the variable goes to .data or .bss")  # fmt: skip
            special = self.program.special_member(reg.map)
            if special:
                raise Unsupported(slot, f"map values with a {special} are not modelled")
        low, high = reg.off + off + reg.scalar.smin, reg.off + off + reg.scalar.umax + size
        made = [(reg.made, "the pointer is made here")] if reg.made >= 0 else []
        if low < 0:
            raise Refused("V1107", slot, f"the offset into {what} may be negative (from {low})",
                          "make the index unsigned, or test that it is not below 0", made)  # fmt: skip
        if reg.scalar.umax >= MAX_VAR_OFF:
            raise Refused("V1109", slot, f"the offset into {what} has no upper bound",
                          f"test the index first, against a size of {room} bytes, in the same variable", made)  # fmt: skip
        if high > room:
            raise Refused(
                "V1110", slot, f"this access of {size} bytes at offset {high - size} goes past the end of {what}, "
                f"which has {room} bytes", f"keep the offset at most {room - size}", made,
            )  # fmt: skip

    def _constant_data(self, reg: Reg, off: int, size: int, slot: int) -> Reg:
        """A frozen constant is known to the kernel."""
        data = self.program.obj.data.get(reg.map)
        if data is not None and data.read_only and reg.scalar.is_const:
            at = reg.off + off + sc.s64(reg.scalar.value)
            if not any(at - 8 < r.at < at + size for r in data.references):
                return scalar_reg(sc.const(int.from_bytes(data.data[at : at + size], "little")), slot)
        return scalar_reg(sc.unsigned(size * 8) if size < 8 else sc.UNKNOWN, slot)

    def _context(self, slot: int, reg: Reg, off: int, size: int, *, write: bool) -> Reg:
        if reg.off or reg.scalar != ZERO:
            raise Refused("V1111", slot, "the context pointer has been changed before this access",
                          "access the fields through the context itself: ctx->field")  # fmt: skip
        layout = self.program.layout
        if layout is None:
            raise Unsupported(slot, f"the context of {self.program.type} programs is not modelled")
        found = layout.find(off, size, write)
        if found is None:
            raise self._context_error(slot, off, size, write)
        if write or found.kind is Field.SCALAR:
            return scalar_reg(sc.unsigned(size * 8) if size < 8 else sc.UNKNOWN, slot)
        kind = _POINTERS.get(found.kind)
        if kind is None:
            raise Unsupported(slot, f"the context field '{found.name}' is not modelled")
        return Reg(kind, ZERO, made=slot)

    def _context_error(self, slot: int, off: int, size: int, write: bool) -> Refused:
        layout = self.program.layout
        assert layout is not None
        verb = "written" if write else "read"
        field = layout.field_at(off)
        attach = self.program.attach
        who = f"programs of type {self.program.type}" + (f" ({attach})" if attach not in ("", self.program.type) else "")
        if field is None:
            return Refused("V1101", slot, f"{size} bytes at offset {off} of the context cannot be {verb} by {who}",
                           f"the fields are: {', '.join(f.name for f in layout.fields)}")  # fmt: skip
        name = f"{layout.struct}.{field.name}" if layout.struct else f"byte {off} of the context"
        if write and "w" not in field.access:
            return Refused("V1101", slot, f"'{name}' is read-only for {who}")
        sizes = field.stores if write else field.loads
        return Refused("V1101", slot, f"'{name}' cannot be {verb} with {size} bytes at offset {off - field.offset}",
                       f"use {' or '.join(map(str, sizes))} bytes, aligned" if sizes else "it can only be read")  # fmt: skip

    # --- the stack --------------------------------------------------------------------------------------------------

    def stack_range(self, state: State, slot: int, reg: Reg, off: int, size: int) -> tuple[Frame, int, int]:
        """(frame, lowest start, highest start) of an access; checks the limits and notes the depth."""
        frame = state.frames[reg.frame]
        low, high = reg.off + off + reg.scalar.smin, reg.off + off + reg.scalar.smax
        if not reg.scalar.is_const and (reg.scalar.smin <= -MAX_VAR_OFF or reg.scalar.smax >= MAX_VAR_OFF):
            raise Refused("V1109", slot, "the offset into the stack variable has no bound", "test the index first",
                          [(reg.made, "the pointer is made here")])  # fmt: skip
        if low < -STACK_SIZE or high + size > 0:
            raise Refused("V1112", slot, f"this access of {size} bytes at {low} goes outside of the stack frame "
                          f"({STACK_SIZE} bytes below r10)", "check the index or the size of the variable",
                          [(reg.made, "the pointer is made here")])  # fmt: skip
        self.depths[frame.start] = max(self.depths.get(frame.start, 0), -low)
        return frame, low, high

    def _stack_load(self, state: State, slot: int, reg: Reg, off: int, size: int) -> Reg:
        frame, low, high = self.stack_range(state, slot, reg, off, size)
        unknown = scalar_reg(sc.unsigned(size * 8) if size < 8 else sc.UNKNOWN, slot)
        if low != high:
            self.readable(frame, slot, low, high + size - low)
            return unknown
        if low % size:
            raise Refused("V1113", slot, f"an access of {size} bytes to the stack at {low} is not aligned",
                          "align the variable, or copy with memcpy()")  # fmt: skip
        base = low // 8 * 8
        entry = frame.stack.get(base)
        if isinstance(entry, Reg):
            if size == 8:
                return entry
            if entry.kind is not Kind.SCALAR:
                raise Refused("V1114", slot, "this reads a part of a pointer that was saved on the stack")
            return scalar_reg(sc.truncate(entry.scalar, size), slot) if low == base else unknown
        self.readable(frame, slot, low, size)
        if entry is not None and all(kind == NULL for kind in entry[low - base : low - base + size]):
            return scalar_reg(ZERO, slot)
        return unknown

    def readable(self, frame: Frame, slot: int, low: int, size: int) -> None:
        """Before Linux 6.3 every byte must have been written."""
        if self.uninitialised_ok:
            return
        for at in range(low, low + size):
            entry = frame.stack.get(at // 8 * 8)
            if entry is None or (not isinstance(entry, Reg) and entry[at % 8] == INVALID):
                raise Refused("V1115", slot, f"stack byte {at} is read, but not written on this path",
                              "give the variable a value where it is declared: = {}")  # fmt: skip

    def _stack_store(self, state: State, slot: int, reg: Reg, off: int, size: int, value: Reg) -> None:
        frame, low, high = self.stack_range(state, slot, reg, off, size)
        if low != high:
            self.smear(frame, low, high + size - low)
            return
        if low % size:
            raise Refused("V1113", slot, f"an access of {size} bytes to the stack at {low} is not aligned",
                          "align the variable, or copy with memcpy()")  # fmt: skip
        if size == 8:
            frame.stack[low] = value
            return
        if value.kind is not Kind.SCALAR:
            raise Refused("V1114", slot, "a part of a pointer cannot be saved on the stack")
        self.write_bytes(frame, low, size, NULL if value.scalar == ZERO else MISC)

    def write_bytes(self, frame: Frame, low: int, size: int, kind: int) -> None:
        """Bytes of that type from `low` on."""
        for at in range(low, low + size):
            base = at // 8 * 8
            frame.stack[base] = _with_byte(frame.stack.get(base), at % 8, kind)

    def smear(self, frame: Frame, low: int, size: int) -> None:
        """Somewhere in this range something was written."""
        self.write_bytes(frame, low, size, MISC)


class PacketRange(Refused):
    """A packet access beyond what was compared with data_end."""

    def __init__(self, slot: int, reg: Reg, start: int, size: int) -> None:
        super().__init__("V1100", slot, "")
        self.reg = reg
        self.start = start
        self.size = size


def _null_test() -> str:
    return "if (!pointer) return ...;"


def _with_byte(entry: object, index: int, kind: int) -> tuple[int, ...]:
    if isinstance(entry, Reg):
        filler = NULL if entry.kind is Kind.SCALAR and entry.scalar == ZERO else MISC
        kinds = [filler] * 8
    else:
        kinds = list(entry) if isinstance(entry, tuple) else [INVALID] * 8
    kinds[index] = kind
    return tuple(kinds)


def known(value: Scalar) -> bool:
    """True for constants."""
    return value.is_const


SIZES = isa.SIZE_BYTES

"""Objects in memory: lvalues, loads and stores of every width, bit-fields, record copies, initializers."""

from __future__ import annotations

from ..ir import model as ir
from ..ir.model import Ty
from ..records import dataclass
from ..sema import tree
from ..sema import types as ct
from . import ctypes
from .ssa import Builder


@dataclass(slots=True)
class InRegister:
    """An lvalue that SSA holds."""

    variable: tree.Local


@dataclass(slots=True)
class InMemory:
    """An lvalue at `address + offset` bytes; a bit-field has its first bit (from that byte) and its width."""

    address: ir.Value
    offset: int
    volatile: bool = False
    bit: int = 0
    bits: int | None = None
    room: int = 0  # bytes from `offset` on that surely belong to the object around a bit-field
    unit: int = 0  # of a bit-field that must be read and written as so many bytes
    pointer: ir.Value | None = None  # what C has for `address` if accesses need another (an object in an arena)


Lvalue = InRegister | InMemory


def constant(type: Ty, value: int) -> ir.Constant:
    """The IR constant of `value` reduced to the width of `type`."""
    return ir.Constant(type, value)


def extend(b: Builder, value: ir.Value, size: int, is_signed: bool) -> ir.Value:
    """An i32 whose low `size` bytes count, extended from them to 32 bits."""
    if size >= 4:
        return value
    if isinstance(value, ir.Constant):
        low = value.value & (1 << size * 8) - 1
        return constant(Ty.I32, low - (low >> size * 8 - 1 << size * 8) if is_signed else low)
    if is_signed:
        return b.emit(ir.Unary(f"sext{size * 8}", value))
    return b.emit(ir.Binary("and", value, constant(Ty.I32, (1 << size * 8) - 1)))


def load(b: Builder, place: InMemory, t: ct.Type) -> ir.Value:
    """The value of C scalar type `t` at `place`, extended to its register type."""
    if place.bits is not None:
        return _load_bits(b, place, t)
    size, type = ctypes.size_of(t), ctypes.register(t)
    value: ir.Value = b.emit(ir.Load(type, place.address, place.offset, size, volatile=place.volatile))
    if ctypes.signed(t) and size < 4:
        value = extend(b, value, size, True)
    return value


def store(b: Builder, place: InMemory, value: ir.Value, t: ct.Type) -> None:
    """Put `value` of C scalar type `t` at `place`."""
    if place.bits is not None:
        _store_bits(b, place, value)
        return
    b.emit(ir.Store(place.address, place.offset, ctypes.size_of(t), value, volatile=place.volatile))


def _unit(b: Builder, place: InMemory) -> tuple[int, int, int] | None:
    """The smallest aligned unit around a bit-field: its byte offset from `place`, size in bytes, the field's lowest bit in it.

    None if no unit of up to 8 bytes inside the record holds the whole field.
    """
    assert place.bits is not None
    if place.unit:
        return 0, place.unit, _shift(b, place.unit, place.bit, place.bits)
    for size in (1, 2, 4, 8):
        start = place.bit // 8 // size * size
        first = place.bit - start * 8
        if first + place.bits <= size * 8 and start + size <= place.room:
            return start, size, _shift(b, size, first, place.bits)
    return None


def _shift(b: Builder, size: int, first: int, bits: int) -> int:
    """The lowest bit, in a number of `size` bytes, of a field that lies `first` bits behind the start of its unit.

    Bit-fields are allocated from the least significant bit of the first byte on, in big-endian memory from the most
    significant one (as clang does for bpfeb).
    """
    return size * 8 - first - bits if b.function.big_endian else first


def _load_bits(b: Builder, place: InMemory, t: ct.Type) -> ir.Value:
    assert place.bits is not None
    type, is_signed = ctypes.register(t), ctypes.signed(t)
    unit = _unit(b, place)
    if unit is None:
        return _load_split(b, place, type, is_signed)
    start, size, shift = unit
    wide = Ty.I64 if size == 8 else Ty.I32
    value: ir.Value = b.emit(ir.Load(wide, place.address, place.offset + start, size, volatile=place.volatile))
    return _extract(b, value, shift, place.bits, type, is_signed)


def _extract(b: Builder, value: ir.Value, shift: int, bits: int, type: Ty, is_signed: bool) -> ir.Value:
    """Bits shift..shift+bits of `value` as a value of `type`."""
    wide = value.type
    if is_signed:
        left = wide.bits - shift - bits
        if left:
            value = b.emit(ir.Binary("shl", value, constant(wide, left)))
        value = b.emit(ir.Binary("ashr", value, constant(wide, wide.bits - bits)))
    else:
        if shift:
            value = b.emit(ir.Binary("lshr", value, constant(wide, shift)))
        if bits < wide.bits:
            value = b.emit(ir.Binary("and", value, constant(wide, (1 << bits) - 1)))
    return resize(b, value, type, is_signed)


def _load_split(b: Builder, place: InMemory, type: Ty, is_signed: bool) -> ir.Value:
    """A packed bit-field over a unit's edge: put together byte by byte in 64 bits."""
    assert place.bits is not None
    first, last = place.bit // 8, (place.bit + place.bits - 1) // 8
    total: ir.Value = constant(Ty.I64, 0)
    big = b.function.big_endian
    shift = (last + 1) * 8 - place.bit - place.bits if big else place.bit % 8
    for i in range(first, last + 1):
        byte = b.emit(ir.Load(Ty.I32, place.address, place.offset + i, 1, volatile=place.volatile))
        part: ir.Value = b.emit(ir.Unary("zext", byte))
        up = (last - i if big else i - first) * 8 - shift
        if up < 0:
            part = b.emit(ir.Binary("lshr", part, constant(Ty.I64, -up)))
        elif up:
            part = b.emit(ir.Binary("shl", part, constant(Ty.I64, up)))
        total = b.emit(ir.Binary("or", total, part))
    return _extract(b, total, 0, place.bits, type, is_signed)


def _store_bits(b: Builder, place: InMemory, value: ir.Value) -> None:
    assert place.bits is not None
    unit = _unit(b, place)
    if unit is None:
        _store_split(b, place, value)
        return
    start, size, shift = unit
    wide = Ty.I64 if size == 8 else Ty.I32
    value = resize(b, value, wide, False)
    if place.bits == size * 8:
        b.emit(ir.Store(place.address, place.offset + start, size, value, volatile=place.volatile))
        return
    old = b.emit(ir.Load(wide, place.address, place.offset + start, size, volatile=place.volatile))
    field = (1 << place.bits) - 1
    kept = b.emit(ir.Binary("and", old, constant(wide, ~(field << shift))))
    new: ir.Value = b.emit(ir.Binary("and", value, constant(wide, field)))
    if shift:
        new = b.emit(ir.Binary("shl", new, constant(wide, shift)))
    new = b.emit(ir.Binary("or", kept, new))
    b.emit(ir.Store(place.address, place.offset + start, size, new, volatile=place.volatile))


def _store_split(b: Builder, place: InMemory, value: ir.Value) -> None:
    assert place.bits is not None
    value = resize(b, value, Ty.I64, False)
    done = 0
    while done < place.bits:
        bit = place.bit + done
        count = min(8 - bit % 8, place.bits - done)
        part: ir.Value = value
        down = place.bits - done - count if b.function.big_endian else done
        if down:
            part = b.emit(ir.Binary("lshr", value, constant(Ty.I64, down)))
        piece = InMemory(place.address, place.offset, place.volatile, bit, count, bit // 8 + 1)
        _store_bits(b, piece, resize(b, part, Ty.I32, False))
        done += count


def resize(b: Builder, value: ir.Value, type: Ty, is_signed: bool) -> ir.Value:
    """An integer value in another integer register type; widening extends by `is_signed`."""
    if value.type is type:
        return value
    if isinstance(value, ir.Constant):
        return constant(type, value.signed if is_signed else value.value)
    if type is Ty.I64:
        return b.emit(ir.Unary("sext" if is_signed else "zext", value))
    return b.emit(ir.Unary("trunc", value))


def copy(b: Builder, to: InMemory, source: InMemory, t: ct.Type) -> None:
    """Copy a record."""
    size = ctypes.size_of(t)
    if size:
        b.emit(ir.MemCopy(address_of(b, to), address_of(b, source), size, ctypes.align_of(t)))


def in_arena(b: Builder, pointer: ir.Value, volatile: bool) -> InMemory:
    """The object in an arena that `pointer` points to: accesses go through the kernel's address of it."""
    return InMemory(b.emit(ir.Unary("askernel", pointer)), 0, volatile, pointer=pointer)


def address_of(b: Builder, place: InMemory) -> ir.Value:
    """The address at which `place` is accessed."""
    return _plus(b, place.address, place.offset)


def pointer_to(b: Builder, place: InMemory) -> ir.Value:
    """The C pointer to `place`."""
    return _plus(b, place.address if place.pointer is None else place.pointer, place.offset)


def _plus(b: Builder, address: ir.Value, offset: int) -> ir.Value:
    return b.emit(ir.PtrAdd(address, constant(Ty.I64, offset))) if offset else address

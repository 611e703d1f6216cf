"""`align_stack`: accesses to the stack are aligned, as the verifier wants them (packets and map values may be at odd places).

    load.4 i32 [%packed + 7]   ->   load.1 at 7, load.2 at 8, load.1 at 10, put together with shifts

Only packed structs and their bit-fields have such accesses. Objects are placed at multiples of what their size allows. A
pointer to a packed struct that a function is passed may point to the stack, and into an array there.
"""

from __future__ import annotations

from ..ir import model as ir
from ..ir.model import Ty


def align_stack(function: ir.Function, *, big_endian: bool) -> None:
    """Raise the alignment of allocas and split misaligned accesses at constant offsets, in place."""
    allocas = [instr for instr in function.blocks[0].instrs if isinstance(instr, ir.Alloca)]
    if not allocas and not any(parameter.align for parameter in function.parameters):
        return
    for alloca in allocas:
        alloca.align = max(alloca.align, next(a for a in (8, 4, 2, 1) if a <= max(alloca.size, 1)))
    replaced: dict[ir.Value, ir.Value] = {}
    for block in function.blocks:
        if any(_is_misaligned(instr) for instr in block.instrs):
            out: list[ir.Instr] = []
            for instr in block.instrs:
                if isinstance(instr, ir.Load) and _is_misaligned(instr):
                    replaced[instr] = _load(instr, out, big_endian)
                elif isinstance(instr, ir.Store) and _is_misaligned(instr):
                    _store(instr, out, big_endian)
                else:
                    out.append(instr)
            for instr in out:
                instr.block = block
            block.instrs = out
    if replaced:
        for block in function.blocks:
            assert block.terminator is not None
            for instr in [*block.instrs, block.terminator]:
                instr.operands = [replaced.get(operand, operand) for operand in instr.operands]


def _place(address: ir.Value, offset: int) -> tuple[ir.Value, int]:
    while isinstance(address, ir.PtrAdd) and isinstance(address.operands[1], ir.Constant):
        offset += address.operands[1].signed
        address = address.operands[0]
    return address, offset


def _is_misaligned(instr: ir.Instr) -> bool:
    if not isinstance(instr, ir.Load | ir.Store) or instr.size == 1:
        return False
    base, offset = _place(instr.operands[0], instr.offset)
    align = _alignment(base)
    return align > 0 and (offset % instr.size != 0 or align < instr.size)


def _alignment(base: ir.Value) -> int:
    """Of what may be on the stack, in bytes; 0 if it is not or its accesses are aligned anyway."""
    match base:
        case ir.Alloca(align=align) | ir.Parameter(align=align):
            return align
        case ir.PtrAdd(operands=[address, step]):
            root, offset = _place(address, 0)
            return min(_alignment(root), _lowest_bit(offset), _multiple_of(step, set()))
    return 0


def _multiple_of(number: ir.Value, seen: set[ir.Value]) -> int:
    """A power of two, at most 8, that divides an integer."""
    match number:
        case ir.Constant(value=value) | ir.CoreValue(value=value):  # a field is aligned alike wherever a kernel has it
            return _lowest_bit(value)
        case ir.Binary(op="shl", operands=[a, ir.Constant(value=by)]):
            return min(_multiple_of(a, seen) << min(by, 3), 8)
        case ir.Binary(op="mul", operands=[a, b]):
            return min(_multiple_of(a, seen) * _multiple_of(b, seen), 8)
        case ir.Binary(op="and", operands=[a, b]):
            return max(_multiple_of(a, seen), _multiple_of(b, seen))
        case ir.Binary(op="add" | "sub" | "or" | "xor", operands=[a, b]):
            return min(_multiple_of(a, seen), _multiple_of(b, seen))
        case ir.Unary(op="zext" | "sext" | "trunc", operands=[a]):
            return _multiple_of(a, seen)
        case ir.Phi(operands=operands):
            if number in seen:  # a loop adds multiples of what the others say, or they say less
                return 8
            seen.add(number)
            return min(_multiple_of(operand, seen) for operand in operands)
    return 1


def _lowest_bit(number: int) -> int:
    """The largest power of two, at most 8, that divides `number`."""
    return min(number & -number, 8) if number else 8


def _pieces(instr: ir.Load | ir.Store) -> list[tuple[int, int]]:
    """(offset from the access's start, size) of aligned parts."""
    base, offset = _place(instr.operands[0], instr.offset)
    align = _alignment(base)
    found, at = [], 0
    while at < instr.size:
        size = next(s for s in (4, 2, 1) if s <= instr.size - at and (offset + at) % s == 0 and s <= align)
        found.append((at, size))
        at += size
    return found


def _load(instr: ir.Load, out: list[ir.Instr], big_endian: bool) -> ir.Value:
    type = Ty.I64 if instr.size == 8 else Ty.I32

    def add(new: ir.Instr) -> ir.Instr:
        out.append(new)
        return new

    whole: ir.Instr | None = None
    for at, size in _pieces(instr):
        part = add(ir.Load(Ty.I32, instr.operands[0], instr.offset + at, size, volatile=instr.volatile, span=instr.span))
        if type is Ty.I64:
            part = add(ir.Unary("zext", part, instr.span))
        shift = 8 * (instr.size - at - size if big_endian else at)
        if shift:
            part = add(ir.Binary("shl", part, ir.Constant(type, shift), instr.span))
        whole = part if whole is None else add(ir.Binary("or", whole, part, instr.span))
    assert whole is not None
    return add(ir.Unary("inttoptr", whole, instr.span)) if instr.type is Ty.PTR else whole


def _store(instr: ir.Store, out: list[ir.Instr], big_endian: bool) -> None:
    address, value = instr.operands
    if value.type is Ty.PTR:
        value = ir.Unary("ptrtoint", value, instr.span)
        out.append(value)
    for at, size in _pieces(instr):
        shift = 8 * (instr.size - at - size if big_endian else at)
        if isinstance(value, ir.Constant):
            part: ir.Value = ir.Constant(Ty.I32, value.value >> shift & (1 << 8 * size) - 1)
        elif isinstance(value, ir.Undef):
            part = ir.Constant(Ty.I32, 0)
        else:
            part = value
            if shift:
                part = ir.Binary("lshr", value, ir.Constant(value.type, shift), instr.span)
                out.append(part)
            if value.type is Ty.I64:
                part = ir.Unary("trunc", part, instr.span)
                out.append(part)
        out.append(ir.Store(address, instr.offset + at, size, part, volatile=instr.volatile, span=instr.span))

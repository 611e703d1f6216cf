"""Builtins and atomics that have no instruction of their own, written out in IR."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..ir import model as ir
from ..ir.model import Ty
from ..sema import tree
from ..sema import types as ct
from ..sema.compare import space_of
from . import ctypes
from .memory import constant, resize

if TYPE_CHECKING:
    from .expressions import Expressions
    from .ssa import Builder

# memcmp is written out; more than this is a loop's job
MEMCMP_LIMIT = 128


def lower_builtin(x: Expressions, e: tree.Builtin) -> ir.Value | None:
    """Lower a `__builtin_*` call; its value, None for void."""
    b = x.b
    match e.name, e.arguments:
        case ("bswap16" | "bswap32" | "bswap64"), [value]:
            return b.emit(ir.Unary(e.name, resize(b, x.value(value), Ty.I64 if e.name == "bswap64" else Ty.I32, False)))
        case ("memcpy" | "memmove" | "memcpy_inline"), [to, source, tree.Constant(value=size)]:
            align = min(_alignment(to), _alignment(source))
            target, origin = x.value(to), x.value(source)
            if size:
                b.emit(ir.MemCopy(target, origin, size, align, move=e.name == "memmove"))
            return target
        case "memset", [to, byte, tree.Constant(value=size)]:
            target = x.value(to)
            filler = resize(b, x.value(byte), Ty.I32, False)
            if size:
                b.emit(ir.MemSet(target, filler, size, _alignment(to)))
            return target
        case ("memcpy" | "memmove" | "memcpy_inline" | "memset" as name), [to, what, size]:
            # inlining and folding may make a constant of the size: code generation complains about what is left
            target, other = x.value(to), x.value(what)
            align = _alignment(to)
            if name == "memset":
                other = resize(b, other, Ty.I32, False)
            else:
                align = min(align, _alignment(what))
                name = "memmove" if name == "memmove" else "memcpy"
            b.emit(ir.Call("memory", name, [target, other, x.value(size)], Ty.NONE, number=align))
            return target
        case ("strlen" | "strcmp" | "strncmp"), values:
            # inlining may show which literals these are
            return b.emit(ir.Call("memory", e.name, [x.value(value) for value in values], ctypes.register(e.type)))
        case ("memcmp" | "bcmp"), _:
            return _memcmp(x, e)
        case "constant_p", [value]:
            scalar = ct.strip(value.type)
            wide = resize(b, x.value(value), Ty.I64, isinstance(scalar, ct.Int) and scalar.signed)
            return b.emit(ir.Unary("isconst", wide))
        case "expect", [value, expected]:
            result = x.value(value)
            x.effect(expected)
            return result
        case "unreachable", []:
            b.terminate(ir.Unreachable(b.span))
            return None
        case ("trap" | "debugtrap" as name), []:
            b.emit(ir.Call("memory", name, [], Ty.NONE))  # code generation complains if it is still there
            if name == "trap":
                b.terminate(ir.Unreachable(b.span))
            return None
        case ("popcount" | "popcountl" | "popcountll"), [value]:
            return _to_int(x, _popcount(x, x.value(value)))
        case ("ctz" | "ctzl" | "ctzll"), [value]:
            return _to_int(x, _ctz(x, x.value(value)))
        case ("clz" | "clzl" | "clzll"), [value]:
            v = x.value(value)
            return _to_int(x, _sub(x, constant(v.type, v.type.bits), _bit_length(x, v)))
        case ("ffs" | "ffsl" | "ffsll"), [value]:
            return _to_int(x, _ffs(x, x.value(value)))
        case ("add_overflow" | "sub_overflow" | "mul_overflow"), [left, right, to]:
            return _overflow(x, e.name.split("_")[0], left, right, to)
        case _:
            x.diagnostics.error(
                "E0433", e.span, f"__builtin_{e.name} is not supported here",
                fix="memory builtins need a size that is constant at compile time" if e.name.startswith("mem")
                else "write the operation out in C",
            )  # fmt: skip
            return None if ctypes.register(e.type) is Ty.NONE else ir.Undef(ctypes.register(e.type))


def _alignment(pointer: tree.Expr) -> int:
    """What the C type of a pointer, before it became `void *`, promises of the object's alignment, in bytes."""
    while isinstance(pointer, tree.Cast):
        inner = ct.strip(pointer.value.type)
        if not isinstance(inner, ct.Pointer):
            break
        pointer = pointer.value
    if isinstance(pointer, tree.AddressOf):
        return ctypes.align_of(pointer.lvalue.type)
    target = ct.strip(pointer.type)
    return ctypes.align_of(target.target) if isinstance(target, ct.Pointer) else 1


def _sub(x: Expressions, a: ir.Value, c: ir.Value) -> ir.Value:
    return x.b.emit(ir.Binary("sub", a, c))


def _to_int(x: Expressions, value: ir.Value) -> ir.Value:
    return resize(x.b, value, Ty.I32, False)


def _binary(x: Expressions, op: str, a: ir.Value, number: int) -> ir.Value:
    return x.b.emit(ir.Binary(op, a, constant(a.type, number)))


def _spread(bits: int, pattern: int) -> int:
    """`pattern`, a byte, repeated over `bits` bits."""
    return int.from_bytes(bytes([pattern]) * (bits // 8), "little")


def _popcount(x: Expressions, v: ir.Value) -> ir.Value:
    """Counts in pairs, fours, bytes; a multiplication adds the bytes up in the top one."""
    bits = v.type.bits
    v = _sub(x, v, _binary(x, "and", _binary(x, "lshr", v, 1), _spread(bits, 0x55)))
    low = _binary(x, "and", v, _spread(bits, 0x33))
    high = _binary(x, "and", _binary(x, "lshr", v, 2), _spread(bits, 0x33))
    v = x.b.emit(ir.Binary("add", low, high))
    v = _binary(x, "and", x.b.emit(ir.Binary("add", v, _binary(x, "lshr", v, 4))), _spread(bits, 0x0F))
    return _binary(x, "lshr", _binary(x, "mul", v, _spread(bits, 0x01)), bits - 8)


def _ctz(x: Expressions, v: ir.Value) -> ir.Value:
    """The bits below the lowest set one, counted."""
    below = _binary(x, "sub", v, 1)
    inverted = _binary(x, "xor", v, v.type.mask)
    return _popcount(x, x.b.emit(ir.Binary("and", below, inverted)))


def _bit_length(x: Expressions, v: ir.Value) -> ir.Value:
    """Fills all bits below the highest set one and counts."""
    shift = 1
    while shift < v.type.bits:
        v = x.b.emit(ir.Binary("or", v, _binary(x, "lshr", v, shift)))
        shift *= 2
    return _popcount(x, v)


def _ffs(x: Expressions, v: ir.Value) -> ir.Value:
    """1 + ctz, or 0 for 0: ctz(0) is the width here, so the sum is masked by v != 0."""
    count = _binary(x, "add", _to_int(x, _ctz(x, v)), 1)
    is_set = x.truth(v)
    return x.b.emit(ir.Binary("mul", count, is_set))


def _chunks(size: int, align: int) -> list[tuple[int, int]]:
    """(offset, size) pieces, as wide as the alignment allows."""
    pieces, offset = [], 0
    while offset < size:
        width = next(w for w in (8, 4, 2, 1) if w <= size - offset and w <= align)
        pieces.append((offset, width))
        offset += width
    return pieces


def _memcmp_arguments(x: Expressions, e: tree.Builtin) -> tuple[ir.Value, ir.Value, int, int] | None:
    match e.arguments:
        case [left, right, tree.Constant(value=size)] if size <= MEMCMP_LIMIT:
            align = min(_alignment(left), _alignment(right))
            return x.value(left), x.value(right), size, align
        case _:
            x.diagnostics.error(
                "E0434", e.span, f"memcmp needs a size that is constant and at most {MEMCMP_LIMIT} bytes",
                fix="compare in a loop with a constant bound",
            )  # fmt: skip
            return None


def memory_equal(x: Expressions, e: tree.Builtin, *, negate: bool) -> ir.Value:
    """memcmp(a, b, n) == 0 (or != 0): differences of wide pieces gathered with `or`, one compare at the end."""
    arguments = _memcmp_arguments(x, e)
    if arguments is None:
        return ir.Undef(Ty.I32)
    left, right, size, align = arguments
    total: ir.Value = constant(Ty.I64, 0)
    for offset, width in _chunks(size, align):
        type = Ty.I64 if width == 8 else Ty.I32
        a = x.b.emit(ir.Load(type, left, offset, width))
        c = x.b.emit(ir.Load(type, right, offset, width))
        difference = resize(x.b, x.b.emit(ir.Binary("xor", a, c)), Ty.I64, False)
        total = difference if offset == 0 else x.b.emit(ir.Binary("or", total, difference))
    return x.b.emit(ir.Compare("ne" if negate else "eq", total, constant(Ty.I64, 0)))


def _memcmp(x: Expressions, e: tree.Builtin) -> ir.Value:
    """Byte by byte, leaving at the first difference (C11 7.24.4.1: the sign counts, bytes are unsigned)."""
    arguments = _memcmp_arguments(x, e)
    if arguments is None:
        return ir.Undef(Ty.I32)
    left, right, size, _ = arguments
    result = object()
    x.b.declare(result, Ty.I32, "")
    end = x.b.new_block("end")
    x.b.write(result, constant(Ty.I32, 0))
    for offset in range(size):
        a = x.b.emit(ir.Load(Ty.I32, left, offset, 1))
        c = x.b.emit(ir.Load(Ty.I32, right, offset, 1))
        x.b.write(result, _sub(x, a, c))
        following = x.b.new_block("next")
        x.b.branch(x.b.emit(ir.Compare("ne", a, c)), end, following)
        x.b.start(following, sealed=True)
    if size:
        x.b.write(result, constant(Ty.I32, 0))
    x.b.jump(end)
    x.b.start(end, sealed=True)
    return x.b.read(result)


def _overflow(x: Expressions, op: str, left: tree.Expr, right: tree.Expr, to: tree.Expr) -> ir.Value:
    """Store the wrapped result, give 1 if it is not the true one (GCC "Integer Overflow Builtins").

    Up to 32 bits the 64-bit result is exact and compared with the stored one. 64-bit sums use the carry and sign rules;
    other mixtures of types are refused rather than guessed.
    """
    pointer = ct.strip(to.type)
    assert isinstance(pointer, ct.Pointer)
    target = ctypes.scalar(pointer.target)
    types = [ctypes.scalar(e.type) for e in (left, right)]
    address = x.value(to)
    a, c = x.value(left), x.value(right)
    assert isinstance(target, ct.Int)
    if target.size <= 4 and all(isinstance(t, ct.Int) and t.size <= 4 for t in types):
        wide = [resize(x.b, v, Ty.I64, isinstance(t, ct.Int) and t.signed) for v, t in zip((a, c), types, strict=True)]
        exact = x.b.emit(ir.Binary(op, wide[0], wide[1]))
        stored = x.convert(exact, ct.LONG, target)
        x.b.emit(ir.Store(address, 0, target.size, stored))
        back = resize(x.b, stored, Ty.I64, target.signed)
        return x.b.emit(ir.Compare("ne", back, exact))
    same = target.size == 8 and all(isinstance(t, ct.Int) and t.size == 8 and t.signed == target.signed for t in types)
    if not same or op == "mul":
        x.diagnostics.error(
            "E0435", to.span, f"__builtin_{op}_overflow on these types is not supported",
            fix="use operands and a result of one type, of 64 bits for sums or of up to 32 bits for products",
        )  # fmt: skip
        return ir.Undef(Ty.I32)
    total = x.b.emit(ir.Binary(op, a, c))
    x.b.emit(ir.Store(address, 0, 8, total))
    if not target.signed:
        return x.b.emit(ir.Compare("ult", total, a) if op == "add" else ir.Compare("ult", a, c))
    one = x.b.emit(ir.Binary("xor", a, total))
    other = x.b.emit(ir.Binary("xor", c, total) if op == "add" else ir.Binary("xor", a, c))
    both = x.b.emit(ir.Binary("and", one, other))
    return x.b.emit(ir.Compare("slt", both, constant(Ty.I64, 0)))


_NEW_VALUE = {"add": "add", "sub": "sub", "or": "or", "and": "and", "xor": "xor"}


def lower_atomic(x: Expressions, e: tree.Atomic) -> ir.Value | None:
    """Lower an atomic on 4 or 8 bytes (RFC 9669 5.3); __sync and __atomic builtins have become these."""
    pointer = x.value(e.pointer)
    operands = [x.value(operand) for operand in e.operands]
    target = ct.strip(e.pointer.type)
    assert isinstance(target, ct.Pointer)
    t = target.target
    if space_of(t):
        pointer = x.b.emit(ir.Unary("askernel", pointer))
    size = ctypes.size_of(t)
    if e.op in ("load", "store"):  # aligned accesses of up to 8 bytes are atomic; ordering needs v4 instructions
        if e.op == "store":
            x.b.emit(ir.Store(pointer, 0, size, operands[0], volatile=True))
            return None
        return x.b.emit(ir.Load(ctypes.register(t), pointer, 0, size, volatile=True))
    if size not in (4, 8):
        x.diagnostics.error(
            "E0436", e.span, f"BPF has no {size}-byte atomic operations", fix="use a 4- or 8-byte variable",
        )  # fmt: skip
        return ir.Undef(ctypes.register(e.type)) if ctypes.register(e.type) is not Ty.NONE else None
    if e.op == "nand":
        x.diagnostics.error("E0437", e.span, "BPF has no atomic nand", fix="use a compare-and-swap")
        return ir.Undef(ctypes.register(e.type))
    op, values = e.op, operands
    if op == "sub":
        op, values = "add", [x.b.emit(ir.Binary("sub", constant(operands[0].type, 0), operands[0]))]
    fetch = bool(e.fetch) or op in ("xchg", "cmpxchg")
    values = [_as_bits(x, value) for value in values]
    result: ir.Value = x.b.emit(ir.Atomic(op, pointer, 0, size, values, fetch=fetch))
    if not e.fetch:
        return None
    if e.fetch == "new":
        result = x.b.emit(ir.Binary(_NEW_VALUE[e.op], result, _as_bits(x, operands[0])))
    if ctypes.register(e.type) is Ty.PTR:
        return x.b.emit(ir.Unary("inttoptr", result))
    return result


def _as_bits(x: Expressions, value: ir.Value) -> ir.Value:
    return x.b.emit(ir.Unary("ptrtoint", value)) if value.type is Ty.PTR else value


def packet_load(b: Builder, width: str, arguments: list[ir.Value]) -> ir.Value:
    """A classic load of packet data, in host order: the program ends with 0 if it lies outside (RFC 9669 5.6)."""
    skb, offset = arguments
    size = {"byte": 8, "half": 16, "word": 32}[width]
    template = f"r6 = %{{i0}}; r0 = *(u{size} *)skb[%{{i1}}]; %{{o0}} = r0"
    clobbers = ("r0", "r1", "r2", "r3", "r4", "r5", "r6")
    return b.emit(ir.Asm(Ty.I64, template, ("r",), ("r", "ri"), [skb, offset], clobbers=clobbers, volatile=True))

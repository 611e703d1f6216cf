"""`prepare`: IR that selection can take one to one: no critical edges, no division that BPF lacks, aligned stack accesses.

    sdiv a, b   ->   s = (a ^ b) >> 63;  q = |a| / |b|;  (q ^ s) - s
    smod a, b   ->   s = a >> 63;        r = |a| % |b|;  (r ^ s) - s       where |x| = (x ^ (x >> 63)) - (x >> 63)

Signed division came with -mcpu=v4 (RFC 9669 4.1); C's quotient is truncated and the remainder has the dividend's sign
(C11 6.5.5p6), which is what these give, also for the most negative number.
"""

from __future__ import annotations

from ..ir import cfg
from ..ir import model as ir
from ..target import Target
from .align import align_stack
from .overlay import overlay
from .unify import unify
from .upper import clear_upper


def prepare(function: ir.Function, target: Target) -> None:
    """Rewrite `function` in place."""
    for block in function.blocks:
        _fold_zero_divisors(block)
        if target.cpu < 4 and any(isinstance(i, ir.Binary) and i.op in ("sdiv", "smod") for i in block.instrs):
            _expand_divisions(function, block)
        if any(isinstance(i, ir.MemCopy | ir.MemSet) for i in block.instrs):
            _expand_memory(block)
    align_stack(function, big_endian=target.big_endian)
    overlay(function)
    unify(function)
    if target.cpu >= 3:
        clear_upper(function)
    _split_conditions(function)
    cfg.split_critical_edges(function)


class _Emitter:
    """Collects new instructions of a block."""

    def __init__(self, block: ir.Block) -> None:
        self.block = block
        self.instrs: list[ir.Instr] = []
        self.span = None

    def add(self, instr: ir.Instr) -> ir.Instr:
        instr.block = self.block
        self.instrs.append(instr)
        return instr

    def binary(self, op: str, a: ir.Value, b: ir.Value) -> ir.Instr:
        return self.add(ir.Binary(op, a, b, self.span))


def _split_conditions(function: ir.Function) -> None:
    """A branch on `a or b` / `a and b` of comparisons becomes two branches: 2 slots for 8."""
    users: dict[ir.Value, int] = {}
    for block in function.blocks:
        for instr in [*block.instrs, block.terminator]:
            assert instr is not None
            for operand in instr.operands:
                users[operand] = users.get(operand, 0) + 1
    work = list(function.blocks)
    while work:
        block = work.pop()
        branch = block.terminator
        if not isinstance(branch, ir.Branch) or branch.targets[0] is branch.targets[1]:
            continue
        both = branch.operands[0]
        if not (isinstance(both, ir.Binary) and both.op in ("and", "or") and users[both] == 1 and both.block is block):
            continue
        if not all(_is_condition(operand) and users[operand] == 1 for operand in both.operands):
            continue
        first, second = both.operands
        block.instrs.remove(both)
        middle = ir.Block(f"{block.name}.{both.op}")
        function.blocks.insert(function.blocks.index(block) + 1, middle)
        then, otherwise = branch.targets
        middle.predecessors = [block]
        middle.terminator = ir.Branch(second, then, otherwise, branch.span)
        middle.terminator.block = middle
        # the edge that both conditions must agree on leaves from `middle`; the other one leaves from both blocks
        kept, moved = (0, 1) if both.op == "or" else (1, 0)
        target, index = branch.targets[moved], cfg.edge_index(block, moved)
        values = [phi.operands[cfg.edge_index(block, kept)] for phi in branch.targets[kept].phis()]
        target.predecessors[index] = middle
        cfg.add_edge(middle, branch.targets[kept], values)
        branch.operands[0] = first
        branch.targets[moved] = middle
        work += [block, middle]


def _is_condition(value: ir.Value) -> bool:
    return isinstance(value, ir.Compare) or (isinstance(value, ir.Binary) and value.op in ("and", "or")
                                             and all(_is_condition(operand) for operand in value.operands))  # fmt: skip


def _fold_zero_divisors(block: ir.Block) -> None:
    """x / 0 is 0 and x % 0 is x (RFC 9669 4.1), but the verifier refuses a constant divisor of zero."""
    for instr in block.instrs:
        if isinstance(instr, ir.Binary) and instr.op in _DIVISIONS and _is_zero(instr.operands[1]):
            # `x % 0` becomes `x | 0`, `x / 0` becomes `x & 0`
            instr.op = "or" if instr.op in ("umod", "smod") else "and"
            instr.operands[1] = ir.Constant(instr.type, 0)


_DIVISIONS = frozenset({"udiv", "sdiv", "umod", "smod"})


def _is_zero(value: ir.Value) -> bool:
    return isinstance(value, ir.Undef) or (isinstance(value, ir.Constant) and value.value == 0)


def _expand_divisions(function: ir.Function, block: ir.Block) -> None:
    out = _Emitter(block)
    for instr in block.instrs:
        if not isinstance(instr, ir.Binary) or instr.op not in ("sdiv", "smod"):
            out.instrs.append(instr)
            continue
        out.span = instr.span  # type: ignore[assignment]
        a, b = instr.operands
        top = ir.Constant(instr.type, instr.type.bits - 1)
        sign: ir.Value = out.binary("ashr", a, top)
        dividend = out.binary("sub", out.binary("xor", a, sign), sign)
        if isinstance(b, ir.Constant):
            divisor: ir.Value = ir.Constant(b.type, abs(b.signed))
            if b.signed < 0 and instr.op == "sdiv":
                sign = out.binary("xor", sign, ir.Constant(b.type, b.type.mask))
        else:
            other = out.binary("ashr", b, top)
            divisor = out.binary("sub", out.binary("xor", b, other), other)
            if instr.op == "sdiv":
                sign = out.binary("xor", sign, other)
        result = out.binary("udiv" if instr.op == "sdiv" else "umod", dividend, divisor)
        flipped = out.binary("xor", result, sign)
        # the division itself becomes the last step, so that its users need no change
        instr.op, instr.operands = "sub", [flipped, sign]
        out.instrs.append(instr)
    block.instrs = out.instrs


def _expand_memory(block: ir.Block) -> None:
    """MemCopy and MemSet that no pass has widened: as wide as their alignment says."""
    out = _Emitter(block)
    for instr in block.instrs:
        out.span = instr.span  # type: ignore[assignment]
        match instr:
            case ir.MemCopy(operands=[to, source]) if instr.size <= ir.LARGEST_EXPANSION:
                pieces = _pieces(instr.size, instr.align)
                loads = []
                for offset, size in pieces:
                    type = ir.Ty.I64 if size == 8 else ir.Ty.I32
                    load = out.add(ir.Load(type, source, offset, size, span=instr.span))
                    if instr.move:
                        loads.append(load)
                    else:
                        out.add(ir.Store(to, offset, size, load, span=instr.span))
                for (offset, size), load in zip(pieces, loads, strict=False):
                    out.add(ir.Store(to, offset, size, load, span=instr.span))
            case ir.MemSet(operands=[to, byte]) if instr.size <= ir.LARGEST_EXPANSION:
                for offset, size in _pieces(instr.size, instr.align):
                    out.add(ir.Store(to, offset, size, _repeated(out, byte, size), span=instr.span))
            case _:
                out.instrs.append(instr)
    block.instrs = out.instrs


def _pieces(size: int, align: int) -> list[tuple[int, int]]:
    pieces, offset = [], 0
    while offset < size:
        width = next(w for w in (8, 4, 2, 1) if w <= min(align, size - offset))
        pieces.append((offset, width))
        offset += width
    return pieces


def _repeated(out: _Emitter, byte: ir.Value, size: int) -> ir.Value:
    """The byte repeated over `size` bytes."""
    type = ir.Ty.I64 if size == 8 else ir.Ty.I32
    pattern = int.from_bytes(b"\1" * size, "little")
    if isinstance(byte, ir.Constant):
        return ir.Constant(type, (byte.value & 0xFF) * pattern)
    low: ir.Value = out.binary("and", byte, ir.Constant(ir.Ty.I32, 0xFF))
    if size == 8:
        low = out.add(ir.Unary("zext", low, out.span))
    return low if size == 1 else out.binary("mul", low, ir.Constant(type, pattern))

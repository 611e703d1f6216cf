"""`decode`: the instructions of a flat program as basic blocks of Python functions.

A block is a tuple of operations on the registers and an `end` that returns the next block (None: the program ends).
Nothing is refused here: an instruction that cannot be run becomes an operation that traps when it is reached.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from ...compiler.object import isa
from ...compiler.object.isa import Insn
from . import accesses, semantics
from .errors import Fault
from .memory import M64, STACK_BYTES
from .semantics import Operation, Registers

if TYPE_CHECKING:
    from ...compiler.object.program import FlatProgram

TAIL_CALL = 12  # bpf_tail_call()


End = Callable[[Registers], "Block | None"]


class Block:
    """Straight-line code. `slots` are the instructions of `operations`, `last` the slot of the one behind `end`."""

    __slots__ = ("count", "end", "last", "operations", "slots")

    def __init__(self) -> None:
        self.operations: tuple[Operation, ...] = ()
        self.slots: list[int] = []
        self.end: End = _nothing
        self.last = 0
        self.count = 0  # instructions, the last included


def _nothing(_: Registers) -> None:
    return None


class Runner(Protocol):
    """What decoded code calls: the interpreter."""

    @property
    def memory(self) -> Any:
        """The address space."""

    def map_address(self, name: str, offset: int | None) -> int:
        """Of a map, or of a byte in a data section's map."""

    def code_address(self, code: Code, slot: int) -> int:
        """Of the subprogram that starts at `slot`."""

    def helper(self, number: int, code: Code, slot: int) -> Operation:
        """The operation that calls a helper from `slot`."""

    def packet_load(self, insn: Insn) -> Operation:
        """The operation of a legacy packet load (LD_ABS, LD_IND)."""

    def enter(self, r: Registers, callee: Block, back: Block) -> Block:
        """Call a subprogram."""

    def leave(self, r: Registers) -> Block | None:
        """Return from one."""

    def tail_call(self, r: Registers, following: Block) -> Block:
        """bpf_tail_call()."""

    def may_go(self, slot: int) -> bool:
        """True while a may_goto loop may go on."""


class Code:
    """A decoded program: `blocks` by first slot."""

    def __init__(self, flat: FlatProgram) -> None:
        self.flat = flat
        self.insns = flat.insns
        self.blocks: dict[int, Block] = {}

    def block(self, slot: int) -> Block:
        """The block that starts at `slot`; one that traps, if none can."""
        if slot not in self.blocks:
            block = self.blocks[slot] = Block()
            block.last, block.count = slot, 0
            block.end = _trap("R2011", f"the program runs out of its code, to instruction {slot} of {len(self.insns)}",
                              "end every path with a return")  # fmt: skip
        return self.blocks[slot]


def decode(flat: FlatProgram, runner: Runner) -> Code:
    """All blocks of `flat`."""
    code = Code(flat)
    insns = flat.insns
    second = {slot + 1 for slot, insn in enumerate(insns) if insn.op == isa.LDDW}
    leaders = sorted(_leaders(insns) - second)
    for slot in leaders:
        if 0 <= slot < len(insns):
            code.blocks[slot] = Block()
    starts = sorted(code.blocks)
    for start, stop in zip(starts, [*starts[1:], len(insns)], strict=False):
        _fill(code, code.blocks[start], start, stop, runner)
    return code


def _leaders(insns: list[Insn]) -> set[int]:
    found = {0}
    for slot, insn in enumerate(insns):
        match insn.op & 7:
            case isa.JMP | isa.JMP32:
                kind = insn.op & 0xF0
                if kind == isa.CALL:
                    if insn.src == isa.PSEUDO_CALL:
                        found |= {slot + 1, slot + 1 + insn.imm}
                    elif insn.src == 0 and insn.imm == TAIL_CALL:
                        found.add(slot + 1)
                else:
                    found |= {slot + 1, _target(slot, insn)}
            case isa.LD if insn.op == isa.LDDW and insn.src == isa.PSEUDO_FUNC:
                found.add(slot + 1 + insn.imm)
    return found


def _target(slot: int, insn: Insn) -> int:
    if insn.op == isa.JMP32 | isa.JA:  # gotol: 32-bit offset
        return slot + 1 + insn.imm
    return slot + 1 + insn.off


def _fill(code: Code, block: Block, start: int, stop: int, runner: Runner) -> None:
    operations: list[Operation] = []
    slot = start
    while slot < stop:
        insn = code.insns[slot]
        end = _end(code, slot, insn, runner)
        if end is not None:
            block.end, block.last = end, slot
            block.count = len(operations) + 1
            break
        block.slots.append(slot)
        operations.append(_operation(code, slot, insn, runner))
        slot += 2 if insn.op == isa.LDDW else 1
    else:
        block.end, block.last = _go(code.block(slot)), slot - 1
        block.count = len(operations)
    block.operations = tuple(operations)


def _go(block: Block) -> End:
    return lambda _: block


def _end(code: Code, slot: int, insn: Insn, runner: Runner) -> End | None:
    """What an instruction that ends a block does, or None if it ends none."""
    cls = insn.op & 7
    if cls not in (isa.JMP, isa.JMP32) or slot in code.flat.externs:
        return None
    kind = insn.op & 0xF0
    if insn.dst > 10 or (insn.src > 10 and kind not in (isa.CALL, isa.JA, isa.EXIT)):
        return _unknown(insn, slot)
    following = code.block(slot + 1)
    match kind:
        case isa.EXIT if insn.op == isa.JMP | isa.EXIT:
            return runner.leave
        case isa.CALL if cls == isa.JMP:
            if insn.src == isa.PSEUDO_CALL:
                callee = code.block(slot + 1 + insn.imm)
                return lambda r: runner.enter(r, callee, following)
            if insn.src == 0 and insn.imm == TAIL_CALL:
                return lambda r: runner.tail_call(r, following)
            return None
        case isa.JA if not insn.op & isa.X:
            return _go(code.block(_target(slot, insn)))
        case isa.JCOND if insn.op == isa.JMP | isa.JCOND:
            target = code.block(_target(slot, insn))
            return lambda _: following if runner.may_go(slot) else target
        case _ if kind in semantics.JUMPS:
            row = semantics.JUMPS[kind][cls == isa.JMP32]
            imm = None if insn.op & isa.X else insn.imm
            target = code.block(_target(slot, insn))
            return semantics.branch(row, insn.dst, insn.src, imm, target, following)
    return _unknown(insn, slot)


def _operation(code: Code, slot: int, insn: Insn, runner: Runner) -> Operation:
    op, dst, src, off, imm = insn
    if slot in code.flat.externs:
        return _trap("R2022", f"the program uses '{code.flat.externs[slot].symbol}', which the kernel defines, and there "
                     "is no kernel here", "test the code around it, or run the program in the kernel")  # fmt: skip
    if dst > 10 or src > 10:
        if not (op == isa.LDDW and dst <= 10):
            return _unknown(insn, slot)
    if dst == 10 and (op & 7 in (isa.ALU, isa.ALU64, isa.LDX) or op == isa.LDDW):
        return _trap("R2010", f"instruction {slot} writes r10, the frame pointer, which is read-only", "")
    memory = runner.memory
    size = isa.SIZE_BYTES[op & 0x18]
    made: Operation | None = None
    match op & 7:
        case isa.ALU64 | isa.ALU:
            made = _arithmetic(insn, runner.memory.order == "big")
        case isa.LDX if op & 0xE0 == isa.MEM:
            frame = src == 10 and -STACK_BYTES <= off <= -size
            made = (accesses.load_frame if frame else accesses.load)(memory, dst, src, off, size)
        case isa.LDX if op & 0xE0 == isa.MEMSX and size < 8:
            made = accesses.load_signed(memory, dst, src, off, size)
        case isa.STX if op & 0xE0 == isa.MEM:
            frame = dst == 10 and -STACK_BYTES <= off <= -size
            made = (accesses.store_frame if frame else accesses.store)(memory, dst, src, off, size)
        case isa.STX if op & 0xE0 == isa.ATOMIC:
            made = accesses.atomic(memory, dst, src, off, size, imm)
        case isa.ST if op & 0xE0 == isa.MEM:
            made = accesses.store_constant(memory, dst, imm, off, size)
        case isa.LD if op == isa.LDDW:
            made = _wide(code, slot, insn, runner)
        case isa.LD if op & 0xE0 in (isa.ABS, isa.IND) and size < 8:
            made = runner.packet_load(insn)
        case isa.JMP if op == isa.JMP | isa.CALL and src == 0:
            made = runner.helper(imm, code, slot)
        case isa.JMP if op == isa.JMP | isa.CALL and src == isa.PSEUDO_KFUNC_CALL:
            made = _trap("R2022", "the program calls a kernel function (kfunc), which this machine does not have yet",
                         "test the code around it, or run the program in the kernel")  # fmt: skip
    return made or _unknown(insn, slot)


def _arithmetic(insn: Insn, big_endian: bool) -> Operation | None:
    op, dst, src, off, imm = insn
    kind, narrow = op & 0xF0, op & 7 == isa.ALU
    value = None if op & isa.X else imm
    if kind == isa.END:
        if imm not in semantics.SWAP:
            return None
        keep = narrow and (value is None) is big_endian  # with a register: to big endian (RFC 9669 4.2)
        return semantics.operation((semantics.KEEP if keep else semantics.SWAP)[imm], dst, 0, None)
    if kind == isa.MOV and off and value is None:
        if off not in ((8, 16) if narrow else (8, 16, 32)):
            return None  # 1 is addr_space_cast, for arenas
        return semantics.operation(semantics.MOVE_SIGNED[narrow], dst, src, None, sign=1 << off - 1)
    rows = semantics.SIGNED if off == 1 else semantics.ALU
    if kind not in rows or off not in (0, 1):
        return None
    if kind == isa.MOV and value is not None:
        return semantics.constant(dst, value & (0xFFFF_FFFF if narrow else M64))
    return semantics.operation(rows[kind][narrow], dst, src, value)


def _wide(code: Code, slot: int, insn: Insn, runner: Runner) -> Operation | None:
    reference = code.flat.map_refs.get(slot)
    if reference is not None:
        return semantics.constant(insn.dst, runner.map_address(reference.map, reference.offset))
    if slot + 1 >= len(code.insns):
        return None
    if insn.src == isa.PSEUDO_FUNC:
        return semantics.constant(insn.dst, runner.code_address(code, slot + 1 + insn.imm))
    if insn.src:
        return _trap("R2022", "the program takes the address of a kernel symbol (ksym), and there is no kernel here",
                     "test the code around it, or run the program in the kernel")  # fmt: skip
    return semantics.constant(insn.dst, code.insns[slot + 1].imm << 32 & M64 | insn.imm & 0xFFFF_FFFF)


def _unknown(insn: Insn, slot: int) -> Operation:
    if isa.is_space_cast(insn):
        return _trap("R2022", "the program uses an arena, which is memory that the kernel shares with a process",
                     "test the code around it, or run the program in the kernel")  # fmt: skip
    return _trap("R2012", f"instruction {slot} is none that this machine knows: opcode {insn.op:#04x}, dst {insn.dst}, "
                 f"src {insn.src}, off {insn.off}, imm {insn.imm}", "compile for -mcpu=v4 or older")  # fmt: skip


def _trap(code: str, message: str, fix: str) -> Operation:
    def operation(_: Registers) -> None:
        raise Fault(code, message, fix)

    return operation

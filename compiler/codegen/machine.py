"""Machine code before it has registers: BPF instructions whose operands are virtual or real registers.

Registers are ints: 0-9 are r0-r9, 10 is the frame pointer, from `FIRST_VIRTUAL` on they are virtual. Virtual registers
may be set more than once: phis have become moves. `Op` pseudo-instructions stand for several slots until `emit`.
"""

from __future__ import annotations

from ..object import isa
from ..object.model import RefKind
from ..records import NamedTuple, dataclass, field
from ..source import Span

FRAME = 10
FIRST_VIRTUAL = 16
ARGUMENTS = (1, 2, 3, 4, 5)
RESULT = 0
CALLER_SAVED = 0b111111  # r0-r5, as a set of bits
ALLOCATABLE = 10  # r0-r9

# pseudo opcodes: above every real one, or below (of class JMP)
ASM = -3  # inline assembly: what it reads and writes is in `Instr.asm`
LEA = 0x100  # dst = r10 + frame slot `imm` (2 slots: mov, add)
SET = 0x200  # dst = yes if condition else no; `op - SET` is the jump (3 slots); dst is written before operands are read


class Core(NamedTuple):
    """The CO-RE relocation of an instruction's offset or number: see `ir.CoreValue`."""

    kind: int
    root: int
    access: str


class AsmOperand(NamedTuple):
    """How an operand of inline assembly is written: kind is out or in (register `number` of `writes` or `reads`), number,
    symbol (`text` + number), memory (register `number` of `reads` + offset), slot (frame object `number` + offset)."""

    kind: str
    number: int = 0
    offset: int = 0
    text: str = ""
    narrow: bool = False  # the 32-bit name


@dataclass(slots=True, eq=False)
class AsmCode:
    """An asm statement on registers. `tied` registers are in `reads` and `writes`."""

    template: str  # as in `ir.Asm`
    reads: list[int] = field(default_factory=list)
    writes: list[int] = field(default_factory=list)
    early: list[int] = field(default_factory=list)  # of `writes`: share no register with what is read
    clobbers: int = 0  # registers, as bits
    operands: dict[str, AsmOperand] = field(default_factory=dict)  # o0, i1, ...
    symbols: dict[str, RefKind] = field(default_factory=dict)
    label_count: int = 0


@dataclass(slots=True, eq=False)
class Instr:
    """One instruction. `dst` and `src` are registers or -1; what they mean is up to the opcode, as in RFC 9669.

    Memory accesses: `dst` is the base of stores and atomics, `src` the base of loads. `slot`: the access is relative to
    that frame object instead of to a base register. `symbol`: what an lddw or call refers to, `imm` then the addend.
    """

    op: int
    dst: int = -1
    src: int = -1
    off: int = 0
    imm: int = 0
    span: Span | None = None
    slot: int = -1
    symbol: str = ""
    ref: RefKind | None = None
    left: int = -1  # SET: the left operand of the comparison
    yes: int = 1  # SET: the result if it holds
    no: int = 0
    origin: str = ""  # accesses, comparisons: what the pointer is; equal names are one kind of pointer to the verifier
    core: Core | None = None  # the loader changes `off` (accesses) or `imm` (others)
    arguments: int = 0  # calls: how many of r1-r5 are read; exit: 1 if r0 is
    asm: AsmCode | None = None

    @property
    def is_move(self) -> bool:
        """A 64-bit register copy (with an offset, `off` bits are sign-extended on the way)."""
        return self.op == MOV_X and not self.off

    def uses(self) -> list[int]:
        """The registers it reads."""
        op = self.op
        if op >= SET:
            return [self.left, self.src] if self.src >= 0 else [self.left]
        if op == LEA or op == isa.LDDW:
            return []
        if self.asm is not None:
            return self.asm.reads
        kind = op & 7
        if kind in (isa.ALU, isa.ALU64):
            code = op & 0xF0
            if code == isa.MOV:
                return [self.src] if op & isa.X else []
            if code in (isa.NEG, isa.END):
                return [self.dst]
            return [self.dst, self.src] if op & isa.X else [self.dst]
        if kind == isa.LDX:
            return [self.src] if self.slot < 0 else []
        if kind == isa.ST:
            return [self.dst] if self.slot < 0 else []
        if kind == isa.STX:
            used = [self.src] if self.slot >= 0 else [self.dst, self.src]
            return [*used, RESULT] if self.is_cmpxchg else used
        if op == CALL:
            return list(ARGUMENTS[: self.arguments])
        if op == EXIT:
            return [RESULT] if self.arguments else []
        if op == JUMP:
            return []
        return [self.dst, self.src] if op & isa.X else [self.dst]

    def defines(self) -> int:
        """The register it writes, or -1. Calls also clobber r1-r5; inline assembly has `writes`."""
        op = self.op
        if op >= LEA or op == isa.LDDW:
            return self.dst
        kind = op & 7
        if kind in (isa.ALU, isa.ALU64, isa.LDX):
            return self.dst
        if kind == isa.STX and op & 0xE0 == isa.ATOMIC:
            if self.is_cmpxchg:
                return RESULT
            return self.src if self.imm & isa.FETCH else -1
        return RESULT if op == CALL else -1

    def writes(self) -> list[int]:
        """The registers it writes, for what deals with inline assembly too."""
        if self.asm is not None:
            return self.asm.writes
        register = self.defines()
        return [register] if register >= 0 else []

    @property
    def is_cmpxchg(self) -> bool:
        """An atomic compare-and-exchange, which works on r0."""
        return self.op & 7 == isa.STX and self.op & 0xE0 == isa.ATOMIC and self.imm == isa.CMPXCHG

    @property
    def is_pure(self) -> bool:
        """True if it does nothing but set its register: it may be dropped when nobody reads that."""
        kind = self.op & 7
        return self.op >= LEA or self.op == isa.LDDW or kind in (isa.ALU, isa.ALU64)

    def rewrite(self, use: dict[int, int], define: dict[int, int]) -> None:
        """Replace registers that it reads by `use` and the one it writes by `define`."""
        op = self.op
        if self.asm is not None:
            self.asm.reads = [use.get(register, register) for register in self.asm.reads]
            self.asm.writes = [define.get(register, register) for register in self.asm.writes]
            self.asm.early = [define.get(register, register) for register in self.asm.early]
            return
        if op >= SET:
            self.left = use.get(self.left, self.left)
            self.src = use.get(self.src, self.src)
            self.dst = define.get(self.dst, self.dst)
            return
        writes_dst = self.defines() == self.dst and self.dst >= 0 and op != CALL
        self.src = use.get(self.src, self.src)
        self.dst = define.get(self.dst, self.dst) if writes_dst else use.get(self.dst, self.dst)


MOV_X = isa.ALU64 | isa.MOV | isa.X
MOV_K = isa.ALU64 | isa.MOV | isa.K
MOV32_X = isa.ALU | isa.MOV | isa.X
MOV32_K = isa.ALU | isa.MOV | isa.K
CALL = isa.JMP | isa.CALL
EXIT = isa.JMP | isa.EXIT
JUMP = isa.JMP | isa.JA
LONG_JUMP = isa.JMP32 | isa.JA  # since -mcpu=v4; the distance is in imm


@dataclass(slots=True, eq=False)
class MachineBlock:
    """A straight run. `branch` is the conditional jump to `targets[0]` (else to `targets[1]`), or None."""

    name: str
    instrs: list[Instr] = field(default_factory=list)
    branch: Instr | None = None
    targets: list[MachineBlock] = field(default_factory=list)
    depth: int = 0  # loops around it

    def all(self) -> list[Instr]:
        """The instructions, the branch last."""
        return [*self.instrs, self.branch] if self.branch is not None else self.instrs


@dataclass(slots=True, eq=False)
class FrameObject:
    """A stack object: a C variable or a spilled value. `offset` is from r10, negative once laid out."""

    name: str
    size: int
    align: int
    span: Span | None = None
    offset: int = 0
    spill: bool = False  # reached by whole loads and stores at offset 0 only


@dataclass(slots=True, eq=False)
class MachineFunction:
    """A function's machine code."""

    name: str
    section: str
    linkage: str
    blocks: list[MachineBlock] = field(default_factory=list)
    frame: list[FrameObject] = field(default_factory=list)
    registers: int = FIRST_VIRTUAL  # the next free virtual register
    span: Span | None = None
    cpu: int = 3
    big_endian: bool = False

    def new_register(self) -> int:
        """A fresh virtual register."""
        self.registers += 1
        return self.registers - 1


def print_function(function: MachineFunction) -> str:
    """The machine code as text, for `--stage machine`."""
    lines = [f"machine {function.name}:"]
    lines += [f"  frame {i}: {o.size} bytes, align {o.align}, {o.name}" for i, o in enumerate(function.frame)]
    for block in function.blocks:
        lines.append(f"{block.name}:")
        lines += [f"  {print_instr(instr)}" for instr in block.instrs]
        if block.branch is not None:
            names = [target.name for target in block.targets]
            lines.append(f"  {print_instr(block.branch)} {', '.join(names[:-1])} else {names[-1]}")
        elif block.targets:
            lines.append(f"  goto {block.targets[0].name}")
    return "\n".join(lines)


_ALU_TEXT = {
    isa.ADD: "+=", isa.SUB: "-=", isa.MUL: "*=", isa.DIV: "/=", isa.OR: "|=", isa.AND: "&=", isa.LSH: "<<=",
    isa.RSH: ">>=", isa.MOD: "%=", isa.XOR: "^=", isa.MOV: "=", isa.ARSH: "s>>=",
}  # fmt: skip
_JUMP_TEXT = {
    isa.JEQ: "==", isa.JGT: ">", isa.JGE: ">=", isa.JSET: "&", isa.JNE: "!=", isa.JSGT: "s>", isa.JSGE: "s>=",
    isa.JLT: "<", isa.JLE: "<=", isa.JSLT: "s<", isa.JSLE: "s<=",
}  # fmt: skip


def _register(number: int, narrow: bool = False) -> str:
    prefix = "w" if narrow else "r"
    return f"{prefix}{number}" if number < FIRST_VIRTUAL else f"%{number - FIRST_VIRTUAL}{'w' if narrow else ''}"


def print_instr(i: Instr) -> str:
    """One instruction as text, close to the assembler's."""
    text = _print_plain(i)
    return text if i.core is None else f"{text}  ; core {i.core.kind} root {i.core.root} {i.core.access}"


def _print_plain(i: Instr) -> str:
    kind, narrow = i.op & 7, i.op & 7 in (isa.ALU, isa.JMP32)
    if i.asm is not None:
        reads, writes = (", ".join(map(_register, registers)) for registers in (i.asm.reads, i.asm.writes))
        return f"asm {i.asm.template!r} reads [{reads}] writes [{writes}] clobbers {i.asm.clobbers:#x}"
    right = _register(i.src, narrow) if i.op & isa.X else str(i.imm)
    base = f"frame[{i.slot}]" if i.slot >= 0 else ""
    if i.op >= SET:
        jump = i.op - SET
        narrow = jump & 7 == isa.JMP32
        right = _register(i.src, narrow) if jump & isa.X else str(i.imm)
        test = f"{_register(i.left, narrow)} {_JUMP_TEXT[jump & 0xF0]} {right}"
        return f"{_register(i.dst)} = {test}" + ("" if (i.yes, i.no) == (1, 0) else f" ? {i.yes} : {i.no}")
    if i.op == LEA:
        return f"{_register(i.dst)} = &frame[{i.imm}]" + (f" + {i.off}" if i.off else "")
    if i.op == isa.LDDW:
        return f"{_register(i.dst)} = " + (f"{i.symbol} + {i.imm}" if i.ref else f"{i.imm:#x}") + " ll"
    if i.op == CALL:
        return f"call {i.symbol or i.imm}"
    if i.op == EXIT:
        return "exit"
    if kind in (isa.ALU, isa.ALU64):
        code = i.op & 0xF0
        if code == isa.NEG:
            return f"{_register(i.dst, narrow)} = -{_register(i.dst, narrow)}"
        if code == isa.END:
            return f"{_register(i.dst)} = bswap{i.imm} {_register(i.dst)}"
        return f"{_register(i.dst, narrow)} {_ALU_TEXT[code]} {right}"
    width = f"u{isa.SIZE_BYTES[i.op & 0x18] * 8}"
    if kind == isa.LDX:
        return f"{_register(i.dst)} = *({width} *)({base or _register(i.src)} + {i.off})"
    if kind == isa.ST:
        return f"*({width} *)({base or _register(i.dst)} + {i.off}) = {i.imm}"
    if kind == isa.STX:
        place = f"*({width} *)({base or _register(i.dst)} + {i.off})"
        if i.op & 0xE0 == isa.ATOMIC:
            return f"atomic {i.imm:#x} {place}, {_register(i.src)}"
        return f"{place} = {_register(i.src)}"
    return f"if {_register(i.dst, narrow)} {_JUMP_TEXT[i.op & 0xF0]} {right} goto"

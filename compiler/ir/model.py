"""The IR: functions of basic blocks of instructions in SSA form.

Types. A value is `i32`, `i64` or `ptr`; void instructions have type `none`. Narrow C integers live in `i32`, kept
extended from their width: `x & 0xff`, `sext8 x`. A bool is an `i32` that is 0 or 1. `none` is for instructions
without a result. Constants are unsigned: 0 <= value < 2**bits.

Memory. `load` gives zero-extended bytes: size 1, 2, 4 -> i32, size 8 -> i64 or ptr. Sign extension is an instruction
of its own. `address + offset` is part of the access. Stack objects are `alloca`s in the entry block.

The verifier's rules shape the IR: a `ptr` never passes a 32-bit operation; pointer arithmetic is `ptradd` only; a
comparison of pointers stays one (it may be a packet bounds check) and is never folded from ranges.
Every instruction has the span of the C it comes from.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from ..records import dataclass, field
from ..source import Span


class Ty(StrEnum):
    """The type of a value."""

    I32 = "i32"
    I64 = "i64"
    PTR = "ptr"
    NONE = "none"

    @property
    def bits(self) -> int:
        """The width in bits."""
        return 32 if self is Ty.I32 else 0 if self is Ty.NONE else 64

    @property
    def mask(self) -> int:
        """All ones of the width."""
        return (1 << self.bits) - 1


class Value:
    """Anything an operand can be. Values are compared by identity, `Constant`s by content."""

    __slots__ = ("type",)

    def __init__(self, type: Ty) -> None:
        self.type = type


class Constant(Value):
    """A number, kept unsigned in the width of its type. A ptr constant is null or a cast integer."""

    __slots__ = ("value",)

    def __init__(self, type: Ty, value: int) -> None:
        self.type = type
        self.value = value & type.mask

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Constant) and other.value == self.value and other.type is self.type

    def __hash__(self) -> int:
        return hash((self.value, self.type))

    @property
    def signed(self) -> int:
        """The value read as two's complement."""
        bits = self.type.bits
        return self.value - (1 << bits) if self.value >> (bits - 1) else self.value


class Undef(Value):
    """The value of a variable read before it is set; any value will do."""

    __slots__ = ()


class Parameter(Value):
    """The `index`-th argument of the function. `align`: of the packed record it points to, in bytes; 0 for others."""

    __slots__ = ("align", "index", "name")

    def __init__(self, type: Ty, index: int, name: str, *, align: int = 0) -> None:
        self.type = type
        self.index = index
        self.name = name
        self.align = align


class Instr(Value):
    """An instruction; `operands` are the values it uses. `block` is where it stands."""

    __slots__ = ("block", "operands", "span")

    block: Block
    operands: list[Value]
    span: Span | None

    def __init__(self, type: Ty, operands: list[Value], span: Span | None) -> None:
        self.type = type
        self.operands = operands
        self.span = span


class Binary(Instr):
    """add sub mul udiv sdiv umod smod and or xor shl lshr ashr, on two values of the result's type (i32 or i64).

    As in BPF: x / 0 = 0, x % 0 = x, and shift amounts are taken modulo the width (RFC 9669 4.1).
    """

    __slots__ = ("op",)

    def __init__(self, op: str, a: Value, b: Value, span: Span | None = None) -> None:
        super().__init__(a.type, [a, b], span)
        self.op = op


class Unary(Instr):
    """One operand. `op`:
    zext, sext     i32 -> i64
    trunc          i64 -> i32, the low half
    sext8, sext16  same type: extends the low 8 / 16 bits;  sext32: i64 from its low 32
    bswap16/32/64  same type: swaps the low bytes, the rest is zero (bswap64: i64 only)
    ptrtoint       ptr -> i64;   inttoptr: i64 -> ptr
    isconst        i64 -> i32, 1 if the operand has become a constant, else 0 (once that is `settled`)
    askernel       ptr -> ptr, of an object in an arena: what can be loaded from;  asarena: what user space knows it by
    """

    __slots__ = ("op",)

    def __init__(self, op: str, a: Value, span: Span | None = None) -> None:
        super().__init__(_UNARY_TYPE.get(op, a.type), [a], span)
        self.op = op


_UNARY_TYPE = {"zext": Ty.I64, "sext": Ty.I64, "trunc": Ty.I32, "ptrtoint": Ty.I64, "inttoptr": Ty.PTR, "isconst": Ty.I32}


class PtrAdd(Instr):
    """operands: base (ptr), offset in bytes (i64)."""

    __slots__ = ()

    def __init__(self, base: Value, offset: Value, span: Span | None = None) -> None:
        super().__init__(Ty.PTR, [base, offset], span)


class Compare(Instr):
    """eq ne ult ule ugt uge slt sle sgt sge on two values of one type; i32 0 or 1."""

    __slots__ = ("op",)

    def __init__(self, op: str, a: Value, b: Value, span: Span | None = None) -> None:
        super().__init__(Ty.I32, [a, b], span)
        self.op = op


class Load(Instr):
    """`size` bytes at operands[0] + offset."""

    __slots__ = ("offset", "size", "volatile")

    def __init__(self, type: Ty, address: Value, offset: int, size: int, *,
                 volatile: bool = False, span: Span | None = None) -> None:  # fmt: skip
        super().__init__(type, [address], span)
        self.offset = offset
        self.size = size
        self.volatile = volatile


class Store(Instr):
    """The low `size` bytes of operands[1] to operands[0] + offset."""

    __slots__ = ("offset", "size", "volatile")

    def __init__(self, address: Value, offset: int, size: int, value: Value, *,
                 volatile: bool = False, span: Span | None = None) -> None:  # fmt: skip
        super().__init__(Ty.NONE, [address, value], span)
        self.offset = offset
        self.size = size
        self.volatile = volatile


class Atomic(Instr):
    """add or and xor xchg cmpxchg on 4 or 8 bytes at operands[0] + offset, with operands[1:] = value, or (expected, new).

    `fetch`: the result is the old value (i32 / i64), else the type is none. xchg and cmpxchg always fetch.
    """

    __slots__ = ("fetch", "offset", "op", "size")

    def __init__(self, op: str, address: Value, offset: int, size: int, operands: list[Value], *,
                 fetch: bool, span: Span | None = None) -> None:  # fmt: skip
        type = (Ty.I64 if size == 8 else Ty.I32) if fetch else Ty.NONE
        super().__init__(type, [address, *operands], span)
        self.op = op
        self.offset = offset
        self.size = size
        self.fetch = fetch


# bytes of a MemCopy or MemSet that becomes loads and stores, as far as an offset reaches; code generation refuses larger ones
LARGEST_EXPANSION = 1 << 15


class MemCopy(Instr):
    """`size` bytes from operands[1] to operands[0]; they do not overlap unless `move`. `align`: known of both, in bytes."""

    __slots__ = ("align", "move", "size")

    def __init__(self, to: Value, source: Value, size: int, align: int, *,
                 move: bool = False, span: Span | None = None) -> None:  # fmt: skip
        super().__init__(Ty.NONE, [to, source], span)
        self.size = size
        self.align = align
        self.move = move


class MemSet(Instr):
    """`size` bytes at operands[0] become the low byte of operands[1]."""

    __slots__ = ("align", "size")

    def __init__(self, to: Value, byte: Value, size: int, align: int, *, span: Span | None = None) -> None:
        super().__init__(Ty.NONE, [to, byte], span)
        self.size = size
        self.align = align


class Alloca(Instr):
    """A stack object of `size` bytes, in the entry block; `name` is the C variable's."""

    __slots__ = ("align", "name", "size")

    def __init__(self, size: int, align: int, name: str, span: Span | None = None) -> None:
        super().__init__(Ty.PTR, [], span)
        self.size = size
        self.align = align
        self.name = name


class SymbolAddr(Instr):
    """The address of a map, of data + addend, or of a function (a callback). `kind`: map, data, function, extern; weak: an
    extern one that may be missing, and is at address 0 then."""

    __slots__ = ("addend", "kind", "symbol")

    def __init__(self, kind: str, symbol: str, addend: int = 0, span: Span | None = None) -> None:
        super().__init__(Ty.PTR, [], span)
        self.kind = kind
        self.symbol = symbol
        self.addend = addend


class CoreValue(Instr):
    """A number that the loader fills in from the kernel's types (CO-RE): i32 or i64, `value` by the types of this unit.

    `kind` is enum bpf_core_relo_kind (include/uapi/linux/bpf.h), `root` the number of the type in `tree.Unit.roots`,
    `access` the way from it to the field, or the enumerator's number. Nothing may be computed from `value`.
    """

    __slots__ = ("access", "kind", "root", "value")

    def __init__(self, type: Ty, kind: int, root: int, access: str, value: int, span: Span | None = None) -> None:
        super().__init__(type, [], span)
        self.kind = kind
        self.root = root
        self.access = access
        self.value = value


class Call(Instr):
    """A call with at most five operands. `kind`: helper (then `number`), function, extern (a kfunc), or memory: memcpy,
    memmove or memset of a size that is not yet known to be constant, or strlen, strcmp, strncmp of what is not yet known to
    be literals; operands are those of C, `number` is the alignment;
    or indirect: operands[0] is the address of a function that is not yet known, `symbol` what the program calls it.

    A helper's result is i64 or ptr as the kernel leaves it in r0; lowering truncates to the C type.
    A function's i32 arguments and result have undefined upper halves unless callee and caller are both ours and static.
    """

    __slots__ = ("kind", "number", "symbol")

    def __init__(self, kind: str, symbol: str, arguments: list[Value], type: Ty, *,
                 number: int = 0, span: Span | None = None) -> None:  # fmt: skip
        super().__init__(type, arguments, span)
        self.kind = kind
        self.symbol = symbol
        self.number = number


class Asm(Instr):
    """Inline assembly. operands are the inputs, `inputs` their constraints; `outputs` the constraints of the results: the
    first is the value of this instruction (type none without), the others are `AsmOutput`s.

    Constraints: r (a 64-bit register), w (a 32-bit one), i (a number or the address of a symbol), m (memory, the operand
    is its address), a digit (the register of that output), s (a symbol that the template names), in combinations; `r:6` is
    register 6; outputs may have & (written before all inputs are read). Clobbers are registers and "memory".

    In the template stand `%{o0}` for an output, `%{i0}` for an input, `%{l0}` for a label, `%{w:i0}` for a register's
    32-bit name, `%{=}` for a number of its own, `%%` for %. A clobber or `volatile` orders it with other memory
    operations."""

    __slots__ = ("clobbers", "inputs", "outputs", "template", "volatile")

    def __init__(self, type: Ty, template: str, outputs: tuple[str, ...], inputs: tuple[str, ...], operands: list[Value], *,
                 clobbers: tuple[str, ...] = (), volatile: bool = False, span: Span | None = None) -> None:  # fmt: skip
        super().__init__(type, operands, span)
        self.template = template
        self.outputs = outputs
        self.inputs = inputs
        self.clobbers = clobbers
        self.volatile = volatile


class AsmOutput(Instr):
    """The `index`-th result (from 1 on) of operands[0], an `Asm`, which it follows."""

    __slots__ = ("index",)

    def __init__(self, type: Ty, asm: Value, index: int, span: Span | None = None) -> None:
        super().__init__(type, [asm], span)
        self.index = index


def shape(instr: Instr) -> tuple[object, ...]:
    """What `instr` does, whatever its operands are: equal for instructions that do the same with equal operands."""
    fields = (getattr(instr, slot) for slot in type(instr).__slots__ if slot != "name")
    return (type(instr), instr.type, *(tuple(field) if isinstance(field, list) else field for field in fields))


class Phi(Instr):
    """operands[i] is the value when control comes from block.predecessors[i]."""

    __slots__ = ("name",)

    def __init__(self, type: Ty, operands: list[Value] | None = None, name: str = "", span: Span | None = None) -> None:
        super().__init__(type, operands if operands is not None else [], span)
        self.name = name


class Terminator(Instr):
    """The last instruction of a block."""

    __slots__ = ("targets",)

    targets: list[Block]

    def __init__(self, operands: list[Value], targets: list[Block], span: Span | None) -> None:
        super().__init__(Ty.NONE, operands, span)
        self.targets = targets


class Jump(Terminator):
    """Go to targets[0]."""

    __slots__ = ()

    def __init__(self, target: Block, span: Span | None = None) -> None:
        super().__init__([], [target], span)


class Branch(Terminator):
    """If operands[0] (i32) is not 0 go to targets[0], else to targets[1]. `likely`: __builtin_expect, None if unknown."""

    __slots__ = ("likely",)

    def __init__(self, condition: Value, then: Block, otherwise: Block, span: Span | None = None) -> None:
        super().__init__([condition], [then, otherwise], span)
        self.likely: bool | None = None


class AsmGoto(Terminator):
    """Inline assembly that goes to one of its labels, targets[:-1], or on to targets[-1]. The rest is as in `Asm`; it has
    no outputs, and an empty `Asm` before it says what it may do to memory."""

    __slots__ = ("clobbers", "inputs", "template")

    def __init__(self, template: str, inputs: tuple[str, ...], operands: list[Value], targets: list[Block], *,
                 clobbers: tuple[str, ...] = (), span: Span | None = None) -> None:  # fmt: skip
        super().__init__(operands, targets, span)
        self.template = template
        self.inputs = inputs
        self.clobbers = clobbers


class Return(Terminator):
    """Return operands[0], or nothing."""

    __slots__ = ()

    def __init__(self, value: Value | None = None, span: Span | None = None) -> None:
        super().__init__([value] if value is not None else [], [], span)


class Unreachable(Terminator):
    """Control cannot get here."""

    __slots__ = ()

    def __init__(self, span: Span | None = None) -> None:
        super().__init__([], [], span)


class Block:
    """Phis first, then instructions, then the terminator. `predecessors` has an entry an edge, in a fixed order.

    `unroll` on the block that a loop's back edges go to: the count of `#pragma unroll` (0: full), None without one.
    """

    __slots__ = ("instrs", "name", "predecessors", "terminator", "unroll")

    def __init__(self, name: str) -> None:
        self.name = name
        self.instrs: list[Instr] = []
        self.terminator: Terminator | None = None
        self.predecessors: list[Block] = []
        self.unroll: int | None = None

    def phis(self) -> Iterator[Phi]:
        """The phis at the head of the block."""
        for instr in self.instrs:
            if not isinstance(instr, Phi):
                return
            yield instr

    def successors(self) -> list[Block]:
        """Where control can go next; a block named twice is there twice."""
        return self.terminator.targets if self.terminator else []


@dataclass(slots=True, eq=False)
class Function:
    """A function; blocks[0] is the entry and has no predecessors."""

    name: str
    parameters: list[Parameter]
    result: Ty
    section: str = ""
    linkage: str = "global"
    inline: str = ""  # "", "always", "never", "hint"
    blocks: list[Block] = field(default_factory=list)
    span: Span | None = None
    noreturn: bool = False
    naked: bool = False  # asm statements are all its code
    big_endian: bool = False  # memory holds the most significant byte first
    exposed: bool = False  # its address is taken: others call it, with anything in the upper halves of its arguments


@dataclass(slots=True, eq=False)
class Module:
    """The functions of one unit, callees and callers in the order of the source."""

    functions: dict[str, Function] = field(default_factory=dict)
    literals: dict[str, bytes] = field(default_factory=dict)  # read-only data whose bytes are known, by symbol

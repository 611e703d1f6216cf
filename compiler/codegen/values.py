"""`Values`: which register, slot, constant or other value's register each IR value is; selection asks and emits here.

Planned before any code is made:
- a comparison that is only branched on is made where it is branched on, with the `and` of a bit test;
- arithmetic of a comparison and constants is made with it: `(a < b) << 4` chooses 16 or 0;
- stack objects, constant steps from a pointer into accesses, and map addresses for calls are made where they are used;
- zext, ptrtoint, inttoptr, and trunc where only the low half is read, are the same register as their operand.
"""

from __future__ import annotations

from ...stdlib.helpers import Arg, by_number
from ..ir import arithmetic
from ..ir import model as ir
from ..ir.dominators import DominatorTree
from ..ir.loops import natural_loops
from ..ir.model import Ty
from ..object import isa
from ..object.model import RefKind
from ..records import NamedTuple
from ..target import Target
from .machine import LEA, MOV32_K, MOV_K, MOV_X, Core, FrameObject, Instr, MachineBlock, MachineFunction

REFERENCE = {
    "map": RefKind.MAP, "data": RefKind.DATA, "function": RefKind.FUNCTION, "extern": RefKind.EXTERN, "weak": RefKind.EXTERN,
}  # fmt: skip
_SAME_BITS = frozenset({"zext", "ptrtoint", "inttoptr"})
_LOW_HALF_UNARY = frozenset({"sext", "sext8", "sext16", "bswap16", "bswap32"})


def fits32(value: int) -> bool:
    """True if a signed 32-bit immediate can hold it."""
    return -0x80000000 <= value <= 0x7FFFFFFF


def fits16(value: int) -> bool:
    """True if the offset of an access can hold it."""
    return -0x8000 <= value <= 0x7FFF


def near_frame(value: int) -> bool:
    """True if the offset of an access can hold it together with where on the stack an object is."""
    return -0x7000 <= value <= 0x7000


def core_of(value: ir.CoreValue) -> Core:
    """The relocation of the instruction that has `value`."""
    return Core(value.kind, value.root, value.access)


def _steps_by(user: ir.Instr, value: ir.Value) -> bool:
    """Whether `user` moves a pointer by `value`: back by its negative then, of which the verifier knows the bounds."""
    return isinstance(user, ir.PtrAdd) and user.operands[1] is value and user.operands[0] is not value


def _takes_ints(call: ir.Call, value: ir.Value) -> bool:
    """Whether a helper takes `value`, a C int, as any number: the kernel's side then reads the low half, as the ABI has it.
    Sizes and flags that the verifier looks at are numbers of 64 bits to it."""
    helper = by_number(call.number)
    if helper is None:
        return False
    kinds = [argument.kind for argument in helper.arguments]
    return all(
        operand is not value or (kinds[index] is Arg.ANY if index < len(kinds) else helper.variadic)
        for index, operand in enumerate(call.operands)
    )


def _goes_to(user: ir.Instr, address: ir.Value) -> bool:
    """Whether `user` is an access exactly at `address`, which it uses for nothing else."""
    return (
        isinstance(user, ir.Load | ir.Store | ir.Atomic)
        and user.operands[0] is address
        and not user.offset
        and not any(operand is address for operand in user.operands[1:])
    )


class Choice(NamedTuple):
    """A value that is `yes` if `compare` holds, else `no`."""

    compare: ir.Compare
    yes: int
    no: int


class Values:
    """The values of one function, and the place where code is being emitted."""

    def __init__(self, function: ir.Function, target: Target) -> None:
        self.function = function
        self.target = target
        self.machine = MachineFunction(function.name, function.section, function.linkage, span=function.span)
        self.blocks = {block: MachineBlock(block.name) for block in function.blocks}
        for body in natural_loops(DominatorTree(function)).values():
            for block in body:
                self.blocks[block].depth += 1
        self.registers: dict[ir.Value, int] = {}
        self.slots: dict[ir.Alloca, int] = {}
        self.users: dict[ir.Value, list[ir.Instr]] = {}
        self.readers: dict[ir.Value, list[ir.Instr]] = {}  # users of all values that share a register
        self.positions: dict[ir.Instr, int] = {}
        self.elided: dict[ir.Unary, bool] = {}
        self.origins: dict[ir.Value, str] = {}
        self.skipped: set[ir.Instr] = set()  # made where they are used
        self.choices: dict[ir.Value, Choice] = {}
        self.current = self.blocks[function.blocks[0]]
        self.span = function.span
        self._find_users()
        for block in function.blocks:
            for instr in block.instrs:
                self._plan(instr)
        for block in function.blocks:  # what is skipped must be known by now
            for instr in block.instrs:
                self._plan_choice(instr)
        for value, users in self.users.items():
            self.readers.setdefault(self.root(value), []).extend(users)

    # --- planning -------------------------------------------------------------------------------------------------

    def _find_users(self) -> None:
        for block in self.function.blocks:
            assert block.terminator is not None
            for position, instr in enumerate([*block.instrs, block.terminator]):
                self.positions[instr] = position
                for operand in instr.operands:
                    self.users.setdefault(operand, []).append(instr)

    def _plan(self, instr: ir.Instr) -> None:
        """Decide what is not an instruction where it stands."""
        users = self.users.get(instr, [])
        match instr:
            case ir.Alloca():
                self.slots[instr] = len(self.machine.frame)
                self.machine.frame.append(FrameObject(instr.name or "temporary", instr.size, instr.align, instr.span))
                self.skipped.add(instr)
            case ir.Compare():
                test = self.bit_test(instr)
                if test is not None and len(self.users[test]) == len(users) == 1:
                    self.skipped.add(test)
                if all(isinstance(user, ir.Branch) for user in users):
                    self.skipped.add(instr)
            case ir.CoreValue() if all(isinstance(user, ir.PtrAdd) and user.operands[0] is not instr for user in users):
                self.skipped.add(instr)
            case ir.Binary(op="sub", operands=[ir.Constant(value=0), _]) if all(_steps_by(user, instr) for user in users):
                self.skipped.add(instr)
            case ir.PtrAdd(operands=[_, ir.CoreValue() as step]):
                if fits16(step.value) and all(_goes_to(user, instr) for user in users):
                    self.skipped.add(instr)
            case ir.PtrAdd() if self._folds(instr):
                self.skipped.add(instr)
            case ir.SymbolAddr(kind="map" | "function") if all(isinstance(user, ir.Call) for user in users):
                self.skipped.add(instr)

    def _plan_choice(self, instr: ir.Instr) -> None:
        """Note comparisons as numbers, and what constants make of them where nobody else wants the comparison."""
        if isinstance(instr, ir.Compare):
            if instr not in self.skipped:
                self.choices[instr] = Choice(instr, 1, 0)
            return
        if not isinstance(instr, ir.Binary) or instr in self.skipped:  # a bit test is made where it is branched on
            return
        a, b = instr.operands
        operand, constant = (a, b) if isinstance(b, ir.Constant) else (b, a)
        inner = self.root(operand)
        known = self.choices.get(inner)
        if known is None or not isinstance(constant, ir.Constant) or known.compare.block is not instr.block:
            return
        if len(self.users[operand]) > 1 or len(self.users[inner]) > 1:
            return
        bits = instr.type.bits
        yes, no = (
            arithmetic.binary(instr.op, bits, *((x, constant.value) if operand is a else (constant.value, x)))
            for x in (known.yes, known.no)
        )
        if max(yes, no) <= 0x7FFFFFFF:
            self.choices[instr] = Choice(known.compare, yes, no)
            assert isinstance(inner, ir.Instr)
            self.skipped.add(inner)

    def bit_test(self, compare: ir.Compare) -> ir.Binary | None:
        """The `and` of `(a & b) ==/!= 0`, which JSET does."""
        a, b = compare.operands
        if compare.op in ("eq", "ne") and isinstance(b, ir.Constant) and b.value == 0:
            if isinstance(a, ir.Binary) and a.op == "and" and a.block is compare.block:
                return a
        return None

    def _folds(self, instr: ir.PtrAdd) -> bool:
        """Constant steps that every user can take into an access offset, or that start from the frame."""
        base, offset = self.address(instr)
        if base is instr:
            return False
        if isinstance(base, ir.Alloca):
            return True
        return all(
            (isinstance(user, ir.Load | ir.Store | ir.Atomic)
            and user.operands[0] is instr
            and not any(operand is instr for operand in user.operands[1:])
            and fits16(offset + user.offset))
            or (isinstance(user, ir.PtrAdd) and user.operands[0] is instr and isinstance(user.operands[1], ir.Constant))
            for user in self.users.get(instr, [])
        )  # fmt: skip

    def address(self, value: ir.Value) -> tuple[ir.Value, int]:
        """The base and constant offset of a pointer, through chains of constant steps."""
        offset = 0
        while isinstance(value, ir.PtrAdd) and isinstance(value.operands[1], ir.Constant):
            step = value.operands[1].signed
            if not (near_frame(offset + step) if isinstance(value.operands[0], ir.Alloca) else fits16(offset + step)):
                break
            offset += step
            value = value.operands[0]
        return value, offset

    def is_same_register(self, value: ir.Value) -> bool:
        """True for a conversion that is its operand's register."""
        if not isinstance(value, ir.Unary):
            return False
        if value.op == "trunc":
            if value not in self.elided:
                self.elided[value] = self.low_half_only(value)
            return self.elided[value]
        return value.op in _SAME_BITS

    def root(self, value: ir.Value) -> ir.Value:
        """The value whose register `value` is in."""
        while isinstance(value, ir.Unary) and self.is_same_register(value):
            value = value.operands[0]
        return value

    def low_half_only(self, value: ir.Value) -> bool:
        """True if every user of an i32 reads the low 32 bits of its register only."""
        if self.target.cpu < 3:
            return False
        for user in self.users.get(value, ()):
            match user:
                case ir.Binary() if user.type is Ty.I32:
                    continue
                case ir.Unary(op=op) if op in _LOW_HALF_UNARY:
                    continue
                case ir.Compare() | ir.Branch():
                    continue
                case ir.Store() if user.size <= 4 and user.operands[0] is not value:
                    continue
                case ir.Call(kind="helper") if _takes_ints(user, value):
                    continue
                case _:
                    return False
        return True

    def outlives(self, value: ir.Value, user: ir.Instr) -> bool:
        """Whether `value` is needed behind `user`, so that its register cannot become the result's. Numbers are best as
        the other operand; addresses made where they are used have a register of their own."""
        value = self.root(value)
        if not isinstance(value, ir.Parameter | ir.Instr):
            return True
        if value in self.skipped:
            return False
        at = self.positions[user]
        if any(other.block is not user.block or self.positions[other] > at for other in self.readers[value]):
            return True
        if isinstance(value, ir.Instr) and value.block is user.block:
            return False
        made = self.blocks[value.block].depth if isinstance(value, ir.Instr) else 0
        return self.blocks[user.block].depth > made

    def origin(self, value: ir.Value) -> str:
        """A name for what a pointer comes from; pointers of one name are of one kind to the verifier."""
        while True:
            value = self.root(value)
            if not isinstance(value, ir.PtrAdd):
                break
            value = value.operands[0]
        found = self.origins.get(value)
        if found is None:
            self.origins[value] = f"value {id(value)}"  # what a phi that leads back here sees
            found = self.origins[value] = self._origin(value)
        return found

    def _origin(self, value: ir.Value) -> str:
        match value:
            case ir.Parameter():
                return f"parameter {value.index}"
            case ir.Load(size=4):  # only a packet's ends are pointers of 32 bits
                return "packet"
            case ir.Call(kind="helper" | "extern"):
                of = value.operands[0] if value.operands else None  # a socket map's elements are sockets
                return f"call {value.symbol} {of.symbol if isinstance(of, ir.SymbolAddr) else ''}"
            case ir.SymbolAddr(kind="data"):
                return "data"
            case ir.Alloca():
                return "stack"
            case ir.Phi():
                operands = [self.root(operand) for operand in value.operands]
                names = {self.origin(operand) for operand in operands if not isinstance(operand, ir.Phi)}
                if len(names) == 1 and all(not isinstance(o, ir.Phi) or o is value for o in operands):
                    return names.pop()
        return f"value {id(value)}"

    # --- emitting -------------------------------------------------------------------------------------------------

    def emit(self, op: int, dst: int = -1, src: int = -1, off: int = 0, imm: int = 0) -> Instr:
        """Append an instruction to the current block."""
        instr = Instr(op, dst, src, off, imm, self.span)
        self.current.instrs.append(instr)
        return instr

    def new(self) -> int:
        """A fresh register."""
        return self.machine.new_register()

    def define(self, value: ir.Value) -> int:
        """The register of a value that is about to be made."""
        register = self.registers.get(value)
        if register is None:
            register = self.registers[value] = self.new()
        return register

    def use(self, value: ir.Value) -> int:
        """A register that holds `value`; constants and addresses are made here."""
        value = self.root(value)
        if isinstance(value, ir.Constant | ir.Undef) or value in self.skipped:
            register = self.new()
            self.into(register, value)
            return register
        return self.define(value) if isinstance(value, ir.Phi) else self.registers[value]

    def into(self, register: int, value: ir.Value) -> None:
        """Put `value` into a given register."""
        value = self.root(value)
        match value:
            case ir.Constant():
                self.constant(register, value)
            case ir.Undef():
                self.emit(MOV_K, register)
            case ir.Alloca() | ir.PtrAdd() if value in self.skipped:
                base, offset = self.address(value)
                if isinstance(base, ir.Alloca):
                    self.emit(LEA, register, off=offset, imm=self.slots[base])
                else:
                    self.emit(MOV_X, register, self.use(base))
                    if offset:
                        self.emit(isa.ALU64 | isa.ADD, register, imm=offset)
            case ir.SymbolAddr() if value in self.skipped:
                self.symbol(register, value)
            case ir.CoreValue() if value in self.skipped:
                self.core(register, value)
            case _:
                self.emit(MOV_X, register, self.use(value))

    def constant(self, register: int, value: ir.Constant) -> None:
        """Put a number into a register, zero-extended."""
        number = value.value if value.type is Ty.I32 else value.signed
        if fits32(number):
            self.emit(MOV_K, register, imm=number)
        elif value.value <= 0xFFFFFFFF and self.target.cpu >= 3:  # a 32-bit move zero-extends
            self.emit(MOV32_K, register, imm=value.value - (1 << 32))
        else:
            self.emit(isa.LDDW, register, imm=value.value)

    def core(self, register: int, value: ir.CoreValue) -> None:
        """Put a number that the loader fills in into a register: loaders patch the immediate of a move or an lddw."""
        small = value.type is Ty.I32 or value.kind == 0  # a field's offset
        self.emit(MOV_K if small else isa.LDDW, register, imm=value.value).core = core_of(value)

    def symbol(self, register: int, value: ir.SymbolAddr) -> None:
        """Put the address of a map, data or function into a register."""
        instr = self.emit(isa.LDDW, register, imm=value.addend)
        instr.symbol, instr.ref = value.symbol, REFERENCE[value.kind]

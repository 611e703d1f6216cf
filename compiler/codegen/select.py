"""`select`: IR to machine instructions on virtual registers.

What makes the code small and keeps the verifier content:
- an i32 is held zero-extended, so `zext` is no instruction and every copy is a 64-bit move (a packet pointer that came
  from a 32-bit context load survives it);
- `trunc` is no instruction either when all its users look at the low half only;
- a comparison is made where it is branched on; constants, stack addresses and map addresses are made where they are used;
- constant pointer arithmetic goes into the offset of the access, so that the context pointer is never modified.
"""

from __future__ import annotations

from ..diagnostics import Diagnostics
from ..ir import cfg
from ..ir import model as ir
from ..ir.dominators import DominatorTree
from ..ir.loops import natural_loops
from ..ir.model import Ty
from ..object import isa
from ..object.model import RefKind
from ..target import Target
from .machine import (
    ARGUMENTS,
    CALL,
    EXIT,
    LEA,
    MOV32_X,
    MOV_K,
    MOV_X,
    RESULT,
    SET,
    FrameObject,
    Instr,
    MachineBlock,
    MachineFunction,
)

_ALU = {
    "add": isa.ADD, "sub": isa.SUB, "mul": isa.MUL, "udiv": isa.DIV, "umod": isa.MOD, "and": isa.AND, "or": isa.OR,
    "xor": isa.XOR, "shl": isa.LSH, "lshr": isa.RSH, "ashr": isa.ARSH, "sdiv": isa.DIV, "smod": isa.MOD,
}  # fmt: skip
_COMMUTATIVE = frozenset({"add", "mul", "and", "or", "xor"})
_JUMP = {
    "eq": isa.JEQ, "ne": isa.JNE, "ugt": isa.JGT, "uge": isa.JGE, "ult": isa.JLT, "ule": isa.JLE,
    "sgt": isa.JSGT, "sge": isa.JSGE, "slt": isa.JSLT, "sle": isa.JSLE,
}  # fmt: skip
_SWAPPED = {
    "eq": "eq", "ne": "ne", "ugt": "ult", "uge": "ule", "ult": "ugt", "ule": "uge",
    "sgt": "slt", "sge": "sle", "slt": "sgt", "sle": "sge",
}  # fmt: skip
_INVERTED = {
    "eq": "ne", "ne": "eq", "ugt": "ule", "uge": "ult", "ult": "uge", "ule": "ugt",
    "sgt": "sle", "sge": "slt", "slt": "sge", "sle": "sgt",
}  # fmt: skip
_ATOMIC = {"add": isa.ADD, "or": isa.OR, "and": isa.AND, "xor": isa.XOR, "xchg": isa.XCHG, "cmpxchg": isa.CMPXCHG}
_REFERENCE = {"map": RefKind.MAP, "data": RefKind.DATA, "function": RefKind.FUNCTION, "extern": RefKind.EXTERN}
_CONSTRAINTS = frozenset({"r", "w", "i", "n", "m", "ri", "rm", "g", "X"})
_LOW_HALF_UNARY = frozenset({"sext", "sext8", "sext16", "bswap16", "bswap32"})


def select(function: ir.Function, target: Target, diagnostics: Diagnostics) -> MachineFunction:
    """Machine code for a prepared function."""
    return _Selector(function, target, diagnostics).run()


def fits32(value: int) -> bool:
    """True if a signed 32-bit immediate can hold it."""
    return -0x80000000 <= value <= 0x7FFFFFFF


def _fits16(value: int) -> bool:
    return -0x8000 <= value <= 0x7FFF


class _Selector:
    def __init__(self, function: ir.Function, target: Target, diagnostics: Diagnostics) -> None:
        self.function = function
        self.target = target
        self.diagnostics = diagnostics
        self.machine = MachineFunction(function.name, function.section, function.linkage, span=function.span)
        self.blocks = {block: MachineBlock(block.name) for block in function.blocks}
        for body in natural_loops(DominatorTree(function)).values():
            for block in body:
                self.blocks[block].depth += 1
        self.registers: dict[ir.Value, int] = {}
        self.slots: dict[ir.Alloca, int] = {}
        self.users: dict[ir.Value, list[ir.Instr]] = {}
        self.positions: dict[ir.Instr, int] = {}
        self.skipped: set[ir.Instr] = set()  # made where they are used
        self.landings: dict[ir.Phi, int] = {}
        self.current = self.blocks[function.blocks[0]]
        self.span = function.span

    def run(self) -> MachineFunction:
        for block in self.function.blocks:
            for position, instr in enumerate(block.instrs):
                self.positions[instr] = position
                for operand in instr.operands:
                    self.users.setdefault(operand, []).append(instr)
            assert block.terminator is not None
            self.positions[block.terminator] = len(block.instrs)
            for operand in block.terminator.operands:
                self.users.setdefault(operand, []).append(block.terminator)
        for block in self.function.blocks:
            for instr in block.instrs:
                self._plan(instr)
        self._incoming()
        # definitions before uses, so that values that are other values' registers are known
        order = cfg.reverse_postorder(self.function)
        for block in order:
            self._block(block)
        self.machine.blocks = [self.blocks[block] for block in order]
        return self.machine

    # --- planning -------------------------------------------------------------------------------------------------

    def _plan(self, instr: ir.Instr) -> None:
        """Decide what is not an instruction where it stands."""
        users = self.users.get(instr, [])
        match instr:
            case ir.Alloca():
                self.slots[instr] = len(self.machine.frame)
                self.machine.frame.append(FrameObject(instr.name or "temporary", instr.size, instr.align, instr.span))
                self.skipped.add(instr)
            case ir.Compare():
                if all(isinstance(user, ir.Branch) for user in users):
                    self.skipped.add(instr)
                    test = self._bit_test(instr)
                    if test is not None and len(self.users[test]) == len(users) == 1:
                        self.skipped.add(test)
            case ir.PtrAdd() if self._folds(instr):
                self.skipped.add(instr)
            case ir.SymbolAddr(kind="map" | "function") if all(isinstance(user, ir.Call) for user in users):
                self.skipped.add(instr)

    def _bit_test(self, compare: ir.Compare) -> ir.Binary | None:
        """The `and` of `(a & b) ==/!= 0`, which JSET does."""
        a, b = compare.operands
        if compare.op in ("eq", "ne") and isinstance(b, ir.Constant) and b.value == 0:
            if isinstance(a, ir.Binary) and a.op == "and" and a.block is compare.block:
                return a
        return None

    def _folds(self, instr: ir.PtrAdd) -> bool:
        """Constant steps that every user can take into an access offset, or that start from the frame."""
        base, offset = self._address(instr)
        if base is instr:
            return False
        if isinstance(base, ir.Alloca):
            return True
        return all(
            (isinstance(user, ir.Load | ir.Store | ir.Atomic)
            and user.operands[0] is instr
            and not any(operand is instr for operand in user.operands[1:])
            and _fits16(offset + user.offset))
            or (isinstance(user, ir.PtrAdd) and user.operands[0] is instr and self._folds_constant(user))
            for user in self.users.get(instr, [])
        )  # fmt: skip

    def _folds_constant(self, instr: ir.PtrAdd) -> bool:
        return isinstance(instr.operands[1], ir.Constant)

    def _address(self, value: ir.Value) -> tuple[ir.Value, int]:
        """The base and constant offset of a pointer, through chains of constant steps."""
        offset = 0
        while isinstance(value, ir.PtrAdd) and isinstance(value.operands[1], ir.Constant):
            step = value.operands[1].signed
            if not _fits16(offset + step) and not isinstance(value.operands[0], ir.Alloca):
                break
            offset += step
            value = value.operands[0]
        return value, offset

    # --- emitting -------------------------------------------------------------------------------------------------

    def emit(self, op: int, dst: int = -1, src: int = -1, off: int = 0, imm: int = 0) -> Instr:
        instr = Instr(op, dst, src, off, imm, self.span)
        self.current.instrs.append(instr)
        return instr

    def new(self) -> int:
        return self.machine.new_register()

    def define(self, value: ir.Value) -> int:
        """The register of a value that is about to be made."""
        register = self.registers.get(value)
        if register is None:
            register = self.registers[value] = self.new()
        return register

    def use(self, value: ir.Value) -> int:
        """A register that holds `value`; constants and addresses are made here."""
        match value:
            case ir.Constant():
                register = self.new()
                self._constant(register, value)
                return register
            case ir.Undef():
                register = self.new()
                self.emit(MOV_K, register)
                return register
            case ir.Alloca() | ir.PtrAdd() | ir.SymbolAddr() if value in self.skipped:
                register = self.new()
                self._into(register, value)
                return register
            case ir.Phi():
                return self.define(value)
            case _:
                return self.registers[value]

    def _into(self, register: int, value: ir.Value) -> None:
        """Put `value` into a given register."""
        match value:
            case ir.Constant():
                self._constant(register, value)
            case ir.Undef():
                self.emit(MOV_K, register)
            case ir.Alloca() | ir.PtrAdd() if value in self.skipped:
                base, offset = self._address(value)
                if isinstance(base, ir.Alloca):
                    self.emit(LEA, register, off=offset, imm=self.slots[base])
                else:
                    self.emit(MOV_X, register, self.use(base))
                    if offset:
                        self.emit(isa.ALU64 | isa.ADD, register, imm=offset)
            case ir.SymbolAddr() if value in self.skipped:
                self._symbol(register, value)
            case _:
                self.emit(MOV_X, register, self.use(value))

    def _constant(self, register: int, value: ir.Constant) -> None:
        number = value.value if value.type is Ty.I32 else value.signed
        if fits32(number):
            self.emit(MOV_K, register, imm=number)
        elif value.value <= 0xFFFFFFFF:  # a 32-bit move zero-extends
            self.emit(isa.ALU | isa.MOV, register, imm=value.value - (1 << 32))
        else:
            self.emit(isa.LDDW, register, imm=value.value)

    def _symbol(self, register: int, value: ir.SymbolAddr) -> None:
        instr = self.emit(isa.LDDW, register, imm=value.addend)
        instr.symbol, instr.ref = value.symbol, _REFERENCE[value.kind]

    def _incoming(self) -> None:
        """Arguments arrive in r1-r5. Other compilers' callers may leave anything above an int: global functions cut it."""
        if len(self.function.parameters) > len(ARGUMENTS):
            self.diagnostics.error(
                "E0503", self.function.span,
                f"'{self.function.name}' has {len(self.function.parameters)} parameters, BPF passes five",
                fix="pass a pointer to a struct that holds the others",
            )  # fmt: skip
        for parameter, register in zip(self.function.parameters, ARGUMENTS, strict=False):
            if parameter not in self.users:
                continue
            narrow = (
                parameter.type is Ty.I32 and self.function.linkage != "static" and not self._low_half_only(parameter)
            )
            self.emit(MOV32_X if narrow else MOV_X, self.define(parameter), register)
        for parameter in self.function.parameters[len(ARGUMENTS) :]:
            self.emit(MOV_K, self.define(parameter))

    def _block(self, block: ir.Block) -> None:
        self.current = self.blocks[block]
        phis = list(block.phis())
        for phi in phis:
            self.span = phi.span
            # isolated by a register of their own, the copies of several phis cannot disturb each other
            self.emit(MOV_X, self.define(phi), self._landing(phi))
        for instr in block.instrs[len(phis) :]:
            if instr in self.skipped:
                continue
            self.span = instr.span
            self._instr(instr)
        terminator = block.terminator
        assert terminator is not None
        self.span = terminator.span
        for target in terminator.targets:
            self.current.targets.append(self.blocks[target])
        if isinstance(terminator, ir.Jump):
            target = terminator.targets[0]
            index = cfg.edge_index(block, 0)
            for phi in target.phis():
                self._into(self._landing(phi), phi.operands[index])
        elif isinstance(terminator, ir.Branch):
            self._branch(terminator)
        elif isinstance(terminator, ir.Return):
            if terminator.operands:
                self._into(RESULT, terminator.operands[0])
            elif self.function.linkage != "static":
                self.emit(MOV_K, RESULT)
            self.emit(EXIT).arguments = int(bool(terminator.operands) or self.function.linkage != "static")
        else:
            self.emit(MOV_K, RESULT)
            self.emit(EXIT).arguments = 1

    def _landing(self, phi: ir.Phi) -> int:
        """The register that the predecessors' copies for `phi` go to."""
        register = self.landings.get(phi)
        if register is None:
            register = self.landings[phi] = self.new()
        return register

    def _branch(self, branch: ir.Branch) -> None:
        condition = branch.operands[0]
        if isinstance(condition, ir.Compare) and condition in self.skipped:
            self._compare_jump(condition)
            return
        if isinstance(condition, ir.Constant):  # left by a caller that does not optimize
            taken = self.current.targets[0 if condition.value else 1]
            self.current.targets = [taken]
            return
        self.current.branch = Instr(isa.JMP32 | isa.JNE, self.use(condition), imm=0, span=self.span)

    def _compare_jump(self, compare: ir.Compare) -> None:
        test = self._bit_test(compare)
        if test is not None and test in self.skipped:
            op, dst, src, imm = self._operands(isa.JSET, test.operands[0], test.operands[1])
            if compare.op == "eq":
                self.current.targets.reverse()
        else:
            op, dst, src, imm = self._comparison(compare)
        self.current.branch = Instr(op, dst, src, 0, imm, self.span)

    def _comparison(self, compare: ir.Compare) -> tuple[int, int, int, int]:
        a, b = compare.operands
        name = compare.op
        if isinstance(a, ir.Constant) and not isinstance(b, ir.Constant):
            a, b, name = b, a, _SWAPPED[name]
        return self._operands(_JUMP[name], a, b)

    def _operands(self, jump: int, a: ir.Value, b: ir.Value) -> tuple[int, int, int, int]:
        """Opcode, dst, src, imm of a conditional jump."""
        kind = isa.JMP32 if a.type is Ty.I32 else isa.JMP
        left = self.use(a)
        if isinstance(b, ir.Constant) and fits32(b.signed):
            return kind | jump, left, -1, b.signed
        return kind | jump | isa.X, left, self.use(b), 0

    # --- instructions ---------------------------------------------------------------------------------------------

    def _instr(self, instr: ir.Instr) -> None:
        match instr:
            case ir.Binary():
                self._binary(instr)
            case ir.Unary():
                self._unary(instr)
            case ir.PtrAdd(operands=[base, offset]):
                register = self.define(instr)
                if self._outlives(base, instr) and not self._outlives(offset, instr):
                    base, offset = offset, base  # the verifier takes number += pointer as well
                self._into(register, base)
                self._alu(isa.ALU64 | isa.ADD, register, offset)
            case ir.Compare():
                op, left, src, imm = self._comparison(instr)
                made = self.emit(SET + op, self.define(instr), src, imm=imm)
                made.left = left
            case ir.Load():
                self._load(instr)
            case ir.Store():
                self._store(instr)
            case ir.Atomic():
                self._atomic(instr)
            case ir.SymbolAddr():
                self._symbol(self.define(instr), instr)
            case ir.Call():
                self._call(instr)
            case ir.Asm():
                self._asm(instr)
            case _:
                raise AssertionError(f"no selection for {type(instr).__name__}")

    def _alu(self, op: int, register: int, value: ir.Value) -> None:
        """register op= value."""
        if isinstance(value, ir.Constant) and fits32(value.signed):
            self.emit(op, register, imm=value.signed)
        else:
            self.emit(op | isa.X, register, self.use(value))

    def _binary(self, instr: ir.Binary) -> None:
        a, b = instr.operands
        kind = isa.ALU if instr.type is Ty.I32 else isa.ALU64
        if instr.op in _COMMUTATIVE and self._outlives(a, instr) and not self._outlives(b, instr):
            a, b = b, a
        if instr.op == "sub" and isinstance(a, ir.Constant) and a.value == 0:
            register = self.define(instr)
            self._into(register, b)
            self.emit(kind | isa.NEG, register)
            return
        register = self.define(instr)
        if instr.op == "and" and instr.type is Ty.I64 and isinstance(b, ir.Constant) and b.value == 0xFFFFFFFF:
            self.emit(MOV32_X, register, self.use(a))
            return
        self._into(register, a)
        op = kind | _ALU[instr.op]
        if instr.op == "sub" and isinstance(b, ir.Constant) and fits32(-b.signed):
            self._alu(kind | isa.ADD, register, ir.Constant(b.type, -b.signed))
            return
        if instr.op in ("shl", "lshr", "ashr") and isinstance(b, ir.Constant):
            b = ir.Constant(b.type, b.value % instr.type.bits)  # RFC 9669 4.1: amounts are masked
        self._alu(op, register, b)
        if instr.op in ("sdiv", "smod"):
            self.current.instrs[-1].off = 1

    def _outlives(self, value: ir.Value, user: ir.Instr) -> bool:
        """Whether `value` is needed behind `user`, so that its register cannot become the result's. Numbers and addresses
        that are made where they are used are best as the other operand, or have a register of their own."""
        if not isinstance(value, ir.Parameter | ir.Instr):
            return True
        if value in self.skipped:
            return False
        at = self.positions[user]
        if any(other.block is not user.block or self.positions[other] > at for other in self.users[value]):
            return True
        if isinstance(value, ir.Instr) and value.block is user.block:
            return False
        made = self.blocks[value.block].depth if isinstance(value, ir.Instr) else 0
        return self.blocks[user.block].depth > made

    def _unary(self, instr: ir.Unary) -> None:
        source = instr.operands[0]
        match instr.op:
            case "zext" | "ptrtoint" | "inttoptr":
                # the same bits: the same register, except where a constant or an address has none of its own
                self.registers[instr] = self.use(source)
                return
            case "trunc" if self._low_half_only(instr):
                self.registers[instr] = self.use(source)
                return
        register = self.define(instr)
        match instr.op:
            case "trunc":
                self.emit(MOV32_X, register, self.use(source))
            case "sext" | "sext32" if self.target.cpu >= 4:
                self.emit(MOV_X, register, self.use(source), off=32)
            case "sext" | "sext32":
                self._extend(register, source, isa.ALU64, 32)
            case "sext8" | "sext16":
                bits = int(instr.op[4:])
                kind, width = (isa.ALU, 32) if instr.type is Ty.I32 else (isa.ALU64, 64)
                if self.target.cpu >= 4:
                    self.emit(kind | isa.MOV | isa.X, register, self.use(source), off=bits)
                else:
                    self._extend(register, source, kind, width - bits)
            case "bswap16" | "bswap32" | "bswap64":
                self._into(register, source)
                # END with the X bit converts to big endian (RFC 9669 4.2), which on little endian is a swap
                swap = isa.ALU | isa.END | (isa.K if self.target.big_endian else isa.X)
                self.emit(swap, register, imm=int(instr.op[5:]))

    def _extend(self, register: int, source: ir.Value, kind: int, amount: int) -> None:
        self._into(register, source)
        self.emit(kind | isa.LSH, register, imm=amount)
        self.emit(kind | isa.ARSH, register, imm=amount)

    def _low_half_only(self, value: ir.Value) -> bool:
        """True if every user of an i32 reads the low 32 bits of its register only."""
        for user in self.users.get(value, ()):
            match user:
                case ir.Binary() if user.type is Ty.I32:
                    continue
                case ir.Unary(op=op) if op in _LOW_HALF_UNARY:
                    continue
                case ir.Compare():
                    continue
                case ir.Store() if user.size <= 4 and user.operands[0] is not value:
                    continue
                case ir.Branch():
                    continue
                case _:
                    return False
        return True

    def _place(self, address: ir.Value, offset: int) -> tuple[int, int, int]:
        """(base register, frame slot, offset) of an access; one of the first two is -1."""
        base, step = self._address(address)
        if isinstance(base, ir.Alloca):
            return -1, self.slots[base], offset + step
        if isinstance(address, ir.PtrAdd) and (address in self.skipped or isinstance(base, ir.Parameter)):
            # a parameter may be the context, which the verifier lets nobody change before an access
            if _fits16(offset + step):
                return self.use(base), -1, offset + step
        if _fits16(offset):
            return self.use(address), -1, offset
        register = self.new()
        self._into(register, address)
        self._alu(isa.ALU64 | isa.ADD, register, ir.Constant(Ty.I64, offset))
        return register, -1, 0

    def _load(self, instr: ir.Load) -> None:
        base, slot, offset = self._place(instr.operands[0], instr.offset)
        op = isa.LDX | isa.MEM | isa.BYTES_SIZE[instr.size]
        self.emit(op, self.define(instr), base, offset).slot = slot

    def _store(self, instr: ir.Store) -> None:
        value = instr.operands[1]
        base, slot, offset = self._place(instr.operands[0], instr.offset)
        size = isa.BYTES_SIZE[instr.size]
        if isinstance(value, ir.Undef):
            value = ir.Constant(value.type, 0)
        if isinstance(value, ir.Constant):
            bits = instr.size * 8
            low = value.value & (1 << bits) - 1
            number = low - (low >> bits - 1 << bits) if bits >= 32 else low
            if fits32(number):
                self.emit(isa.ST | isa.MEM | size, base, -1, offset, number).slot = slot
                return
        self.emit(isa.STX | isa.MEM | size, base, self.use(value), offset).slot = slot

    def _atomic(self, instr: ir.Atomic) -> None:
        op = isa.STX | isa.ATOMIC | isa.BYTES_SIZE[instr.size]
        base, slot, offset = self._place(instr.operands[0], instr.offset)
        code = _ATOMIC[instr.op]
        if instr.op == "cmpxchg":
            self._into(RESULT, instr.operands[1])
            self.emit(op, base, self.use(instr.operands[2]), offset, code).slot = slot
            self.emit(MOV_X, self.define(instr), RESULT)
            return
        if not instr.fetch:
            self.emit(op, base, self.use(instr.operands[1]), offset, code).slot = slot
            return
        register = self.define(instr)
        self._into(register, instr.operands[1])
        self.emit(op, base, register, offset, code | isa.FETCH).slot = slot

    def _call(self, instr: ir.Call) -> None:
        if len(instr.operands) > len(ARGUMENTS):
            self.diagnostics.error(
                "E0503", instr.span, f"'{instr.symbol}' is called with {len(instr.operands)} arguments, BPF passes five",
                fix="pass a pointer to a struct that holds the others",
            )  # fmt: skip
        for register, value in zip(ARGUMENTS, instr.operands, strict=False):
            self._into(register, value)
        call = self.emit(CALL, imm=instr.number)
        call.arguments = len(instr.operands)
        if instr.kind != "helper":
            call.symbol = instr.symbol
            call.ref = RefKind.CALL if instr.kind == "function" else RefKind.EXTERN
        if instr.type is not Ty.NONE and instr in self.users:
            # what another compiler or the kernel returns as an int has anything in its upper half
            narrow = instr.type is Ty.I32 and not self._low_half_only(instr)
            self.emit(MOV32_X if narrow else MOV_X, self.define(instr), RESULT)

    def _asm(self, instr: ir.Asm) -> None:
        """Empty templates: they keep the optimizer from knowing a value. The input tied to the output is a copy."""
        constraints = [*instr.inputs, instr.output] if instr.output else instr.inputs
        unknown = next((c for c in constraints if c.lstrip("=+&%") not in _CONSTRAINTS and not c.isdigit()), None)
        if instr.template.strip():
            self.diagnostics.error(
                "E0510", instr.span, "inline assembly is not supported yet, except an empty template as a barrier",
                fix='write the operation in C, or keep only asm volatile("" : "+r"(x))',
            )  # fmt: skip
        elif unknown is not None:
            self.diagnostics.error(
                "E0511", instr.span, f"the constraint '{unknown}' is not supported in inline assembly",
                fix="use r (a register), i (a constant), m (memory) or the number of an output",
            )  # fmt: skip
        if instr.type is Ty.NONE:
            return
        register = self.define(instr)
        if instr.tied >= 0:
            # i32 in, i32 out: both zero-extended, as an empty template leaves them
            self._into(register, instr.operands[instr.tied])
        else:
            self.emit(MOV_K, register)

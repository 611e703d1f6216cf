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
from ..ir.model import Ty
from ..object import isa
from ..object.model import RefKind
from ..source import Span
from ..target import Target
from .arithmetic import Arithmetic
from .machine import ARGUMENTS, CALL, EXIT, MOV_K, MOV_X, RESULT, Instr, MachineFunction
from .values import Values, core_of, fits16, fits32, near_frame
from .wide import WideArithmetic

_ATOMIC = {"add": isa.ADD, "or": isa.OR, "and": isa.AND, "xor": isa.XOR, "xchg": isa.XCHG, "cmpxchg": isa.CMPXCHG}


def select(function: ir.Function, target: Target, diagnostics: Diagnostics) -> MachineFunction:
    """Machine code for a prepared function."""
    return _Selector(function, target, diagnostics).run()


class _Selector:
    def __init__(self, function: ir.Function, target: Target, diagnostics: Diagnostics) -> None:
        self.function = function
        self.target = target
        self.diagnostics = diagnostics
        self.values = Values(function, target)
        self.arithmetic = (Arithmetic if target.cpu >= 3 else WideArithmetic)(self.values)
        self.landings: dict[ir.Phi, int] = {}

    def run(self) -> MachineFunction:
        """Select all blocks: definitions before uses."""
        if not self.function.naked:
            self._incoming()
        order = cfg.reverse_postorder(self.function)
        for block in order:
            self._block(block)
        machine = self.values.machine
        machine.blocks = [self.values.blocks[block] for block in order]
        machine.cpu, machine.big_endian = self.target.cpu, self.target.big_endian
        return machine

    def _too_many(self, span: Span | None, what: str) -> None:
        self.diagnostics.error(
            "E0503", span, what,
            fix="pass a pointer to a struct that holds the others; bpf_printk() takes up to 12 values that way",
        )  # fmt: skip

    def _incoming(self) -> None:
        """Arguments arrive in r1-r5. Other compilers' callers may leave anything above an int: global functions cut it."""
        count = len(self.function.parameters)
        if count > len(ARGUMENTS):
            self._too_many(self.function.span, f"'{self.function.name}' has {count} parameters, BPF passes five")
        for parameter, register in zip(self.function.parameters, ARGUMENTS, strict=False):
            if parameter in self.values.users:
                self._arrive(parameter, register, known=self.function.linkage == "static" and not self.function.exposed)
        for parameter in self.function.parameters[len(ARGUMENTS) :]:
            self.values.emit(MOV_K, self.values.define(parameter))

    def _arrive(self, value: ir.Value, register: int, *, known: bool) -> None:
        """A value that somebody else left in a register; unless its sender is `known` to be ours, an int is cut."""
        if value.type is Ty.I32 and not known and not self.values.low_half_only(value):
            self.arithmetic.cut(self.values.define(value), register)
        else:
            self.values.emit(MOV_X, self.values.define(value), register)

    def _block(self, block: ir.Block) -> None:
        self.values.current = self.values.blocks[block]
        phis = list(block.phis())
        for phi in phis:
            self.values.span = phi.span
            # isolated by a register of their own, the copies of several phis cannot disturb each other
            self.values.emit(MOV_X, self.values.define(phi), self._landing(phi))
        for instr in block.instrs[len(phis) :]:
            if instr in self.values.skipped:
                continue
            self.values.span = instr.span
            self._instr(instr)
        terminator = block.terminator
        assert terminator is not None
        self.values.span = terminator.span
        for target in terminator.targets:
            self.values.current.targets.append(self.values.blocks[target])
        if isinstance(terminator, ir.Jump):
            target = terminator.targets[0]
            index = cfg.edge_index(block, 0)
            for phi in target.phis():
                self.values.into(self._landing(phi), phi.operands[index])
        elif isinstance(terminator, ir.Branch):
            self._branch(terminator)
        elif isinstance(terminator, ir.AsmGoto):
            self.values.current.branch = self._operands(terminator, [])
        elif isinstance(terminator, ir.Return):
            if terminator.operands:
                self.values.into(RESULT, terminator.operands[0])
            elif self._gives_zero():
                self.values.emit(MOV_K, RESULT)
            self.values.emit(EXIT).arguments = int(bool(terminator.operands) or self._gives_zero())
        elif not self.function.naked and not self._left(block):
            self.values.emit(MOV_K, RESULT)
            self.values.emit(EXIT).arguments = 1

    def _gives_zero(self) -> bool:
        """Whether a void function sets r0: global ones must, and no address of the stack may be left in it ("cannot return
        stack pointer to the caller")."""
        function = self.function
        return function.linkage != "static" or bool(self.values.slots) or any(p.type is Ty.PTR for p in function.parameters)

    def _landing(self, phi: ir.Phi) -> int:
        """The register that the predecessors' copies for `phi` go to."""
        register = self.landings.get(phi)
        if register is None:
            register = self.landings[phi] = self.values.new()
        return register

    def _branch(self, branch: ir.Branch) -> None:
        condition = branch.operands[0]
        if isinstance(condition, ir.Compare) and condition in self.values.skipped:
            self._compare_jump(condition)
            return
        if isinstance(condition, ir.Constant):  # left by a caller that does not optimize
            taken = self.values.current.targets[0 if condition.value else 1]
            self.values.current.targets = [taken]
            return
        self.values.current.branch = self.arithmetic.condition("ne", condition, ir.Constant(Ty.I32, 0))

    def _compare_jump(self, compare: ir.Compare) -> None:
        block = self.values.current
        block.branch, holds = self.arithmetic.comparison(compare)
        if not holds:
            block.targets.reverse()

    # --- instructions ---------------------------------------------------------------------------------------------

    def _instr(self, instr: ir.Instr) -> None:
        choice = self.values.choices.get(instr)
        if choice is not None:
            self.arithmetic.choice(instr, choice)
            return
        match instr:
            case ir.Binary():
                self.arithmetic.binary(instr)
            case ir.Unary():
                self.arithmetic.unary(instr)
            case ir.PtrAdd():
                self.arithmetic.step(instr)
            case ir.Load():
                self._load(instr)
            case ir.Store():
                self._store(instr)
            case ir.Atomic():
                self._atomic(instr)
            case ir.CoreValue():
                self.values.core(self.values.define(instr), instr)
            case ir.SymbolAddr():
                self.values.symbol(self.values.define(instr), instr)
            case ir.Call():
                self._call(instr)
            case ir.Asm():
                self._asm(instr)
            case ir.AsmOutput():
                pass  # made with its asm statement
            case ir.MemCopy() | ir.MemSet():  # those of any other size have been expanded
                done = "copied" if isinstance(instr, ir.MemCopy) else "set"
                self.diagnostics.error(
                    "E0505", instr.span, f"{instr.size:,} bytes are {done} here, more than {ir.LARGEST_EXPANSION:,} "
                    "in one go: BPF has no instruction for it", fix="go through them in a loop",
                )  # fmt: skip
            case _:
                raise AssertionError(f"no selection for {type(instr).__name__}")

    def _access(self, op: int, address: ir.Value, offset: int, register: int, imm: int = 0) -> None:
        """Emit an access: a load into `register`, or a store or atomic of it, or a store of `imm` if it is -1."""
        v = self.values
        base, step = v.address(address)
        place, slot, core = -1, -1, None
        if isinstance(address, ir.PtrAdd) and self._is_relocated(address, offset):
            value = address.operands[1]
            assert isinstance(value, ir.CoreValue)
            place, offset, core = v.use(address.operands[0]), value.value, core_of(value)
        elif isinstance(base, ir.Alloca) and near_frame(offset + step):
            slot, offset = v.slots[base], offset + step
        elif (
            # a parameter may be the context, which the verifier lets nobody change before an access
            isinstance(address, ir.PtrAdd)
            and (address in v.skipped or isinstance(base, ir.Parameter))
            and fits16(offset + step)
        ):
            place, offset = v.use(base), offset + step
        elif fits16(offset):
            place = v.use(address)
        else:
            place = v.new()
            v.into(place, address)
            self.arithmetic.alu(isa.ALU64 | isa.ADD, place, ir.Constant(Ty.I64, offset))
            offset = 0
        loads = op & 7 == isa.LDX
        made = v.emit(op, register if loads else place, place if loads else register, offset, imm)
        made.slot = slot
        made.core = core
        if slot < 0:
            made.origin = v.origin(address)

    def _is_relocated(self, address: ir.PtrAdd, offset: int) -> bool:
        """True if the loader is to change the access's offset: it must then be nothing but the field's."""
        value = address.operands[1]
        if not isinstance(value, ir.CoreValue) or offset or not fits16(value.value):
            return False
        return address in self.values.skipped or isinstance(self.values.root(address.operands[0]), ir.Parameter)

    def _load(self, instr: ir.Load) -> None:
        op = isa.LDX | isa.MEM | isa.BYTES_SIZE[instr.size]
        self._access(op, instr.operands[0], instr.offset, self.values.define(instr))

    def _store(self, instr: ir.Store) -> None:
        address, value = instr.operands
        size = isa.BYTES_SIZE[instr.size]
        if isinstance(value, ir.Undef):
            value = ir.Constant(value.type, 0)
        if isinstance(value, ir.Constant):
            bits = instr.size * 8
            low = value.value & (1 << bits) - 1
            number = low - (low >> bits - 1 << bits) if bits >= 32 else low
            if fits32(number):
                self._access(isa.ST | isa.MEM | size, address, instr.offset, -1, number)
                return
        self._access(isa.STX | isa.MEM | size, address, instr.offset, self.values.use(value))

    def _atomic(self, instr: ir.Atomic) -> None:
        if self.target.cpu < 3 and instr.size == 4 and (instr.fetch or instr.op != "add"):
            # as clang: those of 64 bits there are with every -mcpu, for kernel 5.12 and later
            self.diagnostics.error(
                "E0504", instr.span, f"an atomic {instr.op} of 32 bits that BPF has only since -mcpu=v3",
                fix="compile with -mcpu=v3 (kernel 5.12 and later), or use a 64-bit variable",
            )  # fmt: skip
        v = self.values
        op = isa.STX | isa.ATOMIC | isa.BYTES_SIZE[instr.size]
        address, operand = instr.operands[:2]
        code = _ATOMIC[instr.op]
        if instr.op == "cmpxchg":
            new = v.use(instr.operands[2])
            v.into(RESULT, operand)
            self._access(op, address, instr.offset, new, code)
            v.emit(MOV_X, v.define(instr), RESULT)
        elif instr.fetch:
            register = v.define(instr)
            v.into(register, operand)
            self._access(op, address, instr.offset, register, code | isa.FETCH)
        else:
            self._access(op, address, instr.offset, v.use(operand), code)

    def _call(self, instr: ir.Call) -> None:
        if instr.kind == "indirect":
            name = f" ('{instr.symbol}')" if instr.symbol else ""
            self.diagnostics.error(
                "E0431", instr.span, f"this calls through a function pointer{name}, which BPF cannot do",
                fix="call the functions by name under a switch, or choose a program with bpf_tail_call(); a pointer that an "
                "__always_inline function is given is fine",
            )  # fmt: skip
            if instr.type is not Ty.NONE:
                self.values.emit(MOV_K, self.values.define(instr))
            return
        if instr.kind == "memory" and not instr.operands:
            self.diagnostics.error("E0432", instr.span, f"__builtin_{instr.symbol} has no BPF instruction",
                                   fix="return an error code instead")  # fmt: skip
            return
        if instr.kind == "memory" and instr.type is not Ty.NONE:
            self.diagnostics.error(
                "E0433", instr.span, f"__builtin_{instr.symbol} needs strings that are known at compile time",
                fix="loop with a constant bound, or use bpf_strncmp() or bpf_probe_read_kernel_str()",
            )  # fmt: skip
            self.values.emit(MOV_K, self.values.define(instr))
            return
        if instr.kind == "memory":
            self.diagnostics.error(
                "E0433", instr.span, f"the size of this {instr.symbol} is not constant",
                fix="copy in a loop with a constant bound, or use bpf_probe_read_kernel(), bpf_skb_load_bytes() or "
                "bpf_dynptr_read(), which take a size",
            )  # fmt: skip
            return
        count = len(instr.operands)
        if count > len(ARGUMENTS):
            self._too_many(instr.span, f"'{instr.symbol}' is called with {count} arguments, BPF passes five")
        for register, value in zip(ARGUMENTS, instr.operands, strict=False):
            self.values.into(register, value)
        call = self.values.emit(CALL, imm=(instr.number & 0xFFFFFFFF ^ 0x80000000) - 0x80000000)
        call.arguments = len(instr.operands)
        if instr.kind != "helper":
            call.symbol = instr.symbol
            call.ref = RefKind.CALL if instr.kind == "function" else RefKind.EXTERN
        if instr.type is not Ty.NONE and instr in self.values.users:
            self._arrive(instr, RESULT, known=False)

    def _asm(self, instr: ir.Asm) -> None:
        """Results arrive as those of a call do. An empty template keeps the optimizer from knowing a value: a mere copy."""
        v = self.values
        results: list[ir.Instr | None] = [instr] * bool(instr.outputs) + [None] * (len(instr.outputs) - 1)
        for user in v.users.get(instr, ()):
            if isinstance(user, ir.AsmOutput):
                results[user.index] = user
        names = any(isinstance(operand, ir.SymbolAddr) for operand in instr.operands)  # ties a map, an arena, to the program
        if not names and not instr.template.strip() and not any(clobber != "memory" for clobber in instr.clobbers):
            self._barrier(instr, results)
            return
        registers = [self._pin(constraint) for constraint in instr.outputs]
        v.current.instrs.append(self._operands(instr, registers))
        for result, register, constraint in zip(results, registers, instr.outputs, strict=True):
            if result is not None and result in v.users:
                self._arrive(result, register, known="w" in constraint)

    def _pin(self, constraint: str) -> int:
        _, colon, number = constraint.partition(":")
        return int(number) if colon else self.values.new()

    def _operands(self, instr: ir.Asm | ir.AsmGoto, outputs: list[int]) -> Instr:
        from .inline_asm import select_asm  # most programs have none

        return select_asm(self.values, instr, outputs, self.diagnostics)

    def _left(self, block: ir.Block) -> bool:
        """Whether the block ends in an asm statement that control does not get behind."""
        last = block.instrs[-1] if block.instrs else None
        if not isinstance(last, ir.Asm):
            return False
        from .inline_asm import leaves

        return leaves(last)

    def _barrier(self, instr: ir.Asm, results: list[ir.Instr | None]) -> None:
        tied = {int(c): value for c, value in zip(instr.inputs, instr.operands, strict=True) if c.isdigit()}
        for index, result in enumerate(results):
            if result is None:
                continue
            register = self.values.define(result)
            if index in tied:
                # i32 in, i32 out: both zero-extended
                self.values.into(register, tied[index])
            else:
                self.values.emit(MOV_K, register)

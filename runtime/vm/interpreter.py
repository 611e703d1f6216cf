"""`Interpreter.run`: executes decoded programs: frames, helper calls, tail calls, callbacks, the budget, and traps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from ...compiler.diagnostics import Diagnostic, Note, Severity
from ...compiler.object import isa
from ...compiler.object.isa import Insn
from ...stdlib import helpers as helper_table
from .decode import Block, Code
from .errors import Fault, Trap
from .memory import M64, STACK_BYTES, Memory, Opaque, Stack
from .semantics import Operation, Registers
from .state import State

MAX_FRAMES = 8  # MAX_CALL_FRAMES, include/linux/bpf_verifier.h
MAX_TAIL_CALLS = 33  # MAX_TAIL_CALL_CNT, include/linux/bpf.h
MAX_LOOPS = 8 * 1024 * 1024  # BPF_MAX_LOOPS, include/linux/bpf.h: of may_goto and bpf_loop()
_CLOBBERED: list[Any] = [None] * 5
_Frame = tuple[Block | None, Any, Any, Any, Any, Any]  # where to go on, and the caller's r6-r10


class _Exit(Exception):
    """A legacy packet load outside the packet: the program ends with 0."""


class Interpreter:
    """Runs programs of one machine. Its methods up to `may_go` are what decoded code calls."""

    def __init__(self, state: State, data_address: Callable[[str, int | None], int],
                 tail_target: Callable[[int, int], Code | None]) -> None:  # fmt: skip
        """`data_address` gives lddw's map and data addresses, `tail_target` the program in a prog array's slot."""
        self.state = state
        self.map_address = data_address
        self._tail_target = tail_target
        self._stacks = [Stack(depth, strict=True) for depth in range(MAX_FRAMES)]
        self._tops = [state.memory.add(stack) + STACK_BYTES for stack in self._stacks]
        self._frames: list[_Frame] = []
        self._codes: list[Code] = []  # those that ran, for messages
        self._callbacks: dict[tuple[int, int], int] = {}
        self._loops: dict[tuple[int, int], int] = {}
        state.call = self.call

    @property
    def memory(self) -> Memory:
        """The address space."""
        return self.state.memory

    def run(self, code: Code, context: int) -> int:
        """Run a program with r1 = `context` to its end; r0 as 64 unsigned bits. Raises `Trap`."""
        for stack in self._stacks:
            stack.strict = self.state.env.strict_stack
        self._frames.clear()
        self._codes[:] = [code]
        self._ended = code, 0
        self._loops.clear()
        return self._execute(code.block(0), [context])

    def call(self, address: int, *arguments: int) -> int:
        """Run the subprogram at `address` from inside a helper, in a frame of its own."""
        region = self.memory.find(address)
        if not isinstance(region, Opaque) or not isinstance(region.subject, Block):
            raise Fault("R2021", f"the helper wants a function and got {address:#x}", "pass a static function")
        if len(self._frames) >= MAX_FRAMES:
            raise _too_deep()
        return self._execute(region.subject, list(arguments))

    def _execute(self, block: Block | None, arguments: list[int]) -> int:
        state, frames = self.state, self._frames
        limit = state.env.instructions
        r: Registers = [None] * 11
        r[1 : 1 + len(arguments)] = arguments
        depth = len(frames)
        self._stacks[depth].clear()
        r[10] = self._tops[depth]
        frames.append((None, None, None, None, None, None))
        operations: Any = None
        running = block
        try:
            while block is not None:
                running = block
                steps = state.steps = state.steps + block.count
                if steps > limit:
                    raise Fault("R2013", f"the program executed {limit} instructions and has not ended",
                                "give its loops a bound, or raise the limit: Machine(obj, instructions=...)")  # fmt: skip
                operations = iter(block.operations)
                for operation in operations:
                    operation(r)
                operations = None
                block = block.end(r)
        except Fault as fault:
            self._trap(fault, running, operations)
        except _Exit:
            self._frames.clear()
            return 0
        except TypeError as error:
            self._unset(error, r, running, operations)
        if r[0] is None:
            self._trap(Fault("R2010", "the program ends and r0 holds nothing", "return a value on every path"), running, None)
        if not frames and running is not None:
            self._ended = self._code_of(running) or self._codes[0], running.last
        result: int = r[0]
        return result

    # ---- what decoded code calls

    def enter(self, r: Registers, callee: Block, back: Block) -> Block:
        """Call a subprogram: r6-r10 are kept for the caller, the callee gets a stack of its own."""
        frames = self._frames
        depth = len(frames)
        if depth >= MAX_FRAMES:
            raise _too_deep()
        frames.append((back, r[6], r[7], r[8], r[9], r[10]))
        self._stacks[depth].clear()
        r[10] = self._tops[depth]
        r[6] = r[7] = r[8] = r[9] = None
        return callee

    def leave(self, r: Registers) -> Block | None:
        """Return to the caller; None from the outermost frame."""
        back, *kept = self._frames.pop()
        if back is not None:
            if r[0] is None:
                self._frames.append((back, *kept))
                raise Fault("R2010", "the function ends and r0 holds nothing", "return a value on every path")
            r[6:11] = kept
            r[1:6] = _CLOBBERED
        return back

    def tail_call(self, r: Registers, following: Block) -> Block:
        """bpf_tail_call(ctx, map, index): on to the program in the map's slot, or to the next instruction."""
        ctx, array, index = _arguments(r, 3, 3)
        state = self.state
        target = self._tail_target(array, index & 0xFFFF_FFFF)
        if target is None or state.tail_calls >= MAX_TAIL_CALLS:
            r[0:6] = [None] * 6
            return following
        state.tail_calls += 1
        self._codes.append(target)
        r[0:10] = [None] * 10
        r[1] = ctx
        self._stacks[len(self._frames) - 1].clear()
        return target.block(0)

    def may_go(self, slot: int) -> bool:
        """Count a may_goto; False once the frame's loops had their share."""
        key = (len(self._frames), slot)
        count = self._loops[key] = self._loops.get(key, 0) + 1
        return count <= MAX_LOOPS

    def code_address(self, code: Code, slot: int) -> int:
        """The address of the subprogram at `slot`."""
        key = (id(code), slot)
        if key not in self._callbacks:
            self._callbacks[key] = self.memory.add(Opaque("the code of a function", code.block(slot)))
        return self._callbacks[key]

    def helper(self, number: int, code: Code, slot: int) -> Operation:
        """The operation that calls helper `number` with as many arguments as its prototype has."""
        here = code, slot
        known = helper_table.by_number(number)
        required = len(known.arguments) if known else 0
        count = 5 if known is None or known.variadic else required
        helpers, state = self.state.helpers, self.state

        def operation(r: Registers) -> None:
            function = helpers.get(number)
            if function is None:
                raise not_simulated(number)
            state.calling = here
            result = function(state, *_arguments(r, count, required))
            r[0] = result & M64
            r[1:6] = _CLOBBERED

        return operation

    def packet_load(self, insn: Insn) -> Operation:
        """r0 = the big-endian number at a packet offset; outside the packet the program ends with 0."""
        size, indirect, state = isa.SIZE_BYTES[insn.op & 0x18], insn.op & 0xE0 == isa.IND, self.state

        def operation(r: Registers) -> None:
            packet = state.ctx().packet
            if packet is None:
                raise Fault("R2021", "a packet load, and this run has no packet")
            offset = insn.imm + ((r[insn.src] & 0xFFFF_FFFF) if indirect else 0)
            data = packet.content()
            if not 0 <= offset <= len(data) - size:
                raise _Exit
            r[0] = int.from_bytes(data[offset : offset + size], "big")
            r[1:6] = _CLOBBERED

        return operation

    # ---- traps

    def check_held(self) -> None:
        """Raise the `Trap` of a program that ended with something it had to give back."""
        for what, (code, slot) in self.state.held.values():
            fix = "call bpf_ringbuf_submit() or bpf_ringbuf_discard() on every path"
            if "lock" in what:
                fix = "call bpf_spin_unlock() on every path"
            taken = Note("taken here", code.flat.place_at(slot))
            message = f"the program ends and has not given back {what}"
            end_code, end = self._ended
            raise Trap(Diagnostic("R2030", Severity.ERROR, message, end_code.flat.place_at(end), (taken,), fix))

    def _trap(self, fault: Fault, block: Block | None, operations: Any) -> NoReturn:
        slot = _slot(block, operations)
        code = self._code_of(block)
        place = code.flat.place_at(slot) if code else None
        notes = [Note(f"instruction {slot} of program '{code.flat.name if code else self.state.program}'")]
        notes += [Note("called from here", at) for at in self._callers()]
        raise Trap(Diagnostic(fault.code, Severity.ERROR, fault.message, place, tuple(notes), fault.fix)) from None

    def _unset(self, error: TypeError, r: Registers, block: Block | None, operations: Any) -> NoReturn:
        """A TypeError is an instruction that used a register holding None; any other is our own mistake."""
        code, slot = self._code_of(block), _slot(block, operations)
        if code is None or not 0 <= slot < len(code.insns):
            raise error
        insn = code.insns[slot]
        missing = [f"r{n}" for n in _reads(insn) if n < 11 and r[n] is None]
        if not missing or insn.op == isa.JMP | isa.CALL:
            raise error
        self._trap(
            Fault("R2010", f"the instruction uses {missing[0]}, which holds nothing here: it was never set, or a call "
                  "has overwritten it (r1-r5)", "initialize the variable on every path to this line"),
            block, operations,
        )  # fmt: skip

    def _code_of(self, block: Block | None) -> Code | None:
        for code in reversed(self._codes):
            if block is not None and any(known is block for known in code.blocks.values()):
                return code
        return self._codes[-1] if self._codes else None

    def _callers(self) -> list[Any]:
        places = []
        for back, *_ in reversed(self._frames):
            code = self._code_of(back) if back is not None else None
            if code is not None and back is not None:
                starts = [slot for slot, block in code.blocks.items() if block is back]
                at = code.flat.place_at(starts[0] - 1) if starts else None
                if at is not None:
                    places.append(at)
        return places


def _reads(insn: Insn) -> list[int]:
    """The registers an instruction looks at."""
    both = [insn.dst, insn.src] if insn.op & isa.X else [insn.dst]
    match insn.op & 7:
        case isa.ALU | isa.ALU64:
            return both[1:] if insn.op & 0xF0 == isa.MOV else [insn.dst] if insn.op & 0xF0 == isa.END else both
        case isa.LDX | isa.LD:
            return [insn.src]
        case isa.ST:
            return [insn.dst]
        case isa.STX:
            return [insn.dst, insn.src, 0]
    return both


def _slot(block: Block | None, operations: Any) -> int:
    """The instruction that raised: `operations` is the iterator over the block's, None at the block's end."""
    if block is None:
        return 0
    if operations is None:
        return block.last
    left = operations.__length_hint__()
    return block.slots[len(block.operations) - left - 1] if block.operations else block.last


def _arguments(r: Registers, count: int, required: int) -> list[Any]:
    found = r[1 : 1 + count]
    if None in found and found.index(None) < required:
        register = found.index(None) + 1
        raise Fault("R2010", f"the call takes r{register}, which holds nothing here", "initialize the argument")
    return found


def _too_deep() -> Fault:
    return Fault("R2014", f"a call {MAX_FRAMES + 1} frames deep; the kernel allows {MAX_FRAMES}",
                 "turn the recursion into a loop, or inline functions")  # fmt: skip


def not_simulated(number: int) -> Fault:
    """The fault of a helper that the machine does not have."""
    known = helper_table.by_number(number)
    if known is None:
        return Fault("R2020", f"there is no helper number {number}", "check the number of the call")
    return Fault("R2020", f"{known.name}() is not simulated",
                 f'give one: machine.run(..., helpers={{"{known.name}": lambda *arguments: 0}})')  # fmt: skip

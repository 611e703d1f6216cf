"""Calls of the program's own functions: static ones are walked into, global ones stand for what their types say."""

from __future__ import annotations

from ...compiler.diagnostics import ObjectError
from ...compiler.object import isa
from ...compiler.object.btf import Btf, DeclTag, Func, FuncProto, Int, Ptr, Struct, Union, Void
from ...compiler.object.btf import Enum as BtfEnum
from ...stdlib import helpers
from .calls import invalidate_packets
from .memory import Memory
from .program import Program
from .scalar import UNKNOWN
from .state import ZERO, Def, Frame, Kind, Reg, State, number, unknown
from .verdict import Refused, Unsupported

MAX_FRAMES = 8  # MAX_CALL_FRAMES


class Subprograms:
    """Calls between functions of one program."""

    def __init__(self, program: Program, memory: Memory) -> None:
        self.program = program
        self.memory = memory
        self.globals_called: set[int] = set()

    def call(self, state: State, slot: int, target: int) -> int:
        """Enter the function at `target`, or step over it if it is global; gives the next slot. Raises `Refused`."""
        program = self.program
        if target not in program.starts:
            raise Refused("V1002", slot, "this calls into the middle of a function")
        name = program.starts[target].name
        if program.is_global(target):
            self._global(state, slot, target, name)
            return slot + 1
        if len(state.frames) >= MAX_FRAMES:
            raise Refused(
                "V1300", slot, f"more than {MAX_FRAMES} calls are nested", "there is no recursion in BPF: use a loop"
            )
        caller = state.frame
        frame = Frame([None] * 11, {}, slot, target, caller.instance.called(slot, target))
        frame.regs[1:6] = caller.regs[1:6]
        frame.regs[10] = Reg(Kind.STACK, ZERO, Def(slot), frame=len(state.frames))
        caller.regs[0:6] = [None] * 6
        state.frames.append(frame)
        return target

    def leave(self, state: State, slot: int) -> int:
        """Return to the caller; gives the next slot."""
        result = state.frame.regs[0]
        if result is not None and result.kind is Kind.STACK:
            raise Refused("V1301", slot, "this returns the address of a local variable", "return a value, or use a map",
                          [(result.made, "the address is taken here")])  # fmt: skip
        call = state.frames.pop().call
        state.frame.regs[0] = result
        state.frame.regs[1:6] = [None] * 5
        return call + 1

    def _global(self, state: State, slot: int, target: int, name: str) -> None:
        """Global functions are verified by themselves: only their types count here."""
        if state.lock is not None:
            raise Refused("V1214", slot, f"{name}() is called while a lock is held", "make it static, or unlock before",
                          [(state.lock[2], "the lock is taken here")])  # fmt: skip
        regs = state.frame.regs
        for i, (kind, size) in enumerate(parameters(self.program, target)):
            reg = regs[i + 1]
            if reg is None:
                raise Refused("V1200", slot, f"argument {i + 1} of {name}() is not set (r{i + 1})", "")
            causes = [(reg.made, "it comes from here")]
            wrong = Refused("V1206", slot, f"argument {i + 1} of {name}() is {reg.name}", "", causes)
            if kind == "ctx":
                if reg.kind is not Kind.CTX or reg.off or reg.null:
                    wrong.fix = "it must be the context, unchanged; or make the function static"
                    raise wrong
            elif kind == "int":
                if reg.kind is not Kind.SCALAR:
                    wrong.fix = "it must be a number; or make the function static"
                    raise wrong
            elif not reg.is_zero:
                self._pointer(state, slot, reg, size, wrong)
        self.globals_called.add(target)
        if self._moves_packets(target, set()):
            invalidate_packets(state, slot)
        regs[0:6] = [None] * 6
        regs[0] = unknown(slot)

    def _pointer(self, state: State, slot: int, reg: Reg, size: int, wrong: Refused) -> None:
        """What a global function gets a pointer to must be there, as many bytes as the type has."""
        there = reg.but(null=False)
        if reg.kind is Kind.STACK:
            self.memory.stack.helper(state, slot, there, size, write=True, raw=False)
        elif reg.kind in (Kind.VALUE, Kind.MEM, Kind.PACKET, Kind.PACKET_META):
            self.memory.access(slot, there, 0, size, write=False)
            self.memory.access(slot, there, 0, size, write=True)
        else:
            wrong.fix = "it must point to memory; or make the function static"
            raise wrong

    def _moves_packets(self, start: int, seen: set[int]) -> bool:
        """True if the function, or one it calls, calls a helper that moves the packet."""
        seen.add(start)
        insns = self.program.flat.insns
        ends = [s for s in self.program.starts if s > start]
        for slot in range(start, min(ends, default=len(insns))):
            insn = insns[slot]
            if insn.op != isa.JMP | isa.CALL:
                continue
            if insn.src == isa.PSEUDO_CALL:
                target = slot + 1 + insn.imm
                if target not in seen and self._moves_packets(target, seen):
                    return True
            elif insn.src == 0:
                row = helpers.by_number(insn.imm)
                if row is not None and row.invalidates_packet:
                    return True
        return False


def calls(program: Program) -> set[tuple[int, int]]:
    """(caller, callee) by first slot, reached or not. Raises `Refused` for calls to nowhere."""
    edges = set()
    for slot, insn in enumerate(program.flat.insns):
        if insn.op == isa.JMP | isa.CALL and insn.src == isa.PSEUDO_CALL and slot not in program.flat.externs:
            target = slot + 1 + insn.imm
            if target not in program.starts:
                raise Refused("V1002", slot, f"this calls slot {target}, outside of the program")
            edges.add((max(s for s in program.starts if s <= slot), target))
    return edges


def entry_registers(program: Program, start: int, memory: Memory) -> list[Reg | None]:
    """The registers at the entry of the program, or of a global function that is verified by itself."""
    regs: list[Reg | None] = [None] * 11
    regs[10] = Reg(Kind.STACK, ZERO, Def(-1))
    if not start:
        regs[1] = Reg(Kind.CTX, ZERO, Def(-1))
        return regs
    for i, (kind, size) in enumerate(parameters(program, start)):
        if kind == "ctx":
            regs[i + 1] = Reg(Kind.CTX, ZERO, Def(start))
        elif kind == "int":
            regs[i + 1] = number(UNKNOWN, Def(start))
        else:
            regs[i + 1] = Reg(
                Kind.MEM, ZERO, Def(start), id=memory.fresh(), what=f"argument {i + 1}", size=size, null=True
            )
    return regs


def _argument_tags(btf: Btf, function: int) -> dict[int, list[str]]:
    """The tags `arg:...` of a FUNC's parameters, by their number (btf_prepare_func_args)."""
    tags: dict[int, list[str]] = {}
    for _, t in btf.items():
        if isinstance(t, DeclTag) and t.type == function and t.component >= 0 and t.name.startswith("arg:"):
            tags.setdefault(t.component, []).append(t.name)
    return tags


def parameters(program: Program, start: int) -> list[tuple[str, int]]:
    """The parameters of a global function, ("int" | "ctx" | "memory", bytes) (btf_prepare_func_args). Raises `Unsupported`."""
    btf = program.obj.btf
    assert btf is not None
    found = []
    try:
        func = btf[program.starts[start].btf_id]
        proto = btf[func.type] if isinstance(func, Func) else None
        if not isinstance(proto, FuncProto):
            return []
        tags = _argument_tags(btf, program.starts[start].btf_id)
        for i, parameter in enumerate(proto.params):
            kind = btf.resolved(parameter.type)
            if tags.get(i) == ["arg:ctx"]:
                found.append(("ctx", 0))
                continue
            if i in tags:
                raise Unsupported(start, f"arguments with the tag {', '.join(tags[i])} are not modelled")
            if isinstance(kind, Int | BtfEnum):
                found.append(("int", 0))
                continue
            target = btf.resolved(kind.type) if isinstance(kind, Ptr) else None
            name = getattr(target, "name", "")
            if isinstance(target, Struct) and name and name == program.section.program.context:
                found.append(("ctx", 0))
            elif isinstance(kind, Ptr) and isinstance(target, Struct | Union | Int | BtfEnum):
                found.append(("memory", btf.size_of(kind.type)))
            elif i == 0 and isinstance(target, Void) and not program.section.program.context:
                raise Unsupported(start, f"the context of {program.type} programs as an argument is not modelled")
            else:
                raise Refused("V1306", start, f"parameter {i + 1} of the global function '{program.starts[start].name}' "
                              "has a type of which the kernel knows no size",
                              "make the function static, or pass a struct")  # fmt: skip
    except ObjectError as error:
        raise Unsupported(start, f"the types of '{program.starts[start].name}' are broken: {error}") from None
    return found

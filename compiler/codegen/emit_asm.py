"""`InlineAssembly`: the asm statements of one function, assembled in their place among its instructions."""

from __future__ import annotations

import re
from bisect import bisect_right

from ...stdlib.helpers import by_name
from ..diagnostics import Diagnostics
from ..object import isa
from ..object.asm_code import AsmError, Code, Open
from ..object.asm_parser import parse_asm
from ..object.model import Reference, RefKind
from ..records import dataclass
from ..source import SourceMap, Span
from .inline_asm import LABEL, asm_text
from .machine import Instr, MachineBlock, MachineFunction

_JUMP_REACH = 0x7FFF
_PARTS = re.compile(r"(%%|%\{[^}]*\})")


@dataclass(slots=True)
class _Placed:
    """A statement's code from slot `start` on; `labels` are where asm goto may go."""

    instr: Instr
    code: Code
    start: int
    labels: list[MachineBlock]


class InlineAssembly:
    """Collects statements while a function is emitted; jumps are connected at the end."""

    def __init__(self, function: MachineFunction, sources: SourceMap, diagnostics: Diagnostics) -> None:
        self.function = function
        self.sources = sources
        self.diagnostics = diagnostics
        self.placed: list[_Placed] = []
        self.failed: set[Instr] = set()

    def begin(self) -> None:
        """The function is emitted (again) from its start."""
        self.placed = []

    def put(self, instr: Instr, insns: list[isa.Insn], references: list[Reference], labels: list[MachineBlock]) -> None:
        """Append the statement's instructions and references."""
        assert instr.asm is not None
        text, _ = asm_text(instr.asm, self.function, len(self.placed))
        try:
            code = parse_asm(text, big_endian=self.function.big_endian)
            found = [self._refer(instr, code, item, len(insns)) for item in code.open]
        except AsmError as problem:
            self._fail(instr, problem)
            return
        references += [reference for reference in found if reference is not None]
        self.placed.append(_Placed(instr, code, len(insns), labels))
        insns += code.insns

    def _refer(self, instr: Instr, code: Code, item: Open, start: int) -> Reference | None:
        """The reference for a name that is no label of the text."""
        assert instr.asm is not None
        if item.kind in ("jump", "long") or code.find(item.name, item.slot) is not None:
            return None
        kind = instr.asm.symbols.get(item.name)
        insn = code.insns[item.slot]
        if item.kind == "symbol":
            if kind is None:  # the loader writes the number there: cilium/ebpf's and ebpf-manager's load-time constants
                kind = RefKind.EXTERN
            code.insns[item.slot : item.slot + 2] = isa.lddw(insn.dst, 0)
            return Reference(start + item.slot, RefKind.FUNCTION if kind is RefKind.CALL else kind, item.name, item.addend)
        if kind in (RefKind.FUNCTION, RefKind.CALL):
            return Reference(start + item.slot, RefKind.CALL, item.name)
        if kind is RefKind.EXTERN:
            code.insns[item.slot] = insn._replace(src=isa.PSEUDO_KFUNC_CALL)
            return Reference(start + item.slot, RefKind.EXTERN, item.name)
        helper = by_name(item.name)
        if helper is None:
            raise AsmError(f"there is no function '{item.name}' in this file", item.offset, "declare it, or call a helper")
        code.insns[item.slot] = insn._replace(src=0, imm=helper.number)
        return None

    def connect(self, insns: list[isa.Insn], starts: dict[MachineBlock, int]) -> None:
        """Fill in the distances of jumps, once it is known where blocks start."""
        for placed in self.placed:
            try:
                self._connect(placed, insns, starts)
            except AsmError as problem:
                self._fail(placed.instr, problem)

    def _connect(self, placed: _Placed, insns: list[isa.Insn], starts: dict[MachineBlock, int]) -> None:
        code, start = placed.code, placed.start

        def find(name: str, slot: int, offset: int) -> int:
            if name.startswith(LABEL):
                return starts[placed.labels[int(name[len(LABEL) :])]] - start
            found = code.find(name, slot)
            if found is None:
                raise AsmError(f"there is no label '{name}' in this asm statement", offset, "jump to C labels with asm goto")
            return found

        code.put_data(find)
        for run in code.data:
            count = len(run.bytes) // 8
            insns[start + run.slot : start + run.slot + count] = code.insns[run.slot : run.slot + count]
        for item in code.open:
            if item.kind in ("call", "symbol") and code.find(item.name, item.slot) is None:
                continue
            distance = find(item.name, item.slot, item.offset) - item.slot - 1
            at = start + item.slot
            if item.kind == "symbol":
                insns[at : at + 2] = isa.lddw(insns[at].dst, distance, isa.PSEUDO_FUNC)
            elif item.kind == "jump":
                if not -_JUMP_REACH - 1 <= distance <= _JUMP_REACH:
                    raise AsmError(f"a jump spans {distance} instructions, BPF jumps reach 32767", item.offset, "use gotol")
                insns[at] = insns[at]._replace(off=distance)
            else:
                insns[at] = insns[at]._replace(imm=distance)

    def _fail(self, instr: Instr, problem: AsmError) -> None:
        if instr in self.failed:
            return
        self.failed.add(instr)
        assert instr.asm is not None
        text, places = asm_text(instr.asm, self.function, 0)
        start, end = _statement(text, problem.offset)
        line = text[start:end].strip()
        message = f"{problem.message}: {line!r}" if line else problem.message
        span: Span | None = instr.span
        notes: list[tuple[str, Span | int | None]] = []
        if span is not None:
            index = bisect_right(places, (problem.offset, len(instr.asm.template))) - 1
            at = places[index][1] + problem.offset - places[index][0]
            loc = self._locate(span, instr.asm.template, at)
            if loc >= 0 and span.first >= 0:
                span = Span.at(loc)
            elif loc >= 0:
                notes = [("in this template", loc)]
        self.diagnostics.error("E0510", span, message, fix=problem.fix, notes=notes)

    def _locate(self, span: Span, template: str, offset: int) -> int:
        """Where `offset` of a template is in the source of the asm statement; -1 if its text there looks different."""
        first, last = self.sources.spelling(span.first), self.sources.spelling(span.last)
        file = next((f for f in self.sources.files if f.base <= first <= last <= f.base + len(f.text)), None)
        if file is None:
            return -1
        start, end = _statement(template, offset)
        before, behind = (
            "".join(r"%\w?(?:\[\w+\]|\d+|=|%)" if part.startswith("%") else re.escape(part) for part in _PARTS.split(text))
            for text in (template[start:offset].lstrip(), template[offset:end].rstrip())
        )
        found = re.compile(f"({before}){behind}").search(file.text, first - file.base, last - file.base)
        return file.base + found.end(1) if found and (before or behind) else -1


def _statement(text: str, offset: int) -> tuple[int, int]:
    """Where the statement around `offset` starts and ends."""
    start = max(text.rfind("\n", 0, offset), text.rfind(";", 0, offset)) + 1
    ends = [end for end in (text.find("\n", offset), text.find(";", offset)) if end >= 0]
    return start, min(ends, default=len(text))

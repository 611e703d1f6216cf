"""`Relocator`: puts what CO-RE relocations ask of the kernel's types into a program's instructions.

| instruction           | gets the number as its | what may be changed besides                                     |
|-----------------------|------------------------|-----------------------------------------------------------------|
| load, store           | offset                 | its width, if the kernel's pointer or unsigned integer has another |
| arithmetic, K         | imm                    |                                                                 |
| lddw                  | 64-bit value           |                                                                 |
| any, if there is none | (a call of no helper)  | which the verifier takes in code that cannot be reached         |

Facts: libbpf's relo_core.c; the result is that of libbpf, instruction by instruction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Protocol

from ...compiler.diagnostics import Diagnostic, Note, Severity
from ...compiler.object import btf as b
from ...compiler.object import isa
from ...compiler.object.core_kinds import TYPE_ID_LOCAL, essential
from ...compiler.object.isa import BYTES_SIZE, LDDW, SIZE_BYTES, Insn
from ...compiler.object.model import CoreRelocation
from ...compiler.object.program import FlatProgram
from ...compiler.source import Place
from .core_spec import AmbiguousRelocation, BadRelocation, Spec, local_spec, match_spec
from .core_types import Types, same_kind
from .core_values import Value, calculate
from .syscall import LoadError

_NO_ACCESS = (0, b.Void())  # bit-fields, and what is no place of a field
POISON = 0xBAD2310  # the helper that poisoned instructions call; libbpf's number, so that its users know it


class Kernel(Protocol):
    """The types that programs are relocated to."""

    path: str

    def candidates(self, name: str) -> Iterator[tuple[Types, int, b.BtfType]]:
        """(types, id, type) of all types called `name`, by any flavor of it."""
        ...


@dataclass(frozen=True, slots=True)
class _Decision:
    """What becomes of an instruction: a number, or none (`value` None: it is poisoned)."""

    value: Value | None
    spec: Spec | None


class Relocator:
    """Relocates the instructions of one object to one kernel."""

    def __init__(self, local: b.Btf, kernel: Kernel) -> None:
        self.local = local
        self.kernel = kernel
        self._candidates: dict[int, list[tuple[Types, int]]] = {}
        self._decisions: dict[tuple[int, str, int], tuple[Value, _Decision]] = {}

    def relocate(self, flat: FlatProgram) -> None:
        """Apply all of a program's relocations. Raises `LoadError`."""
        for relocation in flat.core:
            lack = self.apply(flat.insns, relocation, flat.place_at(relocation.at), f"program '{flat.name}'")
            if lack is not None:
                flat.lacking[relocation.at] = lack
        flat.core.clear()

    def apply(
        self, insns: list[Insn], relocation: CoreRelocation, place: Place | None, where: str
    ) -> Diagnostic | None:
        """Change `insns`; `where` and `place` are for messages. Gives what the kernel lacks, if anything: the instruction calls
        no helper then, and the verifier refuses the program if it can come there.

        Raises `LoadError` for a relocation that makes no sense or that could mean several things.
        """
        try:
            mine, decision = self._decide(relocation)
            problem = self._patch(insns, relocation.at, mine, decision)
        except AmbiguousRelocation as reason:
            raise LoadError(Diagnostic(
                "L3062", Severity.ERROR, f"{where}: {reason}", place,
                fix="name the type more closely: declare what tells the two apart in a `___flavor` of it",
            )) from None  # fmt: skip
        except BadRelocation as reason:
            raise LoadError(Diagnostic(
                "L3060", Severity.ERROR, f"{where}: a CO-RE relocation is broken: {reason}", place,
                fix="compile the program again; if that does not help, report it to the compiler's authors",
            )) from None  # fmt: skip
        if problem is None:
            return None
        return self._lacking(relocation, place, where, problem)

    # what it means

    def _decide(self, relocation: CoreRelocation) -> tuple[Value, _Decision]:
        key = (relocation.type_id, relocation.access, relocation.kind)
        found = self._decisions.get(key)
        if found is None:
            found = self._decisions[key] = self._look_up(relocation)
        return found

    def _look_up(self, relocation: CoreRelocation) -> tuple[Value, _Decision]:
        kind, big = relocation.kind, self.local.big_endian
        local = local_spec(self.local, relocation)
        mine = calculate(local, kind, big_endian=big)
        assert mine is not None
        if kind == TYPE_ID_LOCAL:
            return mine, _Decision(Value(relocation.type_id, checked=False), local)
        chosen: _Decision | None = None
        for types, number in self._candidates_of(relocation.type_id):
            spec = match_spec(local, types, number)
            if spec is None:
                continue
            value = calculate(spec, kind, big_endian=big)
            if chosen is None:
                chosen = _Decision(value, spec)
            elif chosen.spec is not None and (
                spec.bit_offset != chosen.spec.bit_offset or value is None or chosen.value is None
                or value.number != chosen.value.number
            ):  # fmt: skip
                raise self._ambiguous(local, chosen.spec, spec)
        return mine, chosen or _Decision(calculate(None, kind, big_endian=big), None)

    def _candidates_of(self, number: int) -> list[tuple[Types, int]]:
        """The kernel's types of this type's name and kind."""
        found = self._candidates.get(number)
        if found is None:
            t = self.local[number]
            name = getattr(t, "name", "")
            if not name:
                raise BadRelocation(f"type {number} has no name to look for in the kernel")
            found = [(types, i) for types, i, theirs in self.kernel.candidates(essential(name)) if same_kind(t, theirs)]
            self._candidates[number] = found
        return found

    # instructions

    def _patch(self, insns: list[Insn], at: int, mine: Value, decision: _Decision) -> str | None:
        """Change the instruction; why it was poisoned, or None. Raises `BadRelocation`."""
        if not 0 <= at < len(insns):
            raise BadRelocation("it is behind the end of the code")
        insn = insns[at]
        value = decision.value
        if value is None:
            _poison(insns, at)
            return "missing"
        match insn.op & 7:
            case isa.ALU | isa.ALU64:
                if insn.op & isa.X:
                    raise BadRelocation("the instruction has no number")
                _check(insn.imm & 0xFFFFFFFF, mine.number & 0xFFFFFFFF, value)
                insns[at] = insn._replace(imm=_signed32(value.number))
            case isa.LDX | isa.ST | isa.STX:
                _check(insn.off, mine.number, value)
                if value.number > 0x7FFF:
                    raise BadRelocation(f"the offset {value.number} does not fit into a load or store")
                size = _new_size(insn, mine, value)
                if size is None:
                    _poison(insns, at)
                    return "size"
                insns[at] = insn._replace(op=insn.op & ~0x18 | size, off=value.number)
            case isa.LD if insn.op == LDDW and not insn.src and not insn.off and at + 1 < len(insns):
                old = insn.imm & 0xFFFFFFFF | (insns[at + 1].imm & 0xFFFFFFFF) << 32
                _check(old, mine.number & 0xFFFFFFFFFFFFFFFF, value)
                insns[at] = insn._replace(imm=_signed32(value.number))
                insns[at + 1] = insns[at + 1]._replace(imm=_signed32(value.number >> 32))
            case _:
                raise BadRelocation(f"an instruction with opcode {insn.op:#04x} holds no such number")
        return None

    # messages

    def _ambiguous(self, local: Spec, one: Spec, other: Spec) -> AmbiguousRelocation:
        return AmbiguousRelocation(
            f"{local.text()} could be {one.text()} (type {one.root}) or {other.text()} (type {other.root}) of "
            f"{self.kernel.path}, which differ"
        )

    def _lacking(self, relocation: CoreRelocation, place: Place | None, where: str, problem: str) -> Diagnostic:
        """What the kernel has not, or has otherwise."""
        local = local_spec(self.local, relocation)
        notes: list[Note] = []
        if problem == "size":
            message = f"{where}: {local.text()} has another size in {self.kernel.path}, or is a bit-field there"
            fix = "read it with BPF_CORE_READ_BITFIELD_PROBED() or bpf_core_read(), by bpf_core_field_size()"
        else:
            message = f"{where}: {local.text()} is not in {self.kernel.path}"
            what = "bpf_core_enum_value_exists" if relocation.kind > TYPE_ID_LOCAL else "bpf_core_field_exists"
            fix = f"ask {what}() before it is used"
            if not self._candidates_of(relocation.type_id):
                notes.append(Note(f"there is no {Spec(self.local, relocation.type_id, 0).text()} at all"))
            else:
                near = self._near(local)
                if near:
                    notes.append(Note(f"it has {', '.join(repr(name) for name in near)}"))
        return Diagnostic("L3061", Severity.ERROR, message, place, tuple(notes), fix)

    def _near(self, local: Spec) -> Sequence[str]:
        """Members of the kernel's type that are called much like the one that it lacks."""
        wanted = next((step.name for step in reversed(local.steps) if step.name), "")
        names = {
            member.name
            for types, number in self._candidates_of(local.root)
            if isinstance(t := types[number], b.Struct | b.Union)
            for member in t.members
        }
        return get_close_matches(wanted, sorted(names - {"", wanted}), 3)


def _check(holds: int, mine: int, value: Value) -> None:
    """The compiler put the number of its own types into the instruction."""
    if value.checked and holds != mine:
        raise BadRelocation(f"the instruction holds {holds}, where the object's own types say {mine}")


def _new_size(insn: Insn, mine: Value, value: Value) -> int | None:
    """The width bits of the instruction; None if they cannot be right."""
    (old, mine_type), (new, their_type) = mine.access or _NO_ACCESS, value.access or _NO_ACCESS
    if old == new:
        return insn.op & 0x18
    pointers = isinstance(mine_type, b.Ptr) and isinstance(their_type, b.Ptr)
    unsigned = all(isinstance(t, b.Int) and not t.encoding & b.SIGNED for t in (mine_type, their_type))
    if not pointers and not unsigned:
        return None
    if SIZE_BYTES[insn.op & 0x18] != old:
        raise BadRelocation(f"the instruction reads or writes {SIZE_BYTES[insn.op & 0x18]} bytes of {old}")
    if new not in BYTES_SIZE:
        raise BadRelocation(f"{new} bytes are no load or store")
    return BYTES_SIZE[new]


def _poison(insns: list[Insn], at: int) -> None:
    both = insns[at].op == LDDW and at + 1 < len(insns)
    for slot in (at, at + 1) if both else (at,):
        insns[slot] = Insn(isa.JMP | isa.CALL, imm=POISON)


def _signed32(value: int) -> int:
    low = value & 0xFFFFFFFF
    return low - (low >> 31 << 32)

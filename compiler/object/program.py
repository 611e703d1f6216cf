"""`flatten`: one program of an Object as the kernel takes it, its subprograms behind it and calls resolved."""

from __future__ import annotations

from bisect import bisect_right

from ..diagnostics import Diagnostic, ObjectError, Severity
from ..records import dataclass, field
from ..source import Place
from .isa import LDDW, PSEUDO_CALL, PSEUDO_FUNC, PSEUDO_MAP_FD, PSEUDO_MAP_VALUE, Insn
from .model import ARENA, CoreRelocation, Function, Line, Object, Reference, RefKind


@dataclass(frozen=True, slots=True)
class MapRef:
    """What an lddw loads: the map itself, or, with `offset`, the address of that byte of its first value."""

    map: str
    offset: int | None = None


@dataclass(slots=True)
class FlatProgram:
    """A program and the subprograms it needs, in one list of slots; all indices below are slots of it.

    Calls are relative (src PSEUDO_CALL), function addresses PSEUDO_FUNC. The lddw of `map_refs` have src PSEUDO_MAP_FD
    or PSEUDO_MAP_VALUE, imm 0, and the offset in their second slot: descriptors are not known here. Data sections are
    maps named like the section. `externs` and `core` must be resolved (or refused) by whoever loads the program; `lacking`
    then says at which instructions the kernel has not what the program asks for.
    """

    name: str
    section: str
    insns: list[Insn]
    functions: list[tuple[int, Function]] = field(default_factory=list)  # (first slot, function), ascending
    map_refs: dict[int, MapRef] = field(default_factory=dict)
    externs: dict[int, Reference] = field(default_factory=dict)
    core: list[CoreRelocation] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    func_info: list[tuple[int, int]] = field(default_factory=list)  # (slot, FUNC id), for functions that have one
    lacking: dict[int, Diagnostic] = field(default_factory=dict)
    _line_slots: list[int] = field(default_factory=list)

    def place_at(self, slot: int) -> Place | None:
        """The C place that the instruction at `slot` comes from, if that is known."""
        if len(self._line_slots) != len(self.lines):
            self._line_slots = [line.at for line in self.lines]
        at = bisect_right(self._line_slots, slot) - 1
        if at < 0 or self.lines[at].at < self.start_of(slot):
            return None
        return self.lines[at].place

    def function_at(self, slot: int) -> Function:
        """The function that `slot` is in."""
        return self.functions[self._index_at(slot)][1]

    def start_of(self, slot: int) -> int:
        """The first slot of the function that `slot` is in."""
        return self.functions[self._index_at(slot)][0]

    def _index_at(self, slot: int) -> int:
        return bisect_right(self.functions, slot, key=lambda entry: entry[0]) - 1


def flatten(obj: Object, name: str) -> FlatProgram:
    """The program called `name` of `obj`. Raises `ObjectError` if it or something it refers to is not there."""
    function = obj.functions.get(name)
    if function is None:
        known = ", ".join(p.name for p in obj.programs()) or "none"
        raise _error(f"'{obj.name}' has no program '{name}'", None, f"it has: {known}")
    flat = FlatProgram(name, function.section, [])
    starts: dict[str, int] = {}
    waiting = [function]
    while waiting:
        current = waiting.pop(0)
        if current.name not in starts:
            starts[current.name] = len(flat.insns)
            waiting[:0] = _append(obj, flat, current)
    for start, function in flat.functions:
        for reference in function.references:
            if reference.kind is RefKind.CALL or reference.kind is RefKind.FUNCTION:
                slot = start + reference.at
                insn = flat.insns[slot]
                pseudo = PSEUDO_FUNC if insn.op == LDDW else PSEUDO_CALL
                target = starts[reference.symbol] + reference.addend
                flat.insns[slot] = insn._replace(src=pseudo, imm=target - slot - 1)
    return flat


def _append(obj: Object, flat: FlatProgram, function: Function) -> list[Function]:
    """Append a function; the functions it refers to, in order."""
    start = len(flat.insns)
    flat.functions.append((start, function))
    flat.insns += function.insns
    flat.lines += [Line(start + line.at, line.place) for line in function.lines]
    flat.core += [CoreRelocation(start + c.at, c.type_id, c.access, c.kind) for c in function.core]
    if function.btf_id:
        flat.func_info.append((start, function.btf_id))
    needs = []
    for reference in function.references:
        slot = start + reference.at
        match reference.kind:
            case RefKind.CALL | RefKind.FUNCTION:
                if reference.symbol not in obj.functions:
                    raise _undefined(flat, slot, "function", reference.symbol)
                needs.append(obj.functions[reference.symbol])
            case RefKind.MAP:
                if reference.symbol not in obj.maps:
                    raise _undefined(flat, slot, "map", reference.symbol)
                flat.map_refs[slot] = MapRef(reference.symbol)
                flat.insns[slot] = flat.insns[slot]._replace(src=PSEUDO_MAP_FD, imm=0)
                flat.insns[slot + 1] = flat.insns[slot + 1]._replace(imm=0)
            case RefKind.DATA:
                section, offset = _data_address(obj, flat, slot, reference)
                flat.map_refs[slot] = MapRef(section, offset)
                flat.insns[slot] = flat.insns[slot]._replace(src=PSEUDO_MAP_VALUE, imm=0)
                flat.insns[slot + 1] = flat.insns[slot + 1]._replace(imm=offset)
            case RefKind.EXTERN:
                flat.externs[slot] = reference
    return needs


def _data_address(obj: Object, flat: FlatProgram, slot: int, reference: Reference) -> tuple[str, int]:
    """(section, byte offset) of a data reference."""
    if reference.symbol in obj.data:
        section, offset = reference.symbol, reference.addend
    elif (variable := obj.variables.get(reference.symbol)) is not None and variable.section in obj.data:
        section, offset = variable.section, variable.offset + reference.addend
    else:
        raise _undefined(flat, slot, "variable", reference.symbol)
    if section == ARENA:
        raise _error(
            f"'{reference.symbol}' lies in an arena, and variables there need a loader that maps it", flat.place_at(slot),
            "load the object with libbpf 1.5 or later, or let the program allocate the memory",
        )  # fmt: skip
    if not -(1 << 31) <= offset < 1 << 31:
        raise _error(f"'{reference.symbol}' + {reference.addend} is far outside of section '{section}'", flat.place_at(slot))
    return section, offset


def _undefined(flat: FlatProgram, slot: int, what: str, symbol: str) -> ObjectError:
    return _error(
        f"{what} '{symbol}', which '{flat.function_at(slot).name}' refers to, is not defined", flat.place_at(slot),
        "define it in this file, or link the objects first (`purebpf link`)",
    )  # fmt: skip


def _error(message: str, place: Place | None, fix: str = "") -> ObjectError:
    return ObjectError(Diagnostic("E0604", Severity.ERROR, message, place, fix=fix))

"""`explain`: a refusal as a Diagnostic at the C line, naming the pointer, the cause and the check to write."""

from __future__ import annotations

import re

from ...compiler.diagnostics import Diagnostic, Note, Severity
from ...compiler.object.program import FlatProgram
from ...compiler.source import Place
from ...stdlib.programs import action_name
from .memory import PacketRange
from .program import Program
from .state import State, Step
from .verdict import Refused, Unsupported

_SHOWN_BRANCHES = 4


def explain(program: Program, problem: Refused | Unsupported, state: State | None) -> Diagnostic:
    """What to tell the user."""
    flat = program.flat
    place = flat.place_at(problem.slot)
    if isinstance(problem, Unsupported):
        return Diagnostic("V1900", Severity.WARNING, f"cannot judge '{flat.name}': {problem.message}", place,
                          (), problem.fix or "load it to see what the kernel says")  # fmt: skip
    if problem.slot in flat.lacking:  # the kernel has not what a CO-RE relocation asks for, and the program may come here
        lack = flat.lacking[problem.slot]
        path = _path(flat, state.trail, problem.slot) if state is not None else []
        return Diagnostic(lack.code, lack.severity, lack.message, lack.place or place, (*lack.notes, *path), lack.fix)
    causes = list(problem.causes)
    message, fix = problem.message, problem.fix
    if isinstance(problem, PacketRange):
        message, fix, more = _packet(program, problem, state, place)
        causes += more
    pointer = _pointer_in(place)[0] if problem.code in ("V1104", "V1118") else ""
    if pointer:
        message = message.replace("this uses ", f"'{pointer}' is ").replace("this pointer", f"'{pointer}'")
        fix = fix.replace("!pointer", f"!{pointer}")
    notes = [_note(flat, text, slot) for slot, text in causes if slot >= 0]
    if state is not None:
        notes += _path(flat, state.trail, problem.slot)
    if place is None:
        notes.append(Note(f"at instruction {problem.slot}; compile with -g to see C lines"))
    return Diagnostic(problem.code, Severity.ERROR, message, place, tuple(notes), fix)


def _note(flat: FlatProgram, text: str, slot: int) -> Note:
    return Note(text, flat.place_at(slot))


def _packet(program: Program, problem: PacketRange, state: State | None,
            place: Place | None) -> tuple[str, str, list[tuple[int, str]]]:  # fmt: skip
    """The pointer's name comes from the C text; the check covers the object it points at."""
    pointer, field = _pointer_in(place)
    end = _end_name(program)
    last = problem.start + problem.size
    named = f"'{pointer}'" if pointer else "a packet pointer"
    what = f"'{pointer}->{field}'" if pointer and field else f"{problem.size} bytes at offset {problem.start}"
    have = problem.reg.range
    if problem.start < 0:
        message = f"{what} lies before the start of the packet ({named}, offset {problem.start})"
    elif have:
        message = (f"{what} is read past what is known of the packet: {named} needs {last} bytes there, "
                   f"only {have} have been compared with {end}")  # fmt: skip
    else:
        message = f"{what} is used, but {named} has not been compared with {end} on this path"
    causes = [(problem.reg.made, "the pointer is made here")] if problem.reg.made >= 0 else []
    if state is not None and state.invalidated >= 0 and not have:
        causes.append((state.invalidated, "this call makes all packet pointers invalid: read data and data_end again after it"))
    return message, f"before this line: if ((void *)({pointer or 'pointer'} + 1) > {end}) return {_bail_out(program)};", causes


_ARROW = re.compile(r"([A-Za-z_]\w*)\s*->\s*([A-Za-z_]\w*)")
_STAR = re.compile(r"\*\s*\(?\s*([A-Za-z_]\w*)")
_INDEX = re.compile(r"([A-Za-z_]\w*)\s*\[")


def _pointer_in(place: Place | None) -> tuple[str, str]:
    """(pointer, field) of the access nearest to the place's column in its line."""
    if place is None or not place.text:
        return "", ""
    column = place.column - 1
    found: list[tuple[int, str, str]] = []
    for match in _ARROW.finditer(place.text):
        found.append((_distance(match, column), match[1], match[2]))
    for pattern in (_STAR, _INDEX):
        for match in pattern.finditer(place.text):
            found.append((_distance(match, column) + 1, match[1], ""))
    found = [item for item in found if item[1] not in ("ctx", "void", "struct", "char", "__u8", "unsigned")]
    if not found:
        return "", ""
    _, pointer, field = min(found)
    return pointer, field


def _distance(match: re.Match[str], column: int) -> int:
    return 0 if match.start() <= column <= match.end() else min(abs(match.start() - column), abs(match.end() - column))


def _end_name(program: Program) -> str:
    """What the source calls the end of the packet."""
    for line in program.flat.lines:
        match = re.search(r"([A-Za-z_]\w*)\s*=[^=;]*->\s*data_end\b", line.place.text)
        if match:
            return match[1]
    return "data_end"


def _bail_out(program: Program) -> str:
    for value in (2, 1, 0):
        name = action_name(program.type, value)
        if name in ("XDP_PASS", "TC_ACT_OK", "SK_PASS"):
            return name
    return action_name(program.type, 0) or "0"


def _path(flat: FlatProgram, trail: Step | None, slot: int) -> list[Note]:
    """The last branches that led here, oldest first."""
    notes: list[Note] = []
    seen: set[tuple[str, int]] = set()
    step = trail
    while step is not None and len(notes) < _SHOWN_BRANCHES:
        place = flat.place_at(step.slot)
        if place is not None and (place.file, place.line) not in seen and step.slot != slot:
            seen.add((place.file, place.line))
            notes.append(Note("on the path through this branch", place))
        step = step.before
    notes.reverse()
    return notes

"""`line_table`: .debug_line, which C line each instruction comes from (DWARF 5, 6.2; version 4 has other tables of files)."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

from .btf import StringTable
from .dwarf_format import UDATA, sleb, uleb
from .elf import R_BPF_64_ABS64
from .image import section_key
from .model import Line

_INSTRUCTION = 8
_LINE_BASE, _LINE_RANGE, _OPCODE_BASE = -5, 14, 13
_OPERANDS = bytes([0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1])  # of the standard opcodes 1 to 12
_COPY, _ADVANCE_PC, _ADVANCE_LINE, _SET_FILE, _SET_COLUMN = 1, 2, 3, 4, 5
_END_SEQUENCE, _SET_ADDRESS = 1, 2  # extended opcodes
_PATH, _DIRECTORY_INDEX, _LINE_STRP = 1, 2, 0x1F


class Files:
    """The files of the line table, numbered as entries refer to them: from 0 on in version 5, from 1 on in version 4."""

    def __init__(self, main: str, version: int) -> None:
        self.first = 0 if version >= 5 else 1
        self.numbers = {main: self.first}

    def number(self, name: str) -> int:
        """The number of a file."""
        return self.numbers.setdefault(name, self.first + len(self.numbers))


def line_table(sections: Mapping[str, tuple[int, Sequence[Line]]], files: Files, directory: str, *, version: int, order: str,
               strings: StringTable) -> tuple[bytes, list[tuple[int, int, str]]]:  # fmt: skip
    """(the section, its relocations). `sections`: by name, its number of slots and its lines by slot, ascending.

    `directory` is where relative names of `files` begin. Version 5 puts names into `strings` (.debug_line_str).
    """
    program = bytearray()
    relocations: list[tuple[int, int, str]] = []
    for name, (slots, lines) in sections.items():
        if lines:
            relocations.append((len(program) + 3, R_BPF_64_ABS64, section_key(name)))
            program += _sequence(slots, lines, files, order)
    tables = _tables_5(files, directory, order, strings) if version >= 5 else _tables_4(files)
    head = bytes([_INSTRUCTION, 1, 1, _LINE_BASE & 0xFF, _LINE_RANGE, _OPCODE_BASE]) + _OPERANDS + tables
    sizes = b"\x08\0" if version >= 5 else b""  # of addresses and segment selectors
    start = struct.pack(order + "H", version) + sizes + struct.pack(order + "I", len(head)) + head
    size = len(start) + len(program)
    shift = 4 + len(start)
    whole = struct.pack(order + "I", size) + start + bytes(program)
    return whole, [(at + shift, kind, key) for at, kind, key in relocations]


def _sequence(slots: int, lines: Sequence[Line], files: Files, order: str) -> bytes:
    """A section's rows; the address operand, three bytes after the start, is to be relocated."""
    out = bytearray([0, 9, _SET_ADDRESS]) + struct.pack(order + "Q", 0)
    at, line, column, file = 0, 1, 0, 1
    for row in lines:
        place = row.place
        if (number := files.number(place.file)) != file:
            out += bytes([_SET_FILE]) + uleb(number)
            file = number
        if place.column != column:
            out += bytes([_SET_COLUMN]) + uleb(place.column)
            column = place.column
        down, on = place.line - line, row.at - at
        if not _LINE_BASE <= down < _LINE_BASE + _LINE_RANGE:
            out += bytes([_ADVANCE_LINE]) + sleb(down)
            down = 0
        special = down - _LINE_BASE + _LINE_RANGE * on + _OPCODE_BASE
        if special > 255:
            out += bytes([_ADVANCE_PC]) + uleb(on)
            special = down - _LINE_BASE + _OPCODE_BASE
        out.append(special)
        at, line = row.at, place.line
    out += bytes([_ADVANCE_PC]) + uleb(slots - at) + bytes([0, 1, _END_SEQUENCE])
    return bytes(out)


def _tables_5(files: Files, directory: str, order: str, strings: StringTable) -> bytes:
    out = bytearray([1]) + uleb(_PATH) + uleb(_LINE_STRP) + uleb(1) + struct.pack(order + "I", strings.add(directory))
    out += bytes([2]) + uleb(_PATH) + uleb(_LINE_STRP) + uleb(_DIRECTORY_INDEX) + uleb(UDATA) + uleb(len(files.numbers))
    for name in files.numbers:
        out += struct.pack(order + "I", strings.add(name)) + uleb(0)
    return bytes(out)


def _tables_4(files: Files) -> bytes:
    """No directories but that of the unit."""
    names = b"".join(name.encode("utf-8", "surrogateescape") + b"\0" + bytes(3) for name in files.numbers)
    return b"\0" + names + b"\0"

"""What DWARF (versions 4 and 5) is written with: numbers, forms, abbreviations, and `Entries`, which writes entries.

An entry (DIE) is the number of its abbreviation and the values of its attributes; the abbreviation says which tag, which
attributes and in which form. Children follow their parent and end with a zero byte.
"""

from __future__ import annotations

import struct

from .btf import StringTable
from .elf import R_BPF_64_ABS64
from .image import section_key

# tags (DWARF 5, table 7.3)
ARRAY, ENUMERATION, PARAMETER, MEMBER, POINTER, UNIT = 0x01, 0x04, 0x05, 0x0D, 0x0F, 0x11
STRUCTURE, SUBROUTINE, TYPEDEF, UNION, UNSPECIFIED_PARAMETERS = 0x13, 0x15, 0x16, 0x17, 0x18
SUBRANGE, BASE, CONST, ENUMERATOR, SUBPROGRAM, VARIABLE = 0x21, 0x24, 0x26, 0x28, 0x2E, 0x34
VOLATILE, RESTRICT = 0x35, 0x37
# attributes (table 7.5)
LOCATION, NAME, BYTE_SIZE, STMT_LIST, LOW_PC, HIGH_PC, LANGUAGE = 0x02, 0x03, 0x0B, 0x10, 0x11, 0x12, 0x13
COMP_DIR, CONST_VALUE, PRODUCER, PROTOTYPED, COUNT, MEMBER_LOCATION = 0x1B, 0x1C, 0x25, 0x27, 0x37, 0x38
DECL_FILE, DECL_LINE, DECLARATION, ENCODING, EXTERNAL, FRAME_BASE = 0x3A, 0x3B, 0x3C, 0x3E, 0x3F, 0x40
TYPE, RANGES, BIT_SIZE, BIT_OFFSET = 0x49, 0x55, 0x0D, 0x6B
# forms (table 7.6)
ADDR, DATA2, DATA4, DATA1, SDATA, STRP, UDATA, REF4 = 0x01, 0x05, 0x06, 0x0B, 0x0D, 0x0E, 0x0F, 0x13
SEC_OFFSET, EXPRLOC, FLAG_PRESENT = 0x17, 0x18, 0x19
# operations
OP_ADDR, OP_REG0, OP_FBREG = 0x03, 0x50, 0x91
C11 = 0x1D  # DW_LANG_C11


def uleb(value: int) -> bytes:
    """An unsigned LEB128 number (DWARF 5, 7.6)."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def sleb(value: int) -> bytes:
    """A signed LEB128 number."""
    out = bytearray()
    while not -0x40 <= value < 0x40:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value & 0x7F)
    return bytes(out)


_FIXED = {ADDR: "Q", DATA1: "B", DATA2: "H", DATA4: "I", SEC_OFFSET: "I", FLAG_PRESENT: ""}


class Entries:
    """The bytes of .debug_info from its header on, with what has to be filled in: references and relocations."""

    def __init__(self, order: str, strings: StringTable) -> None:
        self.order = order
        self.strings = strings
        self.data = bytearray()
        self.relocations: list[tuple[int, int, str]] = []
        self._abbreviations: dict[tuple[int, bool, tuple[tuple[int, int], ...]], int] = {}
        self._types: dict[int, int] = {}  # type id -> offset of its entry
        self._waiting: list[tuple[int, int]] = []  # (where an offset goes, type id)

    def entry(self, tag: int, attributes: list[tuple[int, int, int | str | bytes]], *, children: bool = False) -> None:
        """Append an entry; attributes are (attribute, form, value): text for STRP, a type id for REF4, bytes for EXPRLOC."""
        key = (tag, children, tuple((attribute, form) for attribute, form, _ in attributes))
        number = self._abbreviations.setdefault(key, len(self._abbreviations) + 1)
        self.data += uleb(number)
        for _, form, value in attributes:
            self._value(form, value)

    def type_entry(self, type_id: int) -> None:
        """What is appended next is the type `type_id`."""
        self._types[type_id] = len(self.data)

    def end(self) -> None:
        """The end of an entry's children."""
        self.data.append(0)

    def relocate(self, section: str) -> None:
        """The address that was written last is relative to a section's symbol."""
        self.relocations.append((len(self.data) - 8, R_BPF_64_ABS64, section_key(section)))

    def _value(self, form: int, value: int | str | bytes) -> None:
        match form, value:
            case (_, str()):
                self.data += struct.pack(self.order + "I", self.strings.add(value))
            case (_, bytes()):
                self.data += uleb(len(value)) + value
            case (0x13, type_id):  # REF4
                self._waiting.append((len(self.data), type_id))
                self.data += bytes(4)
            case (0x0F, number):  # UDATA
                self.data += uleb(number)
            case (0x0D, number):  # SDATA
                self.data += sleb(number)
            case (_, number):
                self.data += struct.pack(self.order + _FIXED[form], *[number] * bool(_FIXED[form]))

    def finish(self) -> bytes:
        """Fill in references; gives .debug_abbrev."""
        for at, type_id in self._waiting:
            struct.pack_into(self.order + "I", self.data, at, self._types[type_id])
        out = bytearray()
        for (tag, children, attributes), number in self._abbreviations.items():
            out += uleb(number) + uleb(tag) + bytes([children])
            for attribute, form in attributes:
                out += uleb(attribute) + uleb(form)
            out += b"\0\0"
        return bytes(out) + b"\0"

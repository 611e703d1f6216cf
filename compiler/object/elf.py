"""The parts of an ELF relocatable that BPF uses: sections, symbols, relocations, as plain tuples read by pyelftools.

Everything is checked against the file's size here, so that what comes out can be indexed without fear.
"""

from __future__ import annotations

import io
import struct
from typing import Any

from ..diagnostics import Diagnostic, ObjectError, Severity
from ..records import NamedTuple, dataclass, field

EM_BPF, ET_REL = 247, 1
SHT_PROGBITS, SHT_SYMTAB, SHT_STRTAB, SHT_RELA, SHT_NOBITS, SHT_REL = 1, 2, 3, 4, 8, 9
SHF_WRITE, SHF_ALLOC, SHF_EXECINSTR, SHF_MERGE, SHF_STRINGS, SHF_COMPRESSED = 1, 2, 4, 0x10, 0x20, 0x800
STB_LOCAL, STB_GLOBAL, STB_WEAK = 0, 1, 2
STV_DEFAULT, STV_INTERNAL, STV_HIDDEN = 0, 1, 2
STT_NOTYPE, STT_OBJECT, STT_FUNC, STT_SECTION, STT_FILE = 0, 1, 2, 3, 4
SHN_UNDEF, SHN_LORESERVE = 0, 0xFF00
# relocation types (llvm/include/llvm/BinaryFormat/ELFRelocs/BPF.def)
R_BPF_64_64, R_BPF_64_ABS64, R_BPF_64_ABS32, R_BPF_64_NODYLD32, R_BPF_64_32 = 1, 2, 3, 4, 10
_MAX_BSS = 1 << 28  # far more than an array map can hold


class Symbol(NamedTuple):
    """A symbol; `section` is an index into the sections (0: undefined)."""

    name: str
    value: int
    size: int
    type: int
    binding: int
    section: int
    hidden: bool = False


class Relocation(NamedTuple):
    """A REL entry: byte offset in its section, type, index of its symbol."""

    offset: int
    type: int
    symbol: int


@dataclass(slots=True)
class Section:
    """A section; `relocations` are those that apply to it."""

    index: int
    name: str
    type: int
    flags: int
    data: bytes
    align: int
    relocations: list[Relocation] = field(default_factory=list)


@dataclass(slots=True)
class Elf:
    """What the file holds. Symbols of reserved sections (absolute, common) have section -1."""

    sections: list[Section]
    symbols: list[Symbol]
    big_endian: bool


def elf_error(message: str, fix: str = "") -> ObjectError:
    """The exception for a file that is not a usable BPF object."""
    return ObjectError(Diagnostic("E0601", Severity.ERROR, message, fix=fix))


def read_elf(data: bytes, name: str) -> Elf:
    """Parse `data`; `name` is what messages call the file. Raises `ObjectError`."""
    if data[:4] != b"\x7fELF":
        raise elf_error(f"'{name}' is not an object file", "compile it first: purebpf cc -O2 -g -c x.c -o x.o")
    try:
        return _read(data, name)
    except ObjectError:
        raise
    except Exception as problem:  # pyelftools answers malformed files with exceptions of any kind
        reason = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
        raise elf_error(f"'{name}' is a broken ELF file: {reason}", "compile it again") from None


def _read(data: bytes, name: str) -> Elf:
    from elftools.elf.elffile import ELFFile

    file = ELFFile(io.BytesIO(data))
    header = file.header
    machine = file.structs.Elf_Ehdr.parse(data)["e_machine"]
    if machine not in ("EM_BPF", EM_BPF):
        told = str(machine).removeprefix("EM_")
        raise elf_error(f"'{name}' holds code for {told}, not for BPF", "compile with purebpf cc, or clang -target bpf")
    if file.elfclass != 64 or header["e_type"] != "ET_REL":
        raise elf_error(f"'{name}' is not a 64-bit relocatable object", "compile with -c and do not link")
    order = "<" if file.little_endian else ">"
    sections: list[Section] = []
    links: list[tuple[int, int]] = []
    if file.num_sections() > 0xFFFF:
        raise elf_error(f"'{name}' is a broken ELF file: {file.num_sections()} sections", "compile it again")
    for index in range(file.num_sections()):
        h = file._get_section_header(index)
        number = _SECTION_TYPES.get(h["sh_type"], -1)
        sections.append(
            Section(index, file._get_section_name(h), number, h["sh_flags"], _contents(data, h, number), h["sh_addralign"])
        )
        links.append((h["sh_link"], h["sh_info"]))
    elf = Elf(sections, [], file.little_endian is False)
    tables = [s.index for s in sections if s.type == SHT_SYMTAB]
    if len(tables) > 1:
        raise elf_error(f"'{name}' has more than one symbol table", "compile it again")
    for table in tables:
        strings = links[table][0]
        if strings >= len(sections):
            raise elf_error(f"'{name}': the symbol table has no names", "compile it again")
        elf.symbols = _symbols(sections[table].data, sections[strings].data, order, sections)
    for section in sections:
        if section.type == SHT_REL:
            target = links[section.index][1]
            if target >= len(sections):
                raise elf_error(f"'{name}': section '{section.name}' relocates a section that is not there")
            sections[target].relocations += _relocations(section.data, order, len(elf.symbols), section.name)
        elif section.type == SHT_RELA and section.data:
            raise elf_error(f"'{name}': section '{section.name}' has relocations with addends, which BPF does not use")
    return elf


_SECTION_TYPES = {
    "SHT_PROGBITS": SHT_PROGBITS, "SHT_SYMTAB": SHT_SYMTAB, "SHT_STRTAB": SHT_STRTAB, "SHT_RELA": SHT_RELA,
    "SHT_NOBITS": SHT_NOBITS, "SHT_REL": SHT_REL,
}  # fmt: skip


def _contents(data: bytes, header: Any, number: int) -> bytes:
    offset, size = header["sh_offset"], header["sh_size"]
    if number == SHT_NOBITS:
        if size > _MAX_BSS:
            raise elf_error(f"a section of {size} zero bytes is too large for BPF", "make its variables smaller")
        return bytes(size)
    if number == -1 or header["sh_flags"] & SHF_COMPRESSED:
        return b""
    if offset + size > len(data):
        raise elf_error("the file is cut short: a section lies past its end", "compile or copy it again")
    return data[offset : offset + size]


def _symbols(data: bytes, strings: bytes, order: str, sections: list[Section]) -> list[Symbol]:
    symbols = []
    for name, info, other, index, value, size in struct.iter_unpack(order + "IBBHQQ", data[: len(data) // 24 * 24]):
        if index >= SHN_LORESERVE:
            index = -1
        elif index >= len(sections):
            raise elf_error(f"a symbol lies in section {index}, which is not there", "compile it again")
        end = strings.find(b"\0", name)
        text = strings[name : end if end >= 0 else len(strings)].decode("utf-8", "replace")
        if info & 15 == STT_SECTION and index > 0:
            text = sections[index].name
        hidden = other & 3 in (STV_HIDDEN, STV_INTERNAL)
        symbols.append(Symbol(text, value, size, info & 15, info >> 4, index, hidden))
    return symbols


def _relocations(data: bytes, order: str, symbols: int, name: str) -> list[Relocation]:
    found = []
    for offset, info in struct.iter_unpack(order + "QQ", data[: len(data) // 16 * 16]):
        if info >> 32 >= symbols:
            raise elf_error(f"section '{name}' names symbol {info >> 32}, which is not there", "compile it again")
        found.append(Relocation(offset, info & 0xFFFFFFFF, info >> 32))
    return found

"""`Image`: an object file as sections, symbols and relocations; and `write_elf`, which makes the file of it.

Objects and assembly files both become one, so that what one prints the other makes again, byte by byte.
"""

from __future__ import annotations

import struct

from ..records import dataclass, field
from . import elf as e
from .btf import StringTable

_SHF_INFO_LINK = 0x40
_ABSOLUTE = 0xFFF1


@dataclass(slots=True)
class ImageSection:
    """A section; `relocations` are (byte offset, type, key of a symbol): its name, or `section_key` of a section's."""

    name: str
    type: int
    flags: int
    data: bytes
    align: int
    size: int = 0  # of NOBITS
    relocations: list[tuple[int, int, str]] = field(default_factory=list)
    entry: int = 0  # bytes of an entry: of strings that may be merged, 1


@dataclass(slots=True)
class Symbol:
    """A symbol at byte `value` of a section."""

    name: str
    section: int  # index; 0: undefined
    value: int
    size: int
    type: int
    binding: int
    hidden: bool = False


@dataclass(slots=True)
class Image:
    """What an object file holds. `sections[0]` is the null section; `file` names the source, "" if nothing does."""

    file: str
    sections: list[ImageSection]
    symbols: dict[str, Symbol]
    section_symbols: set[str]  # names of sections that relocations go by
    big_endian: bool = False


def section_key(name: str) -> str:
    """What relocations call the symbol of a section; no symbol's name is like it."""
    return "\0" + name


def write_elf(image: Image) -> bytes:
    """The bytes of the file."""
    order, names = ">" if image.big_endian else "<", StringTable()
    sections = list(image.sections)
    index = {section.name: at for at, section in enumerate(sections)}
    # a file symbol, section symbols, local symbols, then the others (sh_info is the first that is not local)
    table = [Symbol("", 0, 0, 0, 0, 0)]
    if image.file:
        table.append(Symbol(image.file, -1, 0, 0, e.STT_FILE, 0))
    number: dict[str, int] = {}
    for name in sorted(image.section_symbols, key=lambda name: index[name]):
        number[section_key(name)] = len(table)
        table.append(Symbol("", index[name], 0, 0, e.STT_SECTION, e.STB_LOCAL))
    for symbol in sorted(image.symbols.values(), key=lambda symbol: symbol.binding != e.STB_LOCAL):
        number[symbol.name] = len(table)
        table.append(symbol)
    first_global = next((i for i, s in enumerate(table) if s.binding != e.STB_LOCAL), len(table))
    links: dict[int, tuple[int, int]] = {}
    for at, section in enumerate(image.sections):
        if section.relocations:
            links[len(sections)] = (0, at)
            rel = [struct.pack(order + "QQ", where, number[key] << 32 | t) for where, t, key in section.relocations]
            sections.append(ImageSection(".rel" + section.name, e.SHT_REL, _SHF_INFO_LINK, b"".join(rel), 8, entry=16))
    symbols = b"".join(
        struct.pack(
            order + "IBBHQQ", names.add(s.name), s.binding << 4 | s.type, e.STV_HIDDEN if s.hidden else e.STV_DEFAULT,
            s.section if s.section >= 0 else _ABSOLUTE, s.value, s.size,
        )
        for s in table
    )  # fmt: skip
    symtab = len(sections)
    sections.append(ImageSection(".symtab", e.SHT_SYMTAB, 0, symbols, 8, entry=24))
    for at, (_, info) in links.items():
        links[at] = (symtab, info)
    links[symtab] = (symtab + 1, first_global)
    offsets = [names.add(section.name) for section in sections] + [names.add(".strtab")]
    sections.append(ImageSection(".strtab", e.SHT_STRTAB, 0, names.encode(), 1))
    return _file(sections, offsets, links, order, image.big_endian)


def _file(
    sections: list[ImageSection], names: list[int], links: dict[int, tuple[int, int]], order: str, big: bool
) -> bytes:
    out = bytearray(64)
    headers = []
    for at, section in enumerate(sections):
        if section.align > 1:
            out += bytes(-len(out) % section.align)
        link, info = links.get(at, (0, 0))
        size = section.size if section.type == e.SHT_NOBITS else len(section.data)
        headers.append(struct.pack(
            order + "IIQQQQIIQQ", names[at], section.type, section.flags, 0, len(out) if at else 0, size, link, info,
            section.align, section.entry,
        ))  # fmt: skip
        out += section.data
    out += bytes(-len(out) % 8)
    # e_ident: 64 bits, byte order, version 1; then type, machine, version, entry, phoff, shoff, flags, sizes
    ident = b"\x7fELF" + bytes([2, 2 if big else 1, 1]) + bytes(9)
    out[:64] = ident + struct.pack(
        order + "HHIQQQIHHHHHH", e.ET_REL, e.EM_BPF, 1, 0, 0, len(out), 0, 64, 0, 0, 64, len(headers), len(headers) - 1
    )  # fmt: skip
    return bytes(out + b"".join(headers))

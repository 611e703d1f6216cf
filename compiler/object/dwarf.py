"""`add_dwarf`: .debug_info, .debug_line and their kin, for tools that show C beside instructions (llvm-objdump -S) and types
(pahole).

All of it is made of what the object holds: types are BTF's, lines those of the functions. Loaders do not look at it, and
`strip -g` takes it away again.
"""

from __future__ import annotations

import struct

from . import btf as b
from . import dwarf_format as d
from . import elf as e
from .btf import StringTable
from .btf_sections import fitted_btf
from .dwarf_format import Entries, uleb
from .dwarf_line import Files, line_table
from .dwarf_types import Attributes, TypeWriter, write_types
from .image import Image, ImageSection, section_key
from .model import Function, Line, Linkage, Object

_VERSION = 5
_RANGE_START_LENGTH, _RANGE_END = 0x07, 0x00  # DW_RLE_start_length, DW_RLE_end_of_list
_UNIT_COMPILE = 1
_FRAME_POINTER = bytes([d.OP_REG0 + 10])
PRODUCER = "purebpf"


def add_dwarf(image: Image, obj: Object, *, name: str, directory: str, version: int = _VERSION, types: bool = True) -> None:
    """Give the image of `obj` its debug sections.

    `name` is the C file, `directory` where relative names begin; `version` of the format, 4 or 5. Without `types`: lines only.
    """
    _Unit(image, obj, version).write(name, directory, types)


class _Unit:
    def __init__(self, image: Image, obj: Object, version: int) -> None:
        self.image = image
        self.obj = obj
        self.version = version
        self.order = ">" if obj.big_endian else "<"
        self.strings, self.line_strings = StringTable(), StringTable()
        self.entries = Entries(self.order, self.strings)
        self.sizes = {s.name: len(s.data) for s in image.sections if s.flags & e.SHF_EXECINSTR}

    def write(self, name: str, directory: str, types: bool) -> None:
        """All sections."""
        files = Files(name, self.version)
        lines, line_relocations = line_table(
            self._lines(), files, directory, version=self.version, order=self.order, strings=self.line_strings
        )
        data = self.entries.data
        data += bytes(12 if self.version >= 5 else 11)
        start = 12 if self.version >= 5 else 0  # of the list of ranges, after that section's header
        self.entries.entry(d.UNIT, [
            (d.PRODUCER, d.STRP, PRODUCER), (d.LANGUAGE, d.DATA2, d.C11), (d.NAME, d.STRP, name),
            (d.STMT_LIST, d.SEC_OFFSET, 0), (d.COMP_DIR, d.STRP, directory), (d.LOW_PC, d.ADDR, 0),
            (d.RANGES, d.SEC_OFFSET, start),
        ], children=types)  # fmt: skip
        if types:
            self._contents(files)
            self.entries.end()
        abbreviations = self.entries.finish()
        length = struct.pack(self.order + "I", len(data) - 4)
        version = struct.pack(self.order + "H", self.version)
        if self.version >= 5:
            data[:12] = length + version + bytes([_UNIT_COMPILE, 8]) + bytes(4)
        else:
            data[:11] = length + version + bytes(4) + b"\x08"
        self._section(".debug_abbrev", abbreviations)
        self._section(".debug_info", bytes(data)).relocations = self.entries.relocations
        self._ranges()
        self._section(".debug_str", self.strings.encode(), strings=True)
        self._section(".debug_line", lines).relocations = line_relocations
        if self.version >= 5:
            self._section(".debug_line_str", self.line_strings.encode(), strings=True)
        for section in self.image.sections:
            if section.name.startswith(".debug"):
                self.image.section_symbols.update(key[1:] for _, _, key in section.relocations)

    def _section(self, name: str, data: bytes, *, strings: bool = False) -> ImageSection:
        flags = e.SHF_MERGE | e.SHF_STRINGS if strings else 0
        section = ImageSection(name, e.SHT_PROGBITS, flags, data, 1, entry=int(strings))
        self.image.sections.append(section)
        return section

    def _start(self, function: Function) -> int:
        """The function's first byte in its section."""
        return self.image.symbols[function.name].value

    def _lines(self) -> dict[str, tuple[int, list[Line]]]:
        found: dict[str, tuple[int, list[Line]]] = {name: (size // 8, []) for name, size in self.sizes.items()}
        for function in self.obj.functions.values():
            start = self._start(function) // 8
            found[function.section][1].extend(Line(start + line.at, line.place) for line in function.lines)
        for _, lines in found.values():
            lines.sort(key=lambda line: line.at)
        return found

    def _ranges(self) -> None:
        """Where the unit's code is: all sections of code."""
        out = bytearray()
        relocations = []
        if self.version >= 5:
            out += struct.pack(self.order + "IHBBI", 0, self.version, 8, 0, 0)
        for name, size in self.sizes.items():
            if self.version >= 5:
                out.append(_RANGE_START_LENGTH)
            relocations.append((len(out), e.R_BPF_64_ABS64, section_key(name)))
            out += struct.pack(self.order + "Q", 0)
            if self.version >= 5:
                out += uleb(size)
            else:
                relocations.append((len(out), e.R_BPF_64_ABS64, section_key(name)))
                out += struct.pack(self.order + "Q", size)
        if self.version >= 5:
            out.append(_RANGE_END)
            out[:4] = struct.pack(self.order + "I", len(out) - 4)
        else:
            out += bytes(16)
        self._section(".debug_rnglists" if self.version >= 5 else ".debug_ranges", bytes(out)).relocations = relocations

    # --- contents -------------------------------------------------------------------------------------------------

    def _contents(self, files: Files) -> None:
        btf = fitted_btf(self.obj) if self.obj.btf is not None else b.Btf()
        write_types(self.entries, btf)
        writer = TypeWriter(self.entries, btf)
        for _, section in btf.items():
            if isinstance(section, b.DataSec):
                for entry in section.vars:
                    self._variable(writer, btf, section.name, entry)
        for function in self.obj.functions.values():
            self._function(writer, btf, function, files)

    def _variable(self, writer: TypeWriter, btf: b.Btf, section: str, entry: b.SectionVar) -> None:
        """A global variable, or a map: where it lies is a relocated address."""
        var = btf[entry.type]
        if not isinstance(var, b.Var):
            return
        defined = var.name in self.image.symbols and any(s.name == section for s in self.image.sections)
        attributes: Attributes = [(d.NAME, d.STRP, var.name), *writer.type(var.type)]
        if var.linkage != b.STATIC:
            attributes.append((d.EXTERNAL, d.FLAG_PRESENT, 1))
        if not defined or var.linkage == b.EXTERN:
            self.entries.entry(d.VARIABLE, [*attributes, (d.DECLARATION, d.FLAG_PRESENT, 1)])
            return
        place = bytes([d.OP_ADDR]) + struct.pack(self.order + "Q", entry.offset)
        self.entries.entry(d.VARIABLE, [*attributes, (d.LOCATION, d.EXPRLOC, place)])
        self.entries.relocate(section)

    def _function(self, writer: TypeWriter, btf: b.Btf, function: Function, files: Files) -> None:
        own = btf[function.btf_id] if function.btf_id else None
        proto = btf[own.type] if isinstance(own, b.Func) else None
        attributes: Attributes = [(d.NAME, d.STRP, function.name)]
        if isinstance(proto, b.FuncProto):
            attributes += [*writer.type(proto.result), (d.PROTOTYPED, d.FLAG_PRESENT, 1)]
        if function.linkage is not Linkage.STATIC:
            attributes.append((d.EXTERNAL, d.FLAG_PRESENT, 1))
        if function.lines:
            place = function.lines[0].place
            attributes += [(d.DECL_FILE, d.UDATA, files.number(place.file)), (d.DECL_LINE, d.UDATA, place.line)]
        attributes += [
            (d.FRAME_BASE, d.EXPRLOC, _FRAME_POINTER), (d.HIGH_PC, d.DATA4, len(function.insns) * 8),
            (d.LOW_PC, d.ADDR, self._start(function)),
        ]  # fmt: skip
        params = proto.params if isinstance(proto, b.FuncProto) else []
        self.entries.entry(d.SUBPROGRAM, attributes, children=bool(params))
        self.entries.relocate(function.section)
        if isinstance(proto, b.FuncProto):
            writer.parameters(proto, [[] for _ in params])

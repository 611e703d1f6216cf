"""`write_object`: an Object as an ELF relocatable, as clang lays it out and libbpf, bpftool, LLVM and our reader take it.

    .text and one section a SEC() of functions   license   version   .maps   .data* .rodata* .bss*
    .rel<section>   .BTF   .BTF.ext   .symtab   .strtab

Static functions and variables are referred to by section and offset, global ones by their symbols; addends stand in the
instruction or word that is relocated (REL).
"""

from __future__ import annotations

import struct

from ..diagnostics import Diagnostic, ObjectError, Severity
from . import elf as e
from .btf import DataSec, StringTable, Var
from .btf_ext import BtfExt, encode_ext
from .btf_sections import fitted_btf, map_size, values_offset
from .image import Image, ImageSection, Symbol, section_key, write_elf
from .isa import LDDW, PSEUDO_CALL, Insn, encode
from .maps import SECTION as MAPS
from .model import CoreRelocation, DataSection, Function, Line, Linkage, Object, Reference, RefKind

_BINDING = {Linkage.STATIC: e.STB_LOCAL, Linkage.GLOBAL: e.STB_GLOBAL, Linkage.WEAK: e.STB_WEAK}
_NAMED = (e.STB_LOCAL, e.STB_GLOBAL)

_CODE = e.SHF_ALLOC | e.SHF_EXECINSTR
_WRITABLE = e.SHF_ALLOC | e.SHF_WRITE


def write_object(obj: Object) -> bytes:
    """The bytes of the object file. Raises `ObjectError` if maps have no types to describe them."""
    return write_elf(image_of(obj))


def image_of(obj: Object) -> Image:
    """The sections and symbols of the object file. Raises `ObjectError` if maps have no types to describe them."""
    return _Writer(obj).write()


class _Writer:
    def __init__(self, obj: Object) -> None:
        self.obj = obj
        self.order = ">" if obj.big_endian else "<"
        self.btf = fitted_btf(obj) if obj.btf is not None else None
        self.sections: list[ImageSection] = [ImageSection("", 0, 0, b"", 0)]
        self.index: dict[str, int] = {}
        self.starts: dict[str, int] = {}  # function -> first slot in its section
        self.symbols: dict[str, Symbol] = {}
        self.section_symbols: set[str] = set()

    def write(self) -> Image:
        obj = self.obj
        self._lay_out_code()
        if obj.license:
            self._named("license", obj.license.encode("utf-8", "replace") + b"\0", "_license", 1)
        if obj.version:
            self._named("version", struct.pack(self.order + "I", obj.version), "_version", 4)
        if obj.maps:
            self._maps()
        for data in obj.data.values():
            self._data(data)
        self._code()
        for data in obj.data.values():
            self._data_references(data)
        if self.btf is not None:
            strings = StringTable()
            records = self._ext()
            ext = encode_ext(records, strings, big_endian=obj.big_endian)
            self._section(".BTF", e.SHT_PROGBITS, 0, self.btf.encode(strings), 4)
            if records.functions or records.lines or records.core:  # libbpf takes no empty one
                self._section(".BTF.ext", e.SHT_PROGBITS, 0, ext, 4)
        self._values_symbols()
        return Image(obj.name.rpartition("/")[2], self.sections, self.symbols, self.section_symbols, obj.big_endian)

    def _section(self, name: str, type_: int, flags: int, data: bytes, align: int, size: int = 0) -> ImageSection:
        section = ImageSection(name, type_, flags, data, align, size)
        self.index[name] = len(self.sections)
        self.sections.append(section)
        return section

    # code

    def _lay_out_code(self) -> None:
        names = dict.fromkeys(f.section for f in self.obj.functions.values())
        for name in sorted(names, key=lambda name: name != ".text"):
            self._section(name, e.SHT_PROGBITS, _CODE, b"", 8)
        ends: dict[str, int] = {}
        for function in self.obj.functions.values():
            start = ends.get(function.section, 0)
            self.starts[function.name] = start
            ends[function.section] = start + len(function.insns)
            self.symbols[function.name] = Symbol(
                function.name, self.index[function.section], start * 8, len(function.insns) * 8, e.STT_FUNC,
                _BINDING[function.linkage], function.hidden,
            )  # fmt: skip

    def _code(self) -> None:
        parts: dict[str, list[bytes]] = {}
        for function in self.obj.functions.values():
            insns = list(function.insns)
            for reference in function.references:
                self._refer(function, insns, reference)
            parts.setdefault(function.section, []).append(encode(insns, big_endian=self.obj.big_endian))
        for name, codes in parts.items():
            section = self.sections[self.index[name]]
            section.data = b"".join(codes)
            section.relocations.sort()

    def _refer(self, function: Function, insns: list[Insn], reference: Reference) -> None:
        """Put a reference into its instruction, and a relocation beside it if one is needed."""
        section = self.sections[self.index[function.section]]
        slot = reference.at
        at = (self.starts[function.name] + slot) * 8
        insn = insns[slot]
        target = self.obj.functions.get(reference.symbol)
        if insn.op == LDDW:
            symbol, addend = self._address(reference)
            low, high = addend & 0xFFFFFFFF, addend >> 32 & 0xFFFFFFFF
            insns[slot] = insn._replace(src=0, imm=low - (low >> 31 << 32))
            insns[slot + 1] = insns[slot + 1]._replace(imm=high - (high >> 31 << 32))
            section.relocations.append((at, e.R_BPF_64_64, symbol))
        elif reference.kind is RefKind.CALL and target is not None and target.linkage is Linkage.STATIC:
            goal = self.starts[target.name] + reference.addend
            if target.section == function.section:
                insns[slot] = insn._replace(src=PSEUDO_CALL, imm=goal - self.starts[function.name] - slot - 1)
            else:
                insns[slot] = insn._replace(src=PSEUDO_CALL, imm=goal - 1)
                section.relocations.append((at, e.R_BPF_64_32, self._section_symbol(target.section)))
        else:
            insns[slot] = insn._replace(src=PSEUDO_CALL, imm=reference.addend - 1)
            section.relocations.append((at, e.R_BPF_64_32, self._symbol(reference.symbol)))

    def _address(self, reference: Reference) -> tuple[str, int]:
        """(symbol, addend in bytes) of an address."""
        name = reference.symbol
        if reference.kind in (RefKind.FUNCTION, RefKind.CALL):
            function = self.obj.functions.get(name)
            if function is not None and function.linkage is Linkage.STATIC:
                return self._section_symbol(function.section), (self.starts[name] + reference.addend) * 8
            return self._symbol(name), reference.addend * 8
        if reference.kind is RefKind.DATA:
            variable = self.obj.variables.get(name)
            if name in self.obj.data and variable is None:
                return self._section_symbol(name), reference.addend
            if variable is not None and variable.linkage is Linkage.STATIC and variable.section in self.obj.data:
                return self._section_symbol(variable.section), variable.offset + reference.addend
        return self._symbol(name), reference.addend

    # data

    def _named(self, name: str, data: bytes, default: str, align: int) -> None:
        """A section that holds one variable, which BTF names."""
        self._section(name, e.SHT_PROGBITS, _WRITABLE, data, align)
        found = False
        if self.btf is not None and (number := self.btf.find(name, DataSec)):
            section = self.btf[number]
            assert isinstance(section, DataSec)
            for entry in section.vars:
                var = self.btf[entry.type]
                if isinstance(var, Var):
                    found = True
                    self._define(var.name, name, entry.offset, entry.size, _NAMED[bool(var.linkage)])
        if not found:
            self._define(default, name, 0, len(data), e.STB_GLOBAL)

    def _define(self, name: str, section: str, offset: int, size: int, binding: int, hidden: bool = False) -> None:
        if name not in self.obj.functions:  # broken objects have such names
            self.symbols[name] = Symbol(name, self.index[section], offset, size, e.STT_OBJECT, binding, hidden)

    def _maps(self) -> None:
        obj, btf = self.obj, self.btf
        number = btf.find(MAPS, DataSec) if btf is not None else 0
        if btf is None or not number:
            raise ObjectError(Diagnostic(
                "E0603", Severity.ERROR, f"maps ({', '.join(obj.maps)}) are described by BTF, and the object has none",
                fix="compile with -g",
            ))  # fmt: skip
        types = btf[number]
        assert isinstance(types, DataSec)
        section = self._section(MAPS, e.SHT_PROGBITS, _WRITABLE, bytes(types.size), 8)
        for entry in types.vars:
            var = btf[entry.type]
            if not isinstance(var, Var) or var.name not in obj.maps:
                continue
            definition = obj.maps[var.name]
            size = map_size(btf, entry, definition)
            self._define(var.name, MAPS, definition.offset, size, _BINDING[definition.linkage], definition.hidden)
            start = definition.offset + values_offset(btf, entry)
            for slot, symbol in definition.values:
                section.relocations.append((start + slot * 8, e.R_BPF_64_ABS64, symbol))

    def _data(self, data: DataSection) -> None:
        if data.name.startswith(".bss") and data.data.count(0) == len(data.data):
            self._section(data.name, e.SHT_NOBITS, _WRITABLE, b"", data.align, len(data.data))
        else:
            flags = e.SHF_ALLOC if data.read_only else _WRITABLE
            self._section(data.name, e.SHT_PROGBITS, flags, data.data, data.align)
        for variable in self.obj.variables.values():
            if variable.section == data.name:
                self.symbols[variable.name] = Symbol(
                    variable.name, self.index[data.name], variable.offset, variable.size, e.STT_OBJECT,
                    _BINDING[variable.linkage], variable.hidden,
                )  # fmt: skip

    def _data_references(self, data: DataSection) -> None:
        section = self.sections[self.index[data.name]]
        changed = bytearray(section.data)
        for reference in data.references:
            symbol, addend = self._address(reference)
            struct.pack_into(self.order + "Q", changed, reference.at, addend & 0xFFFFFFFFFFFFFFFF)
            section.relocations.append((reference.at, e.R_BPF_64_ABS64, symbol))
        section.data = bytes(changed)

    # symbols

    def _section_symbol(self, name: str) -> str:
        self.section_symbols.add(name)
        return section_key(name)

    def _symbol(self, name: str) -> str:
        """The symbol of a name; one that is not defined here becomes undefined."""
        if name not in self.symbols:
            variable = self.obj.variables.get(name)
            binding = _BINDING[variable.linkage] if variable else e.STB_GLOBAL
            hidden = variable is not None and variable.hidden
            self.symbols[name] = Symbol(name, 0, 0, 0, e.STT_NOTYPE, binding or e.STB_GLOBAL, hidden)
        return name

    # debug information

    def _ext(self) -> BtfExt:
        ext = BtfExt()
        for function in self.obj.functions.values():
            start = self.starts[function.name]
            if function.btf_id:
                ext.functions.setdefault(function.section, []).append((start, function.btf_id))
            lines = function.lines
            if lines and lines[0].at:  # the kernel wants a line at the start of every function
                lines = [Line(0, lines[0].place), *lines]
            ext.lines.setdefault(function.section, []).extend(Line(start + line.at, line.place) for line in lines)
            if function.core:
                ext.core.setdefault(function.section, []).extend(
                    CoreRelocation(start + c.at, c.type_id, c.access, c.kind) for c in function.core
                )
        return ext

    def _values_symbols(self) -> None:
        """What `.values` of maps name must be a symbol; static programs go by their section."""
        for section in self.sections:
            for at, (where, t, key) in enumerate(section.relocations):
                if not key.startswith("\0"):
                    section.relocations[at] = (where, t, self._symbol(key))

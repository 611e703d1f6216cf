"""`write_object`: an Object as an ELF relocatable, as clang lays it out and libbpf, bpftool, LLVM and our reader take it.

    .text and one section a SEC() of functions   license   version   .maps   .data* .rodata* .bss*
    .rel<section>   .BTF   .BTF.ext   .symtab   .strtab

Static functions and variables are referred to by section and offset, global ones by their symbols; addends stand in the
instruction or word that is relocated (REL).
"""

from __future__ import annotations

import struct

from ..diagnostics import Diagnostic, ObjectError, Severity
from ..records import dataclass, field
from . import elf as e
from .btf import DataSec, StringTable, Var
from .btf_ext import BtfExt, encode_ext
from .btf_sections import fitted_btf, map_size, values_offset
from .isa import LDDW, PSEUDO_CALL, Insn, encode
from .maps import SECTION as MAPS
from .model import CoreRelocation, DataSection, Function, Line, Linkage, Object, Reference, RefKind

_BINDING = {Linkage.STATIC: e.STB_LOCAL, Linkage.GLOBAL: e.STB_GLOBAL, Linkage.WEAK: e.STB_WEAK}
_NAMED = (e.STB_LOCAL, e.STB_GLOBAL)
_SHF_INFO_LINK = 0x40
_CODE = e.SHF_ALLOC | e.SHF_EXECINSTR
_WRITABLE = e.SHF_ALLOC | e.SHF_WRITE


def write_object(obj: Object) -> bytes:
    """The bytes of the object file. Raises `ObjectError` if maps have no types to describe them."""
    return _Writer(obj).write()


@dataclass(slots=True)
class _Section:
    name: str
    type: int
    flags: int
    data: bytes
    align: int
    size: int = 0  # of NOBITS
    relocations: list[tuple[int, int, str]] = field(default_factory=list)  # (offset, type, symbol)


@dataclass(slots=True)
class _Symbol:
    name: str
    section: int  # index; 0: undefined
    value: int
    size: int
    type: int
    binding: int
    hidden: bool = False


class _Writer:
    def __init__(self, obj: Object) -> None:
        self.obj = obj
        self.order = ">" if obj.big_endian else "<"
        self.btf = fitted_btf(obj) if obj.btf is not None else None
        self.sections: list[_Section] = [_Section("", 0, 0, b"", 0)]
        self.index: dict[str, int] = {}
        self.starts: dict[str, int] = {}  # function -> first slot in its section
        self.symbols: dict[str, _Symbol] = {}
        self.section_symbols: set[str] = set()

    def write(self) -> bytes:
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
        return self._file()

    def _section(self, name: str, type_: int, flags: int, data: bytes, align: int, size: int = 0) -> _Section:
        section = _Section(name, type_, flags, data, align, size)
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
            self.symbols[function.name] = _Symbol(
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
        self.symbols[name] = _Symbol(name, self.index[section], offset, size, e.STT_OBJECT, binding, hidden)

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
        if data.name.startswith(".bss") and not any(data.data):
            self._section(data.name, e.SHT_NOBITS, _WRITABLE, b"", data.align, len(data.data))
        else:
            flags = e.SHF_ALLOC if data.read_only else _WRITABLE
            self._section(data.name, e.SHT_PROGBITS, flags, data.data, data.align)
        for variable in self.obj.variables.values():
            if variable.section == data.name:
                self.symbols[variable.name] = _Symbol(
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
        return "\0" + name  # a key that no symbol has

    def _symbol(self, name: str) -> str:
        """The symbol of a name; one that is not defined here becomes undefined."""
        if name not in self.symbols:
            variable = self.obj.variables.get(name)
            binding = _BINDING[variable.linkage] if variable else e.STB_GLOBAL
            hidden = variable is not None and variable.hidden
            self.symbols[name] = _Symbol(name, 0, 0, 0, e.STT_NOTYPE, binding or e.STB_GLOBAL, hidden)
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

    # the file

    def _file(self) -> bytes:
        order, names = self.order, StringTable()
        # a file symbol, section symbols, local symbols, then the others (sh_info is the first that is not local)
        table = [_Symbol("", 0, 0, 0, 0, 0), _Symbol(self.obj.name.rpartition("/")[2], -1, 0, 0, e.STT_FILE, 0)]
        number: dict[str, int] = {}
        self._values_symbols()
        for name in sorted(self.section_symbols, key=lambda name: self.index[name]):
            number["\0" + name] = len(table)
            table.append(_Symbol("", self.index[name], 0, 0, e.STT_SECTION, e.STB_LOCAL))
        for symbol in sorted(self.symbols.values(), key=lambda symbol: symbol.binding != e.STB_LOCAL):
            number[symbol.name] = len(table)
            table.append(symbol)
        first_global = next((i for i, s in enumerate(table) if s.binding != e.STB_LOCAL), len(table))
        links: dict[int, tuple[int, int]] = {}
        for at, section in list(enumerate(self.sections)):
            if section.relocations:
                links[len(self.sections)] = (0, at)
                rel = [struct.pack(order + "QQ", where, number[key] << 32 | t) for where, t, key in section.relocations]
                self._section(".rel" + section.name, e.SHT_REL, _SHF_INFO_LINK, b"".join(rel), 8)
        symbols = b"".join(
            struct.pack(
                order + "IBBHQQ", names.add(s.name), s.binding << 4 | s.type,
                e.STV_HIDDEN if s.hidden else e.STV_DEFAULT, s.section if s.section >= 0 else 0xFFF1,
                s.value, s.size,
            )
            for s in table
        )  # fmt: skip
        symtab = len(self.sections)
        self._section(".symtab", e.SHT_SYMTAB, 0, symbols, 8)
        for at, (_, info) in links.items():
            links[at] = (symtab, info)
        links[symtab] = (symtab + 1, first_global)
        offsets = [names.add(section.name) for section in self.sections] + [names.add(".strtab")]
        self._section(".strtab", e.SHT_STRTAB, 0, names.encode(), 1)
        return self._assemble(offsets, links)

    def _values_symbols(self) -> None:
        """What `.values` of maps name must be a symbol; static programs go by their section."""
        for section in self.sections:
            for at, (where, t, key) in enumerate(section.relocations):
                if not key.startswith("\0"):
                    section.relocations[at] = (where, t, self._symbol(key))

    def _assemble(self, names: list[int], links: dict[int, tuple[int, int]]) -> bytes:
        order = self.order
        out = bytearray(64)
        headers = []
        entry_sizes = {e.SHT_SYMTAB: 24, e.SHT_REL: 16}
        for at, section in enumerate(self.sections):
            if section.align > 1:
                out += bytes(-len(out) % section.align)
            link, info = links.get(at, (0, 0))
            size = section.size if section.type == e.SHT_NOBITS else len(section.data)
            headers.append(struct.pack(
                order + "IIQQQQIIQQ", names[at], section.type, section.flags, 0, len(out) if at else 0, size, link, info,
                section.align, entry_sizes.get(section.type, 0),
            ))  # fmt: skip
            out += section.data
        out += bytes(-len(out) % 8)
        # e_ident: 64 bits, byte order, version 1; then type, machine, version, entry, phoff, shoff, flags, sizes
        ident = b"\x7fELF" + bytes([2, 2 if self.obj.big_endian else 1, 1]) + bytes(9)
        out[:64] = ident + struct.pack(
            order + "HHIQQQIHHHHHH", e.ET_REL, e.EM_BPF, 1, 0, 0, len(out), 0, 64, 0, 0, 64, len(headers), len(headers) - 1
        )  # fmt: skip
        return bytes(out + b"".join(headers))

"""`read_object`: an ELF object, ours or clang's, back into an Object."""

from __future__ import annotations

import struct
from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING

from ..diagnostics import Diagnostic, ObjectError, Severity
from . import elf as e
from .btf import Btf, DataSec, Func, Var, btf_error
from .btf_ext import BtfExt, decode_ext
from .elf import Elf, Section, Symbol, elf_error, read_elf
from .isa import CALL, JMP, LDDW, PSEUDO_CALL, PSEUDO_FUNC, PSEUDO_KFUNC_CALL, Insn, decode
from .maps import SECTION as MAPS
from .maps import maps_from_btf
from .model import CoreRelocation, DataSection, Function, Line, Linkage, Object, Reference, RefKind, Variable

if TYPE_CHECKING:
    from pathlib import Path

_LINKAGE = {e.STB_LOCAL: Linkage.STATIC, e.STB_WEAK: Linkage.WEAK}
_CALL = JMP | CALL
_MAX_ALIGN = 1 << 16
# allocated sections that hold no variables of the program
_NOT_DATA = frozenset({"license", "version", "maps", MAPS, ".eh_frame"})


def read_object(path_or_bytes: str | Path | bytes, name: str = "") -> Object:
    """Read a BPF object file (a path) or its bytes. Raises `ObjectError` for anything that is not a usable one."""
    if isinstance(path_or_bytes, bytes):
        data, name = path_or_bytes, name or "<bytes>"
    else:
        name = name or str(path_or_bytes)
        try:
            with open(path_or_bytes, "rb", buffering=0) as file:
                data = file.read()
        except (OSError, ValueError) as problem:
            reason = getattr(problem, "strerror", None) or str(problem)
            raise ObjectError(Diagnostic(
                "E0600", Severity.ERROR, f"cannot read '{name}': {reason}", fix="check the path and its permissions",
            )) from None  # fmt: skip
    return _Reader(read_elf(data, name), name).read()


class _Reader:
    def __init__(self, elf: Elf, name: str) -> None:
        self.elf = elf
        self.object = Object(name, big_endian=elf.big_endian)
        self.order = ">" if elf.big_endian else "<"
        self.ext = BtfExt()
        # code section -> (first slot, end slot, function), sorted
        self.code: dict[int, list[tuple[int, int, Function]]] = {}
        self.insns: dict[int, list[Insn]] = {}
        self.map_at: dict[int, str] = {}  # offset in .maps -> map
        self.variables: dict[tuple[str, int, str], Variable] = {}  # by section, offset, name
        self.names: set[str] = set()  # of functions, variables and maps

    def read(self) -> Object:
        obj = self.object
        for section in self.elf.sections:
            match section.name:
                case ".BTF" if section.data:
                    obj.btf = Btf.decode(section.data)
                case "license":
                    obj.license = section.data.split(b"\0")[0].decode("utf-8", "replace")
                case "version" if len(section.data) >= 4:
                    (obj.version,) = struct.unpack_from(self.order + "I", section.data)
                case "maps" if section.data:
                    raise ObjectError(Diagnostic(
                        "E0602", Severity.ERROR, "the object defines maps in section 'maps', a format libbpf dropped in 1.0",
                        fix='define them as struct { __uint(type, ...); ... } name SEC(".maps");',
                    ))  # fmt: skip
                case _:
                    if section.flags & e.SHF_ALLOC and section.name not in _NOT_DATA:
                        self._content(section)
        self._symbols()
        self._btf()
        self._maps()
        self._references()
        return obj

    def _content(self, section: Section) -> None:
        if not section.name:
            raise elf_error(f"section {section.index} has no name", "compile it again")
        if section.flags & e.SHF_EXECINSTR:
            if len(section.data) % 8:
                raise elf_error(f"section '{section.name}' is not a whole number of instructions", "compile it again")
            self.insns[section.index] = decode(section.data, big_endian=self.elf.big_endian)
            self.code[section.index] = []
        elif section.type in (e.SHT_PROGBITS, e.SHT_NOBITS):
            if section.name in self.object.data:
                raise elf_error(f"there are two sections '{section.name}'", "link with `purebpf link`, not `ld -r`")
            if section.align > _MAX_ALIGN or section.align & section.align - 1:
                raise elf_error(f"section '{section.name}' is aligned to {section.align} bytes", "compile it again")
            self.object.data[section.name] = DataSection(section.name, section.data, max(section.align, 1))

    def _symbols(self) -> None:
        """Functions and variables, in the order in which they lie in the file: symbol tables put static ones first."""
        obj, sections = self.object, self.elf.sections
        for symbol in sorted(self.elf.symbols, key=lambda symbol: (symbol.section, symbol.value)):
            linkage = _LINKAGE.get(symbol.binding, Linkage.GLOBAL)
            if symbol.section in self.code and symbol.type == e.STT_FUNC:
                insns = self.insns[symbol.section]
                start, rest = divmod(symbol.value, 8)
                end = start + symbol.size // 8
                if rest or symbol.size % 8 or not start < end <= len(insns):
                    raise elf_error(f"function '{symbol.name}' lies outside of its section", "compile it again")
                if not symbol.name:
                    raise elf_error(f"a function of section '{sections[symbol.section].name}' has no name", "compile it again")
                unique = self._unique(symbol.name)
                section = sections[symbol.section].name
                function = Function(unique, section, insns[start:end], linkage=linkage, hidden=symbol.hidden)
                obj.functions[unique] = function
                self.code[symbol.section].append((start, end, function))
            elif symbol.section > 0 and symbol.type == e.STT_OBJECT and sections[symbol.section].name in obj.data:
                section = sections[symbol.section].name
                if symbol.value + symbol.size > len(obj.data[section].data):
                    raise elf_error(f"variable '{symbol.name}' lies outside of section '{section}'", "compile it again")
                unique = self._unique(symbol.name)
                variable = Variable(unique, section, symbol.value, symbol.size, linkage, hidden=symbol.hidden)
                obj.variables[unique] = self.variables[section, symbol.value, symbol.name] = variable
            elif symbol.section == e.SHN_UNDEF and symbol.name:
                obj.variables.setdefault(symbol.name, Variable(symbol.name, "", 0, 0, linkage, hidden=symbol.hidden))
        for found in self.code.values():
            found.sort(key=lambda entry: entry[0])
            for (_, end, before), (start, _, after) in pairwise(found):
                if start < end:
                    raise elf_error(f"functions '{before.name}' and '{after.name}' overlap", "compile it again")

    def _unique(self, name: str) -> str:
        """Static symbols of linked objects may share a name; a number tells them apart."""
        found, number = name, 2
        while found in self.names:
            found = f"{name}.{number}"
            number += 1
        self.names.add(found)
        return found

    def _btf(self) -> None:
        """Lines and ids from .BTF.ext and .BTF; sizes and offsets of variables into .BTF, where compilers leave zeros."""
        btf = self.object.btf
        if btf is None:
            return
        ext = next((s for s in self.elf.sections if s.name == ".BTF.ext" and s.data), None)
        if ext is not None:
            self.ext = decode_ext(ext.data, btf.strings)
        for index, found in self.code.items():
            section = self.elf.sections[index].name
            ids = dict(self.ext.functions.get(section, ()))
            lines = sorted(self.ext.lines.get(section, ()), key=lambda line: line.at)
            starts = [line.at for line in lines]
            for start, end, function in found:
                function.btf_id = ids.get(start) or btf.find(function.name, Func)
                if function.btf_id and not isinstance(btf[function.btf_id], Func):
                    raise btf_error(f"type {function.btf_id}, of '{function.name}', is not a function")
                for line in lines[bisect_right(starts, start - 1) :]:
                    if line.at >= end:
                        break
                    function.lines.append(Line(line.at - start, line.place))
            for row in self.ext.core.get(section, ()):
                if not 0 < row.type_id < len(btf) or isinstance(btf[row.type_id], DataSec):
                    raise btf_error(f"a CO-RE relocation of section '{section}' is about type {row.type_id}, which is none")
                for start, end, function in found:
                    if start <= row.at < end:
                        function.core.append(CoreRelocation(row.at - start, row.type_id, row.access, row.kind))
        self._data_types(btf)

    def _data_types(self, btf: Btf) -> None:
        obj = self.object
        sizes = {s.name: len(s.data) for s in self.elf.sections}
        places: dict[tuple[str, str], list[Symbol]] = {}
        for symbol in self.elf.symbols:
            if symbol.section > 0 and symbol.name:
                places.setdefault((self.elf.sections[symbol.section].name, symbol.name), []).append(symbol)
        for _, data in btf.items():
            if not isinstance(data, DataSec):
                continue
            for at, entry in enumerate(data.vars):
                var = btf[entry.type]
                if not isinstance(var, Var | Func):
                    raise btf_error(f"section '{data.name}' holds something that is not a variable")
                found = places.get((data.name, var.name))
                if found is not None:
                    # static variables of linked objects may share a name: the linker has filled in where each lies
                    symbol = next((s for s in found if s.value == entry.offset), found[0])
                    data.vars[at] = entry._replace(offset=symbol.value, size=entry.size or symbol.size)
                    if (variable := self.variables.get((data.name, symbol.value, var.name))) is not None:
                        variable.btf_id = entry.type
                        var.name = variable.name
                    elif data.name == MAPS:
                        var.name = self._unique(var.name)
                elif data.name in (".ksyms", ".kconfig"):
                    extern = obj.variables.setdefault(var.name, Variable(var.name, "", 0, 0))
                    if not extern.section:
                        extern.section, extern.offset, extern.size = data.name, entry.offset, entry.size
                        extern.btf_id = entry.type
            data.vars.sort(key=lambda entry: entry.offset)
            if not data.size:
                data.size = sizes.get(data.name, 0)

    def _maps(self) -> None:
        obj = self.object
        section = next((s for s in self.elf.sections if s.name == MAPS and s.data), None)
        if section is None:
            return
        symbols = {s.value: s for s in self.elf.symbols if s.section == section.index and s.type == e.STT_OBJECT}
        if obj.btf is None:
            names = ", ".join(symbol.name for symbol in symbols.values())
            raise ObjectError(Diagnostic(
                "E0603", Severity.ERROR, f"maps ({names}) are defined by BTF, and the object has none",
                fix="recompile with -g, and do not strip the object of .BTF",
            ))  # fmt: skip
        types = obj.btf[obj.btf.find(MAPS, DataSec)]
        for entry in types.vars if isinstance(types, DataSec) else ():
            if entry.offset + max(entry.size, obj.btf.size_of(entry.type)) > len(section.data):
                raise btf_error(f"a definition reaches past the end of section '{MAPS}'")
        references = []
        for relocation in section.relocations:
            symbol = self.elf.symbols[relocation.symbol]
            kind = RefKind.FUNCTION if symbol.section in self.code else RefKind.MAP
            references.append(Reference(relocation.offset, kind, symbol.name))
        obj.maps = maps_from_btf(obj.btf, references=references)
        for definition in obj.maps.values():
            if (found := symbols.get(definition.offset)) is not None:
                definition.linkage = _LINKAGE.get(found.binding, Linkage.GLOBAL)
                definition.hidden = found.hidden
        self.map_at = {m.offset: name for name, m in obj.maps.items()}

    def _references(self) -> None:
        for index, found in self.code.items():
            section = self.elf.sections[index]
            starts = [start for start, _, _ in found]
            for relocation in section.relocations:
                slot, rest = divmod(relocation.offset, 8)
                at = bisect_right(starts, slot) - 1
                if not rest and (at < 0 or slot >= found[at][1]):
                    continue  # code without a symbol: libbpf's linker leaves weak functions that it replaced
                if rest:
                    raise elf_error(
                        f"a relocation of section '{section.name}' is at byte {relocation.offset}, in the middle of a slot"
                    )
                start, _, function = found[at]
                self._relocate(function, slot - start, relocation)
            for start, _, function in found:
                self._local_calls(index, start, function)
                function.references.sort(key=lambda reference: reference.at)
        for data in self.object.data.values():
            section = next(s for s in self.elf.sections if s.name == data.name)
            data.references = [self._word(section, relocation) for relocation in section.relocations]

    def _relocate(self, function: Function, slot: int, relocation: e.Relocation) -> None:
        symbol = self.elf.symbols[relocation.symbol]
        insns = function.insns
        insn = insns[slot]
        if relocation.type == e.R_BPF_64_64 and insn.op == LDDW and slot + 1 < len(insns):
            # only the first slot's imm: LLVM leaves the second 0 when it is negative, and libbpf does not look at it
            reference = self._address(symbol, insn.imm, slot)
            insns[slot], insns[slot + 1] = insn._replace(src=0, imm=0), insns[slot + 1]._replace(imm=0)
        elif relocation.type == e.R_BPF_64_32 and insn.op == _CALL:
            if symbol.section == e.SHN_UNDEF:
                reference = Reference(slot, RefKind.EXTERN, symbol.name)
                insns[slot] = insn._replace(src=PSEUDO_KFUNC_CALL, imm=-1)
            else:
                target = symbol.value // 8 + insn.imm + 1
                name = self._function_at(symbol.section, target, f"'{function.name}' calls")
                reference = Reference(slot, RefKind.CALL, name)
                insns[slot] = insn._replace(src=PSEUDO_CALL, imm=-1)
        else:
            raise elf_error(
                f"function '{function.name}', slot {slot}: relocation type {relocation.type} does not fit the instruction",
                "compile it with clang -target bpf or purebpf cc",
            )
        function.references.append(reference)

    def _address(self, symbol: Symbol, addend: int, at: int) -> Reference:
        """What an address of `symbol` + addend means."""
        if symbol.section in (e.SHN_UNDEF, -1):
            return Reference(at, RefKind.EXTERN, symbol.name, addend)
        section = self.elf.sections[symbol.section]
        if symbol.section in self.code:
            return Reference(at, RefKind.FUNCTION, self._function_at(symbol.section, (symbol.value + addend) // 8, "there is a"
                " reference"))  # fmt: skip
        if section.name == MAPS:
            name = self.map_at.get(symbol.value + addend)
            if name is None:
                raise elf_error(f"a reference into section '{MAPS}' at byte {symbol.value + addend}, where no map starts")
            return Reference(at, RefKind.MAP, name)
        if section.name not in self.object.data:
            raise elf_error(f"a reference to section '{section.name}', which holds no data", "compile it again")
        variable = self.object.variables.get(symbol.name)
        named = variable is not None and symbol.type == e.STT_OBJECT
        if named and variable is not None and (variable.section, variable.offset) == (section.name, symbol.value):
            return Reference(at, RefKind.DATA, symbol.name, _signed(addend))
        return Reference(at, RefKind.DATA, section.name, _signed(symbol.value + addend))

    def _function_at(self, section: int, slot: int, who: str) -> str:
        for start, _, function in self.code.get(section, ()):
            if start == slot:
                return function.name
        name = self.elf.sections[section].name if section > 0 else "?"
        raise elf_error(f"{who} to slot {slot} of section '{name}', where no function starts", "compile it again")

    def _local_calls(self, section: int, start: int, function: Function) -> None:
        """Calls within a section need no relocation; the slot after the call plus imm is the target."""
        known = {reference.at for reference in function.references}
        for slot, insn in enumerate(function.insns):
            if slot in known:
                continue
            if insn.op == _CALL and insn.src == PSEUDO_CALL:
                name = self._function_at(section, start + slot + 1 + insn.imm, f"'{function.name}' calls")
                function.references.append(Reference(slot, RefKind.CALL, name))
                function.insns[slot] = insn._replace(imm=-1)
            elif insn.op == LDDW and insn.src == PSEUDO_FUNC:
                name = self._function_at(section, start + slot + 1 + insn.imm, f"'{function.name}' refers")
                function.references.append(Reference(slot, RefKind.FUNCTION, name))
                function.insns[slot] = insn._replace(src=0, imm=0)

    def _word(self, section: Section, relocation: e.Relocation) -> Reference:
        """A data word that holds an address."""
        size = 8 if relocation.type == e.R_BPF_64_ABS64 else 4
        if relocation.type not in (e.R_BPF_64_ABS64, e.R_BPF_64_ABS32) or relocation.offset + size > len(section.data):
            raise elf_error(f"section '{section.name}' has a relocation of type {relocation.type} that does not fit")
        word = section.data[relocation.offset : relocation.offset + size]
        addend = int.from_bytes(word, "big" if self.elf.big_endian else "little")
        return self._address(self.elf.symbols[relocation.symbol], addend, relocation.offset)


def _signed(value: int) -> int:
    value &= 0xFFFFFFFFFFFFFFFF
    return value - (value >> 63 << 64)

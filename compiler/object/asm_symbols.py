"""`SymbolTable`: the symbols of an assembly file, as directives and labels tell of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..records import dataclass, field
from . import elf as e
from .asm_code import AsmError, Number, Term
from .image import Symbol, section_key

if TYPE_CHECKING:
    from .asm_file import Part

_BINDINGS = {".globl": e.STB_GLOBAL, ".global": e.STB_GLOBAL, ".weak": e.STB_WEAK, ".local": e.STB_LOCAL}
_KINDS = {"function": e.STT_FUNC, "func": e.STT_FUNC, "object": e.STT_OBJECT, "notype": e.STT_NOTYPE}
_TEMPORARY = re.compile(r"\.L|LBB\d+_\d+\Z")  # labels that are no symbols: LLVM's private ones, and those of its blocks


_LARGEST = (1 << 63) - 1


@dataclass(slots=True)
class _Entry:
    section: str = ""  # "": not defined here
    value: int = 0
    binding: int | None = None
    type: int = e.STT_NOTYPE
    hidden: bool = False
    size: int = 0


@dataclass(slots=True)
class SymbolTable:
    """Symbols in the order in which they were first named; labels of blocks and the like are known, but no symbols."""

    entries: dict[str, _Entry] = field(default_factory=dict)
    sizes: dict[str, Number] = field(default_factory=dict)
    sections: frozenset[str] = frozenset()

    def _entry(self, name: str) -> _Entry:
        return self.entries.setdefault(name, _Entry())

    def define(self, name: str, section: str, value: int, at: int) -> None:
        """A label. Raises `AsmError` if there is one of that name."""
        entry = self._entry(name)
        if entry.section:
            raise AsmError(f"symbol '{name}' is defined twice", at, "rename one of them")
        entry.section, entry.value = section, value

    def bind(self, name: str, word: str) -> None:
        """.globl, .weak, .local; .hidden and its kin."""
        entry = self._entry(name)
        if word in _BINDINGS:
            entry.binding = _BINDINGS[word]
        else:
            entry.hidden = word != ".protected"

    def is_bound(self, name: str) -> bool:
        """Whether .local, .globl or .weak has named it."""
        return name in self.entries and self.entries[name].binding is not None

    def kind(self, name: str, kind: str, at: int) -> None:
        """.type."""
        if kind not in _KINDS:
            raise AsmError(f"the symbol type '{kind}' is unknown", at, "@function, @object or @notype")
        self._entry(name).type = _KINDS[kind]

    def difference(self, name: str, end: str, start: str) -> None:
        """.size name, end - start."""
        self.sizes[name] = Term(lambda at: at(end, 0) - at(start, 0))

    def settle(self, parts: Mapping[str, Part]) -> None:
        """All labels are known: work out the sizes."""
        self.sections = frozenset(parts)
        for name, size in self.sizes.items():
            value = size if isinstance(size, int) else size.evaluate(self.address)
            self._entry(name).size = min(max(value, 0), _LARGEST)

    def address(self, name: str, at: int) -> int:
        """A label's place in its section. Raises `AsmError`."""
        entry = self.entries.get(name)
        if entry is None or not entry.section:
            raise AsmError(f"there is no label '{name}'", at)
        return entry.value

    def word_kind(self, name: str, parts: Mapping[str, Part]) -> int:
        """The relocation type of a 4-byte word that refers to `name`: .BTF and .BTF.ext refer to places that linkers move, and
        no one else does (llvm BPFELFObjectWriter, by observation)."""
        entry = self.entries.get(name)
        flags = parts[entry.section].flags if entry is not None and entry.section in parts else 0
        wanted = e.SHF_ALLOC | (e.SHF_EXECINSTR if _TEMPORARY.match(name) else e.SHF_WRITE)
        return e.R_BPF_64_NODYLD32 if flags & wanted == wanted else e.R_BPF_64_ABS32

    def reference(self, name: str, addend: int, at: int) -> tuple[str, int]:
        """(what a relocation calls it, addend): static symbols go by their section. Unknown names become undefined symbols.

        Raises `AsmError` for labels that nothing but this file could define, if it does not.
        """
        entry = self.entries.get(name)
        if entry is None and name in self.sections:
            return section_key(name), addend
        if (entry is None or not entry.section) and _TEMPORARY.match(name):
            raise AsmError(f"there is no label '{name}'", at)
        if entry is not None and not entry.section and entry.binding == e.STB_LOCAL:
            raise AsmError(f"symbol '{name}' is .local, and not defined here", at, "define it, or leave .local away")
        entry = self._entry(name)
        if entry.section and (entry.binding or e.STB_LOCAL) == e.STB_LOCAL:
            return section_key(entry.section), entry.value + addend
        return name, addend

    def table(self, numbers: Mapping[str, int]) -> dict[str, Symbol]:
        """The symbols for the file; `numbers` are those of the sections."""
        found: dict[str, Symbol] = {}
        for name, entry in self.entries.items():
            if _TEMPORARY.match(name) or (not entry.section and entry.binding == e.STB_LOCAL):
                continue
            default = e.STB_LOCAL if entry.section else e.STB_GLOBAL
            binding = default if entry.binding is None else entry.binding
            section = numbers.get(entry.section, 0)
            found[name] = Symbol(name, section, entry.value, entry.size, entry.type, binding, entry.hidden)
        return found

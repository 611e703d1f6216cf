"""`assemble_file`: a whole assembly file, sections, data, symbols and all, to the image of an object file.

| directive                                                   | does                                                      |
|-------------------------------------------------------------|-----------------------------------------------------------|
| .text .data .bss .section name,"awxMS",@progbits,1          | what follows belongs there; .pushsection, .popsection     |
| .byte .short .long .quad (.2byte .4byte .8byte .hword .int) | numbers, and symbols, which become relocations            |
| .ascii .asciz .string .zero .skip .space .fill              | texts, and bytes that are all the same                    |
| .uleb128 .sleb128                                           | numbers of variable length                                |
| .p2align .balign .align                                     | zeros up to a multiple                                    |
| .globl .weak .local .hidden .type .size .comm               | what symbols are                                          |
| .file "x.c"                                                 | the source                                                |
| .ifc .rept and others of `asm_parser`                       | as there                                                  |

Labels that begin with `.L` are no symbols. Static symbols are referred to by section and offset, as LLVM does it. Debug
information (.loc, .cfi_*, the sections .debug_* and .eh_frame) is left out: .BTF and .BTF.ext have all that loaders use.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ..records import dataclass, field
from . import elf as e
from . import isa
from .asm_code import AsmError, Code, Data, Open, Term, data_bytes
from .asm_operands import Token
from .asm_parser import LABELS, Parser
from .asm_symbols import SymbolTable
from .image import Image, ImageSection, section_key

_SIZES = {
    ".byte": 1, ".short": 2, ".hword": 2, ".2byte": 2, ".long": 4, ".int": 4, ".4byte": 4, ".word": 4, ".quad": 8, ".8byte": 8,
    ".xword": 8,
}  # fmt: skip
_IGNORED = frozenset({".addrsig", ".addrsig_sym", ".ident", ".loc", ".build_version", ".note"})
_DROPPED = (".debug_", ".eh_frame", ".llvm_addrsig", ".note.GNU-stack")
_FLAGS = {
    "a": e.SHF_ALLOC, "w": e.SHF_WRITE, "x": e.SHF_EXECINSTR, "M": e.SHF_MERGE, "S": e.SHF_STRINGS,
}  # fmt: skip
_DEFAULTS = {".text": "ax", ".data": "aw", ".bss": "aw", ".rodata": "a"}  # and what begins with them and a dot
_MOST_BYTES = 1 << 28
_ARGUMENT = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^,"]*)\s*(?:,|\Z)')
_ESCAPE = re.compile(r"\\([0-7]{1,3}|x[0-9a-fA-F]+|.)", re.DOTALL)
_SIMPLE_ESCAPES = {"n": 10, "t": 9, "r": 13, "b": 8, "f": 12, '"': 34, "\\": 92}


@dataclass(slots=True)
class Part:
    """What a section becomes. Code is in `code`, other contents in `data`, with what waits for symbols in `terms`."""

    name: str
    flags: int
    nobits: bool
    entry: int
    align: int
    code: Code | None
    data: bytearray = field(default_factory=bytearray)
    terms: list[tuple[int, int, Term, int]] = field(
        default_factory=list
    )  # (position, size, expression, offset in the text)

    def position(self) -> int:
        """Bytes so far."""
        return len(self.code.insns) * 8 if self.code is not None else len(self.data)


def assemble_file(text: str, *, big_endian: bool = False) -> Image:
    """The image of the file whose text is given. Raises `AsmError`."""
    return _FileParser(text, big_endian).image()


class _FileParser(Parser):
    def __init__(self, text: str, big_endian: bool) -> None:
        super().__init__(text, big_endian)
        self.parts: dict[str, Part] = {}
        self.symbols = SymbolTable()
        self.file = ""
        self.part: Part | None = None
        self.dropped = False
        self.stack: list[Part | None] = []
        self.previous: Part | None = None

    def image(self) -> Image:
        """Parse all, then fill in what waited for symbols."""
        self._statements(0, len(self.text))
        sections = [ImageSection("", 0, 0, b"", 0)]
        for part in self.parts.values():
            kind = e.SHT_NOBITS if part.nobits else e.SHT_PROGBITS
            sections.append(ImageSection(part.name, kind, part.flags, b"", part.align, entry=part.entry))
        self.symbols.settle(self.parts)
        section_symbols: set[str] = set()
        for part, section in zip(self.parts.values(), sections[1:], strict=True):
            if part.code is not None:
                section.data = self._code(part, part.code, section)
            else:
                section.data = b"" if part.nobits else self._data(part, section)
                section.size = len(part.data) if part.nobits else 0
            section.relocations.sort(key=lambda relocation: relocation[0])
            section_symbols.update(key[1:] for _, _, key in section.relocations if key[0] == "\0")
        numbers = {section.name: at for at, section in enumerate(sections)}
        return Image(self.file, sections, self.symbols.table(numbers), section_symbols, self.big_endian)

    # --- statements -----------------------------------------------------------------------------------------------

    def _statement(self, start: int, end: int) -> None:
        after = LABELS.match(self.text, start, end)
        if after is not None and after.end() < end and self.text[start : after.end()].strip() and not self.dropped:
            super()._statement(start, after.end())
            start = after.end()
        text = self.text[start:end].strip()
        words = text.split(None, 1)
        word = words[0] if words else ""
        rest = words[1] if len(words) > 1 else ""
        at = self.text.index(text, start) if text else start
        handler = _HANDLERS.get(word)
        if handler is not None:
            handler(self, rest, at)
        elif self.dropped or word in _IGNORED or word.startswith(".cfi_"):
            return
        else:
            super()._statement(start, end)

    def _label(self, label: Token) -> None:
        part = self._here(label.offset)
        if part.code is not None:
            super()._label(label)
        if label.kind == "name":
            self.symbols.define(label.text, part.name, part.position(), label.offset)
        elif part.code is None:
            raise AsmError("labels of data have names", label.offset)

    def _insn(self) -> None:
        if self._here(self._peek().offset).code is None:
            raise AsmError(
                "instructions belong into a section of code", self._peek().offset, '.section name,"ax",@progbits'
            )
        super()._insn()

    def _alu(self, op: int, dst: Token, off: int = 0) -> None:
        if op == isa.MOV and dst.text[0] == "r" and self._peek().text[0] == "w" and self._peek().kind == "register":
            self._emit(isa.ALU | isa.MOV | isa.X, self._number_of(dst), self._register("w"))  # clang -S prints extension so
        else:
            super()._alu(op, dst, off)

    def _directive(self) -> None:
        word = self._peek()
        size = _SIZES.get(word.text)
        part = self._here(word.offset)
        if size is None or part.code is not None:
            super()._directive()
            return
        self._next()
        while True:
            offset = self._peek().offset
            value = self._expression()
            if isinstance(value, Term):
                part.terms.append((len(part.data), size, value, offset))
                value = 0
            part.data += data_bytes(value, size, offset, self.big_endian)
            if not self._accept(","):
                return

    def _here(self, offset: int) -> Part:
        """The section that is being filled: .text if none was named."""
        if self.part is None:
            self._enter(self._open(".text", "", [], offset))
        assert self.part is not None
        return self.part

    # --- sections -------------------------------------------------------------------------------------------------

    def _section(self, rest: str, at: int) -> None:
        arguments = [_unquoted(word) for word in _arguments(rest)]
        if not arguments or not arguments[0]:
            raise AsmError("a section has a name", at, '.section name,"aw",@progbits')
        self.previous = self.part
        name = arguments[0]
        self.dropped = name.startswith(_DROPPED)
        if not self.dropped:
            self._enter(self._open(name, arguments[1] if len(arguments) > 1 else "", arguments[2:], at))

    def _open(self, name: str, flags: str, rest: list[str], at: int) -> Part:
        part = self.parts.get(name)
        if part is None:
            top = "." + name.split(".")[1] if name.startswith(".") else name
            letters = flags or ("" if name.startswith(".BTF") else _DEFAULTS.get(top, "aw" if rest else ""))
            unknown = sorted(set(letters) - set(_FLAGS))
            if unknown:
                raise AsmError(f"the section flag '{unknown[0]}' is unknown", at, f"there are {' '.join(_FLAGS)}")
            number = sum(_FLAGS[letter] for letter in set(letters))
            nobits = any(word in ("@nobits", "%nobits") for word in rest) or (not rest and top == ".bss")
            entry = int(rest[1]) if len(rest) > 1 and rest[1].isdigit() else 0
            executable = bool(number & e.SHF_EXECINSTR)
            code = Code(big_endian=self.big_endian) if executable else None
            part = self.parts[name] = Part(name, number, nobits, entry, 8 if executable else 1, code)
        return part

    def _enter(self, part: Part | None) -> None:
        self.part = part
        if part is not None and part.code is not None:
            self.code = part.code
            self.insns = part.code.insns

    def _push(self, rest: str, at: int) -> None:
        self.stack.append(self.part)
        self._section(rest, at)

    def _pop(self, _rest: str, at: int) -> None:
        if not self.stack:
            raise AsmError(".popsection without .pushsection", at)
        self.dropped = False
        self._enter(self.stack.pop())

    def _back(self, _rest: str, _at: int) -> None:
        self.dropped = False
        self.part, self.previous = self.previous, self.part
        self._enter(self.part)

    # --- contents -------------------------------------------------------------------------------------------------

    def _numbers(self, word: str, rest: str, at: int) -> list[int]:
        """The constant arguments of a directive."""
        offset = self.text.index(rest, at + len(word)) if rest else at + len(word)
        if not rest:
            raise AsmError(f"{word} takes a number", at)
        self._tokenize(offset, offset + len(rest))
        found = [self._constant(64, unsigned=True)]
        while self._accept(","):
            found.append(self._constant(64, unsigned=True))
        if self._peek().kind != "end":
            raise AsmError(f"{word} takes numbers", self._peek().offset)
        return found

    def _fill_with(self, data: bytes, at: int) -> None:
        part = self._here(at)
        if self.dropped or not data:
            return
        if part.code is None:
            part.data += data
            return
        run = self._run(at)
        run.bytes += data
        self.insns += [isa.Insn(0)] * (run.slot + (len(run.bytes) + 7) // 8 - len(self.insns))

    def _run(self, at: int) -> Data:
        data = self.code.data
        if not data or (not len(data[-1].bytes) % 8 and data[-1].slot + len(data[-1].bytes) // 8 != len(self.insns)):
            data.append(Data(len(self.insns), bytearray(), [], at))
        return data[-1]

    def _ascii(self, rest: str, at: int) -> None:
        for word in _arguments(rest):
            self._fill_with(_text(word, at), at)

    def _asciz(self, rest: str, at: int) -> None:
        for word in _arguments(rest):
            self._fill_with(_text(word, at) + b"\0", at)

    def _zero(self, rest: str, at: int) -> None:
        count, *fill = self._numbers(".zero", rest, at)
        self._fill_with(self._many(count, at) * bytes([fill[0] & 255]) if fill else bytes(self._many(count, at)), at)

    def _fill(self, rest: str, at: int) -> None:
        count, size, value = [*self._numbers(".fill", rest, at), 1, 0][:3]
        if rest.count(",") == 1:
            value = 0
        if not 0 <= size <= 8:
            raise AsmError(f".fill of {size} bytes: at most 8", at)
        word = (value & (1 << size * 8) - 1).to_bytes(size, "big" if self.big_endian else "little")
        self._fill_with(word * self._many(count * size, at, size), at)

    def _many(self, count: int, at: int, size: int = 1) -> int:
        if not 0 <= count <= _MOST_BYTES:
            raise AsmError(f"{count} bytes are more than a section can have", at)
        return count // size if size else 0

    def _leb(self, rest: str, at: int) -> None:
        signed = self.text.startswith(".s", at)
        if self.dropped:
            return
        for value in self._numbers(".uleb128", rest, at):
            self._fill_with(_leb128(value, signed), at)

    def _align(self, rest: str, at: int) -> None:
        word = self.text[at:].split(None, 1)[0]
        amount = self._numbers(word, rest.split(",")[0].strip(), at)[0]
        if word == ".p2align":
            amount = 1 << min(amount, 32)
        if not 0 < amount <= 1 << 16 or amount & amount - 1:
            raise AsmError(f"an alignment of {amount} bytes is not possible", at, "use a power of two up to 65536")
        if self.dropped:
            return
        part = self._here(at)
        part.align = max(part.align, amount)
        if part.code is None:
            part.data += bytes(-len(part.data) % amount)

    def _file(self, rest: str, _at: int) -> None:
        if rest.startswith('"') and not self.file:
            self.file = _unquoted(rest)

    # --- symbols --------------------------------------------------------------------------------------------------

    def _bind(self, rest: str, at: int) -> None:
        word = self.text[at:].split(None, 1)[0]
        for name in _arguments(rest):
            self.symbols.bind(_unquoted(name), word)

    def _type(self, rest: str, at: int) -> None:
        name, kind = ([_unquoted(word) for word in _arguments(rest)] + ["", ""])[:2]
        if not self.dropped:
            self.symbols.kind(name, kind.lstrip("@%").removeprefix("STT_").lower(), at)

    def _size_of_symbol(self, rest: str, at: int) -> None:
        name, _, size = rest.partition(",")
        if self.dropped:
            return
        offset = self.text.index(size, at) if size else at
        if size.strip().startswith(".-") and self.part is not None:
            here = f".L.end.{len(self.symbols.sizes)}"
            self.symbols.define(here, self.part.name, self.part.position(), at)
            self.symbols.difference(_unquoted(name.strip()), here, _unquoted(size.strip()[2:].strip()))
            return
        self._tokenize(offset, offset + len(size))
        self.symbols.sizes[_unquoted(name.strip())] = self._expression()

    def _common(self, rest: str, at: int) -> None:
        words = _arguments(rest)
        if len(words) < 2 or not all(word.strip().isdigit() for word in words[1:3]):
            raise AsmError(".comm takes a name, a size and an alignment", at, ".comm counter,8,8")
        size, align = int(words[1]), int(words[2]) if len(words) > 2 else 1
        part = self._open(".bss", "aw", ["@nobits"], at)
        part.align = max(part.align, align)
        part.data += bytes(-len(part.data) % max(align, 1))
        name = _unquoted(words[0])
        self.symbols.define(name, ".bss", len(part.data), at)
        self.symbols.kind(name, "object", at)
        self.symbols.sizes[name] = size
        if not self.text.startswith(".lcomm", at) and not self.symbols.is_bound(name):
            self.symbols.bind(name, ".globl")
        part.data += bytes(self._many(size, at))

    # --- in the end -----------------------------------------------------------------------------------------------

    def _data(self, part: Part, section: ImageSection) -> bytes:
        data = part.data
        for position, size, term, offset in part.terms:
            names, addend = _names(term)
            if len(names) == 1 and size in (4, 8):
                key, value = self.symbols.reference(names[0], addend, offset)
                kind = e.R_BPF_64_ABS64 if size == 8 else self.symbols.word_kind(names[0], self.parts)
                section.relocations.append((position, kind, key))
            else:
                value = term.evaluate(lambda name, at: self.symbols.address(name, at))
            data[position : position + size] = data_bytes(value, size, offset, self.big_endian)
        return bytes(data)

    def _code(self, part: Part, code: Code, section: ImageSection) -> bytes:
        def label(name: str, slot: int, offset: int) -> int:
            found = code.find(name, slot)
            if found is None:
                raise AsmError(f"there is no label '{name}' in section '{part.name}'", offset)
            return found

        for run in code.data:
            if len(run.bytes) % 8:
                raise AsmError(
                    f"these are {len(run.bytes)} bytes, instructions have 8", run.offset, "fill with .byte 0"
                )
        code.put_data(label)
        for item in code.open:
            match item.kind:
                case "symbol":
                    self._address_of(code, item, section)
                case "call":
                    self._call_of(part, code, item, section)
                case "jump":
                    distance = label(item.name, item.slot, item.offset) - item.slot - 1
                    if not -0x8000 <= distance <= 0x7FFF:
                        raise AsmError(f"{distance} does not fit 16 bits", item.offset, "use gotol, which has 32 bits")
                    code.insns[item.slot] = code.insns[item.slot]._replace(off=distance)
                case _:
                    distance = label(item.name, item.slot, item.offset) - item.slot - 1
                    code.insns[item.slot] = code.insns[item.slot]._replace(imm=distance)
        return isa.encode(code.insns, big_endian=self.big_endian)

    def _address_of(self, code: Code, item: Open, section: ImageSection) -> None:
        key, addend = self.symbols.reference(item.name, item.addend, item.offset)
        code.insns[item.slot : item.slot + 2] = isa.lddw(code.insns[item.slot].dst, addend & (1 << 64) - 1)
        section.relocations.append((item.slot * 8, e.R_BPF_64_64, key))

    def _call_of(self, part: Part, code: Code, item: Open, section: ImageSection) -> None:
        key, addend = self.symbols.reference(item.name, 0, item.offset)
        slot = code.insns[item.slot]
        if key == section_key(part.name):  # static, and in this section
            code.insns[item.slot] = slot._replace(imm=addend // 8 - item.slot - 1)
            return
        code.insns[item.slot] = slot._replace(imm=addend // 8 - 1)
        section.relocations.append((item.slot * 8, e.R_BPF_64_32, key))


def _names(term: Term) -> tuple[list[str], int]:
    """(the labels of an expression, its value if they all are 0)."""
    names: list[str] = []

    def zero(name: str, _at: int) -> int:
        names.append(name)
        return 0

    value = term.evaluate(zero)
    return names, value


def _arguments(text: str) -> list[str]:
    """What stands between commas; quotes are kept."""
    found, at = [], 0
    while at < len(text):
        match = _ARGUMENT.match(text, at)
        if match is None or match.end() == at:
            found.append(text[at:].strip())
            break
        found.append(match[1].strip())
        at = match.end()
    return found


def _unquoted(word: str) -> str:
    word = word.strip()
    if not word.startswith('"'):
        return word
    return _text(word, 0).decode("utf-8", "surrogateescape")


def _text(word: str, at: int) -> bytes:
    """The bytes of a text in quotes."""
    if len(word) < 2 or word[0] != '"' or word[-1] != '"':
        raise AsmError("this takes a text in quotes", at, '.asciz "text"')

    def escape(match: re.Match[str]) -> str:
        code = match[1]
        if code[0] in "01234567":
            return chr(int(code, 8) & 255)
        if code[0] == "x":
            return chr(int(code[1:], 16) & 255) if len(code) > 1 else "x"
        return chr(_SIMPLE_ESCAPES.get(code, ord(code) & 255))

    plain = word[1:-1].encode("utf-8", "surrogateescape").decode("latin-1")
    return _ESCAPE.sub(escape, plain).encode("latin-1")


def _leb128(value: int, signed: bool) -> bytes:
    """DWARF 5, 7.6."""
    out = bytearray()
    while True:
        byte = value & 0x7F
        value >>= 7
        done = (value == 0 and not (signed and byte & 0x40)) or (signed and value == -1 and byte & 0x40)
        out.append(byte | (0 if done else 0x80))
        if done:
            return bytes(out)


def _switch(name: str) -> Callable[[_FileParser, str, int], None]:
    return lambda parser, _rest, at: parser._section(name, at)


_P = _FileParser
_HANDLERS: dict[str, Callable[[_FileParser, str, int], None]] = {
    ".section": _P._section, ".pushsection": _P._push, ".popsection": _P._pop, ".previous": _P._back,
    ".text": _switch(".text"), ".data": _switch(".data"), ".bss": _switch(".bss"),
    ".ascii": _P._ascii, ".asciz": _P._asciz, ".string": _P._asciz,
    ".zero": _P._zero, ".skip": _P._zero, ".space": _P._zero, ".fill": _P._fill, ".uleb128": _P._leb, ".sleb128": _P._leb,
    ".p2align": _P._align, ".balign": _P._align, ".align": _P._align, ".file": _P._file,
    ".globl": _P._bind, ".global": _P._bind, ".weak": _P._bind, ".local": _P._bind, ".hidden": _P._bind,
    ".internal": _P._bind, ".protected": _P._bind, ".type": _P._type, ".size": _P._size_of_symbol,
    ".comm": _P._common, ".lcomm": _P._common,
}  # fmt: skip

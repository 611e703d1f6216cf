"""`print_assembly`: an object file as assembly that LLVM's assembler and ours (`asm_file`) make the same file of.

    .file, .globl, .local, .weak, .hidden     the symbols, in the order of the symbol table
    .section name,"flags",@type               each section; in code, labels stand where jumps go and functions begin
    r1 = counts ll; call add; .quad state     relocations; a section's name stands for its start: .rodata.str1.1+6

Instructions that no assembler would make from their text (a jump out of its function, an unknown opcode) are printed as bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from . import elf as e
from . import isa
from .asm_code import AsmError
from .asm_parser import parse_asm
from .asm_types import annotated_types
from .disassemble import UNKNOWN, disassemble
from .image import Image, ImageSection, Symbol
from .isa import Insn

_FLAGS = ((e.SHF_ALLOC, "a"), (e.SHF_WRITE, "w"), (e.SHF_EXECINSTR, "x"), (e.SHF_MERGE, "M"), (e.SHF_STRINGS, "S"))
_TYPES = {e.STT_FUNC: "function", e.STT_OBJECT: "object", e.STT_NOTYPE: "notype"}
_BINDINGS = {e.STB_LOCAL: ".local", e.STB_GLOBAL: ".globl", e.STB_WEAK: ".weak"}
_ROW = 16  # bytes of data a line
_SHORTEST_TEXT = 2
_CALL = isa.JMP | isa.CALL


def print_assembly(image: Image, notes: Mapping[str, Mapping[int, str]] | None = None) -> str:
    """The text. `notes`: section -> slot -> a comment to stand in front of that instruction."""
    lines: list[str] = []
    if image.file:
        lines.append(f"\t.file\t{_quoted(image.file.encode('utf-8', 'surrogateescape'))}")
    for symbol in sorted(image.symbols.values(), key=lambda symbol: symbol.binding != e.STB_LOCAL):
        lines.append(f"\t{_BINDINGS[symbol.binding]}\t{name_text(symbol.name)}")
        if symbol.hidden:
            lines.append(f"\t.hidden\t{name_text(symbol.name)}")
    for index, section in enumerate(image.sections):
        if index:
            lines += ["", *_section(image, index, section, (notes or {}).get(section.name, {}))]
    return "\n".join(lines) + "\n"


def name_text(name: str) -> str:
    """A symbol's name as assemblers read it: in quotes if it is no word."""
    word = name.replace(".", "_").replace("$", "_")
    return name if word.isidentifier() and word.isascii() else _quoted(name.encode("utf-8", "surrogateescape"))


def _section(image: Image, index: int, section: ImageSection, notes: Mapping[int, str]) -> list[str]:
    flags = "".join(letter for flag, letter in _FLAGS if section.flags & flag)
    kind = "@nobits" if section.type == e.SHT_NOBITS else "@progbits"
    entry = f",{section.entry}" if section.flags & e.SHF_MERGE else ""
    lines = [f'\t.section\t{_quoted(section.name.encode())},"{flags}",{kind}{entry}']
    if section.align > 1:
        lines.append(f"\t.p2align\t{section.align.bit_length() - 1}")
    symbols = sorted((s for s in image.symbols.values() if s.section == index), key=lambda s: s.value)
    if section.flags & e.SHF_EXECINSTR and not len(section.data) % 8:
        return lines + _code(image, section, symbols, notes)
    if section.name == ".BTF" and not section.relocations:
        return lines + annotated_types(section.data, image.big_endian)
    return lines + _data(section, symbols, image.big_endian)


# --- symbols and relocations --------------------------------------------------------------------------------------------


def _declared(symbol: Symbol) -> list[str]:
    name = name_text(symbol.name)
    size = [f"\t.size\t{name}, {symbol.size}"] if symbol.size else []
    return [f"\t.type\t{name},@{_TYPES.get(symbol.type, 'notype')}", *size, f"{name}:"]


def _target(key: str) -> str:
    return name_text(key[1:] if key[:1] == "\0" else key)


def _by_symbol(image: Image, key: str, addend: int) -> tuple[str, int]:
    """(name, addend): for a place in a section the static symbol there, if one begins there."""
    if key[:1] == "\0":
        for symbol in image.symbols.values():
            if symbol.binding == e.STB_LOCAL and symbol.value == addend and symbol.type and symbol.section > 0:
                if image.sections[symbol.section].name == key[1:]:
                    return name_text(symbol.name), 0
    return _target(key), addend


def _sum(name: str, addend: int, join: str = "") -> str:
    return f"{name}{join}{'+' if addend > 0 else '-'}{join}{abs(addend)}" if addend else name


# --- data ---------------------------------------------------------------------------------------------------------------


def _data(section: ImageSection, symbols: list[Symbol], big_endian: bool) -> list[str]:
    words = {at: (kind, key) for at, kind, key in section.relocations}
    size = section.size if section.type == e.SHT_NOBITS else len(section.data)
    marks: dict[int, list[str]] = {}
    for symbol in symbols:
        marks.setdefault(symbol.value, []).extend(_declared(symbol))
    cuts = sorted({0, size, *marks, *words, *(at + _width(kind) for at, (kind, _) in words.items())})
    lines: list[str] = []
    for start, end in zip(cuts, [*cuts[1:], size], strict=True):
        lines += marks.get(start, [])
        if start in words and start < size:
            kind, key = words[start]
            width = _width(kind)
            addend = int.from_bytes(section.data[start : start + width], "big" if big_endian else "little", signed=True)
            lines.append(f"\t.{'quad' if width == 8 else 'long'}\t{_sum(_target(key), addend)}")
        elif section.type == e.SHT_NOBITS:
            lines += [f"\t.zero\t{end - start}"] if end > start else []
        else:
            lines += _bytes(section.data[start:end])
    return lines


def _width(kind: int) -> int:
    return 8 if kind == e.R_BPF_64_ABS64 else 4


def _bytes(data: bytes) -> list[str]:
    if len(data) >= _SHORTEST_TEXT and data.count(0) == len(data):
        return [f"\t.zero\t{len(data)}"]
    body = data[:-1]
    if data[-1:] == b"\0" and len(body) >= _SHORTEST_TEXT and all(32 <= byte < 127 or byte in b"\n\t" for byte in body):
        return [f"\t.asciz\t{_quoted(body)}"]
    return [f"\t.byte\t{', '.join(str(byte) for byte in data[at : at + _ROW])}" for at in range(0, len(data), _ROW)]


def _quoted(data: bytes) -> str:
    out = ""
    for byte in data:
        if byte in b'"\\':
            out += "\\" + chr(byte)
        elif 32 <= byte < 127:
            out += chr(byte)
        else:
            out += {10: "\\n", 9: "\\t"}.get(byte, f"\\{byte:03o}")
    return f'"{out}"'


# --- code ---------------------------------------------------------------------------------------------------------------


def _code(image: Image, section: ImageSection, symbols: list[Symbol], notes: Mapping[int, str]) -> list[str]:
    insns = isa.decode(section.data, big_endian=image.big_endian)
    functions = [s for s in symbols if s.type == e.STT_FUNC and not s.value % 8]
    relocations = {at // 8: (kind, key) for at, kind, key in section.relocations if not at % 8}
    starts = _starts(insns)
    number = image.sections.index(section)
    labels = {slot: f".LBB{number}_{at}" for at, slot in enumerate(sorted(_jumps(insns, starts)))}
    marks: dict[int, list[str]] = {}
    for symbol in symbols:
        if not symbol.value % 8:
            marks.setdefault(symbol.value // 8, []).extend(_declared(symbol))
    by_start = {s.value // 8: s.name for s in functions}
    lines: list[str] = []
    texts = disassemble(insns)
    for slot, text in zip(starts, texts, strict=True):
        lines += marks.pop(slot, [])
        if slot in labels:
            lines.append(f"{labels[slot]}:")
        if slot in notes:
            lines.append(f"\t# {notes[slot]}")
        lines.append(f"\t{_insn(image, insns, slot, text, relocations.get(slot), labels, by_start, image.big_endian)}")
    for left in marks.values():
        lines += left
    return lines


def _starts(insns: list[Insn]) -> list[int]:
    """The first slots of instructions, as `disassemble` takes them."""
    starts, slot = [], 0
    while slot < len(insns):
        starts.append(slot)
        slot += 2 if insns[slot].op == isa.LDDW else 1
    return starts


def _jumps(insns: list[Insn], starts: Iterable[int]) -> set[int]:
    """Where jumps go, as far as instructions begin there."""
    known = set(starts)
    found = set()
    for slot in known:
        distance = _distance(insns[slot])
        if distance is not None and slot + 1 + distance in known:
            found.add(slot + 1 + distance)
    return found


def _distance(insn: Insn) -> int | None:
    """How far a jump goes; None for what is none."""
    if insn.op & 7 not in (isa.JMP, isa.JMP32) or insn.op & 0xF0 in (isa.CALL, isa.EXIT):
        return None
    return insn.imm if insn.op == isa.JMP32 | isa.JA else insn.off


def _insn(image: Image, insns: list[Insn], slot: int, text: str, relocation: tuple[int, str] | None,
          labels: Mapping[int, str], functions: Mapping[int, str], big_endian: bool) -> str:  # fmt: skip
    insn = insns[slot]
    if relocation is not None and insn.op == isa.LDDW and slot + 1 < len(insns):
        addend = insn.imm & 0xFFFFFFFF | (insns[slot + 1].imm & 0xFFFFFFFF) << 32
        name, addend = _by_symbol(image, relocation[1], addend - (addend >> 63 << 64))
        return f"r{insn.dst} = {_sum(name, addend, ' ')} ll"
    if relocation is not None and insn.op == _CALL:
        name, addend = _by_symbol(image, relocation[1], (insn.imm + 1) * 8)
        return f"call {_sum(name, addend)}"
    if insn.op == _CALL and insn.src == isa.PSEUDO_CALL:
        called = functions.get(slot + 1 + insn.imm)
        if called is None or insn.dst or insn.off:
            return _raw(insns[slot : slot + 1], text, big_endian)
        return f"call {name_text(called)}"
    distance = _distance(insn)
    if distance is not None:
        label = labels.get(slot + 1 + distance)
        if label is None or text == UNKNOWN or not _plain((insn,)):
            return _raw(insns[slot : slot + 1], text, big_endian)
        return f"{text.rpartition(' ')[0]} {label}"
    whole = insns[slot : slot + (2 if insn.op == isa.LDDW else 1)]
    if text == UNKNOWN or (insn.op == isa.LDDW and insn.src) or not _plain(tuple(whole)):
        return _raw(whole, text, big_endian)
    return text


@cache
def _plain(insns: tuple[Insn, ...]) -> bool:
    """Whether the text says everything about the instruction: assembled, it gives the same again."""
    try:
        return parse_asm(disassemble(insns)[0]).insns == list(insns)
    except AsmError:
        return False


def _raw(insns: list[Insn], text: str, big_endian: bool) -> str:
    data = isa.encode(insns, big_endian=big_endian)
    return f".byte\t{', '.join(str(byte) for byte in data)}\t# {text}"

"""`assemble`: text in LLVM's syntax (see `asm_parser`) into instructions. What `disassemble` prints comes back equal.

    loop: r1 = *(u32 *)(r6 + 4)      # labels, comments, several instructions a line with ;
    if w1 > 7 goto loop; call 12     # helpers by number
    r1 = counts ll                   # symbols: only with assemble_function
"""

from __future__ import annotations

from collections.abc import Mapping

from ..diagnostics import Diagnostic, ObjectError, Severity
from ..source import Place
from . import isa
from .asm_code import AsmError, Code
from .asm_parser import parse_asm
from .isa import Insn
from .model import Function, Line, Reference, RefKind


def assemble(text: str) -> list[Insn]:
    """The instructions of `text`. Raises `ObjectError` with the line and column; names of maps and data are errors."""
    function = assemble_function("text", text)
    for reference in function.references:
        place = next(line.place for line in reversed(function.lines) if line.at <= reference.at)
        raise _error(f"'{reference.symbol}' is not a label of this text", place, "define the label")
    return function.insns


def assemble_function(name: str, text: str, section: str = ".text",
                      kinds: Mapping[str, RefKind] | None = None) -> Function:  # fmt: skip
    """A function whose code is `text`, with a line for each instruction.

    `r1 = NAME ll` refers to a label of the text or else to what `kinds` says (default: a map), `call NAME` to a label or
    a function. Raises `ObjectError`.
    """
    try:
        code = parse_asm(text)
        references = _resolve(code, kinds or {})
    except AsmError as problem:
        raise _error(problem.message, _place(name, text, problem.offset), problem.fix) from None
    lines = [Line(slot, _place(name, text, offset)) for slot, offset in code.starts]
    return Function(name, section, code.insns, references, lines)


def assemble_object(name: str, text: str, *, big_endian: bool = False) -> bytes:
    """The object file of an assembly file, or of a program as the kernel shows it (see `asm_kernel`); `name` is what messages
    call it. Raises `ObjectError`."""
    from .asm_file import assemble_file
    from .asm_kernel import from_kernel, is_kernel_dump
    from .image import write_elf

    try:
        if is_kernel_dump(text):
            text = from_kernel(text)
        return write_elf(assemble_file(text, big_endian=big_endian))
    except AsmError as problem:
        raise _error(problem.message, _place(name, text, problem.offset), problem.fix) from None


def _error(message: str, place: Place | None, fix: str = "") -> ObjectError:
    return ObjectError(Diagnostic("E0620", Severity.ERROR, message, place, fix=fix))


def _place(name: str, text: str, offset: int) -> Place:
    line = text.count("\n", 0, offset) + 1
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", start)
    return Place(name, line, offset - start + 1, text[start : end if end >= 0 else len(text)])


def _resolve(code: Code, kinds: Mapping[str, RefKind]) -> list[Reference]:
    """Fill in the distances to labels; what names no label becomes a reference."""

    def label(name: str, slot: int, offset: int) -> int:
        found = code.find(name, slot)
        if found is None:
            raise AsmError(f"there is no label '{name}'", offset, f"labels: {', '.join(code.labels) or 'none'}")
        return found

    references = []
    for item in code.open:
        insn = code.insns[item.slot]
        target = code.find(item.name, item.slot)
        match item.kind:
            case "symbol" if target is None:
                code.insns[item.slot : item.slot + 2] = isa.lddw(insn.dst, 0)
                references.append(Reference(item.slot, kinds.get(item.name, RefKind.MAP), item.name, item.addend))
            case "symbol" if target is not None:
                code.insns[item.slot : item.slot + 2] = isa.lddw(insn.dst, target - item.slot - 1, isa.PSEUDO_FUNC)
            case "call" if target is None:
                references.append(Reference(item.slot, RefKind.CALL, item.name))
            case "jump":
                distance = label(item.name, item.slot, item.offset) - item.slot - 1
                if not -0x8000 <= distance <= 0x7FFF:
                    raise AsmError(f"{distance} does not fit 16 bits", item.offset, "use gotol, whose distance has 32 bits")
                code.insns[item.slot] = insn._replace(off=distance)
            case _:
                distance = label(item.name, item.slot, item.offset) - item.slot - 1
                code.insns[item.slot] = insn._replace(imm=distance)
    code.put_data(label)
    return references

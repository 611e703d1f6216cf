"""`assemble`: text in LLVM's syntax (grammar: `asm.lark`) into instructions. What `disassemble` prints comes back equal.

    loop: r1 = *(u32 *)(r6 + 4)      # labels, comments, several instructions a line with ;
    if w1 > 7 goto loop; call 12     # helpers by number
    r1 = counts ll                   # symbols: only with assemble_function
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..diagnostics import Diagnostic, ObjectError, Severity
from ..source import Place
from . import isa
from .disassemble import ALU_OPS, FETCH_OPS, JUMP_OPS, SIZES
from .isa import Insn
from .model import Function, Line, Reference, RefKind

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

_ALU = {text + "=": op for op, text in ALU_OPS.items()}
_JUMPS = {text: op for op, text in JUMP_OPS.items()}
_FETCHES = {"atomic_fetch_" + text: op | isa.FETCH for op, text in FETCH_OPS.items()}
_SIZES = {text: size for size, text in SIZES.items()} | {"s8": isa.B, "s16": isa.H, "s32": isa.W}


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
    return _Assembler(name, text, section, kinds or {}).run()


@cache
def _parser() -> Lark:
    from lark import Lark

    return Lark((Path(__file__).parent / "asm.lark").read_text(), parser="lalr", maybe_placeholders=False)


def _error(message: str, place: Place | None, fix: str = "") -> ObjectError:
    return ObjectError(Diagnostic("E0620", Severity.ERROR, message, place, fix=fix))


class _Assembler:
    def __init__(self, name: str, text: str, section: str, kinds: Mapping[str, RefKind]) -> None:
        self.name, self.text, self.kinds = name, text, kinds
        self.rows = text.split("\n")
        self.function = Function(name, section, [])
        self.insns = self.function.insns
        self.labels: dict[str, int] = {}
        # (slot, label, set the distance, where it is written)
        self.waiting: list[tuple[int, Token, Callable[[Insn, int], Insn]]] = []

    def place(self, line: int, column: int) -> Place:
        text = self.rows[line - 1] if 0 < line <= len(self.rows) else ""
        return Place(self.name, line, column, text)

    def at(self, token: Token) -> Place:
        return self.place(token.line or 1, token.column or 1)

    def run(self) -> Function:
        from lark.exceptions import UnexpectedInput

        try:
            tree: Any = _parser().parse(self.text)
        except UnexpectedInput as problem:
            line, column = getattr(problem, "line", 1), getattr(problem, "column", 1)
            if line < 1:  # at the end of the text
                line, column = self.text.count("\n") + 1, len(self.text.rsplit("\n")[-1]) + 1
            raise _error(
                "this is not an instruction of BPF assembly", self.place(line, column),
                "write it as llvm-objdump prints it, for example r1 = *(u32 *)(r6 + 4)",
            ) from None  # fmt: skip
        for line_tree in tree.children:
            for part in line_tree.children:
                if part.data == "label":
                    label = part.children[0]
                    if label in self.labels:
                        raise _error(f"label '{label}' is defined twice", self.at(label), "rename one of them")
                    self.labels[str(label)] = len(self.insns)
                elif part.data != "slot":
                    first = next(part.scan_values(lambda _: True), None)
                    if first is not None:
                        self.function.lines.append(Line(len(self.insns), self.at(first)))
                    getattr(self, "do_" + part.data)(*part.children)
        self._resolve()
        return self.function

    def _resolve(self) -> None:
        for slot, label, patch in self.waiting:
            insn = self.insns[slot]
            if str(label) in self.labels:
                self.insns[slot] = patch(insn, self.labels[str(label)] - slot - 1)
                self._fits(self.insns[slot].off, 16, label)
            elif insn.op == isa.LDDW:
                kind = self.kinds.get(str(label), RefKind.MAP)
                addend = self.insns[slot + 1].imm << 32 | insn.imm & 0xFFFFFFFF
                self.insns[slot], self.insns[slot + 1] = insn._replace(imm=0), Insn(0)
                self.function.references.append(Reference(slot, kind, str(label), addend))
            elif insn.op == isa.JMP | isa.CALL:
                self.function.references.append(Reference(slot, RefKind.CALL, str(label)))
            else:
                raise _error(f"there is no label '{label}'", self.at(label), f"labels: {', '.join(self.labels) or 'none'}")

    def _fits(self, value: int, bits: int, token: Token, *, unsigned: bool = False) -> int:
        """`value` as a signed number of `bits`; large unsigned ones wrap if `unsigned`."""
        top = 1 << bits
        if not -top // 2 <= value < (top if unsigned else top // 2):
            raise _error(f"{value} does not fit {bits} bits", self.at(token), "use r1 = NUMBER ll for a 64-bit constant")
        return value - top if value >= top // 2 else value

    # operands

    def number(self, tree: Tree[Token]) -> int:
        token: Any = tree.children[0]
        value = int(token, 0)
        return -value if tree.data == "negative" else value

    def imm(self, tree: Tree[Token]) -> int:
        token = tree.children[0]
        return self._fits(self.number(tree), 32, token, unsigned=True)  # type: ignore[arg-type]

    def memory(self, tree: Tree[Token]) -> tuple[int, int]:
        """(register, offset) of an address."""
        place: Any = tree.children[0] if tree.data == "address" else tree
        base = self.register(place.children[0], "r")
        if len(place.children) == 1:
            return base, 0
        sign, number = place.children[1:]
        return base, self._fits(-int(number, 0) if sign == "-" else int(number, 0), 16, number)

    def register(self, token: Token, kind: str = "rw") -> int:
        if token[0] not in kind:
            other = "64-bit r" if kind == "r" else "32-bit w"
            raise _error(f"'{token}' cannot stand here", self.at(token), f"use a {other} register")
        if token[1:] == "11":
            raise _error("there is no register 11", self.at(token), "registers are r0 to r10")
        return int(token[1:])

    def emit(self, op: int, dst: int = 0, src: int = 0, off: int = 0, imm: int = 0) -> None:
        self.insns.append(Insn(op, dst, src, off, imm))

    def wait(self, label: Token, patch: Callable[[Insn, int], Insn]) -> None:
        self.waiting.append((len(self.insns), label, patch))

    # one method a rule of the grammar

    def do_alu(self, dst: Token, operator: Token, operand: Tree[Token]) -> None:
        text, off = str(operator), 0
        if text in ("s/=", "s%="):
            text, off = text[1:], 1
        self._alu(_ALU[text], dst, operand, off)

    def _alu(self, op: int, dst: Token, operand: Tree[Token], off: int = 0) -> None:
        alu = isa.ALU64 if dst[0] == "r" else isa.ALU
        right: Any = operand.children[0]
        if hasattr(right, "data"):
            self.emit(alu | op | isa.K, self.register(dst), 0, off, self.imm(right))
        else:
            self.emit(alu | op | isa.X, self.register(dst), self.register(right, dst[0]), off)

    def do_mov(self, dst: Token, operand: Tree[Token]) -> None:
        self._alu(isa.MOV, dst, operand)

    def do_extend(self, dst: Token, size: Token, src: Token) -> None:
        alu = isa.ALU64 if dst[0] == "r" else isa.ALU
        if alu == isa.ALU and size == "s32":
            raise _error("(s32) is for r registers", self.at(size), "copy the register instead")
        self.emit(alu | isa.MOV | isa.X, self.register(dst), self.register(src, dst[0]), int(size[1:]))

    def do_neg(self, dst: Token, src: Token) -> None:
        self._same(dst, src)
        self.emit((isa.ALU64 if dst[0] == "r" else isa.ALU) | isa.NEG, self.register(dst))

    def _same(self, dst: Token, src: Token) -> None:
        if dst != src:
            raise _error(f"'{src}' must be '{dst}': this works in place", self.at(src), "copy the register first")

    def do_end(self, dst: Token, name: Token, src: Token) -> None:
        self._same(dst, src)
        order, bits = name.rstrip("0123456789"), int(name.lstrip("belswap"))
        op = {"le": isa.ALU | isa.END, "be": isa.ALU | isa.END | isa.X, "bswap": isa.ALU64 | isa.END}[order]
        self.emit(op, self.register(dst, "r"), 0, 0, bits)

    def do_lddw(self, dst: Token, number: Tree[Token]) -> None:
        token: Any = number.children[0]
        self.insns += isa.lddw(self.register(dst, "r"), self._fits(self.number(number), 64, token, unsigned=True))

    def do_symbol(self, dst: Token, name: Token, sign: str = "+", number: str = "0") -> None:
        addend = -int(number, 0) if sign == "-" else int(number, 0)
        self.wait(name, lambda insn, distance: insn._replace(src=isa.PSEUDO_FUNC, imm=distance))
        self.insns += isa.lddw(self.register(dst, "r"), addend)

    def do_pseudo(self, dst: Token, src: Tree[Token], value: Tree[Token]) -> None:
        self.insns += isa.lddw(self.register(dst, "r"), self.number(value), self.number(src) & 15)

    def do_cast(self, dst: Token, src: Token, to: Tree[Token], from_: Tree[Token]) -> None:
        imm = (self.number(to) & 0xFFFF) << 16 | self.number(from_) & 0xFFFF
        self.emit(isa.ALU64 | isa.MOV | isa.X, self.register(dst, "r"), self.register(src, "r"), 1, imm - (imm >> 31 << 32))

    def do_load(self, dst: Token, size: Token, address: Tree[Token]) -> None:
        mode = isa.MEMSX if size[0] == "s" else isa.MEM
        register = self.register(dst, "r" if mode == isa.MEMSX or size == "u64" else "rw")
        self.emit(isa.LDX | mode | _SIZES[size], register, *self.memory(address))

    def do_packet(self, dst: Token, size: Token, operand: Tree[Token]) -> None:
        if dst != "r0" or size == "u64":
            raise _error("skb[] loads 8, 16 or 32 bits into r0", self.at(dst), "write r0 = *(u32 *)skb[...]")
        right: Any = operand.children[0]
        if hasattr(right, "data"):
            self.emit(isa.LD | isa.ABS | _SIZES[size], 0, 0, 0, self.imm(right))
        else:
            self.emit(isa.LD | isa.IND | _SIZES[size], 0, self.register(right, "r"))

    def do_store(self, size: Token, address: Tree[Token], operand: Tree[Token]) -> None:
        base, off = self.memory(address)
        right: Any = operand.children[0]
        if hasattr(right, "data"):
            self.emit(isa.ST | isa.MEM | _SIZES[size], base, 0, off, self.imm(right))
        else:
            self.emit(isa.STX | isa.MEM | _SIZES[size], base, self.register(right, "r" if size == "u64" else "rw"), off)

    def _atomic(self, size: str, address: Tree[Token], src: Token, imm: int) -> None:
        base, off = self.memory(address)
        register = self.register(src, "r" if size == "u64" else "rw")
        self.emit(isa.STX | isa.ATOMIC | _SIZES[size], base, register, off, imm)

    def do_lock(self, size: Token, address: Tree[Token], operator: Token, src: Token) -> None:
        if size not in ("u32", "u64") or str(operator) not in ("+=", "|=", "&=", "^="):
            raise _error("there is no such atomic operation", self.at(size), "atomics are += |= &= ^= on u32 and u64")
        self._atomic(size, address, src, _ALU[operator])

    def do_fetch(self, dst: Token, name: Token, size: Token, address: Tree[Token], src: Token) -> None:
        if size not in ("u32", "u64"):
            raise _error("there is no such atomic operation", self.at(size), "atomics work on u32 and u64")
        self._same(dst, src)
        self._atomic(size, address, src, _FETCHES[name])

    def do_xchg(self, dst: Token, name: Token, address: Tree[Token], src: Token) -> None:
        self._same(dst, src)
        self._atomic("u64" if name == "xchg_64" else "u32", address, src, isa.XCHG)

    def do_cmpxchg(self, dst: Token, name: Token, address: Tree[Token], old: Token, src: Token) -> None:
        self._same(dst, old)
        if self.register(dst) != 0:
            raise _error("cmpxchg compares with r0 and returns there", self.at(dst), "use r0 (or w0)")
        self._atomic("u64" if name == "cmpxchg_64" else "u32", address, src, isa.CMPXCHG)

    def do_acquire(self, dst: Token, size: Token, address: Tree[Token]) -> None:
        base, off = self.memory(address)
        self.emit(isa.STX | isa.ATOMIC | _SIZES[size], self.register(dst), base, off, isa.LOAD_ACQUIRE)

    def do_release(self, size: Token, address: Tree[Token], src: Token) -> None:
        self._atomic(size, address, src, isa.STORE_RELEASE)

    def _distance(self, target: Tree[Token], *, long: bool = False) -> int:
        """The distance of a jump about to be emitted; 0 if it waits for a label."""
        first: Any = target.children[0]
        if first.type == "NAME":
            if long:
                self.wait(first, lambda insn, distance: insn._replace(imm=distance))
            else:
                self.wait(first, lambda insn, distance: insn._replace(off=distance))
            return 0
        text: Any = target.children[-1]
        value = -int(text, 0) if first == "-" else int(text, 0)
        return self._fits(value, 32 if long else 16, text)

    def do_jump(self, kind: Token, target: Tree[Token]) -> None:
        match str(kind):
            case "goto":
                self.emit(isa.JMP | isa.JA, off=self._distance(target))
            case "gotol":
                self.emit(isa.JMP32 | isa.JA, imm=self._distance(target, long=True))
            case _:
                self.emit(isa.JMP | isa.JCOND, off=self._distance(target))

    def do_branch(self, left: Token, *rest: Any) -> None:
        operator, operand, target = rest if len(rest) == 3 else ("&", *rest)
        jump = isa.JMP if left[0] == "r" else isa.JMP32
        op = jump | _JUMPS[operator]
        off = self._distance(target)
        right = operand.children[0]
        if hasattr(right, "data"):
            self.emit(op | isa.K, self.register(left), 0, off, self.imm(right))
        else:
            self.emit(op | isa.X, self.register(left), self.register(right, left[0]), off)

    def do_call(self, number: Tree[Token]) -> None:
        self.emit(isa.JMP | isa.CALL, imm=self.imm(number))

    def do_call_name(self, name: Token) -> None:
        self.wait(name, lambda insn, distance: insn._replace(imm=distance))
        self.emit(isa.JMP | isa.CALL, 0, isa.PSEUDO_CALL, 0, -1)

    def do_callx(self, register: Token) -> None:
        self.emit(isa.JMP | isa.CALL | isa.X, self.register(register, "r"))

    def do_exit(self, _exit: Token) -> None:
        self.emit(isa.JMP | isa.EXIT)

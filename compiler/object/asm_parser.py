"""`parse_asm`: a text of BPF assembly in LLVM's syntax to instructions, whose labels and symbols are open until `resolve`.

| statement                                           | instruction                                              |
|-----------------------------------------------------|----------------------------------------------------------|
| `r1 = r2`, `w1 = -5`, `r1 += r2`, `r1 s/= 7`        | ALU, 64 bits with r, 32 with w; s/ s% s>> are signed      |
| `r1 = -r1`, `r1 = (s8)r2`, `r1 = be16 r1`           | negation, sign extension, byte order (also le, bswap)     |
| `r1 = 5 ll`, `r1 = name + 4 ll`                     | lddw: two slots                                           |
| `r1 = addr_space_cast(r2, 0, 1)`                    | move between address spaces                               |
| `r1 = *(u32 *)(r2 + 4)`, `r1 = *(s8 *)(r2 - 4)`     | load                                                      |
| `*(u32 *)(r2 + 4) = r1`, `*(u64 *)(r2 + 4) = 7`     | store                                                     |
| `lock *(u64 *)(r1 + 0) += r2`                       | atomics; `r2 = atomic_fetch_add((u64 *)(r1 + 0), r2)`,    |
|                                                     | `r2 = xchg_64(r1 + 0, r2)`, `r0 = cmpxchg_64(r1 + 0, r0, r2)` |
| `r0 = *(u32 *)skb[4]`, `r0 = *(u16 *)skb[r1]`       | classic packet loads                                      |
| `if r1 s< 5 goto L`, `goto +3`, `gotol L`, `may_goto L` | jumps: to labels or by a number of slots              |
| `call 12`, `call name`, `callx r1`, `exit`          | calls                                                     |
| `.byte 1, 2`, `.short`, `.long`, `.8byte`           | the bytes of instructions; with label arithmetic          |
| `.rept 3` `.endr`                                   | what stands between, so many times                        |
| `.ifc a, b` `.ifnc a, b` `.else` `.endif`           | what stands between counts if the texts are (not) equal   |

Statements end with a newline or `;`, comments begin with `#` or `//`. `1:` is a local label, `1b` and `1f` the nearest one.
The syntax is that of LLVM's BPF assembler, the operators' precedence GNU as's.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from . import isa
from .asm_code import EXAMPLE, NOT_ASM, AsmError, Code, Data, Open, Term, data_bytes
from .asm_operands import ACCESS_SIZES, Operands, Token, signed
from .disassemble import ALU_OPS, FETCH_OPS, JUMP_OPS
from .isa import Insn


def parse_asm(text: str, *, big_endian: bool = False) -> Code:
    """Parse `text`; raises `AsmError`. Jumps and calls by name are left in `Code.open`, data in `Code.data`."""
    return Parser(text, big_endian).run()


_ALU = {text + "=": op for op, text in ALU_OPS.items()}
_JUMPS = {text: op for op, text in JUMP_OPS.items()}
_FETCHES = {"atomic_fetch_" + text: op | isa.FETCH for op, text in FETCH_OPS.items()}
_ENDS = {"le": isa.ALU | isa.END, "be": isa.ALU | isa.END | isa.X, "bswap": isa.ALU64 | isa.END}
_LOCKED = frozenset({"+=", "|=", "&=", "^="})
_DATA = {".byte": 1, ".short": 2, ".2byte": 2, ".long": 4, ".int": 4, ".4byte": 4, ".quad": 8, ".8byte": 8}
_CONDITIONAL = frozenset({".ifc", ".ifnc", ".else", ".endif"})
_MOST_REPEATED = 1_000_000  # instructions of a program (BPF_COMPLEXITY_LIMIT_INSNS, linux/bpf_verifier.h)
_IGNORED = frozenset({".align", ".p2align", ".balign"})  # instructions are aligned as it is
_STATEMENT = re.compile(r'(?:"(?:[^"\\\n]|\\.)*"|/\*.*?\*/|(?!#|//)[^;\n])+', re.DOTALL)
LABELS = re.compile(r"\s*(?:[\w.$@]+\s*:\s*)*")
_COMMENT = re.compile(r"(?:#|//)[^\n]*")


class Parser(Operands):
    """All statements of a text."""

    # --- statements -----------------------------------------------------------------------------------------------

    def run(self) -> Code:
        """All statements."""
        self._statements(0, len(self.text))
        return self._finish()

    def _statements(self, position: int, end: int) -> None:
        text = self.text
        conditions: list[tuple[bool, int]] = []
        while position < end:
            match = self._cut(position, end)
            if match is None:
                break
            position = match.end()
            start = LABELS.match(text, match.start(), position).end()  # type: ignore[union-attr]
            first = text[start:position].split(None, 1)[0] if text[start:position].strip() else ""
            if first in _CONDITIONAL:
                self._condition(first, start, text[start:position].strip()[len(first) :], conditions)
            elif first == ".rept":
                body, last = position, self._end_of_repetition(position, end, start)
                position = last.end()
                if all(holds for holds, _ in conditions):
                    self._statement(match.start(), start)
                    self._repeat(start, body, last.start())
            elif all(holds for holds, _ in conditions):
                self._statement(match.start(), position)
        if conditions:
            raise AsmError(".ifc without .endif", conditions[-1][1], "end it with .endif")

    def _cut(self, position: int, end: int) -> re.Match[str] | None:
        """The next statement, None if there is none."""
        while position < end:
            comment = _COMMENT.match(self.text, position, end)
            if comment:
                position = comment.end()
                continue
            match = _STATEMENT.match(self.text, position, end)
            if match:
                return match
            position += 1
        return None

    def _end_of_repetition(self, position: int, end: int, start: int) -> re.Match[str]:
        depth = 1
        while (match := self._cut(position, end)) is not None:
            words = match[0][LABELS.match(match[0]).end() :].split(None, 1)  # type: ignore[union-attr]
            depth += {".rept": 1, ".endr": -1}.get(words[0] if words else "", 0)
            if not depth:
                return match
            position = match.end()
        raise AsmError(".rept without .endr", start, "end it with .endr")

    def _repeat(self, start: int, body: int, end: int) -> None:
        self._tokenize(start + len(".rept"), body)
        count = self._constant(32)
        if self._peek().kind != "end":
            raise AsmError(NOT_ASM, self._peek().offset, ".rept 3")
        if not 0 <= count <= _MOST_REPEATED:
            raise AsmError(f"{count} repetitions: at least 0, at most {_MOST_REPEATED}", start, "repeat less often")
        code = self.code
        for done in range(count):
            if len(self.insns) > _MOST_REPEATED:
                raise AsmError("this repeats more instructions than a program can have", start, "repeat less often")
            slot, marks = len(self.insns), code.marks()
            self._statements(body, end)
            if marks == code.marks():
                self.insns += self.insns[slot:] * (count - done - 1)  # the same each time
                break

    def _condition(self, word: str, start: int, rest: str, conditions: list[tuple[bool, int]]) -> None:
        if word in (".ifc", ".ifnc"):
            left, comma, right = rest.partition(",")
            if not comma:
                raise AsmError(f"{word} compares two texts", start, f"{word} r1, r2")
            conditions.append(((left.strip() == right.strip()) == (word == ".ifc"), start))
        elif not conditions:
            raise AsmError(f"{word} without .ifc", start, "begin with .ifc")
        elif word == ".else":
            conditions[-1] = (not conditions[-1][0], start)
        else:
            conditions.pop()

    def _statement(self, start: int, end: int) -> None:
        self._tokenize(start, end)
        while len(self.tokens) > self.index + 1 and self.tokens[self.index + 1].text == ":":
            label = self._next()
            self._label(label)
            self.index += 1
        first = self._peek()
        if first.kind == "end":
            return
        if first.text.startswith("."):
            self._directive()
        else:
            self.code.starts.append((len(self.insns), first.offset))
            self._insn()
        rest = self._peek()
        if rest.kind != "end":
            raise AsmError(NOT_ASM, rest.offset, EXAMPLE)

    def _label(self, label: Token) -> None:
        self._end_data()
        slot = len(self.insns)
        if label.kind == "number" and label.text.isdigit():
            self.code.locals.setdefault(label.text, []).append(slot)
        elif label.kind == "name":
            if label.text in self.code.labels:
                raise AsmError(f"label '{label.text}' is defined twice", label.offset, "rename one of them, or end it in %=")
            self.code.labels[label.text] = slot
        else:
            raise AsmError(f"'{label.text}' cannot be a label", label.offset, "use a name or a number")

    # --- data -----------------------------------------------------------------------------------------------------

    def _directive(self) -> None:
        word = self._next()
        if word.text in _IGNORED:
            self.index = len(self.tokens) - 1
            return
        size = _DATA.get(word.text)
        if size is None:
            raise AsmError(
                f"the directive '{word.text}' is not supported", word.offset,
                "there are .byte .short .long .8byte .ifc .ifnc .else .endif .rept .endr",
            )  # fmt: skip
        data = self.code.data
        if not data or (not len(data[-1].bytes) % 8 and data[-1].slot + len(data[-1].bytes) // 8 != len(self.insns)):
            data.append(Data(len(self.insns), bytearray(), [], word.offset))
        run = data[-1]
        while True:
            if not len(run.bytes) % 8:
                self.code.starts.append((len(self.insns), word.offset))
            offset = self._peek().offset
            value = self._expression()
            if isinstance(value, Term):
                run.terms.append((len(run.bytes), size, value, offset))
                value = 0
            run.bytes += data_bytes(value, size, offset, self.code.big_endian)
            # an instruction for each 8 bytes begun
            self.insns += [Insn(0)] * (run.slot + (len(run.bytes) + 7) // 8 - len(self.insns))
            if not self._accept(","):
                return

    def _finish(self) -> Code:
        self._end_data()
        for run in self.code.data:
            if not run.terms:
                count = len(run.bytes) // 8
                self.insns[run.slot : run.slot + count] = isa.decode(bytes(run.bytes), big_endian=self.code.big_endian)
        self.code.data = [run for run in self.code.data if run.terms]
        return self.code

    # --- instructions ---------------------------------------------------------------------------------------------

    def _insn(self) -> None:
        first = self._next()
        if first.kind == "register":
            self._assignment(first)
            return
        if first.text == "*":
            self._store()
            return
        rule = _RULES.get(first.text)
        if rule is None:
            raise self._wrong(first)
        rule(self, first)

    def _assignment(self, dst: Token) -> None:
        operator = self._next()
        text, off = operator.text, 0
        if text in ("s/=", "s%="):
            text, off = text[1:], 1
        if operator.kind != "op" or text not in _ALU or text == "==":
            raise self._wrong(operator)
        right = self._peek()
        if text != "=" or right.kind == "register":
            self._alu(_ALU[text], dst, off)
            return
        after = self.tokens[self.index + 1] if self.index + 1 < len(self.tokens) else right
        if right.text == "-" and after.kind == "register":
            self._same(dst, after)
            self.index += 2
            self._emit(self._class(dst) | isa.NEG, self._number_of(dst))
        elif right.text == "(" and after.text in ("s8", "s16", "s32"):
            self._extend(dst, after)
        elif right.text == "*":
            self._load(dst)
        elif right.kind == "name":
            self._named(dst, right)
        else:
            self._move_number(dst)

    def _class(self, dst: Token) -> int:
        return isa.ALU64 if dst.text[0] == "r" else isa.ALU

    def _alu(self, op: int, dst: Token, off: int = 0) -> None:
        if self._peek().kind == "register":
            self._emit(self._class(dst) | op | isa.X, self._number_of(dst), self._register(dst.text[0]), off)
        else:
            self._emit(self._class(dst) | op | isa.K, self._number_of(dst), 0, off, self._constant(32, unsigned=True))

    def _move_number(self, dst: Token) -> None:
        start = self._peek()
        value = self._expression()
        if isinstance(value, Term):
            raise AsmError("this must be a number", start.offset, "write r1 = NAME ll for an address")
        if self._accept("ll"):
            self._emit_lddw(self._number_of(dst, "r"), self._fits(value, 64, start.offset, unsigned=True))
        else:
            imm = self._fits(value, 32, start.offset, unsigned=True)
            self._emit(self._class(dst) | isa.MOV | isa.K, self._number_of(dst), imm=imm)

    def _same(self, dst: Token, src: Token) -> None:
        if dst.text != src.text:
            raise AsmError(f"'{src.text}' must be '{dst.text}': this works in place", src.offset, "copy the register first")

    def _extend(self, dst: Token, size: Token) -> None:
        if dst.text[0] == "w" and size.text == "s32":
            raise AsmError("(s32) is for r registers", size.offset, "copy the register instead")
        self.index += 2
        self._expect(")")
        src = self._register(dst.text[0])
        self._emit(self._class(dst) | isa.MOV | isa.X, self._number_of(dst), src, int(size.text[1:]))

    def _named(self, dst: Token, name: Token) -> None:
        """`r1 = WORD ...`: a byte swap, an atomic, a cast, or the address of a symbol."""
        self.index += 1
        word = name.text
        order, bits = word.rstrip("0123456789"), word.lstrip("belswap")
        if order in _ENDS and bits in ("16", "32", "64"):
            src = self._next()
            self._same(dst, src)
            self._emit(_ENDS[order], self._number_of(dst, "r"), imm=int(bits))
        elif word in _FETCHES:
            self._expect("(")
            self._rmw(dst, self._size_of_atomic(), self._address(), _FETCHES[word])
        elif word in ("xchg_64", "xchg32_32"):
            self._expect("(")
            self._rmw(dst, "u64" if word == "xchg_64" else "u32", self._place(), isa.XCHG)
        elif word in ("cmpxchg_64", "cmpxchg32_32"):
            self._compare_exchange(dst, "u64" if word == "cmpxchg_64" else "u32")
        elif word == "load_acquire":
            self._expect("(")
            size = self._size().text
            base, off = self._address()
            self._expect(")")
            self._emit(isa.STX | isa.ATOMIC | ACCESS_SIZES[size], self._number_of(dst), base, off, isa.LOAD_ACQUIRE)
        elif word == "addr_space_cast":
            self._cast(dst)
        else:
            addend = self._constant(64) if self._peek().text in ("+", "-") else 0
            if not self._accept("ll"):
                raise AsmError(NOT_ASM, name.offset, f"the address of a symbol is r1 = {word} ll")
            self._end_data()
            self.code.open.append(Open(len(self.insns), word, "symbol", name.offset, addend))
            self._emit_lddw(self._number_of(dst, "r"), addend)

    def _size_of_atomic(self) -> str:
        size = self._size()
        if size.text not in ("u32", "u64"):
            raise AsmError("there is no such atomic operation", size.offset, "atomics work on u32 and u64")
        return size.text

    def _atomic(self, size: str, place: tuple[int, int], src: Token, imm: int) -> None:
        register = self._number_of(src, "r" if size == "u64" else "rw")
        self._emit(isa.STX | isa.ATOMIC | ACCESS_SIZES[size], place[0], register, place[1], imm)

    def _rmw(self, dst: Token, size: str, place: tuple[int, int], imm: int) -> None:
        self._expect(",")
        src = self._operand_register()
        self._expect(")")
        self._same(dst, src)
        self._atomic(size, place, src, imm)

    def _operand_register(self) -> Token:
        token = self._next()
        if token.kind != "register":
            raise self._wrong(token)
        return token

    def _compare_exchange(self, dst: Token, size: str) -> None:
        self._expect("(")
        place = self._place()
        self._expect(",")
        self._same(dst, self._operand_register())
        if self._number_of(dst) != 0:
            raise AsmError("cmpxchg compares with r0 and returns there", dst.offset, "use r0 (or w0)")
        self._expect(",")
        src = self._operand_register()
        self._expect(")")
        self._atomic(size, place, src, isa.CMPXCHG)

    def _cast(self, dst: Token) -> None:
        self._expect("(")
        src = self._register("r")
        self._expect(",")
        to = self._constant(16, unsigned=True) & 0xFFFF
        self._expect(",")
        imm = to << 16 | self._constant(16, unsigned=True) & 0xFFFF
        self._expect(")")
        self._emit(isa.ALU64 | isa.MOV | isa.X, self._number_of(dst, "r"), src, 1, signed(imm, 32))

    def _load(self, dst: Token) -> None:
        self._expect("*")
        size = self._size()
        if self._accept("skb"):
            self._packet(dst, size)
            return
        mode = isa.MEMSX if size.text[0] == "s" else isa.MEM
        register = self._number_of(dst, "r" if mode == isa.MEMSX or size.text == "u64" else "rw")
        self._emit(isa.LDX | mode | ACCESS_SIZES[size.text], register, *self._address())

    def _packet(self, dst: Token, size: Token) -> None:
        if dst.text != "r0" or size.text not in ("u8", "u16", "u32"):
            raise AsmError("skb[] loads 8, 16 or 32 bits into r0", dst.offset, "write r0 = *(u32 *)skb[...]")
        self._expect("[")
        if self._peek().kind == "register":
            self._emit(isa.LD | isa.IND | ACCESS_SIZES[size.text], 0, self._register("r"))
        else:
            self._emit(isa.LD | isa.ABS | ACCESS_SIZES[size.text], imm=self._constant(32, unsigned=True))
        self._expect("]")

    def _store(self) -> None:
        size = self._size()
        if size.text[0] == "s":
            raise AsmError("a store has no sign", size.offset, f"write *(u{size.text[1:]} *)")
        base, off = self._address()
        self._expect("=")
        if self._peek().kind == "register":
            source = self._register("r" if size.text == "u64" else "rw")
            self._emit(isa.STX | isa.MEM | ACCESS_SIZES[size.text], base, source, off)
        else:
            self._emit(isa.ST | isa.MEM | ACCESS_SIZES[size.text], base, 0, off, self._constant(32, unsigned=True))

    def _lock(self, _word: Token) -> None:
        self._expect("*")
        size = self._size()
        place = self._address()
        operator = self._next()
        if size.text not in ("u32", "u64") or operator.text not in _LOCKED:
            raise AsmError("there is no such atomic operation", size.offset, "atomics are += |= &= ^= on u32 and u64")
        self._atomic(size.text, place, self._operand_register(), _ALU[operator.text])

    def _release(self, _word: Token) -> None:
        self._expect("(")
        size = self._size().text
        place = self._address()
        self._expect(",")
        src = self._operand_register()
        self._expect(")")
        self._atomic(size, place, src, isa.STORE_RELEASE)

    def _pseudo(self, _word: Token) -> None:
        dst = self._register("r")
        self._expect(",")
        source = self._constant(4, unsigned=True) & 15
        self._expect(",")
        self._emit_lddw(dst, self._constant(64, unsigned=True), source)

    # --- control --------------------------------------------------------------------------------------------------

    def _distance(self, *, long: bool = False) -> int:
        """The distance of a jump about to be emitted; 0 if it waits for a label."""
        token = self._peek()
        local = token.kind == "number" and token.text[-1] in "bf" and token.text[:2] not in ("0x", "0X")
        if token.kind == "name" or local:
            self.index += 1
            self.code.open.append(Open(len(self.insns), token.text, "long" if long else "jump", token.offset))
            return 0
        return self._constant(32 if long else 16)

    def _goto(self, _word: Token) -> None:
        self._emit(isa.JMP | isa.JA, off=self._distance())

    def _gotol(self, _word: Token) -> None:
        self._emit(isa.JMP32 | isa.JA, imm=self._distance(long=True))

    def _may_goto(self, _word: Token) -> None:
        self._emit(isa.JMP | isa.JCOND, off=self._distance())

    def _if(self, _word: Token) -> None:
        left = self._operand_register()
        operator = self._next()
        if operator.text not in _JUMPS:
            raise self._wrong(operator)
        op = (isa.JMP if left.text[0] == "r" else isa.JMP32) | _JUMPS[operator.text]
        dst = self._number_of(left)
        src = imm = 0
        if self._peek().kind == "register":
            op |= isa.X
            src = self._register(left.text[0])
        else:
            imm = self._constant(32, unsigned=True)
        self._expect("goto")
        self._emit(op, dst, src, self._distance(), imm)

    def _call(self, _word: Token) -> None:
        name = self._peek()
        if name.kind == "name":
            self.index += 1
            if self._peek().text in ("+", "-"):
                raise AsmError("a call goes to the start of a function", self._peek().offset, f"call {name.text}")
            self.code.open.append(Open(len(self.insns), name.text, "call", name.offset))
            self._emit(isa.JMP | isa.CALL, 0, isa.PSEUDO_CALL, 0, -1)
        else:
            self._emit(isa.JMP | isa.CALL, imm=self._constant(32, unsigned=True))

    def _callx(self, _word: Token) -> None:
        self._emit(isa.JMP | isa.CALL | isa.X, self._register("r"))

    def _exit(self, _word: Token) -> None:
        self._emit(isa.JMP | isa.EXIT)


_RULES: dict[str, Callable[[Parser, Token], None]] = {
    "goto": Parser._goto, "gotol": Parser._gotol, "may_goto": Parser._may_goto, "if": Parser._if,
    "call": Parser._call, "callx": Parser._callx, "exit": Parser._exit, "lock": Parser._lock,
    "store_release": Parser._release, "ld_pseudo": Parser._pseudo,
}  # fmt: skip

"""`Operands`: the tokens of a statement of BPF assembly, and what instructions are put together from: registers, numbers,
expressions with labels, addresses, sizes. The operators' precedence is GNU as's."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..records import NamedTuple
from . import isa
from .asm_code import EXAMPLE, NOT_ASM, AsmError, Code, Number, Term
from .disassemble import SIZES as WIDTHS
from .isa import Insn

ACCESS_SIZES = {text: size for size, text in WIDTHS.items()} | {"s8": isa.B, "s16": isa.H, "s32": isa.W}

_TOKEN = re.compile(
    r"(?P<number>\d+[bf](?!\w)|(?:0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)[uU]?[lL]{0,2})(?!\w)"
    r"|(?P<op>s>>=|s(?:/=|%=|[<>]=?)|>>=|<<=|[-+*/%|&^<>=!]=|<<|>>|[-+*/%|&^<>=!~()\[\],:])"
    r'|(?P<name>[A-Za-z_.$@][\w.$@]*|"(?:[^"\\\n]|\\.)+")'
)
_SPACE = re.compile(r"(?:[ \t\r\f\v]|/\*.*?\*/)*", re.DOTALL)
_REGISTER = re.compile(r"[rRwW](\d+)\Z")
_WHERE = re.compile(r"<[\w.$+@]+>\s*\Z")  # llvm-objdump says where a jump goes
_PRECEDENCE = {
    "+": 1, "-": 1, "|": 2, "&": 2, "^": 2, "*": 3, "/": 3, "%": 3, "<<": 3, ">>": 3,
}  # fmt: skip
_MASK = (1 << 64) - 1


def signed(value: int, bits: int = 64) -> int:
    """The low `bits` of a number as two's complement."""
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def _compute(op: str, a: int, b: int, offset: int) -> int:
    if op in ("/", "%"):
        if not b:
            raise AsmError("division by zero", offset)
        quotient = abs(a) // abs(b)
        quotient = -quotient if (a < 0) != (b < 0) else quotient
        return signed(quotient if op == "/" else a - quotient * b)
    if op in ("<<", ">>"):
        return signed((a & _MASK) << (b & 63) if op == "<<" else (a & _MASK) >> (b & 63))
    return signed(
        a + b if op == "+" else a - b if op == "-" else a * b if op == "*" else a | b if op == "|"
        else a & b if op == "&" else a ^ b
    )  # fmt: skip


class Token(NamedTuple):
    """A word of the text."""

    kind: str  # number, name, register, op, end
    text: str
    offset: int


class Operands:
    """Reads one statement at a time; instructions are appended to `code`."""

    def __init__(self, text: str, big_endian: bool) -> None:
        self.text = text
        self.big_endian = big_endian
        self.code = Code(big_endian=big_endian)
        self.insns = self.code.insns
        self.tokens: list[Token] = []
        self.index = 0

    # --- tokens -------------------------------------------------------------------------------------------------------

    def _tokenize(self, start: int, end: int) -> None:
        tokens: list[Token] = []
        text = self.text
        where = _WHERE.search(text, start, end)
        if where:
            end = where.start()
        position = _SPACE.match(text, start, end).end()  # type: ignore[union-attr]
        while position < end:
            match = _TOKEN.match(text, position, end)
            if not match:
                raise AsmError(NOT_ASM, position, EXAMPLE)
            kind = match.lastgroup or ""
            if kind == "name" and _REGISTER.match(match[0]):
                kind = "register"
            word = match[0].lower() if kind == "register" else match[0]
            tokens.append(Token(kind, word[1:-1] if word[0] == '"' else word, position))
            position = _SPACE.match(text, match.end(), end).end()  # type: ignore[union-attr]
        tokens.append(Token("end", "", len(text[:end].rstrip())))
        self.tokens, self.index = tokens, 0

    def _peek(self) -> Token:
        return self.tokens[self.index]

    def _next(self) -> Token:
        token = self.tokens[self.index]
        if token.kind != "end":
            self.index += 1
        return token

    def _accept(self, text: str) -> bool:
        if self.tokens[self.index].text == text:
            self.index += 1
            return True
        return False

    def _expect(self, *texts: str) -> None:
        for text in texts:
            if not self._accept(text):
                raise AsmError(NOT_ASM, self._peek().offset, EXAMPLE)

    def _wrong(self, token: Token) -> AsmError:
        return AsmError(NOT_ASM, token.offset, EXAMPLE)

    # --- operands -------------------------------------------------------------------------------------------------

    def _expression(self, least: int = 1) -> Number:
        left = self._unary()
        while True:
            token = self._peek()
            level = _PRECEDENCE.get(token.text, 0)
            if level < least:
                return left
            self.index += 1
            left = self._combine(token, left, self._expression(level + 1))

    def _combine(self, token: Token, a: Number, b: Number) -> Number:
        op, offset = token.text, token.offset
        if isinstance(a, int) and isinstance(b, int):
            return _compute(op, a, b, offset)

        def evaluate(at: Callable[[str, int], int]) -> int:
            left = a if isinstance(a, int) else a.evaluate(at)
            right = b if isinstance(b, int) else b.evaluate(at)
            return _compute(op, left, right, offset)

        return Term(evaluate)

    def _unary(self) -> Number:
        token = self._next()
        match token.kind, token.text:
            case "op", "-":
                return self._combine(token, 0, self._unary())
            case "op", "+":
                return self._unary()
            case "op", "~":
                return self._combine(token._replace(text="^"), -1, self._unary())
            case "op", "(":
                value = self._expression()
                self._expect(")")
                return value
            case "number", text if text[-1] not in "bf" or text[:2] in ("0x", "0X"):
                return _number(token)
            case ("number", name) | ("name", name):
                return Term(lambda at: at(name, token.offset))
        raise self._wrong(token)

    def _constant(self, bits: int, *, unsigned: bool = False) -> int:
        """A number as a signed one of `bits`; large unsigned ones wrap if `unsigned`."""
        start = self._peek()
        value = self._expression()
        if isinstance(value, Term):
            raise AsmError("this must be a number", start.offset, "symbols stand in calls, jumps and r1 = NAME ll")
        return self._fits(value, bits, start.offset, unsigned=unsigned)

    def _fits(self, value: int, bits: int, offset: int, *, unsigned: bool = False) -> int:
        top = 1 << bits
        value = signed(value) if unsigned and 1 << 63 <= value <= _MASK else value  # 0xffff...ff00 is -256
        if not -top // 2 <= value < (top if unsigned else top // 2):
            fix = "use r1 = NUMBER ll for a 64-bit constant" if bits == 32 else "compute the address in a register first"
            raise AsmError(f"{value} does not fit {bits} bits", offset, fix)
        return value - top if value >= top // 2 else value

    def _register(self, kind: str = "rw") -> int:
        token = self._next()
        if token.kind != "register":
            raise self._wrong(token)
        return self._number_of(token, kind)

    def _number_of(self, token: Token, kind: str = "rw") -> int:
        if token.text[0] not in kind:
            other = "64-bit r" if kind == "r" else "32-bit w"
            raise AsmError(f"'{token.text}' cannot stand here", token.offset, f"use a {other} register")
        number = int(token.text[1:])
        if number > 10:
            raise AsmError(f"there is no register {number}", token.offset, "registers are r0 to r10")
        return number

    def _place(self) -> tuple[int, int]:
        """`r1 + 4`: (register, offset)."""
        base = self._register("r")
        sign = self._peek()
        if sign.text not in ("+", "-"):
            return base, 0
        # as in LLVM the rest is one expression that begins with the sign
        if sign.text == "+":
            self.index += 1
        start = self._peek()
        value = self._constant(32)
        return base, self._fits(value, 16, start.offset)

    def _address(self) -> tuple[int, int]:
        self._expect("(")
        place = self._place()
        self._expect(")")
        return place

    def _size(self) -> Token:
        """`(u32 *)`."""
        self._expect("(")
        size = self._next()
        if size.text not in ACCESS_SIZES:
            raise self._wrong(size)
        self._expect("*", ")")
        return size

    def _end_data(self) -> None:
        """Bytes fill whole instructions before anything else comes."""
        if self.code.data and len(self.code.data[-1].bytes) % 8:
            run = self.code.data[-1]
            raise AsmError(
                f"these are {len(run.bytes)} bytes, instructions have 8", run.offset, "fill the instruction with .byte 0"
            )

    def _emit(self, op: int, dst: int = 0, src: int = 0, off: int = 0, imm: int = 0) -> None:
        self._end_data()
        self.insns.append(Insn(op, dst, src, off, imm))

    def _emit_lddw(self, dst: int, value: int, src: int = 0) -> None:
        self._end_data()
        self.insns += isa.lddw(dst, value, src)


def _number(token: Token) -> int:
    text = token.text.rstrip("uUlL")
    if text[:2] in ("0x", "0X", "0b", "0B"):
        return int(text, 0)
    if text[0] == "0" and text.strip("0"):
        if set(text) - set("01234567"):
            raise AsmError(f"'{text}' is no octal number", token.offset, "leave the leading 0 out")
        return int(text, 8)
    return int(text)

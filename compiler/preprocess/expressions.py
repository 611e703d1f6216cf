"""The integer arithmetic of `#if` (C11 6.10.1p4): 64-bit signed and unsigned, evaluated as clang does.

    expr := or-and-compare-... by precedence; `&&`, `||` and `?:` evaluate only the side that counts,
    so that `defined(X) && 1 / X` is no division by zero.
"""

from __future__ import annotations

import re

from ..diagnostics import Diagnostics
from ..records import NamedTuple
from .tokens import Token

MAX_DEPTH = 100


class Value(NamedTuple):
    """A number and whether it is a uintmax_t."""

    number: int
    unsigned: bool = False


class ExpressionError(Exception):
    """What is wrong with an `#if`, and where."""

    def __init__(self, loc: int, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.loc, self.message, self.fix = loc, message, fix


#       operator  binds  (C11 6.5.5 to 6.5.14)
_BINDS = {
    "*": 10, "/": 10, "%": 10,
    "+": 9, "-": 9,
    "<<": 8, ">>": 8,
    "<": 7, ">": 7, "<=": 7, ">=": 7,
    "==": 6, "!=": 6,
    "&": 5, "^": 4, "|": 3, "&&": 2, "||": 1,
}  # fmt: skip
_ASSIGNMENTS = {"=", "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", "&=", "|=", "^=", "++", "--"}
_MASK = (1 << 64) - 1
_INTEGER = re.compile(
    r"(?:0[xX](?P<hex>[0-9a-fA-F]+)|0[bB](?P<bin>[01]+)|(?P<oct>0[0-7]*)|(?P<dec>[1-9][0-9]*))"
    r"(?P<suffix>[uU](?:l|L|ll|LL)?|(?:l|L|ll|LL)[uU]?)?"
)
_FLOATING = re.compile(r"0[xX][\w.]*[.pP][\w.+-]*|[0-9.]+(?:[eE][+-]?[0-9]+)?[fFlL]?")
_ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|x([0-9a-fA-F]+)|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))|(.)", re.S)
_SIMPLE_ESCAPES = {"n": 10, "t": 9, "r": 13, "a": 7, "b": 8, "f": 12, "v": 11, "e": 27, "E": 27,
                   "\\": 92, "'": 39, '"': 34, "?": 63}  # fmt: skip


def evaluate(tokens: list[Token], loc: int, diagnostics: Diagnostics) -> bool:
    """Whether the expression is not 0. `tokens` are expanded, `loc` is where the directive stands. Raises ExpressionError."""
    if not tokens:
        raise ExpressionError(loc, "#if has no expression", "write a condition, or #if 0")
    parser = _Parser(tokens, loc, diagnostics)
    value = parser.comma(True)
    rest = parser.peek()
    if rest is not None:
        raise parser.unexpected(rest)
    return value.number != 0


def _wrap(number: int, unsigned: bool) -> Value:
    number &= _MASK
    return Value(number if unsigned or number < 1 << 63 else number - (1 << 64), unsigned)


class _Parser:
    def __init__(self, tokens: list[Token], loc: int, diagnostics: Diagnostics) -> None:
        self.tokens, self.loc, self.diagnostics = tokens, loc, diagnostics
        self.at = 0
        self.depth = 0

    def peek(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def unexpected(self, token: Token) -> ExpressionError:
        if token.text in _ASSIGNMENTS:
            fix = "compare with '=='" if token.text == "=" else "#if knows no assignment"
            return ExpressionError(token.loc, f"'{token.text}' assigns, which #if cannot", fix)
        if token.text == "(" and self.at and self.tokens[self.at - 1].kind == "id":
            name = self.tokens[self.at - 1].text
            return ExpressionError(
                self.tokens[self.at - 1].loc, f"'{name}' is called like a macro but is not defined",
                f"include the header that defines it, or guard it: an outer #ifdef {name}",
            )  # fmt: skip
        message = f"'{token.text}' is not expected here in the condition"
        return ExpressionError(token.loc, message, "an operator is missing before it")

    def comma(self, live: bool) -> Value:
        value = self.ternary(live)
        while (token := self.peek()) is not None and token.text == ",":
            self.at += 1
            value = self.ternary(live)
        return value

    def ternary(self, live: bool) -> Value:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            message = f"the condition is nested more than {MAX_DEPTH} deep"
            raise ExpressionError(self.loc, message, "define parts of it as macros")
        condition = self.binary(self.unary(live), 1, live)
        token = self.peek()
        if token is not None and token.text == "?":
            self.at += 1
            true = condition.number != 0
            first = self.comma(live and true)
            colon = self.peek()
            if colon is None or colon.text != ":":
                raise ExpressionError(colon.loc if colon else token.loc, "':' is missing after '?'", "write a ? b : c")
            self.at += 1
            second = self.ternary(live and not true)
            unsigned = first.unsigned or second.unsigned
            condition = _wrap((first if true else second).number, unsigned)
        self.depth -= 1
        return condition

    def binary(self, left: Value, least: int, live: bool) -> Value:
        """Operators that bind at least as strongly as `least`, `left` being read."""
        while (token := self.peek()) is not None:
            binds = _BINDS.get(token.text, 0)
            if binds < least:
                break
            self.at += 1
            operator = token.text
            counts = live and not (operator == "&&" and not left.number) and not (operator == "||" and left.number)
            right = self.unary(counts)
            while (following := self.peek()) is not None and _BINDS.get(following.text, 0) > binds:
                right = self.binary(right, _BINDS[following.text], counts)
            left = self.apply(token, left, right, live)
        return left

    def unary(self, live: bool) -> Value:
        prefixes = []
        while (token := self.peek()) is not None and token.text in ("+", "-", "!", "~"):
            prefixes.append(token.text)
            self.at += 1
        value = self.primary(live)
        for prefix in reversed(prefixes):
            match prefix:
                case "-":
                    value = _wrap(-value.number, value.unsigned)
                case "~":
                    value = _wrap(~value.number, value.unsigned)
                case "!":
                    value = Value(int(not value.number))
        return value

    def primary(self, live: bool) -> Value:
        token = self.peek()
        if token is None:
            end = self.tokens[-1] if self.tokens else None
            raise ExpressionError(end.loc if end else self.loc, "the condition ends where a value is expected",
                                  "a name without a value is defined empty? test it with defined(NAME)")  # fmt: skip
        self.at += 1
        match token.kind:
            case "id":
                following = self.peek()
                if following is not None and following.text == "(":
                    raise self.unexpected(following)
                return Value(0)
            case "number":
                return self.number(token)
            case "char":
                return self.character(token)
        if token.text == "(":
            value = self.comma(live)
            close = self.peek()
            if close is None:
                raise ExpressionError(token.loc, "this '(' has no ')'", "add the missing ')'")
            if close.text != ")":
                raise self.unexpected(close)
            self.at += 1
            return value
        self.at -= 1
        if token.kind == "string":
            raise ExpressionError(token.loc, "#if cannot compare strings", "only integers and 'c' constants can be used")
        if token.kind == "punct" and token.text not in _ASSIGNMENTS:
            raise ExpressionError(token.loc, f"a value is expected before '{token.text}'", "a macro named there may be empty")
        raise self.unexpected(token)

    def number(self, token: Token) -> Value:
        match = _INTEGER.fullmatch(token.text)
        if not match:
            if _FLOATING.fullmatch(token.text) and not token.text.isdigit():
                raise ExpressionError(token.loc, f"#if knows no floating point, as in '{token.text}'", "use integers")
            raise ExpressionError(token.loc, f"'{token.text}' is not an integer", "suffixes are u, l, ll and ul, ull")
        if match["dec"]:
            text, radix = match["dec"], 10
        elif match["hex"]:
            text, radix = match["hex"], 16
        elif match["bin"]:
            text, radix = match["bin"], 2
        else:
            text, radix = match["oct"], 8
        # more digits than any 64-bit number has would cost time only
        number = int(text.lstrip("0")[:80] or "0", radix)
        if number > _MASK:
            raise ExpressionError(token.loc, f"'{token.text[:40]}' does not fit in 64 bits", "use a smaller number")
        unsigned = "u" in (match["suffix"] or "").lower()
        if number >= 1 << 63 and not unsigned:
            unsigned = True
            if radix == 10:
                self.diagnostics.warning("W0105", token.loc, f"'{token.text}' does not fit in a signed 64-bit integer; "
                                         "it is taken as unsigned", fix="add the suffix u")  # fmt: skip
        return Value(number, unsigned)

    def character(self, token: Token) -> Value:
        prefix, _, body = token.text[:-1].partition("'")
        units = [_unit(match, prefix) for match in _ESCAPE.finditer(body)]
        if not units:
            raise ExpressionError(token.loc, "a character constant is empty", "write '\\0' for the character 0")
        if prefix:  # L'' is int; u8'', u'' and U'' are unsigned
            return Value(units[-1][0]) if prefix == "L" else Value(units[-1][0], True)
        data = b"".join(bytes([number & 255]) if raw else chr(number).encode("utf-8", "surrogatepass") for number, raw in units)
        if len(data) == 1:
            return Value(data[0] - 256 if data[0] > 127 else data[0])
        number = int.from_bytes(data[-4:], "big")
        return Value(number - (1 << 32) if number >= 1 << 31 else number)

    def apply(self, token: Token, left: Value, right: Value, live: bool) -> Value:
        a, b = left.number, right.number
        unsigned = left.unsigned or right.unsigned
        operator = token.text
        if operator in ("<<", ">>"):  # the type is the left operand's (C11 6.5.7p3)
            amount = b & _MASK
            if operator == "<<":
                return _wrap(a << amount if amount < 64 else 0, left.unsigned)
            return _wrap(a >> min(amount, 63), left.unsigned)
        if operator == "&&":
            return Value(int(a != 0 and b != 0))
        if operator == "||":
            return Value(int(a != 0 or b != 0))
        if unsigned:
            a, b = a & _MASK, b & _MASK
        match operator:
            case "*":
                return _wrap(a * b, unsigned)
            case "+":
                return _wrap(a + b, unsigned)
            case "-":
                return _wrap(a - b, unsigned)
            case "&":
                return _wrap(a & b, unsigned)
            case "|":
                return _wrap(a | b, unsigned)
            case "^":
                return _wrap(a ^ b, unsigned)
            case "<":
                return Value(int(a < b))
            case ">":
                return Value(int(a > b))
            case "<=":
                return Value(int(a <= b))
            case ">=":
                return Value(int(a >= b))
            case "==":
                return Value(int(a == b))
            case "!=":
                return Value(int(a != b))
        if not b:
            if live:
                raise ExpressionError(token.loc, "the condition divides by zero", "is the macro on the right undefined?")
            return Value(0, unsigned)
        quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)  # toward zero (C11 6.5.5p6)
        return _wrap(quotient if operator == "/" else a - quotient * b, unsigned)


def _unit(match: re.Match[str], prefix: str) -> tuple[int, bool]:
    """A character or escape: its number, and whether it is one byte as it stands (not a character to encode)."""
    octal, hexadecimal, short, long, simple, plain = match.groups()
    if octal:
        return int(octal, 8), True
    if hexadecimal:
        return int(hexadecimal[-16:], 16), True
    if short or long:
        return min(int(short or long, 16), 0x10FFFF), False
    if simple:
        return _SIMPLE_ESCAPES.get(simple, ord(simple)), True
    return ord(plain), False

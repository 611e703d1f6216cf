"""Format strings: `check_format` for functions with __attribute__((format(printf, ...))), as clang (-Wformat and its kin);
`check_printk` for bpf_trace_printk() and bpf_trace_vprintk(), by what the kernel takes (kernel/bpf/helpers.c,
bpf_bprintf_prepare): it prints nothing at all for a format with a mistake in it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ...diagnostics import Edit, Fix
from ...parse.lean import c_ast
from ...source import Span
from .. import tree
from .. import types as ct
from ..compare import integer_of, is_integer, is_void
from ..spelling import quote

if TYPE_CHECKING:
    from ..base import Checker

_CONVERSION = re.compile(rb"%(?P<flags>[-+ #0]*)(?P<width>\*|\d+)?(?:\.(?P<precision>\*|\d*))?"
                         rb"(?P<length>hh|h|ll|l|j|z|t|L|q)?(?P<letter>[^\0])?")  # fmt: skip
_INTEGERS = b"diouxX"
_SIZES = {b"": 4, b"hh": 4, b"h": 4, b"l": 8, b"ll": 8, b"j": 8, b"z": 8, b"t": 8, b"q": 8}
_LONG_LONG = {b"ll", b"q", b"j"}
_END = rb"(?![^\s!-/:-@\[-`{-~])"  # no letter or digit follows
_KERNEL = re.compile(rb"%(?:%|[-+ 0]*\d*(?:p(?:[ku]s" + _END + rb"|[KxsSB]|[iI][46]|" + _END + rb")|(?P<string>s)" + _END
                     + rb"|c|l{0,2}[diuxX]))")  # fmt: skip


def check_printk(checker: Checker, text: bytes, nodes: list[Any], values: list[tree.Expr], count: int | None,
                 span: Span) -> None:  # fmt: skip
    """A call of a helper that prints `text`. `count`: how many values it gets; `values`, made of `nodes`, if they are known."""
    text = text.split(b"\0")[0]
    at = used = 0
    for byte in text:
        if (byte < 32 and byte not in b"\t\n\v\f\r") or 127 <= byte < 160:
            _kernel(checker, span, "control characters", "write what can be printed")
            return
    while (at := text.find(b"%", at)) >= 0:
        match = _KERNEL.match(text, at)
        if match is None:
            shown = text[at : at + 6].decode("ascii")
            _kernel(checker, span, f"the conversion at '{shown}'",
                    "the kernel knows %d %i %u %x %X with l or ll, %c %s %p %pK %px %ps %pS %pB %pi4 %pI4 %pi6 %pI6 %pks %pus")
            return
        at = match.end()
        if match[0] == b"%%":
            continue
        if match["string"] and used < len(values) and is_integer(values[used].type):
            checker.warn("W0405", nodes[used].coord, f"%s takes a pointer, and this is {quote(values[used].type)}",
                         fix="print it with %d, or pass the string")  # fmt: skip
        used += 1
    if count is not None and used > count:
        _kernel(checker, span, f"{used} conversions for {count} value{'s' if count != 1 else ''}", "pass a value for each")
    elif count is not None and used < count and len(values) == count:
        checker.warn("W0405", nodes[used].coord, "no conversion of the format takes this value", fix="add one, or remove it")


def _kernel(checker: Checker, span: Span, what: str, fix: str) -> None:
    checker.warn("W0405", span, f"the kernel prints nothing for a format with {what}", fix=fix)


def check_format(checker: Checker, nodes: list[Any], values: list[tree.Expr], at: int, first: int) -> None:
    """A call of a function whose argument `at` is a format and whose values start with argument `first` (-1: elsewhere)."""
    if at >= len(nodes):
        return
    node = nodes[at]
    while isinstance(node, c_ast.Cast):
        node = node.expr
    if not isinstance(node, c_ast.Constant) or node.type != "string":
        if first >= 0 and len(nodes) == first and not _constant(values[at]):
            checker.warn("W0357", _start(node), "format string is not a string literal (potentially insecure)",
                         fix='pass it as a value: "%s"')  # fmt: skip
        return
    value = values[at]
    while isinstance(value, tree.Cast):
        value = value.value
    if isinstance(value, tree.AddressOf) and isinstance(value.lvalue, tree.GlobalRef) and value.lvalue.symbol.data is not None:
        _Format(checker, node, value.lvalue.symbol.data, nodes, values, first).check()


def _constant(e: tree.Expr) -> bool:
    while isinstance(e, tree.Cast):
        e = e.value
    return isinstance(e, tree.AddressOf) and isinstance(e.lvalue, tree.GlobalRef) and e.lvalue.symbol.constant


def _start(node: Any) -> Span:
    return Span(node.coord.first, node.coord.last, node.coord.first)


class _Format:
    """One format string and what is passed for it."""

    def __init__(self, checker: Checker, node: Any, data: bytes, nodes: list[Any], values: list[tree.Expr], first: int) -> None:
        self.checker = checker
        self.node = node
        self.data = data.split(b"\0")[0]
        self.nodes, self.values = nodes, values
        self.next = first

    def _place(self, offset: int) -> Span:
        """Where a byte of the format stands, if the literal is written in one piece and without escapes before it."""
        start: int = self.node.coord.first
        text = self.node.value[0]
        inside = text[text.index('"') + 1 : -1]
        if start < 0 or len(self.node.value) > 1 or "\\" in inside[:offset]:
            return Span.at(start)
        return Span.at(start + text.index('"') + 1 + offset)

    def check(self) -> None:
        """Go through the conversions."""
        at = 0
        while (at := self.data.find(b"%", at)) >= 0:
            match = _CONVERSION.match(self.data, at)
            assert match is not None
            at = match.end()
            letter = match["letter"]
            if letter is None:
                where = self._place(match.start())
                self.checker.warn("W0347", where, "incomplete format specifier",
                                  fix=Fix("write '%%' for a '%'", Edit(where.point, "%", "%%")))  # fmt: skip
                return
            if letter == b"%":
                continue
            where = self._place(match.end() - 1)
            if letter not in (b"d", b"i", b"o", b"u", b"x", b"X", b"c", b"s", b"p", b"n", b"f", b"e", b"g", b"a", b"F", b"E",
                              b"G", b"A", b"m"):  # fmt: skip
                self.checker.warn("W0350", where, f"invalid conversion specifier '{letter.decode('latin-1')}'",
                                  fix="write '%%' for a '%'")  # fmt: skip
                if self.next >= 0:
                    self.next += 1
                continue
            if self.next < 0 or letter == b"m":
                continue
            for star in (match["width"], match["precision"]):
                if star == b"*" and not self._take(where, 4, False, "int", None):
                    return
            if not self._value(match, letter, where):
                return
        if 0 <= self.next < len(self.nodes):
            self.checker.warn("W0348", _start(self.nodes[self.next]), "data argument not used by format string",
                              fix="add a conversion, or remove it")  # fmt: skip

    def _value(self, match: re.Match[bytes], letter: bytes, where: Span) -> bool:
        length = match["length"] or b""
        if letter in _INTEGERS:
            words = {b"": "int", b"l": "long", b"ll": "long long", b"hh": "char", b"h": "short"}.get(length, "long")
            unsigned = "" if letter in b"di" else "unsigned "
            return self._take(where, _SIZES[length], length in _LONG_LONG, unsigned + words, match)
        if letter == b"c":
            return self._take(where, 4, False, "int", match)
        if self.next >= len(self.values):
            return self._too_few(where)
        t = ct.strip(self.values[self.next].type)
        if letter == b"s" and not (isinstance(t, ct.Pointer) and _is_char(t.target)):
            self._mismatch("char *", self.values[self.next].type, match)
        elif letter == b"p" and not isinstance(t, ct.Pointer):
            self._mismatch("void *", self.values[self.next].type, match)
        self.next += 1
        return True

    def _take(self, where: Span, size: int, longer: bool, words: str, match: re.Match[bytes] | None) -> bool:
        """The next value must be an integer of `size` bytes, `long long` if `longer`; False if there is none. `match`: the
        conversion, or None for its width or precision."""
        if self.next >= len(self.values):
            return self._too_few(where)
        t = self.values[self.next].type
        fits = is_integer(t)
        if fits:
            integer = integer_of(t)
            fits = integer.size == size and (size < 8 or longer == (integer.rank == ct.LLONG.rank))
        if not fits:
            self._mismatch(words, t, match)
        self.next += 1
        return True

    def _too_few(self, where: Span) -> bool:
        self.checker.warn("W0349", where, "more '%' conversions than data arguments", fix="pass a value for each")
        return False

    def _mismatch(self, words: str, t: ct.Type, match: re.Match[bytes] | None) -> None:
        fix: str = "write the conversion for its type, or cast it"
        if match is not None and (meant := _conversion(match, t)):
            written = match[0].decode("latin-1")
            fix = Fix(f"write {meant}, the conversion for its type, or cast it",
                      Edit(self._place(match.start()).point, written, meant))  # fmt: skip
        self.checker.warn("W0347", _start(self.nodes[self.next]), f"format specifies type '{words}' but the argument has type "
                          f"{quote(t)}", fix=fix)  # fmt: skip


def _conversion(match: re.Match[bytes], t: ct.Type) -> str:
    """The conversion that prints a value of type `t` as `match` would print its own; "" if there is none."""
    bare, letter = ct.strip(t), match["letter"]
    start = match[0][: match.start("length") - match.start() if match["length"] else -1].decode("latin-1")
    if isinstance(bare, ct.Pointer):
        return start + ("s" if _is_char(bare.target) else "p")
    if not is_integer(t):
        return ""
    integer = integer_of(t)
    if integer.size > 8:
        return ""
    length = ("ll" if integer.rank == ct.LLONG.rank else "l") if integer.size == 8 else ""
    if letter in b"oxX":
        return start + length + letter.decode()
    return start + length + ("d" if integer.signed else "u")


def _is_char(t: ct.Type) -> bool:
    bare = ct.strip(t)
    return not is_void(t) and isinstance(bare, ct.Int) and bare.size == 1 and bare.rank > 0

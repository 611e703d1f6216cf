"""Builtins of clang that take operands of any type, tell places, or search literals."""

from __future__ import annotations

from typing import Any

from ..source import Span
from . import tree
from . import types as ct
from .builtins import PLAIN, Builtins, text_of
from .compare import integer_of, is_integer, unqualified
from .layout import size_of
from .spelling import quote


class GenericBuiltins(Builtins):
    """More rows of the table of builtins."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._builtins.update({
            "mempcpy": self._mempcpy, "memset_inline": self._memset_inline, "bzero": self._bzero,
            **dict.fromkeys(("strchr", "strrchr", "memchr"), self._search),
            **dict.fromkeys(("LINE", "COLUMN", "FILE", "FILE_NAME", "FUNCTION"), self._where),
            **dict.fromkeys(("clzg", "ctzg", "popcountg"), self._generic_count),
            **dict.fromkeys(("align_up", "align_down", "is_aligned"), self._aligned),
            **dict.fromkeys(("elementwise_max", "elementwise_min", "elementwise_abs"), self._extreme),
            "classify_type": self._classify, "addressof": self._address, "launder": self._first,
            "unpredictable": self._first, "nondeterministic_value": self._first,
        })  # fmt: skip

    def _where(self, name: str, nodes: list[Any], span: Span) -> tree.Expr:
        """__builtin_LINE() and its like (clang): of the place of the call."""
        self.count_arguments(f"__builtin_{name}", len(nodes), 0, span)
        place = self.sources.place(span.point)
        if name in ("LINE", "COLUMN"):
            return tree.Constant(place.line if name == "LINE" else place.column, ct.UINT, span)
        text = self.function.name if name == "FUNCTION" and self.function is not None else ""
        if name in ("FILE", "FILE_NAME"):
            text = place.file if name == "FILE" else place.file.rpartition("/")[2]
        return self.value_of(self.literal(text.encode("utf-8", "surrogateescape") + b"\0", ct.CHAR, span))

    def _classify(self, name: str, nodes: list[Any], span: Span) -> tree.Expr:
        """__builtin_classify_type: GCC's enum type_class, as clang answers."""
        self.count_arguments(f"__builtin_{name}", len(nodes), 1, span)
        self.unevaluated += 1
        try:
            t = ct.strip(self.rvalue(nodes[0]).type)
        finally:
            self.unevaluated -= 1
        number = 5 if isinstance(t, ct.Pointer) else 8 if isinstance(t, ct.Float) else 0 if isinstance(t, ct.Void) else 1
        if isinstance(t, ct.Record):
            number = 12 if t.kind == "struct" else 13
        return tree.Constant(number, ct.INT, span)

    def _generic_count(self, name: str, nodes: list[Any], span: Span) -> tree.Expr:
        """__builtin_clzg, ctzg, popcountg (clang 19): of any unsigned type; the first two may say what 0 gives."""
        self.count_arguments(f"__builtin_{name}", len(nodes), 1 if name == "popcountg" else min(max(len(nodes), 1), 2), span)
        value = self.rvalue(nodes[0])
        if not is_integer(value.type) or integer_of(value.type).signed:
            raise self.error("E0342", span, f"__builtin_{name} takes an unsigned integer, not {quote(value.type)}")
        size = size_of(value.type)
        wide = ct.ULONG if size == 8 else ct.UINT
        base = name[:-1] + ("l" if size == 8 else "")
        otherwise = self.assign(self.rvalue(nodes[1]), ct.INT, "pass") if len(nodes) > 1 else None
        local = self.new_local(".bits", wide, span)

        def count() -> tree.Expr:
            read = tree.Load(tree.LocalRef(local, wide, span), wide, span)
            found = self.plain_builtin(base, [read], ct.INT, (wide,), span)
            if name == "clzg" and size < 4:
                found = self.binary("-", found, tree.Constant(32 - size * 8, ct.INT, span), span)
            return found

        body = count()
        if otherwise is not None:
            read = tree.Load(tree.LocalRef(local, wide, span), wide, span)
            body = self.conditional(read, body, otherwise, span)
        return tree.Let(local, self.cast(value, wide), None, body, ct.INT, span)

    def _aligned(self, name: str, nodes: list[Any], span: Span) -> tree.Expr:
        """__builtin_align_up, align_down, is_aligned (clang): of an integer or a pointer; the alignment is a power of 2."""
        value, by = self.arguments(name, nodes, 2, span)
        t = unqualified(value.type)
        word = ct.ULONG if isinstance(ct.strip(t), ct.Pointer) else t
        if not is_integer(word) or not is_integer(by.type):
            raise self.error("E0342", span, f"__builtin_{name} takes an integer or pointer and an alignment")
        mask = self.new_local(".mask", word, span)
        one = tree.Constant(1, ct.INT, span)

        def read() -> tree.Expr:
            return tree.Load(tree.LocalRef(mask, word, span), word, span)

        number = self.explicit_cast(value, word, span) if word is not t else value
        if name == "align_up":
            number = self.binary("+", number, read(), span)
        if name == "is_aligned":
            body = self.cast(self.binary("==", self.binary("&", number, read(), span), tree.Constant(0, ct.INT, span), span),
                             ct.BOOL)  # fmt: skip
        else:
            body = self.explicit_cast(self.binary("&", number, self.unary("~", read(), span), span), t, span)
        start = self.cast(self.binary("-", by, one, span), word)
        return tree.Let(mask, start, None, body, body.type, span)

    def _extreme(self, name: str, nodes: list[Any], span: Span) -> tree.Expr:
        """__builtin_elementwise_max, min, abs (clang) of integers."""
        values = self.arguments(name, nodes, 1 if name.endswith("abs") else 2, span)
        if not all(is_integer(value.type) for value in values):
            raise self.error("E0342", span, f"__builtin_{name} takes integers")
        t = unqualified(values[0].type)
        locals_ = [self.new_local(".side", t, span) for _ in values]
        reads = [tree.Load(tree.LocalRef(local, t, span), t, span) for local in locals_]
        if len(values) == 1:
            zero = tree.Constant(0, ct.INT, span)
            body = self.conditional(self.binary("<", reads[0], zero, span), self.unary("-", reads[0], span), reads[0], span)
        else:
            op = ">" if name.endswith("max") else "<"
            body = self.conditional(self.binary(op, reads[0], reads[1], span), reads[0], reads[1], span)
        body = self.cast(body, t)
        for local, value in zip(reversed(locals_), reversed(values), strict=True):
            body = tree.Let(local, self.cast(value, t), None, body, t, span)
        return body

    def _mempcpy(self, name: str, nodes: list[Any], span: Span) -> tree.Expr:
        """memcpy whose result points behind what was copied."""
        to, source, size = self.arguments(name, nodes, 3, span)
        size = self.assign(size, ct.ULONG, "pass")
        copied = self.plain_builtin("memcpy", [to, source, size], *PLAIN["memcpy"], span)
        return self.binary("+", copied, size, span)

    def _memset_inline(self, name: str, nodes: list[Any], span: Span) -> tree.Expr:
        return self._plain("memset", nodes, span)

    def _bzero(self, name: str, nodes: list[Any], span: Span) -> tree.Expr:
        """memset to 0, whose result nobody gets."""
        to, size = self.arguments(name, nodes, 2, span)
        zero = tree.Constant(0, ct.INT, span)
        return self.cast(self.plain_builtin("memset", [to, zero, size], *PLAIN["memset"], span), ct.VOID)

    def _address(self, name: str, nodes: list[Any], span: Span) -> tree.Expr:
        self.count_arguments(f"__builtin_{name}", len(nodes), 1, span)
        return self.address_of(self.expression(nodes[0]), span)

    def _search(self, name: str, nodes: list[Any], span: Span) -> tree.Expr:
        """strchr, strrchr, memchr of a literal and a constant."""
        values = self.arguments(name, nodes, 3 if name == "memchr" else 2, span)
        text, wanted = text_of(values[0]), self.known(values[1])
        count = self.known(values[2]) if name == "memchr" else None
        if text is None or wanted is None or (name == "memchr" and count is None):
            raise self.error("E0433", span, f"__builtin_{name} needs a string literal and a constant here",
                             fix="search in a loop with a constant bound")  # fmt: skip
        whole = text + b"\0"
        piece = whole if count is None else whole[:count]
        byte = bytes([wanted & 255])
        at = piece.rfind(byte) if name == "strrchr" else piece.find(byte)
        t: ct.Type = ct.Pointer(ct.CHAR) if name != "memchr" else ct.Pointer(ct.VOID)
        if at < 0:
            return tree.Constant(0, t, span)
        return self.explicit_cast(self.binary("+", values[0], tree.Constant(at, ct.LONG, span), span), t, span)

"""Constant expressions (C11 6.6): integers where C wants them, addresses in static initializers, global data."""

from __future__ import annotations

from typing import Any

from ..source import Span
from . import fold, tree
from . import types as ct
from .base import Poison
from .compare import integer_of, is_integer, qualifiers
from .conversions import Conversions
from .layout import size_of

Address = tuple[tree.Global | tree.FunctionSymbol | None, int]

_MOST_DATA = 1 << 26  # bytes of one variable's initial values: we hold them, the object does, and the kernel's map


class Constants(Conversions):
    """Evaluation at compile time."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.fixed: dict[tree.Local, int] = {}  # const locals whose value is known
        self.initialized: set[str] = set()  # variables with static storage that have an initializer

    def integer_constant(self, node: Any, what: str) -> int:
        """The value of an integer constant expression. Raises `Poison` after reporting if it is none."""
        e = self.required_value(node)
        if not is_integer(e.type):
            raise self.error("E0311", e.span, f"{what} must be an integer constant")
        value = self.known(e)
        if value is None:
            raise self.error("E0311", e.span, f"{what} is not an integer constant expression",
                             fix="use a literal, an enum constant or a #define")  # fmt: skip
        return value

    def required_value(self, node: Any) -> tree.Expr:
        """The value of an expression that must be constant: what may become so later does not help."""
        self.required += 1
        try:
            return self.rvalue(node)
        finally:
            self.required -= 1

    def known(self, e: tree.Expr) -> int | None:
        """The value of an expression that folds to a number: constants, and const variables with a known value."""
        match e:
            case tree.Constant(value=value):
                return value
            case tree.Cast(value=inner, type=t):
                value_ = self._truth(inner) if ct.strip(t) is ct.BOOL else self.known(inner)
                return None if value_ is None else fold.wrap(value_, t)
            case tree.Binary(op=op, left=left, right=right, type=t):
                a, b = self.known(left), self.known(right)
                return None if a is None or b is None else fold.arithmetic(op, a, b, integer_of(t))
            case tree.Unary(op=op, value=inner):
                value_ = self._truth(inner) if op == "!" else self.known(inner)
                if value_ is None:
                    return None
                result = fold.unary(op, tree.Constant(value_, inner.type, e.span), e.type, e.span)
                return result.value if isinstance(result, tree.Constant) else None
            case tree.Compare(op=op, left=left, right=right):
                a, b = self.known(left), self.known(right)
                if a is None or b is None:
                    return self._addresses(op, left, right)
                result = fold.compare(op, tree.Constant(a, left.type, e.span), tree.Constant(b, right.type, e.span), e.span)
                return result.value if isinstance(result, tree.Constant) else None
            case tree.Logical(op=op, left=left, right=right):
                a = self._truth(left)
                if a is None:
                    return None
                if bool(a) == (op == "||"):
                    return int(op == "||")
                b = self._truth(right)
                return None if b is None else int(b != 0)
            case tree.PointerDifference():
                return self._difference(e)
            case tree.Conditional(condition=condition, then=then, otherwise=otherwise):
                a = self._truth(condition)
                return None if a is None else self.known(then if a else otherwise)
            case tree.Load(lvalue=tree.LocalRef(symbol=symbol)):
                return self.fixed.get(symbol)
            case tree.Load(lvalue=lvalue, type=t) if is_integer(t):
                return self._constant_in(lvalue, t)
            case _:
                return None

    def _truth(self, e: tree.Expr) -> int | None:
        """Whether a condition is known to hold: numbers, and addresses of what surely exists."""
        value = self.known(e)
        if value is not None or not isinstance(ct.strip(e.type), ct.Pointer):
            return value
        address = self.address_constant(e)
        if address is None or address[0] is None or "weak" in address[0].attributes:
            return None
        return 1

    def _addresses(self, op: str, left: tree.Expr, right: tree.Expr) -> int | None:
        """The comparison of two addresses in one object, or of one with null."""
        if not isinstance(ct.strip(left.type), ct.Pointer):
            return None
        a, b = self.address_constant(left), self.address_constant(right)
        if a is None or b is None:
            return None
        if a[0] is b[0] and a[0] is not None:
            one, two = (tree.Constant(side[1], ct.LONG, left.span) for side in (a, b))
            result = fold.compare(op, one, two, left.span)
            return result.value if isinstance(result, tree.Constant) else None
        if op in ("==", "!=") and (None, 0) in (a, b):
            there = self._truth(right if a == (None, 0) else left)
            return None if there is None else int(bool(there) == (op == "!="))
        return None

    def _difference(self, e: tree.PointerDifference) -> int | None:
        a, b = self.address_constant(e.left), self.address_constant(e.right)
        if a is None or b is None or a[0] is not b[0]:
            return None
        return (a[1] - b[1]) // e.scale

    def _constant_in(self, lvalue: tree.Expr, t: ct.Type) -> int | None:
        """The integer in a const object with static storage, as clang folds it; None if that is not known."""
        if isinstance(lvalue, tree.Member) and lvalue.field.bits is not None:
            return None
        place = self._place(lvalue)
        if place is None or not isinstance(place[0], tree.Global):
            return None
        symbol, at = place[0], place[1]
        inner = ct.strip(symbol.type)
        while isinstance(inner, ct.Array) and qualifiers(inner) == (False, False):
            inner = inner.element
        unchanging = (True, False) in (qualifiers(inner), qualifiers(symbol.type)) or symbol.name.startswith(".str")
        if not unchanging or qualifiers(lvalue.type)[1] or symbol.linkage == "weak":
            return None
        size = size_of(t)
        zeros = bytes(size_of(symbol.type)) if symbol.name in self.initialized else b""
        data = zeros if symbol.data is None else symbol.data
        if not 0 <= at <= len(data) - size or any(at - 8 < r.at < at + size for r in symbol.references):
            return None
        return int.from_bytes(data[at : at + size], self.order, signed=integer_of(t).signed)

    # --- addresses ------------------------------------------------------------------------------------------------

    def address_constant(self, e: tree.Expr) -> Address | None:
        """(symbol or None, offset in bytes) of an address constant (C11 6.6p9); None if it is none."""
        match e:
            case tree.Constant(value=value):
                return None, value
            case tree.AddressOf(lvalue=lvalue):
                return self._place(lvalue)
            case tree.Cast(value=inner, type=t):
                if size_of(t) != 8 or size_of(inner.type) != 8:
                    value_ = self.known(e)
                    return None if value_ is None else (None, value_)
                return self.address_constant(inner)
            case tree.PointerAdd(pointer=pointer, index=index, scale=scale, negate=negate):
                base, count = self.address_constant(pointer), self.known(index)
                if base is None or count is None:
                    return None
                return base[0], base[1] + (-count if negate else count) * scale
            case tree.Binary(op="+" | "-" as op, left=left, right=right) if size_of(e.type) == 8:
                base, other = self.address_constant(left), self.address_constant(right)
                if base is None or other is None:
                    return None
                if op == "+" and base[0] is None:
                    base, other = other, base
                if other[0] is not None:
                    return None
                return base[0], base[1] + (other[1] if op == "+" else -other[1])
            case tree.Conditional(condition=condition, then=then, otherwise=otherwise):
                value_ = self._truth(condition)
                return None if value_ is None else self.address_constant(then if value_ else otherwise)
            case _:
                value_ = self.known(e)
                return None if value_ is None else (None, value_)

    def _place(self, lvalue: tree.Expr) -> Address | None:
        match lvalue:
            case tree.GlobalRef(symbol=symbol) | tree.FunctionRef(symbol=symbol):
                return symbol, 0
            case tree.Member(base=base, offset=offset):
                inner = self._place(base)
                return None if inner is None else (inner[0], inner[1] + offset // 8)
            case tree.Deref(pointer=pointer):
                return self.address_constant(pointer)
            case _:
                return None

    # --- static data ----------------------------------------------------------------------------------------------

    def static_data(self, variable: tree.Global, stores: list[tree.InitStore]) -> None:
        """Turn constant stores into bytes and references; all zeros stay None (they go to .bss)."""
        size = size_of(variable.type)
        for store in stores:
            width = store.bits if store.bits is not None else size_of(store.value.type) * 8
            size = max(size, (store.offset + width + 7) // 8)  # a flexible array member adds to the size
        if size >= 1 << 31:  # no map's value is that large: `placement` says so
            return
        if size > _MOST_DATA:
            self.error("E0371", variable.span, f"'{variable.name}' has {size} bytes of initial values, more than {_MOST_DATA}",
                       fix="leave the initializer away, and fill it at run time")  # fmt: skip
            return
        data = bytearray(size)
        references: dict[int, tree.DataReference] = {}
        for store in stores:
            try:
                self._static_store(data, references, store)
            except Poison:
                continue
        variable.references = [references[at] for at in sorted(references)]
        if any(data) or references:
            variable.data = bytes(data)

    def _static_store(self, data: bytearray, references: dict[int, tree.DataReference], store: tree.InitStore) -> None:
        e = store.value
        if isinstance(ct.strip(e.type), ct.Record):
            self._static_record(data, references, store)
            return
        address = self.address_constant(e)
        if address is None:
            raise self.error("E0312", e.span, "initializer element is not a compile-time constant",
                             fix="assign it in a function, or use a literal")  # fmt: skip
        symbol, value = address
        size = size_of(e.type)
        at = store.offset // 8
        for i in range(at, at + size):
            references.pop(i, None)
        if symbol is not None:
            if size != 8 or store.bits is not None:
                raise self.error("E0312", e.span, "an address does not fit into this type",
                                 fix="use a pointer or a 64-bit integer")  # fmt: skip
            data[at : at + 8] = bytes(8)
            references[at] = tree.DataReference(at, symbol, value)
        elif store.bits is not None:
            end = (store.offset + store.bits + 7) // 8
            shift = end * 8 - store.offset - store.bits if self.big_endian else store.offset % 8
            number = int.from_bytes(data[at:end], self.order)
            mask = (1 << store.bits) - 1
            number = number & ~(mask << shift) | (value & mask) << shift
            data[at:end] = number.to_bytes(end - at, self.order)
        else:
            data[at : at + size] = (value & (1 << size * 8) - 1).to_bytes(size, self.order)

    def _static_record(self, data: bytearray, references: dict[int, tree.DataReference], store: tree.InitStore) -> None:
        """A compound literal (GNU C) or const object as the initializer of a record."""
        e = store.value
        lvalue = e.lvalue if isinstance(e, tree.Load) else e
        at = store.offset // 8
        if isinstance(lvalue, tree.GlobalRef) and (
            qualifiers(lvalue.type) == (True, False) or lvalue.symbol.name.startswith(".compoundliteral")
        ):
            source = lvalue.symbol
            size = size_of(lvalue.type)
            data[at : at + size] = (source.data or bytes(size))[:size].ljust(size, b"\0")
            for reference in source.references:
                moved = at + reference.at
                references[moved] = tree.DataReference(moved, reference.symbol, reference.addend)
            return
        raise self.error("E0312", e.span, "initializer element is not a compile-time constant",
                         fix="write the members in braces")  # fmt: skip

    def literal(self, data: bytes, element: ct.Int, span: Span) -> tree.Expr:
        """A string literal as an object: equal ones are one (C11 6.4.5p7 allows it)."""
        key = (data, element.size)
        symbol = self.literals.get(key)
        if symbol is None:
            number = len(self.literals)
            name = ".str" if number == 0 else f".str.{number}"
            section = f".rodata.str{element.size}.{element.size}"
            units = [data[i : i + element.size] for i in range(0, len(data), element.size)]
            if bytes(element.size) in units[:-1]:
                section = ".rodata"  # a null inside: not a string for the linker
            symbol = tree.Global(
                name, ct.Array(element, len(data) // element.size), section, "static", element.size, span, data, constant=True
            )
            self.literals[key] = symbol
        return tree.GlobalRef(symbol, symbol.type, span)

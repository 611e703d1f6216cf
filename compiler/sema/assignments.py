"""Assignments (C11 6.5.16), ++ and --: what changes an object."""

from __future__ import annotations

from ..source import Span
from . import tree
from . import types as ct
from .compare import is_integer, is_pointer, qualifiers, unqualified
from .layout import is_complete
from .operators import SHIFTS, Operators, same_place
from .spelling import quote


class Assignments(Operators):
    """Checks what is assigned to, and what is assigned."""

    def modifiable(self, e: tree.Expr, span: Span) -> None:
        """The left side of an assignment must be a modifiable lvalue (C11 6.3.2.1p1)."""
        t = ct.strip(e.type)
        if isinstance(t, ct.Function):
            raise self.error("E0324", span, "a function is not assignable")
        if not self.is_lvalue(e):
            raise self.error("E0324", span, "expression is not assignable", fix="assign to a variable, member or element")
        if isinstance(t, ct.Array):
            raise self.error("E0324", span, f"array type {quote(e.type)} is not assignable",
                             fix="copy with __builtin_memcpy() or element by element")  # fmt: skip
        if not is_complete(t):
            raise self.error("E0301", span, f"assignment to an object of incomplete type {quote(e.type)}")
        if qualifiers(e.type)[0] or (isinstance(t, ct.Record) and has_const_member(t)):
            name, where = _named(e)
            notes = [(f"'{name}' declared here", where)] if where is not None else []
            raise self.error("E0325", span, f"cannot assign to '{name}', which is const-qualified" if name
                             else f"cannot assign to an object of const-qualified type {quote(e.type)}",
                             fix="remove 'const', or assign to a copy", notes=notes)  # fmt: skip
        if isinstance(e, tree.GlobalRef) and e.symbol in self.helpers:
            raise self.error("E0431", span, f"'{e.symbol.name}' stands for a helper function and cannot change",
                             fix="call the helpers by name")  # fmt: skip

    def assignment(self, op: str, lvalue: tree.Expr, right: tree.Expr, span: Span) -> tree.Expr:
        """`=` and the compound assignments (C11 6.5.16)."""
        self.changes += 1
        self.modifiable(lvalue, span)
        t = unqualified(lvalue.type)
        if op == "=":
            if type(lvalue) is tree.Member and lvalue.field.bits is not None:
                self.check_field(right, lvalue.field.bits, t, span)
            value = self.assign(right, t, "assign", span)
            if isinstance(lvalue, tree.LocalRef) and isinstance(value, tree.Load) and isinstance(value.lvalue, tree.LocalRef):
                if value.lvalue.symbol is lvalue.symbol and span.point >= 0:
                    self.warn("W0346", span, f"explicitly assigning '{lvalue.symbol.name}' to itself",
                              fix="remove it, or name what was meant")  # fmt: skip
            return tree.Assign(lvalue, value, t, span)
        op = op[:-1]
        if op in ("&", "|") and type(right) is tree.Load and span.point >= 0 and same_place(lvalue, right.lvalue):
            if isinstance(lvalue, tree.LocalRef | tree.GlobalRef):
                self.warn("W0346", span, f"explicitly assigning '{lvalue.symbol.name}' to itself",
                          fix="remove it, or name what was meant")  # fmt: skip
        self.no_float(lvalue)
        self.no_float(right)
        if op in "/%" and type(right) is tree.Constant and right.value == 0:
            self.warn("W0311", span, f"{'division' if op == '/' else 'remainder'} by zero is undefined",
                      fix="BPF gives 0 for x / 0 and x for x % 0; test the divisor first")  # fmt: skip
        if is_pointer(t) and op in ("+", "-") and is_integer(right.type):
            pointer = ct.strip(t)
            assert isinstance(pointer, ct.Pointer)
            scale = self.element_size(pointer, span)
            right = self.cast(self.promote(right), ct.LONG if self.promoted(right.type).signed else ct.ULONG)
            return tree.CompoundAssign(op, lvalue, right, pointer, max(scale, 1), t, span)
        if not is_integer(t) or not is_integer(right.type):
            raise self.invalid_operands(tree.Load(lvalue, t, lvalue.span), right, span, op + "=")
        left: tree.Expr = tree.Load(lvalue, t, lvalue.span)
        if op in SHIFTS:
            common: ct.Type = self.promote(left).type
            shifted = self.shift(op, left, right, span)  # for its warnings
            right = shifted.right if isinstance(shifted, tree.Binary) else self.promote(right)
        else:
            _, right, common = self.usual(left, right)
        self.no_int128(common, span)
        return tree.CompoundAssign(op, lvalue, right, common, 0, t, span)

    def step(self, lvalue: tree.Expr, op: str, post: bool, span: Span) -> tree.Expr:
        """++ and --."""
        self.changes += 1
        self.modifiable(lvalue, span)
        t = unqualified(lvalue.type)
        self.no_float(lvalue)
        delta = 1 if op == "++" else -1
        pointer = ct.strip(t)
        if isinstance(pointer, ct.Pointer):
            delta *= self.element_size(pointer, span)
        elif not is_integer(t):
            raise self.error("E0323", span, f"cannot {'increment' if op == '++' else 'decrement'} a value of type {quote(t)}")
        self.no_int128(t, span)
        return tree.IncDec(lvalue, delta, post, t, span)


def has_const_member(record: ct.Record) -> bool:
    """True if any member, at any depth, is const: such a record is not assignable (C11 6.3.2.1p1)."""
    for field in record.fields or []:
        if qualifiers(field.type)[0]:
            return True
        inner = ct.strip(field.type)
        if isinstance(inner, ct.Record) and has_const_member(inner):
            return True
    return False


def _named(e: tree.Expr) -> tuple[str, Span | None]:
    match e:
        case tree.LocalRef(symbol=symbol) | tree.GlobalRef(symbol=symbol):
            return symbol.name, symbol.span
        case tree.Member(field=field):
            return field.name, field.span
        case _:
            return "", None

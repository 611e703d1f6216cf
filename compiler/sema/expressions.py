"""Expressions (C11 6.5): pycparser's nodes dispatched to the rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..parse import nodes as gnu
from ..parse.lean import c_ast
from ..source import Span
from . import floating, literals, tree
from . import types as ct
from .atomics import drop_result
from .base import Poison
from .calls import Calls
from .compare import is_void, qualifiers, same_type, unqualified
from .layout import align_of, is_complete, size_of
from .shape import confusing
from .spelling import quote


class Expressions(Calls):
    """One method a kind of node; all give typed trees and raise `Poison` after an error."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._expressions: dict[type, Callable[[Any], tree.Expr]] = {
            c_ast.ID: lambda node: self.name(node.name, node.coord),
            c_ast.Constant: self._constant,
            c_ast.BinaryOp: self._binary,
            c_ast.UnaryOp: self._unary,
            c_ast.Assignment: self._assignment,
            c_ast.TernaryOp: self._ternary,
            c_ast.StructRef: self._struct_ref,
            c_ast.ArrayRef: self._array_ref,
            c_ast.FuncCall: self.call,
            c_ast.Cast: self._cast,
            c_ast.ExprList: self._comma,
            c_ast.CompoundLiteral: self._compound_literal,
            c_ast.GenericSelection: self._generic,
            gnu.StatementExpr: self.statement_expression,
            gnu.OffsetOf: self.offset_of,
            gnu.TypesCompatible: self._types_compatible,
            gnu.VaArg: self._va_arg,
            gnu.LabelAddress: self._label_address,
            c_ast.InitList: self._stray_list,
        }

    def expression(self, node: Any) -> tree.Expr:
        """Check an expression; the result may be an lvalue or a function designator. Raises `Poison`."""
        return self._expressions[type(node)](node)

    def rvalue(self, node: Any) -> tree.Expr:
        """Check an expression and take its value (C11 6.3.2.1). Raises `Poison`."""
        return self.value_of(self._expressions[type(node)](node))

    # --- primary --------------------------------------------------------------------------------------------------

    def _constant(self, node: Any) -> tree.Expr:
        span: Span = node.coord
        t: ct.Type
        try:
            match node.type:
                case "int":
                    value, t = literals.integer(node.value)
                case "char":
                    value, t = literals.character(node.value)
                    if len(node.value) > 3:
                        self._odd_character(node, span)
                case "true" | "false":  # C23
                    value, t = int(node.type == "true"), ct.BOOL
                case "nullptr":  # C23: its own type there; a void pointer does all it can
                    value, t = 0, ct.Pointer(ct.VOID)
                case "string":
                    if any("\\" in text for text in node.value):
                        self._odd_escapes(node.value, span)
                    return self.literal(*literals.string(node.value, self.order), span)
                case _:
                    return floating.literal(node.value, span)
        except literals.LiteralError as problem:
            raise self.error("E0344", span, str(problem)) from None
        return tree.Constant(value, t, span)

    def _odd_character(self, node: Any, span: Span) -> None:
        """A character constant that is longer than one character."""
        if "\\" in node.value:
            self._odd_escapes((node.value,), span)
        elif len(node.value) != 6 and node.value[0] == "'":
            self.warn("W0205", span, "multi-character character constant", fix="write one character, or a string")

    def _odd_escapes(self, texts: tuple[str, ...], span: Span) -> None:
        """Escape sequences that do not exist."""
        at = span.first
        for text in texts:
            if at >= 0 and text is not texts[0]:
                file = self.sources.file_of(at)
                found = file.text.find(text, at - file.base)
                at = file.base + found if found >= 0 else span.first
            for offset, character in literals.unknown_escapes(text):
                loc = at + offset if at >= 0 else at
                self.warn("W0204", Span.at(loc), f"unknown escape sequence '\\{character}'", fix="write '\\\\' for a backslash")
            at = at + len(text) if at >= 0 else at

    def _compound_literal(self, node: Any) -> tree.Expr:
        """`(T){...}` (C11 6.5.2.5): an unnamed object; at file scope it has static storage."""
        t = self.type_name(node.type)
        span: Span = node.coord
        t, stores = self.initializer(node.init, t, span)
        if not is_complete(t):
            raise self.error("E0301", span, f"compound literal of incomplete type {quote(t)}")
        if self.function is None:
            self.compounds += 1
            symbol = tree.Global(f".compoundliteral.{self.compounds}", t, ".data", "static", align_of(t), span)
            self.static_data(symbol, stores)
            self.globals.append(symbol)
            self.places[symbol] = self.now
            return tree.GlobalRef(symbol, t, span)
        variable = self.new_local(".compoundliteral", t, span)
        body = tree.LocalRef(variable, t, span)
        return tree.Let(variable, None, self.automatic(variable, stores), body, t, span)

    def automatic(self, variable: tree.Local, stores: list[tree.InitStore]) -> tree.Initializer:
        """The initializer of a local: what no store covers, padding too, is zeroed first."""
        size = size_of(variable.type)
        widest = max((size_of(s.value.type) for s in stores if isinstance(s.value, tree.Constant)), default=1)
        if widest > align_of(variable.type) and widest <= 8:  # pieces of a string are stored as words
            variable.align = max(variable.align, widest)
        reach = 0  # bits from the start on that are covered
        for store in sorted(stores, key=_offset):
            if store.bits is None and store.offset <= reach:  # a bit-field is stored into what is there
                reach = max(reach, store.offset + size_of(store.value.type) * 8)
        return tree.Initializer(reach < size * 8, stores)

    def _generic(self, node: Any) -> tree.Expr:
        """_Generic (C11 6.5.1.1)."""
        if isinstance(node.expr, c_ast.Typename):  # clang and C2y: a type, taken as it is
            control = self.type_name(node.expr)
        else:
            self.unevaluated += 1
            try:
                control = self.rvalue(node.expr).type
            finally:
                self.unevaluated -= 1
        default = chosen = None
        types: list[tuple[ct.Type, Span]] = []
        for association in node.associations:
            if association.type is None:
                if default is not None:
                    raise self.error("E0345", association.coord, "a _Generic has one 'default' only", fix="remove the second")
                default = association.expr
                continue
            t = self.type_name(association.type)
            for other, place in types:
                if same_type(other, t, top=False):
                    raise self.error("E0345", association.coord, f"type {quote(t)} in _Generic is compatible with "
                                     f"{quote(other)} named before", fix="remove one",
                                     notes=[("it is named here", place)])  # fmt: skip
            types.append((t, association.coord))
            if same_type(t, control, top=False):
                chosen = association.expr
        if chosen is None and default is None:
            raise self.error("E0345", node.coord, f"controlling expression type {quote(control)} not compatible with any "
                             "generic association type", fix="add a 'default:' association")  # fmt: skip
        return self.expression(chosen if chosen is not None else default)

    def _types_compatible(self, node: Any) -> tree.Expr:
        left, right = (_bare(self.type_name(side)) for side in (node.left, node.right))
        return tree.Constant(int(same_type(left, right)), ct.INT, node.coord)

    def _va_arg(self, node: Any) -> tree.Expr:
        raise self.error("E0405", node.coord, "va_arg: BPF functions cannot take a variable number of arguments",
                         fix="pass a pointer to a struct")  # fmt: skip

    def _label_address(self, node: Any) -> tree.Expr:
        raise self.error("E0207", node.coord, "the address of a label is not supported: BPF has no indirect jumps",
                         fix="use switch")  # fmt: skip

    def _stray_list(self, node: Any) -> tree.Expr:
        raise self.error("E0351", node.coord, "a braced list is only possible as an initializer",
                         fix="write a compound literal: (type){ ... }")  # fmt: skip

    # --- postfix --------------------------------------------------------------------------------------------------

    def _struct_ref(self, node: Any) -> tree.Expr:
        base = self.expression(node.name)
        e = self.member(base, node.field.name, node.type == "->", node.field.coord)
        e.span = node.coord
        return e

    def _array_ref(self, node: Any) -> tree.Expr:
        base = self.expression(node.name)
        return self.subscript(base, self.expression(node.subscript), node.coord)

    # --- unary ----------------------------------------------------------------------------------------------------

    def _unary(self, node: Any) -> tree.Expr:
        op, span = node.op, node.coord
        if op == "sizeof" or op == "_Alignof":
            return self._size(node, op, span)
        if op == "&":
            if type(node.expr) is c_ast.ArrayRef:
                self.one_past = True
                try:
                    return self.address_of(self.expression(node.expr), span)
                finally:
                    self.one_past = False
            e = self.expression(node.expr)
            if type(e) is tree.Member and type(node.expr) is c_ast.StructRef:
                self.note_packed(e, span, node.expr.coord.first)
            return self.address_of(e, span)
        if op == "*":
            e = self.deref(self.rvalue(node.expr), span)
            if is_void(e.type) and not self.unevaluated:
                self.warn("W0314", span, "dereferencing a pointer to void", fix="cast it to a pointer to the object's type")
            if type(e) is tree.Deref and type(e.pointer) is tree.Constant and e.pointer.value == 0 and not self.unevaluated:
                if not qualifiers(e.type)[1]:
                    self.warn("W0324", span, "indirection of non-volatile null pointer",
                              fix="test the pointer first")  # fmt: skip
            return e
        if op in ("++", "--"):
            return self.step(self.expression(node.expr), op, False, span)
        if op in ("p++", "p--"):
            return self.step(self.expression(node.expr), op[1:], True, span)
        return self.unary(op, self.rvalue(node.expr), span)

    def _size(self, node: Any, op: str, span: Span) -> tree.Expr:
        align = 0
        if isinstance(node.expr, c_ast.Typename):
            t = self.type_name(node.expr)
            if "W0359" in self.asked and (is_void(t) or isinstance(ct.strip(t), ct.Function)):
                self.warn("W0359", span, f"invalid application of '{op}' to a void type", fix="name another type")
        else:
            self.unevaluated += 1
            try:
                e = self.expression(node.expr)
            finally:
                self.unevaluated -= 1
            t = e.type
            if isinstance(e, tree.Member) and e.field.bits is not None:
                raise self.error("E0336", span, f"invalid application of '{op}' to bit-field '{e.field.name}'")
            if isinstance(e, tree.Member):
                align = _member_alignment(e)
            if isinstance(e, tree.LocalRef | tree.GlobalRef):
                align = e.symbol.align
        self.size_operand(t, span, op)
        return tree.Constant(size_of(t) if op == "sizeof" else align or align_of(t), ct.ULONG, span)

    def _cast(self, node: Any) -> tree.Expr:
        t = self.type_name(node.to_type)
        e = self.rvalue(node.expr)
        if is_void(t):
            return drop_result(tree.Cast(e, ct.VOID, node.coord))
        return self.explicit_cast(e, t, node.coord)

    # --- binary ---------------------------------------------------------------------------------------------------

    def _binary(self, node: Any) -> tree.Expr:
        """A row of operators nests to the left: walked in a loop, so that long rows do not need a deep stack."""
        row = [node]
        while isinstance(row[-1].left, c_ast.BinaryOp):
            row.append(row[-1].left)
        e = self.rvalue(row[-1].left)
        for item in reversed(row):
            if type(e) is tree.Constant and item.op in ("&&", "||") and (e.value == 0) == (item.op == "&&"):
                right = self._never(item.right)
            else:
                right = self.rvalue(item.right)
            if confusing(item):
                from .lint.operators import check_precedence

                check_precedence(self, item)
            self.comparing = item
            e = self.binary(item.op, e, right, item.coord)
        self.comparing = None
        return e

    def _assignment(self, node: Any) -> tree.Expr:
        try:
            lvalue = self.expression(node.lvalue)
        except Poison:
            self.rvalue(node.rvalue)
            raise
        return self.assignment(node.op, lvalue, self.rvalue(node.rvalue), node.coord)

    def _ternary(self, node: Any) -> tree.Expr:
        if node.iftrue is None:
            return self._elvis(node)
        condition = self.condition(node.cond, "condition")
        known = condition.value if type(condition) is tree.Constant else None
        then = self.rvalue(node.iftrue) if known != 0 else self._never(node.iftrue)
        otherwise = self.rvalue(node.iffalse) if not known else self._never(node.iffalse)
        return self.conditional(condition, then, otherwise, node.coord)

    def _never(self, node: Any) -> tree.Expr:
        """The value of what a constant condition keeps from being evaluated."""
        self.unreachable += 1
        try:
            return self.rvalue(node)
        finally:
            self.unreachable -= 1

    def _elvis(self, node: Any) -> tree.Expr:
        """GNU `x ?: y`: x is evaluated once."""
        span = node.coord
        value = self.condition(node.cond, "condition")
        otherwise = self.rvalue(node.iffalse)
        if isinstance(value, tree.Constant):
            return self.conditional(value, value, otherwise, span)
        variable = self.new_local(".value", value.type, span)

        def read() -> tree.Expr:
            return tree.Load(tree.LocalRef(variable, variable.type, span), variable.type, span)

        body = self.conditional(read(), read(), otherwise, span)
        return tree.Let(variable, value, None, body, body.type, span)

    def _comma(self, node: Any) -> tree.Expr:
        """C11 6.5.17; all but the last are evaluated for their effects."""
        e: tree.Expr | None = None
        for item in node.exprs:
            value = self.rvalue(item)
            if item is not node.exprs[-1] and type(value) not in (tree.Assign, tree.Call, tree.CompoundAssign, tree.IncDec):
                from .lint.results import check_unused

                check_unused(self, item, value, comma=True)
            e = value if e is None else self.comma(drop_result(e), value, node.coord)
        assert e is not None
        return e


def _offset(store: tree.InitStore) -> int:
    return store.offset


def _member_alignment(e: tree.Member) -> int:
    """What __alignof__ says of a member (bytes): no more than its place in its record grants."""
    place = e.offset // 8
    granted = min(align_of(e.base.type), place & -place or 1 << 30)
    return min(max(e.field.align, align_of(e.field.type)), granted)


def _bare(t: ct.Type) -> ct.Type:
    """`t` without qualifiers, those of an array's elements included."""
    bare = ct.strip(t)
    return ct.Array(_bare(bare.element), bare.count) if isinstance(bare, ct.Array) else unqualified(t)

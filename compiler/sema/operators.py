"""Operators on values (C11 6.5.3-6.5.15, 6.5.17)."""

from __future__ import annotations

from typing import Any

from ..parse.lean import c_ast
from ..source import Span
from . import floating, fold, tree
from . import types as ct
from .compare import (
    integer_of,
    is_integer,
    is_pointer,
    is_record,
    is_scalar,
    is_void,
    same_type,
    unqualified,
)
from .constants import Constants
from .conversions import is_null
from .layout import is_complete, size_of
from .spelling import quote

_NAMES = frozenset((c_ast.ID, c_ast.StructRef, c_ast.ArrayRef))  # of objects, as they are written
_ARITHMETIC = {"+", "-", "*", "/", "%", "&", "|", "^"}
SHIFTS = {"<<", ">>"}
_COMPARISONS = {"==", "!=", "<", ">", "<=", ">="}


class Operators(Constants):
    """Unary, binary and conditional operators, casts."""

    # --- binary ---------------------------------------------------------------------------------------------------

    def binary(self, op: str, left: tree.Expr, right: tree.Expr, span: Span) -> tree.Expr:
        """`left op right` of two values."""
        if isinstance(left, tree.FloatConstant) or isinstance(right, tree.FloatConstant):
            folded = floating.binary(op, left, right, span)
            if folded is not None:
                return folded
        if op in ("&&", "||"):
            for side in (left, right):
                if not is_scalar(side.type):
                    raise self.invalid_operands(left, right, span, op)
                self.no_float(side)
                if type(side) is tree.AddressOf:
                    self.address_as_truth(side)
            if type(right) is tree.Constant and right.value not in (0, 1) and self.comparing is not None and span.point >= 0:
                self._constant_operand(op, left, right, span)
            return fold.logical(op, left, right, span)
        self.no_float(left)
        self.no_float(right)
        if op in _COMPARISONS:
            return self.comparison(op, left, right, span)
        if is_integer(left.type) and is_integer(right.type):
            if op in SHIFTS:
                return self.shift(op, left, right, span)
            left, right, t = self.usual(left, right)
            self.no_int128(t, span)
            if op in ("/", "%") and isinstance(right, tree.Constant) and right.value == 0 and not self.unevaluated:
                self.warn("W0311", span, f"{'division' if op == '/' else 'remainder'} by zero is undefined",
                          fix="BPF gives 0 for x / 0 and x for x % 0; test the divisor first")  # fmt: skip
            made = fold.binary(op, left, right, t, span)
            if type(made) is tree.Constant and op in "+-*" and type(left) is type(right) is tree.Constant:
                self._tell_overflow(op, left.value, right.value, made, span)
            return made
        if op in ("+", "-"):
            return self.pointer_arithmetic(op, left, right, span)
        raise self.invalid_operands(left, right, span, op)

    def _tell_overflow(self, op: str, left: int, right: int, made: tree.Constant, span: Span) -> None:
        """The constant that `left op right` made is not what the numbers make."""
        exact = left + right if op == "+" else left - right if op == "-" else left * right
        t = integer_of(made.type)
        if exact != made.value and t.signed and not self.unevaluated and not self.required:
            self.warn("W0395", span, f"overflow in expression; result is {made.value} with type {quote(made.type)}",
                      fix="use a wider or an unsigned type: put 'LL' or 'U' behind the first number")  # fmt: skip

    def invalid_operands(self, left: tree.Expr, right: tree.Expr, span: Span, op: str) -> Exception:
        """The complaint about operands an operator does not take."""
        fix = ""
        if is_pointer(left.type) and is_pointer(right.type) and op == "+":
            fix = "pointers can be subtracted, not added"
        elif is_pointer(left.type) or is_pointer(right.type):
            fix = "cast the pointer to 'unsigned long' to compute with its bits"
        return self.error("E0321", span,
                          f"invalid operands to binary '{op}' ({quote(left.type)} and {quote(right.type)})", fix=fix)

    def no_int128(self, t: ct.Type, span: Span) -> None:
        """128-bit integers may be named, not computed with."""
        if ct.strip(t) in (ct.INT128, ct.UINT128):
            raise self.error("E0406", span, "128-bit integers are not supported: BPF registers have 64 bits",
                             fix="use two 64-bit halves")  # fmt: skip

    def shift(self, op: str, left: tree.Expr, right: tree.Expr, span: Span) -> tree.Expr:
        """<< and >>: each operand is promoted by itself (C11 6.5.7)."""
        left, right = self.promote(left), self.promote(right)
        if not (isinstance(right, tree.Constant) and right.value == 64 and isinstance(left, tree.Load | tree.Cast)):
            self.no_int128(left.type, span)
        bits = size_of(left.type) * 8
        if isinstance(right, tree.Constant) and not 0 <= right.value < bits and not self.unevaluated:
            problem = "is negative" if right.value < 0 else f">= width of type ({bits} bits)"
            self.warn("W0315" if right.value < 0 else "W0312", span, f"shift count {problem}",
                      fix=f"shift by 0 to {bits - 1}, or widen the left side first")  # fmt: skip
        elif type(left) is tree.Constant and op == "<<" and not self.unevaluated and integer_of(left.type).signed:
            if left.value < 0:
                self.warn("W0397", span, "shifting a negative signed value is undefined", fix="shift an unsigned value")
            elif type(right) is tree.Constant and left.value.bit_length() + right.value > bits:
                self.warn("W0396", span, f"signed shift result ({hex(left.value << right.value)}) requires "
                          f"{left.value.bit_length() + 1 + right.value} bits to represent, but {quote(left.type)} only has "
                          f"{bits} bits", fix="widen the left side first: put 'LL' or 'ULL' behind the number")  # fmt: skip
        return fold.binary(op, left, right, left.type, span)

    def comparison(self, op: str, left: tree.Expr, right: tree.Expr, span: Span) -> tree.Expr:
        """Equality and relational operators (C11 6.5.8, 6.5.9)."""
        if type(left) is tree.Load and type(right) is tree.Load and span.point >= 0 and same_place(left.lvalue, right.lvalue) \
                and self.comparing is not None and _NAMES.issuperset((type(self.comparing.left), type(self.comparing.right))):
            from .lint.comparisons import check_same

            check_same(self, op, span)
        if is_integer(left.type) and is_integer(right.type):
            raw_left, raw_right = left, right
            left, right, t = self.usual(left, right)
            if op not in ("==", "!="):
                self.no_int128(t, span)
            if self.comparing is not None and not self.unevaluated:
                if raw_left.type != raw_right.type or isinstance(right, tree.Constant):
                    self._comparison_warnings(op, raw_left, raw_right, t, span)
            return fold.compare(op, left, right, span)
        if not is_scalar(left.type) or not is_scalar(right.type):
            raise self.invalid_operands(left, right, span, op)
        if is_pointer(left.type) and is_pointer(right.type) and not (is_null(left) or is_null(right)):
            a, b = ct.strip(left.type), ct.strip(right.type)
            assert isinstance(a, ct.Pointer)
            assert isinstance(b, ct.Pointer)
            if _is_literal(left) or _is_literal(right):
                self.warn("W0380", span, "result of comparison against a string literal is unspecified",
                          fix="compare the characters: __builtin_memcmp(), bpf_strncmp()")  # fmt: skip
            equality = op in ("==", "!=") and (is_void(a.target) or is_void(b.target))
            if not equality and not same_type(a.target, b.target):
                self.warn("W0306", span, f"comparison of distinct pointer types ({quote(left.type)} and {quote(right.type)})",
                          fix="cast one side to 'void *'")  # fmt: skip
        elif not (is_null(left) or is_null(right)):
            self.warn("W0307", span, f"comparison between pointer and integer ({quote(left.type)} and {quote(right.type)})",
                      fix="cast the integer to a pointer, or the pointer to 'unsigned long'")  # fmt: skip
        elif op in ("==", "!="):
            other = right if is_null(left) else left
            if type(other) is tree.AddressOf:
                self.address_as_truth(other, op)
        t = left.type if is_pointer(left.type) else right.type
        return fold.compare(op, self.cast(left, t), self.cast(right, t), span)

    def _constant_operand(self, op: str, left: tree.Expr, right: tree.Expr, span: Span) -> None:
        """`a && 4`: most likely `a & 4` is meant; enumerators are let pass."""
        t = ct.strip(left.type)
        number = not isinstance(self.comparing.right, c_ast.ID)
        if number and is_integer(t) and is_integer(right.type) and not (isinstance(t, ct.Int) and t.rank == 0):
            self.warn("W0385", span, f"use of logical '{op}' with constant operand",
                      fix=f"use '{op[0]}' for a bitwise operation, or write '!= 0'")  # fmt: skip

    def _comparison_warnings(self, op: str, left: tree.Expr, right: tree.Expr, common: ct.Type, span: Span) -> None:
        """Warnings about a comparison of integers, not yet converted to `common`: a quick look whether there may be one."""
        if type(ct.strip(left.type)) is ct.Enum or type(ct.strip(right.type)) is ct.Enum:
            from .lint.enums import check_enum_comparison

            check_enum_comparison(self, left, right, span)
        for a, b in ((left, right), (right, left)):
            if isinstance(b, tree.Constant):
                t = integer_of(a.type)
                fits = b.value >> (t.size * 8 - t.signed if t.rank else 1) == 0
                if fits and not isinstance(a, tree.Compare | tree.Logical | tree.Unary):
                    if "W0379" not in self.asked or not t.signed or integer_of(common).signed:
                        return
        if "W0379" in self.asked or isinstance(left, tree.Constant) or isinstance(right, tree.Constant):
            from .lint.comparisons import check_comparison

            check_comparison(self, op, self.comparing, left, right, common, span)

    def pointer_arithmetic(self, op: str, left: tree.Expr, right: tree.Expr, span: Span) -> tree.Expr:
        """Pointer + integer, pointer - integer, pointer - pointer (C11 6.5.6; GNU C: void counts as one byte)."""
        a, b = ct.strip(left.type), ct.strip(right.type)
        if isinstance(a, ct.Pointer) and isinstance(b, ct.Pointer) and op == "-":
            if not same_type(a.target, b.target):
                raise self.error("E0322", span,
                                 f"{quote(left.type)} and {quote(right.type)} are not pointers to compatible types",
                                 fix="cast both to the same pointer type, for example 'char *'")  # fmt: skip
            scale = self.element_size(a, span)
            if type(right) is tree.Constant and right.value == 0:
                self.warn("W0394", span, "performing pointer subtraction with a null pointer has undefined behavior",
                          fix="cast the pointer to 'unsigned long'")  # fmt: skip
            if isinstance(left, tree.Constant) and isinstance(right, tree.Constant) and scale:
                difference = fold.wrap(left.value - right.value, ct.LONG)
                return tree.Constant(int(difference / scale) if difference % scale else difference // scale, ct.LONG, span)
            return tree.PointerDifference(left, right, max(scale, 1), ct.LONG, span)
        if isinstance(b, ct.Pointer) and is_integer(left.type) and op == "+":
            left, right = right, left
            a = b
        elif not isinstance(a, ct.Pointer) or not is_integer(right.type):
            raise self.invalid_operands(left, right, span, op)
        return self.advance(left, right, op == "-", span)

    def advance(self, pointer: tree.Expr, index: tree.Expr, negate: bool, span: Span, *, subscript: bool = False) -> tree.Expr:
        """`pointer` moved by `index` elements; `subscript`: for pointer[index]."""
        t = ct.strip(pointer.type)
        assert isinstance(t, ct.Pointer)
        scale = self.element_size(t, span)
        index = self.cast(self.promote(index), ct.LONG if self.promoted(index.type).signed else ct.ULONG)
        if isinstance(index, tree.Constant):
            move = (-index.value if negate else index.value) * scale
            if isinstance(pointer, tree.Constant):
                return tree.Constant(fold.wrap(pointer.value + move, t), pointer.type, span)
            if not move:
                return pointer
        return tree.PointerAdd(pointer, index, scale, negate, pointer.type, span, subscript)

    def element_size(self, t: ct.Pointer, span: Span) -> int:
        """The size a pointer moves by."""
        if is_void(t.target) or isinstance(ct.strip(t.target), ct.Function):
            if "W0358" in self.asked:
                self.warn("W0358", span, f"arithmetic on a pointer to {'void' if is_void(t.target) else 'a function'} is a GNU "
                          "extension", fix="cast it to 'char *'")  # fmt: skip
            return 1
        if not is_complete(t.target):
            raise self.error("E0301", span, f"arithmetic on a pointer to incomplete type {quote(t.target)}",
                             fix="include the header that defines it, or cast to 'char *'")  # fmt: skip
        return size_of(t.target)

    # --- unary ----------------------------------------------------------------------------------------------------

    def unary(self, op: str, value: tree.Expr, span: Span) -> tree.Expr:
        """`+ - ~ !` on a value."""
        if isinstance(value, tree.FloatConstant) and (folded := floating.unary(op, value, span)) is not None:
            return folded
        self.no_float(value)
        if op == "!":
            if not is_scalar(value.type):
                raise self.error("E0323", span, f"invalid argument type {quote(value.type)} to unary expression")
            if type(value) is tree.AddressOf:
                self.address_as_truth(value)
            if isinstance(value, tree.Compare) and value.op in ("==", "!="):
                return tree.Compare("!=" if value.op == "==" else "==", value.left, value.right, ct.INT, span)
            return fold.unary(op, value, ct.INT, span)
        if not is_integer(value.type):
            raise self.error("E0323", span, f"invalid argument type {quote(value.type)} to unary expression",
                             fix="'+', '-' and '~' take integers")  # fmt: skip
        value = self.promote(value)
        self.no_int128(value.type, span)
        if op == "+":
            return value
        return fold.unary(op, value, value.type, span)

    # --- conditional ----------------------------------------------------------------------------------------------

    def conditional(self, condition: tree.Expr, then: tree.Expr, otherwise: tree.Expr, span: Span) -> tree.Expr:
        """`c ? a : b` (C11 6.5.15); with a constant condition the other branch is dropped."""
        a, b = then.type, otherwise.type
        t: ct.Type
        if is_integer(a) and is_integer(b):
            then, otherwise, t = self.usual(then, otherwise)
        elif is_void(a) or is_void(b):
            t = ct.VOID
            then, otherwise = (self.discard(x) for x in (then, otherwise))
        elif is_record(a) and ct.strip(a) is ct.strip(b):
            t = a
        elif is_scalar(a) and is_scalar(b):
            self.no_float(then)
            self.no_float(otherwise)
            t = self.common_pointer(then, otherwise, span, "conditional expression")
            then, otherwise = self.cast(then, t), self.cast(otherwise, t)
        else:
            raise self.error("E0326", span, f"incompatible operand types ({quote(a)} and {quote(b)})",
                             fix="both sides of ':' must have one type")  # fmt: skip
        if isinstance(condition, tree.Constant):
            chosen = then if condition.value else otherwise
            if isinstance(chosen, tree.Constant):
                return tree.Constant(chosen.value, t, span)
            return chosen
        return tree.Conditional(condition, then, otherwise, t, span)

    def discard(self, e: tree.Expr) -> tree.Expr:
        """`e` for its effects only."""
        if isinstance(e, tree.FloatConstant):
            e = tree.Constant(0, ct.INT, e.span)
        return e if is_void(e.type) else tree.Cast(e, ct.VOID, e.span)

    # --- casts ----------------------------------------------------------------------------------------------------

    def explicit_cast(self, e: tree.Expr, t: ct.Type, span: Span) -> tree.Expr:
        """`(t) e` (C11 6.5.4)."""
        if self.misaligned:
            self.aligned_enough(e, t)
        bare = ct.strip(t)
        if isinstance(bare, ct.Void):
            return self.discard(e)
        source = ct.strip(e.type)
        if isinstance(source, ct.Float) or isinstance(bare, ct.Float):
            converted = floating.convert(e, t)
            if converted is not None:
                return converted
            if self.unevaluated:
                return tree.Constant(0, ct.INT, span)
            raise self.float_error(span, e.type if isinstance(source, ct.Float) else t)
        if isinstance(bare, ct.Record) and source is bare:
            return e
        if isinstance(bare, ct.Record) and bare.kind == "union" and bare.fields is not None:
            return self._cast_to_union(e, t, bare, span)
        if not is_scalar(bare):
            raise self.error("E0327", span,
                             f"cannot cast to {quote(t)}: only casts to arithmetic and pointer types are possible")
        if not is_scalar(source):
            raise self.error("E0327", span, f"operand of type {quote(e.type)} where an arithmetic or pointer type is required",
                             fix="take its address and cast the pointer")  # fmt: skip
        t = unqualified(t)
        if isinstance(bare, ct.Pointer):
            if type(source) is ct.Int and source.size < 8 and source.rank and type(e) is not tree.Constant:
                void = isinstance(ct.strip(bare.target), ct.Void)
                self.warn("W0389" if void else "W0388", span, f"cast to {quote(t)} from smaller integer type {quote(e.type)}",
                          fix="cast it to 'long' first, which is as large as a pointer")  # fmt: skip
        elif isinstance(source, ct.Pointer) and size_of(bare) < 8 and integer_of(bare).rank:
            void = isinstance(ct.strip(source.target), ct.Void)
            self.warn("W0392" if void else "W0390", span, f"cast to smaller integer type {quote(t)} from {quote(e.type)}",
                      fix="cast it to 'long' first, which is as large as a pointer")  # fmt: skip
        if isinstance(e, tree.Constant):
            return tree.Constant(fold.wrap(e.value, t), t, span)
        result = self.cast(e, t)
        if result is e and e.type != t:  # the sugar counts for typeof and messages
            return tree.Cast(e, t, span)
        return result

    def _cast_to_union(self, e: tree.Expr, t: ct.Type, union: ct.Record, span: Span) -> tree.Expr:
        """GNU C: the union whose member of the operand's type is set."""
        for field in union.fields or []:
            if same_type(field.type, e.type) and field.bits is None:
                variable = self.new_local(".union", t, span)
                store = tree.InitStore(field.offset, None, e)
                body = tree.LocalRef(variable, t, span)
                return tree.Load(tree.Let(variable, None, tree.Initializer(True, [store]), body, t, span), t, span)
        raise self.error("E0327", span, f"no member of {quote(t)} has type {quote(e.type)}")

    def new_local(self, name: str, t: ct.Type, span: Span) -> tree.Local:
        """A local the checker makes itself."""
        local = tree.Local(name, t, span)
        if self.function is not None:
            self.function.locals.append(local)
        return local

    def comma(self, left: tree.Expr, right: tree.Expr, span: Span) -> tree.Expr:
        """`left, right`."""
        if isinstance(left, tree.Constant):
            return right
        return tree.Comma(left, right, right.type, span)

    def size_operand(self, t: ct.Type, span: Span, op: str) -> Any:
        """sizeof and _Alignof of a type (C11 6.5.3.4)."""
        if not is_complete(t) and not is_void(t) and not isinstance(ct.strip(t), ct.Function):
            if not (op == "_Alignof" and isinstance(ct.strip(t), ct.Array)):
                raise self.error("E0301", span, f"invalid application of '{op}' to incomplete type {quote(t)}",
                                 fix="include the header that defines it")  # fmt: skip
        return None


def _is_literal(e: tree.Expr) -> bool:
    return type(e) is tree.AddressOf and type(e.lvalue) is tree.GlobalRef and e.lvalue.symbol.name.startswith(".str")


def same_place(a: tree.Expr, b: tree.Expr) -> bool:
    """Whether two lvalues are one object by what is written."""
    if isinstance(a, tree.LocalRef) and isinstance(b, tree.LocalRef):
        return a.symbol is b.symbol
    if isinstance(a, tree.GlobalRef) and isinstance(b, tree.GlobalRef):
        return a.symbol is b.symbol
    if not isinstance(a, tree.Member) or not isinstance(b, tree.Member) or a.field is not b.field or a.offset != b.offset:
        return False
    if isinstance(a.base, tree.Deref) and isinstance(b.base, tree.Deref):
        p, q = a.base.pointer, b.base.pointer
        return isinstance(p, tree.Load) and isinstance(q, tree.Load) and same_place(p.lvalue, q.lvalue)
    return same_place(a.base, b.base)

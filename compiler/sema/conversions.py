"""Conversions (C11 6.3): lvalues to values, promotions, the usual arithmetic conversions, assignment."""

from __future__ import annotations

from typing import Any

from ..diagnostics import Edit, Fix
from ..source import Span
from . import floating, fold, tree
from . import types as ct
from .base import Checker
from .compare import (
    composite,
    integer_of,
    is_integer,
    is_pointer,
    is_record,
    is_scalar,
    is_void,
    qualifiers,
    qualify,
    same_type,
    space_of,
    unqualified,
)
from .layout import align_of, is_complete, size_of
from .spelling import quote

# what each way of assigning is called in messages, as clang does: (incompatible, how it goes on)
_DOING = {
    "assign": ("assigning to {to} from {source}", "assigning to {to} from {source}"),
    "init": ("initializing {to} with an expression of type {source}",) * 2,
    "pass": ("passing {source} to parameter of type {to}",) * 2,
    "return": ("returning {source} from a function with result type {to}",) * 2,
}


class Conversions(Checker):
    """Values of one type made values of another."""

    # --- lvalues --------------------------------------------------------------------------------------------------

    def is_lvalue(self, e: tree.Expr) -> bool:
        """True if `e` denotes an object."""
        match e:
            case tree.LocalRef() | tree.GlobalRef() | tree.Deref():
                return True
            case tree.Member(base=base):
                return self.is_lvalue(base)
            case tree.Let(body=body):
                return self.is_lvalue(body)
            case _:
                return False

    def value_of(self, e: tree.Expr) -> tree.Expr:
        """Lvalue conversion and decay (C11 6.3.2.1)."""
        t = ct.strip(e.type)
        if isinstance(t, ct.Array):
            const, volatile = qualifiers(e.type)
            element = qualify(t.element, const=const, volatile=volatile, space=space_of(e.type))
            return self.address(e, ct.Pointer(element), e.span)
        if isinstance(e, tree.FunctionRef):
            self.use_function(e.symbol)
            return tree.AddressOf(e, ct.Pointer(e.type), e.span)
        if isinstance(t, ct.Function):  # *p of a function pointer: the pointer again
            return e.pointer if isinstance(e, tree.Deref) else tree.AddressOf(e, ct.Pointer(e.type), e.span)
        if self.is_lvalue(e):
            if not is_complete(t) and not isinstance(t, ct.Void):
                raise self.error("E0301", e.span, f"incomplete type {quote(e.type)} where a complete type is required",
                                 fix="include the header that defines it")  # fmt: skip
            if isinstance(e, tree.GlobalRef) and (number := self.helpers.get(e.symbol)) is not None:
                return tree.Constant(number, unqualified(e.type), e.span)
            return tree.Load(e, unqualified(e.type), e.span)
        return e

    def address(self, lvalue: tree.Expr, t: ct.Type, span: Span) -> tree.Expr:
        """The address of an lvalue, as a pointer of type `t`; `&*p` is p."""
        if isinstance(lvalue, tree.Deref):
            return self.retype(lvalue.pointer, t, span)
        constant = fold.lvalue_address(lvalue)
        if constant is not None and not (isinstance(lvalue, tree.Member) and lvalue.preserve):
            return tree.Constant(constant.value, t, span)
        return tree.AddressOf(lvalue, t, span)

    def retype(self, e: tree.Expr, t: ct.Type, span: Span) -> tree.Expr:
        """`e` with the type `t`, which has the same representation."""
        if isinstance(e, tree.Constant):
            return tree.Constant(e.value, t, span)
        return e if e.type == t else tree.Cast(e, t, span)

    # --- integers -------------------------------------------------------------------------------------------------

    def promote(self, e: tree.Expr) -> tree.Expr:
        """Integer promotions (C11 6.3.1.1p2)."""
        t = integer_of(e.type)
        field = bit_field(e)
        if field is not None and field.bits is not None and field.bits <= 32:
            return self.cast(e, ct.UINT if field.bits == 32 and not t.signed else ct.INT)
        if t.rank < ct.INT.rank:
            return self.cast(e, ct.INT)
        return e if isinstance(ct.strip(e.type), ct.Int) else self.cast(e, t)

    def promoted(self, t: ct.Type) -> ct.Int:
        """The type that a value of integer type `t` is promoted to."""
        integer = integer_of(t)
        return ct.INT if integer.rank < ct.INT.rank else integer

    def usual(self, left: tree.Expr, right: tree.Expr) -> tuple[tree.Expr, tree.Expr, ct.Type]:
        """The usual arithmetic conversions (C11 6.3.1.8): both operands and their common type."""
        left, right = self.promote(left), self.promote(right)
        a, b = integer_of(left.type), integer_of(right.type)
        if a == b:
            return left, right, left.type
        common: ct.Type
        if a.signed == b.signed:
            common = left.type if a.rank > b.rank else right.type
        else:
            unsigned, signed = (right, left) if a.signed else (left, right)
            u, s = integer_of(unsigned.type), integer_of(signed.type)
            if u.rank >= s.rank:
                common = unsigned.type
            elif s.size > u.size:
                common = signed.type
            else:
                common = {ct.LONG: ct.ULONG, ct.LLONG: ct.ULLONG}.get(s, ct.ULONG)
        return self.cast(left, common), self.cast(right, common), common

    def cast(self, e: tree.Expr, t: ct.Type) -> tree.Expr:
        """Convert a scalar to scalar type `t`; no node if nothing changes."""
        if ct.strip(e.type) == ct.strip(t) and not isinstance(ct.strip(t), ct.Pointer):
            if bit_field(e) is not None:  # a cast bit-field is one no more: it promotes by its type, not by its width
                return tree.Cast(e, t, e.span)
            return e if e.type == t or not isinstance(e, tree.Constant) else tree.Constant(e.value, t, e.span)
        if e.type == t:
            return e
        if isinstance(e, tree.AddressOf) and isinstance(ct.strip(t), ct.Int) and integer_of(t).rank == 0:
            return tree.Constant(1, t, e.span) if not _weak(e) else tree.Cast(e, t, e.span)
        return fold.cast(e, t, e.span)

    def condition(self, node: Any, what: str) -> tree.Expr:
        """A controlling expression: a scalar value."""
        e = self.rvalue(node)
        if not is_scalar(e.type):
            raise self.error("E0302", e.span, f"{what} has type {quote(e.type)}, but a scalar is required",
                             fix="compare a member with a value instead")  # fmt: skip
        self.no_float(e)
        if type(e) is tree.AddressOf:
            self.address_as_truth(e)
        return e

    def aligned_enough(self, e: tree.Expr, to: ct.Type) -> None:
        """`e` becomes a `to`: if it is the address of a packed member, that need not be aligned more than it is."""
        known = self.misaligned.get(e.span)
        if known is not None:
            t = ct.strip(to)
            if not isinstance(t, ct.Pointer) or not is_complete(t.target) or align_of(t.target) <= known[0]:
                del self.misaligned[e.span]

    def address_as_truth(self, e: tree.AddressOf, op: str = "") -> None:
        """The address of an object as a condition, or compared with null by `op`: a warning."""
        from .lint.comparisons import check_address

        check_address(self, e, op)

    def no_float(self, e: tree.Expr) -> None:
        """Floating point has no instructions in BPF."""
        if isinstance(ct.strip(e.type), ct.Float):
            raise self.float_error(e.span, e.type)

    def float_error(self, span: Span, t: ct.Type) -> Exception:
        """The complaint about a floating-point value."""
        return self.error("E0401", span, f"floating-point value of type {quote(t)}: BPF has no floating-point instructions",
                          fix="use integers, for example fixed point: value * 1000 / total")  # fmt: skip

    # --- assignment -----------------------------------------------------------------------------------------------

    def assign(self, e: tree.Expr, to: ct.Type, how: str, span: Span | None = None, *, what: str = "",
               declared: Span | None = None) -> tree.Expr:  # fmt: skip
        """Convert `e` as if by assignment to an object of type `to` (C11 6.5.16.1).

        `how`: "assign", "init", "pass" or "return"; `what`: more to say in messages; `declared`: where the target is.
        """
        if self.misaligned:
            self.aligned_enough(e, to)
        to = unqualified(to)
        source, target = ct.strip(e.type), ct.strip(to)
        span = span or e.span
        notes: list[tuple[str, Span | int | None]] = [(what, declared)] if declared is not None else []
        if isinstance(source, ct.Void):
            raise self.error("E0303", span, self._doing(how, to, e.type, "incompatible type"),
                             fix="this expression gives no value", notes=notes)  # fmt: skip
        if isinstance(source, ct.Float) or isinstance(target, ct.Float):
            converted = floating.convert(e, to)
            if isinstance(converted, tree.Constant):
                return converted
            if isinstance(converted, tree.FloatConstant) and self.function is None:
                return tree.Constant(floating.bits(converted), to, span)  # data of a variable
            raise self.float_error(span, e.type if isinstance(source, ct.Float) else to)
        if is_integer(target):
            if is_integer(source):
                if type(target) is ct.Enum and source is not target and not self.unevaluated:
                    from .lint.enums import check_enum_conversion

                    check_enum_conversion(self, e, target)
                if type(e) is tree.Constant:
                    self._check_constant(e, to)
                elif type(e) is tree.Conditional:
                    for branch in (e.then, e.otherwise):
                        if type(branch) is tree.Constant and not _once_negative(branch, integer_of(target).size):
                            self._check_constant(branch, to)
                return self.cast(e, to)
            if isinstance(source, ct.Pointer):
                if integer_of(target).rank:
                    self.warn("E0304", span, self._doing(how, to, e.type, "incompatible pointer to integer conversion"),
                               fix=_indirect(e, to) or f"if this is meant, cast it: ({_cast_text(to)})...",
                               notes=notes)  # fmt: skip
                return self.cast(e, to)
        elif isinstance(target, ct.Pointer):
            if isinstance(source, ct.Pointer):
                self._check_pointers(e, source, target, to, how, span, notes)
                return self.cast(e, to)
            if is_integer(source):
                if not is_null(e):
                    self.warn("E0304", span, self._doing(how, to, e.type, "incompatible integer to pointer conversion"),
                               fix=_indirect(e, to) or f"if this is meant, cast it: ({_cast_text(to)})(unsigned long)...",
                               notes=notes)  # fmt: skip
                return self.cast(e, to)
        elif isinstance(target, ct.Record) and source is target:
            return e
        elif how == "pass" and isinstance(target, ct.Record) and "transparent_union" in target.attributes:
            whole = self._into_union(e, to, target)
            if whole is not None:
                return whole
        fix = ""
        if isinstance(target, ct.Pointer) and isinstance(source, ct.Record) and isinstance(e, tree.Load):
            if isinstance(ct.strip(target.target), ct.Void) or ct.strip(target.target) is source:
                fix = "pass its address: put '&' before it"
        elif isinstance(source, ct.Pointer) and isinstance(target, ct.Record) and ct.strip(source.target) is target:
            fix = "take what it points to: put '*' before it"
        raise self.error("E0303", span, self._doing(how, to, e.type, "incompatible type"), fix=fix, notes=notes)

    def _into_union(self, e: tree.Expr, to: ct.Type, target: ct.Record) -> tree.Expr | None:
        """An argument as the member of a transparent union that has its type (GCC manual, "Common Type Attributes")."""
        for field in target.fields or []:
            a, b = ct.strip(field.type), ct.strip(e.type)
            pointers = isinstance(a, ct.Pointer) and isinstance(b, ct.Pointer) and (
                same_type(unqualified(a.target), unqualified(b.target)) or ct.VOID in (ct.strip(a.target), ct.strip(b.target)))
            if pointers or (isinstance(a, ct.Pointer) and is_null(e)) or same_type(a, b):
                local = self.new_local(".union", to, e.span)
                stores = [tree.InitStore(field.offset, None, self.cast(e, field.type))]
                covered = size_of(field.type) == size_of(to)
                body = tree.LocalRef(local, to, e.span)
                return tree.Let(local, None, tree.Initializer(not covered, stores), body, to, e.span)
        return None

    def _doing(self, how: str, to: ct.Type, source: ct.Type, reason: str) -> str:
        text = _DOING[how][0].format(to=quote(to), source=quote(source))
        return f"{reason}: {text}" if reason == "incompatible type" else f"{reason} {text}"

    def _check_constant(self, e: tree.Constant, to: ct.Type) -> None:
        """Whether a constant fits: one as wide as a signed type may be written as bits, in hexadecimal (clang's rules)."""
        t, value = integer_of(to), e.value
        wide, bits = value.bit_length() if value >= 0 else (~value).bit_length() + 1, t.size * 8
        if wide < bits or not t.rank or self.unevaluated:
            return
        if wide > bits or (value >= 0 and t.signed and integer_of(e.type).signed and not self._spelled(e.span, "0x", "0X")):
            self.warn("W0301", e.span, f"implicit conversion from {quote(e.type)} to {quote(to)} changes value from "
                      f"{value} to {fold.wrap(value, t)}", fix="use a wider type, or cast if the cut is meant")  # fmt: skip

    def _spelled(self, span: Span, *starts: str) -> bool:
        """Whether the text at the point of `span` starts with one of `starts`."""
        loc = self.sources.spelling(span.point)
        file = self.sources.file_of(loc)
        return file.text.startswith(starts, loc - file.base)

    def check_field(self, e: tree.Expr, bits: int, t: ct.Type, span: Span) -> None:
        """A value goes into a bit-field of `bits` bits: whether a constant fits."""
        integer = integer_of(t)
        if type(e) is not tree.Constant or not integer.rank or self.unevaluated:
            return
        if e.value < 0 and (~e.value).bit_length() + 1 <= bits and self._spelled(e.span, "-", "~"):
            return
        cut = e.value & (1 << bits) - 1
        if integer.signed and cut >> bits - 1:
            cut -= 1 << bits
        if cut != e.value and not (bits == 1 and e.value == 1):
            self.warn("W0308", span, f"implicit truncation from {quote(e.type)} to a bit-field of {bits} bits changes value "
                      f"from {e.value} to {cut}", fix="use a value that fits")  # fmt: skip

    def _check_pointers(self, e: tree.Expr, source: ct.Pointer, target: ct.Pointer, to: ct.Type, how: str, span: Span,
                        notes: list[tuple[str, Span | int | None]]) -> None:  # fmt: skip
        if is_null(e):
            return
        a, b = source.target, target.target
        bare_a, bare_b = ct.strip(a), ct.strip(b)
        if space_of(a) != space_of(b):
            self.error("E0306", span, self._doing(how, to, e.type, "").strip() + " changes the address space of the pointer",
                       fix=f"if this is meant, cast it: ({_cast_text(to)})...", notes=notes)  # fmt: skip
        lost = [
            word for word, have,
            want in zip(("const", "volatile"), qualifiers(a), qualifiers(b), strict=True) if have and not want
        ]
        if isinstance(bare_a, ct.Void) or isinstance(bare_b, ct.Void):
            pass
        elif not same_type(a, b):
            if is_integer(a) and is_integer(b) and isinstance(bare_a, ct.Int) and isinstance(bare_b, ct.Int) \
                    and bare_a.size == bare_b.size and bare_a.rank == bare_b.rank:  # fmt: skip
                self.warn("W0302", span, self._doing(how, to, e.type, "") .strip()
                          + " converts between pointers to integer types with different sign",
                          fix=f"cast it: ({_cast_text(to)})...", notes=notes)  # fmt: skip
                return
            function = isinstance(bare_a, ct.Function) or isinstance(bare_b, ct.Function)
            message = self._doing(how, to, e.type, f"incompatible {'function ' if function else ''}pointer types")
            if function:
                self.warn("E0305", span, message, fix="make the two function types the same", notes=notes)
            else:
                self.warn("W0303", span, message, fix=f"if this is meant, cast it: ({_cast_text(to)})...", notes=notes)
            return
        if lost:
            self.warn("W0304", span, self._doing(how, to, e.type, "").strip() + " discards qualifiers",
                      fix=f"declare the target '{' '.join(lost)}' as well", notes=notes)  # fmt: skip

    # --- pointers in conditionals and comparisons -----------------------------------------------------------------

    def common_pointer(self, left: tree.Expr, right: tree.Expr, span: Span, what: str) -> ct.Type:
        """The pointer type two operands of ?: or a comparison meet in (C11 6.5.15p6)."""
        if is_null(left) and not is_pointer(left.type):
            return right.type
        if is_null(right) and not is_pointer(right.type):
            return left.type
        a, b = ct.strip(left.type), ct.strip(right.type)
        if not isinstance(a, ct.Pointer) or not isinstance(b, ct.Pointer):
            self.warn("W0305", span, f"pointer/integer type mismatch in {what} ({quote(left.type)} and {quote(right.type)})",
                      fix="cast one side to the other's type")  # fmt: skip
            return left.type if isinstance(a, ct.Pointer) else right.type
        space = space_of(a.target)
        const = qualifiers(a.target)[0] or qualifiers(b.target)[0]
        volatile = qualifiers(a.target)[1] or qualifiers(b.target)[1]
        if is_null(left) and is_void(a.target):
            return right.type
        if is_null(right) and is_void(b.target):
            return left.type
        if is_void(a.target) or is_void(b.target):
            return ct.Pointer(qualify(ct.VOID, const=const, volatile=volatile, space=space))
        if not same_type(a.target, b.target):
            self.warn("W0306" if what == "comparison" else "W0309", span,
                      f"{'comparison of distinct pointer types' if what == 'comparison' else 'pointer type mismatch'}"
                      f" ({quote(left.type)} and {quote(right.type)})", fix="cast one side to the other's type")  # fmt: skip
            return ct.Pointer(qualify(ct.VOID, const=const, volatile=volatile, space=space))
        if qualifiers(a.target) == qualifiers(b.target):
            return left.type
        return ct.Pointer(qualify(unqualified(composite(a.target, b.target)), const=const, volatile=volatile, space=space))

    def need_record(self, t: ct.Type) -> bool:
        """True for structs and unions."""
        return is_record(t)


def _once_negative(e: tree.Constant, size: int) -> bool:
    """Whether a branch of ?:, converted to an unsigned type by the other one, may have been a negative number that fits into
    `size` bytes."""
    t = integer_of(e.type)
    negative = e.value - (1 << t.size * 8)
    return not t.signed and negative < 0 and (~negative).bit_length() < size * 8


def bit_field(e: tree.Expr) -> ct.Field | None:
    """The bit-field a value comes from, if it does."""
    match e:
        case tree.Load(lvalue=tree.Member(field=field)) | tree.Member(field=field):
            return field if field.bits is not None else None
        case tree.Assign(lvalue=lvalue) | tree.CompoundAssign(lvalue=lvalue) | tree.IncDec(lvalue=lvalue):
            return lvalue.field if isinstance(lvalue, tree.Member) and lvalue.field.bits is not None else None
        case tree.Comma(right=right):
            return bit_field(right)
        case _:
            return None


def is_null(e: tree.Expr) -> bool:
    """A null pointer constant (C11 6.3.2.3p3): 0, or 0 cast to void *."""
    if not isinstance(e, tree.Constant) or e.value != 0:
        return False
    t = ct.strip(e.type)
    return not isinstance(t, ct.Pointer) or isinstance(ct.strip(t.target), ct.Void)


def _weak(e: tree.AddressOf) -> bool:
    lvalue = e.lvalue
    while isinstance(lvalue, tree.Member):
        lvalue = lvalue.base
    if isinstance(lvalue, tree.GlobalRef | tree.FunctionRef):
        return "weak" in lvalue.symbol.attributes
    return not isinstance(lvalue, tree.LocalRef)


def _cast_text(t: ct.Type) -> str:
    from .spelling import show

    return show(t)


def _indirect(e: tree.Expr, to: ct.Type) -> Fix | str:
    """The fix of a forgotten '&' or '*', if the types tell that it is one: of a variable, member or element."""
    if not isinstance(e, tree.Load) or e.span.first < 0:
        return ""
    source, target = ct.strip(e.type), ct.strip(to)
    if isinstance(target, ct.Pointer) and same_type(unqualified(target.target), unqualified(e.type)):
        return Fix("pass its address: put '&' in front", Edit(e.span.first, "", "&"))
    if isinstance(source, ct.Pointer) and same_type(unqualified(source.target), unqualified(to)):
        return Fix("take what it points to: put '*' in front", Edit(e.span.first, "", "*"))
    return ""

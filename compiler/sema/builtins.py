"""`__builtin_*`: which there are, what they take, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..diagnostics import did_you_mean
from ..parse.lean import c_ast
from ..source import Span
from . import core, fold, tree
from . import types as ct
from .access import Access
from .compare import integer_of, is_integer, qualifiers, qualify, unqualified
from .layout import is_complete, size_of
from .spelling import quote
from .written import typed_overflow, written

_VOID_POINTER = ct.Pointer(ct.VOID)
_CONST_VOID_POINTER = ct.Pointer(qualify(ct.VOID, const=True))
_CONST_CHAR_POINTER = ct.Pointer(qualify(ct.CHAR, const=True))

# name (without __builtin_), result, parameters: those that stay in the tree as tree.Builtin
PLAIN: dict[str, tuple[ct.Type, tuple[ct.Type, ...]]] = {
    "memcpy":        (_VOID_POINTER, (_VOID_POINTER, _CONST_VOID_POINTER, ct.ULONG)),
    "memcpy_inline": (_VOID_POINTER, (_VOID_POINTER, _CONST_VOID_POINTER, ct.ULONG)),
    "memmove":       (_VOID_POINTER, (_VOID_POINTER, _CONST_VOID_POINTER, ct.ULONG)),
    "memset":        (_VOID_POINTER, (_VOID_POINTER, ct.INT, ct.ULONG)),
    "memcmp":        (ct.INT, (_CONST_VOID_POINTER, _CONST_VOID_POINTER, ct.ULONG)),
    "bcmp":          (ct.INT, (_CONST_VOID_POINTER, _CONST_VOID_POINTER, ct.ULONG)),
    "unreachable":   (ct.VOID, ()),
    "trap":          (ct.VOID, ()),
    "debugtrap":     (ct.VOID, ()),
    "bswap16":       (ct.USHORT, (ct.USHORT,)),
    "bswap32":       (ct.UINT, (ct.UINT,)),
    "bswap64":       (ct.ULONG, (ct.ULONG,)),
    **{f"{op}{suffix}": (ct.INT, (t,)) for op in ("popcount", "clz", "ctz")
       for suffix, t in (("", ct.UINT), ("l", ct.ULONG), ("ll", ct.ULONG))},
    **{f"ffs{suffix}": (ct.INT, (t,)) for suffix, t in (("", ct.INT), ("l", ct.LONG), ("ll", ct.LONG))},
}  # fmt: skip

_INTEGERS = {(t.size, t.signed): t for t in (ct.SCHAR, ct.UCHAR, ct.SHORT, ct.USHORT, ct.INT, ct.UINT, ct.LONG, ct.ULONG)}
_NAMED = {
    "signed int": ct.INT, "unsigned int": ct.UINT, "signed long": ct.LONG, "unsigned long": ct.ULONG,
    "signed long long": ct.LLONG, "unsigned long long": ct.ULLONG,
}  # fmt: skip

# the C library's names that clang takes for builtins when they are declared
LIBRARY = {"memcpy", "memmove", "memset", "memcmp", "bcmp"}
LIBRARY_FOLDED = {
    "strlen", "strcmp", "strncmp", "strchr", "strrchr", "memchr", "mempcpy", "abs", "labs", "llabs", "ffs", "ffsl", "ffsll",
}

# the second argument of the CO-RE builtins -> relocation (include/clang: BPF_FIELD_INFO..., as libbpf's macros use them)
_FIELD_KINDS = {kind: kind for kind in range(6)}
_TYPE_KINDS = {0: core.TYPE_EXISTS, 1: core.TYPE_SIZE, 2: core.TYPE_MATCHES}
_TYPE_ID_KINDS = {0: core.TYPE_ID_LOCAL, 1: core.TYPE_ID_TARGET}
_ENUM_KINDS = {0: core.ENUMVAL_EXISTS, 1: core.ENUMVAL_VALUE}
_VARIADIC = {"va_start", "va_end", "va_copy"}
_FLOATS = {"inf", "inff", "nan", "nanf", "huge_val", "huge_valf", "fabs", "sqrt", "floor", "ceil", "pow"}


class Builtins(Access):
    """Calls to what the compiler itself provides."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._builtins: dict[str, Callable[[str, list[Any], Span], tree.Expr]] = {
            "expect": self._expect, "expect_with_probability": self._expect,
            "constant_p": self._constant_p, "choose_expr": self._choose,
            "object_size": self._object_size, "dynamic_object_size": self._object_size,
            "assume": self._nothing, "prefetch": self._nothing, "assume_aligned": self._first,
            "strcmp": self._strcmp, "strncmp": self._strcmp,
            "strlen": self._strlen, "add_overflow": self._overflow, "sub_overflow": self._overflow,
            "mul_overflow": self._overflow,
            **dict.fromkeys(PLAIN, self._plain),
            "preserve_access_index": self._preserve_access_index, "preserve_field_info": self._field_info,
            "preserve_type_info": self._type_info, "btf_type_id": self._type_info,
            "preserve_enum_value": self._enum_value,
        }  # fmt: skip

    def builtin(self, name: str, nodes: list[Any], span: Span) -> tree.Expr:
        """A call of `__builtin_NAME` with unchecked arguments."""
        short = name.removeprefix("__builtin_")
        handler = self._builtins.get(short)
        if handler is not None:
            return handler(short, nodes, span)
        if (typed := typed_overflow(short)) is not None:
            return self._typed_overflow(name, typed, nodes, span)
        text = written(short)
        if text is not None:
            return self._written(short, text, [self.rvalue(node) for node in nodes], span)
        if short in _VARIADIC:
            raise self.error("E0405", span, f"{name}: BPF functions cannot take a variable number of arguments",
                             fix="pass a pointer to a struct")  # fmt: skip
        if short in ("alloca", "alloca_with_align"):
            raise self.error("E0402", span, "BPF has no dynamic stack: alloca is not possible",
                             fix="use an array of constant size, or a map")  # fmt: skip
        if short in _FLOATS:
            raise self.float_error(span, ct.Float("double", 8))
        if short in ("frame_address", "return_address"):
            raise self.error("E0433", span, f"{name} is not possible in BPF: the stack cannot be walked by a program",
                             fix="use bpf_get_stack()")  # fmt: skip
        close = self._close_builtin(short)
        raise self.error("E0433", span, f"{name} is not supported", fix=did_you_mean(close, name, span.point) if close else
                         "write the operation out in C")  # fmt: skip

    def _close_builtin(self, name: str) -> str:
        from .names import suggest

        close = suggest(name, self._builtins)
        return f"__builtin_{close}" if close else ""

    def arguments(self, name: str, nodes: list[Any], count: int, span: Span, at_least: bool = False) -> list[tree.Expr]:
        """Check the number of arguments and each one's value."""
        self.count_arguments(f"__builtin_{name}", len(nodes), count, span, at_least)
        return [self.rvalue(node) for node in nodes]

    def count_arguments(self, name: str, have: int, want: int, span: Span, at_least: bool = False) -> None:
        """Complain if a builtin got the wrong number of arguments."""
        if have < want or (have > want and not at_least):
            raise self.error("E0341", span, f"too {'few' if have < want else 'many'} arguments to {name}, "
                             f"expected {'at least ' if at_least else ''}{want}, have {have}")  # fmt: skip

    def _plain(self, name: str, nodes: list[Any], span: Span) -> tree.Expr:
        result, parameters = PLAIN[name]
        values = self.arguments(name, nodes, len(parameters), span)
        return self.plain_builtin(name, values, result, parameters, span)

    def plain_builtin(self, name: str, values: list[tree.Expr], result: ct.Type, parameters: tuple[ct.Type, ...],
                      span: Span) -> tree.Expr:  # fmt: skip
        """A builtin of `PLAIN`, folded if it is arithmetic on constants."""
        converted = [self.assign(v, p, "pass") for v, p in zip(values, parameters, strict=True)]
        if len(converted) == 1 and isinstance(converted[0], tree.Constant):
            number = _compute(name, converted[0].value, size_of(parameters[0]) * 8)
            if number is not None:
                return tree.Constant(fold.wrap(number, result), result, span)
        if name in ("memcmp", "bcmp") and (known := self._compared(converted)) is not None:
            return tree.Constant(known, result, span)
        return tree.Builtin(name, converted, result, span)

    def _compared(self, arguments: list[tree.Expr]) -> int | None:
        """memcmp of literals."""
        one, two, count = text_of(arguments[0]), text_of(arguments[1]), self.known(arguments[2])
        if one is None or two is None or count is None or count > min(len(one), len(two)) + 1:
            return None
        a, b = (one + b"\0")[:count], (two + b"\0")[:count]
        return (a > b) - (a < b)

    def library(self, name: str, values: list[tree.Expr], span: Span) -> tree.Expr:
        """A call of a declared C library function that is a builtin."""
        result, parameters = PLAIN[name]
        return self.plain_builtin(name, values, result, parameters, span)

    def _expect(self, name: str, nodes: list[Any], span: Span) -> tree.Expr:
        self.count_arguments(f"__builtin_{name}", len(nodes), 3 if name == "expect_with_probability" else 2, span)
        value, expected = (self.assign(self.rvalue(node), ct.LONG, "pass") for node in nodes[:2])
        if isinstance(value, tree.Constant):
            return value
        return tree.Builtin("expect", [value, expected], ct.LONG, span)

    def _constant_p(self, name: str, nodes: list[Any], span: Span) -> tree.Expr:
        self.count_arguments("__builtin_constant_p", len(nodes), 1, span)
        self.unevaluated += 1
        try:
            value = self.rvalue(nodes[0])
        finally:
            self.unevaluated -= 1
        if not self.required and self.function is not None and self.known(value) is None and _may_become_known(value):
            return tree.Builtin("constant_p", [value], ct.INT, span)  # inlining or unrolling may make it a constant
        if isinstance(value, tree.FloatConstant):
            return tree.Constant(1, ct.INT, span)
        literal = isinstance(value, tree.AddressOf) and isinstance(value.lvalue, tree.GlobalRef) \
            and value.lvalue.symbol.name.startswith(".str")  # fmt: skip
        return tree.Constant(int(literal or self.known(value) is not None), ct.INT, span)

    def _choose(self, name: str, nodes: list[Any], span: Span) -> tree.Expr:
        """The type is that of the chosen side; the other is only parsed."""
        self.count_arguments("__builtin_choose_expr", len(nodes), 3, span)
        which = self.integer_constant(nodes[0], "the condition of __builtin_choose_expr")
        return self.expression(nodes[1] if which else nodes[2])

    def _object_size(self, name: str, nodes: list[Any], span: Span) -> tree.Expr:
        """The size of the object a pointer surely points to, else "unknown" (GCC manual, "Object Size Checking")."""
        self.count_arguments(f"__builtin_{name}", len(nodes), 2, span)
        kind = self.integer_constant(nodes[1], "the second argument")
        self.unevaluated += 1
        try:
            pointer = self.rvalue(nodes[0])
        finally:
            self.unevaluated -= 1
        extent = self._extent(pointer, bool(kind & 1))
        if extent is not None:
            return tree.Constant(max(extent[0] - extent[1], 0), ct.ULONG, span)
        return tree.Constant(0 if kind & 2 else (1 << 64) - 1, ct.ULONG, span)

    def _extent(self, pointer: tree.Expr, closest: bool) -> tuple[int, int] | None:
        """(size, offset) of what a pointer points into: the whole object, or the closest subobject around it."""
        match pointer:
            case tree.Cast(value=value):
                return self._extent(value, closest)
            case tree.PointerAdd(pointer=base, index=index, scale=scale, negate=negate):
                extent, count = self._extent(base, closest), self.known(index)
                if extent is None or count is None:
                    return None
                return extent[0], extent[1] + (-count if negate else count) * scale
            case tree.AddressOf(lvalue=tree.Deref(pointer=inner)):
                return self._extent(inner, closest)
            case tree.AddressOf(lvalue=tree.LocalRef() | tree.GlobalRef() as lvalue):
                return (size_of(lvalue.type), 0) if is_complete(lvalue.type) else None
            case tree.AddressOf(lvalue=tree.Member(base=base, offset=offset, type=t)):
                if closest:
                    return (size_of(t), 0) if is_complete(t) else None
                extent = self._extent(tree.AddressOf(base, ct.Pointer(base.type), base.span), closest)
                return None if extent is None else (extent[0], extent[1] + offset // 8)
            case _:
                return None

    def _nothing(self, name: str, nodes: list[Any], span: Span) -> tree.Expr:
        """A hint that we do not use; the arguments are checked, and not evaluated (as clang does for assume)."""
        self.unevaluated += 1
        try:
            self.arguments(name, nodes, 1, span, at_least=True)
        finally:
            self.unevaluated -= 1
        return tree.Cast(tree.Constant(0, ct.INT, span), ct.VOID, span)

    def _first(self, name: str, nodes: list[Any], span: Span) -> tree.Expr:
        return self.arguments(name, nodes, 1, span, at_least=True)[0]

    def _strlen(self, name: str, nodes: list[Any], span: Span) -> tree.Expr:
        [value] = self.arguments(name, nodes, 1, span)
        text = text_of(value)
        if text is not None:
            return tree.Constant(len(text), ct.ULONG, span)
        return tree.Builtin(name, [self.assign(value, _CONST_CHAR_POINTER, "pass")], ct.ULONG, span)  # inlining may show it

    def _strcmp(self, name: str, nodes: list[Any], span: Span) -> tree.Expr:
        """Compares of literals, as macros make them to tell operators apart."""
        arguments = self.arguments(name, nodes, 2 if name == "strcmp" else 3, span)
        one, two = text_of(arguments[0]), text_of(arguments[1])
        count = self.known(arguments[2]) if name == "strncmp" else -1
        if one is None or two is None or count is None:
            pointers = [self.assign(value, _CONST_CHAR_POINTER, "pass") for value in arguments[:2]]
            return tree.Builtin(name, [*pointers, *(self.assign(n, ct.ULONG, "pass") for n in arguments[2:])], ct.INT, span)
        if count >= 0:
            one, two = one[:count], two[:count]
        return tree.Constant((one > two) - (one < two), ct.INT, span)

    def _overflow(self, name: str, nodes: list[Any], span: Span) -> tree.Expr:
        left, right, to = self.arguments(name, nodes, 3, span)
        return self._overflow_of(name, left, right, to, span)

    def _overflow_of(self, name: str, left: tree.Expr, right: tree.Expr, to: tree.Expr, span: Span) -> tree.Expr:
        t = ct.strip(to.type)
        if not is_integer(left.type) or not is_integer(right.type) or not isinstance(t, ct.Pointer) or not is_integer(t.target):
            raise self.error("E0342", span, f"__builtin_{name} takes two integers and a pointer to an integer")
        a, b, result = integer_of(left.type), integer_of(right.type), integer_of(t.target)
        small = max(a.size, b.size, result.size) <= 4
        if small or (name != "mul_overflow" and a.size == b.size == result.size and a.signed == b.signed == result.signed):
            return tree.Builtin(name, [left, right, to], ct.BOOL, span)
        kinds = ".".join(f"{'s' if i.signed else 'u'}{i.size}" for i in (a, b, result))
        text = written(f"{name}.{kinds}")
        if text is None:
            raise self.error("E0406", span, "128-bit integers are not supported: BPF registers have 64 bits",
                             fix="use two 64-bit halves")  # fmt: skip
        plain = ct.Pointer(_INTEGERS[result.size, result.signed])
        return self._written(f"{name}.{kinds}", text, [left, right, self.cast(to, plain)], span)

    def _typed_overflow(self, name: str, typed: tuple[str, str], nodes: list[Any], span: Span) -> tree.Expr:
        """`__builtin_sadd_overflow` and the like: the operands are converted first."""
        self.count_arguments(name, len(nodes), 3, span)
        t = _NAMED[typed[1]]
        left, right = (self.assign(self.rvalue(node), t, "pass") for node in nodes[:2])
        to = self.assign(self.rvalue(nodes[2]), ct.Pointer(t), "pass")
        return self._overflow_of(typed[0], left, right, to, span)

    def _written(self, name: str, text: str, values: list[tree.Expr], span: Span) -> tree.Expr:
        """A call of a builtin that is written in C."""
        symbol = self.written_function(name, text)
        parameters = symbol.type.parameters
        self.count_arguments(f"__builtin_{name.split('.')[0]}", len(values), len(parameters), span)
        arguments = [self.assign(v, p.type, "pass") for v, p in zip(values, parameters, strict=True)]
        numbers = [value.value for value in arguments if isinstance(value, tree.Constant)]
        if len(numbers) == len(arguments):
            bits = size_of(parameters[0].type) * 8
            known = _compute(name, numbers[0], bits, numbers[1] if len(numbers) > 1 else 0)
            if known is not None:
                return tree.Constant(fold.wrap(known, symbol.type.result), symbol.type.result, span)
        self.use_function(symbol)
        return tree.Call(tree.FunctionRef(symbol, symbol.type, span), arguments, symbol.type.result, span)

    def written_function(self, name: str, text: str) -> tree.FunctionSymbol:
        """The function for a builtin that is written in C."""
        raise NotImplementedError

    # --- CO-RE ----------------------------------------------------------------------------------------------------

    def _preserve_access_index(self, name: str, nodes: list[Any], span: Span) -> tree.Expr:
        """All member accesses in the argument are relocatable."""
        self.preserving += 1
        try:
            return self.arguments(name, nodes, 1, span)[0]
        finally:
            self.preserving -= 1

    def _core_subject(self, name: str, nodes: list[Any], kinds: dict[int, int], span: Span) -> tuple[tree.Expr, int]:
        """The first argument, which is not evaluated, and the relocation that the second one asks for."""
        self.count_arguments(f"__builtin_{name}", len(nodes), 2, span)
        kind = self.integer_constant(nodes[1], f"the second argument of __builtin_{name}")
        if kind not in kinds:
            raise self.error("E0347", span, f"__builtin_{name} has no kind {kind}",
                             fix=f"use 0 to {len(kinds) - 1}, or a macro of <bpf/bpf_core_read.h>")  # fmt: skip
        self.preserving += 1
        self.unevaluated += 1
        try:
            return self.expression(nodes[0]), kinds[kind]
        finally:
            self.unevaluated -= 1
            self.preserving -= 1

    def _field_info(self, name: str, nodes: list[Any], span: Span) -> tree.Expr:
        subject, kind = self._core_subject(name, nodes, _FIELD_KINDS, span)
        chain = core.chain_of(subject)
        if chain is None:
            raise self.error("E0347", span, f"__builtin_{name} needs a field of a named struct or union, reached by constant "
                             "indices", fix="write it like bpf_core_field_exists(task->pid)")  # fmt: skip
        return tree.CoreValue(kind, chain.root, chain.access, chain.value(kind, big_endian=self.big_endian), ct.UINT, span)

    def _type_info(self, name: str, nodes: list[Any], span: Span) -> tree.Expr:
        subject, kind = self._core_subject(name, nodes, _TYPE_ID_KINDS if name == "btf_type_id" else _TYPE_KINDS, span)
        root = subject.type
        while isinstance(root, ct.Qualified):  # a typedef keeps the qualifiers under its name
            root = root.base
        bare = ct.strip(root)
        if not isinstance(root, ct.Typedef) and not (isinstance(bare, ct.Record | ct.Enum) and bare.tag) and kind not in (
            core.TYPE_ID_LOCAL, core.TYPE_ID_TARGET):  # fmt: skip
            raise self.error("E0347", span, f"__builtin_{name} needs a struct, union, enum or typedef with a name, not "
                             f"{quote(subject.type)}")  # fmt: skip
        value = size_of(root) if kind == core.TYPE_SIZE else 1
        return tree.CoreValue(kind, root, "0", value, ct.ULONG if name == "btf_type_id" else ct.UINT, span)

    def _enum_value(self, name: str, nodes: list[Any], span: Span) -> tree.Expr:
        """`*(enum e *)CONSTANT`: the pointer is never followed; the enumerator is known by its name."""
        subject, kind = self._core_subject(name, nodes, _ENUM_KINDS, span)
        enum, node = ct.strip(subject.type), nodes[0]
        written = node.expr.expr if isinstance(node, c_ast.UnaryOp) and isinstance(node.expr, c_ast.Cast) else None
        if isinstance(enum, ct.Enum) and isinstance(written, c_ast.ID):
            for number, (constant, value) in enumerate(enum.constants):
                if constant == written.name:
                    known = value if kind == core.ENUMVAL_VALUE else 1
                    return tree.CoreValue(kind, unqualified(subject.type), str(number), known, ct.ULONG, span)
        raise self.error("E0347", span, f"__builtin_{name} needs '*(enum type *)ENUMERATOR'",
                         fix="write it like bpf_core_enum_value(enum type, ENUMERATOR)")  # fmt: skip


def _compute(name: str, value: int, bits: int, other: int = 0) -> int | None:
    """Bit builtins on a constant (and for rotations another one)."""
    if name.endswith("abs"):
        return abs(value)
    if name.startswith("clrsb"):
        return bits - 1 - (value ^ value >> bits - 1).bit_length()
    value &= (1 << bits) - 1
    if name.startswith("bswap"):
        return int.from_bytes(value.to_bytes(bits // 8, "little"), "big")
    if name.startswith("popcount"):
        return value.bit_count()
    if name.startswith("parity"):
        return value.bit_count() & 1
    if name.startswith("bitreverse"):
        return int(f"{value:0{bits}b}"[::-1], 2)
    if name.startswith("rotate"):
        count = (other if name.startswith("rotateleft") else -other) % bits
        return value << count | value >> bits - count
    if name.startswith("ffs"):
        return (value & -value).bit_length()
    if name.startswith("ctz"):
        return (value & -value).bit_length() - 1 if value else None
    if name.startswith("clz"):
        return bits - value.bit_length() if value else None
    return None


def text_of(e: tree.Expr) -> bytes | None:
    """The characters of a literal or a constant string, without the null."""
    while isinstance(e, tree.Cast):
        e = e.value
    if isinstance(e, tree.AddressOf) and isinstance(e.lvalue, tree.GlobalRef):
        symbol = e.lvalue.symbol
        if symbol.constant and symbol.data is not None and 0 in symbol.data:
            return symbol.data[: symbol.data.index(0)]
    return None


def _may_become_known(e: tree.Expr) -> bool:
    """Whether this is an integer that is computed from nothing but local variables, without effects."""
    match e:
        case tree.Constant():
            return True
        case tree.Load(lvalue=lvalue, type=t):
            return is_integer(t) and not qualifiers(lvalue.type)[1] and _is_local(lvalue)
        case tree.Cast(value=value) | tree.Unary(value=value):
            return is_integer(e.type) and _may_become_known(value)
        case tree.Binary(left=left, right=right) | tree.Compare(left=left, right=right) | tree.Logical(left=left, right=right):
            return _may_become_known(left) and _may_become_known(right)
        case tree.Conditional(condition=condition, then=then, otherwise=otherwise):
            return all(_may_become_known(part) for part in (condition, then, otherwise))
    return False


def _is_local(lvalue: tree.Expr) -> bool:
    match lvalue:
        case tree.LocalRef():
            return True
        case tree.Member(base=base):
            return _is_local(base)
        case tree.Deref(pointer=tree.PointerAdd(pointer=tree.AddressOf(lvalue=base), index=index)):
            return _is_local(base) and _may_become_known(index)
    return False

"""The typed tree: what the semantic checker hands to lowering.

Everything C leaves implicit is explicit here: conversions are `Cast`, reading an object is `Load`, arrays and functions
decay through `AddressOf`, member access of a pointer is `Member(Deref(p))`, initializers are flat lists of stores,
names are resolved to `Local` / `Global` / `FunctionSymbol`, constants are folded. Lowering needs no type rules of its own.

Every expression has the C type of its value in `type` (with sugar). An *lvalue* is a LocalRef, GlobalRef, Deref, Member
or a Materialized value; it denotes an object and appears only under Load, AddressOf, Member, Assign, CompoundAssign and
IncDec. A rvalue of record type is a Load of a record lvalue, or a Call, Conditional or StatementExpr of record type.
"""

from __future__ import annotations

from ..records import dataclass, field
from ..source import Span
from . import types as ct

# --- symbols -----------------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class Local:
    """An automatic variable or parameter. `addressed` is False if every use is a whole Load/Assign (SSA can hold it)."""

    name: str
    type: ct.Type
    span: Span
    addressed: bool = False
    align: int = 0  # bytes; 0: the type's
    tags: tuple[str, ...] = ()  # btf_decl_tags of a parameter
    register: int = -1  # `register T x asm("r6")`: where it is as an operand of asm (GCC manual, "Local Register Variables")


@dataclass(slots=True, eq=False)
class DataReference:
    """At byte `at` of a global's data stands the 8-byte address of `symbol` + `addend`."""

    at: int
    symbol: Global | FunctionSymbol
    addend: int


@dataclass(slots=True, eq=False)
class Global:
    """A variable with static storage: file scope, block-scope static, string literal, or extern."""

    name: str  # unique in the object: `f.counter` for statics of functions, `.str.3` for literals
    type: ct.Type
    section: str  # ".data", ".rodata", ".bss", ".maps", "license", ".rodata.str1.1", ".ksyms", custom; "" for extern
    linkage: str  # "static" | "global" | "weak" | "extern"
    align: int
    span: Span
    data: bytes | None = None  # None: zero-filled (or extern)
    references: list[DataReference] = field(default_factory=list)
    used: bool = False  # referenced by code or data, or __attribute__((used))
    constant: bool = False  # const-qualified: its bytes may be folded into loads
    volatile: bool = False
    attributes: frozenset[str] = frozenset()
    tags: tuple[str, ...] = ()  # btf_decl_tags


@dataclass(slots=True, eq=False)
class FunctionSymbol:
    """A function of this unit, an extern one, or a kfunc."""

    name: str
    type: ct.Function
    section: str  # "" means .text
    linkage: str  # "static" | "global" | "weak" | "extern"
    span: Span
    inline: str = ""  # "", "always" (always_inline), "never" (noinline), "hint" (inline)
    parameters: list[Local] = field(default_factory=list)
    body: Block | None = None
    locals: list[Local] = field(default_factory=list)
    used: bool = False
    noreturn: bool = False
    attributes: frozenset[str] = frozenset()
    tags: tuple[str, ...] = ()
    if_called: tuple[str, str] | None = None  # __attribute__((error("text"))), or "warning", and the text
    intrinsic: str = ""  # "byte" | "half" | "word": a load from the packet that clang spells asm("llvm.bpf.load.byte")


# --- expressions -------------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class Constant:
    """An integer (or pointer) constant, already reduced to its type: in range, negative if signed."""

    value: int
    type: ct.Type
    span: Span


@dataclass(slots=True, eq=False)
class FloatConstant:
    """A floating constant: computed with, compared and converted when compiling, never lowered."""

    value: float
    type: ct.Type
    span: Span


@dataclass(slots=True, eq=False)
class LocalRef:
    """lvalue: a local variable."""

    symbol: Local
    type: ct.Type
    span: Span


@dataclass(slots=True, eq=False)
class GlobalRef:
    """lvalue: a variable with static storage (a map too)."""

    symbol: Global
    type: ct.Type
    span: Span


@dataclass(slots=True, eq=False)
class FunctionRef:
    """A function designator; only under AddressOf or as a Call's target."""

    symbol: FunctionSymbol
    type: ct.Type
    span: Span


@dataclass(slots=True, eq=False)
class Deref:
    """lvalue: what `pointer` (an rvalue) points at."""

    pointer: Expr
    type: ct.Type
    span: Span


@dataclass(slots=True, eq=False)
class Member:
    """lvalue (if `base` is one) or rvalue: a field, anonymous records in between already walked through.

    `field.offset` is relative to the innermost record; `offset` is in bits from the start of `base`.
    `preserve` is True if the access must be CO-RE relocatable.
    """

    base: Expr
    field: ct.Field
    offset: int
    type: ct.Type
    span: Span
    preserve: bool = False


@dataclass(slots=True, eq=False)
class Load:
    """rvalue: the value of an lvalue (lvalue conversion, C11 6.3.2.1). Whether it is volatile says the lvalue's type."""

    lvalue: Expr
    type: ct.Type
    span: Span


@dataclass(slots=True, eq=False)
class AddressOf:
    """The address of an lvalue or function; also array and function decay."""

    lvalue: Expr
    type: ct.Type
    span: Span


@dataclass(slots=True, eq=False)
class Cast:
    """A conversion, implicit or written. From and to are scalar types (integer, enum, pointer, _Bool), or to void."""

    value: Expr
    type: ct.Type
    span: Span


@dataclass(slots=True, eq=False)
class Unary:
    """`op`: "-" or "~" on an integer already promoted; "!" on a scalar gives int 0/1."""

    op: str
    value: Expr
    type: ct.Type
    span: Span


@dataclass(slots=True, eq=False)
class Binary:
    """+ - * / % & | ^ << >> on integers converted to the common `type` (shifts: the left's type, any right type)."""

    op: str
    left: Expr
    right: Expr
    type: ct.Type
    span: Span


@dataclass(slots=True, eq=False)
class Compare:
    """== != < <= > >= on operands of one type (signedness from it; pointers compare unsigned); gives int 0/1."""

    op: str
    left: Expr
    right: Expr
    type: ct.Type
    span: Span


@dataclass(slots=True, eq=False)
class Logical:
    """&& and ||: operands are scalars; gives int 0/1."""

    op: str
    left: Expr
    right: Expr
    type: ct.Type
    span: Span


@dataclass(slots=True, eq=False)
class PointerAdd:
    """`pointer` + `index` * `scale` bytes (negate: minus). `index` is converted to a 64-bit integer.

    `subscript`: of `pointer[index]`, an access to an element; a sum may also be the end of an array. `preserve`: the size of
    the elements, records, is what CO-RE says it is.
    """

    pointer: Expr
    index: Expr
    scale: int
    negate: bool
    type: ct.Type
    span: Span
    subscript: bool = False
    preserve: bool = False


@dataclass(slots=True, eq=False)
class PointerDifference:
    """(left - right) / scale, type long."""

    left: Expr
    right: Expr
    scale: int
    type: ct.Type
    span: Span


@dataclass(slots=True, eq=False)
class Conditional:
    """`c ? a : b`; branches converted to the result type. `x ?: y` is made with a Let."""

    condition: Expr
    then: Expr
    otherwise: Expr
    type: ct.Type
    span: Span


@dataclass(slots=True, eq=False)
class Comma:
    """`left` for its effects, then `right`."""

    left: Expr
    right: Expr
    type: ct.Type
    span: Span


@dataclass(slots=True, eq=False)
class Assign:
    """Store `value` (already of the lvalue's unqualified type; may be a record). The result is the stored value."""

    lvalue: Expr
    value: Expr
    type: ct.Type
    span: Span


@dataclass(slots=True, eq=False)
class CompoundAssign:
    """`lvalue op= right`, computed in `common` (an integer type), the lvalue evaluated once.

    For pointers op is + or -, `right` a 64-bit integer and `scale` the element size; else scale is 0.
    """

    op: str
    lvalue: Expr
    right: Expr
    common: ct.Type
    scale: int
    type: ct.Type
    span: Span


@dataclass(slots=True, eq=False)
class IncDec:
    """++ and --: `delta` is +1/-1 times the element size for pointers; `post`: the result is the old value."""

    lvalue: Expr
    delta: int
    post: bool
    type: ct.Type
    span: Span


@dataclass(slots=True, eq=False)
class Call:
    """A call. `target`: a FunctionRef, or an Expr of pointer-to-function type whose value is a helper number Constant
    (libbpf's `static long (*bpf_x)(...) = (void *) 1` is folded to that). Arguments are converted to the parameters' types."""

    target: Expr
    arguments: list[Expr]
    type: ct.Type
    span: Span


@dataclass(slots=True, eq=False)
class Builtin:
    """A builtin that survives folding: bswap16/32/64, memcpy, memmove, memset, memcmp (sizes constant), trap,
    unreachable, clz, ctz, popcount, ffs, add_overflow..., by its name without `__builtin_`."""

    name: str
    arguments: list[Expr]
    type: ct.Type
    span: Span


@dataclass(slots=True, eq=False)
class CoreValue:
    """A number that the loader works out from the running kernel's types (CO-RE, see core.py).

    `kind` is enum bpf_core_relo_kind; `access` the way from `root`, or the enumerator's number; `value` what it is here.
    """

    kind: int
    root: ct.Type
    access: str
    value: int
    type: ct.Type
    span: Span


@dataclass(slots=True, eq=False)
class Atomic:
    """An atomic on `*pointer` of 4 or 8 bytes. `op`: add, sub, or, and, xor, nand, xchg, cmpxchg, load, store.
    `fetch`: "old", "new", or "" if the result is unused. For cmpxchg `operands` is (expected, new)."""

    op: str
    pointer: Expr
    operands: list[Expr]
    fetch: str
    type: ct.Type
    span: Span


@dataclass(slots=True, eq=False)
class StatementExpr:
    """`({ ... })`; `result` is the last expression's value, evaluated after `body` in its scope (None: void)."""

    body: Block
    result: Expr | None
    type: ct.Type
    span: Span


@dataclass(slots=True, eq=False)
class Let:
    """`variable = value; in body`: evaluates `value` once (for `?:`, compound literals with `initializer`)."""

    variable: Local
    value: Expr | None
    initializer: Initializer | None
    body: Expr
    type: ct.Type
    span: Span


Expr = (
    Constant | FloatConstant
    | LocalRef | GlobalRef | FunctionRef | Deref | Member | Load | AddressOf | Cast | Unary | Binary | Compare
    | Logical | PointerAdd | PointerDifference | Conditional | Comma | Assign | CompoundAssign | IncDec | Call | Builtin
    | CoreValue | Atomic | StatementExpr | Let
)  # fmt: skip


# --- statements --------------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class InitStore:
    """Store `value` at bit `offset` of the variable; `bits`: the width if it is a bit-field."""

    offset: int
    bits: int | None
    value: Expr  # scalar, or a record rvalue


@dataclass(slots=True, eq=False)
class Initializer:
    """A flattened initializer: first zero the whole object (if `zero`), then the stores, in order."""

    zero: bool
    stores: list[InitStore]


@dataclass(slots=True, eq=False)
class Declare:
    """A local comes into being, with `initializer` or undefined."""

    symbol: Local
    initializer: Initializer | None
    span: Span


@dataclass(slots=True, eq=False)
class ExprStatement:
    """An expression for its effects."""

    value: Expr
    span: Span


@dataclass(slots=True, eq=False)
class Block:
    """Statements in a scope; `cleanups` (from __attribute__((cleanup))) are made explicit by the checker."""

    statements: list[Statement]
    span: Span


@dataclass(slots=True, eq=False)
class If:
    """`if`."""

    condition: Expr
    then: Statement
    otherwise: Statement | None
    span: Span


@dataclass(slots=True, eq=False)
class Loop:
    """while, do and for. `test_first` is False for do. `unroll`: None, or the count of `#pragma unroll` (0: full)."""

    condition: Expr | None
    body: Statement
    step: Expr | None
    test_first: bool
    span: Span
    unroll: int | None = None


@dataclass(slots=True, eq=False)
class Case:
    """A `case low ... high:` (equal for a plain one) or, with None, `default:` label inside a Switch body."""

    low: int | None
    high: int | None
    body: Statement
    span: Span


@dataclass(slots=True, eq=False)
class Switch:
    """`switch`; `cases` are the Case statements found in `body` that belong to it."""

    value: Expr
    body: Statement
    cases: list[Case]
    span: Span


@dataclass(slots=True, eq=False)
class Break:
    """`break`."""

    span: Span


@dataclass(slots=True, eq=False)
class Continue:
    """`continue`."""

    span: Span


@dataclass(slots=True, eq=False)
class Goto:
    """`goto`."""

    label: str
    span: Span


@dataclass(slots=True, eq=False)
class Label:
    """A label and its statement; names are unique in the function (__label__ locals are renamed)."""

    name: str
    body: Statement
    span: Span


@dataclass(slots=True, eq=False)
class Return:
    """`return`; the value is already of the function's result type."""

    value: Expr | None
    span: Span


@dataclass(slots=True, eq=False)
class Asm:
    """An asm statement (also asm goto). Outputs are lvalues, inputs rvalues (lvalues for "m").

    The template is normalized as in `ir.Asm`; constraints too, with = or + before those of outputs."""

    template: str
    outputs: list[tuple[str, str, Expr]]  # (symbolic name or "", constraint, lvalue)
    inputs: list[tuple[str, str, Expr]]
    clobbers: list[str]
    labels: list[str]
    volatile: bool
    span: Span


Statement = (
    Declare | ExprStatement | Block | If | Loop | Case | Switch | Break | Continue | Goto | Label | Return | Asm
)


@dataclass(slots=True, eq=False)
class Unit:
    """A checked translation unit: what must be emitted, in the order of the source."""

    functions: list[FunctionSymbol]  # with bodies
    globals: list[Global]
    externs: list[Global | FunctionSymbol]
    undefined: dict[FunctionSymbol, list[Span]] = field(default_factory=dict)  # what nothing can define: its uses
    big_endian: bool = False
    roots: list[ct.Type] = field(default_factory=list)  # the types that CO-RE relocations are about, as lowering finds them

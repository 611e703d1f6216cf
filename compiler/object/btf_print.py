"""`c_type` and `c_definition`: BTF types as C, as in `int (*names[4])(char *)` and `struct key { ... }`."""

from __future__ import annotations

from .btf import (
    Array,
    Btf,
    BtfType,
    Const,
    DeclTag,
    Enum,
    Enum64,
    Float,
    Func,
    FuncProto,
    Fwd,
    Int,
    Member,
    Ptr,
    Restrict,
    Struct,
    Typedef,
    TypeTag,
    Union,
    Var,
    Void,
    Volatile,
)

_MAX_DEPTH = 16  # of unnamed structs and function types in one another
_MAX_TYPES = 10_000  # that one text is made of; broken BTF could ask for any number
_QUALIFIERS = {Const: "const", Volatile: "volatile", Restrict: "restrict"}


def c_type(btf: Btf, type_id: int, name: str = "") -> str:
    """The type as C, declaring `name` if it is given. Unnamed structs, unions and enums are written out in one line."""
    return _Printer(btf).declare(type_id, name)


def c_definition(btf: Btf, type_id: int) -> str:
    """The definition of a struct, union, enum or typedef, over several lines; other types as `c_type` writes them."""
    t = btf[type_id]
    printer = _Printer(btf)
    match t:
        case Struct(members=members) | Union(members=members):
            lines = [f"\t{printer.member(m)}" for m in members]
        case Enum(values=values) | Enum64(values=values):
            lines = [f"\t{name} = {value}," for name, value in values]
        case Typedef(name=name, type=to):
            return f"typedef {printer.declare(to, name)};"
        case _:
            return c_type(btf, type_id)
    return "\n".join([f"{_head(t)} {{", *lines, "};"])


def _head(t: Struct | Union | Enum | Enum64 | Fwd) -> str:
    match t:
        case Struct():
            word = "struct"
        case Union():
            word = "union"
        case Fwd(union=union):
            word = "union" if union else "struct"
        case _:
            word = "enum"
    return f"{word} {t.name}" if t.name else word


class _Printer:
    def __init__(self, btf: Btf) -> None:
        self.btf = btf
        self.left = _MAX_TYPES
        self.depth = 0

    def member(self, member: Member) -> str:
        """A member's declaration."""
        width = f" : {member.bits}" if member.bits else ""
        return f"{self.declare(member.type, member.name)}{width};"

    def declare(self, type_id: int, declarator: str) -> str:
        """`declarator` declared to be of the type: the type is unwrapped from the inside out (C11 6.7.6)."""
        if self.depth >= _MAX_DEPTH:
            return f"... {declarator}".rstrip()
        self.depth += 1
        try:
            return self._declare(type_id, declarator)
        finally:
            self.depth -= 1

    def _declare(self, type_id: int, declarator: str) -> str:
        btf = self.btf
        while self.left > 0:
            self.left -= 1
            t = btf[type_id]
            match t:
                case Ptr(type=to):
                    while isinstance(target := btf[to], TypeTag) and self.left > 0:
                        to = target.type
                        self.left -= 1
                    star = f"*{declarator}"
                    declarator = f"({star})" if isinstance(target, Array | FuncProto) else star
                    type_id = to
                case Array(element=element, count=count):
                    declarator, type_id = f"{declarator}[{count}]", element
                case FuncProto(result=result, params=params):
                    shown = [self.declare(p.type, p.name) if p.type else "..." for p in params]
                    declarator, type_id = f"{declarator}({', '.join(shown) or 'void'})", result
                case Const(type=to) | Volatile(type=to) | Restrict(type=to):
                    word = _QUALIFIERS[type(t)]
                    if isinstance(btf[to], Ptr):
                        declarator = f"{word} {declarator}".rstrip()
                    elif not isinstance(btf[to], Array | FuncProto):
                        return f"{word} {self.declare(to, declarator)}"
                    type_id = to
                case TypeTag(type=to) | DeclTag(type=to):
                    type_id = to
                case _:
                    return f"{self._base(t)} {declarator}".rstrip()
        return f"... {declarator}".rstrip()

    def _base(self, t: BtfType) -> str:
        """A type that stands in front of a declarator."""
        match t:
            case Struct(name="", members=members) | Union(name="", members=members):
                inner = " ".join(self.member(m) for m in members)
                return f"{_head(t)} {{ {inner} }}"
            case Enum(name="", values=values) | Enum64(name="", values=values):
                return f"{_head(t)} {{ {', '.join(f'{name} = {value}' for name, value in values)} }}"
            case Struct() | Union() | Enum() | Enum64() | Fwd():
                return _head(t)
            case Int(name=name) | Float(name=name) | Typedef(name=name) | Func(name=name) | Var(name=name):
                return name
            case Void():
                return "void"
            case _:
                return f"<{type(t).__name__.lower()}>"

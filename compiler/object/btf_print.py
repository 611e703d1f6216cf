"""`c_type` and `c_definition`: BTF types as C, as in `int (*names[4])(char *)` and `struct key { ... }`."""

from __future__ import annotations

from .btf import (
    Array,
    Btf,
    Const,
    DeclTag,
    Enum,
    Enum64,
    Float,
    Func,
    FuncProto,
    Fwd,
    Int,
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

_MAX_DEPTH = 64
_QUALIFIERS = {Const: "const", Volatile: "volatile", Restrict: "restrict"}


def c_type(btf: Btf, type_id: int, name: str = "") -> str:
    """The type as C, declaring `name` if it is given. Unnamed structs, unions and enums are written out in one line."""
    return _declare(btf, type_id, name, 0)


def c_definition(btf: Btf, type_id: int) -> str:
    """The definition of a struct, union, enum or typedef, over several lines; other types as `c_type` writes them."""
    t = btf[type_id]
    match t:
        case Struct(members=members) | Union(members=members):
            lines = [f"\t{_member(btf, m.name, m.type, m.bits)}" for m in members]
        case Enum(values=values) | Enum64(values=values):
            lines = [f"\t{name} = {value}," for name, value in values]
        case Typedef(name=name, type=to):
            return f"typedef {_declare(btf, to, name, 0)};"
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


def _member(btf: Btf, name: str, type_id: int, bits: int, depth: int = 0) -> str:
    width = f" : {bits}" if bits else ""
    return f"{_declare(btf, type_id, name, depth + 1)}{width};"


def _base(btf: Btf, type_id: int, depth: int) -> str:
    """A type that stands in front of a declarator."""
    t = btf[type_id]
    match t:
        case Struct(name="", members=members) | Union(name="", members=members):
            inner = " ".join(_member(btf, m.name, m.type, m.bits, depth) for m in members)
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


def _declare(btf: Btf, type_id: int, declarator: str, depth: int) -> str:
    """`declarator` declared to be of the type: the type is unwrapped from the inside out (C11 6.7.6)."""
    for _ in range(_MAX_DEPTH):
        t = btf[type_id]
        match t:
            case Ptr(type=to):
                target = btf[to]
                while isinstance(target, TypeTag):
                    to, target = target.type, btf[target.type]
                star = f"*{declarator}"
                declarator = f"({star})" if isinstance(target, Array | FuncProto) else star
                type_id = to
            case Array(element=element, count=count):
                declarator, type_id = f"{declarator}[{count}]", element
            case FuncProto(result=result, params=params):
                shown = [_declare(btf, p.type, p.name, depth + 1) if p.type else "..." for p in params]
                declarator, type_id = f"{declarator}({', '.join(shown) or 'void'})", result
            case Const(type=to) | Volatile(type=to) | Restrict(type=to):
                word = _QUALIFIERS[type(t)]
                if isinstance(btf[to], Ptr):
                    declarator = f"{word} {declarator}".rstrip()
                    type_id = to
                    continue
                if isinstance(btf[to], Array | FuncProto):
                    type_id = to
                    continue
                inner = _declare(btf, to, declarator, depth) if depth < _MAX_DEPTH else "..."
                return f"{word} {inner}"
            case TypeTag(type=to) | DeclTag(type=to):
                type_id = to
            case _:
                base = _base(btf, type_id, depth) if depth < _MAX_DEPTH else "..."
                return f"{base} {declarator}".rstrip()
    return f"... {declarator}"

"""`check_pair`: whether what one object declares fits what another defines, in kind, type and size.

Nothing else would notice: code reads as many bytes as the declaration said, of whatever is there.
"""

from __future__ import annotations

from ..diagnostics import Diagnostic, Note, ObjectError, Severity
from . import btf as b
from .btf_print import c_type
from .link_types import Owner, Part
from .maps import declared_map
from .model import Function, Map, Variable

_MAX_DEPTH = 16
_MAP_FIELDS = ("type", "key_size", "value_size", "max_entries", "flags", "pinning", "numa_node", "map_extra")


def check_pair(part: Part, declared: Variable, owner: Owner) -> None:
    """`declared` in one object against its definition in another. Raises `ObjectError` E0644 if they differ."""
    number, defined = part.type_of(declared), owner.part.type_of(owner.definition)
    if part.btf is None or owner.part.btf is None or not number or not defined:
        return  # no types, nothing to compare
    here, there = part.btf, owner.part.btf
    own, other = here[number], there[defined]
    if isinstance(own, b.Func) != isinstance(owner.definition, Function):
        raise _differ(part, owner, _text(here, number), _text(there, defined))
    if isinstance(owner.definition, Map):
        mine = declared_map(here, number)
        for name in _MAP_FIELDS:
            if getattr(mine, name) != getattr(owner.definition, name):
                raise _differ(part, owner, f"{name} {getattr(mine, name)}", f"{name} {getattr(owner.definition, name)}")
    elif not _alike(here, own.type, there, other.type, 0):  # type: ignore[union-attr]
        raise _differ(part, owner, _text(here, number), _text(there, defined))


def _text(btf: b.Btf, number: int) -> str:
    t = btf[number]
    assert isinstance(t, b.Func | b.Var)
    return c_type(btf, t.type, t.name)


def _alike(here: b.Btf, number: int, there: b.Btf, other: int, depth: int) -> bool:
    """Whether two types are one for those who read and write values: names and layouts, not qualifiers and typedefs."""
    one, two = here.resolved(number), there.resolved(other)
    match one, two:
        case (b.Int(size=size), b.Int(size=size2)) | (b.Float(size=size), b.Float(size=size2)):
            return size == size2 and getattr(one, "encoding", 0) == getattr(two, "encoding", 0)
        case (b.Enum() | b.Enum64(), b.Enum() | b.Enum64()):
            return one.size == two.size and one.name == two.name
        case (b.Struct() | b.Union() | b.Fwd(), b.Struct() | b.Union() | b.Fwd()):
            whole = not isinstance(one, b.Fwd) and not isinstance(two, b.Fwd)
            return one.name == two.name and (not whole or (type(one) is type(two) and one.size == two.size))  # type: ignore[union-attr]
        case (b.Array(), b.Array()):  # a declaration may leave the length open
            counts = one.count == two.count or not one.count
            return counts and _alike(here, one.element, there, two.element, depth)
        case (b.Ptr(), b.Ptr()):
            return depth >= _MAX_DEPTH or _alike(here, one.type, there, two.type, depth + 1)
        case (b.FuncProto(), b.FuncProto()):
            mine, others = [p.type for p in one.params], [p.type for p in two.params]
            pairs = zip([one.result, *mine], [two.result, *others], strict=False)
            return len(mine) == len(others) and all(_alike(here, x, there, y, depth + 1) for x, y in pairs)
        case _:
            return type(one) is type(two)


def _differ(part: Part, owner: Owner, mine: str, others: str) -> ObjectError:
    name = owner.definition.name
    return ObjectError(Diagnostic(
        "E0644", Severity.ERROR, f"'{name}' is not declared in '{part.obj.name}' as '{owner.part.obj.name}' defines it", None,
        (Note(f"declared: {mine}"), Note(f"defined:  {others}")), "declare it in a header that both include",
    ))  # fmt: skip


def link_error(code: str, message: str, fix: str) -> ObjectError:
    """The exception for objects that do not go together."""
    return ObjectError(Diagnostic(code, Severity.ERROR, message, fix=fix))

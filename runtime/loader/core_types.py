"""`compatible` and `matches`: whether a type that a program was compiled with is one that the kernel has (CO-RE).

Names are compared without their flavor. The rules are those of libbpf (relo_core.c), which the kernel shares:

| question    | asked by                        | structs                              | integers           |
|-------------|---------------------------------|--------------------------------------|--------------------|
| compatible  | type exists, size, id           | any (they were found by name)        | any                |
| field       | the type of a member on the way | any                                  | any                |
| matches     | type matches                    | each member is there, and matches    | same size and sign |
"""

from __future__ import annotations

from typing import Protocol

from ...compiler.object import btf as b
from ...compiler.object.core_kinds import essential

_MAX_DEPTH = 32
_ENUMS = (b.Enum, b.Enum64)
_RECORDS = (b.Struct, b.Union)


class Types(Protocol):
    """Types by id: a `Btf`, or the index of a kernel's."""

    def __getitem__(self, number: int) -> b.BtfType:
        """The type with that id; 0 is void."""
        ...


def bare(types: Types, number: int) -> tuple[int, b.BtfType]:
    """(id, type) without typedefs, qualifiers and tags."""
    t = types[number]
    for _ in range(_MAX_DEPTH):
        if not isinstance(t, b.Modifier):
            break
        number = t.type
        t = types[number]
    return number, t


def size_of(types: Types, number: int) -> int | None:
    """Bytes of a value of the type, None for what has no size."""
    count = 1
    for _ in range(_MAX_DEPTH):
        _, t = bare(types, number)
        match t:
            case b.Ptr():
                return count * 8
            case b.Array(element=element, count=elements):
                number, count = element, count * elements
            case b.Int(size=size) | b.Float(size=size) | b.Struct(size=size) | b.Union(size=size):
                return count * size
            case b.Enum(size=size) | b.Enum64(size=size):
                return count * size
            case _:
                return None
    return None


def same_kind(a: b.BtfType, other: b.BtfType) -> bool:
    """Whether they are of one kind; the two kinds of enums count as one."""
    return type(a) is type(other) or (isinstance(a, _ENUMS) and isinstance(other, _ENUMS))


def field_compatible(local: Types, mine: int, target: Types, theirs: int) -> bool:
    """Whether a member of the one type can stand for a member of the other."""
    for _ in range(_MAX_DEPTH):
        (_, a), (_, other) = bare(local, mine), bare(target, theirs)
        if isinstance(a, _RECORDS) and isinstance(other, _RECORDS):
            return True
        if not same_kind(a, other):
            return False
        match a, other:
            case (b.Ptr(), _) | (b.Float(), _):
                return True
            case b.Int(), b.Int():
                return a.bit_offset == 0 and other.bit_offset == 0
            case (b.Fwd() | b.Enum() | b.Enum64(), b.Fwd() | b.Enum() | b.Enum64()):
                return not a.name or not other.name or essential(a.name) == essential(other.name)
            case b.Array(), b.Array():
                mine, theirs = a.element, other.element
            case _:
                return False
    return False


def compatible(local: Types, mine: int, target: Types, theirs: int, depth: int = 0) -> bool:
    """Whether the kernel's type is what the program's type looks for, by its kind and what it points to."""
    if not same_kind(local[mine], target[theirs]):
        return False
    while depth < _MAX_DEPTH:
        (_, a), (_, other) = bare(local, mine), bare(target, theirs)
        if not same_kind(a, other):
            return False
        match a, other:
            case b.Int(), b.Int():
                return a.bit_offset == 0 and other.bit_offset == 0
            case b.Ptr(), b.Ptr():
                mine, theirs = a.type, other.type
            case b.Array(), b.Array():
                mine, theirs = a.element, other.element
            case b.FuncProto(), b.FuncProto():
                if len(a.params) != len(other.params):
                    return False
                for p, q in zip(a.params, other.params, strict=True):
                    if not compatible(local, bare(local, p.type)[0], target, bare(target, q.type)[0], depth + 1):
                        return False
                mine, theirs = bare(local, a.result)[0], bare(target, other.result)[0]
            case _:
                return isinstance(a, (b.Void, b.Fwd, *_ENUMS, *_RECORDS))
        depth += 1
    return False


def matches(local: Types, mine: int, target: Types, theirs: int, behind_pointer: bool = False, depth: int = 0) -> bool:
    """Whether the kernel's type has all that the program's type has, of the same types."""
    while depth < _MAX_DEPTH:
        (_, a), (_, other) = bare(local, mine), bare(target, theirs)
        if essential(getattr(a, "name", "")) != essential(getattr(other, "name", "")):
            return False
        match a, other:
            case b.Void(), _:
                return isinstance(other, b.Void)
            case b.Fwd(), b.Fwd():
                return a.union == other.union
            case b.Fwd(), b.Struct() | b.Union():
                return behind_pointer and a.union == isinstance(other, b.Union)
            case (b.Enum() | b.Enum64(), b.Enum() | b.Enum64()):
                return _enums_match(a, other)
            case (b.Struct() | b.Union(), b.Struct() | b.Union()):
                return type(a) is type(other) and (behind_pointer or _records_match(local, a, target, other, depth))
            case (b.Struct() | b.Union(), b.Fwd()):
                return behind_pointer and other.union == isinstance(a, b.Union)
            case b.Int(), b.Int():
                return a.size == other.size and a.encoding & b.SIGNED == other.encoding & b.SIGNED
            case b.Ptr(), b.Ptr():
                mine, theirs, behind_pointer = a.type, other.type, True
            case b.Array(), b.Array():
                if a.count != other.count:
                    return False
                mine, theirs = a.element, other.element
            case b.FuncProto(), b.FuncProto():
                if len(a.params) != len(other.params):
                    return False
                for p, q in zip(a.params, other.params, strict=True):
                    if not matches(local, p.type, target, q.type, behind_pointer, depth + 1):
                        return False
                mine, theirs = a.result, other.result
            case _:
                return False
        depth += 1
    return False


def _enums_match(a: b.Enum | b.Enum64, other: b.Enum | b.Enum64) -> bool:
    known = {essential(name) for name, _ in other.values}
    return a.size == other.size and all(essential(name) in known for name, _ in a.values)


def _records_match(local: Types, a: b.Struct | b.Union, target: Types, other: b.Struct | b.Union, depth: int) -> bool:
    if len(a.members) > len(other.members):
        return False
    return all(
        any(
            essential(mine.name) == essential(theirs.name)
            and matches(local, mine.type, target, theirs.type, False, depth + 1)
            for theirs in other.members
        )
        for mine in a.members
    )

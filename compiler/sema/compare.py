"""Relations between types: kinds, qualifiers, compatibility (C11 6.2.7), composite types."""

from __future__ import annotations

from . import types as ct


def is_integer(t: ct.Type) -> bool:
    """Integer types, enums and _Bool included (C11 6.2.5p17)."""
    return isinstance(ct.strip(t), ct.Int | ct.Enum)


def is_pointer(t: ct.Type) -> bool:
    """Pointer types."""
    return isinstance(ct.strip(t), ct.Pointer)


def is_scalar(t: ct.Type) -> bool:
    """Arithmetic and pointer types."""
    return isinstance(ct.strip(t), ct.Int | ct.Enum | ct.Pointer | ct.Float)


def is_record(t: ct.Type) -> bool:
    """Structs and unions."""
    return isinstance(ct.strip(t), ct.Record)


def is_void(t: ct.Type) -> bool:
    """`void`, qualified or not."""
    return isinstance(ct.strip(t), ct.Void)


def integer_of(t: ct.Type) -> ct.Int:
    """The integer type that represents `t` (an enum's underlying type)."""
    t = ct.strip(t)
    if isinstance(t, ct.Enum):
        return t.underlying
    assert isinstance(t, ct.Int)
    return t


def qualifiers(t: ct.Type) -> tuple[bool, bool]:
    """(const, volatile) of `t`, typedefs and array elements looked through."""
    const = volatile = False
    while True:
        match t:
            case ct.Qualified():
                const |= t.const
                volatile |= t.volatile
                t = t.base
            case ct.Typedef():
                t = t.target
            case ct.Array():
                t = t.element
            case _:
                return const, volatile


def space_of(t: ct.Type) -> int:
    """The address space an object of type `t` is in: 1 for a BPF arena, 0 for all else."""
    while True:
        match t:
            case ct.Qualified():
                if t.space:
                    return t.space
                t = t.base
            case ct.Typedef():
                t = t.target
            case ct.Array():
                t = t.element
            case _:
                return 0


def qualify(t: ct.Type, *, const: bool = False, volatile: bool = False, restrict: bool = False,
            tags: tuple[str, ...] = (), space: int = 0) -> ct.Type:  # fmt: skip
    """`t` with more qualifiers; those of an array go to its elements (C11 6.7.3p9)."""
    if not (const or volatile or restrict or tags or space):
        return t
    if isinstance(t, ct.Array):
        element = qualify(t.element, const=const, volatile=volatile, restrict=restrict, tags=tags, space=space)
        return ct.Array(element, t.count)
    if isinstance(t, ct.Function):
        return t
    if isinstance(t, ct.Qualified):
        return ct.Qualified(
            t.base, t.const or const, t.volatile or volatile, t.restrict or restrict, t.tags + tags, t.space or space
        )  # fmt: skip
    return ct.Qualified(t, const, volatile, restrict, tags, space)


def unqualified(t: ct.Type) -> ct.Type:
    """`t` without qualifiers at its top, keeping a typedef's name if nothing hides under it."""
    inner = t
    hidden = False
    while True:
        if isinstance(inner, ct.Qualified):
            inner = inner.base
            hidden = True
        elif isinstance(inner, ct.Typedef):
            inner = inner.target
        else:
            break
    if not hidden:
        return t
    while isinstance(t, ct.Qualified):
        t = t.base
    return t if isinstance(t, ct.Typedef) and not _hides_qualifiers(t) else inner


def _hides_qualifiers(t: ct.Type) -> bool:
    while True:
        if isinstance(t, ct.Qualified):
            return True
        if not isinstance(t, ct.Typedef):
            return False
        t = t.target


def same_type(a: ct.Type, b: ct.Type, *, top: bool = True) -> bool:
    """Compatible types. `top`: ignore qualifiers at the top; below it they must be equal."""
    if not top and (qualifiers(a) != qualifiers(b) or space_of(a) != space_of(b)):
        return False
    a, b = ct.strip(a), ct.strip(b)
    if a is b:
        return True
    match a, b:
        case ct.Int(), ct.Int():
            return a == b
        case ct.Void(), ct.Void():
            return True
        case ct.Float(), ct.Float():
            return a == b
        case ct.Pointer(), ct.Pointer():
            return same_type(a.target, b.target, top=False)
        case ct.Array(), ct.Array():
            return (a.count is None or b.count is None or a.count == b.count) and same_type(a.element, b.element, top=False)
        case ct.Function(), ct.Function():
            if not same_type(a.result, b.result):
                return False
            if not (a.prototyped and b.prototyped):
                return True
            return a.variadic == b.variadic and len(a.parameters) == len(b.parameters) and all(
                same_type(p.type, q.type) for p, q in zip(a.parameters, b.parameters, strict=True)
            )  # fmt: skip
        case (ct.Enum(), ct.Int()):  # C11 6.7.2.2p4
            return a.underlying == b
        case (ct.Int(), ct.Enum()):
            return b.underlying == a
        case _:
            return False


def composite(a: ct.Type, b: ct.Type) -> ct.Type:
    """The composite of two compatible types (C11 6.2.7p3): what either knows."""
    x, y = ct.strip(a), ct.strip(b)
    match x, y:
        case ct.Array(), ct.Array():
            return b if x.count is None else a
        case ct.Function(), ct.Function():
            if not x.prototyped:
                return b
            return a
        case _:
            return b

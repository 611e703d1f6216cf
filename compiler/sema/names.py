"""Scopes (C11 6.2.1): ordinary names, tags, and suggestions for names that are not there."""

from __future__ import annotations

from collections.abc import Iterable

from ..records import dataclass, field
from ..source import Span
from . import tree
from . import types as ct


@dataclass(slots=True)
class TypeName:
    """What a typedef declared."""

    type: ct.Typedef
    span: Span


@dataclass(slots=True)
class EnumConstant:
    """An enumerator."""

    name: str
    value: int
    type: ct.Type
    span: Span
    enum: ct.Enum | None = None  # the one it is of


Entity = TypeName | EnumConstant | tree.Local | tree.Global | tree.FunctionSymbol


@dataclass(slots=True)
class Scope:
    """The names and tags of one block, prototype, or file."""

    names: dict[str, Entity] = field(default_factory=dict)
    tags: dict[str, ct.Record | ct.Enum] = field(default_factory=dict)


def suggest(name: str, known: Iterable[str]) -> str:
    """The known name that was probably meant, or ""."""
    from difflib import get_close_matches

    candidates = [k for k in known if abs(len(k) - len(name)) <= 3 and k != name]
    lowered = {k.lower(): k for k in candidates}
    if name.lower() in lowered:
        return lowered[name.lower()]
    close = get_close_matches(name, candidates, 1, 0.72)
    return close[0] if close else ""

"""Scopes below file scope (C11 6.2.1 has none): names that are declared only when the program uses them.

A vmlinux.h declares some 60,000 names; a program uses twenty. `Outer` answers for such a header: the parser asks it which
names are types, the checker what a name or a tag means that no scope knows. A user's own declaration hides an outer one
without a conflict.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from . import types as ct
from .names import Entity

if TYPE_CHECKING:
    from .base import Checker


class Outer(Protocol):
    """Declarations that are made on demand. Each entity is made once: the same name gives the same object again."""

    def is_type(self, name: str) -> bool:
        """True if the ordinary name is a typedef there (asked by the parser, so it must be quick and make nothing)."""
        ...

    def find(self, checker: Checker, name: str) -> Entity | None:
        """What an ordinary name (typedef, enumerator, function, variable) means there, or None."""
        ...

    def find_tag(self, checker: Checker, tag: str) -> ct.Record | ct.Enum | None:
        """What a struct, union or enum tag means there, or None. Records may still be undefined (`Record.define`)."""
        ...

    def names(self) -> Iterable[str]:
        """All its ordinary names, for "did you mean"."""
        ...

    def tags(self) -> Iterable[str]:
        """All its tags, for "did you mean"."""
        ...

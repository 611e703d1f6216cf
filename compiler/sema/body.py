"""`Body`: what is known while a function's body is checked."""

from __future__ import annotations

from ..records import dataclass, field
from ..source import Span
from . import tree
from . import types as ct

Cleanup = tuple[tree.Local, tree.FunctionSymbol]


@dataclass(slots=True)
class Body:
    """Labels, loops, switches and scopes, as far as the checker has come."""

    # of labels also, and of gotos, the variables with a cleanup that live there; a goto's block takes the calls
    labels: dict[str, Span] = field(default_factory=dict)
    live: dict[str, list[Cleanup]] = field(default_factory=dict)
    gotos: list[tuple[str, Span, list[Cleanup], tree.Block | None]] = field(default_factory=list)
    local_labels: list[dict[str, str]] = field(default_factory=list)
    loops: int = 0
    breakable: int = 0
    switches: list[tuple[tree.Switch, ct.Type, dict[int, Span], int]] = field(default_factory=list)
    # one list a scope: (variable, function) with __attribute__((cleanup)); and how many scopes loops began in
    cleanups: list[list[Cleanup]] = field(default_factory=list)
    break_depth: list[int] = field(default_factory=list)
    continue_depth: list[int] = field(default_factory=list)
    renamed: int = 0

"""The passes in the order they run, each with the reason for its place, and `optimize`, which runs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..ir.check import check
from ..ir.model import Function, Module
from ..target import Target
from .dce import dce
from .promote import promote
from .scalars import split_objects
from .simplify import simplify


class Pass(NamedTuple):
    """A pass over one function."""

    name: str
    run: Callable[[Function], None]
    reason: str


PASSES = (
    Pass("scalars",      split_objects, "pieces of structs, before promote looks for whole accesses"),
    Pass("promote",      promote,      "memory to values"),
    Pass("simplify",     simplify,     "rewrites values, so that later passes see fewer forms"),
    Pass("dce",          dce,          "last: drops what the others left without use"),
)  # fmt: skip


def optimize(module: Module, target: Target, *, checked: bool = False) -> None:
    """Improve `module` in place. With `checked`, the IR checker runs before the first and after every pass (`IRError`)."""
    for function in module.functions.values():
        if checked:
            check(function, module)
        for step in PASSES:
            step.run(function)
            if checked:
                check(function, module)

"""Helpers for tests of passes: text before and after, equal outcomes, docstrings run as doctests."""

from __future__ import annotations

import doctest
import random
import textwrap
from collections.abc import Callable
from types import ModuleType
from typing import Any

from ir_functions import make_function, outcome

from purebpf.compiler.ir.check import check, check_module
from purebpf.compiler.ir.model import Function
from purebpf.compiler.ir.printer import print_function, print_module
from purebpf.compiler.ir.reader import read_module

SAMPLES = [(0, 0), (1, 2), (0x80000000, 1 << 63), (0xFFFFFFFF, (1 << 64) - 1), (0x1234, 0xFEDCBA9876543210)]


def before_and_after(run: Callable[[Any], object], text: str) -> str:
    """The text of the one function (or, of several, the module) of `text` after a pass; both are checked."""
    module = read_module(textwrap.dedent(text))
    check_module(module)
    run(module if len(module.functions) > 1 else next(iter(module.functions.values())))
    check_module(module)
    return print_module(module).rstrip()


def run_docstring(module: ModuleType) -> None:
    """Run the example in a pass's docstring."""
    test = doctest.DocTestFinder().find(module, globs={**vars(module), "before_and_after": before_and_after})[0]
    assert test.examples, f"{module.__name__} has no example"
    output: list[str] = []
    doctest.DocTestRunner(verbose=False).run(test, out=output.append)
    assert not output, "".join(output)


def keeps_meaning(run: Callable[[Function], object], rng: random.Random, *before: Callable[[Function], object],
                  size: int = 14) -> None:  # fmt: skip
    """Run a pass on a random function (after the passes `before`): outcomes are the same, and the IR is valid."""
    function = make_function(rng, size)
    for step in before:
        step(function)
    text = print_function(function)
    expected = [outcome(function, *arguments) for arguments in SAMPLES]
    run(function)
    check(function)
    for arguments, wanted in zip(SAMPLES, expected, strict=True):
        found = outcome(function, *arguments)
        texts = f"--- before\n{text}\n--- after\n{print_function(function)}"
        assert found == wanted, f"f{arguments}: {found}, not {wanted}\n{texts}"

"""Every pass: its docstring's example holds, and random functions compute what they did before."""

from __future__ import annotations

import importlib
import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ir_functions import make_module, outcome
from ir_passes import SAMPLES, keeps_meaning, run_docstring

from purebpf.compiler.ir.model import Function
from purebpf.compiler.optimize.passes import PASSES, optimize
from purebpf.compiler.target import Target

NAMES = list(dict.fromkeys(step.name for step in PASSES))


def verb(name: str) -> Callable[[Function], None]:
    return next(step.run for step in PASSES if step.name == name)


@pytest.mark.parametrize("name", ["inline", *NAMES])
def test_the_example_in_the_docstring_holds(name: str) -> None:
    run_docstring(importlib.import_module(f"purebpf.compiler.optimize.{name}"))


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_a_pass_keeps_what_a_function_computes(name: str, seed: int) -> None:
    keeps_meaning(verb(name), random.Random(seed))


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_a_pass_keeps_what_a_function_computes_after_all_others(name: str, seed: int) -> None:
    keeps_meaning(verb(name), random.Random(seed), *(step.run for step in PASSES), size=20)


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_the_optimizer_keeps_what_a_module_computes(seed: int) -> None:
    module = make_module(random.Random(seed), 14)
    expected = [outcome(module.functions["f"], a, b, module) for a, b in SAMPLES]
    optimize(module, Target(), checked=True)
    assert [outcome(module.functions["f"], a, b, module) for a, b in SAMPLES] == expected

"""Optimized IR in the kernel: the verifier takes it, and it does what the interpreter says of the unoptimized IR."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel_ir import compile_module, interpreted, loaded, random_module, random_state, run

from purebpf.compiler.optimize.passes import optimize
from purebpf.compiler.target import Target

pytestmark = pytest.mark.kernel


def assert_same(seed: int, size: int, target: Target) -> None:
    """A random module leaves the same bytes in the kernel, optimized, and in the interpreter, as it was."""
    module = random_module(seed, size)
    optimized = random_module(seed, size)
    optimize(optimized, target, checked=True)
    with loaded(compile_module(optimized, target)) as fds:
        rng = random.Random(seed)
        for _ in range(4):
            state = random_state(rng)
            assert run(fds, state) == interpreted(module, state)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1 << 32), st.sampled_from([3, 4]))
def test_a_small_random_function_is_accepted_and_right(seed: int, cpu: int) -> None:
    assert_same(seed, 14, Target(cpu))


@pytest.mark.parametrize("seed", range(1000, 1010))
def test_a_larger_random_function_is_accepted_and_right(seed: int) -> None:
    assert_same(seed, 100, Target(3))

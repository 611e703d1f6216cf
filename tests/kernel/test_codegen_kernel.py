"""Generated code in the kernel: the verifier takes it, and it does what the IR interpreter says."""

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
    """A random module leaves the same bytes in the kernel and in the interpreter, for several inputs."""
    module = random_module(seed, size)
    with loaded(compile_module(random_module(seed, size), target)) as fds:
        rng = random.Random(seed)
        for _ in range(4):
            state = random_state(rng)
            assert run(fds, state) == interpreted(module, state)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1 << 32), st.sampled_from([3, 4]))
def test_a_small_random_function_is_accepted_and_right(seed: int, cpu: int) -> None:
    assert_same(seed, 12, Target(cpu))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1 << 32))
def test_copies_of_inlined_functions_fold_and_stay_right(seed: int) -> None:
    module = random_module(seed, 40, calls=1.0)
    optimized = random_module(seed, 40, calls=1.0)
    for function in optimized.functions.values():
        function.inline = function.inline or "always"
    optimize(optimized, Target())
    with loaded(compile_module(optimized, Target())) as fds:
        rng = random.Random(seed)
        for _ in range(4):
            state = random_state(rng)
            assert run(fds, state) == interpreted(module, state)


@pytest.mark.parametrize("seed", range(1000, 1015))
def test_a_function_with_more_values_than_registers_is_accepted_and_right(seed: int) -> None:
    assert_same(seed, 200, Target(3))

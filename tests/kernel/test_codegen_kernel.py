"""Generated code in the kernel: the verifier takes it, and it does what the IR interpreter says."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel_ir import compile_module, interpreted, loaded, random_module, random_state, run

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


@pytest.mark.parametrize("seed", range(1000, 1015))
def test_a_function_with_more_values_than_registers_is_accepted_and_right(seed: int) -> None:
    assert_same(seed, 200, Target(3))

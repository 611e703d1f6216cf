"""The kernel accepts programs with inline assembly and runs them as the C beside it."""

from __future__ import annotations

import random

import pytest
from asm_programs import SIZE, Writer
from kernel_rooms import compiled

from purebpf.runtime.loader import load

pytestmark = pytest.mark.kernel


@pytest.mark.parametrize("seed", range(2000, 2012))
def test_random_asm_statements_give_the_same_packet_as_plain_c(seed: int) -> None:
    text = Writer(seed).program()
    packet = random.Random(seed).randbytes(SIZE)
    found = []
    for flags in ((), ("-DPLAIN",)):
        with load(compiled(text, *flags)) as loaded:
            run = loaded.programs["program"].test_run(packet)
            found.append((run.retval, run.packet))
    assert found[0] == found[1]

"""The kernel accepts programs with inline assembly and runs them as the C beside it."""

from __future__ import annotations

import random

import pytest
from asm_macros import MACROS, RESULTS
from asm_programs import SIZE, Writer

from purebpf.compiler.api import compile
from purebpf.runtime.loader import load

pytestmark = pytest.mark.kernel


@pytest.mark.parametrize("seed", range(2000, 2012))
def test_random_asm_statements_give_the_same_packet_as_plain_c(seed: int) -> None:
    text = Writer(seed).program()
    packet = random.Random(seed).randbytes(SIZE)
    found = []
    for source in (text, "#define PLAIN\n" + text):
        with load(compile(source)) as loaded:
            run = loaded.programs["program"].test_run(packet)
            found.append((run.retval, run.packet))
    assert found[0] == found[1]


def test_the_kernel_accepts_macros_of_asm() -> None:
    # rx_queue_index is 0, ingress_ifindex 1
    expected = RESULTS | {"looper": sum(range(1001)), "breaker": sum(range(101)), "comparer": 3, "extender": 0xFFFFFF80}
    with load(compile(MACROS)) as loaded:
        loaded.maps["numbers"][2] = (0x1234).to_bytes(8, "little")
        assert {name: loaded.programs[name].test_run(bytes(64)).retval for name in RESULTS} == expected

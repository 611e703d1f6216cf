"""Broken C never breaks the compiler: no traceback, no hang, and diagnostics that point somewhere.

PUREBPF_MUTANTS=N tries N of them (default 400); PUREBPF_SEED=S starts at seed S. For long runs see mutate.py.
"""

from __future__ import annotations

import os

import mutate
import pytest

COUNT = int(os.environ.get("PUREBPF_MUTANTS", "400"))
FIRST = int(os.environ.get("PUREBPF_SEED", "0"))
BATCH = 50


@pytest.mark.parametrize("start", range(FIRST, FIRST + COUNT, BATCH))
def test_broken_sources_are_compiled_or_refused_with_reasons(start: int) -> None:
    texts = mutate.sources()
    for seed in range(start, min(start + BATCH, FIRST + COUNT)):
        kind, message = mutate.judge(mutate.mutant(seed, texts))
        assert kind in ("compiled", "refused"), f"seed {seed}: {kind}: {message}"

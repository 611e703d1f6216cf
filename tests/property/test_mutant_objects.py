"""Broken objects never break what reads them: no traceback, no hang, and errors with reasons.

PUREBPF_MUTANTS=N tries N of them (default 400); PUREBPF_SEED=S starts at seed S. For long runs see mutate_objects.py.
"""

from __future__ import annotations

import os

import mutate_objects
import pytest

COUNT = int(os.environ.get("PUREBPF_MUTANTS", "400"))
FIRST = int(os.environ.get("PUREBPF_SEED", "0"))
BATCH = 200


@pytest.mark.parametrize("start", range(FIRST, FIRST + COUNT, BATCH))
def test_broken_objects_are_taken_or_refused_with_reasons(start: int) -> None:
    originals = mutate_objects.objects()
    for seed in range(start, min(start + BATCH, FIRST + COUNT)):
        kind, message = mutate_objects.judge(mutate_objects.mutant(seed, originals), seed)
        assert kind in ("taken", "refused"), f"seed {seed}: {kind}: {message}"

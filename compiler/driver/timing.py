"""`--time`: where the time of a compile goes, as a small table or as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping

# the stages in the order in which they run: key, what people call them
_STAGES = {
    "start": "start-up", "preprocess": "preprocess", "vmlinux": "vmlinux", "parse": "parse", "sema": "check", "lower": "lower",
    "optimize": "optimize", "codegen": "codegen", "object": "object", "write": "write",
}  # fmt: skip


def show_times(times: Mapping[str, float], *, as_json: bool = False) -> str:
    """The seconds of each stage as a table in milliseconds with shares of the whole, or as a JSON object of milliseconds.

    A stage's time holds the imports that it is the first to need; what is declared on demand is parsed while checking.
    """
    found = {stage: times[stage] * 1000 for stage in _STAGES if stage in times}
    whole = sum(found.values())
    if as_json:
        return json.dumps({"times": {**{stage: round(ms, 3) for stage, ms in found.items()}, "total": round(whole, 3)}})
    lines = [f"{'stage':<10} {'ms':>8} {'share':>6}"]
    lines += [f"{_STAGES[stage]:<10} {ms:>8.1f} {ms / whole:>6.0%}" for stage, ms in found.items()]
    return "\n".join([*lines, f"{'total':<10} {whole:>8.1f}"])

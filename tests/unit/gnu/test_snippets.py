"""Every snippet of C is taken or refused as by clang for BPF, and does what a native build of it does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from snippets import Snippet, judge, read_snippets

FOLDER = Path(__file__).resolve().parent / "snippets"
CASES = [(path.stem, snippet) for path in sorted(FOLDER.glob("*.c")) for snippet in read_snippets(path)]


@pytest.mark.parametrize(("area", "snippet"), CASES, ids=[f"{area}/{snippet.name}" for area, snippet in CASES])
def test_snippet(area: str, snippet: Snippet, tmp_path: Path) -> None:
    complaint = judge(snippet, tmp_path, oracle=shutil.which("clang-19") is not None)
    assert not complaint, complaint

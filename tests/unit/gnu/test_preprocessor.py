"""What `clang -E` makes of texts that are easy to get wrong, and what it refuses: preprocessor.c, in the form of snippets."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from snippets import Snippet, read_snippets

from purebpf.compiler.diagnostics import CompileError, Diagnostics
from purebpf.compiler.preprocess import PreprocessOptions, preprocess
from purebpf.compiler.preprocess.scan import scan
from purebpf.compiler.preprocess.tokens import DIGRAPHS, Kinds, lex
from purebpf.compiler.source import SourceMap

CASES = read_snippets(Path(__file__).resolve().with_name("preprocessor.c"))


def words(text: str) -> list[str]:
    """The spellings of the tokens in preprocessed text."""
    kinds = Kinds()
    pieces = [segment for segment in scan(text).segments if segment.name is None]
    tokens = [token for piece in pieces for token in lex(text, piece.start, piece.stop, 0, kinds)]
    return [DIGRAPHS.get(token.text, token.text) for token in tokens]


@pytest.mark.skipif(shutil.which("clang-19") is None, reason="clang-19 is the oracle, and it is not installed")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_tokens_are_clangs(case: Snippet) -> None:
    command = ["clang-19", "-target", "bpf", "-mcpu=v3", "-O2", "-E", "-P", "-w", "-x", "c", "-"]
    run = subprocess.run(command, input=case.text, capture_output=True, text=True, timeout=60)
    assert (run.returncode != 0) == (case.verdict == "refused"), run.stderr
    sources = SourceMap()
    diagnostics = Diagnostics(sources)
    try:
        tokens = preprocess("<stdin>", case.text, sources, diagnostics, PreprocessOptions())
    except CompileError:
        tokens = []
    said = "\n".join(item.render() for item in diagnostics.found)
    assert bool(diagnostics.errors) == (case.verdict == "refused"), said
    if case.verdict == "ok":
        assert [t.text for t in tokens if t.kind not in ("eof", "pragma")] == words(run.stdout)

"""`purebpf cc`: the compiler, with clang's command line."""

from __future__ import annotations

from collections.abc import Sequence

from ...compiler.driver import main


def run(arguments: Sequence[str]) -> int:
    """Compile as `purebpf-cc ARGUMENTS` does."""
    return main(list(arguments))

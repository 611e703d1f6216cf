"""`parse`: the preprocessor's tokens to pycparser's tree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ..cache import Cache
from ..diagnostics import Diagnostics
from ..source import SourceMap
from .later import Later, Run, cut
from .lean import c_ast
from .nodes import File
from .statements import Statements
from .tokens import Converter, keywords_of

if TYPE_CHECKING:
    from ..preprocess import Token


def parse(
    tokens: Sequence[Token],
    sources: SourceMap,
    diagnostics: Diagnostics,
    is_outer_type: Callable[[str], bool] | None = None,
    *,
    lazy: bool = True,
    cache: Cache | None = None,
    standard: str = "gnu17",
) -> File:
    """Parse a translation unit. The nodes' `coord` is a `Span`; `nodes.py` has what pycparser's tree lacks.
    `is_outer_type` says which names that no scope has are types (declared on demand, see sema/outer.py).
    `standard`: C's, as -std= names it.
    `lazy`: what headers declare is parsed when it is named (see later.py); otherwise all is parsed at once.
    `cache` keeps what was found out about large headers.

    Syntax errors (E02xx) go to `diagnostics`, several of one file; the tree is then incomplete and not for the checker.
    Raises `CompileError` if there are too many, or if something is nested too deep.
    """
    regions: dict[str, dict[int, str]] = {}
    words = keywords_of(standard)
    converter = Converter(diagnostics, regions, words=words)
    later = Later(sources, diagnostics, regions, is_outer_type, words)
    runs = cut(tokens, later, converter, sources, cache or Cache()) if lazy else [Run(0, converter.convert(tokens), [])]
    parser = Statements([], sources, diagnostics, is_outer_type)
    ext: list[c_ast.Node] = []
    orders: list[int] = []
    try:
        for run in runs:
            found = parser.parse_run(run.tokens, run.types)
            ext += found
            orders += [run.order] * len(found)
            for node in found:
                if isinstance(node, c_ast.Typedef):
                    later.types.setdefault(node.name, run.order)
    except RecursionError:
        raise diagnostics.fatal(
            "E0204", parser._here(), "the program is nested too deep here", fix="split the expression or function"
        ) from None
    return File(ext, regions, orders, later)

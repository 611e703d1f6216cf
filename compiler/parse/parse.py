"""`parse`: the preprocessor's tokens to pycparser's tree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pycparser import c_ast

from ..diagnostics import Diagnostics
from ..source import SourceMap
from .nodes import File
from .statements import Statements
from .tokens import convert

if TYPE_CHECKING:
    from ..preprocess import Token


def parse(
    tokens: Sequence[Token],
    sources: SourceMap,
    diagnostics: Diagnostics,
    is_outer_type: Callable[[str], bool] | None = None,
) -> c_ast.FileAST:
    """Parse a translation unit. The nodes' `coord` is a `Span`; `nodes.py` has what pycparser's tree lacks.
    `is_outer_type` says which names that no scope has are types (declared on demand, see sema/outer.py).

    Syntax errors (E02xx) go to `diagnostics`, several of one file; the tree is then incomplete and not for the checker.
    Raises `CompileError` if there are too many, or if something is nested too deep.
    """
    quiet: dict[str, set[int]] = {}
    toks = convert(tokens, diagnostics, quiet)
    parser = Statements(toks, sources, diagnostics, is_outer_type)
    try:
        return File(parser._parse_translation_unit(), quiet)
    except RecursionError:
        raise diagnostics.fatal(
            "E0204", parser._here(), "the program is nested too deep here", fix="split the expression or function"
        ) from None

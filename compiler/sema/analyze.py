"""`analyze`: pycparser's tree to a checked unit."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from ..diagnostics import Diagnostics
from ..parse.lean import c_ast
from ..parse.nodes import File
from ..source import SourceMap
from . import tree
from . import types as ct
from .declarations import finish
from .functions import Functions
from .headers import Headers
from .layout import is_complete, size_of
from .outer import Outer
from .placement import check_placement
from .spelling import quote
from .usage import mark

_USAGE = {"W0361", "W0362", "W0363", "W0364", "W0365", "W0366", "W0367", "W0368", "W0369"}  # see lint/usage.py
_MOST_BYTES = 0x7FFFFFFF  # of an array map's value (kernel/bpf/arraymap.c, array_map_alloc_check: INT_MAX)


def analyze(ast: File, sources: SourceMap, diagnostics: Diagnostics, outer: Sequence[Outer] = (), *,
            ms_extensions: bool = False, short_enums: bool = False, empty_is_void: bool = False,
            gnu_inline: bool = False, big_endian: bool = False) -> tree.Unit:  # fmt: skip
    """Check a translation unit; the unit holds what must be emitted, in the order of the source.

    Names that the file does not declare are looked up in `outer`. Errors (E03xx types and semantics,
    E04xx C that BPF cannot run) and warnings go to `diagnostics`. Raises `CompileError` if there are too many errors.
    """
    checker = Functions(sources, diagnostics, outer)
    checker.regions = ast.regions
    checker.asked.update(ast.regions)
    checker.tagged_members, checker.short_enums, checker.empty_is_void = ms_extensions, short_enums, empty_is_void
    checker.gnu_inline, checker.big_endian = gnu_inline, big_endian
    headers = checker.headers = Headers(checker, ast.later)
    try:
        for node, order in zip(ast.ext, ast.orders, strict=True):
            headers.catch_up(order)
            checker.now = order
            if isinstance(node, c_ast.FuncDef):
                checker.definition(node)
            else:
                checker.declaration(node)
        checker.now = sys.maxsize
        headers.catch_up(sys.maxsize)
        checker.finish_bodies()
        if checker.misaligned:
            checker.tell_misaligned()
        if checker.asked & _USAGE and not diagnostics.errors:
            from .lint.usage import check_usage

            check_usage(checker, ast.ext)
        # in the order of the source, which is not the one in which what waits was named
        checker.functions.sort(key=checker.places.__getitem__)
        checker.globals.sort(key=checker.places.__getitem__)
        for variable in checker.globals:
            if not is_complete(variable.type) and not isinstance(ct.strip(variable.type), ct.Array):
                checker.error("E0301", variable.span, f"variable '{variable.name}' has incomplete type {quote(variable.type)}",
                              fix="include the header that defines it")  # fmt: skip
            finish(variable)
            size = size_of(variable.type)
            if size > _MOST_BYTES:
                checker.error("E0444", variable.span, f"variable '{variable.name}' has {size:,} bytes: its section becomes "
                              f"the value of a map, which has {_MOST_BYTES:,} at most", fix="use a map")  # fmt: skip
        _check_sections(checker)
        unit = mark(checker)
        unit.big_endian = big_endian
        check_placement(unit, diagnostics)
        return unit
    except RecursionError:
        where = checker.function.span if checker.function is not None else None
        raise diagnostics.fatal(
            "E0204", where, "the program is nested too deep here", fix="split the expression or function"
        ) from None


def _check_sections(checker: Functions) -> None:
    """A section holds either code or data."""
    code = {symbol.section: symbol for symbol in checker.functions if symbol.section}
    for variable in checker.globals:
        other = code.get(variable.section)
        if other is not None and variable.linkage != "extern":
            checker.error("E0442", variable.span, f"variable '{variable.name}' is in section '{variable.section}', which holds "
                          "code", fix="name another section", notes=[(f"function '{other.name}' is there too", other.span)])

"""Values of one enumeration where another is expected: -Wenum-conversion, -Wenum-compare.

An enumerator has type int in C; which enumeration it is of, its name in the text tells.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...source import Span
from .. import tree
from .. import types as ct
from ..names import EnumConstant
from ..spelling import quote

if TYPE_CHECKING:
    from ..base import Checker

_NAME = re.compile(r"[A-Za-z_$][\w$]*")


def check_enum_conversion(checker: Checker, e: tree.Expr, target: ct.Enum) -> None:
    """`e` becomes a value of the enumeration `target`."""
    if isinstance(e, tree.Conditional):
        check_enum_conversion(checker, e.then, target)
        check_enum_conversion(checker, e.otherwise, target)
        return
    source = _enum_of(checker, e)
    if source is not None and source is not target and target.tag and source.tag:
        at = Span(e.span.first, e.span.last, e.span.point)
        checker.warn("W0387", at, f"implicit conversion from enumeration type {quote(source)} to different enumeration type "
                     f"{quote(target)}", fix="name an enumerator of the right one, or cast")  # fmt: skip


def check_enum_comparison(checker: Checker, left: tree.Expr, right: tree.Expr, span: Span) -> None:
    """A comparison with an enumeration's value on one side at least."""
    a, b = _enum_of(checker, left), _enum_of(checker, right)
    if a is not None and b is not None and a is not b and a.tag and b.tag:
        checker.warn("W0386", span, f"comparison of different enumeration types ({quote(a)} and {quote(b)})",
                     fix="compare with an enumerator of the right one, or cast")  # fmt: skip


def _enum_of(checker: Checker, e: tree.Expr) -> ct.Enum | None:
    """The enumeration that a value is of."""
    t = ct.strip(e.type)
    if isinstance(t, ct.Enum):
        return t
    if not isinstance(e, tree.Constant) or e.span.first != e.span.last or not isinstance(t, ct.Int):
        return None
    loc = checker.sources.spelling(e.span.point)
    file = checker.sources.file_of(loc)
    match = _NAME.match(file.text, loc - file.base)
    entity = checker.find(match[0]) if match is not None else None
    return entity.enum if isinstance(entity, EnumConstant) and entity.value == e.value else None

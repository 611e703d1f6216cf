"""Statements that are not what they look like: -Wempty-body, -Wmisleading-indentation, -Wimplicit-fallthrough.

They compare the text with the tree: what stands on one line, what is indented alike.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ...parse.lean import c_ast
from ...source import Span
from .. import tree

if TYPE_CHECKING:
    from ..base import Checker

_TAB = 8
_REST = re.compile(r"[;)\s]*\Z")


def check_empty(checker: Checker, node: Any, following: Any) -> None:
    """An if, loop or switch whose body is ';'. `following`: the statement behind it, if there is one."""
    body = node.iftrue if isinstance(node, c_ast.If) else node.stmt
    head = node
    for name in ("cond", "next"):
        head = getattr(node, name, None) or head
    if not _on_one_line(checker, head.coord.last, body.coord.point):
        return
    what = {c_ast.If: "if statement", c_ast.While: "while loop", c_ast.For: "for loop"}.get(type(node), "switch statement")
    if isinstance(node, c_ast.While | c_ast.For):
        if following is None:
            return
        if not isinstance(following, c_ast.Compound):
            ours, theirs = _indentation(checker, node.coord.first), _indentation(checker, _start(following))
            if theirs is None or ours is None or theirs <= ours:
                return
    checker.warn("W0319", body.coord, f"{what} has empty body", fix="remove the ';', or put it on a line of its own")


def _on_one_line(checker: Checker, head: int, semicolon: int) -> bool:
    """Whether nothing but ')' stands between the end of a head and its ';': no macro that is empty now, no new line."""
    sources = checker.sources
    start, end = sources.outermost(head), semicolon
    if end < 0 or start >= end:
        return False
    file = sources.file_of(end)
    text = file.text[start - file.base + sources.token_length(start) : end - file.base] if start >= file.base else "\n"
    return "\n" not in text and _REST.match(text) is not None


def _start(node: Any) -> int:
    """The location of a statement's first token; of a declaration, its name."""
    first: int = node.coord.first
    return first


def _indentation(checker: Checker, loc: int) -> int | None:
    """The column where the line of `loc` begins, counted from 1; None if `loc` is a macro's or does not begin its line."""
    if loc < 0:
        return None
    file = checker.sources.file_of(loc)
    at = loc - file.base
    begin = file.text.rfind("\n", 0, at) + 1
    column = 0
    for character in file.text[begin:at]:
        if character == "\t":
            column += _TAB - column % _TAB
        elif character in " \f\v":
            column += 1
        else:
            return None
    return column + 1


def check_indentation(checker: Checker, node: Any, following: Any) -> None:
    """A statement behind an if, else or loop that is indented like the one the if governs."""
    text_of = checker.sources.file_of
    if isinstance(following, c_ast.EmptyStatement | c_ast.Label | c_ast.Pragma):
        return
    while isinstance(node, c_ast.If | c_ast.While | c_ast.For):
        body, what, keyword = _governed(node)
        column = _indentation(checker, body.coord.first)
        if body.coord.first < 0 or isinstance(body, c_ast.Compound):
            return
        start = following.coord.first
        if start < 0 or keyword < 0:
            return
        file = text_of(start)
        begin = file.text.rfind("\n", 0, start - file.base) + 1
        first = begin + len(file.text[begin:]) - len(file.text[begin:].lstrip(" \t"))
        at = file.base + first
        between = file.text[body.coord.first - file.base : first] if body.coord.first >= file.base else "#"
        if column is not None and column == _indentation(checker, at) and at <= start and "\n#" not in between:
            outer = _line_indentation(checker, keyword)
            if column > outer and _line(checker, keyword) != _line(checker, at):
                checker.warn("W0320", Span(at, following.coord.last, at), "misleading indentation; statement is not part of "
                             f"the previous '{what}'", fix="put '{ }' around both, or indent it less")  # fmt: skip
        node = body


def _governed(node: Any) -> tuple[Any, str, int]:
    """The last statement of an if or loop, the keyword before it, and where that is."""
    if isinstance(node, c_ast.If):
        if node.iffalse is None:
            return node.iftrue, "if", node.coord.first
        return node.iffalse, "else", node.coord.last
    return node.stmt, "while" if isinstance(node, c_ast.While) else "for", node.coord.first


def _line(checker: Checker, loc: int) -> int:
    return checker.sources.place(loc).line


def _line_indentation(checker: Checker, loc: int) -> int:
    file = checker.sources.file_of(loc)
    begin = file.text.rfind("\n", 0, loc - file.base) + 1
    first = begin + len(file.text[begin:]) - len(file.text[begin:].lstrip(" \t"))
    return _indentation(checker, file.base + first) or 0


def check_fallthrough(checker: Checker, switch: tree.Switch, ends: Any) -> None:
    """Cases that run into the next one. `ends(statement)`: whether control never leaves a statement at its end."""
    body = switch.body
    statements = body.statements if isinstance(body, tree.Block) else []
    reaching = False
    for statement in statements:
        if isinstance(statement, tree.Case) and reaching:
            checker.warn("W0318", statement.span, "unannotated fall-through between switch labels",
                         fix="write 'break;' or '__attribute__((fallthrough));' before it")  # fmt: skip
        inner: Any = statement
        while isinstance(inner, tree.Case | tree.Label):
            inner = inner.body
            reaching = True
        annotated = isinstance(inner, tree.Block) and not inner.statements
        reaching = reaching and not annotated and not ends(inner)

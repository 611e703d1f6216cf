"""What headers declare, made when it is named (see parse/later.py): the file scope is as if all had been declared in its place.

A declaration is made at the latest when something else of the same name is declared in the file, so redeclarations merge and
clash as ever. One difference is left: a header may use a struct that only a later header defines.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..parse.lean import c_ast
from . import types as ct
from .names import Entity

if TYPE_CHECKING:
    from ..parse.later import Declaration, Later
    from .functions import Functions


class Headers:
    """Makes the declarations that wait in `later`."""

    def __init__(self, checker: Functions, later: Later) -> None:
        self.checker = checker
        self.later = later
        self._due: list[tuple[int, int, Declaration]] = []  # to be made when the checker gets there
        self._nodes: list[c_ast.Node] = []  # kept: the checker knows nodes by their identity
        self._records: dict[ct.Record, Declaration] = {}

    def find(self, name: str) -> Entity | None:
        """What an ordinary name means at file scope, if what declares it waited until now."""
        waiting = self.later.take(name)
        if not waiting:
            return None
        self._make_all(waiting)
        return self.checker.scopes[0].names.get(name)

    def find_tag(self, tag: str) -> ct.Record | ct.Enum | None:
        """What a tag means at file scope, if that is not known there yet."""
        checker = self.checker
        forward = self.later.take_forward(tag)
        self._make_all(forward)
        tags = checker.scopes[0].tags
        waiting = self.later.take_tag(tag)
        for found in waiting[1:]:  # defined again: the checker shall say so
            self._put_off(found.declaration)
        if waiting and tag not in tags:
            first = waiting[0]
            if first.keyword == "enum":
                self._make_all([first.declaration])
            else:
                record = tags[tag] = ct.Record(first.keyword, tag, span=first.span, define=self._define)
                self._records[record] = first.declaration
        elif waiting:
            known = tags[tag]
            if isinstance(known, ct.Record) and known.kind == waiting[0].keyword and known.fields is None:
                known.define = self._define
                self._records[known] = waiting[0].declaration
            else:
                self._make_all([waiting[0].declaration])
        return tags.get(tag)

    def names(self) -> Iterator[str]:
        """The ordinary names that wait, for "did you mean"."""
        return self.later.names()

    def mentioned(self, tag: str) -> bool:
        """Whether a declaration before here, which waits, has brought a tag into the file scope by naming it."""
        return self.later.mentions(tag, self.checker.now)

    def catch_up(self, order: int) -> None:
        """Make what is due before `order`."""
        while self._due and self._due[0][0] < order:
            self._make(heapq.heappop(self._due)[2])

    def _define(self, record: ct.Record) -> None:
        self._make(self._records.pop(record))

    def _make_all(self, waiting: list[Declaration]) -> None:
        for declaration in waiting:
            if declaration.order < self.checker.now:
                self._make(declaration)
            else:
                self._put_off(declaration)

    def _put_off(self, declaration: Declaration) -> None:
        heapq.heappush(self._due, (declaration.order, len(self._due), declaration))

    def _make(self, declaration: Declaration) -> None:
        """Check a declaration as if it stood at its place."""
        if declaration.made:
            return
        declaration.made = True
        checker = self.checker
        saved = checker.scopes, checker.function, checker.unevaluated, checker.now
        checker.scopes, checker.function, checker.unevaluated, checker.now = saved[0][:1], None, 0, declaration.order
        try:
            nodes = self.later.parse(declaration)
            self._nodes += nodes
            for node in nodes:
                if isinstance(node, c_ast.FuncDef):
                    checker.definition(node)
                else:
                    checker.declaration(node)
        finally:
            checker.scopes, checker.function, checker.unevaluated, checker.now = saved

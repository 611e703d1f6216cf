"""Where text came from: source files, integer locations, spans and macro expansions.

A *location* is an int, cheap enough to ride on every token:

    loc >= 0   a byte of a file: ``file.base + offset``; files get disjoint ranges
    loc <  0   a token that a macro made: ``~loc`` indexes ``SourceMap.expansions``

A `Span` names three tokens by location. The length of a token is found by looking at the text again, so nothing
else needs to carry it. A `Place` is a span resolved for people; it needs no `SourceMap` any more, so findings of
the verifier, the machine and the loader use it as well.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache

from .records import NamedTuple, dataclass, field


class Span(NamedTuple):
    """A stretch of source: locations of its first token, its last token, and the token the caret points at."""

    first: int
    last: int
    point: int

    @classmethod
    def at(cls, loc: int) -> Span:
        """The span of the one token at `loc`."""
        return cls(loc, loc, loc)

    def to(self, end: Span) -> Span:
        """This span stretched to the end of `end`, the caret staying where it is."""
        return Span(self.first, end.last, self.point)


@dataclass(frozen=True, slots=True)
class Place:
    """A resolved place: 1-based `line` and `column` (in characters); `begin`..`end` underlines [begin, end)."""

    file: str
    line: int
    column: int
    text: str = ""
    begin: int = 0
    end: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Expansion(NamedTuple):
    """One token made by a macro.

    A token of the definition: `spelling` is its place there, `call` where the macro's name stands. A token of an argument:
    `spelling` is the parameter's place in the definition, `call` the argument's token, which the user wrote and should see.
    """

    macro: str
    spelling: int
    call: int


@dataclass(slots=True)
class SourceFile:
    """A file's text and the range of locations it owns: [base, base + len(text)]."""

    name: str
    text: str
    base: int
    system: bool = False
    included_from: int = -1
    # #line: (offset of the first line it renumbers, line number, file name), in order of offset (C11 6.10.4)
    marks: list[tuple[int, int, str]] = field(default_factory=list)
    _starts: list[int] | None = None

    def line_starts(self) -> list[int]:
        """Offsets at which lines start."""
        if self._starts is None:
            self._starts = [0, *(match.end() for match in re.finditer("\n", self.text))]
        return self._starts


# The longest token at a position: just enough of C's lexical grammar to measure what the caret underlines.
@cache
def _token() -> re.Pattern[str]:
    return re.compile(r'[A-Za-z_$]\w*|\.?\d(?:[eEpP][+-]|[\w.])*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|'
                    r"<<=|>>=|\.\.\.|[-+*/%&|^=!<>]=|<<|>>|&&|\|\||->|\+\+|--|##|.", re.S)  # fmt: skip


def _mark_offset(mark: tuple[int, int, str]) -> int:
    return mark[0]


class SourceMap:
    """All the text of one compile; turns locations into places."""

    def __init__(self) -> None:
        self.files: list[SourceFile] = []
        self.expansions: list[Expansion] = []
        self._bases: list[int] = []

    def add_file(self, name: str, text: str, *, system: bool = False, included_from: int = -1) -> SourceFile:
        """Register a text under the name people know it by; the same header included twice is two files."""
        last = self.files[-1] if self.files else None
        base = last.base + len(last.text) + 1 if last else 0
        file = SourceFile(name, text, base, system, included_from)
        self.files.append(file)
        self._bases.append(base)
        return file

    def add_expansion(self, macro: str, spelling: int, call: int) -> int:
        """A location for a token that `macro`, named at `call`, made out of the text at `spelling`."""
        self.expansions.append(Expansion(macro, spelling, call))
        return ~(len(self.expansions) - 1)

    def file_of(self, loc: int) -> SourceFile:
        """The file in which the user sees `loc`: where the outermost macro was named."""
        return self.files[bisect_right(self._bases, self.outermost(loc)) - 1]

    def outermost(self, loc: int) -> int:
        """The location in a file that made the token at `loc` appear."""
        while loc < 0:
            loc = self.expansions[~loc].call
        return loc

    def spelling(self, loc: int) -> int:
        """The location in a file where the characters of the token at `loc` stand."""
        while loc < 0:
            loc = self.expansions[~loc].spelling
        return loc

    def token_length(self, loc: int) -> int:
        """How many characters the token spelled at `loc` has."""
        loc = self.outermost(loc)
        file = self.files[bisect_right(self._bases, loc) - 1]
        match = _token().match(file.text, loc - file.base)
        return len(match.group()) if match else 1

    def place(self, span: Span | int) -> Place:
        """Resolve a span (or one token's location) to file, line and columns as the user counts them."""
        if isinstance(span, int):
            span = Span.at(span)
        point = self.outermost(span.point)
        file = self.files[bisect_right(self._bases, point) - 1]
        starts = file.line_starts()
        offset = point - file.base
        row = bisect_right(starts, offset) - 1
        start = starts[row]
        stop = starts[row + 1] - 1 if row + 1 < len(starts) else len(file.text)
        begin = self.outermost(span.first) - file.base
        end = self.outermost(span.last) - file.base + self.token_length(span.last)
        if not start <= begin <= offset:
            begin = offset if begin > offset else start
        if not offset < end <= stop:
            end = stop if end > stop else offset + self.token_length(point)
        line, name = row + 1, file.name
        mark = bisect_right(file.marks, offset, key=_mark_offset) - 1
        if mark >= 0:
            mark_offset, mark_line, name = file.marks[mark]
            line = mark_line + row - bisect_right(starts, mark_offset) + 1
        text = file.text[start:stop].rstrip("\r")
        return Place(name, line, offset - start + 1, text, begin - start + 1, end - start + 1)

    def backtrace(self, loc: int) -> list[tuple[str, Place]]:
        """The macros that made the token at `loc`, innermost first: their names and where each is spelled."""
        steps = []
        while loc < 0:
            expansion = self.expansions[~loc]
            steps.append((expansion.macro, self.place(self.spelling(expansion.spelling))))
            loc = expansion.call
        return steps

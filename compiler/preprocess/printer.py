"""Prints preprocessed text (`-E`, `-P`, `-dD`) and macro definitions (`-dM`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..source import Place, SourceFile, SourceMap
from .macros import DefinitionError, Macro
from .tokens import BOL, Token, spell

_BLANK_LINES = 8  # beyond so many a line marker is shorter
_WORD_LIKE = frozenset("_$.")
_OPERATORS = frozenset("+-*/%&|^=<>!#.:%")


def print_tokens(tokens: list[Token], sources: SourceMap, *, markers: bool = True) -> str:
    """The tokens as text that preprocesses and compiles to the same; `markers` tell files and lines (`# 1 "x.c"`)."""
    return "".join(_Printer(sources, markers).pieces(tokens))


class _Printer:
    def __init__(self, sources: SourceMap, markers: bool) -> None:
        self.sources, self.markers = sources, markers
        self.file: SourceFile | None = None
        self.stack: list[SourceFile] = []  # the files that the markers so far have entered
        self.line = 0
        self.fresh = True  # at the start of a line

    def pieces(self, tokens: list[Token]) -> Iterable[str]:
        last: Token | None = None
        waiting: list[Token] = []  # comments: they come ahead of the tokens of their stretch of text
        for token in tokens:
            if token.kind == "comment":
                waiting.append(token)
                continue
            while waiting and (token.kind == "eof" or self.is_before(waiting[0], token)):
                comment = waiting.pop(0)
                yield from self.comment(comment)
                last = None if comment.text.startswith("//") else comment
            if token.kind == "eof":
                break
            if token.kind in ("pragma", "directive"):
                yield from self.new_line(token)
                yield f"#pragma {token.text}\n" if token.kind == "pragma" else f"{token.text}\n"
                self.line += 1
                last = None
                continue
            if last is None or (token.flags & BOL and not self.goes_on(last, token)):
                yield from self.new_line(token)
                last = None
                if self.markers:  # as far in as in the source, so that it reads well
                    yield " " * (self.sources.place(token.loc).column - 1)
            elif token.space or _would_join(last, token):
                yield " "
            yield token.text
            self.fresh = False
            last = token
        if not self.fresh:
            yield "\n"

    def is_before(self, comment: Token, token: Token) -> bool:
        """Whether a comment comes before a token, or is of a file that has been left."""
        at = self.sources.outermost(token.loc)
        return comment.loc < at or self.sources.file_of(comment.loc) is not self.sources.file_of(at)

    def goes_on(self, last: Token, token: Token) -> bool:
        """Whether the first token of a line stands behind a comment that is printed on that line."""
        if last.kind != "comment" or self.sources.file_of(last.loc) is not self.sources.file_of(token.loc):
            return False
        end = self.sources.place(last.loc).line + last.text.count("\n")
        return self.sources.place(token.loc).line == end

    def comment(self, token: Token) -> Iterable[str]:
        """A comment, on a line of its own if it was."""
        place = self.sources.place(token.loc)
        if self.fresh or not place.text[: place.column - 1].strip() or (self.markers and place.line != self.line):
            yield from self.new_line(token)
            if self.markers:
                yield " " * (place.column - 1)
        else:
            yield " "
        yield token.text
        self.line += token.text.count("\n")
        self.fresh = False

    def new_line(self, token: Token) -> Iterable[str]:
        """Go to the line where `token` stands."""
        if not self.fresh:
            yield "\n"
            self.line += 1
            self.fresh = True
        if not self.markers:
            return
        file = self.sources.file_of(token.loc)
        place = self.sources.place(token.loc)
        if file is not self.file:
            yield from self.change(file, place)
        if 0 <= place.line - self.line <= _BLANK_LINES:
            yield "\n" * (place.line - self.line)
        else:
            yield _marker(place.line, place.file, "", file.system)
        self.file, self.line = file, place.line

    def change(self, file: SourceFile, place: Place) -> Iterable[str]:
        """Markers that go to `file`, at `place` if that comes back to it (2) and to its start if it is entered (1)."""
        if not self.stack:
            main = self.main(file)
            yield _marker(1, main.name, "", main.system)
            self.stack.append(main)
            self.line = 1
        chain = [file]
        while (above := chain[0].included_from) >= 0 and chain[0] is not self.stack[0]:
            chain.insert(0, self.sources.file_of(above))
        if chain[0] is not self.stack[0]:  # -include: as if the source began with it
            chain[0] = self.stack[0]
        common = sum(1 for one, two in zip(chain, self.stack, strict=False) if one is two)
        if common < len(self.stack):
            back = self.stack[common - 1]
            if back is not file:
                place = self.sources.place(self._inclusion(chain[common], back))
            yield _marker(place.line, place.file, " 2", back.system)
            self.line = place.line
        for entered in chain[common:]:
            yield _marker(1, entered.name, " 1", entered.system)
            self.line = 1
        self.stack = chain

    def _inclusion(self, file: SourceFile, above: SourceFile) -> int:
        """Where `above` includes `file`; its start, if the command line does."""
        at = file.included_from
        return at if self.sources.file_of(at) is above else above.base

    def main(self, file: SourceFile) -> SourceFile:
        """The file that the command line names: those that only say what is built in stand before it."""
        own = [known for known in self.sources.files if known.included_from < 0]
        return own[-1] if own else file


def _marker(line: int, name: str, flag: str, system: bool) -> str:
    """A line marker: 1 enters a header, 2 comes back from one, 3 is a system header."""
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'# {line} "{quoted}"{flag}{" 3" if system else ""}\n'


def _would_join(left: Token, right: Token) -> bool:
    """Whether two tokens without blank space between them could be read as one, or as other ones."""
    one, two = left.text[-1], right.text[0]
    if left.loc >= 0 and right.loc == left.loc + len(left.text):
        return False  # they stood so in the source
    if (one.isalnum() or one in _WORD_LIKE) and (two.isalnum() or two in _WORD_LIKE or two in "\"'"):
        return True
    return (one in _OPERATORS and two in _OPERATORS) or (left.kind == "number" and two in "+-")


def print_macros(macros: Mapping[str, Macro]) -> str:
    """All macros as `#define`s, sorted by name, without `__LINE__` and its like."""
    lines = []
    for name in sorted(macros):
        if macros[name].builtin is None:
            try:
                lines.append(definition(macros[name]))
            except DefinitionError:
                continue
    return "".join(f"{line}\n" for line in lines)


def definition(macro: Macro) -> str:
    """A macro as the `#define` that makes it. Raises DefinitionError if it was defined badly in a system header."""
    if not macro.ready:
        macro.compile()
    head = macro.name
    if macro.function_like:
        params = list(macro.params)
        if macro.variadic:
            params[-1] = "..." if params[-1] == "__VA_ARGS__" else f"{params[-1]}..."
        head += f"({','.join(params)})"
    return f"#define {head} {spell(macro.body)}"

"""Declarations of headers that are parsed when somebody names what they declare.

`cut` takes them out of a translation unit's tokens: `Later` keeps them, and what is left is parsed at once, run by run. Each
declaration and each run has an `order`, its place in the translation unit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from ..cache import Cache
from ..diagnostics import Diagnostics
from ..preprocess.tokens import Kinds, Token, lex
from ..records import dataclass
from ..source import SourceMap, Span
from .chunk import Chunk, index_chunk
from .declared import Declared, declared, is_function
from .statements import Statements
from .tokens import KEYWORDS, Converter, Pragmas, Tok

if TYPE_CHECKING:
    from .lean import c_ast


class Declaration:
    """A declaration that waits. `pragmas`: those in force there."""

    __slots__ = ("made", "order", "pragmas", "tokens")

    def __init__(self, order: int, tokens: Sequence[Token], pragmas: Pragmas) -> None:
        self.order = order
        self.tokens = tokens
        self.pragmas = pragmas
        self.made = False


@dataclass(slots=True)
class Run:
    """Tokens that are parsed at once; `types`: the names of types that waiting declarations before it declare."""

    order: int
    tokens: list[Tok]
    types: list[str]


@dataclass(slots=True)
class Tag:
    """A tag that waits: `struct`, `union` or `enum`, where its body is, and the declaration that holds the body."""

    keyword: str
    span: Span
    declaration: Declaration


class Later:
    """The declarations that wait, by what they declare."""

    def __init__(self, sources: SourceMap, diagnostics: Diagnostics, regions: dict[str, dict[int, str]],
                 is_outer_type: Callable[[str], bool] | None = None, words: dict[str, str] = KEYWORDS) -> None:  # fmt: skip
        self._words = words
        self.types: dict[str, int] = {}  # all typedef names of the file scope: the order of the first declaration
        self._names: dict[str, list[Declaration]] = {}
        self._tags: dict[str, list[Tag]] = {}
        self._forward: dict[str, list[Declaration]] = {}
        self._chunks: list[tuple[Chunk, int, Pragmas]] = []
        self._all: list[Declaration] = []
        self._sources, self._diagnostics, self._regions = sources, diagnostics, regions
        self._is_outer_type = is_outer_type
        self.kinds = Kinds()
        self._made: dict[tuple[int, int], Declaration] = {}  # of chunks, by chunk and offset
        self._order = 0

    # --- filling --------------------------------------------------------------------------------------------------

    def add(self, order: int, tokens: Sequence[Token], found: Declared, pragmas: Pragmas) -> None:
        """Let a declaration wait."""
        declaration = Declaration(order, tokens, pragmas)
        self._all.append(declaration)
        for name in found.types:
            self.types.setdefault(name, order)
            self._names.setdefault(name, []).append(declaration)
        for name in found.names:
            self._names.setdefault(name, []).append(declaration)
        for keyword, tag, at in found.tags:
            if found.defines:
                self._tags.setdefault(tag, []).append(Tag(keyword, Span.at(tokens[at].loc), declaration))
            else:
                self._forward.setdefault(tag, []).append(declaration)

    def add_chunk(self, chunk: Chunk, order: int, pragmas: Pragmas) -> None:
        """Let all declarations of a chunk wait."""
        self._chunks.append((chunk, order, pragmas))
        for name, at in chunk.types.items():
            self.types.setdefault(name, order + at)

    # --- asking ---------------------------------------------------------------------------------------------------

    def names(self) -> Iterator[str]:
        """The ordinary names that wait."""
        yield from self._names
        for chunk, _, _ in self._chunks:
            yield from chunk.names

    def take(self, name: str) -> list[Declaration]:
        """The declarations that declare an ordinary name, in order. They do not wait for it any more."""
        found = self._names.pop(name, [])
        for number, (chunk, _, _) in enumerate(self._chunks):
            at = chunk.names.pop(name, None)
            if at is not None:
                found = [*found, self._in_chunk(number, at)]
        return sorted(found, key=_order) if len(found) > 1 else found

    def take_forward(self, tag: str) -> list[Declaration]:
        """The declarations like `struct tag;`, in order. They do not wait any more."""
        found = self._forward.pop(tag, [])
        for number, (chunk, _, _) in enumerate(self._chunks):
            at = chunk.forward.pop(tag, None)
            if at is not None:
                found = [*found, self._in_chunk(number, at)]
        return sorted(found, key=_order) if len(found) > 1 else found

    def take_tag(self, tag: str) -> list[Tag]:
        """The definitions of a tag, in order. They do not wait for it any more."""
        found = self._tags.pop(tag, [])
        for number, (chunk, _, _) in enumerate(self._chunks):
            at = chunk.tags.pop(tag, None)
            if at is not None:
                keyword, loc = chunk.tag_at(tag, at)
                found = [*found, Tag(keyword, Span.at(loc), self._in_chunk(number, at))]
        return sorted(found, key=lambda item: item.declaration.order) if len(found) > 1 else found

    def mentions(self, tag: str, before: int) -> bool:
        """Whether a waiting declaration before `before` names a tag, but for in a parameter list, where that is a scope of
        its own (C11 6.2.1p4)."""
        for declaration in self._all:
            if declaration.order < before and any(token[1] == tag for token in declaration.tokens):
                if _mentions(declaration.tokens, tag):
                    return True
        for number, (chunk, order, _) in enumerate(self._chunks):
            for at in chunk.mentions(tag):
                if order + at < before and _mentions(self._in_chunk(number, at).tokens, tag):
                    return True
        return False

    def parse(self, declaration: Declaration) -> list[c_ast.Node]:
        """The tree of a declaration. Syntax errors go to the diagnostics."""
        converter = Converter(self._diagnostics, self._regions, declaration.pragmas.copy(), words=self._words)
        tokens = converter.convert(declaration.tokens)
        self._order = declaration.order
        # a parser of its own: names that others have brought into scope since may come behind this one
        return Statements([], self._sources, self._diagnostics, self._is_type).parse_run(tokens)

    def _is_type(self, name: str) -> bool:
        """Whether a name was declared as a type before the declaration that is being parsed."""
        order = self.types.get(name)
        if order is not None:
            return order < self._order
        return self._is_outer_type is not None and self._is_outer_type(name)

    def _in_chunk(self, number: int, at: int) -> Declaration:
        """The declaration at offset `at` of a chunk."""
        made = self._made.get((number, at))
        if made is None:
            chunk, order, pragmas = self._chunks[number]
            start, stop = chunk.extent(at)
            made = Declaration(order + at, lex(chunk.text, start, stop, chunk.base, self.kinds), pragmas)
            self._made[number, at] = made
        return made


def _order(declaration: Declaration) -> int:
    return declaration.order


def _mentions(tokens: Sequence[Token], tag: str) -> bool:
    depth = 0
    before = ""
    for _, word, _, _ in tokens:
        if word == tag and not depth and before in ("struct", "union", "enum"):
            return True
        depth += (word == "(") - (word == ")")
        before = word
    return False


_MARKS = frozenset("{};")
_SPECIAL = frozenset(("text", "pragma"))


def cut(tokens: Sequence[Token], later: Later, converter: Converter, sources: SourceMap, cache: Cache) -> Iterator[Run]:
    """Put aside in `later` what can wait of a translation unit, and give the rest in runs."""
    return _Cutter(tokens, later, converter, sources, cache).runs()


class _Cutter:
    def __init__(self, tokens: Sequence[Token], later: Later, converter: Converter, sources: SourceMap, cache: Cache) -> None:
        self.later = later
        self.cache = cache
        self.converter = converter
        self.sources = sources
        self.chunks: dict[int, Chunk] = {}  # by location
        self.tokens = self.expanded(tokens)
        self.shift = 0  # what chunks have added to the order
        self.types: list[str] = []
        main = [file for file in sources.files if file.included_from < 0][-1]
        self.low, self.high = main.base, main.base + len(main.text)

    def in_main(self, token: Token) -> bool:
        """Whether a token is of the main file."""
        loc = token[2]
        if loc < 0:
            loc = self.sources.outermost(loc)
        return self.low <= loc <= self.high

    def runs(self) -> Iterator[Run]:
        """The runs; when one is given, `later` has all that waits before it."""
        tokens, later = self.tokens, self.later
        words = [token[1] for token in tokens]
        marks = [at for at, token in enumerate(tokens) if token[1] in _MARKS or token[0] in _SPECIAL]
        start = depth = brace = 0
        eager = 0  # from here on to `start` nothing waits and nothing has been given
        whole = True  # the declaration holds no pragma
        for at in marks:
            kind, word, loc, _ = tokens[at]
            if kind == "text":
                yield from self.run(eager, at)
                yield from self.chunk(word, loc, at)
                eager = start = at + 1
                continue
            if kind == "pragma":
                if at == start:
                    start += 1
                else:
                    whole = False
                continue
            if word == "{":
                if not depth:
                    brace = at
                depth += 1
                continue
            if word == "}":
                depth = max(depth - 1, 0)
                if depth or not is_function(words, start, brace):
                    continue
            elif depth:
                continue
            if whole and not self.in_main(tokens[start]) and not self.in_main(tokens[at]):
                found = declared(words[start : at + 1])
                if found is not None and (not found.function or self.sources.file_of(loc).system):
                    yield from self.run(eager, start)
                    later.add(start + self.shift, tokens[start : at + 1], found, self.converter.snapshot())
                    self.types += found.types
                    eager = at + 1
            start = at + 1
            whole = True
        yield from self.run(eager, len(tokens))

    def run(self, start: int, stop: int) -> Iterator[Run]:
        """The tokens from `start` to `stop` as a run, if there are any."""
        if start < stop:
            yield from self.converted(self.tokens[start:stop], start + self.shift)

    def converted(self, tokens: Sequence[Token], order: int) -> Iterator[Run]:
        """`tokens` as a run, unless they are pragmas only."""
        out = self.converter.convert(tokens)
        if out:
            yield Run(order, out, self.types)
            self.types = []

    def chunk(self, text: str, base: int, at: int) -> Iterator[Run]:
        """A chunk; its declarations that cannot wait are runs."""
        chunk = self.chunks[base]
        order = at + self.shift
        self.shift += len(text)
        self.later.add_chunk(chunk, order, self.converter.snapshot())
        self.types += chunk.types
        for offset in chunk.eager:
            begin, end = chunk.extent(offset)
            yield from self.converted(lex(text, begin, end, base, self.later.kinds), order + offset)

    def expanded(self, tokens: Sequence[Token]) -> Sequence[Token]:
        """The tokens, with those of all chunks that do not stand between declarations or cannot be cut up."""
        out: list[Token] = []
        depth = 0
        done = 0
        for at, token in enumerate(tokens):
            if token[0] != "text":
                continue
            depth += _depth(tokens[done:at])
            out += tokens[done:at]
            done = at + 1
            chunk = None
            if not depth and (not out or out[-1][0] in _SPECIAL or out[-1][1] in (";", "}")):
                chunk = index_chunk(token[1], token[2], self.later.kinds, self.cache)
            if chunk is None:
                inside = lex(token[1], 0, len(token[1]), token[2], self.later.kinds)
                depth += _depth(inside)
                out += inside
            else:
                self.chunks[token[2]] = chunk
                out.append(token)
        return [*out, *tokens[done:]] if done else tokens


def _depth(tokens: Sequence[Token]) -> int:
    """How many more braces open in `tokens` than close."""
    words = [word for _, word, _, _ in tokens]
    return words.count("{") - words.count("}")


def parse_text(text: str, base: int, sources: SourceMap, diagnostics: Diagnostics) -> list[c_ast.Node]:
    """The external declarations in a text of our own without directives, whose first character has location `base`."""
    kinds = Kinds()
    tokens = Converter(diagnostics, {}).convert(lex(text, 0, len(text), base, kinds))
    return Statements([], sources, diagnostics).parse_run(tokens)

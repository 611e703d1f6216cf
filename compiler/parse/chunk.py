"""A stretch of a header's text that no macro touches: cut up at its declarations, which become tokens on demand.

A vmlinux.h of 3 MB is one such chunk (see preprocess/chunks.py). The text holds no strings, comments or directives, so
brackets and semicolons tell all.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from ..cache import Cache, keep
from ..preprocess.chunks import declaration
from ..preprocess.tokens import Kinds, lex
from ..records import dataclass
from .declared import declared

_ANONYMOUS = re.compile(r"\b(?:struct|union)\s*+\{")
_LARGE = 1 << 16  # characters from which on the index is kept in the cache
_PARENTHESES = re.compile(r"\((?:[^(),]|\([^(),]*\))*\)")  # without commas
_ENUMERATOR = re.compile(r"([A-Za-z_]\w*+)[^,()]*+,?")


Index: TypeAlias = "tuple[dict[str, int], dict[str, int], dict[str, int], dict[str, int], list[int]]"


@dataclass(slots=True)
class Chunk:
    """The declarations of a text whose first character has location `base`, by what they declare.

    A declaration is named by its offset. `eager`: those that cannot wait.
    """

    text: str
    base: int
    types: dict[str, int]
    names: dict[str, int]  # all ordinary names, types included
    tags: dict[str, int]  # definitions
    forward: dict[str, int]  # `struct tag;`
    eager: list[int]

    def extent(self, at: int) -> tuple[int, int]:
        """Where the declaration at `at` starts and stops."""
        match = declaration().match(self.text, at)
        assert match is not None
        return match.span()

    def tag_at(self, tag: str, at: int) -> tuple[str, int]:
        """The keyword and the location of a tag that the declaration at `at` defines."""
        match = declaration().match(self.text, at)
        if match is None or match[2] != tag:  # with attributes, or in a body
            match = re.compile(rf"\b(struct|union|enum)\b[^{{}};]*?\b({tag})\b[^{{}};]*\{{").search(self.text, at)
        assert match is not None
        return match[1], self.base + match.start(2)

    def mentions(self, tag: str) -> Iterable[int]:
        """The offsets of the declarations that hold the word `tag`."""
        found = [match.start() for match in re.compile(rf"\b{tag}\b").finditer(self.text)]
        if not found:
            return []
        starts = [match.start() for match in _declarations(self.text)]
        return dict.fromkeys(starts[bisect_right(starts, at) - 1] for at in found)


def index_chunk(text: str, base: int, kinds: Kinds, cache: Cache) -> Chunk | None:
    """The declarations of `text`, or None if it cannot be cut up or declares something twice."""
    if len(text) < _LARGE:
        index = _index(text, kinds)
    else:
        index = keep(cache, "chunk-1", text.encode(), lambda: _index(text, kinds))
    return Chunk(text, base, *index) if index is not None else None


def _index(text: str, kinds: Kinds) -> Index | None:
    """What a `Chunk` says about `text`."""
    types: list[tuple[str, int]] = []
    names: list[tuple[str, int]] = []
    tags: list[tuple[str, int]] = []
    forward: list[tuple[str, int]] = []
    eager: list[int] = []
    end = 0
    for match in _declarations(text):
        at, end = match.span()
        keyword, tag, body, typedef, pointer, lone, constant, other = match.groups()
        if typedef is not None:
            types.append((typedef, at))
        elif pointer is not None:
            types.append((pointer, at))
        elif lone is not None:
            forward.append((lone, at))
        elif constant is not None:
            names.append((constant, at))
        elif other is None and keyword == "enum" and "(" not in (plain := _PARENTHESES.sub("", body)):
            names += [(name, at) for name in _ENUMERATOR.findall(plain)]
            if tag is not None:
                tags.append((tag, at))
        elif other is None and keyword != "enum" and tag is not None and _plain(body):
            tags.append((tag, at))
        else:
            words = [token[1] for token in lex(text, at, end, 0, kinds)]
            brace = words.index("{") if "{" in words else 0
            if brace and words[brace - 1] == ")":
                return None  # perhaps a function's body
            found = declared(words)
            if found is None:
                eager.append(at)
                continue
            types += [(name, at) for name in found.types]
            names += [(name, at) for name in found.names]
            (tags if found.defines else forward).extend((name, at) for _, name, _ in found.tags)
    if text[end:].strip():
        return None
    type_of, tag_of = dict(types), dict(tags)
    name_of = dict(names + types)
    if len(name_of) < len(names) + len(types) or len(tag_of) < len(tags):
        return None
    return type_of, name_of, tag_of, dict(forward), eager


def _declarations(text: str) -> Iterator[re.Match[str]]:
    """One after the other, up to what is none."""
    following = declaration().match
    match = following(text)
    while match is not None:
        yield match
        match = following(text, match.end())


def _plain(body: str) -> bool:
    """True if a record's body holds no other braces than those of records without a tag."""
    braces = body.count("{") - 1
    return not braces or len(_ANONYMOUS.findall(body)) == braces

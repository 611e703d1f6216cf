"""Stretches of headers that stay text until somebody wants their tokens: a program uses little of what headers declare.

A chunk (what lies between two directives) is cut at its declarations; those that hold no macro's name stay text, as tokens of
kind "text", the others are lexed and expanded as ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from ..cache import Cache, keep
from ..records import NamedTuple
from .tokens import BLOCK_COMMENT, LINE_COMMENT, many

_LEAST = 600  # characters; lexing less costs little
_DEPTH = 12  # of braces in a declaration
# the others need a closer look: strings, splices, directives, digraphs, comments that have no end, characters unknown to C
_USUAL = b"\t\n\f\r !&()*+,-.0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_abcdefghijklmnopqrstuvwxyz{|}~"
_LARGE = 1 << 16  # characters from which on the words are kept in the cache
_COMMENT = re.compile(rf"{BLOCK_COMMENT}|{LINE_COMMENT}")
# bytes that are part of a word; all others become spaces
_WORDS = bytes(code if chr(code).isalnum() or code == ord("_") else 32 for code in range(128)) + b" " * 128


class Piece(NamedTuple):
    """A part of a chunk: from `start` to `stop` of the file; `text` without comments if it stays text, or None."""

    start: int
    stop: int
    text: str | None


@cache
def declaration() -> re.Pattern[str]:
    """A declaration of one of the plain shapes: `struct tag { ... };` `typedef words name;` `typedef words (*name)( ... );`
    `struct tag;` `static words (*const name)( ... ) = (void *) number;`, and all else that ends in `;`.

    Groups: struct's, union's or enum's keyword, tag, body; name of a typedef, of a typedef of pointers to functions; tag of
    what is only named; name of a constant; all of something else."""
    body = r"\{[^{}]*+\}"
    for _ in range(_DEPTH):
        body = r"\{" + many(rf"[^{{}}]++|{body}") + r"\}"
    other = many(rf"[^{{}};]++|{body}", "+")
    return re.compile(
        rf"\s*+(?:(struct|union|enum)\s++(?:(\w++)\s*+)?({body})\s*+;"
        rf"|typedef\s(?!\s*+(?:struct|union|enum)\s++\w++\s*+;)(?:[\w\s*]*\b(\w++)"
        rf"|[\w\s*]*+\(\s*+\*\s*+(\w++)\s*+\)\s*+\([^{{}};]*+)\s*+;"
        rf"|(?:struct|union)\s++(\w++)\s*+;"
        rf"|static\s[\w\s*]*+\(\s*+\*\s*+const\s++(\w++)\s*+\)\s*+\([^{{}};=]*+=\s*+\(void\s*+\*\)\s*+\d++\s*+;"
        rf"|({other};))"
    )


def cut(text: str, start: int, stop: int, names: Iterable[str], cache: Cache) -> list[Piece] | None:
    """The pieces of the chunk `text[start:stop]`, or None if it is small or odd. `names` are those of all macros."""
    if stop - start < _LEAST:
        return None
    chunk = text[start:stop]
    if "/" in chunk:
        chunk = _COMMENT.sub(_blank, chunk)
    data = chunk.encode("utf-8", "surrogateescape")
    if not is_plain(data):
        return None
    if len(data) < _LARGE:
        words = _words(data)
    else:
        words = keep(cache, "words-1", data, lambda: _words(data))
    found = [name for name in names if name in words]
    if not found and len(data) >= _LARGE and chunk.endswith((";", ";\n", ";\n\n")):
        return [Piece(start, stop, chunk)]  # who makes an index of it will cut it up, once
    macro = re.compile(rf"\b(?:{'|'.join(found)})\b", re.ASCII) if found else None
    next_declaration = declaration().match
    match = next_declaration(chunk)
    pieces: list[Piece] = []
    begin = end = 0
    while match is not None:
        if macro is not None and macro.search(chunk, end, match.end()):
            if begin < end:
                pieces.append(Piece(start + begin, start + end, chunk[begin:end]))
            begin = match.end()
            pieces.append(Piece(start + end, start + begin, None))
        end = match.end()
        match = next_declaration(chunk, end)
    if begin < end:
        pieces.append(Piece(start + begin, start + end, chunk[begin:end]))
    if chunk[end:].strip():  # a declaration that goes on behind a directive
        pieces.append(Piece(start + end, stop, None))
    return pieces


def is_plain(data: bytes) -> bool:
    """Whether text without comments holds nothing but words, numbers and the usual punctuators."""
    return not data.translate(None, _USUAL) and b"<:" not in data and b":>" not in data


def _words(data: bytes) -> set[str]:
    return set(data.translate(_WORDS).decode("ascii").split())


def _blank(match: re.Match[str]) -> str:
    """As many blanks as a comment has characters."""
    return " " * len(match.group())

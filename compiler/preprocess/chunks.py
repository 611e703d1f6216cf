"""Large stretches of headers that stay text until somebody wants their tokens: a vmlinux.h has millions of characters."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .tokens import BLOCK_COMMENT, BOL, LINE_COMMENT, Token

_LEAST = 1 << 16  # characters; lexing less costs little
# what would need a closer look: strings, splices, directives, digraphs, comments that have no end, characters unknown to C
_ODD = re.compile(r"""["'\\#%$@`/]|<:|:>|[^\x09\x0a\x0c\x0d\x20-\x7e]""")
_COMMENT = re.compile(rf"{BLOCK_COMMENT}|{LINE_COMMENT}")
_NOT_BLANK = re.compile(r"[^\n]")
# bytes that are part of a word; all others become spaces
_WORDS = bytes(code if chr(code).isalnum() or code == ord("_") else 32 for code in range(128)) + b" " * 128


def as_text(text: str, start: int, stop: int, base: int, names: Iterable[str]) -> Token | None:
    """`text[start:stop]` as one token of kind "text" without comments, or None if it is small, or odd, or holds one of `names`.

    `base` is the location of the character at 0.
    """
    if stop - start < _LEAST:
        return None
    piece = text[start:stop]
    if "/" in piece:
        piece = _COMMENT.sub(_blank, piece)
    if _ODD.search(piece):
        return None
    words = set(piece.encode().translate(_WORDS).split())
    if any(name.encode("utf-8", "surrogateescape") in words for name in names):
        return None
    return Token("text", piece, base + start, BOL)


def _blank(match: re.Match[str]) -> str:
    """As many blanks as a comment has characters; lines stay lines."""
    return _NOT_BLANK.sub(" ", match.group())

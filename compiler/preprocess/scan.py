"""Cuts a file into stretches of plain text and directives (C11 6.10p2) without making tokens of it.

Text in groups that conditionals skip is never lexed, and most chunks of headers hold no macro's name, so this is the only
pass that touches all of a file. It knows comments, strings and line splices, and so is not fooled by a `#` inside them.
"""

from __future__ import annotations

import re

from ..records import NamedTuple, dataclass
from .tokens import BLOCK_COMMENT, CHAR_BODY, STRING_BODY, many

_SPLICE = r"\\[ \t\f\v\r]*+\n"
_GAP = many(rf"[ \t\f\v\r\0]++|{BLOCK_COMMENT}|{_SPLICE}")
_LINE_COMMENT = "//" + many(rf"[^\n\\]++|{_SPLICE}|\\")
_STRING = '"' + many(f"{STRING_BODY}|{_SPLICE}") + '"'
_CHAR = "'" + many(f"{CHAR_BODY}|{_SPLICE}") + "'"
_OPEN = """["']""" + many(rf"[^\n\\]++|{_SPLICE}|\\")
_INLINE = rf"""(?:[^\n\\/"']++|{_SPLICE}|{BLOCK_COMMENT}|{_LINE_COMMENT}|{_STRING}|{_CHAR}|{_OPEN}|\\|/(?!\*))"""
_HASH = rf"{_GAP}(?:\#|%:)"
_NAME = many(rf"[\w$]++|{_SPLICE}")
_DIRECTIVE = re.compile(rf"({_GAP})(?:\#(?!\#)|%:(?!%:)){_GAP}({_NAME})({many(_INLINE)})")
_TEXT = re.compile(many(rf"{_INLINE}|\n(?!{_HASH})"))
_BLANK = re.compile(many(rf"\s++|\0|{BLOCK_COMMENT}|{_LINE_COMMENT}|{_SPLICE}") + r"\Z")


class Segment(NamedTuple):
    """A stretch of a file: plain text (name is None), or a directive and what follows its name in [start, stop)."""

    name: str | None
    start: int
    stop: int
    hash: int


@dataclass(slots=True)
class Scan:
    """A file cut up: its segments, where an unterminated comment starts (or -1), and its include guard (or "")."""

    text: str
    segments: list[Segment]
    open_comment: int
    guard: str


def scan(text: str) -> Scan:
    """Cut `text` up."""
    segments: list[Segment] = []
    append = segments.append
    directive, plain = _DIRECTIVE.match, _TEXT.match
    position = 1 if text.startswith("\ufeff") else 0
    size = len(text)
    open_comment = -1
    while position < size:
        match = directive(text, position)
        if match is None:
            end = plain(text, position).end()  # type: ignore[union-attr]  # matches the empty text at least
            append(Segment(None, position, end, position))
            if end >= size:
                break
            if text[end] != "\n":
                open_comment = end
                break
            position = end + 1
            continue
        name, end = match.group(2), match.end()
        if "\\" in name:
            name = re.sub(_SPLICE, "", name)
        append(Segment(name, match.start(3), end, match.end(1)))
        if end < size and text[end] != "\n":
            open_comment = end
            break
        position = end + 1
    return Scan(text, segments, open_comment, _guard(text, segments))


_IFNDEF = re.compile(r"[ \t]+([\w$]+)\s*(?:/\*.*\*/\s*|//.*)?")
_IF_NOT_DEFINED = re.compile(r"\s*!\s*defined\s*(?:\(\s*([\w$]+)\s*\)|\s([\w$]+))\s*(?:/\*.*\*/\s*|//.*)?")


def _guard(text: str, segments: list[Segment]) -> str:
    """The macro that, when defined, makes a second inclusion empty: `#ifndef X` ... `#endif` around all of the file."""
    opened = 0
    guard = ""
    for name, start, stop, _ in segments:
        if name is None:
            if not opened and not _BLANK.match(text, start, stop):
                return ""
            continue
        if name in ("if", "ifdef", "ifndef"):
            if not opened:
                if guard:
                    return ""
                pattern = _IFNDEF if name == "ifndef" else _IF_NOT_DEFINED if name == "if" else None
                match = pattern.fullmatch(text, start, stop) if pattern else None
                if not match:
                    return ""
                guard = match.group(1) or match.group(2)
            opened += 1
        elif not opened:
            return ""
        elif name == "endif":
            opened -= 1
        elif name.startswith("el") and opened == 1:
            return ""
    return guard if not opened else ""

"""Tokens of C and the lexer that makes them (C11 6.4, translation phases 2 and 3).

One regular expression eats the blank space and comments before a token and then the token, so a whole chunk of text
is split by one `findall`; the rest is a table look-up for each token. Line splices are cut out first where there are any.
"""

from __future__ import annotations

import re
import sys
from functools import cache

from ..records import NamedTuple

SPACE = 1  # blank space or a comment stands before the token
BOL = 2  # the token is the first of its line
NOEXPAND = 4  # a macro's name met while that macro was being expanded: never expanded again (C11 6.10.3.4p2)


def many(body: str, least: str = "*") -> str:
    """A pattern for `body` over and over, of which nothing is given back. Such groups go wrong before Python 3.11.5, where what
    the last, failing round has consumed is lost (gh-106052)."""
    return f"(?:{body}){least}+" if sys.version_info >= (3, 11, 5) else f"(?>(?:{body}){least})"


# The lexical pieces that the scanner of directives needs as well.
BLOCK_COMMENT = r"/\*[^*]*+\*++" + many(r"[^/*][^*]*+\*++") + "/"
LINE_COMMENT = r"//[^\n]*+"
STRING_BODY = r'[^"\\\n]|\\.'
CHAR_BODY = r"[^'\\\n]|\\."
STRING = f'"{many(STRING_BODY)}"'
CHAR = f"'{many(CHAR_BODY)}'"
OPEN_QUOTE = r"""["'][^\n]*+"""  # a string without an end is one bad token up to the end of its line, as in clang
_UNIVERSAL = r"\\(?:u[\da-fA-F]{4}|U[\da-fA-F]{8})"  # C11 6.4.3
IDENTIFIER = rf"(?:[^\W\d]|\$|{_UNIVERSAL})[\w$]*+" + many(_UNIVERSAL + r"[\w$]*+")
NUMBER = r"\.?[0-9]" + many(r"[eEpP][+-]|[\w.]")
_SEPARATED = r"\.?[0-9]" + many(r"[eEpP][+-]|[\w.]|'(?=\w)")  # C23 6.4.4.1
BLANK = r"[ \t\n\r\f\v\0]"
PUNCTUATOR = (
    r"%:%:|<<=|>>=|\.\.\.|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|##|<:|:>|<%|%>|%:"
    r"|[\[\](){}.&*+\-~!/%<>^|?:;=,#]"
)

_PIECES = re.compile(
    f"({many(f'{BLANK}++|{BLOCK_COMMENT}|{LINE_COMMENT}')})"
    rf"([uUL]8?(?:{STRING}|{CHAR})|{IDENTIFIER}|/\*[\s\S]*+|(?!\.[0-9])(?:{PUNCTUATOR})"
    rf"|{NUMBER}|{STRING}|{CHAR}|{OPEN_QUOTE}|.|\Z)"
)
_SPLICE = re.compile(r"\\[ \t\f\v\r]*\n")
_NUMBER_START = re.compile(r"\.?[0-9]")
_PUNCTUATOR = re.compile(PUNCTUATOR)
_QUOTED = re.compile(f"{STRING}|{CHAR}")

# C11 6.4.6p3: other spellings of the same tokens
DIGRAPHS = {"<:": "[", ":>": "]", "<%": "{", "%>": "}", "%:": "#", "%:%:": "##"}


@cache
def _pieces_c23() -> re.Pattern[str]:
    return re.compile(_PIECES.pattern.replace(NUMBER, _SEPARATED))


_COMMENT = re.compile(rf"({BLOCK_COMMENT}|{LINE_COMMENT})|{STRING}|{CHAR}|{OPEN_QUOTE}")


def comments(text: str, start: int, stop: int) -> list[re.Match[str]]:
    """Where comments stand in text[start:stop]."""
    return [match for match in _COMMENT.finditer(text, start, stop) if match.group(1)]


class Token(NamedTuple):
    """A preprocessing token.

    kind   "id"      identifiers and keywords       "number"  pp-numbers, as spelled
           "string"  with quotes and prefix         "char"    with quotes and prefix
           "punct"   punctuators                    "pragma"  `text` is what follows `#pragma`
           "other"   a character C has no use for   "eof"     the last of a list that `preprocess` returns
           "text"    many tokens of a header that no macro touches, not cut yet (see chunks.py)
    loc    where it stands, for `SourceMap`
    flags  SPACE | BOL | NOEXPAND
    """

    kind: str
    text: str
    loc: int
    flags: int = 0

    @property
    def space(self) -> bool:
        """Whether blank space, a comment or a new line stands before the token."""
        return self.flags & (SPACE | BOL) != 0

    @property
    def bol(self) -> bool:
        """Whether the token is the first of its line."""
        return self.flags & BOL != 0


class Kinds(dict[str, str]):
    """Spelling -> kind of token, worked out once for every spelling in a compile; `pieces` splits text."""

    def __init__(self, standard: str = "") -> None:
        super().__init__()
        self.pieces = _pieces_c23() if standard[-2:] in ("23", "2x") else _PIECES

    def __missing__(self, text: str) -> str:
        first = text[0]
        if first in "\"'":
            kind = ("string" if first == '"' else "char") if _QUOTED.fullmatch(text) else "other"
        elif text[-1] in "\"'" and first in "uUL":
            kind = "string" if text[-1] == '"' else "char"
        elif _NUMBER_START.match(text):
            kind = "number"
        elif _PUNCTUATOR.fullmatch(text):
            kind = "punct"
        elif first == "$" or first == "_" or first.isalnum() or (first == "\\" and len(text) > 1):
            kind = "id"
        else:
            kind = "other"
        self[text] = kind
        return kind


def lex(text: str, start: int, stop: int, base: int, kinds: Kinds) -> list[Token]:
    """The tokens of `text[start:stop]`; the character at 0 of `text` has location `base`. Comments are not tokens."""
    if text.find("\\", start, stop) >= 0 and _SPLICE.search(text, start, stop):
        return _lex_spliced(text, start, stop, base, kinds)
    pieces: list[tuple[str, str]] = kinds.pieces.findall(text, start, stop)
    while pieces and not pieces[-1][1]:  # the end, matched as a token without characters
        pieces.pop()
    loc = base + start
    new = tuple.__new__
    tokens: list[Token] = []
    append = tokens.append
    for blank, word in pieces:
        if blank:
            loc += len(blank)
            append(new(Token, (kinds[word], word, loc, 2 if "\n" in blank else 1)))
        else:
            append(new(Token, (kinds[word], word, loc, 0)))
        loc += len(word)
    return tokens


def _lex_spliced(text: str, start: int, stop: int, base: int, kinds: Kinds) -> list[Token]:
    """`lex` for text with line splices (C11 5.1.1.2p1, phase 2): lex without them, then map the locations back."""
    parts: list[str] = []
    cuts: list[tuple[int, int]] = []  # (offset in the joined text from which on, what to add to get the offset in `text`)
    at = start
    joined = 0
    for match in _SPLICE.finditer(text, start, stop):
        cuts.append((joined, at - joined))
        parts.append(text[at : match.start()])
        joined += match.start() - at
        at = match.end()
    cuts.append((joined, at - joined))
    parts.append(text[at:stop])
    whole = "".join(parts)
    tokens = lex(whole, 0, len(whole), 0, kinds)
    new = tuple.__new__
    cuts.append((len(whole) + 1, 0))
    row, shift, until = 0, base + cuts[0][1], cuts[1][0]
    for index, (kind, word, loc, flags) in enumerate(tokens):
        while until <= loc:
            row += 1
            shift, until = base + cuts[row][1], cuts[row + 1][0]
        tokens[index] = new(Token, (kind, word, loc + shift, flags))
    return tokens


def lex_one(text: str, loc: int, flags: int, kinds: Kinds) -> Token | None:
    """The one token that `text` spells, or None if it spells several, none, or something that is no token (for `##`)."""
    match = kinds.pieces.match(text)
    if not match or match.group(1) or match.end() != len(text) or not text:
        return None
    kind = kinds[text] if len(text) < 256 else Kinds()[text]
    return None if kind == "other" else Token(kind, text, loc, flags)


def spell(tokens: list[Token]) -> str:
    """The tokens as text, with a space where there was blank space."""
    return "".join(f" {token.text}" if token.flags & (SPACE | BOL) and i else token.text for i, token in enumerate(tokens))

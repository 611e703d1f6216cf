"""The parser's own tokens: keywords and punctuators named as pycparser names them, pragmas applied or dropped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..diagnostics import Diagnostics
from ..warnings import Regions

if TYPE_CHECKING:
    from ..preprocess import Token


class Tok:
    """A token with pycparser's type name. `pack` and `preserve` matter on `struct` and `union` only."""

    __slots__ = ("loc", "pack", "preserve", "type", "value")

    def __init__(self, type: str, value: str, loc: int) -> None:
        self.type = type
        self.value = value
        self.loc = loc
        self.pack = 0
        self.preserve = False


PUNCTUATORS = {
    "{": "LBRACE", "}": "RBRACE", "(": "LPAREN", ")": "RPAREN", "[": "LBRACKET", "]": "RBRACKET",
    "<%": "LBRACE", "%>": "RBRACE", "<:": "LBRACKET", ":>": "RBRACKET",
    ";": "SEMI", ",": "COMMA", ".": "PERIOD", "->": "ARROW", ":": "COLON", "::": "COLONCOLON", "?": "CONDOP",
    "...": "ELLIPSIS",
    "+": "PLUS", "-": "MINUS", "*": "TIMES", "/": "DIVIDE", "%": "MOD", "&": "AND", "|": "OR", "^": "XOR", "~": "NOT",
    "!": "LNOT", "&&": "LAND", "||": "LOR", "==": "EQ", "!=": "NE", "<": "LT", "<=": "LE", ">": "GT", ">=": "GE",
    "<<": "LSHIFT", ">>": "RSHIFT", "++": "PLUSPLUS", "--": "MINUSMINUS",
    "=": "EQUALS", "+=": "PLUSEQUAL", "-=": "MINUSEQUAL", "*=": "TIMESEQUAL", "/=": "DIVEQUAL", "%=": "MODEQUAL",
    "&=": "ANDEQUAL", "|=": "OREQUAL", "^=": "XOREQUAL", "<<=": "LSHIFTEQUAL", ">>=": "RSHIFTEQUAL",
}  # fmt: skip

_PLAIN = (
    "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern", "float", "for",
    "goto", "if", "inline", "int", "long", "register", "restrict", "return", "short", "signed", "sizeof", "static", "struct",
    "switch", "typedef", "union", "unsigned", "void", "volatile", "while",
)  # fmt: skip

# C11 6.4.1 and GNU's other spellings
KEYWORDS = {
    **{word: word.upper() for word in _PLAIN},
    "_Bool": "_BOOL", "_Complex": "_COMPLEX", "_Generic": "_GENERIC", "_Noreturn": "_NORETURN",
    "_Static_assert": "_STATIC_ASSERT", "_Atomic": "_ATOMIC", "_Alignof": "_ALIGNOF", "_Alignas": "_ALIGNAS",
    "_Thread_local": "_THREAD_LOCAL", "__thread": "_THREAD_LOCAL",
    "__int128": "__INT128", "_BitInt": "_BITINT",
    "__const": "CONST", "__const__": "CONST", "__volatile": "VOLATILE", "__volatile__": "VOLATILE",
    "__restrict": "RESTRICT", "__restrict__": "RESTRICT", "__inline": "INLINE", "__inline__": "INLINE",
    "__signed": "SIGNED", "__signed__": "SIGNED", "__complex__": "_COMPLEX",
    "__alignof": "_ALIGNOF", "__alignof__": "_ALIGNOF",
    "typeof": "TYPEOF", "__typeof": "TYPEOF", "__typeof__": "TYPEOF",
    "__typeof_unqual": "TYPEOF_UNQUAL", "__typeof_unqual__": "TYPEOF_UNQUAL",
    "__auto_type": "AUTO_TYPE", "__label__": "LOCAL_LABEL",
    "__attribute": "ATTRIBUTE_BEGIN", "__attribute__": "ATTRIBUTE_BEGIN",
    "asm": "ASM", "__asm": "ASM", "__asm__": "ASM",
    "__builtin_offsetof": "OFFSETOF", "__builtin_va_arg": "__BUILTIN_VA_ARG",
}  # fmt: skip

_MODERN = {
    "alignas": "_ALIGNAS", "alignof": "_ALIGNOF", "bool": "_BOOL", "false": "WORD_CONST", "nullptr": "WORD_CONST",
    "static_assert": "_STATIC_ASSERT", "thread_local": "_THREAD_LOCAL", "true": "WORD_CONST", "typeof_unqual": "TYPEOF_UNQUAL",
    "constexpr": "CONSTEXPR",
}  # fmt: skip


def keywords_of(standard: str) -> dict[str, str]:
    """The keywords of a standard as -std= names it: C23 has more (6.4.1), strict ones do without GNU's, C90 without C99's."""
    year = standard[-2:]
    words = dict(KEYWORDS)
    if year in ("23", "2x"):
        words.update(_MODERN)
    elif not standard.startswith("gnu"):
        del words["typeof"]
    if not standard.startswith("gnu"):
        del words["asm"]
    if year in ("89", "90"):
        del words["restrict"]
        if not standard.startswith("gnu"):
            del words["inline"]
    return words


# the spelling that pycparser's tree and the checker use
SPELLINGS = {
    "CONST": "const", "VOLATILE": "volatile", "RESTRICT": "restrict", "INLINE": "inline", "SIGNED": "signed",
    "_ALIGNOF": "_Alignof", "__INT128": "__int128", "TYPEOF": "typeof", "TYPEOF_UNQUAL": "typeof_unqual",
    "_COMPLEX": "_Complex", "_THREAD_LOCAL": "_Thread_local", "_BOOL": "_Bool",
}  # fmt: skip

# words that change nothing: GNU's, and clang's of pointers that may be NULL or not
_SAYS_NOTHING = frozenset({"__extension__", "_Nonnull", "_Nullable", "_Nullable_result", "_Null_unspecified"})

_TYPES = {"number": "INT_CONST_DEC", "string": "STRING_LITERAL", "char": "CHAR_CONST"}
_UNIVERSAL = re.compile(r"\\[uU][\da-fA-F]+")
_FLOAT = re.compile(r"0[xX][\da-fA-F.]*[pP].*|(?!0[xX])[\d.]*(?:\.|[eE]).*|\d+[fF]")
_PACK = re.compile(r"pack\s*\(\s*(push|pop|show)?\s*(?:,?\s*(?!\d)\w+\s*)?(?:,?\s*(\d+)\s*)?\)")


class Converter:
    """Makes the parser's tokens of the preprocessor's, piece by piece. Of the pragmas only `unroll` and its like stay.

    `regions` gets the levels that pragmas give to warnings, by code and location of the token.
    """

    def __init__(self, diagnostics: Diagnostics, regions: dict[str, dict[int, str]], pragmas: Pragmas | None = None, *,
                 words: dict[str, str] = KEYWORDS) -> None:  # fmt: skip
        self.words = words
        self._diagnostics = diagnostics
        self._regions = regions
        self._pragmas = pragmas or Pragmas()
        self._snapshot: Pragmas | None = None

    def snapshot(self) -> Pragmas:
        """The pragmas in force behind what was converted last; not to be changed."""
        if self._snapshot is None:
            self._snapshot = self._pragmas.copy()
        return self._snapshot

    def convert(self, tokens: Sequence[Token]) -> list[Tok]:
        """The parser's tokens for `tokens`, which follow those converted before."""
        diagnostics, regions, state = self._diagnostics, self._regions, self._pragmas
        out: list[Tok] = []
        keywords, punctuators = self.words.get, PUNCTUATORS
        for token in tokens:
            kind, text = token.kind, token.text
            for code, level in state.warnings.levels.items():
                regions.setdefault(code, {})[token.loc] = level
            if kind == "id":
                type = keywords(text)
                if type is None:
                    if text in _SAYS_NOTHING:
                        continue
                    type = "ID"
                    if "\\" in text:
                        text = _UNIVERSAL.sub(lambda name: chr(int(name[0][2:], 16) % 0x110000), text)
                elif type in SPELLINGS:
                    text = SPELLINGS[type]
                tok = Tok(type, text, token.loc)
                if type == "STRUCT" or type == "UNION":
                    tok.pack, tok.preserve = state.pack, True in state.attributes
                out.append(tok)
            elif kind == "punct":
                known = punctuators.get(text)
                if known is None:
                    diagnostics.error("E0201", token.loc, f"unexpected '{text}' in program")
                    continue
                if known == "LBRACKET" and out and out[-1].type == "LBRACKET":  # C23: [[attribute]]
                    out[-1] = Tok("ATTRIBUTE_BEGIN", "[[", out[-1].loc)
                    continue
                out.append(Tok(known, text, token.loc))
            elif kind == "pragma":
                self._snapshot = None
                if state.apply(text, token.loc, diagnostics):
                    out.append(Tok("PPPRAGMA", text, token.loc))
            elif kind == "number" and _FLOAT.fullmatch(text):
                out.append(Tok("FLOAT_CONST", text, token.loc))
            elif kind == "eof":
                break
            elif kind in _TYPES:
                out.append(Tok(_TYPES[kind], text, token.loc))
            else:
                diagnostics.error("E0201", token.loc, f"unexpected '{text}' in program")
        return out


class Pragmas:
    """What `#pragma pack` and `#pragma clang attribute` have set so far."""

    def __init__(self) -> None:
        self.pack = 0
        self.warnings = Regions()
        self.attributes: list[bool] = []  # of what is pushed: is it preserve_access_index?
        self._packs: list[int] = []

    def copy(self) -> Pragmas:
        """The same state, to be changed on its own."""
        made = Pragmas()
        made.pack, made.warnings = self.pack, self.warnings.copy()
        made.attributes, made._packs = [*self.attributes], [*self._packs]
        return made

    def apply(self, text: str, loc: int, diagnostics: Diagnostics) -> bool:
        """Obey a pragma; True if it is one for statements and must stay."""
        text = text.strip()
        words = text.replace("(", " ( ").split()
        if not words:
            return False
        if words[0] in ("unroll", "nounroll"):
            return True
        if words[0] in ("GCC", "clang") and words[1:2] == ["diagnostic"]:
            self.warnings.apply(words[2:])
            return False
        if words[:2] == ["clang", "loop"] or words[:2] == ["GCC", "unroll"]:
            return True
        if words[:2] == ["clang", "attribute"]:
            if "push" in words:
                self.attributes.append("preserve_access_index" in text)
            elif "pop" in words and self.attributes:
                self.attributes.pop()
            return False
        if words[0] == "pack":
            match = _PACK.match(text)
            if match is None or (match[2] and int(match[2]) not in (1, 2, 4, 8, 16)):
                diagnostics.warning("W0201", loc, "this '#pragma pack' is not understood and ignored",
                                    fix="write '#pragma pack(push, 1)' ... '#pragma pack(pop)'")  # fmt: skip
                return False
            action, number = match[1], match[2]
            if action == "push":
                self._packs.append(self.pack)
            elif action == "pop":
                self.pack = self._packs.pop() if self._packs else 0
            elif not number:
                self.pack = 0
            if number:
                self.pack = int(number)
        return False

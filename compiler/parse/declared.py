"""`declared`: the names that a declaration of a header declares, found by its brackets and keywords, without parsing it.

What is in any doubt, and all that has an effect even if nobody names it (definitions of variables and of functions that
others can see, static assertions), gives None: such a declaration is parsed at once.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..records import dataclass, field

TAGGED = frozenset({"struct", "union", "enum"})
ATTRIBUTE = frozenset({"__attribute__", "__attribute"})
_ASM = frozenset({"asm", "__asm", "__asm__"})
_GROUPS = ATTRIBUTE | _ASM | {"typeof", "__typeof", "__typeof__", "__typeof_unqual", "__typeof_unqual__", "typeof_unqual",
                            "_Alignas", "_Atomic"}  # words before parentheses
_QUALIFIERS = frozenset((
    "const", "volatile", "restrict", "__const", "__const__", "__volatile", "__volatile__", "__restrict", "__restrict__",
    "__extension__", "_Nonnull", "_Nullable", "_Nullable_result", "_Null_unspecified",
    "inline", "__inline", "__inline__", "_Noreturn",
))  # fmt: skip
_KEYWORDS = _QUALIFIERS | TAGGED | _GROUPS | frozenset((
    "void", "char", "short", "int", "long", "float", "double", "signed", "unsigned", "_Bool", "_Complex", "__int128",
    "__signed", "__signed__", "typedef", "static", "extern", "register", "auto", "_Thread_local", "__thread", "_Static_assert",
    "__auto_type", "_BitInt", "sizeof", "_Generic",
))  # fmt: skip
_CLOSING = {"(": ")", "[": "]", "{": "}"}
# attributes that make a static object or function count although nobody names it, or that belong to it wherever it is
_LOUD = frozenset(word for name in ("used", "retain", "section", "alias", "constructor") for word in (name, f"__{name}__"))


class Doubt(Exception):
    """The declaration is not one of the plain shapes."""


@dataclass(slots=True)
class Declared:
    """What a declaration declares: typedef names, other ordinary names, and tags as (keyword, tag, index of the tag's word).

    `defines`: whether the tags get their bodies there. `function`: it is a definition of a static function.
    """

    types: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    tags: list[tuple[str, str, int]] = field(default_factory=list)
    defines: bool = True
    function: bool = False


def declared(words: Sequence[str]) -> Declared | None:
    """What the declaration spelled by `words` (all its tokens, the `;` or the function's `}` included) declares, or None."""
    try:
        return _Reader(words).read()
    except (Doubt, IndexError):
        return None


def is_function(words: Sequence[str], start: int, brace: int) -> bool:
    """True if the `{` at `brace` opens the body of a function whose declaration starts at `start`."""
    at = brace - 1
    while at > start and words[at] == ")":
        depth = 0
        while at >= start:
            depth += (words[at] == ")") - (words[at] == "(")
            if not depth:
                break
            at -= 1
        if words[at - 1] in ATTRIBUTE:
            at -= 2
            continue
        return at > start and "=" not in words[start:at]
    return False


class _Reader:
    """One declaration."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words
        self.end = len(words) - 1  # of what is read: the `;`
        self.out = Declared()
        self.storage = ""

    def read(self) -> Declared:
        words = self.words
        if words[self.end] == "}":
            return self._function()
        if words[self.end] != ";" or "_Static_assert" in words:
            raise Doubt
        at = self._head(0)
        if words[at] in TAGGED:
            at, body = self._tagged(at)
            at = self._skip(at)
            if at == self.end:
                if self.storage or not (body or (self.out.tags and self.out.tags[0][0] != "enum")):
                    raise Doubt  # a lone `enum e;`, `typedef struct s;`
                self.out.defines = body
                return self.out
            if not body:
                self.out.tags.clear()
            elif self.storage != "typedef":
                raise Doubt
            self._declarators(at, 1)
        else:
            self._declarators(at, 0)
        if self.storage == "static" and not _LOUD.isdisjoint(words):
            raise Doubt
        return self.out

    def _head(self, at: int) -> int:
        """Skip storage classes, qualifiers and attributes."""
        while True:
            at = self._skip(at)
            word = self.words[at]
            if word not in ("typedef", "static", "extern"):
                return at
            if self.storage:
                raise Doubt
            self.storage = word
            at += 1

    def _skip(self, at: int) -> int:
        """The index behind qualifiers and attributes."""
        words = self.words
        while True:
            if words[at] in _QUALIFIERS:
                at += 1
            elif words[at] in ATTRIBUTE or words[at] in _ASM:
                at = self._group(at + 1)
            else:
                return at

    def _group(self, at: int) -> int:
        """The index behind the brackets that open at `at`."""
        words = self.words
        opening = words[at]
        closing = _CLOSING.get(opening)
        if closing is None:
            raise Doubt
        depth = 0
        for index in range(at, self.end + 1):
            word = words[index]
            if word == opening:
                depth += 1
            elif word == closing:
                depth -= 1
                if not depth:
                    return index + 1
        raise Doubt

    # --- declarators ----------------------------------------------------------------------------------------------

    def _declarators(self, at: int, types: int) -> None:
        """The names of a declaration's declarators; `types`: how many words of its type have been seen."""
        target = self.out.types if self.storage == "typedef" else self.out.names
        while True:
            name, function, at = self._declarator(at, types)
            if not self.storage and not function:
                raise Doubt  # a variable: it has storage
            target.append(name)
            at = self._rest(at)
            if at == self.end:
                return
            at += 1  # the comma
            types = 1

    def _declarator(self, at: int, types: int) -> tuple[str, bool, int]:
        """(name, whether it is plainly a function, index behind the name) of the declarator that starts at `at`."""
        words = self.words
        previous = ""
        while True:
            word = words[at]
            if word == "(":
                if previous and types > 1:
                    return previous, True, at
                if words[at + 1] != "*" or not (types or previous):
                    raise Doubt
                return self._pointed(at), False, self._group(at)
            if word in ("[", "=", ",", ";", ":") or word in ATTRIBUTE or word in _ASM:
                if word in ATTRIBUTE and not (previous and types > 1):
                    at = self._skip(at)
                    continue
                if word == ":" or not previous or types < 2:
                    raise Doubt
                return previous, False, at
            if word in TAGGED:
                at = self._skip(at + 1)
                if "{" in (words[at], words[at + 1]):
                    raise Doubt
                types += 1
                previous = ""
            elif word in _GROUPS:
                at = self._group(at + 1)
                types += 1
                previous = ""
                continue
            elif word in _KEYWORDS:
                if word not in _QUALIFIERS:
                    types += 1
                previous = ""
            elif word == "*":
                previous = ""
            elif word[0].isalpha() or word[0] == "_":
                types += 1
                previous = word
            else:
                raise Doubt
            at += 1

    def _pointed(self, at: int) -> str:
        """The name in `(*name...)`."""
        words = self.words
        while words[at] in ("(", "*"):
            at = self._skip(at + 1)
        name = words[at]
        if name in _KEYWORDS or not (name[0].isalpha() or name[0] == "_"):
            raise Doubt
        return name

    def _rest(self, at: int) -> int:
        """The index of the `,` or `;` behind a declarator, whose name has been read."""
        words = self.words
        while True:
            word = words[at]
            if word in ("(", "["):
                at = self._group(at)
            elif word in (",", ";"):
                return at
            elif word in ATTRIBUTE or word in _ASM:
                at = self._group(at + 1)
            elif word == "=":
                if self.storage != "static":
                    raise Doubt
                while words[at] not in (",", ";"):
                    word = words[at]
                    if word[0] in "{\"" or word.endswith('"'):
                        raise Doubt  # strings are data of their own
                    at = self._group(at) if word in _CLOSING else at + 1
                return at
            else:
                raise Doubt

    # --- bodies ---------------------------------------------------------------------------------------------------

    def _tagged(self, at: int) -> tuple[int, bool]:
        """Read `struct tag { ... }`: the index behind it, and whether there was a body."""
        words = self.words
        keyword = words[at]
        at = self._skip(at + 1)
        if words[at] != "{":
            tag = words[at]
            if not (tag[0].isalpha() or tag[0] == "_"):
                raise Doubt
            self.out.tags.append((keyword, tag, at))
            at = self._skip(at + 1)
        if words[at] != "{":
            return at, False
        after = self._group(at)
        if keyword == "enum":
            self._enumerators(at, after)
        else:
            self._members(at + 1, after - 1)
        return after, True

    def _members(self, at: int, end: int) -> None:
        """The tags and enumerators declared inside of a record's body."""
        words = self.words
        while at < end:
            if words[at] not in TAGGED:
                if words[at] == "(":
                    inside = self._group(at)
                    if "{" in words[at:inside]:
                        raise Doubt
                    at = inside
                    continue
                at += 1
                continue
            known = len(self.out.tags)
            at, body = self._tagged(at)
            if not body:
                del self.out.tags[known:]

    def _enumerators(self, at: int, after: int) -> None:
        """The names in an enum's body, which opens at `at`."""
        words = self.words
        at += 1
        while at < after - 1:
            name = words[at]
            if not (name[0].isalpha() or name[0] == "_"):
                raise Doubt
            self.out.names.append(name)
            while at < after - 1 and words[at] != ",":
                at = self._group(at) if words[at] in _CLOSING else at + 1
            at += 1

    def _function(self) -> Declared:
        """The definition of a static function."""
        words = self.words
        if not _LOUD.isdisjoint(words):
            raise Doubt
        at = self._head(0)
        if self.storage != "static":
            raise Doubt
        name, function, _ = self._declarator(at, 0)
        if not function:
            raise Doubt
        self.out.names.append(name)
        self.out.function = True
        return self.out

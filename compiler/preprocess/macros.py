"""Macro definitions (C11 6.10.3): what `#define` makes, with the replacement list compiled to parts when first used.

    #define f(a, ...)  a + g ## a(#a, __VA_ARGS__)
    parts: Param(a)  Text(+)  Paste([Text(g), Param(a)])  Text(()  Stringify(a)  Text(,)  Param(__VA_ARGS__)  Text())
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from ..records import dataclass
from .tokens import DIGRAPHS, Kinds, Token, lex

if TYPE_CHECKING:
    from .expand import Expander, Reader

Builtin: TypeAlias = "Callable[[Expander, Token, Reader], list[Token]]"


@dataclass(frozen=True, slots=True)
class Text:
    """A token that stands for itself."""

    token: Token


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter; replaced by its argument, expanded first unless it is an operand of `##`."""

    token: Token
    index: int


@dataclass(frozen=True, slots=True)
class Stringify:
    """`#parameter` or `#__VA_OPT__(...)`; `token` is the `#` (C11 6.10.3.2)."""

    token: Token
    operand: Param | Optional


@dataclass(frozen=True, slots=True)
class Optional:
    """`__VA_OPT__(parts)`: there only if there are variable arguments (C23 6.10.5.1; clang and gcc have it in C17)."""

    token: Token
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Paste:
    """`operand ## operand ## ...` (C11 6.10.3.3); `marks` are the `##` tokens."""

    operands: tuple[Part, ...]
    marks: tuple[Token, ...]


Part: TypeAlias = Text | Param | Stringify | Optional | Paste


class DefinitionError(Exception):
    """A `#define` that is not right: what, where, and the way out."""

    def __init__(self, loc: int, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.loc, self.message, self.fix = loc, message, fix


# names; the dots of variable arguments
_PLAIN_PARAMETERS = re.compile(r"\( *(?:([A-Za-z_]\w*(?: *, *[A-Za-z_]\w*)*) *(, *\.\.\.)?)? *\)", re.ASCII)


class Macro:
    """A macro. `loc` is its name's location; the text after the name is `text[start:stop]`, lexed when first needed.

    params is None for object-like macros. `builtin` gives the tokens of `__LINE__` and its like.
    """

    __slots__ = ("_base", "_kinds", "_start", "_stop", "_text", "body", "builtin", "function_like", "loc", "name",
                 "params", "parts", "ready", "variadic")  # fmt: skip

    def __init__(self, name: str, loc: int, text: str, start: int, stop: int, base: int, function_like: bool,
                 kinds: Kinds, builtin: Builtin | None = None) -> None:  # fmt: skip
        self.name = name
        self.loc = loc
        self.function_like = function_like
        self.builtin = builtin
        self.params: tuple[str, ...] = ()
        self.variadic = False
        self.parts: tuple[Part, ...] = ()
        self.body: list[Token] = []
        self.ready = builtin is not None
        self._text, self._start, self._stop, self._base, self._kinds = text, start, stop, base, kinds

    def compile(self) -> None:
        """Make `params`, `body` and `parts`. Raises DefinitionError, and leaves a macro with an empty body then."""
        self.ready = True
        tokens = lex(self._text, self._start, self._stop, self._base, self._kinds)
        if self.function_like:
            self.params, self.variadic, tokens = _parameters(self.name, self.loc, tokens)
        self.body = tokens
        if not self.function_like and not any(token.text in ("##", "%:%:") for token in tokens):
            return
        names = {name: index for index, name in enumerate(self.params)}
        self.parts = _Compiler(names, self.variadic, self.function_like).parts(tokens)

    def source(self) -> str:
        """What stands after the name in the definition, as written."""
        return self._text[self._start : self._stop]

    def is_right(self) -> bool:
        """Whether `compile` of a function-like macro surely finds nothing wrong: most definitions are plain ones."""
        match = _PLAIN_PARAMETERS.match(self._text, self._start, self._stop)
        if match is None:
            return False
        body = self._text[match.end() : self._stop]
        marks = body.count("##")
        if body.count("#") != 2 * marks or "/*" in body or "//" in body or "%:" in body or "__VA_OPT__" in body:
            return False
        if marks and (body.lstrip().startswith("##") or body.rstrip().endswith("##")):
            return False
        names = (match[1] or "").replace(" ", "").split(",")
        if len(set(names)) < len(names) or "__VA_ARGS__" in names:
            return False
        return match[2] is not None or "__VA_ARGS__" not in body

    @property
    def length(self) -> int:
        """How many characters `source` has."""
        return self._stop - self._start

    def same_as(self, other: Macro) -> bool:
        """Whether `other` may redefine this one silently (C11 6.10.3p1)."""
        if self.builtin or other.builtin:
            return False
        if self.function_like != other.function_like:
            return False
        if self.source().split() == other.source().split():
            return True
        for macro in (self, other):
            if not macro.ready:
                try:
                    macro.compile()
                except DefinitionError:
                    return False
        if self.params != other.params or self.variadic != other.variadic or len(self.body) != len(other.body):
            return False
        return all(
            one.text == two.text and (not index or one.space == two.space)
            for index, (one, two) in enumerate(zip(self.body, other.body, strict=True))
        )


def _parameters(name: str, loc: int, tokens: list[Token]) -> tuple[tuple[str, ...], bool, list[Token]]:
    """Parameter names, whether the last one is variadic, and the tokens of the replacement list."""
    params: list[str] = []
    at = 1  # after "("
    end = len(tokens)

    def bad(message: str, fix: str = "") -> DefinitionError:
        return DefinitionError(tokens[min(at, end - 1)].loc if tokens else loc, message, fix)

    if at < end and tokens[at].text == ")":
        return (), False, tokens[at + 1 :]
    while at < end:
        token = tokens[at]
        if token.text == "...":
            params.append("__VA_ARGS__")
            variadic = True
        elif token.kind == "id":
            if token.text in params:
                raise bad(f"the macro parameter '{token.text}' is named twice")
            if token.text in ("__VA_ARGS__", "__VA_OPT__"):
                raise bad(f"'{token.text}' cannot be a macro's parameter", "write '...' and use __VA_ARGS__ in the body")
            params.append(token.text)
            variadic = at + 1 < end and tokens[at + 1].text == "..."  # GNU: args...
            if variadic:
                at += 1
        else:
            raise bad(f"a parameter of macro '{name}' was expected here, not '{token.text}'",
                      f"parameters are names: #define {name}(a, b) ...")  # fmt: skip
        at += 1
        if at < end and tokens[at].text == ")":
            return tuple(params), variadic, tokens[at + 1 :]
        if variadic or at >= end or tokens[at].text != ",":
            break
        at += 1
    raise bad(f"the parameter list of macro '{name}' has no ')'", "close it on the same line, or continue the line with '\\'")


class _Compiler:
    """Replacement list -> parts."""

    def __init__(self, names: dict[str, int], variadic: bool, function_like: bool) -> None:
        self.names, self.variadic, self.function_like = names, variadic, function_like

    def parts(self, tokens: list[Token]) -> tuple[Part, ...]:
        """Parts of a replacement list or of the text in `__VA_OPT__( )`."""
        result: list[Part] = []
        at = 0
        while at < len(tokens):
            if tokens[at].text in ("##", "%:%:"):
                raise DefinitionError(tokens[at].loc, "'##' cannot begin what a macro is replaced with",
                                      "it needs a token on each side")  # fmt: skip
            part, at = self.part(tokens, at)
            operands, marks = [part], []
            while at < len(tokens) and tokens[at].text in ("##", "%:%:"):
                marks.append(tokens[at])
                while at + 1 < len(tokens) and tokens[at + 1].text in ("##", "%:%:"):
                    at += 1
                if at + 1 >= len(tokens):
                    raise DefinitionError(tokens[at].loc, "'##' cannot end what a macro is replaced with",
                                          "it needs a token on each side")  # fmt: skip
                part, at = self.part(tokens, at + 1)
                operands.append(part)
            result.append(Paste(tuple(operands), tuple(marks)) if marks else part)
        return tuple(result)

    def part(self, tokens: list[Token], at: int) -> tuple[Part, int]:
        """The part at `tokens[at]` and the index after it."""
        token = tokens[at]
        if not self.function_like:
            return Text(token), at + 1
        if DIGRAPHS.get(token.text, token.text) == "#":
            if at + 1 < len(tokens) and tokens[at + 1].kind == "id":
                operand, after = self.part(tokens, at + 1)
                if isinstance(operand, Param | Optional):
                    return Stringify(token, operand), after
            raise DefinitionError(token.loc, "'#' is not followed by a parameter of the macro",
                                  "in a function-like macro '#' makes a string of an argument: #name")  # fmt: skip
        if token.kind != "id":
            return Text(token), at + 1
        index = self.names.get(token.text)
        if index is not None:
            return Param(token, index), at + 1
        if token.text == "__VA_OPT__" and self.variadic:
            return self.optional(tokens, at)
        if token.text == "__VA_ARGS__":
            raise DefinitionError(token.loc, "__VA_ARGS__ stands in a macro without '...'",
                                  "add '...' as the last parameter")  # fmt: skip
        return Text(token), at + 1

    def optional(self, tokens: list[Token], at: int) -> tuple[Part, int]:
        """`__VA_OPT__ ( ... )` at `tokens[at]`."""
        depth = 0
        for end in range(at + 1, len(tokens)):
            text = tokens[end].text
            if text == "__VA_OPT__":
                raise DefinitionError(tokens[end].loc, "__VA_OPT__ stands inside __VA_OPT__")
            depth += (text == "(") - (text == ")")
            if not depth:
                if end == at + 1:
                    break
                return Optional(tokens[at], self.parts(tokens[at + 2 : end])), end + 1
        raise DefinitionError(tokens[at].loc, "__VA_OPT__ is not followed by '(' and a matching ')'")


_SIMPLE = re.compile(r"[ \t]+((?:[^\W\d]|\$)[\w$]*+)(?:(\()|(?=[ \t\r])|\Z)")
_RESERVED = {"defined", "__VA_ARGS__", "__VA_OPT__"}


def parse_define(text: str, start: int, stop: int, base: int, kinds: Kinds) -> Macro:
    """The macro defined by `text[start:stop]`, which follows `#define`. Raises DefinitionError."""
    match = _SIMPLE.match(text, start, stop)
    if match:
        name, at, function_like = match.group(1), match.start(1), match.group(2) is not None
        body = match.start(2) if function_like else match.end()
    else:
        tokens = lex(text, start, stop, base, kinds)
        name = _name(tokens, base + stop, "define")
        at = tokens[0].loc - base
        function_like = len(tokens) > 1 and tokens[1].text == "(" and not tokens[1].space
        body = tokens[1].loc - base if len(tokens) > 1 else stop
        if len(tokens) > 1 and not function_like and not tokens[1].space and tokens[0].text.isascii():
            if tokens[1].kind == "other":
                raise DefinitionError(tokens[1].loc, f"blank space is missing after the macro's name '{name}'")
    if name in _RESERVED:
        raise DefinitionError(base + at, f"'{name}' cannot be the name of a macro", "choose another name")
    return Macro(name, base + at, text, body, stop, base, function_like, kinds)


def _name(tokens: list[Token], end: int, directive: str) -> str:
    """The macro's name that `tokens` start with."""
    if not tokens:
        raise DefinitionError(end, f"#{directive} names no macro", f"write #{directive} NAME")
    if tokens[0].kind != "id":
        raise DefinitionError(tokens[0].loc, f"a macro's name must be an identifier, not '{tokens[0].text}'")
    return tokens[0].text


def parse_name(text: str, start: int, stop: int, base: int, kinds: Kinds, directive: str) -> tuple[str, list[Token]]:
    """The macro's name after `#ifdef`, `#undef`, ... and the tokens that follow it. Raises DefinitionError."""
    tokens = lex(text, start, stop, base, kinds)
    return _name(tokens, base + stop, directive), tokens[1:]

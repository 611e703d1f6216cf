"""Puts arguments into a macro's replacement list: parameters, `#`, `##`, `__VA_OPT__` (C11 6.10.3.1 to 6.10.3.3).

Locations of what comes out, so that a caret points at what the user wrote and "expanded from macro" can be told:

    token of the replacement list   Expansion(macro, its place in the definition, where the macro was named)
    token of an argument            Expansion(macro, the parameter's place in the definition, the argument's token)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..diagnostics import Diagnostics
from ..source import Expansion, SourceMap
from .macros import Macro, Optional, Param, Part, Paste, Stringify, Text
from .tokens import BOL, SPACE, Kinds, Token, lex_one

MAX_STRING = 1 << 20
MAX_PASTED = 1 << 13
_PLACEMARKER = "placemarker"  # C11 6.10.3.3p2: an empty operand of ##


class Argument:
    """A macro's argument: its tokens as written, and expanded when asked for. `given` is False for absent variadic ones."""

    __slots__ = ("_expand", "_expanded", "given", "tokens")

    def __init__(self, tokens: list[Token], expand: Callable[[list[Token]], list[Token]], given: bool = True) -> None:
        self.tokens = tokens
        self.given = given
        self._expand = expand
        self._expanded: list[Token] | None = None

    def expanded(self) -> list[Token]:
        """The argument with all its macros expanded."""
        if self._expanded is None:
            self._expanded = self._expand(self.tokens)
        return self._expanded


class Substitution:
    """One call of one macro: `tokens()` gives what replaces it."""

    def __init__(self, macro: Macro, args: Sequence[Argument], call: int, sources: SourceMap, diagnostics: Diagnostics,
                 kinds: Kinds) -> None:  # fmt: skip
        self.macro, self.args, self.call = macro, args, call
        self.sources, self.diagnostics, self.kinds = sources, diagnostics, kinds

    def tokens(self) -> list[Token]:
        """What replaces the macro, to be scanned again for more macros."""
        return self.render(self.macro.parts)

    def render(self, parts: Sequence[Part], keep: bool = False) -> list[Token]:
        """The tokens that `parts` stand for; `keep` leaves the placemarkers that `##` makes."""
        out: list[Token] = []
        carry = 0  # blank space before a parameter whose argument is empty stands before what follows
        for part in parts:
            match part:
                case Text(token):
                    made = [self.own(token)]
                case Param():
                    made = self.argument(part, self.args[part.index].expanded())
                case Paste():
                    made = self.paste(part, keep)
                case Stringify():
                    made = [self.stringify(part)]
                case Optional():
                    made = self.optional(part)
            if not made:
                carry |= _first_token(part).flags & (SPACE | BOL)
                continue
            if carry:
                made[0] = made[0]._replace(flags=made[0].flags | carry)
                carry = 0
            out += made
        return out

    def own(self, token: Token) -> Token:
        """A token of the replacement list."""
        return Token(token.kind, token.text, self.sources.add_expansion(self.macro.name, token.loc, self.call), token.flags)

    def argument(self, param: Param, tokens: list[Token]) -> list[Token]:
        """The tokens of an argument in the place of `param`."""
        name, spelling = self.macro.name, param.token.loc
        expansions = self.sources.expansions
        loc = ~len(expansions)
        made = []
        for kind, text, at, flags in tokens:
            expansions.append(Expansion(name, spelling, at))
            made.append(Token(kind, text, loc, flags))
            loc -= 1
        if made:
            first = made[0]
            made[0] = first._replace(flags=first.flags & ~(SPACE | BOL) | param.token.flags & (SPACE | BOL))
        return made

    def optional(self, part: Optional, keep: bool = False) -> list[Token]:
        """`__VA_OPT__`: its text if any token came of the variable arguments."""
        if not self.args[-1].expanded():
            return []
        made = self.render(part.parts, keep)
        if made:
            made[0] = made[0]._replace(flags=made[0].flags & ~(SPACE | BOL) | part.token.flags & (SPACE | BOL))
        return made

    def stringify(self, part: Stringify) -> Token:
        """`#operand`: what was written, as a string literal (C11 6.10.3.2p2)."""
        match part.operand:
            case Param(_, index):
                tokens = self.args[index].tokens
            case Optional():
                tokens = self.optional(part.operand)
        pieces = []
        for index, token in enumerate(tokens):
            if index and token.flags & (SPACE | BOL):
                pieces.append(" ")
            text = token.text
            if token.kind in ("string", "char"):
                text = text.replace("\\", "\\\\").replace('"', '\\"')
            pieces.append(text)
        text = "".join(pieces)
        if (len(text) - len(text.rstrip("\\"))) % 2:
            self.diagnostics.warning("W0104", self.call, "the string made by '#' would end in '\\'; the last one is dropped")
            text = text[:-1]
        loc = self.sources.add_expansion(self.macro.name, part.token.loc, self.call)
        self.check_size(text, loc, MAX_STRING)
        return Token("string", f'"{text}"', loc, part.token.flags)

    def paste(self, part: Paste, keep: bool = False) -> list[Token]:
        """`a ## b ## c`, from left to right."""
        out: list[Token] = []
        last = len(self.args) - 1
        operands = part.operands
        for index, operand in enumerate(operands):
            made = self.operand(operand)
            if not index:
                out = made
                continue
            if self.macro.variadic and isinstance(operand, Param) and operand.index == last and out and out[-1].text == ",":
                # GNU: `, ## __VA_ARGS__` takes the comma away if there is no variable argument, else pastes nothing
                if self.args[last].given:
                    if self.args[last].tokens:
                        out += made
                else:
                    out.pop()
                    if not out:
                        out = [Token(_PLACEMARKER, "", self.call, _first_token(part).flags)]
                continue
            out[-1:] = [self.join(out[-1], made[0], part.marks[index - 1]), *made[1:]]
        return out if keep else [token for token in out if token.kind != _PLACEMARKER]

    def operand(self, part: Part) -> list[Token]:
        """An operand of `##`: never expanded, never empty."""
        match part:
            case Text(token):
                made = [self.own(token)]
            case Param():
                made = self.argument(part, self.args[part.index].tokens)
            case Stringify():
                made = [self.stringify(part)]
            case Optional():
                made = self.optional(part, keep=True)
            case Paste():
                made = self.paste(part)
        return made or [Token(_PLACEMARKER, "", self.call, _first_token(part).flags)]

    def join(self, left: Token, right: Token, mark: Token) -> Token:
        """The one token that two make."""
        if right.kind == _PLACEMARKER:
            return left
        if left.kind == _PLACEMARKER:
            return right._replace(flags=left.flags)
        text = left.text + right.text
        loc = self.sources.add_expansion(self.macro.name, mark.loc, self.call)
        self.check_size(text, loc, MAX_PASTED)
        made = lex_one(text, loc, left.flags & (SPACE | BOL), self.kinds)
        if made is None:
            self.diagnostics.error(
                "E0108", loc, f"'##' makes '{text}' of '{left.text}' and '{right.text}', and that is no token of C",
                fix="paste names and numbers only; tokens side by side need no '##'",
            )  # fmt: skip
            return left
        return made


    def check_size(self, text: str, loc: int, limit: int) -> None:
        """Macros that double a token again and again must not eat all memory."""
        if len(text) > limit:
            raise self.diagnostics.fatal(
                "E0109", loc, f"macro '{self.macro.name}' makes a token of more than {limit:,} characters",
                fix="macros that name each other twice grow without end",
            )  # fmt: skip


def _first_token(part: Part) -> Token:
    while isinstance(part, Paste):
        part = part.operands[0]
    return part.token

"""Macro expansion: finds names of macros in tokens, collects arguments, rescans what comes out (C11 6.10.3.4).

A stack of levels is read from the top: the bottom is the text, each level above it what a macro was replaced with. A macro is
not expanded while its level is on the stack; its name met there is marked NOEXPAND for good. This gives what gcc and clang
give also where the standard leaves it open whether nesting has ended.
"""

from __future__ import annotations

from collections.abc import Callable

from ..diagnostics import Diagnostics
from ..source import Expansion, SourceMap
from .macros import DefinitionError, Macro
from .substitute import Argument, Substitution
from .tokens import BOL, NOEXPAND, SPACE, Kinds, Token

# Beyond these no real program goes, and a crafted one must not hang us.
MAX_TOKENS = 500_000
MAX_NESTING = 100

Refill = Callable[[], "list[Token] | None"]


class Level:
    """Tokens being read, where we are in them, and the macro they came of ("" for the text itself)."""

    __slots__ = ("index", "line", "macro", "tokens")

    def __init__(self, tokens: list[Token], index: int, macro: str, line: int) -> None:
        self.tokens, self.index, self.macro, self.line = tokens, index, macro, line


class Reader:
    """Reads tokens across levels. `refill` gives more text when the bottom runs out inside arguments, or None."""

    __slots__ = ("active", "levels", "refill")

    def __init__(self, bottom: Level, active: set[str], refill: Refill | None) -> None:
        self.levels = [bottom]
        self.active = active
        self.refill = refill

    def peek(self) -> Token | None:
        """The next token, not crossing the end of the text, leaving all as it is."""
        for level in reversed(self.levels):
            if level.index < len(level.tokens):
                return level.tokens[level.index]
        return None

    def next(self) -> Token | None:
        """The next token; levels read to their end are left."""
        levels = self.levels
        while True:
            level = levels[-1]
            if level.index < len(level.tokens):
                level.index += 1
                return level.tokens[level.index - 1]
            if len(levels) == 1:
                more = self.refill() if self.refill else None
                if more is None:
                    return None
                level.tokens += more
                continue
            self.active.discard(level.macro)
            levels.pop()

    def close(self) -> None:
        """Leave all levels but the bottom."""
        for level in self.levels[1:]:
            self.active.discard(level.macro)
        del self.levels[1:]


class Expander:
    """Expands macros. `macros` is the table in force; it may change between and even within calls."""

    def __init__(self, macros: dict[str, Macro], sources: SourceMap, diagnostics: Diagnostics, kinds: Kinds) -> None:
        self.macros = macros
        self.sources = sources
        self.diagnostics = diagnostics
        self.kinds = kinds
        self.active: set[str] = set()
        self.line = 0  # where the text's macro call that is being expanded ends: what __LINE__ tells (as gcc and clang do)
        self._nesting = 0
        self._made = 0

    def expand(self, tokens: list[Token], refill: Refill | None = None) -> list[Token]:
        """`tokens` with all macros expanded. The list may be changed."""
        macros = self.macros
        out: list[Token] = []
        at = 0
        top = not self._nesting
        while True:
            size = len(tokens)
            hits = [index for index in range(at, size) if tokens[index][1] in macros]
            for hit in hits:
                if hit < at:
                    continue
                out += tokens[at:hit]
                if top:
                    self._made = 0
                at = self._expand_at(tokens, hit, out, refill)
                if len(tokens) != size:
                    break
            else:
                out += tokens[at:]
                return out

    def _expand_at(self, text: list[Token], at: int, out: list[Token], refill: Refill | None) -> int:
        """Expand the name at `text[at]` and all that comes of it; gives the index in `text` where reading goes on."""
        macros, active = self.macros, self.active
        bottom = Level(text, at, "", self.line)
        reader = Reader(bottom, active, refill)
        levels = reader.levels
        carry = 0
        while True:
            level = levels[-1]
            if level.index >= len(level.tokens):
                if level is bottom:
                    break
                active.discard(level.macro)
                levels.pop()
                continue
            if level is bottom and level.index > at:
                break
            token = level.tokens[level.index]
            level.index += 1
            macro = macros.get(token[1])
            if macro is None or token[3] & NOEXPAND:
                pass
            elif macro.name in active:
                token = token._replace(flags=token[3] | NOEXPAND)
            elif not macro.function_like or self._paren(reader):
                saved, self.line = self.line, level.line
                made = self._replace(macro, token, reader)
                if made is None:
                    at = bottom.index
                    reader.close()
                    self.line = saved
                    break
                flags = token[3] & (SPACE | BOL)
                if made:
                    first = made[0]
                    made[0] = Token(first[0], first[1], first[2], first[3] & ~(SPACE | BOL) | flags | carry)
                    carry = 0
                    levels.append(Level(made, 0, macro.name, self.line))
                    active.add(macro.name)
                else:
                    carry |= flags
                self.line = saved
                continue
            if carry:
                token = token._replace(flags=token[3] | carry)
                carry = 0
            out.append(token)
        if carry and bottom.index < len(text):
            text[bottom.index] = text[bottom.index]._replace(flags=text[bottom.index].flags | carry)
        return bottom.index

    @staticmethod
    def _paren(reader: Reader) -> bool:
        """Whether the next token is `(`, so that a function-like macro is called."""
        token = reader.peek()
        return token is not None and token[1] == "("

    def _replace(self, macro: Macro, name: Token, reader: Reader) -> list[Token] | None:
        """What replaces a macro's call, or None after an error from which only the rest of the text remains."""
        if not macro.ready:
            try:
                macro.compile()
            except DefinitionError as error:
                self.diagnostics.error("E0107", error.loc, error.message, fix=error.fix)
        call = name[2]
        if call >= 0:
            self.line = call
        if macro.builtin:
            return macro.builtin(self, name, reader)
        if not macro.function_like:
            if macro.parts:
                made = Substitution(macro, (), call, self.sources, self.diagnostics, self.kinds).tokens()
            else:
                made = self._copies(macro, call)
        else:
            args = self._arguments(macro, name, reader)
            if args is None:
                return None
            if call >= 0 and self._last.loc >= 0:
                self.line = self._last.loc
            if len(args) != len(macro.params):
                return [name._replace(flags=name[3] | NOEXPAND)]
            made = Substitution(macro, args, call, self.sources, self.diagnostics, self.kinds).tokens()
        self._made += len(made)
        if self._made > MAX_TOKENS:
            raise self.diagnostics.fatal(
                "E0109", call, f"expanding macro '{macro.name}' makes more than {MAX_TOKENS:,} tokens",
                fix="macros that name each other twice grow without end; use an inline function",
            )  # fmt: skip
        return made

    def _copies(self, macro: Macro, call: int) -> list[Token]:
        """The replacement list of an object-like macro without `##`."""
        expansions = self.sources.expansions
        loc = len(expansions)
        name = macro.name
        expansions += [Expansion(name, token[2], call) for token in macro.body]
        return [Token(token[0], token[1], ~at, token[3]) for at, token in enumerate(macro.body, loc)]

    def _arguments(self, macro: Macro, name: Token, reader: Reader) -> list[Argument] | None:
        """The arguments of a call, `(` being next. None if there is no `)`; a wrong number after a diagnostic."""
        wanted = len(macro.params)
        groups = self.collect(name, reader, wanted if macro.variadic else 0)
        if groups is None:
            return None
        args = [Argument(group, self._expand_argument) for group in groups]
        if not wanted and len(args) == 1 and not groups[0]:
            return []
        if macro.variadic and len(args) == wanted - 1:
            args.append(Argument([], self._expand_argument, given=False))
        elif macro.variadic and wanted == 1 and not groups[0]:
            args[0].given = False
        if len(args) != wanted:
            few = len(args) < wanted
            expected = f"{'at least ' if macro.variadic else ''}{wanted - macro.variadic}"
            self.diagnostics.error(
                "E0105", name.loc, f"too {'few' if few else 'many'} arguments for macro '{macro.name}': "
                f"{expected} expected, {len(args)} given",
                notes=[(f"'{macro.name}' is defined here", macro.loc)],
                fix="" if few else "put an argument that holds a comma into parentheses",
            )  # fmt: skip
        return args

    def collect(self, name: Token, reader: Reader, limit: int = 0) -> list[list[Token]] | None:
        """Read `( a, b, ... )`. With a `limit`, commas after so many arguments belong to the last one."""
        first = reader.next()
        assert first is not None
        groups: list[list[Token]] = [[]]
        group = groups[0]
        depth = 0
        while True:
            token = reader.next()
            if token is None:
                self.diagnostics.error(
                    "E0106", name.loc, f"the call of macro '{name.text}' has no matching ')'", fix="close it in the same file",
                    notes=[("the arguments start here", first.loc)],
                )  # fmt: skip
                return None
            text = token[1]
            if text == "(":
                depth += 1
            elif text == ")":
                if not depth:
                    self._last = token
                    return groups
                depth -= 1
            elif text == "," and not depth and len(groups) != limit:
                group = []
                groups.append(group)
                continue
            if token[3] & BOL:
                token = Token(token[0], text, token[2], token[3] & ~BOL | SPACE)
            group.append(token)

    def _expand_argument(self, tokens: list[Token]) -> list[Token]:
        """An argument as if it were all the rest of the file (C11 6.10.3.1p1)."""
        macros = self.macros
        if macros.keys().isdisjoint([token[1] for token in tokens]):
            return tokens
        if self._nesting >= MAX_NESTING:
            raise self.diagnostics.fatal(
                "E0109", tokens[0].loc, f"macro calls are nested more than {MAX_NESTING} deep",
                fix="use inline functions, or name the inner values",
            )  # fmt: skip
        self._nesting += 1
        saved = self.line
        try:
            return self.expand(list(tokens))
        finally:
            self._nesting -= 1
            self.line = saved

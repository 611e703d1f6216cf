"""The parser's ground: our token buffer under pycparser's methods, spans, syntax errors, recovery, nesting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from ..diagnostics import Diagnostics, Edit, Fix, did_you_mean
from ..source import SourceMap, Span
from .hints import hint, similar_keyword
from .lean import CParser, c_ast
from .nodes import Attribute
from .tokens import Tok
from .wellknown import TYPES

# clang's -fbracket-depth; blocks and declarators count as well
MAX_NESTING = 256
# an `else if` chain or a row of operators nests the tree, not the source
MAX_CHAIN = 2000

SPELLED = {
    "LBRACE": "'{'", "RBRACE": "'}'", "LPAREN": "'('", "RPAREN": "')'", "LBRACKET": "'['", "RBRACKET": "']'",
    "SEMI": "';'", "COMMA": "','", "COLON": "':'", "EQUALS": "'='", "ID": "an identifier", "TYPEID": "an identifier",
    "WHILE": "'while'", "STRING_LITERAL": "a string literal",
}  # fmt: skip

class SyntaxFailure(Exception):
    """A syntax error on its way to where parsing can go on."""

    def __init__(self, code: str, span: Span, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.span = span
        self.message = message
        self.fix = fix


# what is surely missing in front of what
_CLOSED_BEFORE = {"';'": ("}",), "')'": (";", "{"), "']'": (";", "=")}
_BUILTIN_TYPES = ("__builtin_va_list", "__int128_t", "__uint128_t")


class Core(CParser):  # type: ignore[misc,unused-ignore]
    """pycparser's parser over a list of `Tok`. Coordinates (`coord`) are `Span`s."""

    def __init__(self, tokens: list[Tok], sources: SourceMap, diagnostics: Diagnostics,
                 is_outer_type: Callable[[str], bool] | None = None) -> None:  # fmt: skip
        super().__init__()
        self._is_outer_type = is_outer_type
        self.sources = sources
        self.diagnostics = diagnostics
        self._scope_stack = [dict.fromkeys(_BUILTIN_TYPES, True)]
        self._read_from(tokens)

    def _read_from(self, tokens: list[Tok]) -> None:
        """Go on with other tokens, keeping the scopes."""
        self._depth = 0
        self._index = 0
        end = tokens[-1].loc if tokens else 0
        self._end = Tok("END", "end of file", end)
        self._buffer: list[Tok | None] = [*tokens, None, None, None, None]
        self._typedef_checked_token = None

    def _is_type_in_scope(self, name: str) -> bool:
        for scope in reversed(self._scope_stack):
            if name in scope:
                return bool(scope[name])
        return self._is_outer_type is not None and self._is_outer_type(name)

    # --- the token buffer -----------------------------------------------------------------------------------------

    def _peek(self, k: int = 1) -> Tok | None:
        tok = self._buffer[self._index + k - 1]
        if tok is not self._typedef_checked_token:
            self._classify_identifier(tok)
        return tok

    def _peek_type(self, k: int = 1) -> str | None:
        tok = self._buffer[self._index + k - 1]
        if tok is None:
            return None
        if tok is not self._typedef_checked_token:
            self._classify_identifier(tok)
        return tok.type

    def _advance(self) -> Tok:
        tok = self._buffer[self._index]
        if tok is None:
            self._unexpected("unexpected end of file", "E0205")
        if tok is not self._typedef_checked_token:
            self._classify_identifier(tok)
        self._index += 1
        return tok

    def _accept(self, token_type: str) -> Tok | None:
        tok = self._buffer[self._index]
        if tok is None:
            return None
        if tok is not self._typedef_checked_token:
            self._classify_identifier(tok)
        if tok.type == token_type:
            self._index += 1
            return tok
        return None

    def _expect(self, token_type: str) -> Tok:
        tok = self._accept(token_type)
        if tok is None:
            self._expected(SPELLED.get(token_type, token_type.lower()))
        return tok

    def _mark(self) -> int:
        return self._index

    def _reset(self, mark: int) -> None:
        self._index = mark

    def _tok_coord(self, tok: Tok) -> Span:
        return Span(tok.loc, tok.loc, tok.loc)

    def _last(self) -> int:
        """The location of the token just consumed."""
        tok = self._buffer[self._index - 1] if self._index else None
        return tok.loc if tok is not None else self._end.loc

    def _here(self) -> Span:
        """The place of the next token; at the end of the file, of the last one."""
        return self._tok_coord(self._buffer[self._index] or self._end)

    def _after_last(self) -> Span:
        """The place just behind the token just consumed: where something is missing."""
        tok = self._buffer[self._index - 1] if self._index else None
        if tok is None:
            return self._here()
        if tok.loc >= 0:
            return Span.at(tok.loc + len(tok.value))
        # made by a macro, whose arguments end who knows where: behind the text before the next token
        following = self._buffer[self._index]
        if following is None or following.loc < 0:
            return self._tok_coord(tok)
        file = self.sources.file_of(following.loc)
        text = file.text[: following.loc - file.base].rstrip()
        return Span.at(file.base + len(text)) if text else self._tok_coord(tok)

    # --- errors ---------------------------------------------------------------------------------------------------

    def _parse_error(self, msg: str, coord: Any) -> NoReturn:
        """pycparser's own complaints, in our words where it is terse."""
        span = coord if isinstance(coord, Span) else self._here()
        tok = self._buffer[self._index]
        if msg.startswith("Invalid expression"):
            raise SyntaxFailure("E0202", self._here(), "expected expression")
        if msg.startswith("Typedef") or msg.startswith("Non-typedef"):
            name = msg.split("'")[1]
            raise SyntaxFailure("E0206", span, f"redefinition of '{name}' as different kind of symbol",
                                "choose another name: a name is either a type or something else in one scope")  # fmt: skip
        if msg.startswith("Invalid multiple types"):
            raise SyntaxFailure("E0203", span, "cannot combine these type specifiers in one declaration",
                                "write one type name; 'unsigned' goes with char, short, int and long only")  # fmt: skip
        if msg.startswith("Invalid struct reference"):
            raise SyntaxFailure("E0201", span, "expected a member's name after '.' or '->'")
        if msg.startswith("Invalid struct/union"):
            raise SyntaxFailure("E0203", self._after_last(), "expected a tag or '{' after 'struct' or 'union'")
        if tok is not None:
            self._unknown_type(tok)
        if msg.startswith(("Invalid declarator", "Invalid declaration", "Missing type", "Invalid specifier",
                           "Invalid function definition", "Invalid abstract declarator")):  # fmt: skip
            self._expected("a declaration")
        raise SyntaxFailure("E0201", span, msg[0].lower() + msg[1:])

    def _expected(self, what: str) -> NoReturn:
        """Complain that `what` is missing behind the last token."""
        tok = self._buffer[self._index]
        if tok is None:
            raise SyntaxFailure("E0205", self._tok_coord(self._end), f"expected {what} before the end of the file",
                                "a '}', ')' or ';' may be missing above")  # fmt: skip
        if what in ("';'", "','", "')'", "']'") or tok.type == "RBRACE":
            fix = self._missing(what[1:-1]) if tok.value in _CLOSED_BEFORE.get(what, ()) else ""
            raise SyntaxFailure("E0201", self._after_last(), f"expected {what} before '{tok.value}'", fix)
        raise SyntaxFailure("E0201", self._tok_coord(tok), f"expected {what}, found '{tok.value}'")

    def _semicolon(self, what: str) -> None:
        """Take the `;` that must stand here. If it only is missing at the end of a line, say so and go on behind it."""
        if self._accept("SEMI") is not None:
            return
        failure = SyntaxFailure("E0201", self._after_last(), f"expected ';' after {what}")
        tok = self._buffer[self._index]
        if tok is not None and (tok.type == "RBRACE" or self._on_new_line(tok)):
            failure.fix = self._missing(";")
        if tok is None or not self._on_new_line(tok):
            raise failure
        self._report(failure)

    def _missing(self, text: str) -> str:
        """The fix that adds punctuation behind the last token, if that is where the user wrote it."""
        return Fix(f"add '{text}'", Edit(self._after_last().point, "", text)) if self._last() >= 0 else ""

    def _on_new_line(self, tok: Tok) -> bool:
        """True if `tok` is not on the line of the token before it."""
        before, after = self.sources.outermost(self._last()), self.sources.outermost(tok.loc)
        file = self.sources.file_of(before)
        if not file.base <= after <= file.base + len(file.text):
            return True
        return "\n" in file.text[before - file.base : after - file.base]

    def _unexpected(self, message: str, code: str = "E0201") -> NoReturn:
        raise SyntaxFailure(code, self._here(), message)

    def _unknown_type(self, tok: Tok) -> None:
        """If `tok` can only be a type that nobody declared, say so, once, and go on as if it were one."""
        following = self._buffer[self._index + 1]
        if tok.type != "ID" or following is None or following.type not in ("ID", "TYPEID", "TIMES"):
            return
        self._scope_stack[0][tok.value] = True
        self._typedef_checked_token = None
        fix = TYPES.get(tok.value, "") or self._similar_type(tok.value, tok.loc)
        raise SyntaxFailure("E0203", self._tok_coord(tok), f"unknown type name '{tok.value}'", fix)

    def _similar_type(self, name: str, at: int) -> str:
        from difflib import get_close_matches

        types = [known for scope in self._scope_stack for known, is_type in scope.items() if is_type and known != name]
        kinds = ("STRUCT", "UNION", "ENUM")
        for tag, tok in zip(self._buffer, self._buffer[1 : self._index], strict=False):
            if tag is not None and tok is not None and tok.value == name and tag.type in kinds:
                return Fix(f"write '{tag.value} {name}'", Edit(at, name, f"{tag.value} {name}"))
        close = get_close_matches(name, types, 1, 0.75)
        found = did_you_mean(close[0], name, at) if close else similar_keyword(name, at)
        return found or "declare it with typedef, or include the header that does"

    def _report(self, failure: SyntaxFailure) -> None:
        before = [tok for tok in self._buffer[max(self._index - 3, 0) : self._index] if tok is not None]
        fix = failure.fix or hint(failure.message, before, self._buffer[self._index])
        self.diagnostics.error(failure.code, failure.span, failure.message, fix=fix)

    # --- recovery -------------------------------------------------------------------------------------------------

    def _recover(self, start: int, *, file_scope: bool) -> None:
        """Skip to where a new statement or declaration can begin: behind `;`, before an unmatched `}`.

        At file scope also behind the `}` of a body. `start`: where the broken construct began; at least one token of
        it is skipped.
        """
        depth = 0
        for tok in self._buffer[start : self._index]:
            if tok is not None and tok.type in ("LBRACE", "RBRACE"):
                depth = max(depth + (1 if tok.type == "LBRACE" else -1), 0)
        if self._index == start and self._peek_type() != "RBRACE":
            depth += self._peek_type() == "LBRACE"
            self._index += 1
        while (tok := self._buffer[self._index]) is not None:
            if tok.type == "SEMI" and depth == 0:
                self._index += 1
                break
            if tok.type == "LBRACE":
                depth += 1
            elif tok.type == "RBRACE":
                if depth == 0 and not file_scope:
                    break
                depth = max(depth - 1, 0)
                if depth == 0:
                    self._index += 1
                    if self._peek_type() == "SEMI":
                        self._index += 1
                    break
            self._index += 1
        self._typedef_checked_token = None

    # --- nesting --------------------------------------------------------------------------------------------------

    def _enter(self, levels: int = 1) -> None:
        self._depth += levels
        if self._depth > MAX_NESTING:
            raise self.diagnostics.fatal(
                "E0204", self._here(), f"brackets, blocks or declarators are nested more than {MAX_NESTING} deep",
                fix="split the expression or function",
            )  # fmt: skip

    def _leave(self) -> None:
        self._depth -= 1

    def _chain(self, length: int) -> None:
        if length > MAX_CHAIN:
            raise self.diagnostics.fatal(
                "E0204", self._here(), f"more than {MAX_CHAIN} operators or 'else if's in a row",
                fix="split it into several statements",
            )  # fmt: skip

    # --- attributes -----------------------------------------------------------------------------------------------

    def _parse_attribute_specifier_sequence(self) -> list[Attribute]:
        """`__attribute__((...))` and `[[...]]`, as a flat list."""
        found: list[Attribute] = []
        while (opening := self._accept("ATTRIBUTE_BEGIN")) is not None:
            if opening.value == "[[":
                self._attribute_list(found, "RBRACKET")
                self._expect("RBRACKET")
                self._expect("RBRACKET")
                continue
            self._expect("LPAREN")
            self._expect("LPAREN")
            self._attribute_list(found, "RPAREN")
            self._expect("RPAREN")
            self._expect("RPAREN")
        return found

    def _attribute_list(self, found: list[Attribute], closing: str) -> None:
        while self._peek_type() != closing:
            if self._accept("COMMA"):
                continue
            tok = self._advance()
            if not (tok.value[0].isalpha() or tok.value[0] == "_"):
                raise SyntaxFailure("E0201", self._tok_coord(tok), "expected an attribute's name")
            if self._accept("COLONCOLON") or (self._accept("COLON") and self._accept("COLON")):
                tok = self._advance()
            arguments: list[c_ast.Node] | None = None
            if self._accept("LPAREN"):
                arguments = []
                while self._peek_type() != "RPAREN":
                    arguments.append(
                        self._parse_type_name() if self._starts_declaration() else self._parse_assignment_expression()
                    )
                    if not self._accept("COMMA"):
                        break
                self._expect("RPAREN")
            name = tok.value
            if name.startswith("__") and name.endswith("__") and len(name) > 4:
                name = name[2:-2]
            found.append(Attribute(name, arguments, Span(tok.loc, self._last(), tok.loc)))
            if not self._accept("COMMA"):
                break

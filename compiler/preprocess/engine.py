"""The preprocessor itself: reads files chunk by chunk, obeys directives, expands what lies between (C11 6.10)."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..diagnostics import Diagnostics, Edit, Fix
from ..source import SourceMap
from . import conditionals, includes, pragmas
from .builtins import builtin_macros
from .chunks import cut
from .headers import Header
from .macros import DefinitionError, Macro, parse_define, parse_name
from .options import PreprocessOptions
from .predefined import predefined_text
from .printer import definition
from .scan import Segment, scan
from .state import Frame, State
from .tokens import BOL, DIGRAPHS, Token, comments, lex
from .unfolded import FILE, Unfolded

_DEFINE = re.compile(r"#define (\w+) ?(.*)")


def preprocess(name: str, text: str, sources: SourceMap, diagnostics: Diagnostics, options: PreprocessOptions) -> list[Token]:
    """The tokens of a translation unit, the last one of kind "eof". What is wrong is in `diagnostics`.

    `name` is the path of the text, or what to call it. Raises CompileError only where going on makes no sense.
    """
    return Preprocessor(sources, diagnostics, options).run(name, text)


class Preprocessor(State):
    """One translation unit. After `run`, `macros` and `out` tell what came of it."""

    def __init__(self, sources: SourceMap, diagnostics: Diagnostics, options: PreprocessOptions) -> None:
        super().__init__(sources, diagnostics, options)
        self._end = 0  # location of the end of the file left last
        self.macros.update(builtin_macros(self))
        self.macros["_Pragma"] = pragmas.pragma_operator(self)

    def run(self, name: str, text: str) -> list[Token]:
        """Preprocess `text`, known as `name`."""
        self.main_name = name
        main = Header(name, scan(text), (-1, -1))
        self._predefine()
        self._command_line(main)
        self.enter(main, name, -1, False, -1)
        self._read()
        self.out.append(Token("eof", "", self._end, BOL))
        self._check_characters()
        return self.out

    def _read(self) -> None:
        """Read until all files that are open are read."""
        expander, out, macros = self.expander, self.out, self.macros
        while self.frames:
            frame = self.frames[-1]
            tokens = self._chunk(frame)
            if tokens is None:
                self._leave(frame)
            elif macros.keys().isdisjoint([token[1] for token in tokens]):
                out += tokens
            elif len(self.frames) > 1 and self.options.chunks:
                self._unfold(tokens, frame)
            else:
                out += expander.expand(tokens, lambda: self._more(frame))  # noqa: B023

    def _unfold(self, tokens: list[Token], frame: Frame) -> None:
        """Expand tokens of a header; what large macros make of them stays text, if it is known."""
        unfolded = Unfolded(tokens, self.macros, self.options.cache)
        text = unfolded.text()
        if text is not None:
            name = f"{FILE}{unfolded.name} in {frame.file.name}>"
            file = self.sources.add_file(name, text, system=frame.file.system, included_from=tokens[0].loc)
            self.out.append(Token("text", text, file.base, BOL))
            return
        more: list[Token] = []
        before, told = len(self.sources.expansions), len(self.diagnostics.found)
        made = self.expander.expand(tokens, lambda: more.append(tokens[0]) or self._more(frame))  # type: ignore[func-returns-value]
        self.out += made
        if not more and len(self.diagnostics.found) == told:
            unfolded.keep(made, self.sources.expansions[before:])

    def _chunk(self, frame: Frame) -> list[Token] | None:
        """The tokens up to the next directive; [] if a header was entered, None at the end of the file."""
        if frame.pieces:
            tokens = self._piece(frame)
            if tokens:
                return tokens
        segments = frame.scan.segments
        while frame.index < len(segments):
            segment = segments[frame.index]
            frame.index += 1
            name, start, stop, _ = segment
            if name is None:
                if self.options.comments:
                    self._comments(frame, start, stop)
                if self.options.chunks and len(self.frames) > 1 and not self.in_arguments:
                    pieces = cut(frame.scan.text, start, stop, (*self.macros, *self.poisoned), self.options.cache)
                    if pieces is not None:
                        frame.pieces = pieces[::-1]
                        tokens = self._piece(frame)
                        if tokens:
                            return tokens
                        continue
                tokens = lex(frame.scan.text, start, stop, frame.file.base, self.kinds)
                if tokens:
                    first = tokens[0]
                    tokens[0] = first._replace(flags=first.flags | BOL)
                    return tokens
                continue
            handler = _DIRECTIVES.get(name)
            if handler is None:
                self._unknown(frame, segment)
                continue
            handler(self, frame, segment)
            if self.frames[-1] is not frame:
                return []
        return None

    def _comments(self, frame: Frame, start: int, stop: int) -> None:
        """The comments of a stretch of text, ahead of its tokens: the printer puts them where they were."""
        for match in comments(frame.scan.text, start, stop):
            self.out.append(Token("comment", match.group(), frame.file.base + match.start()))

    def _piece(self, frame: Frame) -> list[Token]:
        """The tokens of the next piece that has some; those before stay text."""
        base = frame.file.base
        while frame.pieces:
            start, stop, text = frame.pieces.pop()
            if text is not None and not self.in_arguments:
                self.out.append(Token("text", text, base + start, BOL))
                continue
            tokens = lex(frame.scan.text, start, stop, base, self.kinds)
            if tokens:
                tokens[0] = tokens[0]._replace(flags=tokens[0].flags | BOL)
                return tokens
        return []

    def _more(self, frame: Frame) -> list[Token] | None:
        """More text for a macro call whose arguments go on after a directive."""
        self.in_arguments = True
        try:
            return self._chunk(frame)
        finally:
            self.in_arguments = False

    def _leave(self, frame: Frame) -> None:
        conditionals.check_closed(self, frame)
        if frame.scan.open_comment >= 0:
            self.diagnostics.error("E0101", frame.file.base + frame.scan.open_comment, "this comment has no end",
                                   fix="close it with */")  # fmt: skip
        self._end = frame.file.base + len(frame.scan.text)
        self.frames.pop()

    def _predefine(self) -> None:
        text = predefined_text(self.options)
        file = self.sources.add_file("<built-in>", text, system=True)
        base, kinds = file.base, self.kinds
        for match in _DEFINE.finditer(text):
            name = match.group(1)
            self.macros[name] = Macro(name, base + match.start(1), text, match.start(2), match.end(), base, False, kinds)

    def _command_line(self, main: Header) -> None:
        """-D and -U in order, then -imacros, then -include."""
        lines = []
        for action, what in self.options.macros:
            what = what.split("\n")[0]
            if action == "U":
                lines.append(f"#undef {what}\n")
            else:
                name, equals, value = what.partition("=")
                lines.append(f"#define {name} {value if equals else '1'}\n")
        text = "".join(lines)
        self.enter(Header("", scan(text), (-1, -1)), "<command line>", -1, False, -1)
        loc = self.frames[-1].file.base
        command_line = self.frames[-1]
        self._chunk(command_line)
        for names, keep in ((self.options.imacros, False), (self.options.forced, True)):
            for name in names:
                if includes.force_include(self, name, loc):
                    kept = len(self.out)
                    floor = len(self.frames) - 1
                    self._read_down_to(floor)
                    if not keep:
                        del self.out[kept:]
        self.frames.clear()

    def _read_down_to(self, floor: int) -> None:
        """Read until only `floor` files are open."""
        below = self.frames[:floor]
        self.frames[:] = self.frames[floor:]
        self._read()
        self.frames[:] = below

    def _unknown(self, frame: Frame, segment: Segment) -> None:
        import difflib

        name = segment.name or ""
        if name.isdigit():
            _line_marker(self, frame, segment)
            return
        if name in ("embed", "assert", "unassert"):
            self.diagnostics.error("E0120", self.span(frame, segment), f"#{name} is not supported",
                                   fix="write the bytes as an array" if name == "embed" else "use #define and #if")  # fmt: skip
            return
        if not name:  # `# 'x'` and the like
            tokens = self.rest(frame, segment)
            if not tokens:
                return
            self.diagnostics.error("E0104", tokens[0].loc, "'#' starts a line but no directive follows",
                                   fix="directives are #include, #define, #if, ...")  # fmt: skip
            return
        close = difflib.get_close_matches(name, list(_DIRECTIVES), 1, 0.6)
        span = self.span(frame, segment)
        fix = "directives are #include, #define, #if, ..."
        if close:
            fix = Fix(f"did you mean #{close[0]}?", Edit(span.point, name, close[0]))
        self.diagnostics.error("E0104", span, f"there is no directive '#{name}'", fix=fix)

    def _check_characters(self) -> None:
        """Report what is no token of C, once all macros are expanded, and spell digraphs the usual way."""
        kinds = self.kinds
        if not DIGRAPHS.keys().isdisjoint(kinds):
            self.out[:] = [
                token._replace(text=DIGRAPHS[token.text]) if token.kind == "punct" and token.text in DIGRAPHS else token
                for token in self.out
            ]
        if self.poisoned:
            for token in self.out:
                if token.kind == "id" and token.text in self.poisoned:
                    self.diagnostics.error("E0119", token.loc, f"'{token.text}' was poisoned by #pragma poison",
                                           fix="use what replaces it")  # fmt: skip
        if "other" in kinds.values():
            for token in self.out:
                if token.kind == "other":
                    self._bad_character(token)

    def _bad_character(self, token: Token) -> None:
        character = token.text[0]
        code = ord(character)
        if character in "\"'":
            what = "string" if character == '"' else "character constant"
            fix = f"close it with {character}, or write \\{character} for the character itself"
            self.diagnostics.error("E0102", token.loc, f"this {what} has no end on its line", fix=fix)
        elif 0xDC80 <= code <= 0xDCFF:
            self.diagnostics.error("E0103", token.loc, f"the byte 0x{code - 0xDC00:02x} is not UTF-8",
                                   fix="save the file as UTF-8")  # fmt: skip
        else:
            shown = f"'{character}' " if character.isprintable() else ""
            fix = "write a space" if character.isspace() else "remove it" if character != "\\" else "a '\\' must end its line"
            self.diagnostics.error("E0103", token.loc, f"the character {shown}(U+{code:04X}) has no meaning in C here", fix=fix)


def _define(state: State, frame: Frame, segment: Segment) -> None:
    try:
        macro = parse_define(frame.scan.text, segment.start, segment.stop, frame.file.base, state.kinds)
        if macro.function_like and not frame.file.system and not macro.is_right():
            macro.compile()  # tell now what is wrong with it; system headers can wait until it is used
    except DefinitionError as error:
        state.diagnostics.error("E0107", error.loc, error.message, fix=error.fix)
        return
    old = state.macros.get(macro.name)
    if old is not None and state.options.warnings and not frame.file.system and not old.same_as(macro):
        state.diagnostics.warning(
            "W0103", macro.loc, f"macro '{macro.name}' is defined again, differently",
            notes=[] if old.builtin else [("the definition before is here", old.loc)], fix=f"#undef {macro.name} before it",
        )  # fmt: skip
    state.macros[macro.name] = macro
    if state.options.keep_directives:
        state.emit_directive(definition(macro), macro.loc)


def _undef(state: State, frame: Frame, segment: Segment) -> None:
    try:
        name, extra = parse_name(frame.scan.text, segment.start, segment.stop, frame.file.base, state.kinds, "undef")
    except DefinitionError as error:
        state.diagnostics.error("E0107", error.loc, error.message, fix=error.fix)
        return
    state.extra(extra, "undef")
    if name not in ("defined", "_Pragma") and state.macros.pop(name, None) is not None:
        state.emit_directive(f"#undef {name}", frame.file.base + segment.hash)


def _error(state: State, frame: Frame, segment: Segment) -> None:
    if state.missing_header:  # most likely a consequence
        return
    text = _text(state, frame, segment)
    state.diagnostics.error("E0115", state.span(frame, segment), text or "#error")


def _warning(state: State, frame: Frame, segment: Segment) -> None:
    state.diagnostics.warning("W0101", state.span(frame, segment), _text(state, frame, segment) or "#warning")


def _text(state: State, frame: Frame, segment: Segment) -> str:
    return re.sub(r"\\[ \t\r]*\n", "", frame.scan.text[segment.start : segment.stop]).strip()


def _line(state: State, frame: Frame, segment: Segment) -> None:
    """`#line number "file"` (C11 6.10.4)."""
    tokens = state.expander.expand(state.rest(frame, segment))
    _set_line(state, frame, segment, tokens)


def _line_marker(state: State, frame: Frame, segment: Segment) -> None:
    """`# number "file" flags`, as `-E` prints it."""
    start = segment.start - len(segment.name or "")
    _set_line(state, frame, segment, state.rest(frame, segment._replace(start=start)))


def _set_line(state: State, frame: Frame, segment: Segment, tokens: list[Token]) -> None:
    if not tokens or not re.fullmatch(r"[0-9]{1,10}", tokens[0].text) or int(tokens[0].text) > 0x7FFFFFFF:
        state.diagnostics.error("E0116", tokens[0].loc if tokens else state.span(frame, segment),
                                "#line takes a line number from 1 to 2147483647", fix='write #line 10 "file.c"')  # fmt: skip
        return
    file = frame.file
    name = file.marks[-1][2] if file.marks else file.name
    if len(tokens) > 1:
        if tokens[1].kind != "string" or not tokens[1].text.startswith('"'):
            state.diagnostics.error("E0116", tokens[1].loc, "the file's name after #line must be a string",
                                    fix='write #line 10 "file.c"')  # fmt: skip
            return
        name = re.sub(r"\\(.)", r"\1", tokens[1].text[1:-1])
    end = frame.scan.text.find("\n", segment.stop)
    if end >= 0:
        file.marks.append((end + 1, int(tokens[0].text), name))


def _nothing(state: State, frame: Frame, segment: Segment) -> None:
    """`#ident`, `#sccs`: accepted, without effect."""


_DIRECTIVES: dict[str, Callable[[State, Frame, Segment], None]] = {
    "define": _define,
    "undef": _undef,
    "include": includes.include,
    "include_next": includes.include,
    "import": includes.include,
    "if": conditionals.open_condition,
    "ifdef": conditionals.open_condition,
    "ifndef": conditionals.open_condition,
    "elif": conditionals.next_condition,
    "elifdef": conditionals.next_condition,
    "elifndef": conditionals.next_condition,
    "else": conditionals.next_condition,
    "endif": conditionals.close_condition,
    "line": _line,
    "error": _error,
    "warning": _warning,
    "pragma": pragmas.pragma,
    "ident": _nothing,
    "sccs": _nothing,
}

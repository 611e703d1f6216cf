"""Macros whose value depends on where they stand: `__LINE__`, `__FILE__`, `__COUNTER__`, ... (C11 6.10.8.1)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from ..journal import Journal
from .expand import Expander, Reader
from .features import ATTRIBUTES, BUILTINS, C_ATTRIBUTES, EXTENSIONS, FEATURES, KEYWORDS, plain
from .includes import has_include
from .macros import Macro
from .state import State
from .tokens import Token


def builtin_macros(state: State) -> dict[str, Macro]:
    """The macros, by name."""
    kinds, sources = state.kinds, state.sources
    when = _Clock(state.options.journal)
    counter = iter(range(1 << 62))

    def value(name: str, kind: str, text: Callable[[Expander], str]) -> Macro:
        def tokens(expander: Expander, token: Token, reader: Reader) -> list[Token]:
            loc = sources.add_expansion(name, sources.spelling(token.loc), token.loc)
            return [Token(kind, text(expander), loc, token.flags)]

        return Macro(name, 0, "", 0, 0, 0, False, kinds, tokens)

    def query(name: str, answer: Callable[[list[Token]], int | str]) -> Macro:
        def tokens(expander: Expander, token: Token, reader: Reader) -> list[Token]:
            groups = expander.collect(token, reader, 1)
            loc = sources.add_expansion(name, sources.spelling(token.loc), token.loc)
            return [Token("number", str(answer(groups[0])) if groups else "0", loc, token.flags)]

        return Macro(name, 0, "", 0, 0, 0, True, kinds, tokens)

    def named(table: frozenset[str]) -> Callable[[list[Token]], int]:
        return lambda tokens: int(bool(tokens) and plain(tokens[-1].text) in table)

    def has_builtin(tokens: list[Token]) -> int:
        return int(bool(tokens) and tokens[-1].text in BUILTINS)

    def has_warning(tokens: list[Token]) -> int:
        from ..warning_names import CLANG

        return int(len(tokens) == 1 and tokens[0].text.strip('"').removeprefix("-W") in CLANG)

    def c_attribute(tokens: list[Token]) -> int | str:
        if len(tokens) == 1:
            return C_ATTRIBUTES.get(plain(tokens[0].text), 0)
        scoped = len(tokens) > 1 and tokens[0].text in ("gnu", "clang")
        return int(scoped and plain(tokens[-1].text) in ATTRIBUTES)

    def base_file(expander: Expander) -> str:
        """The main file as #line calls it where the outermost header is included."""
        loc = state.frames[1].file.included_from if len(state.frames) > 1 else expander.line
        return sources.place(loc).file if loc >= 0 and state.include_level() >= 0 else state.main_name

    rows = [
        value("__LINE__", "number", lambda expander: str(sources.place(expander.line).line)),
        value("__FILE__", "string", lambda expander: _quoted(sources.place(expander.line).file)),
        value("__FILE_NAME__", "string", lambda expander: _quoted(os.path.basename(sources.place(expander.line).file))),
        value("__BASE_FILE__", "string", lambda expander: _quoted(base_file(expander))),
        value("__INCLUDE_LEVEL__", "number", lambda expander: str(state.include_level())),
        value("__COUNTER__", "number", lambda expander: str(next(counter))),
        value("__DATE__", "string", lambda expander: _quoted(when.date())),
        value("__TIME__", "string", lambda expander: _quoted(when.time())),
        value("__TIMESTAMP__", "string", lambda expander: _quoted(when.timestamp(state.current_path()))),
        query("__has_attribute", named(ATTRIBUTES)),
        query("__has_builtin", has_builtin),
        query("__has_feature", named(FEATURES)),
        query("__has_extension", named(EXTENSIONS)),
        query("__has_c_attribute", c_attribute),
        query("__has_declspec_attribute", lambda tokens: 0),
        query("__has_warning", has_warning),
        query("__has_constexpr_builtin", lambda tokens: 0),
        query("__is_identifier",
              lambda tokens: int(len(tokens) == 1 and tokens[0].kind == "id" and tokens[0].text not in KEYWORDS)),
        query("__has_include", lambda tokens: has_include(state, tokens, False)),
        query("__has_include_next", lambda tokens: has_include(state, tokens, True)),
    ]
    return {macro.name: macro for macro in rows}


def defined_macro(state: State) -> Macro:
    """The operator `defined`, in force while the condition of an `#if` is expanded (C11 6.10.1p1)."""

    def tokens(expander: Expander, token: Token, reader: Reader) -> list[Token]:
        name = reader.next()
        closed = name is not None and name.text == "("
        if closed:
            name = reader.next()
        if name is None or name.kind != "id":
            state.diagnostics.error("E0112", (name or token).loc, "'defined' is not followed by a macro's name",
                                           fix="write defined(NAME)")  # fmt: skip
            return [Token("number", "0", token.loc, token.flags)]
        if closed:
            close = reader.next()
            if close is None or close.text != ")":
                state.diagnostics.error("E0112", name.loc, f"')' is missing after 'defined({name.text}'",
                                               fix=f"write defined({name.text})")  # fmt: skip
        return [Token("number", "1" if state.is_defined(name.text) else "0", token.loc, token.flags)]

    return Macro("defined", 0, "", 0, 0, 0, False, state.kinds, tokens)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class _Clock:
    """One time for a whole compile; SOURCE_DATE_EPOCH wins, so that builds can be repeated (reproducible-builds.org)."""

    def __init__(self, journal: Journal) -> None:
        self._now: time.struct_time | None = None
        self._journal = journal

    def now(self) -> time.struct_time:
        self._journal.timed = True
        if self._now is None:
            epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
            fixed = epoch.isascii() and epoch.isdigit() and len(epoch) < 12
            self._now = time.gmtime(int(epoch)) if fixed else time.localtime()
        return self._now

    def date(self) -> str:
        now = self.now()
        return f"{_MONTHS[now.tm_mon - 1]} {now.tm_mday:2} {now.tm_year}"

    def time(self) -> str:
        now = self.now()
        return f"{now.tm_hour:02}:{now.tm_min:02}:{now.tm_sec:02}"

    def timestamp(self, path: str) -> str:
        self._journal.timed = True
        try:
            when = time.localtime(os.stat(path).st_mtime) if "SOURCE_DATE_EPOCH" not in os.environ else self.now()
        except OSError:
            when = self.now()
        clock = f"{when.tm_hour:02}:{when.tm_min:02}:{when.tm_sec:02}"
        return f"{_DAYS[when.tm_wday]} {_MONTHS[when.tm_mon - 1]} {when.tm_mday:2} {clock} {when.tm_year}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

"""Diagnostics: one shape for everything we tell a user, and how it is shown on a terminal or as JSON.

Codes:  E01xx preprocessor   E02xx parser        E03xx types and semantics   E04xx C that BPF cannot run
        E05xx code generation   E06xx objects and assembly   E07xx command lines and files
        V1xxx verifier       R2xxx machine (run time)    L3xxx loader
        W... the same families as warnings. Each code means one thing, for ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from .records import NamedTuple, dataclass, replace
from .source import Place, SourceMap, Span
from .warnings import BY_CODE, Levels


class Severity(StrEnum):
    """How bad a diagnostic is."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Note:
    """A further place that explains a diagnostic."""

    message: str
    place: Place | None = None


class Edit(NamedTuple):
    """A change of the source: the text `old` at location `at` becomes `new`. With no `old`, `new` is put in front of `at`."""

    at: int
    old: str
    new: str


class Fix(str):
    """A way out in words, with the edits that carry it out: for `fix=` where a machine can do it.

    Edits whose `old` is not what stands there (a macro made it, a line is continued) are not told.
    """

    edits: tuple[Edit, ...]

    def __new__(cls, text: str, *edits: Edit) -> Fix:
        made = super().__new__(cls, text)
        made.edits = edits
        return made


def did_you_mean(new: str, old: str, at: int) -> Fix:
    """The fix of a misspelt name: `old`, which stands at `at`."""
    return Fix(f"did you mean '{new}'?", Edit(at, old, new))


@dataclass(frozen=True, slots=True)
class Replacement:
    """An `Edit` for people and tools: columns [place.begin, place.end) of a line become `text`."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """What went wrong, where, why in the user's words, and the way out (`fix`): as `replacements` if a machine can do it."""

    code: str
    severity: Severity
    message: str
    place: Place | None = None
    notes: tuple[Note, ...] = ()
    fix: str = ""
    flag: str = ""  # of a warning: the option that turns it on, as clang writes it: -Wname, -Werror,-Wname
    replacements: tuple[Replacement, ...] = ()  # all of them together carry out `fix`

    def to_json(self) -> dict[str, Any]:
        """The finding as `--json` prints it."""
        return {
            "code": self.code,
            "severity": str(self.severity),
            "file": self.place.file if self.place else None,
            "line": self.place.line if self.place else None,
            "column": self.place.column if self.place else None,
            "message": self.message,
            "fix": self.fix,
            "replacements": [
                {"file": r.place.file, "line": r.place.line, "column": r.place.begin, "end_column": r.place.end, "text": r.text}
                for r in self.replacements
            ],
            "flag": self.flag,
            "notes": [
                {"message": n.message, "file": n.place.file if n.place else None, "line": n.place.line if n.place else None}
                for n in self.notes
            ],
        }

    def render(self, *, color: bool = False) -> str:
        """The diagnostic as text: a headline, the source line with its caret, notes, and the fix."""
        return "\n".join(_render(self, color))


class PurebpfError(Exception):
    """Base of every error a user can cause. `str(error)` is what a terminal shows."""

    def __init__(self, diagnostics: Iterable[Diagnostic] | Diagnostic) -> None:
        self.diagnostics = [diagnostics] if isinstance(diagnostics, Diagnostic) else list(diagnostics)
        super().__init__("\n".join(d.render() for d in self.diagnostics))

    @property
    def first(self) -> Diagnostic:
        """The first diagnostic that is an error."""
        return next((d for d in self.diagnostics if d.severity is Severity.ERROR), self.diagnostics[0])

    @property
    def code(self) -> str:
        """The first error's code."""
        return self.first.code

    @property
    def message(self) -> str:
        """The first error's message."""
        return self.first.message

    @property
    def place(self) -> Place | None:
        """Where the first error is."""
        return self.first.place

    @property
    def notes(self) -> tuple[Note, ...]:
        """The first error's notes."""
        return self.first.notes

    @property
    def fix(self) -> str:
        """The way out of the first error."""
        return self.first.fix


class UsageError(PurebpfError):
    """The command line asks for something that is not there or does not go together."""


class CompileError(PurebpfError):
    """The source cannot be compiled."""


class ObjectError(PurebpfError):
    """An object file or assembly text cannot be used."""


class Diagnostics:
    """Collects what one compile has to say, in order; errors do not stop it until `raise_if_errors`.

    `levels` says which warnings are wanted. Those that it makes errors stop a compile at `raise_if_promoted`.
    """

    def __init__(self, sources: SourceMap, levels: Levels | None = None, *, limit: int = 20) -> None:
        self.sources = sources
        self.levels = levels or Levels()
        self.promoted = 0  # warnings that are errors
        self.region: dict[str, str] = {}  # levels by `#pragma GCC diagnostic`, of what is being preprocessed
        self.found: list[Diagnostic] = []
        self.errors = 0
        self.limit = limit
        self._seen: set[tuple[str, str, Place | None]] = set()

    def error(self, code: str, span: Span | int | None, message: str, *, fix: str = "",
              notes: Iterable[tuple[str, Span | int | None]] = ()) -> None:  # fmt: skip
        """Record an error; raises `CompileError` when there are too many to be useful."""
        self._add(code, Severity.ERROR, span, message, fix, notes)

    def warning(self, code: str, span: Span | int | None, message: str, *, fix: str = "",
                notes: Iterable[tuple[str, Span | int | None]] = (), level: str = "") -> None:  # fmt: skip
        """Record a warning if it is wanted. `level`: "warning" or "error" where a pragma decides. Warnings inside system
        headers are not shown."""
        if not level and code in self.region:
            level = self.levels.raised(code, self.region[code])
        level = level or self.levels.of(code)
        if level == "ignored":
            return
        if span is not None and self.sources.file_of(span if isinstance(span, int) else span.point).system:
            return
        if level == "error":
            self._add(code, Severity.ERROR, span, message, fix, notes, promoted=True)
        else:
            self._add(code, Severity.WARNING, span, message, fix, notes)

    def fatal(self, code: str, span: Span | int | None, message: str, *, fix: str = "",
              notes: Iterable[tuple[str, Span | int | None]] = ()) -> CompileError:  # fmt: skip
        """Record an error that ends the compile and return the exception to raise."""
        self._add(code, Severity.ERROR, span, message, fix, notes)
        return CompileError(self.found)

    def adopt(self, problem: PurebpfError) -> CompileError:
        """Take over what another part raised; the exception to raise instead, with all that was found so far."""
        self.found += problem.diagnostics
        self.errors += sum(item.severity is Severity.ERROR for item in problem.diagnostics)
        return CompileError(self.found)

    def raise_if_errors(self) -> None:
        """Raise `CompileError` with all that was found if any of it is an error."""
        if self.errors:
            raise CompileError(self.found)

    def raise_if_promoted(self) -> None:
        """Raise `CompileError` as well if a warning is an error: at the end of a compile, so that all of them are told."""
        if self.errors or self.promoted:
            raise CompileError(self.found)

    def _add(self, code: str, severity: Severity, span: Span | int | None, message: str, fix: str,
             notes: Iterable[tuple[str, Span | int | None]], *, promoted: bool = False) -> None:  # fmt: skip
        place = None
        trail: list[Note] = []
        if span is not None:
            place = self.sources.place(span)
            loc = span if isinstance(span, int) else span.point
            trail = [Note(f"expanded from macro '{name}'", at) for name, at in self.sources.backtrace(loc)]
            if len(trail) > _MAX_TRAIL:
                cut = Note(f"({len(trail) - _MAX_TRAIL} more macros in between)")
                trail = [*trail[: _MAX_TRAIL // 2], cut, *trail[-_MAX_TRAIL // 2 :]]
            trail += self._includes(loc)
        key = (code, message, place)
        if key in self._seen:
            return
        self._seen.add(key)
        trail += [Note(text, None if at is None else self.sources.place(at)) for text, at in notes]
        row = BY_CODE.get(code)
        flag = f"-W{row.name}" if row is not None and row.name else ""
        if promoted:
            self.promoted += 1
            flag = "-Werror" + (f",{flag}" if flag else "") if BY_CODE[code].when != "error" else flag
        self.found.append(Diagnostic(code, severity, message, place, tuple(trail), str(fix), flag, self._replacements(fix)))
        if severity is Severity.ERROR and not promoted:
            self.errors += 1
            if self.errors >= self.limit:
                raise CompileError(self.found)

    def _replacements(self, fix: str) -> tuple[Replacement, ...]:
        """What a fix changes, if all of it can be changed where the user wrote it."""
        made = []
        for at, old, new in fix.edits if isinstance(fix, Fix) else ():
            loc = self.sources.outermost(at)
            file = self.sources.file_of(loc)
            if file.system or (at < 0 and not old) or not file.text.startswith(old, loc - file.base):
                return ()
            place = self.sources.place(loc)
            made.append(Replacement(replace(place, begin=place.column, end=place.column + len(old)), new))
        return tuple(made)

    def _includes(self, loc: int) -> list[Note]:
        """How the header in which `loc` is came to be read, from the inside out."""
        notes: list[Note] = []
        file = self.sources.file_of(loc)
        while file.included_from >= 0 and len(notes) < _MAX_INCLUDES:
            at = self.sources.place(file.included_from)
            if at.text:  # -include has no line to show
                notes.append(Note(f"'{file.name}' is included here", at))
            file = self.sources.file_of(file.included_from)
        return notes


_MAX_TRAIL = 6  # macros shown for one diagnostic
_MAX_INCLUDES = 3
_MAX_WIDTH = 200  # characters shown of a line of source

_COLORS = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;35m", Severity.NOTE: "\x1b[1;36m"}
_BOLD, _GREEN, _RESET = "\x1b[1m", "\x1b[1;32m", "\x1b[0m"


def _render(item: Diagnostic, color: bool) -> list[str]:
    lines = _headline(item.severity, item.message, item.place, item.code, color)
    if item.place and (shown := _replaced(item.place, item.replacements)):
        lines.append(f"    {_GREEN}{shown}{_RESET}" if color else f"    {shown}")
    if item.flag:
        lines[0] += f" [{item.flag}]"
    for note in item.notes:
        lines += _headline(Severity.NOTE, note.message, note.place, "", color)
    if item.fix:
        label = f"{_GREEN}fix:{_RESET}" if color else "fix:"
        lines.append(f"  {label} {_printable(item.fix)}")
    return lines


def _headline(severity: Severity, message: str, place: Place | None, code: str, color: bool) -> list[str]:
    where = f"{place}: " if place else ""
    message = _printable(message)
    where = _printable(where)
    tail = f" [{code}]" if code else ""
    if color:
        lines = [f"{_BOLD}{where}{_COLORS[severity]}{severity}: {_RESET}{_BOLD}{message}{_RESET}{tail}"]
    else:
        lines = [f"{where}{severity}: {message}{tail}"]
    if place and place.text:
        text, caret = _excerpt(place)
        lines += [f"    {text}", f"    {_GREEN}{caret}{_RESET}" if color else f"    {caret}"]
    return lines


def _excerpt(place: Place) -> tuple[str, str]:
    """The line of source and the line with caret and underline below it, as wide as a terminal shows them."""
    start, stop = 0, len(place.text)
    if stop > _MAX_WIDTH:
        start = max(0, min(place.column - 1 - _MAX_WIDTH // 2, stop - _MAX_WIDTH))
        stop = start + _MAX_WIDTH
    text, caret = [], []
    for column, character in enumerate(place.text[start:stop], start + 1):
        shown = " " if character == "\t" else _printable(character)
        width = 1 if shown.isascii() else _width(shown)
        mark = "^" if column == place.column else "~" if place.begin <= column < place.end else " "
        text.append(shown)
        caret.append((mark + ("~" if mark != " " else " ") * (width - 1)) if width else "")
    if place.column > stop:
        caret.append("^")
    return "".join(text), "".join(caret).rstrip()


def _replaced(place: Place, replacements: tuple[Replacement, ...]) -> str:
    """The line below the caret: the new text of replacements on the caret's line, each below what it replaces."""
    line = ""
    for item in sorted(replacements, key=lambda item: item.place.begin):
        at = item.place
        if (at.file, at.line) != (place.file, place.line) or len(at.text) > _MAX_WIDTH:
            continue
        before = at.text[: at.begin - 1]
        start = len(before) if before.isascii() else sum(map(_width, map(_printable, before)))
        line = line.ljust(start if start > len(line) or not line else len(line) + 1) + _printable(item.text)
    return line.rstrip()


def _printable(text: str) -> str:
    """Text without characters that would command the terminal."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text)


def _width(character: str) -> int:
    """Columns that a character takes on a terminal."""
    from unicodedata import combining, east_asian_width

    return 0 if combining(character) else 2 if east_asian_width(character) in "WF" else 1

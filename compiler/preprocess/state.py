"""What the preprocessor knows while it reads: the files it is in, the macros, the headers."""

from __future__ import annotations

import os

from ..diagnostics import Diagnostics
from ..records import dataclass, field
from ..source import SourceFile, SourceMap, Span
from ..warnings import Regions
from .chunks import Piece
from .expand import Expander
from .headers import Header, Headers
from .macros import Macro
from .options import PreprocessOptions
from .scan import Scan, Segment
from .tokens import Kinds, Token, lex

MAX_INCLUDE_DEPTH = 200
MAX_INCLUDES = 20_000  # files read in one translation unit, however often each


@dataclass(slots=True)
class Condition:
    """An open `#if`: where, whether one of its groups was taken, whether `#else` was seen."""

    loc: int
    name: str
    taken: bool
    closed: bool = False


@dataclass(slots=True)
class Frame:
    """A file being read. `folder` is the index in the search list where it was found, or -1."""

    file: SourceFile
    scan: Scan
    path: str
    folder: int
    identity: tuple[int, int] | None = None
    index: int = 0
    conditions: list[Condition] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)  # of the chunk being read, the next one last

    @property
    def directory(self) -> str:
        """The folder of the file, "" for the current one."""
        return os.path.dirname(self.path)


class State:
    """All that directives read and change."""

    def __init__(self, sources: SourceMap, diagnostics: Diagnostics, options: PreprocessOptions) -> None:
        self.sources = sources
        self.diagnostics = diagnostics
        self.options = options
        self.kinds = Kinds(options.standard)
        self.macros: dict[str, Macro] = {}
        self.saved_macros: dict[str, list[Macro | None]] = {}  # #pragma push_macro
        self.poisoned: set[str] = set()  # #pragma GCC poison
        self.expander = Expander(self.macros, sources, diagnostics, self.kinds)
        self.headers = Headers(options)
        self.once: set[tuple[int, int]] = set()  # files with #pragma once
        self.frames: list[Frame] = []
        self.out: list[Token] = []
        self.main_name = ""
        self.missing_header = False  # an #error after that is its consequence
        self.in_arguments = False
        self.warnings = Regions()  # #pragma GCC diagnostic

    def enter(self, header: Header, name: str, folder: int, system: bool, included_from: int) -> None:
        """Go on reading in `header`, which people know as `name`."""
        if len(self.frames) > MAX_INCLUDE_DEPTH:
            raise self.diagnostics.fatal(
                "E0114", included_from, f"headers include each other more than {MAX_INCLUDE_DEPTH} deep",
                fix=f"give '{name}' an include guard or #pragma once",
            )  # fmt: skip
        if len(self.sources.files) > MAX_INCLUDES:
            raise self.diagnostics.fatal(
                "E0114", included_from, f"more than {MAX_INCLUDES:,} headers are included",
                fix=f"does '{name}' include itself twice? give it an include guard",
            )  # fmt: skip
        file = self.sources.add_file(name, header.scan.text, system=system, included_from=included_from)
        self.frames.append(Frame(file, header.scan, header.path, folder, header.identity))

    def rest(self, frame: Frame, segment: Segment) -> list[Token]:
        """The tokens after a directive's name."""
        return lex(frame.scan.text, segment.start, segment.stop, frame.file.base, self.kinds)

    def span(self, frame: Frame, segment: Segment) -> Span:
        """The directive from `#` to its name, the caret on the name."""
        name = frame.file.base + segment.start - len(segment.name or "")
        return Span(frame.file.base + segment.hash, name, name)

    def is_defined(self, name: str) -> bool:
        """What `defined(name)` says."""
        return name in self.macros and name not in ("defined", "_Pragma")

    def extra(self, tokens: list[Token], directive: str) -> None:
        """Warn about tokens where a directive should have ended."""
        if tokens and self.options.warnings:
            self.diagnostics.warning("W0102", tokens[0].loc, f"extra text after #{directive} is ignored",
                                     fix="make it a comment")  # fmt: skip

    def emit_directive(self, text: str, loc: int) -> None:
        """With -dD, keep a definition in the output."""
        if self.options.keep_directives:
            self.out.append(Token("directive", text, loc, 2))

    def include_level(self) -> int:
        """How deep in headers we are; 0 in the main file."""
        return len(self.frames) - 1

    def current_path(self) -> str:
        """The path of the file being read."""
        return self.frames[-1].path if self.frames else ""

"""`#include`, `#include_next`, `#import`, and the question `__has_include` (C11 6.10.2)."""

from __future__ import annotations

import re

from . import vmlinux
from .headers import Found
from .scan import Segment
from .state import Frame, State
from .tokens import BLOCK_COMMENT, BOL, Token, many, spell

_NAME = re.compile(many(rf"\s++|{BLOCK_COMMENT}") + r'(?:<([^>\n]*+)>|"([^"\n]*+)")')


def include(state: State, frame: Frame, segment: Segment) -> None:
    """Go on reading in the header that the directive names."""
    if state.in_arguments:
        state.diagnostics.error("E0117", state.span(frame, segment), "#include stands inside the arguments of a macro",
                                fix="include the header before the macro's call")  # fmt: skip
        return
    text = frame.scan.text
    loc = frame.file.base + segment.start
    match = _NAME.match(text, segment.start, segment.stop)
    if match:
        quoted = match.group(1) is None
        name = match.group(2) if quoted else match.group(1)
        loc = frame.file.base + match.start(2 if quoted else 1) - 1
        if match.end() < segment.stop:
            state.extra(state.rest(frame, segment._replace(start=match.end())), segment.name or "include")
    else:
        tokens = state.rest(frame, segment)
        loc = tokens[0].loc if tokens else state.span(frame, segment).point
        parsed = _header_name(state.expander.expand(tokens))
        if parsed is None:
            state.diagnostics.error("E0117", loc, f"#{segment.name} names no header",
                                    fix='write #include <name.h> or #include "name.h"')  # fmt: skip
            return
        name, quoted = parsed
    if not name.strip():
        state.diagnostics.error("E0117", loc, f"#{segment.name} names no header", fix="put a header's name between the quotes")
        return
    following = segment.name == "include_next"
    if following and not state.include_level():
        state.diagnostics.warning("W0107", state.span(frame, segment), "#include_next in the main file means #include")
        following = False
    found = _find(state, frame, name, quoted, following)
    if found is None and state.options.missing and not vmlinux.is_named(name):
        state.sources.add_file(name, "", included_from=loc)
        return
    if found is None:
        state.missing_header = True
        beside = frame.directory
        shown = name if len(name) < 200 else f"{name[:200]}..."
        fix = state.headers.missing(name, quoted, beside, loc)
        if vmlinux.is_named(name):
            message = f"no vmlinux.h on the include path, and no BTF at {vmlinux.source(state.options)} to make it from"
            state.diagnostics.error("E0121", loc, message, fix=fix)
            return
        state.diagnostics.error("E0110", loc, f"header '{shown}' not found", fix=fix)
        return
    if state.options.keep_includes:
        written = f'"{name}"' if quoted else f"<{name}>"
        state.out.append(Token("directive", f"#{segment.name} {written} /* clang -E -dI */", loc, BOL))
    _enter(state, found, loc, segment.name == "import")


def _enter(state: State, found: Found, loc: int, once: bool) -> None:
    try:
        header = state.headers.load(found.path)
    except OSError as error:
        state.missing_header = True
        state.diagnostics.error("E0111", loc, f"header '{found.path}' cannot be read: {error.strerror}",
                                fix="check its permissions")  # fmt: skip
        return
    guard = header.scan.guard
    if (guard and guard in state.macros) or header.identity in state.once:
        return
    if once:
        state.once.add(header.identity)
    state.enter(header, found.path, found.folder, found.system, loc)


def force_include(state: State, name: str, loc: int) -> bool:
    """`-include name`: as if the main file began with `#include "name"`, looked for in the current folder first."""
    found = state.headers.find(name, "", False, 0)
    if found is None:
        state.missing_header = True
        state.diagnostics.error("E0110", None, f"header '{name}' of -include not found",
                                fix=state.headers.missing(name, True, ""))  # fmt: skip
        return False
    if not name.startswith(".") and found.folder < 0 and found.path == f"./{name}":
        found = found._replace(path=name)
    depth = len(state.frames)
    _enter(state, found, loc, False)
    return len(state.frames) > depth


def has_include(state: State, tokens: list[Token], following: bool) -> int:
    """1 if the header that `tokens` name could be included."""
    parsed = _header_name(tokens)
    if parsed is None:
        parsed = _header_name(state.expander.expand(list(tokens)))
    if parsed is None:
        loc = tokens[0].loc if tokens else state.expander.line
        state.diagnostics.error("E0112", loc, "__has_include names no header", fix="write __has_include(<name.h>)")
        return 0
    name, quoted = parsed
    following = following and state.include_level() > 0
    return int(bool(name) and _find(state, state.frames[-1], name, quoted, following) is not None)


def _find(state: State, frame: Frame, name: str, quoted: bool, following: bool) -> Found | None:
    headers = state.headers
    if following:
        return headers.find(name, None, frame.file.system, max(frame.folder + 1, headers.angled if not quoted else 0))
    beside = frame.directory if quoted else None
    return headers.find(name, beside, frame.file.system, 0 if quoted else headers.angled)


def _header_name(tokens: list[Token]) -> tuple[str, bool] | None:
    """The name in `<x/y.h>` or `"x.h"` that came as tokens, and whether it was quoted (C11 6.10.2p4)."""
    if not tokens:
        return None
    if tokens[0].kind == "string" and tokens[0].text.startswith('"'):
        return tokens[0].text[1:-1], True
    if tokens[0].text == "<":
        for index, token in enumerate(tokens):
            if token.text == ">":
                return spell(tokens[1:index]).strip(), False
    return None

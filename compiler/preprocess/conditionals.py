"""`#if`, `#ifdef`, `#ifndef`, `#elif`, `#elifdef`, `#elifndef`, `#else`, `#endif` (C11 6.10.1)."""

from __future__ import annotations

from .builtins import defined_macro
from .expressions import ExpressionError, evaluate
from .macros import DefinitionError, parse_name
from .scan import Segment
from .state import Condition, Frame, State

_OPENERS = frozenset(("if", "ifdef", "ifndef"))


def open_condition(state: State, frame: Frame, segment: Segment) -> None:
    """`#if`, `#ifdef`, `#ifndef`: go on with the text or skip it."""
    name = segment.name or ""
    holds = _holds(state, frame, segment, name)
    frame.conditions.append(Condition(frame.file.base + segment.hash, name, holds))
    if not holds:
        _skip(state, frame)


def next_condition(state: State, frame: Frame, segment: Segment) -> None:
    """`#elif`, `#else` after a group that was taken: skip to `#endif`."""
    if not frame.conditions:
        state.diagnostics.error("E0113", state.span(frame, segment), f"#{segment.name} without an open #if",
                                fix="is an #endif before it too many?")  # fmt: skip
        return
    _check_order(state, frame, segment)
    _skip(state, frame)


def close_condition(state: State, frame: Frame, segment: Segment) -> None:
    """`#endif`."""
    if not frame.conditions:
        state.diagnostics.error("E0113", state.span(frame, segment), "#endif without an open #if", fix="remove it")
        return
    frame.conditions.pop()
    if segment.stop > segment.start:
        state.extra(state.rest(frame, segment), "endif")


def check_closed(state: State, frame: Frame) -> None:
    """At the end of a file: all conditions must be closed."""
    for condition in frame.conditions:
        state.diagnostics.error("E0113", condition.loc, f"this #{condition.name} has no #endif", fix="add #endif")


def _check_order(state: State, frame: Frame, segment: Segment) -> None:
    """`#else` comes once and last."""
    condition = frame.conditions[-1]
    if condition.closed:
        state.diagnostics.error("E0113", state.span(frame, segment), f"#{segment.name} after #else",
                                notes=[(f"the #{condition.name} is here", condition.loc)], fix="#else comes last")  # fmt: skip
    if segment.name == "else":
        condition.closed = True
        state.extra(state.rest(frame, segment), "else")


def _skip(state: State, frame: Frame) -> None:
    """Leave out segments up to the group of the innermost condition that is taken, or its `#endif`."""
    segments = frame.scan.segments
    depth = 0
    condition = frame.conditions[-1]
    while frame.index < len(segments):
        segment = segments[frame.index]
        frame.index += 1
        name = segment.name
        if not name or name[0] not in "ie":
            continue
        if name in _OPENERS:
            depth += 1
        elif name == "endif":
            if not depth:
                close_condition(state, frame, segment)
                return
            depth -= 1
        elif not depth and name.startswith("el"):
            if name == "else":
                _check_order(state, frame, segment)
                if not condition.taken:
                    condition.taken = True
                    return
            elif name in ("elif", "elifdef", "elifndef"):
                _check_order(state, frame, segment)
                if not condition.taken and not condition.closed and _holds(state, frame, segment, name[2:]):
                    condition.taken = True
                    return


def _holds(state: State, frame: Frame, segment: Segment, name: str) -> bool:
    """Whether the condition after `#if` (name "if"), `#ifdef` ("ifdef" or "def"), `#ifndef` holds; False after errors."""
    if name == "if":
        return _if(state, frame, segment)
    try:
        macro, extra = parse_name(
            frame.scan.text, segment.start, segment.stop, frame.file.base, state.kinds, segment.name or "ifdef"
        )
    except DefinitionError as error:
        state.diagnostics.error("E0112", error.loc, error.message, fix=error.fix)
        return False
    state.extra(extra, segment.name or "ifdef")
    return state.is_defined(macro) != name.endswith("ndef")


def _if(state: State, frame: Frame, segment: Segment) -> bool:
    tokens = state.rest(frame, segment)
    if len(tokens) == 1 and tokens[0].text in ("0", "1"):
        return tokens[0].text == "1"
    state.macros["defined"] = defined_macro(state)
    errors = state.diagnostics.errors
    try:
        tokens = state.expander.expand(tokens)
    finally:
        del state.macros["defined"]
    if state.diagnostics.errors > errors:
        return False
    try:
        return evaluate(tokens, frame.file.base + segment.hash, state.diagnostics)
    except ExpressionError as error:
        state.diagnostics.error("E0112", error.loc, error.message, fix=error.fix)
        return False

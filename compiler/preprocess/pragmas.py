"""`#pragma` and `_Pragma` (C11 6.10.6, 6.10.9): some speak to the preprocessor, the rest become tokens."""

from __future__ import annotations

import re

from .expand import Expander, Reader
from .macros import Macro
from .scan import Segment
from .state import Frame, State
from .tokens import BOL, NOEXPAND, Token, lex, spell

# pragmas whose arguments are macro-expanded: those that clang reads with expansion
_EXPANDED = {"unroll", "nounroll", "unroll_and_jam", "pack", "clang"}


def pragma(state: State, frame: Frame, segment: Segment) -> None:
    """A `#pragma` line."""
    tokens = state.rest(frame, segment)
    made = _pragma(state, tokens, frame.file.base + segment.hash)
    if made is not None:
        state.out.append(made._replace(flags=made.flags | BOL))


def pragma_operator(state: State) -> Macro:
    """`_Pragma("text")` as a macro that makes a pragma token."""

    def tokens(expander: Expander, token: Token, reader: Reader) -> list[Token]:
        groups = expander.collect(token, reader, 1)
        if not groups or len(groups[0]) != 1 or groups[0][0].kind != "string":
            state.diagnostics.error("E0118", token.loc, "_Pragma takes one string", fix='write _Pragma("unroll")')
            return []
        text = groups[0][0].text
        text = re.sub(r"\\([\\\"])", r"\1", text[text.index('"') + 1 : -1])  # C11 6.10.9p1
        # the string is no file, so its tokens stand where _Pragma stands
        words = [word._replace(loc=token.loc) for word in lex(text, 0, len(text), 0, state.kinds)]
        made = _pragma(state, words, token.loc)
        return [] if made is None else [made]

    return Macro("_Pragma", 0, "", 0, 0, 0, True, state.kinds, tokens)


def _pragma(state: State, tokens: list[Token], loc: int) -> Token | None:
    """Do what a pragma says, or make a token of it."""
    words = [token.text for token in tokens]
    match words:
        case ["once", *_]:
            frame = state.frames[-1]
            if not state.include_level():
                state.diagnostics.warning("W0106", loc, "#pragma once in the main file has no effect", fix="remove it")
            elif frame.identity:
                state.once.add(frame.identity)
            return None
        case ["GCC" | "clang", "system_header", *_]:
            if state.include_level():
                state.frames[-1].file.system = True
            return None
        case ["GCC" | "clang", "poison", *names]:
            state.poisoned.update(names)
            return None
        case ["GCC" | "clang", "diagnostic", *rest]:
            _diagnostic(state, rest, loc)
        case ["push_macro" | "pop_macro" as action, "(", name, ")", *_] if name.startswith('"'):
            _push_or_pop(state, action, name.strip('"'))
            return None
        case ["GCC", "error", *rest]:
            state.diagnostics.error("E0115", loc, _message(rest))
            return None
        case ["GCC", "warning", *rest] | ["message", *rest]:
            state.diagnostics.warning("W0108", loc, _message(rest))
            return None
    if words and words[0] in _EXPANDED and words[:2] != ["clang", "diagnostic"]:
        head = 2 if words[0] == "clang" else 1
        tokens = tokens[:head] + state.expander.expand(tokens[head:])
    return Token("pragma", spell(tokens), loc, NOEXPAND)


def _diagnostic(state: State, words: list[str], loc: int) -> None:
    """`#pragma GCC diagnostic`: for the warnings of the preprocessor; the parser obeys it again, for its own tokens."""
    problem = state.warnings.apply(words)
    state.diagnostics.region = state.warnings.levels
    if problem == "pop":
        state.diagnostics.warning("W0109", loc, "there is no 'push' that this 'pop' ends", fix="remove it")
    elif problem:
        from ..warning_names import unknown

        found = unknown(problem)
        if found is not None:
            state.diagnostics.warning(found.code, loc, found.message)


def _message(words: list[str]) -> str:
    return "".join(word[1:-1] for word in words if word.startswith('"')) or " ".join(words)


def _push_or_pop(state: State, action: str, name: str) -> None:
    stack = state.saved_macros.setdefault(name, [])
    if action == "push_macro":
        stack.append(state.macros.get(name))
    elif stack:
        saved = stack.pop()
        if saved is None:
            state.macros.pop(name, None)
        else:
            state.macros[name] = saved

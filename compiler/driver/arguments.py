"""Reads a command line into a Request, by the table of options."""

from __future__ import annotations

import os
from collections.abc import Sequence

from ..cache import user_cache
from .options import OPTIONS, Form, Option
from .request import Request, usage_error

_MAX_RESPONSE_FILES = 10


def parse_arguments(arguments: Sequence[str]) -> Request:
    """The request. Raises UsageError."""
    words = _with_response_files(list(arguments), 0)
    table = {option.name: option for option in OPTIONS}
    request = Request()
    request.preprocess.cache = user_cache()
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word == "--":
            for path in words[at:]:
                request.inputs.append((path, request.language))
            break
        if not word.startswith("-") or word == "-":
            if not word:
                raise usage_error("E0702", "an argument is empty", "is a variable of the Makefile empty?")
            request.inputs.append((word, request.language))
            continue
        option = _lookup(table, word)
        if option is None:
            raise _unknown(word)
        value = word[len(option.name) :]
        if option.form is Form.SEPARATE or (option.form is Form.EITHER and not value):
            if at >= len(words):
                raise usage_error("E0702", f"{option.name} lacks its value", f"write {option.name} {option.value or 'VALUE'}")
            value = words[at]
            at += 1
        option.apply(request, value)
    request.preprocess.target = request.target()
    return request


def _lookup(table: dict[str, Option], word: str) -> Option | None:
    """The option that `word` is, or begins with."""
    exact = table.get(word)
    if exact is not None:
        return exact
    for length in range(len(word) - 1, 1, -1):
        option = table.get(word[:length])
        if option is not None and option.form in (Form.JOINED, Form.EITHER):
            return option
    return None


def _unknown(word: str) -> Exception:
    from difflib import get_close_matches

    name, equals, value = word.partition("=")
    near = get_close_matches(name + equals, [option.name for option in OPTIONS], 1, 0.7)
    hint = f"did you mean {near[0]}{value if near[0].endswith('=') else ''}?" if near else "purebpf-cc --help lists the options"
    return usage_error("E0702", f"option {word} is unknown", hint)


def _with_response_files(words: list[str], depth: int) -> list[str]:
    """`@FILE` stands for the words in the file."""
    result: list[str] = []
    for word in words:
        if not word.startswith("@") or os.path.exists(word):
            result.append(word)
            continue
        if depth >= _MAX_RESPONSE_FILES:
            raise usage_error("E0702", f"{word} names itself, through other files", "write out the options")
        import shlex

        try:
            with open(word[1:], encoding="utf-8", errors="surrogateescape") as file:
                inner = shlex.split(file.read(), comments=False)
        except OSError as error:
            raise usage_error("E0701", f"cannot read '{word[1:]}': {error.strerror}", "@FILE reads options from FILE") from None
        except ValueError as error:
            raise usage_error("E0702", f"'{word[1:]}': {error}", "quotes in a file of options must be closed") from None
        result += _with_response_files(inner, depth + 1)
    return result

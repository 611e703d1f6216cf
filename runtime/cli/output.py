"""`write_output`: what a command makes, into the file that the user names."""

from __future__ import annotations

import sys

from ...compiler.diagnostics import Diagnostic, PurebpfError, Severity
from ...compiler.files import write_whole


def write_output(path: str, data: bytes) -> None:
    """Write a file, or to the standard output for `-`. Raises `PurebpfError`."""
    if path == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        write_whole(path, data)
    except OSError as problem:
        raise PurebpfError(Diagnostic(
            "E0705", Severity.ERROR, f"cannot write '{path}': {problem.strerror}",
            fix="does its folder exist, and may you write there?",
        )) from None  # fmt: skip

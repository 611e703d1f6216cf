"""What commands share: printing diagnostics, and owning up to a crash.

Exit codes: 0 ok, 1 findings or errors in the input, 2 usage, 70 our own fault (sysexits.h EX_SOFTWARE).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TextIO

from .diagnostics import Diagnostic, Severity

SARIF_FORMAT = "-fdiagnostics-format=sarif"
OK, FINDINGS, USAGE, OUR_FAULT, INTERRUPTED = 0, 1, 2, 70, 130


def wants_color(stream: TextIO) -> bool:
    """Color on a terminal, unless NO_COLOR is set (no-color.org)."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and stream.isatty()


def show(diagnostics: Iterable[Diagnostic], *, as_json: bool = False, stream: TextIO | None = None) -> None:
    """Print diagnostics for people, or as a JSON list of `Diagnostic.to_json`, on stderr (or `stream`)."""
    stream = stream or sys.stderr
    found = list(diagnostics)
    if as_json:
        import json

        print(json.dumps([item.to_json() for item in found], indent=2), file=stream)
        return
    color = wants_color(stream)
    for item in found:
        print(item.render(color=color).encode("utf-8", "replace").decode(), file=stream)
    errors = sum(item.severity is Severity.ERROR for item in found)
    warnings = sum(item.severity is Severity.WARNING for item in found)
    counts = [f"{n} {word}{'s' if n > 1 else ''}" for n, word in ((warnings, "warning"), (errors, "error")) if n]
    if counts:
        print(f"{' and '.join(counts)} generated.", file=stream)
    if stream.isatty() and (code := _explained(found)):
        print(f"`purebpf explain {code}` shows the mistake and its repair.", file=stream)


def _explained(found: Iterable[Diagnostic]) -> str:
    """The code that a person may want to read about: of the first error that is about a program, or ""."""
    return next((item.code for item in found if item.severity is Severity.ERROR and item.code[:3] not in _PLAIN), "")


_PLAIN = ("E06", "E07")  # about files and command lines: the message says it all


def show_sarif(diagnostics: Iterable[Diagnostic], tool: str, *, stream: TextIO | None = None) -> None:
    """Print diagnostics as a SARIF log on stderr (or `stream`)."""
    import json
    from importlib.metadata import PackageNotFoundError, version

    from .sarif import sarif

    try:
        number = version("purebpf")
    except PackageNotFoundError:  # a checkout that is not installed
        number = "0"
    print(json.dumps(sarif(diagnostics, tool, number), indent=2), file=stream or sys.stderr)


def guarded(command: str, body: Callable[[Sequence[str]], int], arguments: Sequence[str]) -> int:
    """Run a command's body; whatever goes wrong, say it without a traceback. Gives the exit code."""
    from .diagnostics import PurebpfError, UsageError

    try:
        return body(arguments)
    except PurebpfError as error:
        if "--sarif" in arguments or SARIF_FORMAT in arguments:
            show_sarif(error.diagnostics, command, stream=sys.stdout if command != "purebpf-cc" else None)
        else:
            show(error.diagnostics, as_json="--json" in arguments)
        return USAGE if isinstance(error, UsageError) else FINDINGS
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has seen enough; keep the interpreter from complaining at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINDINGS
    except (Exception, RecursionError) as error:
        return _crash(command, arguments, error)


def _crash(command: str, arguments: Sequence[str], error: BaseException) -> int:
    import platform
    import shlex
    import tempfile
    import traceback

    lines = [
        f"command: {shlex.join([command, *arguments])}",
        f"python: {platform.python_version()}  system: {platform.platform()}",
        "",
        *traceback.format_exception(error),
    ]
    where = "and could not be written to a file"
    try:
        handle, path = tempfile.mkstemp(prefix="purebpf-crash-", suffix=".txt")
        with os.fdopen(handle, "w", errors="replace") as file:
            file.write("\n".join(lines))
        where = f"and is in {path}"
    except OSError:
        pass
    print(f"{command}: this is a mistake of ours, not of yours: {type(error).__name__}: {error}", file=sys.stderr)
    print(f"  what we need to mend it has been noted {where}: please attach it to a report, with the input.", file=sys.stderr)
    return OUR_FAULT

"""`check_undefined`: functions that code calls and nothing defines: no file, and not the kernel."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ..diagnostics import Diagnostics, Edit, Fix
from ..source import Span
from . import tree
from .names import suggest

# what system headers declare extern and nothing that a BPF program is linked with defines (C11 7.21-7.24, POSIX)
_NAMES = """
    printf fprintf sprintf snprintf vprintf vsnprintf puts putchar scanf sscanf fopen fclose fread fwrite fgets fputs
    perror malloc calloc realloc free abort exit atexit getenv system qsort bsearch rand srand atoi atol atoll strtol
    strtoul strtoll strtoull abs labs llabs strcpy strncpy strcat strncat strcmp strncmp strchr strrchr strstr strtok
    strlen strnlen strdup strndup strerror memchr memcpy memmove memset memcmp time clock sleep usleep nanosleep read
    write open close socket bind listen accept connect send recv ioctl mmap munmap getpid getuid kill fork execve
    pthread_create assert __assert_fail errno __errno_location
"""
C_LIBRARY = frozenset(_NAMES.split())


def check_undefined(unit: tree.Unit, named: Mapping[str, Collection[tuple[str, int]]], diagnostics: Diagnostics) -> None:
    """Tell of those of `unit.undefined` that are among `named`, the symbols that finished code and data refer to: in
    which lines of which files.

    A warning (W0404) where another object may define it: a prototype alone says so too (C11 6.2.2p5), and clang leaves
    it to the linker. An error (E0404) where none can, or where it is the name of a helper with a slip in it.
    Those with __attribute__((error("..."))) are called only where the optimizer did not find that they never are."""
    for symbol, uses in unit.undefined.items():
        if symbol.name not in named:
            continue
        left = [span for span in uses if _line(span, diagnostics) in named[symbol.name]] or uses  # by the optimizer
        use = left[0]
        notes: list[tuple[str, Span | int | None]] = [(f"'{symbol.name}' declared here", symbol.span)]
        if symbol.if_called is not None:
            severity, text = symbol.if_called
            tell = diagnostics.error if severity == "error" else diagnostics.warning
            for call in left:
                tell("E0409" if severity == "error" else "W0409", call, f"this call of '{symbol.name}' may happen: {text}",
                     notes=notes)  # fmt: skip
            if severity == "error":
                continue
        from ...stdlib.helpers import HELPERS  # reads all of them

        near = suggest(symbol.name, [row.name for row in HELPERS.values()])
        if symbol.linkage == "extern" and not near and symbol.name not in C_LIBRARY:
            diagnostics.warning(
                "W0404", use, f"'{symbol.name}' is declared and not defined here: only another object can define it",
                fix="define it in this file, mark it __ksym if it is a kernel function (kfunc), or declare it extern",
                notes=notes,
            )  # fmt: skip
            continue
        diagnostics.error(
            "E0404", use, f"'{symbol.name}' is declared and never defined: BPF programs cannot call into libraries",
            fix=Fix(f"did you mean the helper '{near}'?", Edit(use.point, symbol.name, near)) if near else
            "define it in this file, mark it __ksym if it is a kernel function (kfunc), or declare it extern if "
            "another object that is linked with this one defines it",
            notes=notes,
        )  # fmt: skip


def _line(span: Span, diagnostics: Diagnostics) -> tuple[str, int]:
    place = diagnostics.sources.place(span)
    return place.file, place.line

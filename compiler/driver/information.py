"""`--help`, `--version`, `-print-...`, `-v`: what the compiler tells about itself."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from ..preprocess.headers import BUILTIN_HEADERS, Headers
from ..preprocess.predefined import VERSION as CLANG_VERSION
from .options import OPTIONS, Form
from .request import CPUS, Request

TRIPLE = "bpf"
_TARGETS = """\
  Registered Targets:
    bpf         - BPF (host endian)
    bpfeb       - BPF (big endian)
    bpfel       - BPF (little endian)"""


def answer(arguments: Sequence[str]) -> str | None:
    """The text that one of the arguments asks for, or None if all are about compiling."""
    for word in arguments:
        match word:
            case "--help" | "-help" | "-h":
                return help_text()
            case "--version" | "-version":
                return version_text()
            case "-dumpversion":
                return CLANG_VERSION
            case "-dumpmachine" | "-print-target-triple" | "--print-target-triple":
                return TRIPLE
            case "-print-effective-triple" | "--print-effective-triple":
                return TRIPLE
            case "-print-targets" | "--print-targets":
                return _TARGETS
            case "-print-supported-cpus" | "--print-supported-cpus" | "-mcpu=help" | "-mcpu=?":
                return "Available CPUs for this target:\n\n\t" + "\n\t".join(sorted(CPUS))
            case "-print-search-dirs" | "--print-search-dirs":
                return f"programs: =\nlibraries: =\nheaders: ={BUILTIN_HEADERS}"
            case "-print-resource-dir" | "--print-resource-dir":
                return BUILTIN_HEADERS.removesuffix("/include")
        for prefix in ("-print-file-name=", "--print-file-name=", "-print-prog-name=", "--print-prog-name="):
            if word.startswith(prefix):
                return _file_name(word.removeprefix(prefix))
    return None


def _file_name(name: str) -> str:
    return BUILTIN_HEADERS if name == "include" else name


def version_text() -> str:
    """Who we are. Configure scripts look for "clang version", so the version we stand in for is told as well."""
    version = sys.modules[__name__.partition(".")[0]].__version__  # the root package holds it
    who = f"purebpf {version} (command line and macros of clang version {CLANG_VERSION})"
    return f"{who}\nTarget: {TRIPLE}\nThread model: posix"


def help_text() -> str:
    """The options that have a help text."""
    rows = []
    for option in OPTIONS:
        if option.help:
            space = " " if option.form in (Form.SEPARATE, Form.EITHER) and option.value else ""
            rows.append((f"{option.name}{space}{option.value}", option.help))
    rows += [("--version", "the version"), ("--help", "this help")]
    width = max(len(left) for left, _ in rows)
    lines = "\n".join(f"  {left:<{width}}  {right}" for left, right in rows)
    return (
        "usage: purebpf-cc [OPTION]... FILE...\n\n"
        "Compiles C to BPF objects, with clang's options.\n\n"
        f"{lines}\n\n"
        "Exit codes: 0 ok, 1 errors in the source, 2 usage, 70 our own fault.\n"
        "Example: purebpf-cc -O2 -g -target bpf -c prog.bpf.c -o prog.bpf.o"
    )


def search_list(request: Request) -> str:
    """Where headers are looked for, in the words of clang, which Makefiles take apart."""
    headers = Headers(request.preprocess)
    quoted = "".join(f" {folder.path}\n" for folder in headers.folders[: headers.angled])
    angled = "".join(f" {folder.path}\n" for folder in headers.folders[headers.angled :])
    return f'#include "..." search starts here:\n{quoted}#include <...> search starts here:\n{angled}End of search list.'


def command_text(arguments: Sequence[str]) -> str:
    """The command as `-###` shows it."""
    import shlex

    return " ".join(f'"{word}"' if shlex.quote(word) == word else shlex.quote(word) for word in ["purebpf-cc", *arguments])

"""Explain a diagnostic: what it means, a program with the mistake, its repair, and why the rule is there.

Without CODE: every code with its title. Exit code 0, or 2 if there is no such code.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from importlib import resources
from typing import Any, NamedTuple, TextIO

from ...compiler.report import OK, wants_color
from .inputs import usage_error

# One file a family: the codes that start so are explained there.
FAMILIES = {
    "E01": "preprocessor",   # tokens, macros, directives
    "E02": "syntax",         # what the parser cannot read
    "E03": "types",          # types and declarations of C
    "E04": "restricted",     # C that BPF cannot run
    "E05": "generation",     # registers, stack, jumps, inline assembly
    "E06": "objects",        # ELF, BTF, maps, assembly text
    "E07": "commands",       # command lines and files
    "W":   "warnings",
    "V1":  "verifier",
    "R2":  "machine",
    "L3":  "loader",
}  # fmt: skip

_FOLDER = "explanations"
_CODE = re.compile(r"[A-Z]\d{4}")
_PAGE = re.compile(r"^## (?P<code>[A-Z]\d{4}): (?P<title>.+)\n(?P<body>(?:(?!^## ).*\n?)*)", re.M)
_EXAMPLE = re.compile(r"^(Mistake|Repair):\n\n```c\n(.*?)^```\n", re.M | re.S)
_LABELED = re.compile(r"^(Why|No example): (.*?)(?=\n\n|\Z)", re.M | re.S)


class Page(NamedTuple):
    """A code explained. `mistake` and `repair` are whole C programs; where there are none, `no_example` says why not."""

    code: str
    title: str
    meaning: str
    mistake: str
    repair: str
    why: str
    no_example: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("code", nargs="?", metavar="CODE", help="the code in brackets behind a message, for example E0301")
    parser.add_argument("--json", action="store_true", help="print as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Explain and print; gives the exit code. Raises `UsageError` for a code that does not exist."""
    if arguments.code is None:
        found = list(pages())
        if arguments.json:
            _print_json([{"code": page.code, "title": page.title} for page in found])
        else:
            print("\n".join(f"{page.code}  {page.title}" for page in found))
        return OK
    page = find(arguments.code)
    if arguments.json:
        _print_json({**page._asdict(), "flag": _flag(page.code)})
    else:
        _print(page, sys.stdout)
    return OK


def find(code: str) -> Page:
    """The page of a code, written in any case, with or without its brackets. Raises `UsageError` with the nearest codes."""
    wanted = code.strip("[] ").upper()
    if _CODE.fullmatch(wanted):
        family = next((family for prefix, family in FAMILIES.items() if wanted.startswith(prefix)), None)
        if family is not None:
            for page in _read(family):
                if page.code == wanted:
                    return page
    raise usage_error("E0717", f"there is no diagnostic '{code}'", _nearest(wanted))


def pages() -> Iterator[Page]:
    """Every page, family by family."""
    for family in FAMILIES.values():
        yield from _read(family)


def _read(family: str) -> Iterator[Page]:
    text = resources.files(__package__.removesuffix(".cli")).joinpath(_FOLDER, f"{family}.md").read_text("utf-8")
    for match in _PAGE.finditer(text):
        body = match["body"]
        examples = dict(_EXAMPLE.findall(body))
        labeled = dict(_LABELED.findall(_EXAMPLE.sub("", body)))
        meaning = _LABELED.sub("", _EXAMPLE.sub("", body)).strip()
        yield Page(
            match["code"], match["title"], meaning, examples.get("Mistake", ""), examples.get("Repair", ""),
            labeled.get("Why", "").strip(), labeled.get("No example", "").strip(),
        )  # fmt: skip


def _nearest(wanted: str) -> str:
    """A code that differs in a letter or digit, or one whose title has the word."""
    from difflib import get_close_matches

    known = {page.code: page.title for page in pages()}
    words = [code for code, title in known.items() if len(wanted) > 2 and wanted in title.upper()]
    near = words[:3] or get_close_matches(wanted, known, 3)
    if not near:
        return "`purebpf explain` lists all codes"
    return "did you mean " + " or ".join(f"{code} ({known[code]})" for code in near) + "?"


def _flag(code: str) -> str:
    """Of a warning: the option that is its name, and when it is on."""
    from ...compiler.warnings import BY_CODE

    row = BY_CODE.get(code)
    return f"-W{row.name}: {_WHEN[row.when]}" if row is not None and row.name else ""


_WHEN = {
    "on": "on by default", "all": "on with -Wall", "extra": "on with -Wextra", "pedantic": "on with -pedantic",
    "off": "off unless named", "error": "an error by default",
}  # fmt: skip


def _print_json(value: Any) -> None:
    import json

    print(json.dumps(value, indent=2))


def _print(page: Page, stream: TextIO) -> None:
    """The page as text; on a terminal with colors and C highlighted."""
    if wants_color(stream):
        _print_rich(page)
        return
    parts = [f"{page.code}: {page.title}", _flag(page.code), page.meaning]
    for label, program in (("The mistake", page.mistake), ("The repair", page.repair)):
        if program:
            parts.append(f"{label}:\n\n" + "\n".join(f"    {line}".rstrip() for line in program.rstrip().split("\n")))
    if page.why:
        parts.append(f"Why: {page.why}")
    if page.no_example:
        parts.append(f"No example: {page.no_example}")
    print("\n\n".join(part for part in parts if part), file=stream)


def _print_rich(page: Page) -> None:
    from pygments.token import Comment, Keyword, Name, String
    from rich.console import Console
    from rich.markdown import Markdown
    from rich.padding import Padding
    from rich.style import Style
    from rich.syntax import ANSISyntaxTheme, Syntax
    from rich.theme import Theme

    # the terminal's own colors only, for dark and light ones
    colors = ANSISyntaxTheme({
        Comment: Style(color="green"), Comment.Preproc: Style(color="magenta"), Keyword: Style(color="blue", bold=True),
        Name.Function: Style(bold=True), String: Style(color="green"),
    })  # fmt: skip
    console = Console(width=min(Console().width, 120), theme=Theme({"markdown.code": "bold"}))
    console.print(f"[bold]{page.code}: {page.title}[/bold]\n", highlight=False)
    if flag := _flag(page.code):
        console.print(f"{flag}\n", highlight=False, markup=False)
    console.print(Markdown(page.meaning), "")
    for label, style, program in (("The mistake", "red", page.mistake), ("The repair", "green", page.repair)):
        if program:
            console.print(f"[bold {style}]{label}[/]\n")
            console.print(Padding(Syntax(program.rstrip(), "c", theme=colors, word_wrap=True), (0, 4)), "")
    if page.why:
        console.print(Markdown(f"**Why:** {page.why}"))
    if page.no_example:
        console.print(Markdown(f"**No example:** {page.no_example}"))

"""`purebpf`: the command line, its subcommands as rows of a table."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NamedTuple

from ...compiler.report import OK, USAGE, guarded

VERSION = "0.1.0"


class Command(NamedTuple):
    """A subcommand: the module here that has `add_arguments(parser)` and `run(arguments) -> exit code`."""

    name: str
    module: str
    summary: str


COMMANDS = (
    Command("cc", ".cc", "compile C to a BPF object (clang's command line; also installed as purebpf-cc)"),
    Command("check", ".check", "verify programs offline, without root: what the kernel would say, and why"),
    Command("run", ".run", "run a program in the bundled machine, on packets, without root"),
    Command("dump", ".dump", "show instructions beside the C they come from, or any stage of the compiler"),
    Command("as", ".as_", "assemble LLVM's BPF syntax into an object"),
    Command("link", ".link", "link objects and archives into one object, ours and clang's"),
    Command("explain", ".explain", "say what a diagnostic means: the mistake, its repair, and why the rule is there"),
    Command("load", ".load", "load programs into the kernel, attach them, and print maps and events"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run `purebpf ARGUMENTS`; gives the exit code."""
    return guarded("purebpf", _main, sys.argv[1:] if argv is None else argv)


def _main(argv: Sequence[str]) -> int:
    if not argv or argv[0] in ("-h", "--help", "help"):
        print(_help())
        return OK if argv else USAGE
    if argv[0] in ("-V", "--version"):
        print(f"purebpf {VERSION}")
        return OK
    command = next((c for c in COMMANDS if c.name == argv[0]), None)
    if command is None:
        from difflib import get_close_matches

        near = get_close_matches(argv[0], [c.name for c in COMMANDS], 1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        print(f"purebpf: there is no command '{argv[0]}'{hint}\n\n{_help()}", file=sys.stderr)
        return USAGE
    module = import_module(command.module, __package__)
    if command.name == "cc":  # clang's command line has a parser of its own
        return int(module.run(argv[1:]))
    parser = argparse.ArgumentParser(
        prog=f"purebpf {command.name}", description=module.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    module.add_arguments(parser)
    try:
        arguments = parser.parse_args(argv[1:])
    except SystemExit as stop:  # argparse has printed help or what is wrong
        return int(stop.code or 0)
    return int(module.run(arguments))


def _help() -> str:
    width = max(len(c.name) for c in COMMANDS)
    rows = "\n".join(f"  {c.name:<{width}}  {c.summary}" for c in COMMANDS)
    return (
        "usage: purebpf COMMAND ...\n\n"
        "Restricted C to eBPF without LLVM, and what goes around it.\n\n"
        f"{rows}\n\n"
        "`purebpf COMMAND --help` tells more. Exit codes: 0 ok, 1 findings, 2 usage, 70 our own fault."
    )

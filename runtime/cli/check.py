"""Verify every program of the given files offline: the kernel's verdict, explained in terms of the C source.

With --btf FILE, programs with CO-RE are judged as that kernel would get them, relocated to its types.
Exit code 0 if all are accepted, 1 if one is refused or not supported by the bundled verifier.
"""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from ...compiler.diagnostics import PurebpfError
from ...compiler.report import FINDINGS, OK, show, show_sarif
from ...stdlib.kernels import parse_version
from ..loader.core_relocate import Relocator
from ..loader.kernel_types import KernelTypes
from ..verifier import Verdict, verify
from .inputs import add_input, choose_programs, open_input, usage_error


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_input(parser, several=True)
    parser.add_argument("--prog", metavar="NAME", help="check this program only")
    parser.add_argument("--kernel", default="6.18", metavar="VERSION", help="the kernel to judge for (default 6.18)")
    parser.add_argument("--json", action="store_true", help="print the verdicts as JSON")
    parser.add_argument("--sarif", action="store_true", help="print the findings as SARIF 2.1.0, for code hosts and editors")


def run(arguments: argparse.Namespace) -> int:
    """Check and print; gives the exit code."""
    try:
        parse_version(arguments.kernel)
    except ValueError:
        raise usage_error("E0716", f"--kernel {arguments.kernel}: this is not a kernel version", "for example 6.1") from None
    verdicts: list[tuple[str, Verdict]] = []
    broken = False
    for path in arguments.input:
        try:
            obj = open_input(arguments, path)
            relocate = Relocator(obj.btf, KernelTypes(arguments.btf)).relocate if arguments.btf and obj.btf else None
            for program in choose_programs(obj, arguments.prog):
                with _progress(f"{path}: {program.name}"):
                    verdicts.append((path, verify(obj, program.name, kernel=arguments.kernel, relocate=relocate)))
        except PurebpfError as error:
            if len(arguments.input) == 1:
                raise
            show(error.diagnostics)
            broken = True
    if arguments.sarif:
        show_sarif((item for _, verdict in verdicts for item in verdict.findings), "purebpf", stream=sys.stdout)
    elif arguments.json:
        print(json.dumps({"programs": [verdict_json(verdict) for _, verdict in verdicts]}, indent=2))
    else:
        for path, verdict in verdicts:
            _print(path, verdict)
    accepted = all(verdict.verdict == "accepted" for _, verdict in verdicts)
    return OK if accepted and not broken else FINDINGS


def _progress(what: str) -> AbstractContextManager[object]:
    """A sign of life while a big program is walked: on a terminal only."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console

    return Console(stderr=True).status(f"checking {what}")


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """The verdict as `--json` prints it."""
    return {
        "name": verdict.name,
        "verdict": verdict.verdict,
        "processed": verdict.processed,
        "findings": [item.to_json() for item in verdict.findings],
    }


def _print(path: str, verdict: Verdict) -> None:
    if verdict.findings:
        show(verdict.findings, stream=sys.stdout)
    print(f"{path}: {verdict.name}: {verdict.verdict}, {verdict.processed} instructions processed")

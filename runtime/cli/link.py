"""Link several objects into one, as `bpftool gen object` does: ours and clang's, C files, and archives.

Functions, maps and variables declared in one object (`extern`) are those that another defines; a __weak definition gives way.
Of an archive (lib.a), the members that define something still missing are taken. Sections of one name are put together,
types are merged. What nobody defines stays declared: loaders then look for it in the kernel, or say that it is missing.
"""

from __future__ import annotations

import argparse

from ...compiler.diagnostics import Diagnostic, ObjectError, Severity
from ...compiler.object.archive import archive_of, needed
from ...compiler.object.link import link
from ...compiler.object.model import Object
from ...compiler.object.read import read_object
from ...compiler.object.write import write_object
from ...compiler.report import OK
from .inputs import add_input, open_input
from .output import write_output


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_input(parser, several=True)
    parser.add_argument(
        "-o", dest="output", metavar="FILE.o", required=True, help="the object to write; - for the standard output"
    )
    parser.add_argument("--whole-archive", action="store_true", help="take all members of archives")


def run(arguments: argparse.Namespace) -> int:
    """Link; gives the exit code."""
    objects: list[Object] = []
    for path in arguments.input:
        members = archive_of(path)
        if members is None:
            objects.append(open_input(arguments, path))
            continue
        offered = [read_object(body, f"{path}({name})") for name, body in members]
        objects += offered if arguments.whole_archive else needed(objects, offered)
    if not objects:
        raise ObjectError(Diagnostic(
            "E0646", Severity.ERROR, "nothing to link: no object is given, and no member of the archives is asked for",
            fix="name an object first, or take all members with --whole-archive",
        ))  # fmt: skip
    write_output(arguments.output, write_object(link(objects, arguments.output)))
    return OK

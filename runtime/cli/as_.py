"""Assemble a file in LLVM's BPF syntax into an object: what clang -S and purebpf-cc -S print, or what people write.

`purebpf dump --asm FILE` is the way back. What `bpftool prog dump xlated` or a whole log of the verifier shows is taken as
well: its instructions become one function, and its maps symbols that are to be defined.
"""

from __future__ import annotations

import argparse
import os
import sys

from ...compiler.api import read_source
from ...compiler.object.assemble import assemble_object
from ...compiler.report import OK
from .output import write_output


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("input", metavar="FILE.s", help="the assembly file; - for the standard input")
    parser.add_argument(
        "-o", dest="output", metavar="FILE.o", help="the object (default: FILE.o in the current folder)"
    )
    parser.add_argument("--big-endian", action="store_true", help="for big-endian machines")


def run(arguments: argparse.Namespace) -> int:
    """Assemble; gives the exit code."""
    if arguments.input == "-":
        name, text = "<stdin>", sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
    else:
        name, text = arguments.input, read_source(arguments.input)
    made = assemble_object(name, text, big_endian=arguments.big_endian)
    stem = os.path.splitext(os.path.basename(arguments.input))[0] if arguments.input != "-" else "a"
    write_output(arguments.output or f"{stem}.o", made)
    return OK

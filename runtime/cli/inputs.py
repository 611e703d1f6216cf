"""What the commands take: a C file, compiled on the fly, or an object file; and which of its programs."""

from __future__ import annotations

import argparse
from difflib import get_close_matches
from pathlib import Path

from ...compiler.api import Compilation, Options, read_source
from ...compiler.diagnostics import Diagnostic, Severity, UsageError
from ...compiler.object.model import Function, Object
from ...compiler.object.read import read_object
from ...compiler.report import show
from ...compiler.target import Target


def usage_error(code: str, message: str, fix: str) -> UsageError:
    """The exception for a command line that cannot be carried out."""
    return UsageError(Diagnostic(code, Severity.ERROR, message, fix=fix))


def add_input(parser: argparse.ArgumentParser, *, several: bool = False) -> None:
    """The arguments that name the input and say how to compile it if it is C."""
    if several:
        parser.add_argument("input", nargs="+", metavar="FILE", help="a C source (.c) or a BPF object (.o)")
    else:
        parser.add_argument("input", metavar="FILE", help="a C source (.c) or a BPF object (.o)")
    group = parser.add_argument_group("compiling C")
    group.add_argument("-I", dest="include", action="append", default=[], metavar="DIR", help="search DIR for headers")
    group.add_argument("-D", dest="define", action="append", default=[], metavar="NAME[=VALUE]", help="define a macro")
    group.add_argument("--btf", default="", metavar="FILE", help="the kernel's types for vmlinux.h, if there is no such file, "
                       "and, in check, for CO-RE")  # fmt: skip
    group.add_argument("--no-cache", action="store_true", help="keep nothing in ~/.cache/purebpf, and take nothing from there")
    group.add_argument("-mcpu", default="v3", metavar="VERSION", help="instruction set: v1 to v4 (default v3)")


def is_object(path: str) -> bool:
    """True if the file is an object, by its content, or by its name if it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read(4) == b"\x7fELF"
    except OSError:
        return path.endswith(".o")


def compilation(arguments: argparse.Namespace, path: str) -> Compilation:
    """The compile of the C file at `path`, not yet run."""
    from ...compiler.cache import Cache, user_cache
    from ...compiler.preprocess import PreprocessOptions

    cpus = {"v1": 1, "v2": 2, "v3": 3, "v4": 4}
    if arguments.mcpu not in cpus:
        raise usage_error("E0702", f"-mcpu={arguments.mcpu} is not supported", "use v1, v2, v3 or v4")
    target = Target(cpu=cpus[arguments.mcpu])
    defines = [("D", definition) for definition in arguments.define]
    options = PreprocessOptions(include=list(arguments.include), macros=defines, target=target, btf=arguments.btf,
                                cache=Cache() if arguments.no_cache else user_cache())  # fmt: skip
    return Compilation(read_source(path), path, Options(options, target))


def open_input(arguments: argparse.Namespace, path: str) -> Object:
    """Compile or read `path`. Warnings are shown on stderr; raises `PurebpfError`."""
    if is_object(path) or Path(path).suffix == ".o":
        return read_object(path)
    compiling = compilation(arguments, path)
    obj = compiling.object()
    if compiling.diagnostics.found and not getattr(arguments, "json", False):
        show(compiling.diagnostics.found)
    return obj


def choose_programs(obj: Object, name: str | None) -> list[Function]:
    """The program called `name`, or all of them. Raises `UsageError`."""
    programs = obj.programs()
    if not programs:
        raise usage_error(
            "E0703", f"'{obj.name}' has no BPF programs",
            'give a function a section that names its kind, for example SEC("xdp")',
        )  # fmt: skip
    if name is None:
        return programs
    for program in programs:
        if program.name == name:
            return [program]
    near = get_close_matches(name, [p.name for p in programs], 1)
    known = ", ".join(p.name for p in programs)
    raise usage_error(
        "E0704", f"'{obj.name}' has no program '{name}'",
        f"did you mean '{near[0]}'?" if near else f"it has: {known}",
    )  # fmt: skip

"""`run`: does what a command line of `purebpf-cc` asks for, one input after the other."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..diagnostics import Diagnostic, PurebpfError, Severity, UsageError
from ..files import write_whole
from ..records import replace
from ..report import FINDINGS, OK, USAGE, guarded, show, show_sarif
from .arguments import parse_arguments
from .information import answer, command_text, search_list, version_text
from .kept import keep
from .request import Request, usage_error

if TYPE_CHECKING:
    from ..api import Compilation
    from ..object.model import Object
    from ..source import SourceMap

STDIN = "<stdin>"


def run(argv: Sequence[str] | None = None) -> int:
    """Run `purebpf-cc ARGUMENTS`; gives the exit code."""
    return guarded("purebpf-cc", _main, sys.argv[1:] if argv is None else argv)


def _main(arguments: Sequence[str]) -> int:
    text = answer(arguments)
    if text is not None:
        print(text)
        return OK
    try:
        request = parse_arguments(arguments)
        request.arguments = tuple(arguments)
        if request.verbose or request.show_only:
            print(version_text(), file=sys.stderr)
            print(command_text(arguments), file=sys.stderr)
        if request.verbose:
            print(search_list(request), file=sys.stderr)
        if request.show_only or (request.verbose and not request.inputs):
            return OK
        _check(request)
    except UsageError as error:
        show(error.diagnostics, as_json="--json" in arguments)
        return USAGE
    return _run(request)


def _check(request: Request) -> None:
    """Whether what is asked for can be done at all."""
    if not request.inputs:
        raise usage_error("E0703", "there is no input file", "name a C file: purebpf-cc -O2 -g -c prog.bpf.c -o prog.bpf.o")
    if request.stage == "link":
        raise usage_error(
            "E0704", "making executables is not possible: BPF programs are loaded as objects",
            "add -c; `purebpf link` makes one object of several",
        )  # fmt: skip
    if request.output not in (None, "-") and len(request.inputs) > 1 and request.stage != "syntax":
        raise usage_error("E0703", "-o names one file but there are several inputs", "leave -o away, or compile one by one")
    for path, language in request.inputs:
        if path == "-" and not language and request.stage != "preprocess":
            raise usage_error("E0703", "the language of the standard input is not told", "put -x c before the '-'")
        suffix = os.path.splitext(path)[1]
        if not language and path != "-" and suffix in _NOT_C:
            raise usage_error("E0704", f"'{path}' is {_NOT_C[suffix]}, which is not compiled here", "name a C file (.c or .i)")
        if request.stage in ("assembly", "syntax") and assembly_language(path, language):
            raise usage_error("E0704", f"'{path}' is assembly already", "add -c to make an object of it")


_NOT_C = {
    ".o": "an object", ".a": "a library", ".so": "a library", ".ll": "LLVM's language",
    ".bc": "LLVM bitcode", ".cc": "C++", ".cpp": "C++", ".cxx": "C++", ".rs": "Rust", ".go": "Go", ".py": "Python",
}  # fmt: skip


def assembly_language(path: str, language: str) -> str:
    """"s" or "S" (preprocessed first) for assembly, "" for C, by -x or by the file's name."""
    if language:
        return language if language in "sS" else ""
    return {".s": "s", ".S": "S"}.get(os.path.splitext(path)[1], "")


def _run(request: Request) -> int:
    """Compile all inputs, going on after one that fails."""
    found: list[Diagnostic] = _told(request)
    request.times["start"] = time.process_time()
    for path, language in request.inputs:
        try:
            if request.stage == "preprocess":
                found += _preprocess(request, path)
            elif assembler := assembly_language(path, language):
                found += _assemble(request, path, assembler)
            else:
                found += _compile(request, path)
        except PurebpfError as error:
            found += error.diagnostics
    if request.sarif:
        show_sarif(found, "purebpf-cc")
    elif found or request.json:
        show(found, as_json=request.json)
    if request.time:
        from .timing import show_times

        print(show_times(request.times, as_json=request.json), file=sys.stderr)
    return FINDINGS if any(item.severity is Severity.ERROR for item in found) else OK


def _told(request: Request) -> list[Diagnostic]:
    """What is to be said about the -W options themselves."""
    told: list[Diagnostic] = []
    for item in request.unknown:
        level = request.levels.of(item.code)
        if level == "error":
            told.append(replace(item, severity=Severity.ERROR, flag=f"-Werror,{item.flag}"))
        elif level != "ignored":
            told.append(item)
    return told


def _read(path: str) -> tuple[str, str]:
    """An input's name and text."""
    from ..api import read_source

    if path == "-":
        return STDIN, sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
    return path, read_source(path)


def _preprocess(request: Request, path: str) -> list[Diagnostic]:
    """-E, -M, -MM, -dM."""
    from ..diagnostics import Diagnostics
    from ..preprocess import Preprocessor
    from ..preprocess.printer import print_macros, print_tokens
    from ..source import SourceMap

    name, text = _read(path)
    sources = SourceMap()
    diagnostics = Diagnostics(sources, request.levels)
    preprocessor = Preprocessor(sources, diagnostics, request.preprocess)
    tokens = preprocessor.run(name, text)
    failed = _failed(diagnostics.found)
    if request.show_includes:
        _show_includes(sources)
    if request.depend_only:
        if not failed:
            rule = _rule(request, sources, name)
            _write(request, request.depend_file or request.output or "-", rule)
        return diagnostics.found
    if request.dump == "macros":
        output = print_macros(preprocessor.macros)
    else:
        output = print_tokens(tokens, sources, markers=request.markers)
    if not failed:
        _write(request, request.output or "-", output)
        _write_dependencies(request, sources, name)
    return diagnostics.found


def _compile(request: Request, path: str) -> list[Diagnostic]:
    """-c, -S, -fsyntax-only."""
    from ..api import Compilation, Options

    begun = time.time_ns()
    name, text = _read(path)
    options = Options(request.preprocess, request.target(), request.debug.lines, levels=request.levels)
    compilation = Compilation(text, name, options)
    try:
        data = _product(request, compilation)
    finally:
        request.add_times(compilation.times)
    if request.show_includes:
        _show_includes(compilation.sources)
    if request.keep_steps and not _failed(compilation.diagnostics.found):
        _keep_steps(request, compilation, path)
    start = time.perf_counter()
    if not _failed(compilation.diagnostics.found):
        if data is not None:
            _write(request, output_name(request, path), data)
        _write_dependencies(request, compilation.sources, name)
    request.add_times({"write": time.perf_counter() - start})
    found = compilation.diagnostics.found
    if data is not None and len(request.inputs) == 1 and not found and not request.unknown:
        keep(request.arguments, path, text, request.preprocess.journal, request.written, begun)
    return found


def _product(request: Request, compilation: Compilation) -> bytes | None:
    if request.stage == "syntax":
        compilation.unit()
        return None
    obj = compilation.object()
    if request.stage == "assembly":
        return assembly(obj).encode()
    from ..object.image import write_elf
    from ..object.write import image_of

    request.debug.rename(obj)
    image = image_of(obj)
    request.debug.add(image, obj, compilation.name)
    return write_elf(image)


def _keep_steps(request: Request, compilation: Compilation, path: str) -> None:
    """-save-temps: the preprocessed text and the assembly; in the current folder, or (=obj) in the object's."""
    from ..diagnostics import Diagnostics
    from ..preprocess import Preprocessor
    from ..preprocess.printer import print_tokens
    from ..source import SourceMap

    folder = os.path.dirname(request.output or "") if request.keep_steps == "obj" else ""
    stem = os.path.join(folder, _stem(path) if path != "-" else "-")
    sources = SourceMap()
    tokens = Preprocessor(sources, Diagnostics(sources), request.preprocess).run(compilation.name, compilation.text)
    _write(request, f"{stem}.i", print_tokens(tokens, sources, markers=request.markers))
    if request.stage == "object":
        _write(request, f"{stem}.s", assembly(compilation.object()))


def assembly(obj: Object) -> str:
    """The object as assembly, with the C lines as comments: LLVM's assembler and ours make the same object of it."""
    from ..object.write import image_of
    from ..object.write_asm import print_assembly

    image = image_of(obj)
    notes: dict[str, dict[int, str]] = {}
    for function in obj.functions.values():
        start = image.symbols[function.name].value // 8
        shown = None
        for line in function.lines:
            if shown == (shown := (line.place.file, line.place.line)):
                continue
            text = f"{line.place.file}:{line.place.line}: {line.place.text.strip()}"
            notes.setdefault(function.section, {})[start + line.at] = "".join(c if c.isprintable() else " " for c in text)
    return print_assembly(image, notes)


_AT = "__at_sign__"  # the preprocessor knows no @, which assembly has before types


def _assemble(request: Request, path: str, language: str) -> list[Diagnostic]:
    """-c of an assembly file; those in .S are preprocessed first."""
    from ..diagnostics import Diagnostics
    from ..object.assemble import assemble_object
    from ..preprocess import Preprocessor
    from ..preprocess.printer import print_tokens
    from ..source import SourceMap

    name, text = _read(path)
    found: list[Diagnostic] = []
    if language == "S":
        sources = SourceMap()
        diagnostics = Diagnostics(sources, request.levels)
        request.preprocess.macros.append(("D", "__ASSEMBLER__"))
        tokens = Preprocessor(sources, diagnostics, request.preprocess).run(name, text.replace("@", _AT))
        text = print_tokens(tokens, sources, markers=False).replace(_AT, "@")
        found = diagnostics.found
    if not _failed(found):
        _write(request, output_name(request, path), assemble_object(name, text, big_endian=request.big_endian))
    return found


def _failed(found: Sequence[Diagnostic]) -> bool:
    return any(item.severity is Severity.ERROR for item in found)


def output_name(request: Request, path: str) -> str:
    """Where an input's product goes: -o, or its name in the current folder with another ending."""
    if request.output:
        return request.output
    stem = _stem(path) if path != "-" else "-"
    return f"{stem}.s" if request.stage == "assembly" else f"{stem}.o"


def _stem(path: str) -> str:
    return os.path.splitext(os.path.basename(path))[0]


def _write_dependencies(request: Request, sources: SourceMap, name: str) -> None:
    if not request.depend:
        return
    base = request.output if request.output and request.output != "-" else os.path.basename(name)
    target = request.depend_file or f"{os.path.splitext(base)[0]}.d"
    _write(request, target, _rule(request, sources, name))


def _show_includes(sources: SourceMap) -> None:
    """-H: the headers in the order they were opened, a dot for each level."""
    for file in sources.files:
        depth, at = 0, file
        while at.included_from >= 0:
            depth += 1
            at = sources.file_of(at.included_from)
        if depth and not file.name.startswith("<"):
            print("." * depth, file.name, file=sys.stderr)


def _rule(request: Request, sources: SourceMap, name: str) -> str:
    """The make rule for the input called `name`."""
    from ..preprocess import vmlinux
    from ..preprocess.dependencies import Dependency, make_rule, quote
    from ..preprocess.unfolded import FILE

    files = {
        file.name: Dependency(file.name, file.system)
        for file in sources.files
        if file.name not in ("<built-in>", "<command line>", vmlinux.PATH, name, STDIN) and not file.name.startswith(FILE)
    }
    if request.preprocess.btf and any(file.name == vmlinux.PATH for file in sources.files):
        files[vmlinux.PATH] = Dependency(request.preprocess.btf, True)
    main = [Dependency(name, False)] if name != STDIN else []
    targets = request.depend_targets
    if not targets:
        made = request.output if request.output and not request.depend_only and request.output != "-" else None
        targets = [quote(made or f"{_stem(name) if name != STDIN else '-'}.o")]
    return make_rule(targets, [*main, *files.values()], system=request.depend == "all", phony=request.phony,
                     nmake=request.nmake)  # fmt: skip


def _write(request: Request, path: str, content: str | bytes) -> None:
    data = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
    request.written.append((path, data))
    if path == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        write_whole(path, data)
    except OSError as error:
        message = f"cannot write '{path}': {error.strerror}"
        fix = "does its folder exist, and may you write there?"
        raise PurebpfError(Diagnostic("E0705", Severity.ERROR, message, fix=fix)) from None

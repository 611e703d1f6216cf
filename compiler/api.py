"""`compile` and `compile_file`: C to an Object. The one place that joins the stages."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .diagnostics import CompileError, Diagnostic, Diagnostics, ObjectError, Severity
from .preprocess import PreprocessOptions, Token, preprocess, vmlinux
from .records import dataclass, field, replace
from .source import SourceMap, Span
from .target import Target
from .warnings import Levels

if TYPE_CHECKING:
    from pathlib import Path

    from .ir.model import Module
    from .object.model import Object
    from .parse.nodes import File
    from .sema.outer import Outer
    from .sema.tree import Unit

# pycparser recurses for every nested construct, and so do we; the parser refuses what is nested deeper than this allows
_RECURSION_LIMIT = 20_000


@dataclass(slots=True)
class Options:
    """How to compile: what the preprocessor gets, the target, and whether to emit BTF and line information (`-g`)."""

    preprocess: PreprocessOptions = field(default_factory=PreprocessOptions)
    target: Target = field(default_factory=Target)
    debug: bool = True
    lazy: bool = True  # False: parse all that headers declare, used or not, which only takes longer
    levels: Levels = field(default_factory=Levels)  # which warnings are wanted, and which are errors


def compile(text: str, name: str = "<source>", options: Options | None = None) -> Object:
    """Compile C source `text`; `name` is what messages call it. Raises `CompileError`."""
    return Compilation(text, name, options or Options()).object()


def compile_file(path: str | Path, options: Options | None = None) -> Object:
    """Compile the C file at `path`. Raises `CompileError`, also for a file that cannot be read."""
    return Compilation(read_source(path), str(path), options or Options()).object()


def read_source(path: str | Path) -> str:
    """The text of a C file. Bytes that are not UTF-8 are kept as surrogates; raises `CompileError` if it is not there."""
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read().decode("utf-8", "surrogateescape")
    except OSError as error:
        reason = error.strerror or str(error)
        raise CompileError(
            Diagnostic("E0701", Severity.ERROR, f"cannot read '{path}': {reason}", fix="check the path and its permissions")
        ) from None


class Compilation:
    """One compile, stage by stage. Each stage runs once, when it or a later one is first asked for.

    `times` holds the seconds each stage took; `diagnostics` what was found, warnings included.
    """

    def __init__(self, text: str, name: str, options: Options) -> None:
        self.name = name
        self.text = text
        self.options = options
        self.sources = SourceMap()
        self.diagnostics = Diagnostics(self.sources, options.levels)
        self.times: dict[str, float] = {}
        self._tokens: list[Token] | None = None
        self._outer: list[Outer] | None = None
        self._ast: File | None = None
        self._unit: Unit | None = None
        self._ir: Module | None = None
        self._optimized = False
        self._object: Object | None = None

    def tokens(self) -> list[Token]:
        """The preprocessed tokens; large headers may be one token of kind "text"."""
        if self._tokens is None:
            with self._stage("preprocess"):
                options = replace(
                    self.options.preprocess, chunks=self.options.lazy,
                    keep_directives=False, keep_includes=False, comments=False,  # those are for -E
                )  # fmt: skip
                self._tokens = preprocess(self.name, self.text, self.sources, self.diagnostics, options)
                self.diagnostics.region = {}
        return self._tokens

    def outer(self) -> list[Outer]:
        """Where names come from that the source does not declare: the kernel's types, if vmlinux.h is made of BTF."""
        if self._outer is None:
            wanted = vmlinux.wanted(self.tokens())
            if wanted is None:
                self._outer = []
            else:
                with self._stage("vmlinux"):
                    self._outer = [self._kernel_types(wanted)]
        return self._outer

    def _kernel_types(self, wanted: vmlinux.Wanted) -> Outer:
        from .object.btf_file import read_btf
        from .object.btf_index import BtfIndex
        from .sema.vmlinux import Vmlinux

        try:
            index = BtfIndex(read_btf(wanted.path), wanted.path, self.options.preprocess.cache)
        except ObjectError as error:
            header = self.sources.file_of(wanted.loc)
            loc = header.included_from if header.included_from >= 0 else wanted.loc
            raise self.diagnostics.fatal(error.code, loc, error.message, fix=error.fix) from None
        return Vmlinux(
            index, Span.at(wanted.loc), preserve=wanted.preserve_access_index, kfuncs=wanted.kfuncs
        )  # fmt: skip

    def ast(self) -> File:
        """pycparser's tree."""
        if self._ast is None:
            tokens = self.tokens()
            outer = self.outer()
            with self._stage("parse"):
                from .parse import parse

                is_outer_type = outer[0].is_type if outer else None
                self._ast = parse(
                    tokens, self.sources, self.diagnostics, is_outer_type, lazy=self.options.lazy,
                    standard=self.options.preprocess.standard, cache=self.options.preprocess.cache,
                )  # fmt: skip
        return self._ast

    def unit(self) -> Unit:
        """The typed tree."""
        if self._unit is None:
            ast = self.ast()
            with self._stage("sema"):
                from .sema import analyze

                language = self.options.preprocess
                self._unit = analyze(
                    ast, self.sources, self.diagnostics, self.outer(), ms_extensions=language.ms_extensions,
                    short_enums=language.short_enums, empty_is_void=language.standard[-2:] in ("23", "2x"),
                    gnu_inline=language.gnu_inline or language.standard[-2:] in ("89", "90"),
                    big_endian=self.options.target.big_endian,
                )
            self.diagnostics.raise_if_promoted()
        return self._unit

    def ir(self) -> Module:
        """The IR as lowering makes it. Once `optimized` was asked for, this is the optimized one."""
        if self._ir is None:
            unit = self.unit()
            with self._stage("lower"):
                from .lower import lower

                self._ir = lower(unit, self.diagnostics)
        return self._ir

    def optimized(self) -> Module:
        """The IR after all passes."""
        module = self.ir()
        if not self._optimized:
            with self._stage("optimize"):
                from .optimize.passes import optimize

                optimize(module, self.options.target)
            self._optimized = True
        return module

    def object(self) -> Object:
        """The object."""
        if self._object is None:
            module = self.optimized()
            with self._stage("codegen"):
                from .codegen import generate

                functions = [
                    generate(function, self.options.target, self.sources, self.diagnostics)
                    for function in module.functions.values()
                ]
                self.diagnostics.raise_if_errors()
            with self._stage("object"):
                from .join import join

                self._object = join(
                    self.name, self.unit(), functions, self.options.target, self.diagnostics, lines=self.options.debug
                )
            self.diagnostics.raise_if_promoted()
        return self._object

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        """Time a stage; raise what it found. Trees are big and acyclic garbage is rare, so the collector rests."""
        collecting, limit = gc.isenabled(), sys.getrecursionlimit()
        gc.disable()
        sys.setrecursionlimit(max(limit, _RECURSION_LIMIT))
        start = time.perf_counter()
        try:
            yield
        except ObjectError as error:  # broken BTF behind a vmlinux.h, come across late
            raise self.diagnostics.adopt(error) from None
        finally:
            self.times[name] = time.perf_counter() - start
            sys.setrecursionlimit(limit)
            if collecting:
                gc.enable()
        self.diagnostics.raise_if_errors()

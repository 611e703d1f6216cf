"""The options of `purebpf-cc` as a table: name, how its value is written, what it does, help.

What clang has and we need not heed is accepted silently; what would change the meaning of the program and is not supported
is refused with the way out.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from enum import Enum

from ..cache import Cache
from ..preprocess.dependencies import quote
from ..preprocess.predefined import STANDARDS
from ..records import NamedTuple
from .request import CPUS, Request, usage_error


class Form(Enum):
    """How an option's value is written."""

    FLAG = "-x"
    JOINED = "-xVALUE"
    SEPARATE = "-x VALUE"
    EITHER = "-xVALUE or -x VALUE"


Action = Callable[[Request, str], None]


class Option(NamedTuple):
    """A row: `apply(request, value)` notes what is asked for; rows without help are not listed."""

    name: str
    form: Form
    apply: Action
    help: str = ""
    value: str = ""


def _put(name: str, constant: object) -> Action:
    return lambda request, _: setattr(request, name, constant)


def _store(name: str) -> Action:
    return lambda request, value: setattr(request, name, value)


def _list(name: str) -> Action:
    def apply(request: Request, value: str) -> None:
        getattr(request.preprocess, name).append(value)

    return apply


def _macro(kind: str) -> Action:
    def apply(request: Request, value: str) -> None:
        name = value.partition("=")[0].partition("(")[0]
        if not name.replace("$", "_").isidentifier():
            example = "-D NAME=VALUE" if kind == "D" else "-U NAME"
            raise usage_error("E0702", f"-{kind}{value} names no macro", f"write {example}")
        request.preprocess.macros.append((kind, value))

    return apply


def _headers(*names: str) -> Action:
    def apply(request: Request, _: str) -> None:
        for name in names:
            setattr(request.preprocess, name, False)

    return apply


def _preprocessing(name: str) -> Action:
    return lambda request, _: setattr(request.preprocess, name, True)


def _ignore(request: Request, value: str) -> None:
    """Accepted; there is nothing to do."""


def _refuse(message: str, fix: str) -> Action:
    def apply(request: Request, value: str) -> None:
        raise usage_error("E0704", message.replace("%", value), fix)

    return apply


def _target(request: Request, value: str) -> None:
    architecture = value.split("-")[0]
    match architecture:
        case "bpf":
            request.big_endian = sys.byteorder == "big"
        case "bpfel" | "bpf_le":
            request.big_endian = False
        case "bpfeb" | "bpf_be":
            request.big_endian = True
        case _:
            raise usage_error("E0702", f"'{value}' is not a target of this compiler", "it makes BPF code only: -target bpf")


def _cpu(request: Request, value: str) -> None:
    if value not in CPUS:
        raise usage_error("E0702", f"-mcpu={value} is unknown", f"use one of {', '.join(CPUS)}")
    request.cpu = value


def _standard(request: Request, value: str) -> None:
    name = f"c{value[-2:]}" if value.startswith("iso9899:") else value
    year = name.removeprefix("gnu").removeprefix("c")
    if year not in STANDARDS or name == year:
        raise usage_error("E0702", f"-std={value} is no standard of C", "use -std=gnu11, -std=gnu17, -std=c99, ...")
    request.preprocess.standard = name


def _optimize(request: Request, value: str) -> None:
    if value not in ("", "0", "1", "2", "3", "4", "s", "z", "g", "fast"):
        raise usage_error("E0702", f"-O{value} is unknown", "use -O2")
    request.preprocess.optimize = value != "0"
    request.preprocess.optimize_size = value in ("s", "z")


def _debug(request: Request, value: str) -> None:
    request.debug.level(value)


def _debug_map(request: Request, value: str) -> None:
    request.debug.map(value)


def _debug_directory(request: Request, value: str) -> None:
    request.debug.directory = value


def _warning(request: Request, value: str) -> None:
    if value.startswith("p,"):
        _preprocessor(request, value[2:].split(","))
    elif not value.startswith(("a,", "l,")) and not request.levels.apply(value or "extra"):
        from ..warning_names import unknown

        problem = unknown(value)
        if problem is not None:
            request.unknown.append(problem)


def _silent(request: Request, _: str) -> None:
    request.levels.silent = True
    request.preprocess.warnings = False


def _pedantic(request: Request, _: str) -> None:
    request.levels.apply("pedantic")


def _preprocessor(request: Request, words: list[str]) -> None:
    """`-Wp,-MMD,FILE`, which the kernel's Makefiles use."""
    at = 0
    while at < len(words):
        word = words[at]
        if word in ("-MD", "-MMD"):
            _depend("all" if word == "-MD" else "user", False)(request, "")
            if at + 1 < len(words):
                at += 1
                request.depend_file = words[at]
        elif word == "-MP":
            request.phony = True
        elif word in ("-MT", "-MQ") and at + 1 < len(words):
            at += 1
            request.depend_targets.append(words[at] if word == "-MT" else quote(words[at]))
        elif word.startswith("-D"):
            _macro("D")(request, word[2:])
        elif word.startswith("-U"):
            _macro("U")(request, word[2:])
        else:
            raise usage_error("E0702", f"-Wp,{word} is unknown", "give the option without -Wp,")
        at += 1


def _depend(which: str, only: bool) -> Action:
    def apply(request: Request, _: str) -> None:
        request.depend = which
        if only:
            request.depend_only = True
            request.stage = "preprocess"

    return apply


def _dump(what: str) -> Action:
    def apply(request: Request, _: str) -> None:
        request.dump = what
        if what == "definitions":
            request.preprocess.keep_directives = True

    return apply


def _language(request: Request, value: str) -> None:
    languages = {
        "c": "c", "c-header": "c", "cpp-output": "i", "assembler": "s", "assembler-with-cpp": "S", "none": "",
    }  # fmt: skip
    if value not in languages:
        fix = "this compiler reads C: -x c, or -x cpp-output for preprocessed C"
        raise usage_error("E0704", f"-x {value} is not supported", fix)
    request.language = languages[value]


def _btf(request: Request, value: str) -> None:
    request.preprocess.btf = value


def _uncached(request: Request, _: str) -> None:
    request.preprocess.cache = Cache()


def _system_root(request: Request, value: str) -> None:
    request.preprocess.root = "" if value == "/" else value.rstrip(os.sep)


# -f options (with or without "no-") that change nothing in what we make: diagnostics' looks, other targets' code, optimizations
_HARMLESS_NAMES = (
    "PIC PIE addrsig align-functions align-loops allow-editor-placeholders ansi-escape-codes asynchronous-unwind-tables "
    "autolink builtin caret-diagnostics color-diagnostics colour-diagnostics common cf-protection coverage-mapping "
    "data-sections debug-info-for-profiling debug-macro debug-types-section delete-null-pointer-checks discard-value-names "
    "dollars-in-identifiers dwarf-directory-asm elide-constructors eliminate-unused-debug-symbols "
    "eliminate-unused-debug-types exceptions fast-math ffp-contract finite-loops fixed-point function-sections "
    "gnu-inline-asm gnu-keywords gnuc-version hosted ident implicit-modules inline inline-functions "
    "inline-hint-functions integrated-as integrated-cc1 jump-tables keep-static-consts lax-vector-conversions math-errno "
    "merge-all-constants merge-constants objc-arc omit-frame-pointer optimize-sibling-calls pic pie "
    "plan9-extensions plt pseudo-probe-for-profiling reorder-blocks rtti semantic-interposition signed-char signed-zeros "
    "slp-vectorize spell-checking split-dwarf-inlining stack-check stack-clash-protection stack-protector "
    "stack-protector-all stack-protector-strong standalone-debug strict-aliasing strict-enums strict-overflow "
    "strict-return strict-vtable-pointers threadsafe-statics trapping-math tree-vectorize tree-loop-distribute-patterns "
    "unroll-loops unsafe-math-optimizations unsigned-bitfields unwind-tables use-init-array vectorize verbose-asm "
    "visibility-inlines-hidden wrapv zero-initialized-in-bss zero-call-used-regs delayed-template-parsing "
    "experimental-new-pass-manager working-directory show-column show-source-location diagnostics-fixit-info "
    "freestanding"
)  # fmt: skip
_HARMLESS = frozenset(_HARMLESS_NAMES.split())
_HARMLESS_PREFIXES = (
    "diagnostics-", "macro-prefix-map=", "coverage-prefix-map=", "message-length=",
    "visibility=", "macro-backtrace-limit=", "template-backtrace-limit=", "constexpr-", "error-limit=", "ffile-", "fp-",
    "align-", "tabstop=", "max-type-align=", "bracket-depth=", "cf-protection=", "zero-call-used-regs=", "crash-diagnostics",
    "gnuc-version=", "stack-protector", "lax-vector-conversions=", "strict-flex-arrays", "inline-max-stacksize=",
    "patchable-function-entry=", "trivial-auto-var-init=",
)  # fmt: skip
_HARMFUL = {
    "unsigned-char": "char is signed for BPF: write unsigned char",
    "short-wchar": "wchar_t is int for BPF",
    "pack-struct": "write __attribute__((packed)) at the structs",
    "trapv": "BPF cannot trap; signed overflow wraps",
    "lto": "there is no LLVM here: compile each file to an object with -c",
    "instrument-functions": "BPF programs cannot be instrumented",
    "openmp": "BPF programs have one thread",
    "blocks": "use functions",
    "modules": "use #include",
    "emit-llvm": "there is no LLVM here: -c makes the object at once",
    "profile-arcs": "BPF programs cannot be profiled so",
    "coverage": "BPF programs cannot be profiled so",
}


# -f options that change the language
_LANGUAGE = {"ms-extensions": "ms_extensions", "short-enums": "short_enums", "gnu89-inline": "gnu_inline"}


def _format(request: Request, value: str) -> None:
    """-fdiagnostics-format="""
    if value not in ("text", "clang", "json", "sarif", "sarif-stderr"):
        raise usage_error("E0702", f"there is no diagnostics format '{value}'", "use text, json or sarif")
    request.json, request.sarif = value == "json", value.startswith("sarif")


def _feature(request: Request, value: str) -> None:
    """-f..."""
    if value == "freestanding":
        request.preprocess.hosted = False
    if value == "hosted":
        request.preprocess.hosted = True
    plain = value.removeprefix("no-")
    if plain in _LANGUAGE:
        setattr(request.preprocess, _LANGUAGE[plain], plain == value)
        return
    positive = not value.startswith("no-")
    name = value.removeprefix("no-")
    base = name.split("=")[0]
    if base in _HARMLESS or name.startswith(_HARMLESS_PREFIXES) or value.startswith(("no-builtin-", "no-sanitize")):
        return
    if base in _HARMFUL:
        if positive:
            raise usage_error("E0704", f"-f{value} is not supported", _HARMFUL[base])
        return
    if base.startswith(("sanitize", "profile", "xray")):
        if positive:
            raise usage_error("E0704", f"-f{value} is not supported", "leave it away: BPF programs cannot be instrumented")
        return
    from difflib import get_close_matches

    near = get_close_matches(base, [*_HARMLESS, *_HARMFUL, "syntax-only"], 1)
    hint = f"did you mean -f{'' if positive else 'no-'}{near[0]}?" if near else "leave it away"
    raise usage_error("E0702", f"-f{value} is unknown", hint)


def _make_target(raw: bool) -> Action:
    return lambda request, value: request.depend_targets.append(value if raw else quote(value))


_NO_LLVM = "there is no LLVM here: -c makes the BPF object at once, so the step with llc is not needed"
_F = Form.FLAG
_J = Form.JOINED
_S = Form.SEPARATE
_E = Form.EITHER

OPTIONS = (
    # what to make
    Option("-c", _F, _put("stage", "object"), "make an object of each input"),
    Option("-S", _F, _put("stage", "assembly"), "make assembly: FILE.s"),
    Option("-E", _F, _put("stage", "preprocess"), "preprocess only"),
    Option("-fsyntax-only", _F, _put("stage", "syntax"), "check only, write nothing"),
    Option("-o", _E, _store("output"), "write to FILE (- for the standard output)", "FILE"),
    Option("-x", _E, _language, "inputs that follow are LANG: c, cpp-output, assembler, assembler-with-cpp", "LANG"),
    Option("-g", _J, _debug, "DWARF beside BTF, which is always there; -g1: lines; -gdwarf-4; -g0: no lines", "[LEVEL]"),
    Option("-fdebug-prefix-map=", _J, _debug_map, "write NEW for OLD at the beginning of files' names", "OLD=NEW"),
    Option("-ffile-prefix-map=", _J, _debug_map, "the same", "OLD=NEW"),
    Option("-fdebug-compilation-dir=", _J, _debug_directory, "the folder that relative names begin in", "DIR"),
    Option("-ffile-compilation-dir=", _J, _debug_directory, "the same", "DIR"),
    Option("-O", _J, _optimize, "accepted; the optimizer always runs. -O0 leaves __OPTIMIZE__ undefined", "[LEVEL]"),
    # target
    Option("-target", _S, _target, "bpf, bpfel: the only ones", "TARGET"),
    Option("--target=", _J, _target),
    Option("--target", _S, _target),
    Option("-mcpu=", _J, _cpu, "instruction set: v1, v2, v3 (default) or v4", "VERSION"),
    Option("-mlittle-endian", _F, _put("big_endian", False)),
    Option("-mbig-endian", _F, _put("big_endian", True)),
    Option("-std=", _J, _standard, "the standard that __STDC_VERSION__ tells; gnu17 by default", "STANDARD"),
    Option("-ansi", _F, lambda request, _: _standard(request, "c90")),
    # headers and macros
    Option("-I", _E, _list("include"), "search DIR for headers", "DIR"),
    Option("--include-directory=", _J, _list("include")),
    Option("-iquote", _E, _list("quote"), 'search DIR for #include "x.h" only', "DIR"),
    Option("-isystem", _E, _list("system"), "search DIR after all -I; no warnings from there", "DIR"),
    Option("-idirafter", _E, _list("after"), "search DIR last", "DIR"),
    Option("-include", _E, _list("forced"), "include FILE before each input", "FILE"),
    Option("-imacros", _E, _list("imacros"), "take the macros of FILE only", "FILE"),
    Option("-D", _E, _macro("D"), "define a macro", "NAME[=VALUE]"),
    Option("-U", _E, _macro("U"), "undefine a macro", "NAME"),
    Option("--btf", _S, _btf, "the kernel's types for vmlinux.h if there is no such file (default /sys/kernel/btf/vmlinux)",
           "FILE"),
    Option("--btf=", _J, _btf),
    Option("--no-cache", _F, _uncached, "compile even what is unchanged; neither use nor fill ~/.cache/purebpf"),
    Option("-nostdinc", _F, _headers("builtin_headers", "host_headers"), "search only the folders given"),
    Option("-nostdlibinc", _F, _headers("host_headers"), "do not search /usr/include"),
    Option("-nobuiltininc", _F, _headers("builtin_headers"), "do not search the headers that come with purebpf"),
    Option("--sysroot=", _J, _system_root, "/usr/include is searched in DIR", "DIR"),
    Option("--sysroot", _S, _system_root),
    Option("-isysroot", _E, _system_root),
    # output of the preprocessor
    Option("-P", _F, _put("markers", False), "-E without line markers"),
    Option("-dM", _F, _dump("macros"), "-E prints all macros"),
    Option("-dD", _F, _dump("definitions"), "-E keeps definitions of macros"),
    Option("-dI", _F, _preprocessing("keep_includes"), "-E keeps #include directives"),
    Option("-C", _F, _preprocessing("comments"), "-E keeps comments"),
    Option("-CC", _F, _preprocessing("comments"), "the same; comments in definitions of macros go"),
    # dependencies
    Option("-M", _F, _depend("all", True), "print a make rule with all headers"),
    Option("-MM", _F, _depend("user", True), "print a make rule without system headers"),
    Option("-MD", _F, _depend("all", False), "write such a rule beside the output, as FILE.d"),
    Option("-MMD", _F, _depend("user", False), "the same without system headers"),
    Option("-MF", _E, _store("depend_file"), "write the rule to FILE", "FILE"),
    Option("-MT", _E, _make_target(True), "the rule's target", "TARGET"),
    Option("-MQ", _E, _make_target(False), "the rule's target, quoted for make", "TARGET"),
    Option("-MP", _F, _put("phony", True), "a rule without a recipe for every header"),
    Option("-MV", _F, _put("nmake", True), "quote names as NMake reads them"),
    Option("-MG", _F, _preprocessing("missing"), "with -M or -MM: headers that are not there will be made"),
    Option("-H", _F, _put("show_includes", True), "name the headers as they are opened"),
    # messages
    Option("-w", _F, _silent, "no warnings"),
    Option("-W", _J, _warning, "warnings: -Wall, -Wextra, -Wno-NAME, -Werror, -Werror=NAME, ...; the last one wins", "NAME"),
    Option("-pedantic", _F, _pedantic),
    Option("-pedantic-errors", _F, _pedantic),
    Option("--json", _F, _put("json", True), "diagnostics as JSON"),
    Option("--sarif", _F, _put("sarif", True), "diagnostics as SARIF 2.1.0, for code hosts and editors"),
    Option("-fdiagnostics-format=", _J, _format, "the same by gcc's and clang's name", "text|json|sarif"),
    Option("--time", _F, _put("time", True), "tell where the time goes; with --json as a JSON object"),
    Option("-v", _F, _put("verbose", True), "say what is done, and where headers are looked for"),
    Option("-###", _F, _put("show_only", True), "only show what would be done"),
    # accepted, without effect
    Option("-f", _J, _feature, "accepted where it changes nothing", "NAME"),
    Option("-pipe", _F, _ignore),
    Option("-pthread", _F, _ignore),
    Option("-static", _F, _ignore),
    Option("-Qunused-arguments", _F, _ignore),
    Option("-Qn", _F, _ignore),
    Option("-no-canonical-prefixes", _F, _ignore),
    Option("-integrated-as", _F, _ignore),
    Option("-no-integrated-cpp", _F, _ignore),
    Option("-nostdlib", _F, _ignore),
    Option("-nodefaultlibs", _F, _ignore),
    Option("-undef", _F, _preprocessing("undefined"), "predefine the standard's macros only"),
    Option("-resource-dir", _S, _ignore),
    Option("-resource-dir=", _J, _ignore),
    Option("-mllvm", _S, _ignore),
    Option("-Xclang", _S, _ignore),
    Option("-Xpreprocessor", _S, _refuse("-Xpreprocessor is not supported", "give the option itself")),
    Option("-B", _E, _ignore),
    Option("-L", _E, _ignore),
    Option("-l", _E, _ignore),
    # what others have and we cannot have
    Option("-emit-llvm", _F, _refuse("-emit-llvm is not supported", _NO_LLVM)),
    Option("-flto", _F, _refuse("-flto is not supported", _NO_LLVM)),
    Option("-save-temps=", _J, _store("keep_steps"), "the same, beside the object (obj) or here (cwd)", "WHERE"),
    Option("-save-temps", _F, _put("keep_steps", "cwd"), "keep the preprocessed text and the assembly"),
    Option("-shared", _F, _refuse("-shared is not supported", "BPF objects are made with -c")),
    Option("-r", _F, _refuse("-r does not compile", "link BPF objects with `purebpf link a.o b.o -o c.o`")),
    Option("-m", _J, _refuse("-m% is no option of the BPF target", "leave it away; -mcpu=v3 chooses the instruction set")),
)

"""`join`: a unit's code, data and types as an Object."""

from __future__ import annotations

import os

from .diagnostics import Diagnostics, ObjectError
from .object.btf_sections import fitted_btf
from .object.maps import SECTION as MAPS
from .object.maps import maps_from_btf
from .object.model import DataSection, Function, Linkage, Object, Reference, RefKind, Variable
from .sema import tree
from .sema.btf import emit_btf
from .sema.core import TYPE_ID_LOCAL, TYPE_ID_TARGET
from .sema.layout import size_of
from .sema.undefined import check_undefined
from .target import Target

_LICENSE, _VERSION = "license", "version"
_NOT_DATA = frozenset({MAPS, _LICENSE, _VERSION, "", ".ksyms", ".kconfig"})
_STRINGS = ".rodata.str"  # literals: dropped when no code that is left names them


def join(name: str, unit: tree.Unit, functions: list[Function], target: Target, diagnostics: Diagnostics, *,
         lines: bool = True) -> Object:  # fmt: skip
    """The object of a unit whose functions have been generated. `lines`: keep the line table (`-g`)."""
    obj = Object(os.path.basename(name), big_endian=target.big_endian)
    named = _named(unit, functions)
    undefined = {symbol.name: _naming(functions, symbol.name) for symbol in unit.undefined if symbol.name in named}
    check_undefined(unit, undefined, diagnostics)
    for function in functions:
        if not lines:
            function.lines = []
        obj.functions[function.name] = function
    for item in unit.globals:
        if item.section == _LICENSE:
            obj.license = _bytes(item).split(b"\0", 1)[0].decode("utf-8", "replace")
        elif item.section == _VERSION:
            obj.version = int.from_bytes(_bytes(item)[:4], "big" if target.big_endian else "little")
        elif item.section not in _NOT_DATA and (item.name in named or not item.section.startswith(_STRINGS)):
            _place(obj, item)
    for symbol in (symbol for symbol in unit.externs if symbol.name in named):
        weak = Linkage.WEAK if "weak" in symbol.attributes else Linkage.GLOBAL
        size = size_of(symbol.type) if isinstance(symbol, tree.Global) else 0
        obj.variables[symbol.name] = Variable(
            symbol.name, symbol.section, 0, size, weak, hidden="hidden" in symbol.attributes
        )  # fmt: skip
    for symbol in unit.functions:
        if symbol.name in obj.functions:
            obj.functions[symbol.name].hidden = "hidden" in symbol.attributes
    _calls(obj, unit, diagnostics)
    _types(obj, unit, diagnostics)
    return obj


def _named(unit: tree.Unit, functions: list[Function]) -> set[str]:
    """The symbols that code or data refers to."""
    names = {reference.symbol for function in functions for reference in function.references}
    names.update(reference.symbol.name for item in unit.globals for reference in item.references)
    return names


def _naming(functions: list[Function], name: str) -> set[tuple[str, int]]:
    """The files and lines whose code names a symbol."""
    found = set()
    for function in functions:
        for reference in function.references:
            if reference.symbol == name:
                place = next((line.place for line in reversed(function.lines) if line.at <= reference.at), None)
                if place is not None:
                    found.add((place.file, place.line))
    return found


def _calls(obj: Object, unit: tree.Unit, diagnostics: Diagnostics) -> None:
    """Warn about calls of programs that could not be inlined: loaders look for subprograms in .text."""
    spans = {symbol.name: symbol.span for symbol in unit.functions}
    for function in obj.functions.values():
        for reference in function.references:
            called = obj.functions.get(reference.symbol)
            if called is not None and called.section != ".text":
                diagnostics.warning(
                    "W0356", spans.get(called.name), f"'{function.name}' calls '{called.name}', which is in section "
                    f"'{called.section}': libbpf takes subprograms from .text only",
                    fix=f"move the body of '{called.name}' into a function without SEC(), and call that from both",
                )  # fmt: skip


def _bytes(item: tree.Global) -> bytes:
    size = size_of(item.type)
    return item.data.ljust(size, b"\0") if item.data is not None else bytes(size)


def _place(obj: Object, item: tree.Global) -> None:
    """Append a variable to its section."""
    section = obj.data.get(item.section)
    if section is None:
        section = obj.data[item.section] = DataSection(item.section, b"", 1)
    align = max(item.align, 1)
    data = _bytes(item)
    offset = -(-len(section.data) // align) * align
    section.data = section.data.ljust(offset, b"\0") + data
    section.align = max(section.align, align)
    for reference in item.references:
        symbol = reference.symbol
        if isinstance(symbol, tree.FunctionSymbol):
            kind = RefKind.FUNCTION
        else:
            kind = RefKind.MAP if symbol.section == MAPS else RefKind.DATA
        section.references.append(Reference(offset + reference.at, kind, symbol.name, reference.addend))
    obj.variables[item.name] = Variable(
        item.name, item.section, offset, len(data), Linkage(item.linkage), hidden="hidden" in item.attributes
    )


def _types(obj: Object, unit: tree.Unit, diagnostics: Diagnostics) -> None:
    """BTF, the ids that refer to it, and the maps, which it defines."""
    relocations = [(f, relocation) for f in obj.functions.values() for relocation in f.core]
    roots = sorted({relocation.type_id for _, relocation in relocations})
    emitted = emit_btf(unit, obj.functions.keys(), roots, obj.variables.keys())
    obj.btf = emitted.btf
    for function, relocation in relocations:
        relocation.type_id = emitted.roots[relocation.type_id]
        if relocation.kind in (TYPE_ID_LOCAL, TYPE_ID_TARGET):
            function.insns[relocation.at] = function.insns[relocation.at]._replace(imm=relocation.type_id)
    for name, function in obj.functions.items():
        function.btf_id = emitted.functions.get(name, 0)
    for name, variable in obj.variables.items():
        variable.btf_id = emitted.variables.get(name, 0) or emitted.functions.get(name, 0)
    sources = diagnostics.sources
    definitions = [item for item in unit.globals if item.section == MAPS]
    offsets: dict[str, int] = {}
    references: list[Reference] = []
    end = 0
    for item in definitions:
        end = -(-end // 8) * 8
        offsets[item.name] = end
        references += [Reference(end + r.at, RefKind.MAP, r.symbol.name, r.addend) for r in item.references]
        end += len(_bytes(item))
    places = {item.name: sources.place(item.span) for item in definitions}
    try:
        obj.maps = maps_from_btf(emitted.btf, offsets=offsets, references=references, places=places)
    except ObjectError as problem:
        raise diagnostics.adopt(problem) from None
    for item in definitions:
        obj.maps[item.name].linkage = Linkage(item.linkage)
        obj.maps[item.name].hidden = "hidden" in item.attributes
    obj.btf = fitted_btf(obj)  # only now is it known where each variable lies

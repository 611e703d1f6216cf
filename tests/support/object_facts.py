"""What of an object counts for its loader and its linker: to be compared between compilers."""

from __future__ import annotations

from collections import Counter

from purebpf.compiler.object import btf as b
from purebpf.compiler.object import elf as e
from purebpf.compiler.object.read import read_object

Facts = dict[str, set[tuple[object, ...]]]


def facts(data: bytes) -> Facts:
    """Sections, symbols and relocations, each as a set."""
    elf = e.read_elf(data, "x.o")
    sections = [s for s in elf.sections if s.flags & e.SHF_ALLOC and s.data and s.name != ".text"]
    named = [s for s in elf.symbols if s.name and not s.name.startswith((".", "LBB")) and s.type not in (3, 4)]
    relocations: Counter[tuple[str, int, str]] = Counter()
    for section in sections:
        for relocation in section.relocations:
            symbol = elf.symbols[relocation.symbol]
            told = elf.sections[symbol.section].name if symbol.name.startswith(".") else symbol.name
            relocations[section.name, relocation.type, told] += 1
    return {
        "sections": {(s.name, s.type, s.flags & 7, s.align) for s in sections},
        "symbols": {
            (s.name, s.type, s.binding, s.hidden, elf.sections[s.section].name, s.size if s.type == e.STT_OBJECT else 0)
            for s in named
        },
        "relocations": set(relocations.items()),
    }


def types(data: bytes) -> set[tuple[object, ...]]:
    """Functions, variables, sections and tags in the object's BTF."""
    btf = read_object(data, "x.o").btf
    assert btf is not None
    found: set[tuple[object, ...]] = set()
    for _, t in btf.items():
        match t:
            case b.Func(name=name, linkage=linkage):
                proto = btf[t.type]
                assert isinstance(proto, b.FuncProto)
                found.add(("function", name, linkage, tuple(p.name for p in proto.params)))
            case b.Var(name=name, linkage=linkage):
                found.add(
                    ("variable", name, linkage, 0 if isinstance(btf.resolved(t.type), b.Void) else btf.size_of(t.type))
                )
            case b.DeclTag(name=name):
                found.add(("tag", name, t.component, getattr(btf[t.type], "name", "")))
            case b.DataSec(name=name):
                found.add(("section", name, frozenset((getattr(btf[v.type], "name", ""), v.size) for v in t.vars)))
    return found

"""`link_types`: the types of linked objects as one set, and all numbers of types renewed.

A declaration has the type of the definition; declarations of the same thing are one. Data sections list what lies in them now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..records import dataclass, field
from . import btf as b
from .btf_merge import Node, merge_types
from .core_kinds import TYPE_ID_LOCAL, TYPE_ID_TARGET
from .maps import SECTION as MAPS
from .model import CoreRelocation, Function, Linkage, Map, Object, Variable

Definition = Function | Map | Variable
_ONCE = ("license", "version")  # sections that all objects have alike


@dataclass(slots=True)
class Names:
    """What became of an object's own names, by table; and where its data sections begin."""

    functions: dict[str, str] = field(default_factory=dict)
    maps: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    bases: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Part:
    """One of the objects; `btf` is its types with all offsets of sections."""

    obj: Object
    btf: b.Btf | None
    names: Names

    def defines(self, variable: Variable) -> bool:
        """Whether a variable is here; others are declared only."""
        return variable.section in self.obj.data

    def definitions(self) -> Iterator[Definition]:
        """All that is defined here."""
        yield from self.obj.functions.values()
        yield from self.obj.maps.values()
        yield from (variable for variable in self.obj.variables.values() if self.defines(variable))

    def owns(self, owners: Mapping[str, Owner], definition: Definition) -> bool:
        """Whether a definition of this object is the one that the result has."""
        owner = owners.get(definition.name)
        return definition.linkage is Linkage.STATIC or (owner is not None and owner.definition is definition)

    def entries(self, section: str) -> dict[str, b.SectionVar]:
        """The variables of a data section by name."""
        found = {}
        types = self.btf[self.btf.find(section, b.DataSec)] if self.btf is not None else None
        for entry in types.vars if isinstance(types, b.DataSec) else ():
            var = self.btf[entry.type] if self.btf is not None else None
            if isinstance(var, b.Var):
                found[var.name] = entry
        return found

    def type_of(self, definition: Definition) -> int:
        """The FUNC or VAR of a definition or declaration; 0 if it has none."""
        if self.btf is None:
            return 0
        if isinstance(definition, Map):
            entry = self.entries(MAPS).get(definition.name)
            return entry.type if entry is not None else 0
        return definition.btf_id or self.btf.find(definition.name, b.Var, b.Func)


@dataclass(slots=True)
class Owner:
    """Who defines a name that all objects see; `hidden` if one of them wants it to be."""

    part: Part
    definition: Definition
    hidden: bool = False


def link_types(parts: Sequence[Part], owners: Mapping[str, Owner], out: Object) -> None:
    """Give `out`, in which all definitions are placed, its types and the numbers that refer to them."""
    if all(part.btf is None for part in parts):
        return
    sets = [part.btf or b.Btf(big_endian=out.big_endian) for part in parts]
    same, left_out = _aliases(parts, owners)
    merged, become = merge_types(sets, same, big_endian=out.big_endian)
    _rename(parts, merged, become)
    _sections(parts, merged, become, left_out, out)
    out.btf = merged
    for part, new in zip(parts, become, strict=True):
        _renumber(part, new, out)


def _aliases(parts: Sequence[Part], owners: Mapping[str, Owner]) -> tuple[dict[Node, Node], set[Node]]:
    """(what each declaration or replaced definition is, all of them)."""
    index = {id(part): number for number, part in enumerate(parts)}
    same: dict[Node, Node] = {}
    declared: dict[str, Node] = {}
    targets = {name: (index[id(o.part)], number) for name, o in owners.items() if (number := o.part.type_of(o.definition))}
    defined = set(targets.values())
    for at, part in enumerate(parts):
        names = {t.name: number for number, t in part.btf.items() if isinstance(t, b.Func | b.Var) and t.linkage == b.EXTERN} \
            if part.btf is not None else {}  # fmt: skip
        for definition in part.definitions():
            if not part.owns(owners, definition) and (number := part.type_of(definition)):
                names[definition.name] = number
        for name, number in names.items():
            node = (at, number)
            target = targets.get(name) if name in owners else declared.setdefault(name, node)
            if target is not None and target != node and node not in defined:
                same[node] = target
        for section in _ONCE:
            for name, entry in part.entries(section).items():
                node = (at, entry.type)
                first = declared.setdefault(f"{section}\0{name}", node)
                if first != node and node not in defined:
                    same[node] = first
    return same, set(same)


def _rename(parts: Sequence[Part], merged: b.Btf, become: Sequence[dict[int, int]]) -> None:
    """Static variables and maps that got a number have it in their types, too: loaders go by these names."""
    for part, new in zip(parts, become, strict=True):
        for table, names in ((part.obj.maps, part.names.maps), (part.obj.variables, part.names.variables)):
            for old, name in names.items():
                if old != name and (number := part.type_of(table[old])):
                    var = merged[new[number]]
                    if isinstance(var, b.Var):
                        var.name = name


def _sections(parts: Sequence[Part], merged: b.Btf, become: Sequence[dict[int, int]], left_out: set[Node], out: Object) -> None:
    """The data sections: each object's variables, where they lie now."""
    entries: dict[str, list[b.SectionVar]] = {}
    for index, part in enumerate(parts):
        for _, section in part.btf.items() if part.btf is not None else ():
            if not isinstance(section, b.DataSec) or (section.name in _ONCE and section.name in entries):
                continue
            mine = entries.setdefault(section.name, [])
            base = part.names.bases.get(section.name, 0)
            for entry in section.vars:
                offset = _map_offset(part, entry, out) if section.name == MAPS else base + entry.offset
                if (index, entry.type) not in left_out and offset is not None:
                    mine.append(b.SectionVar(become[index][entry.type], offset, entry.size))
    for name, found in entries.items():
        if found:
            data = out.data.get(name)
            found.sort(key=lambda entry: entry.offset)
            merged.add(b.DataSec(name, len(data.data) if data else 0, found))


def _map_offset(part: Part, entry: b.SectionVar, out: Object) -> int | None:
    """Where a map lies now, 0 for one that is declared only; None for one that is nowhere."""
    var = part.btf[entry.type] if part.btf is not None else None
    if not isinstance(var, b.Var):
        return None
    if var.linkage == b.EXTERN:
        return 0
    name = part.names.maps.get(var.name)
    return out.maps[name].offset if name is not None else None


def _renumber(part: Part, new: Mapping[int, int], out: Object) -> None:
    """All that an object's functions, maps and variables say about types."""
    for old, name in part.names.functions.items():
        function, before = out.functions[name], part.obj.functions[old]
        function.btf_id = new.get(before.btf_id, 0)
        function.core = [CoreRelocation(r.at, new[r.type_id], r.access, r.kind) for r in before.core]
        for r in before.core:
            insn = function.insns[r.at]
            if r.kind in (TYPE_ID_LOCAL, TYPE_ID_TARGET) and insn.imm == r.type_id:  # the id as the program's number
                function.insns[r.at] = insn._replace(imm=new[r.type_id])
    for old, name in part.names.maps.items():
        _renumber_map(part.obj.maps[old], out.maps[name], new)
    for variable in part.obj.variables.values():
        known = out.variables.get(part.names.variables.get(variable.name, variable.name))
        mine = variable.name in part.names.variables or (known is not None and known.section not in out.data)
        if known is not None and mine and variable.btf_id:
            known.btf_id = new.get(variable.btf_id, 0)


def _renumber_map(before: Map, made: Map, new: Mapping[int, int]) -> None:
    made.btf_key_id, made.btf_value_id = new.get(before.btf_key_id, 0), new.get(before.btf_value_id, 0)
    if before.inner is not None:
        from copy import copy

        made.inner = copy(before.inner)
        _renumber_map(before.inner, made.inner, new)

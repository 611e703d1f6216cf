"""`link`: several objects as one, as `bpftool gen object` (libbpf's static linker) makes it.

Functions, maps and variables that one object only declares are those that another defines. A definition that is not weak wins
over weak ones, of which the first does; two that are not weak are an error. Sections of one name are put together, in the order
of the objects; static names that clash get a number. Types are merged (`link_types`).
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

from ..diagnostics import Diagnostic, Note, ObjectError, Severity
from ..source import Place
from .btf_sections import fitted_btf, map_size
from .isa import LDDW, PSEUDO_CALL, Insn
from .link_check import check_pair, link_error
from .link_types import Definition, Names, Owner, Part, link_types
from .maps import SECTION as MAPS
from .model import DataSection, Function, Linkage, Map, Object, Reference, RefKind, Variable

_KERNELS = (".ksyms", ".kconfig")  # sections of what the kernel defines


def link(objects: Sequence[Object], name: str = "linked.o") -> Object:
    """The object made of `objects`, at least one; they stay as they are.

    Raises `ObjectError` for objects that do not go together: it names them, and what they disagree on.
    """
    return _Linker(list(objects), name).link()


class _Linker:
    def __init__(self, objects: list[Object], name: str) -> None:
        self.parts = [Part(obj, fitted_btf(obj) if obj.btf is not None else None, Names()) for obj in objects]
        self.out = Object(name, big_endian=objects[0].big_endian)
        self.owners: dict[str, Owner] = {}
        self.taken: set[str] = set()
        self.maps_end = 0

    def link(self) -> Object:
        """The result."""
        self._alike()
        for part in self.parts:
            for definition in part.definitions():
                self._own(part, definition)
        for part in self.parts:
            for variable in part.obj.variables.values():
                self._check(part, variable)
        for part in self.parts:
            self._place(part)
        for part in self.parts:
            self._refer(part)
        link_types(self.parts, self.owners, self.out)
        return self.out

    def _alike(self) -> None:
        """What holds for whole objects: byte order, license, version, types for all or none."""
        first = self.parts[0].obj
        for part in self.parts:
            if part.obj.big_endian != first.big_endian:
                raise link_error(
                    "E0640", f"'{first.name}' and '{part.obj.name}' are of different byte orders",
                    "compile both for one -target",
                )  # fmt: skip
        self._same_text("license")
        self._same_text("version")
        typed = [part.obj.name for part in self.parts if part.btf is not None]
        bare = [part.obj.name for part in self.parts if part.btf is None and part.obj.functions]
        if typed and bare:
            raise link_error(
                "E0645", f"'{typed[0]}' has types (BTF), '{bare[0]}' has none", "compile all objects of a program with -g",
            )  # fmt: skip

    def _same_text(self, what: str) -> None:
        """The license or version: an object may have none, others must agree."""
        named = [part.obj for part in self.parts if getattr(part.obj, what)]
        for obj in named:
            if getattr(obj, what) != getattr(named[0], what):
                raise link_error(
                    "E0641", f"'{named[0].name}' has {what} {getattr(named[0], what)!r}, '{obj.name}' {getattr(obj, what)!r}",
                    f"give all objects of a program one {what}",
                )  # fmt: skip
        if named:
            setattr(self.out, what, getattr(named[0], what))

    # --- names ----------------------------------------------------------------------------------------------------

    def _own(self, part: Part, definition: Definition) -> None:
        """A definition that all objects see: it may be the one."""
        if definition.linkage is Linkage.STATIC:
            return
        before = self.owners.get(definition.name)
        weak = definition.linkage is Linkage.WEAK
        if before is None or (before.definition.linkage is Linkage.WEAK and not weak):
            hidden = definition.hidden or (before is not None and before.hidden)
            self.owners[definition.name] = Owner(part, definition, hidden)
        elif before.definition.linkage is not Linkage.WEAK and not weak:
            raise ObjectError(Diagnostic(
                "E0642", Severity.ERROR, f"'{definition.name}' is defined in '{before.part.obj.name}' and in '{part.obj.name}'",
                place_of(definition), (Note("the other definition is here", place_of(before.definition)),),
                "make one of them static, or __weak if the other is to replace it",
            ))  # fmt: skip
        else:
            before.hidden = before.hidden or definition.hidden

    def _check(self, part: Part, variable: Variable) -> None:
        """A declaration must fit the definition, if there is one."""
        owner = self.owners.get(variable.name)
        if part.defines(variable) or owner is None:
            return
        if variable.section in _KERNELS:
            raise link_error(
                "E0643", f"'{part.obj.name}' takes '{variable.name}' from the kernel ({variable.section}), and "
                f"'{owner.part.obj.name}' defines it", "rename one of them, or declare it without __ksym or __kconfig",
            )  # fmt: skip
        check_pair(part, variable, owner)
        owner.hidden = owner.hidden or variable.hidden

    def _new_name(self, definition: Definition) -> str:
        """A static name that is taken already gets a number."""
        name = definition.name
        if definition.linkage is Linkage.STATIC:
            number = 2
            while name in self.taken or name in self.owners:
                name = f"{definition.name}_{number}"
                number += 1
        self.taken.add(name)
        return name

    # --- contents -------------------------------------------------------------------------------------------------

    def _place(self, part: Part) -> None:
        """Put an object's definitions into the result; references wait until all names are known."""
        obj, names, out = part.obj, part.names, self.out
        for function in obj.functions.values():
            if part.owns(self.owners, function):
                made = copy.copy(function)
                made.name = names.functions[function.name] = self._new_name(function)
                made.insns, made.lines, made.references, made.core = list(function.insns), list(function.lines), [], []
                out.functions[made.name] = made
        for definition in obj.maps.values():
            if part.owns(self.owners, definition):
                new = copy.copy(definition)
                new.name = names.maps[definition.name] = self._new_name(definition)
                new.offset = self.maps_end
                self.maps_end += self._map_bytes(part, definition)
                out.maps[new.name] = new
        for section in obj.data.values():
            self._append(names, section)
        for variable in obj.variables.values():
            if not part.defines(variable):
                self._declare(variable)
            elif part.owns(self.owners, variable):
                placed = copy.copy(variable)
                placed.name = names.variables[variable.name] = self._new_name(variable)
                placed.offset = names.bases[variable.section] + variable.offset
                out.variables[placed.name] = placed
        for name, owner in self.owners.items():
            if owner.part is part:
                table: dict[str, Function] | dict[str, Map] | dict[str, Variable]
                table = {Function: out.functions, Map: out.maps, Variable: out.variables}[type(owner.definition)]  # type: ignore[assignment]
                table[name].hidden = owner.hidden

    @staticmethod
    def _map_bytes(part: Part, definition: Map) -> int:
        """Room for a definition in .maps."""
        assert part.btf is not None  # maps are made of types
        entry = part.entries(MAPS).get(definition.name)
        size = map_size(part.btf, entry, definition) if entry is not None else 0
        return -(-size // 8) * 8

    def _append(self, names: Names, section: DataSection) -> None:
        before = self.out.data.get(section.name)
        if before is None:
            before = self.out.data[section.name] = DataSection(section.name, b"", 1)
        before.align = max(before.align, section.align)
        base = -(-len(before.data) // before.align) * before.align
        names.bases[section.name] = base
        before.data = before.data.ljust(base, b"\0") + section.data

    def _declare(self, variable: Variable) -> None:
        """What nobody here defines stays declared, once."""
        if variable.name in self.owners:
            return
        before = self.out.variables.get(variable.name)
        if before is None:
            self.out.variables[variable.name] = copy.copy(variable)
            return
        if before.section != variable.section:
            raise link_error(
                "E0643", f"'{variable.name}' is declared in section '{before.section}' and in '{variable.section}'",
                "declare it alike everywhere: with __ksym, __kconfig or without",
            )  # fmt: skip
        if variable.linkage is not Linkage.WEAK:  # one that must have it is enough
            before.linkage = Linkage.GLOBAL
        before.hidden = before.hidden or variable.hidden

    # --- references -----------------------------------------------------------------------------------------------

    def _refer(self, part: Part) -> None:
        obj, names, out = part.obj, part.names, self.out
        for name, new in names.functions.items():
            function = out.functions[new]
            for reference in obj.functions[name].references:
                moved = self._resolved(part, reference, function.insns[reference.at])
                if moved.kind is RefKind.CALL and reference.kind is RefKind.EXTERN:
                    function.insns[moved.at] = function.insns[moved.at]._replace(src=PSEUDO_CALL, imm=-1)
                function.references.append(moved)
        for section in obj.data.values():
            for reference in section.references:
                moved = self._resolved(part, reference, None)
                moved.at += names.bases[section.name]
                out.data[section.name].references.append(moved)
        for name, new in names.maps.items():
            out.maps[new].values = [
                (slot, names.maps.get(symbol) or names.functions.get(symbol, symbol)) for slot, symbol in obj.maps[name].values
            ]

    def _resolved(self, part: Part, reference: Reference, insn: Insn | None) -> Reference:
        """A copy that names what is meant in the result; `insn` is what refers, None for data."""
        names, made = part.names, copy.copy(reference)
        match reference.kind:
            case RefKind.CALL | RefKind.FUNCTION:
                made.symbol = names.functions.get(reference.symbol, reference.symbol)
            case RefKind.MAP:
                made.symbol = names.maps.get(reference.symbol, reference.symbol)
            case RefKind.DATA if reference.symbol in part.obj.variables:
                made.symbol = names.variables.get(reference.symbol, reference.symbol)
            case RefKind.DATA:  # by its section
                made.addend += names.bases.get(reference.symbol, 0)
            case RefKind.EXTERN if (owner := self.owners.get(reference.symbol)) is not None:
                made.kind = _kind(part, owner, insn)
        return made


def _kind(part: Part, owner: Owner, insn: Insn | None) -> RefKind:
    """What an extern turns out to be."""
    called = insn is not None and insn.op != LDDW
    if isinstance(owner.definition, Function):
        return RefKind.CALL if called else RefKind.FUNCTION
    if called:
        name, other = owner.definition.name, owner.part.obj.name
        what = "map" if isinstance(owner.definition, Map) else "variable"
        raise link_error(
            "E0644", f"'{part.obj.name}' calls '{name}', which is a {what} in '{other}'", "rename one of them",
        )  # fmt: skip
    return RefKind.MAP if isinstance(owner.definition, Map) else RefKind.DATA


def place_of(definition: Definition) -> Place | None:
    """Where it is in the source, as far as the object says so."""
    if isinstance(definition, Function):
        return definition.lines[0].place if definition.lines else None
    return definition.place if isinstance(definition, Map) else None

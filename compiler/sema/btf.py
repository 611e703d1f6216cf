"""`emit_btf`: the C types of a unit as BTF, what clang -g emits for the same source (llvm BTFDebug's rules, by observation).

Emitted: the maps' definitions, all functions with their parameters, all named variables in their sections, and the types
these reach. A struct that is only reached through a pointer inside of another struct stays a forward declaration.
"""

from __future__ import annotations

from collections.abc import Collection

from ..object import btf as b
from ..records import dataclass, field
from . import tree
from . import types as ct
from .layout import size_of

_LINKAGE = {"static": b.STATIC, "global": b.GLOBAL, "weak": b.GLOBAL, "extern": b.EXTERN}
_Derived = b.Ptr | b.Typedef | b.Const | b.Volatile | b.Restrict | b.TypeTag


@dataclass(slots=True)
class EmittedBtf:
    """The types, and the ids of the functions' FUNCs and the variables' VARs by name, of CO-RE roots by number."""

    btf: b.Btf = field(default_factory=b.Btf)
    functions: dict[str, int] = field(default_factory=dict)
    variables: dict[str, int] = field(default_factory=dict)
    roots: dict[int, int] = field(default_factory=dict)  # by their number in `Unit.roots`


def emit_btf(unit: tree.Unit, functions: Collection[str] | None = None, roots: Collection[int] = (),
             externs: Collection[str] | None = None) -> EmittedBtf:  # fmt: skip
    """BTF for `unit`. `functions`: the names of those that have code (default: all); others are left out. `roots`: the
    numbers of those types of `unit.roots` that relocations of that code are about. `externs`: the names of those that code or
    data refers to (default: all); libbpf refuses an object whose .ksyms or .kconfig names more.

    Offsets in DATASECs are left 0 for the writer, which knows where the variables are.
    """
    emitter = _Emitter()
    emitter.btf.big_endian = unit.big_endian
    outside = [symbol for symbol in unit.externs if externs is None or symbol.name in externs]
    variables = [*unit.globals, *(s for s in outside if isinstance(s, tree.Global))]
    for variable in variables:
        if variable.section == ".maps":
            emitter.variable(variable)
    for function in unit.functions:
        if functions is None or function.name in functions:
            emitter.function(function)
    for variable in variables:
        if variable.section != ".maps":
            emitter.variable(variable)
    for symbol in outside:
        if isinstance(symbol, tree.FunctionSymbol):
            emitter.function(symbol)
    for number in roots:
        emitter.out.roots[number] = emitter.type(unit.roots[number])
    emitter.finish()
    return emitter.out


class _Emitter:
    def __init__(self) -> None:
        self.out = EmittedBtf()
        self.btf = self.out.btf
        self._ids: dict[ct.Type, int] = {ct.VOID: 0}
        self._open: list[tuple[ct.Record, _Derived]] = []  # pointers whose struct may stay a forward declaration
        self._sections: dict[str, list[b.SectionVar]] = {}
        self._index = 0  # __ARRAY_SIZE_TYPE__

    # --- symbols --------------------------------------------------------------------------------------------------

    def variable(self, variable: tree.Global) -> None:
        """A VAR and its place in a DATASEC."""
        if variable.section == ".maps":
            record = ct.strip(variable.type)
            if isinstance(record, ct.Record):
                for member in record.fields or []:  # keys and values are behind pointers: they must be complete
                    self.type(member.type)
        to = self.type(variable.type)
        if variable.name.startswith("."):  # literals have a type and no name
            return
        made = self.btf.add(b.Var(variable.name, to, _LINKAGE[variable.linkage]))
        self.out.variables[variable.name] = made
        for tag in variable.tags if variable.linkage != "extern" else ():
            self.btf.add(b.DeclTag(tag, made))
        if variable.section:
            size = max(size_of(variable.type), len(variable.data or b""))
            self._sections.setdefault(variable.section, []).append(b.SectionVar(made, 0, size))

    def function(self, function: tree.FunctionSymbol) -> None:
        """A FUNC with its FUNC_PROTO; only definitions name their parameters."""
        for local in function.parameters:
            self.type(local.type)
        names = [local.name for local in function.parameters] if function.body is not None else []
        type = function.type
        if function.body is not None and not type.prototyped:
            type = ct.Function(type.result, ())  # `int f() {}` takes no arguments; the kernel refuses variable ones
        elif function.body is not None:  # as they are declared, const and all
            declared = tuple(ct.Parameter(local.name, local.type) for local in function.parameters)
            if len(declared) == len(type.parameters):
                type = ct.Function(type.result, declared, type.variadic)
        proto = self._proto(type, names)
        made = self.btf.add(b.Func(function.name, proto, _LINKAGE[function.linkage]))
        self.out.functions[function.name] = made
        for index, local in enumerate(function.parameters if function.body is not None else ()):
            for tag in local.tags:
                self.btf.add(b.DeclTag(tag, made, index))
        for tag in function.tags:
            self.btf.add(b.DeclTag(tag, made))
        if function.linkage == "extern" and function.section:
            self._sections.setdefault(function.section, []).append(b.SectionVar(made, 0, 0))

    def finish(self) -> None:
        """DATASECs, and forward declarations for the structs nobody needed."""
        for name in sorted(self._sections):
            entries = self._sections[name]
            self.btf.add(b.DataSec(name, 0, entries))
        forwards: dict[ct.Record, int] = {}
        for record, pointer in self._open:
            to = self._ids.get(record) or forwards.get(record)
            if to is None:
                to = forwards[record] = self.btf.add(b.Fwd(record.tag, record.kind == "union"))
            pointer.type = to

    # --- types ----------------------------------------------------------------------------------------------------

    def type(self, t: ct.Type, *, member: bool = False, pointed: bool = False) -> int:
        """The id of a type, added if it is new.

        `member`: reached from inside of a struct; `pointed`: behind a pointer there: named structs then stay open.
        """
        known = self._ids.get(t)
        if known is not None:
            if not (member and pointed):
                self._complete(t, member)
            return known
        match t:
            case ct.Pointer() | ct.Typedef() | ct.Qualified():
                return self._derived(t, member, pointed)
            case ct.Array():
                return self._array(t)
            case ct.Record():
                return self._record(t)
            case ct.Enum():
                return self._enum(t)
            case ct.Function():
                return self._proto(t, [])
            case ct.Int():
                encoding = b.BOOL if t.rank == 0 else b.SIGNED if t.signed else 0
                return self._remember(t, b.Int(t.name, t.size, encoding))
            case ct.Float():
                return self._remember(t, b.Float(t.name, t.size))
            case _:
                return 0

    def _remember(self, t: ct.Type, new: b.BtfType) -> int:
        made = self._ids[t] = self.btf.add(new)
        return made

    def _complete(self, t: ct.Type, member: bool) -> None:
        """A type that was reached behind a pointer before is reached otherwise now: its struct must be complete."""
        while isinstance(t, ct.Pointer | ct.Typedef | ct.Qualified):
            pointed = member and isinstance(t, ct.Pointer)
            t = _layer(t)[1]
            if t not in self._ids:
                if not (pointed and _may_stay_open(t)):
                    self.type(t, member=member, pointed=pointed)
                return

    def _derived(self, t: ct.Pointer | ct.Typedef | ct.Qualified, member: bool, pointed: bool) -> int:
        new, base = _layer(t)
        if new is None:
            return self.type(base, member=member, pointed=pointed)
        pointed |= member and isinstance(t, ct.Pointer)
        made = self._remember(t, new)
        if pointed and isinstance(base, ct.Record) and _may_stay_open(base):
            self._open.append((base, new))
        else:
            new.type = self.type(base, member=member, pointed=pointed)
        if isinstance(t, ct.Typedef):
            for tag in t.tags:
                self.btf.add(b.DeclTag(tag, made))
        return made

    def _array(self, t: ct.Array) -> int:
        element = self.type(t.element)
        if not self._index:
            self._index = self.btf.add(b.Int("__ARRAY_SIZE_TYPE__", 4))
        return self._remember(t, b.Array(element, self._index, t.count or 0))

    def _record(self, t: ct.Record) -> int:
        if t.fields is None:
            return self._remember(t, b.Fwd(t.tag, t.kind == "union"))
        new = (b.Struct if t.kind == "struct" else b.Union)(t.tag, t.size)
        made = self._remember(t, new)
        tagged = [(tag, -1) for tag in t.tags]
        for f in t.fields:
            if f.bits is not None and not f.name:
                continue  # unnamed bit-fields are padding
            new.members.append(b.Member(f.name, self.type(f.type, member=True), f.offset, f.bits or 0))
            tagged += [(tag, len(new.members) - 1) for tag in f.tags]
        for tag, index in tagged:
            self.btf.add(b.DeclTag(tag, made, index))
        return made

    def _enum(self, t: ct.Enum) -> int:
        if not t.complete:
            return self._remember(t, b.Enum(t.tag, 0))
        kind = b.Enum64 if t.underlying.size > 4 else b.Enum
        return self._remember(t, kind(t.tag, t.underlying.size, list(t.constants), t.underlying.signed))

    def _proto(self, t: ct.Function, names: list[str]) -> int:
        known = self._ids.get(t)
        if known is not None and not names:
            return known
        new = b.FuncProto(0)
        made = self.btf.add(new)
        if not names:
            self._ids[t] = made
        new.result = self.type(t.result)
        for i, parameter in enumerate(t.parameters):
            new.params.append(b.Param(names[i] if i < len(names) else "", self.type(parameter.type)))
        if t.variadic or not t.prototyped:
            new.params.append(b.Param("", 0))
        return made


def _may_stay_open(t: ct.Type) -> bool:
    """True for what a forward declaration can stand for. Does not define the record."""
    return isinstance(t, ct.Record) and bool(t.tag) and (t.define is not None or t.fields is not None)


def _layer(t: ct.Pointer | ct.Typedef | ct.Qualified) -> tuple[_Derived | None, ct.Type]:
    """The outermost layer of a derived type as BTF (its target still open), and what it is around."""
    match t:
        case ct.Pointer():
            return b.Ptr(0), t.target
        case ct.Typedef():
            return b.Typedef(t.name, 0), t.target
    base, const, volatile, restrict, tags = t.base, t.const, t.volatile, t.restrict, t.tags
    if tags:
        new: _Derived = b.TypeTag(tags[-1], 0)
        tags = tags[:-1]
    elif const:
        new, const = b.Const(0), False
    elif volatile:
        new, volatile = b.Volatile(0), False
    elif restrict:
        new, restrict = b.Restrict(0), False
    else:
        return None, base
    if tags or const or volatile or restrict:
        return new, ct.Qualified(base, const, volatile, restrict, tags)
    return new, base

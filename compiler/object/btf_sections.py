"""`fitted_btf`: a copy of an Object's BTF whose data sections say where their variables lie.

Compilers leave sizes and offsets of DATASEC at zero, since only the ELF symbols have them; libbpf and the kernel want them.
"""

from __future__ import annotations

import copy

from .btf import Btf, DataSec, Func, SectionVar, Struct, Var
from .maps import SECTION as MAPS
from .model import Map, Object

_EXTERNS = frozenset({".ksyms", ".kconfig"})  # sections that are in no file: the loader lays them out


def fitted_btf(obj: Object) -> Btf:
    """`obj.btf` (which must be there) with the sizes and offsets of sections filled in; ids stay what they are."""
    assert obj.btf is not None
    fitted = Btf(big_endian=obj.big_endian)
    fitted.types = list(obj.btf.types)
    fitted.strings = obj.btf.strings
    for number, section in obj.btf.items():
        if isinstance(section, DataSec) and section.name not in _EXTERNS:
            fitted.types[number] = _fit(obj, obj.btf, section)
    return fitted


def _fit(obj: Object, btf: Btf, section: DataSec) -> DataSec:
    changed = copy.copy(section)
    changed.vars = []
    by_type = {variable.btf_id: variable for variable in obj.variables.values() if variable.btf_id}
    for entry in section.vars:
        var = btf[entry.type]
        offset, size = entry.offset, entry.size
        name = var.name if isinstance(var, Var | Func) else ""
        variable = by_type.get(entry.type) or obj.variables.get(name)
        if section.name == MAPS and name in obj.maps:
            offset = obj.maps[name].offset
            size = map_size(btf, entry, obj.maps[name])
        elif variable is not None and variable.section == section.name:
            offset, size = variable.offset, variable.size or entry.size
        changed.vars.append(SectionVar(entry.type, offset, size))
    changed.vars.sort(key=lambda entry: entry.offset)
    end = max((entry.offset + entry.size for entry in changed.vars), default=0)
    data = obj.data.get(section.name)
    changed.size = max(section.size, end, len(data.data) if data else 0)
    return changed


def map_size(btf: Btf, entry: SectionVar, definition: Map) -> int:
    """Bytes that a map's definition takes in section .maps, with what its `.values` hold."""
    size = max(entry.size, btf.size_of(entry.type))
    if definition.values:
        size = max(size, values_offset(btf, entry) + 8 * (max(slot for slot, _ in definition.values) + 1))
    return size


def values_offset(btf: Btf, entry: SectionVar) -> int:
    """The byte offset of member `values` in a map's definition; 0 if it has none."""
    var = btf[entry.type]
    record = btf.resolved(var.type) if isinstance(var, Var) else None
    if isinstance(record, Struct):
        for member in record.members:
            if member.name == "values":
                return member.bit_offset // 8
    return 0

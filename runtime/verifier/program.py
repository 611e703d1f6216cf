"""The program under judgement, and what it may do by its type: one object that all rules look things up in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ...compiler.diagnostics import ObjectError
from ...compiler.object import isa
from ...compiler.object.btf import Array, Btf, Struct, Union
from ...compiler.object.model import Function, Linkage, Map, Object
from ...compiler.object.program import FlatProgram
from ...stdlib import contexts
from ...stdlib.kernels import Kernel
from ...stdlib.programs import SectionMatch

# may_access_direct_pkt_data in net/core/filter.c: who may write into the packet
PACKET_WRITERS = frozenset({"xdp", "sched_cls", "sched_act", "lwt_xmit", "sk_skb", "sk_msg", "cgroup_sockopt"})
# members that only helpers may touch (kernel/bpf/btf.c, btf_field_type)
_SPECIAL = frozenset({
    "bpf_spin_lock", "bpf_res_spin_lock", "bpf_timer", "bpf_wq", "bpf_list_head", "bpf_list_node", "bpf_rb_root",
    "bpf_rb_node", "bpf_refcount", "bpf_dynptr", "bpf_task_work",
})  # fmt: skip
_ARRAY = 2
_GPL = ("GPL", "GPL v2", "GPL and additional rights", "Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL")


@dataclass(slots=True)
class Program:
    """Everything the rules need to know besides the state of a path."""

    flat: FlatProgram
    obj: Object
    section: SectionMatch
    kernel: Kernel
    maps: dict[str, Map] = field(default_factory=dict)
    starts: dict[int, Function] = field(default_factory=dict)
    layout: contexts.Layout | None = None
    _special: dict[str, tuple[tuple[str, int, int], ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.maps = dict(self.obj.maps)
        for name, section in self.obj.data.items():
            self.maps[name] = Map(name, _ARRAY, 4, len(section.data), 1)
        for name, outer in self.obj.maps.items():
            if outer.inner is not None:
                self.maps[inner_name(name)] = outer.inner
        self.starts = self._starts()
        self.layout = contexts.layout(self.type, self.attach)

    def _starts(self) -> dict[int, Function]:
        """The functions by first slot; assembly may call into the code behind a function's exit: that is one more."""
        starts = dict(self.flat.functions)
        for slot, insn in enumerate(self.flat.insns):
            if insn.op == isa.JMP | isa.CALL and insn.src == isa.PSEUDO_CALL:
                target = slot + 1 + insn.imm
                if 0 <= target < len(self.flat.insns) and target not in starts:
                    whole = self.flat.function_at(target)
                    starts[target] = Function(f"{whole.name}+{target}", whole.section, [], linkage=Linkage.STATIC)
        return dict(sorted(starts.items()))

    @property
    def type(self) -> str:
        """The program type's name."""
        return self.section.program.name

    @property
    def attach(self) -> str:
        """The attach type's short name, or ""."""
        return self.section.attach.short if self.section.attach else ""

    @property
    def license_is_gpl(self) -> bool:
        """True if GPL-only helpers may be called (include/linux/license.h)."""
        return self.obj.license in _GPL

    def is_global(self, start: int) -> bool:
        """True for subprograms that are verified by themselves: not static or hidden, with types."""
        function = self.starts[start]
        return bool(start) and function.linkage is not Linkage.STATIC and not function.hidden and bool(function.btf_id)

    def special_members(self, name: str) -> tuple[tuple[str, int, int], ...]:
        """(kernel structure, offset, size) of what only helpers may touch inside a map's value."""
        found = self._special.get(name)
        if found is None:
            definition, btf = self.maps[name], self.obj.btf
            found = ()
            if btf is not None and definition.btf_value_id:
                found = tuple(_special(btf, definition.btf_value_id, 0, 0))
            self._special[name] = found
        return found

    def has_lock(self, name: str) -> bool:
        """True if a map's values hold a bpf_spin_lock."""
        return any(kind == "bpf_spin_lock" for kind, _, _ in self.special_members(name))


def inner_name(outer: str) -> str:
    """What the maps inside a map of maps are called."""
    return f"{outer}[]"


def _special(btf: Btf, type_id: int, offset: int, depth: int) -> Iterator[tuple[str, int, int]]:
    try:
        kind = btf.resolved(type_id)
        if isinstance(kind, Array) and depth < 8 and kind.count:
            size = btf.size_of(kind.element)
            for i in range(min(kind.count, 64)):
                yield from _special(btf, kind.element, offset + i * size, depth + 1)
        elif isinstance(kind, Struct | Union) and kind.name in _SPECIAL:
            yield kind.name, offset, kind.size
        elif isinstance(kind, Struct | Union) and depth < 8:
            for member in kind.members:
                yield from _special(btf, member.type, offset + member.bit_offset // 8, depth + 1)
    except ObjectError:
        return

"""The program under judgement, and what it may do by its type: one object that all rules look things up in."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...compiler.diagnostics import ObjectError
from ...compiler.object.btf import Array, Btf, Struct, Union
from ...compiler.object.model import Function, Linkage, Map, Object
from ...compiler.object.program import FlatProgram
from ...stdlib import contexts
from ...stdlib.kernels import Kernel
from ...stdlib.programs import SectionMatch

# may_access_direct_pkt_data in net/core/filter.c: who may write into the packet
PACKET_WRITERS = frozenset({"xdp", "sched_cls", "sched_act", "lwt_xmit", "sk_skb", "sk_msg"})
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

    def __post_init__(self) -> None:
        self.maps = dict(self.obj.maps)
        for name, section in self.obj.data.items():
            self.maps[name] = Map(name, _ARRAY, 4, len(section.data), 1)
        self.starts = dict(self.flat.functions)

    @property
    def type(self) -> str:
        """The program type's name."""
        return self.section.program.name

    @property
    def attach(self) -> str:
        """The attach type's short name, or ""."""
        return self.section.attach.short if self.section.attach else ""

    @property
    def layout(self) -> contexts.Layout | None:
        """The context's layout."""
        return contexts.layout(self.type, self.attach)

    @property
    def license_is_gpl(self) -> bool:
        """True if GPL-only helpers may be called (include/linux/license.h)."""
        return self.obj.license in _GPL

    def is_global(self, start: int) -> bool:
        """True for subprograms that are verified by themselves: not static, with types."""
        function = self.starts[start]
        return bool(start) and function.linkage is not Linkage.STATIC and bool(function.btf_id)

    def special_member(self, name: str) -> str:
        """The kernel structure inside a map's value that only helpers may touch, or ""."""
        definition = self.maps[name]
        btf = self.obj.btf
        return _special(btf, definition.btf_value_id, 0) if btf is not None and definition.btf_value_id else ""


def _special(btf: Btf, type_id: int, depth: int) -> str:
    try:
        kind = btf.resolved(type_id)
    except ObjectError:
        return ""
    if depth > 8:
        return ""
    if isinstance(kind, Array):
        return _special(btf, kind.element, depth + 1)
    if isinstance(kind, Struct | Union):
        if kind.name in _SPECIAL:
            return kind.name
        return next((found for m in kind.members if (found := _special(btf, m.type, depth + 1))), "")
    return ""

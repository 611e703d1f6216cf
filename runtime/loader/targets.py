"""`target_of`: what of the kernel a program attaches to, as BPF_PROG_LOAD wants it: the id of a function or type.

Facts: the kernel names the type of a raw tracepoint `btf_trace_NAME`, the hook of a security module `bpf_lsm_NAME`, the
function that stands for an iterator `bpf_iter_NAME` (include/trace/bpf_probe.h, linux/bpf_lsm.h, linux/bpf.h).
"""

from __future__ import annotations

from typing import NamedTuple

from ...compiler.diagnostics import Diagnostic, Severity
from ...compiler.object import btf as b
from ...compiler.object.program import FlatProgram
from ...stdlib.programs import SectionMatch
from .kernel_types import KernelTypes
from .syscall import LoadError


class Target(NamedTuple):
    """The id of a type or function, and the descriptor of the module's types that it is in (0: the kernel's own)."""

    type_id: int = 0
    descriptor: int = 0
    attach: int = -1  # expected attach type; -1: the section's


# attach type -> (prefix of the name in the kernel's types, kind)
_LOOKED_UP: dict[str, tuple[str, type[b.BtfType]]] = {
    "BPF_TRACE_RAW_TP": ("btf_trace_", b.Typedef),
    "BPF_TRACE_FENTRY": ("", b.Func),
    "BPF_TRACE_FEXIT": ("", b.Func),
    "BPF_TRACE_FSESSION": ("", b.Func),
    "BPF_MODIFY_RETURN": ("", b.Func),
    "BPF_LSM_MAC": ("bpf_lsm_", b.Func),
    "BPF_LSM_CGROUP": ("bpf_lsm_", b.Func),
    "BPF_TRACE_ITER": ("bpf_iter_", b.Func),
}  # fmt: skip


def target_of(flat: FlatProgram, section: SectionMatch, kernel: KernelTypes) -> Target:
    """What the section of a program names; `Target()` for those that load without. Raises `LoadError`."""
    if section.program.name == "ext":
        raise _error("L3038", flat, "replaces a function of another program, which it must be loaded against",
                     "load it with libbpf, which can be told the other program")  # fmt: skip
    row = _LOOKED_UP.get(section.attach.name) if section.attach is not None else None
    if row is None:
        return Target()
    prefix, kind = row
    module, colon, name = section.target.rpartition(":") if not prefix else ("", "", section.target)
    if not name or (colon and not module):
        raise _error("L3032", flat, "attaches to a function or type of the kernel, which its section does not name",
                     f'write SEC("{section.section.name}/NAME")')  # fmt: skip
    found = kernel.find(prefix + name, kind, module)
    if found is None:
        where = f"module '{module}'" if module else "the running kernel"
        raise _error("L3036", flat, f"attaches to '{name}', which {where} has not", "check the name, and that the kernel "
                     "was built with what it belongs to (`bpftool btf dump file /sys/kernel/btf/vmlinux`)")  # fmt: skip
    types, number = found
    return Target(number, kernel.descriptor(types))


def _error(code: str, flat: FlatProgram, message: str, fix: str) -> LoadError:
    place = flat.place_at(0)
    return LoadError(
        Diagnostic(code, Severity.ERROR, f"program '{flat.name}' of section '{flat.section}' {message}", place, fix=fix)
    )

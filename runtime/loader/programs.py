"""Loading one program (BPF_PROG_LOAD), and telling the user what the kernel's verifier said."""

from __future__ import annotations

import ctypes
import errno
import os
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

from ...compiler.diagnostics import Diagnostic, Note, Severity
from ...compiler.object.isa import PSEUDO_MAP_FD, PSEUDO_MAP_VALUE, Insn, encode
from ...compiler.object.program import FlatProgram
from ...stdlib.programs import SectionMatch
from . import syscall
from .btf import KernelBtf
from .links import Link, attach
from .maps import KernelMap, kernel_name
from .syscall import Command, LoadError, address, bpf
from .targets import Target
from .testrun import KernelRun, run_once

_LOG_BYTES = 1 << 20
_MAX_LOG_BYTES = 1 << 28
_SHOWN_LOG_LINES = 12
_SLEEPABLE, _XDP_HAS_FRAGS = 1 << 4, 1 << 5  # BPF_F_SLEEPABLE, BPF_F_XDP_HAS_FRAGS


@dataclass(slots=True)
class LoadedProgram:
    """A program in the kernel."""

    name: str
    fd: int
    section: SectionMatch
    links: list[Link] = field(default_factory=list)

    def attach(self, kind: str, target: str) -> Link:
        """Attach to `target`: ("xdp", "eth0"), ("tcx-ingress", "eth0"), ("tracepoint", "syscalls/sys_enter_openat")."""
        link = attach(self.fd, kind, target)
        self.links.append(link)
        return link

    def test_run(self, packet: bytes | None = None, ctx: bytes | None = None, repeat: int = 1) -> KernelRun:
        """Run it once in the kernel on a packet or context."""
        return run_once(self.fd, self.name, self.section.program.name, packet, ctx, repeat)

    def close(self) -> None:
        """Detach and unload."""
        for link in self.links:
            link.close()
        self.links.clear()
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1


@dataclass(frozen=True, slots=True)
class Request:
    """A program on its way into the kernel, with what it shares with the others of its object."""

    flat: FlatProgram
    section: SectionMatch
    target: Target
    btf: KernelBtf | None
    modules: Sequence[
        int
    ]  # descriptors of modules' types, by the number that instructions call them; the first stands for none
    license: str = ""
    version: int = 0


def load_program(request: Request, maps: dict[str, KernelMap]) -> LoadedProgram:
    """Load a program whose maps exist. Raises `LoadError`, with the C line, if the kernel refuses it."""
    flat = request.flat
    for slot, reference in flat.externs.items():
        raise LoadError(Diagnostic(
            "L3035", Severity.ERROR, f"program '{flat.name}' needs '{reference.symbol}', which neither this object nor the "
            "kernel defines", flat.place_at(slot), fix="link the objects first (`purebpf link`), or declare it __ksym",
        ))  # fmt: skip
    insns = _with_maps(flat, maps)
    try:
        fd = _load(request, insns, log=None)
    except OSError:
        # once more with a log: the kernel writes it only on demand, and it is slow to make
        log, problem = _load_with_log(request, insns)
        raise _refusal(flat, problem, log) from None
    return LoadedProgram(flat.name, fd, request.section)


def _with_maps(flat: FlatProgram, maps: dict[str, KernelMap]) -> list[Insn]:
    """The instructions with the maps' descriptors in their lddw pairs."""
    insns = list(flat.insns)
    for slot, reference in flat.map_refs.items():
        fd = maps[reference.map].fd
        insn = insns[slot]
        if reference.offset is None:
            insns[slot] = insn._replace(src=PSEUDO_MAP_FD, imm=fd)
            insns[slot + 1] = insns[slot + 1]._replace(imm=0)
        else:
            insns[slot] = insn._replace(src=PSEUDO_MAP_VALUE, imm=fd)
            insns[slot + 1] = insns[slot + 1]._replace(imm=reference.offset)
    return insns


def _load(request: Request, insns: list[Insn], log: ctypes.Array[ctypes.c_char] | None) -> int:
    flat, section, btf, target = request.flat, request.section, request.btf, request.target
    code = encode(insns)
    code_buffer = ctypes.create_string_buffer(code, len(code))
    license_buffer = ctypes.create_string_buffer(request.license.encode())
    functions, lines, btf_fd = b"", b"", 0
    if btf is not None:
        functions, lines, btf_fd = btf.function_info(flat), btf.line_info(flat), btf.fd
    function_buffer = ctypes.create_string_buffer(functions, len(functions)) if functions else None
    line_buffer = ctypes.create_string_buffer(lines, len(lines)) if lines else None
    modules = b"".join(struct.pack("=i", fd) for fd in request.modules) if len(request.modules) > 1 else b""
    module_buffer = ctypes.create_string_buffer(modules, len(modules)) if modules else None
    attach_type = target.attach if target.attach >= 0 else section.attach.number if section.attach else 0
    attr = struct.pack(
        "=IIQQIIQII16sIIIIQIIQIIIIQ",
        section.program.number, len(insns), address(code_buffer), address(license_buffer),
        1 if log is not None else 0, len(log) if log is not None else 0, address(log),
        request.version, _flags(section), kernel_name(flat.name),
        0, attach_type,
        btf_fd if functions else 0, 8 if functions else 0, address(function_buffer), len(functions) // 8,
        16 if lines else 0, address(line_buffer), len(lines) // 16,
        target.type_id, target.descriptor, 0, address(module_buffer),
    )  # fmt: skip
    return bpf(Command.PROG_LOAD, attr)


def _flags(section: SectionMatch) -> int:
    return (_SLEEPABLE if section.sleepable else 0) | (_XDP_HAS_FRAGS if section.section.frags else 0)


def _load_with_log(request: Request, insns: list[Insn]) -> tuple[str, OSError]:
    size = _LOG_BYTES
    while True:
        log = ctypes.create_string_buffer(size)
        try:
            os.close(_load(request, insns, log))
        except OSError as problem:
            if problem.errno == errno.ENOSPC and size < _MAX_LOG_BYTES:
                size *= 16
                continue
            return log.value.decode(errors="replace"), problem
        return "", OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))  # it loads the second time


# "12: (71) r3 = *(u8 *)(r2 +0)" or, from Linux 7.3 on, the same behind a marker
_LOG_INSN = re.compile(r"^\s*(\d+): \([0-9a-f]{2}\) ", re.M)


def _refusal(flat: FlatProgram, problem: OSError, log: str) -> LoadError:
    """The kernel's words, at the C line of the last instruction it looked at."""
    if not log.strip():
        return syscall.explain(f"loading program '{flat.name}'", problem)
    slots = [int(number) for number in _LOG_INSN.findall(log)]
    if slots and slots[-1] in flat.lacking:
        return LoadError(flat.lacking[slots[-1]])
    place = flat.place_at(slots[-1]) if slots else None
    said = [line for line in log.splitlines() if line.strip() and not _is_statistics(line)]
    reason = next((line for line in reversed(said) if not _LOG_INSN.match(line) and not line.startswith(";")), "")
    shown = "\n    ".join(said[-_SHOWN_LOG_LINES:])
    return LoadError(Diagnostic(
        "L3030", Severity.ERROR, f"the kernel refuses program '{flat.name}': {reason or os.strerror(problem.errno or 0)}",
        place, (Note(f"the end of the kernel's log:\n    {shown}"),),
        "`purebpf check` explains most refusals in terms of the C source",
    ))  # fmt: skip


def _is_statistics(line: str) -> bool:
    return line.startswith(("processed ", "verification time", "stack depth", "max_states"))

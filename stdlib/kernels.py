"""What each kernel version has: instruction set, features, helpers, map types, program types."""

from __future__ import annotations

from dataclasses import dataclass

from .helpers import HELPERS
from .maps import MAPS
from .programs import ATTACHES, PROGRAMS

# feature | first version | what it is. From the kernel's history; those with * were seen to fail on the older ones of
# 5.10, 6.1, 6.12 (booted) and to work on 6.18.
FEATURES = """
global_data          | 5.2  | .rodata, .data and .bss: maps whose values an instruction may address
map_freeze           | 5.2  | BPF_MAP_FREEZE: a map that user space may no longer write
million_insns        | 5.2  | 1,000,000 instructions processed for privileged programs (before: 131,072)
jmp32                | 5.1  | 32-bit conditional jumps (-mcpu=v3)
bounded_loops        | 5.3  | loops that the verifier can see the end of
mmapable             | 5.5  | arrays mapped into user space (BPF_F_MMAPABLE)
global_functions     | 5.6  | non-static subprograms, verified once by themselves
link_cgroup          | 5.7  | BPF_LINK_CREATE for cgroups
link_xdp             | 5.9  | BPF_LINK_CREATE for XDP
sleepable            | 5.10 | programs that may sleep
tail_call_in_sub     | 5.10 | tail calls from programs with subprograms
atomics              | 5.12 | * atomic fetch, exchange, compare and exchange (before: add without result)
stack_variable       | 5.12 | stack access at a variable offset
callbacks            | 5.13 | subprograms as arguments of helpers
kfuncs               | 5.13 | kernel functions, called by BTF id
link_perf_event      | 5.15 | BPF_LINK_CREATE for perf events: kprobe, tracepoint, uprobe
xdp_frags            | 5.18 | XDP programs that take multi-buffer packets
link_kprobe_multi    | 5.18 | one link for many kprobes
memory_args          | 5.19 | dynptr, kptr
isa_v4               | 6.6  | * bswap, sdiv, smod, movsx, ldsx, gotol (-mcpu=v4)
link_tcx             | 6.6  | * BPF_LINK_CREATE for tcx
link_netfilter       | 6.4  | * BPF_LINK_CREATE for netfilter
iterators            | 6.4  | open-coded iterators (bpf_for)
exceptions           | 6.7  | bpf_throw
may_goto             | 6.9  | * may_goto: loops that the kernel bounds
arena                | 6.9  | * arena maps and address space casts
token                | 6.9  | BPF tokens
fastcall             | 6.12 | helpers that keep r1-r5
load_acquire         | 6.15 | * load-acquire and store-release
"""

# the versions that diagnostics and the command line offer: long-term support, and the one that was measured
KNOWN = ("5.10", "5.15", "6.1", "6.6", "6.12", "6.18")
# the version on which helpers, contexts and maps of our tables were measured; for others they are derived from `since`
MEASURED = "6.18"


def parse_version(text: str) -> tuple[int, int]:
    """(major, minor) of a kernel version such as "6.1", "v5.10" or "6.18.44-cloud". ValueError if it is none."""
    parts = text.removeprefix("v").split("-")[0].split(".")
    if len(parts) < 2 or not (parts[0].isdigit() and parts[1].isdigit()):
        raise ValueError(f"not a kernel version: {text!r}")
    return int(parts[0]), int(parts[1])


@dataclass(frozen=True, slots=True)
class Feature:
    """Something a kernel can do, and since when."""

    name: str
    since: str
    words: str


def _read_features() -> dict[str, Feature]:
    rows = {}
    for line in FEATURES.strip().splitlines():
        name, since, words = (part.strip() for part in line.split("|"))
        rows[name] = Feature(name, since, words.removeprefix("* "))
    return rows


FEATURE_TABLE = _read_features()


@dataclass(frozen=True, slots=True)
class Kernel:
    """A kernel version, as (major, minor), and questions to it."""

    version: tuple[int, int]

    def at_least(self, since: str) -> bool:
        """True if this kernel is `since` or newer."""
        return self.version >= parse_version(since)

    def has(self, feature: str) -> bool:
        """True if it has a feature of FEATURES. KeyError if there is no such row."""
        return self.at_least(FEATURE_TABLE[feature].since)

    def has_helper(self, number: int) -> bool:
        """True if it has the helper of this number."""
        row = HELPERS.get(number)
        return row is not None and self.at_least(row.since)

    def has_map(self, number: int) -> bool:
        """True if it has the map type of this number."""
        row = MAPS.get(number)
        return row is not None and self.at_least(row.since)

    def has_program(self, name: str) -> bool:
        """True if it has the program type of this name (`xdp`)."""
        row = PROGRAMS.get(name)
        return row is not None and self.at_least(row.since)

    def has_attach(self, name: str) -> bool:
        """True if it has the attach type of this C name (`BPF_TCX_INGRESS`)."""
        row = ATTACHES.get(name)
        return row is not None and self.at_least(row.since)

    @property
    def cpu(self) -> str:
        """The newest instruction set it takes, as clang's -mcpu spells it."""
        return "v4" if self.has("isa_v4") else "v3" if self.has("jmp32") else "v2"

    @property
    def insn_limit(self) -> int:
        """Instructions the verifier processes before it gives up (BPF_COMPLEXITY_LIMIT_INSNS)."""
        return 1_000_000 if self.has("million_insns") else 131_072

    @property
    def measured(self) -> bool:
        """True if our tables were measured on it; else they are derived from the version each row begins with."""
        return self.version == parse_version(MEASURED)

    def __str__(self) -> str:
        return f"{self.version[0]}.{self.version[1]}"


def kernel(version: str) -> Kernel:
    """The kernel of a version text. ValueError if it is no version."""
    return Kernel(parse_version(version))

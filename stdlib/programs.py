"""Program types, attach types, what a program may return, and which section name means which of them."""

from __future__ import annotations

from typing import NamedTuple

from .section_rows import ATTACH_TYPES, PROGRAM_TYPES, RETURNS, SECTIONS


class ProgramType(NamedTuple):
    """A program type (enum bpf_prog_type): its number, the kernel's name in small letters, its context structure in C."""

    number: int
    name: str
    context: str  # as in `struct xdp_md`, without `struct`; "" where each attach point has its own
    since: str
    actions: tuple[tuple[int, str], ...]  # named return values


class AttachType(NamedTuple):
    """An attach type (enum bpf_attach_type). `short` is the word `Helper.allows` and `contexts` use (`connect4`)."""

    number: int
    name: str
    short: str
    since: str


class Section(NamedTuple):
    """A section name that loaders know. One with `target` takes text after a slash (`kprobe/do_unlinkat`)."""

    name: str
    program: str
    attach: str  # name of the attach type, or ""
    takes_target: bool
    sleepable: bool
    frags: bool  # XDP with multi-buffer packets (BPF_F_XDP_HAS_FRAGS)
    kind: str  # how it is attached: xdp, tcx, tracepoint, kprobe, cgroup, ...; "" not by itself


class SectionMatch(NamedTuple):
    """What a section name says about the programs in it."""

    section: Section
    program: ProgramType
    attach: AttachType | None
    target: str  # after the slash: "syscalls/sys_enter_openat"; "" if none
    autoload: bool  # False for names that begin with `?`

    @property
    def sleepable(self) -> bool:
        """True if the program may call helpers that sleep."""
        return self.section.sleepable

    @property
    def kind(self) -> str:
        """How the program is attached (`Section.kind`)."""
        return self.section.kind


class ReturnRange(NamedTuple):
    """The values r0 may hold at exit, both ends included, signed 32-bit."""

    low: int
    high: int


def _read_programs() -> dict[str, ProgramType]:
    rows = {}
    for line in PROGRAM_TYPES.strip().splitlines():
        if line.startswith("#"):
            continue
        number, name, context, since, *actions = line.split()
        pairs = tuple((int(value), word) for word, _, value in (action.partition("=") for action in actions))
        rows[name] = ProgramType(int(number), name, "" if context == "-" else context, since, pairs)
    return rows


def _read_attach_types() -> dict[str, AttachType]:
    rows = {}
    for line in ATTACH_TYPES.strip().splitlines():
        if line.startswith("#"):
            continue
        number, name, short, since = line.split()
        rows[name] = AttachType(int(number), name, short, since)
    return rows


def _read_sections() -> dict[str, Section]:
    rows = {}
    for line in SECTIONS.strip().splitlines():
        if line.startswith("#"):
            continue
        pattern, program, attach, kind, *flags = line.split()
        name = pattern.removesuffix("+")
        rows[name] = Section(
            name=name,
            program=program,
            attach="" if attach == "-" else attach,
            takes_target=pattern.endswith("+"),
            sleepable="sleepable" in flags,
            frags="frags" in flags,
            kind="" if kind == "-" else kind,
        )
    return rows


def _read_returns() -> dict[tuple[str, str], ReturnRange]:
    rows = {}
    for line in RETURNS.strip().splitlines():
        if line.startswith("#"):
            continue
        program, low, high, *attach_names = line.split()
        for attach in attach_names or [""]:
            rows[program, attach] = ReturnRange(int(low), int(high))
    return rows


PROGRAMS = _read_programs()
ATTACHES = _read_attach_types()
SECTION_TABLE = _read_sections()
_RETURNS = _read_returns()
_PROGRAM_BY_NUMBER = {row.number: row for row in PROGRAMS.values()}
_ATTACH_BY_NUMBER = {row.number: row for row in ATTACHES.values()}


def program_type(name: str | int) -> ProgramType | None:
    """The program type of a name (`xdp`) or number, None if unknown."""
    return _PROGRAM_BY_NUMBER.get(name) if isinstance(name, int) else PROGRAMS.get(name)


def attach_type(name: str | int) -> AttachType | None:
    """The attach type of a C name (`BPF_TCX_INGRESS`) or number, None if unknown."""
    return _ATTACH_BY_NUMBER.get(name) if isinstance(name, int) else ATTACHES.get(name)


def match_section(name: str) -> SectionMatch | None:
    """What a section name such as `xdp` or `tracepoint/syscalls/sys_enter_openat` means, None if it is no program's.

    As libbpf does it: the whole name first, then, for those that take a target, everything before a slash.
    """
    autoload = not name.startswith("?")
    bare = name.removeprefix("?")
    head, target = bare, ""
    section = SECTION_TABLE.get(head)
    if section is None:
        for at, letter in enumerate(bare):
            if letter == "/":
                found = SECTION_TABLE.get(bare[:at])
                if found is not None and found.takes_target:
                    section, target = found, bare[at + 1 :]
    if section is None:
        return None
    return SectionMatch(section, PROGRAMS[section.program], ATTACHES.get(section.attach), target, autoload)


def near_sections(name: str) -> list[str]:
    """Section names that look like a name that is not known, best first: for diagnostics."""
    from difflib import get_close_matches

    bare = name.removeprefix("?")
    head = bare.split("/")[0]
    near = get_close_matches(bare, SECTION_TABLE, 3, 0.7) or get_close_matches(head, SECTION_TABLE, 3, 0.6)
    return near or [name for name in SECTION_TABLE if bare.startswith(name)]


def return_range(program: str, attach: str = "") -> ReturnRange | None:
    """What a program of this type and attach type (C name, or "") may return; None: any value.

    Source: check_return_code in kernel/bpf/verifier.c.
    """
    return _RETURNS.get((program, attach)) or _RETURNS.get((program, ""))


def action_name(program: str, value: int) -> str:
    """The C name of a return value (`XDP_DROP`), "" if it has none."""
    row = PROGRAMS.get(program)
    return dict(row.actions).get(value, "") if row else ""

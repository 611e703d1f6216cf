"""The kernel's helper functions: number, prototype, arguments, result, effects, and which program types may call them."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from .helper_rows import MEASURED, PROGRAM_GROUPS, PROTOTYPES, RULES


class Arg(StrEnum):
    """What the kernel wants in an argument register (enum bpf_arg_type in include/linux/bpf.h). `?`: may be NULL."""

    ANY = "any"  # any initialised register
    SCALAR = "scalar"  # a number, not a pointer
    ZERO = "zero"  # the constant 0
    CTX = "ctx"  # the program's context, unmoved
    CTX_OR_NULL = "ctx?"
    MAP = "map"  # a map itself
    KEY = "key"  # initialised memory of the map's key size
    VALUE = "value"  # initialised memory of the map's value size
    VALUE_OR_NULL = "value?"
    VALUE_OUT = "value_out"  # memory of the map's value size, written by the helper
    READ = "read"  # initialised memory, only read; its size is Argument.size or the next argument
    READ_OR_NULL = "read?"
    MEM = "mem"  # initialised memory, read and written
    MEM_OR_NULL = "mem?"
    WRITE = "write"  # memory that the helper fills; need not be initialised
    SIZE = "size"  # bytes of the memory argument before it, at least 1
    SIZE_OR_ZERO = "size0"
    ALLOC_SIZE = "alloc_size"  # a constant: bytes of the memory that is returned
    STRING = "string"  # NUL-terminated text in a frozen read-only map
    FUNCTION = "function"  # address of a subprogram
    STACK_OR_NULL = "stack?"
    RECORD_RELEASE = "record_release"  # a ring buffer record, given up by the call
    SOCK = "sock"  # struct bpf_sock, bpf_sock_common, bpf_tcp_sock
    SOCKET_OR_NULL = "socket?"
    BTF_SOCK = "btf_sock"  # any of the sockets above, or a kernel struct sock
    BTF_SOCK_OR_NULL = "btf_sock?"
    SOCK_RELEASE = "sock_release"  # a socket, given up by the call
    BTF = "btf"  # kernel structure Argument.type
    BTF_OR_NULL = "btf?"
    BTF_RELEASE_OR_NULL = "btf_release?"
    PERCPU_BTF = "percpu_btf"  # a per-CPU kernel variable
    SPIN_LOCK = "spin_lock"  # struct bpf_spin_lock in a map value
    TIMER = "timer"  # struct bpf_timer in a map value
    DYNPTR = "dynptr"
    DYNPTR_OUT_LOCAL = "dynptr_local"  # an uninitialised dynptr on the stack, made by the call
    DYNPTR_OUT_RINGBUF = "dynptr_ringbuf"
    DYNPTR_RELEASE = "dynptr_release"
    KPTR_SLOT = "kptr_slot"  # a kptr field of a map value


class Result(StrEnum):
    """What r0 holds after the call (enum bpf_return_type). `?`: may be NULL, and must be tested before use."""

    INTEGER = "integer"
    VOID = "void"
    VALUE = "value"  # a map value
    VALUE_OR_NULL = "value?"
    RECORD_OR_NULL = "record?"  # ring buffer memory of the ALLOC_SIZE argument's bytes
    SOCKET_OR_NULL = "socket?"  # struct bpf_sock
    SOCK_OR_NULL = "sock?"  # struct bpf_sock_common
    TCP_SOCK_OR_NULL = "tcp_sock?"
    BTF = "btf"  # kernel structure Helper.result_type
    BTF_OR_NULL = "btf?"
    BTF_TRUSTED = "btf_trusted"
    DYNPTR_MEM_OR_NULL = "dynptr_mem?"
    PERCPU = "percpu"
    PERCPU_OR_NULL = "percpu?"


class Argument(NamedTuple):
    """One parameter: its kind, its C name, a fixed size in bytes (or 0), a kernel structure's name (or "")."""

    kind: Arg
    name: str
    size: int = 0
    type: str = ""


class Helper(NamedTuple):
    """One helper. `name` and `prototype` are as in C (`bpf_...`); `since` is a kernel version such as "5.8"."""

    number: int
    name: str
    prototype: str
    arguments: tuple[Argument, ...]
    result: Result
    result_type: str  # kernel structure that a BTF result points at
    since: str
    gpl: bool  # only for programs with a GPL-compatible licence
    packet_access: bool  # memory arguments may point into the packet
    invalidates_packet: bool  # packet pointers are gone after the call
    sleeps: bool  # only in sleepable programs
    acquires: bool  # the result is a reference that must be released on every path
    variadic: bool
    programs: frozenset[str]  # names of stdlib.programs; `cgroup_sockopt/set`: this attach type only

    def allows(self, program: str, attach: str = "") -> bool:
        """True if programs of this type (`xdp`, `cgroup_sock_addr`; attach type such as `connect4`) may call it."""
        return program in self.programs or f"{program}/{attach}" in self.programs


if TYPE_CHECKING:
    HELPERS: dict[int, Helper]  # all of them by number; made when it is asked for (PEP 562)


@cache
def _programs(words: str) -> frozenset[str]:
    found: set[str] = set()
    for word in words.split():
        if word.startswith("-"):
            found.discard(word[1:])
        else:
            found.update(PROGRAM_GROUPS.get(word, (word,)))
    return frozenset(found)


def _argument(word: str, parameter: str) -> Argument:
    kind, _, extra = word.partition(":")
    name = parameter.rpartition(" ")[2].lstrip("*")
    if extra.isdigit():
        return Argument(Arg(kind), name, size=int(extra))
    return Argument(Arg(kind), name, type=extra)


def _row(line: str) -> Helper:
    word, name, since, result, kinds, effects, programs = (part.strip() for part in line.split("|"))
    number = int(word)
    prototype = _prototypes()[number]
    parameters = prototype[prototype.index("(") + 1 : -1].split(", ")
    kind, _, result_type = result.partition(":")
    words = effects.split()
    return Helper(
        number=number,
        name=f"bpf_{name}",
        prototype=prototype,
        arguments=tuple(_argument(a, p) for a, p in zip(kinds.split(), parameters, strict=False)),
        result=Result(kind),
        result_type=result_type,
        since=since,
        gpl="gpl" in words,
        packet_access="packet" in words,
        invalidates_packet="changes" in words,
        sleeps="sleeps" in words,
        acquires="acquires" in words,
        variadic=parameters[-1] == "...",
        programs=_programs(programs),
    )


@cache
def _prototypes() -> dict[int, str]:
    rows = (line.strip().partition(" ") for line in PROTOTYPES.strip().splitlines())
    return {int(key): text for key, _, text in rows}


@cache
def _rows() -> dict[int, str]:
    """The lines of the table by number: a compile needs a few of the helpers only."""
    lines = (line for line in RULES.strip().splitlines() if not line.startswith("#"))
    return {int(line.partition("|")[0]): line for line in lines}


@cache
def _by_name() -> dict[str, Helper]:
    return {helper.name: helper for helper in map(by_number, _rows()) if helper is not None}


# the program types whose helpers are in the table; for others `Helper.programs` says too little to refuse a call
MEASURED_PROGRAMS = frozenset(MEASURED)


@cache
def by_number(number: int) -> Helper | None:
    """The helper that `call number` calls, None if there is none."""
    line = _rows().get(number)
    return _row(line) if line is not None else None


def by_name(name: str) -> Helper | None:
    """The helper of a C name, with or without `bpf_`, None if there is none."""
    return _by_name().get(name) or _by_name().get(f"bpf_{name}")


def __getattr__(name: str) -> dict[int, Helper]:
    if name != "HELPERS":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return {number: helper for number in _rows() if (helper := by_number(number)) is not None}

"""The tables against the running kernel: every row is asked of it."""

from __future__ import annotations

import mmap
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from kernel_probe import (
    ADD_IMM,
    CALL,
    EXIT,
    LDDW,
    LOADS,
    MOV_IMM,
    MOV_REG,
    SLEEPABLE,
    STORES,
    create_map,
    insn,
    load,
    takes_map,
)  # fmt: skip

from purebpf.stdlib import contexts, helpers, kernels, maps
from purebpf.stdlib.helpers import Arg
from purebpf.stdlib.programs import ATTACHES, PROGRAMS, return_range

pytestmark = pytest.mark.kernel
MEASURED = kernels.parse_version(platform.release()) == kernels.parse_version(kernels.MEASURED)
same_kernel = pytest.mark.skipif(not MEASURED, reason=f"the tables were measured on Linux {kernels.MEASURED}")

# program type -> the attach types that it must be loaded with; others are loaded with none
ATTACHED = {
    "xdp": ["BPF_XDP", "BPF_XDP_DEVMAP", "BPF_XDP_CPUMAP"],
    "cgroup_skb": ["BPF_CGROUP_INET_INGRESS", "BPF_CGROUP_INET_EGRESS"],
    "cgroup_sock": [
        "BPF_CGROUP_INET_SOCK_CREATE", "BPF_CGROUP_INET_SOCK_RELEASE", "BPF_CGROUP_INET4_POST_BIND",
        "BPF_CGROUP_INET6_POST_BIND",
    ],
    "cgroup_sock_addr": [
        f"BPF_CGROUP_{name}" for name in (
            "INET4_BIND", "INET6_BIND", "INET4_CONNECT", "INET6_CONNECT", "UNIX_CONNECT", "UDP4_SENDMSG", "UDP6_SENDMSG",
            "UNIX_SENDMSG", "UDP4_RECVMSG", "UDP6_RECVMSG", "UNIX_RECVMSG", "INET4_GETPEERNAME", "INET6_GETPEERNAME",
            "UNIX_GETPEERNAME", "INET4_GETSOCKNAME", "INET6_GETSOCKNAME", "UNIX_GETSOCKNAME",
        )
    ],
    "sock_ops": ["BPF_CGROUP_SOCK_OPS"],
    "sk_skb": ["BPF_SK_SKB_STREAM_PARSER", "BPF_SK_SKB_STREAM_VERDICT", "BPF_SK_SKB_VERDICT"],
    "cgroup_device": ["BPF_CGROUP_DEVICE"],
    "sk_msg": ["BPF_SK_MSG_VERDICT"],
    "sk_reuseport": ["BPF_SK_REUSEPORT_SELECT", "BPF_SK_REUSEPORT_SELECT_OR_MIGRATE"],
    "flow_dissector": ["BPF_FLOW_DISSECTOR"],
    "cgroup_sysctl": ["BPF_CGROUP_SYSCTL"],
    "cgroup_sockopt": ["BPF_CGROUP_GETSOCKOPT", "BPF_CGROUP_SETSOCKOPT"],
    "sk_lookup": ["BPF_SK_LOOKUP"],
    "netfilter": ["BPF_NETFILTER"],
}  # fmt: skip
# they cannot be loaded by themselves: they need the BTF id of what they hang on
NEED_BTF = {"tracing", "struct_ops", "ext", "lsm", "lirc_mode2"}


def places() -> Iterator[tuple[str, str]]:
    """(program type, attach type or "") of everything that can be loaded by itself."""
    for program in PROGRAMS:
        if program not in NEED_BTF:
            for attach in ATTACHED.get(program, [""]):
                yield program, attach


def tabled() -> list[tuple[str, str, contexts.Layout]]:
    """The places whose context is in the table."""
    found = ((program, attach, contexts.layout(program, short(attach))) for program, attach in places())
    return [(program, attach, layout) for program, attach, layout in found if layout is not None]


def numbers(program: str, attach: str) -> tuple[int, int, int]:
    """Program type, attach type, flags of a load."""
    flags = SLEEPABLE if program == "syscall" else 0
    return PROGRAMS[program].number, ATTACHES[attach].number if attach else 0, flags


def short(attach: str) -> str:
    return ATTACHES[attach].short if attach else ""


@same_kernel
@pytest.mark.parametrize(("program", "attach"), list(places()))
def test_programs_may_call_the_helpers_of_the_table(program: str, attach: str) -> None:
    kind, at, flags = numbers(program, attach)
    allowed, gpl = set(), set()
    for number in helpers.HELPERS:
        code = insn(CALL, imm=number) + insn(MOV_IMM) + insn(EXIT)
        answer = load(code, kind, at, flags=flags)
        assert answer.ok or answer.log, f"{program} {attach}: errno {answer.errno}"
        if "unknown func" in answer.log or "cannot use helper" in answer.log:
            continue
        allowed.add(number)
        if "GPL" in load(code, kind, at, flags=flags, license="").log:
            gpl.add(number)
    # probe_write_user and override_return depend on the kernel's configuration; get_stackid has a variant of its own here
    if program == "perf_event":
        gpl.add(27)
    ours = {row.number for row in helpers.HELPERS.values() if row.allows(program, short(attach))} - {36, 58}
    assert allowed - {36, 58} == ours
    assert gpl - {36, 58} == {number for number in ours if helpers.HELPERS[number].gpl}


@same_kernel
@pytest.mark.parametrize(("program", "attach", "layout"), tabled(), ids=lambda value: value if isinstance(value, str) else "")
def test_contexts_may_be_touched_as_the_table_says(program: str, attach: str, layout: contexts.Layout) -> None:
    kind, at, flags = numbers(program, attach)
    allowed = return_range(program, attach)
    leave = insn(MOV_IMM, imm=allowed.low if allowed else 0) + insn(EXIT)
    wrong = []
    for size in (1, 2, 4, 8):
        for offset in range(min(layout.size, 240) + 16):
            read = load(insn(LOADS[size], 2, 1, offset) + leave, kind, at, flags=flags).ok
            write = load(insn(MOV_IMM, 2) + insn(STORES[size], 1, 2, offset) + leave, kind, at, flags=flags).ok
            if read != (layout.find(offset, size) is not None):
                wrong.append(f"load of {size} at {offset}: the kernel {'takes' if read else 'refuses'} it")
            if write != (layout.find(offset, size, write=True) is not None):
                wrong.append(f"store of {size} at {offset}: the kernel {'takes' if write else 'refuses'} it")
    assert not wrong


KINDS = {
    contexts.Kind.SCALAR: "scalar(",
    contexts.Kind.PACKET: "pkt(",
    contexts.Kind.PACKET_END: "pkt_end(",
    contexts.Kind.PACKET_META: "pkt_meta(",
    contexts.Kind.SOCKET: "sock(",
    contexts.Kind.SOCKET_OR_NULL: "sock_or_null(",
    contexts.Kind.SOCK_OR_NULL: "sock_common_or_null(",
    contexts.Kind.FLOW_KEYS: "flow_keys(",
}


@same_kernel
@pytest.mark.parametrize(("program", "attach", "layout"), tabled(), ids=lambda value: value if isinstance(value, str) else "")
def test_context_fields_give_what_the_table_says(program: str, attach: str, layout: contexts.Layout) -> None:
    kind, at, flags = numbers(program, attach)
    allowed = return_range(program, attach)
    leave = insn(MOV_IMM, imm=allowed.low if allowed else 0) + insn(EXIT)
    for field in layout.fields:
        size = max(size for size in field.loads if field.offset % size == 0)
        log = load(insn(LOADS[size], 2, 1, field.offset) + leave, kind, at, flags=flags, level=2).log
        assert f"R2={KINDS[field.kind]}" in log.replace("R2_w=", "R2="), (field, log)


@pytest.mark.parametrize("program", [p for p in PROGRAMS if p not in NEED_BTF])
def test_return_ranges_are_the_verifiers(program: str) -> None:
    asked = 0
    for attach in ["", *ATTACHES]:
        kind, at, flags = numbers(program, attach)
        for value in (-1, 0, 1, 2, 3, 4):
            answer = load(insn(MOV_IMM, imm=value) + insn(EXIT), kind, at, flags=flags)
            if not answer.ok and "At program exit" not in answer.log:
                break  # this program type does not go with this attach type
            allowed = return_range(program, attach)
            assert answer.ok == (allowed is None or allowed.low <= value <= allowed.high), (attach, value)
            asked += 1
    assert asked


@contextmanager
def descriptor(fd: int) -> Iterator[int]:
    try:
        yield fd
    finally:
        os.close(fd)


def a_size(rule: maps.SizeRule) -> int:
    return 8 if rule.allows(8) else 4 if rule.allows(4) else 0


def entries(row: maps.MapType) -> int:
    return {"zero": 0, "pages": mmap.PAGESIZE}.get(row.entries, 4)


# they need BTF of their values, or of what they are stored with
NEED_VALUE_BTF = {"sk_storage", "inode_storage", "task_storage", "cgrp_storage", "struct_ops"}
CREATED = [row for row in maps.MAPS.values() if row.short not in NEED_VALUE_BTF]


@same_kernel
@pytest.mark.parametrize("row", CREATED, ids=lambda row: row.short)
def test_maps_are_created_with_the_sizes_and_flags_of_the_table(row: maps.MapType) -> None:
    inner = create_map(2, 4, 8, 4)
    with descriptor(inner):
        key, value, count = a_size(row.key), a_size(row.value), entries(row)
        assert takes_map(row.number, key, value, count, row.needs, inner)
        keys = {size for size in range(40) if takes_map(row.number, size, value, count, row.needs, inner)}
        assert keys == {size for size in range(40) if row.key.allows(size)}
        values = {size for size in range(40) if takes_map(row.number, key, size, count, row.needs, inner)}
        assert values == {size for size in range(40) if row.value.allows(size)}
        # a build id takes 32 bytes an entry
        wide = 32 if row.short == "stack_trace" else value
        taken = sum(1 << bit for bit in range(22) if takes_map(row.number, key, wide, count, row.needs | 1 << bit, inner))
        assert maps.flag_names(taken) == maps.flag_names(row.flags)
        for bit in range(22):
            if row.needs >> bit & 1:
                assert not takes_map(row.number, key, value, count, row.needs & ~(1 << bit), inner)


@same_kernel
@pytest.mark.parametrize("entries", [0, 1, 3, 4096, 8192, 12288])
def test_ring_buffers_have_a_power_of_two_of_pages(entries: int) -> None:
    assert takes_map(27, 0, 0, entries) == (entries in (4096, 8192))


def argument(register: int, row: helpers.Argument, map_fd: int) -> bytes:
    """Instructions that put a valid argument of a kind into a register; r6 holds the context, the stack is filled."""
    match row.kind:
        case Arg.CTX | Arg.CTX_OR_NULL:
            return insn(MOV_REG, register, 6)
        case Arg.MAP:
            return insn(LDDW, register, 1, 0, map_fd) + insn(0)
        case Arg.SIZE | Arg.SIZE_OR_ZERO:
            return insn(MOV_IMM, register, imm=8)
        case Arg.ALLOC_SIZE:
            return insn(MOV_IMM, register, imm=8)
        case Arg.ANY | Arg.SCALAR | Arg.ZERO:
            return insn(MOV_IMM, register)
        case _:
            return insn(MOV_REG, register, 10) + insn(ADD_IMM, register, imm=-64)


# program types from which to ask, and kinds that need more than a value on the stack
ASK_FROM = ("xdp", "sched_cls", "sk_skb", "sk_msg", "sock_ops", "sk_reuseport", "tracepoint", "perf_event", "cgroup_skb")
HARD = {Arg.FUNCTION, Arg.TIMER, Arg.BTF, Arg.BTF_OR_NULL, Arg.BTF_SOCK, Arg.DYNPTR_OUT_RINGBUF, Arg.STACK_OR_NULL}


@same_kernel
@pytest.mark.parametrize("row", [row for row in CREATED if row.short != "arena"], ids=lambda row: row.short)
def test_helpers_take_the_maps_of_the_table(row: maps.MapType) -> None:
    asked = 0
    with descriptor(create_map(2, 4, 8, 4)) as inner:
        size = a_size(row.value)
        fd = create_map(row.number, a_size(row.key), size, entries(row), row.needs, inner)
    with descriptor(fd):
        for helper in helpers.HELPERS.values():
            kinds = [a.kind for a in helper.arguments]
            program = next((name for name in ASK_FROM if helper.allows(name)), None)
            if Arg.MAP not in kinds or HARD & set(kinds) or program is None:
                continue
            attach = ATTACHED.get(program, [""])[-1]
            kind, at, flags = numbers(program, attach)
            code = insn(MOV_REG, 6, 1) + insn(MOV_IMM, 2)
            code += b"".join(insn(STORES[8], 10, 2, offset) for offset in range(-64, 0, 8))
            code += b"".join(argument(i + 1, a, fd) for i, a in enumerate(helper.arguments))
            code += insn(CALL, imm=helper.number) + insn(MOV_IMM) + insn(EXIT)
            answer = load(code, kind, at, flags=flags)
            # a reference that is not given back comes from a call that was taken
            taken = answer.ok or "reference leak" in answer.log
            assert taken == maps.may_use(helper.name, row.number), (helper.name, answer.log)
            asked += 1
    assert asked > 20

"""Helpers that ask about time, CPU, task and randomness (kernel/bpf/helpers.c), by the machine's `Environment`."""

from __future__ import annotations

import errno

from ..state import State
from .table import helper, u32

_COMM_BYTES = 16  # TASK_COMM_LEN


@helper("ktime_get_ns")
def ktime_get_ns(state: State) -> int:
    """CLOCK_MONOTONIC."""
    return state.env.now()


@helper("ktime_get_boot_ns")
def ktime_get_boot_ns(state: State) -> int:
    """CLOCK_BOOTTIME."""
    return state.env.now() + state.env.suspended


@helper("ktime_get_coarse_ns")
def ktime_get_coarse_ns(state: State) -> int:
    """CLOCK_MONOTONIC_COARSE: whole ticks of 4 ms."""
    return state.env.now() // 4_000_000 * 4_000_000


@helper("ktime_get_tai_ns")
def ktime_get_tai_ns(state: State) -> int:
    """CLOCK_TAI, 37 seconds ahead of CLOCK_REALTIME."""
    return state.env.epoch + state.env.now() + 37_000_000_000


@helper("jiffies64")
def jiffies64(state: State) -> int:
    """Ticks of 4 ms since boot; the kernel's counter starts five minutes before it wraps 32 bits."""
    return state.env.now() // 4_000_000 + (-300 * 250 & 0xFFFF_FFFF)


@helper("get_prandom_u32")
def get_prandom_u32(state: State) -> int:
    """Random, but the same every time."""
    return state.env.prandom()


@helper("get_smp_processor_id", "get_numa_node_id")
def get_smp_processor_id(state: State) -> int:
    """The CPU. There is one NUMA node for each, so that a confusion shows."""
    return state.env.cpu


@helper("get_current_pid_tgid")
def get_current_pid_tgid(state: State) -> int:
    """tgid << 32 | pid."""
    return state.env.pid_tgid()


@helper("get_current_uid_gid")
def get_current_uid_gid(state: State) -> int:
    """gid << 32 | uid."""
    return u32(state.env.gid) << 32 | u32(state.env.uid)


@helper("get_current_comm")
def get_current_comm(state: State, address: int, size: int) -> int:
    """The task's name, NUL-padded."""
    name = state.env.comm.encode()[: min(_COMM_BYTES, u32(size)) - 1]
    state.memory.write(address, name.ljust(u32(size), b"\0"))
    return 0


@helper("get_current_cgroup_id")
def get_current_cgroup_id(state: State) -> int:
    """The cgroup of the task."""
    return state.env.cgroup


@helper("skb_cgroup_id", "get_cgroup_classid", "skb_ancestor_cgroup_id", "get_current_ancestor_cgroup_id")
def other_cgroup_id(state: State, *_: int) -> int:
    """There is one cgroup."""
    return state.env.cgroup


@helper("get_socket_cookie", "get_netns_cookie")
def cookie(state: State, *_: int) -> int:
    """There is one socket and one network namespace."""
    return 1


@helper("get_ns_current_pid_tgid")
def get_ns_current_pid_tgid(state: State, _dev: int, _ino: int, address: int, size: int) -> int:
    """struct bpf_pidns_info: pid, tgid, as in the only namespace."""
    if u32(size) != 8:
        return -errno.EINVAL
    both = state.env.pid_tgid()
    state.memory.write(address, u32(both).to_bytes(4, state.memory.order) + (both >> 32).to_bytes(4, state.memory.order))
    return 0


@helper("per_cpu_ptr", "this_cpu_ptr")
def per_cpu_ptr(state: State, address: int, cpu: int = 0) -> int:
    """The machine has one copy of kernel variables."""
    return address if u32(cpu) < state.env.cpus else 0

"""vmlinux.h from BTF in the kernel: its types are as libbpf and the kernel say, and its functions can be called."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import purebpf
from purebpf.compiler.object.write import write_object

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(shutil.which("bpftool") is None, reason="bpftool is not installed"),
    pytest.mark.skipif(not Path("/sys/kernel/btf/vmlinux").exists(), reason="the running kernel has no BTF"),
]

# libbpf puts the running kernel's numbers in for the relocated ones; ours come straight from its BTF
SOURCE = """
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#define SAME(type, field) \\
    (__builtin_offsetof(type, field) == bpf_core_field_offset(type, field) && \\
     sizeof(((type *)0)->field) == bpf_core_field_size(type, field))

SEC("raw_tp/sched_switch") int f(void *ctx)
{
    struct task_struct *task = (struct task_struct *)bpf_get_current_task();
    u64 id = bpf_get_current_pid_tgid();
    int wrong = 0;

    if (BPF_CORE_READ(task, tgid) != id >> 32 || BPF_CORE_READ(task, pid) != (pid_t)id)
        wrong |= 1;
    if (BPF_CORE_READ(task, group_leader, pid) != (pid_t)(id >> 32))
        wrong |= 2;
    if (!SAME(struct task_struct, comm) || !SAME(struct task_struct, se.vruntime) || !SAME(struct task_struct, thread_pid))
        wrong |= 4;
    if (!SAME(struct sock, __sk_common.skc_daddr) || !SAME(struct sk_buff, len) || !SAME(struct inode, i_write_hint))
        wrong |= 8;
    if (sizeof(struct task_struct) != bpf_core_type_size(struct task_struct) ||
        sizeof(struct file) != bpf_core_type_size(struct file) || sizeof(union bpf_attr) != bpf_core_type_size(union bpf_attr))
        wrong |= 16;
    if (bpf_core_enum_value(enum bpf_map_type, BPF_MAP_TYPE_RINGBUF) != BPF_MAP_TYPE_RINGBUF)
        wrong |= 32;
    if (!true || false)
        wrong |= 64;
    return wrong;
}
char LICENSE[] SEC("license") = "GPL";
"""

KFUNCS = """
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

SEC("tp_btf/sched_switch") int f(u64 *ctx)
{
    struct task_struct *task = (struct task_struct *)ctx[1], *kept;
    int found = 0;

    bpf_rcu_read_lock();
    kept = bpf_task_acquire(task);
    if (kept) {
        found = kept->pid + 1;
        bpf_task_release(kept);
    }
    bpf_rcu_read_unlock();
    return found;
}
char LICENSE[] SEC("license") = "GPL";
"""


def bpftool(text: str, folder: Path, then: str) -> str:
    """Load `text`'s program with libbpf; what `bpftool prog THEN` prints, with the program for PROGRAM."""
    made, pins = folder / "x.o", folder / "pins"
    pins.mkdir()
    made.write_bytes(write_object(purebpf.compile(text)))
    command = then.replace("PROGRAM", f"pinned {pins}/p/f")
    commands = f"mount -t bpf none {pins} && bpftool prog loadall {made} {pins}/p && exec bpftool prog {command}"
    result = subprocess.run(["unshare", "-m", "sh", "-c", commands], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_layouts_and_values_are_the_running_kernels(tmp_path: Path) -> None:
    found = re.search(r"Return value: (\d+)", bpftool(SOURCE, tmp_path, "run PROGRAM repeat 0"))
    assert found is not None
    assert int(found[1]) == 0


def test_functions_of_the_kernel_are_called_without_declaring_them(tmp_path: Path) -> None:
    listing = bpftool(KFUNCS, tmp_path, "dump xlated PROGRAM")
    for name in ("bpf_rcu_read_lock", "bpf_task_acquire", "bpf_task_release"):
        assert f"call {name}#" in listing

"""CO-RE in the kernel: libbpf finds the fields of types that look nothing like the ones we compiled with."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import purebpf
from purebpf.compiler.api import Options
from purebpf.compiler.object.write import write_object
from purebpf.compiler.target import Target
from purebpf.runtime.loader import LoadError, load

CLANG = shutil.which("clang-19") or shutil.which("clang")
pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(shutil.which("bpftool") is None, reason="bpftool is not installed"),
    pytest.mark.skipif(not Path("/sys/kernel/btf/vmlinux").exists(), reason="the running kernel has no BTF"),
]

SOURCE = """
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
struct list_head { struct list_head *next; };
struct upid { int nr; };
struct pid { struct upid numbers[4]; unsigned level; };
struct task_struct { char comm[16]; int tgid; struct pid *thread_pid; struct task_struct *group_leader; };
struct iphdr { unsigned char ihl: 4, version: 4; unsigned char protocol; unsigned daddr, saddr; };
struct task_struct___gone { int no_such_field; } __attribute__((preserve_access_index));
enum bpf_map_type___mine { BPF_MAP_TYPE_LRU_HASH___mine = 99, BPF_MAP_TYPE_NOT_THERE = 1 };
struct no_such_struct { int a; };
#pragma clang attribute pop

#define EXISTS(field) __builtin_preserve_field_info(field, 2)
#define SIZE(field) __builtin_preserve_field_info(field, 1)
#define OFFSET(field) __builtin_preserve_field_info(field, 0)

SEC("raw_tp/sched_switch") int f(void *ctx) {
    struct task_struct *task = (void *)bpf_get_current_task();
    struct task_struct___gone *gone = (void *)task;
    struct pid *pid = 0;
    int tgid = 0, nr = 0, wrong = 0;
    char comm[16] = {0};

    bpf_probe_read_kernel(&tgid, sizeof tgid, &task->tgid);
    if (tgid != bpf_get_current_pid_tgid() >> 32)
        wrong |= 1;
    bpf_probe_read_kernel(comm, sizeof comm, task->comm);
    if (comm[0] != 'b' || comm[3] != 't')
        wrong |= 2;
    bpf_probe_read_kernel(&pid, sizeof pid, &task->thread_pid);
    bpf_probe_read_kernel(&nr, sizeof nr, &pid->numbers[0].nr);
    if (nr != (int)bpf_get_current_pid_tgid())
        wrong |= 4;
    if (EXISTS(gone->no_such_field) || !EXISTS(task->group_leader))
        wrong |= 8;
    if (SIZE(task->comm) != 16 || OFFSET(task->comm) < 100)
        wrong |= 16;
    if (__builtin_preserve_enum_value(*(enum bpf_map_type___mine *)BPF_MAP_TYPE_LRU_HASH___mine, 1) != 9)
        wrong |= 32;
    if (__builtin_preserve_enum_value(*(enum bpf_map_type___mine *)BPF_MAP_TYPE_NOT_THERE, 0))
        wrong |= 64;
    if (__builtin_preserve_type_info(*(struct no_such_struct *)0, 0) || !__builtin_preserve_type_info(*(struct pid *)0, 0))
        wrong |= 128;
    if (__builtin_preserve_type_info(*(struct iphdr *)0, 1) != 20)
        wrong |= 256;
    unsigned char header[20] = {0x45, [9] = 17, [12] = 10, 0, 0, 1};
    struct iphdr *ip = (void *)header;
    if (ip->protocol != 17 || ip->version != 4 || ip->ihl != 5 || ip->saddr != 0x0100000a)
        wrong |= 512;
    return wrong;
}
char _license[] SEC("license") = "GPL";
"""


@pytest.mark.parametrize("compiler", ["v1", "v2", "v3", "v4", "clang"])
def test_libbpf_relocates_every_kind(compiler: str, tmp_path: Path) -> None:
    made, pins = tmp_path / "x.o", tmp_path / "pins"
    pins.mkdir()
    if compiler == "clang":
        if CLANG is None:
            pytest.skip("clang is not installed")
        source = tmp_path / "x.c"
        source.write_text(SOURCE)
        include = Path(__file__).resolve().parents[2] / "stdlib" / "include"
        flags = ["-O2", "-g", "-w", "-target", "bpf", "-mcpu=v3", "-nostdinc", f"-I{include}"]
        subprocess.run([CLANG, *flags, "-c", str(source), "-o", str(made)], check=True, timeout=60)
    else:
        made.write_bytes(write_object(purebpf.compile(SOURCE, options=Options(target=Target(int(compiler[1]))))))
    commands = (
        f"mount -t bpf none {pins} && bpftool prog loadall {made} {pins}/p && exec bpftool prog run pinned {pins}/p/f repeat 0"
    )
    result = subprocess.run(["unshare", "-m", "sh", "-c", commands], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    found = re.search(r"Return value: (\d+)", result.stdout)
    assert found is not None, result.stdout
    assert int(found[1]) == 0


def test_our_loader_relocates() -> None:
    source = SOURCE.replace("if (comm[0] != 'b' || comm[3] != 't')", "if (!comm[0])")
    with load(purebpf.compile(source)) as loaded:
        assert loaded.programs["f"].test_run().retval == 0


def test_a_field_that_the_kernel_does_not_have_is_a_refusal_at_its_line() -> None:
    source = SOURCE.replace("return wrong;", "return wrong + gone->no_such_field;")
    with pytest.raises(LoadError, match=r"(?s)no_such_field is not in .* ask bpf_core_field_exists") as caught:
        load(purebpf.compile(source))
    assert caught.value.place is not None

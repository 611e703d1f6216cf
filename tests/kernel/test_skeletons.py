"""User space built with our objects as with clang's: `bpftool gen object`, `bpftool gen skeleton`, gcc, libbpf, and it runs."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from purebpf.compiler.driver import main

pytestmark = pytest.mark.kernel

# name: (the BPF program, what user space does with the open skeleton, what it prints)
PROGRAMS = {
    "variables": (
        """
        const volatile struct limits limits = { 1, 2 };
        const volatile char name[8] = "first";
        int scale = 10;
        __u64 seen, sum;
        static int hidden = 3;
        enum state state;

        SEC("xdp") int count(struct xdp_md *ctx)
        {
            seen++;
            sum += limits.high * scale + hidden++ + name[0];
            state = seen >= limits.low ? BUSY : IDLE;
            return XDP_PASS;
        }
        """,
        """
        skel->rodata->limits.low = 2;
        skel->rodata->limits.high = 7;
        strcpy((char *)skel->rodata->name, "second");
        skel->data->scale = 100;
        if (x__load(skel)) return 2;
        char packet[64] = {};
        LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = packet, .data_size_in = 64, .repeat = 1);
        for (int i = 0; i < 3; i++) {
            if (bpf_prog_test_run_opts(bpf_program__fd(skel->progs.count), &run)) return 3;
            printf("%d %llu %llu %d\\n", run.retval, skel->bss->seen, skel->bss->sum, skel->bss->state);
        }
        """,
        "".join(f"2 {n} {sum(7 * 100 + 3 + i + ord('s') for i in range(n))} {5 if n >= 2 else 0}\n" for n in (1, 2, 3)),
    ),
    "events": (
        """
        struct event { __u32 pid; char comm[16]; };
        struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } events SEC(".maps");
        pid_t me;

        SEC("raw_tp/sys_enter") int entered(struct bpf_raw_tracepoint_args *ctx)
        {
            struct event *event;

            if (ctx->args[1] != 39 || bpf_get_current_pid_tgid() >> 32 != me)  /* getpid */
                return 0;
            event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
            if (!event)
                return 0;
            event->pid = bpf_get_current_pid_tgid() >> 32;
            bpf_get_current_comm(event->comm, sizeof(event->comm));
            bpf_ringbuf_submit(event, 0);
            return 0;
        }
        """,
        """
        skel->bss->me = me = getpid();
        if (x__load(skel) || x__attach(skel)) return 2;
        struct ring_buffer *ring = ring_buffer__new(bpf_map__fd(skel->maps.events), seen, NULL, NULL);
        prctl(PR_SET_NAME, "skeleton");
        syscall(39);
        syscall(39);
        printf("%d\\n", ring_buffer__poll(ring, 1000));
        ring_buffer__free(ring);
        """,
        "1 skeleton\n1 skeleton\n2\n",
    ),
    "maps": (
        """
        struct key { __u16 port; __u8 proto; };
        struct inner { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, int); __type(value, __u64); };
        struct inner first SEC(".maps");
        struct {
            __uint(type, BPF_MAP_TYPE_HASH_OF_MAPS); __uint(max_entries, 4); __type(key, int); __array(values, struct inner);
        } outer SEC(".maps") = { .values = { [2] = &first } };
        struct {
            __uint(type, BPF_MAP_TYPE_LRU_HASH); __uint(max_entries, 8); __type(key, struct key); __type(value, __u32);
        } ports SEC(".maps");

        SEC("tc") int classify(struct __sk_buff *skb)
        {
            struct key key = { .port = 53, .proto = 17 };
            __u32 one = 1, *hits = bpf_map_lookup_elem(&ports, &key);
            int slot = 2, zero = 0;
            void *map = bpf_map_lookup_elem(&outer, &slot);
            __u64 *value = map ? bpf_map_lookup_elem(map, &zero) : 0;

            if (hits)
                __sync_fetch_and_add(hits, 1);
            else
                bpf_map_update_elem(&ports, &key, &one, BPF_ANY);
            if (value)
                *value += 5;
            return value ? 1 : 0;
        }
        """,
        """
        if (x__load(skel)) return 2;
        char packet[64] = {};
        LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = packet, .data_size_in = 64, .repeat = 1);
        for (int i = 0; i < 3; i++)
            if (bpf_prog_test_run_opts(bpf_program__fd(skel->progs.classify), &run)) return 3;
        struct { unsigned short port; unsigned char proto, pad; } key = { 53, 17 };
        unsigned hits = 0; int zero = 0; unsigned long long value = 0;
        bpf_map_lookup_elem(bpf_map__fd(skel->maps.ports), &key, &hits);
        bpf_map_lookup_elem(bpf_map__fd(skel->maps.first), &zero, &value);
        printf("%d %u %llu\\n", run.retval, hits, value);
        """,
        "1 3 15\n",
    ),
}
_SHARED = """
struct limits { unsigned low; unsigned long long high; };
enum state { IDLE, BUSY = 5 };
"""
_BPF = """
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "x.h"
typedef int pid_t;
%s
char LICENSE[] SEC("license") = "GPL";
"""
_USER = """
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <bpf/bpf.h>
#include "x.h"
#include "x.skel.h"

static unsigned me;

static int seen(void *unused, void *data, size_t size)
{
    struct { unsigned pid; char comm[16]; } *event = data;
    printf("%%d %%s\\n", event->pid == me && size == sizeof(*event), event->comm);
    return 0;
}

int main(void)
{
    struct x *skel = x__open();
    if (!skel) return 1;
    (void)seen, (void)me;
    %s
    x__destroy(skel);
    return 0;
}
"""


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_skeleton_of_our_object_compiles_and_runs(tmp_path: Path, name: str) -> None:
    for tool in ("bpftool", "gcc"):
        if not shutil.which(tool):
            pytest.skip(f"{tool} is not installed")
    if not Path("/usr/include/bpf/libbpf.h").exists():
        pytest.skip("libbpf's headers are not installed")
    program, user, output = PROGRAMS[name]
    (tmp_path / "x.bpf.c").write_text(_BPF % program)
    (tmp_path / "x.h").write_text(_SHARED)
    (tmp_path / "x.c").write_text(_USER % user)

    def run(*command: str) -> str:
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stderr}"
        return done.stdout

    source, made = str(tmp_path / "x.bpf.c"), str(tmp_path / "x.tmp.bpf.o")
    assert main(["-g", "-O2", "-target", "bpf", "-c", source, "-o", made]) == 0
    run("bpftool", "gen", "object", "x.bpf.o", "x.tmp.bpf.o")
    (tmp_path / "x.skel.h").write_text(run("bpftool", "gen", "skeleton", "x.bpf.o", "name", "x"))
    run("gcc", "-Wall", "-Wno-format", "-Werror", "x.c", "-o", "x", "-lbpf")
    assert run("./x") == output

"""Attaching in the running kernel: packets that really travel, system calls that are really made."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from kernel_rooms import answers, compiled, isolated, run, veth

from purebpf.compiler.object.btf import Struct
from purebpf.compiler.object.values import decode_value
from purebpf.runtime.loader import LoadError, load

pytestmark = pytest.mark.kernel

SOURCE = """
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>
char LICENSE[] SEC("license") = "GPL";
struct key { __u32 prefixlen; __u8 addr[4]; };
struct { __uint(type, BPF_MAP_TYPE_LPM_TRIE); __type(key, struct key); __type(value, __u8); __uint(max_entries, 8);
         __uint(map_flags, BPF_F_NO_PREALLOC); } blocked SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __type(key, __u32); __type(value, __u64); __uint(max_entries, 2); }
    bytes SEC(".maps");
SEC("xdp") int filter(struct xdp_md *ctx)
{
    struct ethhdr *eth = (void *)(long)ctx->data;
    struct iphdr *ip = (void *)(eth + 1);
    if ((void *)(ip + 1) > (void *)(long)ctx->data_end || eth->h_proto != bpf_htons(ETH_P_IP))
        return XDP_PASS;
    struct key key = { 32 };
    __builtin_memcpy(key.addr, &ip->saddr, 4);
    return bpf_map_lookup_elem(&blocked, &key) ? XDP_DROP : XDP_PASS;
}
static __attribute__((noinline)) int count(struct __sk_buff *skb, __u32 side)
{
    __u64 *sum = bpf_map_lookup_elem(&bytes, &side);
    if (sum && skb->protocol == bpf_htons(ETH_P_IP))
        __sync_fetch_and_add(sum, skb->len);
    return TC_ACT_UNSPEC;
}
SEC("tcx/ingress") int in(struct __sk_buff *skb) { return count(skb, 0); }
SEC("tcx/egress") int out(struct __sk_buff *skb) { return count(skb, 1); }
"""
OPENS = """
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
char LICENSE[] SEC("license") = "GPL";
struct event { __u32 pid; char comm[16]; char name[64]; };
struct args { __u64 common; __u64 number; __u64 folder; __u64 name; __u64 flags; __u64 mode; };
struct event *unused;
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 1 << 16); } events SEC(".maps");
SEC("tracepoint/syscalls/sys_enter_openat") int opened(struct args *ctx)
{
    struct event *event = bpf_ringbuf_reserve(&events, sizeof *event, 0);
    if (!event)
        return 0;
    event->pid = bpf_get_current_pid_tgid() >> 32;
    bpf_get_current_comm(event->comm, sizeof event->comm);
    bpf_probe_read_user_str(event->name, sizeof event->name, (void *)ctx->name);
    bpf_ringbuf_submit(event, 0);
    return 0;
}
int calls;
SEC("raw_tp/sys_enter") int entered(struct bpf_raw_tracepoint_args *ctx) { calls++; return 0; }
"""


@pytest.mark.parametrize("mode", ["", ":generic", ":native"])
def test_xdp_drops_what_is_blocked_and_passes_the_rest(mode: str) -> None:
    _drops(mode)


@isolated
def _drops(mode: str) -> None:
    with veth() as there, load(compiled(SOURCE), programs=["filter"]) as loaded:
        assert answers(there)
        with loaded.programs["filter"].attach("xdp", "veth0" + mode):
            assert answers(there)
            loaded.maps["blocked"]["10.9.0.0/24"] = 1
            assert not answers(there)
            assert answers(there, "fd00::1")
            del loaded.maps["blocked"]["10.9.0.0/24"]
            assert answers(there)
            loaded.maps["blocked"]["10.9.0.2/32"] = 1
            assert not answers(there)
        assert answers(there)  # the link is closed


@isolated
def test_tcx_counts_the_bytes_of_both_sides() -> None:
    with veth() as there, load(compiled(SOURCE), programs=["in", "out"]) as loaded:
        loaded.programs["in"].attach("tcx-ingress", "veth0")
        loaded.programs["out"].attach("tcx-egress", "veth0")
        run(*there, "ping", "-c", "3", "-i", "0.05", "-s", "100", "-W", "1", "10.9.0.1")
        frame = 14 + 20 + 8 + 100
        assert loaded.maps["bytes"][0] == 3 * frame
        assert loaded.maps["bytes"][1] == 3 * frame


@isolated
def test_closing_what_was_loaded_detaches_it() -> None:
    with veth() as there:
        with load(compiled(SOURCE), programs=["filter"]) as loaded:
            loaded.maps["blocked"]["0.0.0.0/0"] = 1
            loaded.programs["filter"].attach("xdp", "veth0")
            assert not answers(there)
        assert answers(there)


@isolated
def test_a_hook_in_use_and_wrong_targets_say_what_to_do() -> None:
    with load(compiled(SOURCE)) as loaded:
        filter_, ingress = loaded.programs["filter"], loaded.programs["in"]
        with pytest.raises(LoadError) as caught:
            filter_.attach("xdp", "lo:native")
        assert caught.value.code == "L3024"
        filter_.attach("xdp", "lo")
        for program, kind, target, code in (
            (filter_, "xdp", "lo", "L3022"),
            (filter_, "xdp", "eth77", "L3021"),
            (filter_, "xdp", "lo:fast", "L3025"),
            (filter_, "tcx-ingress", "lo", "L3023"),
            (ingress, "xdp", "lo", "L3023"),
            (ingress, "tracepoint", "openat", "L3026"),
            (ingress, "tracepoint", "syscalls/sys_enter_opnat", "L3028"),
            (ingress, "raw_tracepoint", "sys_enter", "L3023"),
            (ingress, "kprobe", "x", "L3020"),
        ):
            with pytest.raises(LoadError) as caught:
                program.attach(kind, target)
            assert (kind, target, caught.value.code) == (kind, target, code)
            assert caught.value.fix


@pytest.mark.parametrize("mounted", [False, True], ids=["no-tracefs", "tracefs"])
def test_a_tracepoint_tells_of_the_files_that_are_opened(mounted: bool, tmp_path: Path) -> None:
    _opens(mounted, str(tmp_path / "a-file-of-this-test"))


@isolated
def _opens(mounted: bool, name: str) -> None:
    if mounted and not Path("/sys/kernel/tracing/events").is_dir():
        run("mount", "-t", "tracefs", "tracefs", "/sys/kernel/tracing")
    with load(compiled(OPENS), programs=["opened"]) as loaded:
        loaded.programs["opened"].attach("tracepoint", "syscalls/sys_enter_openat")
        Path(name).write_text("x")
        btf = loaded.object.btf
        assert btf is not None
        event = btf.find("event", Struct)
        events = [decode_value(btf, event, record) for record in loaded.ring("events").read(2)]
        mine = [e for e in events if e["pid"] == os.getpid()]
        assert name[:63] in [e["name"] for e in mine]
        assert all(e["comm"] == Path("/proc/self/comm").read_text().strip() for e in mine)


@isolated
def test_a_raw_tracepoint_counts_system_calls() -> None:
    with load(compiled(OPENS), programs=["entered"]) as loaded:
        link = loaded.programs["entered"].attach("raw_tracepoint", "sys_enter")
        for _ in range(50):
            os.getppid()
        socket.socket().close()
        with pytest.raises(LoadError, match="no raw tracepoint 'sys_entr'"):
            loaded.programs["entered"].attach("raw_tracepoint", "sys_entr")
        link.close()
        assert loaded.maps[".bss"][0]["calls"] >= 50

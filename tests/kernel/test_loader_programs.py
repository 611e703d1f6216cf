"""Loading and test-running programs in the running kernel, and what a refusal says."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest
from kernel_rooms import compiled, isolated

from purebpf.compiler.object.assemble import assemble_function
from purebpf.compiler.object.model import Object
from purebpf.runtime.loader import LoadError, load

pytestmark = pytest.mark.kernel

HEAD = """
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
char LICENSE[] SEC("license") = "GPL";
"""
XDP = HEAD + """
static __attribute__((noinline)) int first(void *data) { return *(unsigned char *)data; }
SEC("xdp") int mark(struct xdp_md *ctx)
{
    unsigned char *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
    if (data + 14 > end)
        return XDP_ABORTED;
    data[1] = 0xee;
    return data[0] == 9 ? XDP_DROP : XDP_PASS;
}
SEC("xdp") int grow(struct xdp_md *ctx)
{
    return bpf_xdp_adjust_head(ctx, -16) ? XDP_ABORTED : bpf_xdp_adjust_tail(ctx, 100) ? XDP_DROP : XDP_PASS;
}
SEC("tc") int tagged(struct __sk_buff *skb) { skb->mark = skb->len; return 2; }
SEC("?xdp") int optional(struct xdp_md *ctx) { return XDP_TX; }
SEC("raw_tp/sys_enter") int raw(struct bpf_raw_tracepoint_args *ctx) { return ctx->args[1]; }
SEC("syscall") int call(int *ctx) { *ctx += 1; return *ctx; }
SEC("tracepoint/syscalls/sys_enter_openat") int traced(void *ctx) { return 0; }
"""
UNCHECKED = HEAD + """
static __attribute__((noinline)) int first(struct xdp_md *ctx)
{
    unsigned char *data = (void *)(long)ctx->data;
    return data[0]; /* no check */
}
SEC("xdp") int wrong(struct xdp_md *ctx) { return first(ctx); }
"""
PACKET = bytes(range(64))


def program(text: str, section: str = "xdp", license_: str = "GPL") -> Object:
    """An object of one program, without types."""
    return Object("t.s", {"p": assemble_function("p", text, section)}, license=license_)


def test_programs_run_on_a_packet_and_give_it_back() -> None:
    with load(compiled(XDP), programs=["mark"]) as loaded:
        run = loaded.programs["mark"].test_run(PACKET)
        assert (run.retval, run.packet) == (2, bytes([0, 0xEE]) + PACKET[2:])
        assert loaded.programs["mark"].test_run(b"\x09" + PACKET).retval == 1


def test_packets_may_grow() -> None:
    with load(compiled(XDP), programs=["grow"]) as loaded:
        run = loaded.programs["grow"].test_run(PACKET)
        assert run.retval == 2
        assert len(run.packet) == 16 + 64 + 100
        assert run.packet[16:80] == PACKET


def test_contexts_come_back_changed() -> None:
    with load(compiled(XDP), programs=["tagged", "call", "raw"]) as loaded:
        run = loaded.programs["tagged"].test_run(PACKET, ctx=bytes(192))
        assert struct.unpack_from("=I", run.ctx, 8) == (64,)  # __sk_buff.mark
        assert loaded.programs["raw"].test_run(ctx=struct.pack("=QQ", 5, 6)).retval == 6
        assert loaded.programs["call"].test_run(ctx=struct.pack("=i", 41)).ctx == struct.pack("=i", 42)


def test_many_runs_are_timed() -> None:
    with load(compiled(XDP), programs=["mark"]) as loaded:
        assert loaded.programs["mark"].test_run(PACKET, repeat=1000).duration > 0


@pytest.mark.parametrize(
    ("name", "packet", "ctx", "code"),
    [("mark", b"short", None, "L3041"), ("mark", None, None, "L3041"), ("traced", PACKET, None, "L3040")],
)
def test_runs_that_the_kernel_cannot_do_say_what_to_do(name: str, packet: bytes | None, ctx: bytes | None, code: str) -> None:
    with load(compiled(XDP), programs=[name]) as loaded:
        with pytest.raises(LoadError) as caught:
            loaded.programs[name].test_run(packet, ctx)
        assert caught.value.code == code
        assert caught.value.fix


def test_types_and_lines_reach_the_kernel() -> None:
    with load(compiled(XDP), programs=["mark"]) as loaded:
        info = Path(f"/proc/self/fdinfo/{loaded.programs['mark'].fd}").read_text()
        assert "prog_type:\t6" in info
        assert loaded._btf is not None
        assert loaded._btf.fd >= 0


def test_sections_with_a_question_mark_load_only_by_name() -> None:
    obj = compiled(XDP)
    with load(obj) as loaded:
        assert set(loaded.programs) == {"mark", "grow", "tagged", "raw", "call", "traced"}
    with load(obj, programs=["optional"]) as loaded:
        assert loaded.programs["optional"].test_run(PACKET).retval == 3


def test_a_refusal_shows_the_c_line_and_the_end_of_the_log() -> None:
    with pytest.raises(LoadError) as caught:
        load(compiled(UNCHECKED))
    refused = caught.value
    assert refused.code == "L3030"
    assert "invalid access to packet, off=0 size=1" in refused.notes[0].message
    assert "the kernel refuses program 'wrong': R" in refused.message
    assert refused.place is not None
    assert "return data[0]; /* no check */" in refused.place.text
    assert refused.place.file.endswith("t.c")


def test_a_refusal_of_a_program_without_types_still_says_why() -> None:
    with pytest.raises(LoadError, match="R0 !read_ok"):
        load(program("exit"))


def test_long_logs_are_read_whole() -> None:
    obj = program("r1 = 0; r1 += 1; r0 = r9; exit")
    insns = obj.functions["p"].insns
    insns[1:2] = [insns[1]] * 60000  # a log of more than the 1 MiB that is tried first
    with pytest.raises(LoadError, match="R9 !read_ok"):
        load(obj)


@pytest.mark.parametrize(
    ("obj", "code", "words"),
    [
        (program("r0 = 0; exit", section="xpd"), "L3031", "no kind of BPF program"),
        (program("r0 = 0; exit", section="freplace/f"), "L3038", "replaces a function of another program"),
        (program("call 6; exit", license_="MIT"), "L3030", "GPL"),
        (Object("x", program("r0 = 0; exit").functions, big_endian=True), "L3039", "big-endian"),
    ],
)
def test_what_cannot_be_loaded_says_why_and_what_to_do(obj: Object, code: str, words: str) -> None:
    with pytest.raises(LoadError, match=words) as caught:
        load(obj)
    assert caught.value.code == code
    assert caught.value.fix


def test_a_program_that_is_not_there_names_the_others() -> None:
    with pytest.raises(LoadError, match="no program 'q'") as caught:
        load(program("r0 = 0; exit"), programs=["q"])
    assert caught.value.fix == "it has: p"


def test_kernel_functions_are_refused_where_they_stand() -> None:
    kfunc = HEAD + 'extern void f(void) SEC(".ksyms"); SEC("xdp") int p(void *c) { f(); return 1; }'
    with pytest.raises(LoadError, match="the running kernel has no kfunc 'f'") as caught:
        load(compiled(kfunc))
    assert caught.value.place is not None


def test_a_failed_load_leaves_nothing_behind() -> None:
    with pytest.raises(LoadError):
        load(compiled(UNCHECKED))
    before = os.listdir("/proc/self/fd")
    with pytest.raises(LoadError):
        load(compiled(UNCHECKED))
    assert os.listdir("/proc/self/fd") == before


@isolated
def test_an_ordinary_user_is_told_what_rights_are_missing() -> None:
    obj = program("r0 = 0; exit")
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
    with pytest.raises(LoadError) as caught:
        load(obj)
    assert caught.value.code == "L3001"
    assert "run as root" in caught.value.fix

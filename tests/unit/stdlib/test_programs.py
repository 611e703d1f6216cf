"""Section names, program types, return ranges."""

from __future__ import annotations

import pytest

from purebpf.stdlib import programs
from purebpf.stdlib.programs import match_section


@pytest.mark.parametrize(
    ("name", "program", "attach", "target", "kind"),
    [
        ("xdp", "xdp", "BPF_XDP", "", "xdp"),
        ("xdp/devmap", "xdp", "BPF_XDP_DEVMAP", "", ""),
        ("xdp.frags", "xdp", "BPF_XDP", "", "xdp"),
        ("tc", "sched_cls", "", "", "tc"),
        ("tcx/ingress", "sched_cls", "BPF_TCX_INGRESS", "", "tcx-ingress"),
        ("tc/egress", "sched_cls", "BPF_TCX_EGRESS", "", "tcx-egress"),
        ("classifier", "sched_cls", "", "", "tc"),
        ("tracepoint/syscalls/sys_enter_openat", "tracepoint", "", "syscalls/sys_enter_openat", "tracepoint"),
        ("tp/sched/sched_switch", "tracepoint", "", "sched/sched_switch", "tracepoint"),
        ("tp", "tracepoint", "", "", "tracepoint"),
        ("kprobe/do_unlinkat", "kprobe", "", "do_unlinkat", "kprobe"),
        ("kprobe.multi/tcp_*", "kprobe", "BPF_TRACE_KPROBE_MULTI", "tcp_*", "kprobe-multi"),
        ("uprobe//usr/bin/bash:readline", "kprobe", "", "/usr/bin/bash:readline", "uprobe"),
        ("raw_tp/sched_switch", "raw_tracepoint", "", "sched_switch", "raw_tracepoint"),
        ("fentry.s/vfs_read", "tracing", "BPF_TRACE_FENTRY", "vfs_read", "fentry"),
        ("cgroup_skb/egress", "cgroup_skb", "BPF_CGROUP_INET_EGRESS", "", "cgroup"),
        ("cgroup/connect4", "cgroup_sock_addr", "BPF_CGROUP_INET4_CONNECT", "", "cgroup"),
        ("socket", "socket_filter", "", "", "socket"),
        ("syscall", "syscall", "", "", ""),
    ],
)
def test_a_section_name_says_what_is_in_it(name: str, program: str, attach: str, target: str, kind: str) -> None:
    match = match_section(name)
    assert match is not None
    assert (match.program.name, match.attach.name if match.attach else "", match.target, match.kind) == (
        program, attach, target, kind,
    )  # fmt: skip


@pytest.mark.parametrize(
    "name", ["", ".text", "xdp_pass", "xdpx", "xdp/", "license", "maps", "kprobes/x", "tc/sideways", "/"]
)
def test_names_that_libbpf_refuses_are_refused(name: str) -> None:
    assert match_section(name) is None


def test_a_question_mark_turns_autoload_off() -> None:
    match = match_section("?kprobe.multi/x")
    assert match is not None
    assert not match.autoload
    assert match.target == "x"


def test_sleepable_and_frags_are_flags_of_the_section() -> None:
    for name, sleepable, frags in (("fentry.s/x", True, False), ("fentry/x", False, False), ("xdp.frags", False, True)):
        match = match_section(name)
        assert match is not None
        assert (match.sleepable, match.section.frags) == (sleepable, frags)


def test_every_section_names_a_program_type_and_an_attach_type_that_exist() -> None:
    for section in programs.SECTION_TABLE.values():
        assert section.program in programs.PROGRAMS
        assert not section.attach or section.attach in programs.ATTACHES


def test_names_that_are_nearly_right_are_suggested() -> None:
    assert programs.near_sections("xpd") == ["xdp"]
    assert "tracepoint" in programs.near_sections("tracepiont/syscalls/sys_enter_openat")
    assert "xdp" in programs.near_sections("xdp_pass")


def test_return_ranges_depend_on_the_attach_type() -> None:
    assert programs.return_range("xdp") is None
    ranges = {
        attach: programs.return_range("cgroup_skb", attach)
        for attach in ("BPF_CGROUP_INET_INGRESS", "BPF_CGROUP_INET_EGRESS")
    }
    assert ranges == {
        "BPF_CGROUP_INET_INGRESS": programs.ReturnRange(0, 1),
        "BPF_CGROUP_INET_EGRESS": programs.ReturnRange(0, 3),
    }


def test_actions_have_names() -> None:
    assert programs.action_name("xdp", 1) == "XDP_DROP"
    assert programs.action_name("sched_cls", -1) == "TC_ACT_UNSPEC"
    assert programs.action_name("xdp", 99) == ""


# every section name of libbpf 1.8 (src/libbpf.c), by program type; attach types are the kernel's names
_LIBBPF = """
socket_filter socket
sk_reuseport sk_reuseport=SK_REUSEPORT_SELECT sk_reuseport/migrate=SK_REUSEPORT_SELECT_OR_MIGRATE
kprobe kprobe+ kretprobe+ uprobe+ uprobe.s+ uretprobe+ uretprobe.s+ ksyscall+ kretsyscall+ usdt+ usdt.s+
kprobe kprobe.multi+=TRACE_KPROBE_MULTI kretprobe.multi+=TRACE_KPROBE_MULTI kprobe.session+=TRACE_KPROBE_SESSION
kprobe uprobe.multi+=TRACE_UPROBE_MULTI uretprobe.multi+=TRACE_UPROBE_MULTI uprobe.session+=TRACE_UPROBE_SESSION
kprobe uprobe.multi.s+=TRACE_UPROBE_MULTI uretprobe.multi.s+=TRACE_UPROBE_MULTI uprobe.session.s+=TRACE_UPROBE_SESSION
sched_cls tc classifier tc/ingress=TCX_INGRESS tc/egress=TCX_EGRESS tcx/ingress=TCX_INGRESS tcx/egress=TCX_EGRESS
sched_cls netkit/primary=NETKIT_PRIMARY netkit/peer=NETKIT_PEER
sched_act action
tracepoint tracepoint+ tp+ tracepoint.s+ tp.s+
raw_tracepoint raw_tracepoint+ raw_tp+ raw_tracepoint.s+ raw_tp.s+
raw_tracepoint_writable raw_tracepoint.w+ raw_tp.w+
tracing tp_btf+=TRACE_RAW_TP tp_btf.s+=TRACE_RAW_TP fentry+=TRACE_FENTRY fentry.s+=TRACE_FENTRY fexit+=TRACE_FEXIT
tracing fexit.s+=TRACE_FEXIT fmod_ret+=MODIFY_RETURN fmod_ret.s+=MODIFY_RETURN fsession+=TRACE_FSESSION
tracing fsession.s+=TRACE_FSESSION fentry.multi+=TRACE_FENTRY_MULTI fentry.multi.s+=TRACE_FENTRY_MULTI
tracing fexit.multi+=TRACE_FEXIT_MULTI fexit.multi.s+=TRACE_FEXIT_MULTI fsession.multi+=TRACE_FSESSION_MULTI
tracing fsession.multi.s+=TRACE_FSESSION_MULTI iter+=TRACE_ITER iter.s+=TRACE_ITER
ext freplace+
lsm lsm+=LSM_MAC lsm.s+=LSM_MAC lsm_cgroup+=LSM_CGROUP
syscall syscall
xdp xdp=XDP xdp/devmap=XDP_DEVMAP xdp/cpumap=XDP_CPUMAP
xdp xdp.frags=XDP xdp.frags/devmap=XDP_DEVMAP xdp.frags/cpumap=XDP_CPUMAP
perf_event perf_event
lwt_in lwt_in
lwt_out lwt_out
lwt_xmit lwt_xmit
lwt_seg6local lwt_seg6local
sock_ops sockops=CGROUP_SOCK_OPS
sk_skb sk_skb sk_skb/stream_parser=SK_SKB_STREAM_PARSER sk_skb/stream_verdict=SK_SKB_STREAM_VERDICT
sk_skb sk_skb/verdict=SK_SKB_VERDICT
sk_msg sk_msg=SK_MSG_VERDICT
lirc_mode2 lirc_mode2=LIRC_MODE2
flow_dissector flow_dissector=FLOW_DISSECTOR
cgroup_skb cgroup/skb cgroup_skb/ingress=CGROUP_INET_INGRESS cgroup_skb/egress=CGROUP_INET_EGRESS
cgroup_sock cgroup/sock=CGROUP_INET_SOCK_CREATE cgroup/sock_create=CGROUP_INET_SOCK_CREATE
cgroup_sock cgroup/sock_release=CGROUP_INET_SOCK_RELEASE cgroup/post_bind4=CGROUP_INET4_POST_BIND
cgroup_sock cgroup/post_bind6=CGROUP_INET6_POST_BIND
cgroup_sock_addr cgroup/bind4=CGROUP_INET4_BIND cgroup/bind6=CGROUP_INET6_BIND cgroup/connect4=CGROUP_INET4_CONNECT
cgroup_sock_addr cgroup/connect6=CGROUP_INET6_CONNECT cgroup/connect_unix=CGROUP_UNIX_CONNECT
cgroup_sock_addr cgroup/sendmsg4=CGROUP_UDP4_SENDMSG cgroup/sendmsg6=CGROUP_UDP6_SENDMSG
cgroup_sock_addr cgroup/sendmsg_unix=CGROUP_UNIX_SENDMSG cgroup/recvmsg4=CGROUP_UDP4_RECVMSG
cgroup_sock_addr cgroup/recvmsg6=CGROUP_UDP6_RECVMSG cgroup/recvmsg_unix=CGROUP_UNIX_RECVMSG
cgroup_sock_addr cgroup/getpeername4=CGROUP_INET4_GETPEERNAME cgroup/getpeername6=CGROUP_INET6_GETPEERNAME
cgroup_sock_addr cgroup/getpeername_unix=CGROUP_UNIX_GETPEERNAME cgroup/getsockname4=CGROUP_INET4_GETSOCKNAME
cgroup_sock_addr cgroup/getsockname6=CGROUP_INET6_GETSOCKNAME cgroup/getsockname_unix=CGROUP_UNIX_GETSOCKNAME
cgroup_sysctl cgroup/sysctl=CGROUP_SYSCTL
cgroup_sockopt cgroup/getsockopt=CGROUP_GETSOCKOPT cgroup/setsockopt=CGROUP_SETSOCKOPT
cgroup_device cgroup/dev=CGROUP_DEVICE
struct_ops struct_ops+ struct_ops.s+
sk_lookup sk_lookup=SK_LOOKUP
netfilter netfilter=NETFILTER
"""
_ROWS = [
    (program, *name.partition("=")[::2])
    for program, *names in map(str.split, _LIBBPF.strip().splitlines())
    for name in names
]  # fmt: skip


@pytest.mark.parametrize(("program", "name", "attach"), _ROWS, ids=[name for _, name, _ in _ROWS])
def test_every_section_name_of_libbpf_is_known(program: str, name: str, attach: str) -> None:
    bare = name.removesuffix("+")
    for text, target in ((bare, ""), (bare + "/a/b", "a/b")):
        match = match_section(text)
        if target and not name.endswith("+"):
            assert match is None
            continue
        assert match is not None
        assert (match.program.name, match.attach.name if match.attach else "") == (program, attach and "BPF_" + attach)
        assert match.sleepable == (bare == "syscall" or ".s" in (bare[-2:], bare.partition("/")[0][-2:]))
        assert match.section.frags == bare.startswith("xdp.frags")
        assert (match.target, match.autoload) == (target, True)
        optional = match_section("?" + text)
        assert optional == match._replace(autoload=False)


def test_no_section_name_is_known_that_libbpf_does_not_know() -> None:
    assert set(programs.SECTION_TABLE) == {name.removesuffix("+") for _, name, _ in _ROWS}


_YOUNG = ("tcx", "tc/", "netkit", "unix", "multi", "session", "netfilter", ".s", "sk_skb/verdict")


def test_the_installed_libbpf_agrees() -> None:
    import ctypes

    try:
        library = ctypes.CDLL("libbpf.so.1")
    except OSError:
        pytest.skip("libbpf.so.1 is not installed")
    library.libbpf_set_print(None)
    checked = 0
    for _, name, _ in _ROWS:
        bare = name.removesuffix("+")
        for text in (bare, bare + "/x", bare + "x", bare + ".x"):
            program, attach = ctypes.c_int(), ctypes.c_int()
            known = library.libbpf_prog_type_by_name(text.encode(), ctypes.byref(program), ctypes.byref(attach)) == 0
            match = match_section(text)
            if known:
                assert match is not None, text
                assert (match.program.number, match.attach.number if match.attach else 0) == (
                    program.value,
                    attach.value,
                ), text
                checked += 1
            elif match is not None:  # libbpf 1.1 lacks what came later
                assert match.section.name == bare
                assert any(word in bare for word in _YOUNG), text
    assert checked > 100

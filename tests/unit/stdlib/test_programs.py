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


@pytest.mark.parametrize("name", ["", ".text", "xdp_pass", "xdpx", "xdp/", "license", "maps", "kprobes/x", "tc/sideways", "/"])
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
        attach: programs.return_range("cgroup_skb", attach) for attach in ("BPF_CGROUP_INET_INGRESS", "BPF_CGROUP_INET_EGRESS")
    }
    assert ranges == {
        "BPF_CGROUP_INET_INGRESS": programs.ReturnRange(0, 1),
        "BPF_CGROUP_INET_EGRESS": programs.ReturnRange(0, 3),
    }


def test_actions_have_names() -> None:
    assert programs.action_name("xdp", 1) == "XDP_DROP"
    assert programs.action_name("sched_cls", -1) == "TC_ACT_UNSPEC"
    assert programs.action_name("xdp", 99) == ""

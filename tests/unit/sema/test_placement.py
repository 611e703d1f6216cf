"""Sections and linkages that C allows and libbpf refuses: warnings (facts: libbpf 1.x refuses or skips each, by bpftool)."""

from __future__ import annotations

import pytest
from c_front import warnings

_PRELUDE = """
#define SEC(name) __attribute__((section(name), used))
#define __uint(name, val) int (*name)[val]
struct ctx { int x; };
"""


def told(text: str) -> list[str]:
    """Warnings, without lines."""
    return [f"{w.split(' ')[0]}: {w.partition(': ')[2]}" for w in warnings(_PRELUDE + text)]


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ('SEC("xpd") int p(struct ctx *c) { return 0; }', "W0351: section 'xpd' is not a program type that libbpf knows"),
        ('SEC("xdp") static int p(struct ctx *c) { return 0; }', "W0352: program 'p' is static: libbpf refuses the object"),
        ('static struct { __uint(type, 2); } m SEC(".maps");', "W0353: map 'm' is static: libbpf refuses the object"),
        ('struct { int type; } m SEC("maps") = { 2 };',
         "W0354: map 'm' is defined in section 'maps', which libbpf 1.0 and later refuse"),
        ('int n SEC(".bss.mine");', "W0355: libbpf makes no map of section '.bss.mine', only of '.bss'"),
    ],
)  # fmt: skip
def test_what_libbpf_would_not_take_is_told(text: str, warning: str) -> None:
    assert told(text) == [warning]


def test_a_section_is_told_about_once() -> None:
    text = 'SEC("mine") int p(struct ctx *c) { return 0; } SEC("mine") int q(struct ctx *c) { return 0; }'
    assert told(text) == ["W0351: section 'mine' is not a program type that libbpf knows"]


@pytest.mark.parametrize(
    "text",
    [
        'SEC("?xdp") int p(struct ctx *c) { return 0; }',
        'SEC("tracepoint/syscalls/sys_enter_openat") int p(struct ctx *c) { return 0; }',
        'SEC("kprobe") int p(struct ctx *c) { return 0; }',
        'SEC("struct_ops/anything") int p(struct ctx *c) { return 0; }',
        'SEC(".text.mine") int f(int x) { return 0; }',
        'struct { __uint(type, 2); } m SEC(".maps"); int n SEC(".data.mine"); char l[] SEC("license") = "GPL";',
        "int f(int x) { return 0; }",
    ],
)
def test_what_libbpf_takes_is_not_told(text: str) -> None:
    assert told(text) == []

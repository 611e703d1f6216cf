"""Our compiler takes each of our headers, alone, twice, and all at once, parsing everything in it, without a warning."""

from __future__ import annotations

from pathlib import Path

import pytest

import purebpf.stdlib
from purebpf.compiler.api import Compilation, Options
from purebpf.compiler.api import compile as compile_c
from purebpf.compiler.diagnostics import CompileError
from purebpf.compiler.driver.arguments import parse_arguments
from purebpf.compiler.preprocess import PreprocessOptions
from purebpf.runtime.vm import Machine

INCLUDE = Path(purebpf.stdlib.__file__).resolve().parent / "include"
HEADERS = sorted(str(path.relative_to(INCLUDE)) for path in INCLUDE.rglob("*.h"))
OTHER_ORDER = "linux/byteorder/big_endian.h"  # it and little_endian.h exclude each other


def messages(text: str, *macros: str) -> list[str]:
    """What the compiler has to say of a source that sees our headers only, as a user's, with warnings."""
    preprocess = PreprocessOptions(include=[str(INCLUDE)], builtin_headers=False, host_headers=False)
    preprocess.macros = [("D", macro) for macro in macros]
    compilation = Compilation(text, "source.c", Options(preprocess=preprocess, lazy=False))
    compilation.object()
    return [found.message for found in compilation.diagnostics.found]


@pytest.mark.parametrize("header", HEADERS)
def test_each_header_stands_alone_and_may_be_included_twice(header: str) -> None:
    machine = "__TARGET_ARCH_x86"
    assert messages(f"#include <{header}>\n#include <{header}>\nint x;\n", machine) == []


def test_all_headers_go_together() -> None:
    headers = [header for header in HEADERS if header != OTHER_ORDER]
    text = "".join(f"#include <{header}>\n" for header in (*headers, *reversed(headers)))
    assert messages(text + "int x;\n", "__TARGET_ARCH_x86") == []


@pytest.mark.parametrize("machine", ["arm64", "arm", "riscv", "s390", "powerpc", "mips", "loongarch"])
def test_a_probe_compiles_for_every_machine(machine: str) -> None:
    text = """
        #include <linux/bpf.h>
        #include <bpf/bpf_helpers.h>
        #include <bpf/bpf_core_read.h>
        #include <bpf/bpf_tracing.h>
        long seen;
        SEC("kprobe/f") int BPF_KPROBE(probe, long a, void *b, int c, int d)
        {
            seen = a + (long)b + c + d + PT_REGS_SP(ctx) + PT_REGS_IP(ctx) + PT_REGS_RC(ctx) + PT_REGS_RET(ctx);
            return 0;
        }
        SEC("ksyscall/f") int BPF_KSYSCALL(call, int fd, void *buffer, long size)
        {
            seen = fd + (long)buffer + size;
            return 0;
        }
    """
    assert messages(text, f"__TARGET_ARCH_{machine}") == []


def test_reading_registers_of_no_machine_is_an_error_that_says_what_to_do() -> None:
    text = """
        #include <linux/bpf.h>
        #include <bpf/bpf_helpers.h>
        #include <bpf/bpf_tracing.h>
        SEC("kprobe/f") int BPF_KPROBE(probe, long a) { return a; }
    """
    with pytest.raises(CompileError, match="-D__TARGET_ARCH_x86"):
        messages(text)


LAYERS = {  # a program's own copy of one header of a chain, a use of what the chain has, what stands behind the copy
    "linux/types.h": ("#include <asm-generic/int-ll64.h>", "__u64 x;"),
    "asm/bitsperlong.h": ("#include <asm-generic/bitsperlong.h>", "int x = __BITS_PER_LONG;"),
    "linux/errno.h": ("#include <asm-generic/errno.h>", "int x = ENOTSOCK + EPERM;"),
    "asm/errno.h": ("#include <asm-generic/errno-base.h>", "int x = EPERM;"),
    "asm/socket.h": ("#include <asm-generic/socket.h>", "int x = SOL_SOCKET;"),
    "linux/posix_types.h": ("#include <asm/posix_types.h>", "__kernel_ulong_t x;"),
}


@pytest.mark.parametrize("header", LAYERS)
def test_a_programs_own_header_finds_the_layer_below_it(header: str, tmp_path: Path) -> None:
    include, use = LAYERS[header]
    own = tmp_path / header
    own.parent.mkdir()
    own.write_text(f"#ifndef OWN\n#define OWN\n{include}\n#endif\n")
    preprocess = PreprocessOptions(include=[str(tmp_path)], host_headers=False)
    compilation = Compilation(f"#include <{header}>\n{use}\n", "source.c", Options(preprocess=preprocess, lazy=False))
    compilation.object()
    assert [found.message for found in compilation.diagnostics.found] == []


def test_formatted_output_takes_a_format_without_arguments() -> None:
    text = """
        #include <linux/bpf.h>
        #include <bpf/bpf_helpers.h>
        long f(struct seq_file *file)
        {
            char text[8];

            bpf_printk("x");
            BPF_SNPRINTF(text, sizeof(text), "x");
            return BPF_SEQ_PRINTF(file, "x") + BPF_SEQ_PRINTF(file, "%d %d", 1, 2);
        }
    """
    assert messages(text) == []


@pytest.mark.parametrize("standard", ["c99", "c11", "c23"])
def test_headers_need_no_words_of_gnu_c(standard: str) -> None:
    text = """
        #include <linux/bpf.h>
        #include <bpf/usdt.bpf.h>
        #include <bpf/bpf_core_read.h>
        struct task { int pid; struct task *parent; };
        SEC("kprobe/f") int BPF_KPROBE(probe, struct task *task) { return BPF_CORE_READ(task, parent, pid); }
        SEC("raw_tp/f") int BPF_PROG(traced, struct task *task) { barrier(); return task->pid; }
    """
    request = parse_arguments([f"-std={standard}", "-D__TARGET_ARCH_x86", "-c", "x.c"])
    compilation = Compilation(text, "source.c", Options(preprocess=request.preprocess, target=request.target()))
    compilation.object()
    assert [found.message for found in compilation.diagnostics.found] == []


def test_the_functions_of_stdatomic_work_on_plain_objects() -> None:
    text = """
        #include <stdatomic.h>
        long x; int y = 5;
        __attribute__((section("socket"))) int f(void *ctx)
        {
            atomic_store(&x, 30);
            return atomic_fetch_add(&y, 1) + atomic_load(&x) + atomic_exchange_explicit(&y, 2, memory_order_acq_rel) + y;
        }
    """
    assert Machine(compile_c(text)).run("f", packet=bytes(64)).retval == 5 + 30 + 6 + 2


BROUGHT = {  # headers, and what the system's bring along that programs then use
    "linux/icmp.h": "size_t a = IFNAMSIZ + IFF_UP; struct in6_addr b; int c = __constant_htons(1);",
    "linux/if_arp.h": "struct ethhdr a; struct sockaddr_ll b; int c = IFLA_XDP_FD + IFF_UP;",
    "linux/mpls.h": "int a = __constant_htonl(1);",
    "linux/netfilter_ipv4.h": "int a = NF_ACCEPT + NF_INET_LOCAL_IN; int c = INT_MAX; struct in_addr b;",
    "linux/seg6_local.h": "struct ipv6_sr_hdr *a;",
    "linux/perf_event.h": "int a = __constant_htonl(1);",
    "linux/in.h": "\n#ifdef IPPROTO_TCP\nint a = IPPROTO_TCP;\n#endif\nint b = sizeof(a);",
}


@pytest.mark.parametrize("header", BROUGHT)
def test_headers_bring_along_what_the_systems_do(header: str) -> None:
    assert messages(f"#include <{header}>\n" + BROUGHT[header]) == []

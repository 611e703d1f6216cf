"""Our bpf/*.h against libbpf's: what clang makes of the same program with either is the same code."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from purebpf.compiler.object.read import read_object

INCLUDE = Path(__file__).resolve().parents[2] / "stdlib" / "include"
CLANG = shutil.which("clang-19") or shutil.which("clang")
# a checkout's src/ seen as bpf/, or what the distribution has
THEIRS = Path(os.environ.get("LIBBPF_HEADERS", "/usr/include"))

pytestmark = [
    pytest.mark.skipif(CLANG is None, reason="clang compiles what these tests compare"),
    pytest.mark.skipif(not (THEIRS / "bpf" / "bpf_helpers.h").exists(), reason="libbpf's headers are not installed"),
]

# what vmlinux.h would declare
KERNEL = """
#define __VMLINUX_H__
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
typedef unsigned char __u8; typedef unsigned short __u16; typedef unsigned int __u32; typedef unsigned long long __u64;
typedef signed char __s8; typedef short __s16; typedef int __s32; typedef long long __s64;
typedef __u16 __be16; typedef __u32 __be32; typedef __u32 __wsum; typedef _Bool bool; typedef __u16 __sum16;
enum { BPF_MAP_TYPE_HASH = 1, BPF_MAP_TYPE_ARRAY = 2, BPF_MAP_TYPE_PROG_ARRAY = 3 };
enum kind { KIND_NONE, KIND_SOME = 5 };
struct pt_regs {
    unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax, ip, cs, flags, sp, ss;
};
struct user_pt_regs { __u64 regs[31]; __u64 sp, pc, pstate; };
struct file { unsigned int f_flags; char name[16]; };
struct mm { struct file *exe; long base; };
struct task { int pid; struct mm *mm; char comm[16]; struct { unsigned inum; } ns; struct task *parent;
    unsigned low : 3; int middle : 7; unsigned long long high : 50; };
struct bpf_iter_num { __u64 opaque[1]; };
struct seq_file; struct pair { long a, b; };
#pragma clang attribute pop
"""
PROGRAMS = {
    "maps": "struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 8); __type(key, int); __type(value, long); } m"
    ' SEC(".maps"); struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 2); __uint(key_size, 4);'
    ' __array(values, int(void *)); } p SEC(".maps"); SEC("tc") int f(void *ctx) { int k = 3;'
    " long *v = bpf_map_lookup_elem(&m, &k); if (v) __sync_fetch_and_add(v, 1); return 0; }",
    "printing": 'SEC("tc") int f(struct task *t) { bpf_printk("none"); bpf_printk("%d", 1);'
    ' bpf_printk("%d %s", t->pid, t->comm);'
    ' bpf_printk("%d %d %d %d", 1, 2, 3, t->pid); char b[8]; BPF_SNPRINTF(b, 8, "%d %d", 7, t->pid); return b[0]; }',
    "seq": 'SEC("iter/task") int f(struct seq_file **c) { BPF_SEQ_PRINTF(*c, "%d %s %p\\n", 1, "x", c); return 0; }',
    "prog": 'long o; SEC("fentry/f") int BPF_PROG(f, int a, struct task *t, char c, long d, int e, void *g) {'
    " o = a + c + d + e + (long)g; return t->pid; } SEC(\"lsm/f\") int BPF_PROG(g) { return ctx[0]; }",
    "kprobe": 'long o; SEC("kprobe/f") int BPF_KPROBE(f, int a, struct task *t, char c, long d, int e) { o = a + c + d + e;'
    ' return (long)t; } SEC("kretprobe/f") int BPF_KRETPROBE(g, int r) { return r; } SEC("kretprobe/f") int BPF_KRETPROBE(h)'
    " { return ctx != 0; }",
    "uprobe": 'SEC("uprobe/x:f") int BPF_UPROBE(u, int a) { return a; }'
    ' SEC("uretprobe/x:f") int BPF_URETPROBE(v, int a) { return a; }',
    "by_value": 'long o; SEC("fentry/f") int BPF_PROG2(f, int, a, struct pair, p, char, c, struct task *, t) {'
    " o = a + p.a + p.b + c; return (long)t; }",
    "loops": 'SEC("tc") int f(int *c) { int i, s = 0; bpf_for(i, 0, *c) s += i; bpf_repeat(5) { if (s++ == *c) break; }'
    " return s; }",
    "weak": 'SEC("tc") int f(int *c) { return bpf_ksym_exists(bpf_iter_num_new); }',
    "ksyscall": 'long o; SEC("ksyscall/f") int BPF_KSYSCALL(f, int a, void *b, long c, char d, int e) {'
    " o = a + (long)b + c + d + e; return 0; }",
    "registers": 'long o; SEC("kprobe/f") int f(struct pt_regs *ctx) { o = PT_REGS_PARM1(ctx) + PT_REGS_PARM5(ctx) +'
    " PT_REGS_RET(ctx) + PT_REGS_FP(ctx) + PT_REGS_RC(ctx) + PT_REGS_SP(ctx) + PT_REGS_IP(ctx) + PT_REGS_PARM4_SYSCALL(ctx) +"
    " PT_REGS_PARM2_SYSCALL(ctx) + PT_REGS_PARM3_CORE(ctx) + PT_REGS_IP_CORE(ctx) + PT_REGS_PARM4_CORE_SYSCALL(ctx);"
    " struct pt_regs *r = PT_REGS_SYSCALL_REGS(ctx); return r == 0; }",
    "core": 'long o[9]; char s[16]; SEC("kprobe/f") int f(void *ctx) { struct task *t = (void *)bpf_get_current_task();'
    " o[0] = BPF_CORE_READ(t, pid); o[1] = BPF_CORE_READ(t, mm, base); o[2] = BPF_CORE_READ(t, parent, mm, exe, f_flags);"
    " BPF_CORE_READ_INTO(&o[3], t, mm, base); BPF_CORE_READ_STR_INTO(&s, t, comm); o[4] = BPF_CORE_READ(t, ns.inum);"
    " o[5] = BPF_CORE_READ_STR_INTO(&s, t, mm, exe, name); bpf_core_read(&o[6], 8, &t->mm); bpf_core_read_str(s, 16, t->comm);"
    " return 0; }",
    "core_user": 'long o[9]; char s[16]; SEC("kprobe/f") int f(void *ctx) { struct task *t = (void *)bpf_get_current_task();'
    " o[0] = BPF_CORE_READ_USER(t, mm, base); BPF_CORE_READ_USER_INTO(&o[1], t, pid); BPF_CORE_READ_USER_STR_INTO(&s, t, comm);"
    " o[2] = BPF_PROBE_READ(t, mm, base); o[3] = BPF_PROBE_READ_USER(t, pid); BPF_PROBE_READ_INTO(&o[4], t, mm, exe);"
    " BPF_PROBE_READ_STR_INTO(&s, t, comm); BPF_PROBE_READ_USER_STR_INTO(&s, t, mm, exe, name); return 0; }",
    "core_facts": 'long o[20]; SEC("kprobe/f") int f(struct task *t) { o[0] = bpf_core_field_exists(t->pid);'
    " o[2] = bpf_core_field_size(t->comm); o[3] = bpf_core_type_exists(struct task); o[4] = bpf_core_type_size(struct task);"
    " o[5] = bpf_core_type_id_local(struct mm); o[6] = bpf_core_type_id_kernel(struct mm);"
    " o[7] = bpf_core_enum_value_exists(enum kind, KIND_SOME); o[8] = bpf_core_enum_value(enum kind, KIND_SOME); return 0; }",
    "endian": 'volatile long o; SEC("tc") int f(unsigned *c) { o = bpf_htons(*c) + bpf_ntohs(0x1234) + bpf_htonl(*c) +'
    " bpf_ntohl(0x12345678) + bpf_cpu_to_be64(*c) + bpf_be64_to_cpu(0x123456789abcdefULL); return __bpf_constant_htons(7); }",
    "helpers": 'SEC("tc") int f(void *ctx) { long n = bpf_ktime_get_ns() + bpf_get_prandom_u32() + bpf_get_current_uid_gid();'
    " if (bpf_skb_load_bytes(ctx, 0, &n, 8)) return 1; barrier(); barrier_var(n);"
    " if (n == KERNEL_VERSION(5, 4, 300)) return 2; return offsetof(struct task, mm) + n; }",
    "attributes": "static __noinline int g(int a) { return a * 3; } __weak __hidden int h(int *a) { return a ? *a : 0; }"
    ' extern const int LINUX_KERNEL_VERSION __kconfig; extern void sym __ksym __weak; SEC("tc") int f(int *c) {'
    " return g(*c) + h(c) + LINUX_KERNEL_VERSION + (&sym != 0); }",
}  # fmt: skip
TARGETS = {"registers": ["x86", "arm64"], "kprobe": ["x86", "arm64"], "ksyscall": ["x86", "arm64"]}
CASES = [(name, machine) for name in PROGRAMS for machine in TARGETS.get(name, ["x86"])]


def source(name: str, text: str = "") -> str:
    headers = "".join(f"#include <bpf/bpf_{part}.h>\n" for part in ("helpers", "core_read", "tracing", "endian"))
    return f'{KERNEL}{headers}{text or PROGRAMS[name]}\nchar LICENSE[] SEC("license") = "GPL";\n'


def code(text: str, include: list[str], machine: str, folder: Path) -> dict[str, list[str]]:
    """Each function's instructions and the relocations behind them, as the disassembler writes them."""
    assert CLANG is not None
    made, file = folder / "made.o", folder / "source.c"
    file.write_text(text)
    flags = ["-target", "bpf", "-mcpu=v3", "-O2", "-g", f"-D__TARGET_ARCH_{machine}"]
    command = [CLANG, *flags, *include, "-c", str(file), "-o", str(made)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    obj = read_object(str(made))
    return {
        function.name: [
            *map(str, function.insns), *map(str, function.references), *(f"{r.at} {r.access} {r.kind}" for r in function.core)
        ]
        for function in obj.functions.values()
    }  # fmt: skip


# what older releases have not, or do in another way: a name that came with it or not long after
NEWER = {
    "uprobe": "BPF_UPROBE", "by_value": "BPF_PROG2", "loops": "bpf_repeat", "weak": "bpf_iter_num_new",
    "core_user": "bpf_core_cast", "ksyscall": "bpf_core_cast",
}  # fmt: skip


@pytest.mark.parametrize(("name", "machine"), CASES)
def test_clang_makes_the_same_code_with_our_headers_as_with_libbpfs(name: str, machine: str, tmp_path: Path) -> None:
    headers = "".join(path.read_text() for path in (THEIRS / "bpf").glob("bpf_*.h"))
    if name in NEWER and NEWER[name] not in headers:
        pytest.skip(f"these headers of libbpf have no {NEWER[name]} yet; LIBBPF_HEADERS names others")
    ours = code(source(name), ["-nostdinc", f"-I{INCLUDE}"], machine, tmp_path)
    theirs = code(source(name), ["-nostdinc", f"-I{THEIRS}", f"-idirafter{INCLUDE}"], machine, tmp_path)
    assert ours
    assert ours == theirs


# later kernels take and give more than Linux 6.18
WIDENED = {"bpf_d_path", "bpf_dynptr_from_mem", "bpf_dynptr_read", "bpf_dynptr_write", "bpf_dynptr_data"}


def spelled(type_: dict[str, str]) -> str:
    """A helper's type; in older releases the pointer itself is no constant."""
    return type_.get("desugaredQualType", type_["qualType"]).replace("(*const)", "(*)")


def helper_types(include: list[str]) -> dict[str, str]:
    """The type of each helper, as clang spells it."""
    assert CLANG is not None
    text = f"{KERNEL}#include <bpf/bpf_helper_defs.h>\n"
    command = [CLANG, "-target", "bpf", "-w", "-fsyntax-only", "-Xclang", "-ast-dump=json", "-xc", "-", *include]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=True)
    nodes = [node for node in json.loads(done.stdout)["inner"] if node["kind"] == "VarDecl"]
    return {node["name"]: spelled(node["type"]) for node in nodes}


def test_helpers_have_the_types_that_libbpf_gives_them() -> None:
    ours = helper_types(["-nostdinc", f"-I{INCLUDE}"])
    theirs = helper_types(["-nostdinc", f"-I{THEIRS}", f"-idirafter{INCLUDE}"])
    assert len(ours) >= 211
    assert set(theirs) <= set(ours)
    wrong = {name: (ours[name], type_) for name, type_ in theirs.items() if ours[name] != type_}
    assert set(wrong) <= WIDENED, wrong

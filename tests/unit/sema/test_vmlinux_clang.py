"""vmlinux.h from the running kernel's BTF beside the file that bpftool prints: layouts by clang, instructions by ourselves."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from c_front import global_bytes, needs_clang

from purebpf.compiler.api import Compilation, Options
from purebpf.compiler.object import btf as b
from purebpf.compiler.object.btf_index import BtfIndex
from purebpf.compiler.object.model import Object
from purebpf.compiler.object.read import read_object
from purebpf.compiler.preprocess import PreprocessOptions
from purebpf.compiler.sema.btf import emit_btf

KERNEL = Path("/sys/kernel/btf/vmlinux")
needs_btf = pytest.mark.skipif(not KERNEL.exists(), reason="the running kernel has no BTF (/sys/kernel/btf/vmlinux)")
needs_bpftool = pytest.mark.skipif(shutil.which("bpftool") is None, reason="bpftool prints the header, and it is not installed")

pytestmark = [needs_btf, needs_bpftool, needs_clang]

STEP = 25  # every how many-th of the kernel's records is looked at


@cache
def header() -> str:
    """The vmlinux.h that bpftool prints."""
    command = ["bpftool", "btf", "dump", "file", str(KERNEL), "format", "c"]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout


def ours(text: str, folder: Path | None = None, macros: Sequence[tuple[str, str]] = ()) -> Compilation:
    """A compile with the vmlinux.h in `folder`, or with none."""
    options = PreprocessOptions(include=[str(folder)] if folder else [], macros=list(macros))
    return Compilation('#include "vmlinux.h"\n' + text, "t.c", Options(options))


def clangs(text: str, folder: Path) -> Object:
    (folder / "vmlinux.h").write_text(header())
    (folder / "t.c").write_text('#include "vmlinux.h"\n' + text)
    command = ["clang-19", "-O2", "-g", "-w", "-target", "bpf", "-I", str(folder), "-c", "t.c", "-o", "t.o"]
    subprocess.run(command, check=True, cwd=folder, timeout=120)
    return read_object(folder / "t.o")


def members(btf: b.Btf) -> dict[str, list[tuple[str, int, int]]]:
    """Names, bit offsets and widths of the members of all named records."""
    return {
        f"{type(t).__name__} {t.name}": [(m.name, m.bit_offset, m.bits) for m in t.members]
        for _, t in btf.items()
        if isinstance(t, b.Struct | b.Union) and t.name
    }


def test_layouts_are_those_that_clang_gives_the_printed_header(tmp_path: Path) -> None:
    tags = re.findall(r"^(struct|union) (\w+) \{", header(), re.M)[::STEP]
    assert len(tags) > 300
    text = "".join(f"{kind} {tag} *p{i};\n" for i, (kind, tag) in enumerate(tags))
    rows = ",".join(f"{{ sizeof({kind} {tag}), _Alignof({kind} {tag}) }}" for kind, tag in tags)
    text += f"unsigned long layouts[][2] = {{ {rows} }};\n"
    unit, theirs = ours(text).unit(), clangs(text, tmp_path)
    variable = theirs.variables["layouts"]
    data = theirs.data[variable.section].data[variable.offset : variable.offset + variable.size]
    index = BtfIndex(KERNEL.read_bytes(), str(KERNEL))
    wrong_header = 0
    pairs = zip(struct.iter_unpack("<QQ", global_bytes(unit, "layouts")), struct.iter_unpack("<QQ", data), strict=True)
    for (kind, tag), (mine, expected) in zip(tags, pairs, strict=True):
        true = {t.size for _, t in index.named(tag) if isinstance(t, b.Struct | b.Union)}
        if true and expected[0] not in true:  # older bpftools have no way to print enums of one byte
            wrong_header += 1
            assert mine[0] in true, f"{kind} {tag}"
            continue
        assert mine == expected, f"{kind} {tag}"
    assert wrong_header < len(tags) / 100
    assert theirs.btf is not None
    found, expected_members = members(emit_btf(unit).btf), members(theirs.btf)
    assert found.keys() == expected_members.keys()
    different = [name for name in found if found[name] != expected_members[name]]
    assert len(different) <= len(found) / 100, different


def test_enumerators_and_enums_are_those_of_the_printed_header(tmp_path: Path) -> None:
    names = [name for name in re.findall(r"^\t(\w+) = -?\d+,$", header(), re.M) if not re.search(r"___\d+$", name)][::STEP]
    tags = re.findall(r"^enum (\w+) \{", header(), re.M)[::STEP]
    assert len(names) > 500
    text = f"long values[] = {{ {','.join(f'(long){name}' for name in names)} }};\n"
    text += f"unsigned char sizes[] = {{ {','.join(f'sizeof({name})' for name in names)} }};\n"
    text += f"unsigned char signs[] = {{ {','.join(f'(enum {tag})-1 < 0' for tag in tags)} }};\n"
    unit, theirs = ours(text).unit(), clangs(text, tmp_path)
    for array in ("values", "sizes", "signs"):
        variable = theirs.variables[array]
        data = theirs.data[variable.section].data[variable.offset : variable.offset + variable.size]
        assert global_bytes(unit, array) == data


PROGRAMS = {
    "maps, contexts, relocated reads of all kinds": """
        #include <bpf/bpf_helpers.h>
        #include <bpf/bpf_core_read.h>
        #include <bpf/bpf_tracing.h>
        struct {
            __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 64); __type(key, u32); __type(value, u64);
        } m SEC(".maps");
        SEC("tracepoint/syscalls/sys_enter_openat") int f(struct trace_event_raw_sys_enter *ctx) {
            u64 one = ctx->args[1], id = bpf_get_current_pid_tgid(); u32 key = id >> 32;
            if (ctx->id == 3) one += sizeof(struct task_struct);
            return bpf_map_update_elem(&m, &key, &one, BPF_ANY);
        }
        SEC("kprobe/x") int g(struct pt_regs *ctx) {
            struct task_struct *t = (struct task_struct *)bpf_get_current_task();
            u64 start = BPF_CORE_READ(t, group_leader, start_time) + bpf_core_field_exists(t->comm);
            return BPF_CORE_READ(t, real_parent, tgid) + start + BPF_CORE_READ(t, mm, arg_start);
        }
        SEC("fentry/tcp_connect") int BPF_PROG(h, struct sock *sk) {
            struct task_struct *t = bpf_get_current_task_btf(); struct inet_sock *i = (struct inet_sock *)sk;
            return sk->__sk_common.skc_family + sk->sk_protocol + t->pid + i->inet_sport + t->in_execve;
        }
        char LICENSE[] SEC("license") = "GPL";
    """,
    "types without relocation": """
        #include <bpf/bpf_helpers.h>
        SEC("fentry/vfs_read") int f(unsigned long long *ctx) {
            struct file *file = (void *)ctx[0]; return file->f_flags + file->f_mode + sizeof(*file->f_op);
        }
    """,
}  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_are_the_same_with_either_header(name: str, tmp_path: Path) -> None:
    (tmp_path / "vmlinux.h").write_text(header())
    macros = [("D", "__TARGET_ARCH_x86")] + [("D", "BPF_NO_PRESERVE_ACCESS_INDEX")] * ("without" in name)
    virtual, textual = ours(PROGRAMS[name], None, macros).object(), ours(PROGRAMS[name], tmp_path, macros).object()
    assert virtual.functions.keys() == textual.functions.keys()
    for function, expected in textual.functions.items():
        found = virtual.functions[function]
        assert found.insns == expected.insns
        relocations = [[(row.at, row.access, row.kind) for row in object.core] for object in (found, expected)]
        assert relocations[0] == relocations[1]
        assert bool(found.core) == ("without" not in name)
    assert virtual.btf is not None
    assert textual.btf is not None
    assert members(virtual.btf) == members(textual.btf)


def test_kernel_functions_are_declared_as_the_kernel_has_them() -> None:
    if not list(BtfIndex(KERNEL.read_bytes(), str(KERNEL)).named("bpf_rcu_read_lock")):
        pytest.skip("this kernel's BTF does not tell which functions are for programs")
    unit = ours("void f(struct task_struct *t) { bpf_rcu_read_lock(); bpf_task_release(t); bpf_rcu_read_unlock(); }").unit()
    assert {symbol.name for symbol in unit.externs} == {"bpf_rcu_read_lock", "bpf_task_release", "bpf_rcu_read_unlock"}
    assert {symbol.section for symbol in unit.externs} == {".ksyms"}

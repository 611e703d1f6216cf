"""Kfuncs, kernel addresses and the kernel's configuration, resolved by our loader as libbpf resolves them."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from linkage_sources import PRELUDE

from purebpf.compiler.api import compile
from purebpf.compiler.object.model import Object
from purebpf.compiler.object.read import read_object
from purebpf.runtime.loader import load
from purebpf.runtime.loader.syscall import LoadError

pytestmark = pytest.mark.kernel
PACKET = bytes(64)
_SOURCE = PRELUDE + r"""
enum libbpf_tristate { TRI_NO = 0, TRI_YES = 1, TRI_MODULE = 2 };
extern int LINUX_KERNEL_VERSION __kconfig;
extern _Bool CONFIG_BPF_SYSCALL __kconfig;
extern char CONFIG_NET __kconfig;
extern enum libbpf_tristate CONFIG_BPF __kconfig __weak;
extern unsigned int CONFIG_HZ __kconfig;
extern char CONFIG_DEFAULT_HOSTNAME[16] __kconfig __weak;
extern char CONFIG_NOT_THERE[4] __kconfig __weak;
extern const void __start_BTF __ksym;
extern const void nothing_here __ksym __weak;
extern void bpf_rcu_read_lock(void) __ksym;
extern void bpf_rcu_read_unlock(void) __ksym __weak;
extern int bpf_no_such_kfunc(int x) __ksym __weak;
u64 found[9];
SEC("tc") int p(struct __sk_buff *s)
{
    found[0] = LINUX_KERNEL_VERSION;
    found[1] = CONFIG_BPF_SYSCALL;
    found[2] = CONFIG_NET;
    found[3] = CONFIG_BPF;
    found[4] = CONFIG_HZ;
    found[5] = CONFIG_DEFAULT_HOSTNAME[1];
    found[6] = CONFIG_NOT_THERE[2];
    found[7] = (u64)&__start_BTF;
    found[8] = (u64)&nothing_here;
    if (bpf_no_such_kfunc)
        return bpf_no_such_kfunc(3);
    if (!bpf_rcu_read_unlock)
        return 9;
    bpf_rcu_read_lock();
    bpf_rcu_read_unlock();
    return 4;
}
"""


def values(obj: Object) -> tuple[int, list[int]]:
    with load(obj) as loaded:
        retval = loaded.programs["p"].test_run(PACKET).retval
        return retval, loaded.maps[".bss"][0]["found"]


def test_programs_find_what_the_kernel_has() -> None:
    retval, found = values(compile(_SOURCE, "x.c"))
    assert retval == 4
    major, minor = os.uname().release.split(".")[:2]
    assert found[0] >> 8 == (int(major) << 8) + int(minor)
    assert found[1:3] == [1, ord("y")]
    assert found[4] in (100, 250, 300, 1000)
    assert found[6] == found[8] == 0
    lines = [line.split() for line in Path("/proc/kallsyms").read_text().splitlines()]
    [address] = [int(words[0], 16) for words in lines if words[2] == "__start_BTF"]
    assert found[7] == address


def test_clang_s_object_finds_the_same(tmp_path: Path) -> None:
    if not shutil.which("clang-19"):
        pytest.skip("clang-19 is not installed")
    source, made = tmp_path / "x.c", tmp_path / "x.o"
    source.write_text(_SOURCE)
    subprocess.run(["clang-19", "-target", "bpf", "-O2", "-g", "-w", "-c", source, "-o", made], check=True, timeout=60)
    assert values(read_object(made)) == values(compile(_SOURCE, "x.c"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("extern int CONFIG_NO_SUCH_THING __kconfig;", "'CONFIG_NO_SUCH_THING' is not set in the configuration"),
        ("extern int CONFIG_NET __kconfig;", "'CONFIG_NET' is y in the kernel's configuration, which its type cannot hold"),
        ("extern int bpf_no_such_kfunc(void) __ksym;", "the running kernel has no kfunc 'bpf_no_such_kfunc'"),
        ("extern const void no_such_symbol __ksym;", "/proc/kallsyms tells no address of 'no_such_symbol'"),
    ],
)
def test_what_the_kernel_has_not_is_named(text: str, message: str) -> None:
    name = text.split("(")[0].split(" __")[0].split()[-1]
    use = f"{name}()" if "(void)" in text else f"(u64)&{name}" if "void" in text else name
    obj = compile(f'{PRELUDE}{text}\nSEC("tc") int p(struct __sk_buff *s) {{ return {use}; }}', "x.c")
    with pytest.raises(LoadError, match="L3035") as caught, load(obj):
        pass
    assert message in caught.value.message

"""Classic packet loads, which clang spells as functions with an asm label, beside clang's in the kernel and in the machine."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

import purebpf
from purebpf.compiler.object.model import Object
from purebpf.compiler.object.read import read_object
from purebpf.runtime.loader import load
from purebpf.runtime.vm import Machine

pytestmark = pytest.mark.kernel
CLANG = shutil.which("clang-19") or shutil.which("clang")

SOURCE = """
#define SEC(n) __attribute__((section(n), used))
typedef unsigned long long u64;
u64 load_byte(const void *skb, u64 off) asm("llvm.bpf.load.byte");
u64 load_half(const void *skb, u64 off) asm("llvm.bpf.load.half");
u64 load_word(const void *skb, u64 off) asm("llvm.bpf.load.word");
SEC("socket") int f(void *skb)
{
    u64 n = load_byte(skb, 14) & 15;
    return load_half(skb, 12) + load_word(skb, n + 4) + load_byte(skb, n * 2) * 3 + load_byte(skb, 60 + n);
}
char _license[] SEC("license") = "GPL";
"""


def objects(folder: Path) -> dict[str, Object]:
    made = {"purebpf": purebpf.compile(SOURCE)}
    if CLANG is not None:
        source, out = folder / "x.c", folder / "x.o"
        source.write_text(SOURCE)
        subprocess.run([CLANG, "-O2", "-g", "-target", "bpf", "-c", str(source), "-o", str(out)], check=True, timeout=60)
        made["clang"] = read_object(str(out))
    return made


def test_the_kernel_gives_what_clang_s_object_gives(tmp_path: Path) -> None:
    packets = [bytes((i * 7 + seed) & 255 for i in range(80)) for seed in range(0, 200, 13)]
    results = {}
    for compiler, obj in objects(tmp_path).items():
        with load(obj) as loaded:
            results[compiler] = [loaded.programs["f"].test_run(packet).retval for packet in packets]
    results["machine"] = [Machine(purebpf.compile(SOURCE)).run("f", packet=packet).retval for packet in packets]
    assert len({tuple(values) for values in results.values()}) == 1, results


def test_outside_of_the_packet_the_program_ends_with_0() -> None:
    assert Machine(purebpf.compile(SOURCE)).run("f", packet=bytes(20)).retval == 0

"""CO-RE in other kernels: guest/core.bpf.c asks every kind of question about types, libbpf answers there, and gcc knows better.

usage: python benchmarks/core_guest.py VMLINUZ ...

Each kernel is booted under qemu (see guest.py) with the object that we compile of guest/core.bpf.c. What C says of that
kernel's types, as bpftool prints them out of its BTF, gcc finds out: offsets, sizes, bits, what there is and what not.
Needs what guest.py needs, bpftool, gcc, and zstd or lz4 for kernels that are packed with them. Exit code 1 if a value is wrong.
"""

from __future__ import annotations

import lzma
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import guest
from corpus import ROOT

sys.path.insert(0, str(ROOT / ".src"))

from purebpf.compiler.api import compile_file
from purebpf.compiler.object import btf as b
from purebpf.compiler.object.btf_file import read_btf
from purebpf.compiler.object.write import write_object

HERE = Path(__file__).resolve().parent
MOST = 33  # values that the program fills in
TASK, SKB = "struct task_struct", "struct sk_buff"
# index in `values` -> the C expression of its truth
EXPRESSIONS = {
    0: f"offsetof({TASK}, pid)", 1: f"offsetof({TASK}, comm)", 2: f"sizeof((({TASK} *)0)->comm)",
    3: f"offsetof({TASK}, comm[3])", 8: "1", 9: "0", 10: f"offsetof({TASK}, se.vruntime)",
    11: "offsetof(struct pid, numbers[0].nr)", 12: f"offsetof({SKB}, dev)", 13: f"offsetof({SKB}, len)",
    16: f"sizeof({TASK})", 17: "0", 22: "BPF_MAP_TYPE_RINGBUF",
    25: f"BIT({TASK}, sched_reset_on_fork)", 26: "1", 27: f"BIT({SKB}, cloned)", 28: "3", 29: "sizeof(struct sched_entity)",
    30: "1", 31: "1", 32: "0",
}  # fmt: skip
# index -> what compiles if it is there
EXISTING = {
    4: f"(({TASK} *)0)->flags", 5: f"(({TASK} *)0)->no_such_field", 6: f"(({TASK} *)0)->state", 7: f"(({TASK} *)0)->__state",
    14: f"sizeof({TASK})", 15: "sizeof(struct no_such_struct)", 18: "((struct list_head *)0)->prev",
    19: "((struct list_head *)0)->third", 23: "BPF_MAP_TYPE_ARENA", 24: "BPF_MAP_TYPE_NO_SUCH",
}  # fmt: skip
TRUTH = """
#include "vmlinux.h"
#define offsetof(type, member) __builtin_offsetof(type, member)
#define BIT(type, member) ({ static type t; t.member = 1; unsigned long at = 0; \\
    while (!(((unsigned char *)&t)[at / 8] >> at %% 8 & 1)) at++; at; })
int printf(const char *, ...);
int main(void) { %s return 0; }
"""


def unpacked(vmlinuz: bytes) -> bytes:
    """The ELF file in a bzImage (Documentation/arch/x86/boot.rst: setup_sects, payload_offset, payload_length)."""
    sectors = vmlinuz[0x1F1]
    offset, length = struct.unpack_from("<II", vmlinuz, 0x248)
    start = (sectors + 1) * 512 + offset
    payload = vmlinuz[start : start + length]
    if payload[:6] == b"\xfd7zXZ\0":
        return lzma.LZMADecompressor().decompress(payload)
    if payload[:2] == b"\x1f\x8b":
        return zlib.decompressobj(31).decompress(payload)
    tool = {b"\x28\xb5\x2f\xfd": ["zstd", "-dc"], b"\x02\x21\x4c\x18": ["lz4", "-dc"]}[payload[:4]]
    return subprocess.run(
        tool, input=payload, capture_output=True, check=False
    ).stdout  # the size behind it is no part of it


def truth(types: Path, folder: Path) -> dict[int, int]:
    """What gcc makes of the kernel's types."""
    done = subprocess.run(
        ["bpftool", "btf", "dump", "file", str(types), "format", "c"], capture_output=True, text=True, check=True
    )
    header = "".join(line + "\n" for line in done.stdout.splitlines() if "bool;" not in line)  # gcc has its own
    (folder / "vmlinux.h").write_text("typedef _Bool bool;\n" + header)
    prints = "".join(f'printf("{index} %lu\\n", (unsigned long)({text}));' for index, text in EXPRESSIONS.items())
    source, program = folder / "truth.c", folder / "truth"
    compiler = ["gcc", "-w", "-std=gnu11", "-fms-extensions", str(source), "-o", str(program)]
    source.write_text(TRUTH % prints)
    subprocess.run(compiler, check=True)
    answers = subprocess.run([str(program)], capture_output=True, text=True, check=True).stdout
    found = {int(index): int(value) for index, value in (line.split() for line in answers.splitlines())}
    for index, text in EXISTING.items():
        source.write_text(TRUTH % f"(void)({text});")
        found[index] = int(subprocess.run(compiler, capture_output=True, check=False).returncode == 0)
    types_of = b.Btf.decode(types.read_bytes())
    found[20] = types_of.find("task_struct", b.Struct)
    return found


def main(arguments: list[str]) -> int:
    """Compare, kernel by kernel."""
    wrong = 0
    obj = compile_file(str(HERE / "guest" / "core.bpf.c"))
    assert obj.btf is not None
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        path = folder / "core.o"
        path.write_bytes(write_object(obj))
        for vmlinuz in map(Path, arguments):
            elf, types = folder / "vmlinux", folder / "types"
            elf.write_bytes(unpacked(vmlinuz.read_bytes()))
            types.write_bytes(read_btf(str(elf)))
            want = truth(types, folder) | {21: obj.btf.find("task_struct", b.Struct)}
            found = guest.data(vmlinuz, [path]).get(("core.o", "ask"))
            if found is None:
                print(f"{vmlinuz.name}: the program does not load or run")
                wrong += 1
                continue
            have = struct.unpack_from(f"<{MOST}Q", found)
            different = [f"values[{i}] is {have[i]}, not {want[i]}" for i in range(MOST) if have[i] != want[i]]
            wrong += bool(different)
            print(f"{vmlinuz.name}: {', '.join(different) or f'all {MOST} values are right'}")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

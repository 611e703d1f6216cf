"""bpf/usdt.bpf.h with libbpf: it finds the maps, fills them, and a probe in a process gives its arguments."""

from __future__ import annotations

import ctypes
import ctypes.util
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from purebpf.compiler.api import Options, compile
from purebpf.compiler.object.btf import Struct
from purebpf.compiler.object.write import write_object
from purebpf.compiler.preprocess import PreprocessOptions

_LIBBPF = ctypes.util.find_library("bpf")
pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(_LIBBPF is None, reason="libbpf is what fills the maps"),
    pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc makes the process with a probe"),
]
MACHINE = {"x86_64": "x86", "aarch64": "arm64"}

# a probe as SystemTap's SDT (version 3) describes it: address, base, semaphore, names, arguments
PROBED = r"""
__attribute__((noinline)) int probe(int a, long b, unsigned char c, long *d)
{
    __asm__ volatile(
        "990: nop\n"
        ".pushsection .note.stapsdt,\"?\",\"note\"\n .balign 4\n .4byte 992f-991f, 994f-993f, 3\n"
        "991: .asciz \"stapsdt\"\n992: .balign 4\n"
        "993: .8byte 990b, _.stapsdt.base, 0\n .asciz \"shop\"\n .asciz \"sale\"\n"
        " .asciz \"-4@%0 -8@%1 1@%2 8@%3 -4@$-7\"\n994: .balign 4\n .popsection\n"
        ".ifndef _.stapsdt.base\n .pushsection .stapsdt.base,\"aG\",\"progbits\",.stapsdt.base,comdat\n"
        " .weak _.stapsdt.base\n .hidden _.stapsdt.base\n_.stapsdt.base: .space 1\n .size _.stapsdt.base, 1\n .popsection\n"
        ".endif\n" :: "r"(a), "r"(b), "r"((int)c), "m"(*d));
    return a;
}
int main(void)
{
    long v = 0x1122334455667788;
    for (int i = 0; i < 3; i++)
        probe(-5, -1234567890123, 200, &v);
    return 0;
}
"""
PROGRAM = """
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/usdt.bpf.h>
long seen[10];
SEC("usdt") int BPF_USDT(sale, int a, long b, unsigned char c, void *d, int e)
{
    seen[0]++;
    seen[1] = a;
    seen[2] = b;
    seen[3] = c;
    seen[4] = (long)d;
    seen[5] = e;
    seen[6] = bpf_usdt_arg_cnt(ctx);
    seen[7] = bpf_usdt_cookie(ctx);
    seen[8] = bpf_usdt_arg(ctx, 5, &seen[9]);
    seen[9] = bpf_usdt_arg_size(ctx, 2) * 10 + bpf_usdt_arg_size(ctx, 3);
    return 0;
}
char LICENSE[] SEC("license") = "GPL";
"""


class Attach(ctypes.Structure):
    """struct bpf_usdt_opts."""

    _fields_ = [("sz", ctypes.c_size_t), ("usdt_cookie", ctypes.c_uint64)]


def made(*macros: str) -> bytes:
    machine = subprocess.run(["uname", "-m"], capture_output=True, text=True, check=True).stdout.strip()
    options = PreprocessOptions(host_headers=False, macros=[("D", f"__TARGET_ARCH_{MACHINE[machine]}")])
    options.macros += [("D", macro) for macro in macros]
    return write_object(compile(PROGRAM, "usdt.c", Options(preprocess=options)))


def test_libbpf_gives_a_programs_probe_its_arguments(tmp_path: Path) -> None:
    (tmp_path / "shop.c").write_text(PROBED)
    subprocess.run(["gcc", "-O1", "-o", str(tmp_path / "shop"), str(tmp_path / "shop.c")], check=True, timeout=60)
    bpf = ctypes.CDLL(_LIBBPF)
    old = bpf.libbpf_minor_version() < 7 and bpf.libbpf_major_version() == 1
    (tmp_path / "usdt.o").write_bytes(made("BPF_USDT_LIBBPF_1_0") if old else made())
    for name in ("bpf_object__open_file", "bpf_object__find_program_by_name", "bpf_program__attach_usdt",
                 "bpf_object__find_map_by_name"):  # fmt: skip
        getattr(bpf, name).restype = ctypes.c_void_p
    opened = ctypes.c_void_p(bpf.bpf_object__open_file(str(tmp_path / "usdt.o").encode(), None))
    assert opened
    try:
        assert bpf.bpf_object__load(opened) == 0
        program = ctypes.c_void_p(bpf.bpf_object__find_program_by_name(opened, b"sale"))
        options = Attach(ctypes.sizeof(Attach), 77)
        binary = str(tmp_path / "shop").encode()
        link = ctypes.c_void_p(bpf.bpf_program__attach_usdt(program, -1, binary, b"shop", b"sale", ctypes.byref(options)))
        assert link
        try:
            subprocess.run([str(tmp_path / "shop")], check=True, timeout=60)
        finally:
            bpf.bpf_link__destroy(link)
        number, value = ctypes.c_uint32(0), ctypes.create_string_buffer(4096)
        bss = ctypes.c_void_p(bpf.bpf_object__find_map_by_name(opened, b".bss"))
        assert bpf.bpf_map_lookup_elem(bpf.bpf_map__fd(bss), ctypes.byref(number), value) == 0
    finally:
        bpf.bpf_object__close(opened)
    assert struct.unpack_from("<10q", value.raw) == (3, -5, -1234567890123, 200, 0x1122334455667788, -7, 5, 77, -2, 18)


@pytest.mark.parametrize(
    ("macros", "size", "register"),
    [
        pytest.param((), 24, 14, id="libbpf 1.7"),
        pytest.param(("BPF_USDT_LIBBPF_1_0",), 16, 12, id="libbpf 1.0"),
    ],
)
def test_an_arguments_description_has_libbpfs_layout(macros: tuple[str, ...], size: int, register: int) -> None:
    # the sizes and offsets of struct usdt_arg_spec in libbpf's usdt.c, by gcc
    options = PreprocessOptions(host_headers=False, macros=[("D", "__TARGET_ARCH_x86"), *(("D", macro) for macro in macros)])
    btf = compile(PROGRAM, "usdt.c", Options(preprocess=options)).btf
    assert btf is not None
    record = btf.resolved(btf.find("__bpf_usdt_arg_spec", Struct))
    assert isinstance(record, Struct)
    assert record.size == size
    assert {member.name: member.bit_offset // 8 for member in record.members}["reg_off"] == register

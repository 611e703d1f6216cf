"""Programs with an arena (address_space(1)): in the kernel they do to its memory what clang's do."""

from __future__ import annotations

import ctypes
import mmap
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from linkage_sources import PRELUDE

from purebpf.compiler.api import compile
from purebpf.compiler.object.model import Object
from purebpf.compiler.object.read import read_object
from purebpf.runtime.loader import load

pytestmark = pytest.mark.kernel
_BASE, _PAGE, _SIZE = 1 << 44, 4096, 100 * 4096
SOURCE = (
    PRELUDE
    + r"""
#define __arena __attribute__((address_space(1)))
struct { __uint(type, 33); __uint(map_flags, 1 << 10); __uint(max_entries, 100); enum { BASE = 1ull << 44 } map_extra; }
    arena SEC(".maps");
struct node { struct node __arena *next; int v; int row[4]; struct { int a, b; } in; char name[9]; short low : 5, high : 11; };
typedef struct node __arena *list;
struct node __arena *head;
int sum;
static __attribute__((noinline)) int total(list l)
{
    int i, n = 0;
    for (i = 0; i < 3 && l; i++) {
        n += l->v;
        l = l->next;
    }
    return n;
}
SEC("syscall") int p(u64 *c)
{
    struct node __arena *n = (void __arena *)(BASE + 4096), *m;
    int __arena *q = &n->row[1];
    struct node *k;
    asm volatile("" : : "r"(&arena));
    n->v = 5;
    n->row[2] = 7;
    n->in.b = 2;
    n->next = head;
    head = n;
    n->low = 3;
    n->high++;
    *q += 3;
    __sync_fetch_and_add(&n->v, 2);
    n->row[c[0] & 3]++;
    n->name[c[1] & 7] = 'x';
    m = n + 1;
    m->v += n->v;
    m->row[n->row[2] & 3] = (u64)m >> 12;
    sum += total(n);
    k = (struct node *)head;
    k->v++;
    head->next = (list)k;
    if (head->next == head)
        sum++;
    return sum * 100 + head->row[1] * 10 + head->row[2] + m->v;
}
"""
)


def run(obj: Object) -> tuple[int, bytes]:
    """What the program returns, and the arena's second page, where its nodes are."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
    libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    with load(obj) as loaded:
        fixed = 0x10  # MAP_FIXED: an arena is mapped at its own address only
        fd = loaded.maps["arena"].raw.fd
        at = libc.mmap(_BASE, _SIZE, mmap.PROT_READ | mmap.PROT_WRITE, mmap.MAP_SHARED | fixed, fd, 0)
        assert at == _BASE, ctypes.get_errno()
        try:
            page = (ctypes.c_ubyte * _PAGE).from_address(_BASE + _PAGE)
            page[0] = 0  # there from now on
            retval = loaded.programs["p"].test_run(ctx=struct.pack("<QQ", 2, 5)).retval
            return retval, bytes(page)
        finally:
            libc.munmap(_BASE, _SIZE)


def test_arena_memory_is_what_clang_s_program_makes_of_it(tmp_path: Path) -> None:
    if not shutil.which("clang-19"):
        pytest.skip("clang-19 is not installed")
    source, made = tmp_path / "x.c", tmp_path / "x.o"
    source.write_text(SOURCE)
    command = ["clang-19", "-target", "bpf", "-mcpu=v3", "-O2", "-g", "-w", "-c", source, "-o", made]
    subprocess.run(command, check=True, timeout=60)
    retval, page = run(compile(SOURCE, "x.c"))
    assert (retval, page) == run(read_object(made))
    assert page[8:12] == struct.pack("<i", 8)
    assert page[:8] == struct.pack("<Q", _BASE + _PAGE)

"""Maps that are pinned by name, and programs that attach to functions and types of the kernel, in our loader."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from linkage_sources import PRELUDE

from purebpf.compiler.api import compile
from purebpf.runtime.loader import LoadError, load

pytestmark = pytest.mark.kernel
PINNED = PRELUDE + r"""
static void *(*bpf_map_lookup_elem)(void *, const void *) = (void *)1;
struct { __uint(type, 2); __type(key, u32); __type(value, u64); __uint(max_entries, SIZE); __uint(pinning, 1); }
    kept_between_loads SEC(".maps");
SEC("xdp") int p(void *ctx)
{
    u32 key = 0;
    u64 *found = bpf_map_lookup_elem(&kept_between_loads, &key);
    if (found)
        ++*found;
    return 2;
}
"""


@pytest.fixture
def pins(tmp_path: Path) -> Iterator[str]:
    """A BPF file system of the test's own."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"bpf", os.fsencode(tmp_path), b"bpf", 0, None):
        pytest.skip(f"cannot mount a BPF file system: {os.strerror(ctypes.get_errno())}")
    yield str(tmp_path)
    libc.umount2(os.fsencode(tmp_path), 2)


def test_a_pinned_map_outlives_its_loader_and_is_used_again(pins: str) -> None:
    obj = compile(PINNED.replace("SIZE", "1"), "x.c")
    for runs in (1, 2, 3):
        with load(obj, pins=pins) as loaded:
            loaded.programs["p"].test_run(bytes(64))
            assert loaded.maps["kept_between_loads"][0] == runs
    assert "kept_between_loads" in os.listdir(pins)


def test_another_map_under_the_name_is_refused_and_left_alone(pins: str) -> None:
    with load(compile(PINNED.replace("SIZE", "1"), "x.c"), pins=pins) as loaded:
        loaded.maps["kept_between_loads"][0] = 7
    with pytest.raises(LoadError, match="max_entries 1 instead of 2") as refused:
        load(compile(PINNED.replace("SIZE", "2"), "x.c"), pins=pins)
    assert refused.value.code == "L3018"
    with load(compile(PINNED.replace("SIZE", "1"), "x.c"), pins=pins) as loaded:
        assert loaded.maps["kept_between_loads"][0] == 7


def test_a_load_that_fails_leaves_nothing_pinned(pins: str) -> None:
    broken = PINNED.replace("SIZE", "1").replace("return 2;", "return *(int *)((u64)key << 20);")
    with pytest.raises(LoadError, match="refuses program 'p'"):
        load(compile(broken, "x.c"), pins=pins)
    assert "kept_between_loads" not in os.listdir(pins)


def test_pinning_outside_of_a_bpf_file_system_is_refused_with_the_mount_that_helps(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="mount -t bpf"):
        load(compile(PINNED.replace("SIZE", "1"), "x.c"), pins=str(tmp_path))


TRACING = PRELUDE + r"""
struct task_struct { int pid; } __attribute__((preserve_access_index));
struct bpf_iter__task { void *meta; struct task_struct *task; } __attribute__((preserve_access_index));
int seen;
SEC("tp_btf/sys_enter") int enter(u64 *ctx) { seen++; return 0; }
SEC("iter/task") int tasks(struct bpf_iter__task *ctx) { if (ctx->task) seen = ctx->task->pid; return 0; }
"""


def test_programs_attach_to_what_the_kernel_s_types_name() -> None:
    with load(compile(TRACING, "x.c")) as loaded:
        assert loaded.programs["enter"].section.attach is not None
        with loaded.programs["enter"].attach("tp_btf", "sys_enter"):
            os.getppid()
            before = loaded.maps[".bss"][0]["seen"]
            for _ in range(10):
                os.getppid()
            assert loaded.maps[".bss"][0]["seen"] >= before + 10


@pytest.mark.parametrize(
    ("section", "code"),
    [("fentry/no_such_function_here", "L3036"), ("fentry", "L3032"), ("tp_btf/no_such_event", "L3036"), ("lsm", "L3032"),
     ("freplace/p", "L3038"), ("iter/nothing", "L3036"), ("fentry/no_module:vfs_read", "L3036")],
)  # fmt: skip
def test_what_the_kernel_does_not_have_is_refused_by_name(section: str, code: str) -> None:
    source = PRELUDE + f'SEC("{section}") int p(void *ctx) {{ return 0; }}'
    with pytest.raises(LoadError) as refused:
        load(compile(source, "x.c"))
    assert refused.value.code == code

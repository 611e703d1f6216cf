"""libbpf loads the objects that we write: bpftool, in a mount namespace with a bpf file system of its own."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from object_sources import EVERYTHING

from purebpf.compiler.api import compile
from purebpf.compiler.object.model import Object
from purebpf.compiler.object.read import read_object
from purebpf.compiler.object.write import write_object

pytestmark = pytest.mark.kernel


# libbpf knows __ulong from 1.4 on; pinning would look for a bpf file system where there is none
SOURCE = EVERYTHING.replace("__uint(pinning, 1);", "").replace("__ulong(map_extra, 0);", "")


def by_clang(folder: Path) -> Object:
    if not shutil.which("clang-19"):
        pytest.skip("clang-19 is not installed")
    source, made = folder / "x.c", folder / "x.o"
    source.write_text(SOURCE)
    subprocess.run(["clang-19", "-target", "bpf", "-O2", "-g", "-w", "-c", source, "-o", made], check=True, timeout=60)
    return read_object(made)


def by_us(_folder: Path) -> Object:
    return compile(SOURCE, "x.c")


@pytest.mark.parametrize("make", [by_clang, by_us])
def test_libbpf_loads_what_we_write(tmp_path: Path, make: Callable[[Path], Object]) -> None:
    if not shutil.which("bpftool"):
        pytest.skip("bpftool is not installed")
    written = tmp_path / "w.o"
    written.write_bytes(write_object(make(tmp_path)))
    script = (
        "mount -t bpf bpf /sys/fs/bpf && bpftool prog loadall $1 /sys/fs/bpf/p pinmaps /sys/fs/bpf/m"
        " && ls /sys/fs/bpf/p /sys/fs/bpf/m && bpftool prog dump xlated pinned /sys/fs/bpf/p/first linum"
    )
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, "sh", written], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    for name in ("first", "second", "blocked", "outer", "w_data", "w_bss", "w_rodata"):
        assert f"\n{name}\n" in done.stdout
    assert "u32 key = ctx->rx_queue_index;" in done.stdout  # the kernel knows our line information

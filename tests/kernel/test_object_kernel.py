"""libbpf loads the objects that we write: bpftool, in a mount namespace with a bpf file system of its own."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from object_sources import EVERYTHING

from purebpf.compiler.object.read import read_object
from purebpf.compiler.object.write import write_object

pytestmark = pytest.mark.kernel


def test_libbpf_loads_what_we_write(tmp_path: Path) -> None:
    for tool in ("clang-19", "bpftool"):
        if not shutil.which(tool):
            pytest.skip(f"{tool} is not installed")
    source, made, written = tmp_path / "x.c", tmp_path / "x.o", tmp_path / "w.o"
    text = EVERYTHING.replace("__uint(pinning, 1);", "").replace("__ulong(map_extra, 0);", "")  # libbpf 1.4 has __ulong
    source.write_text(text)
    subprocess.run(["clang-19", "-target", "bpf", "-O2", "-g", "-w", "-c", source, "-o", made], check=True, timeout=60)
    written.write_bytes(write_object(read_object(made)))
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

"""Loops of purebpf/loop.h and of bpf/bpf_helpers.h in the kernel."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from purebpf.compiler.api import Options, compile
from purebpf.compiler.object.write import write_object
from purebpf.compiler.preprocess import PreprocessOptions
from purebpf.runtime.loader import load

pytestmark = pytest.mark.kernel
KERNEL = tuple(int(part) for part in os.uname().release.split("-")[0].split(".")[:2])
HEAD = """
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <purebpf/loop.h>
char LICENSE[] SEC("license") = "GPL";
"""


def text_of(body: str) -> str:
    return HEAD + f'SEC("xdp") int run(struct xdp_md *ctx) {{ {body} }}\n'


OPTIONS = Options(preprocess=PreprocessOptions(host_headers=False))


@pytest.mark.skipif(KERNEL < (6, 9), reason="may_goto came with Linux 6.9")
@pytest.mark.parametrize(
    ("body", "result"),
    [
        ("int s = 0; for (int i = 0; i < 1000 && can_loop; i++) s += i; return s;", 499500),
        ("int i = 0; while (can_loop) { if (i == 77) break; i++; } return i;", 77),
        ("int i = 0; for (;;) { if (++i == 5) break; cond_break; } return i;", 5),
        # more turns than the kernel allows: it leaves the loop
        ("volatile int i = 0; while (can_loop) i++; return i > 100000;", 1),
    ],
    ids=["for", "while", "cond_break", "endless"],
)
def test_a_loop_runs_until_its_end_or_the_kernels(body: str, result: int) -> None:
    with load(compile(text_of(body), "loop.c", OPTIONS)) as loaded:
        assert loaded.programs["run"].test_run(bytes(64)).retval == result


@pytest.mark.skipif(KERNEL < (6, 4), reason="open-coded iterators came with Linux 6.4")
@pytest.mark.skipif(shutil.which("bpftool") is None, reason="bpftool finds the kernel's functions for the program")
@pytest.mark.parametrize(
    ("body", "result"),
    [
        ("int i, s = 0; bpf_for(i, 3, 10) s += i; return s;", 42),
        (
            "int i, j, s = 0; bpf_for(i, 0, 100) { if (i == 7) break; bpf_for(j, i, 9) { if (j & 1) continue; s += j; } }"
            " return s;",
            124,
        ),
        ("int s = 0; bpf_repeat(1000) s += 2; return s;", 2000),
        ("int *p, s = 0; bpf_for_each(num, p, 5, 8) { bpf_repeat(2) s += *p; if (*p == 6) return s; } return -1;", 22),
    ],
    ids=["for", "nested", "repeat", "each"],
)
def test_iterators_of_numbers_count(body: str, result: int, tmp_path: Path) -> None:
    (tmp_path / "loop.o").write_bytes(write_object(compile(text_of(body), "loop.c", OPTIONS)))
    (tmp_path / "packet").write_bytes(struct.pack("64x"))
    pinned = Path(f"/sys/fs/bpf/loop-{os.getpid()}")
    loaded = subprocess.run(["bpftool", "prog", "load", str(tmp_path / "loop.o"), str(pinned)], capture_output=True, text=True)
    assert loaded.returncode == 0, loaded.stderr
    try:
        command = ["bpftool", "prog", "run", "pinned", str(pinned), "data_in", str(tmp_path / "packet")]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    finally:
        pinned.unlink()
    assert f"Return value: {result}," in done.stdout

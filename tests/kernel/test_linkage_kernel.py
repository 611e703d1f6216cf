"""libbpf and the kernel take our objects with externs, maps of maps, struct_ops and so on as they take those of clang."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from linkage_sources import PRELUDE, SOURCES

from purebpf.compiler.api import compile
from purebpf.compiler.object.write import write_object

pytestmark = pytest.mark.kernel
_LOAD = (
    "mount -t bpf bpf /sys/fs/bpf && bpftool prog loadall $1 /sys/fs/bpf/p pinmaps /sys/fs/bpf/m && ls /sys/fs/bpf/p"
)


def loaded(path: Path) -> tuple[int, str, str]:
    """Exit status, the programs that are pinned, and messages."""
    done = subprocess.run(["unshare", "-m", "sh", "-c", _LOAD, "sh", path], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


def reasons(messages: str) -> list[str]:
    """What libbpf has to say about programs."""
    return [line for line in messages.splitlines() if "prog '" in line or "kernel symbol" in line]


@pytest.mark.parametrize("name", SOURCES)
def test_the_kernel_takes_it_as_it_takes_clang_s(tmp_path: Path, name: str) -> None:
    for tool in ("bpftool", "clang-19"):
        if not shutil.which(tool):
            pytest.skip(f"{tool} is not installed")
    source, theirs, ours = tmp_path / "x.c", tmp_path / "theirs.o", tmp_path / "ours.o"
    source.write_text(PRELUDE + SOURCES[name])
    command = ["clang-19", "-target", "bpf", "-mcpu=v3", "-O2", "-g", "-w", "-c", source, "-o", theirs]
    subprocess.run(command, check=True, timeout=60)
    ours.write_bytes(write_object(compile(PRELUDE + SOURCES[name], "x.c")))
    want, have = loaded(theirs), loaded(ours)
    # not every kernel exports variables; then both must be refused, for the same reason
    assert have[:2] == want[:2], have[2]
    assert reasons(have[2]) == reasons(want[2])
    assert want[0] == 0 or name == "kernel_variables", want[2]

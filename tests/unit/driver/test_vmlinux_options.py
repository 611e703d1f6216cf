"""`purebpf-cc` and vmlinux.h made from BTF: --btf, --no-cache, -E, dependency files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from kernel_types import small_kernel

from purebpf.compiler.driver import main

PROGRAM = '#include "vmlinux.h"\nint f(struct task_struct *t) { return sizeof(t->comm) + POLICY_OK; }\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a program and a kernel's BTF; the cache is in `cache`."""
    (tmp_path / "p.bpf.c").write_text(PROGRAM)
    (tmp_path / "small.btf").write_bytes(small_kernel().encode())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


@pytest.mark.parametrize("option", [["--btf", "small.btf"], ["--btf=small.btf"]])
def test_btf_names_the_file_with_the_kernels_types(option: list[str], folder: Path) -> None:
    assert main([*option, "-c", "p.bpf.c"]) == 0
    assert (folder / "p.bpf.o").exists()


def entries(folder: Path) -> list[str]:
    cache = folder / "cache" / "purebpf"
    return [entry for entry in os.listdir(cache) if entry.startswith("btf")] if cache.exists() else []


def test_the_index_of_names_is_kept(folder: Path) -> None:
    assert main(["--btf=small.btf", "-c", "p.bpf.c", "-o", "one.o"]) == 0
    assert len(entries(folder)) == 1
    assert main(["--btf=small.btf", "-c", "p.bpf.c", "-o", "two.o"]) == 0
    assert len(entries(folder)) == 1
    assert (folder / "one.o").read_bytes() == (folder / "two.o").read_bytes()


def test_no_cache_keeps_nothing(folder: Path) -> None:
    assert main(["--btf=small.btf", "--no-cache", "-c", "p.bpf.c"]) == 0
    assert not (folder / "cache").exists()


def test_E_shows_where_the_types_come_from(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--btf=small.btf", "-E", "-P", "p.bpf.c", "-o", "p.i"]) == 0
    text = (folder / "p.i").read_text()
    assert text.splitlines()[:3] == [
        '#pragma purebpf vmlinux "small.btf"',
        "#pragma purebpf vmlinux preserve_access_index",
        "#pragma purebpf vmlinux kfuncs",
    ]
    assert main(["-c", "p.i", "-o", "again.o"]) == 0
    assert main(["--btf=small.btf", "-E", "-dM", "p.bpf.c", "-o", "macros"]) == 0
    assert "#define __VMLINUX_H__ \n" in (folder / "macros").read_text().replace("__VMLINUX_H__\n", "__VMLINUX_H__ \n")


def test_dependencies_name_the_file_that_was_given(folder: Path) -> None:
    assert main(["--btf=small.btf", "-MD", "-c", "p.bpf.c", "-o", "p.o"]) == 0
    assert (folder / "p.d").read_text() == "p.o: p.bpf.c small.btf\n"
    (folder / "here").mkdir()
    (folder / "here" / "vmlinux.h").write_text("struct task_struct { char comm[16]; }; enum { POLICY_OK };\n")
    assert main(["--btf=small.btf", "-Ihere", "-MD", "-c", "p.bpf.c", "-o", "p.o"]) == 0
    assert (folder / "p.d").read_text() == "p.o: p.bpf.c here/vmlinux.h\n"


def test_dependencies_leave_the_running_kernel_out(folder: Path) -> None:
    if not os.path.exists("/sys/kernel/btf/vmlinux"):
        pytest.skip("the running kernel has no BTF")
    (folder / "q.c").write_text('#include "vmlinux.h"\npid_t p;\n')
    assert main(["-MD", "-c", "q.c", "-o", "q.o"]) == 0
    assert (folder / "q.d").read_text() == "q.o: q.c\n"


def test_the_help_names_the_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    assert "--btf FILE" in out
    assert "--no-cache" in out


def test_without_btf_the_exit_code_is_1_and_the_ways_out_are_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--btf=nothing.btf", "-c", "p.bpf.c"]) == 1
    err = capsys.readouterr().err
    assert "no vmlinux.h on the include path, and no BTF at nothing.btf" in err
    assert "--btf FILE" in err

"""Options of the preprocessor print and write what clang does."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from purebpf.compiler.driver import main

needs_clang = pytest.mark.skipif(shutil.which("clang-19") is None, reason="clang-19 is the oracle, and it is not installed")
# what differs on purpose: who compiled, and with what
OURS = ("__VERSION__", "__clang_version__")


def clang(folder: Path, *arguments: str) -> tuple[str, str]:
    command = ["clang-19", "-target", "bpf", "-mcpu=v3", *arguments]
    run = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=60)
    return run.stdout, run.stderr


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "a.h").write_text('#pragma once\n#include "b.h"\n#define A 1\n')
    (tmp_path / "b.h").write_text("int b;\n")
    (tmp_path / "sp ace.h").write_text("int s;\n")
    (tmp_path / "x.c").write_text('#include "a.h"\n#include "sp ace.h"\nint x = A;\n')
    (tmp_path / "y.c").write_text('#include "made/later.h"\n#include <also.h>\n#include "b.h"\nint y;\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


@needs_clang
@pytest.mark.parametrize("options", [
    ["-mcpu=v1"], ["-mcpu=v2"], ["-mcpu=v3"], ["-mcpu=v4"], ["-undef"], ["-std=c11"], ["-std=gnu89"], ["-std=c99"],
    ["-std=c23"], ["-std=gnu23", "-O0"], ["-Os"], ["-ffreestanding"], ["-fgnu89-inline"], ["-fms-extensions"],
    ["-fshort-enums"],
], ids=" ".join)  # fmt: skip
def test_predefined_macros_are_clangs(options: list[str], folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    arguments = ["-O2", *options, "-dM", "-E", "-x", "c", "/dev/null"]
    assert main(["-target", "bpf", "-mcpu=v3", *arguments]) == 0

    def rows(text: str) -> list[str]:
        return sorted(line for line in text.splitlines() if not line.split()[1].startswith(OURS))

    assert rows(capfd.readouterr().out) == rows(clang(folder, *arguments)[0])


@needs_clang
@pytest.mark.parametrize("options", [
    ["-M", "x.c"], ["-MM", "-MP", "x.c"], ["-MM", "-MV", "x.c"], ["-MM", "-MG", "y.c"], ["-M", "-MG", "-MT", "t", "y.c"],
], ids=" ".join)  # fmt: skip
def test_dependencies_are_clangs(options: list[str], folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["-target", "bpf", "-nostdinc", *options]) == 0
    assert capfd.readouterr().out.split() == clang(folder, "-nostdinc", *options)[0].split()


@needs_clang
def test_opened_headers_are_named(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["-H", "-E", "-P", "x.c"]) == 0
    named = capfd.readouterr().err.replace("./", "").split()
    assert named == clang(folder, "-H", "-E", "-P", "x.c")[1].replace("./", "").split()


@needs_clang
def test_includes_are_kept(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["-dI", "-E", "-P", "x.c"]) == 0
    assert capfd.readouterr().out.split() == clang(folder, "-dI", "-E", "-P", "x.c")[0].split()


def test_steps_are_kept_on_request(folder: Path) -> None:
    (folder / "out").mkdir()
    assert main(["-save-temps", "-c", "x.c", "-o", "out/x.o"]) == 0
    assert "int x = 1;" in (folder / "x.i").read_text()
    assert (folder / "x.s").exists()
    assert main(["-save-temps=obj", "-c", "x.c", "-o", "out/x.o"]) == 0
    assert (folder / "out" / "x.i").exists()


@pytest.mark.parametrize("option", ["-dD", "-dI", "-C", "-CC"])
def test_options_of_the_printed_text_do_not_disturb_a_compile(option: str, folder: Path) -> None:
    assert main(["-c", option, "x.c", "-o", "x.o"]) == 0
    assert (folder / "x.o").read_bytes()[:4] == b"\x7fELF"

"""A command given again: what it wrote before is written again, unless something it depends on is another now."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from purebpf.compiler.driver import kept, main

SOURCE = '#include "x.h"\nint f(void) { return VALUE; }\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project, long after its files were written, and a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + 10_000_000_000)
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    (tmp_path / "second" / "x.h").write_text("#define VALUE 1\n")
    (tmp_path / "a.c").write_text(SOURCE)
    return tmp_path


COMMAND = ["-O2", "-g", "-c", "a.c", "-o", "a.o", "-Ifirst", "-Isecond"]


def test_an_unchanged_source_is_not_compiled_again(folder: Path) -> None:
    assert main([*COMMAND, "-MD"]) == 0
    wrote = (folder / "a.o").read_bytes(), (folder / "a.d").read_bytes()
    for name in ("a.o", "a.d"):
        (folder / name).unlink()
    assert kept.again([*COMMAND, "-MD"])
    assert ((folder / "a.o").read_bytes(), (folder / "a.d").read_bytes()) == wrote


def _edit_source(folder: Path) -> None:
    (folder / "a.c").write_text(SOURCE.replace("f", "g"))


def _edit_header(folder: Path) -> None:
    (folder / "second" / "x.h").write_text("#define VALUE 2\n")


def _replace_header_keeping_its_time(folder: Path) -> None:
    header = folder / "second" / "x.h"
    state = header.stat()
    header.write_text("#define VALUE 3\n")
    os.utime(header, ns=(state.st_atime_ns, state.st_mtime_ns))


def _earlier_header(folder: Path) -> None:
    (folder / "first" / "x.h").write_text("#define VALUE 4\n")


def _header_beside(folder: Path) -> None:
    (folder / "x.h").write_text("#define VALUE 5\n")


def _no_header(folder: Path) -> None:
    (folder / "second" / "x.h").unlink()


def _damage(folder: Path) -> None:
    for entry in (folder / "cache" / "purebpf" / "compiled").iterdir():
        entry.write_bytes(entry.read_bytes()[:-3])


CHANGES = [_edit_source, _edit_header, _replace_header_keeping_its_time, _earlier_header, _header_beside, _no_header, _damage]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
def test_whatever_changes_is_seen(folder: Path, change: Callable[[Path], None]) -> None:
    assert main(COMMAND) == 0
    assert kept.again(COMMAND)
    change(folder)
    assert not kept.again(COMMAND)


def test_other_arguments_and_folders_are_other_compiles(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(COMMAND) == 0
    assert not kept.again([*COMMAND, "-DX"])
    assert not kept.again([*COMMAND, "--no-cache"])
    monkeypatch.chdir(folder / "first")
    assert not kept.again(COMMAND)


@pytest.mark.parametrize(
    "source",
    ["int f(void) { return VALUE; }\n", "#warning careful\n", "int f(void) { return __TIME__[7]; }\n"],
    ids=["errors", "warnings", "time"],
)
def test_what_says_something_or_asks_the_time_is_compiled_each_time(folder: Path, source: str) -> None:
    (folder / "a.c").write_text(source)
    main(COMMAND)
    assert not kept.again(COMMAND)


def test_files_that_were_just_written_prove_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    monkeypatch.chdir(folder)
    assert main(COMMAND) == 0
    assert not kept.again(COMMAND)

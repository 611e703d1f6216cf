"""What is kept of large headers between compiles changes how long they take and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from purebpf.compiler import cache
from purebpf.compiler.api import Options, compile_file
from purebpf.compiler.cache import Cache
from purebpf.compiler.object.write import write_object
from purebpf.compiler.preprocess import PreprocessOptions


def program(folder: Path, size: str = "int") -> Path:
    lines = [f"typedef {size} T{i};\nstruct s{i} {{ T{i} a; int b; }};" for i in range(3000)]
    (folder / "large.h").write_text("\n".join(lines) + "\n")
    path = folder / "p.c"
    path.write_text('#include "large.h"\nstruct s2999 x = {1, 2};\n')
    return path


def compiled(path: Path, directory: Path | None) -> bytes:
    kept = Cache(str(directory) if directory else None)
    return write_object(compile_file(path, Options(PreprocessOptions(cache=kept))))


def test_objects_are_the_same_with_and_without_entries(tmp_path: Path) -> None:
    path, kept = program(tmp_path), tmp_path / "cache"
    plain = compiled(path, None)
    assert compiled(path, kept) == plain
    assert {entry.name.split("-")[0] for entry in kept.iterdir()} == {"words", "chunk"}
    assert compiled(path, kept) == plain


def test_entries_are_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, kept = program(tmp_path), tmp_path / "cache"
    compiled(path, kept)
    monkeypatch.setattr("purebpf.compiler.parse.chunk._index", lambda *_: pytest.fail("the index is made again"))
    monkeypatch.setattr("purebpf.compiler.preprocess.chunks._words", lambda *_: pytest.fail("the words are found again"))
    compiled(path, kept)


def test_another_text_has_other_entries(tmp_path: Path) -> None:
    kept = tmp_path / "cache"
    first = compiled(program(tmp_path), kept)
    second = compiled(program(tmp_path, "long"), kept)
    assert first != second
    assert second == compiled(program(tmp_path, "long"), None)


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"purebpf\0\0\0\0\0"])
def test_damaged_entries_do_not_count(tmp_path: Path, damage: bytes) -> None:
    path, kept = program(tmp_path), tmp_path / "cache"
    plain = compiled(path, kept)
    for entry in kept.iterdir():
        entry.write_bytes(damage)
    assert compiled(path, kept) == plain


def test_a_cache_that_cannot_be_written_does_not_count(tmp_path: Path) -> None:
    path, kept = program(tmp_path), tmp_path / "cache"
    kept.write_text("a file, no folder")
    assert compiled(path, kept) == compiled(path, None)


def test_what_marshal_cannot_read_is_made_again(tmp_path: Path) -> None:
    kept = Cache(str(tmp_path))
    assert cache.keep(kept, "kind", b"data", lambda: {"a": 1}) == {"a": 1}
    (entry,) = tmp_path.iterdir()
    kept.put(entry.name, b"\xff\xff")
    assert cache.keep(kept, "kind", b"data", lambda: {"a": 2}) == {"a": 2}
    assert cache.keep(kept, "kind", b"data", lambda: {"a": 3}) == {"a": 2}

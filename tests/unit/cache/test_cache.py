"""The cache keeps what it is given and survives anything that happens to its folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from purebpf.compiler.cache import Cache, user_cache


def test_an_entry_is_found_again(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path / "deep" / "inside"))
    assert cache.get("a") is None
    cache.put("a", b"one")
    cache.put("a", b"two" * 100_000)
    assert cache.get("a") == b"two" * 100_000
    assert [path.name for path in (tmp_path / "deep" / "inside").iterdir()] == ["a"]


def test_without_a_folder_nothing_is_kept() -> None:
    cache = Cache(None)
    cache.put("a", b"one")
    assert cache.get("a") is None


@pytest.mark.parametrize("where", [0, 9, 12, -1])
def test_a_damaged_entry_is_not_there(tmp_path: Path, where: int) -> None:
    cache = Cache(str(tmp_path))
    cache.put("a", b"data that is long enough")
    data = bytearray((tmp_path / "a").read_bytes())
    data[where] ^= 0x10
    (tmp_path / "a").write_bytes(data)
    assert cache.get("a") is None


@pytest.mark.parametrize("length", [0, 5, 8, 11, 20])
def test_a_cut_entry_is_not_there(tmp_path: Path, length: int) -> None:
    cache = Cache(str(tmp_path))
    cache.put("a", b"data that is long enough")
    os.truncate(tmp_path / "a", length)
    assert cache.get("a") is None


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(str(tmp_path / "file" / "below"))
    cache.put("a", b"one")
    assert cache.get("a") is None


def test_an_entry_that_is_a_folder_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    cache = Cache(str(tmp_path))
    cache.put("a", b"one")
    assert cache.get("a") is None
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_an_entry_of_somebody_else_is_not_there(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    cache = Cache(str(tmp_path))
    cache.put("a", b"one")
    os.chown(tmp_path / "a", 12345, 12345)
    assert cache.get("a") is None


def test_old_entries_make_room(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path))
    for i in range(300):
        cache.put(f"entry{i}", b"x")
        os.utime(tmp_path / f"entry{i}", (i, i))
    assert len(list(tmp_path.iterdir())) <= 256
    assert cache.get("entry299") == b"x"
    assert cache.get("entry0") is None


def test_the_users_cache_is_where_xdg_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert user_cache().directory == "/somewhere/purebpf"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", "/home/me")
    assert user_cache().directory == "/home/me/.cache/purebpf"
    monkeypatch.delenv("HOME")
    assert user_cache().directory is None

"""A folder of things that can be made again: what was slow to find out about headers and the kernel's types.

An entry is one file: a magic number, the CRC-32 of its data, the data. It is written under another name and renamed, so
readers see all of it or nothing. One that is damaged, belongs to somebody else, or cannot be read or written counts as
not there: a cache changes how long a compile takes and nothing else.
"""

from __future__ import annotations

import os
import sys
import zlib

from .files import write_whole

TYPE_CHECKING = False  # as in files
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_MAGIC = b"purebpf\0"
_HEAD = len(_MAGIC) + 4
_MOST = 256  # entries; when there are more, the older half goes


def user_cache() -> Cache:
    """The user's cache: $XDG_CACHE_HOME/purebpf, or ~/.cache/purebpf."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):  # relative paths are invalid there (XDG base directory specification)
        home = os.environ.get("HOME", "")
        base = os.path.join(home, ".cache") if os.path.isabs(home) else ""
    return Cache(os.path.join(base, "purebpf") if base else None)


class Cache:
    """The entries in `directory`; None: there is no cache, nothing is found and nothing kept."""

    __slots__ = ("directory",)

    def __init__(self, directory: str | None = None) -> None:
        self.directory = directory

    def get(self, name: str) -> bytes | None:
        """The data of entry `name`, or None."""
        if self.directory is None:
            return None
        try:
            with open(os.path.join(self.directory, name), "rb", buffering=0) as file:
                if os.fstat(file.fileno()).st_uid != os.geteuid():
                    return None
                head, body = file.read(_HEAD), file.read()
        except (OSError, ValueError):
            return None
        return body if head == _head(body) else None

    def put(self, name: str, data: bytes) -> None:
        """Keep `data` as entry `name`, a plain file name."""
        if self.directory is None:
            return
        try:
            os.makedirs(self.directory, mode=0o700, exist_ok=True)
            write_whole(os.path.join(self.directory, name), _head(data), data)
            _make_room(self.directory)
        except (OSError, ValueError):
            return


def keep(cache: Cache, name: str, data: bytes, make: Callable[[], Any]) -> Any:
    """What `make` makes of `data`, plain objects as marshal can write: from the cache, or made now and kept.

    `name` tells the kind of entry and its format; the length and the CRC-32 of `data` tell one from another.
    """
    if cache.directory is None:
        return make()
    import marshal

    entry = f"{name}-{sys.implementation.cache_tag}-{len(data):x}-{zlib.crc32(data):08x}"
    kept = cache.get(entry)
    if kept is not None:
        try:
            return marshal.loads(kept)
        except (ValueError, EOFError, TypeError):
            pass
    made = make()
    cache.put(entry, marshal.dumps(made))
    return made


def _head(data: bytes) -> bytes:
    return _MAGIC + zlib.crc32(data).to_bytes(4, "little")


def _make_room(directory: str) -> None:
    """Remove the entries that were written longest ago, if there are too many."""
    with os.scandir(directory) as found:
        entries = list(found)
    if len(entries) <= _MOST:
        return
    ages = sorted((entry.stat(follow_symlinks=False).st_mtime, entry.path) for entry in entries)
    for _, path in ages[: len(ages) // 2]:
        os.unlink(path)

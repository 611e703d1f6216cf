"""`Journal`: what a compile learned from the file system, by which a later one can tell that it would learn the same."""

from __future__ import annotations

import os

Stamp = tuple[int, int, int, int, int]  # when written and when changed (ns), bytes, inode, device


class Journal:
    """The files that were read, as they were before, and the questions whether there is a file (headers are looked for in
    many folders: one that appears in an earlier folder changes what a compile means)."""

    __slots__ = ("asked", "files", "timed")

    def __init__(self) -> None:
        self.files: dict[str, Stamp] = {}
        self.asked: dict[str, bool] = {}
        self.timed = False  # the time itself was asked for: no later compile is the same

    def is_file(self, path: str) -> bool:
        """Whether there is a file at `path`."""
        there = self.asked[path] = os.path.isfile(path)
        return there

    def read(self, path: str, status: os.stat_result) -> None:
        """The file at `path` is read, with this `status`."""
        self.files[path] = stamp(status)


def stamp(status: os.stat_result) -> Stamp:
    """What of a file's status changes when its content does."""
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino, status.st_dev


def unchanged(files: dict[str, Stamp], asked: dict[str, bool]) -> bool:
    """Whether all files are what they were, and all questions have the answers they had."""
    try:
        if any(stamp(os.stat(path)) != known for path, known in files.items()):
            return False
    except (OSError, ValueError):
        return False
    return all(os.path.isfile(path) == there for path, there in asked.items())

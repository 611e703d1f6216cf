"""Dependency files for make, as `-MD -MF` write them: `target: source header header`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..records import NamedTuple

_WIDTH = 75


class Dependency(NamedTuple):
    """A file that was read."""

    path: str
    system: bool


def make_rule(targets: Sequence[str], files: Iterable[Dependency], *, system: bool = True, phony: bool = False,
              nmake: bool = False) -> str:  # fmt: skip
    """The rule that makes `targets` (quoted already) depend on `files`, the source first.

    system   with headers of the system (-MD), or without (-MMD)
    nmake    names quoted as NMake and Jom read them (-MV)
    phony    also a rule without a recipe for every header, so that make does not stop when one is removed (-MP)
    """
    write = _in_quotes if nmake else quote
    names = [write(_plain(file.path)) for file in files if system or not file.system]
    line = " ".join(targets) + ":"
    lines = []
    for name in names:
        if len(line) + len(name) + 3 > _WIDTH and line.strip():
            lines.append(line + " \\")
            line = " "
        line += f" {name}"
    lines.append(line)
    if phony:
        lines += [f"{name}:" for name in names[1:]]
    return "\n".join(lines) + "\n"


def quote(name: str) -> str:
    """A file's name as make reads it back."""
    out = []
    for index, character in enumerate(name):
        if character == " ":
            slashes = len(name[:index]) - len(name[:index].rstrip("\\"))
            out.append("\\" * (slashes + 1) + " ")
        elif character == "#":
            out.append("\\#")
        else:
            out.append("$$" if character == "$" else character)
    return "".join(out)


def _in_quotes(name: str) -> str:
    return f'"{name}"' if any(character in name for character in " #${}^!") else name


def _plain(path: str) -> str:
    while path.startswith("./"):
        path = path[2:].lstrip("/")
    return path

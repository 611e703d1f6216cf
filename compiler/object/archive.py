"""`archive_of`: the object files in an archive (`ar`); and `needed`, which of them a link takes.

    "!<arch>\\n", then members: name[16] date[12] uid[6] gid[6] mode[8] size[10] "`\\n", bytes, padded to an even offset

GNU ar and llvm-ar write long names into a member "//" and refer to them as "/offset"; BSD ar puts them before the bytes
("#1/length").
"""

from __future__ import annotations

from collections.abc import Sequence

from ..diagnostics import ObjectError
from .elf import elf_error
from .model import Linkage, Object

_MAGIC = b"!<arch>\n"
_THIN = b"!<thin>\n"
_HEADER = 60
_TABLES = ("", "/SYM64", "__.SYMDEF", "__.SYMDEF SORTED", "__.SYMDEF_64")  # of symbols: who links looks for itself


def archive_of(path: str) -> list[tuple[str, bytes]] | None:
    """(name, bytes) of each member of an archive, in order; None for files that are none, or cannot be read.

    Raises `ObjectError` if the archive is thin or broken.
    """
    try:
        with open(path, "rb") as file:
            if file.read(8) not in (_MAGIC, _THIN):
                return None
            file.seek(0)
            data = file.read()
    except (OSError, ValueError):
        return None  # who reads it as an object says why
    try:
        return _members(data)
    except ObjectError as problem:
        raise elf_error(f"'{path}' is {problem.first.message}", problem.first.fix) from None


def _members(data: bytes) -> list[tuple[str, bytes]]:
    if data[:8] == _THIN:
        raise elf_error("a thin archive, which only names files", "give the object files, or make it without T")
    found: list[tuple[str, bytes]] = []
    long_names, at = b"", len(_MAGIC)
    while at < len(data):
        header = data[at : at + _HEADER]
        size = header[48:58].strip()
        if len(header) < _HEADER or header[58:] != b"`\n" or not size.isdigit() or at + _HEADER + int(size) > len(data):
            raise elf_error(f"an archive that is broken at byte {at}", "make it again with `ar rcs`")
        body = data[at + _HEADER : at + _HEADER + int(size)]
        at += _HEADER + int(size) + int(size) % 2
        name = header[:16].decode("utf-8", "replace").rstrip()
        if name == "//":
            long_names = body
        elif name.startswith("#1/") and name[3:].isdecimal():
            length = int(name[3:])
            found.append((body[:length].rstrip(b"\0").decode("utf-8", "replace"), body[length:]))
        elif name[:1] == "/" and name[1:].isdecimal():
            found.append((long_names[int(name[1:]) :].partition(b"/\n")[0].decode("utf-8", "replace"), body))
        else:
            found.append((name.rstrip("/"), body))
    return [(name, body) for name, body in found if name not in _TABLES]


def needed(objects: Sequence[Object], offered: Sequence[Object]) -> list[Object]:
    """Of an archive's objects those that define what is declared, not weakly, in `objects` or in one of them; in order."""
    wanted, defined = set[str](), set[str]()
    for obj in objects:
        _look(obj, wanted, defined)
    exports = [_exports(obj) for obj in offered]
    taken: set[int] = set()
    while True:
        at = next((i for i, names in enumerate(exports) if i not in taken and names & (wanted - defined)), None)
        if at is None:
            return [offered[i] for i in sorted(taken)]
        taken.add(at)
        _look(offered[at], wanted, defined)


def _look(obj: Object, wanted: set[str], defined: set[str]) -> None:
    defined |= _exports(obj)
    wanted |= {v.name for v in obj.variables.values() if v.section in ("", ".maps") and v.linkage is not Linkage.WEAK}


def _exports(obj: Object) -> set[str]:
    """The names that other objects see."""
    variables = [variable for variable in obj.variables.values() if variable.section in obj.data]
    return {
        definition.name
        for table in (obj.functions.values(), obj.maps.values(), variables)
        for definition in table
        if definition.linkage is not Linkage.STATIC
    }

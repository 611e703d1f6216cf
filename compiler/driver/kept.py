"""`again`, `keep`: a command that compiled without a word gives what it gave before, as long as all it read is unchanged.

What counts: the arguments, the current folder, the text of the source, the files read and those looked for in vain, the
compiler itself. `--no-cache` compiles in any case.
"""

from __future__ import annotations

import marshal
import os
import sys
import zlib

from ..cache import Cache, user_cache
from ..files import write_whole
from ..journal import unchanged

TYPE_CHECKING = False  # as in files
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..journal import Journal

_PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_NEVER = {"--no-cache", "--time", "-v", "-###", "-H", "-E", "-M", "-MM", "-"}  # they print, or read what is not a file
_RACE = 2_000_000_000  # ns: a file may change twice within a tick of its clock, so one this young proves nothing


def again(arguments: Sequence[str]) -> bool:
    """Write what the command `arguments` wrote before, if it would write the same; whether it was so."""
    if _unfit(arguments):
        return False
    known = _cache().get(_name(arguments))
    if known is None:
        return False
    try:
        command, main, text, files, asked, outputs = marshal.loads(known)
        with open(main, "rb", buffering=0) as file:
            source = file.read().decode("utf-8", "surrogateescape")
        if command != _command(arguments) or source != text or not unchanged(files, asked):
            return False
        for path, data in outputs:
            write_whole(path, data)
    except (OSError, ValueError, EOFError, TypeError):
        return False
    return True


def keep(arguments: Sequence[str], main: str, text: str, journal: Journal, outputs: Sequence[tuple[str, bytes]],
         start: int) -> None:  # fmt: skip
    """Keep what `arguments` wrote to files (`outputs`: path and content) when it compiled the file `main`, which held `text`;
    `start`: when it began (ns since 1970)."""
    if _unfit(arguments) or journal.timed or any(path == "-" for path, _ in outputs):
        return
    newest = max((max(mtime, ctime) for mtime, ctime, *_ in journal.files.values()), default=0)
    if newest > start - _RACE:
        return
    entry = (_command(arguments), main, text, journal.files, journal.asked, list(outputs))
    _cache().put(_name(arguments), marshal.dumps(entry))


def _unfit(arguments: Sequence[str]) -> bool:
    return any(word in _NEVER or word.startswith(("@", "-save-temps", "--save-temps")) for word in arguments)


def _cache() -> Cache:
    folder = user_cache().directory
    return Cache(os.path.join(folder, "compiled") if folder else None)


def _name(arguments: Sequence[str]) -> str:
    place = "\0".join((os.getcwd(), *arguments)).encode("utf-8", "surrogateescape")
    return f"compiled-{sys.implementation.cache_tag}-{zlib.crc32(place):08x}"


def _command(arguments: Sequence[str]) -> list[str]:
    """All that tells one compile from another besides what is in files: the command, where, and by which compiler."""
    compiler = "\n".join(sorted(_modules(_PACKAGE)))
    return [*arguments, os.getcwd(), sys.version, f"{zlib.crc32(compiler.encode()):08x} {len(compiler)}"]


def _modules(folder: str) -> Iterator[str]:
    """Each of our modules that takes part in a compile, and the state of its file."""
    for part in ("compiler", "stdlib"):
        folders = [os.path.join(folder, part)]
        while folders:
            with os.scandir(folders.pop()) as found:
                for entry in found:
                    if entry.name.endswith(".py"):
                        status = entry.stat()
                        yield f"{entry.path} {status.st_mtime_ns} {status.st_size}"
                    elif "." not in entry.name and entry.name not in ("__pycache__", "include") and entry.is_dir():
                        folders.append(entry.path)

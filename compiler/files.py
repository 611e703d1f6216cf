"""`write_whole`: a file is there as it was, or as it is to be, never half of it."""

from __future__ import annotations

import os
import time

TYPE_CHECKING = False  # typing itself takes longer to import than what imports this has to do
if TYPE_CHECKING:
    from pathlib import Path


def write_whole(path: str | Path, *pieces: bytes) -> None:
    """Write a file of `pieces`: under another name first, which is then made this one. Raises OSError."""
    if os.path.exists(path) and not os.path.isfile(path):  # /dev/null, a pipe
        with open(path, "wb") as file:
            file.writelines(pieces)
        return
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f".{name}.{os.getpid()}.{time.monotonic_ns()}")
    file = open(temporary, "xb")  # noqa: SIM115  # closed below
    try:
        with file:
            file.writelines(pieces)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise

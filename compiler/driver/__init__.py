"""`purebpf-cc`: the compiler as a command that can stand in for clang (`make CLANG=purebpf-cc`)."""

from __future__ import annotations

import gc
import os
import sys

from .kept import again

TYPE_CHECKING = False  # as in files
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `purebpf-cc ARGUMENTS` (default: those of this process); gives the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    if again(given):
        return 0
    from .command import run

    return run(given)


def script() -> NoReturn:
    """`main` in a process of its own, which has no use for collecting garbage, nor for putting things away when it ends."""
    gc.disable()
    code = main()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # nobody reads them any more
        pass
    os._exit(code)

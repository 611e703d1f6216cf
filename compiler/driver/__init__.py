"""`purebpf-cc`: the compiler as a command that can stand in for clang (`make CLANG=purebpf-cc`)."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import NoReturn


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `purebpf-cc ARGUMENTS` (default: those of this process); gives the exit code."""
    from .command import run

    return run(arguments)


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

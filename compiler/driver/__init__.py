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

    from .modules import Bundle


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
    if again(sys.argv[1:]):
        os._exit(0)
    bundle = _bundle()
    if bundle is not None and "-c" in sys.argv:
        bundle.load()
    code = main()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # nobody reads them any more
        pass
    if bundle is not None:
        bundle.keep(whole=code == 0 and "-c" in sys.argv)
    os._exit(code)


def _bundle() -> Bundle | None:
    """Where this process finds modules, unless it is to use no cache or to leave no compiled code behind."""
    if sys.dont_write_bytecode or "--no-cache" in sys.argv:
        return None
    from ..cache import user_cache
    from .modules import Bundle

    bundle = Bundle(user_cache())
    sys.meta_path.insert(0, bundle)
    return bundle

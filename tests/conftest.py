"""Options and fixtures of all tests."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the golden outputs; read the diff afterwards")


def _kernel_reason() -> str:
    """Why the kernel cannot be used here, or ""."""
    if os.geteuid() != 0:
        return "loading programs needs root"
    import ctypes

    from purebpf.runtime.loader.syscall import Command, bpf

    code = ctypes.create_string_buffer(bytes.fromhex("b700000000000000" "9500000000000000"))  # r0 = 0; exit
    license_ = ctypes.create_string_buffer(b"GPL")
    xdp = 6
    attr = struct.pack("=IIQQ", xdp, 2, ctypes.addressof(code), ctypes.addressof(license_)).ljust(72, b"\0")
    try:
        os.close(bpf(Command.PROG_LOAD, attr))
    except OSError as problem:
        return f"bpf(2) loads no programs here: {problem.strerror}"
    return ""


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Commands keep what they learn in a folder of this run, not in the user's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reason = None
    for item in items:
        if item.get_closest_marker("kernel"):
            reason = _kernel_reason() if reason is None else reason
            if reason:
                item.add_marker(pytest.mark.skip(reason=reason))

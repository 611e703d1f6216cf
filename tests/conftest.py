"""Options and fixtures of all tests."""

from __future__ import annotations

import os
import struct

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reason = None
    for item in items:
        if item.get_closest_marker("kernel"):
            reason = _kernel_reason() if reason is None else reason
            if reason:
                item.add_marker(pytest.mark.skip(reason=reason))

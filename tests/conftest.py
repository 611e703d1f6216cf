"""Options and fixtures of all tests."""

from __future__ import annotations

import os

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the golden outputs; read the diff afterwards")


def _kernel_reason() -> str:
    """Why the kernel cannot be used here, or ""."""
    if os.geteuid() != 0:
        return "loading programs needs root"
    try:
        from purebpf.runtime.loader.syscall import Command, bpf
    except ImportError as error:
        return f"no loader: {error}"
    try:
        bpf(Command.MAP_CREATE, b"")
    except OSError as problem:
        import errno

        if problem.errno in (errno.EPERM, errno.ENOSYS):
            return f"bpf(2) is not available here: {problem.strerror}"
    return ""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reason = None
    for item in items:
        if item.get_closest_marker("kernel"):
            reason = _kernel_reason() if reason is None else reason
            if reason:
                item.add_marker(pytest.mark.skip(reason=reason))

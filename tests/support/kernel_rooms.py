"""For kernel tests: a process with network and mounts of its own, veth pairs to a second one, and C made by clang.

Nothing a test does in there is seen outside, and all of it is gone when the process ends, however it ends.
"""

from __future__ import annotations

import ctypes
import functools
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from purebpf.compiler.object.model import Object
from purebpf.compiler.object.read import read_object

INCLUDE = Path(__file__).resolve().parents[2] / "stdlib" / "include"
_NEWNS, _NEWNET = 0x20000, 0x40000000
_REC, _PRIVATE = 0x4000, 0x40000


def isolated(test: Callable[..., None]) -> Callable[..., None]:
    """Run the test in a child process with its own network and mount namespaces; its failure is the test's."""

    @functools.wraps(test)
    def run(*arguments: object, **named: object) -> None:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            text = ""
            try:
                os.close(reading)
                _unshare()
                test(*arguments, **named)
            except BaseException as problem:
                text = "".join(traceback.format_exception(problem)) or "?"
            finally:
                data = text.encode()
                while data:
                    data = data[os.write(writing, data) :]
                sys.stdout.flush()
                os._exit(1 if text else 0)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            said = pipe.read().decode()
        _, status = os.waitpid(child, 0)
        if "Skipped:" in said:
            pytest.skip(said.rsplit("Skipped:", 1)[1].strip())
        assert not said, said
        assert status == 0

    return run


def _unshare() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEWNS | _NEWNET):
        raise OSError(ctypes.get_errno(), "unshare")
    if libc.mount(b"none", b"/", None, _REC | _PRIVATE, None):
        raise OSError(ctypes.get_errno(), "mount")


def run(*command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """A command's result; the test is skipped if the command is not there."""
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert not check or done.returncode == 0, f"{command}: {done.stderr}"
    return done


@contextmanager
def veth() -> Iterator[list[str]]:
    """`veth0` here (10.9.0.1, fd00::1), joined to `veth1` (10.9.0.2, fd00::2) in another network: gives the words that run a
    command over there."""
    other = subprocess.Popen(["unshare", "-n", "sleep", "120"])
    try:
        ours = os.readlink("/proc/self/ns/net")
        for _ in range(500):
            if os.readlink(f"/proc/{other.pid}/ns/net") != ours:
                break
            time.sleep(0.01)
        there = ["nsenter", "-t", str(other.pid), "-n"]
        run("ip", "link", "add", "veth0", "type", "veth", "peer", "name", "veth1", "netns", str(other.pid))
        for prefix, name, number in (([], "veth0", 1), (there, "veth1", 2)):
            run(*prefix, "ip", "addr", "add", f"10.9.0.{number}/24", "dev", name)
            run(*prefix, "ip", "addr", "add", f"fd00::{number}/64", "dev", name, "nodad")
            run(*prefix, "ip", "link", "set", name, "up")
        run("ip", "link", "set", "lo", "up")
        yield there
    finally:
        other.kill()
        other.wait()


def answers(there: list[str], address: str = "10.9.0.1") -> bool:
    """True if a ping from over there is answered."""
    return run(*there, "ping", "-c", "1", "-W", "1", address, check=False).returncode == 0


@functools.cache
def compiled(text: str, *flags: str) -> Object:
    """The object that clang makes of C text with our headers."""
    if not shutil.which("clang-19"):
        pytest.skip("clang-19 is not installed")
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "t.c", Path(folder) / "t.o"
        source.write_text(text)
        command = ["clang-19", "-target", "bpf", "-mcpu=v3", "-O2", "-g", "-nostdinc", f"-I{INCLUDE}", *flags, "-c"]
        subprocess.run([*command, str(source), "-o", str(out)], check=True, timeout=60)
        return read_object(out, "t.o")

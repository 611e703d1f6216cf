"""`purebpf load` as a user runs it: attach, events, maps, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from kernel_rooms import answers, isolated, veth

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / ".src")}

pytestmark = pytest.mark.kernel


def start(*arguments: str) -> subprocess.Popen[str]:
    """`purebpf load ARGUMENTS`, once it says that it is attached."""
    command = [sys.executable, "-m", "purebpf.runtime.cli", "load", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)
    assert process.stderr is not None
    line = process.stderr.readline()
    assert "Ctrl-C ends" in line, line + process.stderr.read()
    return process


def stop(process: subprocess.Popen[str], how: int = signal.SIGTERM) -> str:
    """End it; what it printed."""
    process.send_signal(how)
    out, problems = process.communicate(timeout=30)
    assert process.returncode == 0, problems
    return out


def test_opensnoop_prints_the_open_of_a_file(tmp_path: Path) -> None:
    wanted = tmp_path / "opened by the test"
    process = start(str(EXAMPLES / "opensnoop" / "opensnoop.bpf.c"))
    wanted.write_text("x")
    printed = ""
    assert process.stdout is not None
    for line in process.stdout:
        printed = line
        if f"filename={wanted}" in line:
            break
    stop(process, signal.SIGINT)
    assert printed.startswith("events: ")
    assert f"pid={os.getpid()} " in printed


def test_it_ends_by_itself_and_prints_the_maps() -> None:
    command = [sys.executable, "-m", "purebpf.runtime.cli", "load", str(EXAMPLES / "opensnoop" / "opensnoop.bpf.c")]
    done = subprocess.run([*command, "--for", "300ms"], capture_output=True, text=True, env=ENVIRONMENT, timeout=60)
    assert done.returncode == 0, done.stderr
    assert ".bss" in done.stdout


@isolated
def test_the_firewall_drops_a_blocked_source_and_passes_others() -> None:
    with veth() as there:
        assert answers(there)
        process = start(
            str(EXAMPLES / "firewall" / "firewall.bpf.c"), "--attach", "xdp:veth0", "--set", "blocked_v4[10.9.0.2/32]=0"
        )
        assert not answers(there)
        assert answers(there, "fd00::1")
        printed = stop(process)
        assert "10.9.0.2/32: 1" in printed
        assert answers(there)


@isolated
def test_traffic_counts_equal_what_was_sent() -> None:
    with veth() as there:
        process = start(
            str(EXAMPLES / "traffic" / "traffic.bpf.c"), "--prog", "count_ingress", "--attach", "tcx-ingress:veth0"
        )
        for _ in range(3):
            assert answers(there)
        printed = stop(process)
    pings = [line for line in printed.splitlines() if "protocol: 1," in line or "protocol: 1}" in line]
    # three ICMP echoes of 14 + 20 + 8 + 56 bytes
    assert any("packets: 3" in line and "bytes: 294" in line for line in pings), printed


def test_what_cannot_be_attached_says_why() -> None:
    command = [sys.executable, "-m", "purebpf.runtime.cli", "load", str(EXAMPLES / "firewall" / "firewall.bpf.c")]
    cases = {
        (): "needs a target",
        ("--attach", "xdp:nosuchdev0"): "no network interface 'nosuchdev0'",
        ("--attach", "xpd:lo"): "not KIND:TARGET",
        ("--attach", "tracepoint:syscalls/sys_enter_openat"): "no program here is of that kind",
        ("--for", "soon", "--attach", "xdp:lo"): "not a time",
        ("--set", "nomap[1]=2", "--attach", "xdp:lo"): "there is no map 'nomap'",
    }
    for arguments, reason in cases.items():
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, env=ENVIRONMENT, timeout=60)
        assert done.returncode in (1, 2), arguments
        assert reason in done.stderr
        assert "fix:" in done.stderr
        assert "Traceback" not in done.stderr

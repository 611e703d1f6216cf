"""The examples without a kernel: the firewall gives each packet the verdict that was written down for it."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import purebpf
from purebpf.runtime.vm import Machine

ROOT = Path(__file__).resolve().parents[2]
FIREWALL = ROOT / "examples" / "firewall"


def script(name: str) -> ModuleType:
    """A Python file of the firewall example as a module."""
    spec = importlib.util.spec_from_file_location(f"example_{name}", FIREWALL / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


firewall, make_pcap = script("firewall"), script("make_pcap")
PACKETS = make_pcap.packets()


def test_the_capture_is_what_the_script_writes() -> None:
    frames = [frame for _, _, frame in PACKETS]
    assert firewall.read_pcap(FIREWALL / "traffic.pcap") == frames
    assert (FIREWALL / "traffic.pcap").read_bytes() == make_pcap.pcap(frames)


@pytest.fixture(scope="module")
def compiled() -> purebpf.Object:
    return purebpf.compile_file(FIREWALL / "firewall.bpf.c")


@pytest.mark.parametrize(("words", "verdict", "frame"), PACKETS, ids=[words for words, _, _ in PACKETS])
def test_the_firewall_judges_a_packet_as_written_down(
    compiled: purebpf.Object, words: str, verdict: str, frame: bytes
) -> None:
    machine = Machine(compiled)
    firewall.set_rules(machine.maps)
    run = machine.run("firewall", packet=frame)
    assert run.action == ("XDP_DROP" if verdict.startswith("DROPPED") else "XDP_PASS"), words
    assert run.packet == frame
    counted = {
        name: (sum(c["packets"] for c in machine.maps["verdicts"][i]), sum(c["bytes"] for c in machine.maps["verdicts"][i]))
        for i, name in enumerate(firewall.VERDICTS)
    }
    assert counted == {name: (1, len(frame)) if name == verdict else (0, 0) for name in firewall.VERDICTS}


def test_the_firewall_prints_what_its_readme_shows() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / ".src")}
    command = [sys.executable, str(FIREWALL / "firewall.py")]
    result = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith((FIREWALL / "expected.txt").read_text())


def test_a_capture_that_is_none_is_refused_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "no.pcap").write_bytes(b"not a capture")
    with pytest.raises(SystemExit, match="not a pcap file"):
        firewall.read_pcap(tmp_path / "no.pcap")

"""The examples in the kernel: loaded by bpftool, run as a user runs them."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import purebpf
from purebpf.compiler.object.read import read_object
from purebpf.compiler.object.write import write_object
from purebpf.runtime.loader import load

pytestmark = pytest.mark.kernel
ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
CLANG = shutil.which("clang-19") or shutil.which("clang")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / ".src")}


def script(example: str, name: str) -> ModuleType:
    """A Python file of an example as a module."""
    spec = importlib.util.spec_from_file_location(f"kernel_{name}", EXAMPLES / example / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def made_by(compiler: str, example: str, folder: Path) -> Path:
    """The example's object file, by us or by clang."""
    source, made = EXAMPLES / example / f"{example}.bpf.c", folder / f"{example}.o"
    if compiler == "purebpf":
        made.write_bytes(write_object(purebpf.compile_file(source)))
        return made
    if CLANG is None:
        pytest.skip("clang is not installed")
    include = ROOT / "stdlib" / "include"
    flags = ["-O2", "-g", "-target", "bpf", "-mcpu=v3", "-nostdinc", f"-I{include}"]
    subprocess.run([CLANG, *flags, "-c", str(source), "-o", str(made)], check=True, timeout=60)
    return made


@pytest.mark.parametrize("compiler", ["purebpf", "clang"])
def test_the_kernel_judges_packets_as_written_down(compiler: str, tmp_path: Path) -> None:
    firewall, make_pcap = script("firewall", "firewall"), script("firewall", "make_pcap")
    with load(read_object(str(made_by(compiler, "firewall", tmp_path)))) as loaded:
        firewall.set_rules(loaded.maps)
        for words, verdict, frame in make_pcap.packets():
            before = [sum(c["packets"] for c in loaded.maps["verdicts"][i]) for i in range(5)]
            run = loaded.programs["firewall"].test_run(frame)
            after = [sum(c["packets"] for c in loaded.maps["verdicts"][i]) for i in range(5)]
            counted = [firewall.VERDICTS[i] for i in range(5) if after[i] != before[i]]
            action = "XDP_DROP" if verdict.startswith("DROPPED") else "XDP_PASS"
            assert (counted, firewall.ACTIONS[run.retval]) == ([verdict], action), words


@pytest.mark.skipif(shutil.which("bpftool") is None, reason="bpftool is not installed")
@pytest.mark.parametrize("compiler", ["purebpf", "clang"])
@pytest.mark.parametrize("example", ["firewall", "opensnoop", "traffic"])
def test_bpftool_loads_them(example: str, compiler: str, tmp_path: Path) -> None:
    made = made_by(compiler, example, tmp_path)
    pins = tmp_path / "pins"
    pins.mkdir()
    commands = f"mount -t bpf none {pins} && exec bpftool prog loadall {made} {pins}/programs"
    result = subprocess.run(["unshare", "-m", "sh", "-c", commands], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr


CHECK = re.compile(r"\t+if \(\(void \*\)\(\w+ \+ 1\) > cursor->end\)\n\t+return DROPPED_MALFORMED;\n")
FIREWALL = (EXAMPLES / "firewall" / "firewall.bpf.c").read_text()


@pytest.mark.parametrize("number", range(len(CHECK.findall(FIREWALL))))
def test_the_kernel_refuses_the_firewall_without_one_of_its_bounds_checks(number: int, tmp_path: Path) -> None:
    check = list(CHECK.finditer(FIREWALL))[number]
    source = tmp_path / "firewall.bpf.c"
    source.write_text(FIREWALL[: check.start()] + FIREWALL[check.end() :])
    with pytest.raises(purebpf.PurebpfError, match="offset is outside of the packet") as refused:
        load(purebpf.compile_file(source))
    # the place is one that reads through the pointer that was checked; the loads of both ports are one instruction
    pointer = check[0].split("(")[3].split()[0]
    line = source.read_text().splitlines()[int(str(refused.value).split(":")[1]) - 1]
    same = {"tcp", "udp"} if pointer in ("tcp", "udp") else {pointer}
    assert any(f"{name}->" in line for name in same), str(refused.value)


def start(*arguments: str, network: int | None = None) -> subprocess.Popen[str]:
    """A Python program of an example, in the network namespace of a process if one is named; its first line is waited for."""
    within = [] if network is None else ["nsenter", "-t", str(network), "-n"]
    process = subprocess.Popen(
        [*within, sys.executable, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=ENVIRONMENT
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


def finish(process: subprocess.Popen[str]) -> str:
    process.terminate()
    return process.communicate(timeout=30)[0]


def test_opensnoop_prints_the_open_of_a_file(tmp_path: Path) -> None:
    wanted = tmp_path / "opened by a test"
    process = start(str(EXAMPLES / "opensnoop" / "opensnoop.py"), "--pid", str(os.getpid()))
    wanted.write_text("x")
    time.sleep(0.5)
    printed = finish(process)
    lines = [line.split(None, 3) for line in printed.splitlines()]
    assert [os.getpid(), str(wanted)] in [[int(line[0]), line[3]] for line in lines if len(line) == 4], printed
    assert {line[0] for line in lines} == {str(os.getpid())}


def tell(command: str) -> None:
    subprocess.run(command.split(), check=True, capture_output=True, timeout=30)


@pytest.mark.skipif(not all(map(shutil.which, ("ip", "ping", "nsenter", "unshare"))), reason="needs iproute2, ping, util-linux")
class TestOnTheWire:
    """Two network namespaces with a veth pair between them: near is 10.77.0.1, far 10.77.0.2."""

    @pytest.fixture
    def near(self) -> Iterator[int]:
        """The process whose namespace is the near end."""
        holders = [subprocess.Popen(["unshare", "-n", "sleep", "60"]) for _ in range(2)]
        try:
            time.sleep(0.3)
            near, far = (holder.pid for holder in holders)
            tell(f"nsenter -t {near} -n ip link add near type veth peer name far netns {far}")
            for pid, name, number in ((near, "near", 1), (far, "far", 2)):
                tell(f"nsenter -t {pid} -n sysctl -q -w net.ipv6.conf.{name}.disable_ipv6=1")
                tell(f"nsenter -t {pid} -n ip address add 10.77.0.{number}/24 dev {name}")
                tell(f"nsenter -t {pid} -n ip link set {name} up")
            yield near
        finally:
            for holder in holders:
                holder.kill()
                holder.wait()

    @staticmethod
    def ping(near: int) -> int:
        """How many of 3 pings come back."""
        command = f"nsenter -t {near} -n ping -c 3 -i 0.05 -W 1 -s 100 10.77.0.2"
        words = subprocess.run(command.split(), capture_output=True, text=True, timeout=30).stdout
        return int(words.split(" received")[0].split()[-1])

    def test_traffic_counts_what_was_sent(self, near: int) -> None:
        process = start(str(EXAMPLES / "traffic" / "traffic.py"), "near", network=near)
        assert self.ping(near) == 3
        printed = finish(process)
        words = [line.split() for line in printed.splitlines() if line.startswith("near")]
        rows = {tuple(row[1:-2]): tuple(map(int, row[-2:])) for row in words}
        # Ethernet, IPv4, ICMP, data
        assert rows["out", "IPv4", "ICMP"] == (3, 3 * (14 + 20 + 8 + 100)), printed
        assert rows["in", "IPv4", "ICMP"] == rows["out", "IPv4", "ICMP"]
        total = next(line.split()[1:] for line in printed.splitlines() if line.startswith("total"))
        assert [int(word) for word in total] == [sum(row[i] for row in rows.values()) for i in (0, 1)]

    def test_the_firewall_drops_a_blocked_source_and_passes_others(self, near: int, tmp_path: Path) -> None:
        assert self.ping(near) == 3
        guard = tmp_path / "guard.py"
        for blocked, answers in (("10.77.0.2/32", 0), ("10.77.0.3/32", 3)):
            guard.write_text(
                f"import sys; sys.path.insert(0, {str(EXAMPLES / 'firewall')!r})\n"
                f"import firewall; firewall.BLOCKED_V4 = ({blocked!r},)\n"
                "import purebpf\nfirewall.guard(purebpf.compile_file(firewall.HERE / 'firewall.bpf.c'), 'near')\n"
            )
            process = start(str(guard), network=near)
            assert self.ping(near) == answers
            printed = finish(process)
            assert f"{blocked:20} {3 - answers:7}" in printed
        assert self.ping(near) == 3

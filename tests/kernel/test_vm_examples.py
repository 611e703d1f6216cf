"""The examples, compiled by us and by clang, on random packets: verdicts, packets and maps as in the kernel."""

from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import purebpf as bpf
from purebpf.compiler.object.model import Object
from purebpf.compiler.object.read import read_object
from purebpf.runtime.loader.load import load
from purebpf.runtime.loader.maps import possible_cpus
from purebpf.runtime.vm import Machine

pytestmark = pytest.mark.kernel

ROOT = Path(__file__).resolve().parents[2]
CASES = [("firewall", "firewall"), ("traffic", "count_ingress"), ("traffic", "count_egress")]


def by_us(source: Path, _: Path) -> Object:
    return bpf.compile_file(source)


def by_clang(source: Path, folder: Path) -> Object:
    if not shutil.which("clang-19"):
        pytest.skip("clang-19 is not installed")
    made = folder / "x.o"
    include = ROOT / "stdlib" / "include"
    subprocess.run(
        ["clang-19", "-O2", "-g", "-target", "bpf", "-mcpu=v3", "-nostdinc", "-I", include, "-c", source, "-o", made],
        check=True, timeout=60,
    )  # fmt: skip
    return read_object(made)


def random_packet(rnd: random.Random) -> bytes:
    """Mostly well-formed IPv4 and IPv6 in up to three VLAN tags, cut somewhere now and then."""
    out = rnd.choice([b"\0", b"\1", b"\xff", b"\2"]) * 6 + rnd.randbytes(6)
    for _ in range(rnd.choice([0, 0, 0, 1, 2, 3])):
        out += rnd.choice([b"\x81\x00", b"\x88\xa8"]) + rnd.randbytes(2)
    protocol = rnd.choice([6, 17, 17, 6, 1, 58, 0, 44])
    ports = rnd.choice([b"\0\x17", b"\x07\x6c", b"\0\x50", rnd.randbytes(2)])
    layer4 = rnd.randbytes(2) + ports + rnd.randbytes(rnd.choice([0, 4, 16, 16, 40]))
    if rnd.random() < 0.55:
        words = rnd.choice([5, 5, 5, 6, 15, 4])
        header = bytes([rnd.choice([0x40, 0x40, 0x40, 0x50]) | words, 0]) + (words * 4 + len(layer4)).to_bytes(2, "big")
        header += rnd.choice([bytes(2), b"\x20\x00", b"\x00\x10"]) + bytes(2) + bytes([64, protocol, 0, 0])
        header += rnd.choice([bytes([203, 0, 113, 9]), bytes([198, 51, 100, 7]), rnd.randbytes(4)]) + rnd.randbytes(4)
        out += b"\x08\x00" + header + bytes(max(words - 5, 0) * 4) + layer4
    elif rnd.random() < 0.85:
        header = bytes([0x60, 0, 0, 0]) + len(layer4).to_bytes(2, "big") + bytes([protocol, 64])
        header += rnd.choice([bytes.fromhex("20010db80bad"), rnd.randbytes(6)]) + rnd.randbytes(26)
        out += b"\x86\xdd" + header + layer4
    else:
        out += rnd.randbytes(rnd.choice([2, 30, 100]))
    return out[: rnd.randrange(14, len(out) + 1)] if rnd.random() < 0.25 else out


def set_rules(maps: Any) -> None:
    for name, key, value in (
        ("blocked_v4", "203.0.113.0/24", 0), ("blocked_v4", "198.51.100.7/32", 0), ("blocked_v6", "2001:db8:bad::/48", 0),
        ("blocked_ports", bytes([0, 23, 6, 0]), 0), ("blocked_ports", bytes([0x07, 0x6C, 17, 0]), 0),
    ):  # fmt: skip
        if name in maps:
            maps[name][key] = value


def contents(maps: Any, name: str) -> list[str]:
    """Per-CPU values are added up: the kernel may run on any CPU."""

    def plain(value: Any) -> Any:
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return {key: sum(item[key] for item in value) for key in value[0]}
        return value

    return sorted(f"{key} {plain(value)}" for key, value in maps[name].items())


@pytest.mark.parametrize("compiler", [by_us, by_clang])
@pytest.mark.parametrize(("example", "program"), CASES)
def test_examples_do_the_same_in_machine_and_kernel(compiler: Any, example: str, program: str, tmp_path: Path) -> None:
    obj = compiler(ROOT / "examples" / example / f"{example}.bpf.c", tmp_path)
    rnd = random.Random(program)
    machine = Machine(obj, cpus=possible_cpus())
    with load(obj) as loaded:
        set_rules(machine.maps)
        set_rules(loaded.maps)
        run = 0
        for _ in range(600):
            packet = random_packet(rnd)
            try:
                theirs = loaded.programs[program].test_run(packet)
            except bpf.PurebpfError:
                continue  # test runs of socket buffers refuse some malformed packets
            ours = machine.run(program, packet=packet)
            assert (ours.retval, ours.packet) == (theirs.retval, theirs.packet), packet.hex()
            run += 1
        assert run > 300
        for name in loaded.maps:
            assert contents(machine.maps, name) == contents(loaded.maps, name)

"""Big-endian objects in a big-endian kernel: random programs and the examples on s390x, under qemu.

usage: python benchmarks/big_endian.py VMLINUZ LIBRARIES [PROGRAMS]

VMLINUZ is Debian's for s390x (linux-image-6.12.95+deb12-s390x of bookworm-backports, dpkg-deb -x), LIBRARIES the folder where
libbpf-dev, libelf-dev and zlib1g-dev for s390x are unpacked. Needs qemu-system-s390x, qemu-s390x (package qemu-user) and
s390x-linux-gnu-gcc. PROGRAMS random programs (tests/property, default 100) are compiled with -target bpfeb: what gcc's code
for s390x makes of some packets is what the bundled machine and the kernel must make of them. Those that call bpf_loop() are
for the bundled machine alone, as Debian's kernels for s390x have no JIT, which callbacks need. The examples must load there;
the firewall must do with packets what it does in the bundled machine. Exit code 1 if something differs.
"""

from __future__ import annotations

import argparse
import struct
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import guest
from corpus import ROOT

sys.path.insert(0, str(ROOT / ".src"))
sys.path.insert(0, str(ROOT / "tests/property"))

from cgen import Program, native_text, random_inputs, random_program
from differ import in_machine

from purebpf.compiler.api import Options, compile, compile_file
from purebpf.compiler.object.write import write_object
from purebpf.compiler.preprocess import PreprocessOptions
from purebpf.compiler.target import Target
from purebpf.runtime.vm import Machine

GCC = ["s390x-linux-gnu-gcc", "-O1", "-fwrapv", "-fno-strict-aliasing", "-fsigned-char", "-static", "-w"]
INPUTS, BATCH = 4, 25
EXAMPLES = ("firewall", "opensnoop", "traffic")
# Ethernet, IPv4 (TCP and UDP, from 10.0.0.1 and 192.0.2.7 to 10.0.0.2), IPv6, ARP
ETHERNET = bytes(12)
IP = ETHERNET + b"\x08\x00"
IPV4 = bytes.fromhex("4500002800010000400600000a0000010a000002")
PACKETS = [
    IP + IPV4 + struct.pack(">HH", 40000, 80) + bytes(40),
    IP + IPV4 + struct.pack(">HH", 40000, 23) + bytes(40),
    IP + IPV4[:9] + b"\x11" + IPV4[10:12] + b"\xc0\0\2\7" + IPV4[16:] + struct.pack(">HH", 9, 53) + bytes(40),
    ETHERNET + b"\x86\xdd" + bytes(80),
    ETHERNET + b"\x08\x06" + bytes(60),
]


def native(folder: Path, programs: list[Program]) -> list[list[bytes]]:
    """What gcc's code for s390x makes of each program's packets."""
    source, made = folder / "native.c", folder / "native"
    inputs = [random_inputs(program.seed, INPUTS) for program in programs]
    source.write_text(native_text(programs))
    subprocess.run([*GCC, "-o", made, source], check=True, stderr=subprocess.DEVNULL)
    records = [struct.pack(">II", number, len(data)) + data for number, packets in enumerate(inputs) for data in packets]
    out = subprocess.run(["qemu-s390x", made], input=b"".join(records), check=True, capture_output=True).stdout
    results: list[list[bytes]] = []
    at = 0
    for packets in inputs:
        results.append([])
        for data in packets:
            results[-1].append(out[at : at + len(data)])
            at += len(data)
    return results


def write_packets(path: Path, packets: list[bytes]) -> None:
    """As guest/init.c reads them."""
    path.with_suffix(".packets").write_bytes(b"".join(struct.pack(">I", len(data)) + data for data in packets))


def main(arguments: list[str]) -> int:
    """Prints what differs, and the figures."""
    parser = argparse.ArgumentParser(usage="big_endian.py VMLINUZ LIBRARIES [PROGRAMS]")
    parser.add_argument("vmlinuz", type=Path)
    parser.add_argument("libraries", type=Path)
    parser.add_argument("programs", type=int, nargs="?", default=100)
    options = parser.parse_args(arguments)
    figures: Counter[str] = Counter()
    expected: dict[str, list[bytes]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for low in range(0, options.programs, BATCH):
            programs = [random_program(seed) for seed in range(low, min(low + BATCH, options.programs))]
            for program, results in zip(programs, native(folder, programs), strict=True):
                obj = compile(program.bpf, "random.c", Options(target=Target(program.cpu, big_endian=True)))
                packets = random_inputs(program.seed, INPUTS)
                figures["random programs"] += 1
                figures["same in the bundled machine"] += in_machine(obj, packets) == results
                if "repeat(" in program.text:
                    continue
                path = folder / f"random{program.seed}.o"
                path.write_bytes(write_object(obj))
                write_packets(path, packets)
                expected[path.name] = results
        for example in EXAMPLES:
            preprocess = PreprocessOptions(macros=[("D", "__TARGET_ARCH_s390")])
            obj = compile_file(ROOT / f"examples/{example}/{example}.bpf.c", Options(preprocess, Target(big_endian=True)))
            path = folder / f"{example}.o"
            path.write_bytes(write_object(obj))
            if example == "firewall":
                write_packets(path, PACKETS)
                machine = Machine(obj)
                expected[path.name] = [data for data in (machine.run("", packet=packet).packet for packet in PACKETS) if data]
        objects = sorted([*folder.glob("*.o"), *folder.glob("*.packets")])
        lines = guest.boot(options.vmlinuz, objects, "", 1200, guest.s390x(options.libraries))
    wrong = 0
    got: dict[str, list[bytes]] = {}
    for words in lines:
        match words:
            case ["LOAD", file, _, "0"]:
                figures["programs of the examples loaded" if file[:-2] in EXAMPLES else "random programs loaded"] += 1
            case ["LOAD", file, program, code]:
                print(f"{file} {program}: errno {code}")
                wrong += 1
            case ["PACKET", file, _, data]:
                got.setdefault(file, []).append(bytes.fromhex(data))
    for file, results in expected.items():
        if got.get(file) == results:
            figures["same in the kernel, with the firewall"] += 1
        else:
            print(f"{file}: the kernel differs")
            wrong += 1
    for what, count in figures.items():
        print(f"{count:5} {what}")
    return int(bool(wrong) or figures["same in the bundled machine"] != figures["random programs"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

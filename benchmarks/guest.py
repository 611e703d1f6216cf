"""Objects in another kernel: boots it under qemu (no KVM needed) and loads every program of every object there.

usage: python benchmarks/guest.py VMLINUZ OBJECT.o ... [--append "kernel arguments"]

For attach types that the running kernel does not let anyone load (fentry, LSM, freplace), and for older kernels. VMLINUZ is
a distribution's kernel with BTF (Debian: apt-get download linux-image-...-cloud-amd64; dpkg-deb -x). Needs gcc,
qemu-system-x86_64 and the static libraries of libbpf, libelf and zlib. Prints a line a program: file, program, "ok" or the
errno's name. Exit code 1 if a program does not load.
"""

from __future__ import annotations

import argparse
import errno
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent


def cpio(files: dict[str, tuple[int, bytes]]) -> bytes:
    """An archive in the "newc" format that the kernel unpacks (Documentation/driver-api/early-userspace/buffer-format.rst).

    `files`: path -> (mode with type, contents).
    """
    out = bytearray()
    for number, (name, (mode, data)) in enumerate({**files, "TRAILER!!!": (0, b"")}.items(), 1):
        fields = [number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0]
        out += b"070701" + b"".join(b"%08X" % value for value in fields) + name.encode() + b"\0"
        out += bytes(-len(out) % 4)
        out += data
        out += bytes(-len(out) % 4)
    return bytes(out)


def initramfs(init: bytes, objects: list[Path]) -> bytes:
    """What the guest boots into."""
    directory, program, file = 0o040755, 0o100755, 0o100644
    files = {"init": (program, init), "objects": (directory, b""), "dev": (directory, b"")}
    files |= {f"objects/{path.name}": (file, path.read_bytes()) for path in objects}
    return cpio(files)


def run(vmlinuz: Path, objects: list[Path], append: str = "", timeout: int = 600) -> list[tuple[str, str, int]]:
    """(file, program, errno or 0) for each program, as the guest kernel has it. Raises RuntimeError if it does not boot."""
    lines = boot(vmlinuz, objects, append, timeout)
    return [(words[1], words[2], int(words[3])) for words in lines if len(words) == 4 and words[0] == "LOAD"]


def data(vmlinuz: Path, objects: list[Path], timeout: int = 600) -> dict[tuple[str, str], bytes]:
    """(file, program) -> its .bss after a run, for raw_tp programs that load and run."""
    lines = boot(vmlinuz, objects, "guest_run=1", timeout)
    return {(words[1], words[2]): bytes.fromhex(words[3]) for words in lines if len(words) == 4 and words[0] == "DATA"}


class Machine(NamedTuple):
    """What a guest's kernel needs: an emulator with its options, a console, a compiler with its options."""

    emulator: tuple[str, ...]
    console: str
    compiler: tuple[str, ...]


X86_64 = Machine(("qemu-system-x86_64",), "ttyS0", ("gcc",))


def s390x(libraries: Path) -> Machine:
    """`libraries`: where Debian's packages libbpf-dev, libelf-dev and zlib1g-dev for s390x are unpacked."""
    folder, headers = libraries / "usr/lib/s390x-linux-gnu", libraries / "usr/include"
    compiler = ("s390x-linux-gnu-gcc", "-isystem", str(headers), "-L", str(folder))
    return Machine(("qemu-system-s390x", "-M", "s390-ccw-virtio"), "ttysclp0", compiler)


def boot(vmlinuz: Path, objects: list[Path], append: str, timeout: int, machine: Machine = X86_64) -> list[list[str]]:
    """The words of each line that the guest prints. Raises RuntimeError if it does not come to its end."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        init = [str(HERE / "guest" / "init.c"), "-o", str(folder / "init")]
        build = [*machine.compiler, "-O2", "-static", *init, "-lbpf", "-lelf", "-lz"]
        subprocess.run(build, check=True)
        archive = folder / "initramfs"
        archive.write_bytes(initramfs((folder / "init").read_bytes(), objects))
        arguments = f"console={machine.console} quiet panic=-1 lsm=bpf {append}"
        command = [*machine.emulator, "-cpu", "max", "-m", "1024", "-smp", "1", "-nographic", "-no-reboot", "-kernel",
                   str(vmlinuz), "-initrd", str(archive), "-append", arguments]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=timeout,
                              stdin=subprocess.DEVNULL)  # fmt: skip
    lines = [line.split() for line in done.stdout.splitlines()]
    if ["DONE"] not in lines:
        raise RuntimeError(f"the guest ended early:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return lines


def main(arguments: list[str]) -> int:
    """Print what loads."""
    parser = argparse.ArgumentParser(usage="guest.py VMLINUZ OBJECT.o ... [--append ARGUMENTS]")
    parser.add_argument("vmlinuz", type=Path)
    parser.add_argument("objects", nargs="+", type=Path)
    parser.add_argument("--append", default="")
    options = parser.parse_args(arguments)
    found = run(options.vmlinuz, options.objects, options.append)
    for file, program, result in found:
        print(f"{file}  {program}  {f'{errno.errorcode.get(result, result)} {os.strerror(result)}' if result else 'ok'}")
    return int(any(result for _, _, result in found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Any folder of BPF programs beside clang: what compiles, what the running kernel takes, how large, how fast; one table.

usage: python benchmarks/corpus.py DIR|FILE.c ... [options] [-- FLAGS]

    --cpu 1,2,3,4     the -mcpu to load with (default 3; a program counts as taken if the kernel takes it at one of them)
    --tokens          compare the preprocessor's tokens with those of clang -E as well
    --no-load         do not ask the kernel (that needs root and libbpf.so.1)
    --runs N          compiles to take the median time of (default 1)
    --keep DIR        keep both objects there
    --guest VMLINUZ   load what the running kernel does not take from clang in this one as well (see guest.py)
    -- FLAGS          for both compilers: -I, -D, -include ...; %d is the folder of the file

Files that clang 19 refuses are listed and not counted. Every program of an object is loaded alone, by libbpf, with the
other programs of that object left out. Times are of the whole process; ratios are ours / clang's, below 1 is better.
Exit code 1 if we refuse a file that clang compiles, or the kernel refuses a program of ours whose twin it takes.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / ".src"))

from purebpf.compiler.object.read import read_object  # noqa: E402

CLANG = ["clang-19", "-O2", "-g", "-target", "bpf", "-w"]
OURS = [sys.executable, "-c", "from purebpf.compiler.driver import script; script()", "-O2", "-g", "-w"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / ".src")}
# sections that libbpf 1.x does not know; the programs' own loaders set the type (enum bpf_prog_type)
GUESSES = (("xdp", 6), ("tc", 3), ("classifier", 3), ("socket", 1), ("kprobe", 2), ("cgroup", 8))
UNSIZED = frozenset({4, 24, 28, 29, 32})  # enum bpf_map_type: perf event arrays (libbpf sizes them), local storages


@dataclass(slots=True)
class Row:
    """What was found about one file."""

    path: Path
    reason: str = ""  # why it did not compile
    seconds: tuple[float, float] = (0.0, 0.0)  # ours, clang's
    insns: tuple[int, int] = (0, 0)
    taken: tuple[set[str], set[str]] = field(default_factory=lambda: (set(), set()))
    tokens: str = ""
    barred: set[str] = field(default_factory=set)  # programs that the kernel does not take from clang

    @property
    def key(self) -> str:
        """The start of its objects' names: files in different folders may have one name."""
        return f"{self.path.parent.name}.{self.path.stem}"


class Libbpf:
    """libbpf.so.1: loads one program of an object at a time."""

    def __init__(self) -> None:
        self.library = lib = ctypes.CDLL("libbpf.so.1")
        self.messages: list[str] = []
        lib.bpf_object__open_file.restype = lib.bpf_object__next_program.restype = ctypes.c_void_p
        lib.bpf_object__next_map.restype = ctypes.c_void_p
        lib.bpf_program__name.restype = lib.bpf_program__section_name.restype = ctypes.c_char_p
        lib.libbpf_set_print(None)
        self._own_pins()

    @staticmethod
    def _own_pins() -> None:
        """A BPF file system of our own: what an object pins is gone with us."""
        libc = ctypes.CDLL(None, use_errno=True)
        new_namespace, recursive, private = 0x20000, 0x4000, 1 << 18
        if libc.unshare(new_namespace) or libc.mount(b"none", b"/", None, recursive | private, None) or libc.mount(
            b"bpf", b"/sys/fs/bpf", b"bpf", 0, None):  # fmt: skip
            raise SystemExit(f"cannot mount a BPF file system: {os.strerror(ctypes.get_errno())}")

    def programs(self, path: Path) -> list[str]:
        """The names of its programs; [] if libbpf cannot open it."""
        obj = self._open(path)
        if not obj:
            return []
        names = [name for _, name in self._each(obj)]
        self.library.bpf_object__close(ctypes.c_void_p(obj))
        return names

    def load(self, path: Path, name: str) -> int:
        """Load `name` alone: 0 or the errno."""
        obj = self._open(path)
        if not obj:
            return ctypes.get_errno() or 22
        for program, found in self._each(obj):
            self.library.bpf_program__set_autoload(ctypes.c_void_p(program), ctypes.c_bool(found == name))
            if not self.library.bpf_program__type(ctypes.c_void_p(program)):  # a section that old loaders guessed
                section = self.library.bpf_program__section_name(ctypes.c_void_p(program)).decode()
                guess = next((number for start, number in GUESSES if section.startswith(start)), 0)
                self.library.bpf_program__set_type(ctypes.c_void_p(program), guess)
        self._size_maps(obj)
        result = int(self.library.bpf_object__load(ctypes.c_void_p(obj)))
        self.library.bpf_object__unpin_maps(ctypes.c_void_p(obj), None)
        self.library.bpf_object__close(ctypes.c_void_p(obj))
        return -result

    def _size_maps(self, obj: int) -> None:
        """Maps without a size have theirs set by the program's own loader, to the number of CPUs or so."""
        found = None
        while found := self.library.bpf_object__next_map(ctypes.c_void_p(obj), ctypes.c_void_p(found)):
            pointer = ctypes.c_void_p(found)
            if not self.library.bpf_map__max_entries(pointer) and self.library.bpf_map__type(pointer) not in UNSIZED:
                self.library.bpf_map__set_max_entries(pointer, ctypes.c_uint32(64))

    def _open(self, path: Path) -> int:
        found = self.library.bpf_object__open_file(str(path).encode(), None)
        return int(found or 0)

    def _each(self, obj: int) -> list[tuple[int, str]]:
        found, program = [], None
        while True:
            program = self.library.bpf_object__next_program(ctypes.c_void_p(obj), ctypes.c_void_p(program))
            if not program:
                return found
            found.append((program, self.library.bpf_program__name(ctypes.c_void_p(program)).decode()))


def compiled(command: list[str], runs: int) -> tuple[str, float]:
    """("" or the first error, median seconds) of running a compiler."""
    seconds = []
    for run in range(runs):  # each with a macro of its own: ours would know a compile that it has seen before
        start = time.perf_counter()
        done = subprocess.run([*command, f"-D_RUN={run}"], capture_output=True, text=True, errors="replace",
                              env=ENVIRONMENT, timeout=300)  # fmt: skip
        seconds.append(time.perf_counter() - start)
        if done.returncode:
            lines = [line for line in done.stderr.splitlines() if "error" in line] or done.stderr.splitlines()[-1:]
            return (lines or [f"exit code {done.returncode}"])[0], seconds[-1]
    return "", statistics.median(seconds)


def same_tokens(path: Path, flags: list[str]) -> str:
    """"same", or the first difference between our -E and clang's, line markers and layout aside."""
    texts = []
    for command in ([*OURS, "-E", "-P"], [*CLANG, "-E", "-P", "-nostdinc"]):
        extra = [] if command[0] == sys.executable else [f"-idirafter{ROOT / 'stdlib' / 'include'}"]
        done = subprocess.run([*command, *flags, *extra, str(path)], capture_output=True, text=True, errors="replace",
                              env=ENVIRONMENT, timeout=300)  # fmt: skip
        texts.append(done.stdout.split())
    ours, clangs = ("".join(words) for words in texts)
    if ours == clangs:
        return "same"
    at = next((i for i, (a, b) in enumerate(zip(ours, clangs, strict=False)) if a != b), min(len(ours), len(clangs)))
    return f"{ours[max(at - 20, 0) : at + 30]!r} for {clangs[max(at - 20, 0) : at + 30]!r}"


def examine(path: Path, flags: list[str], options: argparse.Namespace, libbpf: Libbpf | None, folder: Path) -> Row | None:
    """Compile and load one file with both; None if clang refuses it."""
    row = Row(path)
    for cpu in options.cpu:
        made = [folder / f"{row.key}.{who}.v{cpu}.o" for who in ("purebpf", "clang")]
        rest = [f"-mcpu=v{cpu}", *flags, "-c", str(path), "-o"]
        problem, clang_seconds = compiled([*CLANG, *rest, str(made[1])], options.runs if cpu == options.cpu[0] else 1)
        if problem:
            return None
        row.reason, seconds = compiled([*OURS, *rest, str(made[0])], options.runs if cpu == options.cpu[0] else 1)
        if cpu == options.cpu[0]:
            row.seconds = (seconds, clang_seconds)
        if row.reason:
            return row
        if cpu == options.cpu[0]:
            sizes = [sum(len(f.insns) for f in read_object(m).functions.values()) for m in made]
            row.insns = (sizes[0], sizes[1])
        if libbpf is not None:
            for name in libbpf.programs(made[1]):
                for which in (1, 0):
                    result = libbpf.load(made[which], name)
                    if result == 0:
                        row.taken[which].add(name)
                    elif which == 1:
                        row.barred.add(name)
        if options.keep is None and options.guest is None:
            for file in made:
                file.unlink()
    if options.tokens:
        row.tokens = same_tokens(path, flags)
    return row


def main(arguments: list[str]) -> int:
    """Print the table."""
    flags = arguments[arguments.index("--") + 1 :] if "--" in arguments else []
    parser = argparse.ArgumentParser(usage="corpus.py DIR|FILE.c ... [options] [-- FLAGS]")
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--cpu", type=lambda text: [int(c) for c in text.split(",")], default=[3])
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--guest", type=Path)
    parser.add_argument("--tokens", action="store_true")
    parser.add_argument("--no-load", action="store_true")
    options = parser.parse_args(arguments[: arguments.index("--")] if "--" in arguments else arguments)
    files = sorted({file for path in options.paths for file in (path.rglob("*.c") if path.is_dir() else [path])})
    libbpf = None if options.no_load or os.geteuid() else Libbpf()
    if libbpf is None and not options.no_load:
        print("not root: nothing is loaded", file=sys.stderr)
    width = max((len(file.name) for file in files), default=4)
    print(f"{'file':<{width}}  {'insns':>6} {'clang':>6} {'ratio':>5}  {'time':>5} {'clang':>5} {'ratio':>5}  taken (clang's)")
    rows, refused = [], []
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(exist_ok=True, parents=True)
        for file in files:
            row = examine(file, [flag.replace("%d", str(file.parent)) for flag in flags], options, libbpf, folder)
            if row is None:
                refused.append(file)
                continue
            rows.append(row)
            print(line(row, width), flush=True)
        if options.guest is not None:
            in_guest(rows, options.guest, folder)
    return summary(rows, refused)


def in_guest(rows: list[Row], vmlinuz: Path, folder: Path) -> None:
    """Load the objects of rows in which the running kernel refuses a program of clang's in a guest kernel, too."""
    import guest

    wanted = {row.key: row for row in rows if row.barred}
    objects = sorted(path for path in folder.glob("*.o") if _key(path.name) in wanted)
    print(f"\nin the guest kernel: {len(objects)} objects", flush=True)
    for file, program, result in guest.run(vmlinuz, objects, timeout=3600):
        if result == 0 and program in wanted[_key(file)].barred:
            wanted[_key(file)].taken[0 if ".purebpf." in file else 1].add(program)
    for row in wanted.values():
        row.barred -= row.taken[0] | row.taken[1]
        print(line(row, 20))


def _key(name: str) -> str:
    return name.split(".purebpf.")[0].split(".clang.")[0]


def line(row: Row, width: int) -> str:
    """A row of the table."""
    if row.reason:
        return f"{row.path.name:<{width}}  REFUSED {row.reason}"
    ours, clangs = row.taken
    lost = sorted(clangs - ours)
    return (
        f"{row.path.name:<{width}}  {row.insns[0]:>6} {row.insns[1]:>6} {row.insns[0] / max(row.insns[1], 1):>5.2f}  "
        f"{row.seconds[0]:>5.2f} {row.seconds[1]:>5.2f} {row.seconds[0] / row.seconds[1]:>5.1f}  {len(ours)} ({len(clangs)})"
        + (f" LOST {', '.join(lost)}" if lost else "")
        + (f" gained {', '.join(sorted(ours - clangs))}" if ours - clangs else "")
        + (f" (refuses {len(row.barred - row.taken[1])})" if row.barred - row.taken[1] else "")
        + (f" TOKENS {row.tokens}" if row.tokens not in ("", "same") else "")
    )


def summary(rows: list[Row], refused: list[Path]) -> int:
    """The totals; the exit code."""
    good = [row for row in rows if not row.reason]
    print(f"\ncompiled: {len(good)} of the {len(rows)} that clang compiles")
    lost = sum(len(row.taken[1] - row.taken[0]) for row in good)
    if good:
        ours, clangs = (sum(len(row.taken[which]) for row in good) for which in (0, 1))
        print(f"programs the kernel takes: {ours} of ours, {clangs} of clang's, {lost} lost; "
              f"{sum(len(row.barred - row.taken[0] - row.taken[1]) for row in good)} taken from neither")  # fmt: skip
        insns = [sum(row.insns[which] for row in good) for which in (0, 1)]
        print(f"insns: {insns[0]} / {insns[1]} = {insns[0] / max(insns[1], 1):.2f}")
        ratios = [row.seconds[0] / row.seconds[1] for row in good]
        print(f"time: median of the ratios {statistics.median(ratios):.2f}")
    if any(row.tokens for row in rows):
        print(f"tokens equal: {sum(row.tokens == 'same' for row in rows)} of {sum(bool(row.tokens) for row in rows)}")
    if refused:
        print(f"left out, because clang refuses them: {', '.join(path.name for path in refused)}")
    return int(lost > 0 or len(good) < len(rows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

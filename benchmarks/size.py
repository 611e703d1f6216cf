"""Code size beside clang's: slots of every function of the given C files (default: the examples), one run, one table.

usage: python benchmarks/size.py [FILE.c ...] [-- CLANG-AND-OUR FLAGS]

Both compile the same text with our headers. A slot is 8 bytes; `lddw` counts two. Slots are counted in the object, before
the loader adds anything. The ratio is ours / clang's: below 1 is smaller.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / ".src"))

from purebpf.compiler.api import Options, compile_file  # noqa: E402
from purebpf.compiler.object.read import read_object  # noqa: E402
from purebpf.compiler.preprocess import PreprocessOptions  # noqa: E402

CLANG = ["clang-19", "-O2", "-g", "-target", "bpf", "-mcpu=v3", "-nostdinc"]


def clang_slots(path: Path, flags: list[str]) -> dict[str, int]:
    """Slots of each function in clang's object."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "clang.o"
        command = [*CLANG, f"-I{ROOT / 'stdlib' / 'include'}", *flags, "-c", str(path), "-o", str(out)]
        subprocess.run(command, check=True)
        return {f.name: len(f.insns) for f in read_object(out).functions.values()}


def our_slots(path: Path, flags: list[str]) -> dict[str, int]:
    """Slots of each function in our object."""
    include = [flag[2:] for flag in flags if flag.startswith("-I")]
    defines = [("D", flag[2:]) for flag in flags if flag.startswith("-D")]
    obj = compile_file(path, Options(PreprocessOptions(include=include, macros=defines)))
    return {f.name: len(f.insns) for f in obj.functions.values()}


def main(arguments: list[str]) -> int:
    """Print the table; 0 if every file compiled with both."""
    if not shutil.which("clang-19"):
        print("size.py compares with clang-19, which is not installed (Debian: apt install clang-19)", file=sys.stderr)
        return 2
    flags = arguments[arguments.index("--") + 1 :] if "--" in arguments else []
    named = arguments[: arguments.index("--")] if "--" in arguments else arguments
    files = [Path(name) for name in named] or sorted((ROOT / "examples").glob("*/*.bpf.c"))
    width = max(len(path.name) for path in files)
    print(f"{'file':<{width}}  {'ours':>6} {'clang':>6} {'ratio':>6}")
    totals = [0, 0]
    for path in files:
        ours, clang = sum(our_slots(path, flags).values()), sum(clang_slots(path, flags).values())
        totals[0] += ours
        totals[1] += clang
        print(f"{path.name:<{width}}  {ours:>6} {clang:>6} {ours / clang:>6.2f}")
    print(f"{'total':<{width}}  {totals[0]:>6} {totals[1]:>6} {totals[0] / totals[1]:>6.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Our loader beside libbpf: which programs of which objects each of them loads into the running kernel, and why not.

usage: python benchmarks/loader_compare.py OBJECT.o|DIR ... [--all]

Every program is loaded alone, by libbpf (libbpf.so.1) and by ours, in a BPF file system of our own; nothing is sized or typed
for the object. Printed are the programs that only one of them loads, by our reason, and the totals; `--all` prints the reasons
why neither loads as well. Needs root. Exit code 1 if libbpf loads a program that we do not.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import sys
from collections import defaultdict
from pathlib import Path

from corpus import ROOT, Libbpf

sys.path.insert(0, str(ROOT / ".src"))

from purebpf.compiler.diagnostics import PurebpfError
from purebpf.compiler.object.read import read_object
from purebpf.runtime.loader import load


class Plain(Libbpf):
    """libbpf as it is."""

    def loads(self, path: Path, name: str) -> int:
        """0 if it loads program `name` alone, else the errno."""
        obj = self._open(path)
        if not obj:
            return ctypes.get_errno() or 22
        for program, found in self._each(obj):
            self.library.bpf_program__set_autoload(ctypes.c_void_p(program), ctypes.c_bool(found == name))
        result = int(self.library.bpf_object__load(ctypes.c_void_p(obj)))
        self.library.bpf_object__unpin_maps(ctypes.c_void_p(obj), None)
        self.library.bpf_object__close(ctypes.c_void_p(obj))
        return -result


def ours(path: Path, name: str) -> str:
    """ "" if our loader loads program `name` alone, else why not."""
    try:
        with load(read_object(path), programs=[name]) as loaded:
            loaded.unpin()
    except PurebpfError as problem:
        lines = str(problem).splitlines()
        return next((line for line in lines if "error" in line), lines[0])
    return ""


def main(arguments: list[str]) -> int:
    """Compare, and print what differs."""
    parser = argparse.ArgumentParser(usage="loader_compare.py OBJECT.o|DIR ... [--all]")
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args(arguments)
    files = sorted({file for path in options.paths for file in (path.rglob("*.o") if path.is_dir() else [path])})
    libbpf = Plain()
    both = 0
    lost: dict[str, list[str]] = defaultdict(list)
    gained, neither = [], []
    for file in files:
        try:
            known = [program.name for program in read_object(file).programs()]
        except PurebpfError:
            known = []
        for name in dict.fromkeys([*libbpf.programs(file), *known]):
            error, reason = libbpf.loads(file, name), ours(file, name)
            who = f"{file.name} {name}"
            if not error and not reason:
                both += 1
            elif not error:
                lost[reason.replace(name, "P")].append(who)
            elif not reason:
                gained.append(f"{who}: {os.strerror(error)}")
            else:
                neither.append(f"{who}: {os.strerror(error)} / {reason}")
    for reason, names in sorted(lost.items(), key=lambda item: -len(item[1])):
        print(f"only libbpf, {len(names)}: {reason}")
        print("".join(f"    {name}\n" for name in names[: None if options.all else 5]), end="")
    print("".join(f"only ours: {line}\n" for line in gained), end="")
    if options.all:
        print("".join(f"neither: {line}\n" for line in neither), end="")
    lacking = sum(map(len, lost.values()))
    print(
        f"{len(files)} objects, programs: {both} both load, {lacking} only libbpf, {len(gained)} only ours, "
        f"{len(neither)} neither"
    )
    return int(lacking > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

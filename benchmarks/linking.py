"""Objects linked by `purebpf link` and by `bpftool gen object` (libbpf's linker), two or three at a time: the same verdict, and
then the same programs, instruction by instruction, the same maps, data and number of types?

    python benchmarks/linking.py FOLDER... [--count 300] [--seed 1]

Objects that belong together by their names (x1, x2 or x, x2) are linked first, then random ones. What differs is printed.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from purebpf.compiler.diagnostics import PurebpfError
from purebpf.compiler.object.core_kinds import TYPE_ID_LOCAL, TYPE_ID_TARGET
from purebpf.compiler.object.link import link
from purebpf.compiler.object.model import Map, Object
from purebpf.compiler.object.program import flatten
from purebpf.compiler.object.read import read_object
from purebpf.compiler.object.write import write_object


def main() -> None:
    """Link, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", metavar="FOLDER")
    parser.add_argument("--count", type=int, default=300, help="random groups of objects (default 300)")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    paths = sorted(path for folder in arguments.folders for path in Path(folder).rglob("*.o"))
    choose = random.Random(arguments.seed)
    groups = _families(paths) + [choose.sample(paths, choose.choice((2, 2, 3))) for _ in range(arguments.count)]
    found: Counter[str] = Counter()
    types = [0, 0]
    for at, group in enumerate(groups):
        if sys.stderr.isatty():
            print(f"\r{at}/{len(groups)}", end="", file=sys.stderr)
        verdict, counts = _compare(group)
        types = [types[0] + counts[0], types[1] + counts[1]]
        found[verdict.partition(":")[0]] += 1
        if verdict not in ("same", "both refuse"):
            print(" + ".join(path.name for path in group), verdict, sep="\n    ", flush=True)
    for verdict, count in found.most_common():
        print(f"{count:6} {verdict}")
    print(f"types: {types[0]}, bpftool {types[1]}: {types[0] / max(types[1], 1):.3f}")


def _families(paths: list[Path]) -> list[list[Path]]:
    """Objects whose names differ by a number only."""
    groups: dict[str, list[Path]] = {}
    for path in paths:
        groups.setdefault(re.sub(r"[12]?((?:[._]bpf)?(?:_c)?(?:\.\w+)?)$", r"\1", path.stem), []).append(path)
    return [group for group in groups.values() if 1 < len(group) < 4]


def _compare(group: list[Path]) -> tuple[str, tuple[int, int]]:
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "linked.o")
        theirs = subprocess.run(["bpftool", "gen", "object", made, *group], capture_output=True, text=True, check=False)
        try:
            objects = [read_object(path) for path in group]
        except PurebpfError as problem:
            return f"cannot be read: {problem.first.message}", (0, 0)
        try:
            ours: Object | None = read_object(write_object(link(objects, "linked.o")))
        except PurebpfError as problem:
            ours, said = None, problem.first.message
        if theirs.returncode:
            said = theirs.stderr.strip().replace("\n", " | ")
            return ("both refuse" if ours is None else f"bpftool refuses: {said}"), (0, 0)
        if ours is None:
            return f"we refuse: {said}", (0, 0)
        try:
            other = read_object(made)
        except PurebpfError as problem:
            return f"we cannot read bpftool's: {problem.first.message}", (0, 0)
    difference = _difference(ours, other)
    return (f"different: {difference}" if difference else "same"), (len(ours.btf or ()), len(other.btf or ()))


def _difference(ours: Object, other: Object) -> str:
    """What differs first, "" if nothing does."""
    programs = sorted(f.name for f in ours.programs()), sorted(f.name for f in other.programs())
    if programs[0] != programs[1]:
        return f"programs {programs}"
    if ours.license != other.license:
        return f"license {ours.license} {other.license}"
    for name, section in ours.data.items():
        if name not in other.data or section.data != other.data[name].data:
            return f"section {name}"
    maps = [sorted(_map(m) for m in obj.maps.values()) for obj in (ours, other)]
    if maps[0] != maps[1]:
        return f"maps {[m for m in zip(*maps, strict=False) if m[0] != m[1]]}"
    for name in programs[0]:
        mine, others = _program(ours, name), _program(other, name)
        for one, two in zip(mine, others, strict=False):
            if one != two:
                return f"{name}: {one} {two}"
        if len(mine) != len(others):
            return f"{name}: {len(mine)} {len(others)} slots"
    return ""


def _map(m: Map) -> tuple[object, ...]:
    name = re.sub(r"[._]\d+$", "", m.name)
    return name, m.type, m.key_size, m.value_size, m.max_entries, m.flags, m.pinning, len(m.values), m.inner is None


def _program(obj: Object, name: str) -> list[object]:
    """What of a program must be equal: instructions, what they refer to, where types stand by name."""
    try:
        flat = flatten(obj, name)
    except PurebpfError as problem:
        return [problem.code]
    assert obj.btf is not None or not flat.core
    core = {r.at: r for r in flat.core}
    rows: list[object] = []
    for at, insn in enumerate(flat.insns):
        row: list[object] = [insn]
        if at in core and obj.btf is not None:
            r = core[at]
            row = [insn._replace(imm=0) if r.kind in (TYPE_ID_LOCAL, TYPE_ID_TARGET) else insn]
            row += [type(obj.btf[r.type_id]).__name__, getattr(obj.btf[r.type_id], "name", ""), r.access, r.kind]
        if at in flat.map_refs:
            ref = flat.map_refs[at]
            row += [re.sub(r"[._]\d+$", "", ref.map), ref.offset]
        if at in flat.externs:
            row += [flat.externs[at].symbol, flat.externs[at].addend]
        rows.append(tuple(row))
    return rows


if __name__ == "__main__":
    main()

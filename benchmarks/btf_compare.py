"""The types in our objects beside those in clang's, type by type: what is missing, what is too many, what is different.

usage: python benchmarks/btf_compare.py OURS.o CLANGS.o
       python benchmarks/btf_compare.py DIR|FILE.c ... [--quiet] [-- FLAGS]      (compiles both; %d is the folder of the file)

Compared, all by name and not by number: every type (members with offsets, enumerators, prototypes with the names of
parameters), functions and variables with their linkage, tags, data sections with what lies where in them, map definitions,
and of .BTF.ext what CO-RE relocations there are in each function, which functions have a record, and whether each line that
is named is that line of the source.

What may differ: numbers and order of types; places in data sections, which clang leaves for the loader to fill in; CO-RE
relocations of code that only one of the two compilers found to be dead or merged. Exit code 1 if anything else does.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from corpus import CLANG, ENVIRONMENT, OURS, ROOT

sys.path.insert(0, str(ROOT / ".src"))

from purebpf.compiler.object import btf as b
from purebpf.compiler.object.model import Function, Object
from purebpf.compiler.object.read import read_object

LINKAGE = {b.STATIC: "static", b.GLOBAL: "global", b.EXTERN: "extern"}


class Texts:
    """Each type of a set as a text that says all about it but its number."""

    def __init__(self, btf: b.Btf) -> None:
        self.btf = btf
        self._open: set[int] = set()

    def name(self, number: int) -> str:
        """What others call it: named types by name, the others by what they are made of."""
        t = self.btf[number]
        match t:
            case b.Void():
                return "void"
            case (
                b.Struct(name=name) | b.Union(name=name) | b.Enum(name=name) | b.Enum64(name=name) | b.Fwd(name=name)
            ) if name:
                return f"{self._word(t)} {name}"
            case b.Typedef(name=name) | b.Int(name=name) | b.Float(name=name):
                return name
            case b.Func(name=name) | b.Var(name=name):
                return f"{type(t).__name__.lower()} {name}"
        return self.whole(number)

    @staticmethod
    def _word(t: b.BtfType) -> str:
        match t:
            case b.Union() | b.Fwd(union=True):
                return "union"
            case b.Enum() | b.Enum64():
                return "enum"
            case _:
                return "struct"

    def whole(self, number: int) -> str:
        """Everything about it."""
        if number in self._open:
            return "..."
        self._open.add(number)
        try:
            return self._whole(self.btf[number])
        finally:
            self._open.discard(number)

    def _whole(self, t: b.BtfType) -> str:
        name = self.name
        match t:
            case b.Int():
                return f"int {t.name} of {t.size}, encoding {t.encoding}, bits {t.bits or t.size * 8} at {t.bit_offset}"
            case b.Float():
                return f"float {t.name} of {t.size}"
            case b.Ptr():
                return f"*({name(t.type)})"
            case b.Const() | b.Volatile() | b.Restrict():
                return f"{type(t).__name__.lower()}({name(t.type)})"
            case b.TypeTag():
                return f"tag({t.name}, {name(t.type)})"
            case b.DeclTag():
                return f"{t.name!r} on {name(t.type)}" + (f", part {t.component}" if t.component >= 0 else "")
            case b.Typedef():
                return f"typedef {t.name} = {name(t.type)}"
            case b.Array():
                return f"({name(t.element)})[{t.count} by {name(t.index)}]"
            case b.Fwd():
                return f"{self._word(t)} {t.name};"
            case b.Struct() | b.Union():
                members = [
                    f"{name(m.type)} {m.name} at {m.bit_offset}" + (f" of {m.bits} bits" if m.bits else "")
                    for m in t.members
                ]
                return f"{self._word(t)} {t.name} of {t.size} {{ {'; '.join(members)} }}"
            case b.Enum() | b.Enum64():
                sign = "signed" if t.signed else "unsigned"
                return f"{type(t).__name__.lower()} {t.name} of {t.size}, {sign} {{ {t.values} }}"
            case b.FuncProto():
                return f"({', '.join(f'{name(p.type)} {p.name}' for p in t.params)}) -> {name(t.result)}"
            case b.Func():
                return f"{LINKAGE.get(t.linkage, t.linkage)} func {t.name}{name(t.type)}"
            case b.Var():
                return f"{LINKAGE.get(t.linkage, t.linkage)} var {t.name}: {name(t.type)}"
            case b.DataSec():
                return f"section {t.name}: " + ", ".join(f"{name(v.type)} at {v.offset} of {v.size}" for v in t.vars)
            case _:
                return type(t).__name__


def facts(obj: Object) -> Counter[str]:
    """What there is to say about an object's types, line by line."""
    found: Counter[str] = Counter()
    btf = obj.btf
    if btf is None:
        return found
    texts = Texts(btf)
    for number, t in btf.items():
        if isinstance(t, b.DataSec):  # in the order of the names: places differ with the order of definition
            for v in t.vars:
                found[f"in {t.name}: {texts.name(v.type)} of {v.size}"] += 1
        else:
            found[texts.whole(number)] += 1
    for m in obj.maps.values():
        inner = m.inner and (m.inner.type, m.inner.key_size, m.inner.value_size, m.inner.max_entries, m.inner.flags)
        types = [texts.name(i) for i in (m.btf_key_id, m.btf_value_id)]
        found[f"map {m.name}: {(m.type, m.key_size, m.value_size, m.max_entries, m.flags, m.pinning, m.map_extra)} "
              f"{types} {inner} {m.values}"] += 1  # fmt: skip
    for f in obj.functions.values():
        record = btf[f.btf_id]
        found[
            f"{f.name} in {f.section} has a record of {texts.name(f.btf_id) if isinstance(record, b.Func) else 'nothing'}"
        ] += 1
    return found


def relocations(obj: Object, function: Function) -> Counter[str]:
    """A function's CO-RE relocations."""
    if obj.btf is None:
        return Counter()
    texts = Texts(obj.btf)
    return Counter(f"{r.kind} {texts.name(r.type_id)} {r.access}" for r in function.core)


def wrong_lines(obj: Object, folder: Path) -> list[str]:
    """Lines whose text is not that of the source file."""
    files: dict[str, list[str]] = {}
    wrong = []
    for function in obj.functions.values():
        for line in function.lines:
            place = line.place
            if place.file not in files:
                path = folder / place.file
                files[place.file] = path.read_text(errors="replace").split("\n") if path.is_file() else []
            lines = files[place.file]
            if lines and (
                not 1 <= place.line <= len(lines) or lines[place.line - 1].rstrip("\r") != place.text.rstrip("\r")
            ):
                wrong.append(f"{function.name}+{line.at}: {place.file}:{place.line} is not {place.text!r}")
    return wrong


def differences(ours: Object, clangs: Object, folder: Path) -> list[str]:
    """What is different, a line each: - is missing in ours, + is too many."""
    found = []
    have, want = facts(ours), facts(clangs)
    found += [f"- {text}" for text in (want - have).elements()]
    found += [f"+ {text}" for text in (have - want).elements()]
    return found + [f"! {text}" for text in wrong_lines(ours, folder)]


def relocation_differences(ours: Object, clangs: Object) -> list[str]:
    """CO-RE relocations that only one has; the same relocation may be there several times."""
    found = []
    for name in ours.functions.keys() & clangs.functions.keys():
        have, want = relocations(ours, ours.functions[name]), relocations(clangs, clangs.functions[name])
        found += [f"- {name}: {text}" for text in want.keys() - have.keys()]
        found += [f"+ {name}: {text}" for text in have.keys() - want.keys()]
    return found


def compiled(path: Path, flags: list[str], folder: Path) -> tuple[Object, Object] | None:
    """(ours, clang's), or None if one refuses it."""
    objects = []
    for number, command in enumerate((OURS, CLANG)):
        out = folder / f"{number}.o"
        done = subprocess.run([*command, "-mcpu=v3", *flags, "-c", str(path), "-o", str(out)], capture_output=True,
                              env=ENVIRONMENT, timeout=300)  # fmt: skip
        if done.returncode:
            return None
        objects.append(read_object(out, path.name))
    return objects[0], objects[1]


def main(arguments: list[str]) -> int:
    """Print the differences."""
    flags = arguments[arguments.index("--") + 1 :] if "--" in arguments else []
    parser = argparse.ArgumentParser(usage="btf_compare.py OURS.o CLANGS.o | DIR|FILE.c ... [--quiet] [-- FLAGS]")
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--quiet", action="store_true", help="only the summary")
    options = parser.parse_args(arguments[: arguments.index("--")] if "--" in arguments else arguments)
    if all(path.suffix == ".o" for path in options.paths) and len(options.paths) == 2:
        pairs = [(options.paths[0], read_object(options.paths[0]), read_object(options.paths[1]))]
    else:
        pairs = []
        files = sorted({file for path in options.paths for file in (path.rglob("*.c") if path.is_dir() else [path])})
        with tempfile.TemporaryDirectory() as temporary:
            for file in files:
                both = compiled(file, [flag.replace("%d", str(file.parent)) for flag in flags], Path(temporary))
                if both is not None:
                    pairs.append((file, *both))
    types = bad = relocated = other = 0
    for file, ours, clangs in pairs:
        found, cores = differences(ours, clangs, Path()), relocation_differences(ours, clangs)
        types += len(clangs.btf.types) if clangs.btf is not None else 0
        relocated += sum(len(f.core) for f in clangs.functions.values())
        bad += bool(found)
        other += len(cores)
        if not options.quiet:
            for text in [*found, *(f"core {text}" for text in cores)]:
                print(f"{file}: {text}")
    print(f"{len(pairs)} objects with {types} types: {len(pairs) - bad} are the same; "
          f"{relocated} CO-RE relocations, {other} kinds of them in one only")  # fmt: skip
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

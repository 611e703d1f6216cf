"""Assembly round trips over folders of objects, and our disassembler beside LLVM's.

usage: python benchmarks/assembly.py OBJECT.o|DIR ... [--same OTHER_DIR]

Each object is printed as assembly and assembled again: the bytes must be those of the object as our writer makes it. Each
instruction's text is compared with llvm-objdump-19's. With --same, the functions that an object of that name in OTHER_DIR
has too are compared instruction by instruction (for functions in assembly, which compilers must not change; --naked FILE
says which, a name a line). Exit code 1 if anything differs.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

from corpus import ROOT

sys.path.insert(0, str(ROOT / ".src"))

from purebpf.compiler.diagnostics import PurebpfError
from purebpf.compiler.object import elf as e
from purebpf.compiler.object.assemble import assemble_object
from purebpf.compiler.object.disassemble import disassemble
from purebpf.compiler.object.elf import read_elf
from purebpf.compiler.object.image import write_elf
from purebpf.compiler.object.isa import decode
from purebpf.compiler.object.model import Function
from purebpf.compiler.object.read import read_object
from purebpf.compiler.object.write import image_of
from purebpf.compiler.object.write_asm import print_assembly

_LINE = re.compile(r"\s*\d+:\t(.*)")
_PLACE = re.compile(r" <[^<>]*>$")
_SECTION = re.compile(r"Disassembly of section (.*):")


def returns(path: Path) -> str:
    """ "" if the object comes back from assembly as it was, else what is wrong."""
    try:
        image = image_of(read_object(path))
        again = assemble_object(path.name, print_assembly(image))
    except PurebpfError as problem:
        return str(problem).splitlines()[0]
    return "" if again == write_elf(image) else "other bytes"


def disagreements(path: Path) -> tuple[int, list[str]]:
    """(instructions, those that LLVM prints otherwise). LLVM has two spellings: without --mcpu narrow loads go to r0."""
    plain, newest = listed(path), listed(path, "--mcpu=v4")
    found = []
    count = 0
    for part in read_elf(path.read_bytes(), path.name).sections:
        if part.flags & e.SHF_EXECINSTR and part.data:
            texts = disassemble(decode(part.data))
            count += len(texts)
            theirs = list(zip(plain.get(part.name, []), newest.get(part.name, []), strict=True))
            if len(texts) != len(theirs):
                found.append(f"section {part.name}: {len(texts)} instructions, LLVM: {len(theirs)}")
            found += [f"{a!r}, LLVM: {b!r}" for a, b in zip(texts, theirs, strict=False) if a not in b]
    return count, found


def listed(path: Path, *options: str) -> dict[str, list[str]]:
    """llvm-objdump's text of each instruction by section, without the names of where jumps go."""
    command = ["llvm-objdump-19", "-d", "--no-show-raw-insn", "--disassemble-zeroes", *options, str(path)]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found: dict[str, list[str]] = {}
    section = ""
    for line in text.splitlines():
        if named := _SECTION.match(line):
            section = named[1]
        elif instruction := _LINE.match(line):
            found.setdefault(section, []).append(_PLACE.sub("", instruction[1].strip().replace("\t", " ")))
    return found


def same(function: Function, other: Function) -> bool:
    """Whether they are the same instructions about the same symbols."""

    def key(f: Function) -> tuple[object, object]:
        return f.insns, sorted((r.at, r.kind, r.symbol, r.addend) for r in f.references)

    return key(function) == key(other)


def main(arguments: list[str]) -> int:
    """Compare, and print what differs."""
    parser = argparse.ArgumentParser(usage="assembly.py OBJECT.o|DIR ... [--same OTHER_DIR --naked FILE]")
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--same", type=Path)
    parser.add_argument("--naked", type=Path)
    options = parser.parse_args(arguments)
    files = sorted({file for path in options.paths for file in (path.rglob("*.o") if path.is_dir() else [path])})
    naked = set(options.naked.read_text().split()) if options.naked else None
    wrong = instructions = other = compared = differing = 0
    for file in files:
        if reason := returns(file):
            wrong += 1
            print(f"{file.name}: {reason}")
        count, found = disagreements(file)
        instructions += count
        other += len(found)
        for text in found[:3]:
            print(f"{file.name}: {text}")
        if options.same and (options.same / file.name).exists():
            theirs = read_object(options.same / file.name).functions
            for name, function in read_object(file).functions.items():
                if name in theirs and (naked is None or name in naked):
                    compared += 1
                    if not same(function, theirs[name]):
                        differing += 1
                        print(f"{file.name}: {name} differs")
    print(f"{len(files)} objects, {wrong} do not come back; {instructions} instructions, {other} that LLVM prints otherwise"
          + (f"; {compared} functions compared, {differing} differ" if options.same else ""))  # fmt: skip
    return int(wrong + other + differing > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

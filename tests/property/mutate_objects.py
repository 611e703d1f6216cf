"""Broken objects: ELF files with fields, words and bytes changed, through reading, dumping, checking, writing and the machine;
linked with a whole one; as assembly, with lines changed.

`python mutate_objects.py FIRST COUNT [FOLDER...]` is a long run (a tool for developers; test_mutant_objects.py is the short
one): the mutants FIRST, FIRST+1, ... of the objects of our examples and golden tests, and of the .o files in the folders. Each
must be taken or refused with diagnostics that are well-formed, within ten seconds. What is not so is printed with its seed,
and the mutant kept as mutant-SEED.o.
"""

from __future__ import annotations

import random
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from mutate import ROOT, TooLong, limit, malformed

from purebpf.compiler.api import compile_file
from purebpf.compiler.diagnostics import Diagnostic, PurebpfError
from purebpf.compiler.object import model
from purebpf.compiler.object.archive import needed
from purebpf.compiler.object.assemble import assemble_object
from purebpf.compiler.object.link import link
from purebpf.compiler.object.program import flatten
from purebpf.compiler.object.read import read_object
from purebpf.compiler.object.write import image_of, write_object
from purebpf.compiler.object.write_asm import print_assembly
from purebpf.runtime.cli.dump import listing
from purebpf.runtime.verifier import verify
from purebpf.runtime.vm import Machine

SECONDS = 10
_INTERESTING = (0, 1, 2, 3, 4, 7, 8, 16, 24, 40, 63, 64, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFF00, 0xFFF1, 0xFFFF, 0x10000,
                0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 40, (1 << 63) - 1, 1 << 63, (1 << 64) - 1)  # fmt: skip


@cache
def objects(folders: tuple[Path, ...] = ()) -> list[bytes]:
    """The objects to break."""
    sources = sorted([*(ROOT / "examples").rglob("*.bpf.c"), *(ROOT / "tests" / "golden" / "run").rglob("*.c")])
    found = [write_object(compile_file(str(path))) for path in sources]
    for folder in folders:
        found += [path.read_bytes() for path in sorted(folder.rglob("*.o")) if path.stat().st_size < 200_000]
    return found


def mutant(seed: int, originals: Sequence[bytes]) -> bytes:
    """The broken object of `seed`: one object with one to four things done to it."""
    rng = random.Random(seed)
    data = bytearray(rng.choice(originals))
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 4))):
        if len(data) > 64:
            rng.choice(MUTATIONS)(rng, data, originals)
    return bytes(data[:400_000])


def _sections(data: bytearray) -> list[tuple[int, str, int, int]]:
    """(offset of the header, name, offset, size) of each section, as far as the file tells."""
    try:
        (table,) = struct.unpack_from("<Q", data, 40)
        count, names = struct.unpack_from("<HH", data, 60)
        (strings,) = struct.unpack_from("<Q", data, table + names * 64 + 24)
        found = []
        for at in range(table, table + count * 64, 64):
            name, _, _, _, offset, size = struct.unpack_from("<IIQQQQ", data, at)
            text = bytes(data[strings + name : data.find(0, strings + name)]).decode("latin-1")
            found.append((at, text, offset, min(size, max(len(data) - offset, 0))))
    except (struct.error, OverflowError):
        return []
    return found


def _put(rng: random.Random, data: bytearray, at: int, size: int) -> None:
    """Another number in the `size` bytes at `at`."""
    if not 0 <= at <= len(data) - size:
        return
    old = int.from_bytes(data[at : at + size], "little")
    new = rng.choice((old + 1, old - 1, old * 2, old ^ 1 << rng.randrange(size * 8), rng.choice(_INTERESTING),
                      rng.getrandbits(size * 8), len(data)))  # fmt: skip
    data[at : at + size] = (new & (1 << size * 8) - 1).to_bytes(size, "little")


def _header(rng: random.Random, data: bytearray, _: Sequence[bytes]) -> None:
    at, size = rng.choice(((4, 1), (5, 1), (16, 2), (18, 2), (40, 8), (58, 2), (60, 2), (62, 2)))
    _put(rng, data, at, size)


def _section_header(rng: random.Random, data: bytearray, _: Sequence[bytes]) -> None:
    if sections := _sections(data):
        at = rng.choice(sections)[0]
        field, size = rng.choice(((0, 4), (4, 4), (8, 8), (24, 8), (32, 8), (40, 4), (44, 4), (48, 8), (56, 8)))
        _put(rng, data, at + field, size)


def _swap_headers(rng: random.Random, data: bytearray, _: Sequence[bytes]) -> None:
    if sections := _sections(data):
        a, b = rng.choice(sections)[0], rng.choice(sections)[0]
        data[a : a + 64], data[b : b + 64] = data[b : b + 64], data[a : a + 64]


def _word(*names: str) -> Callable[[random.Random, bytearray, Sequence[bytes]], None]:
    """Change a field in a section whose name begins so."""

    def change(rng: random.Random, data: bytearray, _: Sequence[bytes]) -> None:
        inside = [(offset, size) for _, name, offset, size in _sections(data) if name.startswith(names) and size >= 8]
        if inside:
            offset, size = rng.choice(inside)
            for _ in range(rng.choice((1, 1, 2, 4))):
                width = rng.choice((1, 2, 4, 4, 4, 8))
                _put(rng, data, offset + rng.randrange(0, size - width + 1, width), width)

    return change


def _flip(rng: random.Random, data: bytearray, _: Sequence[bytes]) -> None:
    for _ in range(rng.randint(1, 8)):
        data[rng.randrange(len(data))] = rng.randrange(256)


def _truncate(rng: random.Random, data: bytearray, _: Sequence[bytes]) -> None:
    del data[rng.randrange(len(data)) :]


def _cut(rng: random.Random, data: bytearray, _: Sequence[bytes]) -> None:
    at = rng.randrange(len(data))
    del data[at : at + rng.choice((1, 4, 8, 24, 100))]


def _splice(rng: random.Random, data: bytearray, originals: Sequence[bytes]) -> None:
    """A section's bytes become those of the section of that name in another object."""
    other = bytearray(rng.choice(originals))
    theirs = {name: (offset, size) for _, name, offset, size in _sections(other)}
    mine = [(name, offset, size) for _, name, offset, size in _sections(data) if name in theirs and size]
    if mine:
        name, offset, size = rng.choice(mine)
        start, length = theirs[name]
        part = other[start : start + min(length, size)]
        data[offset : offset + len(part)] = part


def _rename(rng: random.Random, data: bytearray, _: Sequence[bytes]) -> None:
    """A section or symbol gets the name of another."""
    if sections := _sections(data):
        a, b = rng.choice(sections)[0], rng.choice(sections)[0]
        data[a : a + 4] = data[b : b + 4]


MUTATIONS = (
    _header, _section_header, _section_header, _swap_headers, _rename, _word(".BTF"), _word(".BTF"), _word(".BTF.ext"),
    _word(".symtab"), _word(".symtab"), _word(".rel"), _word(".rel"), _word(".strtab"), _word(".text", "xdp", "tc", "tra"),
    _word(".maps", ".data", ".rodata", ".bss", "license"), _word(".debug"), _flip, _truncate, _cut, _splice, _splice,
)  # fmt: skip


def judge(data: bytes, seed: int = 0) -> tuple[str, str]:
    """("taken" or "refused", ""), or what is wrong: "hang", "crash", "diagnostic", and how."""
    found: list[Diagnostic] = []
    rng = random.Random(seed)
    step = "read"
    try:
        with limit(SECONDS):
            kind = "taken"
            try:
                obj = read_object(data, "mutant.o")
                step = "dump"
                listing(obj, None) if obj.functions else None
                step = "write"
                _again(obj, found)
                step = "link"
                _link(rng, obj, found)
                step = "as"
                _assemble(rng, obj, found)
                step = "run"
                _run(obj, found)
                step = "check"
                for program in obj.programs():
                    found += verify(obj, program.name).findings
            except PurebpfError as error:
                kind = "refused"
                found += error.diagnostics
                if not error.diagnostics:
                    return "diagnostic", "refused without a reason"
            wrong = malformed(found, "", "no file")
    except TooLong:
        return (
            ("taken", "") if step == "check" else ("hang", step)
        )  # the verifier walks every path, which may take long
    except BaseException as error:
        return "crash", f"{step}: {type(error).__name__}: {error}"
    return ("diagnostic", wrong) if wrong else (kind, "")


def _again(obj: model.Object, found: list[Diagnostic]) -> None:
    """What was read is written, and what was written is read."""
    try:
        data = write_object(obj)
    except PurebpfError as error:
        found += error.diagnostics
        return
    again = read_object(data, "again.o")
    assert sorted(again.functions) == sorted(obj.functions), "functions get lost on the way"
    assert sorted(again.maps) == sorted(obj.maps), "maps get lost on the way"


def _link(rng: random.Random, obj: model.Object, found: list[Diagnostic]) -> None:
    """With a whole object, in either order; what comes out can be written and read."""
    whole = read_object(rng.choice(objects()), "whole.o")
    pair = [obj, whole] if rng.random() < 0.5 else [whole, obj]
    try:
        linked = link(pair, "linked.o")
        needed([pair[0]], [pair[1]])
        again = read_object(write_object(linked), "again.o")
    except PurebpfError as error:
        found += error.diagnostics
        return
    assert sorted(again.functions) == sorted(linked.functions), "functions get lost in the link"
    assert sorted(again.maps) == sorted(linked.maps), "maps get lost in the link"


def _assemble(rng: random.Random, obj: model.Object, found: list[Diagnostic]) -> None:
    """The assembly comes back as the same object; with a line changed, it is taken or refused."""
    try:
        image = image_of(obj)
    except PurebpfError:
        return
    text = print_assembly(image)
    try:
        assemble_object("whole.s", text)
    except PurebpfError as error:
        found += error.diagnostics
    lines = text.splitlines()
    for _ in range(rng.choice((1, 1, 2, 5))):
        at, other = rng.randrange(len(lines)), rng.randrange(len(lines))
        line = lines[at]
        cut = rng.randrange(len(line) + 1)
        lines[at] = rng.choice((
            lines[other], "", line[:cut], line[cut:], line[:cut] + rng.choice("+-*:,.()#\"0x9@\\ \t%") + line[cut:],
            line[:cut] + lines[other][-cut:], line.replace("0", "99999999999999999999"), line + lines[other],
        ))  # fmt: skip
    try:
        assemble_object("changed.s", "\n".join(lines))
    except PurebpfError as error:
        found += error.diagnostics


def _run(obj: model.Object, found: list[Diagnostic]) -> None:
    for program in obj.programs():
        try:
            flatten(obj, program.name)
            Machine(obj).run(program.name, packet=bytes(64))
        except PurebpfError as error:
            found += error.diagnostics


def main() -> None:
    first, count = int(sys.argv[1]), int(sys.argv[2])
    originals = objects(tuple(Path(name) for name in sys.argv[3:]))
    outcomes: Counter[str] = Counter()
    start, slowest = time.monotonic(), 0.0
    for seed in range(first, first + count):
        data = mutant(seed, originals)
        began = time.monotonic()
        kind, message = judge(data, seed)
        slowest = max(slowest, time.monotonic() - began)
        outcomes[kind] += 1
        if kind not in ("taken", "refused"):
            Path(f"mutant-{seed}.o").write_bytes(data)
            print(seed, kind, message[:300], flush=True)
        if (seed + 1 - first) % 1000 == 0 or seed + 1 == first + count:
            print(
                f"# {seed + 1}: {dict(outcomes)} {time.monotonic() - start:.0f} s, slowest {slowest:.1f} s", flush=True
            )


if __name__ == "__main__":
    main()

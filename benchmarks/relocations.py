"""Our CO-RE relocations beside libbpf's: the same objects, relocated to the running kernel, instruction by instruction.

usage: python benchmarks/relocations.py OBJECT.o|DIR ...

libbpf (libbpf.so.1) opens and loads each object; what it then holds are the instructions it hands to the kernel. Ours are
those after `flatten` and relocation. Descriptors of maps and ids of kernel functions are left out of the comparison. Programs
whose object libbpf cannot open or prepare are counted apart. Needs root. Exit code 1 if an instruction differs.
"""

from __future__ import annotations

import argparse
import ctypes
import sys
from pathlib import Path

from corpus import ROOT, Libbpf

sys.path.insert(0, str(ROOT / ".src"))

from purebpf.compiler.diagnostics import PurebpfError
from purebpf.compiler.object import isa
from purebpf.compiler.object.disassemble import disassemble
from purebpf.compiler.object.isa import Insn, decode
from purebpf.compiler.object.program import flatten
from purebpf.compiler.object.read import read_object
from purebpf.runtime.loader.core_relocate import Relocator
from purebpf.runtime.loader.kernel_types import KernelTypes

STACK_TRACE = 7  # enum bpf_map_type


class Relocating(Libbpf):
    """libbpf as a maker of relocated instructions."""

    def __init__(self) -> None:
        super().__init__()
        self.unchanged = False  # the last program came back as it was
        self.library.bpf_program__insns.restype = ctypes.c_void_p
        self.library.bpf_program__insn_cnt.restype = ctypes.c_size_t

    def instructions(self, path: Path, name: str) -> list[Insn] | None:
        """Those of program `name`, as it would hand them to the kernel; None if it does not come so far."""
        obj = self._open(path)
        if not obj:
            return None
        wanted = 0
        for program, found in self._each(obj):
            self.library.bpf_program__set_autoload(ctypes.c_void_p(program), ctypes.c_bool(found == name))
            if not self.library.bpf_program__type(ctypes.c_void_p(program)):
                self.library.bpf_program__set_type(ctypes.c_void_p(program), 6)
            if found == name:
                wanted = program
        self._size_maps(obj)
        self._size_stacks(obj)
        before = self._bytes(wanted)
        self.library.bpf_object__load(ctypes.c_void_p(obj))
        after = self._bytes(wanted)
        self.unchanged = after == before
        self.library.bpf_object__unpin_maps(ctypes.c_void_p(obj), None)
        self.library.bpf_object__close(ctypes.c_void_p(obj))
        return decode(after) if after else None

    def _size_stacks(self, obj: int) -> None:
        """Stack traces whose depth the program's own loader sets."""
        found = None
        while found := self.library.bpf_object__next_map(ctypes.c_void_p(obj), ctypes.c_void_p(found)):
            pointer = ctypes.c_void_p(found)
            if self.library.bpf_map__type(pointer) == STACK_TRACE and not self.library.bpf_map__value_size(pointer):
                self.library.bpf_map__set_value_size(pointer, ctypes.c_uint32(8 * 16))

    def _bytes(self, program: int) -> bytes:
        count = self.library.bpf_program__insn_cnt(ctypes.c_void_p(program))
        start = self.library.bpf_program__insns(ctypes.c_void_p(program))
        return ctypes.string_at(start, count * 8) if start and count else b""


def neutral(insns: list[Insn]) -> list[Insn]:
    """Without what differs from load to load: descriptors, addresses, ids of the kernel's functions and variables."""
    out = list(insns)
    for slot, insn in enumerate(insns):
        if insn.op == isa.LDDW and insn.src not in (0, isa.PSEUDO_FUNC):
            out[slot] = insn._replace(src=9, imm=0)
            if slot + 1 < len(insns):
                out[slot + 1] = insns[slot + 1]._replace(imm=0)
        elif insn.op == isa.JMP | isa.CALL and insn.src == isa.PSEUDO_KFUNC_CALL:
            out[slot] = insn._replace(imm=0, off=0)
    return out


def main(arguments: list[str]) -> int:
    """Compare, and print what differs."""
    parser = argparse.ArgumentParser(usage="relocations.py OBJECT.o|DIR ...")
    parser.add_argument("paths", nargs="+", type=Path)
    options = parser.parse_args(arguments)
    files = sorted({file for path in options.paths for file in (path.rglob("*.o") if path.is_dir() else [path])})
    libbpf, kernel = Relocating(), KernelTypes()
    equal = different = apart = relocations = 0
    for file in files:
        try:
            obj = read_object(file)
        except PurebpfError as problem:
            print(f"{file.name}: {str(problem).splitlines()[0]}")
            continue
        relocator = Relocator(obj.btf, kernel) if obj.btf is not None else None
        for program in obj.programs():
            try:
                flat = flatten(obj, program.name)
                count = len(flat.core)
                if relocator is not None:
                    relocator.relocate(flat)
                ours = flat.insns
            except PurebpfError as problem:
                ours, count = [], 0
                reason = str(problem).splitlines()[0]
            theirs = libbpf.instructions(file, program.name)
            if theirs is None or (libbpf.unchanged and ours != theirs):
                apart += 1
                continue
            for slot in flat.externs:  # resolved by neither: see `neutral`
                theirs[slot] = ours[slot]
                if ours[slot].op == isa.LDDW:
                    theirs[slot + 1] = ours[slot + 1]
            if ours and neutral(ours) == neutral(theirs):
                equal += 1
                relocations += count
                continue
            different += 1
            if not ours:
                print(f"{file.name} {program.name}: refused: {reason}")
                continue
            pairs = enumerate(zip(neutral(ours), neutral(theirs), strict=False))
            at = next((slot for slot, (a, b) in pairs if a != b), -1)
            print(f"{file.name} {program.name}: {len(ours)} and {len(theirs)} slots, slot {at}: "
                  f"{disassemble(ours[at : at + 2])[0]} for {disassemble(theirs[at : at + 2])[0]}")  # fmt: skip
    print(
        f"{equal} programs with {relocations} relocations equal, {different} different, {apart} that libbpf does not prepare"
    )
    return int(different > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

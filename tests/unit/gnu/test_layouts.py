"""Random structs and unions have the sizes and offsets that clang for BPF gives them, bit-fields by the bytes they set."""

from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path

import pytest
from c_front import check, global_bytes

# the widest bit-field of each type; 0: none
TYPES = {
    "char": 8, "unsigned char": 8, "short": 16, "unsigned short": 16, "int": 32, "unsigned": 32, "long": 64,
    "unsigned long": 64,
    "_Bool": 1, "enum e": 32, "unsigned long long": 0,
}  # fmt: skip


def record(rng: random.Random, name: str, depth: int) -> tuple[str, list[str]]:
    """A struct or union specifier with a body, and the members in it that can be named."""
    members, names = [], []
    for i in range(rng.randint(1, 6)):
        t, member = rng.choice(list(TYPES)), f"{name}{i}"
        extra = rng.choice(["", "", "", "", f" __attribute__((aligned({rng.choice([1, 2, 4, 8, 16, 32])})))",
                            " __attribute__((packed))"])  # fmt: skip
        kind = rng.randrange(10)
        if kind < 4 and TYPES[t]:
            width = rng.randint(1, TYPES[t])
            if rng.random() < 0.15:
                members.append(f"{t} : {rng.choice([0, width])};")
            else:
                members.append(f"{t} {member} : {width}{extra};")
                names.append(f".{member}")
        elif kind == 4 and depth:
            inner, found = record(rng, f"{member}_", depth - 1)
            if rng.random() < 0.5:
                members.append(f"{inner};")
                names += found
            else:
                members.append(f"{inner} {member}{extra};")
                names += [f".{member}{name}" for name in found]
        elif kind == 5:
            members.append(f"{t} {member}[{rng.randint(1, 5)}]{extra};")
            names.append(f".{member}[0]")
        else:
            members.append(f"{t} {member}{extra};")
            names.append(f".{member}")
    attribute = rng.choice(["", "", "", "__attribute__((packed)) ", "__attribute__((aligned(8))) "])
    pack = rng.choice(["", "", "", *(f"#pragma pack(push, {number})" for number in (1, 2, 4))]) if depth == 2 else ""
    body = " ".join(members)
    text = f"{rng.choice(['struct', 'struct', 'struct', 'union'])} {attribute}{{ {body} }}"
    return (f"{pack}\n{text}" if pack else text), names


@pytest.mark.skipif(shutil.which("clang-19") is None, reason="clang-19 is the oracle, and it is not installed")
@pytest.mark.parametrize("seed", range(6))
def test_random_records_are_laid_out_as_by_clang(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    lines, globals_ = ["enum e { A, B };"], []
    for i in range(6):
        text, names = record(rng, "m", 2)
        lines.append(f"typedef {text} t{i};")
        if text.startswith("#pragma"):
            lines[-1] = text.replace("\n", "\ntypedef ", 1) + f" t{i};\n#pragma pack(pop)"
        lines.append(f"unsigned long s{i}[2] = {{ sizeof(t{i}), _Alignof(t{i}) }};")
        globals_.append(f"s{i}")
        for j, name in enumerate(names):
            lines.append(f"t{i} v{i}_{j} = {{ {name} = {rng.choice(['1', '-1'])} }};".replace("= -1", "= (char)-1"))
            globals_.append(f"v{i}_{j}")
    source = "\n".join(lines) + "\n"
    unit = check(source)
    (tmp_path / "x.c").write_text(source)
    command = ["clang-19", "-target", "bpf", "-O2", "-w", "-fno-zero-initialized-in-bss", "-c", "x.c", "-o", "x.o"]
    subprocess.run(command, check=True, cwd=tmp_path, timeout=60)
    from elftools.elf.elffile import ELFFile

    with (tmp_path / "x.o").open("rb") as file:
        elf = ELFFile(file)
        symbols = {symbol.name: symbol for symbol in elf.get_section_by_name(".symtab").iter_symbols()}
        for name in globals_:
            symbol = symbols[name]
            data = elf.get_section(symbol["st_shndx"]).data()
            start, size = symbol["st_value"], symbol["st_size"]
            of = f" t{name[1:].partition('_')[0]};"
            assert global_bytes(unit, name) == data[start : start + size], [line for line in lines if of in line]

"""Our CO-RE relocations are libbpf's, for random types: a program compiled with the ones, a kernel that has the others."""

from __future__ import annotations

import os
import random
from pathlib import Path

import libbpf_core
import pytest

import purebpf
from purebpf.compiler.diagnostics import PurebpfError
from purebpf.compiler.object.isa import Insn
from purebpf.compiler.object.program import flatten
from purebpf.compiler.object.write import write_object
from purebpf.runtime.loader.core_relocate import Relocator
from purebpf.runtime.loader.kernel_types import KernelTypes

pytestmark = pytest.mark.kernel
COUNT = int(os.environ.get("PUREBPF_CORE_TYPES", "20"))
_SCALARS = ("char", "unsigned char", "short", "unsigned short", "int", "unsigned", "long", "unsigned long", "_Bool",
            "enum color", "enum big", "void *", "struct other *", "u32_t", "struct point", "int (*)(int)")  # fmt: skip
_PRELUDE = """
typedef unsigned u32_t;
struct other;
struct point {{ int x, y; }};
enum color {{ RED{0} = {1}, GREEN = {2}, BLUE = {3} }};
enum big {{ SMALL = 1, HUGE = 0x1{4}00000000ULL }};
"""


def _member(rng: random.Random, name: str) -> str:
    t = rng.choice(_SCALARS)
    if t == "int (*)(int)":
        return f"int (*{name})(int);"
    match rng.randrange(6):
        case 0:
            return f"{t} {name}[{rng.randint(1, 5)}];"
        case 1 if t in ("int", "unsigned", "unsigned char", "long", "enum color"):
            return f"{t} {name} : {rng.randint(1, 7)};"
        case 2:
            return f"{t} {name}[2][{rng.randint(1, 3)}];"
        case _:
            return f"{t} {name};"


def _record(rng: random.Random, members: dict[str, str]) -> str:
    """A struct's members in a new order, some in unnamed structs and unions."""
    names = list(members)
    rng.shuffle(names)
    lines = []
    for name in names:
        text = members[name]
        if rng.random() < 0.2:
            text = f"{rng.choice(('struct', 'union'))} {{ {text} {'int pad_' + name + ';' if rng.random() < 0.5 else ''} }};"
        lines.append(text)
    return " ".join(lines)


def _types(rng: random.Random, members: dict[str, str], flavor: str = "") -> str:
    prelude = _PRELUDE.format("", rng.randint(0, 9), rng.randint(-5, 90), rng.randint(0, 9), rng.randint(0, 9))
    return prelude + f"struct top{flavor} {{ {_record(rng, members)} }};\ntypedef struct {{ int a; }} unnamed_t;\n"


def _sources(seed: int) -> tuple[str, str]:
    """(the program, the kernel's types as C)."""
    rng = random.Random(seed)
    members = {name: _member(rng, name) for name in "abcdefg"}
    theirs = {
        name: _member(rng, name) if rng.random() < 0.2 else text for name, text in members.items() if rng.random() < 0.9
    }
    flavor = rng.choice(("", "___old"))
    local = "#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)\n"
    local += _types(rng, members, flavor) + "struct gone { int x; };\n#pragma clang attribute pop\n"
    programs = []
    top = f"(*(struct top{flavor} *)0)"
    questions = []
    for name, text in members.items():
        place = f"((struct top{flavor} *)p)->{name}"
        if "[" in text:
            place += "[1]" * text.count("[")
            kinds: tuple[int, ...] = (0, 1, 2)
        else:
            kinds = (0, 1, 2, 3, 4, 5)
        questions += [f"__builtin_preserve_field_info({place}, {kind})" for kind in kinds]
        if ":" not in text and "[" not in text and "struct point" not in text and "(*" not in text:
            questions.append(f"(unsigned long){place}")
    for t in (top, "(*(enum color *)0)", "(*(unnamed_t *)0)", "(*(struct gone *)0)", "(*(u32_t *)0)"):
        questions += [f"__builtin_preserve_type_info({t}, {kind})" for kind in (0, 1, 2)]
        questions.append(f"__builtin_btf_type_id({t}, 1)")
    for enum, name in (("color", "GREEN"), ("big", "HUGE"), ("color", "BLUE")):
        questions += [f"__builtin_preserve_enum_value(*(enum {enum} *){name}, {kind})" for kind in (0, 1)]
    for number, question in enumerate(questions):
        programs.append(f'SEC("raw_tp/x") int f{number}(void *p) {{ out = {question}; return 0; }}')
    head = "#include <linux/bpf.h>\n#include <bpf/bpf_helpers.h>\nvolatile unsigned long out;\n"
    tail = '\nchar LICENSE[] SEC("license") = "GPL";\n'
    kernel = (
        _types(rng, theirs) + "struct top top; unnamed_t u; u32_t v;\nint f(enum color c, enum big b) { return 0; }\n"
    )
    return head + local + "\n".join(programs) + tail, kernel


def _without_maps(insns: list[Insn]) -> list[Insn]:
    return [insn._replace(imm=0) if insn.op == 0x18 and insn.src else insn for insn in insns]


@pytest.mark.parametrize("seed", range(COUNT))
def test_random_types_are_relocated_as_libbpf_does_it(tmp_path: Path, seed: int) -> None:
    lib = libbpf_core.library()
    if lib is None:
        pytest.skip("libbpf is not installed")
    program, kernel = _sources(seed)
    obj = purebpf.compile(program, "x.c")
    path, types = tmp_path / "x.o", tmp_path / "kernel.o"
    path.write_bytes(write_object(obj))
    types.write_bytes(write_object(purebpf.compile(kernel, "kernel.c")))
    assert obj.btf is not None
    theirs = libbpf_core.relocated(lib, path, types)
    relocator = Relocator(obj.btf, KernelTypes(str(types)))
    compared = 0
    for name, (result, want) in theirs.items():
        flat = flatten(obj, name)
        try:
            relocator.relocate(flat)
        except PurebpfError:
            assert result, f"{name}: libbpf takes it"
            continue
        assert _without_maps(flat.insns) == _without_maps(want), name
        compared += 1
    assert compared > 20

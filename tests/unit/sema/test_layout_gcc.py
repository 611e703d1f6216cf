"""Layout of structs and unions beside gcc: members, bit-fields, packed, aligned, pragma pack, nesting."""

from __future__ import annotations

import random
from pathlib import Path

from c_front import check, global_bytes, needs_gcc, run_gcc

_SCALARS = ["char", "unsigned char", "short", "unsigned short", "int", "unsigned int", "long", "unsigned long", "_Bool",
            "void *",
            "enum e", "aligned_int", "short_array"]  # fmt: skip
_WIDTHS = {"char": 8, "unsigned char": 8, "short": 16, "unsigned short": 16, "int": 32, "unsigned int": 32, "long": 64,
           "unsigned long": 64, "_Bool": 1}  # fmt: skip
_PRELUDE = """
enum e { E0, E1 };
typedef int aligned_int __attribute__((aligned(16)));
typedef short short_array[3];
"""


def record(r: random.Random, number: int, earlier: list[str]) -> tuple[str, list[str]]:
    """A random struct or union `r<number>`; its text and the names of the members that have an address."""
    kind = r.choice(["struct", "struct", "struct", "union"])
    lines, plain = [], []
    for i in range(r.randrange(1, 7)):
        choice = r.random()
        attribute = r.choice([""] * 8 + [" __attribute__((packed))", " __attribute__((aligned(8)))",
                                         " __attribute__((aligned(2)))"])
        if choice < 0.4:
            t = r.choice(list(_WIDTHS))
            width = r.randrange(0, _WIDTHS[t] + 1)
            name = "" if width == 0 or r.random() < 0.15 else f"b{i}"
            lines.append(f"{t} {name} : {width}{attribute if name and 'aligned' not in attribute else ''};")
        elif choice < 0.55 and earlier:
            lines.append(f"{r.choice(earlier)} m{i};")
            plain.append(f"m{i}")
        elif choice < 0.62:
            lines.append(f"struct {{ char a{i}; int c{i}; }};")
            plain += [f"a{i}", f"c{i}"]
        else:
            t = r.choice(_SCALARS)
            lines.append(f"{t} m{i}{'' if t == 'aligned_int' else r.choice(['', '', '[3]', '[2][2]'])}{attribute};")
            plain.append(f"m{i}")
    tail = r.choice([""] * 5 + [" __attribute__((packed))", " __attribute__((aligned(4)))",
                                " __attribute__((packed, aligned(2)))"])
    pack = r.choice([0] * 5 + [1, 2, 4])
    text = f"{kind} r{number} {{ {' '.join(lines)} }}{tail};"
    if pack:
        text = f"#pragma pack(push, {pack})\n{text}\n#pragma pack(pop)"
    return text, plain


@needs_gcc
def test_sizes_offsets_and_alignments_of_random_records_are_those_of_gcc(tmp_path: Path) -> None:
    r = random.Random(2)
    texts, earlier, wanted = [_PRELUDE], [], []
    for number in range(150):
        text, plain = record(r, number, earlier[-8:])
        texts.append(text)
        name = f"{'union' if f'union r{number} {{' in text else 'struct'} r{number}"
        earlier.append(name)
        wanted += [f"sizeof({name})", f"_Alignof({name})", *(f"__builtin_offsetof({name}, {m})" for m in plain)]
    source = "\n".join(texts)
    prints = "\n".join(f'printf("%lu\\n", (unsigned long)({e}));' for e in wanted)
    expected = run_gcc(f"#include <stdio.h>\n{source}\nint main(void) {{ {prints} return 0; }}", tmp_path)
    unit = check(source + "\n" + "\n".join(f"unsigned long v{i} = {e};" for i, e in enumerate(wanted)))
    for i, line in enumerate(expected):
        assert (wanted[i], int.from_bytes(global_bytes(unit, f"v{i}"), "little")) == (wanted[i], int(line))


@needs_gcc
def test_bit_fields_of_random_records_lie_where_gcc_puts_them(tmp_path: Path) -> None:
    r = random.Random(3)
    texts, names, variables = [_PRELUDE], [], []
    for number in range(120):
        text, _ = record(r, number, [])
        texts.append(text)
        kind = "union" if f"union r{number} {{" in text else "struct"
        for field in [word for word in text.replace("[", " ").split() if word.startswith("b") and word[1:].isdigit()]:
            variables.append(f"{kind} r{number} v{len(names)} = {{ .{field} = -1 }};")
            names.append(f"v{len(names)}")
    source = "\n".join([*texts, *variables])
    prints = "\n".join(
        f"for (unsigned i = 0; i < sizeof {v}; i++) printf(\"%02x\", ((unsigned char *)&{v})[i]); printf(\"\\n\");"
        for v in names
    )
    expected = run_gcc(f"#include <stdio.h>\n{source}\nint main(void) {{ {prints} return 0; }}", tmp_path)
    unit = check(source)
    for name, line in zip(names, expected, strict=True):
        assert (name, global_bytes(unit, name).hex()) == (name, line)

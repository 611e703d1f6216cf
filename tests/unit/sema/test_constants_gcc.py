"""Integer constant expressions, their values and types, beside gcc (LP64 natively, -fwrapv)."""

from __future__ import annotations

import random
from pathlib import Path

from c_front import check, global_bytes, needs_gcc, run_gcc

_TYPES = [
    "_Bool", "char", "signed char", "unsigned char", "short", "unsigned short", "int", "unsigned int", "long",
    "unsigned long", "long long", "unsigned long long",
]  # fmt: skip
_GENERIC = ", ".join(f"{t}: {i}" for i, t in enumerate(_TYPES))
_LITERALS = [
    "0", "1", "2", "7", "-1", "255", "256", "65535", "0x7fffffff", "0x80000000", "2147483648", "0xffffffffu", "1l", "-5l",
    "0x7fffffffffffffff", "0x8000000000000000", "18446744073709551615ull", "3ll", "'a'", "'\\xff'", "'\\0'", "sizeof(int)",
    "(char)200", "(unsigned char)200", "(short)40000", "(_Bool)5", "enum_a", "enum_b", "enum_big",
]  # fmt: skip
_PRELUDE = "enum { enum_a = -3, enum_b = 70000 }; enum big { enum_big = 0x100000000 };\n"


def expression(r: random.Random, depth: int) -> str:
    """A random constant expression without undefined behaviour."""
    if depth == 0 or r.random() < 0.15:
        return r.choice(_LITERALS)
    a, b = expression(r, depth - 1), expression(r, depth - 1)
    match r.randrange(12):
        case 0 | 1 | 2:
            return f"({a} {r.choice(['+', '-', '*', '&', '|', '^'])} {b})"
        case 3:
            return f"({a} {r.choice(['/', '%'])} (({b} & 15) + 1))"
        case 4:
            return f"({a} {r.choice(['<<', '>>'])} ({b} & 7))"
        case 5:
            return f"({a} {r.choice(['<', '>', '<=', '>=', '==', '!='])} {b})"
        case 6:
            return f"({a} {r.choice(['&&', '||'])} {b})"
        case 7:
            return f"({r.choice(['-', '~', '!', '+'])} {a})"
        case 8 | 9:
            return f"(({r.choice(_TYPES)}){a})"
        case 10:
            return f"({expression(r, 1)} ? {a} : {b})"
        case _:
            return f"(({a}) ?: ({b}))"


@needs_gcc
def test_values_and_types_of_random_constant_expressions_are_those_of_gcc(tmp_path: Path) -> None:
    r = random.Random(1)
    expressions = [expression(r, 4) for _ in range(400)]
    prints = "\n".join(
        f'printf("%llu %d\\n", (unsigned long long)({e}), _Generic(({e}), {_GENERIC}));' for e in expressions
    )
    expected = run_gcc(f"#include <stdio.h>\n{_PRELUDE}int main(void) {{ {prints} return 0; }}", tmp_path)
    unit = check(_PRELUDE + "\n".join(
        f"unsigned long long v{i} = (unsigned long long)({e}); int t{i} = _Generic(({e}), {_GENERIC});"
        for i, e in enumerate(expressions)
    ))  # fmt: skip
    for i, line in enumerate(expected):
        value = int.from_bytes(global_bytes(unit, f"v{i}"), "little")
        kind = int.from_bytes(global_bytes(unit, f"t{i}"), "little")
        assert f"{value} {kind}" == line, expressions[i]


@needs_gcc
def test_promotions_of_bit_fields_and_enums_are_those_of_gcc(tmp_path: Path) -> None:
    declarations = """
        enum plain { A, B }; enum negative { N = -1 }; enum wide { W = 1ull << 40 };
        struct s { unsigned u3 : 3; unsigned u32 : 32; int i5 : 5; _Bool b : 1; unsigned char c : 8; unsigned long l : 20; } s;
        enum plain p; enum negative n; enum wide w; unsigned short us; signed char sc; char c;
    """
    cases = [
        "+s.u3", "+s.u32", "+s.i5", "+s.b", "+s.c", "s.u3 + 1u", "s.u32 - 1", "+p", "+n", "+w", "p + n", "us + us", "us << 1l",
        "sc * c", "-us", "~sc", "!w", "1 ? us : sc", "1 ? 1u : 1l", "sizeof(char)", "'a'", "A", "N", "W", "us += 1",
        "+(s.u3 = 1)",
        "+(s.u3, s.u3)", "s.u3 << 2", "&s == 0", "(unsigned long)s.l + 1", "(int)s.u3 + 1u", "(char *)0 - (char *)0",
        "__builtin_expect(1, 1)", "0 ?: us",
    ]  # fmt: skip
    prints = "\n".join(f'printf("%d\\n", _Generic(({e}), {_GENERIC}));' for e in cases)
    expected = run_gcc(f"#include <stdio.h>\n{declarations} int main(void) {{ {prints} return 0; }}", tmp_path)
    unit = check(declarations + "void f(void) {" + "".join(
        f"static int t{i} __attribute__((used)) = _Generic(({e}), {_GENERIC});" for i, e in enumerate(cases)
    ) + "}")  # fmt: skip
    for i, line in enumerate(expected):
        assert int.from_bytes(global_bytes(unit, f"f.t{i}"), "little") == int(line), cases[i]

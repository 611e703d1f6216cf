"""Static initializers beside gcc: nesting, elided braces, designators, strings, unions, bit-fields, counted arrays."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from c_front import check, errors, global_bytes, needs_gcc, run_gcc, warnings

from purebpf.compiler.sema import tree

_PRELUDE = """
struct point { int x, y; };
struct bits { unsigned a : 3; int b : 13; unsigned : 4; unsigned long c : 40; };
struct mixed { char name[6]; struct point at; union { short s; long l; }; struct bits bits; int tail[3]; };
union either { struct point p; unsigned char bytes[12]; };
struct deep { struct mixed m[2]; union either e; char c; };
"""
_TYPES = ["int v[5]", "int v[]", "struct point v", "struct point v[3]", "struct mixed v", "struct deep v", "union either v",
          "struct bits v", "char v[8]", "char v[2][4]", "struct mixed v[2]", "struct deep v[2]",
          "struct point v[2][2]"]  # fmt: skip


def scalar(r: random.Random) -> str:
    return str(r.choice([0, 1, 2, 3, -1, 100, 0x1234, 77]))


def flat(r: random.Random, count: int) -> str:
    """A list without inner braces: all of them elided."""
    return "{ " + ", ".join(scalar(r) for _ in range(count)) + " }"


@needs_gcc
def test_lists_with_elided_braces_fill_members_in_order_as_in_gcc(tmp_path: Path) -> None:
    r = random.Random(4)
    lines = [f"{t.replace('v', f'v{i}', 1)} = {flat(r, r.randrange(1, 14))};" for i, t in enumerate(_TYPES * 12)]
    compare(_PRELUDE, lines, tmp_path)


_CASES = [
    'char v[] = "hello";', 'char v[3] = "abc";', 'char v[8] = "a\\0b";', 'char v[] = {"braces"};',
    'char v[2][4] = {"ab", "cd"};',
    'char v[][4] = {"ab", {"cd"}, {1, 2}};', 'struct mixed v = {"name", {1, 2}, {3}, {1, 2, 3}, {4, 5}};',
    'struct mixed v = {"name", 1, 2, 3, 1, 2, 3, 4, 5, 6};', "int v[] = {[3] = 1, 2, [0] = 5, 6};",
    "int v[10] = {[2 ... 5] = 7, 8, [0] = 1};", "struct point v[] = {[1].y = 3, [0] = {1, 2}, {5}};",
    "struct point v[3] = {[0 ... 2].x = 4, [1].y = 2};", "struct point v = {.y = 1, .x = 2};", "struct point v = {y: 1, x: 2};",
    "struct deep v = {.m[1].at.y = 9, {1, 2}, .e.p = {3, 4}, .c = 5};", "struct deep v = {.m[1].at.x = 9, 10, 11, .c = 1};",
    "union either v = {.bytes = {1, 2, 3}};", "union either v = {{1, 2}};", "union either v = {.p = {1, 2}, .bytes[4] = 3};",
    "union either v = {.p.x = 1, .p.y = 2};", "struct point v[2] = {{1, 2}, {3, 4}, };", "struct point v = {};",
    "struct mixed v = {.s = 5, .at = {1, 2}, .at = {3}};", "struct mixed v = {.l = -1, .bits.c = -1, 3};",
    "struct bits v = {7, -1, 1};", "int v = {5};", "struct { struct point; int z; } v = {{1, 2}, 3};",
    "struct { int n; int data[]; } v = {2, {10, 20}};", "struct { int a; struct {} b; int c; } v = {1, {}, 3};",
    "struct point v[] = {(struct point){1, 2}, {3, 4}};", "long v = (long)sizeof(struct deep);", "_Bool v[] = {2, 0, -1};",
    "unsigned char v[4] = {300, -1, 'a', '\\x80'};",
    "struct mixed v[] = {[1] = {.name = {'a', 'b'}, .tail[1] = 4, 5}, [0].name = \"q\"};",
    "short v[] = {1, 2, 3, [1] = 9};", "char v[] = \"a\" \"b\\x63\" \"1\\1002\";", "int v[2][3] = {{1}, {[1] = 2}};",
    "int v[][2] = {1, 2, 3};", "struct { char c; int i; } v[] = {'a', 1, 'b', 2};", "const int v[] = {1, 2};",
    "struct { union { int a; char b; }; int c; } v = {.b = 3, 4};", "typedef int T[]; T v = {1, 2, 3};",
    "enum { A = 3, B } ; int v[B] = {[A] = 1};", "unsigned long v[] = {-1, 1u << 31, ~0ull >> 1};",
]  # fmt: skip


@needs_gcc
@pytest.mark.parametrize("line", _CASES)
def test_an_initializer_gives_the_bytes_gcc_gives(line: str, tmp_path: Path) -> None:
    compare(_PRELUDE, [line.replace(" v", " v0", 1)], tmp_path)


def compare(prelude: str, lines: list[str], folder: Path) -> None:
    source = prelude + "\n".join(lines)
    prints = "\n".join(
        f'for (unsigned i = 0; i < sizeof v{i}; i++) printf("%02x", ((unsigned char *)&v{i})[i]); printf("\\n");'
        for i in range(len(lines))
    )
    expected = run_gcc(f"#include <stdio.h>\n{source}\nint main(void) {{ {prints} return 0; }}", folder)
    unit = check(source)
    for i, line in enumerate(expected):
        data = global_bytes(unit, f"v{i}").hex()
        # sizeof leaves a flexible array member out
        assert (lines[i], data[: len(line)]) == (lines[i], line)


def test_a_flexible_array_member_adds_to_the_variable() -> None:
    unit = check("struct { int n; int data[]; } v = {2, {10, 20}};")
    assert global_bytes(unit, "v") == bytes([2, 0, 0, 0, 10, 0, 0, 0, 20, 0, 0, 0])


def test_addresses_become_references_with_addends() -> None:
    unit = check("""
        struct s { int a; int b[4]; } s; static int f(void) { return 1; }
        int *p[] = { &s.b[2], 0, (int *)((char *)&s + 4) };
        int (*g)(void) = f; const char *text = "hi" + 1; unsigned long n = (unsigned long)&s + 8;
    """)
    references = {g.name: [(r.at, r.symbol.name, r.addend) for r in g.references] for g in unit.globals}
    assert references["p"] == [(0, "s", 12), (16, "s", 4)]
    assert references["g"] == [(0, "f", 0)]
    assert references["text"] == [(0, ".str", 1)]
    assert references["n"] == [(0, "s", 8)]


def test_automatic_initializers_store_what_is_named_and_zero_the_rest() -> None:
    unit = check("""
        struct p { int x, y; long z; };
        int f(int a) { struct p v = { .z = a, .x = 1 }; struct p w = {}; struct p u = { a, a, a }; return v.y + w.x + u.x; }
    """)
    assert unit.functions[0].body is not None
    declares = [s for s in unit.functions[0].body.statements if isinstance(s, tree.Declare)]
    shapes = [
        (d.initializer.zero, [(s.offset, type(s.value).__name__) for s in d.initializer.stores])
        for d in declares if d.initializer is not None
    ]  # fmt: skip
    assert shapes == [
        (True, [(64, "Cast"), (0, "Constant")]), (True, []), (False, [(0, "Load"), (32, "Load"), (64, "Cast")]),
    ]  # fmt: skip


def test_wrong_initializers_are_named() -> None:
    assert errors("struct p { int x, y; }; struct p v = { .yy = 1 };") == [
        "E0333 1: field designator 'yy' does not refer to any field in type 'struct p'"
    ]
    assert errors("int v[2] = { [2] = 1 };") == ["E0354 1: array designator index (2) exceeds array bounds (2)"]
    assert errors("int n; int v = n;") == ["E0312 1: initializer element is not a compile-time constant"]
    assert errors("int v[2] = 5;")[0].startswith("E0353 1: array initializer must be an initializer list")
    assert warnings("int v[2] = { 1, 2, 3 };") == ["W0321 1: excess elements in array initializer"]
    assert warnings("unsigned char v = 300;") == [
        "W0301 1: implicit conversion from 'int' to 'unsigned char' changes value from 300 to 44"
    ]

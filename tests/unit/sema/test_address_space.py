"""address_space(1), the memory of BPF arenas: what clang refuses about it, and where casts between spaces stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from c_front import clang_accepts, errors, needs_clang

from purebpf.compiler.api import Compilation, Options
from purebpf.compiler.ir.model import Unary

_PRELUDE = """
#define __arena __attribute__((address_space(1)))
struct node { struct node __arena *next; int v, row[4]; struct { int a; } in; }; typedef struct node __arena *list;
struct node __arena *head; int __arena value = 3; int __arena table[4]; int *plain; void *anything;
"""

REFUSED = [
    ("int f(void) { plain = &value; return 0; }", "E0306"),
    ("int f(list l) { struct node *n = l; return n->v; }", "E0306"),
    ("int f(list l) { plain = &l->v; return 0; }", "E0306"),
    ("int f(list l) { plain = l->row; return 0; }", "E0306"),
    ("int f(list l) { anything = l; return 0; }", "E0306"),
    ("static int g(int *p) { return *p; } int f(list l) { return g(&l->in.a); }", "E0306"),
    ("int f(void) { int __arena local = 3; return local; }", "E0445"),
    ("extern int value; int f(void) { return value; }", "E0368"),
]
TAKEN = [
    "int f(list l) { list n = l->next; head = n; return l == head; }",
    "int f(void) { head = 0; return !head; }",
    "int f(void) { plain = (int *)&value; head = (list)anything; return 0; }",
    "int f(void) { head = (void __arena *)4096; return table[1] + value; }",
    "int f(int n) { int __arena *p = n ? &table[n] : &value; return *p; }",
]


@pytest.mark.parametrize(("text", "code"), REFUSED)
def test_pointers_of_one_space_are_not_those_of_another(text: str, code: str) -> None:
    found = errors(_PRELUDE + text)
    assert [message.split()[0] for message in found] == [code], found


@pytest.mark.parametrize("text", TAKEN)
def test_pointers_in_one_space_and_casts_are_taken(text: str) -> None:
    assert errors(_PRELUDE + text) == []


@needs_clang
@pytest.mark.parametrize("text", [text for text, _ in REFUSED] + TAKEN)
def test_clang_judges_alike(text: str, tmp_path: Path) -> None:
    assert clang_accepts(_PRELUDE + text, tmp_path) == (text in TAKEN)


@pytest.mark.parametrize(
    ("text", "casts"),
    [
        ("int f(list l) { return l->v + l->row[2] + l->in.a; }", ["askernel"]),
        ("list f(list l) { return l + 1; }", []),
        ("int __arena *f(list l) { return &l->row[3]; }", []),
        ("int f(list l) { return l->next->v; }", ["askernel", "askernel"]),
        ("int f(list l) { return __sync_fetch_and_add(&l->v, 1); }", ["askernel"]),
        ("list f(struct node *n) { return (list)n; }", ["asarena"]),
        ("list f(list l) { return (list)(struct node *)l; }", []),
        ("int f(list l) { return l && l != head; }", []),
        ("unsigned long f(list l) { return (unsigned long)l; }", []),
        ("int f(void) { return value; }", ["askernel"]),
        ("int __arena *f(void) { return &value; }", []),
    ],
)
def test_only_accesses_cast_and_one_cast_serves_all_members(text: str, casts: list[str]) -> None:
    module = Compilation(_PRELUDE + text, "x.c", Options()).optimized()
    found = [
        i.op
        for b in module.functions["f"].blocks
        for i in b.instrs
        if isinstance(i, Unary) and i.op in ("askernel", "asarena")
    ]
    assert found == casts


def test_other_address_spaces_are_refused() -> None:
    [found] = errors("int __attribute__((address_space(3))) x;")
    assert found == "E0441 1: there is no such address space in BPF"

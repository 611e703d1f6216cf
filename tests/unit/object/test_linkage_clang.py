"""Sections, symbols, relocations and named types of our objects beside those that clang makes of the same source."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from linkage_sources import ARENA, PRELUDE, SOURCES
from object_facts import facts, types

from purebpf.compiler.api import compile
from purebpf.compiler.object.read import read_object
from purebpf.compiler.object.write import write_object

Compile = Callable[[str], Path]


TEXTS = {**SOURCES, "arena": ARENA}


@pytest.mark.parametrize("name", TEXTS)
def test_objects_are_what_clang_makes(clang: Compile, name: str) -> None:
    text = PRELUDE + TEXTS[name]
    theirs = clang(text).read_bytes()
    ours = write_object(compile(text, "x.c"))
    want, have = facts(theirs), facts(ours)
    for subject, expected in want.items():
        assert have[subject] == expected, subject
    assert types(ours) == types(theirs)


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_read_back_is_what_was_compiled(name: str) -> None:
    made = compile(PRELUDE + TEXTS[name], "x.c")
    back = read_object(write_object(made), "x.c")
    assert back.variables == made.variables
    assert {n: (f.linkage, f.hidden, f.section) for n, f in back.functions.items()} == {
        n: (f.linkage, f.hidden, f.section) for n, f in made.functions.items()
    }
    assert {n: (m.linkage, m.hidden, m.values) for n, m in back.maps.items()} == {
        n: (m.linkage, m.hidden, m.values) for n, m in made.maps.items()
    }

"""Classes made by `records.dataclass` behave as those of the module dataclasses with slots."""

from __future__ import annotations

import copy
import dataclasses
from typing import ClassVar

import pytest

from purebpf.compiler import records


@records.dataclass
class Plain:
    """Fields of all sorts."""

    a: int
    b: str = "x"
    c: list[int] = records.field(default_factory=list)
    kind: ClassVar[int] = 3

    def double(self) -> int:
        return self.a * 2


@dataclasses.dataclass(slots=True)
class Theirs:
    """The same, made by dataclasses."""

    a: int
    b: str = "x"
    c: list[int] = dataclasses.field(default_factory=list)
    kind: ClassVar[int] = 3


@records.dataclass(frozen=True, slots=True)
class Key:
    """Can be a key."""

    name: str
    size: int = 4


@records.dataclass(slots=True, eq=False)
class Identity:
    """Compared by identity."""

    name: str


@records.dataclass(slots=True)
class Longer(Plain):
    """Has a field more."""

    d: int = 9


@records.dataclass(slots=True)
class Nothing:
    """No fields."""


@pytest.mark.parametrize("arguments", [(1,), (1, "y"), (1, "y", [2])])
def test_construction_defaults_and_text_are_those_of_dataclasses(arguments: tuple[object, ...]) -> None:
    ours, theirs = Plain(*arguments), Theirs(*arguments)  # type: ignore[arg-type]
    assert (ours.a, ours.b, ours.c) == (theirs.a, theirs.b, theirs.c)
    assert repr(ours) == repr(theirs).replace("Theirs", "Plain")
    assert Plain.__match_args__ == Theirs.__match_args__


def test_products_of_factories_are_not_shared() -> None:
    assert Plain(1).c is not Plain(1).c


def test_fields_can_be_named() -> None:
    assert Plain(c=[1], a=2) == Plain(2, "x", [1])


def test_a_missing_field_is_told_by_name() -> None:
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'a'"):
        Plain()  # type: ignore[call-arg]


def test_equality_is_by_class_and_fields() -> None:
    assert Plain(1) == Plain(1)
    assert Plain(1) != Plain(2)
    assert Plain(1) != Theirs(1)
    assert Identity("a") != Identity("a")
    assert Nothing() == Nothing()


def test_only_frozen_ones_and_those_compared_by_identity_can_be_hashed() -> None:
    assert len({Key("a"), Key("a"), Key("a", 8)}) == 2
    assert len({Identity("a"), Identity("a")}) == 2
    with pytest.raises(TypeError, match="unhashable"):
        hash(Plain(1))


def test_there_are_slots_and_no_dict() -> None:
    assert not hasattr(Plain(1), "__dict__")
    with pytest.raises(AttributeError):
        Plain(1).other = 1  # type: ignore[attr-defined]


def test_a_subclass_adds_fields() -> None:
    longer = Longer(1, "y", [], 5)
    assert longer == Longer(1, "y", d=5)
    assert (longer.a, longer.d, longer.double()) == (1, 5, 2)
    assert Longer(1).d == 9


def test_replace_changes_some_fields() -> None:
    assert records.replace(Key("a"), size=2) == Key("a", 2)


def test_copies() -> None:
    original = Plain(1, "y", [3])
    assert copy.copy(original) == copy.deepcopy(original) == original


def test_patterns_match_by_position_and_name() -> None:
    match Plain(1, "y"):
        case Plain(a, b="y"):
            assert a == 1
        case _:
            raise AssertionError

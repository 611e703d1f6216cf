"""Classes made by `records.NamedTuple` behave as those of `typing.NamedTuple`."""

from __future__ import annotations

import copy
import pickle
import typing

import pytest

from purebpf.compiler import records


class Ours(records.NamedTuple):
    """A point."""

    x: int
    y: int = 2
    name: str = ""

    def total(self) -> int:
        return self.x + self.y


class Theirs(typing.NamedTuple):
    """A point."""

    x: int
    y: int = 2
    name: str = ""

    def total(self) -> int:
        return self.x + self.y


class One(records.NamedTuple):
    only: int


class Many(records.NamedTuple):
    """More fields than there are templates for."""

    a: int
    b: int
    c: int
    d: int
    e: int
    f: int
    g: int
    h: int
    i: int
    j: int
    k: int
    last: int = 12


def test_they_are_tuples_with_names() -> None:
    ours, theirs = Ours(5, name="n"), Theirs(5, name="n")
    assert tuple(ours) == tuple(theirs)
    assert isinstance(ours, tuple)
    assert hash(ours) == hash(theirs)
    assert (ours.x, ours.y, ours.name, ours.total()) == (5, 2, "n", 7)
    assert repr(ours) == repr(theirs).replace("Theirs", "Ours")
    assert Ours._fields == Theirs._fields
    assert Ours.__match_args__ == Theirs.__match_args__
    assert Ours.__doc__ == "A point."
    assert ours._replace(x=1) == (1, 2, "n")
    assert type(ours._replace(x=1)) is Ours
    assert One(3) == (3,)
    assert Many(*range(11)) == (*range(11), 12)


def test_they_are_matched_copied_and_kept() -> None:
    match Ours(1, 2, "z"):
        case Ours(x, y, name=name):
            assert (x, y, name) == (1, 2, "z")
    for again in (copy.copy(Ours(1)), copy.deepcopy(Ours(1)), pickle.loads(pickle.dumps(Ours(1)))):
        assert again == Ours(1)
        assert type(again) is Ours


@pytest.mark.parametrize("make", [Ours, Theirs])
def test_wrong_fields_are_refused(make: typing.Any) -> None:
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'x'"):
        make()
    with pytest.raises(TypeError, match="unexpected keyword argument 'q'"):
        make(1, q=2)
    with pytest.raises(ValueError, match="unexpected field names"):
        make(1)._replace(q=2)
    with pytest.raises(AttributeError):
        make(1).x = 3
    with pytest.raises(AttributeError):
        make(1).other = 3

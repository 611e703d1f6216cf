"""`merge_types`: several sets of types as one, in which each type is once.

Two types are one if nothing tells them apart, however deep one looks: all types are put into classes by what they say
themselves, and classes are split by the classes of the types they refer to, until nothing changes (partition refinement). A
forward declaration is the struct of its name, where there is just one. Variables stay apart, they are places; data sections
are left to who knows what lies where.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Hashable, Mapping, Sequence

from . import btf as b
from .btf import Btf, BtfType

Node = tuple[int, int]  # (which set, id)
_MOST_ROUNDS = 100


def merge_types(sets: Sequence[Btf], same: Mapping[Node, Node], *, big_endian: bool = False
                ) -> tuple[Btf, list[dict[int, int]]]:  # fmt: skip
    """(all types but data sections, for each set what became of its ids).

    `same`: types that are to be another one (what is declared here and defined there).
    """
    nodes = [(i, number) for i, types in enumerate(sets) for number, t in types.items() if not isinstance(t, b.DataSec)]
    forwards = _forwards(sets, nodes)
    while True:
        classes = _classes(sets, nodes, {**forwards, **same})
        wrong = [node for node, targets in _candidates(sets, nodes, forwards).items() if len({classes[t] for t in targets}) > 1]
        if not wrong:
            break
        for node in wrong:  # several structs have the name: none of them is meant for sure
            del forwards[node]
    return _build(sets, nodes, classes, {**forwards, **same}, big_endian)


def _forwards(sets: Sequence[Btf], nodes: Sequence[Node]) -> dict[Node, Node]:
    """Each forward declaration with the first struct or union of its name."""
    first: dict[tuple[str, bool], Node] = {}
    for i, number in nodes:
        t = sets[i][number]
        if isinstance(t, b.Struct | b.Union) and t.name:
            first.setdefault((t.name, isinstance(t, b.Union)), (i, number))
    found = {}
    for i, number in nodes:
        t = sets[i][number]
        if isinstance(t, b.Fwd) and (t.name, t.union) in first:
            found[i, number] = first[t.name, t.union]
    return found


def _candidates(sets: Sequence[Btf], nodes: Sequence[Node], forwards: Mapping[Node, Node]) -> dict[Node, list[Node]]:
    """Each resolved forward declaration with all structs that it could stand for."""
    by_name: dict[tuple[str, bool], list[Node]] = {}
    for i, number in nodes:
        t = sets[i][number]
        if isinstance(t, b.Struct | b.Union) and t.name:
            by_name.setdefault((t.name, isinstance(t, b.Union)), []).append((i, number))
    found = {}
    for node in forwards:
        t = sets[node[0]][node[1]]
        assert isinstance(t, b.Fwd)
        found[node] = by_name[t.name, t.union]
    return found


def _classes(sets: Sequence[Btf], nodes: Sequence[Node], same: Mapping[Node, Node]) -> dict[Node, int]:
    """The class of each type, aliases resolved."""

    def target(i: int, number: int) -> Node:
        node = (i, number)
        while node in same:
            node = same[node]
        return node

    own = [node for node in nodes if node not in same]
    refers = {node: [target(node[0], to) for to in b.referenced(sets[node[0]][node[1]])] for node in own}
    numbers: dict[Hashable, int] = {}
    classes = {node: numbers.setdefault(_shape(sets[node[0]][node[1]], node), len(numbers)) for node in own}
    count = len(numbers)
    for _ in range(_MOST_ROUNDS):
        numbers = {}
        classes = {
            node: numbers.setdefault((classes[node], *(classes.get(to, -1) for to in refers[node])), len(numbers))
            for node in own
        }
        if len(numbers) == count:
            break
        count = len(numbers)
    for node in nodes:
        if node in same:
            classes[node] = classes[target(*node)]
    return classes


def _shape(t: BtfType, node: Node) -> Hashable:
    """What a type says without the types it refers to."""
    name = getattr(t, "name", "")
    match t:
        case b.Int():
            return b.Int, name, t.size, t.encoding, t.bits, t.bit_offset
        case b.Struct(members=members) | b.Union(members=members):
            return type(t), name, t.size, tuple((m.name, m.bit_offset, m.bits) for m in members)
        case b.Enum(values=values) | b.Enum64(values=values):
            return type(t), name, t.size, t.signed, tuple(values)
        case b.FuncProto(params=params):
            return b.FuncProto, tuple(p.name for p in params), tuple(p.type == 0 for p in params)
        case b.Array(count=count):
            return b.Array, count
        case b.Fwd(union=union):
            return b.Fwd, name, union
        case b.Func(linkage=linkage):
            return b.Func, name, linkage
        case b.Float(size=size):
            return b.Float, name, size
        case b.Var():
            return b.Var, node
        case b.DeclTag(component=component):
            return b.DeclTag, name, component, t.attribute
        case b.TypeTag():
            return b.TypeTag, name, t.attribute
        case _:
            return type(t), name


def _build(sets: Sequence[Btf], nodes: Sequence[Node], classes: Mapping[Node, int], same: Mapping[Node, Node],
           big_endian: bool) -> tuple[Btf, list[dict[int, int]]]:  # fmt: skip
    merged = Btf(big_endian=big_endian)
    made: dict[int, int] = {}
    kept: list[Node] = []
    for node in nodes:
        if node not in same and classes[node] not in made:
            made[classes[node]] = merged.add(copy.copy(sets[node[0]][node[1]]))
            kept.append(node)
    become: list[dict[int, int]] = [{0: 0} for _ in sets]
    for i, number in nodes:
        become[i][number] = made[classes[i, number]]
    for node in kept:
        new = made[classes[node]]
        merged.types[new] = renumbered(merged.types[new], become[node[0]].__getitem__)
    return merged, become


def renumbered(t: BtfType, number: Callable[[int], int]) -> BtfType:
    """A copy of a type that refers to `number(id)` where it referred to `id`."""
    t = copy.copy(t)
    match t:
        case b.Struct(members=members) | b.Union(members=members):
            t.members = [m._replace(type=number(m.type)) for m in members]
        case b.FuncProto(result=result, params=params):
            t.result, t.params = number(result), [p._replace(type=number(p.type)) for p in params]
        case b.Array(element=element, index=index):
            t.element, t.index = number(element), number(index)
        case b.DataSec(vars=entries):
            t.vars = [entry._replace(type=number(entry.type)) for entry in entries]
        case b.Ptr() | b.Typedef() | b.Volatile() | b.Const() | b.Restrict() | b.Func() | b.Var() | b.DeclTag() | b.TypeTag():
            t.type = number(t.type)
    return t

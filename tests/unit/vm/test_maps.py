"""Maps from the user's side: dict-like, per CPU as lists, records, queues, errors with reasons."""

from __future__ import annotations

import pytest

from purebpf.compiler.object.assemble import assemble
from purebpf.compiler.object.model import Function, Map, Object
from purebpf.runtime.vm import Machine, MachineError

MAPS = [
    Map("lru", 9, 4, 4, 3), Map("counts", 6, 4, 8, 2), Map("queue", 22, 0, 4, 2), Map("stack", 23, 0, 4, 2),
    Map("hash", 1, 4, 4, 2), Map("bloom", 30, 0, 4, 8), Map("outer", 12, 4, 4, 2), Map("trie", 11, 8, 4, 4, 1),
]  # fmt: skip


@pytest.fixture
def machine() -> Machine:
    code = assemble("r0 = 2; exit")
    return Machine(Object("m", {"prog": Function("prog", "xdp", code)}, {m.name: m for m in MAPS}), cpus=2)


def test_a_hash_is_like_a_dict(machine: Machine) -> None:
    table = machine.maps["hash"]
    table[1] = 10
    table[2] = 20
    assert dict(table.items()) == {1: 10, 2: 20}
    assert (list(table), len(table), 1 in table, 3 in table, table.get(3, 7)) == ([1, 2], 2, True, False, 7)
    with pytest.raises(MachineError, match="writing map 'hash': it is full"):
        table[3] = 30
    with pytest.raises(MachineError, match="the key is there already"):
        table.update(1, 0, 1)
    del table[1]
    with pytest.raises(KeyError):
        table[1]
    assert not table.delete(1)
    table.clear()
    assert not len(table)


def test_an_lru_map_forgets_what_was_used_longest_ago(machine: Machine) -> None:
    table = machine.maps["lru"]
    for key in (1, 2, 3):
        table[key] = key
    table.table.lookup((1).to_bytes(4, "little"))  # a program's lookup makes it young, user space's does not
    assert table[2] == 2
    table[4] = 4
    assert sorted(table) == [1, 3, 4]


def test_per_cpu_values_are_lists(machine: Machine) -> None:
    table = machine.maps["counts"]
    table[0] = [5, 6]
    table[1] = 7
    assert (table[0], table[1]) == ([5, 6], [7, 7])


def test_queues_and_stacks_are_pushed_and_popped(machine: Machine) -> None:
    for name, order in (("queue", [1, 2]), ("stack", [2, 1])):
        table = machine.maps[name]
        table.push(1)
        table.push(2)
        with pytest.raises(MachineError, match="it is full"):
            table.push(3)
        assert [table.pop(), table.pop(), table.pop()] == [*order, None]


def test_what_a_map_cannot_do_is_said(machine: Machine) -> None:
    with pytest.raises(MachineError, match="has no records to read"):
        machine.maps["hash"].read()
    with pytest.raises(MachineError, match="is no queue"):
        machine.maps["hash"].push(1)
    with pytest.raises(MachineError, match="not simulated"):
        machine.maps["outer"][0] = 1


def test_definitions_that_the_kernel_refuses_are_refused() -> None:
    with pytest.raises(MachineError, match="an array's key has 4 bytes, not 8"):
        Machine(Object("m", {}, {"a": Map("a", 2, 8, 8, 1)}))


def test_runs_leave_no_memory_behind(machine: Machine) -> None:
    before = len(machine.memory.regions)
    for _ in range(5):
        machine.run(packet=bytes(64))
    assert len(machine.memory.regions) == before

"""Helpers on maps (kernel/bpf/helpers.c), spin locks included."""

from __future__ import annotations

import errno

from ..errors import Fault
from ..maps import BloomMap, MachineMap, QueueMap, ReferenceArray
from ..state import State
from .table import helper, u32

_FOR_EACH = (1, 2, 5, 6, 9, 10)  # map types that bpf_for_each_map_elem() walks


def _key(state: State, table: MachineMap, address: int) -> bytes:
    return state.memory.read_whole(address, table.key_size)


def _not_for_programs(table: MachineMap, name: str) -> Fault:
    return Fault("R2023", f"{name}() on map '{table.name}' of type {table.definition.type}, which does not allow it "
                 "or is not simulated", "use the helper made for this map type")  # fmt: skip


@helper("map_lookup_elem")
def map_lookup_elem(state: State, address: int, key: int) -> int:
    """A pointer to the value, or NULL."""
    table = state.map_at(address)
    if type(table).lookup is MachineMap.lookup:
        raise _not_for_programs(table, "bpf_map_lookup_elem")
    value = table.lookup(_key(state, table, key))
    if value is None:
        return 0
    return value.address or state.memory.add(value)


@helper("map_lookup_percpu_elem")
def map_lookup_percpu_elem(state: State, address: int, key: int, cpu: int) -> int:
    """The value of one CPU, or NULL."""
    table, number = state.map_at(address), u32(cpu)
    if not table.per_cpu:
        raise _not_for_programs(table, "bpf_map_lookup_percpu_elem")
    if number >= state.env.cpus:
        return 0
    current, state.env.cpu = state.env.cpu, number
    try:
        value = table.lookup(_key(state, table, key))
    finally:
        state.env.cpu = current
    return state.memory.address_of(value) if value else 0


@helper("map_update_elem")
def map_update_elem(state: State, address: int, key: int, value: int, flags: int) -> int:
    """0 or an error."""
    table = state.map_at(address)
    if type(table).update is MachineMap.update:
        raise _not_for_programs(table, "bpf_map_update_elem")
    content = _key(state, table, key), state.memory.read(value, table.value_size)
    return table.update(*content, flags)


@helper("map_delete_elem")
def map_delete_elem(state: State, address: int, key: int) -> int:
    """0 or an error."""
    table = state.map_at(address)
    if type(table).delete is MachineMap.delete:
        raise _not_for_programs(table, "bpf_map_delete_elem")
    return table.delete(_key(state, table, key))


@helper("map_push_elem")
def map_push_elem(state: State, address: int, value: int, flags: int) -> int:
    """0 or an error."""
    table = state.map_at(address)
    if not isinstance(table, QueueMap | BloomMap):
        raise _not_for_programs(table, "bpf_map_push_elem")
    return table.push(state.memory.read(value, table.value_size), flags)


@helper("map_pop_elem")
def map_pop_elem(state: State, address: int, value: int) -> int:
    """Takes a value out; zeros it and gives ENOENT if there is none."""
    return _take(state, address, value, remove=True)


@helper("map_peek_elem")
def map_peek_elem(state: State, address: int, value: int) -> int:
    """Looks at the next value. On a bloom filter: 0 if the value was added."""
    table = state.map_at(address)
    if isinstance(table, BloomMap):
        return 0 if table.contains(state.memory.read(value, table.value_size)) else -errno.ENOENT
    return _take(state, address, value, remove=False)


def _take(state: State, address: int, value: int, *, remove: bool) -> int:
    table = state.map_at(address)
    if not isinstance(table, QueueMap):
        raise _not_for_programs(table, "bpf_map_pop_elem" if remove else "bpf_map_peek_elem")
    content = table.pop() if remove else table.peek()
    state.memory.write(value, bytes(table.value_size) if content is None else content)
    return -errno.ENOENT if content is None else 0


@helper("for_each_map_elem")
def for_each_map_elem(state: State, address: int, callback: int, context: int, flags: int) -> int:
    """Calls `callback(map, key, value, ctx)` on each element until it returns 1; how many there were, or an error."""
    table = state.map_at(address)
    if table.definition.type not in _FOR_EACH:
        raise _not_for_programs(table, "bpf_for_each_map_elem")
    if flags:
        return -errno.EINVAL
    count = 0
    for key in table.each_key():
        value = table.lookup(key)
        if value is None:
            continue
        region = table.value_region(bytearray(key))
        region.what = f"a key of map '{table.name}'"
        place = state.borrow(region)
        count += 1
        if u32(state.call(callback, address, place, state.memory.address_of(value), context)):
            break
    return count


@helper("loop")
def loop(state: State, iterations: int, callback: int, context: int, flags: int) -> int:
    """Calls `callback(i, ctx)` until it returns 1; how often it was called, or an error (kernel/bpf/bpf_iter.c)."""
    if flags:
        return -errno.EINVAL
    if u32(iterations) > 8 * 1024 * 1024:
        return -errno.E2BIG
    for i in range(u32(iterations)):
        if u32(state.call(callback, i, context)):
            return i + 1
    return u32(iterations)


@helper("spin_lock")
def spin_lock(state: State, address: int) -> int:
    """There is one CPU at a time: a lock is only checked for being taken twice or never given back."""
    if any(what.startswith("the lock") for what, _ in state.held.values()):
        raise Fault("R2024", "takes a second lock while one is held", "the kernel allows one bpf_spin_lock at a time")
    state.memory.read(address, 4)
    state.hold(address, "the lock taken by bpf_spin_lock()")
    return 0


@helper("spin_unlock")
def spin_unlock(state: State, address: int) -> int:
    """Gives back the lock."""
    if state.held.pop(address, None) is None:
        raise Fault("R2024", "gives back a lock that was not taken", "call bpf_spin_lock() with the same pointer first")
    return 0


@helper("redirect_map")
def redirect_map(state: State, address: int, key: int, flags: int) -> int:
    """XDP_REDIRECT if the map has the key, else the low bits of `flags` (net/core/filter.c)."""
    table = state.map_at(address)
    if not isinstance(table, ReferenceArray):
        raise _not_for_programs(table, "bpf_redirect_map")
    broadcast = flags & 8  # BPF_F_BROADCAST
    if flags & ~0x1B:
        return 0  # XDP_ABORTED
    index = u32(key)
    if not broadcast and index not in table.slots:
        return flags & 3
    state.redirect = f"map {table.name}", index
    return 4

"""The loader's maps in the running kernel: every kind that programs use, with Python keys and values."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from kernel_rooms import compiled

from purebpf.compiler.diagnostics import ObjectError, PurebpfError
from purebpf.runtime.loader import Loaded, LoadError, load
from purebpf.runtime.loader.maps import possible_cpus

pytestmark = pytest.mark.kernel

HEAD = """
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
char LICENSE[] SEC("license") = "GPL";
"""
SOURCE = HEAD + """
struct key { __u32 prefixlen; __u8 addr[4]; };
struct flow { __u16 port; char name[6]; };
struct stat { __u64 packets; __u32 last; };
struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, struct flow); __type(value, struct stat); __uint(max_entries, 3); }
    flows SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __type(key, __u32); __type(value, __u64); __uint(max_entries, 4); }
    table SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); __type(key, __u32); __type(value, __u32); __uint(max_entries, 2); }
    counts SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_LPM_TRIE); __type(key, struct key); __type(value, __u8); __uint(max_entries, 8);
         __uint(map_flags, BPF_F_NO_PREALLOC); } blocked SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_LRU_HASH); __uint(key_size, 4); __uint(value_size, 2); __uint(max_entries, 64); }
    plain SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 5000); } ring SEC(".maps");
const volatile int limit = 2;
int total = 40;
long zero;
SEC("xdp") int count(struct xdp_md *ctx)
{
    __u32 one = 1;
    __u32 *n = bpf_map_lookup_elem(&counts, &one);
    if (n)
        *n += 7;
    __u64 *sum = bpf_map_lookup_elem(&table, &one);
    if (sum)
        *sum += limit;
    total += limit;
    zero++;
    __u64 *slot = bpf_ringbuf_reserve(&ring, 8, 0);
    if (slot) {
        *slot = total;
        if (total == 44)
            bpf_ringbuf_discard(slot, 0);
        else
            bpf_ringbuf_submit(slot, 0);
    }
    struct key k = { 32, { 10, 1, 2, 3 } };
    __u8 *verdict = bpf_map_lookup_elem(&blocked, &k);
    return verdict ? *verdict : XDP_PASS;
}
"""
PACKET = bytes(range(64))


@pytest.fixture
def loaded() -> Iterator[Loaded]:
    with load(compiled(SOURCE)) as made:
        yield made


def test_hashes_take_and_give_structs(loaded: Loaded) -> None:
    flows = loaded.maps["flows"]
    flows[{"port": 80, "name": "http"}] = {"packets": 5, "last": 6}
    assert flows[{"port": 80, "name": "http"}] == {"packets": 5, "last": 6}
    assert list(flows.items()) == [({"port": 80, "name": "http"}, {"packets": 5, "last": 6})]
    assert {"port": 81} not in flows
    assert flows.get({"port": 81}, 3) == 3
    del flows[{"port": 80, "name": "http"}]
    assert len(flows) == 0
    with pytest.raises(KeyError):
        del flows[{"port": 80}]


def test_a_full_map_says_so(loaded: Loaded) -> None:
    flows = loaded.maps["flows"]
    for port in range(3):
        flows[{"port": port}] = {"packets": 1}
    with pytest.raises(LoadError, match="writing map flows: it is full"):
        flows[{"port": 3}] = {"packets": 1}


def test_arrays_count_from_zero_and_end(loaded: Loaded) -> None:
    table = loaded.maps["table"]
    assert [value for _, value in table.items()] == [0, 0, 0, 0]
    table[3] = 1 << 63
    assert table[3] == 1 << 63
    with pytest.raises(LoadError, match="past its end"):
        table[4] = 1
    with pytest.raises(ObjectError, match="does not fit"):
        table[0] = 1 << 64


def test_programs_and_python_see_the_same_values(loaded: Loaded) -> None:
    loaded.maps["table"][1] = 100
    run = loaded.programs["count"].test_run(PACKET)
    assert run.retval == 2
    assert loaded.maps["table"][1] == 102
    assert loaded.maps[".data"][0] == {"total": 42}
    assert loaded.maps[".bss"][0] == {"zero": 1}


def test_per_cpu_values_are_lists(loaded: Loaded) -> None:
    loaded.programs["count"].test_run(PACKET)
    values = loaded.maps["counts"][1]
    assert len(values) == possible_cpus()
    assert sum(values) == 7
    loaded.maps["counts"][0] = list(range(possible_cpus()))
    assert loaded.maps["counts"][0] == list(range(possible_cpus()))


def test_addresses_are_keys_of_tries(loaded: Loaded) -> None:
    blocked = loaded.maps["blocked"]
    assert loaded.programs["count"].test_run(PACKET).retval == 2
    blocked["10.1.0.0/16"] = 1
    assert loaded.programs["count"].test_run(PACKET).retval == 1
    assert list(blocked.items()) == [("10.1.0.0/16", 1)]
    del blocked["10.1.0.0/16"]
    assert loaded.programs["count"].test_run(PACKET).retval == 2


def test_maps_without_types_take_ints_and_bytes(loaded: Loaded) -> None:
    plain = loaded.maps["plain"]
    plain[7] = b"ab"
    assert plain[7] == int.from_bytes(b"ab", "little")
    with pytest.raises(PurebpfError):
        plain[b"too long"] = 1


def test_constants_cannot_be_written(loaded: Loaded) -> None:
    with pytest.raises(LoadError, match=r"writing map \.rodata: it is read-only"):
        loaded.maps[".rodata"][0] = bytes(4)


def test_ring_buffers_give_what_was_submitted_in_order(loaded: Loaded) -> None:
    ring = loaded.ring("ring")
    assert ring.read() == []
    for _ in range(3):
        loaded.programs["count"].test_run(PACKET)
    assert [int.from_bytes(record, "little") for record in ring.read(1)] == [42, 46]  # 44 is discarded
    for _ in range(2000):  # around the end of the buffer, many times
        loaded.programs["count"].test_run(PACKET)
        assert len(ring.read()) == 1


def test_a_ring_of_another_name_is_refused(loaded: Loaded) -> None:
    with pytest.raises(LoadError, match="'table' is not a ring buffer"):
        loaded.ring("table")


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        ("__uint(type, 2); __uint(key_size, 8); __uint(value_size, 8); __uint(max_entries, 1);", "kernel refuses map 'm'"),
        ("__uint(type, 1); __uint(key_size, 4); __uint(value_size, 8);", "kernel refuses map 'm'"),
        ("__uint(type, 99); __uint(key_size, 4); __uint(value_size, 8);", "type 99, which no kernel has"),
        ("__uint(type, 1); __type(key, int); __type(value, int); __uint(pinning, 2);", "no way 2 of pinning"),
    ],
)
def test_impossible_maps_are_refused_with_their_name(definition: str, message: str) -> None:
    obj = compiled(HEAD + f'struct {{ {definition} }} m SEC(".maps");')
    with pytest.raises(LoadError, match=message):
        load(obj)


def test_closing_leaves_no_descriptors_behind() -> None:
    load(compiled(SOURCE)).close()
    before = os.listdir("/proc/self/fd")
    with load(compiled(SOURCE)) as made:
        made.ring("ring").read()
        assert len(os.listdir("/proc/self/fd")) > len(before)
    assert os.listdir("/proc/self/fd") == before

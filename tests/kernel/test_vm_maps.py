"""Random operations on maps: the machine's answers and contents are the kernel's, from user space and from programs."""

from __future__ import annotations

import ctypes
import random
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from purebpf.compiler.object.model import Map
from purebpf.compiler.object.read import read_object
from purebpf.runtime.loader.load import load
from purebpf.runtime.loader.maps import KernelMap, create_map, possible_cpus
from purebpf.runtime.loader.syscall import Command, address, bpf
from purebpf.runtime.vm.environment import Environment
from purebpf.runtime.vm.maps import MachineMap
from purebpf.runtime.vm.maps import create_map as create_ours
from purebpf.runtime.vm.memory import Memory

pytestmark = pytest.mark.kernel

HASH, ARRAY, PERCPU_HASH, PERCPU_ARRAY, LRU, LPM, QUEUE, STACK = 1, 2, 5, 6, 9, 11, 22, 23
NO_PREALLOC = 1
LOOKUP_AND_DELETE = 21  # enum bpf_cmd
#               type          key  value  entries  flags
DEFINITIONS = [
    Map("hash",         HASH,          4,   8,   8),
    Map("hash5",        HASH,          5,   3,   4),
    Map("lazy",         HASH,          4,   8,   8, NO_PREALLOC),
    Map("array",        ARRAY,         4,   6,   8),
    Map("percpu_hash",  PERCPU_HASH,   4,   12,  4),
    Map("percpu_array", PERCPU_ARRAY,  4,   5,   4),
    Map("lpm4",         LPM,           8,   4,   12, NO_PREALLOC),
    Map("lpm1",         LPM,           5,   4,   6,  NO_PREALLOC),
    Map("queue",        QUEUE,         0,   4,   3),
    Map("stack",        STACK,         0,   4,   3),
]  # fmt: skip


class Kernel:
    """The kernel's map by plain system calls: answers are bytes, or a negative errno."""

    def __init__(self, table: KernelMap) -> None:
        self.fd = table.fd
        self.per_cpu = table.per_cpu
        self.size = (table.value_size + 7 & ~7) * possible_cpus() if table.per_cpu else table.value_size

    def call(self, command: int, key: bytes, value: bytes | None, flags: int = 0) -> bytes | int:
        key_buffer = ctypes.create_string_buffer(key, len(key)) if key else None
        buffer = ctypes.create_string_buffer(value if value is not None else bytes(self.size), self.size)
        place = 0 if command == Command.MAP_DELETE_ELEM else address(buffer)
        try:
            bpf(command, struct.pack("=IIQQQ", self.fd, 0, address(key_buffer), place, flags))
        except OSError as problem:
            return -(problem.errno or 0)
        return buffer.raw if value is None else 0


def padded(table: MachineMap, values: list[bytes]) -> bytes:
    return b"".join(v.ljust(table.value_size + 7 & ~7, b"\0") for v in values) if table.per_cpu else values[0]


def random_key(rnd: random.Random, definition: Map) -> bytes:
    if definition.type == LPM:
        bits = 8 * (definition.key_size - 4)
        return rnd.randrange(bits + 2).to_bytes(4, "little") + bytes(rnd.choice([0, 0x80, 0xC0, 10]) for _ in range(bits // 8))
    number = rnd.randrange(definition.max_entries + 3)
    return number.to_bytes(4, "little").ljust(definition.key_size, b"\7")[: definition.key_size]


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda d: d.name)
def test_user_space_sees_the_kernels_answers(definition: Map) -> None:
    for seed in range(6):
        rnd = random.Random(f"{definition.name}{seed}")
        theirs_map = create_map(definition, 0)
        theirs, ours = Kernel(theirs_map), create_ours(definition, Memory(), Environment(cpus=possible_cpus()))
        keyless = definition.type in (QUEUE, STACK)
        for step in range(250):
            key = b"" if keyless else random_key(rnd, definition)
            action = rnd.choice(["update", "update", "update", "lookup", "delete"])
            if action == "update":
                flags = rnd.choice([0, 0, 0, 1, 2, 3] if not keyless else [0, 0, 2, 1])
                values = [rnd.randbytes(definition.value_size) for _ in range(possible_cpus() if ours.per_cpu else 1)]
                got: bytes | int = ours.put(key, values, flags)
                wanted = theirs.call(Command.MAP_UPDATE_ELEM, key, padded(ours, values), flags)
            elif action == "lookup":
                found = ours.get(key)
                got = -2 if found is None else padded(ours, found)
                wanted = theirs.call(Command.MAP_LOOKUP_ELEM, key, None)
            elif keyless:
                value = ours.pop()  # type: ignore[attr-defined]
                got = -2 if value is None else value
                wanted = theirs.call(LOOKUP_AND_DELETE, key, None)
            else:
                got = ours.remove(key)
                wanted = theirs.call(Command.MAP_DELETE_ELEM, key, bytes(theirs.size))
            assert got == wanted, (seed, step, action, key)
        if not keyless:
            assert sorted(ours.each_key()) == sorted(theirs_map.keys())
        theirs_map.close()


SOURCE = r"""
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#define MAP(NAME, KIND, KEY, VALUE, N, FLAGS) struct { __uint(type, KIND); __uint(max_entries, N); __uint(map_flags, FLAGS); \
	__type(key, KEY); __type(value, VALUE); } NAME SEC(".maps");
struct lpm { unsigned bits; unsigned char at[4]; };
MAP(hash, BPF_MAP_TYPE_HASH, long, long, 4, 0)
MAP(array, BPF_MAP_TYPE_ARRAY, int, long, 4, 0)
MAP(percpu_hash, BPF_MAP_TYPE_PERCPU_HASH, long, long, 4, 0)
MAP(percpu_array, BPF_MAP_TYPE_PERCPU_ARRAY, int, long, 4, 0)
MAP(trie, BPF_MAP_TYPE_LPM_TRIE, struct lpm, long, 6, BPF_F_NO_PREALLOC)
struct { __uint(type, BPF_MAP_TYPE_QUEUE); __uint(max_entries, 3); __type(value, long); } queue SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_STACK); __uint(max_entries, 3); __type(value, long); } stack SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } ring SEC(".maps");
long which, what, key, value, flags, result, seen;
#define OPS(M, K) do { long *v; \
	switch (what) { \
	case 0: v = bpf_map_lookup_elem(&M, K); result = !!v; if (v) { seen = *v; *v += 1; } break; \
	case 1: result = bpf_map_update_elem(&M, K, &value, flags); break; \
	case 2: result = bpf_map_delete_elem(&M, K); break; \
	case 3: v = bpf_map_lookup_elem(&M, K); result = bpf_map_update_elem(&M, K, &value, flags); if (v) seen = *v; break; \
	} } while (0)
#define PUSH(M) do { \
	switch (what) { \
	case 0: result = bpf_map_peek_elem(&M, &seen); break; \
	case 1: result = bpf_map_push_elem(&M, &value, flags); break; \
	default: result = bpf_map_pop_elem(&M, &seen); break; \
	} } while (0)
SEC("xdp") int go(void *ctx)
{
	int index = key;
	struct lpm prefix = { key >> 8 & 63, { key, key >> 16, 0, 0 } };
	void *record;
	switch (which) {
	case 0: OPS(hash, &key); break;
	case 1: OPS(array, &index); break;
	case 2: OPS(percpu_hash, &key); break;
	case 3: OPS(percpu_array, &index); break;
	case 4: OPS(trie, &prefix); break;
	case 5: PUSH(queue); break;
	case 6: PUSH(stack); break;
	case 7:
		switch (what) {
		case 0: result = bpf_ringbuf_output(&ring, &value, (key & 7) + 1, flags); break;
		case 1: case 2:
			record = bpf_ringbuf_reserve(&ring, 1000, flags & 1);
			result = !!record;
			if (record) {
				*(long *)record = value;
				if (what == 1) bpf_ringbuf_submit(record, 0); else bpf_ringbuf_discard(record, 0);
			}
			break;
		default: result = bpf_ringbuf_query(&ring, key & 3); break;
		}
	}
	return 2;
}
char LICENSE[] SEC("license") = "GPL";
"""
NAMES = ("hash", "array", "percpu_hash", "percpu_array", "trie")


def test_programs_see_the_kernels_answers(tmp_path: Path) -> None:
    """A program does one operation a run on one of eight maps; results, values seen and contents are equal."""
    import os

    from purebpf.runtime.vm import Machine

    if not shutil.which("clang-19"):
        pytest.skip("clang-19 is not installed")
    (tmp_path / "m.c").write_text(SOURCE)
    subprocess.run(
        ["clang-19", "-O2", "-g", "-target", "bpf", "-mcpu=v3", "-I/usr/include/x86_64-linux-gnu", "-c", "m.c", "-o", "m.o"],
        cwd=tmp_path, check=True, timeout=60,
    )  # fmt: skip
    obj = read_object(tmp_path / "m.o")
    rnd = random.Random(7)
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    machine = Machine(obj, cpus=possible_cpus(), cpu=min(before))
    variables = {name: v for name, v in obj.variables.items() if v.section == ".bss"}
    packet = bytes(64)
    try:
        with load(obj) as loaded:
            for step in range(4000):
                which = rnd.randrange(8)
                key = rnd.randrange(6)
                if which == 4:
                    key = rnd.choice([0, 0x80, 0xC0]) | rnd.randrange(34) << 8 | rnd.choice([0, 0x80]) << 16
                values = {"which": which, "what": rnd.randrange(4), "key": key, "value": rnd.getrandbits(63),
                          "flags": rnd.choice([0, 0, 0, 1, 2, 3, 8]), "result": 0, "seen": 0}  # fmt: skip
                if which == 7 and values["flags"] > 3:
                    values["flags"] = 0
                store = bytearray(len(obj.data[".bss"].data))
                for name, value in values.items():
                    store[variables[name].offset : variables[name].offset + 8] = value.to_bytes(8, "little")
                for table in (loaded.kernel_maps[".bss"], machine.maps[".bss"].raw):
                    table.update(bytes(4), bytes(store))
                assert loaded.programs["go"].test_run(packet).retval == machine.run("go", packet=packet).retval
                ours, theirs = machine.maps[".bss"].raw.lookup(bytes(4)), loaded.kernel_maps[".bss"].lookup(bytes(4))
                assert ours == theirs, (step, values)
                if which == 7 and rnd.random() < 0.1:
                    ours_read, theirs_read = machine.maps["ring"].read(), loaded.ring("ring").read()
                    # behind the 8 bytes written, the kernel's records hold what the buffer held before
                    assert [(len(r), r[:8]) for r in ours_read] == [(len(r), r[:8]) for r in theirs_read]
            for name in NAMES:
                assert sorted(map(repr, machine.maps[name].items())) == sorted(map(repr, loaded.maps[name].items()))
    finally:
        os.sched_setaffinity(0, before)

"""The machine's maps: one class a family; `create_map` picks it by the number of enum bpf_map_type."""

from __future__ import annotations

from ....compiler.object.model import Map
from ..environment import Environment
from ..errors import refuse
from ..memory import Memory
from .arrays import ArrayMap, DataMap, DeviceHash, DeviceMap, PerCpuArrayMap, ProgramArray, ReferenceArray
from .base import MachineMap
from .buffers import PerfEventArray, RingBufferMap
from .hashes import HashMap, LruHashMap, LruPerCpuHashMap, PerCpuHashMap
from .lpm import LpmTrieMap
from .queues import BloomMap, QueueMap, StackMap

# enum bpf_map_type (include/uapi/linux/bpf.h) -> class
CLASSES: dict[int, type[MachineMap]] = {
    1:  HashMap,
    2:  ArrayMap,
    3:  ProgramArray,
    4:  PerfEventArray,
    5:  PerCpuHashMap,
    6:  PerCpuArrayMap,
    8:  ReferenceArray,    # cgroup array
    9:  LruHashMap,
    10: LruPerCpuHashMap,
    11: LpmTrieMap,
    14: DeviceMap,
    16: DeviceMap,         # CPU map
    17: DeviceMap,         # AF_XDP sockets
    22: QueueMap,
    23: StackMap,
    25: DeviceHash,
    27: RingBufferMap,
    30: BloomMap,
}  # fmt: skip


def create_map(definition: Map, memory: Memory, env: Environment) -> MachineMap:
    """The map of a definition. A type that is not simulated gives a map that only traps when a program uses it."""
    made = CLASSES.get(definition.type)
    if made is None:
        return MachineMap(definition, memory, env)
    _check(definition)
    return made(definition, memory, env)


def _check(definition: Map) -> None:
    """Definitions that the kernel refuses with EINVAL."""
    name, kind = definition.name, definition.type
    array = kind in (2, 3, 6)
    wrong = ""
    if array and definition.key_size != 4:
        wrong = f"an array's key has 4 bytes, not {definition.key_size}"
    elif kind == 11 and definition.key_size < 5:
        wrong = f"an LPM trie's key has a u32 prefix length and at least one byte, not {definition.key_size} bytes"
    elif kind in (22, 23, 27, 30) and definition.key_size:
        wrong = "this type has no keys"
    elif kind in (1, 5, 9, 10) and not definition.key_size:
        wrong = "a hash needs a key"
    elif kind not in (4, 27) and not definition.value_size:
        wrong = "values of no bytes"
    elif kind not in (4,) and not definition.max_entries:
        wrong = "max_entries is missing"
    if wrong:
        raise refuse("R2043", f"map '{name}' cannot be created: {wrong}", "correct its definition in section .maps")


__all__ = [
    "ArrayMap", "BloomMap", "DataMap", "DeviceMap", "HashMap", "MachineMap", "PerfEventArray", "ProgramArray", "QueueMap",
    "ReferenceArray", "RingBufferMap", "create_map",
]  # fmt: skip

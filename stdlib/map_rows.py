"""Map types as a text table, and the flags of map creation; `maps.py` reads them."""

from __future__ import annotations

# BPF_F_* of BPF_MAP_CREATE (include/uapi/linux/bpf.h)
FLAGS = {
    "BPF_F_NO_PREALLOC": 1 << 0,
    "BPF_F_NO_COMMON_LRU": 1 << 1,
    "BPF_F_NUMA_NODE": 1 << 2,
    "BPF_F_RDONLY": 1 << 3,
    "BPF_F_WRONLY": 1 << 4,
    "BPF_F_STACK_BUILD_ID": 1 << 5,
    "BPF_F_ZERO_SEED": 1 << 6,
    "BPF_F_RDONLY_PROG": 1 << 7,
    "BPF_F_WRONLY_PROG": 1 << 8,
    "BPF_F_CLONE": 1 << 9,
    "BPF_F_MMAPABLE": 1 << 10,
    "BPF_F_PRESERVE_ELEMS": 1 << 11,
    "BPF_F_INNER_MAP": 1 << 12,
    "BPF_F_LINK": 1 << 13,
    "BPF_F_PATH_FD": 1 << 14,
    "BPF_F_VTYPE_BTF_OBJ_FD": 1 << 15,
    "BPF_F_TOKEN_FD": 1 << 16,
    "BPF_F_SEGV_ON_FAULT": 1 << 17,
    "BPF_F_NO_USER_CONV": 1 << 18,
}

FLAG_GROUPS = {"access": "rdonly wronly", "prog": "rdonly_prog wronly_prog"}

# helper names without `bpf_`
HELPER_GROUPS = {
    "elements": "map_lookup_elem map_update_elem map_delete_elem",
    "loop": "for_each_map_elem",
    "percpu": "map_lookup_percpu_elem",
    "queue": "map_push_elem map_pop_elem map_peek_elem",
    "ringbuf": "ringbuf_output ringbuf_reserve ringbuf_query ringbuf_reserve_dynptr",
    "perf": "perf_event_read perf_event_read_value perf_event_output skb_output xdp_output",
}

# sizes: see maps._size_rule. flags: names of FLAGS without BPF_F_, or
# groups; `!` must be set. helpers: names without `bpf_`, or groups; `-` none.
# Sizes, entries and flags as the kernel's map_alloc_check functions take them (measured on Linux 6.18); helpers as in
# check_map_func_compatibility. `since` from the kernel's history.
MAP_TYPES = """
# n | name                  | since | key    | value     | entries | flags                                         | helpers
  1 | hash                  | 3.19  | 1..    | 1..       | any     | no_prealloc numa_node access zero_seed prog   | elements loop timer_init
  2 | array                 | 3.19  | 4      | 1..       | any     | numa_node access prog mmapable inner_map      | elements loop timer_init
  3 | prog_array            | 4.2   | 4      | 4         | any     | numa_node access                              | tail_call
  4 | perf_event_array      | 4.3   | 4      | 4         | any     | numa_node access preserve_elems               | perf
  5 | percpu_hash           | 4.6   | 1..    | 1..       | any     | no_prealloc access zero_seed prog             | elements loop percpu
  6 | percpu_array          | 4.6   | 4      | 1..       | any     | access prog                                   | elements loop percpu
  7 | stack_trace           | 4.6   | 4      | 8..1016/8 | any     | numa_node access stack_build_id               | get_stackid
  8 | cgroup_array          | 4.8   | 4      | 4         | any     | numa_node access                              | skb_under_cgroup current_task_under_cgroup
  9 | lru_hash              | 4.10  | 1..    | 1..       | any     | no_common_lru numa_node access zero_seed prog | elements loop timer_init
 10 | lru_percpu_hash       | 4.10  | 1..    | 1..       | any     | no_common_lru access zero_seed prog           | elements loop percpu
 11 | lpm_trie              | 4.11  | 5..260 | 1..       | any     | !no_prealloc numa_node access prog            | elements
 12 | array_of_maps         | 4.12  | 4      | 4         | any     | numa_node access                              | map_lookup_elem
 13 | hash_of_maps          | 4.12  | 1..    | 4         | any     | no_prealloc numa_node access zero_seed prog   | map_lookup_elem
 14 | devmap                | 4.14  | 4      | 4,8       | any     | numa_node access                              | redirect_map map_lookup_elem
 15 | sockmap               | 4.14  | 4      | 4,8       | any     | numa_node access                              | sk_redirect_map sock_map_update map_delete_elem msg_redirect_map sk_select_reuseport map_lookup_elem
 16 | cpumap                | 4.15  | 4      | 4,8       | any     | numa_node                                     | redirect_map
 17 | xskmap                | 4.18  | 4      | 4         | any     | numa_node access                              | redirect_map map_lookup_elem
 18 | sockhash              | 4.18  | 1..    | 4,8       | any     | numa_node access                              | sk_redirect_hash sock_hash_update map_delete_elem msg_redirect_hash sk_select_reuseport map_lookup_elem
 19 | cgroup_storage        | 4.19  | 8,16   | 1..       | zero    | numa_node access prog                         | get_local_storage
 20 | reuseport_sockarray   | 4.19  | 4      | 4,8       | any     | numa_node access prog                         | sk_select_reuseport
 21 | percpu_cgroup_storage | 4.20  | 8,16   | 1..       | zero    | numa_node access prog                         | get_local_storage
 22 | queue                 | 4.20  | 0      | 1..       | any     | numa_node access prog                         | queue
 23 | stack                 | 4.20  | 0      | 1..       | any     | numa_node access prog                         | queue
 24 | sk_storage            | 5.2   | 4      | 1..       | zero    | !no_prealloc clone                            | sk_storage_get sk_storage_delete
 25 | devmap_hash           | 5.4   | 4      | 4,8       | any     | numa_node access                              | redirect_map map_lookup_elem
 26 | struct_ops            | 5.6   | 4      | any       | any     | link vtype_btf_obj_fd                         | -
 27 | ringbuf               | 5.8   | 0      | 0         | pages   | numa_node                                     | ringbuf
 28 | inode_storage         | 5.10  | 4      | 1..       | zero    | !no_prealloc clone                            | inode_storage_get inode_storage_delete
 29 | task_storage          | 5.11  | 4      | 1..       | zero    | !no_prealloc clone                            | task_storage_get task_storage_delete
 30 | bloom_filter          | 5.16  | 0      | 1..       | any     | numa_node access zero_seed prog               | map_push_elem map_peek_elem
 31 | user_ringbuf          | 6.1   | 0      | 0         | pages   | numa_node                                     | user_ringbuf_drain
 32 | cgrp_storage          | 6.2   | 4      | 1..       | zero    | !no_prealloc clone                            | cgrp_storage_get cgrp_storage_delete
 33 | arena                 | 6.9   | 0      | 0         | any     | !mmapable segv_on_fault no_user_conv          | -
"""  # noqa: E501

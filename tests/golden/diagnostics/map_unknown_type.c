// A map's type misspelt.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct { __uint(type, BPF_MAP_TYPE_HAHS); __type(key, int); __type(value, long); __uint(max_entries, 1); } m SEC(".maps");

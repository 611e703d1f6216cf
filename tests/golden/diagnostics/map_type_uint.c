// A key given by __uint.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(key, int); __type(value, long); __uint(max_entries, 1); } m SEC(".maps");

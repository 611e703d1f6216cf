// A key's size that contradicts its type.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, int); __uint(key_size, 8); __type(value, long); __uint(max_entries, 1); } m SEC(".maps");
SEC("xdp") int f(struct xdp_md *ctx) { int k = 0; return bpf_map_lookup_elem(&m, &k) != 0; }

// A map's field misspelt.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, int); __type(value, long); __uint(max_entires, 1); } m SEC(".maps");
SEC("xdp") int f(struct xdp_md *ctx) { int k = 0; return bpf_map_lookup_elem(&m, &k) != 0; }

// A map without a type.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct { __type(key, int); __type(value, long); __uint(max_entries, 1); } m SEC(".maps");
SEC("xdp") int f(struct xdp_md *ctx) { int k = 0; return bpf_map_lookup_elem(&m, &k) != 0; }

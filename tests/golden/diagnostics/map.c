// A map definition with a member that means nothing.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entrys, 16);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");
SEC("xdp") int f(struct xdp_md *ctx) { __u32 k = 0; return !!bpf_map_lookup_elem(&counts, &k); }

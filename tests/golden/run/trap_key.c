// A key with padding that was never written: lookups would depend on what the stack held before.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct key {
	__u8 kind;
	__u32 number;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct key);
	__type(value, __u64);
	__uint(max_entries, 4);
} table SEC(".maps");

SEC("xdp") int find(struct xdp_md *ctx)
{
	struct key key;

	key.kind = 1;
	key.number = ctx->ingress_ifindex;
	return bpf_map_lookup_elem(&table, &key) ? XDP_DROP : XDP_PASS;
}

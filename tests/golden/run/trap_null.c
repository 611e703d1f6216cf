// The value of a lookup used without a test for NULL.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 4);
} hits SEC(".maps");

SEC("xdp") int count(struct xdp_md *ctx)
{
	__u32 key = 7;
	__u64 *hit = bpf_map_lookup_elem(&hits, &key);

	*hit += 1;
	return XDP_PASS;
}

// > where >= is meant.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
static __u64 table[16];
SEC("xdp") int f(struct xdp_md *ctx)
{
	__u32 i = ctx->rx_queue_index;

	if (i > 16)
		return XDP_PASS;
	table[i] += 1;
	return XDP_PASS;
}
char LICENSE[] SEC("license") = "GPL";

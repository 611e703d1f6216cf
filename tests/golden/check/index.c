// An index that is not bounded.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
static __u64 table[16];
SEC("xdp") int f(struct xdp_md *ctx)
{
	table[ctx->rx_queue_index] += 1;
	return XDP_PASS;
}
char LICENSE[] SEC("license") = "GPL";

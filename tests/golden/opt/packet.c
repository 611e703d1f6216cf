// The check and the read of a packet stay as they were; what lies between goes.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int first(struct xdp_md *ctx)
{
	__u8 *p = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	int unused = ctx->rx_queue_index * 2;

	if (p + 1 > end)
		return XDP_DROP;
	return *p == 0x45 ? XDP_PASS : XDP_DROP;
}

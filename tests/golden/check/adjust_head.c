// Packet pointers are gone after bpf_xdp_adjust_head().
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int f(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *data_end = (void *)(long)ctx->data_end;
	__u8 *first = data;

	if (data + 1 > data_end)
		return XDP_PASS;
	if (bpf_xdp_adjust_head(ctx, -4))
		return XDP_DROP;
	return *first;
}
char LICENSE[] SEC("license") = "GPL";

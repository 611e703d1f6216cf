// Bit-fields that cover all of a struct are stored into zeros, not into what the stack happened to hold (R2004).
// packet: 05000000000000000000000000000000
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct parts {
	unsigned int flag : 1;
	int sign : 1;
	unsigned int rest : 30;
	unsigned int more;
};

SEC("xdp") int fill(struct xdp_md *ctx)
{
	__u8 *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;

	if (data + 14 > end)
		return XDP_ABORTED;
	struct parts parts = {.more = 0, .rest = 0, .sign = 0, .flag = data[0]};
	return parts.flag + 2 * parts.rest;
}

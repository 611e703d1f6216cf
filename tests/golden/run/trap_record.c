// A ring buffer record that one path forgets to submit.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

SEC("xdp") int send(struct xdp_md *ctx)
{
	__u64 *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event)
		return XDP_ABORTED;
	*event = ctx->ingress_ifindex;
	if (*event == 1)
		return XDP_PASS;
	bpf_ringbuf_submit(event, 0);
	return XDP_DROP;
}

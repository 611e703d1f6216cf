// A bounds check that is missing: the machine stops at the C line, and says what the packet has.
// packet: ffffffffffff00000000000008004500
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <bpf/bpf_helpers.h>

SEC("xdp") int unchecked(struct xdp_md *ctx)
{
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);

	return ip->protocol == 6 ? XDP_DROP : XDP_PASS;
}

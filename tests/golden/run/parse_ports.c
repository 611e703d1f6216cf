// A parser of Ethernet, IPv4, TCP and UDP: verdicts by port, and short packets at every bounds check.
// packet: ffffffffffff00000000000008004500002800000000400600000a0000010a0000021234005000000000000000005000000000000000
// packet: ffffffffffff00000000000008004500002800000000400600000a0000010a0000021234001600000000000000005000000000000000
// packet: ffffffffffff00000000000008004500001c00000000401100000a0000010a0000020035003500080000
// packet: ffffffffffff00000000000008004500001c00000000401100000a0000010a00000200350035
// packet: ffffffffffff00000000000008004500
// packet: ffffffffffff00000000000086dd6000000000000000000000000000
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <linux/in.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

static __be16 port_of(void *at, void *end, __u8 protocol)
{
	if (protocol == IPPROTO_TCP) {
		struct tcphdr *tcp = at;
		return (void *)(tcp + 1) <= end ? tcp->dest : 0;
	}
	if (protocol == IPPROTO_UDP) {
		struct udphdr *udp = at;
		return (void *)(udp + 1) <= end ? udp->dest : 0;
	}
	return 0;
}

SEC("xdp") int ports(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	struct iphdr *ip = (void *)(eth + 1);
	if ((void *)(eth + 1) > end)
		return XDP_ABORTED;
	if (eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	if ((void *)(ip + 1) > end)
		return XDP_ABORTED;
	switch (bpf_ntohs(port_of((void *)ip + ip->ihl * 4, end, ip->protocol))) {
	case 0: return XDP_ABORTED;
	case 22: return XDP_DROP;
	case 53: return XDP_TX;
	}
	return XDP_PASS;
}

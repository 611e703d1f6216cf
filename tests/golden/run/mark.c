// Fields of a socket buffer: length and protocol as the kernel sets them, a mark that is written and read back.
// packet: 00000000000000000000000008004500001400000000400600000a0000010a000002
// packet: 010000000000000000000000010000000000000000000000
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

SEC("tc") int mark(struct __sk_buff *skb)
{
	skb->mark = skb->len << 16 | bpf_ntohs(skb->protocol);
	skb->cb[1] = skb->pkt_type;
	return skb->mark ^ skb->cb[1] << 28;
}

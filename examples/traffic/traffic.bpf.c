// SPDX-License-Identifier: Apache-2.0
//
// Counts packets and bytes by interface, direction and protocol, on the way in and on the way out.
// SEC("tc") and not "tcx/ingress": so loaders from before Linux 6.6 take it too; the side is chosen when attaching.
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

enum direction {
	INGRESS,
	EGRESS,
};

struct flow {
	__u32 ifindex;
	__be16 ethertype;
	__u8 protocol; // IPPROTO_*, 0 if it is not IP
	__u8 direction;
};

struct counter {
	__u64 packets;
	__u64 bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct flow);
	__type(value, struct counter);
	__uint(max_entries, 4096);
} flows SEC(".maps");

// set before loading: count Ethernet headers too
const volatile _Bool with_link_header = 1;

// what was counted in all, and what found no room in `flows`
struct counter total;
__u64 uncounted;

static __noinline int add(struct flow *flow, __u64 bytes)
{
	struct counter *counter = bpf_map_lookup_elem(&flows, flow);

	if (!counter) {
		struct counter none = {};

		// another CPU may have added it meanwhile: then that one counts
		bpf_map_update_elem(&flows, flow, &none, BPF_NOEXIST);
		counter = bpf_map_lookup_elem(&flows, flow);
		if (!counter) {
			__sync_fetch_and_add(&uncounted, 1);
			return -1;
		}
	}
	__sync_fetch_and_add(&counter->packets, 1);
	__sync_fetch_and_add(&counter->bytes, bytes);
	return 0;
}

static __always_inline int count(struct __sk_buff *skb, enum direction direction)
{
	void *data = (void *)(long)skb->data;
	void *end = (void *)(long)skb->data_end;
	struct ethhdr *eth = data;
	struct flow flow = { .ifindex = skb->ifindex, .direction = direction };
	__u64 bytes = skb->len;

	if ((void *)(eth + 1) > end)
		return TC_ACT_OK;
	flow.ethertype = eth->h_proto;
	if (eth->h_proto == bpf_htons(ETH_P_IP)) {
		struct iphdr *ip = (void *)(eth + 1);

		if ((void *)(ip + 1) <= end)
			flow.protocol = ip->protocol;
	} else if (eth->h_proto == bpf_htons(ETH_P_IPV6)) {
		struct ipv6hdr *ip = (void *)(eth + 1);

		if ((void *)(ip + 1) <= end)
			flow.protocol = ip->nexthdr;
	}
	if (!with_link_header)
		bytes -= sizeof(*eth);

	if (add(&flow, bytes) == 0) {
		__sync_fetch_and_add(&total.packets, 1);
		__sync_fetch_and_add(&total.bytes, bytes);
	}
	return TC_ACT_OK;
}

SEC("tc")
int count_ingress(struct __sk_buff *skb)
{
	return count(skb, INGRESS);
}

SEC("tc")
int count_egress(struct __sk_buff *skb)
{
	return count(skb, EGRESS);
}

char LICENSE[] SEC("license") = "Apache-2.0";

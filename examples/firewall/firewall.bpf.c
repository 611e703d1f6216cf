// SPDX-License-Identifier: Apache-2.0
//
// A firewall in XDP: drops packets from blocked sources and to blocked ports, before the kernel sees them.
// It reads Ethernet, up to two VLAN tags, IPv4 and IPv6 with their options, TCP and UDP.
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define MAX_VLAN_TAGS 2
#define MAX_IPV6_EXTENSIONS 4
#define IP_FRAGMENT_OFFSET 0x1fff

enum verdict {
	PASSED,            // IP, and no rule was against it
	PASSED_OTHER,      // not IP: ARP, LLDP, ...
	DROPPED_SOURCE,    // its source is in blocked_v4 or blocked_v6
	DROPPED_PORT,      // its destination port is in blocked_ports
	DROPPED_MALFORMED, // shorter than its headers say
	VERDICTS,
};

struct vlan_header {
	__be16 tag;
	__be16 protocol;
};

struct v4_key {
	__u32 prefix_length; // in bits
	__be32 address;
};

struct v6_key {
	__u32 prefix_length;
	struct in6_addr address;
};

struct port_key {
	__be16 port;
	__u8 protocol; // IPPROTO_TCP or IPPROTO_UDP
	__u8 unused;
};

struct counter {
	__u64 packets;
	__u64 bytes;
};

// the values of the three rule maps count the packets that the rule has dropped
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__type(key, struct v4_key);
	__type(value, __u64);
	__uint(max_entries, 1024);
	__uint(map_flags, BPF_F_NO_PREALLOC);
} blocked_v4 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__type(key, struct v6_key);
	__type(value, __u64);
	__uint(max_entries, 1024);
	__uint(map_flags, BPF_F_NO_PREALLOC);
} blocked_v6 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct port_key);
	__type(value, __u64);
	__uint(max_entries, 256);
} blocked_ports SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, struct counter);
	__uint(max_entries, VERDICTS);
} verdicts SEC(".maps");

// The rest of a packet: what is still to be read, and where it ends. Each header is checked against the end before it is
// read: the verifier insists on it.
struct cursor {
	void *at;
	void *end;
};

static __always_inline enum verdict filter_port(struct cursor *cursor, __u8 protocol)
{
	struct port_key key = { .protocol = protocol };
	__u64 *hits;

	if (protocol == IPPROTO_TCP) {
		struct tcphdr *tcp = cursor->at;

		if ((void *)(tcp + 1) > cursor->end)
			return DROPPED_MALFORMED;
		key.port = tcp->dest;
	} else if (protocol == IPPROTO_UDP) {
		struct udphdr *udp = cursor->at;

		if ((void *)(udp + 1) > cursor->end)
			return DROPPED_MALFORMED;
		key.port = udp->dest;
	} else {
		return PASSED;
	}

	hits = bpf_map_lookup_elem(&blocked_ports, &key);
	if (!hits)
		return PASSED;
	__sync_fetch_and_add(hits, 1);
	return DROPPED_PORT;
}

static __always_inline enum verdict filter_v4(struct cursor *cursor)
{
	struct iphdr *ip = cursor->at;
	struct v4_key key = { .prefix_length = 32 };
	__u64 *hits;

	if ((void *)(ip + 1) > cursor->end)
		return DROPPED_MALFORMED;
	if (ip->version != 4 || ip->ihl < 5)
		return DROPPED_MALFORMED;

	key.address = ip->saddr;
	hits = bpf_map_lookup_elem(&blocked_v4, &key);
	if (hits) {
		__sync_fetch_and_add(hits, 1);
		return DROPPED_SOURCE;
	}
	// only the first fragment of a packet has ports
	if (ip->frag_off & bpf_htons(IP_FRAGMENT_OFFSET))
		return PASSED;
	cursor->at = (void *)ip + ip->ihl * 4;
	return filter_port(cursor, ip->protocol);
}

static __always_inline enum verdict filter_v6(struct cursor *cursor)
{
	struct ipv6hdr *ip = cursor->at;
	struct v6_key key = { .prefix_length = 128 };
	__u8 protocol;
	__u64 *hits;

	if ((void *)(ip + 1) > cursor->end)
		return DROPPED_MALFORMED;
	if (ip->version != 6)
		return DROPPED_MALFORMED;

	key.address = ip->saddr;
	hits = bpf_map_lookup_elem(&blocked_v6, &key);
	if (hits) {
		__sync_fetch_and_add(hits, 1);
		return DROPPED_SOURCE;
	}
	protocol = ip->nexthdr;
	cursor->at = ip + 1;
	for (int i = 0; i < MAX_IPV6_EXTENSIONS; i++) {
		struct ipv6_opt_hdr *extension = cursor->at;

		if (protocol != IPPROTO_HOPOPTS && protocol != IPPROTO_ROUTING && protocol != IPPROTO_DSTOPTS)
			break;
		if ((void *)(extension + 1) > cursor->end)
			return DROPPED_MALFORMED;
		protocol = extension->nexthdr;
		cursor->at = (void *)extension + (extension->hdrlen + 1) * 8;
	}
	return filter_port(cursor, protocol);
}

static __always_inline enum verdict filter(struct cursor *cursor)
{
	struct ethhdr *eth = cursor->at;
	__be16 protocol;

	if ((void *)(eth + 1) > cursor->end)
		return DROPPED_MALFORMED;
	protocol = eth->h_proto;
	cursor->at = eth + 1;

	for (int i = 0; i < MAX_VLAN_TAGS; i++) {
		struct vlan_header *vlan = cursor->at;

		if (protocol != bpf_htons(ETH_P_8021Q) && protocol != bpf_htons(ETH_P_8021AD))
			break;
		if ((void *)(vlan + 1) > cursor->end)
			return DROPPED_MALFORMED;
		protocol = vlan->protocol;
		cursor->at = vlan + 1;
	}
	switch (protocol) {
	case bpf_htons(ETH_P_IP):
		return filter_v4(cursor);
	case bpf_htons(ETH_P_IPV6):
		return filter_v6(cursor);
	default:
		return PASSED_OTHER;
	}
}

SEC("xdp")
int firewall(struct xdp_md *ctx)
{
	struct cursor cursor = {
		.at = (void *)(long)ctx->data,
		.end = (void *)(long)ctx->data_end,
	};
	__u64 bytes = cursor.end - cursor.at;
	__u32 verdict = filter(&cursor);
	struct counter *counter = bpf_map_lookup_elem(&verdicts, &verdict);

	if (counter) {
		counter->packets += 1;
		counter->bytes += bytes;
	}
	return verdict >= DROPPED_SOURCE ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "Apache-2.0";

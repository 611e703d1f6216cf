/* Headers of a packet, one behind the other, with the comparisons that the verifier wants:

	struct packet_cursor cursor = packet_cursor(ctx->data, ctx->data_end);
	struct ethhdr *eth;
	int protocol = packet_ethernet(&cursor, &eth);
	struct iphdr *ip;
	if (protocol == bpf_htons(ETH_P_IP) && (ip = packet_ipv4(&cursor)) && ip->protocol == IPPROTO_TCP) {
		struct tcphdr *tcp = packet_tcp(&cursor);
		...

   Each function gives the header at the cursor and moves the cursor behind it, or gives NULL and leaves the cursor if the packet
   ends before or the header is malformed. In XDP and tc programs; after a helper that moves the packet begin anew.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _PUREBPF_PACKET_H
#define _PUREBPF_PACKET_H

#ifndef __VMLINUX_H__
#include <linux/if_ether.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_vlan.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/types.h>
#include <linux/udp.h>
#endif
#include <bpf/bpf_endian.h>

#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif
#ifndef NULL
#define NULL ((void *)0)
#endif

/* how many VLAN tags, and extension headers of IPv6, are passed over */
#ifndef PACKET_MAX_VLANS
#define PACKET_MAX_VLANS 2
#endif
#ifndef PACKET_MAX_EXTENSIONS
#define PACKET_MAX_EXTENSIONS 6
#endif

struct packet_cursor {
	void *at;
	void *end;
};

/* 802.1Q: what is behind the source address, or behind another tag */
struct packet_vlan {
	__be16 tci;
	__be16 protocol;
};

/* of ctx->data and ctx->data_end */
#define packet_cursor(data, data_end) \
	((struct packet_cursor){(void *)(unsigned long)(data), (void *)(unsigned long)(data_end)})

/* `size` bytes, a constant */
static __always_inline void *packet_take(struct packet_cursor *cursor, __u32 size)
{
	void *header = cursor->at;

	if (header + size > cursor->end)
		return NULL;
	cursor->at = header + size;
	return header;
}

/* The Ethernet header and the tags behind it. The protocol of what follows, in network order, or -1; *eth is the header.
   IEEE 802.1Q, 802.1ad. */
static __always_inline int packet_ethernet(struct packet_cursor *cursor, struct ethhdr **eth)
{
	struct ethhdr *header = packet_take(cursor, sizeof(*header));
	__be16 protocol;

	if (!header)
		return -1;
	*eth = header;
	protocol = header->h_proto;
	for (int i = 0; i < PACKET_MAX_VLANS; i++) {
		struct packet_vlan *tag;

		if (protocol != bpf_htons(0x8100) && protocol != bpf_htons(0x88A8))
			break;
		tag = packet_take(cursor, sizeof(*tag));
		if (!tag)
			return -1;
		protocol = tag->protocol;
	}
	return protocol;
}

/* an IPv4 header and its options (RFC 791) */
static __always_inline struct iphdr *packet_ipv4(struct packet_cursor *cursor)
{
	struct iphdr *header = cursor->at;
	__u32 size;

	if ((void *)(header + 1) > cursor->end)
		return NULL;
	size = header->ihl * 4;
	if (header->version != 4 || size < sizeof(*header) || (void *)header + size > cursor->end)
		return NULL;
	cursor->at = (void *)header + size;
	return header;
}

/* an IPv6 header, without extensions (RFC 8200) */
static __always_inline struct ipv6hdr *packet_ipv6(struct packet_cursor *cursor)
{
	struct ipv6hdr *header = cursor->at;

	if ((void *)(header + 1) > cursor->end || header->version != 6)
		return NULL;
	cursor->at = header + 1;
	return header;
}

/* Behind the extension headers that begin with `protocol`, an ipv6hdr's nexthdr. The protocol of what follows, or -1: at the end
   of the packet, in a fragment other than the first, and if there are more than PACKET_MAX_EXTENSIONS. RFC 8200, RFC 4302. */
static __always_inline int packet_ipv6_extensions(struct packet_cursor *cursor, __u8 protocol)
{
	for (int i = 0; i < PACKET_MAX_EXTENSIONS; i++) {
		__u8 *header = cursor->at;
		__u32 size;

		switch (protocol) {
		case 0:   /* hop by hop */
		case 43:  /* routing */
		case 60:  /* destination options */
		case 135: /* mobility */
			if ((void *)(header + 2) > cursor->end)
				return -1;
			size = 8 + header[1] * 8;
			break;
		case 44: /* fragment */
			if ((void *)(header + 8) > cursor->end || header[2] || header[3] & 0xf8)
				return -1;
			size = 8;
			break;
		case 51: /* authentication */
			if ((void *)(header + 2) > cursor->end)
				return -1;
			size = 8 + header[1] * 4;
			break;
		default:
			return protocol;
		}
		protocol = header[0];
		cursor->at = (void *)header + size;
	}
	return -1;
}

/* a TCP header and its options (RFC 9293) */
static __always_inline struct tcphdr *packet_tcp(struct packet_cursor *cursor)
{
	struct tcphdr *header = cursor->at;
	__u32 size;

	if ((void *)(header + 1) > cursor->end)
		return NULL;
	size = header->doff * 4;
	if (size < sizeof(*header) || (void *)header + size > cursor->end)
		return NULL;
	cursor->at = (void *)header + size;
	return header;
}

static __always_inline struct udphdr *packet_udp(struct packet_cursor *cursor)
{
	return packet_take(cursor, sizeof(struct udphdr));
}

static __always_inline struct icmphdr *packet_icmp(struct packet_cursor *cursor)
{
	return packet_take(cursor, sizeof(struct icmphdr));
}

static __always_inline struct icmp6hdr *packet_icmpv6(struct packet_cursor *cursor)
{
	return packet_take(cursor, sizeof(struct icmp6hdr));
}

#endif

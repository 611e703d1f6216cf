/* IPv6 (RFC 8200): header, extension headers.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _IPV6_H
#define _IPV6_H

#include <linux/in6.h>
#include <linux/types.h>

#define IPV6_MIN_MTU 1280

struct ipv6hdr {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	__u8 version : 4,
	     priority : 4;
#else
	__u8 priority : 4, /* the upper half of the traffic class */
	     version : 4;
#endif
	__u8 flow_lbl[3]; /* 4 bits of traffic class, 20 of flow label */
	__be16 payload_len; /* bytes after this header */
	__u8 nexthdr; /* IPPROTO_* */
	__u8 hop_limit;
	struct in6_addr saddr;
	struct in6_addr daddr;
};

/* hop-by-hop and destination options; 8 * (hdrlen + 1) bytes in all */
struct ipv6_opt_hdr {
	__u8 nexthdr;
	__u8 hdrlen;
} __attribute__((packed));
#define ipv6_destopt_hdr ipv6_opt_hdr
#define ipv6_hopopt_hdr  ipv6_opt_hdr

struct ipv6_rt_hdr {
	__u8 nexthdr;
	__u8 hdrlen;
	__u8 type;
	__u8 segments_left;
};

struct rt0_hdr {
	struct ipv6_rt_hdr rt_hdr;
	__u32 reserved;
	struct in6_addr addr[0];
};

struct rt2_hdr {
	struct ipv6_rt_hdr rt_hdr;
	__u32 reserved;
	struct in6_addr addr;
};

struct in6_pktinfo {
	struct in6_addr ipi6_addr;
	int ipi6_ifindex;
};

#define IPV6_SRCRT_STRICT 0x01
#define IPV6_SRCRT_TYPE_0 0
#define IPV6_SRCRT_TYPE_2 2
#define IPV6_SRCRT_TYPE_3 3
#define IPV6_SRCRT_TYPE_4 4
#define IPV6_OPT_ROUTERALERT_MLD 0x0000

#endif

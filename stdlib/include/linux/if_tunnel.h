/* IP tunnels: GRE header bits, netlink attributes.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _IF_TUNNEL_H_
#define _IF_TUNNEL_H_

#include <asm/byteorder.h>
#include <linux/if.h>
#include <linux/in6.h>
#include <linux/ip.h>
#include <linux/types.h>

#define GRE_CSUM          __cpu_to_be16(0x8000)
#define GRE_ROUTING       __cpu_to_be16(0x4000)
#define GRE_KEY           __cpu_to_be16(0x2000)
#define GRE_SEQ           __cpu_to_be16(0x1000)
#define GRE_STRICT        __cpu_to_be16(0x0800)
#define GRE_REC           __cpu_to_be16(0x0700)
#define GRE_ACK           __cpu_to_be16(0x0080)
#define GRE_FLAGS         __cpu_to_be16(0x0078)
#define GRE_VERSION       __cpu_to_be16(0x0007)
#define GRE_VERSION_0     __cpu_to_be16(0x0000)
#define GRE_VERSION_1     __cpu_to_be16(0x0001)
#define GRE_PROTO_PPP     __cpu_to_be16(0x880b)
#define GRE_PPTP_KEY_MASK __cpu_to_be32(0xffff)

#define IFLA_IPTUN_MAX 20

#define TUNNEL_ENCAP_FLAG_CSUM    0x1
#define TUNNEL_ENCAP_FLAG_CSUM6   0x2
#define TUNNEL_ENCAP_FLAG_REMCSUM 0x4

#define SIT_ISATAP 0x1

#define PRL_DEFAULT 0x1

#define IFLA_GRE_MAX 24

#define VTI_ISVTI 0x1

#define IFLA_VTI_MAX 6

#define TUNNEL_CSUM            __cpu_to_be16(0x01)
#define TUNNEL_ROUTING         __cpu_to_be16(0x02)
#define TUNNEL_KEY             __cpu_to_be16(0x04)
#define TUNNEL_SEQ             __cpu_to_be16(0x08)
#define TUNNEL_STRICT          __cpu_to_be16(0x10)
#define TUNNEL_REC             __cpu_to_be16(0x20)
#define TUNNEL_VERSION         __cpu_to_be16(0x40)
#define TUNNEL_NO_KEY          __cpu_to_be16(0x80)
#define TUNNEL_DONT_FRAGMENT   __cpu_to_be16(0x0100)
#define TUNNEL_OAM             __cpu_to_be16(0x0200)
#define TUNNEL_CRIT_OPT        __cpu_to_be16(0x0400)
#define TUNNEL_GENEVE_OPT      __cpu_to_be16(0x0800)
#define TUNNEL_VXLAN_OPT       __cpu_to_be16(0x1000)
#define TUNNEL_NOCACHE         __cpu_to_be16(0x2000)
#define TUNNEL_ERSPAN_OPT      __cpu_to_be16(0x4000)
#define TUNNEL_GTP_OPT         __cpu_to_be16(0x8000)
#define TUNNEL_OPTIONS_PRESENT 216

enum {
	IFLA_IPTUN_UNSPEC              = 0,
	IFLA_IPTUN_LINK                = 1,
	IFLA_IPTUN_LOCAL               = 2,
	IFLA_IPTUN_REMOTE              = 3,
	IFLA_IPTUN_TTL                 = 4,
	IFLA_IPTUN_TOS                 = 5,
	IFLA_IPTUN_ENCAP_LIMIT         = 6,
	IFLA_IPTUN_FLOWINFO            = 7,
	IFLA_IPTUN_FLAGS               = 8,
	IFLA_IPTUN_PROTO               = 9,
	IFLA_IPTUN_PMTUDISC            = 10,
	IFLA_IPTUN_6RD_PREFIX          = 11,
	IFLA_IPTUN_6RD_RELAY_PREFIX    = 12,
	IFLA_IPTUN_6RD_PREFIXLEN       = 13,
	IFLA_IPTUN_6RD_RELAY_PREFIXLEN = 14,
	IFLA_IPTUN_ENCAP_TYPE          = 15,
	IFLA_IPTUN_ENCAP_FLAGS         = 16,
	IFLA_IPTUN_ENCAP_SPORT         = 17,
	IFLA_IPTUN_ENCAP_DPORT         = 18,
	IFLA_IPTUN_COLLECT_METADATA    = 19,
	IFLA_IPTUN_FWMARK              = 20,
	__IFLA_IPTUN_MAX               = 21,
};

enum tunnel_encap_types {
	TUNNEL_ENCAP_NONE = 0,
	TUNNEL_ENCAP_FOU  = 1,
	TUNNEL_ENCAP_GUE  = 2,
	TUNNEL_ENCAP_MPLS = 3,
};

enum {
	IFLA_GRE_UNSPEC           = 0,
	IFLA_GRE_LINK             = 1,
	IFLA_GRE_IFLAGS           = 2,
	IFLA_GRE_OFLAGS           = 3,
	IFLA_GRE_IKEY             = 4,
	IFLA_GRE_OKEY             = 5,
	IFLA_GRE_LOCAL            = 6,
	IFLA_GRE_REMOTE           = 7,
	IFLA_GRE_TTL              = 8,
	IFLA_GRE_TOS              = 9,
	IFLA_GRE_PMTUDISC         = 10,
	IFLA_GRE_ENCAP_LIMIT      = 11,
	IFLA_GRE_FLOWINFO         = 12,
	IFLA_GRE_FLAGS            = 13,
	IFLA_GRE_ENCAP_TYPE       = 14,
	IFLA_GRE_ENCAP_FLAGS      = 15,
	IFLA_GRE_ENCAP_SPORT      = 16,
	IFLA_GRE_ENCAP_DPORT      = 17,
	IFLA_GRE_COLLECT_METADATA = 18,
	IFLA_GRE_IGNORE_DF        = 19,
	IFLA_GRE_FWMARK           = 20,
	IFLA_GRE_ERSPAN_INDEX     = 21,
	IFLA_GRE_ERSPAN_VER       = 22,
	IFLA_GRE_ERSPAN_DIR       = 23,
	IFLA_GRE_ERSPAN_HWID      = 24,
	__IFLA_GRE_MAX            = 25,
};

enum {
	IFLA_VTI_UNSPEC = 0,
	IFLA_VTI_LINK   = 1,
	IFLA_VTI_IKEY   = 2,
	IFLA_VTI_OKEY   = 3,
	IFLA_VTI_LOCAL  = 4,
	IFLA_VTI_REMOTE = 5,
	IFLA_VTI_FWMARK = 6,
	__IFLA_VTI_MAX  = 7,
};

struct ip_tunnel_parm {
	char name[16];
	int link;
	__be16 i_flags;
	__be16 o_flags;
	__be32 i_key;
	__be32 o_key;
	struct iphdr iph;
};

struct ip_tunnel_prl {
	__be32 addr;
	__u16 flags;
	__u16 __reserved;
	__u32 datalen;
	__u32 __reserved2;
};

struct ip_tunnel_6rd {
	struct in6_addr prefix;
	__be32 relay_prefix;
	__u16 prefixlen;
	__u16 relay_prefixlen;
};

#define GRE_IS_CSUM(f)    ((f) & GRE_CSUM)
#define GRE_IS_ROUTING(f) ((f) & GRE_ROUTING)
#define GRE_IS_KEY(f)     ((f) & GRE_KEY)
#define GRE_IS_SEQ(f)     ((f) & GRE_SEQ)
#define GRE_IS_STRICT(f)  ((f) & GRE_STRICT)
#define GRE_IS_REC(f)     ((f) & GRE_REC)
#define GRE_IS_ACK(f)     ((f) & GRE_ACK)

#endif

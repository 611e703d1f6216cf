/* IPv4 (RFC 791): header, type of service, options.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_IP_H
#define _LINUX_IP_H

#include <linux/types.h>
#include <asm/byteorder.h>

struct iphdr {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	__u8 version : 4,
	     ihl : 4;
#else
	__u8 ihl : 4, /* length of the header in 4-byte words */
	     version : 4;
#endif
	__u8 tos;
	__be16 tot_len;
	__be16 id;
	__be16 frag_off; /* 3 bits of flags, 13 of offset in 8-byte units */
	__u8 ttl;
	__u8 protocol; /* IPPROTO_* */
	__sum16 check;
	__be32 saddr;
	__be32 daddr;
	/* options follow */
};

struct ip_auth_hdr {
	__u8 nexthdr;
	__u8 hdrlen;
	__be16 reserved;
	__be32 spi;
	__be32 seq_no;
	__u8 auth_data[];
};

struct ip_esp_hdr {
	__be32 spi;
	__be32 seq_no;
	__u8 enc_data[];
};

struct ip_comp_hdr {
	__u8 nexthdr;
	__u8 flags;
	__be16 cpi;
};

struct ip_beet_phdr {
	__u8 nexthdr;
	__u8 hdrlen;
	__u8 padlen;
	__u8 reserved;
};

#define IPTOS_TOS_MASK             0x1E
#define IPTOS_LOWDELAY             0x10
#define IPTOS_THROUGHPUT           0x08
#define IPTOS_RELIABILITY          0x04
#define IPTOS_MINCOST              0x02
#define IPTOS_PREC_MASK            0xE0
#define IPTOS_PREC_NETCONTROL      0xE0
#define IPTOS_PREC_INTERNETCONTROL 0xC0
#define IPTOS_PREC_CRITIC_ECP      0xA0
#define IPTOS_PREC_FLASHOVERRIDE   0x80
#define IPTOS_PREC_FLASH           0x60
#define IPTOS_PREC_IMMEDIATE       0x40
#define IPTOS_PREC_PRIORITY        0x20
#define IPTOS_PREC_ROUTINE         0x00
#define IPOPT_COPY                 0x80
#define IPOPT_CLASS_MASK           0x60
#define IPOPT_NUMBER_MASK          0x1F
#define IPOPT_CONTROL              0x00
#define IPOPT_RESERVED1            0x20
#define IPOPT_MEASUREMENT          0x40
#define IPOPT_RESERVED2            0x60
#define IPOPT_END                  0x00
#define IPOPT_NOOP                 0x01
#define IPOPT_SEC                  0x82
#define IPOPT_LSRR                 0x83
#define IPOPT_TIMESTAMP            0x44
#define IPOPT_CIPSO                0x86
#define IPOPT_RR                   0x07
#define IPOPT_SID                  0x88
#define IPOPT_SSRR                 0x89
#define IPOPT_RA                   0x94
#define IPVERSION                  0x04
#define MAXTTL                     0xFF
#define IPDEFTTL                   0x40
#define IPOPT_OPTVAL               0x00
#define IPOPT_OLEN                 0x01
#define IPOPT_OFFSET               0x02
#define IPOPT_MINOFF               0x04
#define MAX_IPOPTLEN               0x28
#define IPOPT_NOP                  0x01
#define IPOPT_EOL                  0x00
#define IPOPT_TS                   0x44
#define IPOPT_TS_TSONLY            0x00
#define IPOPT_TS_TSANDADDR         0x01
#define IPOPT_TS_PRESPEC           0x03

#define IPTOS_TOS(tos)    ((tos) & IPTOS_TOS_MASK)
#define IPTOS_PREC(tos)   ((tos) & IPTOS_PREC_MASK)
#define IPOPT_COPIED(opt) ((opt) & IPOPT_COPY)
#define IPOPT_CLASS(opt)  ((opt) & IPOPT_CLASS_MASK)
#define IPOPT_NUMBER(opt) ((opt) & IPOPT_NUMBER_MASK)

/* configuration of an interface, as attributes */
#define IPV4_DEVCONF_MAX 33

enum {
	IPV4_DEVCONF_FORWARDING                         = 1,
	IPV4_DEVCONF_MC_FORWARDING                      = 2,
	IPV4_DEVCONF_PROXY_ARP                          = 3,
	IPV4_DEVCONF_ACCEPT_REDIRECTS                   = 4,
	IPV4_DEVCONF_SECURE_REDIRECTS                   = 5,
	IPV4_DEVCONF_SEND_REDIRECTS                     = 6,
	IPV4_DEVCONF_SHARED_MEDIA                       = 7,
	IPV4_DEVCONF_RP_FILTER                          = 8,
	IPV4_DEVCONF_ACCEPT_SOURCE_ROUTE                = 9,
	IPV4_DEVCONF_BOOTP_RELAY                        = 10,
	IPV4_DEVCONF_LOG_MARTIANS                       = 11,
	IPV4_DEVCONF_TAG                                = 12,
	IPV4_DEVCONF_ARPFILTER                          = 13,
	IPV4_DEVCONF_MEDIUM_ID                          = 14,
	IPV4_DEVCONF_NOXFRM                             = 15,
	IPV4_DEVCONF_NOPOLICY                           = 16,
	IPV4_DEVCONF_FORCE_IGMP_VERSION                 = 17,
	IPV4_DEVCONF_ARP_ANNOUNCE                       = 18,
	IPV4_DEVCONF_ARP_IGNORE                         = 19,
	IPV4_DEVCONF_PROMOTE_SECONDARIES                = 20,
	IPV4_DEVCONF_ARP_ACCEPT                         = 21,
	IPV4_DEVCONF_ARP_NOTIFY                         = 22,
	IPV4_DEVCONF_ACCEPT_LOCAL                       = 23,
	IPV4_DEVCONF_SRC_VMARK                          = 24,
	IPV4_DEVCONF_PROXY_ARP_PVLAN                    = 25,
	IPV4_DEVCONF_ROUTE_LOCALNET                     = 26,
	IPV4_DEVCONF_IGMPV2_UNSOLICITED_REPORT_INTERVAL = 27,
	IPV4_DEVCONF_IGMPV3_UNSOLICITED_REPORT_INTERVAL = 28,
	IPV4_DEVCONF_IGNORE_ROUTES_WITH_LINKDOWN        = 29,
	IPV4_DEVCONF_DROP_UNICAST_IN_L2_MULTICAST       = 30,
	IPV4_DEVCONF_DROP_GRATUITOUS_ARP                = 31,
	IPV4_DEVCONF_BC_FORWARDING                      = 32,
	IPV4_DEVCONF_ARP_EVICT_NOCARRIER                = 33,
	__IPV4_DEVCONF_MAX                              = 34,
};

#endif

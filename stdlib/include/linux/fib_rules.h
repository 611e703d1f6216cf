/* Rules of policy routing.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef __LINUX_FIB_RULES_H
#define __LINUX_FIB_RULES_H

#include <linux/types.h>

#define FIB_RULE_PERMANENT    0x1
#define FIB_RULE_INVERT       0x2
#define FIB_RULE_UNRESOLVED   0x4
#define FIB_RULE_IIF_DETACHED 0x8
#define FIB_RULE_DEV_DETACHED 8
#define FIB_RULE_OIF_DETACHED 0x10
#define FIB_RULE_FIND_SADDR   0x10000

#define FRA_IFNAME 3
#define FRA_MAX    30

#define FR_ACT_MAX 8

enum {
	FRA_UNSPEC             = 0,
	FRA_DST                = 1,
	FRA_SRC                = 2,
	FRA_IIFNAME            = 3,
	FRA_GOTO               = 4,
	FRA_UNUSED2            = 5,
	FRA_PRIORITY           = 6,
	FRA_UNUSED3            = 7,
	FRA_UNUSED4            = 8,
	FRA_UNUSED5            = 9,
	FRA_FWMARK             = 10,
	FRA_FLOW               = 11,
	FRA_TUN_ID             = 12,
	FRA_SUPPRESS_IFGROUP   = 13,
	FRA_SUPPRESS_PREFIXLEN = 14,
	FRA_TABLE              = 15,
	FRA_FWMASK             = 16,
	FRA_OIFNAME            = 17,
	FRA_PAD                = 18,
	FRA_L3MDEV             = 19,
	FRA_UID_RANGE          = 20,
	FRA_PROTOCOL           = 21,
	FRA_IP_PROTO           = 22,
	FRA_SPORT_RANGE        = 23,
	FRA_DPORT_RANGE        = 24,
	FRA_DSCP               = 25,
	FRA_FLOWLABEL          = 26,
	FRA_FLOWLABEL_MASK     = 27,
	FRA_SPORT_MASK         = 28,
	FRA_DPORT_MASK         = 29,
	FRA_DSCP_MASK          = 30,
	__FRA_MAX              = 31,
};

enum {
	FR_ACT_UNSPEC      = 0,
	FR_ACT_TO_TBL      = 1,
	FR_ACT_GOTO        = 2,
	FR_ACT_NOP         = 3,
	FR_ACT_RES3        = 4,
	FR_ACT_RES4        = 5,
	FR_ACT_BLACKHOLE   = 6,
	FR_ACT_UNREACHABLE = 7,
	FR_ACT_PROHIBIT    = 8,
	__FR_ACT_MAX       = 9,
};

struct fib_rule_hdr {
	__u8 family;
	__u8 dst_len;
	__u8 src_len;
	__u8 tos;
	__u8 table;
	__u8 res1;
	__u8 res2;
	__u8 action;
	__u32 flags;
};

struct fib_rule_uid_range {
	__u32 start;
	__u32 end;
};

struct fib_rule_port_range {
	__u16 start;
	__u16 end;
};

#endif

/* IGMP messages.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_IGMP_H
#define _LINUX_IGMP_H

#include <asm/byteorder.h>
#include <linux/types.h>

#define IGMPV3_MODE_IS_INCLUDE   1
#define IGMPV3_MODE_IS_EXCLUDE   2
#define IGMPV3_CHANGE_TO_INCLUDE 3
#define IGMPV3_CHANGE_TO_EXCLUDE 4
#define IGMPV3_ALLOW_NEW_SOURCES 5
#define IGMPV3_BLOCK_OLD_SOURCES 6

#define IGMP_HOST_MEMBERSHIP_QUERY  0x11
#define IGMP_HOST_MEMBERSHIP_REPORT 0x12
#define IGMP_DVMRP                  0x13
#define IGMP_PIM                    0x14
#define IGMP_TRACE                  0x15

#define IGMPV2_HOST_MEMBERSHIP_REPORT 0x16

#define IGMP_HOST_LEAVE_MESSAGE 0x17

#define IGMPV3_HOST_MEMBERSHIP_REPORT 0x22

#define IGMP_MTRACE_RESP           0x1e
#define IGMP_MTRACE                0x1f
#define IGMP_MRDISC_ADV            0x30
#define IGMP_DELAYING_MEMBER       0x1
#define IGMP_IDLE_MEMBER           0x2
#define IGMP_LAZY_MEMBER           0x3
#define IGMP_SLEEPING_MEMBER       0x4
#define IGMP_AWAKENING_MEMBER      0x5
#define IGMP_MINLEN                8
#define IGMP_MAX_HOST_REPORT_DELAY 10
#define IGMP_TIMER_SCALE           10
#define IGMP_AGE_THRESHOLD         400

struct igmphdr {
	__u8 type;
	__u8 code;
	__sum16 csum;
	__be32 group;
};

struct igmpv3_grec {
	__u8 grec_type;
	__u8 grec_auxwords;
	__be16 grec_nsrcs;
	__be32 grec_mca;
	__be32 grec_src[];
};

struct igmpv3_report {
	__u8 type;
	__u8 resv1;
	__sum16 csum;
	__be16 resv2;
	__be16 ngrec;
	struct igmpv3_grec grec[];
};

struct igmpv3_query {
	__u8 type;
	__u8 code;
	__sum16 csum;
	__be32 group;
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	__u8 resv : 4;
	__u8 suppress : 1;
	__u8 qrv : 3;
#else
	__u8 qrv : 3;
	__u8 suppress : 1;
	__u8 resv : 4;
#endif
	__u8 qqic;
	__be16 nsrcs;
	__be32 srcs[];
};

#define IGMP_ALL_HOSTS        __cpu_to_be32(0xE0000001)
#define IGMP_ALL_ROUTER       __cpu_to_be32(0xE0000002)
#define IGMPV3_ALL_MCR        __cpu_to_be32(0xE0000016)
#define IGMP_LOCAL_GROUP      __cpu_to_be32(0xE0000000)
#define IGMP_LOCAL_GROUP_MASK __cpu_to_be32(0xFFFFFF00)

#endif

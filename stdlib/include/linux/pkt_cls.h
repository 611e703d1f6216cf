/* Classifiers and actions of tc: verdicts, attributes, parameters.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef __LINUX_PKT_CLS_H
#define __LINUX_PKT_CLS_H

#include <linux/types.h>
#include <linux/stddef.h>
#include <linux/pkt_sched.h>

#define TC_COOKIE_MAX_SIZE 16

#define TCA_ACT_FLAGS_NO_PERCPU_STATS 0x1
#define TCA_ACT_FLAGS_SKIP_HW         0x2
#define TCA_ACT_FLAGS_SKIP_SW         0x4
#define TCA_ACT_HW_STATS_IMMEDIATE    0x1
#define TCA_ACT_HW_STATS_DELAYED      0x2
#define TCA_ACT_MAX                   11
#define TCA_OLD_COMPAT                12
#define TCA_ACT_MAX_PRIO              32
#define TCA_ACT_BIND                  1
#define TCA_ACT_NOBIND                0
#define TCA_ACT_UNBIND                1
#define TCA_ACT_NOUNBIND              0
#define TCA_ACT_REPLACE               1
#define TCA_ACT_NOREPLACE             0

#define TC_ACT_UNSPEC     (-1)
#define TC_ACT_OK         0
#define TC_ACT_RECLASSIFY 1
#define TC_ACT_SHOT       2
#define TC_ACT_PIPE       3
#define TC_ACT_STOLEN     4
#define TC_ACT_QUEUED     5
#define TC_ACT_REPEAT     6
#define TC_ACT_REDIRECT   7
#define TC_ACT_TRAP       8
#define TC_ACT_VALUE_MAX  8

#define __TC_ACT_EXT_SHIFT 28

#define TC_ACT_EXT_VAL_MASK 0xfffffff
#define TC_ACT_JUMP         268435456
#define TC_ACT_GOTO_CHAIN   536870912

#define TCA_ACT_GACT       5
#define TCA_ACT_IPT        6
#define TCA_ACT_PEDIT      7
#define TCA_ACT_MIRRED     8
#define TCA_ACT_NAT        9
#define TCA_ACT_XT         10
#define TCA_ACT_SKBEDIT    11
#define TCA_ACT_VLAN       12
#define TCA_ACT_BPF        13
#define TCA_ACT_CONNMARK   14
#define TCA_ACT_SKBMOD     15
#define TCA_ACT_CSUM       16
#define TCA_ACT_TUNNEL_KEY 17
#define TCA_ACT_SIMP       22
#define TCA_ACT_IFE        25
#define TCA_ACT_SAMPLE     26
#define TCA_ID_MAX         255

#define TC_POLICE_UNSPEC     (-1)
#define TC_POLICE_OK         0
#define TC_POLICE_RECLASSIFY 1
#define TC_POLICE_SHOT       2
#define TC_POLICE_PIPE       3

#define TCA_POLICE_MAX          11
#define TCA_CLS_FLAGS_SKIP_HW   0x1
#define TCA_CLS_FLAGS_SKIP_SW   0x2
#define TCA_CLS_FLAGS_IN_HW     0x4
#define TCA_CLS_FLAGS_NOT_IN_HW 0x8
#define TCA_CLS_FLAGS_VERBOSE   0x10

#define TC_U32_ROOT 0xfff00000U

#define TCA_U32_MAX 12

#define TC_U32_TERMINAL  1
#define TC_U32_OFFSET    2
#define TC_U32_VAROFFSET 4
#define TC_U32_EAT       8
#define TC_U32_MAXDEPTH  8

#define TCA_ROUTE4_MAX 6
#define TCA_FW_MAX     5

#define FLOW_KEY_MAX 17

#define TCA_FLOW_MAX                      12
#define TCA_BASIC_MAX                     6
#define TCA_CGROUP_MAX                    3
#define TCA_BPF_FLAG_ACT_DIRECT           0x1
#define TCA_BPF_MAX                       11
#define TCA_FLOWER_MAX                    111
#define TCA_FLOWER_KEY_ENC_OPTS_MAX       5
#define TCA_FLOWER_KEY_ENC_OPT_GENEVE_MAX 3
#define TCA_FLOWER_KEY_ENC_OPT_VXLAN_MAX  1
#define TCA_FLOWER_KEY_ENC_OPT_ERSPAN_MAX 4
#define TCA_FLOWER_KEY_ENC_OPT_GTP_MAX    2
#define TCA_FLOWER_KEY_ENC_OPT_PFCP_MAX   2
#define TCA_FLOWER_KEY_MPLS_OPTS_MAX      1
#define TCA_FLOWER_KEY_MPLS_OPT_LSE_MAX   5
#define TCA_FLOWER_KEY_FLAGS_MAX          32
#define TCA_FLOWER_KEY_CFM_OPT_MAX        2
#define TCA_FLOWER_KEY_CFM_MAX            2
#define TCA_FLOWER_MASK_FLAGS_RANGE       0x1
#define TCA_MATCHALL_MAX                  5
#define TCA_EMATCH_TREE_MAX               2

#define TCF_EM_REL_END   0
#define TCF_EM_REL_AND   0x1
#define TCF_EM_REL_OR    0x2
#define TCF_EM_INVERT    0x4
#define TCF_EM_SIMPLE    0x8
#define TCF_EM_REL_MASK  3
#define TCF_LAYER_MAX    2
#define TCF_EM_CONTAINER 0
#define TCF_EM_CMP       1
#define TCF_EM_NBYTE     2
#define TCF_EM_U32       3
#define TCF_EM_META      4
#define TCF_EM_TEXT      5
#define TCF_EM_VLAN      6
#define TCF_EM_CANID     7
#define TCF_EM_IPSET     8
#define TCF_EM_IPT       9
#define TCF_EM_MAX       9

enum {
	TCA_ACT_UNSPEC        = 0,
	TCA_ACT_KIND          = 1,
	TCA_ACT_OPTIONS       = 2,
	TCA_ACT_INDEX         = 3,
	TCA_ACT_STATS         = 4,
	TCA_ACT_PAD           = 5,
	TCA_ACT_COOKIE        = 6,
	TCA_ACT_FLAGS         = 7,
	TCA_ACT_HW_STATS      = 8,
	TCA_ACT_USED_HW_STATS = 9,
	TCA_ACT_IN_HW_COUNT   = 10,
	__TCA_ACT_MAX         = 11,
};

enum tca_id {
	TCA_ID_UNSPEC     = 0,
	TCA_ID_POLICE     = 1,
	TCA_ID_GACT       = 5,
	TCA_ID_IPT        = 6,
	TCA_ID_PEDIT      = 7,
	TCA_ID_MIRRED     = 8,
	TCA_ID_NAT        = 9,
	TCA_ID_XT         = 10,
	TCA_ID_SKBEDIT    = 11,
	TCA_ID_VLAN       = 12,
	TCA_ID_BPF        = 13,
	TCA_ID_CONNMARK   = 14,
	TCA_ID_SKBMOD     = 15,
	TCA_ID_CSUM       = 16,
	TCA_ID_TUNNEL_KEY = 17,
	TCA_ID_SIMP       = 22,
	TCA_ID_IFE        = 25,
	TCA_ID_SAMPLE     = 26,
	TCA_ID_CTINFO     = 27,
	TCA_ID_MPLS       = 28,
	TCA_ID_CT         = 29,
	TCA_ID_GATE       = 30,
	__TCA_ID_MAX      = 255,
};

enum {
	TCA_POLICE_UNSPEC     = 0,
	TCA_POLICE_TBF        = 1,
	TCA_POLICE_RATE       = 2,
	TCA_POLICE_PEAKRATE   = 3,
	TCA_POLICE_AVRATE     = 4,
	TCA_POLICE_RESULT     = 5,
	TCA_POLICE_TM         = 6,
	TCA_POLICE_PAD        = 7,
	TCA_POLICE_RATE64     = 8,
	TCA_POLICE_PEAKRATE64 = 9,
	TCA_POLICE_PKTRATE64  = 10,
	TCA_POLICE_PKTBURST64 = 11,
	__TCA_POLICE_MAX      = 12,
};

enum {
	TCA_U32_UNSPEC  = 0,
	TCA_U32_CLASSID = 1,
	TCA_U32_HASH    = 2,
	TCA_U32_LINK    = 3,
	TCA_U32_DIVISOR = 4,
	TCA_U32_SEL     = 5,
	TCA_U32_POLICE  = 6,
	TCA_U32_ACT     = 7,
	TCA_U32_INDEV   = 8,
	TCA_U32_PCNT    = 9,
	TCA_U32_MARK    = 10,
	TCA_U32_FLAGS   = 11,
	TCA_U32_PAD     = 12,
	__TCA_U32_MAX   = 13,
};

enum {
	TCA_ROUTE4_UNSPEC  = 0,
	TCA_ROUTE4_CLASSID = 1,
	TCA_ROUTE4_TO      = 2,
	TCA_ROUTE4_FROM    = 3,
	TCA_ROUTE4_IIF     = 4,
	TCA_ROUTE4_POLICE  = 5,
	TCA_ROUTE4_ACT     = 6,
	__TCA_ROUTE4_MAX   = 7,
};

enum {
	TCA_FW_UNSPEC  = 0,
	TCA_FW_CLASSID = 1,
	TCA_FW_POLICE  = 2,
	TCA_FW_INDEV   = 3,
	TCA_FW_ACT     = 4,
	TCA_FW_MASK    = 5,
	__TCA_FW_MAX   = 6,
};

enum {
	FLOW_KEY_SRC            = 0,
	FLOW_KEY_DST            = 1,
	FLOW_KEY_PROTO          = 2,
	FLOW_KEY_PROTO_SRC      = 3,
	FLOW_KEY_PROTO_DST      = 4,
	FLOW_KEY_IIF            = 5,
	FLOW_KEY_PRIORITY       = 6,
	FLOW_KEY_MARK           = 7,
	FLOW_KEY_NFCT           = 8,
	FLOW_KEY_NFCT_SRC       = 9,
	FLOW_KEY_NFCT_DST       = 10,
	FLOW_KEY_NFCT_PROTO_SRC = 11,
	FLOW_KEY_NFCT_PROTO_DST = 12,
	FLOW_KEY_RTCLASSID      = 13,
	FLOW_KEY_SKUID          = 14,
	FLOW_KEY_SKGID          = 15,
	FLOW_KEY_VLAN_TAG       = 16,
	FLOW_KEY_RXHASH         = 17,
	__FLOW_KEY_MAX          = 18,
};

enum {
	FLOW_MODE_MAP  = 0,
	FLOW_MODE_HASH = 1,
};

enum {
	TCA_FLOW_UNSPEC    = 0,
	TCA_FLOW_KEYS      = 1,
	TCA_FLOW_MODE      = 2,
	TCA_FLOW_BASECLASS = 3,
	TCA_FLOW_RSHIFT    = 4,
	TCA_FLOW_ADDEND    = 5,
	TCA_FLOW_MASK      = 6,
	TCA_FLOW_XOR       = 7,
	TCA_FLOW_DIVISOR   = 8,
	TCA_FLOW_ACT       = 9,
	TCA_FLOW_POLICE    = 10,
	TCA_FLOW_EMATCHES  = 11,
	TCA_FLOW_PERTURB   = 12,
	__TCA_FLOW_MAX     = 13,
};

enum {
	TCA_BASIC_UNSPEC   = 0,
	TCA_BASIC_CLASSID  = 1,
	TCA_BASIC_EMATCHES = 2,
	TCA_BASIC_ACT      = 3,
	TCA_BASIC_POLICE   = 4,
	TCA_BASIC_PCNT     = 5,
	TCA_BASIC_PAD      = 6,
	__TCA_BASIC_MAX    = 7,
};

enum {
	TCA_CGROUP_UNSPEC   = 0,
	TCA_CGROUP_ACT      = 1,
	TCA_CGROUP_POLICE   = 2,
	TCA_CGROUP_EMATCHES = 3,
	__TCA_CGROUP_MAX    = 4,
};

enum {
	TCA_BPF_UNSPEC    = 0,
	TCA_BPF_ACT       = 1,
	TCA_BPF_POLICE    = 2,
	TCA_BPF_CLASSID   = 3,
	TCA_BPF_OPS_LEN   = 4,
	TCA_BPF_OPS       = 5,
	TCA_BPF_FD        = 6,
	TCA_BPF_NAME      = 7,
	TCA_BPF_FLAGS     = 8,
	TCA_BPF_FLAGS_GEN = 9,
	TCA_BPF_TAG       = 10,
	TCA_BPF_ID        = 11,
	__TCA_BPF_MAX     = 12,
};

enum {
	TCA_FLOWER_UNSPEC                    = 0,
	TCA_FLOWER_CLASSID                   = 1,
	TCA_FLOWER_INDEV                     = 2,
	TCA_FLOWER_ACT                       = 3,
	TCA_FLOWER_KEY_ETH_DST               = 4,
	TCA_FLOWER_KEY_ETH_DST_MASK          = 5,
	TCA_FLOWER_KEY_ETH_SRC               = 6,
	TCA_FLOWER_KEY_ETH_SRC_MASK          = 7,
	TCA_FLOWER_KEY_ETH_TYPE              = 8,
	TCA_FLOWER_KEY_IP_PROTO              = 9,
	TCA_FLOWER_KEY_IPV4_SRC              = 10,
	TCA_FLOWER_KEY_IPV4_SRC_MASK         = 11,
	TCA_FLOWER_KEY_IPV4_DST              = 12,
	TCA_FLOWER_KEY_IPV4_DST_MASK         = 13,
	TCA_FLOWER_KEY_IPV6_SRC              = 14,
	TCA_FLOWER_KEY_IPV6_SRC_MASK         = 15,
	TCA_FLOWER_KEY_IPV6_DST              = 16,
	TCA_FLOWER_KEY_IPV6_DST_MASK         = 17,
	TCA_FLOWER_KEY_TCP_SRC               = 18,
	TCA_FLOWER_KEY_TCP_DST               = 19,
	TCA_FLOWER_KEY_UDP_SRC               = 20,
	TCA_FLOWER_KEY_UDP_DST               = 21,
	TCA_FLOWER_FLAGS                     = 22,
	TCA_FLOWER_KEY_VLAN_ID               = 23,
	TCA_FLOWER_KEY_VLAN_PRIO             = 24,
	TCA_FLOWER_KEY_VLAN_ETH_TYPE         = 25,
	TCA_FLOWER_KEY_ENC_KEY_ID            = 26,
	TCA_FLOWER_KEY_ENC_IPV4_SRC          = 27,
	TCA_FLOWER_KEY_ENC_IPV4_SRC_MASK     = 28,
	TCA_FLOWER_KEY_ENC_IPV4_DST          = 29,
	TCA_FLOWER_KEY_ENC_IPV4_DST_MASK     = 30,
	TCA_FLOWER_KEY_ENC_IPV6_SRC          = 31,
	TCA_FLOWER_KEY_ENC_IPV6_SRC_MASK     = 32,
	TCA_FLOWER_KEY_ENC_IPV6_DST          = 33,
	TCA_FLOWER_KEY_ENC_IPV6_DST_MASK     = 34,
	TCA_FLOWER_KEY_TCP_SRC_MASK          = 35,
	TCA_FLOWER_KEY_TCP_DST_MASK          = 36,
	TCA_FLOWER_KEY_UDP_SRC_MASK          = 37,
	TCA_FLOWER_KEY_UDP_DST_MASK          = 38,
	TCA_FLOWER_KEY_SCTP_SRC_MASK         = 39,
	TCA_FLOWER_KEY_SCTP_DST_MASK         = 40,
	TCA_FLOWER_KEY_SCTP_SRC              = 41,
	TCA_FLOWER_KEY_SCTP_DST              = 42,
	TCA_FLOWER_KEY_ENC_UDP_SRC_PORT      = 43,
	TCA_FLOWER_KEY_ENC_UDP_SRC_PORT_MASK = 44,
	TCA_FLOWER_KEY_ENC_UDP_DST_PORT      = 45,
	TCA_FLOWER_KEY_ENC_UDP_DST_PORT_MASK = 46,
	TCA_FLOWER_KEY_FLAGS                 = 47,
	TCA_FLOWER_KEY_FLAGS_MASK            = 48,
	TCA_FLOWER_KEY_ICMPV4_CODE           = 49,
	TCA_FLOWER_KEY_ICMPV4_CODE_MASK      = 50,
	TCA_FLOWER_KEY_ICMPV4_TYPE           = 51,
	TCA_FLOWER_KEY_ICMPV4_TYPE_MASK      = 52,
	TCA_FLOWER_KEY_ICMPV6_CODE           = 53,
	TCA_FLOWER_KEY_ICMPV6_CODE_MASK      = 54,
	TCA_FLOWER_KEY_ICMPV6_TYPE           = 55,
	TCA_FLOWER_KEY_ICMPV6_TYPE_MASK      = 56,
	TCA_FLOWER_KEY_ARP_SIP               = 57,
	TCA_FLOWER_KEY_ARP_SIP_MASK          = 58,
	TCA_FLOWER_KEY_ARP_TIP               = 59,
	TCA_FLOWER_KEY_ARP_TIP_MASK          = 60,
	TCA_FLOWER_KEY_ARP_OP                = 61,
	TCA_FLOWER_KEY_ARP_OP_MASK           = 62,
	TCA_FLOWER_KEY_ARP_SHA               = 63,
	TCA_FLOWER_KEY_ARP_SHA_MASK          = 64,
	TCA_FLOWER_KEY_ARP_THA               = 65,
	TCA_FLOWER_KEY_ARP_THA_MASK          = 66,
	TCA_FLOWER_KEY_MPLS_TTL              = 67,
	TCA_FLOWER_KEY_MPLS_BOS              = 68,
	TCA_FLOWER_KEY_MPLS_TC               = 69,
	TCA_FLOWER_KEY_MPLS_LABEL            = 70,
	TCA_FLOWER_KEY_TCP_FLAGS             = 71,
	TCA_FLOWER_KEY_TCP_FLAGS_MASK        = 72,
	TCA_FLOWER_KEY_IP_TOS                = 73,
	TCA_FLOWER_KEY_IP_TOS_MASK           = 74,
	TCA_FLOWER_KEY_IP_TTL                = 75,
	TCA_FLOWER_KEY_IP_TTL_MASK           = 76,
	TCA_FLOWER_KEY_CVLAN_ID              = 77,
	TCA_FLOWER_KEY_CVLAN_PRIO            = 78,
	TCA_FLOWER_KEY_CVLAN_ETH_TYPE        = 79,
	TCA_FLOWER_KEY_ENC_IP_TOS            = 80,
	TCA_FLOWER_KEY_ENC_IP_TOS_MASK       = 81,
	TCA_FLOWER_KEY_ENC_IP_TTL            = 82,
	TCA_FLOWER_KEY_ENC_IP_TTL_MASK       = 83,
	TCA_FLOWER_KEY_ENC_OPTS              = 84,
	TCA_FLOWER_KEY_ENC_OPTS_MASK         = 85,
	TCA_FLOWER_IN_HW_COUNT               = 86,
	TCA_FLOWER_KEY_PORT_SRC_MIN          = 87,
	TCA_FLOWER_KEY_PORT_SRC_MAX          = 88,
	TCA_FLOWER_KEY_PORT_DST_MIN          = 89,
	TCA_FLOWER_KEY_PORT_DST_MAX          = 90,
	TCA_FLOWER_KEY_CT_STATE              = 91,
	TCA_FLOWER_KEY_CT_STATE_MASK         = 92,
	TCA_FLOWER_KEY_CT_ZONE               = 93,
	TCA_FLOWER_KEY_CT_ZONE_MASK          = 94,
	TCA_FLOWER_KEY_CT_MARK               = 95,
	TCA_FLOWER_KEY_CT_MARK_MASK          = 96,
	TCA_FLOWER_KEY_CT_LABELS             = 97,
	TCA_FLOWER_KEY_CT_LABELS_MASK        = 98,
	TCA_FLOWER_KEY_MPLS_OPTS             = 99,
	TCA_FLOWER_KEY_HASH                  = 100,
	TCA_FLOWER_KEY_HASH_MASK             = 101,
	TCA_FLOWER_KEY_NUM_OF_VLANS          = 102,
	TCA_FLOWER_KEY_PPPOE_SID             = 103,
	TCA_FLOWER_KEY_PPP_PROTO             = 104,
	TCA_FLOWER_KEY_L2TPV3_SID            = 105,
	TCA_FLOWER_L2_MISS                   = 106,
	TCA_FLOWER_KEY_CFM                   = 107,
	TCA_FLOWER_KEY_SPI                   = 108,
	TCA_FLOWER_KEY_SPI_MASK              = 109,
	TCA_FLOWER_KEY_ENC_FLAGS             = 110,
	TCA_FLOWER_KEY_ENC_FLAGS_MASK        = 111,
	__TCA_FLOWER_MAX                     = 112,
};

enum {
	TCA_FLOWER_KEY_CT_FLAGS_NEW         = 0x1,
	TCA_FLOWER_KEY_CT_FLAGS_ESTABLISHED = 0x2,
	TCA_FLOWER_KEY_CT_FLAGS_RELATED     = 0x4,
	TCA_FLOWER_KEY_CT_FLAGS_TRACKED     = 0x8,
	TCA_FLOWER_KEY_CT_FLAGS_INVALID     = 0x10,
	TCA_FLOWER_KEY_CT_FLAGS_REPLY       = 0x20,
	__TCA_FLOWER_KEY_CT_FLAGS_MAX       = 33,
};

enum {
	TCA_FLOWER_KEY_ENC_OPTS_UNSPEC = 0,
	TCA_FLOWER_KEY_ENC_OPTS_GENEVE = 1,
	TCA_FLOWER_KEY_ENC_OPTS_VXLAN  = 2,
	TCA_FLOWER_KEY_ENC_OPTS_ERSPAN = 3,
	TCA_FLOWER_KEY_ENC_OPTS_GTP    = 4,
	TCA_FLOWER_KEY_ENC_OPTS_PFCP   = 5,
	__TCA_FLOWER_KEY_ENC_OPTS_MAX  = 6,
};

enum {
	TCA_FLOWER_KEY_ENC_OPT_GENEVE_UNSPEC = 0,
	TCA_FLOWER_KEY_ENC_OPT_GENEVE_CLASS  = 1,
	TCA_FLOWER_KEY_ENC_OPT_GENEVE_TYPE   = 2,
	TCA_FLOWER_KEY_ENC_OPT_GENEVE_DATA   = 3,
	__TCA_FLOWER_KEY_ENC_OPT_GENEVE_MAX  = 4,
};

enum {
	TCA_FLOWER_KEY_ENC_OPT_VXLAN_UNSPEC = 0,
	TCA_FLOWER_KEY_ENC_OPT_VXLAN_GBP    = 1,
	__TCA_FLOWER_KEY_ENC_OPT_VXLAN_MAX  = 2,
};

enum {
	TCA_FLOWER_KEY_ENC_OPT_ERSPAN_UNSPEC = 0,
	TCA_FLOWER_KEY_ENC_OPT_ERSPAN_VER    = 1,
	TCA_FLOWER_KEY_ENC_OPT_ERSPAN_INDEX  = 2,
	TCA_FLOWER_KEY_ENC_OPT_ERSPAN_DIR    = 3,
	TCA_FLOWER_KEY_ENC_OPT_ERSPAN_HWID   = 4,
	__TCA_FLOWER_KEY_ENC_OPT_ERSPAN_MAX  = 5,
};

enum {
	TCA_FLOWER_KEY_ENC_OPT_GTP_UNSPEC   = 0,
	TCA_FLOWER_KEY_ENC_OPT_GTP_PDU_TYPE = 1,
	TCA_FLOWER_KEY_ENC_OPT_GTP_QFI      = 2,
	__TCA_FLOWER_KEY_ENC_OPT_GTP_MAX    = 3,
};

enum {
	TCA_FLOWER_KEY_ENC_OPT_PFCP_UNSPEC = 0,
	TCA_FLOWER_KEY_ENC_OPT_PFCP_TYPE   = 1,
	TCA_FLOWER_KEY_ENC_OPT_PFCP_SEID   = 2,
	__TCA_FLOWER_KEY_ENC_OPT_PFCP_MAX  = 3,
};

enum {
	TCA_FLOWER_KEY_MPLS_OPTS_UNSPEC = 0,
	TCA_FLOWER_KEY_MPLS_OPTS_LSE    = 1,
	__TCA_FLOWER_KEY_MPLS_OPTS_MAX  = 2,
};

enum {
	TCA_FLOWER_KEY_MPLS_OPT_LSE_UNSPEC = 0,
	TCA_FLOWER_KEY_MPLS_OPT_LSE_DEPTH  = 1,
	TCA_FLOWER_KEY_MPLS_OPT_LSE_TTL    = 2,
	TCA_FLOWER_KEY_MPLS_OPT_LSE_BOS    = 3,
	TCA_FLOWER_KEY_MPLS_OPT_LSE_TC     = 4,
	TCA_FLOWER_KEY_MPLS_OPT_LSE_LABEL  = 5,
	__TCA_FLOWER_KEY_MPLS_OPT_LSE_MAX  = 6,
};

enum {
	TCA_FLOWER_KEY_FLAGS_IS_FRAGMENT          = 0x1,
	TCA_FLOWER_KEY_FLAGS_FRAG_IS_FIRST        = 0x2,
	TCA_FLOWER_KEY_FLAGS_TUNNEL_CSUM          = 0x4,
	TCA_FLOWER_KEY_FLAGS_TUNNEL_DONT_FRAGMENT = 0x8,
	TCA_FLOWER_KEY_FLAGS_TUNNEL_OAM           = 0x10,
	TCA_FLOWER_KEY_FLAGS_TUNNEL_CRIT_OPT      = 0x20,
	__TCA_FLOWER_KEY_FLAGS_MAX                = 33,
};

enum {
	TCA_FLOWER_KEY_CFM_OPT_UNSPEC = 0,
	TCA_FLOWER_KEY_CFM_MD_LEVEL   = 1,
	TCA_FLOWER_KEY_CFM_OPCODE     = 2,
	__TCA_FLOWER_KEY_CFM_OPT_MAX  = 3,
};

enum {
	TCA_MATCHALL_UNSPEC  = 0,
	TCA_MATCHALL_CLASSID = 1,
	TCA_MATCHALL_ACT     = 2,
	TCA_MATCHALL_FLAGS   = 3,
	TCA_MATCHALL_PCNT    = 4,
	TCA_MATCHALL_PAD     = 5,
	__TCA_MATCHALL_MAX   = 6,
};

enum {
	TCA_EMATCH_TREE_UNSPEC = 0,
	TCA_EMATCH_TREE_HDR    = 1,
	TCA_EMATCH_TREE_LIST   = 2,
	__TCA_EMATCH_TREE_MAX  = 3,
};

enum {
	TCF_LAYER_LINK      = 0,
	TCF_LAYER_NETWORK   = 1,
	TCF_LAYER_TRANSPORT = 2,
	__TCF_LAYER_MAX     = 3,
};

enum {
	TCF_EM_PROG_TC = 0,
};

enum {
	TCF_EM_OPND_EQ = 0,
	TCF_EM_OPND_GT = 1,
	TCF_EM_OPND_LT = 2,
};

struct tc_police {
	__u32 index;
	int action;
	__u32 limit;
	__u32 burst;
	__u32 mtu;
	struct tc_ratespec rate;
	struct tc_ratespec peakrate;
	int refcnt;
	int bindcnt;
	__u32 capab;
};

struct tcf_t {
	__u64 install;
	__u64 lastuse;
	__u64 expires;
	__u64 firstuse;
};

struct tc_cnt {
	int refcnt;
	int bindcnt;
};

struct tc_u32_key {
	__be32 mask;
	__be32 val;
	int off;
	int offmask;
};

struct tc_u32_sel {
	__struct_group(tc_u32_sel_hdr, hdr, ,
		unsigned char flags;
		unsigned char offshift;
		unsigned char nkeys;
		__be16 offmask;
		__u16 off;
		short offoff;
		short hoff;
		__be32 hmask;
	);
	struct tc_u32_key keys[];
};

struct tc_u32_mark {
	__u32 val;
	__u32 mask;
	__u32 success;
};

struct tc_u32_pcnt {
	__u64 rcnt;
	__u64 rhit;
	__u64 kcnts[];
};

struct tc_basic_pcnt {
	__u64 rcnt;
	__u64 rhit;
};

struct tc_matchall_pcnt {
	__u64 rhit;
};

struct tcf_ematch_tree_hdr {
	__u16 nmatches;
	__u16 progid;
};

struct tcf_ematch_hdr {
	__u16 matchid;
	__u16 kind;
	__u16 flags;
	__u16 pad;
};

#define __TC_ACT_EXT(local)         ((local) << TC_ACT_EXT_SHIFT)
#define TC_ACT_EXT_OPCODE(combined) ((combined) & (~TC_ACT_EXT_VAL_MASK))
#define TC_ACT_EXT_CMP(combined, opcode) (TC_ACT_EXT_OPCODE(combined) == (opcode))
#define TC_U32_HTID(handle)         ((handle) & 0xFFF00000)
#define TC_U32_USERHTID(handle)     (TC_U32_HTID(handle) >> 20)
#define TC_U32_HASH(handle)         (((handle) >> 12) & 0xFF)
#define TC_U32_NODE(handle)         ((handle) & 0xFFF)
#define TC_U32_KEY(handle)          ((handle) & 0xFFFFF)
#define TCF_EM_REL_VALID(relation)  (((relation) & TCF_EM_REL_MASK) != TCF_EM_REL_MASK)

#endif

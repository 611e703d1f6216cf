/* Neighbours as rtnetlink shows them.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef __LINUX_NEIGHBOUR_H
#define __LINUX_NEIGHBOUR_H

#include <linux/types.h>

#define NDA_MAX 17

#define NTF_USE         0x1
#define NTF_SELF        0x2
#define NTF_MASTER      0x4
#define NTF_PROXY       0x8
#define NTF_EXT_LEARNED 0x10
#define NTF_OFFLOADED   0x20
#define NTF_STICKY      0x40
#define NTF_ROUTER      0x80
#define NTF_EXT_MANAGED 0x1

#define NUD_INCOMPLETE 0x1
#define NUD_REACHABLE  0x2
#define NUD_STALE      0x4
#define NUD_DELAY      0x8
#define NUD_PROBE      0x10
#define NUD_FAILED     0x20
#define NUD_NOARP      0x40
#define NUD_PERMANENT  0x80
#define NUD_NONE       0x0

#define NDTPA_MAX 19

#define NDTA_MAX 9

#define NFEA_MAX 2

enum {
	NDA_UNSPEC         = 0,
	NDA_DST            = 1,
	NDA_LLADDR         = 2,
	NDA_CACHEINFO      = 3,
	NDA_PROBES         = 4,
	NDA_VLAN           = 5,
	NDA_PORT           = 6,
	NDA_VNI            = 7,
	NDA_IFINDEX        = 8,
	NDA_MASTER         = 9,
	NDA_LINK_NETNSID   = 10,
	NDA_SRC_VNI        = 11,
	NDA_PROTOCOL       = 12,
	NDA_NH_ID          = 13,
	NDA_FDB_EXT_ATTRS  = 14,
	NDA_FLAGS_EXT      = 15,
	NDA_NDM_STATE_MASK = 16,
	NDA_NDM_FLAGS_MASK = 17,
	__NDA_MAX          = 18,
};

enum {
	NDTPA_UNSPEC                 = 0,
	NDTPA_IFINDEX                = 1,
	NDTPA_REFCNT                 = 2,
	NDTPA_REACHABLE_TIME         = 3,
	NDTPA_BASE_REACHABLE_TIME    = 4,
	NDTPA_RETRANS_TIME           = 5,
	NDTPA_GC_STALETIME           = 6,
	NDTPA_DELAY_PROBE_TIME       = 7,
	NDTPA_QUEUE_LEN              = 8,
	NDTPA_APP_PROBES             = 9,
	NDTPA_UCAST_PROBES           = 10,
	NDTPA_MCAST_PROBES           = 11,
	NDTPA_ANYCAST_DELAY          = 12,
	NDTPA_PROXY_DELAY            = 13,
	NDTPA_PROXY_QLEN             = 14,
	NDTPA_LOCKTIME               = 15,
	NDTPA_QUEUE_LENBYTES         = 16,
	NDTPA_MCAST_REPROBES         = 17,
	NDTPA_PAD                    = 18,
	NDTPA_INTERVAL_PROBE_TIME_MS = 19,
	__NDTPA_MAX                  = 20,
};

enum {
	NDTA_UNSPEC      = 0,
	NDTA_NAME        = 1,
	NDTA_THRESH1     = 2,
	NDTA_THRESH2     = 3,
	NDTA_THRESH3     = 4,
	NDTA_CONFIG      = 5,
	NDTA_PARMS       = 6,
	NDTA_STATS       = 7,
	NDTA_GC_INTERVAL = 8,
	NDTA_PAD         = 9,
	__NDTA_MAX       = 10,
};

enum {
	FDB_NOTIFY_BIT          = 0x1,
	FDB_NOTIFY_INACTIVE_BIT = 0x2,
};

enum {
	NFEA_UNSPEC          = 0,
	NFEA_ACTIVITY_NOTIFY = 1,
	NFEA_DONT_REFRESH    = 2,
	__NFEA_MAX           = 3,
};

struct ndmsg {
	__u8 ndm_family;
	__u8 ndm_pad1;
	__u16 ndm_pad2;
	__s32 ndm_ifindex;
	__u16 ndm_state;
	__u8 ndm_flags;
	__u8 ndm_type;
};

struct nda_cacheinfo {
	__u32 ndm_confirmed;
	__u32 ndm_used;
	__u32 ndm_updated;
	__u32 ndm_refcnt;
};

struct ndt_stats {
	__u64 ndts_allocs;
	__u64 ndts_destroys;
	__u64 ndts_hash_grows;
	__u64 ndts_res_failed;
	__u64 ndts_lookups;
	__u64 ndts_hits;
	__u64 ndts_rcv_probes_mcast;
	__u64 ndts_rcv_probes_ucast;
	__u64 ndts_periodic_gc_runs;
	__u64 ndts_forced_gc_runs;
	__u64 ndts_table_fulls;
};

struct ndtmsg {
	__u8 ndtm_family;
	__u8 ndtm_pad1;
	__u16 ndtm_pad2;
};

struct ndt_config {
	__u16 ndtc_key_len;
	__u16 ndtc_entry_size;
	__u32 ndtc_entries;
	__u32 ndtc_last_flush;
	__u32 ndtc_last_rand;
	__u32 ndtc_hash_rnd;
	__u32 ndtc_hash_mask;
	__u32 ndtc_hash_chain_gc;
	__u32 ndtc_proxy_qlen;
};

#endif

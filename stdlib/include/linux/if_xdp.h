/* AF_XDP sockets: rings and descriptors.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_IF_XDP_H
#define _LINUX_IF_XDP_H

#include <linux/types.h>

#define XDP_SHARED_UMEM                0x1
#define XDP_COPY                       0x2
#define XDP_ZEROCOPY                   0x4
#define XDP_USE_NEED_WAKEUP            0x8
#define XDP_USE_SG                     0x10
#define XDP_UMEM_UNALIGNED_CHUNK_FLAG  0x1
#define XDP_UMEM_TX_SW_CSUM            0x2
#define XDP_UMEM_TX_METADATA_LEN       0x4
#define XDP_RING_NEED_WAKEUP           0x1
#define XDP_MMAP_OFFSETS               1
#define XDP_RX_RING                    2
#define XDP_TX_RING                    3
#define XDP_UMEM_REG                   4
#define XDP_UMEM_FILL_RING             5
#define XDP_UMEM_COMPLETION_RING       6
#define XDP_STATISTICS                 7
#define XDP_OPTIONS                    8
#define XDP_MAX_TX_SKB_BUDGET          9
#define XDP_OPTIONS_ZEROCOPY           0x1
#define XDP_PGOFF_RX_RING              0
#define XDP_PGOFF_TX_RING              0x80000000U
#define XDP_UMEM_PGOFF_FILL_RING       0x100000000ULL
#define XDP_UMEM_PGOFF_COMPLETION_RING 0x180000000ULL

#define XSK_UNALIGNED_BUF_OFFSET_SHIFT 48
#define XSK_UNALIGNED_BUF_ADDR_MASK    0xffffffffffffULL

#define XDP_TXMD_FLAGS_TIMESTAMP   0x1
#define XDP_TXMD_FLAGS_CHECKSUM    0x2
#define XDP_TXMD_FLAGS_LAUNCH_TIME 0x4
#define XDP_PKT_CONTD              0x1
#define XDP_TX_METADATA            0x2

struct sockaddr_xdp {
	__u16 sxdp_family;
	__u16 sxdp_flags;
	__u32 sxdp_ifindex;
	__u32 sxdp_queue_id;
	__u32 sxdp_shared_umem_fd;
};

struct xdp_ring_offset {
	__u64 producer;
	__u64 consumer;
	__u64 desc;
	__u64 flags;
};

struct xdp_mmap_offsets {
	struct xdp_ring_offset rx;
	struct xdp_ring_offset tx;
	struct xdp_ring_offset fr;
	struct xdp_ring_offset cr;
};

struct xdp_umem_reg {
	__u64 addr;
	__u64 len;
	__u32 chunk_size;
	__u32 headroom;
	__u32 flags;
	__u32 tx_metadata_len;
};

struct xdp_statistics {
	__u64 rx_dropped;
	__u64 rx_invalid_descs;
	__u64 tx_invalid_descs;
	__u64 rx_ring_full;
	__u64 rx_fill_ring_empty_descs;
	__u64 tx_ring_empty_descs;
};

struct xdp_options {
	__u32 flags;
};

struct xsk_tx_metadata {
	__u64 flags;
	union {
		struct {
			__u16 csum_start;
			__u16 csum_offset;
			__u64 launch_time;
		} request;
		struct {
			__u64 tx_timestamp;
		} completion;
	};
};

struct xdp_desc {
	__u64 addr;
	__u32 len;
	__u32 options;
};

#endif

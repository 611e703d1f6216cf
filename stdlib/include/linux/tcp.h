/* TCP (RFC 9293): header, flags, socket options.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_TCP_H
#define _LINUX_TCP_H

#include <linux/types.h>

struct tcphdr {
	__be16 source;
	__be16 dest;
	__be32 seq;
	__be32 ack_seq;
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	__u16 doff : 4,
	      res1 : 4,
	      cwr : 1,
	      ece : 1,
	      urg : 1,
	      ack : 1,
	      psh : 1,
	      rst : 1,
	      syn : 1,
	      fin : 1;
#else
	__u16 res1 : 4,
	      doff : 4, /* length of the header in 4-byte words */
	      fin : 1,
	      syn : 1,
	      rst : 1,
	      psh : 1,
	      ack : 1,
	      urg : 1,
	      ece : 1,
	      cwr : 1;
#endif
	__be16 window;
	__sum16 check;
	__be16 urg_ptr;
	/* options follow */
};

/* The fourth word of the header, with all flags, and the flags in it, in network order */
union tcp_word_hdr {
	struct tcphdr hdr;
	__be32 words[5];
};
#define tcp_flag_word(tp) (((union tcp_word_hdr *)(tp))->words[3])

enum {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	TCP_FLAG_CWR = 0x00800000,
	TCP_FLAG_ECE = 0x00400000,
	TCP_FLAG_URG = 0x00200000,
	TCP_FLAG_ACK = 0x00100000,
	TCP_FLAG_PSH = 0x00080000,
	TCP_FLAG_RST = 0x00040000,
	TCP_FLAG_SYN = 0x00020000,
	TCP_FLAG_FIN = 0x00010000,
	TCP_RESERVED_BITS = 0x0F000000,
	TCP_DATA_OFFSET = (int)0xF0000000,
#else
	TCP_FLAG_CWR = 0x00008000,
	TCP_FLAG_ECE = 0x00004000,
	TCP_FLAG_URG = 0x00002000,
	TCP_FLAG_ACK = 0x00001000,
	TCP_FLAG_PSH = 0x00000800,
	TCP_FLAG_RST = 0x00000400,
	TCP_FLAG_SYN = 0x00000200,
	TCP_FLAG_FIN = 0x00000100,
	TCP_RESERVED_BITS = 0x0000000F,
	TCP_DATA_OFFSET = 0x000000F0,
#endif
};

/* setsockopt at level SOL_TCP */
#define TCP_NODELAY       1
#define TCP_MAXSEG        2
#define TCP_CORK          3
#define TCP_KEEPIDLE      4
#define TCP_KEEPINTVL     5
#define TCP_KEEPCNT       6
#define TCP_SYNCNT        7
#define TCP_LINGER2       8
#define TCP_DEFER_ACCEPT  9
#define TCP_WINDOW_CLAMP  10
#define TCP_INFO          11
#define TCP_QUICKACK      12
#define TCP_CONGESTION    13
#define TCP_MD5SIG        14
#define TCP_USER_TIMEOUT  18
#define TCP_FASTOPEN      23
#define TCP_TIMESTAMP     24
#define TCP_NOTSENT_LOWAT 25
#define TCP_SAVE_SYN      27
#define TCP_SAVED_SYN     28
#define TCP_ULP           31

#define TCP_MSS_DEFAULT 536U
#define TCP_MSS_DESIRED 1220U

#endif

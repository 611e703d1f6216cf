/* TCP (RFC 9293): header, flags, socket options.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_TCP_H
#define _LINUX_TCP_H

#include <linux/types.h>
#include <asm/byteorder.h>
#include <linux/socket.h>

struct tcphdr {
	__be16 source;
	__be16 dest;
	__be32 seq;
	__be32 ack_seq;
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	__u16 doff : 4,
	      res1 : 3,
	      ae : 1,
	      cwr : 1,
	      ece : 1,
	      urg : 1,
	      ack : 1,
	      psh : 1,
	      rst : 1,
	      syn : 1,
	      fin : 1;
#else
	__u16 ae : 1, /* accurate ECN; before Linux 6.15 a part of res1 */
	      res1 : 3,
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
	TCP_FLAG_AE = 0x01000000,
	TCP_FLAG_CWR = 0x00800000,
	TCP_FLAG_ECE = 0x00400000,
	TCP_FLAG_URG = 0x00200000,
	TCP_FLAG_ACK = 0x00100000,
	TCP_FLAG_PSH = 0x00080000,
	TCP_FLAG_RST = 0x00040000,
	TCP_FLAG_SYN = 0x00020000,
	TCP_FLAG_FIN = 0x00010000,
	TCP_RESERVED_BITS = 0x0E000000,
	TCP_DATA_OFFSET = (int)0xF0000000,
#else
	TCP_FLAG_AE = 0x00000001,
	TCP_FLAG_CWR = 0x00008000,
	TCP_FLAG_ECE = 0x00004000,
	TCP_FLAG_URG = 0x00002000,
	TCP_FLAG_ACK = 0x00001000,
	TCP_FLAG_PSH = 0x00000800,
	TCP_FLAG_RST = 0x00000400,
	TCP_FLAG_SYN = 0x00000200,
	TCP_FLAG_FIN = 0x00000100,
	TCP_RESERVED_BITS = 0x0000000E,
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

/* more options, states of congestion control, attributes, what TCP_INFO gives */
#define TCP_THIN_LINEAR_TIMEOUTS 16
#define TCP_THIN_DUPACK          17
#define TCP_REPAIR               19
#define TCP_REPAIR_QUEUE         20
#define TCP_QUEUE_SEQ            21
#define TCP_REPAIR_OPTIONS       22
#define TCP_CC_INFO              26
#define TCP_REPAIR_WINDOW        29
#define TCP_FASTOPEN_CONNECT     30
#define TCP_MD5SIG_EXT           32
#define TCP_FASTOPEN_KEY         33
#define TCP_FASTOPEN_NO_COOKIE   34
#define TCP_ZEROCOPY_RECEIVE     35
#define TCP_INQ                  36
#define TCP_CM_INQ               36
#define TCP_TX_DELAY             37
#define TCP_REPAIR_ON            1
#define TCP_REPAIR_OFF           0
#define TCP_REPAIR_OFF_NO_WP     (-1)

#define TCPI_OPT_TIMESTAMPS 1
#define TCPI_OPT_SACK       2
#define TCPI_OPT_WSCALE     4
#define TCPI_OPT_ECN        8
#define TCPI_OPT_ECN_SEEN   16
#define TCPI_OPT_SYN_DATA   32

#define TCPF_CA_Open     0x1
#define TCPF_CA_Disorder 0x2
#define TCPF_CA_CWR      0x4
#define TCPF_CA_Recovery 0x8
#define TCPF_CA_Loss     0x10

#define TCP_MD5SIG_MAXKEYLEN                     80
#define TCP_MD5SIG_FLAG_PREFIX                   0x1
#define TCP_MD5SIG_FLAG_IFINDEX                  0x2
#define TCP_RECEIVE_ZEROCOPY_FLAG_TLB_CLEAN_HINT 0x1

enum {
	TCP_NO_QUEUE   = 0,
	TCP_RECV_QUEUE = 1,
	TCP_SEND_QUEUE = 2,
	TCP_QUEUES_NR  = 3,
};

enum tcp_fastopen_client_fail {
	TFO_STATUS_UNSPEC      = 0,
	TFO_COOKIE_UNAVAILABLE = 1,
	TFO_DATA_NOT_ACKED     = 2,
	TFO_SYN_RETRANSMITTED  = 3,
};

enum tcp_ca_state {
	TCP_CA_Open     = 0,
	TCP_CA_Disorder = 1,
	TCP_CA_CWR      = 2,
	TCP_CA_Recovery = 3,
	TCP_CA_Loss     = 4,
};

enum {
	TCP_NLA_PAD                   = 0,
	TCP_NLA_BUSY                  = 1,
	TCP_NLA_RWND_LIMITED          = 2,
	TCP_NLA_SNDBUF_LIMITED        = 3,
	TCP_NLA_DATA_SEGS_OUT         = 4,
	TCP_NLA_TOTAL_RETRANS         = 5,
	TCP_NLA_PACING_RATE           = 6,
	TCP_NLA_DELIVERY_RATE         = 7,
	TCP_NLA_SND_CWND              = 8,
	TCP_NLA_REORDERING            = 9,
	TCP_NLA_MIN_RTT               = 10,
	TCP_NLA_RECUR_RETRANS         = 11,
	TCP_NLA_DELIVERY_RATE_APP_LMT = 12,
	TCP_NLA_SNDQ_SIZE             = 13,
	TCP_NLA_CA_STATE              = 14,
	TCP_NLA_SND_SSTHRESH          = 15,
	TCP_NLA_DELIVERED             = 16,
	TCP_NLA_DELIVERED_CE          = 17,
	TCP_NLA_BYTES_SENT            = 18,
	TCP_NLA_BYTES_RETRANS         = 19,
	TCP_NLA_DSACK_DUPS            = 20,
	TCP_NLA_REORD_SEEN            = 21,
	TCP_NLA_SRTT                  = 22,
	TCP_NLA_TIMEOUT_REHASH        = 23,
	TCP_NLA_BYTES_NOTSENT         = 24,
	TCP_NLA_EDT                   = 25,
	TCP_NLA_TTL                   = 26,
	TCP_NLA_REHASH                = 27,
};

struct tcp_repair_opt {
	__u32 opt_code;
	__u32 opt_val;
};

struct tcp_repair_window {
	__u32 snd_wl1;
	__u32 snd_wnd;
	__u32 max_window;
	__u32 rcv_wnd;
	__u32 rcv_wup;
};

struct tcp_info {
	__u8 tcpi_state;
	__u8 tcpi_ca_state;
	__u8 tcpi_retransmits;
	__u8 tcpi_probes;
	__u8 tcpi_backoff;
	__u8 tcpi_options;
	__u8 tcpi_snd_wscale : 4;
	__u8 tcpi_rcv_wscale : 4;
	__u8 tcpi_delivery_rate_app_limited : 1;
	__u8 tcpi_fastopen_client_fail : 2;
	__u32 tcpi_rto;
	__u32 tcpi_ato;
	__u32 tcpi_snd_mss;
	__u32 tcpi_rcv_mss;
	__u32 tcpi_unacked;
	__u32 tcpi_sacked;
	__u32 tcpi_lost;
	__u32 tcpi_retrans;
	__u32 tcpi_fackets;
	__u32 tcpi_last_data_sent;
	__u32 tcpi_last_ack_sent;
	__u32 tcpi_last_data_recv;
	__u32 tcpi_last_ack_recv;
	__u32 tcpi_pmtu;
	__u32 tcpi_rcv_ssthresh;
	__u32 tcpi_rtt;
	__u32 tcpi_rttvar;
	__u32 tcpi_snd_ssthresh;
	__u32 tcpi_snd_cwnd;
	__u32 tcpi_advmss;
	__u32 tcpi_reordering;
	__u32 tcpi_rcv_rtt;
	__u32 tcpi_rcv_space;
	__u32 tcpi_total_retrans;
	__u64 tcpi_pacing_rate;
	__u64 tcpi_max_pacing_rate;
	__u64 tcpi_bytes_acked;
	__u64 tcpi_bytes_received;
	__u32 tcpi_segs_out;
	__u32 tcpi_segs_in;
	__u32 tcpi_notsent_bytes;
	__u32 tcpi_min_rtt;
	__u32 tcpi_data_segs_in;
	__u32 tcpi_data_segs_out;
	__u64 tcpi_delivery_rate;
	__u64 tcpi_busy_time;
	__u64 tcpi_rwnd_limited;
	__u64 tcpi_sndbuf_limited;
	__u32 tcpi_delivered;
	__u32 tcpi_delivered_ce;
	__u64 tcpi_bytes_sent;
	__u64 tcpi_bytes_retrans;
	__u32 tcpi_dsack_dups;
	__u32 tcpi_reord_seen;
	__u32 tcpi_rcv_ooopack;
	__u32 tcpi_snd_wnd;
	__u32 tcpi_rcv_wnd;
	__u32 tcpi_rehash;
	__u16 tcpi_total_rto;
	__u16 tcpi_total_rto_recoveries;
	__u32 tcpi_total_rto_time;
	__u32 tcpi_received_ce;
	__u32 tcpi_delivered_e1_bytes;
	__u32 tcpi_delivered_e0_bytes;
	__u32 tcpi_delivered_ce_bytes;
	__u32 tcpi_received_e1_bytes;
	__u32 tcpi_received_e0_bytes;
	__u32 tcpi_received_ce_bytes;
	__u16 tcpi_accecn_fail_mode;
	__u16 tcpi_accecn_opt_seen;
};

struct tcp_md5sig {
	struct __kernel_sockaddr_storage tcpm_addr;
	__u8 tcpm_flags;
	__u8 tcpm_prefixlen;
	__u16 tcpm_keylen;
	int tcpm_ifindex;
	__u8 tcpm_key[80];
};

struct tcp_diag_md5sig {
	__u8 tcpm_family;
	__u8 tcpm_prefixlen;
	__u16 tcpm_keylen;
	__be32 tcpm_addr[4];
	__u8 tcpm_key[80];
};

struct tcp_zerocopy_receive {
	__u64 address;
	__u32 length;
	__u32 recv_skip_hint;
	__u32 inq;
	__s32 err;
	__u64 copybuf_address;
	__s32 copybuf_len;
	__u32 flags;
	__u64 msg_control;
	__u64 msg_controllen;
	__u32 msg_flags;
	__u32 reserved;
};

#endif

/* Queueing disciplines: handles, priorities, parameters.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef __LINUX_PKT_SCHED_H
#define __LINUX_PKT_SCHED_H

#include <linux/types.h>

#define TC_PRIO_BESTEFFORT       0
#define TC_PRIO_FILLER           1
#define TC_PRIO_BULK             2
#define TC_PRIO_INTERACTIVE_BULK 4
#define TC_PRIO_INTERACTIVE      6
#define TC_PRIO_CONTROL          7
#define TC_PRIO_MAX              15
#define TC_H_MAJ_MASK            0xffff0000U
#define TC_H_MIN_MASK            0xffffU
#define TC_H_UNSPEC              0U
#define TC_H_ROOT                0xffffffffU
#define TC_H_INGRESS             0xfffffff1U
#define TC_H_CLSACT              4294967281U
#define TC_H_MIN_PRIORITY        0xffe0U
#define TC_H_MIN_INGRESS         0xfff2U
#define TC_H_MIN_EGRESS          0xfff3U
#define TC_LINKLAYER_MASK        0xf
#define TC_RTAB_SIZE             1024

#define TCA_STAB_MAX 2

#define SKBPRIO_MAX_PRIORITY 64

#define TCQ_PRIO_BANDS              16
#define TCQ_MIN_PRIO_BANDS          2
#define TCQ_PLUG_BUFFER             0
#define TCQ_PLUG_RELEASE_ONE        1
#define TCQ_PLUG_RELEASE_INDEFINITE 2
#define TCQ_PLUG_LIMIT              3

#define TCA_TBF_MAX 8
#define TCA_RED_MAX 6

#define TC_RED_ECN            1
#define TC_RED_HARDDROP       2
#define TC_RED_ADAPTATIVE     4
#define TC_RED_NODROP         8
#define TC_RED_HISTORIC_FLAGS 7

#define MAX_DPs 16

#define TCA_GRED_MAX          6
#define TCA_GRED_VQ_ENTRY_MAX 1
#define TCA_GRED_VQ_MAX       12
#define TCA_CHOKE_MAX         3

#define TC_HTB_NUMPRIO  8
#define TC_HTB_MAXDEPTH 8
#define TC_HTB_PROTOVER 3

#define TCA_HTB_MAX   9
#define TCA_HFSC_MAX  3
#define TCA_NETEM_MAX 14

#define NETEM_LOSS_MAX   2
#define NETEM_DIST_SCALE 8192
#define NETEM_DIST_MAX   16384

#define TCA_DRR_MAX 1

#define TC_QOPT_BITMASK          15
#define TC_QOPT_MAX_QUEUE        16
#define TC_MQPRIO_HW_OFFLOAD_MAX 1
#define TC_MQPRIO_F_MODE         0x1
#define TC_MQPRIO_F_SHAPER       0x2
#define TC_MQPRIO_F_MIN_RATE     0x4
#define TC_MQPRIO_F_MAX_RATE     0x8

#define TCA_MQPRIO_MAX 5
#define TCA_SFB_MAX    1

#define SFB_MAX_PROB 0xffff

#define TCA_QFQ_MAX   2
#define TCA_CODEL_MAX 5

#define FQ_CODEL_QUANTUM_MAX 0x100000

#define TCA_FQ_CODEL_MAX 11
#define TCA_FQ_MAX       18

#define FQ_BANDS      3
#define FQ_MIN_WEIGHT 16384

#define TCA_HHF_MAX    7
#define TCA_PIE_MAX    8
#define TCA_FQ_PIE_MAX 12
#define TCA_CBS_MAX    1

#define TC_ETF_DEADLINE_MODE_ON 1UL
#define TC_ETF_OFFLOAD_ON       2UL
#define TC_ETF_SKIP_SOCK_CHECK  4UL

#define TCA_ETF_MAX            1
#define TCA_CAKE_MAX           18
#define TCA_CAKE_STATS_MAX     17
#define TCA_CAKE_TIN_STATS_MAX 25

#define TC_CAKE_MAX_TINS 8

#define TCA_TAPRIO_SCHED_ENTRY_MAX         4
#define TCA_TAPRIO_SCHED_MAX               1
#define TCA_TAPRIO_ATTR_FLAG_TXTIME_ASSIST 1UL
#define TCA_TAPRIO_ATTR_FLAG_FULL_OFFLOAD  2UL
#define TCA_TAPRIO_ATTR_MAX                12

#define TCQ_ETS_MAX_BANDS 16

#define TCA_ETS_MAX                   6
#define TCA_DUALPI2_DROP_OVERLOAD_MAX 1
#define TCA_DUALPI2_DROP_EARLY_MAX    1
#define TCA_DUALPI2_ECN_MASK_MAX      3
#define TCA_DUALPI2_SPLIT_GSO_MAX     1
#define TCA_DUALPI2_MAX               16

enum tc_link_layer {
	TC_LINKLAYER_UNAWARE  = 0,
	TC_LINKLAYER_ETHERNET = 1,
	TC_LINKLAYER_ATM      = 2,
};

enum {
	TCA_STAB_UNSPEC = 0,
	TCA_STAB_BASE   = 1,
	TCA_STAB_DATA   = 2,
	__TCA_STAB_MAX  = 3,
};

enum {
	TCA_TBF_UNSPEC  = 0,
	TCA_TBF_PARMS   = 1,
	TCA_TBF_RTAB    = 2,
	TCA_TBF_PTAB    = 3,
	TCA_TBF_RATE64  = 4,
	TCA_TBF_PRATE64 = 5,
	TCA_TBF_BURST   = 6,
	TCA_TBF_PBURST  = 7,
	TCA_TBF_PAD     = 8,
	__TCA_TBF_MAX   = 9,
};

enum {
	TCA_RED_UNSPEC           = 0,
	TCA_RED_PARMS            = 1,
	TCA_RED_STAB             = 2,
	TCA_RED_MAX_P            = 3,
	TCA_RED_FLAGS            = 4,
	TCA_RED_EARLY_DROP_BLOCK = 5,
	TCA_RED_MARK_BLOCK       = 6,
	__TCA_RED_MAX            = 7,
};

enum {
	TCA_GRED_UNSPEC  = 0,
	TCA_GRED_PARMS   = 1,
	TCA_GRED_STAB    = 2,
	TCA_GRED_DPS     = 3,
	TCA_GRED_MAX_P   = 4,
	TCA_GRED_LIMIT   = 5,
	TCA_GRED_VQ_LIST = 6,
	__TCA_GRED_MAX   = 7,
};

enum {
	TCA_GRED_VQ_ENTRY_UNSPEC = 0,
	TCA_GRED_VQ_ENTRY        = 1,
	__TCA_GRED_VQ_ENTRY_MAX  = 2,
};

enum {
	TCA_GRED_VQ_UNSPEC           = 0,
	TCA_GRED_VQ_PAD              = 1,
	TCA_GRED_VQ_DP               = 2,
	TCA_GRED_VQ_STAT_BYTES       = 3,
	TCA_GRED_VQ_STAT_PACKETS     = 4,
	TCA_GRED_VQ_STAT_BACKLOG     = 5,
	TCA_GRED_VQ_STAT_PROB_DROP   = 6,
	TCA_GRED_VQ_STAT_PROB_MARK   = 7,
	TCA_GRED_VQ_STAT_FORCED_DROP = 8,
	TCA_GRED_VQ_STAT_FORCED_MARK = 9,
	TCA_GRED_VQ_STAT_PDROP       = 10,
	TCA_GRED_VQ_STAT_OTHER       = 11,
	TCA_GRED_VQ_FLAGS            = 12,
	__TCA_GRED_VQ_MAX            = 13,
};

enum {
	TCA_CHOKE_UNSPEC = 0,
	TCA_CHOKE_PARMS  = 1,
	TCA_CHOKE_STAB   = 2,
	TCA_CHOKE_MAX_P  = 3,
	__TCA_CHOKE_MAX  = 4,
};

enum {
	TCA_HTB_UNSPEC      = 0,
	TCA_HTB_PARMS       = 1,
	TCA_HTB_INIT        = 2,
	TCA_HTB_CTAB        = 3,
	TCA_HTB_RTAB        = 4,
	TCA_HTB_DIRECT_QLEN = 5,
	TCA_HTB_RATE64      = 6,
	TCA_HTB_CEIL64      = 7,
	TCA_HTB_PAD         = 8,
	TCA_HTB_OFFLOAD     = 9,
	__TCA_HTB_MAX       = 10,
};

enum {
	TCA_HFSC_UNSPEC = 0,
	TCA_HFSC_RSC    = 1,
	TCA_HFSC_FSC    = 2,
	TCA_HFSC_USC    = 3,
	__TCA_HFSC_MAX  = 4,
};

enum {
	TCA_NETEM_UNSPEC     = 0,
	TCA_NETEM_CORR       = 1,
	TCA_NETEM_DELAY_DIST = 2,
	TCA_NETEM_REORDER    = 3,
	TCA_NETEM_CORRUPT    = 4,
	TCA_NETEM_LOSS       = 5,
	TCA_NETEM_RATE       = 6,
	TCA_NETEM_ECN        = 7,
	TCA_NETEM_RATE64     = 8,
	TCA_NETEM_PAD        = 9,
	TCA_NETEM_LATENCY64  = 10,
	TCA_NETEM_JITTER64   = 11,
	TCA_NETEM_SLOT       = 12,
	TCA_NETEM_SLOT_DIST  = 13,
	TCA_NETEM_PRNG_SEED  = 14,
	__TCA_NETEM_MAX      = 15,
};

enum {
	NETEM_LOSS_UNSPEC = 0,
	NETEM_LOSS_GI     = 1,
	NETEM_LOSS_GE     = 2,
	__NETEM_LOSS_MAX  = 3,
};

enum {
	TCA_DRR_UNSPEC  = 0,
	TCA_DRR_QUANTUM = 1,
	__TCA_DRR_MAX   = 2,
};

enum {
	TC_MQPRIO_HW_OFFLOAD_NONE  = 0,
	TC_MQPRIO_HW_OFFLOAD_TCS   = 1,
	__TC_MQPRIO_HW_OFFLOAD_MAX = 2,
};

enum {
	TC_MQPRIO_MODE_DCB     = 0,
	TC_MQPRIO_MODE_CHANNEL = 1,
	__TC_MQPRIO_MODE_MAX   = 1,
};

enum {
	TC_MQPRIO_SHAPER_DCB     = 0,
	TC_MQPRIO_SHAPER_BW_RATE = 1,
	__TC_MQPRIO_SHAPER_MAX   = 1,
};

enum {
	TC_FP_EXPRESS     = 1,
	TC_FP_PREEMPTIBLE = 2,
};

enum {
	TCA_MQPRIO_TC_ENTRY_UNSPEC = 0,
	TCA_MQPRIO_TC_ENTRY_INDEX  = 1,
	TCA_MQPRIO_TC_ENTRY_FP     = 2,
	__TCA_MQPRIO_TC_ENTRY_CNT  = 3,
	TCA_MQPRIO_TC_ENTRY_MAX    = 2,
};

enum {
	TCA_MQPRIO_UNSPEC     = 0,
	TCA_MQPRIO_MODE       = 1,
	TCA_MQPRIO_SHAPER     = 2,
	TCA_MQPRIO_MIN_RATE64 = 3,
	TCA_MQPRIO_MAX_RATE64 = 4,
	TCA_MQPRIO_TC_ENTRY   = 5,
	__TCA_MQPRIO_MAX      = 6,
};

enum {
	TCA_SFB_UNSPEC = 0,
	TCA_SFB_PARMS  = 1,
	__TCA_SFB_MAX  = 2,
};

enum {
	TCA_QFQ_UNSPEC = 0,
	TCA_QFQ_WEIGHT = 1,
	TCA_QFQ_LMAX   = 2,
	__TCA_QFQ_MAX  = 3,
};

enum {
	TCA_CODEL_UNSPEC       = 0,
	TCA_CODEL_TARGET       = 1,
	TCA_CODEL_LIMIT        = 2,
	TCA_CODEL_INTERVAL     = 3,
	TCA_CODEL_ECN          = 4,
	TCA_CODEL_CE_THRESHOLD = 5,
	__TCA_CODEL_MAX        = 6,
};

enum {
	TCA_FQ_CODEL_UNSPEC                = 0,
	TCA_FQ_CODEL_TARGET                = 1,
	TCA_FQ_CODEL_LIMIT                 = 2,
	TCA_FQ_CODEL_INTERVAL              = 3,
	TCA_FQ_CODEL_ECN                   = 4,
	TCA_FQ_CODEL_FLOWS                 = 5,
	TCA_FQ_CODEL_QUANTUM               = 6,
	TCA_FQ_CODEL_CE_THRESHOLD          = 7,
	TCA_FQ_CODEL_DROP_BATCH_SIZE       = 8,
	TCA_FQ_CODEL_MEMORY_LIMIT          = 9,
	TCA_FQ_CODEL_CE_THRESHOLD_SELECTOR = 10,
	TCA_FQ_CODEL_CE_THRESHOLD_MASK     = 11,
	__TCA_FQ_CODEL_MAX                 = 12,
};

enum {
	TCA_FQ_CODEL_XSTATS_QDISC = 0,
	TCA_FQ_CODEL_XSTATS_CLASS = 1,
};

enum {
	TCA_FQ_UNSPEC             = 0,
	TCA_FQ_PLIMIT             = 1,
	TCA_FQ_FLOW_PLIMIT        = 2,
	TCA_FQ_QUANTUM            = 3,
	TCA_FQ_INITIAL_QUANTUM    = 4,
	TCA_FQ_RATE_ENABLE        = 5,
	TCA_FQ_FLOW_DEFAULT_RATE  = 6,
	TCA_FQ_FLOW_MAX_RATE      = 7,
	TCA_FQ_BUCKETS_LOG        = 8,
	TCA_FQ_FLOW_REFILL_DELAY  = 9,
	TCA_FQ_ORPHAN_MASK        = 10,
	TCA_FQ_LOW_RATE_THRESHOLD = 11,
	TCA_FQ_CE_THRESHOLD       = 12,
	TCA_FQ_TIMER_SLACK        = 13,
	TCA_FQ_HORIZON            = 14,
	TCA_FQ_HORIZON_DROP       = 15,
	TCA_FQ_PRIOMAP            = 16,
	TCA_FQ_WEIGHTS            = 17,
	TCA_FQ_OFFLOAD_HORIZON    = 18,
	__TCA_FQ_MAX              = 19,
};

enum {
	TCA_HHF_UNSPEC         = 0,
	TCA_HHF_BACKLOG_LIMIT  = 1,
	TCA_HHF_QUANTUM        = 2,
	TCA_HHF_HH_FLOWS_LIMIT = 3,
	TCA_HHF_RESET_TIMEOUT  = 4,
	TCA_HHF_ADMIT_BYTES    = 5,
	TCA_HHF_EVICT_TIMEOUT  = 6,
	TCA_HHF_NON_HH_WEIGHT  = 7,
	__TCA_HHF_MAX          = 8,
};

enum {
	TCA_PIE_UNSPEC            = 0,
	TCA_PIE_TARGET            = 1,
	TCA_PIE_LIMIT             = 2,
	TCA_PIE_TUPDATE           = 3,
	TCA_PIE_ALPHA             = 4,
	TCA_PIE_BETA              = 5,
	TCA_PIE_ECN               = 6,
	TCA_PIE_BYTEMODE          = 7,
	TCA_PIE_DQ_RATE_ESTIMATOR = 8,
	__TCA_PIE_MAX             = 9,
};

enum {
	TCA_FQ_PIE_UNSPEC            = 0,
	TCA_FQ_PIE_LIMIT             = 1,
	TCA_FQ_PIE_FLOWS             = 2,
	TCA_FQ_PIE_TARGET            = 3,
	TCA_FQ_PIE_TUPDATE           = 4,
	TCA_FQ_PIE_ALPHA             = 5,
	TCA_FQ_PIE_BETA              = 6,
	TCA_FQ_PIE_QUANTUM           = 7,
	TCA_FQ_PIE_MEMORY_LIMIT      = 8,
	TCA_FQ_PIE_ECN_PROB          = 9,
	TCA_FQ_PIE_ECN               = 10,
	TCA_FQ_PIE_BYTEMODE          = 11,
	TCA_FQ_PIE_DQ_RATE_ESTIMATOR = 12,
	__TCA_FQ_PIE_MAX             = 13,
};

enum {
	TCA_CBS_UNSPEC = 0,
	TCA_CBS_PARMS  = 1,
	__TCA_CBS_MAX  = 2,
};

enum {
	TCA_ETF_UNSPEC = 0,
	TCA_ETF_PARMS  = 1,
	__TCA_ETF_MAX  = 2,
};

enum {
	TCA_CAKE_UNSPEC        = 0,
	TCA_CAKE_PAD           = 1,
	TCA_CAKE_BASE_RATE64   = 2,
	TCA_CAKE_DIFFSERV_MODE = 3,
	TCA_CAKE_ATM           = 4,
	TCA_CAKE_FLOW_MODE     = 5,
	TCA_CAKE_OVERHEAD      = 6,
	TCA_CAKE_RTT           = 7,
	TCA_CAKE_TARGET        = 8,
	TCA_CAKE_AUTORATE      = 9,
	TCA_CAKE_MEMORY        = 10,
	TCA_CAKE_NAT           = 11,
	TCA_CAKE_RAW           = 12,
	TCA_CAKE_WASH          = 13,
	TCA_CAKE_MPU           = 14,
	TCA_CAKE_INGRESS       = 15,
	TCA_CAKE_ACK_FILTER    = 16,
	TCA_CAKE_SPLIT_GSO     = 17,
	TCA_CAKE_FWMARK        = 18,
	__TCA_CAKE_MAX         = 19,
};

enum {
	__TCA_CAKE_STATS_INVALID           = 0,
	TCA_CAKE_STATS_PAD                 = 1,
	TCA_CAKE_STATS_CAPACITY_ESTIMATE64 = 2,
	TCA_CAKE_STATS_MEMORY_LIMIT        = 3,
	TCA_CAKE_STATS_MEMORY_USED         = 4,
	TCA_CAKE_STATS_AVG_NETOFF          = 5,
	TCA_CAKE_STATS_MIN_NETLEN          = 6,
	TCA_CAKE_STATS_MAX_NETLEN          = 7,
	TCA_CAKE_STATS_MIN_ADJLEN          = 8,
	TCA_CAKE_STATS_MAX_ADJLEN          = 9,
	TCA_CAKE_STATS_TIN_STATS           = 10,
	TCA_CAKE_STATS_DEFICIT             = 11,
	TCA_CAKE_STATS_COBALT_COUNT        = 12,
	TCA_CAKE_STATS_DROPPING            = 13,
	TCA_CAKE_STATS_DROP_NEXT_US        = 14,
	TCA_CAKE_STATS_P_DROP              = 15,
	TCA_CAKE_STATS_BLUE_TIMER_US       = 16,
	TCA_CAKE_STATS_ACTIVE_QUEUES       = 17,
	__TCA_CAKE_STATS_MAX               = 18,
};

enum {
	__TCA_CAKE_TIN_STATS_INVALID            = 0,
	TCA_CAKE_TIN_STATS_PAD                  = 1,
	TCA_CAKE_TIN_STATS_SENT_PACKETS         = 2,
	TCA_CAKE_TIN_STATS_SENT_BYTES64         = 3,
	TCA_CAKE_TIN_STATS_DROPPED_PACKETS      = 4,
	TCA_CAKE_TIN_STATS_DROPPED_BYTES64      = 5,
	TCA_CAKE_TIN_STATS_ACKS_DROPPED_PACKETS = 6,
	TCA_CAKE_TIN_STATS_ACKS_DROPPED_BYTES64 = 7,
	TCA_CAKE_TIN_STATS_ECN_MARKED_PACKETS   = 8,
	TCA_CAKE_TIN_STATS_ECN_MARKED_BYTES64   = 9,
	TCA_CAKE_TIN_STATS_BACKLOG_PACKETS      = 10,
	TCA_CAKE_TIN_STATS_BACKLOG_BYTES        = 11,
	TCA_CAKE_TIN_STATS_THRESHOLD_RATE64     = 12,
	TCA_CAKE_TIN_STATS_TARGET_US            = 13,
	TCA_CAKE_TIN_STATS_INTERVAL_US          = 14,
	TCA_CAKE_TIN_STATS_WAY_INDIRECT_HITS    = 15,
	TCA_CAKE_TIN_STATS_WAY_MISSES           = 16,
	TCA_CAKE_TIN_STATS_WAY_COLLISIONS       = 17,
	TCA_CAKE_TIN_STATS_PEAK_DELAY_US        = 18,
	TCA_CAKE_TIN_STATS_AVG_DELAY_US         = 19,
	TCA_CAKE_TIN_STATS_BASE_DELAY_US        = 20,
	TCA_CAKE_TIN_STATS_SPARSE_FLOWS         = 21,
	TCA_CAKE_TIN_STATS_BULK_FLOWS           = 22,
	TCA_CAKE_TIN_STATS_UNRESPONSIVE_FLOWS   = 23,
	TCA_CAKE_TIN_STATS_MAX_SKBLEN           = 24,
	TCA_CAKE_TIN_STATS_FLOW_QUANTUM         = 25,
	__TCA_CAKE_TIN_STATS_MAX                = 26,
};

enum {
	CAKE_FLOW_NONE     = 0,
	CAKE_FLOW_SRC_IP   = 1,
	CAKE_FLOW_DST_IP   = 2,
	CAKE_FLOW_HOSTS    = 3,
	CAKE_FLOW_FLOWS    = 4,
	CAKE_FLOW_DUAL_SRC = 5,
	CAKE_FLOW_DUAL_DST = 6,
	CAKE_FLOW_TRIPLE   = 7,
	CAKE_FLOW_MAX      = 8,
};

enum {
	CAKE_DIFFSERV_DIFFSERV3  = 0,
	CAKE_DIFFSERV_DIFFSERV4  = 1,
	CAKE_DIFFSERV_DIFFSERV8  = 2,
	CAKE_DIFFSERV_BESTEFFORT = 3,
	CAKE_DIFFSERV_PRECEDENCE = 4,
	CAKE_DIFFSERV_MAX        = 5,
};

enum {
	CAKE_ACK_NONE       = 0,
	CAKE_ACK_FILTER     = 1,
	CAKE_ACK_AGGRESSIVE = 2,
	CAKE_ACK_MAX        = 3,
};

enum {
	CAKE_ATM_NONE = 0,
	CAKE_ATM_ATM  = 1,
	CAKE_ATM_PTM  = 2,
	CAKE_ATM_MAX  = 3,
};

enum {
	TC_TAPRIO_CMD_SET_GATES       = 0x0,
	TC_TAPRIO_CMD_SET_AND_HOLD    = 0x1,
	TC_TAPRIO_CMD_SET_AND_RELEASE = 0x2,
};

enum {
	TCA_TAPRIO_SCHED_ENTRY_UNSPEC    = 0,
	TCA_TAPRIO_SCHED_ENTRY_INDEX     = 1,
	TCA_TAPRIO_SCHED_ENTRY_CMD       = 2,
	TCA_TAPRIO_SCHED_ENTRY_GATE_MASK = 3,
	TCA_TAPRIO_SCHED_ENTRY_INTERVAL  = 4,
	__TCA_TAPRIO_SCHED_ENTRY_MAX     = 5,
};

enum {
	TCA_TAPRIO_SCHED_UNSPEC = 0,
	TCA_TAPRIO_SCHED_ENTRY  = 1,
	__TCA_TAPRIO_SCHED_MAX  = 2,
};

enum {
	TCA_TAPRIO_TC_ENTRY_UNSPEC  = 0,
	TCA_TAPRIO_TC_ENTRY_INDEX   = 1,
	TCA_TAPRIO_TC_ENTRY_MAX_SDU = 2,
	TCA_TAPRIO_TC_ENTRY_FP      = 3,
	__TCA_TAPRIO_TC_ENTRY_CNT   = 4,
	TCA_TAPRIO_TC_ENTRY_MAX     = 3,
};

enum {
	TCA_TAPRIO_OFFLOAD_STATS_PAD          = 1,
	TCA_TAPRIO_OFFLOAD_STATS_WINDOW_DROPS = 2,
	TCA_TAPRIO_OFFLOAD_STATS_TX_OVERRUNS  = 3,
	__TCA_TAPRIO_OFFLOAD_STATS_CNT        = 4,
	TCA_TAPRIO_OFFLOAD_STATS_MAX          = 3,
};

enum {
	TCA_TAPRIO_ATTR_UNSPEC                     = 0,
	TCA_TAPRIO_ATTR_PRIOMAP                    = 1,
	TCA_TAPRIO_ATTR_SCHED_ENTRY_LIST           = 2,
	TCA_TAPRIO_ATTR_SCHED_BASE_TIME            = 3,
	TCA_TAPRIO_ATTR_SCHED_SINGLE_ENTRY         = 4,
	TCA_TAPRIO_ATTR_SCHED_CLOCKID              = 5,
	TCA_TAPRIO_PAD                             = 6,
	TCA_TAPRIO_ATTR_PAD                        = 6,
	TCA_TAPRIO_ATTR_ADMIN_SCHED                = 7,
	TCA_TAPRIO_ATTR_SCHED_CYCLE_TIME           = 8,
	TCA_TAPRIO_ATTR_SCHED_CYCLE_TIME_EXTENSION = 9,
	TCA_TAPRIO_ATTR_FLAGS                      = 10,
	TCA_TAPRIO_ATTR_TXTIME_DELAY               = 11,
	TCA_TAPRIO_ATTR_TC_ENTRY                   = 12,
	__TCA_TAPRIO_ATTR_MAX                      = 13,
};

enum {
	TCA_ETS_UNSPEC       = 0,
	TCA_ETS_NBANDS       = 1,
	TCA_ETS_NSTRICT      = 2,
	TCA_ETS_QUANTA       = 3,
	TCA_ETS_QUANTA_BAND  = 4,
	TCA_ETS_PRIOMAP      = 5,
	TCA_ETS_PRIOMAP_BAND = 6,
	__TCA_ETS_MAX        = 7,
};

enum tc_dualpi2_drop_overload {
	TC_DUALPI2_DROP_OVERLOAD_OVERFLOW = 0,
	TC_DUALPI2_DROP_OVERLOAD_DROP     = 1,
	__TCA_DUALPI2_DROP_OVERLOAD_MAX   = 2,
};

enum tc_dualpi2_drop_early {
	TC_DUALPI2_DROP_EARLY_DROP_DEQUEUE = 0,
	TC_DUALPI2_DROP_EARLY_DROP_ENQUEUE = 1,
	__TCA_DUALPI2_DROP_EARLY_MAX       = 2,
};

enum tc_dualpi2_ecn_mask {
	TC_DUALPI2_ECN_MASK_L4S_ECT = 1,
	TC_DUALPI2_ECN_MASK_CLA_ECT = 2,
	TC_DUALPI2_ECN_MASK_ANY_ECT = 3,
	__TCA_DUALPI2_ECN_MASK_MAX  = 4,
};

enum tc_dualpi2_split_gso {
	TC_DUALPI2_SPLIT_GSO_NO_SPLIT_GSO = 0,
	TC_DUALPI2_SPLIT_GSO_SPLIT_GSO    = 1,
	__TCA_DUALPI2_SPLIT_GSO_MAX       = 2,
};

enum {
	TCA_DUALPI2_UNSPEC           = 0,
	TCA_DUALPI2_LIMIT            = 1,
	TCA_DUALPI2_MEMORY_LIMIT     = 2,
	TCA_DUALPI2_TARGET           = 3,
	TCA_DUALPI2_TUPDATE          = 4,
	TCA_DUALPI2_ALPHA            = 5,
	TCA_DUALPI2_BETA             = 6,
	TCA_DUALPI2_STEP_THRESH_PKTS = 7,
	TCA_DUALPI2_STEP_THRESH_US   = 8,
	TCA_DUALPI2_MIN_QLEN_STEP    = 9,
	TCA_DUALPI2_COUPLING         = 10,
	TCA_DUALPI2_DROP_OVERLOAD    = 11,
	TCA_DUALPI2_DROP_EARLY       = 12,
	TCA_DUALPI2_C_PROTECTION     = 13,
	TCA_DUALPI2_ECN_MASK         = 14,
	TCA_DUALPI2_SPLIT_GSO        = 15,
	TCA_DUALPI2_PAD              = 16,
	__TCA_DUALPI2_MAX            = 17,
};

struct tc_stats {
	__u64 bytes;
	__u32 packets;
	__u32 drops;
	__u32 overlimits;
	__u32 bps;
	__u32 pps;
	__u32 qlen;
	__u32 backlog;
};

struct tc_estimator {
	signed char interval;
	unsigned char ewma_log;
};

struct tc_ratespec {
	unsigned char cell_log;
	__u8 linklayer;
	unsigned short overhead;
	short cell_align;
	unsigned short mpu;
	__u32 rate;
};

struct tc_sizespec {
	unsigned char cell_log;
	unsigned char size_log;
	short cell_align;
	int overhead;
	unsigned int linklayer;
	unsigned int mpu;
	unsigned int mtu;
	unsigned int tsize;
};

struct tc_fifo_qopt {
	__u32 limit;
};

struct tc_skbprio_qopt {
	__u32 limit;
};

struct tc_prio_qopt {
	int bands;
	__u8 priomap[16];
};

struct tc_multiq_qopt {
	__u16 bands;
	__u16 max_bands;
};

struct tc_plug_qopt {
	int action;
	__u32 limit;
};

struct tc_tbf_qopt {
	struct tc_ratespec rate;
	struct tc_ratespec peakrate;
	__u32 limit;
	__u32 buffer;
	__u32 mtu;
};

struct tc_sfq_qopt {
	unsigned int quantum;
	int perturb_period;
	__u32 limit;
	unsigned int divisor;
	unsigned int flows;
};

struct tc_sfqred_stats {
	__u32 prob_drop;
	__u32 forced_drop;
	__u32 prob_mark;
	__u32 forced_mark;
	__u32 prob_mark_head;
	__u32 forced_mark_head;
};

struct tc_sfq_qopt_v1 {
	struct tc_sfq_qopt v0;
	unsigned int depth;
	unsigned int headdrop;
	__u32 limit;
	__u32 qth_min;
	__u32 qth_max;
	unsigned char Wlog;
	unsigned char Plog;
	unsigned char Scell_log;
	unsigned char flags;
	__u32 max_P;
	struct tc_sfqred_stats stats;
};

struct tc_sfq_xstats {
	__s32 allot;
};

struct tc_red_qopt {
	__u32 limit;
	__u32 qth_min;
	__u32 qth_max;
	unsigned char Wlog;
	unsigned char Plog;
	unsigned char Scell_log;
	unsigned char flags;
};

struct tc_red_xstats {
	__u32 early;
	__u32 pdrop;
	__u32 other;
	__u32 marked;
};

struct tc_gred_qopt {
	__u32 limit;
	__u32 qth_min;
	__u32 qth_max;
	__u32 DP;
	__u32 backlog;
	__u32 qave;
	__u32 forced;
	__u32 early;
	__u32 other;
	__u32 pdrop;
	__u8 Wlog;
	__u8 Plog;
	__u8 Scell_log;
	__u8 prio;
	__u32 packets;
	__u32 bytesin;
};

struct tc_gred_sopt {
	__u32 DPs;
	__u32 def_DP;
	__u8 grio;
	__u8 flags;
	__u16 pad1;
};

struct tc_choke_qopt {
	__u32 limit;
	__u32 qth_min;
	__u32 qth_max;
	unsigned char Wlog;
	unsigned char Plog;
	unsigned char Scell_log;
	unsigned char flags;
};

struct tc_choke_xstats {
	__u32 early;
	__u32 pdrop;
	__u32 other;
	__u32 marked;
	__u32 matched;
};

struct tc_htb_opt {
	struct tc_ratespec rate;
	struct tc_ratespec ceil;
	__u32 buffer;
	__u32 cbuffer;
	__u32 quantum;
	__u32 level;
	__u32 prio;
};

struct tc_htb_glob {
	__u32 version;
	__u32 rate2quantum;
	__u32 defcls;
	__u32 debug;
	__u32 direct_pkts;
};

struct tc_htb_xstats {
	__u32 lends;
	__u32 borrows;
	__u32 giants;
	__s32 tokens;
	__s32 ctokens;
};

struct tc_hfsc_qopt {
	__u16 defcls;
};

struct tc_service_curve {
	__u32 m1;
	__u32 d;
	__u32 m2;
};

struct tc_hfsc_stats {
	__u64 work;
	__u64 rtwork;
	__u32 period;
	__u32 level;
};

struct tc_netem_qopt {
	__u32 latency;
	__u32 limit;
	__u32 loss;
	__u32 gap;
	__u32 duplicate;
	__u32 jitter;
};

struct tc_netem_corr {
	__u32 delay_corr;
	__u32 loss_corr;
	__u32 dup_corr;
};

struct tc_netem_reorder {
	__u32 probability;
	__u32 correlation;
};

struct tc_netem_corrupt {
	__u32 probability;
	__u32 correlation;
};

struct tc_netem_rate {
	__u32 rate;
	__s32 packet_overhead;
	__u32 cell_size;
	__s32 cell_overhead;
};

struct tc_netem_slot {
	__s64 min_delay;
	__s64 max_delay;
	__s32 max_packets;
	__s32 max_bytes;
	__s64 dist_delay;
	__s64 dist_jitter;
};

struct tc_netem_gimodel {
	__u32 p13;
	__u32 p31;
	__u32 p32;
	__u32 p14;
	__u32 p23;
};

struct tc_netem_gemodel {
	__u32 p;
	__u32 r;
	__u32 h;
	__u32 k1;
};

struct tc_netem_xstats {
	__u64 delayed;
	__u64 dropped;
	__u64 corrupted;
	__u64 duplicated;
	__u64 reordered;
	__u64 ecn_marked;
	__u64 allocation_errors;
};

struct tc_drr_stats {
	__u32 deficit;
};

struct tc_mqprio_qopt {
	__u8 num_tc;
	__u8 prio_tc_map[16];
	__u8 hw;
	__u16 count[16];
	__u16 offset[16];
};

struct tc_sfb_qopt {
	__u32 rehash_interval;
	__u32 warmup_time;
	__u32 max;
	__u32 bin_size;
	__u32 increment;
	__u32 decrement;
	__u32 limit;
	__u32 penalty_rate;
	__u32 penalty_burst;
};

struct tc_sfb_xstats {
	__u32 earlydrop;
	__u32 penaltydrop;
	__u32 bucketdrop;
	__u32 queuedrop;
	__u32 childdrop;
	__u32 marked;
	__u32 maxqlen;
	__u32 maxprob;
	__u32 avgprob;
};

struct tc_qfq_stats {
	__u32 weight;
	__u32 lmax;
};

struct tc_codel_xstats {
	__u32 maxpacket;
	__u32 count;
	__u32 lastcount;
	__u32 ldelay;
	__s32 drop_next;
	__u32 drop_overlimit;
	__u32 ecn_mark;
	__u32 dropping;
	__u32 ce_mark;
};

struct tc_fq_codel_qd_stats {
	__u32 maxpacket;
	__u32 drop_overlimit;
	__u32 ecn_mark;
	__u32 new_flow_count;
	__u32 new_flows_len;
	__u32 old_flows_len;
	__u32 ce_mark;
	__u32 memory_usage;
	__u32 drop_overmemory;
};

struct tc_fq_codel_cl_stats {
	__s32 deficit;
	__u32 ldelay;
	__u32 count;
	__u32 lastcount;
	__u32 dropping;
	__s32 drop_next;
};

struct tc_fq_codel_xstats {
	__u32 type;
	union {
		struct tc_fq_codel_qd_stats qdisc_stats;
		struct tc_fq_codel_cl_stats class_stats;
	};
};

struct tc_fq_qd_stats {
	__u64 gc_flows;
	__u64 highprio_packets;
	__u64 tcp_retrans;
	__u64 throttled;
	__u64 flows_plimit;
	__u64 pkts_too_long;
	__u64 allocation_errors;
	__s64 time_next_delayed_flow;
	__u32 flows;
	__u32 inactive_flows;
	__u32 throttled_flows;
	__u32 unthrottle_latency_ns;
	__u64 ce_mark;
	__u64 horizon_drops;
	__u64 horizon_caps;
	__u64 fastpath_packets;
	__u64 band_drops[3];
	__u32 band_pkt_count[3];
	__u32 pad;
};

struct tc_hhf_xstats {
	__u32 drop_overlimit;
	__u32 hh_overlimit;
	__u32 hh_tot_count;
	__u32 hh_cur_count;
};

struct tc_pie_xstats {
	__u64 prob;
	__u32 delay;
	__u32 avg_dq_rate;
	__u32 dq_rate_estimating;
	__u32 packets_in;
	__u32 dropped;
	__u32 overlimit;
	__u32 maxq;
	__u32 ecn_mark;
};

struct tc_fq_pie_xstats {
	__u32 packets_in;
	__u32 dropped;
	__u32 overlimit;
	__u32 overmemory;
	__u32 ecn_mark;
	__u32 new_flow_count;
	__u32 new_flows_len;
	__u32 old_flows_len;
	__u32 memory_usage;
};

struct tc_cbs_qopt {
	__u8 offload;
	__u8 _pad[3];
	__s32 hicredit;
	__s32 locredit;
	__s32 idleslope;
	__s32 sendslope;
};

struct tc_etf_qopt {
	__s32 delta;
	__s32 clockid;
	__u32 flags;
};

struct tc_dualpi2_xstats {
	__u32 prob;
	__u32 delay_c;
	__u32 delay_l;
	__u32 packets_in_c;
	__u32 packets_in_l;
	__u32 maxq;
	__u32 ecn_mark;
	__u32 step_marks;
	__s32 credit;
	__u32 memory_used;
	__u32 max_memory_used;
	__u32 memory_limit;
};

#define TC_H_MAJ(handle)       ((handle) & TC_H_MAJ_MASK)
#define TC_H_MIN(handle)       ((handle) & TC_H_MIN_MASK)
#define TC_H_MAKE(major, minor) (((major) & TC_H_MAJ_MASK) | ((minor) & TC_H_MIN_MASK))

#endif

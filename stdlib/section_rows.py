"""Program types, attach types, return ranges and section names as text tables; `programs.py` reads them."""

from __future__ import annotations

# enum bpf_prog_type, contexts from include/linux/bpf_types.h; enum xdp_action, TC_ACT_* (linux/pkt_cls.h), enum sk_action,
# NF_* (linux/netfilter.h), enum bpf_ret_code
PROGRAM_TYPES = """
# n name                   context              since  actions
  1 socket_filter          __sk_buff            3.19
  2 kprobe                 pt_regs              4.1
  3 sched_cls              __sk_buff            4.1    TC_ACT_UNSPEC=-1 TC_ACT_OK=0 TC_ACT_RECLASSIFY=1 TC_ACT_SHOT=2 TC_ACT_PIPE=3 TC_ACT_STOLEN=4 TC_ACT_QUEUED=5 TC_ACT_REPEAT=6 TC_ACT_REDIRECT=7 TC_ACT_TRAP=8
  4 sched_act              __sk_buff            4.1    TC_ACT_UNSPEC=-1 TC_ACT_OK=0 TC_ACT_RECLASSIFY=1 TC_ACT_SHOT=2 TC_ACT_PIPE=3 TC_ACT_STOLEN=4 TC_ACT_QUEUED=5 TC_ACT_REPEAT=6 TC_ACT_REDIRECT=7 TC_ACT_TRAP=8
  5 tracepoint             -                    4.7
  6 xdp                    xdp_md               4.8    XDP_ABORTED=0 XDP_DROP=1 XDP_PASS=2 XDP_TX=3 XDP_REDIRECT=4
  7 perf_event             bpf_perf_event_data  4.9
  8 cgroup_skb             __sk_buff            4.10
  9 cgroup_sock            bpf_sock             4.10
 10 lwt_in                 __sk_buff            4.10   BPF_OK=0 BPF_DROP=2 BPF_REDIRECT=7 BPF_LWT_REROUTE=128
 11 lwt_out                __sk_buff            4.10   BPF_OK=0 BPF_DROP=2
 12 lwt_xmit               __sk_buff            4.10   BPF_OK=0 BPF_DROP=2 BPF_REDIRECT=7 BPF_LWT_REROUTE=128
 13 sock_ops               bpf_sock_ops         4.13
 14 sk_skb                 __sk_buff            4.14   SK_DROP=0 SK_PASS=1
 15 cgroup_device          bpf_cgroup_dev_ctx   4.15
 16 sk_msg                 sk_msg_md            4.17   SK_DROP=0 SK_PASS=1
 17 raw_tracepoint         bpf_raw_tracepoint_args 4.17
 18 cgroup_sock_addr       bpf_sock_addr        4.17
 19 lwt_seg6local          __sk_buff            4.18   BPF_OK=0 BPF_DROP=2 BPF_REDIRECT=7
 20 lirc_mode2             __u32                4.18
 21 sk_reuseport           sk_reuseport_md      4.19   SK_DROP=0 SK_PASS=1
 22 flow_dissector         __sk_buff            4.20   BPF_OK=0 BPF_DROP=2 BPF_FLOW_DISSECTOR_CONTINUE=129
 23 cgroup_sysctl          bpf_sysctl           5.2
 24 raw_tracepoint_writable bpf_raw_tracepoint_args 5.2
 25 cgroup_sockopt         bpf_sockopt          5.3
 26 tracing                -                    5.5
 27 struct_ops             -                    5.6
 28 ext                    -                    5.6
 29 lsm                    -                    5.7
 30 sk_lookup              bpf_sk_lookup        5.9    SK_DROP=0 SK_PASS=1
 31 syscall                -                    5.14
 32 netfilter              bpf_nf_ctx           6.4    NF_DROP=0 NF_ACCEPT=1
"""  # noqa: E501

# enum bpf_attach_type; short: as in helper_rows and contexts
ATTACH_TYPES = """
# n name                               short             since
  0 BPF_CGROUP_INET_INGRESS            ingress           4.10
  1 BPF_CGROUP_INET_EGRESS             egress            4.10
  2 BPF_CGROUP_INET_SOCK_CREATE        create            4.10
  3 BPF_CGROUP_SOCK_OPS                sock_ops          4.13
  4 BPF_SK_SKB_STREAM_PARSER           parser            4.14
  5 BPF_SK_SKB_STREAM_VERDICT          verdict           4.14
  6 BPF_CGROUP_DEVICE                  device            4.15
  7 BPF_SK_MSG_VERDICT                 msg_verdict       4.17
  8 BPF_CGROUP_INET4_BIND              bind4             4.17
  9 BPF_CGROUP_INET6_BIND              bind6             4.17
 10 BPF_CGROUP_INET4_CONNECT           connect4          4.17
 11 BPF_CGROUP_INET6_CONNECT           connect6          4.17
 12 BPF_CGROUP_INET4_POST_BIND         post_bind4        4.17
 13 BPF_CGROUP_INET6_POST_BIND         post_bind6        4.17
 14 BPF_CGROUP_UDP4_SENDMSG            sendmsg4          4.18
 15 BPF_CGROUP_UDP6_SENDMSG            sendmsg6          4.18
 16 BPF_LIRC_MODE2                     lirc_mode2        4.18
 17 BPF_FLOW_DISSECTOR                 flow_dissector    4.20
 18 BPF_CGROUP_SYSCTL                  sysctl            5.2
 19 BPF_CGROUP_UDP4_RECVMSG            recvmsg4          5.2
 20 BPF_CGROUP_UDP6_RECVMSG            recvmsg6          5.2
 21 BPF_CGROUP_GETSOCKOPT              get               5.3
 22 BPF_CGROUP_SETSOCKOPT              set               5.3
 23 BPF_TRACE_RAW_TP                   raw_tp            5.5
 24 BPF_TRACE_FENTRY                   fentry            5.5
 25 BPF_TRACE_FEXIT                    fexit             5.5
 26 BPF_MODIFY_RETURN                  modify_return     5.7
 27 BPF_LSM_MAC                        mac               5.7
 28 BPF_TRACE_ITER                     iter              5.8
 29 BPF_CGROUP_INET4_GETPEERNAME       getpeername4      5.8
 30 BPF_CGROUP_INET6_GETPEERNAME       getpeername6      5.8
 31 BPF_CGROUP_INET4_GETSOCKNAME       getsockname4      5.8
 32 BPF_CGROUP_INET6_GETSOCKNAME       getsockname6      5.8
 33 BPF_XDP_DEVMAP                     devmap            5.8
 34 BPF_CGROUP_INET_SOCK_RELEASE       release           5.9
 35 BPF_XDP_CPUMAP                     cpumap            5.9
 36 BPF_SK_LOOKUP                      sk_lookup         5.9
 37 BPF_XDP                            xdp               5.9
 38 BPF_SK_SKB_VERDICT                 skb_verdict       5.13
 39 BPF_SK_REUSEPORT_SELECT            select            5.14
 40 BPF_SK_REUSEPORT_SELECT_OR_MIGRATE migrate           5.14
 41 BPF_PERF_EVENT                     perf_event        5.15
 42 BPF_TRACE_KPROBE_MULTI             kprobe_multi      5.18
 43 BPF_LSM_CGROUP                     lsm_cgroup        6.0
 44 BPF_STRUCT_OPS                     struct_ops        6.4
 45 BPF_NETFILTER                      netfilter         6.4
 46 BPF_TCX_INGRESS                    tcx_ingress       6.6
 47 BPF_TCX_EGRESS                     tcx_egress        6.6
 48 BPF_TRACE_UPROBE_MULTI             uprobe_multi      6.6
 49 BPF_CGROUP_UNIX_CONNECT            connect_unix      6.7
 50 BPF_CGROUP_UNIX_SENDMSG            sendmsg_unix      6.7
 51 BPF_CGROUP_UNIX_RECVMSG            recvmsg_unix      6.7
 52 BPF_CGROUP_UNIX_GETPEERNAME        getpeername_unix  6.7
 53 BPF_CGROUP_UNIX_GETSOCKNAME        getsockname_unix  6.7
 54 BPF_NETKIT_PRIMARY                 netkit_primary    6.7
 55 BPF_NETKIT_PEER                    netkit_peer       6.7
 56 BPF_TRACE_KPROBE_SESSION           kprobe_session    6.10
 57 BPF_TRACE_UPROBE_SESSION           uprobe_session    6.13
 58 BPF_TRACE_FSESSION                 fsession          7.0
 59 BPF_TRACE_FENTRY_MULTI             fentry_multi      7.3
 60 BPF_TRACE_FEXIT_MULTI              fexit_multi       7.3
 61 BPF_TRACE_FSESSION_MULTI           fsession_multi    7.3
"""

# check_return_code in kernel/bpf/verifier.c. Types and attach types that are not here may return anything.
RETURNS = """
# program           low high  attach types (none: the rest)
cgroup_skb            0    1
cgroup_skb            0    3  BPF_CGROUP_INET_EGRESS
cgroup_sock           0    1
cgroup_sock_addr      0    1
cgroup_sock_addr      0    3  BPF_CGROUP_INET4_BIND BPF_CGROUP_INET6_BIND
cgroup_sock_addr      1    1  BPF_CGROUP_UDP4_RECVMSG BPF_CGROUP_UDP6_RECVMSG BPF_CGROUP_UNIX_RECVMSG
cgroup_sock_addr      1    1  BPF_CGROUP_INET4_GETPEERNAME BPF_CGROUP_INET6_GETPEERNAME BPF_CGROUP_UNIX_GETPEERNAME
cgroup_sock_addr      1    1  BPF_CGROUP_INET4_GETSOCKNAME BPF_CGROUP_INET6_GETSOCKNAME BPF_CGROUP_UNIX_GETSOCKNAME
sock_ops              0    1
cgroup_device         0    1
cgroup_sysctl         0    1
cgroup_sockopt        0    1
kprobe                0    1  BPF_TRACE_KPROBE_SESSION BPF_TRACE_UPROBE_SESSION
tracing               0    0  BPF_TRACE_FENTRY BPF_TRACE_FEXIT
tracing               0    1  BPF_TRACE_ITER
sk_lookup             0    1
netfilter             0    1
"""

# As libbpf reads them (tools/lib/bpf/libbpf.c). `+`: may be followed by a slash and a target. kind: how it is attached.
SECTIONS = """
# name                  program                 attach type                        kind          flags
socket                  socket_filter           -                                  socket
sk_reuseport/migrate    sk_reuseport            BPF_SK_REUSEPORT_SELECT_OR_MIGRATE sk_reuseport
sk_reuseport            sk_reuseport            BPF_SK_REUSEPORT_SELECT            sk_reuseport
kprobe+                 kprobe                  -                                  kprobe
kretprobe+              kprobe                  -                                  kretprobe
uprobe+                 kprobe                  -                                  uprobe
uprobe.s+               kprobe                  -                                  uprobe        sleepable
uretprobe+              kprobe                  -                                  uretprobe
uretprobe.s+            kprobe                  -                                  uretprobe     sleepable
kprobe.multi+           kprobe                  BPF_TRACE_KPROBE_MULTI             kprobe-multi
kretprobe.multi+        kprobe                  BPF_TRACE_KPROBE_MULTI             kretprobe-multi
kprobe.session+         kprobe                  BPF_TRACE_KPROBE_SESSION           kprobe-session
uprobe.multi+           kprobe                  BPF_TRACE_UPROBE_MULTI             uprobe-multi
uprobe.multi.s+         kprobe                  BPF_TRACE_UPROBE_MULTI             uprobe-multi  sleepable
uretprobe.multi+        kprobe                  BPF_TRACE_UPROBE_MULTI             uretprobe-multi
uretprobe.multi.s+      kprobe                  BPF_TRACE_UPROBE_MULTI             uretprobe-multi sleepable
uprobe.session+         kprobe                  BPF_TRACE_UPROBE_SESSION           uprobe-session
uprobe.session.s+       kprobe                  BPF_TRACE_UPROBE_SESSION           uprobe-session sleepable
ksyscall+               kprobe                  -                                  ksyscall
kretsyscall+            kprobe                  -                                  kretsyscall
usdt+                   kprobe                  -                                  usdt
usdt.s+                 kprobe                  -                                  usdt          sleepable
tc/ingress              sched_cls               BPF_TCX_INGRESS                    tcx-ingress
tc/egress               sched_cls               BPF_TCX_EGRESS                     tcx-egress
tcx/ingress             sched_cls               BPF_TCX_INGRESS                    tcx-ingress
tcx/egress              sched_cls               BPF_TCX_EGRESS                     tcx-egress
tc                      sched_cls               -                                  tc
classifier              sched_cls               -                                  tc
action                  sched_act               -                                  tc
netkit/primary          sched_cls               BPF_NETKIT_PRIMARY                 netkit
netkit/peer             sched_cls               BPF_NETKIT_PEER                    netkit
tracepoint+             tracepoint              -                                  tracepoint
tp+                     tracepoint              -                                  tracepoint
tracepoint.s+           tracepoint              -                                  tracepoint    sleepable
tp.s+                   tracepoint              -                                  tracepoint    sleepable
raw_tracepoint+         raw_tracepoint          -                                  raw_tracepoint
raw_tp+                 raw_tracepoint          -                                  raw_tracepoint
raw_tracepoint.s+       raw_tracepoint          -                                  raw_tracepoint sleepable
raw_tp.s+               raw_tracepoint          -                                  raw_tracepoint sleepable
raw_tracepoint.w+       raw_tracepoint_writable -                                  raw_tracepoint
raw_tp.w+               raw_tracepoint_writable -                                  raw_tracepoint
tp_btf+                 tracing                 BPF_TRACE_RAW_TP                   tp_btf
tp_btf.s+               tracing                 BPF_TRACE_RAW_TP                   tp_btf        sleepable
fentry+                 tracing                 BPF_TRACE_FENTRY                   fentry
fentry.s+               tracing                 BPF_TRACE_FENTRY                   fentry        sleepable
fexit+                  tracing                 BPF_TRACE_FEXIT                    fexit
fexit.s+                tracing                 BPF_TRACE_FEXIT                    fexit         sleepable
fmod_ret+               tracing                 BPF_MODIFY_RETURN                  fmod_ret
fmod_ret.s+             tracing                 BPF_MODIFY_RETURN                  fmod_ret      sleepable
fsession+               tracing                 BPF_TRACE_FSESSION                 fsession
fsession.s+             tracing                 BPF_TRACE_FSESSION                 fsession      sleepable
fentry.multi+           tracing                 BPF_TRACE_FENTRY_MULTI             fentry-multi
fentry.multi.s+         tracing                 BPF_TRACE_FENTRY_MULTI             fentry-multi  sleepable
fexit.multi+            tracing                 BPF_TRACE_FEXIT_MULTI              fexit-multi
fexit.multi.s+          tracing                 BPF_TRACE_FEXIT_MULTI              fexit-multi   sleepable
fsession.multi+         tracing                 BPF_TRACE_FSESSION_MULTI           fsession-multi
fsession.multi.s+       tracing                 BPF_TRACE_FSESSION_MULTI           fsession-multi sleepable
freplace+               ext                     -                                  freplace
lsm+                    lsm                     BPF_LSM_MAC                        lsm
lsm.s+                  lsm                     BPF_LSM_MAC                        lsm           sleepable
lsm_cgroup+             lsm                     BPF_LSM_CGROUP                     cgroup
iter+                   tracing                 BPF_TRACE_ITER                     iter
iter.s+                 tracing                 BPF_TRACE_ITER                     iter          sleepable
syscall                 syscall                 -                                  -             sleepable
xdp                     xdp                     BPF_XDP                            xdp
xdp/devmap              xdp                     BPF_XDP_DEVMAP                     -
xdp/cpumap              xdp                     BPF_XDP_CPUMAP                     -
xdp.frags               xdp                     BPF_XDP                            xdp           frags
xdp.frags/devmap        xdp                     BPF_XDP_DEVMAP                     -             frags
xdp.frags/cpumap        xdp                     BPF_XDP_CPUMAP                     -             frags
perf_event              perf_event              -                                  perf_event
lwt_in                  lwt_in                  -                                  -
lwt_out                 lwt_out                 -                                  -
lwt_xmit                lwt_xmit                -                                  -
lwt_seg6local           lwt_seg6local           -                                  -
sockops                 sock_ops                BPF_CGROUP_SOCK_OPS                cgroup
sk_skb/stream_parser    sk_skb                  BPF_SK_SKB_STREAM_PARSER           sockmap
sk_skb/stream_verdict   sk_skb                  BPF_SK_SKB_STREAM_VERDICT          sockmap
sk_skb/verdict          sk_skb                  BPF_SK_SKB_VERDICT                 sockmap
sk_skb                  sk_skb                  -                                  sockmap
sk_msg                  sk_msg                  BPF_SK_MSG_VERDICT                 sockmap
lirc_mode2              lirc_mode2              BPF_LIRC_MODE2                     lirc
flow_dissector          flow_dissector          BPF_FLOW_DISSECTOR                 netns
cgroup_skb/ingress      cgroup_skb              BPF_CGROUP_INET_INGRESS            cgroup
cgroup_skb/egress       cgroup_skb              BPF_CGROUP_INET_EGRESS             cgroup
cgroup/skb              cgroup_skb              -                                  cgroup
cgroup/sock_create      cgroup_sock             BPF_CGROUP_INET_SOCK_CREATE        cgroup
cgroup/sock_release     cgroup_sock             BPF_CGROUP_INET_SOCK_RELEASE       cgroup
cgroup/sock             cgroup_sock             BPF_CGROUP_INET_SOCK_CREATE        cgroup
cgroup/post_bind4       cgroup_sock             BPF_CGROUP_INET4_POST_BIND         cgroup
cgroup/post_bind6       cgroup_sock             BPF_CGROUP_INET6_POST_BIND         cgroup
cgroup/bind4            cgroup_sock_addr        BPF_CGROUP_INET4_BIND              cgroup
cgroup/bind6            cgroup_sock_addr        BPF_CGROUP_INET6_BIND              cgroup
cgroup/connect4         cgroup_sock_addr        BPF_CGROUP_INET4_CONNECT           cgroup
cgroup/connect6         cgroup_sock_addr        BPF_CGROUP_INET6_CONNECT           cgroup
cgroup/connect_unix     cgroup_sock_addr        BPF_CGROUP_UNIX_CONNECT            cgroup
cgroup/sendmsg4         cgroup_sock_addr        BPF_CGROUP_UDP4_SENDMSG            cgroup
cgroup/sendmsg6         cgroup_sock_addr        BPF_CGROUP_UDP6_SENDMSG            cgroup
cgroup/sendmsg_unix     cgroup_sock_addr        BPF_CGROUP_UNIX_SENDMSG            cgroup
cgroup/recvmsg4         cgroup_sock_addr        BPF_CGROUP_UDP4_RECVMSG            cgroup
cgroup/recvmsg6         cgroup_sock_addr        BPF_CGROUP_UDP6_RECVMSG            cgroup
cgroup/recvmsg_unix     cgroup_sock_addr        BPF_CGROUP_UNIX_RECVMSG            cgroup
cgroup/getpeername4     cgroup_sock_addr        BPF_CGROUP_INET4_GETPEERNAME       cgroup
cgroup/getpeername6     cgroup_sock_addr        BPF_CGROUP_INET6_GETPEERNAME       cgroup
cgroup/getpeername_unix cgroup_sock_addr        BPF_CGROUP_UNIX_GETPEERNAME        cgroup
cgroup/getsockname4     cgroup_sock_addr        BPF_CGROUP_INET4_GETSOCKNAME       cgroup
cgroup/getsockname6     cgroup_sock_addr        BPF_CGROUP_INET6_GETSOCKNAME       cgroup
cgroup/getsockname_unix cgroup_sock_addr        BPF_CGROUP_UNIX_GETSOCKNAME        cgroup
cgroup/sysctl           cgroup_sysctl           BPF_CGROUP_SYSCTL                  cgroup
cgroup/getsockopt       cgroup_sockopt          BPF_CGROUP_GETSOCKOPT              cgroup
cgroup/setsockopt       cgroup_sockopt          BPF_CGROUP_SETSOCKOPT              cgroup
cgroup/dev              cgroup_device           BPF_CGROUP_DEVICE                  cgroup
struct_ops+             struct_ops              -                                  struct_ops
struct_ops.s+           struct_ops              -                                  struct_ops    sleepable
sk_lookup               sk_lookup               BPF_SK_LOOKUP                      netns
netfilter               netfilter               BPF_NETFILTER                      netfilter
"""

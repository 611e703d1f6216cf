"""What programs see of their context: fields by structure and program type, as text tables; `contexts.py` reads them.

Offsets and sizes in bytes; a size may be larger than in C, where the kernel lets padding be read along. loads, stores: the
access sizes that are allowed, at any aligned place in the field; with `@` a load smaller than the field only at its start.
A column a group of program types (or of one attach type, after a slash): r may be read, w written, `-` hidden. Measured on
Linux 6.18: every offset and size, load and store, in every program and attach type (the rules are in net/core/filter.c,
kernel/bpf/cgroup.c, kernel/trace/bpf_trace.c). Names: include/uapi/linux/bpf.h.
"""

from __future__ import annotations

# structure -> its size, the program types of each column, its rows
TABLES = {
    "xdp_md": (
        24,
        (
            "xdp",
            "xdp/devmap",
        ),
        """
# field          at  size  kind         loads  stores  xdp  devmap
data              0     4  packet       4      -       r    r
data_end          4     4  packet_end   4      -       r    r
data_meta         8     4  packet_meta  4      -       r    r
ingress_ifindex  12     4  scalar       4      -       r    r
rx_queue_index   16     4  scalar       4      -       r    r
egress_ifindex   20     4  scalar       4      -       -    r
""",
    ),
    "__sk_buff": (
        192,
        (
            "socket_filter",
            "sched_cls sched_act",
            "cgroup_skb",
            "lwt_in lwt_out lwt_xmit lwt_seg6local",
            "sk_skb",
            "flow_dissector",
        ),
        """
# field           at  size  kind         loads  stores  socket  tc  cgroup  lwt  sk_skb  flow
len                0     4  scalar       124    -       r       r   r       r    r       -
pkt_type           4     4  scalar       124    -       r       r   r       r    r       -
mark               8     4  scalar       124    4       r       rw  rw      rw   -       -
queue_mapping     12     4  scalar       124    4       r       rw  r       r    r       -
protocol          16     4  scalar       124    -       r       r   r       r    r       -
vlan_present      20     4  scalar       124    -       r       r   r       r    r       -
vlan_tci          24     4  scalar       124    -       r       r   r       r    r       -
vlan_proto        28     4  scalar       124    -       r       r   r       r    r       -
priority          32     4  scalar       124    4       r       rw  rw      rw   rw      -
ingress_ifindex   36     4  scalar       124    -       r       r   r       r    r       -
ifindex           40     4  scalar       124    -       r       r   r       r    r       -
tc_index          44     4  scalar       124    4       r       rw  r       r    rw      -
cb                48    20  scalar       1248   1248    rw      rw  rw      rw   r       -
hash              68     4  scalar       124    -       r       r   r       r    r       -
tc_classid        72     4  scalar       124    4       -       rw  -       -    -       -
data              76     4  packet       4      -       -       r   r       r    r       r
data_end          80     4  packet_end   4      -       -       r   r       r    r       r
napi_id           84     4  scalar       124    -       r       r   r       r    r       -
family            88     4  scalar       124    -       -       -   r       -    r       -
remote_ip4        92     4  scalar       4      -       -       -   r       -    r       -
local_ip4         96     4  scalar       4      -       -       -   r       -    r       -
remote_ip6       100    16  scalar       4      -       -       -   r       -    r       -
local_ip6        116    16  scalar       4      -       -       -   r       -    r       -
remote_port      132     4  scalar       124    -       -       -   r       -    r       -
local_port       136     4  scalar       124    -       -       -   r       -    r       -
data_meta        140     4  packet_meta  4      -       -       r   -       -    -       -
flow_keys        144     8  flow_keys    8      -       -       -   -       -    -       r
tstamp           152     8  scalar       8      8       -       rw  rw      -    -       -
wire_len         160     4  scalar       124    -       -       r   -       -    -       -
gso_segs         164     4  scalar       124    -       r       r   r       r    r       -
sk               168     8  sock?        8      -       r       r   r       r    r       -
gso_size         176     4  scalar       124    -       r       r   r       r    r       -
tstamp_type      180     1  scalar       1      -       -       r   -       -    -       -
hwtstamp         184     8  scalar       8      -       -       r   r       -    -       -
""",
    ),
    "bpf_sock": (
        80,
        (
            "cgroup_sock/create cgroup_sock/release cgroup_sock",
            "cgroup_sock/post_bind4",
            "cgroup_sock/post_bind6",
        ),
        """
# field           at  size  kind    loads  stores  create  post4  post6
bound_dev_if       0     4  scalar  4      4       rw      -      -
family             4     4  scalar  124@   -       r       r      r
type               8     4  scalar  124@   -       r       r      r
protocol          12     4  scalar  124@   -       r       r      r
mark              16     4  scalar  4      4       rw      -      -
priority          20     4  scalar  4      4       rw      -      -
src_ip4           24     4  scalar  124    -       -       r      -
src_ip6           28    16  scalar  124    -       -       -      r
src_port          44     4  scalar  124@   -       -       r      r
dst_port          48     2  scalar  124    -       r       r      r
dst_ip4           52     4  scalar  124    -       r       r      r
dst_ip6           56    16  scalar  124    -       r       r      r
state             72     4  scalar  124@   -       r       r      r
rx_queue_mapping  76     4  scalar  124@   -       r       r      r
""",
    ),
    "bpf_sock_addr": (
        72,
        (
            "cgroup_sock_addr/bind4 cgroup_sock_addr/connect4 cgroup_sock_addr/recvmsg4 "
            "cgroup_sock_addr/getpeername4 cgroup_sock_addr/getsockname4",
            "cgroup_sock_addr/bind6 cgroup_sock_addr/connect6 cgroup_sock_addr/recvmsg6 "
            "cgroup_sock_addr/getpeername6 cgroup_sock_addr/getsockname6",
            "cgroup_sock_addr/sendmsg4",
            "cgroup_sock_addr/sendmsg6",
            "cgroup_sock_addr/connect_unix cgroup_sock_addr/sendmsg_unix cgroup_sock_addr/recvmsg_unix "
            "cgroup_sock_addr/getpeername_unix cgroup_sock_addr/getsockname_unix",
        ),
        """
# field      at  size  kind    loads  stores  v4  v6  send4  send6  unix
user_family   0     4  scalar  4      -       r   r   r      r      r
user_ip4      4     4  scalar  124    4       rw  -   rw     -      -
user_ip6      8    16  scalar  1248   48      -   rw  -      rw     -
user_port    24     4  scalar  124    4       rw  rw  rw     rw     rw
family       28     4  scalar  4      -       r   r   r      r      r
type         32     4  scalar  4      -       r   r   r      r      r
protocol     36     4  scalar  4      -       r   r   r      r      r
msg_src_ip4  40     4  scalar  124    4       -   -   rw     -      -
msg_src_ip6  44    16  scalar  1248   48      -   -   -      rw     -
sk           64     8  socket  8      -       r   r   r      r      r
""",
    ),
    "bpf_sock_ops": (
        224,
        ("sock_ops",),
        """
# field                 at  size  kind        loads  stores  sock_ops
op                       0     4  scalar      4      -       r
reply                    4     4  scalar      4      4       rw
args                     8    12  scalar      4      -       r
family                  20     4  scalar      4      -       r
remote_ip4              24     4  scalar      4      -       r
local_ip4               28     4  scalar      4      -       r
remote_ip6              32    16  scalar      4      -       r
local_ip6               48    16  scalar      4      -       r
remote_port             64     4  scalar      4      -       r
local_port              68     4  scalar      4      -       r
is_fullsock             72     4  scalar      4      -       r
snd_cwnd                76     4  scalar      4      -       r
srtt_us                 80     4  scalar      4      -       r
bpf_sock_ops_cb_flags   84     4  scalar      4      -       r
state                   88     4  scalar      4      -       r
rtt_min                 92     4  scalar      4      -       r
snd_ssthresh            96     4  scalar      4      -       r
rcv_nxt                100     4  scalar      4      -       r
snd_nxt                104     4  scalar      4      -       r
snd_una                108     4  scalar      4      -       r
mss_cache              112     4  scalar      4      -       r
ecn_flags              116     4  scalar      4      -       r
rate_delivered         120     4  scalar      4      -       r
rate_interval_us       124     4  scalar      4      -       r
packets_out            128     4  scalar      4      -       r
retrans_out            132     4  scalar      4      -       r
total_retrans          136     4  scalar      4      -       r
segs_in                140     4  scalar      4      -       r
data_segs_in           144     4  scalar      4      -       r
segs_out               148     4  scalar      4      -       r
data_segs_out          152     4  scalar      4      -       r
lost_out               156     4  scalar      4      -       r
sacked_out             160     4  scalar      4      -       r
sk_txhash              164     4  scalar      4      4       rw
bytes_received         168     8  scalar      8      -       r
bytes_acked            176     8  scalar      8      -       r
sk                     184     8  socket?     8      -       r
skb_data               192     8  packet      8      -       r
skb_data_end           200     8  packet_end  8      -       r
skb_len                208     4  scalar      4      -       r
skb_tcp_flags          212     4  scalar      124@   -       r
skb_hwtstamp           216     8  scalar      8      -       r
""",
    ),
    "sk_msg_md": (
        80,
        ("sk_msg",),
        """
# field      at  size  kind        loads  stores  sk_msg
data          0     8  packet      8      -       r
data_end      8     8  packet_end  8      -       r
family       16     4  scalar      4      -       r
remote_ip4   20     4  scalar      4      -       r
local_ip4    24     4  scalar      4      -       r
remote_ip6   28    16  scalar      4      -       r
local_ip6    44    16  scalar      4      -       r
remote_port  60     4  scalar      4      -       r
local_port   64     4  scalar      4      -       r
size         68     4  scalar      4      -       r
sk           72     8  socket      8      -       r
""",
    ),
    "sk_reuseport_md": (
        56,
        ("sk_reuseport",),
        """
# field       at  size  kind        loads  stores  select
data           0     8  packet      8      -       r
data_end       8     8  packet_end  8      -       r
len           16     4  scalar      124    -       r
eth_protocol  20     4  scalar      24     -       r
ip_protocol   24     4  scalar      124    -       r
bind_inany    28     4  scalar      124    -       r
hash          32     4  scalar      4      -       r
sk            40     8  socket      8      -       r
migrating_sk  48     8  sock?       8      -       r
""",
    ),
    "bpf_sk_lookup": (
        72,
        ("sk_lookup",),
        """
# field          at  size  kind     loads  stores  sk_lookup
sk                0     8  socket?  8      -       r
family            8     4  scalar   124    -       r
protocol         12     4  scalar   124    -       r
remote_ip4       16     4  scalar   124    -       r
remote_ip6       20    16  scalar   124    -       r
remote_port      36     4  scalar   124    -       r
local_ip4        40     4  scalar   124    -       r
local_ip6        44    16  scalar   124    -       r
local_port       60     4  scalar   124    -       r
ingress_ifindex  64     4  scalar   124    -       r
""",
    ),
    "bpf_cgroup_dev_ctx": (
        12,
        ("cgroup_device",),
        """
# field      at  size  kind    loads  stores  cgroup_device
access_type   0     4  scalar  124    -       r
major         4     4  scalar  4      -       r
minor         8     4  scalar  4      -       r
""",
    ),
    "bpf_sysctl": (
        8,
        ("cgroup_sysctl",),
        """
# field   at  size  kind    loads  stores  cgroup_sysctl
write      0     4  scalar  124    -       r
file_pos   4     4  scalar  124    4       rw
""",
    ),
    "bpf_sockopt": (
        40,
        (
            "cgroup_sockopt/get",
            "cgroup_sockopt/set",
        ),
        """
# field     at  size  kind        loads  stores  get  set
sk           0     8  socket      8      -       r    r
optval       8     8  packet      8      -       r    r
optval_end  16     8  packet_end  8      -       r    r
level       24     4  scalar      4      4       r    rw
optname     28     4  scalar      4      4       r    rw
optlen      32     4  scalar      4      4       rw   rw
retval      36     4  scalar      4      4       rw   -
""",
    ),
    "bpf_perf_event_data": (
        184,
        ("perf_event",),
        """
# field         at  size  kind    loads  stores  perf_event
regs             0   168  scalar  8      -       r
sample_period  168     8  scalar  1248   -       r
addr           176     8  scalar  1248   -       r
""",
    ),
}

# contexts without a structure of named fields: program type -> structure, first byte that may be read, size, loads, stores
# (kprobe: struct pt_regs of x86-64; tracepoint: PERF_MAX_TRACE_SIZE; raw_tracepoint: 12 arguments)
RAW = """
# program                  structure                start   size  loads  stores
kprobe                     pt_regs                      0    168  1248   -
tracepoint                 -                            8   8192  1248   -
raw_tracepoint             bpf_raw_tracepoint_args      0     96  1248   -
syscall                    -                            0  65535  1248   1248
"""

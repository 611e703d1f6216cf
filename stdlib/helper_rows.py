"""The kernel's helpers as text tables, a row a helper; `helpers.py` reads them.

PROTOTYPES: number and C prototype (include/uapi/linux/bpf.h, list of helpers).
RULES: number, name without `bpf_`, first kernel version, result, arguments, effects, program types that may call it.
Results and arguments are values of `helpers.Result` and `helpers.Argument` kinds: `:20` is a fixed size in bytes, `:file` a
kernel structure (struct bpf_func_proto in kernel/bpf/*.c, net/core/filter.c, kernel/trace/bpf_trace.c of Linux 6.12).
Program types: what Linux 6.18 was seen to allow (a load of every helper in every program type); those in PROGRAM_GROUPS or
with a leading `-` (all but) are shorthand. lsm, lirc_mode2, struct_ops, tracing/* and kprobe's override_return come from the
kernel's source: the machine measured cannot load them.
"""

from __future__ import annotations

# every program type that was measured; a name after a slash limits a row to that attach type
MEASURED = (
    "socket_filter", "kprobe", "sched_cls", "sched_act", "tracepoint", "xdp", "perf_event", "cgroup_skb",
    "cgroup_sock", "lwt_in", "lwt_out", "lwt_xmit", "sock_ops", "sk_skb", "cgroup_device", "sk_msg", "raw_tracepoint",
    "lwt_seg6local", "sk_reuseport", "flow_dissector", "cgroup_sysctl", "raw_tracepoint_writable", "cgroup_sockopt",
    "sk_lookup", "syscall", "netfilter", "cgroup_sock_addr", "tracing",
)

PROGRAM_GROUPS = {
    "all": MEASURED,
    "net": (
        "sched_cls", "sched_act", "lwt_in", "lwt_out", "lwt_xmit", "lwt_seg6local", "socket_filter", "xdp",
        "cgroup_skb", "sock_ops", "sk_skb", "sk_msg", "flow_dissector", "sk_lookup", "cgroup_sock_addr",
    ),
    "tc": ("sched_cls", "sched_act"),
    "lwt": ("lwt_in", "lwt_out", "lwt_xmit", "lwt_seg6local"),
    "trace": ("kprobe", "tracepoint", "perf_event", "raw_tracepoint", "raw_tracepoint_writable", "tracing"),
    "bind_connect": (
        "cgroup_sock_addr/bind4", "cgroup_sock_addr/bind6", "cgroup_sock_addr/connect4", "cgroup_sock_addr/connect6",
        "cgroup_sock_addr/connect_unix", "cgroup_sock_addr/sendmsg4", "cgroup_sock_addr/sendmsg6",
        "cgroup_sock_addr/sendmsg_unix",
    ),
}

RULES = """
# n | name                       | since | result   | arguments                      | effects | programs
  1 | map_lookup_elem            | 3.19  | value?   | map key                        | packet  | all
  2 | map_update_elem            | 3.19  | integer  | map key value any              | packet  | all
  3 | map_delete_elem            | 3.19  | integer  | map key                        | packet  | all
  4 | probe_read                 | 4.1   | integer  | write size0 any                | gpl     | trace syscall
  5 | ktime_get_ns               | 4.1   | integer  |                                |         | all
  6 | trace_printk               | 4.1   | integer  | read size                      | gpl     | all
  7 | get_prandom_u32            | 4.1   | integer  |                                |         | all
  8 | get_smp_processor_id       | 4.1   | integer  |                                |         | all
  9 | skb_store_bytes            | 4.1   | integer  | ctx any read size any          | changes | tc lwt_xmit sk_skb
 10 | l3_csum_replace            | 4.1   | integer  | ctx any any any any            | changes | tc lwt_xmit
 11 | l4_csum_replace            | 4.1   | integer  | ctx any any any any            | changes | tc lwt_xmit
 12 | tail_call                  | 4.2   | void     | ctx map any                    | changes | all
 13 | clone_redirect             | 4.2   | integer  | ctx any any                    | changes | tc lwt_xmit
 14 | get_current_pid_tgid       | 4.2   | integer  |                                |         | all
 15 | get_current_uid_gid        | 4.2   | integer  |                                |         | all
 16 | get_current_comm           | 4.2   | integer  | write size                     |         | all
 17 | get_cgroup_classid         | 4.3   | integer  | ctx                            |         | all
 18 | skb_vlan_push              | 4.3   | integer  | ctx any any                    | changes | tc
 19 | skb_vlan_pop               | 4.3   | integer  | ctx                            | changes | tc
 20 | skb_get_tunnel_key         | 4.3   | integer  | ctx write size any             |         | tc lwt_xmit
 21 | skb_set_tunnel_key         | 4.3   | integer  | ctx read size any              |         | tc lwt_xmit
 22 | perf_event_read            | 4.3   | integer  | map any                        | gpl     | all
 23 | redirect                   | 4.4   | integer  | any any                        |         | tc xdp lwt_xmit
 24 | get_route_realm            | 4.4   | integer  | ctx                            |         | tc lwt
 25 | perf_event_output          | 4.4   | integer  | ctx map any read size0         | gpl     | all -sk_reuseport -flow_dissector -netfilter
 26 | skb_load_bytes             | 4.5   | integer  | ctx any write size             |         | tc lwt socket_filter cgroup_skb sk_skb sk_reuseport flow_dissector
 27 | get_stackid                | 4.6   | integer  | ctx map any                    | gpl     | trace syscall
 28 | csum_diff                  | 4.6   | integer  | read? size0 read? size0 any    | packet  | tc lwt xdp
 29 | skb_get_tunnel_opt         | 4.6   | integer  | ctx write size                 |         | tc lwt_xmit
 30 | skb_set_tunnel_opt         | 4.6   | integer  | ctx read size                  |         | tc lwt_xmit
 31 | skb_change_proto           | 4.8   | integer  | ctx any any                    | changes | tc
 32 | skb_change_type            | 4.8   | integer  | ctx any                        |         | tc
 33 | skb_under_cgroup           | 4.8   | integer  | ctx map any                    |         | tc lwt
 34 | get_hash_recalc            | 4.8   | integer  | ctx                            |         | tc lwt
 35 | get_current_task           | 4.8   | integer  |                                | gpl     | all
 36 | probe_write_user           | 4.8   | integer  | any read size                  | gpl     | kprobe tracepoint perf_event raw_tracepoint raw_tracepoint_writable tracing
 37 | current_task_under_cgroup  | 4.9   | integer  | map any                        |         | all
 38 | skb_change_tail            | 4.9   | integer  | ctx any any                    | changes | tc lwt_xmit sk_skb
 39 | skb_pull_data              | 4.9   | integer  | ctx any                        | changes | tc lwt sk_skb
 40 | csum_update                | 4.9   | integer  | ctx any                        |         | tc lwt_xmit
 41 | set_hash_invalid           | 4.9   | integer  | ctx                            |         | tc lwt_xmit
 42 | get_numa_node_id           | 4.10  | integer  |                                |         | all
 43 | skb_change_head            | 4.10  | integer  | ctx any any                    | changes | tc lwt_xmit sk_skb
 44 | xdp_adjust_head            | 4.10  | integer  | ctx any                        | changes | xdp
 45 | probe_read_str             | 4.11  | integer  | write size0 any                | gpl     | trace syscall
 46 | get_socket_cookie          | 4.12  | integer  | ctx                            |         | tc socket_filter cgroup_skb cgroup_sock sock_ops sk_skb sk_reuseport syscall cgroup_sock_addr tracing
 47 | get_socket_uid             | 4.12  | integer  | ctx                            |         | tc socket_filter cgroup_skb sk_skb
 48 | set_hash                   | 4.13  | integer  | ctx any                        |         | tc
 49 | setsockopt                 | 4.13  | integer  | ctx any any read size          |         | sock_ops cgroup_sockopt/set cgroup_sock_addr
 50 | skb_adjust_room            | 4.13  | integer  | ctx any any any                | changes | tc sk_skb
 51 | redirect_map               | 4.14  | integer  | map any any                    |         | xdp
 52 | sk_redirect_map            | 4.14  | integer  | ctx map any any                |         | sk_skb
 53 | sock_map_update            | 4.14  | integer  | ctx map key any                | packet  | sock_ops
 54 | xdp_adjust_meta            | 4.15  | integer  | ctx any                        | changes | xdp
 55 | perf_event_read_value      | 4.15  | integer  | map any write size             | gpl     | all
 56 | perf_prog_read_value       | 4.15  | integer  | ctx write size                 | gpl     | perf_event
 57 | getsockopt                 | 4.15  | integer  | ctx any any write size         |         | sock_ops cgroup_sockopt/set cgroup_sock_addr
 58 | override_return            | 4.16  | integer  | ctx any                        | gpl     | kprobe
 59 | sock_ops_cb_flags_set      | 4.16  | integer  | ctx any                        |         | sock_ops
 60 | msg_redirect_map           | 4.17  | integer  | ctx map any any                |         | sk_msg
 61 | msg_apply_bytes            | 4.17  | integer  | ctx any                        |         | sk_msg
 62 | msg_cork_bytes             | 4.17  | integer  | ctx any                        |         | sk_msg
 63 | msg_pull_data              | 4.17  | integer  | ctx any any any                | changes | sk_msg
 64 | bind                       | 4.17  | integer  | ctx read size                  |         | cgroup_sock_addr/connect4 cgroup_sock_addr/connect6
 65 | xdp_adjust_tail            | 4.18  | integer  | ctx any                        | changes | xdp
 66 | skb_get_xfrm_state         | 4.18  | integer  | ctx any write size any         |         | tc
 67 | get_stack                  | 4.18  | integer  | ctx write size0 any            | gpl     | trace syscall
 68 | skb_load_bytes_relative    | 4.18  | integer  | ctx any write size any         |         | tc socket_filter cgroup_skb sk_reuseport
 69 | fib_lookup                 | 4.18  | integer  | ctx mem size any               | gpl     | tc xdp
 70 | sock_hash_update           | 4.18  | integer  | ctx map key any                | packet  | sock_ops
 71 | msg_redirect_hash          | 4.18  | integer  | ctx map key any                |         | sk_msg
 72 | sk_redirect_hash           | 4.18  | integer  | ctx map key any                |         | sk_skb
 73 | lwt_push_encap             | 4.18  | integer  | ctx any read size              | changes | lwt_in lwt_xmit
 74 | lwt_seg6_store_bytes       | 4.18  | integer  | ctx any read size              | changes | lwt_seg6local
 75 | lwt_seg6_adjust_srh        | 4.18  | integer  | ctx any any                    | changes | lwt_seg6local
 76 | lwt_seg6_action            | 4.18  | integer  | ctx any read size              | changes | lwt_seg6local
 77 | rc_repeat                  | 4.18  | integer  | ctx                            | gpl     | lirc_mode2
 78 | rc_keydown                 | 4.18  | integer  | ctx any any any                | gpl     | lirc_mode2
 79 | skb_cgroup_id              | 4.18  | integer  | ctx                            |         | tc cgroup_skb
 80 | get_current_cgroup_id      | 4.18  | integer  |                                |         | all
 81 | get_local_storage          | 4.19  | value    | map zero                       |         | cgroup_skb cgroup_sock sock_ops cgroup_device cgroup_sysctl cgroup_sockopt cgroup_sock_addr
 82 | sk_select_reuseport        | 4.19  | integer  | ctx map key any                |         | sk_reuseport
 83 | skb_ancestor_cgroup_id     | 4.19  | integer  | ctx any                        |         | tc cgroup_skb
 84 | sk_lookup_tcp              | 4.20  | socket?  | ctx read size0 any any         | packet acquires | tc xdp cgroup_skb sk_skb cgroup_sock_addr
 85 | sk_lookup_udp              | 4.20  | socket?  | ctx read size0 any any         | packet acquires | tc xdp cgroup_skb sk_skb cgroup_sock_addr
 86 | sk_release                 | 4.20  | integer  | sock_release                   |         | tc xdp cgroup_skb sk_skb sk_lookup cgroup_sock_addr
 87 | map_push_elem              | 4.20  | integer  | map value any                  | packet  | all
 88 | map_pop_elem               | 4.20  | integer  | map value_out                  |         | all
 89 | map_peek_elem              | 4.20  | integer  | map value_out                  |         | all
 90 | msg_push_data              | 4.20  | integer  | ctx any any any                | changes | sk_msg
 91 | msg_pop_data               | 5.0   | integer  | ctx any any any                | changes | sk_msg
 92 | rc_pointer_rel             | 5.0   | integer  | ctx any any                    | gpl     | lirc_mode2
 93 | spin_lock                  | 5.1   | void     | spin_lock                      |         | all
 94 | spin_unlock                | 5.1   | void     | spin_lock                      |         | all
 95 | sk_fullsock                | 5.1   | socket?  | sock                           |         | tc cgroup_skb
 96 | tcp_sock                   | 5.1   | tcp_sock? | sock                           |         | tc cgroup_skb sock_ops cgroup_sockopt
 97 | skb_ecn_set_ce             | 5.1   | integer  | ctx                            |         | tc cgroup_skb
 98 | get_listener_sock          | 5.1   | socket?  | sock                           |         | tc cgroup_skb
 99 | skc_lookup_tcp             | 5.2   | sock?    | ctx read size0 any any         | packet acquires | tc xdp cgroup_skb sk_skb cgroup_sock_addr
100 | tcp_check_syncookie        | 5.2   | integer  | btf_sock read size read size   | gpl packet | tc xdp
101 | sysctl_get_name            | 5.2   | integer  | ctx mem size any               |         | cgroup_sysctl
102 | sysctl_get_current_value   | 5.2   | integer  | ctx write size                 |         | cgroup_sysctl
103 | sysctl_get_new_value       | 5.2   | integer  | ctx write size                 |         | cgroup_sysctl
104 | sysctl_set_new_value       | 5.2   | integer  | ctx read size                  |         | cgroup_sysctl
105 | strtol                     | 5.2   | integer  | read size any write:8          |         | all
106 | strtoul                    | 5.2   | integer  | read size any write:8          |         | all
107 | sk_storage_get             | 5.2   | value?   | map btf_sock value? any        |         | tc cgroup_skb cgroup_sock sock_ops sk_msg cgroup_sockopt syscall cgroup_sock_addr tracing
108 | sk_storage_delete          | 5.2   | integer  | map btf_sock                   |         | tc cgroup_skb sock_ops sk_msg cgroup_sockopt syscall cgroup_sock_addr tracing
109 | send_signal                | 5.3   | integer  | any                            |         | all
110 | tcp_gen_syncookie          | 5.4   | integer  | btf_sock read size read size   | gpl packet | tc xdp
111 | skb_output                 | 5.5   | integer  | btf:sk_buff map any read size0 | gpl     | syscall tracing
112 | probe_read_user            | 5.5   | integer  | write size0 any                | gpl     | all
113 | probe_read_kernel          | 5.5   | integer  | write size0 any                | gpl     | all
114 | probe_read_user_str        | 5.5   | integer  | write size0 any                | gpl     | all
115 | probe_read_kernel_str      | 5.5   | integer  | write size0 any                | gpl     | all
116 | tcp_send_ack               | 5.6   | integer  | btf:tcp_sock any               |         | struct_ops
117 | send_signal_thread         | 5.6   | integer  | any                            |         | all
118 | jiffies64                  | 5.6   | integer  |                                |         | all
119 | read_branch_records        | 5.6   | integer  | ctx mem? size0 any             | gpl     | perf_event
120 | get_ns_current_pid_tgid    | 5.7   | integer  | any any write size             |         | all
121 | xdp_output                 | 5.7   | integer  | btf:xdp_buff map any read size0 | gpl     | syscall tracing
122 | get_netns_cookie           | 5.7   | integer  | ctx?                           |         | tc socket_filter cgroup_skb cgroup_sock sock_ops sk_msg cgroup_sockopt cgroup_sock_addr
123 | get_current_ancestor_cgroup_id | 5.7   | integer  | any                            |         | all
124 | sk_assign                  | 5.7   | integer  | ctx btf_sock any               |         | tc sk_lookup
125 | ktime_get_boot_ns          | 5.8   | integer  |                                |         | all
126 | seq_printf                 | 5.8   | integer  | btf:seq_file read size read? size0 | gpl     | tracing/iter
127 | seq_write                  | 5.8   | integer  | btf:seq_file read size0        | gpl     | tracing/iter
128 | sk_cgroup_id               | 5.8   | integer  | btf_sock                       |         | cgroup_skb
129 | sk_ancestor_cgroup_id      | 5.8   | integer  | btf_sock any                   |         | cgroup_skb
130 | ringbuf_output             | 5.8   | integer  | map read size0 any             |         | all
131 | ringbuf_reserve            | 5.8   | record?  | map alloc_size any             | acquires | all
132 | ringbuf_submit             | 5.8   | void     | record_release any             |         | all
133 | ringbuf_discard            | 5.8   | void     | record_release any             |         | all
134 | ringbuf_query              | 5.8   | integer  | map any                        |         | all
135 | csum_level                 | 5.8   | integer  | ctx any                        |         | tc lwt_xmit
136 | skc_to_tcp6_sock           | 5.9   | btf?:tcp6_sock | btf_sock                       |         | net syscall tracing
137 | skc_to_tcp_sock            | 5.9   | btf?:tcp_sock | btf_sock                       |         | net syscall tracing
138 | skc_to_tcp_timewait_sock   | 5.9   | btf?:tcp_timewait_sock | btf_sock                       |         | net syscall tracing
139 | skc_to_tcp_request_sock    | 5.9   | btf?:tcp_request_sock | btf_sock                       |         | net syscall tracing
140 | skc_to_udp6_sock           | 5.9   | btf?:udp6_sock | btf_sock                       |         | net syscall tracing
141 | get_task_stack             | 5.9   | integer  | btf:task_struct write size0 any |         | all
142 | load_hdr_opt               | 5.10  | integer  | ctx mem size any               |         | sock_ops
143 | store_hdr_opt              | 5.10  | integer  | ctx read size any              | changes | sock_ops
144 | reserve_hdr_opt            | 5.10  | integer  | ctx any any                    |         | sock_ops
145 | inode_storage_get          | 5.10  | value?   | map btf?:inode value? any      |         | lsm
146 | inode_storage_delete       | 5.10  | integer  | map btf?:inode                 |         | lsm
147 | d_path                     | 5.10  | integer  | btf:path mem size0             |         | syscall tracing
148 | copy_from_user             | 5.10  | integer  | write size0 any                | sleeps  | all
149 | snprintf_btf               | 5.10  | integer  | mem size read size any         |         | all
150 | seq_printf_btf             | 5.10  | integer  | btf:seq_file read size0 any    | gpl     | tracing/iter
151 | skb_cgroup_classid         | 5.10  | integer  | ctx                            |         | tc
152 | redirect_neigh             | 5.10  | integer  | any read? size0 any            |         | tc
153 | per_cpu_ptr                | 5.10  | percpu?  | percpu_btf any                 |         | all
154 | this_cpu_ptr               | 5.10  | percpu   | percpu_btf                     |         | all
155 | redirect_peer              | 5.10  | integer  | any any                        |         | tc
156 | task_storage_get           | 5.11  | value?   | map btf?:task_struct value? any |         | all
157 | task_storage_delete        | 5.11  | integer  | map btf?:task_struct           |         | all
158 | get_current_task_btf       | 5.11  | btf_trusted:task_struct |                                | gpl     | all
159 | bprm_opts_set              | 5.11  | integer  | btf:linux_binprm any           |         | lsm
160 | ktime_get_coarse_ns        | 5.11  | integer  |                                |         | net cgroup_sock sk_reuseport cgroup_sysctl
161 | ima_inode_hash             | 5.11  | integer  | btf:inode write size           | sleeps  | lsm
162 | sock_from_file             | 5.11  | btf?:socket | btf:file                       |         | syscall tracing
163 | check_mtu                  | 5.12  | integer  | ctx any mem:4 any any          | gpl     | tc xdp
164 | for_each_map_elem          | 5.13  | integer  | map function stack? any        |         | all
165 | snprintf                   | 5.13  | integer  | mem? size0 string read? size0  | gpl     | all
166 | sys_bpf                    | 5.14  | integer  | any read size                  | sleeps  | syscall
167 | btf_find_by_name_kind      | 5.14  | integer  | read size any any              | sleeps  | syscall
168 | sys_close                  | 5.14  | integer  | any                            | sleeps  | syscall
169 | timer_init                 | 5.15  | integer  | timer map any                  | gpl     | all
170 | timer_set_callback         | 5.15  | integer  | timer function                 | gpl     | all
171 | timer_start                | 5.15  | integer  | timer any any                  | gpl     | all
172 | timer_cancel               | 5.15  | integer  | timer                          | gpl     | all
173 | get_func_ip                | 5.15  | integer  | ctx                            | gpl     | trace syscall
174 | get_attach_cookie          | 5.15  | integer  | ctx                            |         | trace
175 | task_pt_regs               | 5.15  | btf:pt_regs | btf:task_struct                | gpl     | all
176 | get_branch_snapshot        | 5.16  | integer  | write size0 any                | gpl     | all
177 | trace_vprintk              | 5.16  | integer  | read size read? size0          | gpl     | all
178 | skc_to_unix_sock           | 5.16  | btf?:unix_sock | btf_sock                       |         | net syscall tracing
179 | kallsyms_lookup_name       | 5.16  | integer  | mem size0 any write:8          |         | syscall
180 | find_vma                   | 5.17  | integer  | btf:task_struct any function stack? any |         | all
181 | loop                       | 5.17  | integer  | scalar function stack? any     |         | all
182 | strncmp                    | 5.17  | integer  | read size string               |         | all
183 | get_func_arg               | 5.17  | integer  | ctx any write:8                |         | tracing/fentry
184 | get_func_ret               | 5.17  | integer  | ctx write:8                    |         | tracing/fexit
185 | get_func_arg_cnt           | 5.17  | integer  | ctx                            |         | tracing/fentry
186 | get_retval                 | 5.18  | integer  |                                |         | bind_connect cgroup_sock cgroup_device cgroup_sysctl cgroup_sockopt
187 | set_retval                 | 5.18  | integer  | any                            |         | bind_connect cgroup_sock cgroup_device cgroup_sysctl cgroup_sockopt
188 | xdp_get_buff_len           | 5.18  | integer  | ctx                            |         | xdp syscall tracing
189 | xdp_load_bytes             | 5.18  | integer  | ctx any write size             |         | xdp
190 | xdp_store_bytes            | 5.18  | integer  | ctx any read size              |         | xdp
191 | copy_from_user_task        | 5.18  | integer  | write size0 any btf:task_struct any | gpl sleeps | all
192 | skb_set_tstamp             | 5.18  | integer  | ctx any any                    |         | tc
193 | ima_file_hash              | 5.18  | integer  | btf:file write size            | sleeps  | lsm
194 | kptr_xchg                  | 5.19  | btf?     | kptr_slot btf_release?         | acquires | all
195 | map_lookup_percpu_elem     | 5.19  | value?   | map key any                    | packet  | all
196 | skc_to_mptcp_sock          | 5.19  | btf?:mptcp_sock | sock                           |         | net syscall tracing
197 | dynptr_from_mem            | 5.19  | integer  | write size0 any dynptr_local   |         | all
198 | ringbuf_reserve_dynptr     | 5.19  | integer  | map any any dynptr_ringbuf     | acquires | all
199 | ringbuf_submit_dynptr      | 5.19  | void     | dynptr_release any             |         | all
200 | ringbuf_discard_dynptr     | 5.19  | void     | dynptr_release any             |         | all
201 | dynptr_read                | 5.19  | integer  | write size0 dynptr any any     |         | all
202 | dynptr_write               | 5.19  | integer  | dynptr any read size0 any      |         | all
203 | dynptr_data                | 5.19  | dynptr_mem? | dynptr any alloc_size          |         | all
204 | tcp_raw_gen_syncookie_ipv4 | 6.0   | integer  | read:20 mem size0              | gpl packet | tc xdp
205 | tcp_raw_gen_syncookie_ipv6 | 6.0   | integer  | read:40 mem size0              | gpl packet | tc xdp
206 | tcp_raw_check_syncookie_ipv4 | 6.0   | integer  | read:20 read:20                | gpl packet | tc xdp
207 | tcp_raw_check_syncookie_ipv6 | 6.0   | integer  | read:40 read:20                | gpl packet | tc xdp
208 | ktime_get_tai_ns           | 6.1   | integer  |                                |         | all
209 | user_ringbuf_drain         | 6.1   | integer  | map function stack? any        |         | all
210 | cgrp_storage_get           | 6.2   | value?   | map btf?:cgroup value? any     |         | all
211 | cgrp_storage_delete        | 6.2   | integer  | map btf?:cgroup                |         | all
"""  # noqa: E501

PROTOTYPES = """
  1 void *bpf_map_lookup_elem(void *map, const void *key)
  2 long bpf_map_update_elem(void *map, const void *key, const void *value, __u64 flags)
  3 long bpf_map_delete_elem(void *map, const void *key)
  4 long bpf_probe_read(void *dst, __u32 size, const void *unsafe_ptr)
  5 __u64 bpf_ktime_get_ns(void)
  6 long bpf_trace_printk(const char *fmt, __u32 fmt_size, ...)
  7 __u32 bpf_get_prandom_u32(void)
  8 __u32 bpf_get_smp_processor_id(void)
  9 long bpf_skb_store_bytes(struct __sk_buff *skb, __u32 offset, const void *from, __u32 len, __u64 flags)
 10 long bpf_l3_csum_replace(struct __sk_buff *skb, __u32 offset, __u64 from, __u64 to, __u64 size)
 11 long bpf_l4_csum_replace(struct __sk_buff *skb, __u32 offset, __u64 from, __u64 to, __u64 flags)
 12 long bpf_tail_call(void *ctx, void *prog_array_map, __u32 index)
 13 long bpf_clone_redirect(struct __sk_buff *skb, __u32 ifindex, __u64 flags)
 14 __u64 bpf_get_current_pid_tgid(void)
 15 __u64 bpf_get_current_uid_gid(void)
 16 long bpf_get_current_comm(void *buf, __u32 size_of_buf)
 17 __u32 bpf_get_cgroup_classid(struct __sk_buff *skb)
 18 long bpf_skb_vlan_push(struct __sk_buff *skb, __be16 vlan_proto, __u16 vlan_tci)
 19 long bpf_skb_vlan_pop(struct __sk_buff *skb)
 20 long bpf_skb_get_tunnel_key(struct __sk_buff *skb, struct bpf_tunnel_key *key, __u32 size, __u64 flags)
 21 long bpf_skb_set_tunnel_key(struct __sk_buff *skb, struct bpf_tunnel_key *key, __u32 size, __u64 flags)
 22 __u64 bpf_perf_event_read(void *map, __u64 flags)
 23 long bpf_redirect(__u32 ifindex, __u64 flags)
 24 __u32 bpf_get_route_realm(struct __sk_buff *skb)
 25 long bpf_perf_event_output(void *ctx, void *map, __u64 flags, void *data, __u64 size)
 26 long bpf_skb_load_bytes(const void *skb, __u32 offset, void *to, __u32 len)
 27 long bpf_get_stackid(void *ctx, void *map, __u64 flags)
 28 __s64 bpf_csum_diff(__be32 *from, __u32 from_size, __be32 *to, __u32 to_size, __wsum seed)
 29 long bpf_skb_get_tunnel_opt(struct __sk_buff *skb, void *opt, __u32 size)
 30 long bpf_skb_set_tunnel_opt(struct __sk_buff *skb, void *opt, __u32 size)
 31 long bpf_skb_change_proto(struct __sk_buff *skb, __be16 proto, __u64 flags)
 32 long bpf_skb_change_type(struct __sk_buff *skb, __u32 type)
 33 long bpf_skb_under_cgroup(struct __sk_buff *skb, void *map, __u32 index)
 34 __u32 bpf_get_hash_recalc(struct __sk_buff *skb)
 35 __u64 bpf_get_current_task(void)
 36 long bpf_probe_write_user(void *dst, const void *src, __u32 len)
 37 long bpf_current_task_under_cgroup(void *map, __u32 index)
 38 long bpf_skb_change_tail(struct __sk_buff *skb, __u32 len, __u64 flags)
 39 long bpf_skb_pull_data(struct __sk_buff *skb, __u32 len)
 40 __s64 bpf_csum_update(struct __sk_buff *skb, __wsum csum)
 41 void bpf_set_hash_invalid(struct __sk_buff *skb)
 42 long bpf_get_numa_node_id(void)
 43 long bpf_skb_change_head(struct __sk_buff *skb, __u32 len, __u64 flags)
 44 long bpf_xdp_adjust_head(struct xdp_md *xdp_md, int delta)
 45 long bpf_probe_read_str(void *dst, __u32 size, const void *unsafe_ptr)
 46 __u64 bpf_get_socket_cookie(void *ctx)
 47 __u32 bpf_get_socket_uid(struct __sk_buff *skb)
 48 long bpf_set_hash(struct __sk_buff *skb, __u32 hash)
 49 long bpf_setsockopt(void *bpf_socket, int level, int optname, void *optval, int optlen)
 50 long bpf_skb_adjust_room(struct __sk_buff *skb, __s32 len_diff, __u32 mode, __u64 flags)
 51 long bpf_redirect_map(void *map, __u64 key, __u64 flags)
 52 long bpf_sk_redirect_map(struct __sk_buff *skb, void *map, __u32 key, __u64 flags)
 53 long bpf_sock_map_update(struct bpf_sock_ops *skops, void *map, void *key, __u64 flags)
 54 long bpf_xdp_adjust_meta(struct xdp_md *xdp_md, int delta)
 55 long bpf_perf_event_read_value(void *map, __u64 flags, struct bpf_perf_event_value *buf, __u32 buf_size)
 56 long bpf_perf_prog_read_value(struct bpf_perf_event_data *ctx, struct bpf_perf_event_value *buf, __u32 buf_size)
 57 long bpf_getsockopt(void *bpf_socket, int level, int optname, void *optval, int optlen)
 58 long bpf_override_return(struct pt_regs *regs, __u64 rc)
 59 long bpf_sock_ops_cb_flags_set(struct bpf_sock_ops *bpf_sock, int argval)
 60 long bpf_msg_redirect_map(struct sk_msg_md *msg, void *map, __u32 key, __u64 flags)
 61 long bpf_msg_apply_bytes(struct sk_msg_md *msg, __u32 bytes)
 62 long bpf_msg_cork_bytes(struct sk_msg_md *msg, __u32 bytes)
 63 long bpf_msg_pull_data(struct sk_msg_md *msg, __u32 start, __u32 end, __u64 flags)
 64 long bpf_bind(struct bpf_sock_addr *ctx, struct sockaddr *addr, int addr_len)
 65 long bpf_xdp_adjust_tail(struct xdp_md *xdp_md, int delta)
 66 long bpf_skb_get_xfrm_state(struct __sk_buff *skb, __u32 index, struct bpf_xfrm_state *xfrm_state, __u32 size, __u64 flags)
 67 long bpf_get_stack(void *ctx, void *buf, __u32 size, __u64 flags)
 68 long bpf_skb_load_bytes_relative(const void *skb, __u32 offset, void *to, __u32 len, __u32 start_header)
 69 long bpf_fib_lookup(void *ctx, struct bpf_fib_lookup *params, int plen, __u32 flags)
 70 long bpf_sock_hash_update(struct bpf_sock_ops *skops, void *map, void *key, __u64 flags)
 71 long bpf_msg_redirect_hash(struct sk_msg_md *msg, void *map, void *key, __u64 flags)
 72 long bpf_sk_redirect_hash(struct __sk_buff *skb, void *map, void *key, __u64 flags)
 73 long bpf_lwt_push_encap(struct __sk_buff *skb, __u32 type, void *hdr, __u32 len)
 74 long bpf_lwt_seg6_store_bytes(struct __sk_buff *skb, __u32 offset, const void *from, __u32 len)
 75 long bpf_lwt_seg6_adjust_srh(struct __sk_buff *skb, __u32 offset, __s32 delta)
 76 long bpf_lwt_seg6_action(struct __sk_buff *skb, __u32 action, void *param, __u32 param_len)
 77 long bpf_rc_repeat(void *ctx)
 78 long bpf_rc_keydown(void *ctx, __u32 protocol, __u64 scancode, __u32 toggle)
 79 __u64 bpf_skb_cgroup_id(struct __sk_buff *skb)
 80 __u64 bpf_get_current_cgroup_id(void)
 81 void *bpf_get_local_storage(void *map, __u64 flags)
 82 long bpf_sk_select_reuseport(struct sk_reuseport_md *reuse, void *map, void *key, __u64 flags)
 83 __u64 bpf_skb_ancestor_cgroup_id(struct __sk_buff *skb, int ancestor_level)
 84 struct bpf_sock *bpf_sk_lookup_tcp(void *ctx, struct bpf_sock_tuple *tuple, __u32 tuple_size, __u64 netns, __u64 flags)
 85 struct bpf_sock *bpf_sk_lookup_udp(void *ctx, struct bpf_sock_tuple *tuple, __u32 tuple_size, __u64 netns, __u64 flags)
 86 long bpf_sk_release(void *sock)
 87 long bpf_map_push_elem(void *map, const void *value, __u64 flags)
 88 long bpf_map_pop_elem(void *map, void *value)
 89 long bpf_map_peek_elem(void *map, void *value)
 90 long bpf_msg_push_data(struct sk_msg_md *msg, __u32 start, __u32 len, __u64 flags)
 91 long bpf_msg_pop_data(struct sk_msg_md *msg, __u32 start, __u32 len, __u64 flags)
 92 long bpf_rc_pointer_rel(void *ctx, __s32 rel_x, __s32 rel_y)
 93 long bpf_spin_lock(struct bpf_spin_lock *lock)
 94 long bpf_spin_unlock(struct bpf_spin_lock *lock)
 95 struct bpf_sock *bpf_sk_fullsock(struct bpf_sock *sk)
 96 struct bpf_tcp_sock *bpf_tcp_sock(struct bpf_sock *sk)
 97 long bpf_skb_ecn_set_ce(struct __sk_buff *skb)
 98 struct bpf_sock *bpf_get_listener_sock(struct bpf_sock *sk)
 99 struct bpf_sock *bpf_skc_lookup_tcp(void *ctx, struct bpf_sock_tuple *tuple, __u32 tuple_size, __u64 netns, __u64 flags)
100 long bpf_tcp_check_syncookie(void *sk, void *iph, __u32 iph_len, struct tcphdr *th, __u32 th_len)
101 long bpf_sysctl_get_name(struct bpf_sysctl *ctx, char *buf, unsigned long buf_len, __u64 flags)
102 long bpf_sysctl_get_current_value(struct bpf_sysctl *ctx, char *buf, unsigned long buf_len)
103 long bpf_sysctl_get_new_value(struct bpf_sysctl *ctx, char *buf, unsigned long buf_len)
104 long bpf_sysctl_set_new_value(struct bpf_sysctl *ctx, const char *buf, unsigned long buf_len)
105 long bpf_strtol(const char *buf, unsigned long buf_len, __u64 flags, long *res)
106 long bpf_strtoul(const char *buf, unsigned long buf_len, __u64 flags, unsigned long *res)
107 void *bpf_sk_storage_get(void *map, void *sk, void *value, __u64 flags)
108 long bpf_sk_storage_delete(void *map, void *sk)
109 long bpf_send_signal(__u32 sig)
110 __s64 bpf_tcp_gen_syncookie(void *sk, void *iph, __u32 iph_len, struct tcphdr *th, __u32 th_len)
111 long bpf_skb_output(void *ctx, void *map, __u64 flags, void *data, __u64 size)
112 long bpf_probe_read_user(void *dst, __u32 size, const void *unsafe_ptr)
113 long bpf_probe_read_kernel(void *dst, __u32 size, const void *unsafe_ptr)
114 long bpf_probe_read_user_str(void *dst, __u32 size, const void *unsafe_ptr)
115 long bpf_probe_read_kernel_str(void *dst, __u32 size, const void *unsafe_ptr)
116 long bpf_tcp_send_ack(void *tp, __u32 rcv_nxt)
117 long bpf_send_signal_thread(__u32 sig)
118 __u64 bpf_jiffies64(void)
119 long bpf_read_branch_records(struct bpf_perf_event_data *ctx, void *buf, __u32 size, __u64 flags)
120 long bpf_get_ns_current_pid_tgid(__u64 dev, __u64 ino, struct bpf_pidns_info *nsdata, __u32 size)
121 long bpf_xdp_output(void *ctx, void *map, __u64 flags, void *data, __u64 size)
122 __u64 bpf_get_netns_cookie(void *ctx)
123 __u64 bpf_get_current_ancestor_cgroup_id(int ancestor_level)
124 long bpf_sk_assign(void *ctx, void *sk, __u64 flags)
125 __u64 bpf_ktime_get_boot_ns(void)
126 long bpf_seq_printf(struct seq_file *m, const char *fmt, __u32 fmt_size, const void *data, __u32 data_len)
127 long bpf_seq_write(struct seq_file *m, const void *data, __u32 len)
128 __u64 bpf_sk_cgroup_id(void *sk)
129 __u64 bpf_sk_ancestor_cgroup_id(void *sk, int ancestor_level)
130 long bpf_ringbuf_output(void *ringbuf, void *data, __u64 size, __u64 flags)
131 void *bpf_ringbuf_reserve(void *ringbuf, __u64 size, __u64 flags)
132 void bpf_ringbuf_submit(void *data, __u64 flags)
133 void bpf_ringbuf_discard(void *data, __u64 flags)
134 __u64 bpf_ringbuf_query(void *ringbuf, __u64 flags)
135 long bpf_csum_level(struct __sk_buff *skb, __u64 level)
136 struct tcp6_sock *bpf_skc_to_tcp6_sock(void *sk)
137 struct tcp_sock *bpf_skc_to_tcp_sock(void *sk)
138 struct tcp_timewait_sock *bpf_skc_to_tcp_timewait_sock(void *sk)
139 struct tcp_request_sock *bpf_skc_to_tcp_request_sock(void *sk)
140 struct udp6_sock *bpf_skc_to_udp6_sock(void *sk)
141 long bpf_get_task_stack(struct task_struct *task, void *buf, __u32 size, __u64 flags)
142 long bpf_load_hdr_opt(struct bpf_sock_ops *skops, void *searchby_res, __u32 len, __u64 flags)
143 long bpf_store_hdr_opt(struct bpf_sock_ops *skops, const void *from, __u32 len, __u64 flags)
144 long bpf_reserve_hdr_opt(struct bpf_sock_ops *skops, __u32 len, __u64 flags)
145 void *bpf_inode_storage_get(void *map, void *inode, void *value, __u64 flags)
146 int bpf_inode_storage_delete(void *map, void *inode)
147 long bpf_d_path(struct path *path, char *buf, __u32 sz)
148 long bpf_copy_from_user(void *dst, __u32 size, const void *user_ptr)
149 long bpf_snprintf_btf(char *str, __u32 str_size, struct btf_ptr *ptr, __u32 btf_ptr_size, __u64 flags)
150 long bpf_seq_printf_btf(struct seq_file *m, struct btf_ptr *ptr, __u32 ptr_size, __u64 flags)
151 __u64 bpf_skb_cgroup_classid(struct __sk_buff *skb)
152 long bpf_redirect_neigh(__u32 ifindex, struct bpf_redir_neigh *params, int plen, __u64 flags)
153 void *bpf_per_cpu_ptr(const void *percpu_ptr, __u32 cpu)
154 void *bpf_this_cpu_ptr(const void *percpu_ptr)
155 long bpf_redirect_peer(__u32 ifindex, __u64 flags)
156 void *bpf_task_storage_get(void *map, struct task_struct *task, void *value, __u64 flags)
157 long bpf_task_storage_delete(void *map, struct task_struct *task)
158 struct task_struct *bpf_get_current_task_btf(void)
159 long bpf_bprm_opts_set(struct linux_binprm *bprm, __u64 flags)
160 __u64 bpf_ktime_get_coarse_ns(void)
161 long bpf_ima_inode_hash(struct inode *inode, void *dst, __u32 size)
162 struct socket *bpf_sock_from_file(struct file *file)
163 long bpf_check_mtu(void *ctx, __u32 ifindex, __u32 *mtu_len, __s32 len_diff, __u64 flags)
164 long bpf_for_each_map_elem(void *map, void *callback_fn, void *callback_ctx, __u64 flags)
165 long bpf_snprintf(char *str, __u32 str_size, const char *fmt, __u64 *data, __u32 data_len)
166 long bpf_sys_bpf(__u32 cmd, void *attr, __u32 attr_size)
167 long bpf_btf_find_by_name_kind(char *name, int name_sz, __u32 kind, int flags)
168 long bpf_sys_close(__u32 fd)
169 long bpf_timer_init(struct bpf_timer *timer, void *map, __u64 flags)
170 long bpf_timer_set_callback(struct bpf_timer *timer, void *callback_fn)
171 long bpf_timer_start(struct bpf_timer *timer, __u64 nsecs, __u64 flags)
172 long bpf_timer_cancel(struct bpf_timer *timer)
173 __u64 bpf_get_func_ip(void *ctx)
174 __u64 bpf_get_attach_cookie(void *ctx)
175 long bpf_task_pt_regs(struct task_struct *task)
176 long bpf_get_branch_snapshot(void *entries, __u32 size, __u64 flags)
177 long bpf_trace_vprintk(const char *fmt, __u32 fmt_size, const void *data, __u32 data_len)
178 struct unix_sock *bpf_skc_to_unix_sock(void *sk)
179 long bpf_kallsyms_lookup_name(const char *name, int name_sz, int flags, __u64 *res)
180 long bpf_find_vma(struct task_struct *task, __u64 addr, void *callback_fn, void *callback_ctx, __u64 flags)
181 long bpf_loop(__u32 nr_loops, void *callback_fn, void *callback_ctx, __u64 flags)
182 long bpf_strncmp(const char *s1, __u32 s1_sz, const char *s2)
183 long bpf_get_func_arg(void *ctx, __u32 n, __u64 *value)
184 long bpf_get_func_ret(void *ctx, __u64 *value)
185 long bpf_get_func_arg_cnt(void *ctx)
186 int bpf_get_retval(void)
187 int bpf_set_retval(int retval)
188 __u64 bpf_xdp_get_buff_len(struct xdp_md *xdp_md)
189 long bpf_xdp_load_bytes(struct xdp_md *xdp_md, __u32 offset, void *buf, __u32 len)
190 long bpf_xdp_store_bytes(struct xdp_md *xdp_md, __u32 offset, void *buf, __u32 len)
191 long bpf_copy_from_user_task(void *dst, __u32 size, const void *user_ptr, struct task_struct *tsk, __u64 flags)
192 long bpf_skb_set_tstamp(struct __sk_buff *skb, __u64 tstamp, __u32 tstamp_type)
193 long bpf_ima_file_hash(struct file *file, void *dst, __u32 size)
194 void *bpf_kptr_xchg(void *map_value, void *ptr)
195 void *bpf_map_lookup_percpu_elem(void *map, const void *key, __u32 cpu)
196 struct mptcp_sock *bpf_skc_to_mptcp_sock(void *sk)
197 long bpf_dynptr_from_mem(void *data, __u32 size, __u64 flags, struct bpf_dynptr *ptr)
198 long bpf_ringbuf_reserve_dynptr(void *ringbuf, __u32 size, __u64 flags, struct bpf_dynptr *ptr)
199 void bpf_ringbuf_submit_dynptr(struct bpf_dynptr *ptr, __u64 flags)
200 void bpf_ringbuf_discard_dynptr(struct bpf_dynptr *ptr, __u64 flags)
201 long bpf_dynptr_read(void *dst, __u32 len, const struct bpf_dynptr *src, __u32 offset, __u64 flags)
202 long bpf_dynptr_write(const struct bpf_dynptr *dst, __u32 offset, void *src, __u32 len, __u64 flags)
203 void *bpf_dynptr_data(const struct bpf_dynptr *ptr, __u32 offset, __u32 len)
204 __s64 bpf_tcp_raw_gen_syncookie_ipv4(struct iphdr *iph, struct tcphdr *th, __u32 th_len)
205 __s64 bpf_tcp_raw_gen_syncookie_ipv6(struct ipv6hdr *iph, struct tcphdr *th, __u32 th_len)
206 long bpf_tcp_raw_check_syncookie_ipv4(struct iphdr *iph, struct tcphdr *th)
207 long bpf_tcp_raw_check_syncookie_ipv6(struct ipv6hdr *iph, struct tcphdr *th)
208 __u64 bpf_ktime_get_tai_ns(void)
209 long bpf_user_ringbuf_drain(void *map, void *callback_fn, void *ctx, __u64 flags)
210 void *bpf_cgrp_storage_get(void *map, struct cgroup *cgroup, void *value, __u64 flags)
211 long bpf_cgrp_storage_delete(void *map, struct cgroup *cgroup)
"""

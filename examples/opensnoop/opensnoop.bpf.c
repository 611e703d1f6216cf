// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
//
// Reports every openat(2): who opens which file.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define TASK_COMM_LEN 16
#define PATH_BYTES 256

// the context of tracepoint syscalls/sys_enter_openat, as its `format` file in tracefs says
struct sys_enter_openat {
	__u64 common;
	__s32 syscall;
	__u32 padding;
	__u64 directory;
	const char *filename;
	__u64 flags;
	__u64 mode;
};

struct event {
	__u32 pid;
	__u32 uid;
	__s32 flags;
	__s32 filename_bytes; // with the final NUL; negative: the name could not be read
	char comm[TASK_COMM_LEN];
	char filename[PATH_BYTES];
};

// puts the type into BTF, for readers of the ring buffer; nothing else there names it
const struct event *unused __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events SEC(".maps");

// set before loading: 0 reports every process
const volatile __u32 only_pid = 0;

// events that found the ring buffer full
__u64 lost;

SEC("tracepoint/syscalls/sys_enter_openat")
int opensnoop(struct sys_enter_openat *ctx)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	struct event *event;

	if (only_pid && pid != only_pid)
		return 0;

	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		__sync_fetch_and_add(&lost, 1);
		return 0;
	}
	event->pid = pid;
	event->uid = (__u32)bpf_get_current_uid_gid();
	event->flags = (__s32)ctx->flags;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	event->filename_bytes = bpf_probe_read_user_str(event->filename, sizeof(event->filename), ctx->filename);
	if (event->filename_bytes < 0)
		event->filename[0] = '\0';
	bpf_ringbuf_submit(event, 0);
	return 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";

/* Every kind of CO-RE relocation, asked about types that differ from kernel to kernel: core_guest.py compares `values`, which the
 * program fills in, with what C says about those types. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)

struct list_head { struct list_head *next, *prev; };
struct sched_entity { unsigned long long vruntime; };
struct upid { int nr; };
struct pid { unsigned level; struct upid numbers[1]; };
struct task_struct {
	int pid, tgid;
	unsigned flags;
	char comm[16];
	struct sched_entity se;
	struct pid *thread_pid;
	unsigned sched_reset_on_fork : 1;
	int no_such_field;
	unsigned __state;
};
struct task_struct___old { long state; };
struct net_device { char name[16]; };
struct sk_buff {
	struct net_device *dev; /* in unnamed structs and unions */
	unsigned char cloned : 1, pkt_type : 3;
	unsigned len;
};
struct no_such_struct { int member; };
struct list_head___more { struct list_head___more *next; int third; };
enum bpf_map_type___mine { BPF_MAP_TYPE_RINGBUF___mine = 91, BPF_MAP_TYPE_ARENA___mine, BPF_MAP_TYPE_NO_SUCH___mine };

#pragma clang attribute pop

unsigned long long values[64];

#define TASK ((struct task_struct *)0)
#define SKB ((struct sk_buff *)0)
#define OFFSET(place) __builtin_preserve_field_info(place, BPF_FIELD_BYTE_OFFSET)
#define LSHIFT(place) __builtin_preserve_field_info(place, BPF_FIELD_LSHIFT_U64)
#define RSHIFT(place) __builtin_preserve_field_info(place, BPF_FIELD_RSHIFT_U64)
#define SIGNED(place) __builtin_preserve_field_info(place, BPF_FIELD_SIGNED)

SEC("raw_tp/sched_switch")
int ask(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct pid *pid;
	int nr = 0, tgid = 0;

	values[0] = OFFSET(TASK->pid);
	values[1] = OFFSET(TASK->comm);
	values[2] = bpf_core_field_size(TASK->comm);
	values[3] = OFFSET(TASK->comm[3]);
	values[4] = bpf_core_field_exists(TASK->flags);
	values[5] = bpf_core_field_exists(TASK->no_such_field);
	values[6] = bpf_core_field_exists(((struct task_struct___old *)0)->state);
	values[7] = bpf_core_field_exists(TASK->__state);
	values[8] = SIGNED(TASK->pid);
	values[9] = SIGNED(TASK->flags);
	values[10] = OFFSET(TASK->se.vruntime);
	values[11] = OFFSET(((struct pid *)0)->numbers[0].nr);
	values[12] = OFFSET(SKB->dev);
	values[13] = OFFSET(SKB->len);
	values[14] = bpf_core_type_exists(struct task_struct);
	values[15] = bpf_core_type_exists(struct no_such_struct);
	values[16] = bpf_core_type_size(struct task_struct);
	values[17] = bpf_core_type_size(struct no_such_struct);
	values[18] = bpf_core_type_matches(struct list_head);
	values[19] = bpf_core_type_matches(struct list_head___more);
	values[20] = bpf_core_type_id_kernel(struct task_struct);
	values[21] = bpf_core_type_id_local(struct task_struct);
	values[22] = bpf_core_enum_value(enum bpf_map_type___mine, BPF_MAP_TYPE_RINGBUF___mine);
	values[23] = bpf_core_enum_value_exists(enum bpf_map_type___mine, BPF_MAP_TYPE_ARENA___mine);
	values[24] = bpf_core_enum_value_exists(enum bpf_map_type___mine, BPF_MAP_TYPE_NO_SUCH___mine);
	/* bit-fields: at which bit of the structure they are, and how wide */
	values[25] = OFFSET(TASK->sched_reset_on_fork) * 8 + 63 - LSHIFT(TASK->sched_reset_on_fork);
	values[26] = 64 - RSHIFT(TASK->sched_reset_on_fork);
	values[27] = OFFSET(SKB->cloned) * 8 + 63 - LSHIFT(SKB->cloned);
	values[28] = 64 - RSHIFT(SKB->pkt_type);
	values[29] = bpf_core_field_size(TASK->se);
	/* what is read at those places is what it is called */
	bpf_probe_read_kernel(&tgid, sizeof(tgid), &task->tgid);
	values[30] = tgid == bpf_get_current_pid_tgid() >> 32;
	bpf_probe_read_kernel(&pid, sizeof(pid), &task->thread_pid);
	bpf_probe_read_kernel(&nr, sizeof(nr), &pid->numbers[0].nr);
	values[31] = nr == (int)bpf_get_current_pid_tgid();
	values[32] = BPF_CORE_READ_BITFIELD_PROBED(task, sched_reset_on_fork);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";

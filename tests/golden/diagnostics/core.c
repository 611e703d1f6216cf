// A CO-RE access.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct task { int pid; } __attribute__((preserve_access_index));
SEC("raw_tp/x") int f(struct task *t) { return t->pid; }

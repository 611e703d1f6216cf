// A CO-RE test of a field that the local type lacks.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
struct task { int pid; } __attribute__((preserve_access_index));
SEC("raw_tp/x") int f(struct task *t) { return bpf_core_field_exists(t->tgid); }

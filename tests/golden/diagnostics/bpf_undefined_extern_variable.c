// A variable of the kernel without __ksym.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
static int counter_of(int i);
SEC("xdp") int f(struct xdp_md *ctx) { return counter_of(1); }

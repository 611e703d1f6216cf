// A name that is not declared, with one like it.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int f(struct xdp_md *ctx) { int value = 1; return vlaue; }

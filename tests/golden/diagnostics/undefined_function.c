// A call of a function without a body.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
int helper(int);
SEC("xdp") int f(struct xdp_md *ctx) { return helper(1); }

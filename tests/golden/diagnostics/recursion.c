// Recursion.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
static __noinline int g(int n) { return n ? g(n - 1) : 0; }
SEC("xdp") int f(struct xdp_md *ctx) { return g(ctx->data); }

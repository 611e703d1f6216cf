// A call through a function pointer.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
static __noinline int one(void) { return 1; }
static __noinline int two(void) { return 2; }
SEC("xdp") int f(struct xdp_md *ctx) { int (*p)(void) = ctx->data ? one : two; return p(); }

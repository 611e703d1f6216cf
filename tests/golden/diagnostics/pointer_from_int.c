// An integer where a pointer is wanted.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int f(struct xdp_md *ctx) { int *p = ctx->data; return *p; }

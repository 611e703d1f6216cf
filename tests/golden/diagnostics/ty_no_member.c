// A member that is not there.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int f(struct xdp_md *ctx) { return ctx->data_ned - ctx->data; }

// A variable-length array.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int f(struct xdp_md *ctx) { char buffer[ctx->data]; return buffer[0]; }

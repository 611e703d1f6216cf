// A member that is not there, with one like it.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int f(struct xdp_md *ctx) { return ctx->ingress_ifndex; }

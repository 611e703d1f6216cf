// strlen of what only the packet knows.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int f(struct xdp_md *ctx) { return __builtin_strlen((char *)(long)ctx->data); }

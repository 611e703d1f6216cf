// SEC without quotes.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC(xdp) int f(struct xdp_md *ctx) { return XDP_PASS; }

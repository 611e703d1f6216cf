// A section's name misspelt.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xpd") int f(struct xdp_md *ctx) { return XDP_PASS; }

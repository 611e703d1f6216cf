// A helper's name misspelt.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int f(struct xdp_md *ctx) { return bpf_map_lokup_elem(ctx, ctx) != 0; }

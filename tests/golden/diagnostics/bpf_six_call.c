// Six arguments to a helper.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int f(struct xdp_md *ctx) { return bpf_map_update_elem((void *)0, ctx, ctx, 0, 1, 2); }

// A static assertion that fails.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
_Static_assert(sizeof(struct xdp_md) == 20, "the context has grown");
SEC("xdp") int f(struct xdp_md *ctx) { return 0; }

// A map that is no struct.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
int m SEC(".maps");
SEC("xdp") int f(struct xdp_md *ctx) { return 0; }

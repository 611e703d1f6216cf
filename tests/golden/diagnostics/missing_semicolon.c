// A missing semicolon, and the next mistake after it.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int f(struct xdp_md *ctx) { int a = 1 return a; }
SEC("xdp") int g(struct xdp_md *ctx) { return b; }

// memcpy without its builtin.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int f(struct xdp_md *ctx) { char a[4], b[4] = "abc"; memcpy(a, b, 4); return a[0]; }

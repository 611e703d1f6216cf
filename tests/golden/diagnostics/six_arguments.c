// Six arguments.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
static __noinline int g(int a, int b, int c, int d, int e, int f) { return a + b + c + d + e + f; }
SEC("xdp") int f(struct xdp_md *ctx) { return g(1, 2, 3, 4, 5, 6); }

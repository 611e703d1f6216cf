// va_start.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
static int total(int n, ...) { __builtin_va_list l; __builtin_va_start(l, n); return n; }
SEC("xdp") int f(struct xdp_md *ctx) { return total(1, 2); }

// A call through a table of functions.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
static int one(int a) { return 1; } static int two(int a) { return 2; }
static int (*table[])(int) = { one, two };
SEC("xdp") int f(struct xdp_md *ctx) { return table[ctx->data & 1](3); }

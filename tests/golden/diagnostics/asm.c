// Inline assembly that is none.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int f(struct xdp_md *ctx) { int x; asm volatile("%0 = 7; %0 ?= 8" : "=r"(x)); return x; }

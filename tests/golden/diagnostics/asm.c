// Inline assembly with a template.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int f(struct xdp_md *ctx) { int x; asm volatile("%0 = 7" : "=r"(x)); return x; }

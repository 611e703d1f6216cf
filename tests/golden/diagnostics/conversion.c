// A number that does not fit, and pointers of different types.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int f(struct xdp_md *ctx) { __u8 small = 300; __u32 word = 1; __u64 *p = &word; return small + *p; }

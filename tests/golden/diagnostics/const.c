// Writing a constant.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
static const int limit = 3;
SEC("xdp") int f(struct xdp_md *ctx) { limit = 4; return limit; }

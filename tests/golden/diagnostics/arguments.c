// Too few and too many arguments for a helper.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int f(struct xdp_md *ctx) { return bpf_ktime_get_ns(1) + bpf_redirect(2); }

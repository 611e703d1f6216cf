// A header that is not there.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <linux/if_vlam.h>
SEC("xdp") int f(struct xdp_md *ctx) { return 0; }

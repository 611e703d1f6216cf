// An array larger than the stack.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int f(struct xdp_md *ctx) { char name[600]; bpf_get_current_comm(name, sizeof(name)); return name[0]; }

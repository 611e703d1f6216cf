// Writing a field of the context that is read-only.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int f(struct xdp_md *ctx)
{
	ctx->ingress_ifindex = 3;
	return XDP_PASS;
}
char LICENSE[] SEC("license") = "GPL";

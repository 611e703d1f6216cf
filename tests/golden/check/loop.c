// A loop that does not end.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int f(struct xdp_md *ctx)
{
	while (1)
		bpf_ktime_get_ns();
	return XDP_PASS;
}
char LICENSE[] SEC("license") = "GPL";

// A helper that this program type does not have.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int f(struct xdp_md *ctx)
{
	return bpf_skb_store_bytes((void *)ctx, 0, ctx, 4, 0);
}
char LICENSE[] SEC("license") = "GPL";

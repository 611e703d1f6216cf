// The same case twice, and a label that is not there.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int f(struct xdp_md *ctx)
{
	switch (ctx->data) {
	case 1: return 1;
	case 1: return 2;
	}
	goto out;
}

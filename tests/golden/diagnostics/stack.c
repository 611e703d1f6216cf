// More than 512 bytes of stack: the variables are named.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int f(struct xdp_md *ctx)
{
	char name[300], path[400];

	bpf_get_current_comm(name, sizeof(name));
	bpf_get_current_comm(path, sizeof(path));
	return name[ctx->data & 7] + path[ctx->data & 15];
}

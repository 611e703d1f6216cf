// A helper for GPL programs in one that is not.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("kprobe/x") int f(void *ctx)
{
	return bpf_probe_read_kernel(0, 0, 0) != 0;
}
char LICENSE[] SEC("license") = "Proprietary";

// Operands in registers, constants and memory; barriers without an instruction; asm goto; a naked function.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

static __attribute__((naked, noinline)) __u64 doubled(__u64 x)
{
	asm volatile("r0 = r1; r0 += r1; exit" ::: "r0");
}

SEC("xdp") int program(struct xdp_md *ctx)
{
	__u64 a, b = ctx->rx_queue_index, kept = ctx->ingress_ifindex;

	asm volatile("%[a] = *(u32 *)%[start]" : [a] "=r"(a) : [start] "m"(ctx->data));
	asm volatile("" : "+r"(b));
	asm volatile("%[a] &= %[mask]" : [a] "+r"(a) : [mask] "i"(0xff));
	asm volatile("r1 = %[b]; call %[helper]" :: [b] "r"(b), [helper] "i"(bpf_get_prandom_u32)
		     : "r0", "r1", "r2", "r3", "r4", "r5");
	asm volatile goto("if %[a] > %[b] goto %l[larger]; may_goto %l[larger]" :: [a] "r"(a), [b] "ri"(7) :: larger);
	return kept + doubled(b);
larger:
	return kept;
}
char LICENSE[] SEC("license") = "GPL";

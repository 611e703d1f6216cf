// Inline assembly that is none, and operands that do not fit: found when code is made.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#define ADD(x) asm volatile("%0 += 1; %0 =/ 2" : "+r"(x))
SEC("xdp") int f(struct xdp_md *ctx) {
	long x = 1, y[3];
	asm volatile("%[x] = 7\n\t"
	             "%[x] ?= 8\n\t"
	             "exit" : [x] "=r"(x));
	ADD(x);
	asm volatile(".string 7");
	asm volatile("call nothing");
	asm volatile("goto out");
	asm volatile("r1 = 5 + foo" ::: "r1");
	asm volatile("r1 = *(u32 *)%0" :: "r"(x) : "r1");
	asm volatile("%0 = 5" : "=r"(x) :: "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9");
	asm volatile("r1 = %0" :: "i"(x));
	return x;
}

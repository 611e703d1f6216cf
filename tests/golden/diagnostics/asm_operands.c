// Constraints, names in templates, clobbers, labels and naked functions: found when the statement is checked.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int g(struct xdp_md *ctx) {
	long x = 1; struct { int a[4]; } s;
	asm volatile("%0 = 7" : "=f"(x));
	asm volatile("%0 = 7" : "r"(x));
	asm volatile("%[sum] = 7" : [sums] "=r"(x));
	asm volatile("%1 = 7" : "=r"(x));
	asm volatile("%q0 = 7" : "=r"(x));
	asm volatile("% = 7" : "=r"(x));
	asm volatile("%l0 = 7" : "=r"(x));
	asm volatile("" :: "r"(s));
	asm volatile("" :: "=r"(x));
	asm volatile("" :: "1"(x));
	asm volatile("" :: "m"(5));
	asm volatile("" ::: "rax");
	asm goto("goto %l[done]" : "=r"(x) ::: done);
	asm goto("goto %l[gone]" :::: gone);
done:
	return x;
}
__attribute__((naked)) int h(void) { return 5; }
__attribute__((naked)) int i(int x) { asm volatile("r0 = %0; exit" :: "r"(x)); }

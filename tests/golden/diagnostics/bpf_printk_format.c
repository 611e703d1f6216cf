// What the kernel does not print: formats with a mistake in them.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
char LICENSE[] SEC("license") = "GPL";
SEC("tracepoint")
int f(void *ctx)
{
	int a = 1;
	long b = bpf_ktime_get_ns();
	bpf_printk("ok %d %ld %llu %x %p %pI4 %ps", a, b, b, a, ctx, &a, ctx);
	bpf_printk("%s and %c %% %08x", "text", a, a);
	bpf_printk("plain");
	bpf_printk("float %f", a);
	bpf_printk("%d %d", a);
	bpf_printk("%d", a, b);
	bpf_printk("%s", a);
	bpf_printk("%d %d %d %d %d", a, a, a, a);
	bpf_printk("%hd", a);
	bpf_printk("100%");
	bpf_printk("%lx %zu", b, sizeof(a));
	return 0;
}

// Six arguments of a helper that takes any number: only code that is left in the end is refused.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#define LEVEL 0
#define say(level, text, ...) ({ static const char t[] = text; if (LEVEL >= level) bpf_trace_printk(t, sizeof(t), __VA_ARGS__); })
SEC("xdp") int f(struct xdp_md *ctx)
{
    say(1, "%d %d %d %d", 1, 2, 3, 4);
    say(0, "%d %d %d %d", 1, 2, 3, 4);
    return 0;
}

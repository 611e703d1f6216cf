// Calls of subprograms, with a pointer into the caller's frame, and a bounded loop.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct state {
	__u64 sum;
	__u32 count;
};

static __attribute__((noinline)) int add(struct state *state, __u64 value)
{
	state->sum += value;
	return ++state->count;
}

static __attribute__((noinline)) __u64 total(__u32 n)
{
	struct state state = {};
	__u32 i;

	for (i = 0; i < n && i < 100; i++)
		if (add(&state, i * i) > 20)
			break;
	return state.sum << 8 | state.count;
}

SEC("xdp") int squares(struct xdp_md *ctx)
{
	return total(ctx->ingress_ifindex + 9) + total(1000);
}

// A write through a pointer to one of two variables is seen by later reads of either; so is one through a walking pointer.
// packet: 000000000000000000000000000000000000000000000000
// packet: 010000000000000000000000000000000000000000000000
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

static __u8 first = 10, second = 20;
static __u32 numbers[5] = {1, 2, 3};

SEC("xdp") int choose(struct xdp_md *ctx)
{
	__u8 *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__u32 *walking = numbers;
	__u8 *one;
	__u8 before;
	__u32 number;

	if (data + 14 > end)
		return XDP_ABORTED;
	before = first;
	number = numbers[1];
	one = data[0] ? &first : &second;
	*one = 7;
	for (__u32 i = 0; i < 5; i++, walking++)
		*walking ^= 0x40;
	data[8] = before;
	data[9] = first;
	data[10] = second;
	data[11] = number;
	data[12] = numbers[1];
	return XDP_PASS;
}

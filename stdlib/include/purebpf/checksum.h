/* Internet checksums (RFC 1071) and their update when a header changes (RFC 1624).

   A sum of type __wsum is a ones' complement sum that is not folded; the field in a header, __sum16, is its folded complement.
   All values are as they lie in memory: a sum of values in network order is itself in network order.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _PUREBPF_CHECKSUM_H
#define _PUREBPF_CHECKSUM_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif

/* sum + addend, with the carry brought round */
static __always_inline __wsum csum_add(__wsum sum, __wsum addend)
{
	__u64 both = (__u64)sum + addend;

	return (__u32)both + (__u32)(both >> 32);
}

/* sum - subtrahend */
static __always_inline __wsum csum_sub(__wsum sum, __wsum subtrahend)
{
	return csum_add(sum, ~subtrahend);
}

/* a field's value from a sum */
static __always_inline __sum16 csum_fold(__wsum sum)
{
	__u32 folded = (sum & 0xffff) + (sum >> 16);

	folded = (folded & 0xffff) + (folded >> 16);
	return (__sum16)~folded;
}

/* a sum from a field's value */
static __always_inline __wsum csum_unfold(__sum16 field)
{
	return (__u16)~field;
}

/* a sum from what bpf_csum_diff() returns, which has room for carries */
static __always_inline __wsum csum_of_diff(__s64 diff)
{
	__u64 wide = (__u64)diff;

	return csum_add((__u32)wide, (__u32)(wide >> 32));
}

/* field after a part of what it covers has changed: 2 bytes at an even offset, 4 bytes, or by a difference of sums */
static __always_inline __sum16 csum_replace2(__sum16 field, __be16 from, __be16 to)
{
	return csum_fold(csum_add(csum_sub(csum_unfold(field), from), to));
}

static __always_inline __sum16 csum_replace4(__sum16 field, __be32 from, __be32 to)
{
	return csum_fold(csum_add(csum_sub(csum_unfold(field), from), to));
}

static __always_inline __sum16 csum_replace_diff(__sum16 field, __wsum diff)
{
	return csum_fold(csum_add(csum_unfold(field), diff));
}

/* sum over the 4-byte words of memory that the program may read; `words` must be a constant for it to be unrolled, or bounded */
static __always_inline __wsum csum_words(const void *memory, __u32 words, __wsum sum)
{
	const __u32 *word = memory;

	for (__u32 i = 0; i < words; i++)
		sum = csum_add(sum, word[i]);
	return sum;
}

/* the checksum of an IPv4 header without options, 20 bytes, whose field counts as 0; *header may be a struct iphdr */
static __always_inline __sum16 csum_ipv4(const void *header)
{
	return csum_fold(csum_sub(csum_words(header, 5, 0), ((const __u16 *)header)[5]));
}

/* sum + the pseudo header of TCP, UDP and the like: `length` of header and data in bytes, `protocol` IPPROTO_* */
static __always_inline __wsum csum_pseudo_ipv4(__be32 saddr, __be32 daddr, __u32 length, __u8 protocol, __wsum sum)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	__u32 rest = length + protocol;
#else
	__u32 rest = (length + protocol) << 8;
#endif

	return csum_add(csum_add(csum_add(sum, saddr), daddr), rest);
}

/* the same for IPv6; addresses of 16 bytes each */
static __always_inline __wsum csum_pseudo_ipv6(const void *saddr, const void *daddr, __u32 length, __u8 protocol, __wsum sum)
{
	sum = csum_words(daddr, 4, csum_words(saddr, 4, sum));
	return csum_pseudo_ipv4(0, 0, length, protocol, sum);
}

#endif

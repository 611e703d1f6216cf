/* Bob Jenkins' hash of 2006 (lookup3, in the public domain), with the kernel's names and results.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _PUREBPF_JHASH_H
#define _PUREBPF_JHASH_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif

#define JHASH_INITVAL 0xdeadbeef

static __always_inline __u32 jhash_rotate(__u32 word, __u32 by)
{
	return (word << by) | (word >> (32 - by));
}

/* three words into each other, reversibly */
#define jhash_mix(a, b, c) \
	do { \
		a -= c; a ^= jhash_rotate(c, 4);  c += b; \
		b -= a; b ^= jhash_rotate(a, 6);  a += c; \
		c -= b; c ^= jhash_rotate(b, 8);  b += a; \
		a -= c; a ^= jhash_rotate(c, 16); c += b; \
		b -= a; b ^= jhash_rotate(a, 19); a += c; \
		c -= b; c ^= jhash_rotate(b, 4);  b += a; \
	} while (0)

/* the last three words into c */
#define jhash_final(a, b, c) \
	do { \
		c ^= b; c -= jhash_rotate(b, 14); \
		a ^= c; a -= jhash_rotate(c, 11); \
		b ^= a; b -= jhash_rotate(a, 25); \
		c ^= b; c -= jhash_rotate(b, 16); \
		a ^= c; a -= jhash_rotate(c, 4); \
		b ^= a; b -= jhash_rotate(a, 14); \
		c ^= b; c -= jhash_rotate(b, 24); \
	} while (0)

static __always_inline __u32 jhash_nwords(__u32 first, __u32 second, __u32 third, __u32 start)
{
	__u32 a = first + start, b = second + start, c = third + start;

	jhash_final(a, b, c);
	return c;
}

/* of one, two, three words */
static __always_inline __u32 jhash_1word(__u32 word, __u32 initval)
{
	return jhash_nwords(word, 0, 0, initval + JHASH_INITVAL + (1 << 2));
}

static __always_inline __u32 jhash_2words(__u32 first, __u32 second, __u32 initval)
{
	return jhash_nwords(first, second, 0, initval + JHASH_INITVAL + (2 << 2));
}

static __always_inline __u32 jhash_3words(__u32 first, __u32 second, __u32 third, __u32 initval)
{
	return jhash_nwords(first, second, third, initval + JHASH_INITVAL + (3 << 2));
}

/* of `words` words that the program may read: a constant */
static __always_inline __u32 jhash2(const __u32 *key, __u32 words, __u32 initval)
{
	__u32 a = JHASH_INITVAL + (words << 2) + initval, b = a, c = a;
	__u32 i = 0;

	for (; i + 3 < words; i += 3) {
		a += key[i];
		b += key[i + 1];
		c += key[i + 2];
		jhash_mix(a, b, c);
	}
	if (i < words) {
		a += key[i];
		if (i + 1 < words)
			b += key[i + 1];
		if (i + 2 < words)
			c += key[i + 2];
		jhash_final(a, b, c);
	}
	return c;
}

/* `size` bytes, up to 4, as a little-endian word */
static __always_inline __u32 jhash_word(const __u8 *bytes, __u32 size)
{
	__u32 word = 0;

	for (__u32 i = 0; i < 4; i++) {
		if (i < size)
			word |= (__u32)bytes[i] << (8 * i);
	}
	return word;
}

/* of `size` bytes that the program may read: a constant */
static __always_inline __u32 jhash(const void *key, __u32 size, __u32 initval)
{
	__u32 a = JHASH_INITVAL + size + initval, b = a, c = a;
	const __u8 *bytes = key;
	__u32 i = 0;

	for (; i + 12 < size; i += 12) {
		a += jhash_word(bytes + i, 4);
		b += jhash_word(bytes + i + 4, 4);
		c += jhash_word(bytes + i + 8, 4);
		jhash_mix(a, b, c);
	}
	if (i < size) {
		a += jhash_word(bytes + i, size - i);
		if (i + 4 < size)
			b += jhash_word(bytes + i + 4, size - i - 4);
		if (i + 8 < size)
			c += jhash_word(bytes + i + 8, size - i - 8);
		jhash_final(a, b, c);
	}
	return c;
}

#endif

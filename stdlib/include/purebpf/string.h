/* Strings in memory of a bounded size: the stack, map values, variables. `size` is the room there is, in bytes, and best a
   constant: the verifier follows each byte. A string ends at its first 0 byte, or at `size`.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _PUREBPF_STRING_H
#define _PUREBPF_STRING_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif

/* bytes before the end */
static __always_inline __u32 str_length(const char *string, __u32 size)
{
	__u32 i = 0;

	while (i < size && string[i])
		i++;
	return i;
}

/* less than, equal to, more than 0 as a is before, the same as, behind b, by the values of unsigned bytes */
static __always_inline int str_compare(const char *a, const char *b, __u32 size)
{
	for (__u32 i = 0; i < size; i++) {
		int difference = (int)(__u8)a[i] - (int)(__u8)b[i];

		if (difference || !a[i])
			return difference;
	}
	return 0;
}

static __always_inline _Bool str_equal(const char *a, const char *b, __u32 size)
{
	return str_compare(a, b, size) == 0;
}

/* whether `size` bytes are the same: sizes that are no constants, where memcmp() needs one */
static __always_inline _Bool mem_equal(const void *a, const void *b, __u32 size)
{
	const __u8 *left = a, *right = b;

	for (__u32 i = 0; i < size; i++) {
		if (left[i] != right[i])
			return 0;
	}
	return 1;
}

/* whether `string` begins with `prefix`, of at most `size` bytes both */
static __always_inline _Bool str_starts(const char *string, const char *prefix, __u32 size)
{
	for (__u32 i = 0; i < size && prefix[i]; i++) {
		if (string[i] != prefix[i])
			return 0;
	}
	return 1;
}

/* where `byte` is first, or -1 */
static __always_inline int str_find(const char *string, char byte, __u32 size)
{
	for (__u32 i = 0; i < size && string[i]; i++) {
		if (string[i] == byte)
			return (int)i;
	}
	return -1;
}

/* where `byte` is last, or -1 */
static __always_inline int str_find_last(const char *string, char byte, __u32 size)
{
	int found = -1;

	for (__u32 i = 0; i < size && string[i]; i++) {
		if (string[i] == byte)
			found = (int)i;
	}
	return found;
}

/* Copy with an end, cut off to size - 1 bytes; the bytes behind it stay. The length of what was copied. `size` is not 0. */
static __always_inline __u32 str_copy(char *to, const char *from, __u32 size)
{
	__u32 i = 0;

	for (; i + 1 < size && from[i]; i++)
		to[i] = from[i];
	to[i] = 0;
	return i;
}

/* Decimal digits from the start of a string, *value is their number. How many there are: 0 if none, or if it needs more than
   64 bits. */
static __always_inline __u32 str_number(const char *string, __u32 size, __u64 *value)
{
	__u64 sum = 0;
	__u32 i = 0;

	for (; i < size; i++) {
		__u32 digit = (__u32)(__u8)string[i] - '0';

		if (digit > 9)
			break;
		if (sum > (~0ULL - digit) / 10)
			return 0;
		sum = sum * 10 + digit;
	}
	if (i)
		*value = sum;
	return i;
}

#endif

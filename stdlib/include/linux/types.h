/* Integer types as the kernel names them.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_TYPES_H
#define _LINUX_TYPES_H

#include <asm/types.h>
#include <linux/posix_types.h>

#ifdef __SIZEOF_INT128__
typedef __signed__ __int128 __s128 __attribute__((aligned(16)));
typedef unsigned __int128   __u128 __attribute__((aligned(16)));
#endif

/* in the order of bytes that the name says */
typedef __u16 __le16;
typedef __u16 __be16;
typedef __u32 __le32;
typedef __u32 __be32;
typedef __u64 __le64;
typedef __u64 __be64;

/* checksums: folded to 16 bits, and not yet folded */
typedef __u16 __sum16;
typedef __u32 __wsum;

/* 64-bit types aligned to 8 bytes on every machine */
#define __aligned_u64  __u64 __attribute__((aligned(8)))
#define __aligned_s64  __s64 __attribute__((aligned(8)))
#define __aligned_be64 __be64 __attribute__((aligned(8)))
#define __aligned_le64 __le64 __attribute__((aligned(8)))

/* marks for other checkers; nothing to a compiler */
#define __bitwise
#define __bitwise__

typedef unsigned int   __poll_t;

#endif

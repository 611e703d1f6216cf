/* Integer types of fixed width, as the kernel names them.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_TYPES_H
#define _LINUX_TYPES_H

typedef signed char        __s8;
typedef unsigned char      __u8;
typedef signed short       __s16;
typedef unsigned short     __u16;
typedef signed int         __s32;
typedef unsigned int       __u32;
typedef signed long long   __s64;
typedef unsigned long long __u64;

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

typedef int            __kernel_key_t;
typedef int            __kernel_mqd_t;
typedef unsigned int   __kernel_mode_t;
typedef int            __kernel_pid_t;
typedef unsigned int   __kernel_uid_t;
typedef unsigned int   __kernel_gid_t;
typedef unsigned int   __kernel_uid32_t;
typedef unsigned int   __kernel_gid32_t;
typedef long           __kernel_long_t;
typedef unsigned long  __kernel_ulong_t;
typedef unsigned long  __kernel_size_t;
typedef long           __kernel_ssize_t;
typedef long           __kernel_off_t;
typedef long long      __kernel_loff_t;
typedef long           __kernel_time_t;
typedef long long      __kernel_time64_t;
typedef int            __kernel_clockid_t;
typedef unsigned short __kernel_sa_family_t;

#endif

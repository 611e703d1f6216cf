/* Conversions between the machine's order of bytes, big-endian, and a named one.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_BYTEORDER_BIG_ENDIAN_H
#define _LINUX_BYTEORDER_BIG_ENDIAN_H

#ifndef __BIG_ENDIAN
#define __BIG_ENDIAN 4321
#endif
#ifndef __BIG_ENDIAN_BITFIELD
#define __BIG_ENDIAN_BITFIELD
#endif

#include <linux/types.h>
#include <linux/swab.h>

/* constant expressions, also for initializers and case labels */
#define __constant_cpu_to_be16(x) ((__be16)(x))
#define __constant_be16_to_cpu(x) ((__u16)(x))
#define __constant_cpu_to_be32(x) ((__be32)(x))
#define __constant_be32_to_cpu(x) ((__u32)(x))
#define __constant_cpu_to_be64(x) ((__be64)(x))
#define __constant_be64_to_cpu(x) ((__u64)(x))
#define __constant_cpu_to_le16(x) ((__le16)___constant_swab16(x))
#define __constant_le16_to_cpu(x) ((__u16)___constant_swab16(x))
#define __constant_cpu_to_le32(x) ((__le32)___constant_swab32(x))
#define __constant_le32_to_cpu(x) ((__u32)___constant_swab32(x))
#define __constant_cpu_to_le64(x) ((__le64)___constant_swab64(x))
#define __constant_le64_to_cpu(x) ((__u64)___constant_swab64(x))
#define __constant_htons(x)       ((__be16)(x))
#define __constant_ntohs(x)       ((__u16)(x))
#define __constant_htonl(x)       ((__be32)(x))
#define __constant_ntohl(x)       ((__u32)(x))

/* values, what a pointer points to (p), in place (s) */
#define __cpu_to_be16(x)  ((__be16)(x))
#define __cpu_to_be16p(p) __cpu_to_be16(*(const __u16 *)(p))
#define __cpu_to_be16s(p) ((void)(p))
#define __be16_to_cpu(x)  ((__u16)(x))
#define __be16_to_cpup(p) __be16_to_cpu(*(const __be16 *)(p))
#define __be16_to_cpus(p) ((void)(p))
#define __cpu_to_be32(x)  ((__be32)(x))
#define __cpu_to_be32p(p) __cpu_to_be32(*(const __u32 *)(p))
#define __cpu_to_be32s(p) ((void)(p))
#define __be32_to_cpu(x)  ((__u32)(x))
#define __be32_to_cpup(p) __be32_to_cpu(*(const __be32 *)(p))
#define __be32_to_cpus(p) ((void)(p))
#define __cpu_to_be64(x)  ((__be64)(x))
#define __cpu_to_be64p(p) __cpu_to_be64(*(const __u64 *)(p))
#define __cpu_to_be64s(p) ((void)(p))
#define __be64_to_cpu(x)  ((__u64)(x))
#define __be64_to_cpup(p) __be64_to_cpu(*(const __be64 *)(p))
#define __be64_to_cpus(p) ((void)(p))
#define __cpu_to_le16(x)  ((__le16)__swab16(x))
#define __cpu_to_le16p(p) __cpu_to_le16(*(const __u16 *)(p))
#define __cpu_to_le16s(p) __swab16s(p)
#define __le16_to_cpu(x)  ((__u16)__swab16(x))
#define __le16_to_cpup(p) __le16_to_cpu(*(const __le16 *)(p))
#define __le16_to_cpus(p) __swab16s(p)
#define __cpu_to_le32(x)  ((__le32)__swab32(x))
#define __cpu_to_le32p(p) __cpu_to_le32(*(const __u32 *)(p))
#define __cpu_to_le32s(p) __swab32s(p)
#define __le32_to_cpu(x)  ((__u32)__swab32(x))
#define __le32_to_cpup(p) __le32_to_cpu(*(const __le32 *)(p))
#define __le32_to_cpus(p) __swab32s(p)
#define __cpu_to_le64(x)  ((__le64)__swab64(x))
#define __cpu_to_le64p(p) __cpu_to_le64(*(const __u64 *)(p))
#define __cpu_to_le64s(p) __swab64s(p)
#define __le64_to_cpu(x)  ((__u64)__swab64(x))
#define __le64_to_cpup(p) __le64_to_cpu(*(const __le64 *)(p))
#define __le64_to_cpus(p) __swab64s(p)

#endif

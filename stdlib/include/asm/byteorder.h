/* Order of bytes, for structures with bit-fields, and conversions as the kernel spells them.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _ASM_BYTEORDER_H
#define _ASM_BYTEORDER_H

#include <linux/types.h>

#define ___constant_swab16(x) ((__u16)((((__u16)(x) & 0x00ffU) << 8) | (((__u16)(x) & 0xff00U) >> 8)))
#define ___constant_swab32(x) \
	((__u32)((((__u32)(x) & 0x000000ffU) << 24) | (((__u32)(x) & 0x0000ff00U) << 8) | \
		 (((__u32)(x) & 0x00ff0000U) >> 8) | (((__u32)(x) & 0xff000000U) >> 24)))
#define ___constant_swab64(x) \
	((__u64)(((__u64)___constant_swab32((__u64)(x)) << 32) | ___constant_swab32((__u64)(x) >> 32)))
#define __swab16(x) ((__u16)(__builtin_constant_p((__u16)(x)) ? ___constant_swab16(x) : __builtin_bswap16((__u16)(x))))
#define __swab32(x) ((__u32)(__builtin_constant_p((__u32)(x)) ? ___constant_swab32(x) : __builtin_bswap32((__u32)(x))))
#define __swab64(x) ((__u64)(__builtin_constant_p((__u64)(x)) ? ___constant_swab64(x) : __builtin_bswap64((__u64)(x))))

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
# define __BIG_ENDIAN 4321
# define __BIG_ENDIAN_BITFIELD
# define __constant_htonl(x)       ((__be32)(x))
# define __constant_ntohl(x)       ((__u32)(x))
# define __constant_htons(x)       ((__be16)(x))
# define __constant_ntohs(x)       ((__u16)(x))
# define __constant_cpu_to_be16(x) ((__be16)(x))
# define __constant_cpu_to_be32(x) ((__be32)(x))
# define __constant_cpu_to_be64(x) ((__be64)(x))
# define __cpu_to_be16(x)          ((__be16)(x))
# define __cpu_to_be32(x)          ((__be32)(x))
# define __cpu_to_be64(x)          ((__be64)(x))
# define __be16_to_cpu(x)          ((__u16)(x))
# define __be32_to_cpu(x)          ((__u32)(x))
# define __be64_to_cpu(x)          ((__u64)(x))
# define __cpu_to_le16(x)          __swab16(x)
# define __cpu_to_le32(x)          __swab32(x)
# define __cpu_to_le64(x)          __swab64(x)
# define __le16_to_cpu(x)          __swab16(x)
# define __le32_to_cpu(x)          __swab32(x)
# define __le64_to_cpu(x)          __swab64(x)
#else
# define __LITTLE_ENDIAN 1234
# define __LITTLE_ENDIAN_BITFIELD
# define __constant_htonl(x)       ((__be32)___constant_swab32(x))
# define __constant_ntohl(x)       ((__u32)___constant_swab32(x))
# define __constant_htons(x)       ((__be16)___constant_swab16(x))
# define __constant_ntohs(x)       ((__u16)___constant_swab16(x))
# define __constant_cpu_to_be16(x) ((__be16)___constant_swab16(x))
# define __constant_cpu_to_be32(x) ((__be32)___constant_swab32(x))
# define __constant_cpu_to_be64(x) ((__be64)___constant_swab64(x))
# define __cpu_to_be16(x)          __swab16(x)
# define __cpu_to_be32(x)          __swab32(x)
# define __cpu_to_be64(x)          __swab64(x)
# define __be16_to_cpu(x)          __swab16(x)
# define __be32_to_cpu(x)          __swab32(x)
# define __be64_to_cpu(x)          __swab64(x)
# define __cpu_to_le16(x)          ((__le16)(x))
# define __cpu_to_le32(x)          ((__le32)(x))
# define __cpu_to_le64(x)          ((__le64)(x))
# define __le16_to_cpu(x)          ((__u16)(x))
# define __le32_to_cpu(x)          ((__u32)(x))
# define __le64_to_cpu(x)          ((__u64)(x))
#endif

#endif

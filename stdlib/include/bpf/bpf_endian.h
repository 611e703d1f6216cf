/* Bytes of packets (network order, big-endian) to numbers and back. Constants are folded.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef __BPF_ENDIAN__
#define __BPF_ENDIAN__

#define ___bpf_swab16(x) ((__u16)((((__u16)(x) & 0x00ffU) << 8) | (((__u16)(x) & 0xff00U) >> 8)))
#define ___bpf_swab32(x) \
	((__u32)((((__u32)(x) & 0x000000ffU) << 24) | (((__u32)(x) & 0x0000ff00U) << 8) | \
		 (((__u32)(x) & 0x00ff0000U) >> 8) | (((__u32)(x) & 0xff000000U) >> 24)))
#define ___bpf_swab64(x) \
	((__u64)(((__u64)___bpf_swab32((__u64)(x)) << 32) | ___bpf_swab32((__u64)(x) >> 32)))

/* for static initializers and case labels: always a constant expression */
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
# define __bpf_constant_htons(x)       ((__u16)(x))
# define __bpf_constant_ntohs(x)       ((__u16)(x))
# define __bpf_constant_htonl(x)       ((__u32)(x))
# define __bpf_constant_ntohl(x)       ((__u32)(x))
# define __bpf_constant_cpu_to_be64(x) ((__u64)(x))
# define __bpf_constant_be64_to_cpu(x) ((__u64)(x))
# define __bpf_ntohs(x)                ((__u16)(x))
# define __bpf_htons(x)                ((__u16)(x))
# define __bpf_ntohl(x)                ((__u32)(x))
# define __bpf_htonl(x)                ((__u32)(x))
# define __bpf_cpu_to_be64(x)          ((__u64)(x))
# define __bpf_be64_to_cpu(x)          ((__u64)(x))
#else
# define __bpf_constant_htons(x)       ___bpf_swab16(x)
# define __bpf_constant_ntohs(x)       ___bpf_swab16(x)
# define __bpf_constant_htonl(x)       ___bpf_swab32(x)
# define __bpf_constant_ntohl(x)       ___bpf_swab32(x)
# define __bpf_constant_cpu_to_be64(x) ___bpf_swab64(x)
# define __bpf_constant_be64_to_cpu(x) ___bpf_swab64(x)
# define __bpf_ntohs(x)                __builtin_bswap16(x)
# define __bpf_htons(x)                __builtin_bswap16(x)
# define __bpf_ntohl(x)                __builtin_bswap32(x)
# define __bpf_htonl(x)                __builtin_bswap32(x)
# define __bpf_cpu_to_be64(x)          __builtin_bswap64(x)
# define __bpf_be64_to_cpu(x)          __builtin_bswap64(x)
#endif

#define bpf_htons(x)       (__builtin_constant_p(x) ? __bpf_constant_htons(x) : __bpf_htons(x))
#define bpf_ntohs(x)       (__builtin_constant_p(x) ? __bpf_constant_ntohs(x) : __bpf_ntohs(x))
#define bpf_htonl(x)       (__builtin_constant_p(x) ? __bpf_constant_htonl(x) : __bpf_htonl(x))
#define bpf_ntohl(x)       (__builtin_constant_p(x) ? __bpf_constant_ntohl(x) : __bpf_ntohl(x))
#define bpf_cpu_to_be64(x) (__builtin_constant_p(x) ? __bpf_constant_cpu_to_be64(x) : __bpf_cpu_to_be64(x))
#define bpf_be64_to_cpu(x) (__builtin_constant_p(x) ? __bpf_constant_be64_to_cpu(x) : __bpf_be64_to_cpu(x))

#endif

/* Constants and roundings shared with assembly.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_CONST_H
#define _LINUX_CONST_H

/* number with suffix, which an assembler does not take */
#ifdef __ASSEMBLY__
#define _AC(number, suffix) number
#define _AT(type, x)        x
#else
#define __AC(number, suffix) (number##suffix)
#define _AC(number, suffix)  __AC(number, suffix)
#define _AT(type, x)         ((type)(x))
#endif

#define _UL(x)      (_AC(x, UL))
#define _ULL(x)     (_AC(x, ULL))
#define _BITUL(x)   (_UL(1) << (x))
#define _BITULL(x)  (_ULL(1) << (x))

/* x rounded up to a multiple of a power of two; n / d rounded up */
#define __ALIGN_KERNEL_MASK(x, mask) (((x) + (mask)) & ~(mask))
#define __ALIGN_KERNEL(x, a)         __ALIGN_KERNEL_MASK(x, (__typeof__(x))(a) - 1)
#define __KERNEL_DIV_ROUND_UP(n, d)  (((n) + (d) - 1) / (d))

#endif

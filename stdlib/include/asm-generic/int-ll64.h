/* Integer types of fixed width, as the kernel names them. They stand here, not in linux/types.h: a program may bring along
   a linux/types.h of its own, which takes them from here.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _ASM_GENERIC_INT_LL64_H
#define _ASM_GENERIC_INT_LL64_H

#include <asm/bitsperlong.h>

typedef signed char        __s8;
typedef unsigned char      __u8;
typedef signed short       __s16;
typedef unsigned short     __u16;
typedef signed int         __s32;
typedef unsigned int       __u32;
typedef signed long long   __s64;
typedef unsigned long long __u64;

#endif

/* Types of the system call interface, as the C library spells them.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _SYS_TYPES_H
#define _SYS_TYPES_H

#include <stddef.h>
#include <stdint.h>
#include <endian.h>

/* names that the C library's headers use among themselves */
typedef signed char    __int8_t;
typedef unsigned char  __uint8_t;
typedef short          __int16_t;
typedef unsigned short __uint16_t;
typedef int            __int32_t;
typedef unsigned int   __uint32_t;
typedef long           __int64_t;
typedef unsigned long  __uint64_t;
typedef char          *__caddr_t;

typedef char          *caddr_t;
typedef unsigned char  u_char;
typedef unsigned short u_short;
typedef unsigned int   u_int;
typedef unsigned long  u_long;
typedef unsigned char  u_int8_t;
typedef unsigned short u_int16_t;
typedef unsigned int   u_int32_t;
typedef unsigned long  u_int64_t;
typedef unsigned short ushort;
typedef unsigned int   uint;
typedef unsigned long  ulong;

typedef long           ssize_t;
typedef long           off_t;
typedef long           loff_t;
typedef int            pid_t;
typedef unsigned int   uid_t;
typedef unsigned int   gid_t;
typedef unsigned int   id_t;
typedef unsigned int   mode_t;
typedef unsigned long  dev_t;
typedef unsigned long  ino_t;
typedef unsigned long  nlink_t;
typedef long           blksize_t;
typedef long           blkcnt_t;
typedef long           time_t;
typedef long           suseconds_t;
typedef unsigned int   useconds_t;
typedef long           clock_t;
typedef int            clockid_t;
typedef int            key_t;

#endif

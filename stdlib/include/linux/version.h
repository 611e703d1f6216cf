/* The kernel whose ABI these headers describe. LINUX_VERSION_CODE says nothing about the kernel a program will run on:
   for that there is the __kconfig variable LINUX_KERNEL_VERSION.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_VERSION_H
#define _LINUX_VERSION_H

#ifndef KERNEL_VERSION
#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + ((c) > 255 ? 255 : (c)))
#endif
#define LINUX_VERSION_MAJOR      6
#define LINUX_VERSION_PATCHLEVEL 18
#define LINUX_VERSION_SUBLEVEL   0
#define LINUX_VERSION_CODE       KERNEL_VERSION(6, 18, 0)

#endif

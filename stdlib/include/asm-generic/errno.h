/* See linux/errno.h: it is the same on the machines whose kernels take BPF programs.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _ASM_GENERIC_ERRNO_H
#define _ASM_GENERIC_ERRNO_H

#include <linux/errno.h>

#endif

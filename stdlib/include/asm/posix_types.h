/* See asm-generic/posix_types.h: it is the same on the machines whose kernels take BPF programs.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _ASM_POSIX_TYPES_H
#define _ASM_POSIX_TYPES_H

#include <asm-generic/posix_types.h>

#endif

/* See asm-generic/bitsperlong.h: it is the same on the machines whose kernels take BPF programs.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _ASM_BITSPERLONG_H
#define _ASM_BITSPERLONG_H

#include <asm-generic/bitsperlong.h>

#endif

/* See asm-generic/param.h: it is the same on the machines whose kernels take BPF programs.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _ASM_PARAM_H
#define _ASM_PARAM_H

#include <asm-generic/param.h>

#endif

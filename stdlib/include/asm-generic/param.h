/* See asm/param.h.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _ASM_GENERIC_PARAM_H
#define _ASM_GENERIC_PARAM_H

#include <asm/param.h>

#endif

/* Integer types: the same on every machine.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _ASM_TYPES_H
#define _ASM_TYPES_H

#include <asm-generic/types.h>

#endif

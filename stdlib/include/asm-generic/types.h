/* Integer types: the same on every machine.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _ASM_GENERIC_TYPES_H
#define _ASM_GENERIC_TYPES_H

#include <asm-generic/int-ll64.h>

#endif

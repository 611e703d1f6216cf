/* The width of long.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _ASM_GENERIC_BITSPERLONG_H
#define _ASM_GENERIC_BITSPERLONG_H

#define __BITS_PER_LONG 64

#endif

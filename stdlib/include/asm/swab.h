/* See linux/swab.h.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _ASM_SWAB_H
#define _ASM_SWAB_H

#include <linux/swab.h>

#endif
